//! The result of an attempt: the verdict as clauses, then the questions, as
//! much of both as may be seen.

mod afterwards;
pub(super) mod questions;
pub mod words;

use backend::attempts::results::{self, Outcome};
use backend::attempts::{self, Found};
use backend::circles::Member;
use backend::disputes::own::{self, Afterwards};
use backend::people::Who;
use backend::{Error, services};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::attempt::HandedInBy;
use domain::marking::{POINT, Score};
use domain::retake::Next;
use domain::round::ShownWhen;
use domain::test::Percent;
use domain::verdict::{Clause, Verdict};
use leptos::prelude::*;

use self::questions::all_questions;
use self::words::{Names, headline, needed_points, short_by, subjects_of};
use crate::components::{
    Breadcrumb, Fact, Facts, Notice, NoticeKind, ScoreBar, Status, StatusKind, Time, day_words, time_words,
};
use crate::server::{Asked, Site, send_to};
use crate::shell::{Loading, Page, Section, page_in_circle, path_param};

/// What came of an attempt, for the one who sat it and for leaders.
pub fn get() -> Loading {
    let id = path_param("attempt");
    page_in_circle(move |site, asked, who| async move {
        let outcome = match results::find(&site.db, &who, &id, asked.received_at).await {
            Err(Error::NotFound) => return not_handed_in(&site, &asked, &who, &id).await,
            outcome => outcome?,
        };
        let names = Names(services::names(&site.db, &who, &outcome.circle).await?);
        let afterwards = own::of(&site.db, &outcome).await?;
        let headline = whose(&outcome, headline(outcome.verdict.as_ref(), &names));
        let section = if outcome.is_mine { Section::Home } else { Section::Rounds };
        let place = Some((outcome.member.clone(), section));
        let title = format!("{headline} – {}", outcome.round_name);
        Ok((Page::new(title, result(&outcome, headline, &names, &afterwards)), place))
    })
}

/// The way back to an attempt that is still being sat.
async fn not_handed_in(
    site: &Site,
    asked: &Asked,
    who: &Who,
    id: &str,
) -> backend::Result<(Page, Option<(Member, Section)>)> {
    match attempts::find(&site.db, who, id, asked.received_at).await? {
        Found::Sitting(_) => {
            send_to(&format!("/attempts/{id}"));
            Ok((Page::new("Not handed in yet", ()), None))
        }
        Found::HandedIn { .. } => Err(Error::NotFound),
    }
}

fn result(
    outcome: &Outcome,
    headline: String,
    names: &Names,
    afterwards: &Afterwards,
) -> impl IntoView + use<> {
    view! {
        {trail(outcome)}
        <h1>{headline}</h1>
        {not_shown(outcome).map(|(title, text)| view! {
            <Notice kind=NoticeKind::Info title=title><p>{text}</p></Notice>
        })}
        {afterwards::changes(outcome, afterwards)}
        <div class="split">
            <div class="stack">
                {outcome.verdict.as_ref().map(|verdict| clauses(outcome, verdict, names))}
                {next_step(outcome)}
            </div>
            <aside>{facts(outcome)}</aside>
        </div>
        {afterwards::objections(outcome, afterwards)}
        {outcome.questions.as_deref().map(|questions| all_questions(outcome, questions, afterwards))}
    }
}

/// A leader comes from the round; whoever sat it, from the home of the circle.
fn trail(outcome: &Outcome) -> Option<impl IntoView + use<>> {
    let rounds = format!("/circles/{}/rounds", outcome.circle);
    let round = format!("{rounds}/{}", outcome.round);
    let trail = vec![("Rounds".to_owned(), rounds), (outcome.round_name.clone(), round)];
    (!outcome.is_mine).then(|| view! { <Breadcrumb trail=trail/> })
}

/// Another's result begins with the name.
fn whose(outcome: &Outcome, headline: String) -> String {
    if outcome.is_mine { headline } else { format!("{}, {}", outcome.name, lower_first(&headline)) }
}

pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Why something is not shown yet, and when it will be.
fn not_shown(outcome: &Outcome) -> Option<(String, String)> {
    let (what, when) = match (&outcome.verdict, &outcome.questions) {
        (None, _)
            if outcome.n_unmarked > 0 && (!outcome.is_mine || outcome.shows.score != ShownWhen::Never) =>
        {
            return Some(not_marked(outcome));
        }
        (None, _) => ("score", outcome.shows.score),
        (Some(_), None) => ("questions and answers", outcome.shows.answers),
        (Some(_), Some(_)) => return None,
    };
    Some(shown_when(what, when, outcome.closes_at, outcome.member.zone))
}

