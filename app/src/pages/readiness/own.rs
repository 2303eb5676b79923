//! How the one who asks stands, service by service, and what to do next.

use backend::circles::Member;
use backend::readiness::{self, Cell, PersonRow};
use backend::rounds::{self, Mine};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::question::Topic;
use domain::readiness::{Standing, usual_horizon};
use domain::retake::Next;
use leptos::prelude::*;

use super::counts::counted;
use super::filter::{day_of, start_of};
use super::matrix::ready_for_all;
use super::{evidence_path, short_day, standing_words};
use crate::components::{Empty, Status, StatusKind, duration_words};
use crate::shell::InCircle;

/// One's own readiness in full, and how many others are ready.
pub(super) async fn of_oneself(here: &InCircle) -> backend::Result<AnyView> {
    let (db, circle, now) = (&here.site.db, &here.member.circle, here.asked.received_at);
    let (services, mine) = readiness::mine(db, &here.who, circle, now).await?;
    let rounds = MyRounds::of(rounds::mine(db, &here.who, circle).await?, now);
    let counts = readiness::counts(db, &here.who, circle, now).await?;
    Ok(view! {
        <div class="stack" data-tight>
            <h1>"Readiness"</h1>
            <p class="lead">{own_sentence(&mine)}{own_ahead(&mine, now, here.member.zone)}</p>
        </div>
        {service_panels(&here.member, &services, &mine, &rounds, now)}
        {counted(&counts)}
    }
    .into_any())
}

/// "You are ready for 1 of 2 services."
pub fn own_sentence(mine: &PersonRow) -> String {
    let n_services = mine.services.len();
    let n_ready = (0..n_services).filter(|&service| ready_for_all(mine, &[service])).count();
    match (n_ready, n_services) {
        (_, 0) => "This circle has no services yet.".to_owned(),
        (1, 1) => "You are ready.".to_owned(),
        (0, 1) => "You are not ready yet.".to_owned(),
        (0, n) => format!("You are not ready yet for any of the {n} services."),
        (ready, n) if ready == n => format!("You are ready for all {n} services."),
        (ready, n) => format!("You are ready for {ready} of {n} services."),
    }
}

/// " Your first pass ends on 12 Dec.", where that is not far away.
pub fn own_ahead(mine: &PersonRow, now: DateTime<Utc>, zone: Tz) -> Option<String> {
    let first = mine.services.iter().flatten().filter_map(|cell| cell.standing.until()).min()?;
    let horizon = start_of(usual_horizon(day_of(now, zone)), zone);
    (first < horizon).then(|| format!(" Your first pass ends on {}.", short_day(first, now, zone)))
}

/// The rounds given to one person, by what can be done with them.
pub struct MyRounds {
    /// To be started or gone on with, the first to close first.
    pub open: Vec<Mine>,
    /// The first to open first.
    pub planned: Vec<Mine>,
    /// Handed in, or closed without an attempt; the newest first.
    pub past: Vec<Mine>,
}

impl MyRounds {
    pub fn of(mine: Vec<Mine>, now: DateTime<Utc>) -> MyRounds {
        let mut rounds = MyRounds { open: Vec::new(), planned: Vec::new(), past: Vec::new() };
        for one in mine {
            match one.next(now) {
                Next::Start { .. } | Next::GoOn => rounds.open.push(one),
                Next::NotYet | Next::Marking | Next::Wait { .. } => rounds.planned.push(one),
                Next::UsedUp | Next::Passed | Next::TooLate => rounds.past.push(one),
            }
        }
        rounds.open.sort_by_key(|one| one.round.closes_at);
        rounds.planned.sort_by_key(|one| opens_at(one, now));
        rounds
    }
}

/// From when on somebody can start, or take again, what is not open yet.
pub fn opens_at(one: &Mine, now: DateTime<Utc>) -> DateTime<Utc> {
    match one.next(now) {
        Next::Wait { until } => until,
        _ => one.round.opens_at,
    }
}

