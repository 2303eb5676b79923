//! One document of a service: what it says, whether that is still true, and what
//! it said before.

use backend::Error;
use backend::documents::writing::{self, may_write};
use backend::documents::{self, Document, Form as Kept, Kept as Held, Version};
use backend::services::Service;
use domain::document::{CHECK_DAYS, Kind, Lack};
use leptos::prelude::*;

use super::service_edit::trail;
use super::sign_in::done;
use crate::components::{
    Breadcrumb, Empty, ErrorSummary, Fact, Facts, Status, StatusKind, TextField, Time, TimeShape,
};
use crate::form::{Form, Posted};
use crate::markdown::{Images, blocks};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The newest version, or with `version` one from before.
pub fn get() -> Loading {
    let (slug, kind) = (path_param("service"), path_param("kind"));
    circle_page(Section::Services, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let kind = Kind::parse(&kind).ok_or(Error::NotFound)?;
        let now = here.asked.received_at;
        let (service, held, versions) = documents::find(db, who, circle, &slug, kind, now).await?;
        let base = format!("/circles/{circle}/services/{slug}/documents/{}", kind.as_str());
        let asked = query_value("version").and_then(|n| n.parse::<i64>().ok());
        let older = asked.and_then(|n| versions.iter().find(|it| it.version == n).cloned());
        let older = older.filter(|it| held.document.as_ref().is_some_and(|now| now.version != it.version));
        let body = match (&held.document, older) {
            (None, _) if held.lacks.is_empty() => here_already(&here, &base, &slug),
            (None, _) => nothing(&here, &base, kind),
            (Some(_), Some(older)) => earlier(&here, &base, older),
            (Some(document), None) => newest(&here, &base, document, &held, &versions),
        };
        let title = format!("{}, {}", kind.title(), service.name);
        Ok(Page::new(title, frame(circle, &service, kind, body)))
    })
}

/// Says that the document is still true.
pub async fn post(form: Form) -> Posted {
    let (who, circle, slug) = (form.who()?, form.param("circle")?, form.param("service")?);
    let kind = Kind::parse(form.param("kind")?).ok_or(Error::NotFound)?;
    let (db, now) = (&form.site.db, form.asked.received_at);
    let version = form.get("version").parse().unwrap_or(0);
    writing::confirm(db, &who, circle, slug, kind, version, form.get("tried_on"), now).await?;
    Ok(format!("/circles/{circle}/services/{slug}/documents/{}?done=checked", kind.as_str()))
}

fn frame(circle: &str, service: &Service, kind: Kind, body: AnyView) -> impl IntoView + use<> {
    view! {
        <ErrorSummary/>
        <Breadcrumb trail=trail(circle, service)/>
        <h1>{kind.title()}</h1>
        <p class="meta">{kind.asks_for()}</p>
        {done(&[("checked", "It is noted that this is still true."), ("written", "The document is saved.")])}
        {body}
    }
}

/// Postmortems that are kept here need no document that says where they are.
fn here_already(here: &InCircle, base: &str, service: &str) -> AnyView {
    let list = format!("/circles/{}/postmortems?service={service}", here.member.circle);
    let write = may_write(here.member.role)
        .then(|| view! { <p><a href=format!("{base}/edit")>"Write down where older ones are"</a></p> });
    view! { <p>"They are kept here: "<a href=list>"the postmortems of this service"</a>"."</p>{write} }
        .into_any()
}

fn nothing(here: &InCircle, base: &str, kind: Kind) -> AnyView {
    let edit = format!("{base}/edit");
    let text = format!("Nobody has written it yet. {}", kind.asks_for());
    if may_write(here.member.role) {
        view! { <Empty title="There is none" text=text><a class="btn primary" href=edit>"Write it"</a></Empty> }
            .into_any()
    } else {
        view! { <Empty title="There is none" text=text/> }.into_any()
    }
}

