//! Writing a question in the app, and looking at one again whose source has
//! changed. For leaders: a question holds its key.

pub mod checks;
mod differences;
pub mod new;
pub mod resting;

use backend::sources::editing::{check, edit, text_of};
use backend::sources::{self, Check, seen_as};
use backend::{Error, questions, stamp};
use domain::bank::Severity;
use domain::question::QuestionId;
use leptos::prelude::*;

use crate::components::{Breadcrumb, ErrorSummary, Notice, NoticeKind, TextArea, Time};
use crate::form::{Form, Posted, again};
use crate::markdown::Images;
use crate::pages::sign_in::done;
use crate::reviewing::reviewed;
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The text of a question, what changed in its sources, and what it looks like.
pub fn get() -> Loading {
    let id = format!("{}/{}/{}", path_param("service"), path_param("topic"), path_param("slug"));
    let since = query_value("since");
    circle_page(Section::Services, move |here| async move {
        let id: QuestionId = id.parse().map_err(|_| Error::NotFound)?;
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let text = text_of(db, who, circle, &id).await?;
        let checks = sources::of_question(db, who, circle, &id).await?;
        let was = again().value("was", &stamp(&text));
        let typed = again().value("text", &text);
        let (read, findings) = check(db, who, circle, &id, &typed).await?;
        let shown = questions::find(db, who, circle, &id).await?;
        let before = match &since {
            Some(version) => questions::text_of_version(db, who, circle, &id, version).await?,
            None => None,
        };
        let base = format!("/circles/{circle}/questions/{id}");
        let trail = vec![
            ("Services".to_owned(), format!("/circles/{circle}/services")),
            (id.service.clone(), format!("/circles/{circle}/services/{}", id.service)),
            (id.slug.clone(), base.clone()),
        ];
        let title = format!("Write {}", id.slug);
        let name = id.to_string();
        let preview = read.map(|read| {
            let images = Images::Of { circle, question: &name, version: &shown.version };
            let order: Vec<u8> = (0..read.question.n_shuffled()).collect();
            reviewed(&read.question, &order, None, images)
        });
        let warnings: Vec<_> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Warning)
            .map(|finding| format!("Line {}: {}.", finding.line, finding.what))
            .map(|words| view! { <li>{words}</li> })
            .collect();
        let warnings = (!warnings.is_empty()).then(|| view! { <ul class="meta">{warnings}</ul> });
        let file = format!("{base}/question.md");
        let offered = before.map(|before| differences::offered(&before, &text, &file));
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>{title}</h1>
                {done(&[
                    ("written", "It is saved as a new version. Attempts keep the version that was drawn for them."),
                    ("confirmed", "It is confirmed, and drawn again."),
                    ("retired", "It is not asked any more."),
                ])}
                {offered}
                {changed(&here, &checks)}
                <div class="panels">
                    <form method="post" class="form" novalidate>
                        <input type="hidden" name="do" value="write"/>
                        <input type="hidden" name="was" value=was/>
                        {seen(&checks)}
                        <TextArea name="text" label="The file" rows=24 value=text
                            hint="As in a bank: front matter between +++, the question, its choices, and the explanation last."/>
                        {warnings}
                        <div class="cluster">
                            <button class="btn primary">"Save a new version"</button>
                            <button class="btn" name="look" value="1">"Look at it"</button>
                            <a class="btn" href=base>"Leave it"</a>
                            <a class="btn" href=file>"The file"</a>
                        </div>
                    </form>
                    <section class="panel stack" aria-labelledby="preview">
                        <h2 id="preview">"How it reads"</h2>
                        {preview}
                    </section>
                </div>
            },
        ))
    })
}

/// Which checks a form is shown with.
fn seen(checks: &[Check]) -> impl IntoView + use<> {
    let field = |check| view! { <input type="hidden" name="seen" value=seen_as(check)/> };
    checks.iter().map(field).collect_view()
}

/// What changed in the sources, with the ways to settle it.
fn changed(here: &InCircle, checks: &[Check]) -> Option<impl IntoView + use<>> {
    let zone = here.member.zone;
    let circle = here.member.circle.clone();
    let seen = seen(checks);
    let rows: Vec<_> = checks
        .iter()
        .map(|check| {
            let source = match domain::source::Source::parse(&check.source).address(&circle) {
                Some(href) => view! { <a href=href>{check.source.clone()}</a> }.into_any(),
                None => view! { <code>{check.source.clone()}</code> }.into_any(),
            };
            let versions = format!(" went from {} to {}, ", check.from, check.to);
            let gone = check.is.trim().is_empty().then(|| view! { <p><strong>"It is gone."</strong></p> });
            let at = check.noted_at;
            view! {
                <section class="stack" data-tight="">
                    <p>{source}{versions}<Time at=at zone=zone/>"."</p>
                    {gone}
                    {differences::shown(&check.was, &check.is)}
                </section>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <Notice kind=NoticeKind::Problem title="What it rests on has changed. Is it still right?">
                {rows}
                <form method="post" class="cluster">
                    {seen}
                    <button class="btn" name="do" value="confirm">"It is right as it is"</button>
                    <button class="btn" name="do" value="retire">"Ask it no more"</button>
                    <span>"Or change the file below."</span>
                </form>
            </Notice>
        }
    })
}

/// Saves a new version, or settles what it asked to be checked for.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let id = format!("{}/{}/{}", form.param("service")?, form.param("topic")?, form.param("slug")?);
    let id: QuestionId = id.parse().map_err(|_| Error::NotFound)?;
    let (db, now) = (&form.site.db, form.asked.received_at);
    let page = format!("/circles/{circle}/questions/{id}/edit");
    let before = questions::find(db, &who, circle, &id).await?.version;
    match form.get("do") {
        "write" if form.has("look") => Err(Error::Refused(Vec::new())),
        "write" => {
            let shown = (form.get("was"), &*form.all("seen"));
            edit(db, &who, circle, &id, form.get("text"), shown, now).await?;
            Ok(format!("{page}?done=written&since={before}"))
        }
        "confirm" => {
            sources::confirm(db, &who, circle, &id, &form.all("seen"), now).await?;
            Ok(format!("{page}?done=confirmed"))
        }
        "retire" => {
            sources::retire(db, &who, circle, &id, now).await?;
            Ok(format!("{page}?done=retired&since={before}"))
        }
        _ => Err(Error::NotFound),
    }
}
