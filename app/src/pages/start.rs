//! Before the clock runs: what the test asks, and what pressing Start means.

use backend::attempts;
use backend::rounds::{self, Mine};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::round::{Phase, ShownWhen, deadline};
use leptos::prelude::*;
use rand::SeedableRng;

use crate::components::{ErrorSummary, time_words};
use crate::form::{Form, Posted};
use crate::shell::{Page, Section, circle_page, path_param};

/// What an engineer reads before starting.
#[component]
pub fn StartPage() -> impl IntoView {
    let id = path_param("round");
    circle_page(Section::Home, move |at| async move {
        let mine = rounds::mine_by_id(&at.site.db, &at.who, &at.member.circle, &id).await?;
        let now = at.asked.received_at;
        Ok(Page::new(
            mine.round.name.clone(),
            view! {
                <h1>{mine.round.name.clone()}</h1>
                <ErrorSummary/>
                {facts(&mine, at.member.zone, now)}
                {action(&mine, at.member.zone, now)}
            },
        ))
    })
}

fn facts(mine: &Mine, zone: Tz, now: DateTime<Utc>) -> impl IntoView + use<> {
    let test = &mine.round.test;
    let n_questions = test.blueprint.n_questions();
    let limit = match test.limit_minutes {
        Some(minutes) => format!("{minutes} minutes"),
        None => "No limit but the close of the round".to_owned(),
    };
    let started = now.max(mine.round.opens_at);
    let limit_delta = test.limit_minutes.map(|minutes| TimeDelta::minutes(i64::from(minutes)));
    let ends = deadline(started, mine.round.closes_at, limit_delta, mine.extra);
    let extra = mine.extra.num_minutes();
    let score_shown = shown(mine.round.shows.score, mine.round.closes_at, zone);
    let answers_shown = shown(mine.round.shows.answers, mine.round.closes_at, zone);
    view! {
        <dl class="facts">
            <dt>"Questions"</dt><dd>{n_questions.to_string()}</dd>
            <dt>"Time"</dt><dd>{limit}</dd>
            {(extra > 0).then(|| view! { <dt>"Your extra time"</dt><dd>{format!("{extra} minutes, already in the time below")}</dd> })}
            <dt>"If you start now, it ends"</dt><dd>{time_words(ends, zone)}</dd>
            <dt>"The round closes"</dt><dd>{time_words(mine.round.closes_at, zone)}</dd>
            <dt>"Looking things up"</dt>
            <dd>{if test.open_book { "Allowed: runbooks, dashboards, documentation" } else { "Not in this test: answer from what you know" }}</dd>
            <dt>"A pass needs"</dt>
            <dd>{pass_needs(mine)}</dd>
            <dt>"You see your score"</dt><dd>{score_shown}</dd>
            <dt>"You see the answers"</dt><dd>{answers_shown}</dd>
        </dl>
    }
}

fn pass_needs(mine: &Mine) -> String {
    let rules = &mine.round.test.rules;
    let mut needs = format!("{} % of the whole", rules.cut.get());
    needs.push_str(&format!(", {} % of each topic", rules.topic_cut.get()));
    if !rules.cuts.is_empty() {
        let own: Vec<String> = rules
            .cuts
            .iter()
            .map(|((service, topic), cut)| format!("{} % of {topic} of {service}", cut.get()))
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
        ShownWhen::Never => "not here; your team leader goes through it with you".to_owned(),
    }
}

fn action(mine: &Mine, zone: Tz, now: DateTime<Utc>) -> AnyView {
    match (&mine.attempt, mine.round.phase(now)) {
        (Some((attempt, false)), _) => {
            view! { <p><a class="btn primary" href=format!("/attempts/{attempt}")>"Go on where you were"</a></p> }.into_any()
        }
        (Some((attempt, true)), _) => {
            view! { <p>"You handed this in. " <a href=format!("/attempts/{attempt}/result")>"See the result"</a></p> }.into_any()
        }
        (None, Phase::Planned) => {
            view! { <p>{format!("This round opens {}.", time_words(mine.round.opens_at, zone))}</p> }.into_any()
        }
        (None, Phase::Running) => view! {
            <p>"The clock runs on our server. It starts when you press the button and does not stop when you close the page; you can go on from another device."</p>
            <form method="post"><button class="btn primary">"Start the test"</button></form>
        }
        .into_any(),
        (None, Phase::StillSitting | Phase::ResultsReady) => view! {
            <p>"This round is closed, and you did not start it. Ask your team leader for another one."</p>
        }
        .into_any(),
    }
}

/// Starts, or finds what was started before.
pub async fn post(form: Form) -> Posted {
    let who = form.who()?;
    let (circle, round) = (form.param("circle")?, form.param("round")?);
    let mut rng = rand::rngs::StdRng::from_os_rng();
    let attempt =
        attempts::start(&form.site.db, &who, circle, round, form.asked.received_at, &mut rng).await?;
    Ok(format!("/attempts/{attempt}"))
}