/// Leaders have to mark it first.
fn not_marked(outcome: &Outcome) -> (String, String) {
    let title = match outcome.n_unmarked {
        1 => "1 answer waits to be marked".to_owned(),
        n => format!("{n} answers wait to be marked"),
    };
    let it = if outcome.n_unmarked == 1 { "it" } else { "them" };
    let text = match (outcome.is_mine, outcome.shows.score) {
        (false, _) => "The verdict follows when the last of them is marked.".to_owned(),
        (true, ShownWhen::AtClose) => format!(
            "A leader reads {it} without your name. Your score shows when all answers of the round are marked and it \
             has closed, {}.",
            time_words(outcome.closes_at, outcome.member.zone)
        ),
        (true, _) => format!("A leader reads {it} without your name. Your score shows here then."),
    };
    (title, text)
}

fn shown_when(what: &str, when: ShownWhen, closes_at: DateTime<Utc>, zone: Tz) -> (String, String) {
    match when {
        ShownWhen::Never => (
            format!("This round does not show the {what} before a leader releases the results"),
            "The leaders of the circle see the result and can go through it with you.".to_owned(),
        ),
        ShownWhen::AtClose | ShownWhen::AtHandIn => {
            let verb = if what == "score" { "shows" } else { "show" };
            (
                format!("Your {what} {verb} when the round closes, {}", time_words(closes_at, zone)),
                "Where somebody has extra time, it waits until nobody is sitting any more; where answers have to be marked, until they are.".to_owned(),
            )
        }
    }
}

