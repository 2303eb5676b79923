//! Before the clock runs: what the test asks, and what pressing Start means.

use std::collections::BTreeMap;

use backend::attempts::retaking::{self, Scope};
use backend::rounds::{self, Mine};
use backend::{attempts, services};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::retake::Next;
use domain::round::{ShownWhen, deadline};
use leptos::prelude::*;
use rand::SeedableRng;

use super::result::words::{Names, listed};
use super::round_new::retakes_words;
use crate::components::{ErrorSummary, day_words, time_words};
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, Section, circle_page, path_param};

/// What an engineer reads before starting.
pub fn get() -> Loading {
    let id = path_param("round");
    circle_page(Section::Home, move |at| async move {
        let (db, circle, zone) = (&at.site.db, &at.member.circle, at.member.zone);
        let mine = rounds::mine_by_id(db, &at.who, circle, &id).await?;
        let now = at.asked.received_at;
        let scope = retaking::scope(db, &at.who, &mine, now).await?;
        let names_topics = !scope.kept.is_empty() || !mine.round.test.rules.cuts.is_empty();
        let names = match names_topics {
            true => services::names(db, &at.who, circle).await?,
            false => BTreeMap::new(),
        };
        let names = Names(names);
        let title = match mine.next(now) {
            Next::Start { number } if number > 1 => format!("{}: attempt {number}", mine.round.name),
            _ => mine.round.name.clone(),
        };
        Ok(Page::new(
            title.clone(),
            view! {
                <h1>{title}</h1>
                <ErrorSummary/>
                {facts(&mine, &scope, &names, zone, now)}
                {action(&mine, zone, now)}
            },
        ))
    })
}

fn facts(mine: &Mine, scope: &Scope, names: &Names, zone: Tz, now: DateTime<Utc>) -> impl IntoView + use<> {
    let test = &mine.round.test;
    let n_questions = scope.blueprint.n_questions();
    let limit = match test.limit_minutes {
        Some(minutes) => format!("{minutes} minutes"),
        None => "No limit but the close of the round".to_owned(),
    };
    let started = now.max(mine.round.opens_at);
    let limit_delta = test.limit_minutes.map(|minutes| TimeDelta::minutes(i64::from(minutes)));
    let ends = deadline(started, mine.round.closes_at, limit_delta, mine.extra);
    let can_start = matches!(mine.next(now), Next::Start { .. });
    let extra = mine.extra.num_minutes();
    let score_shown = shown(mine.round.shows.score, mine.round.closes_at, zone);
    let answers_shown = shown(mine.round.shows.answers, mine.round.closes_at, zone);
    view! {
        <dl class="facts">
            <dt>"Questions"</dt><dd>{n_questions.to_string()}</dd>
            {asked_again(scope, names, zone)}
            <dt>"Time"</dt><dd>{limit}</dd>
            {(extra > 0).then(|| view! { <dt>"Your extra time"</dt><dd>{format!("{extra} minutes, already in the time below")}</dd> })}
            {can_start.then(|| view! { <dt>"If you start now, it ends"</dt><dd>{time_words(ends, zone)}</dd> })}
            <dt>"The round closes"</dt><dd>{time_words(mine.round.closes_at, zone)}</dd>
            <dt>"Attempts"</dt><dd>{attempts_words(mine)}</dd>
            <dt>"Looking things up"</dt>
            <dd>{if test.open_book { "Allowed: runbooks, dashboards, documentation" } else { "Not in this test: answer from what you know" }}</dd>
            {test.asks_open.then(|| view! {
                <dt>"Open questions"</dt>
                <dd>"May be among them. A leader marks your answer without your name, and your score comes when that is done"</dd>
            })}
            <dt>"A pass needs"</dt>
            <dd>{pass_needs(mine, names)}</dd>
            <dt>"You see your score"</dt><dd>{score_shown}</dd>
            <dt>"You see the answers"</dt><dd>{answers_shown}</dd>
        </dl>
    }
}

/// What a retake asks, and what it keeps.
fn asked_again(scope: &Scope, names: &Names, zone: Tz) -> Option<AnyView> {
    if scope.kept.is_empty() {
        return None;
    }
    let asks: Vec<String> =
        scope.blueprint.topics().into_iter().map(|(service, topic)| names.topic(service, topic)).collect();
    let kept: Vec<String> = scope
        .kept
        .iter()
        .map(|kept| format!("{}, to {}", names.topic(&kept.service, kept.topic), day_words(kept.until, zone)))
        .collect();
    Some(
        view! { <dt>"Asks"</dt><dd>{listed(&asks)}</dd> <dt>"Keeps"</dt><dd>{kept.join("; ")}</dd> }
            .into_any(),
    )
}

