//! The frame around every page: document, header, main, footer, and how a
//! request becomes a page.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use backend::circles::{self, CircleOf, Member};
use backend::demo;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use std::future::Future;

use crate::error::Error;
use crate::server::{Asked, Site, Who, asked, asked_uri, send_to, set_status, site, told};

/// Renders the page at the request's path; `context` is given to it.
pub async fn render(
    site: &Site,
    request: Request<Body>,
    context: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let for_context = site.clone();
    let for_shell = site.clone();
    leptos_axum::render_app_async_with_context(
        move || {
            provide_context(for_context.clone());
            context();
        },
        move || document(&for_shell),
    )(request)
    .await
}

/// Why there is no page; given as context, it is shown instead of the page.
#[derive(Clone, Copy)]
pub struct Failure(pub Error);

/// The whole document.
pub fn document(site: &Site) -> impl IntoView + use<> {
    provide_meta_context();
    set_policy();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=format!("/pkg/{}", site.style)/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <MetaTags/>
            </head>
            <body>
                {match use_context::<Failure>() {
                    Some(Failure(error)) => failed(error).into_any(),
                    None => view! { <crate::pages::Pages/> }.into_any(),
                }}
            </body>
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
pub fn circle_page<F, Fut>(section: Section, page: F) -> impl IntoView
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
pub fn person_page<F, Fut>(page: F) -> impl IntoView
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
pub fn page_in_circle<F, Fut>(page: F) -> impl IntoView
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
pub fn open_page<F, Fut>(page: F) -> impl IntoView
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
pub fn bare_page<F, Fut>(page: F) -> impl IntoView
where
    F: FnOnce(Site, Asked, Who) -> Fut + Send + 'static,
    Fut: Future<Output = backend::Result<Page>> + Send + 'static,
{
    load(move |site, asked| async move {
        let who = asked.signed_in()?;
        let banner = DemoBanner::of(&site, Some(&who), None).await?;
        let Page { title, view } = page(site, asked, who).await?;
        Ok(view! { <Title text=titled(&title)/> {view} {banner.map(DemoBanner::show)} }.into_any())
    })
}

/// Waits for what a page needs, or shows why it cannot be had.
fn load<F, Fut>(of: F) -> impl IntoView
where
    F: FnOnce(Site, Asked) -> Fut + Send + 'static,
    Fut: Future<Output = backend::Result<AnyView>> + Send + 'static,
{
    let (site, asked) = (site(), asked());
    let request_id = asked.request_id.clone();
    let here = asked_uri();
    let future = of(site, asked);
    view! {
        <Suspense>
            {Suspend::new(async move {
                match future.await {
                    Ok(view) => view,
                    Err(backend::Error::SignInFirst) => {
                        let next: String = path_and_query(&here);
                        send_to(&format!("/sign-in?next={}", encode(&next)));
                        ().into_any()
                    }
                    Err(error) => failed(told(error, &request_id)).into_any(),
                }
            })}
        </Suspense>
    }
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
    leptos_router::hooks::use_params_map().with_untracked(|params| params.get(name)).unwrap_or_default()
}

/// The page of an error.
pub fn failed(error: Error) -> impl IntoView {
    set_status(error.status());
    let reference = (error == Error::Broken).then(|| asked().request_id);
    let page = Page::new(
        error.title(),
        view! {
            <h1>{error.title()}</h1>
            <p>{error.to_string()}</p>
            {reference.map(|id| view! { <p class="hint">"Reference: "<code>{id.to_string()}</code></p> })}
            <p><a class="btn" href="/">"Go to the home page"</a></p>
        },
    );
    let who = asked().who;
    let banner = who.as_ref().and_then(|who| DemoBanner::for_somebody(who, None, false));
    frame(page, None, &[], who.as_ref(), banner)
}

fn titled(title: &str) -> String {
    let prefix = if crate::form::again().has_problems() { "Error: " } else { "" };
    // `Title` writes its text into the page as it is.
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
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
) -> AnyView {
    view! {
        <Title text=titled(&page.title)/>
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
    }
    .into_any()
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
    view! { <HydrationScripts options=site.leptos.clone() islands=true/> }
}
