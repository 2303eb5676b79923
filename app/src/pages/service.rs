//! A service: whom one calls, what was promised, how its questions cover it, where everything about it stands; and for
//! leaders the questions themselves and who has met them.

mod asking;
pub(crate) mod hub;
mod listing;
mod met;
mod records;
mod table;
pub(super) mod thin;
mod unasked;

use std::collections::BTreeSet;

use backend::Error;
use backend::coverage;
use backend::error::Problem;
use backend::questions;
use backend::services::{self, Service};
use backend::shelf::{bank_of, has_errors};
use backend::sources::{self, Check};
use chrono::NaiveDate;
use domain::bank::{Bank, Finding};
use domain::people::Role;
use domain::question::{State, Topic};
use leptos::prelude::*;

use self::listing::Listing;
use super::services::{counted, findings_list, read_shelf};
use crate::components::{Breadcrumb, ErrorSummary, Fact, Facts, Notice, NoticeKind};
use crate::form::{Form, Posted, again};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// A service of the circle, or for a leader a bank that the circle has not taken yet.
pub fn get() -> Loading {
    let slug = path_param("service");
    circle_page(Section::Services, move |here| async move {
        match services::find(&here.site.db, &here.who, &here.member.circle, &slug).await {
            Ok(service) => in_circle(&here, service).await,
            Err(Error::NotFound) if leads(&here) => not_taken(&here, &slug).await,
            Err(why) => Err(why),
        }
    })
}

/// Takes the bank of this service from the shelf into the circle: all of it, or nothing.
pub async fn post(form: Form) -> Posted {
    let (circle, slug) = (form.param("circle")?, form.param("service")?);
    let who = form.who()?;
    let member = backend::circles::leader(&form.site.db, &who, circle).await?;
    let shelf = read_shelf(&form.site, &member).await.ok_or_else(|| {
        Error::refused(
            "",
            "The shelf cannot be read now, and nothing was taken. Tell whoever runs this server.",
        )
    })?;
    let (bank, findings) = bank_of(shelf, slug);
    if has_errors(&findings) {
        let problems = findings.iter().map(|finding| Problem::new("", finding.to_string()));
        return Err(Error::Refused(problems.collect()));
    }
    let bank = bank.ok_or_else(|| Error::refused("", format!("There is no bank {slug} on the shelf.")))?;
    let done = questions::take_bank(&form.site.db, &who, circle, &bank, form.asked.received_at).await?;
    Ok(format!(
        "/circles/{circle}/services/{slug}?done=taken&added={}&changed={}&unchanged={}&outdated={}&kept={}&over={}",
        done.n_added,
        done.n_changed,
        done.n_unchanged,
        done.n_outdated,
        done.kept.len(),
        done.written_over.len()
    ))
}

fn leads(here: &InCircle) -> bool {
    here.member.role == Role::Leader
}

async fn in_circle(here: &InCircle, service: Service) -> backend::Result<Page> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let base = format!("/circles/{circle}/services/{}", service.slug);
    let coverage = coverage::of_service(db, who, circle, &service.slug, today(here)).await?;
    let view = if !leads(here) {
        let met = met::own(here, &service.slug).await?;
        let questions = view! { {met}{table::for_all(&coverage)} }.into_any();
        overview(here, &service, questions).await?
    } else {
        let shown = View::asked();
        let below = match shown {
            View::Overview => {
                let asking =
                    asking::section(circle, &coverage::asking(db, who, circle, &service.slug).await?);
                let unasked = sources::unasked::unasked(db, who, circle, &service.slug).await?;
                let to_check = sources::to_check(db, who, circle).await?;
                let questions = view! {
                    {table::for_leaders(&base, &coverage)}
                    {to_check_line(circle, &service.slug, &to_check)}
                    {unasked::section(circle, &service.slug, &unasked)}
                    {asking}
                    {take_section()}
                };
                overview(here, &service, questions.into_any()).await?
            }
            View::Questions => Listing::read(here, &service.slug, coverage.whole().n_all()).await?.view(),
            View::Met => met::of_everybody(here, &service, &base).await?,
        };
        view! { {tabs(&base, shown)}{below} }.into_any()
    };
    let trail = vec![("Services".to_owned(), format!("/circles/{circle}/services"))];
    let criticality = service.criticality.map(|one| view! { <span class="tag">{one.title()}</span> });
    Ok(Page::new(
        service.name.clone(),
        view! {
            <ErrorSummary/>
            <Breadcrumb trail=trail/>
            <div class="head"><h1>{service.name.clone()}</h1>{criticality}</div>
            {view}
        },
    ))
}

