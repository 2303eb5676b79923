//! The runbooks of a circle: what each lacks, and taking files in.

use std::cmp::Reverse;

use backend::Error;
use backend::runbooks::{self, Standing, importing};
use domain::bank::{Content, SourceFile};
use domain::people::Role;
use domain::runbook::import::Folder;
use domain::runbook::{Document, Filling};
use leptos::prelude::*;

use super::runbook::words::{address, filling_view};
use super::services::counted;
use crate::components::{
    Breadcrumb, Empty, ErrorSummary, Pick, Scroll, SelectField, Status, StatusKind, TextArea, TextField,
    Time, TimeShape,
};
use crate::form::{Form, Posted, again};
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// Every service with its runbook, and the form that takes files.
pub fn get() -> Loading {
    circle_page(Section::Services, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let all = runbooks::of_circle(db, who, circle).await?;
        let coverage = format!("/circles/{circle}/alert-coverage");
        let trail = vec![("Services".to_owned(), format!("/circles/{circle}/services"))];
        let may_write = here.member.role != Role::Reader;
        let table = if all.is_empty() {
            view! { <Empty title="No services yet" text="A runbook belongs to a service; a leader adds services."/> }.into_any()
        } else {
            table(&here, &all).into_any()
        };
        Ok(Page::new(
            format!("Runbooks – {}", here.member.circle_name),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>"Runbooks"</h1>
                <p class="lead">{truth(&all)}</p>
                {report()}
                <div class="cluster">
                    <a class="btn" href="/alerts">"Find an alert"</a>
                    <a class="btn" href=coverage>"Alerts without a runbook"</a>
                </div>
                {table}
                {(may_write && !all.is_empty()).then(|| form(&all))}
            },
        ))
    })
}

/// Says what files hold, or takes them in.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let member = backend::circles::member(&form.site.db, &who, circle).await?;
    if member.role == Role::Reader {
        return Err(Error::NotFound);
    }
    let folder = folder(&form.fields);
    let has_files = form.has("files-name");
    if folder.files.is_empty() {
        let why = folder.findings.first().map_or_else(
            || "Choose Markdown files, or paste the text of one.".to_owned(),
            ToString::to_string,
        );
        return Err(Error::refused(if has_files { "files" } else { "text" }, why));
    }
    if form.get("do") != "take" {
        return Err(Error::Refused(Vec::new()));
    }
    let service = form.get("service");
    if service.is_empty() {
        return Err(Error::refused("service", "Choose the service that the files are about."));
    }
    let taken =
        importing::take(&form.site.db, &who, circle, service, &folder.files, form.asked.received_at).await?;
    let done = if taken.n_added + taken.n_changed > 0 { "saved" } else { "same" };
    Ok(format!("{}?done={done}", address(circle, service, runbooks::MAIN)))
}

/// The files that a form holds: chosen ones, and the one that was pasted.
fn folder(fields: &[(String, String)]) -> Folder {
    let all = |name: &'static str| {
        fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    };
    let file = |(name, text): (&str, &str)| SourceFile {
        path: name.to_owned(),
        content: Content::Bytes(text.as_bytes().to_vec()),
    };
    let mut files: Vec<SourceFile> = all("files-name").zip(all("files-text")).map(file).collect();
    let first = |name: &'static str| all(name).next().unwrap_or_default().trim().to_owned();
    let pasted = first("text");
    if !pasted.is_empty() {
        let name =
            Some(first("path")).filter(|name| !name.is_empty()).unwrap_or_else(|| "runbook.md".to_owned());
        let name = if name.contains('.') { name } else { format!("{name}.md") };
        files.push(file((&name, &pasted)));
    }
    importing::read_files(&files)
}

/// "2 of 4 services have a runbook; 1 says all of it."
fn truth(all: &[Standing]) -> String {
    let n_written = all.iter().filter(|one| one.version > 0).count();
    let n_whole = all.iter().filter(|one| one.version > 0 && one.lacking().is_empty()).count();
    format!(
        "{n_written} of {} have a runbook; {n_whole} with all eight sections filled.",
        counted_services(all.len())
    )
}

fn counted_services(n: usize) -> String {
    counted(i64::try_from(n).unwrap_or(i64::MAX), "service")
}