fn newest(here: &InCircle, base: &str, document: &Document, held: &Held, versions: &[Version]) -> AnyView {
    let may = may_write(here.member.role);
    let says = says(document.form, &document.body);
    let states = states(&held.lacks);
    let zone = here.member.zone;
    let (checked_at, checked_by) = (document.checked_at, document.checked_by.clone());
    let tried = held.kind.trial().map(|trial| {
        let day = document.tried_on.map_or_else(|| "Never, as far as it says".to_owned(), day_words);
        view! { <Fact name=trial.title>{day}</Fact> }
    });
    let forms = may.then(|| confirm_form(base, document));
    view! {
        <div class="split">
            <div class="stack">{states}{says}</div>
            <aside class="stack" aria-label="About this document">
                <Facts>
                    <Fact name="Still true on">
                        <Time at=checked_at zone=zone shape=TimeShape::Day/>
                        <p class="meta">{checked_by}</p>
                    </Fact>
                    {tried}
                </Facts>
                {forms}
                {history(here, base, versions)}
            </aside>
        </div>
    }
    .into_any()
}

fn earlier(here: &InCircle, base: &str, version: Version) -> AnyView {
    let (at, zone) = (version.made_at, here.member.zone);
    let says = says(Kept::parse(&version.form).unwrap_or(Kept::Page), &version.body);
    view! {
        <p>
            "Version "{version.version}", as "{version.made_by}" wrote it on "<Time at=at zone=zone shape=TimeShape::Day/>
            ". "<a href=base.to_owned()>"The newest version"</a>
        </p>
        {says}
    }
    .into_any()
}

/// The document itself.
pub(super) fn says(form: Kept, body: &str) -> AnyView {
    match form {
        Kept::Page => view! { <div class="prose" inner_html=blocks(body, Images::None)></div> }.into_any(),
        Kept::Link => {
            let (href, words) = (body.to_owned(), body.to_owned());
            view! { <p>"It stands elsewhere: "<a class="long" href=href rel="noopener noreferrer nofollow">{words}</a></p> }
                .into_any()
        }
        Kept::Unneeded => view! { <p>"This service needs none: "{body.to_owned()}</p> }.into_any(),
    }
}

fn confirm_form(base: &str, document: &Document) -> impl IntoView + use<> {
    let trial = document.kind.trial().map(|trial| {
        let given = document.tried_on.map(|day| day.to_string()).unwrap_or_default();
        view! { <TextField name="tried_on" label=trial.title kind="date" width="medium" value=given/> }
    });
    let version = document.version.to_string();
    view! {
        <form method="post" class="stack" novalidate>
            <input type="hidden" name="version" value=version/>
            {trial}
            <div class="cluster">
                <button class="btn">"It is still true"</button>
                <a class="btn" href=format!("{base}/edit")>"Change it"</a>
            </div>
        </form>
    }
}

fn history(here: &InCircle, base: &str, versions: &[Version]) -> impl IntoView + use<> {
    let zone = here.member.zone;
    let rows: Vec<_> = versions
        .iter()
        .enumerate()
        .map(|(place, version)| {
            let href = if place == 0 { base.to_owned() } else { format!("{base}?version={}", version.version) };
            let at = version.made_at;
            view! {
                <li>
                    <a href=href>{format!("Version {}", version.version)}</a>
                    <p class="meta"><Time at=at zone=zone shape=TimeShape::Day/>", "{version.made_by.clone()}</p>
                </li>
            }
        })
        .collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="versions">
            <h2 id="versions">"Versions"</h2>
            <ul class="stack" data-tight="">{rows}</ul>
        </section>
    }
}

/// What a document lacks, each in words.
pub(super) fn states(lacks: &[Lack]) -> AnyView {
    if lacks.is_empty() {
        return view! { <Status kind=StatusKind::Ready words="In order"/> }.into_any();
    }
    let one = |lack: &Lack| {
        let (kind, words) = lack_words(lack);
        view! { <li><Status kind=kind words=words/></li> }
    };
    let rows: Vec<_> = lacks.iter().map(one).collect();
    view! { <ul class="cluster" data-tight="">{rows}</ul> }.into_any()
}

fn lack_words(lack: &Lack) -> (StatusKind, String) {
    match lack {
        Lack::Missing => (StatusKind::Gap, "Missing".to_owned()),
        Lack::NotChecked(days) => {
            (StatusKind::Stale, format!("Not checked for {days} days, at most {CHECK_DAYS}"))
        }
        Lack::NeverTried(trial) => (StatusKind::Gap, format!("{}: never", trial.title)),
        Lack::TriedLongAgo(trial, days) => {
            (StatusKind::Stale, format!("{}: {days} days ago, at most {}", trial.title, trial.days))
        }
    }
}

fn day_words(day: chrono::NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}
