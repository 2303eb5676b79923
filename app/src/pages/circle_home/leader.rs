//! What a leader finds first: what needs attention, or the first steps.

use backend::questions::Ready;
use backend::readiness::{self, Matrix, PersonRow};
use backend::rounds::{self, Round};
use backend::services::Service;
use backend::signals::deliveries;
use backend::tests::Found;
use backend::{circles, disputes, invitations, postmortems, services, sources, tests};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::people::Role;
use domain::readiness::Standing;
use domain::round::Phase;
use leptos::prelude::*;

use super::{heading, incidents, review, taker};
use crate::components::{Status, StatusKind, Time, time_words};
use crate::pages::actions::home as actions;
use crate::pages::readiness::matrix::truth;
use crate::pages::readiness::own::MyRounds;
use crate::pages::rota;
use crate::pages::round::people_words;
use crate::shell::InCircle;

/// The home of a leader.
pub async fn home(here: &InCircle) -> backend::Result<AnyView> {
    let (db, who, circle, now) = (&here.site.db, &here.who, &here.member.circle, here.asked.received_at);
    let services = services::list(db, who, circle).await?;
    let (rounds, _) = rounds::list(db, who, circle, 0).await?;
    let tests = tests::list(db, who, circle).await?;
    let bank = tests::ready_questions(db, who, circle).await?;
    let steps = Steps::read(here, &services, &tests, &rounds).await?;
    let matrix = readiness::matrix(db, who, circle, now).await?;
    let mine = MyRounds::of(rounds::mine(db, who, circle).await?, now);
    let mut matters = matters(&matrix, &services, &tests, Some(&bank));
    matters.extend(disputed(disputes::n_open(db, who, circle).await?));
    matters.extend(to_check(sources::n_to_check(db, who, circle).await?));
    // What production asks for does not wait for the first round.
    let urgent = not_understood(deliveries::n_to_look_at(db, who, circle).await?);
    let urgent: Vec<Matter> =
        urgent.into_iter().chain(owed(postmortems::n_owed(db, who, circle).await?)).collect();
    let matters = if steps.all_done() { matters.into_iter().chain(urgent).collect() } else { urgent };
    let has_attention = steps.all_done() || !matters.is_empty();
    let has_own = !mine.open.is_empty() || !mine.planned.is_empty();
    Ok(view! {
        {heading(here, sentence_of(&matrix, now))}
        {incidents::running(here).await?}
        {rota::own(here).await?}
        {steps.view(circle)}
        {has_attention.then(|| attention(circle, matters))}
        {review::next(here).await?}
        {actions::for_leader(here).await?}
        {actions::own(here).await?}
        {running(circle, &rounds, now, here.member.zone)}
        {results(circle, &rounds, now, here.member.zone)}
        {has_own.then(|| taker::to_do(&here.member, &mine, now))}
        {taker::past(&here.member, &mine, now)}
    }
    .into_any())
}

fn sentence_of(matrix: &Matrix, now: DateTime<Utc>) -> String {
    if matrix.people.is_empty() || matrix.services.is_empty() {
        return "Nobody's readiness is known yet.".to_owned();
    }
    truth(matrix, now)
}

/// The way from an empty circle to a first round.
struct Steps {
    has_bank: bool,
    has_people: bool,
    n_invited: usize,
    has_test: bool,
    has_round: bool,
}

impl Steps {
    async fn read(
        here: &InCircle,
        services: &[Service],
        tests: &[Found],
        rounds: &[Round],
    ) -> backend::Result<Steps> {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let members = circles::members(db, who, circle).await?;
        let invited = invitations::pending(db, who, circle, here.asked.received_at).await?;
        Ok(Steps {
            has_bank: services.iter().any(|service| service.n_ready > 0),
            has_people: members.iter().any(|member| member.role == Role::Engineer),
            n_invited: invited.len(),
            has_test: !tests.is_empty(),
            has_round: !rounds.is_empty(),
        })
    }

