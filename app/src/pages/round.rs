//! One round, for a leader: who is how far, and more time for whoever needs it.

use backend::Error;
use backend::attempts::{self, About, Report};
use backend::reviews::{self, Review};
use backend::rounds::{self, Round, Sitting, Taker};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::attempt::HandedInBy;
use domain::round::Phase;
use domain::verdict::Verdict;
use leptos::prelude::*;

use super::result::lower_first;
use super::round_new::{retakes_words, shown_words};
use super::services::counted;
use crate::components::{
    Breadcrumb, Empty, ErrorSummary, Fact, Facts, Notice, NoticeKind, Scroll, Status, StatusKind, TextField,
    Time, duration_words, time_words,
};
use crate::form::{Form, Posted, again};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// How a round stands.
pub fn get() -> Loading {
    let id = path_param("round");
    circle_page(Section::Rounds, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let round = rounds::find(db, who, circle, &id).await?;
        let takers = rounds::takers(db, who, circle, &id, here.asked.received_at).await?;
        let may_cancel =
            round.cancelled_at.is_none() && takers.iter().all(|taker| taker.sitting == Sitting::NotStarted);
        if may_cancel && query_value("confirm").as_deref() == Some("cancel") {
            return Ok(cancel_page(&here, &round));
        }
        let may_change = may_change(&round, here.asked.received_at);
        if may_change && query_value("confirm").as_deref() == Some("close") {
            return Ok(close_page(&here, &round));
        }
        let reports = attempts::reports_of_round(db, who, circle, &id).await?;
        let review = reviews::of_round(db, who, circle, &id).await?;
        let ways = leads_on(&here, &round, review.as_ref());
        Ok(round_page(&here, &round, takers, reports, ways.into_any(), may_cancel))
    })
}

/// Gives a person more time, or cancels the round.
pub async fn post(form: Form) -> Posted {
    let (circle, id) = (form.param("circle")?, form.param("round")?);
    let (db, who, now) = (&form.site.db, form.who()?, form.asked.received_at);
    match form.get("do") {
        "extend" => {
            let person = form.get("person");
            // What is no number is refused as one that is out of bounds.
            let minutes = form.get(&format!("minutes-{person}")).trim().parse().unwrap_or(0);
            rounds::extend(db, &who, circle, id, person, minutes, now).await?;
            Ok(format!("/circles/{circle}/rounds/{id}?done=extended&minutes={minutes}&person={person}"))
        }
        "close" => {
            rounds::close(db, &who, circle, id, now).await?;
            Ok(format!("/circles/{circle}/rounds/{id}?done=closed"))
        }
        "cancel" => {
            rounds::cancel(db, &who, circle, id, now).await?;
            Ok(format!("/circles/{circle}/rounds?done=cancelled"))
        }
        _ => Err(Error::NotFound),
    }
}

fn round_page(
    here: &InCircle,
    round: &Round,
    takers: Vec<Taker>,
    reports: Vec<Report>,
    ways: AnyView,
    may_cancel: bool,
) -> Page {
    let (circle, zone, now) = (&here.member.circle, here.member.zone, here.asked.received_at);
    let base = format!("/circles/{circle}/rounds");
    let trail = vec![("Rounds".to_owned(), base.clone())];
    let link = |query: &str, words: &'static str| {
        let href = format!("{base}/{}{query}", round.id);
        view! { <a class="btn" href=href>{words}</a> }
    };
    let is_running = round.phase(now) == Phase::Running;
    let changes = may_change(round, now).then(|| {
        view! {
            <div class="cluster">
                {link("/change", "Change this round")}
                {is_running.then(|| link("?confirm=close", "Close it now …"))}
                {may_cancel.then(|| link("?confirm=cancel", "Cancel it …"))}
            </div>
        }
    });
    Page::new(
        round.name.clone(),
        view! {
            <ErrorSummary/>
            <Breadcrumb trail=trail/>
            <h1>{round.name.clone()}</h1>
            {done_notice(&takers)}
            <p class="lead">{sentence(round, zone, now)}</p>
            <p class="meta">
                "As of "<Time at=now zone=zone/>". "
                <a href=format!("{base}/{}", round.id)>"Load it again"</a>" to see what came since."
            </p>
            {ways}
            {takers_section(takers, zone, round, round.phase(now))}
            {(!reports.is_empty()).then(|| reports_section(circle, reports, zone))}
            {facts(circle, round, zone)}
            {changes}
        },
    )
}

