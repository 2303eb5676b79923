//! How the facts of an incident are said, on whatever page.

use backend::incidents::Incident;
use chrono::{DateTime, Utc};
use domain::incident::{Number, Phase};
use leptos::prelude::*;

use crate::components::{Icon, duration_words, icon};

/// Where an incident is shown.
pub fn path_of(circle: &str, number: Number) -> String {
    format!("/circles/{circle}/incidents/{number}")
}

/// A phase by its word, an icon and a border.
pub fn phase_view(phase: Phase) -> impl IntoView {
    let (key, symbol) = match phase {
        Phase::Detected => ("gap", Icon::Warning),
        Phase::Acknowledged => ("expiring", Icon::Clock),
        Phase::Mitigated => ("stale", Icon::Turn),
        Phase::Resolved => ("ready", Icon::Check),
        Phase::Closed => ("unknown", Icon::Dash),
    };
    view! { <span class="st" data-s=key>{icon(symbol)}<span>{phase.title()}</span></span> }
}

/// "in 7 min", or that it is late; nothing where no update is due.
pub fn next_update_view(incident: &Incident, now: DateTime<Utc>) -> Option<AnyView> {
    let next = incident.next_update?;
    let length = duration_words(next.due_at - now);
    Some(if next.is_late(now) {
        view! { <span class="st" data-s="gap">{icon(Icon::Clock)}<span>{format!("{length} late")}</span></span> }
            .into_any()
    } else {
        format!("in {length}").into_any()
    })
}

/// How long it ran, or runs: "47 min".
pub fn length_words(incident: &Incident, now: DateTime<Utc>) -> String {
    let end = incident.reached.resolved.or(incident.reached.closed).unwrap_or(now);
    duration_words(end - incident.reached.detected)
}
