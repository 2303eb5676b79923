//! What was decided before, and the other versions of the question.

use backend::disputes::reading::{Case, Decision, OtherVersion};
use leptos::prelude::*;

use super::super::disputes::words::{address_of, also_words, ruling_title};
use super::super::services::counted;
use crate::components::{Time, TimeShape};
use crate::shell::InCircle;

/// Every decision, newest first, and what can be made of it.
pub fn decisions(here: &InCircle, case: &Case, action: Option<AnyView>) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = case.decisions.iter().map(|decision| one(here, case, decision)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" aria-labelledby="decisions">
                <h2 id="decisions">"Decisions"</h2>
                <ul class="stack" data-tight="">{rows}</ul>
                {action}
            </section>
        }
    })
}

fn one(here: &InCircle, case: &Case, decision: &Decision) -> impl IntoView + use<> {
    let also: Vec<String> =
        decision.ruling.also_right().iter().map(|also| also_words(&case.question, also)).collect();
    let also = (!also.is_empty())
        .then(|| view! { <p class="long">{format!("Right too: {}", also.join(" | "))}</p> });
    let whom = match &decision.round {
        Some((_, name)) => format!("the round {name}"),
        None => "everybody".to_owned(),
    };
    let changed = format!(
        "{} changed, {} turned",
        counted(decision.n_marks, "mark"),
        counted(decision.n_verdicts, "result")
    );
    let (title, because) = (ruling_title(&decision.ruling), decision.because.clone());
    let (by, at, zone) = (decision.made_by.clone(), decision.made_at, here.member.zone);
    view! {
        <li class="panel">
            <p><strong>{title}</strong>{format!(", for {whom}")}</p>
            {also}
            <p class="lines">{because}</p>
            <p class="meta">{by}", "<Time at=at zone=zone/>" · "{changed}</p>
        </li>
    }
}

/// The other versions; where something was said or decided about one, the way
/// there.
pub fn versions(here: &InCircle, case: &Case) -> Option<impl IntoView + use<>> {
    let zone = here.member.zone;
    let one = |other: &OtherVersion| {
        let short: String = other.version.chars().take(8).collect();
        let href = address_of(&here.member.circle, &case.id, &other.version);
        let said =
            format!(", {}, {}", counted(other.n_reports, "report"), counted(other.n_decisions, "decision"));
        let at = other.created_at;
        view! { <li><a href=href><code>{short}</code></a>" from "<Time at=at zone=zone shape=TimeShape::Day/>{said}</li> }
    };
    let rows: Vec<_> = case.others.iter().map(one).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <details>
                <summary>{format!("Other versions ({})", rows.len())}</summary>
                <p class="meta">"A decision holds for one version."</p>
                <ul>{rows}</ul>
            </details>
        }
    })
}
