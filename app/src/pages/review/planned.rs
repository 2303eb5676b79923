//! A review that has not begun: when, who, and what will be talked about.

use backend::circles::MemberOf;
use backend::reviews::{Found, path_of};
use chrono_tz::Tz;
use leptos::context::Provider;
use leptos::prelude::*;

use super::{agenda, people};
use crate::components::{DateTimeField, Fact, Facts, TextField, Time, duration_words};
use crate::pages::account::of_form;
use crate::shell::InCircle;

pub fn planned(here: &InCircle, found: &Found, members: &[MemberOf]) -> AnyView {
    let path = path_of(&found.review.circle, &found.review.id);
    let zone = here.member.zone;
    let (at, box_words, n) =
        (found.review.planned_at, duration_words(found.review.time_box), found.items.len());
    let invitation = format!("{path}/invitation.ics");
    let start = found.leads().then(|| {
        let path = path.clone();
        view! {
            <form method="post" action=path>
                <input type="hidden" name="do" value="start"/>
                <button class="btn primary" id="start">"Begin the review"</button>
            </form>
        }
    });
    let waits = (!found.leads()).then(
        || view! { <p data-live="waits">"When a leader begins it, the first question stands here."</p> },
    );
    view! {
        <div class="split" data-aside="wide">
            <div class="stack" data-loose="">
                <div class="stack" data-live="when">
                    <Facts>
                        <Fact name="Planned for"><Time at=at zone=zone/></Fact>
                        <Fact name="Time box">{format!("{box_words} for each of {n} items")}</Fact>
                    </Facts>
                    <div class="cluster">
                        {start}
                        <a class="btn" href=invitation>"Take it into my calendar"</a>
                    </div>
                </div>
                {waits}
                {agenda::agenda(found, None)}
                {agenda::adding(found)}
            </div>
            <aside class="stack" aria-label="Time and attendees">
                {people::people(found)}
                {people::inviting(found, members)}
                {found.leads().then(|| time_form(found, zone, &path))}
            </aside>
        </div>
    }
    .into_any()
}

fn time_form(found: &Found, zone: Tz, path: &str) -> impl IntoView + use<> {
    let (at, minutes) = (found.review.planned_at, found.review.time_box.num_minutes().to_string());
    let path = path.to_owned();
    view! {
        <details id="time" data-live="form-time" open=of_form("time").has_problems()>
            <summary>"Change the time"</summary>
            <Provider value=of_form("time")>
                <form method="post" action=path class="form" novalidate>
                    <input type="hidden" name="do" value="time"/>
                    <DateTimeField name="planned_at" label="Begins" zone=zone value=Some(at)/>
                    <TextField name="time_box" label="Time for each item" unit="min" width="short" inputmode="numeric" value=minutes/>
                    <button class="btn">"Save the time"</button>
                </form>
            </Provider>
        </details>
    }
}