/// Where to start a round, to take it again or to go on with it, and which of
/// the three.
pub fn way_in(one: &Mine) -> (String, &'static str) {
    let start = format!("/circles/{}/rounds/{}/start", one.round.circle, one.round.id);
    match one.newest() {
        Some((attempt, false)) => (format!("/attempts/{attempt}"), "Continue"),
        Some((_, true)) => (start, "Retake"),
        None => (start, "Start"),
    }
}

/// What is missing or ends soon, service by service; of what is ready a line.
pub fn home_panels(
    member: &Member,
    services: &[(String, String)],
    mine: &PersonRow,
    rounds: &MyRounds,
    now: DateTime<Utc>,
) -> AnyView {
    let all = || services.iter().zip(&mine.services);
    let is_ready = |cells: &[Cell; 4]| whole_words(cells, now, member).0 == StatusKind::Ready;
    let ready: Vec<_> = all()
        .filter(|(_, cells)| is_ready(cells))
        .map(|((_, name), cells)| {
            let (kind, words) = whole_words(cells, now, member);
            let href = format!("/circles/{}/readiness", member.circle);
            view! { <li><Status kind=kind words=words/><a href=href>{name.clone()}</a></li> }
        })
        .collect();
    if ready.is_empty() {
        return service_panels(member, services, mine, rounds, now);
    }
    let panels: Vec<_> = all()
        .filter(|(_, cells)| !is_ready(cells))
        .map(|((slug, name), cells)| service_panel(member, slug, name, cells, rounds, now))
        .collect();
    view! {
        <section class="stack" aria-labelledby="services">
            <h2 id="services">"Service by service"</h2>
            {(!panels.is_empty()).then(|| view! { <div class="panels">{panels}</div> })}
            <ul class="checklist">{ready}</ul>
        </section>
    }
    .into_any()
}

/// Each service with its four topics and what is missing.
pub fn service_panels(
    member: &Member,
    services: &[(String, String)],
    mine: &PersonRow,
    rounds: &MyRounds,
    now: DateTime<Utc>,
) -> AnyView {
    let panels: Vec<_> = services
        .iter()
        .zip(&mine.services)
        .map(|((slug, name), cells)| service_panel(member, slug, name, cells, rounds, now))
        .collect();
    if panels.is_empty() {
        let text = "When a leader adds a service, you see here how you stand with it.";
        return view! { <Empty title="No services yet" text=text/> }.into_any();
    }
    view! {
        <section class="stack" aria-labelledby="services">
            <h2 id="services">"Service by service"</h2>
            <div class="panels">{panels}</div>
        </section>
    }
    .into_any()
}

fn service_panel(
    member: &Member,
    slug: &str,
    name: &str,
    cells: &[Cell; 4],
    rounds: &MyRounds,
    now: DateTime<Utc>,
) -> impl IntoView + use<> {
    let (kind, words) = whole_words(cells, now, member);
    // Four times "Not taken" is said once, in the heading.
    let is_known = kind != StatusKind::Unknown;
    let rows: Vec<_> = Topic::ALL
        .into_iter()
        .zip(cells)
        .map(|(topic, cell)| {
            let (kind, words) = standing_words(cell, now, member.zone);
            let href = evidence_path(&member.circle, &member.person, slug, topic);
            view! { <li><Status kind=kind words=words/><a href=href>{topic.title()}</a></li> }
        })
        .collect();
    view! {
        <section class="panel" data-s=(kind == StatusKind::Gap).then_some("gap")>
            <div class="head"><h3>{name.to_owned()}</h3><Status kind=kind words=words/></div>
            {is_known.then(|| view! { <ul class="checklist">{rows}</ul> })}
            {what_next(member, slug, cells, rounds, now)}
        </section>
    }
}

