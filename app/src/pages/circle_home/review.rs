//! The next meetings about results that the reader attends.

use std::cmp::Reverse;

use backend::reviews::{self, Review, State};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;

use crate::components::Time;
use crate::pages::review::words::state_tag;
use crate::shell::InCircle;

/// How many a home page shows.
const MOST: usize = 3;

/// Those that are going on or planned, the next one first; nothing while there
/// is none.
pub async fn next(here: &InCircle) -> backend::Result<Option<AnyView>> {
    let circle = &here.member.circle;
    let mut ahead = reviews::list(&here.site.db, &here.who, circle).await?;
    ahead.retain(|review| review.state != State::Closed);
    ahead.sort_by_key(|review| (Reverse(review.state == State::InProgress), review.planned_at));
    let (now, zone) = (here.asked.received_at, here.member.zone);
    let rows: Vec<_> = ahead.iter().take(MOST).map(|review| row(review, now, zone)).collect();
    let title = if rows.len() == 1 { "Next review" } else { "Next reviews" };
    let all = (ahead.len() > MOST).then(|| {
        let (href, words) =
            (format!("/circles/{circle}/reviews"), format!("All {} reviews ahead", ahead.len()));
        view! { <p class="meta"><a href=href>{words}</a></p> }
    });
    Ok((!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="reviews">
                <h2 id="reviews">{title}</h2>
                <ul class="rows">{rows}</ul>
                {all}
            </section>
        }
        .into_any()
    }))
}

fn row(review: &Review, now: DateTime<Utc>, zone: Tz) -> impl IntoView + use<> {
    let href = reviews::path_of(&review.circle, &review.id);
    let (name, at) = (format!("Review of {}", review.round_name), review.planned_at);
    let is_held = review.state == State::InProgress;
    let when = match (is_held, review.started_at) {
        (true, Some(began)) => view! { "began "<Time at=began zone=zone/> }.into_any(),
        _ if at <= now => view! { "was planned for "<Time at=at zone=zone/> }.into_any(),
        _ => view! { <Time at=at zone=zone/> }.into_any(),
    };
    view! {
        <li>
            <div>
                <a class="cover" href=href>{name}</a>
                <p class="meta">{when}</p>
            </div>
            {is_held.then(|| state_tag(review.state))}
        </li>
    }
}
