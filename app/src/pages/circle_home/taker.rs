//! The rounds that are given to the one who asks.

use backend::circles::Member;
use backend::rounds::{Mine, Round};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;

use crate::components::{Time, time_words};
use crate::pages::readiness::own::{MyRounds, opens_at, way_in};

/// What can be started or gone on with, and what is planned.
pub fn to_do(member: &Member, rounds: &MyRounds, now: DateTime<Utc>) -> AnyView {
    let zone = member.zone;
    let open: Vec<_> = rounds.open.iter().enumerate().map(|(n, one)| open_row(one, n == 0, zone)).collect();
    let planned: Vec<_> = rounds.planned.iter().map(|one| planned_row(one, now, zone)).collect();
    let body = if open.is_empty() && planned.is_empty() {
        view! { <p>"No test is open for you, and none is planned."</p> }.into_any()
    } else {
        view! { <ul class="rows">{open}{planned}</ul> }.into_any()
    };
    view! {
        <section class="stack" data-tight aria-labelledby="tests">
            <h2 id="tests">"Tests for you"</h2>
            {body}
        </section>
    }
    .into_any()
}

/// One of them is the primary action of the page.
fn open_row(one: &Mine, is_first: bool, zone: Tz) -> impl IntoView + use<> {
    let (href, verb) = way_in(one);
    let name = one.round.name.clone();
    let class = if is_first { "btn primary" } else { "btn" };
    view! {
        <li>
            <div>
                <strong>{name.clone()}</strong>
                <p class="meta">
                    {size_words(&one.round)}", closes "<Time at=one.round.closes_at zone=zone/>{earlier_result(one)}
                </p>
            </div>
            <a class=class href=href>{verb}<span class="vh">" "{name}</span></a>
        </li>
    }
}

fn planned_row(one: &Mine, now: DateTime<Utc>, zone: Tz) -> impl IntoView + use<> {
    let verb = if one.attempts.is_empty() { "Opens" } else { "Retake from" };
    view! {
        <li>
            <div>
                <strong>{one.round.name.clone()}</strong>
                <p class="meta">{size_words(&one.round)}</p>
            </div>
            <span class="meta">{format!("{verb} {}", time_words(opens_at(one, now), zone))}{earlier_result(one)}</span>
        </li>
    }
}

/// "12 questions, 30 min".
fn size_words(round: &Round) -> String {
    let n = round.test.blueprint.n_questions();
    let questions = if n == 1 { "1 question".to_owned() } else { format!("{n} questions") };
    match round.test.limit_minutes {
        Some(minutes) => format!("{questions}, {minutes} min"),
        None => format!("{questions}, no time limit"),
    }
}

/// What was handed in, with the way to its result.
pub fn past(member: &Member, rounds: &MyRounds, now: DateTime<Utc>) -> Option<AnyView> {
    let rows: Vec<_> = rounds.past.iter().map(|one| past_row(one, now, member.zone)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight aria-labelledby="past">
                <h2 id="past">"Earlier tests"</h2>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn past_row(one: &Mine, now: DateTime<Utc>, zone: Tz) -> impl IntoView + use<> {
    let name = one.round.name.clone();
    let state = if one.attempts.is_empty() { "Not taken" } else { "Handed in" };
    let closes = if one.round.closes_at <= now { "closed" } else { "closes" };
    view! {
        <li>
            <div>
                <strong>{name.clone()}</strong>
                <p class="meta">{format!("{state}; the round {closes} ")}<Time at=one.round.closes_at zone=zone/></p>
            </div>
            {earlier_result(one)}
        </li>
    }
}

/// The way to the newest result, where something was handed in.
fn earlier_result(one: &Mine) -> Option<impl IntoView + use<>> {
    let handed_in = one.attempts.iter().rev().find(|sat| sat.finished_at.is_some())?;
    let (href, name) = (format!("/attempts/{}/result", handed_in.attempt), one.round.name.clone());
    Some(view! { " "<a href=href>"Result"<span class="vh">" of "{name}</span></a> })
}