/// A service stands as its worst topic does.
fn whole_words(cells: &[Cell; 4], now: DateTime<Utc>, member: &Member) -> (StatusKind, String) {
    let ends = cells.iter().filter_map(|cell| match cell.standing {
        Standing::Ready { until } | Standing::Expiring { until } => Some(until),
        _ => None,
    });
    match (missing(cells).len(), ends.min()) {
        (0, Some(until)) if cells.iter().any(|cell| matches!(cell.standing, Standing::Expiring { .. })) => {
            (StatusKind::Expiring, format!("Ready for {}", duration_words(until - now)))
        }
        (0, Some(until)) => (StatusKind::Ready, format!("Ready to {}", short_day(until, now, member.zone))),
        (4, None) if cells.iter().all(|cell| cell.standing == Standing::Unknown) => {
            (StatusKind::Unknown, "Not taken".to_owned())
        }
        (1, _) => (StatusKind::Gap, "1 topic is missing".to_owned()),
        (n, _) => (StatusKind::Gap, format!("{n} topics are missing")),
    }
}

fn missing(cells: &[Cell; 4]) -> Vec<Topic> {
    let topics = Topic::ALL.into_iter().zip(cells);
    topics.filter(|(_, cell)| !cell.standing.is_ready()).map(|(topic, _)| topic).collect()
}

/// What is missing and where to get it: an open round, a planned one, or the
/// leader.
fn what_next(
    member: &Member,
    slug: &str,
    cells: &[Cell; 4],
    rounds: &MyRounds,
    now: DateTime<Utc>,
) -> Option<AnyView> {
    let missing = missing(cells);
    if missing.is_empty() {
        return None;
    }
    let contains = |one: &&Mine| {
        one.round.test.blueprint.rows.iter().any(|row| row.service == slug && missing.contains(&row.topic))
    };
    let topics = topics_words(&missing);
    let next = if let Some(open) = rounds.open.iter().find(contains) {
        let (href, verb) = way_in(open);
        view! { <a href=href>{format!("{verb} {}", open.round.name)}</a> }.into_any()
    } else if let Some(planned) = rounds.planned.iter().find(contains) {
        let opens = short_day(opens_at(planned, now), now, member.zone);
        let verb = if planned.attempts.is_empty() { "opens" } else { "can be taken again from" };
        format!("{} {verb} {opens}.", planned.round.name).into_any()
    } else {
        format!("Ask a leader for a round that contains {}.", if missing.len() == 1 { "it" } else { "them" })
            .into_any()
    };
    Some(view! { <p><strong>"Missing: "</strong>{topics}". "{next}</p> }.into_any())
}