fn table(here: &InCircle, all: &[Standing]) -> impl IntoView + use<> {
    let circle = &here.member.circle;
    let zone = here.member.zone;
    let rows = all.iter().map(|one| {
        let href = address(circle, &one.service, runbooks::MAIN);
        let lacking = one.lacking();
        let state = match (one.version, lacking.len()) {
            (0, _) => view! { <Status kind=StatusKind::Gap words="None yet"/> }.into_any(),
            (_, 0) => view! { <Status kind=StatusKind::Ready words="All filled"/> }.into_any(),
            _ => {
                let names: Vec<&str> = lacking.iter().map(|section| section.title()).collect();
                let words = format!("Lacks {}", names.join(", "));
                view! { <span>{words}</span> }.into_any()
            }
        };
        let alerts = match (one.n_alerts, one.n_without_mitigation) {
            (0, _) => "None".to_owned(),
            (n, 0) => n.to_string(),
            (n, bare) => format!("{n}, {bare} without a word on what to do"),
        };
        let changed = one.changed_at.map(|at| view! { <Time at=at zone=zone shape=TimeShape::Day/> });
        view! {
            <tr>
                <th scope="row"><a href=href>{one.service_name.clone()}</a></th>
                <td data-label="Sections">{state}</td>
                <td data-label="Alerts">{alerts}</td>
                <td data-label="Changed">{changed}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Scroll name="Runbooks">
            <table class="fold">
                <caption class="vh">"Runbooks by service"</caption>
                <thead><tr>
                    <th scope="col">"Service"</th><th scope="col">"Sections"</th>
                    <th scope="col">"Alerts"</th><th scope="col">"Changed"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
    }
}

fn form(all: &[Standing]) -> impl IntoView + use<> {
    let problem = again().problem("files").map(str::to_owned).map(|what| {
        view! { <p class="field-error" id="files-error"><span><span class="vh">"Error: "</span>{what}</span></p> }
    });
    view! {
        <section class="panel" aria-labelledby="take-in">
            <h2 id="take-in">"Take in files"</h2>
            <p class="meta">
                "Markdown, as you have it. A file with Meaning, Impact, Diagnosis and Mitigation becomes the page of its alert. \
                 You see first what was found; nothing of a text is lost."
            </p>
            <form method="post" enctype="multipart/form-data" class="form" novalidate>
                {service_field(all)}
                <div class="field">
                    <label for="files">"Files"</label>
                    <p class="hint" id="files-hint">"Up to 400 KiB at once. For a whole folder: muster import-runbooks."</p>
                    {problem}
                    <input id="files" name="files" type="file" multiple accept=".md,.markdown,.txt,text/markdown,text/plain"
                        aria-describedby="files-hint"/>
                </div>
                <TextArea name="text" label="Or paste the text of one" rows=6/>
                <TextField name="path" label="Name of the pasted file" hint="For example OrdersLatencyHigh.md"/>
                <button class="btn" name="do" value="look">"See what is in them"</button>
            </form>
        </section>
    }
}

fn service_field(all: &[Standing]) -> impl IntoView + use<> {
    let mut picks = vec![Pick::new("", "Choose a service")];
    picks.extend(all.iter().map(|one| Pick::new(one.service.clone(), one.service_name.clone())));
    view! { <SelectField name="service" label="They are about" picks=picks/> }
}

/// What is in the files that were shown, with the button that takes them in.
fn report() -> Option<AnyView> {
    let again = again();
    if !again.is_again() {
        return None;
    }
    let mut folder = folder(&again.fields);
    if folder.files.is_empty() {
        return None;
    }
    let lacking = |document: &Document| {
        let open = document.fillings.iter().filter(|(_, filling)| *filling != Filling::Filled);
        open.map(|(section, _)| section.title()).collect::<Vec<_>>()
    };
    // What asks for work stands first.
    folder.files.sort_by_key(|file| {
        (file.document.redirect.is_none(), Reverse(lacking(&file.document).len()), file.path.clone())
    });
    let rows = folder.files.iter().map(|file| {
        let document = &file.document;
        let sections = document.fillings.iter().map(|(section, filling)| {
            let title = section.title();
            view! { <li><span>{title}</span>{filling_view(*filling)}</li> }
        });
        let alerts: Vec<_> = document.alerts.iter().flat_map(|alert| alert.names.clone()).collect();
        let alerts = (!alerts.is_empty()).then(|| view! { <p class="meta">"Alerts: "{alerts.join(", ")}</p> });
        let redirect = document.redirect.clone().map(|target| view! { <p class="meta">"Only a redirect to "<code>{target}</code></p> });
        let lacking = lacking(document);
        let words = match (&document.redirect, lacking.len()) {
            (Some(_), _) => "only a redirect".to_owned(),
            (None, 0) => "all filled".to_owned(),
            (None, 1..=4) => format!("lacks {}", lacking.join(", ")),
            (None, n) => format!("{n} sections not filled"),
        };
        view! {
            <details>
                <summary>{file.path.clone()}" · "{document.title.clone()}" · "{words}</summary>
                <div class="stack" data-tight="">{alerts}{redirect}<ul class="sections">{sections.collect_view()}</ul></div>
            </details>
        }
    });
    let rows = rows.collect_view();
    let findings: Vec<_> =
        folder.findings.iter().map(|finding| view! { <li>{finding.to_string()}</li> }).collect();
    let findings =
        (!findings.is_empty()).then(|| view! { <h3>"What is odd in them"</h3><ul>{findings}</ul> });
    // What could not be read stays out.
    let is_read = |name: &str| folder.files.iter().any(|file| file.path == name);
    let mut is_left_out = false;
    let hidden = again.fields.iter().filter(|(key, value)| match key.as_str() {
        "service" | "text" | "path" => true,
        "files-name" => {
            is_left_out = !is_read(value);
            !is_left_out
        }
        "files-text" => !is_left_out,
        _ => false,
    });
    let hidden =
        hidden.map(|(key, value)| view! { <input type="hidden" name=key.clone() value=value.clone()/> });
    let n = folder.files.len();
    let title = format!("In {}", counted(i64::try_from(n).unwrap_or(i64::MAX), "file"));
    let has_service = again.get("service").is_some_and(|service| !service.is_empty());
    let take = if has_service {
        view! {
            <form method="post" enctype="multipart/form-data">{hidden.collect_view()}<button class="btn primary" name="do" value="take">"Take them in"</button></form>
        }
        .into_any()
    } else {
        view! { <p>"Choose the service below and the files once more to take them in."</p> }.into_any()
    };
    Some(
        view! {
            <section class="panel" aria-labelledby="report">
                <h2 id="report">{title}</h2>
                {findings}
                {take}
                {rows}
            </section>
        }
        .into_any(),
    )
}
