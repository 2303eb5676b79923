//! A service: what it is, how its questions cover it, and for leaders the questions themselves.

use backend::Error;
use backend::error::Problem;
use backend::questions::{self, Filter, Listed, PAGE};
use backend::services::{self, Coverage, Service};
use backend::shelf::{bank_of, has_errors};
use domain::bank::{Bank, Finding};
use domain::people::Role;
use domain::question::{State, Topic};
use leptos::prelude::*;

use super::services::{counted, findings_list, read_shelf};
use crate::components::{
    Breadcrumb, Empty, ErrorSummary, Fact, Facts, Notice, NoticeKind, Pager, Scroll, Time, TimeShape,
};
use crate::form::{Form, Posted, again};
use crate::markdown;
use crate::server::query_value;
use crate::shell::{InCircle, Page, Section, circle_page, encode, path_param};

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

/// One page of the questions of a service, as the filter asks for them.
struct Listing {
    base: String,
    filter: Filter,
    questions: Vec<Listed>,
    n_found: i64,
    n_all: i64,
    circle: String,
    zone: chrono_tz::Tz,
}

impl Listing {
    async fn read(here: &InCircle, service: &str, n_all: i64) -> backend::Result<Listing> {
        let page = query_value("page").and_then(|page| page.parse::<u32>().ok()).unwrap_or(1);
        let filter = Filter {
            topic: query_value("topic").and_then(|topic| topic.parse().ok()),
            state: query_value("state").and_then(|state| state.parse().ok()),
            text: query_value("q").unwrap_or_default().trim().to_owned(),
            page: page.saturating_sub(1),
        };
        let circle = here.member.circle.clone();
        let (questions, n_found) =
            questions::list(&here.site.db, &here.who, &circle, service, &filter).await?;
        let base = format!("/circles/{circle}/services/{service}");
        Ok(Listing { base, filter, questions, n_found, n_all, circle, zone: here.member.zone })
    }

    fn view(self) -> AnyView {
        if self.n_all == 0 {
            let text = "Questions come from the bank of this service on the shelf.";
            return view! { <Empty title="No questions yet" text=text/> }.into_any();
        }
        let shown = u32::try_from(self.questions.len()).unwrap_or(PAGE);
        let pager = view! {
            <Pager page=self.filter.page + 1 per_page=PAGE shown=shown
                total=u64::try_from(self.n_found).ok() base=self.address()/>
        };
        view! {
            <section class="stack">
                <h2 id="questions">"Questions"</h2>
                {self.filter_bar()}
                {self.found()}
                {pager}
            </section>
        }
        .into_any()
    }

    /// The address of the first page with this filter.
    fn address(&self) -> String {
        let topic = self.filter.topic.map_or("", Topic::as_str);
        let state = self.filter.state.map_or("", State::as_str);
        format!("{}?q={}&topic={topic}&state={state}", self.base, encode(&self.filter.text))
    }

    fn filter_bar(&self) -> impl IntoView + use<> {
        let option = |value: &'static str, words: &'static str, is_chosen: bool| {
            view! { <option value=value selected=is_chosen>{words}</option> }
        };
        let topics =
            Topic::ALL.map(|topic| option(topic.as_str(), topic.title(), self.filter.topic == Some(topic)));
        let states = State::ALL
            .map(|state| option(state.as_str(), state_words(state), self.filter.state == Some(state)));
        view! {
            <form method="get" class="filter" role="search" aria-labelledby="questions">
                <div class="field"><label for="topic">"Topic"</label>
                    <select id="topic" name="topic"><option value="">"All"</option>{topics.collect_view()}</select>
                </div>
                <div class="field"><label for="state">"State"</label>
                    <select id="state" name="state"><option value="">"All"</option>{states.collect_view()}</select>
                </div>
                <div class="field grow"><label for="q">"Words in it"</label>
                    <input type="search" id="q" name="q" value=self.filter.text.clone()/>
                </div>
                <button class="btn">"Show"</button>
            </form>
        }
    }

    fn found(&self) -> AnyView {
        if self.questions.is_empty() {
            let all = self.base.clone();
            return view! {
                <Empty title="No question matches" text="The service has questions, but none like this.">
                    <a class="btn" href=all>"Clear the filter"</a>
                </Empty>
            }
            .into_any();
        }
        let rows = self.questions.iter().map(|question| self.row(question));
        view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
    }

    fn row(&self, question: &Listed) -> impl IntoView + use<> {
        let critical = question.critical.then(|| view! { <span class="tag">"Critical"</span> });
        let facts = format!(
            "{} · level {} · {} · {} · changed ",
            question.id.topic.title(),
            question.level,
            question.kind,
            state_words(question.state).to_lowercase(),
        );
        view! {
            <li>
                <div>
                    <a class="cover" href=format!("/circles/{}/questions/{}", self.circle, question.id)>
                        {markdown::plain(&question.title)}
                    </a>
                    <p class="meta">{facts}<Time at=question.changed_at zone=self.zone shape=TimeShape::Day/></p>
                </div>
                {critical}
            </li>
        }
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