/// Which part of a service a leader looks at.
#[derive(Clone, Copy, PartialEq)]
enum View {
    Overview,
    Questions,
    Met,
}

impl View {
    /// An address with a filter asks for the questions.
    fn asked() -> View {
        match query_value("view").as_deref() {
            Some("met") => View::Met,
            Some("questions") => View::Questions,
            None if Listing::is_asked() => View::Questions,
            _ => View::Overview,
        }
    }
}

fn tabs(base: &str, shown: View) -> impl IntoView + use<> {
    let tab = |view: View, words: &'static str, query: &str| {
        let current = (view == shown).then_some("page");
        view! { <li><a href=format!("{base}{query}") aria-current=current>{words}</a></li> }
    };
    view! {
        <nav class="tabs" aria-label="About this service">
            <ul>
                {tab(View::Overview, "Overview", "")}
                {tab(View::Questions, "Questions", "?view=questions")}
                {tab(View::Met, "Who has met it", "?view=met")}
            </ul>
        </nav>
    }
}

/// The day that it is for whoever reads.
pub(super) fn today(here: &InCircle) -> NaiveDate {
    here.asked.received_at.with_timezone(&here.member.zone).date_naive()
}

/// What the form before this page did.
fn done_notice() -> Option<AnyView> {
    let done = query_value("done").filter(|_| !again().is_again())?;
    let n = |name: &str| query_value(name).and_then(|n| n.parse::<u32>().ok()).unwrap_or_default();
    let words = match done.as_str() {
        "added" => "The service is added. It has no questions yet.".to_owned(),
        "changed" => "The service is changed.".to_owned(),
        "escalation" => "The escalation path is saved.".to_owned(),
        "taken" => {
            let taken = format!(
                "The bank is taken: {} added, {} changed, {} unchanged, {} outdated.",
                n("added"),
                n("changed"),
                n("unchanged"),
                n("outdated")
            );
            let kept = match n("kept") {
                0 => String::new(),
                n => format!(" Kept as written here: {n}."),
            };
            let over = match n("over") {
                0 => String::new(),
                n => format!(
                    " Written over, because the file is another one too: {n}. Their history has both."
                ),
            };
            taken + &kept + &over
        }
        _ => return None,
    };
    Some(view! { <Notice kind=NoticeKind::Done title=words/> }.into_any())
}

/// Everything about a service, what somebody on call needs first; `questions` is how its bank covers it.
async fn overview(here: &InCircle, service: &Service, questions: AnyView) -> backend::Result<AnyView> {
    let runbook = records::runbook(here, service).await?;
    let top = hub::top(here, service, runbook).await?;
    let ready = hub::ready(here, service).await?;
    let incidents = records::incidents(here, service).await?;
    let postmortems = records::postmortems(here, service).await?;
    let documents = hub::documents(here, service).await?;
    let actions = hub::actions(here, service).await?;
    let n_ready = counted(service.n_ready, "ready question");
    Ok(view! {
        {done_notice()}
        {top}
        {incidents}
        {ready}
        <section class="stack" aria-labelledby="bank">
            <h2 id="bank">"Questions"</h2>
            <p class="meta">{n_ready}</p>
            {questions}
        </section>
        {postmortems}
        {documents}
        {actions}
    }
    .into_any())
}

