//! The frame around every page: document, header, main, footer, and how a
//! request becomes a page.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use backend::circles::{self, CircleOf, Member};
use backend::demo;
use hydration_context::SsrSharedContext;
use leptos::nonce::{provide_nonce, use_nonce};
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos_axum::ResponseOptions;

use crate::components::AskedAt;
use crate::error::Error;
use crate::form::Again;
use crate::server::{
    Asked, Site, Who, asked, asked_uri, say_when_to_try_again, send_to, set_status, site, told,
};

/// A page on its way: all that it shows is read before any of it is shown.
pub type Loading = Pin<Box<dyn Future<Output = backend::Result<Framed>> + Send>>;

/// A page with the frame around it.
pub struct Framed {
    title: String,
    body: AnyView,
}

/// The parts of a path that a route names, decoded.
#[derive(Clone, Default)]
pub struct Params(Arc<[(String, String)]>);

impl Params {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl From<RawPathParams> for Params {
    fn from(params: RawPathParams) -> Params {
        Params(params.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }
}

/// Answers the GET of a path by a page.
pub fn page(page: fn() -> Loading) -> MethodRouter<Site> {
    get(
        move |State(site): State<Site>,
              params: Result<RawPathParams, RawPathParamsRejection>,
              request: Request| async move {
            let asking = request.into_parts().0;
            match params {
                Ok(params) => show(&site, asking, page, params.into(), Again::default()).await,
                Err(_) => show_failure(&site, asking, backend::Error::NotFound).await,
            }
        },
    )
}

/// The page at the path that was asked for, as a response.
pub async fn show(
    site: &Site,
    asking: Parts,
    page: fn() -> Loading,
    params: Params,
    again: Again,
) -> Response {
    let page = move || {
        provide_context(params);
        provide_context(again);
        page()
    };
    respond(site, asking, page).await
}

/// Why there is no page, as a response.
pub async fn show_failure(site: &Site, asking: Parts, error: backend::Error) -> Response {
    respond(site, asking, move || Box::pin(async move { Ok(failed(error)) })).await
}

/// Waits for a page, and writes it in one piece.
///
/// Nothing of a page is sent before all of it is known, so nothing is streamed:
/// what Leptos does for that, and its router's second look at the path, cost as
/// much again as an ordinary page.
async fn respond(site: &Site, asking: Parts, page: impl FnOnce() -> Loading) -> Response {
    let options = ResponseOptions::default();
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| {
        provide_context(site.clone());
        if let Some(asked) = asking.extensions.get::<Asked>() {
            provide_context(AskedAt(asked.received_at));
        }
        provide_context(asking);
        provide_context(options.clone());
        provide_nonce();
        set_policy();
        let loading = page();
        ScopedFuture::new_untracked(async move {
            let framed = match loading.await {
                Ok(framed) => framed,
                Err(backend::Error::SignInFirst) => {
                    send_to(&format!("/sign-in?next={}", encode(&path_and_query(&asked_uri()))));
                    Framed { title: String::new(), body: ().into_any() }
                }
                Err(error) => failed(error),
            };
            document(framed).to_html()
        })
    });
    let mut response = Html(html.await).into_response();
    let told = options.0.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(status) = told.status {
        *response.status_mut() = status;
    }
    response.headers_mut().extend(told.headers.clone());
    response
}

/// The whole document.
fn document(Framed { title, body }: Framed) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=format!("/pkg/{}", site().style)/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <title>{title}</title>
            </head>
            <body>{body}</body>
        </html>
    }
}

/// A page may load our own styles and images, and run our own script with this
/// page's nonce; nothing else.
fn set_policy() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else { return };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; \
         script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// What a page returns: its title and what stands in `main`.
pub struct Page {
    title: String,
    view: AnyView,
}

impl Page {
    pub fn new(title: impl Into<String>, view: impl IntoView + 'static) -> Page {
        Page { title: title.into(), view: view.into_any() }
    }
}

/// The parts of a circle that the header leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Home,
    Readiness,
    Services,
    Tests,
    Rounds,
    Incidents,
    Actions,
    Members,
    /// A page outside of them.
    None,
}

/// What a page of a circle is asked with.
#[derive(Clone)]
pub struct InCircle {
    pub site: Site,
    pub asked: Asked,
    pub who: Who,
    pub member: Member,
}

/// A page of a circle: its members only, with the circle's header around it.
pub fn circle_page<F, Fut>(section: Section, page: F) -> Loading
where
    F: FnOnce(InCircle) -> Fut + Send + 'static,
    Fut: Future<Output = backend::Result<Page>> + Send + 'static,
{
    let circle = path_param("circle");
    load(move |site, asked| async move {
        let who = asked.signed_in()?;
        let member = circles::member(&site.db, &who, &circle).await?;
        let circles = circles::of_person(&site.db, &who).await?;
        let banner = DemoBanner::of(&site, Some(&who), Some(&member)).await?;
        let page = page(InCircle { site, asked, who: who.clone(), member: member.clone() }).await?;
        Ok(frame(page, Some((member, section)), &circles, Some(&who), banner))
    })
}

