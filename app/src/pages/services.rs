//! The services of a circle, and for its leaders the banks that stand on the shelf.

use std::collections::{BTreeMap, HashMap};

use backend::circles::Member;
use backend::coverage;
use backend::services::{self, Service, Sheet};
use backend::shelf::Shelf;
use domain::bank::{Finding, Severity};
use domain::coverage::Coverage;
use domain::people::Role;
use domain::question::{Topic, is_slug};
use leptos::prelude::*;

use super::service::thin::thin_words;
use super::service::today;
use super::sought::Sought;
use crate::components::{Empty, ErrorSummary, Icon, Notice, NoticeKind, TextArea, TextField, icon};
use crate::form::{Form, Posted, again};
use crate::server::Site;
use crate::shell::{Loading, Page, Section, circle_page};

/// What the team keeps alive, and how many questions there are about it.
pub fn get() -> Loading {
    circle_page(Section::Services, |here| async move {
        let circle = here.member.circle.clone();
        let services = services::list(&here.site.db, &here.who, &circle).await?;
        let leads = here.member.role == Role::Leader;
        let (banks, covered) = if leads {
            let banks = read_shelf(&here.site, &here.member).await.map(|shelf| on_shelf(shelf, &services));
            let covered = coverage::of_circle(&here.site.db, &here.who, &circle, today(&here)).await?;
            (Some(banks), covered)
        } else {
            (None, HashMap::new())
        };
        Ok(Page::new(
            "Services",
            view! {
                <ErrorSummary/>
                <h1 id="services">"Services"</h1>
                {list(&circle, services, &covered, leads)}
                {banks.map(|banks| shelf_section(&circle, banks))}
                {leads.then(add_form)}
            },
        ))
    })
}

