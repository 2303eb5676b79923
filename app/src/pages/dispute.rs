//! One disputed question: what was said about it and answered to it, and the
//! way to a decision: the form, what it would change, and then the change.

mod form;
mod given;
mod history;
mod preview;

use backend::disputes::deciding::{self, Preview, Which};
use backend::disputes::reading::{self, Case, Report};
use domain::marking::decision::Ruling;
use domain::question::QuestionId;
use leptos::prelude::*;

use super::disputes::words::{about_title, address_of};
use super::services::counted;
use super::sign_in::done;
use crate::components::{Breadcrumb, Empty, ErrorSummary, Fact, Facts, Status, StatusKind, Time};
use crate::form::{Again, Form, Posted, again};
use crate::markdown::Images;
use crate::reviewing::reviewed;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, encode, path_param};

/// The question as its version said it, with everything that was said about it.
pub fn get() -> Loading {
    let id = format!("{}/{}/{}", path_param("service"), path_param("topic"), path_param("slug"));
    let version = path_param("hash");
    circle_page(Section::Rounds, move |here| async move {
        let id: QuestionId = id.parse().map_err(|_| backend::Error::NotFound)?;
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let case = reading::find(db, who, circle, &id, &version).await?;
        let again = again();
        let slug = case.id.slug.clone();
        if asks_for_preview(&again) {
            let which = Which { circle, question: &id, version: &version };
            let draft = form::draft(&again.fields);
            // What cannot be previewed is shown as the form again.
            if let Ok(shown) = deciding::preview(db, who, which, &draft, here.asked.received_at).await {
                return Ok(Page::new(
                    format!("What would change – {slug}"),
                    previewed(&here, &case, shown, &again),
                ));
            }
        }
        Ok(Page::new(format!("Disputed: {slug}"), page(&here, &case)))
    })
}

/// Shows what a decision would change, or decides.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let id = format!("{}/{}/{}", form.param("service")?, form.param("topic")?, form.param("slug")?);
    let id: QuestionId = id.parse().map_err(|_| backend::Error::NotFound)?;
    let version = form.param("hash")?;
    let (db, now, draft) = (&form.site.db, form.asked.received_at, form::draft(&form.fields));
    let which = Which { circle, question: &id, version };
    match form.get("do") {
        "apply" => {
            deciding::decide(db, &who, which, &draft, form.get("fingerprint"), now).await?;
            Ok(format!("{}?done=decided", address_of(circle, &id, version)))
        }
        "change" => {
            reading::find(db, &who, circle, &id, version).await?;
            Err(backend::Error::Refused(Vec::new()))
        }
        _ => {
            deciding::preview(db, &who, which, &draft, now).await?;
            Err(backend::Error::Refused(Vec::new()))
        }
    }
}

/// A decision without a fault in it is previewed, also one that was refused
/// since something changed.
fn asks_for_preview(again: &Again) -> bool {
    let asked = matches!(again.get("do"), Some("preview" | "apply"));
    asked && again.problems.iter().all(|(field, _)| field.is_empty())
}

fn trail(here: &InCircle) -> Vec<(String, String)> {
    vec![("Disputes".to_owned(), format!("/circles/{}/disputes", here.member.circle))]
}

fn previewed(here: &InCircle, case: &Case, shown: Preview, again: &Again) -> impl IntoView + use<> {
    view! {
        <ErrorSummary/>
        <Breadcrumb trail=trail(here)/>
        <h1>{format!("What would change: {}", case.id.slug)}</h1>
        {preview::preview(case, &shown, &again.fields)}
    }
}