/// A page for whoever is signed in, outside of any circle.
pub fn person_page<F, Fut>(page: F) -> Loading
where
    F: FnOnce(Site, Asked, Who) -> Fut + Send + 'static,
    Fut: Future<Output = backend::Result<Page>> + Send + 'static,
{
    load(move |site, asked| async move {
        let who = asked.signed_in()?;
        let circles = circles::of_person(&site.db, &who).await?;
        let banner = DemoBanner::of(&site, Some(&who), None).await?;
        // Whoever is in one circle alone does not lose its header here.
        let only = match circles.as_slice() {
            [only] => Some((circles::member(&site.db, &who, &only.slug).await?, Section::None)),
            _ => None,
        };
        let page = page(site, asked, who.clone()).await?;
        Ok(frame(page, only, &circles, Some(&who), banner))
    })
}

/// A page of a circle that its path does not name: `page` says which circle,
/// and which part of it.
pub fn page_in_circle<F, Fut>(page: F) -> Loading
where
    F: FnOnce(Site, Asked, Who) -> Fut + Send + 'static,
    Fut: Future<Output = backend::Result<(Page, Option<(Member, Section)>)>> + Send + 'static,
{
    load(move |site, asked| async move {
        let who = asked.signed_in()?;
        let circles = circles::of_person(&site.db, &who).await?;
        let (page, place) = page(site.clone(), asked, who.clone()).await?;
        let banner = DemoBanner::of(&site, Some(&who), place.as_ref().map(|(member, _)| member)).await?;
        Ok(frame(page, place, &circles, Some(&who), banner))
    })
}

/// A page for anybody.
pub fn open_page<F, Fut>(page: F) -> Loading
where
    F: FnOnce(Site, Asked) -> Fut + Send + 'static,
    Fut: Future<Output = backend::Result<Page>> + Send + 'static,
{
    load(move |site, asked| async move {
        let who = asked.who.clone();
        let banner = DemoBanner::of(&site, who.as_ref(), None).await?;
        let page = page(site, asked).await?;
        Ok(frame(page, None, &[], who.as_ref(), banner))
    })
}

/// A page without the header: the runner, which leads nowhere else. What says
/// that it is a demo stands at its end.
pub fn bare_page<F, Fut>(page: F) -> Loading
where
    F: FnOnce(Site, Asked, Who) -> Fut + Send + 'static,
    Fut: Future<Output = backend::Result<Page>> + Send + 'static,
{
    load(move |site, asked| async move {
        let who = asked.signed_in()?;
        let banner = DemoBanner::of(&site, Some(&who), None).await?;
        let Page { title, view } = page(site, asked, who).await?;
        Ok(Framed { title: titled(&title), body: (view, banner.map(DemoBanner::show)).into_any() })
    })
}

/// Begins to read what a page needs.
fn load<F, Fut>(of: F) -> Loading
where
    F: FnOnce(Site, Asked) -> Fut,
    Fut: Future<Output = backend::Result<Framed>> + Send + 'static,
{
    Box::pin(of(site(), asked()))
}

fn path_and_query(uri: &axum::http::Uri) -> String {
    uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()
}

/// Percent-encodes a value of a query.
pub fn encode(value: &str) -> String {
    value
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}

/// One part of the path of the page that is being rendered.
pub fn path_param(name: &str) -> String {
    use_context::<Params>().and_then(|params| params.get(name).map(str::to_owned)).unwrap_or_default()
}

/// The page of an error.
fn failed(error: backend::Error) -> Framed {
    let Asked { who, request_id, .. } = asked();
    say_when_to_try_again(&error);
    let error = told(error, &request_id);
    set_status(error.status());
    let reference = (error == Error::Broken).then_some(request_id);
    let page = Page::new(
        error.title(),
        view! {
            <h1>{error.title()}</h1>
            <p>{error.to_string()}</p>
            {reference.map(|id| view! { <p class="hint">"Reference: "<code>{id.to_string()}</code></p> })}
            <p><a class="btn" href="/">"Go to the home page"</a></p>
        },
    );
    let banner = who.as_ref().and_then(|who| DemoBanner::for_somebody(who, None, false));
    frame(page, None, &[], who.as_ref(), banner)
}

fn titled(title: &str) -> String {
    let prefix = if crate::form::again().has_problems() { "Error: " } else { "" };
    format!("{prefix}{title} – Muster")
}

