//! What was written and what happened: runbook and alerts, incidents,
//! postmortems of one service, each with the way to all of it.

use backend::alerts::remarks;
use backend::incidents::{self, Incident};
use backend::postmortems::{self, Postmortem};
use backend::runbooks::{self, Standing};
use backend::services::{self, Service};
use domain::people::Role;
use leptos::prelude::*;

use super::super::services::counted;
use crate::components::{Severity, Time, TimeShape};
use crate::pages::incidents::words::path_of;
use crate::pages::runbook::words::alert_address;
use crate::shell::{InCircle, encode};

/// The runbook and its alerts: where one goes at night.
pub async fn runbook(here: &InCircle, service: &Service) -> backend::Result<AnyView> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let standing = runbooks::standing_of(db, who, circle, &service.slug).await?;
    let alerts = services::alert_names(db, who, circle, &service.slug).await?;
    let n_remarks = remarks::waiting(db, who, circle, &service.slug).await?.len();
    let said = (n_remarks > 0).then(|| {
        let faults = counted(i64::try_from(n_remarks).unwrap_or(i64::MAX), "fault");
        view! { <p class="meta">{faults}" found by those who used it."</p> }
    });
    let href = format!("/circles/{circle}/services/{}/runbook", service.slug);
    let may_write = here.member.role != Role::Reader;
    let body = if standing.version == 0 {
        let write = may_write.then(|| view! { " "<a href=format!("{href}/edit")>"Write it"</a> });
        view! { <p>"Nobody has written a runbook for it yet."{write}</p> }.into_any()
    } else {
        view! {
            <p><a class="btn primary" href=href>"Open the runbook"</a></p>
            {lacking(&standing)}
            {said}
        }
        .into_any()
    };
    Ok(view! {
        <section class="panel" aria-labelledby="runbook">
            <h2 id="runbook">"Runbook and alerts"</h2>
            {body}
            {alert_links(alerts)}
        </section>
    }
    .into_any())
}

fn lacking(standing: &Standing) -> Option<AnyView> {
    let names: Vec<&str> = standing.lacking().into_iter().map(|section| section.title()).collect();
    let sections = (!names.is_empty()).then(|| format!("Empty or missing: {}.", names.join(", ")));
    let n = i64::try_from(standing.n_without_mitigation).unwrap_or(i64::MAX);
    let alerts = (n > 0).then(|| format!("{} without a word on what to do.", counted(n, "alert")));
    let words: Vec<String> = sections.into_iter().chain(alerts).collect();
    (!words.is_empty()).then(|| view! { <p class="meta">{words.join(" ")}</p> }.into_any())
}

/// As many names as one look takes.
const ALERTS_AT_A_LOOK: usize = 12;

fn alert_links(alerts: Vec<String>) -> Option<AnyView> {
    let n_more = alerts.len().saturating_sub(ALERTS_AT_A_LOOK);
    let more =
        (n_more > 0).then(|| view! { <li class="meta">{format!("and {n_more} more in the runbook")}</li> });
    let links: Vec<_> = alerts
        .into_iter()
        .take(ALERTS_AT_A_LOOK)
        .map(|name| view! { <li><a class="long" href=alert_address(&name)>{name.clone()}</a></li> })
        .collect();
    (!links.is_empty()).then(|| view! { <ul class="stack" data-tight="">{links}{more}</ul> }.into_any())
}

/// How many of a kind one look shows.
const AT_A_LOOK: usize = 5;

/// What happened: those that run first.
pub async fn incidents(here: &InCircle, service: &Service) -> backend::Result<AnyView> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let mut all = incidents::of_service(db, who, circle, &service.slug).await?;
    all.sort_by_key(|incident| !incident.phase.is_running());
    let rows: Vec<_> = all.iter().take(AT_A_LOOK).map(|incident| incident_row(here, incident)).collect();
    let href = format!("/circles/{circle}/incidents?service={}", encode(&service.slug));
    let list = match rows.is_empty() {
        true => view! { <p class="meta">"None is known. An incident is opened by hand or by an alert."</p> }
            .into_any(),
        false => view! {
            <ul class="rows">{rows}</ul>
            <p><a href=href>"All incidents of this service"</a></p>
        }
        .into_any(),
    };
    Ok(view! {
        <section class="stack" data-tight="" aria-labelledby="incidents">
            <h2 id="incidents">"Incidents"</h2>
            {list}
        </section>
    }
    .into_any())
}

fn incident_row(here: &InCircle, incident: &Incident) -> impl IntoView + use<> {
    let (at, zone) = (incident.reached.detected, here.member.zone);
    let drill = incident.is_drill.then_some(", a drill");
    view! {
        <li>
            <div>
                <a class="cover" href=path_of(&here.member.circle, incident.number)>
                    <span class="nowrap">{incident.number.to_string()}</span>" "<bdi>{incident.title.clone()}</bdi>
                </a>
                <p class="meta"><Time at=at zone=zone shape=TimeShape::Day/>", "{incident.phase.title().to_lowercase()}{drill}</p>
            </div>
            <Severity level=incident.severity.level()/>
        </li>
    }
}

/// What was learnt from it.
pub async fn postmortems(here: &InCircle, service: &Service) -> backend::Result<AnyView> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let all = postmortems::of_service(db, who, circle, &service.slug).await?;
    let rows: Vec<_> = all.iter().take(AT_A_LOOK).map(|one| postmortem_row(circle, one)).collect();
    let href = format!("/circles/{circle}/postmortems?service={}", encode(&service.slug));
    let list = match rows.is_empty() {
        true => view! { <p class="meta">"None is written yet."</p> }.into_any(),
        false => view! {
            <ul class="rows">{rows}</ul>
            <p><a href=href>"All postmortems of this service"</a></p>
        }
        .into_any(),
    };
    Ok(view! {
        <section class="stack" data-tight="" aria-labelledby="learnt">
            <h2 id="learnt">"Postmortems"</h2>
            {list}
        </section>
    }
    .into_any())
}

fn postmortem_row(circle: &str, one: &Postmortem) -> impl IntoView + use<> {
    let day = one.happened_on.map(|day| format!("{}, ", day.format("%-d %b %Y")));
    view! {
        <li>
            <div>
                <a class="cover" href=format!("/circles/{circle}/postmortems/{}", one.number)>
                    <span class="nowrap">{one.number.to_string()}</span>" "{one.title.clone()}
                </a>
                <p class="meta">{day}{one.state.title().to_lowercase()}</p>
            </div>
        </li>
    }
}
