//! A service: what it is, how its questions cover it, and for leaders the questions themselves.

mod listing;

use backend::Error;
use backend::error::Problem;
use backend::questions;
use backend::services::{self, Coverage, Service};
use backend::shelf::{bank_of, has_errors};
use domain::bank::{Bank, Finding};
use domain::people::Role;
use domain::question::{State, Topic};
use leptos::prelude::*;

use self::listing::Listing;
use super::services::{counted, findings_list, read_shelf};
use crate::components::{Breadcrumb, ErrorSummary, Fact, Facts, Notice, NoticeKind, Scroll};
use crate::form::{Form, Posted, again};
use crate::server::query_value;
use crate::shell::{InCircle, Page, Section, circle_page, path_param};

/// A service of the circle, or for a leader a bank that the circle has not taken yet.
#[component]
pub fn ServicePage() -> impl IntoView {
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
    backend::circles::leader(&form.site.db, &who, circle).await?;
    let shelf = read_shelf(&form.site).await.ok_or_else(|| {
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
        "/circles/{circle}/services/{slug}?done=taken&added={}&changed={}&unchanged={}&outdated={}",
        done.n_added, done.n_changed, done.n_unchanged, done.n_outdated
    ))
}

fn leads(here: &InCircle) -> bool {
    here.member.role == Role::Leader
}

async fn in_circle(here: &InCircle, service: Service) -> backend::Result<Page> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let coverage = services::coverage(db, who, circle, &service.slug).await?;
    let listed = match leads(here) {
        true => Some(Listing::read(here, &service.slug, coverage.iter().map(|cell| cell.n).sum()).await?),
        false => None,
    };
    let trail = vec![("Services".to_owned(), format!("/circles/{circle}/services"))];
    Ok(Page::new(
        service.name.clone(),
        view! {
            <ErrorSummary/>
            <Breadcrumb trail=trail/>
            <div class="head"><h1>{service.name.clone()}</h1></div>
            {done_notice()}
            {about(&service)}
            {coverage_section(&coverage, leads(here))}
            {leads(here).then(take_section)}
            {listed.map(Listing::view)}
        },
    ))
}

/// What the form before this page did.
fn done_notice() -> Option<AnyView> {
    let done = query_value("done").filter(|_| !again().is_again())?;
    let n = |name: &str| query_value(name).and_then(|n| n.parse::<u32>().ok()).unwrap_or_default();
    let words = match done.as_str() {
        "added" => "The service is added. It has no questions yet.".to_owned(),
        "taken" => format!(
            "The bank is taken: {} added, {} changed, {} unchanged, {} outdated.",
            n("added"),
            n("changed"),
            n("unchanged"),
            n("outdated")
        ),
        _ => return None,
    };
    Some(view! { <Notice kind=NoticeKind::Done title=words/> }.into_any())
}

fn about(service: &Service) -> impl IntoView + use<> {
    let summary =
        (!service.summary.is_empty()).then(|| view! { <p class="lead">{service.summary.clone()}</p> });
    let owner = service.owner.clone();
    let owner = (!owner.is_empty()).then(|| view! { <Fact name="Owner">{owner}</Fact> });
    let links =
        service.links.iter().map(|(words, url)| view! { <li>{outside(words, url)}</li> }).collect_view();
    let links = (!service.links.is_empty()).then(|| {
        view! { <Fact name="Links"><ul class="stack" data-tight="">{links}</ul></Fact> }
    });
    let n_ready = counted(service.n_ready, "question");
    view! {
        {summary}
        <Facts>{owner}<Fact name="Ready">{n_ready}</Fact>{links}</Facts>
    }
}

/// A link to the web; any other address is shown and leads nowhere.
fn outside(words: &str, url: &str) -> AnyView {
    if ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme)) {
        view! { <a href=url.to_owned()>{words.to_owned()}</a> }.into_any()
    } else {
        format!("{words}: {url}").into_any()
    }
}

fn coverage_section(coverage: &[Coverage], leads: bool) -> impl IntoView + use<> {
    let n = |topic: Topic, state: State, level: Option<u8>| -> i64 {
        let cells = coverage.iter().filter(|cell| cell.topic == topic && cell.state == state);
        cells.filter(|cell| level.is_none_or(|level| level == cell.level)).map(|cell| cell.n).sum()
    };
    let rows = Topic::ALL.map(|topic| {
        let level = |level| n(topic, State::Ready, Some(level));
        let more = leads.then(|| {
            view! {
                <td class="num" data-label="Drafts">{if_any(n(topic, State::Draft, None))}</td>
                <td class="num" data-label="Outdated">{if_any(n(topic, State::Outdated, None))}</td>
            }
        });
        view! {
            <tr>
                <th scope="row">{topic.title()}</th>
                <td class="num" data-label="Level 1">{level(1)}</td>
                <td class="num" data-label="Level 2">{level(2)}</td>
                <td class="num" data-label="Level 3">{level(3)}</td>
                <td class="num" data-label="All ready">{n(topic, State::Ready, None)}</td>
                {more}
            </tr>
        }
    });
    let rows = rows.collect_view();
    let more = leads.then(
        || view! { <th scope="col" class="num">"Drafts"</th><th scope="col" class="num">"Outdated"</th> },
    );
    view! {
        <section class="stack">
            <h2>"Ready questions by topic and level"</h2>
            <Scroll name="Ready questions by topic and level">
                <table class="fold">
                    <thead><tr>
                        <th scope="col">"Topic"</th>
                        <th scope="col" class="num">"Level 1"</th>
                        <th scope="col" class="num">"Level 2"</th>
                        <th scope="col" class="num">"Level 3"</th>
                        <th scope="col" class="num">"All ready"</th>
                        {more}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        </section>
    }
}

/// A number that is worth a word only where it is not nought.
fn if_any(n: i64) -> Option<i64> {
    (n > 0).then_some(n)
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
    let shelf = read_shelf(&here.site).await.ok_or(Error::NotFound)?;
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