    fn all_done(&self) -> bool {
        self.has_bank && self.has_people && self.has_test && self.has_round
    }

    /// Nothing once all are done.
    fn view(&self, circle: &str) -> Option<AnyView> {
        if self.all_done() {
            return None;
        }
        let invited = match self.n_invited {
            0 => "To do".to_owned(),
            1 => "1 invitation is open".to_owned(),
            n => format!("{n} invitations are open"),
        };
        let steps = [
            ("Add a question bank", "services", self.has_bank, "To do".to_owned()),
            ("Invite people", "members", self.has_people, invited),
            ("Make a test", "tests", self.has_test, "To do".to_owned()),
            ("Plan a round", "plan-round", self.has_round, "To do".to_owned()),
        ];
        let rows: Vec<_> = steps
            .into_iter()
            .map(|(words, path, is_done, state)| {
                let state = if is_done { "Completed".to_owned() } else { state };
                view! {
                    <li>
                        <a class="cover" href=format!("/circles/{circle}/{path}")>{words}</a>
                        <span class=if is_done { "meta" } else { "tag" }>{state}</span>
                    </li>
                }
            })
            .collect();
        Some(
            view! {
                <section class="stack" data-tight aria-labelledby="steps">
                    <h2 id="steps">"First steps"</h2>
                    <p class="meta">"In any order. A round needs a bank, a test and people."</p>
                    <ul class="rows">{rows}</ul>
                </section>
            }
            .into_any(),
        )
    }
}

/// One thing that needs attention: its state, what it is, where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Matter {
    kind: StatusKind,
    words: String,
    what: String,
    path: String,
}

fn attention(circle: &str, matters: Vec<Matter>) -> impl IntoView + use<> {
    let is_quiet = matters.is_empty();
    let rows: Vec<_> = matters
        .into_iter()
        .map(|matter| {
            view! {
                <li>
                    <Status kind=matter.kind words=matter.words/>
                    <a href=format!("/circles/{circle}/{}", matter.path)>{matter.what}</a>
                </li>
            }
        })
        .collect();
    view! {
        <section class="stack" data-tight aria-labelledby="attention">
            <h2 id="attention">"What needs attention"</h2>
            {if is_quiet {
                view! { <p>"Nothing: everybody is ready, and every test has its questions."</p> }.into_any()
            } else {
                view! { <ul class="checklist">{rows}</ul> }.into_any()
            }}
        </section>
    }
}

/// Questions that wait for a decision.
fn disputed(n_open: u32) -> Option<Matter> {
    let what = match n_open {
        0 => return None,
        1 => "1 question that takers objected to".to_owned(),
        n => format!("{n} questions that takers objected to"),
    };
    let (words, path) = ("To decide".to_owned(), "disputes?state=open".to_owned());
    Some(Matter { kind: StatusKind::Expiring, words, what, path })
}

/// Questions whose sources have changed.
fn to_check(n: i64) -> Option<Matter> {
    let what = match n {
        ..=0 => return None,
        1 => "1 question rests on something that has changed".to_owned(),
        n => format!("{n} questions rest on something that has changed"),
    };
    Some(Matter { kind: StatusKind::Stale, words: "To check".to_owned(), what, path: "check-me".to_owned() })
}

/// What monitoring sent and nobody could read.
fn not_understood(n: i64) -> Option<Matter> {
    let what = match n {
        ..=0 => return None,
        1 => "1 delivery of alerts was not understood".to_owned(),
        n => format!("{n} deliveries of alerts were not understood"),
    };
    let (words, path) = ("To look at".to_owned(), "signals?state=unknown".to_owned());
    Some(Matter { kind: StatusKind::Expiring, words, what, path })
}

/// Postmortems that were decided and that nobody has begun.
fn owed(n: i64) -> Option<Matter> {
    let what = match n {
        ..=0 => return None,
        1 => "1 postmortem was decided and is not begun".to_owned(),
        n => format!("{n} postmortems were decided and are not begun"),
    };
    Some(Matter {
        kind: StatusKind::Expiring,
        words: "To write".to_owned(),
        what,
        path: "postmortems".to_owned(),
    })
}