/// Every clause: what was reached, what was needed, whether it holds.
fn clauses(outcome: &Outcome, verdict: &Verdict, names: &Names) -> impl IntoView + use<> {
    let names_service = subjects_of(verdict).len() > 1;
    let rows: Vec<_> =
        verdict.clauses.iter().map(|clause| clause_row(outcome, clause, names, names_service)).collect();
    let n_holding = verdict.clauses.iter().filter(|clause| clause.holds()).count();
    view! {
        <section class="stack" aria-labelledby="verdict">
            <h2 id="verdict">{format!("{n_holding} of {} clauses hold", verdict.clauses.len())}</h2>
            <table class="fold">
                <caption class="vh">"Each clause: what was reached, what was needed, and whether it holds"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Clause"</th>
                        <th scope="col">"Reached"</th>
                        <th scope="col">"Needed"</th>
                        <th scope="col">"Says"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

fn clause_row(
    outcome: &Outcome,
    clause: &Clause,
    names: &Names,
    names_service: bool,
) -> impl IntoView + use<> {
    let (reached, needed) = match clause {
        Clause::Whole { needed, reached } | Clause::Topic { needed, reached, .. } => {
            reached_cells(*needed, *reached)
        }
        Clause::Critical { n_drawn, n_full } => {
            (format!("{n_full} of {n_drawn} with full marks").into_any(), "all of them".to_owned())
        }
    };
    let (kind, words) = says(clause);
    let (what, service) = clause_name(clause, names);
    view! {
        <tr>
            <th scope="row">
                {what}
                {names_service.then_some(service).flatten().map(|service| view! { " "<span class="meta">{service}</span> })}
            </th>
            <td data-label="Reached">{reached}</td>
            <td data-label="Needed">{needed}</td>
            <td data-label="Says"><Status kind=kind words=words/>{kept_words(outcome, clause)}</td>
        </tr>
    }
}

/// From which attempt a topic was kept that this one did not ask.
fn kept_words(outcome: &Outcome, clause: &Clause) -> Option<impl IntoView + use<>> {
    let Clause::Topic { service, topic, .. } = clause else { return None };
    let kept = outcome.kept.iter().find(|kept| kept.service == *service && kept.topic == *topic)?;
    let href = format!("/attempts/{}/result", kept.attempt);
    let words = format!("kept from {}", day_words(kept.finished_at, outcome.member.zone));
    Some(view! { " "<a class="meta" href=href>{words}</a> })
}

fn reached_cells(needed: Percent, reached: Score) -> (AnyView, String) {
    let in_points = |ten_thousandths: i64| ten_thousandths as f64 / POINT as f64;
    let cut = needed_points(needed, reached.possible());
    let (got, of) = (in_points(reached.earned()), in_points(reached.possible()));
    let bar = view! { <ScoreBar got=got of=of cut=in_points(cut)/> }.into_any();
    (bar, format!("{} %", needed.get()))
}

fn clause_name(clause: &Clause, names: &Names) -> (&'static str, Option<String>) {
    match clause {
        Clause::Whole { .. } => ("The whole test", None),
        Clause::Topic { service, topic, .. } => (topic.title(), Some(names.of(service).to_owned())),
        Clause::Critical { .. } => ("Critical questions", None),
    }
}

fn says(clause: &Clause) -> (StatusKind, String) {
    match clause {
        _ if clause.holds() => (StatusKind::Ready, "Holds".to_owned()),
        Clause::Whole { reached, .. } if reached.possible() == 0 => {
            (StatusKind::Gap, "No question is left".to_owned())
        }
        Clause::Whole { needed, reached } | Clause::Topic { needed, reached, .. } => {
            (StatusKind::Gap, format!("{} short", short_by(*needed, *reached)))
        }
        Clause::Critical { n_drawn, n_full } => (StatusKind::Gap, format!("{} missed", n_drawn - n_full)),
    }
}

/// What to do with it.
fn next_step(outcome: &Outcome) -> impl IntoView + use<> {
    let circle = format!("/circles/{}", outcome.circle);
    let is_open = outcome.verdict.as_ref().is_some_and(|verdict| !verdict.passed());
    if !outcome.is_mine {
        return view! {
            <p><a class="btn" href=format!("{circle}/rounds/{}", outcome.round)>{format!("Back to {}", outcome.round_name)}</a></p>
        }
        .into_any();
    }
    let advice = (is_open && outcome.questions.is_some()).then(
        || view! { <p>"Read the questions below first, then see what is missing and what to take next."</p> },
    );
    let start = format!("{circle}/rounds/{}/start", outcome.round);
    let (retake, first) = match outcome.next {
        Some(Next::Start { .. }) => {
            (Some(view! { <a class="btn primary" href=start>"Take it again"</a> }), "btn")
        }
        _ => (None, "btn primary"),
    };
    let wait = match outcome.next {
        Some(Next::Marking) => Some(
            view! { <p>{"What you can do next in this round shows when your answers are marked.".to_owned()}</p> },
        ),
        Some(Next::Wait { until }) => {
            let from = time_words(until, outcome.member.zone);
            Some(view! { <p>{format!("You can take it again from {from}.")}</p> })
        }
        _ => None,
    };
    view! {
        {advice}
        {wait}
        <div class="cluster">
            {retake}
            <a class=first href=circle.clone()>"What to do next"</a>
            <a class="btn" href=format!("{circle}/readiness")>"What I am ready for"</a>
        </div>
    }
    .into_any()
}

/// How the attempt went, beside the verdict.
fn facts(outcome: &Outcome) -> impl IntoView + use<> {
    let zone = outcome.member.zone;
    let by = match (outcome.finished_by, outcome.is_mine) {
        (HandedInBy::Clock, _) => "by the clock, ".to_owned(),
        (HandedInBy::Person, true) => "by you, ".to_owned(),
        (HandedInBy::Person, false) => format!("by {}, ", outcome.name),
    };
    let rules = &outcome.test.rules;
    let (started_at, finished_at) = (outcome.started_at, outcome.finished_at);
    let (answered, n_late) = (format!("{} of {}", outcome.n_answered, outcome.n_questions), outcome.n_late);
    let (round, number, counts) = (outcome.round_name.clone(), outcome.number, counts_words(outcome));
    let credit = if rules.all_or_nothing { "Earns nothing" } else { "Earns part of the points" };
    view! {
        <Facts>
            <Fact name="Round">{round}</Fact>
            {(number > 1).then(|| view! { <Fact name="Attempt">{number.to_string()}</Fact> })}
            <Fact name="Started"><Time at=started_at zone=zone/></Fact>
            <Fact name="Handed in">{by}<Time at=finished_at zone=zone/></Fact>
            <Fact name="Answered">{answered}</Fact>
            {(n_late > 0).then(|| view! { <Fact name="Late">{late_words(n_late)}</Fact> })}
            <Fact name="A pass counts">{counts}</Fact>
            <Fact name="A partly right answer">{credit}</Fact>
        </Facts>
    }
}

fn counts_words(outcome: &Outcome) -> String {
    let rules = &outcome.test.rules;
    let until = outcome.finished_at.checked_add_signed(rules.counts_for());
    let passed = outcome.verdict.as_ref().is_some_and(Verdict::passed);
    match until.filter(|_| passed) {
        Some(until) => {
            format!("{} days, to {}", rules.counts_for_days, day_words(until, outcome.member.zone))
        }
        None => format!("{} days", rules.counts_for_days),
    }
}

fn late_words(n_late: u32) -> String {
    match n_late {
        1 => "1 answer came after the deadline, within the minute of grace. It counts.".to_owned(),
        n => format!("{n} answers came after the deadline, within the minute of grace. They count."),
    }
}
