//! What a leader finds first: what needs attention, or the first steps.

use backend::readiness::{self, Matrix, is_ready};
use backend::rounds::{self, Round};
use backend::services::Service;
use backend::{circles, invitations, services, tests};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::people::Role;
use domain::readiness::Standing;
use domain::round::Phase;
use leptos::prelude::*;

use super::{heading, taker};
use crate::components::{Status, StatusKind, Time, time_words};
use crate::pages::readiness::matrix::sentence;
use crate::pages::readiness::own::MyRounds;
use crate::shell::InCircle;

/// The home of a leader.
pub async fn home(here: &InCircle) -> backend::Result<AnyView> {
    let (db, who, circle, now) = (&here.site.db, &here.who, &here.member.circle, here.asked.received_at);
    let steps = Steps::read(here).await?;
    let matrix = readiness::matrix(db, who, circle, now).await?;
    let services = services::list(db, who, circle).await?;
    let (rounds, _) = rounds::list(db, who, circle, 0).await?;
    let mine = MyRounds::of(rounds::mine(db, who, circle).await?, now);
    let columns: Vec<usize> = (0..matrix.services.len()).collect();
    let sentence = if matrix.people.is_empty() || columns.is_empty() {
        "Nobody's readiness is known yet.".to_owned()
    } else {
        sentence(&matrix.people, &columns, None)
    };
    let has_own = !mine.open.is_empty() || !mine.planned.is_empty();
    Ok(view! {
        {heading(here, sentence)}
        {steps.view(circle)}
        {steps.all_done().then(|| attention(circle, &matrix, &services, &rounds))}
        {running(circle, &rounds, now, here.member.zone)}
        {has_own.then(|| taker::to_do(&here.member, &mine))}
        {taker::past(&here.member, &mine, now)}
    }
    .into_any())
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
    async fn read(here: &InCircle) -> backend::Result<Steps> {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let members = circles::members(db, who, circle).await?;
        let invited = invitations::pending(db, who, circle, here.asked.received_at).await?;
        let tests = tests::list(db, who, circle).await?;
        let (rounds, _) = rounds::list(db, who, circle, 0).await?;
        Ok(Steps {
            has_bank: services::list(db, who, circle).await?.iter().any(|service| service.n_ready > 0),
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

fn attention(circle: &str, matrix: &Matrix, services: &[Service], rounds: &[Round]) -> impl IntoView + use<> {
    let matters = matters(matrix, services, rounds);
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
                view! { <p>"Nothing: everybody is ready, and every service has its questions."</p> }.into_any()
            } else {
                view! { <ul class="checklist">{rows}</ul> }.into_any()
            }}
        </section>
    }
}

/// Services where somebody is not ready, passes that end soon, services
/// without questions.
fn matters(matrix: &Matrix, services: &[Service], rounds: &[Round]) -> Vec<Matter> {
    let by_service = matrix.services.iter().enumerate().flat_map(|(column, (slug, name))| {
        let cells = || matrix.people.iter().map(move |person| &person.services[column]);
        let is_missing =
            |cells: &&[_; 4]| cells.iter().any(|cell: &readiness::Cell| !is_ready(cell.standing));
        let ends_soon = |cells: &&[_; 4]| {
            cells.iter().any(|cell: &readiness::Cell| matches!(cell.standing, Standing::Expiring { .. }))
        };
        let n = matrix.people.len();
        let n_missing = cells().filter(is_missing).count();
        let n_ending = cells().filter(ends_soon).count();
        let asks = rounds.iter().any(|round| asks_about(round, slug));
        let missing = (n_missing > 0 && asks).then(|| Matter {
            kind: StatusKind::Gap,
            words: format!("{n_missing} of {n} not ready"),
            what: name.clone(),
            path: format!("readiness?service={slug}&only=gaps"),
        });
        let never = (n_missing > 0 && !asks).then(|| Matter {
            kind: StatusKind::Unknown,
            words: "Not tested".to_owned(),
            what: format!("{name}: no round has asked about it"),
            path: "plan-round".to_owned(),
        });
        let ending = (n_ending > 0).then(|| Matter {
            kind: StatusKind::Expiring,
            words: "Ends within 30 days".to_owned(),
            what: format!("{name}: passes of {n_ending} of {n} people"),
            path: format!("readiness?service={slug}"),
        });
        [missing, never, ending]
    });
    let without_questions = services.iter().filter(|service| service.n_ready == 0).map(|service| {
        Some(Matter {
            kind: StatusKind::Gap,
            words: "No questions".to_owned(),
            what: format!("{}: its bank has no question that is ready", service.name),
            path: format!("services/{}", service.slug),
        })
    });
    by_service.chain(without_questions).flatten().collect()
}

fn asks_about(round: &Round, service: &str) -> bool {
    round.cancelled_at.is_none() && round.test.blueprint.rows.iter().any(|row| row.service == service)
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
        _ => "closed; somebody with extra time is still sitting".into_any(),
    };
    view! {
        <li>
            <div>
                <a class="cover" href=format!("/circles/{circle}/rounds/{}", round.id)>{round.name.clone()}</a>
                <p class="meta">{when}</p>
            </div>
            <span class="meta">{progress_words(round)}</span>
        </li>
    }
}

/// "3 of 6 handed in, 1 sitting".
fn progress_words(round: &Round) -> String {
    let sitting = if round.n_sitting > 0 { format!(", {} sitting", round.n_sitting) } else { String::new() };
    format!("{} of {} handed in{sitting}", round.n_handed_in, round.n_people)
}
