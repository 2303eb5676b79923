//! Incidents that are not closed, on the home of who works: the own ones first.

use backend::incidents::{self, Incident};
use leptos::prelude::*;

use crate::components::Severity;
use crate::pages::incidents::words::{next_update_view, path_of, phase_view};
use crate::shell::InCircle;

/// As many as one look takes.
const AT_A_LOOK: usize = 6;

/// What runs: what one has, then what nobody has, then the others by how bad
/// they are. Nothing while all is quiet.
pub async fn running(here: &InCircle) -> backend::Result<Option<AnyView>> {
    let (db, who, circle, now) = (&here.site.db, &here.who, &here.member.circle, here.asked.received_at);
    let mut all = incidents::running(db, who, circle).await?;
    if all.is_empty() {
        return Ok(None);
    }
    let is_mine = |incident: &Incident| {
        incident.assignee.as_ref().is_some_and(|assignee| assignee.person == who.person)
    };
    all.sort_by_key(|one| (!is_mine(one), one.assignee.is_some(), one.severity.level()));
    let rows: Vec<_> = all
        .iter()
        .take(AT_A_LOOK)
        .map(|incident| {
            let has_it = match &incident.assignee {
                Some(_) if is_mine(incident) => "You have it".to_owned(),
                Some(assignee) => format!("{} has it", assignee.name),
                None => "Nobody has it yet".to_owned(),
            };
            let drill = incident.is_drill.then_some(", a drill");
            let update = next_update_view(incident, now);
            let update = update.map(|view| view! { ", next update "{view} });
            view! {
                <li>
                    <div>
                        <a class="cover" href=path_of(circle, incident.number)>
                            <span class="nowrap">{incident.number.to_string()}</span>" "
                            <bdi>{incident.title.clone()}</bdi>
                        </a>
                        <p class="meta">{has_it}{drill}{update}</p>
                    </div>
                    <span class="cluster"><Severity level=incident.severity.level()/>{phase_view(incident.phase)}</span>
                </li>
            }
        })
        .collect();
    let more = (all.len() > AT_A_LOOK).then(|| {
        view! { <p><a href=format!("/circles/{circle}/incidents?state=running")>"All that run"</a></p> }
    });
    Ok(Some(
        view! {
            <section class="stack" data-tight="" aria-labelledby="running-incidents">
                <h2 id="running-incidents">"Incidents that run"</h2>
                <ul class="rows">{rows}</ul>
                {more}
            </section>
        }
        .into_any(),
    ))
}
