//! The facts of an incident, beside its timeline.

use backend::incidents::Postmortem;
use domain::incident::Phase;
use domain::people::Role;
use leptos::prelude::*;

use super::Around;
use crate::components::{Fact, Facts, Time};
use crate::markdown::{Images, blocks};

pub fn facts(around: &Around) -> impl IntoView + use<> {
    let incident = &around.detail.incident;
    let (zone, circle) = (around.here.member.zone, &around.here.member.circle);
    let assignee = match &incident.assignee {
        None => "Nobody yet".to_owned(),
        Some(one) => match one.path_step {
            Some(0) => format!("{}, who is on call", one.name),
            Some(n) => format!("{}, step {n} of the escalation path", one.name),
            None => one.name.clone(),
        },
    };
    let service = incident.service.as_ref().map(|(slug, name)| {
        let (href, name) = (format!("/circles/{circle}/services/{slug}"), name.clone());
        view! { <Fact name="Service"><a href=href>{name}</a></Fact> }
    });
    let phases: Vec<_> = Phase::ALL
        .iter()
        .filter_map(|phase| Some((*phase, incident.reached.at(*phase)?)))
        .map(|(phase, at)| view! { <Fact name=phase.title()><Time at=at zone=zone/></Fact> })
        .collect();
    let reopened = (incident.n_reopened > 0).then(|| {
        let times = if incident.n_reopened == 1 {
            "once".to_owned()
        } else {
            format!("{} times", incident.n_reopened)
        };
        view! { <Fact name="Opened again">{times}</Fact> }
    });
    let impact = match incident.affected_since {
        None => "Not affected".into_any(),
        Some(since) => view! {
            "Affected since "<Time at=since zone=zone/>
            <div class="prose" inner_html=blocks(&incident.impact, Images::None)></div>
        }
        .into_any(),
    };
    let urls: Vec<_> = around
        .detail
        .runbook_urls
        .iter()
        .map(|url| match url.starts_with("https://") || url.starts_with("http://") {
            true => view! { <li><a class="long" href=url.clone() rel="noreferrer">{url.clone()}</a></li> }
                .into_any(),
            false => view! { <li class="long">{url.clone()}</li> }.into_any(),
        })
        .collect();
    let runbooks = (!urls.is_empty()).then(|| {
        view! { <Fact name="Runbooks that the alerts name"><ul class="stack" data-tight="">{urls}</ul></Fact> }
    });
    let decided = match &incident.postmortem {
        Postmortem::Undecided => "Not decided".to_owned(),
        Postmortem::Decided { is_wanted: true, by, .. } => format!("Yes, says {by}"),
        Postmortem::Decided { by, reason, .. } => format!("No, says {by}: {reason}"),
    };
    let is_wanted = matches!(&incident.postmortem, Postmortem::Decided { is_wanted: true, .. });
    let may_write = around.here.member.role != Role::Reader;
    let postmortem = match &around.written {
        Some(one) => {
            let href = format!("/circles/{circle}/postmortems/{}", one.number);
            let state = format!(", {}. ", one.state.title().to_lowercase());
            Some(view! { <a href=href>{one.number.to_string()}</a>{state} }.into_any())
        }
        None if is_wanted && may_write => {
            let href = format!("/circles/{circle}/write-postmortem?incident={}", incident.number);
            Some(view! { <a href=href>"Write it"</a>". " }.into_any())
        }
        None => None,
    };
    let triggers = format!("/circles/{circle}/postmortem-triggers?incident={}", incident.number);
    let decided = view! { <a href=triggers>{decided}</a> };
    let runbook = incident.service.as_ref().zip(incident.runbook_version).map(|((slug, _), version)| {
        let href = format!("/circles/{circle}/services/{slug}/runbook?version={version}");
        view! { <Fact name="Runbook"><a href=href>{format!("Version {version}, as it was at the start")}</a></Fact> }
    });
    let leads = around.here.member.role == Role::Leader;
    let opened = match &incident.opened_by {
        Some(name) => name.clone().into_any(),
        None if leads => {
            view! { <a href=format!("/circles/{circle}/signals")>"what was delivered"</a> }.into_any()
        }
        None => "what was delivered".into_any(),
    };
    let report = format!("{}/report", around.path);
    view! {
        <Facts>
            <Fact name="Has it">{assignee}</Fact>
            {service}
            <Fact name="Business">{impact}</Fact>
            {phases}
            {reopened}
            {runbook}
            {runbooks}
            <Fact name="Postmortem">{postmortem}{decided}</Fact>
            <Fact name="Opened by">{opened}</Fact>
            <Fact name="Customer"><a href=report>"Report"</a></Fact>
        </Facts>
    }
}