/// Where to go from here, once somebody has handed in.
fn leads_on(here: &InCircle, round: &Round, review: Option<&Review>) -> Option<impl IntoView + use<>> {
    let circle = format!("/circles/{}", here.member.circle);
    let results = format!("{circle}/rounds/{}/results", round.id);
    let marking = format!("{circle}/rounds/{}/marking", round.id);
    let marks = (round.test.asks_open || round.n_unmarked > 0)
        .then(|| view! { <a class="btn" href=marking>"Mark open answers"</a> });
    let is_ready = round.phase(here.asked.received_at) == Phase::ResultsReady;
    let review = match review {
        Some(review) => {
            let path = reviews::path_of(&review.circle, &review.id);
            Some(view! { <a class="btn" href=path>"Go to the review"</a> }.into_any())
        }
        None if is_ready => Some(open_review(&circle, &round.id).into_any()),
        None => None,
    };
    (round.n_handed_in > 0).then(|| {
        view! {
            <div class="cluster no-print">
                <a class="btn primary" href=results>"See the results"</a>
                {marks}
                {review}
            </div>
        }
    })
}

/// For a round that is older than those whose review opens by itself.
fn open_review(circle: &str, round: &str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=format!("{circle}/reviews")>
            <input type="hidden" name="round" value=round.to_owned()/>
            <button class="btn">"Open the review"</button>
        </form>
    }
}

/// "3 of 6 handed in, 1 is sitting, closes Tue 25 Nov 18:00 Rome".
fn sentence(round: &Round, zone: Tz, now: DateTime<Utc>) -> String {
    if let Some(at) = round.cancelled_at {
        return format!("Cancelled {}. Nobody had started it.", time_words(at, zone));
    }
    let handed_in = format!("{} of {} handed in", round.n_handed_in, round.n_people);
    let sitting = match round.n_sitting {
        0 => "nobody is sitting".to_owned(),
        1 => "1 is sitting".to_owned(),
        n => format!("{n} are sitting"),
    };
    let (opens, closes) = (time_words(round.opens_at, zone), time_words(round.closes_at, zone));
    match round.phase(now) {
        Phase::Planned => format!("Opens {opens} for {}, closes {closes}.", people_words(round.n_people)),
        Phase::Running => format!("{handed_in}, {sitting}, closes {closes}."),
        Phase::StillSitting => format!("{handed_in}, {sitting} with extra time, closed {closes}."),
        Phase::Marking => {
            format!("{handed_in}, closed {closes}. {}.", unmarked_words(round.n_unmarked))
        }
        Phase::ResultsReady => format!("{handed_in}, closed {closes}."),
    }
}

/// "2 attempts wait to be marked"
pub(super) fn unmarked_words(n: i64) -> String {
    if n == 1 { "1 attempt waits to be marked".to_owned() } else { format!("{n} attempts wait to be marked") }
}

pub(super) fn people_words(n: i64) -> String {
    if n == 1 { "1 person".to_owned() } else { format!("{n} people") }
}

fn done_notice(takers: &[Taker]) -> Option<AnyView> {
    let done = query_value("done").filter(|_| !again().is_again())?;
    let title = match done.as_str() {
        "planned" => "The round is planned. The people in it see it on their home page.".to_owned(),
        "changed" => "The round is changed.".to_owned(),
        "closed" => "The round is closed. Nobody starts it any more.".to_owned(),
        "extended" => {
            let person = query_value("person")?;
            let taker = takers.iter().find(|taker| taker.person == person)?;
            let minutes = query_value("minutes")?.parse::<u32>().ok()?;
            format!("{} has {minutes} more min.", taker.name)
        }
        _ => return None,
    };
    Some(view! { <Notice kind=NoticeKind::Done title=title/> }.into_any())
}

fn takers_section(takers: Vec<Taker>, zone: Tz, round: &Round, phase: Phase) -> AnyView {
    let may = May::of(round, phase);
    if takers.is_empty() {
        return view! { <Empty title="Nobody is in this round" text="It was planned without people."/> }
            .into_any();
    }
    let rows = takers.into_iter().map(|taker| taker_row(taker, zone, may)).collect_view();
    let extend = may.extend.then(|| view! { <th scope="col"><span class="vh">"More time"</span></th> });
    view! {
        <section class="stack">
            <h2 id="people">"People"</h2>
            <Scroll name="People of this round">
                <table class="fold">
                    <thead><tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"How far"</th>
                        <th scope="col">"Result"</th>
                        <th scope="col">"Extra time"</th>
                        {extend}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        </section>
    }
    .into_any()
}