/// Adds a service by hand.
pub async fn post(form: Form) -> Posted {
    let circle = form.param("circle")?;
    let sheet = Sheet {
        slug: form.get("slug").trim().to_owned(),
        name: form.get("name").to_owned(),
        summary: form.get("summary").to_owned(),
        owner: form.get("owner").to_owned(),
    };
    services::add(&form.site.db, &form.who()?, circle, &sheet, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/services/{}?done=added", sheet.slug))
}

/// Every bank of the shelf, read away from the threads that answer requests; `None` if it cannot be read now. Anybody
/// may be somebody of the demo circle, so it sees the samples only, not what a folder of real banks holds.
pub(super) async fn read_shelf(site: &Site, member: &Member) -> Option<domain::bank::Shelf> {
    let shelf = if member.is_demo { Shelf::Samples } else { site.shelf.clone() };
    match tokio::task::spawn_blocking(move || shelf.read()).await {
        Ok(Ok(read)) => Some(read),
        Ok(Err(why)) => {
            tracing::error!(%why, "the shelf cannot be read");
            None
        }
        Err(why) => {
            tracing::error!(%why, "reading the shelf broke off");
            None
        }
    }
}

/// So many of a thing: "1 question", "12 questions".
pub(super) fn counted(n: impl Into<i64>, thing: &str) -> String {
    let n = n.into();
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// What was found in the files of a bank, word for word as `muster check` prints it.
pub(super) fn findings_list(findings: &[Finding]) -> impl IntoView + use<> {
    let lines = findings.iter().map(|finding| view! { <li><code>{finding.to_string()}</code></li> });
    view! { <ul class="stack" data-tight="">{lines.collect_view()}</ul> }
}

fn list(circle: &str, services: Vec<Service>, covered: &HashMap<String, Coverage>, leads: bool) -> AnyView {
    if services.is_empty() {
        return none_yet(leads).into_any();
    }
    let n_ready: i64 = services.iter().map(|service| service.n_ready).sum();
    let n_services = i64::try_from(services.len()).unwrap_or(i64::MAX);
    let thin = |service: &Service| {
        let coverage = covered.get(&service.slug).filter(|_| service.n_ready > 0);
        coverage.map(|coverage| thin_words(&coverage.thin_spots())).unwrap_or_default()
    };
    let n_thin = services.iter().filter(|service| !thin(service).is_empty()).count();
    let base = format!("/circles/{circle}/services");
    let sought = Sought::among(services, |service| format!("{} {}", service.name, service.slug));
    let rows: Vec<_> = sought.shown.iter().map(|service| row(&base, service, &thin(service))).collect();
    let rows = match rows.is_empty() {
        true => sought.nothing(&base),
        false => view! { <ul class="rows">{rows}</ul> }.into_any(),
    };
    view! {
        <p class="lead">
            {format!("{}, {}.", counted(n_services, "service"), counted(n_ready, "ready question"))}
            {thin_sentence(n_thin)}
        </p>
        <ul class="cluster">
            <li><a href=format!("/circles/{circle}/runbooks")>"Runbooks"</a></li>
            <li><a href="/alerts">"Find an alert"</a></li>
            <li><a href=format!("/circles/{circle}/documents")>"Documents"</a></li>
            <li><a href=format!("/circles/{circle}/rota")>"Rota"</a></li>
        </ul>
        {sought.search("services", None)}
        {rows}
        {sought.pager(&base)}
    }
    .into_any()
}

fn thin_sentence(n_thin: usize) -> Option<String> {
    match n_thin {
        0 => None,
        1 => Some(" The bank of 1 is thin in places.".to_owned()),
        n => Some(format!(" The banks of {n} are thin in places.")),
    }
}

fn row(base: &str, service: &Service, thin: &[(Topic, String)]) -> impl IntoView + use<> {
    let summary =
        (!service.summary.is_empty()).then(|| view! { <p class="meta">{service.summary.clone()}</p> });
    let topics: Vec<String> =
        thin.iter().map(|(topic, words)| format!("{}: {words}", topic.title())).collect();
    let thin = (!thin.is_empty())
        .then(|| view! { <p class="meta"><strong>"Thin: "</strong>{topics.join("; ")}</p> });
    view! {
        <li>
            <div>
                <a class="cover" href=format!("{base}/{}", service.slug)>{service.name.clone()}</a>
                {summary}
                {thin}
            </div>
            <span class="meta nowrap">{counted(service.n_ready, "ready question")}</span>
        </li>
    }
}

fn none_yet(leads: bool) -> impl IntoView {
    let text = "A service is what the team keeps alive; the questions of a test are about services.";
    if leads {
        let text = format!("{text} Take a bank from the shelf, and its service comes along.");
        view! {
            <Empty title="No services yet" text=text>
                <a class="btn" href="#shelf">"See the banks on the shelf"</a>
            </Empty>
        }
        .into_any()
    } else {
        view! { <Empty title="No services yet" text=format!("{text} A leader of the circle adds them.")/> }
            .into_any()
    }
}

/// One bank of the shelf, or a folder that does not read as one.
struct OnShelf {
    slug: String,
    name: String,
    n_questions: i64,
    findings: Vec<Finding>,
    is_taken: bool,
}

impl OnShelf {
    fn count(&self, severity: Severity) -> i64 {
        let found = self.findings.iter().filter(|finding| finding.severity == severity);
        i64::try_from(found.count()).unwrap_or(i64::MAX)
    }
}

/// The banks by their folders, together with the folders in which nothing but faults was found.
fn on_shelf(shelf: domain::bank::Shelf, services: &[Service]) -> Vec<OnShelf> {
    let empty = |slug: &str| OnShelf {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        n_questions: 0,
        findings: Vec::new(),
        is_taken: services.iter().any(|service| service.slug == slug),
    };
    let mut banks: BTreeMap<String, OnShelf> = BTreeMap::new();
    for bank in shelf.banks {
        let slug = bank.service.slug;
        let entry = banks.entry(slug.clone()).or_insert_with(|| empty(&slug));
        entry.name = bank.service.name;
        entry.n_questions = i64::try_from(bank.questions.len()).unwrap_or(i64::MAX);
    }
    for finding in shelf.findings {
        let slug = finding.path.split('/').next().unwrap_or_default().to_owned();
        banks.entry(slug.clone()).or_insert_with(|| empty(&slug)).findings.push(finding);
    }
    banks.into_values().collect()
}

fn shelf_section(circle: &str, banks: Option<Vec<OnShelf>>) -> impl IntoView + use<> {
    let content = match banks {
        None => view! {
            <Notice kind=NoticeKind::Problem title="The shelf cannot be read now">
                <p>"The services of the circle and their questions are not affected. Tell whoever runs this server."</p>
            </Notice>
        }
        .into_any(),
        Some(banks) if banks.is_empty() => view! {
            <p class="meta">"The shelf is empty. Whoever runs this server puts banks there."</p>
        }
        .into_any(),
        Some(banks) => {
            let rows = banks.into_iter().map(|bank| bank_row(circle, bank));
            view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <section class="stack" id="shelf">
            <h2>"Banks on the shelf"</h2>
            <p class="meta">"A bank holds the questions about one service. Taking it copies them into this circle."</p>
            {content}
        </section>
    }
}

fn bank_row(circle: &str, bank: OnShelf) -> impl IntoView + use<> {
    let name = match is_slug(&bank.slug) {
        true => view! { <a href=format!("/circles/{circle}/services/{}", bank.slug)>{bank.name.clone()}</a> }
            .into_any(),
        false => view! { <span>{bank.name.clone()}</span> }.into_any(),
    };
    let (n_errors, n_warnings) = (bank.count(Severity::Error), bank.count(Severity::Warning));
    let state = match (n_errors, bank.is_taken) {
        (1.., _) => view! {
            <span class="st" data-s="gap">
                {icon(Icon::Cross)}<span>{counted(n_errors, "error")}", cannot be taken"</span>
            </span>
        }
        .into_any(),
        (_, true) => view! {
            <span class="st" data-s="ready">{icon(Icon::Check)}<span>"In the circle"</span></span>
        }
        .into_any(),
        (_, false) => view! { <span class="tag">"Not taken yet"</span> }.into_any(),
    };
    let found_words = format!("{}, {}", counted(n_errors, "error"), counted(n_warnings, "warning"));
    let found = (n_errors + n_warnings > 0).then(|| {
        view! {
            <details>
                <summary>{found_words}</summary>
                {findings_list(&bank.findings)}
            </details>
        }
    });
    view! {
        <li>
            <div>
                {name}
                <p class="meta">{counted(bank.n_questions, "question")}</p>
                {found}
            </div>
            {state}
        </li>
    }
}

fn add_form() -> impl IntoView {
    view! {
        <details class="panel" open=again().is_again()>
            <summary>"Add a service by hand"</summary>
            <form method="post" class="form" novalidate>
                <p class="meta">"For a service that no bank on the shelf is about yet."</p>
                <TextField name="slug" label="Short name" width="medium"
                    hint="Lower-case letters, digits and hyphens, for example orders-db. It cannot be changed later."/>
                <TextField name="name" label="Name"/>
                <TextArea name="summary" label="What it is, in one sentence" rows=2/>
                <TextField name="owner" label="Owner" hint="The team that answers for it"/>
                <button class="btn">"Add the service"</button>
            </form>
        </details>
    }
}