/// Services where somebody is not ready, passes that end soon, services
/// without questions, and tests that the bank cannot fill.
fn matters(matrix: &Matrix, services: &[Service], tests: &[Found], bank: Option<&Ready>) -> Vec<Matter> {
    let of_people = (0..matrix.services.len()).flat_map(|column| matters_of(matrix, column));
    let without_questions = services.iter().filter(|service| service.n_ready == 0).map(|service| Matter {
        kind: StatusKind::Gap,
        words: "No questions".to_owned(),
        what: format!("{}: its bank has no question that is ready", service.name),
        path: format!("services/{}", service.slug),
    });
    let is_short = |found: &&Found| {
        bank.is_some_and(|bank| !found.test.blueprint.shortfalls(bank.of(&found.test)).is_empty())
    };
    let too_large = tests.iter().filter(is_short).map(|found| Matter {
        kind: StatusKind::Gap,
        words: "Cannot be drawn".to_owned(),
        what: format!("{}: the bank has too few questions for it", found.name),
        path: format!("tests/{}", found.id),
    });
    of_people.chain(without_questions).chain(too_large).collect()
}

/// How people stand with the service in this column.
fn matters_of(matrix: &Matrix, column: usize) -> Vec<Matter> {
    let (slug, name) = &matrix.services[column];
    let n = matrix.people.len();
    let n_with = |says: fn(Standing) -> bool| {
        let has = |person: &&PersonRow| person.services[column].iter().any(|cell| says(cell.standing));
        matrix.people.iter().filter(has).count()
    };
    let n_missing = n_with(|standing| !standing.is_ready());
    let n_ending = n_with(|standing| matches!(standing, Standing::Expiring { .. }));
    let is_known = n_with(|standing| standing != Standing::Unknown) > 0;
    let mut matters = Vec::new();
    if n > 0 && !is_known {
        matters.push(Matter {
            kind: StatusKind::Unknown,
            words: "Not taken".to_owned(),
            what: format!("{name}: nobody has taken a test about it"),
            path: "plan-round".to_owned(),
        });
    } else if n_missing > 0 {
        matters.push(Matter {
            kind: StatusKind::Gap,
            words: format!("{n_missing} of {n} not ready"),
            what: name.clone(),
            path: format!("readiness?service={slug}&show=gaps"),
        });
    }
    if n_ending > 0 {
        matters.push(Matter {
            kind: StatusKind::Expiring,
            words: "Ends within 30 days".to_owned(),
            what: format!("{name}: passes of {n_ending} of {n} people"),
            path: format!("readiness?service={slug}"),
        });
    }
    matters
}

/// For how long results that are ready stand on the home page.
const RESULTS_FOR: TimeDelta = TimeDelta::days(30);

