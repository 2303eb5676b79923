//! What happened to an action, the newest first. Nothing in it is ever changed.

use backend::actions::{Change, Detail, Event, EventKind};
use chrono_tz::Tz;
use domain::action::State;
use leptos::prelude::*;

use crate::components::Time;
use crate::markdown::{Images, blocks};
use crate::pages::actions::words::effect_words;

pub fn history(detail: &Detail, zone: Tz) -> impl IntoView + use<> {
    let rows: Vec<_> = detail.events.iter().rev().map(|event| row(event, zone)).collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="history">
            <h2 id="history">"What happened"</h2>
            <ol class="timeline" data-days="">{rows}</ol>
        </section>
    }
}

fn row(event: &Event, zone: Tz) -> impl IntoView + use<> {
    let is_markdown = matches!(event.kind, EventKind::Comment | EventKind::Moved);
    let note = (!event.note.is_empty()).then(|| {
        if is_markdown {
            view! { <div class="prose" inner_html=blocks(&event.note, Images::None)></div> }.into_any()
        } else {
            view! { <p>{event.note.clone()}</p> }.into_any()
        }
    });
    let figures = event.effect.map(|effect| view! { <p class="meta">{effect_words(effect)}</p> });
    let changes: Vec<_> = event.changes.iter().map(change).collect();
    let changes = (!changes.is_empty()).then(|| view! { <ul class="stack" data-tight="">{changes}</ul> });
    let kind = (event.kind == EventKind::Moved).then_some("decision");
    view! {
        <li data-kind=kind>
            <Time at=event.happened_at zone=zone/>
            <div class="stack" data-tight="">
                <p class="who">{event.person.clone()}" "{verb(event)}</p>
                {note}
                {figures}
                {changes}
            </div>
        </li>
    }
}

fn verb(event: &Event) -> String {
    match event.kind {
        EventKind::Made => "made it".to_owned(),
        EventKind::Edited => "changed what it says".to_owned(),
        EventKind::Comment => "commented".to_owned(),
        EventKind::Ticked => "ticked a task".to_owned(),
        EventKind::Unticked => "took a tick off".to_owned(),
        EventKind::Moved => match event.state {
            State::Open | State::Reopened => "reopened it".to_owned(),
            State::InProgress => "started it".to_owned(),
            State::Paused => "paused it".to_owned(),
            State::InReview => "sent it to review".to_owned(),
            State::Done => "called it done".to_owned(),
            State::EffectSeen => "saw an effect".to_owned(),
            State::NoEffect => "saw no effect".to_owned(),
            State::WontDo => "decided that it won't be done".to_owned(),
        },
    }
}

/// Up to so many characters a change stands in one line.
const SHORT: usize = 80;

fn change(change: &Change) -> impl IntoView + use<> {
    let Change { field, was, is } = change.clone();
    let is_short = |text: &str| text.chars().count() <= SHORT && !text.contains('\n');
    let or_empty = |text: &str| if text.is_empty() { "empty".to_owned() } else { text.to_owned() };
    let words = if is_short(&was) && is_short(&is) {
        view! { {field}": "<del>{or_empty(&was)}</del>" "<ins>{or_empty(&is)}</ins> }.into_any()
    } else {
        view! {
            <details>
                <summary>{field}" was"</summary>
                <p class="lines">{or_empty(&was)}</p>
            </details>
        }
        .into_any()
    };
    view! { <li class="meta long">{words}</li> }
}