/// Whom more time can still help.
#[derive(Clone, Copy)]
struct May {
    extend: bool,
    start: bool,
    retake: bool,
}

impl May {
    /// After the close it helps only those who are sitting.
    fn of(round: &Round, phase: Phase) -> May {
        let extend = round.cancelled_at.is_none() && !matches!(phase, Phase::Marking | Phase::ResultsReady);
        let start = extend && matches!(phase, Phase::Planned | Phase::Running);
        May { extend, start, retake: start && round.retakes.n > 0 }
    }
}

fn taker_row(taker: Taker, zone: Tz, may: May) -> impl IntoView {
    let extra = (!taker.extra.is_zero()).then(|| duration_words(taker.extra));
    let is_helped = match taker.sitting {
        Sitting::NotStarted => may.start,
        Sitting::Running { .. } => true,
        Sitting::HandedIn { .. } => may.retake,
    };
    let extend = may.extend.then(|| {
        let form = is_helped.then(|| extend_form(&taker));
        view! { <td>{form}</td> }
    });
    view! {
        <tr>
            <th scope="row">{taker.name.clone()}</th>
            <td data-label="How far">{how_far(&taker.sitting, zone)}</td>
            <td data-label="Result">{result(&taker)}{earlier(&taker)}</td>
            <td data-label="Extra time">{extra}</td>
            {extend}
        </tr>
    }
}

fn how_far(sitting: &Sitting, zone: Tz) -> AnyView {
    match sitting {
        Sitting::NotStarted => "Not started".into_any(),
        Sitting::Running { deadline, n_answered, n_questions, .. } => view! {
            <span>
                {format!("Sitting, {n_answered} of {n_questions} answered, until ")}<Time at=*deadline zone=zone/>
            </span>
        }
        .into_any(),
        Sitting::HandedIn { at, by, .. } => {
            let by = if *by == HandedInBy::Clock { "Ended by the clock " } else { "Handed in " };
            view! { <span>{by}<Time at=*at zone=zone/></span> }.into_any()
        }
    }
}

/// The results of the attempts before the newest.
fn earlier(taker: &Taker) -> impl IntoView + use<> {
    let links = taker.earlier.iter().zip(1..).filter_map(|(sitting, number)| {
        let Sitting::HandedIn { attempt, verdict, .. } = sitting else { return None };
        let (_, words) = verdict_words(verdict.as_ref());
        let name = taker.name.clone();
        Some(view! {
            <span class="meta">
                " "<a href=format!("/attempts/{attempt}/result")>
                    {format!("Attempt {number}")}<span class="vh">{format!(" of {name}")}</span>
                </a>": "{lower_first(words)}
            </span>
        })
    });
    links.collect_view()
}

fn result(taker: &Taker) -> AnyView {
    let Sitting::HandedIn { attempt, verdict, .. } = &taker.sitting else { return ().into_any() };
    let (kind, words) = verdict_words(verdict.as_ref());
    view! {
        <a href=format!("/attempts/{attempt}/result")>
            <Status kind=kind words=words/>
            <span class="vh">{format!(", the result of {}", taker.name)}</span>
        </a>
    }
    .into_any()
}

/// What takers said of the questions; who said it does not matter.
fn reports_section(circle: &str, reports: Vec<Report>, zone: Tz) -> impl IntoView + use<> {
    let row = |report: Report| {
        let about = match report.about {
            About::Question => "wrong or unclear",
            About::Documentation => "not documented well enough",
        };
        let question = report.question;
        let dispute = format!("/circles/{circle}/disputes/{question}/{}", report.version);
        view! {
            <li>
                <div>
                    <a href=format!("/circles/{circle}/questions/{question}")>{question.clone()}</a>
                    <p class="meta">{about}", "<Time at=report.raised_at zone=zone/></p>
                    <p>{report.note}</p>
                </div>
                <a href=dispute>"How it is decided"<span class="vh">": "{question}</span></a>
            </li>
        }
    };
    view! {
        <section class="stack">
            <h2>"What takers reported"</h2>
            <ul class="rows">{reports.into_iter().map(row).collect_view()}</ul>
        </section>
    }
}