/// "1; none made yet", "up to 3, with 24 h between them; 1 made".
fn attempts_words(mine: &Mine) -> String {
    let allowed = retakes_words(mine.round.retakes);
    match mine.attempts.len() {
        0 => allowed,
        n_made => format!("{allowed}; you made {n_made}"),
    }
}

fn pass_needs(mine: &Mine, names: &Names) -> String {
    let rules = &mine.round.test.rules;
    let mut needs = format!("{} % of the whole", rules.cut.get());
    needs.push_str(&format!(", {} % of each topic", rules.topic_cut.get()));
    if !rules.cuts.is_empty() {
        let own: Vec<String> = rules
            .cuts
            .iter()
            .map(|((service, topic), cut)| format!("{} % of {}", cut.get(), names.topic(service, *topic)))
            .collect();
        needs.push_str(&format!(" (but {})", own.join(", ")));
    }
    if rules.critical_must_hold {
        needs.push_str(", and every critical question right");
    }
    needs
}

fn shown(when: ShownWhen, closes_at: DateTime<Utc>, zone: Tz) -> String {
    match when {
        ShownWhen::AtHandIn => "as soon as you hand in".to_owned(),
        ShownWhen::AtClose => format!("when the round has closed, {}", time_words(closes_at, zone)),
        ShownWhen::Never => "when your team leader releases the results".to_owned(),
    }
}

fn action(mine: &Mine, zone: Tz, now: DateTime<Utc>) -> AnyView {
    let result = mine.newest().filter(|(_, is_over)| *is_over).map(|(attempt, _)| {
        view! { <p><a href=format!("/attempts/{attempt}/result")>"See your result"</a></p> }
    });
    let say = |words: String| view! { <p>{words}</p> }.into_any();
    let next = match mine.next(now) {
        Next::GoOn => {
            let attempt = mine.newest().map(|(attempt, _)| attempt).unwrap_or_default();
            view! { <p><a class="btn primary" href=format!("/attempts/{attempt}")>"Go on where you were"</a></p> }
                .into_any()
        }
        Next::NotYet => say(format!("This round opens {}.", time_words(mine.round.opens_at, zone))),
        Next::Marking => {
            say("An answer of your last attempt waits to be marked. You see here then what comes next."
                .to_owned())
        }
        Next::Wait { until } => say(format!("You can take it again from {}.", time_words(until, zone))),
        Next::Start { number } => start_form(number),
        Next::UsedUp => say("You handed this in.".to_owned()),
        Next::Passed => say("You passed this test, so there is nothing to take again.".to_owned()),
        Next::TooLate if mine.attempts.is_empty() => {
            say("This round is closed, and you did not start it. Ask your team leader for another one."
                .to_owned())
        }
        Next::TooLate => say("This round leaves no time for another attempt.".to_owned()),
    };
    view! { {next}{result} }.into_any()
}

fn start_form(number: u32) -> AnyView {
    let again = (number > 1).then(|| {
        view! { <p>"You get questions that you have not met yet, as far as the bank has any."</p> }
    });
    let label = if number > 1 { "Start the retake" } else { "Start the test" };
    view! {
        {again}
        <p>"The clock runs on our server. It starts when you press the button and does not stop when you close the page; you can go on from another device."</p>
        <form method="post">
            <input type="hidden" name="number" value=number.to_string()/>
            <button class="btn primary">{label}</button>
        </form>
    }
    .into_any()
}

/// Starts, or finds what was started before.
pub async fn post(form: Form) -> Posted {
    let who = form.who()?;
    let (circle, round) = (form.param("circle")?, form.param("round")?);
    let mut rng = rand::rngs::StdRng::from_os_rng();
    // The attempt that the page offered: an old page starts nothing new.
    let number = form.get("number").parse().unwrap_or(1);
    let attempt =
        attempts::start(&form.site.db, &who, circle, round, number, form.asked.received_at, &mut rng).await?;
    Ok(format!("/attempts/{attempt}"))
}