/// What stands over every page of the demo circle, and over every page that one
/// of its people sees.
struct DemoBanner {
    /// Whom the reader is, if they are a made-up person.
    is: Option<String>,
    may_remove: bool,
}

impl DemoBanner {
    async fn of(
        site: &Site,
        who: Option<&Who>,
        member: Option<&Member>,
    ) -> backend::Result<Option<DemoBanner>> {
        let Some(who) = who else { return Ok(None) };
        let Some(banner) = DemoBanner::for_somebody(who, member, false) else { return Ok(None) };
        Ok(Some(DemoBanner { may_remove: demo::may_change(&site.db, Some(who)).await?, ..banner }))
    }

    fn for_somebody(who: &Who, member: Option<&Member>, may_remove: bool) -> Option<DemoBanner> {
        let role = member.map(|member| format!(", {}", member.role.as_str())).unwrap_or_default();
        let is = demo::is_made_up(who).then(|| format!("{}{role}", who.name));
        (is.is_some() || member.is_some_and(|member| member.is_demo)).then_some(DemoBanner { is, may_remove })
    }

    fn show(self) -> impl IntoView {
        view! {
            <aside class="demo-banner" aria-label="About the demo">
                <p>"Demo circle: the people and results here are made up." {self.is.clone().map(|is| view! { " You are "<b>{is}</b>"." })}</p>
                <ul class="cluster">
                    {self.is.map(|_| view! { <li><a href="/demo">"Be somebody else"</a></li> })}
                    {self.may_remove.then(|| view! { <li><a href="/demo/remove">"Remove the demo"</a></li> })}
                </ul>
            </aside>
        }
    }
}

fn frame(
    page: Page,
    circle: Option<(Member, Section)>,
    circles: &[CircleOf],
    who: Option<&Who>,
    banner: Option<DemoBanner>,
) -> Framed {
    let body = view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <header class="shell-top">
            <a class="brand" href="/">"Muster"</a>
            {circle.map(|(member, section)| circle_nav(&member, section, circles))}
            {who.map(user_menu)}
        </header>
        {banner.map(DemoBanner::show)}
        <main id="main" class="stack">
            {page.view}
        </main>
        <footer class="shell-foot"><p>"Muster · readiness tests for people who carry a pager"</p></footer>
    };
    Framed { title: titled(&page.title), body: body.into_any() }
}

fn circle_nav(member: &Member, current: Section, circles: &[CircleOf]) -> impl IntoView + use<> {
    use domain::people::Role::Leader;
    let leads = member.role == Leader;
    let base = format!("/circles/{}", member.circle);
    let links = [
        (Section::Home, "Home", "", true),
        (Section::Readiness, "Readiness", "/readiness", true),
        (Section::Services, "Services", "/services", true),
        (Section::Tests, "Tests", "/tests", leads),
        (Section::Rounds, "Rounds", "/rounds", leads),
        (Section::Incidents, "Incidents", "/incidents", true),
        (Section::Actions, "Actions", "/actions", true),
        (Section::Members, "Members", "/members", true),
    ];
    let switch = circles.len() > 1;
    view! {
        <span class="team">
            {if switch {
                view! { <a href="/circles">{member.circle_name.clone()}<span class="vh">", switch circle"</span></a> }.into_any()
            } else {
                view! { {member.circle_name.clone()} }.into_any()
            }}
        </span>
        <nav aria-label="Main">
            <ul>
                {links
                    .into_iter()
                    .filter(|(_, _, _, shown)| *shown)
                    .map(|(section, label, path, _)| {
                        view! {
                            <li>
                                <a href=format!("{base}{path}") aria-current=(section == current).then_some("page")>{label}</a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
        <div class="find" role="search" aria-label="Search this circle">
            <form method="get" action=format!("{base}/search")>
                <label class="vh" for="find">"Search"</label>
                <input type="search" id="find" name="q" placeholder="Search" maxlength="200" autocomplete="off"/>
            </form>
        </div>
    }
}

fn user_menu(who: &Who) -> impl IntoView + use<> {
    view! {
        <div class="user">
            <a href="/account">{who.name.clone()}</a>
            <form method="post" action="/sign-out">
                <button class="btn small">"Sign out"</button>
            </form>
        </div>
    }
}

/// What wakes the islands of a page; it stands only in pages that hold one.
pub fn browser_part(site: &Site) -> impl IntoView + use<> {
    let nothing_was_sent_ahead = "__RESOLVED_RESOURCES=[];__SERIALIZED_ERRORS=[];__INCOMPLETE_CHUNKS=[];";
    view! {
        <script nonce=use_nonce()>{nothing_was_sent_ahead}</script>
        <HydrationScripts options=site.leptos.clone() islands=true/>
    }
}