/// Whether an attempt passed; which clauses are short stands in its result.
fn verdict_words(verdict: Option<&Verdict>) -> (StatusKind, &'static str) {
    match verdict.map(Verdict::passed) {
        Some(true) => (StatusKind::Ready, "Passed"),
        Some(false) => (StatusKind::Gap, "Not passed yet"),
        None => (StatusKind::Unknown, "Shows later"),
    }
}

/// More minutes for one person, added to a sitting that runs and to the close of the round.
fn extend_form(taker: &Taker) -> impl IntoView + use<> {
    let field = format!("minutes-{}", taker.person);
    let is_open = again().problem(&field).is_some();
    view! {
        <details open=is_open>
            <summary>"More time"<span class="vh">{format!(" for {}", taker.name)}</span></summary>
            <form method="post" class="filter" novalidate>
                <input type="hidden" name="person" value=taker.person.clone()/>
                <TextField name=field label=format!("Minutes for {}", taker.name) inputmode="numeric" width="short"/>
                <button class="btn" name="do" value="extend">"Give the time"</button>
            </form>
        </details>
    }
}

fn facts(circle: &str, round: &Round, zone: Tz) -> impl IntoView + use<> {
    let test = format!("/circles/{circle}/tests/{}", round.test_id);
    let limit = match round.test.limit_minutes {
        Some(minutes) => format!("{minutes} min"),
        None => "None but the close of the round".to_owned(),
    };
    let (opens_at, closes_at, test_name) = (round.opens_at, round.closes_at, round.test_name.clone());
    let (score, answers) = (shown_words(round.shows.score), shown_words(round.shows.answers));
    let asks = counted(round.test.blueprint.n_questions(), "question");
    let attempts = retakes_words(round.retakes);
    view! {
        <section class="stack">
            <h2>"What was planned"</h2>
            <Facts>
                <Fact name="Test"><a href=test>{test_name}</a></Fact>
                <Fact name="Asks">{asks}</Fact>
                <Fact name="Time limit">{limit}</Fact>
                <Fact name="Opens"><Time at=opens_at zone=zone/></Fact>
                <Fact name="Closes"><Time at=closes_at zone=zone/></Fact>
                <Fact name="Attempts">{attempts}</Fact>
                <Fact name="Takers see their score">{score}</Fact>
                <Fact name="Takers see the answers">{answers}</Fact>
            </Facts>
        </section>
    }
}

/// Until a round is over its end and its people may change.
fn may_change(round: &Round, now: DateTime<Utc>) -> bool {
    round.cancelled_at.is_none() && matches!(round.phase(now), Phase::Planned | Phase::Running)
}

/// Asks before nobody can start any more.
fn close_page(here: &InCircle, round: &Round) -> Page {
    let back = format!("/circles/{}/rounds/{}", here.member.circle, round.id);
    let title = format!("Close {} now?", round.name);
    let n_left = round.n_people - round.n_handed_in - round.n_sitting;
    let sitting = (round.n_sitting > 0)
        .then(|| view! { <li>"Whoever is sitting goes on to the end they were given."</li> });
    Page::new(
        title.clone(),
        view! {
            <ErrorSummary/>
            <h1>{title}</h1>
            <ul>
                <li>{format!("Nobody can start it any more; not started: {}.", n_left.max(0))}</li>
                {sitting}
                <li>"What waits for the close, such as the right answers, is shown then."</li>
                <li>"It cannot be opened again."</li>
            </ul>
            <form method="post" class="cluster">
                <button class="btn danger" name="do" value="close">"Close the round"</button>
                <a class="btn" href=back>"Leave it open"</a>
            </form>
        },
    )
}

/// Asks before a round goes.
fn cancel_page(here: &InCircle, round: &Round) -> Page {
    let back = format!("/circles/{}/rounds/{}", here.member.circle, round.id);
    let title = format!("Cancel {}?", round.name);
    Page::new(
        title.clone(),
        view! {
            <ErrorSummary/>
            <h1>{title}</h1>
            <p>
                "It leaves the home pages of "{people_words(round.n_people)}", and it cannot be brought back. Nobody has \
                 started it."
            </p>
            <form method="post" class="cluster">
                <button class="btn danger" name="do" value="cancel">"Cancel the round"</button>
                <a class="btn" href=back>"Keep it"</a>
            </form>
        },
    )
}