/// "process, architecture and monitoring"; "all four topics".
fn topics_words(topics: &[Topic]) -> String {
    match topics {
        [] => String::new(),
        [one] => one.to_string(),
        all if all.len() == Topic::ALL.len() => "all four topics".to_owned(),
        [before @ .., last] => {
            let before: Vec<_> = before.iter().map(Topic::to_string).collect();
            format!("{} and {last}", before.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use backend::rounds::Sat;
    use chrono::TimeDelta;
    use domain::blueprint::Blueprint;
    use domain::people::Role;
    use domain::retake::Retakes;
    use domain::round::{Showing, ShownWhen};
    use domain::test::{Percent, Rules, Test};

    use super::super::for_tests::{all_ready, cell, november, one_gap, row};
    use super::*;

    fn ada() -> Member {
        Member {
            circle: "demo".to_owned(),
            circle_name: "Demo".to_owned(),
            is_demo: true,
            person: "ada".to_owned(),
            role: Role::Engineer,
            zone: Tz::Europe__Rome,
            circle_zone: Tz::Europe__Rome,
        }
    }

    /// A round that is open for so many days from then on.
    fn given(id: &str, opens_in: i64, n_days: i64, attempt: Option<bool>) -> Mine {
        let percent = Percent::try_from(70).unwrap();
        let opens_at = november() + TimeDelta::days(opens_in);
        let round = rounds::Round {
            id: id.to_owned(),
            circle: "demo".to_owned(),
            name: id.to_owned(),
            test_id: "t".to_owned(),
            test_version: 1,
            test_name: "t".to_owned(),
            test: Test {
                blueprint: Blueprint::default(),
                limit_minutes: None,
                rules: Rules {
                    cut: percent,
                    cuts: [].into(),
                    topic_cut: percent,
                    critical_must_hold: false,
                    counts_for_days: 90,
                    all_or_nothing: false,
                },
                open_book: false,
                asks_open: false,
            },
            opens_at,
            closes_at: opens_at + TimeDelta::days(n_days),
            shows: Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::AtClose },
            retakes: Retakes::NONE,
            cancelled_at: None,
            released_at: None,
            n_people: 1,
            n_sitting: 0,
            n_handed_in: 0,
            n_unmarked: 0,
        };
        let sat =
            |is_over: bool| Sat::new(format!("a-{id}"), is_over.then(november), is_over.then_some(false));
        Mine { round, extra: TimeDelta::zero(), attempts: attempt.map(sat).into_iter().collect() }
    }

    #[test]
    fn rounds_are_sorted_by_what_can_be_done_with_them() {
        let mine = vec![
            given("later", 9, 2, None),
            given("soon", 1, 2, None),
            given("running until next week", -1, 8, None),
            given("running until tomorrow", -1, 2, Some(false)),
            given("handed in", -1, 2, Some(true)),
            given("missed", -9, 2, None),
            given("closed, still sitting", -2, 1, Some(false)),
        ];

        let rounds = MyRounds::of(mine, november());

        let names = |rounds: &[Mine]| rounds.iter().map(|one| one.round.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            names(&rounds.open),
            ["closed, still sitting", "running until tomorrow", "running until next week"]
        );
        assert_eq!(names(&rounds.planned), ["soon", "later"]);
        assert_eq!(names(&rounds.past), ["handed in", "missed"]);
    }

    #[test]
    fn one_goes_on_with_what_is_begun_and_starts_what_is_not() {
        let begun = given("r", -1, 2, Some(false));
        assert_eq!(way_in(&begun), ("/attempts/a-r".to_owned(), "Continue"));
        let new = given("r", -1, 2, None);
        assert_eq!(way_in(&new), ("/circles/demo/rounds/r/start".to_owned(), "Start"));
    }

    #[test]
    fn a_service_stands_as_its_worst_topic_does() {
        let ending = || cell(Standing::Expiring { until: november() + TimeDelta::days(9) });
        let mut one_ending = all_ready();
        one_ending[2] = ending();
        let unknown = std::array::from_fn(|_| cell(Standing::Unknown));
        let cases = [
            (all_ready(), StatusKind::Ready, "Ready to 21 Jan"),
            (one_ending, StatusKind::Expiring, "Ready for 9 days"),
            (one_gap(), StatusKind::Gap, "1 topic is missing"),
            (unknown, StatusKind::Unknown, "Not taken"),
        ];
        for (cells, kind, words) in cases {
            assert_eq!(whole_words(&cells, november(), &ada()), (kind, words.to_owned()));
        }
    }

    #[test]
    fn ones_first_pass_to_end_is_said_when_it_is_not_far_away() {
        let mut ending = all_ready();
        ending[1] = cell(Standing::Expiring { until: november() + TimeDelta::days(9) });
        let said = |services| own_ahead(&row(services), november(), Tz::UTC);

        assert_eq!(said(vec![all_ready(), ending]).as_deref(), Some(" Your first pass ends on 1 Dec."));
        assert_eq!(said(vec![all_ready()]), None, "60 days are not soon");
        assert_eq!(said(vec![std::array::from_fn(|_| cell(Standing::NotPassed))]), None);
    }

    #[test]
    fn ones_own_sentence_says_how_many_services_are_ready() {
        let cases = [
            (vec![], "This circle has no services yet."),
            (vec![all_ready()], "You are ready."),
            (vec![one_gap()], "You are not ready yet."),
            (vec![one_gap(), one_gap()], "You are not ready yet for any of the 2 services."),
            (vec![all_ready(), one_gap()], "You are ready for 1 of 2 services."),
            (vec![all_ready(), all_ready()], "You are ready for all 2 services."),
        ];
        for (services, words) in cases {
            assert_eq!(own_sentence(&row(services)), words);
        }
    }
}