/// A link to the web; any other address is shown and leads nowhere.
fn outside(words: &str, url: &str) -> AnyView {
    if ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme)) {
        view! { <a href=url.to_owned()>{words.to_owned()}</a> }.into_any()
    } else {
        format!("{words}: {url}").into_any()
    }
}

/// How many questions of the service wait for somebody to look at them, because
/// what they rest on has changed.
fn to_check_line(circle: &str, service: &str, to_check: &[Check]) -> Option<impl IntoView + use<>> {
    let questions: BTreeSet<_> =
        to_check.iter().map(|check| &check.question).filter(|question| question.service == service).collect();
    let n = i64::try_from(questions.len()).unwrap_or(i64::MAX);
    (n > 0).then(|| {
        let asks = if n == 1 { "asks" } else { "ask" };
        let words = format!("{} {asks} to be checked", counted(n, "question"));
        let href = format!("/circles/{circle}/check-me");
        view! { <p><a href=href>{words}</a>": what they rest on has changed."</p> }
    })
}

fn take_section() -> impl IntoView {
    view! {
        <form method="post" class="panel">
            <h2>"Bring the questions up to date"</h2>
            <p class="meta">
                "New questions are added, changed ones get a new version, and those that the bank no longer has become \
                 outdated. Rounds that run and results that exist keep their versions."
            </p>
            <button class="btn" name="do" value="take">"Take the bank from the shelf"</button>
        </form>
    }
}

/// The state of a question as a person reads it.
pub(super) fn state_words(state: State) -> &'static str {
    match state {
        State::Draft => "Draft",
        State::Ready => "Ready",
        State::Outdated => "Outdated",
    }
}

/// A bank that stands on the shelf and not in the circle.
async fn not_taken(here: &InCircle, slug: &str) -> backend::Result<Page> {
    let shelf = read_shelf(&here.site, &here.member).await.ok_or(Error::NotFound)?;
    let (bank, findings) = bank_of(shelf, slug);
    if bank.is_none() && findings.is_empty() {
        return Err(Error::NotFound);
    }
    let name = bank.as_ref().map_or_else(|| slug.to_owned(), |bank| bank.service.name.clone());
    let trail = vec![("Services".to_owned(), format!("/circles/{}/services", here.member.circle))];
    Ok(Page::new(
        name.clone(),
        view! {
            <ErrorSummary/>
            <Breadcrumb trail=trail/>
            <div class="head"><h1>{name}</h1><span class="tag">"Not taken yet"</span></div>
            {bank.as_ref().map(|bank| on_shelf(bank, &findings))}
            {has_errors(&findings).then(|| faults(&findings))}
        },
    ))
}

fn on_shelf(bank: &Bank, findings: &[Finding]) -> impl IntoView + use<> {
    let n =
        |topic: Topic| bank.questions.iter().filter(|question| question.question.id.topic == topic).count();
    let topics = Topic::ALL.map(|topic| (topic.title(), n(topic).to_string()));
    let topics = topics.map(|(title, n)| view! { <Fact name=title>{n}</Fact> }).collect_view();
    let n_questions = counted(i64::try_from(bank.questions.len()).unwrap_or(i64::MAX), "question");
    let take = (!has_errors(findings)).then(|| {
        view! {
            <form method="post">
                <button class="btn primary" name="do" value="take">"Take this bank into the circle"</button>
            </form>
        }
    });
    view! {
        <p class="lead">{bank.service.summary.clone()}</p>
        <p>"This bank stands on the shelf with "{n_questions}". The circle has none of them yet."</p>
        <Facts>{topics}</Facts>
        {take}
    }
}

fn faults(findings: &[Finding]) -> impl IntoView + use<> {
    let findings = findings_list(findings);
    view! {
        <Notice kind=NoticeKind::Problem title="This bank has errors and cannot be taken yet">
            <p>"Whoever writes the bank mends its files first:"</p>
            {findings}
        </Notice>
    }
}