fn page(here: &InCircle, case: &Case) -> impl IntoView + use<> {
    let n_open = case.reports.iter().filter(|report| report.is_open).count();
    let lead = match (n_open, case.decisions.first()) {
        (0, None) => "Nobody has objected to this version.".to_owned(),
        (0, Some(_)) => "Every report is answered.".to_owned(),
        (1, _) => "1 report waits for a decision.".to_owned(),
        (n, _) => format!("{n} reports wait for a decision."),
    };
    let name = case.id.to_string();
    let images = Images::Of { circle: &here.member.circle, question: &name, version: &case.version };
    let as_written: Vec<u8> = (0..case.question.n_shuffled()).collect();
    let action = case.decisions.first().map(|decision| make_action(here, case, &decision.ruling));
    view! {
        <ErrorSummary/>
        <Breadcrumb trail=trail(here)/>
        <h1>{case.id.slug.clone()}</h1>
        <p class="lead">{lead}</p>
        {done(&[("decided", "The decision is applied. Everybody concerned sees it on the page of their result.")])}
        <div class="split">
            <div class="stack" data-loose="">
                <article class="panel">
                    <h2>"The question and its key"</h2>
                    {reviewed(&case.question, &as_written, None, images)}
                </article>
                {reports(here, &case.reports)}
                {given::given(case)}
                {history::decisions(here, case, action.map(IntoAny::into_any))}
                {form::form(case)}
            </div>
            <aside class="stack" aria-label="About this question">
                {facts(here, case)}
                {history::versions(here, case)}
            </aside>
        </div>
    }
}

fn facts(here: &InCircle, case: &Case) -> impl IntoView + use<> {
    let bank = format!("/circles/{}/questions/{}", here.member.circle, case.id);
    let critical = if case.question.critical { "Yes: a pass needs full marks on it" } else { "No" };
    let version: String = case.version.chars().take(8).collect();
    let is_newest = if case.is_newest { ", as it reads today" } else { ", an older one" };
    let id = case.id.to_string();
    let handed_in = counted(i64::from(case.n_handed_in), "attempt");
    let sitting = (case.n_sitting > 0).then(|| {
        let words = format!(
            "{}: a decision holds for them when they hand in",
            counted(i64::from(case.n_sitting), "attempt")
        );
        view! { <Fact name="Being sat">{words}</Fact> }
    });
    view! {
        <Facts>
            <Fact name="Question"><a href=bank>{id}</a></Fact>
            <Fact name="Version"><code>{version}</code>{is_newest}</Fact>
            <Fact name="Critical">{critical}</Fact>
            <Fact name="Handed in with it">{handed_in}</Fact>
            {sitting}
        </Facts>
    }
}

/// What takers said, without their names.
fn reports(here: &InCircle, reports: &[Report]) -> impl IntoView + use<> {
    let zone = here.member.zone;
    let n_reports = reports.len();
    let rows = reports.iter().map(|report| {
        let state = report.is_open.then(|| view! { <Status kind=StatusKind::Expiring words="Open"/>" · " });
        let about = about_title(report.about);
        let round = format!(" · {} · ", report.round_name);
        view! {
            <li class="panel">
                <p class="lines">{report.note.clone()}</p>
                <p class="meta">{state}{about}{round}<Time at=report.raised_at zone=zone/></p>
            </li>
        }
    });
    let rows = rows.collect_view();
    let list = if n_reports == 0 {
        let text = "You can decide about the question all the same.";
        view! { <Empty title="No reports" text=text/> }.into_any()
    } else {
        view! { <ul class="stack" data-tight="">{rows}</ul> }.into_any()
    };
    view! {
        <section class="stack" aria-labelledby="reports">
            <h2 id="reports">{format!("What takers said ({n_reports})")}</h2>
            <p class="meta">"Reports have no names."</p>
            {list}
        </section>
    }
}

/// A corrective action that comes from this dispute.
fn make_action(here: &InCircle, case: &Case, ruling: &Ruling) -> impl IntoView + use<> {
    let (title, fixes) = match ruling {
        Ruling::FixDocument => (format!("Document what {} asks", case.id.slug), "document"),
        _ => (format!("Put the question {} right", case.id.slug), "question"),
    };
    let href = format!(
        "/circles/{}/make-action?title={}&question={}&dispute={}/{}&fixes={fixes}",
        here.member.circle,
        encode(&title),
        case.id,
        case.id,
        case.version
    );
    view! { <p><a class="btn" href=href>"Make a corrective action of this"</a></p> }
}
