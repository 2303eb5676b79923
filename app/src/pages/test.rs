//! The editor of a test: what it asks, and what a pass needs.

mod bank;
mod draft;
mod fields;

use backend::Error;
use backend::tests::{self, Found};
use leptos::prelude::*;

use self::bank::{in_the_bank, outlooks};
use self::draft::Draft;
use self::fields::{blueprint_fields, rule_fields};
use crate::components::{Breadcrumb, ErrorSummary, Notice, NoticeKind, TextField};
use crate::form::{Form, Posted, again};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// A new test (`new`), or one that exists.
pub fn get() -> Loading {
    let id = path_param("test");
    circle_page(Section::Tests, move |here| async move {
        let found = match id.as_str() {
            "new" => None,
            id => Some(tests::find(&here.site.db, &here.who, &here.member.circle, id).await?),
        };
        match found {
            Some(found) if query_value("confirm").as_deref() == Some("archive") => {
                Ok(archive_page(&here, &found))
            }
            found => editor_page(&here, found.as_ref()).await,
        }
    })
}

/// Saves, archives, or shows the editor again with a row more, a row less, or checked against the bank.
pub async fn post(form: Form) -> Posted {
    let (circle, id) = (form.param("circle")?, form.param("test")?);
    let (db, who, now) = (&form.site.db, form.who()?, form.asked.received_at);
    match form.get("do") {
        "archive" => {
            tests::archive(db, &who, circle, id, now).await?;
            Ok(format!("/circles/{circle}/tests?done=archived"))
        }
        "save" => {
            let id = save(&form, circle, id).await?;
            Ok(format!("/circles/{circle}/tests/{id}?done=saved"))
        }
        _ => Err(Error::Refused(Vec::new())),
    }
}

async fn save(form: &Form, circle: &str, id: &str) -> Posted {
    let (db, who, now) = (&form.site.db, form.who()?, form.asked.received_at);
    let draft = Draft::typed(&form.fields);
    let test = draft.test().map_err(Error::Refused)?;
    let name = form.get("name");
    let saved = match id {
        "new" => tests::add(db, &who, circle, name, &test, now).await,
        id => {
            let edited = tests::Edited { seen: draft.version, name, test: &test };
            tests::change(db, &who, circle, id, edited, now).await.map(|()| id.to_owned())
        }
    };
    saved.map_err(|why| match why {
        Error::Refused(problems) => Error::Refused(draft.at_fields(problems)),
        why => why,
    })
}

async fn editor_page(here: &InCircle, found: Option<&Found>) -> backend::Result<Page> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let services = backend::services::list(db, who, circle).await?;
    let ready = tests::ready_questions(db, who, circle).await?;
    let again = again();
    let draft = match found {
        _ if again.is_again() => Draft::typed(&again.fields),
        Some(found) => Draft::of(found),
        None => Draft::fresh(),
    };
    let ready = ready.with_open(draft.asks_open);
    let title = found.map_or_else(|| "New test".to_owned(), |found| found.name.clone());
    let base = format!("/circles/{circle}/tests");
    let trail = vec![("Tests".to_owned(), base.clone())];
    let here_again = format!("{base}/{}", found.map_or("new", |found| found.id.as_str()));
    Ok(Page::new(
        title.clone(),
        view! {
            <ErrorSummary/>
            <Breadcrumb trail=trail/>
            <div class="head"><h1>{title}</h1>{found.map(|found| ways_on(&base, circle, found))}</div>
            {saved_notice()}
            {services.is_empty().then(|| no_services(circle))}
            // The address as it is: a place in the page, where a row was added, would hide what came of saving.
            <form method="post" action=here_again class="stack" data-loose="" novalidate>
                // Enter in a field saves: the first button of a form is the one it presses.
                <button class="vh" name="do" value="save" tabindex="-1" aria-hidden="true">"Save"</button>
                <input type="hidden" name="version" value=draft.version.to_string()/>
                <div class="form">
                    <TextField name="name" label="Name" hint="For example On-call readiness" value=draft.name.clone()/>
                </div>
                {blueprint_fields(&draft, &services, &outlooks(&draft, ready))}
                {in_the_bank(&draft, &services, ready)}
                {rule_fields(&draft, &services)}
                <div class="cluster">
                    <button class="btn primary" name="do" value="save">"Save the test"</button>
                    <button class="btn" name="do" value="check" formaction="#bank">"Check against the bank"</button>
                </div>
            </form>
            {found.map(|found| archive_link(&base, found))}
        },
    ))
}

fn saved_notice() -> Option<impl IntoView> {
    let saved = query_value("done").as_deref() == Some("saved") && !again().is_again();
    let title = "The test is saved. Rounds that exist keep the version they were planned with.";
    saved.then(|| view! { <Notice kind=NoticeKind::Done title=title/> })
}

fn no_services(circle: &str) -> impl IntoView + use<> {
    let services = format!("/circles/{circle}/services");
    view! {
        <Notice kind=NoticeKind::Info title="The circle has no services yet">
            <p>"A test asks about services. "<a href=services>"Take a bank into the circle first"</a>"."</p>
        </Notice>
    }
}

fn ways_on(base: &str, circle: &str, found: &Found) -> impl IntoView + use<> {
    view! {
        <div class="cluster">
            <a class="btn" href=format!("{base}/{}/preview", found.id)>"Preview"</a>
            <a class="btn" href=format!("/circles/{circle}/plan-round?test={}", found.id)>"Plan a round"</a>
        </div>
    }
}

fn archive_link(base: &str, found: &Found) -> impl IntoView + use<> {
    view! { <p><a href=format!("{base}/{}?confirm=archive", found.id)>"Archive this test …"</a></p> }
}

/// Asks before a test leaves the list.
fn archive_page(here: &InCircle, found: &Found) -> Page {
    let back = format!("/circles/{}/tests/{}", here.member.circle, found.id);
    let title = format!("Archive {}?", found.name);
    let rounds = match found.n_rounds {
        0 => "No round was planned with it.".to_owned(),
        n => format!("Its rounds ({n}) and their results stay."),
    };
    Page::new(
        title.clone(),
        view! {
            <ErrorSummary/>
            <h1>{title}</h1>
            <p>
                "The test leaves the list, no more rounds can be planned with it, and it cannot be brought back. "
                {rounds}
            </p>
            <form method="post" class="cluster">
                <button class="btn danger" name="do" value="archive">"Archive the test"</button>
                <a class="btn" href=back>"Keep it"</a>
            </form>
        },
    )
}