/// The rounds that closed lately.
fn results(circle: &str, rounds: &[Round], now: DateTime<Utc>, zone: Tz) -> Option<AnyView> {
    let rows: Vec<_> = rounds
        .iter()
        .filter(|round| round.cancelled_at.is_none() && round.phase(now) == Phase::ResultsReady)
        .filter(|round| now - round.closes_at <= RESULTS_FOR)
        .map(|round| round_row(circle, round, now, zone))
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight aria-labelledby="results">
                <h2 id="results">"Results are ready"</h2>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

/// The rounds that are going on or planned, and how far they are.
fn running(circle: &str, rounds: &[Round], now: DateTime<Utc>, zone: Tz) -> Option<AnyView> {
    let rows: Vec<_> = rounds
        .iter()
        .filter(|round| round.cancelled_at.is_none())
        .filter(|round| round.phase(now) != Phase::ResultsReady)
        .map(|round| round_row(circle, round, now, zone))
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight aria-labelledby="rounds">
                <h2 id="rounds">"Rounds under way"</h2>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn round_row(circle: &str, round: &Round, now: DateTime<Utc>, zone: Tz) -> impl IntoView + use<> {
    let when = match round.phase(now) {
        Phase::Planned => format!("opens {}", time_words(round.opens_at, zone)).into_any(),
        Phase::Running => view! { "closes "<Time at=round.closes_at zone=zone/> }.into_any(),
        Phase::StillSitting => "closed; somebody with extra time is still sitting".into_any(),
        Phase::Marking => "closed; answers wait to be marked".into_any(),
        Phase::ResultsReady => view! { "closed "<Time at=round.closes_at zone=zone/> }.into_any(),
    };
    view! {
        <li>
            <div>
                <a class="cover" href=format!("/circles/{circle}/rounds/{}", round.id)>{round.name.clone()}</a>
                <p class="meta">{when}</p>
            </div>
            <span class="meta">{progress_words(round, now)}</span>
        </li>
    }
}

/// "3 of 6 handed in, 1 sitting"; "6 people" before it opens.
fn progress_words(round: &Round, now: DateTime<Utc>) -> String {
    if round.phase(now) == Phase::Planned {
        return people_words(round.n_people);
    }
    let sitting = if round.n_sitting > 0 { format!(", {} sitting", round.n_sitting) } else { String::new() };
    let marking =
        if round.n_unmarked > 0 { format!(", {} to mark", round.n_unmarked) } else { String::new() };
    format!("{} of {} handed in{sitting}{marking}", round.n_handed_in, round.n_people)
}

#[cfg(test)]
mod rules {
    use backend::circles::Member;

    use super::*;
    use crate::pages::readiness::for_tests::{all_ready, cell, november, one_gap, row};

    fn said(people: Vec<PersonRow>, services: &[Service]) -> Vec<(String, String)> {
        let member = Member {
            circle: "demo".to_owned(),
            circle_name: "Demo".to_owned(),
            is_demo: true,
            person: "lena".to_owned(),
            role: Role::Leader,
            zone: Tz::UTC,
            circle_zone: Tz::UTC,
        };
        let matrix = Matrix { member, services: vec![("edge".to_owned(), "Edge".to_owned())], people };
        matters(&matrix, services, &[], None).into_iter().map(|matter| (matter.words, matter.what)).collect()
    }

    fn pair(words: &str, what: &str) -> (String, String) {
        (words.to_owned(), what.to_owned())
    }

    #[test]
    fn a_service_needs_attention_when_somebody_is_not_ready_or_soon_will_not_be() {
        let untaken = || std::array::from_fn(|_| cell(Standing::Unknown));
        let mut ending = all_ready();
        ending[0] = cell(Standing::Expiring { until: november() + TimeDelta::days(3) });
        let all_is_well = vec![row(vec![all_ready()])];
        let nobody = vec![row(vec![untaken()]), row(vec![untaken()])];
        let mixed = vec![row(vec![ending]), row(vec![one_gap()]), row(vec![untaken()])];

        assert_eq!(said(all_is_well, &[]), []);
        assert_eq!(said(vec![], &[]), []);
        assert_eq!(said(nobody, &[]), [pair("Not taken", "Edge: nobody has taken a test about it")]);
        assert_eq!(
            said(mixed, &[]),
            [pair("2 of 3 not ready", "Edge"), pair("Ends within 30 days", "Edge: passes of 1 of 3 people")]
        );
    }

    #[test]
    fn a_service_without_ready_questions_needs_attention() {
        let service = |name: &str, n_ready| Service {
            slug: name.to_lowercase(),
            name: name.to_owned(),
            n_ready,
            ..Service::default()
        };
        let services = [service("Edge", 4), service("Mail", 0)];

        let said = said(vec![row(vec![all_ready()])], &services);

        assert_eq!(said, [pair("No questions", "Mail: its bank has no question that is ready")]);
    }
}
