//! What the home page of a circle says about actions: one's own, and what waits
//! for a leader.

use backend::actions::{self, Action};
use chrono::NaiveDate;
use domain::action::{State, day_in};
use leptos::prelude::*;

use super::words::{Mark, done_view, late_words, owner_view, path_of, silence_words};
use crate::shell::InCircle;

/// How many a home page shows.
const MOST: usize = 5;

/// What the reader has to do; nothing while there is nothing.
pub async fn own(here: &InCircle) -> backend::Result<Option<AnyView>> {
    let circle = &here.member.circle;
    let mine = actions::mine(&here.site.db, &here.who, circle, here.asked.received_at).await?;
    let today = day_in(here.asked.received_at, &here.member.circle_zone);
    Ok((!mine.is_empty()).then(|| {
        let rows: Vec<_> = mine.iter().take(MOST).map(|action| own_row(circle, action, today)).collect();
        let list = format!("/circles/{circle}/actions?state=unfinished&owner=me");
        let words = match mine.len() {
            1 => "My action".to_owned(),
            n => format!("All {n} of my actions"),
        };
        view! {
            <section class="stack" data-tight="" aria-labelledby="actions">
                <h2 id="actions">"Actions for you"</h2>
                <ul class="rows">{rows}</ul>
                <p class="meta"><a href=list>{words}</a></p>
            </section>
        }
        .into_any()
    }))
}

fn own_row(circle: &str, action: &Action, today: NaiveDate) -> impl IntoView + use<> {
    let state =
        (action.state != State::Open).then(|| view! { <span class="tag">{action.state.title()}</span>" " });
    let silence = silence_words(action).map(|words| Mark::Silent.with(words));
    view! {
        <li>
            <div>
                <a href=path_of(circle, action.number)>{action.number.to_string()}" "{action.title.clone()}</a>
                <p class="meta">{state}"Done by "{done_view(action, today)}" "{silence}</p>
            </div>
        </li>
    }
}

/// What has passed its date without an answer, and what is to be decided; for
/// leaders. Nothing while there is nothing.
pub async fn for_leader(here: &InCircle) -> backend::Result<Option<AnyView>> {
    let (circle, now) = (&here.member.circle, here.asked.received_at);
    let waiting = actions::escalated(&here.site.db, &here.who, circle, now).await?;
    let today = day_in(now, &here.member.circle_zone);
    let (n_late, n_in_review) = (waiting.late.len(), waiting.in_review.len());
    let late = waiting.late.iter().take(MOST).map(|action| {
        let words = action.late.map(|late| late_words(late, today)).unwrap_or_default();
        waiting_row(circle, action, Mark::Late, words)
    });
    let in_review = waiting.in_review.iter().filter(|action| !waiting.late.contains(action)).take(MOST);
    let in_review =
        in_review.map(|action| waiting_row(circle, action, Mark::ToDecide, "To review".to_owned()));
    let n_to_judge = waiting.to_judge.len();
    let to_judge = waiting.to_judge.iter().take(MOST);
    let to_judge = to_judge
        .map(|action| waiting_row(circle, action, Mark::ToDecide, "Effect can be judged now".to_owned()));
    let rows: Vec<_> = late.chain(in_review).chain(to_judge).collect();
    let list = |words: String, query: &str| {
        let href = format!("/circles/{circle}/actions?{query}");
        view! { <a href=href>{words}</a> }
    };
    Ok((!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="escalated">
                <h2 id="escalated">"Actions that wait for you"</h2>
                <ul class="checklist">{rows}</ul>
                <p class="meta cluster">
                    {(n_late > 0).then(|| list("All that are overdue".to_owned(), "overdue=yes"))}
                    {(n_in_review > 1).then(|| list(format!("All {n_in_review} in review"), "state=in_review"))}
                    {(n_to_judge > 1).then(|| list(format!("All {n_to_judge} to judge"), "effect=judge"))}
                </p>
            </section>
        }
        .into_any()
    }))
}

fn waiting_row(circle: &str, action: &Action, mark: Mark, words: String) -> impl IntoView + use<> {
    view! {
        <li>
            {mark.with(words)}
            <span>
                <a href=path_of(circle, action.number)>{action.number.to_string()}" "{action.title.clone()}</a>
                " "<span class="meta">{owner_view(action)}</span>
            </span>
        </li>
    }
}
