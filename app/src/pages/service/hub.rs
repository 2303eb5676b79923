//! The first thing that somebody on call needs of a service: whom to call, what
//! was promised, and where everything else about it stands.

use backend::actions::Action;
use backend::documents;
use backend::engagement::{self, Call};
use backend::readiness::{self, GROUP_FLOOR};
use backend::services::{self, Service, Step};
use domain::people::Role;
use domain::question::Topic;
use leptos::prelude::*;

use super::super::documents::rows;
use super::super::rota;
use super::super::services::counted;
use super::outside;
use crate::components::{Fact, Facts, Severity, Time};
use crate::markdown::{Images, blocks};
use crate::shell::{InCircle, encode};

/// What stands on top of the page, for every member; `runbook` is the way to what one does.
pub async fn top(here: &InCircle, service: &Service, runbook: AnyView) -> backend::Result<AnyView> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let steps = services::escalation(db, who, circle, &service.slug).await?;
    let calls = engagement::calls(db, who, circle, &service.slug, 1).await?.calls;
    let base = format!("/circles/{circle}/services/{}", service.slug);
    let leads = here.member.role == Role::Leader;
    let on_call = rota::of_service(here, &service.slug).await?;
    Ok(view! {
        {summary(service)}
        <div class="panels" data-narrow="">
            {whom_to_call(&base, on_call, &steps, leads)}
            {runbook}
            {engaged(here, &base, service, &calls)}
        </div>
        {promised(service)}
        {links(service)}
    }
    .into_any())
}

fn summary(service: &Service) -> Option<impl IntoView + use<>> {
    (!service.summary.is_empty()).then(|| view! { <p class="lead">{service.summary.clone()}</p> })
}

fn whom_to_call(base: &str, on_call: AnyView, steps: &[Step], leads: bool) -> impl IntoView + use<> {
    let rows: Vec<_> = steps.iter().map(step_row).collect();
    let path = match rows.is_empty() {
        true => view! { <p>"No escalation path is written down yet."</p> }.into_any(),
        false => view! { <ol class="rows">{rows}</ol> }.into_any(),
    };
    let words = if steps.is_empty() { "Write the path down" } else { "Change the path" };
    let change = leads.then(|| view! { <a href=format!("{base}/escalation")>{words}</a> });
    view! {
        <section class="panel" aria-labelledby="whom">
            <h2 id="whom">"Whom to call"</h2>
            {on_call}
            {path}
            {change}
        </section>
    }
}

/// One step, with a number that a phone dials.
pub(crate) fn step_row(step: &Step) -> impl IntoView + use<> {
    let when = match step.after_minutes {
        0 => "First".to_owned(),
        n => format!("After {n} min without an answer"),
    };
    let gone = (!step.is_there).then(|| view! { <p class="meta">"Not in the circle any more"</p> });
    view! {
        <li>
            <div>
                <strong>{step.name.clone()}</strong>
                <p class="meta">{when}</p>
                {gone}
            </div>
            <a class="btn nowrap" href=step.dial()>
                <span class="vh">"Call "{step.name.clone()}", "</span>{step.phone.clone()}
            </a>
        </li>
    }
}

fn engaged(here: &InCircle, base: &str, service: &Service, calls: &[Call]) -> impl IntoView + use<> {
    let leads = here.member.role == Role::Leader;
    let fact = |name: &'static str, text: &str| {
        let text = text.to_owned();
        (!text.is_empty()).then(|| view! { <Fact name=name>{text}</Fact> })
    };
    let criticality = service.criticality.map(|one| {
        view! { <Fact name="Criticality">{one.title()}<p class="meta">{one.meaning()}</p></Fact> }
    });
    let accountable = service.accountable.clone().map(|one| {
        let gone = (!one.is_there).then_some(" (not here any more)");
        view! { <Fact name="Accountable">{one.name.clone()}{gone}</Fact> }
    });
    let hours = fact("Hours", &service.engagement.hours);
    let channels = fact("Channels", &service.engagement.channels);
    let callers = fact("Who may call", &service.engagement.callers);
    let owner = fact("Owner", &service.owner);
    let newest = calls.first().map(|call| {
        let (at, zone) = (call.taken_at, here.member.zone);
        let words = format!("{}, taken by {}", call.caller, call.taken_by);
        view! { <Fact name="Last call"><Time at=at zone=zone/><p class="meta">{words}</p></Fact> }
    });
    let is_bare = service.criticality.is_none() && service.engagement.is_empty() && service.sla.is_empty();
    let bare = is_bare.then(|| {
        view! { <p class="meta">"Criticality, hours, channels and service levels are not written down yet."</p> }
    });
    let log = match engagement::may_log(here.member.role) {
        true => "Log a call",
        false => "All calls",
    };
    let change = leads.then(|| view! { <a href=format!("{base}/edit")>"Change the service"</a> });
    view! {
        <section class="panel" aria-labelledby="engaged">
            <h2 id="engaged">"How it is engaged"</h2>
            <Facts>
                {criticality}
                {hours}
                {channels}
                {callers}
                {accountable}
                {owner}
                {newest}
            </Facts>
            {bare}
            <div class="cluster">
                <a class="btn" href=format!("{base}/calls")>{log}</a>
                {change}
            </div>
        </section>
    }
}

fn promised(service: &Service) -> Option<impl IntoView + use<>> {
    (!service.sla.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="sla">
                <h2 id="sla">"Service levels"</h2>
                <div class="prose" inner_html=blocks(&service.sla, Images::None)></div>
            </section>
        }
    })
}

fn links(service: &Service) -> Option<impl IntoView + use<>> {
    let links: Vec<_> =
        service.links.iter().map(|(words, url)| view! { <li>{outside(words, url)}</li> }).collect();
    (!links.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="links">
                <h2 id="links">"Links"</h2>
                <ul class="stack" data-tight="">{links}</ul>
            </section>
        }
    })
}

/// How many are ready for it, without names.
pub async fn ready(here: &InCircle, service: &Service) -> backend::Result<AnyView> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let counts = readiness::counts(db, who, circle, here.asked.received_at).await?;
    let place = counts.services.iter().position(|(slug, _)| *slug == service.slug);
    let topics = counts.ready.zip(place).and_then(|(ready, place)| ready.get(place).copied());
    let n_engineers = counts.n_engineers;
    let body = match topics {
        None => view! {
            <p class="meta">
                {format!("From {GROUP_FLOOR} engineers on, how many are ready for each topic shows here, without names.")}
            </p>
        }
        .into_any(),
        Some(topics) => {
            let facts = Topic::ALL.into_iter().zip(topics).map(move |(topic, n)| {
                view! { <Fact name=topic.title()>{format!("{n} of {n_engineers}")}</Fact> }
            });
            view! { <Facts>{facts.collect_view()}</Facts> }.into_any()
        }
    };
    let all = format!("/circles/{circle}/readiness?service={}", encode(&service.slug));
    Ok(view! {
        <section class="stack" data-tight="" aria-labelledby="ready">
            <h2 id="ready">"How many are ready"</h2>
            {body}
            <p><a href=all>"Readiness in this service"</a></p>
        </section>
    }
    .into_any())
}

/// What is written down about it, and what is missing or old.
pub async fn documents(here: &InCircle, service: &Service) -> backend::Result<AnyView> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let kept = documents::of_service(db, who, circle, &service.slug, here.asked.received_at).await?;
    let base = format!("/circles/{circle}");
    let rows = rows(&format!("{base}/services/{}", service.slug), &kept);
    Ok(view! {
        <section class="stack" data-tight="" aria-labelledby="documents">
            <h2 id="documents">"Documents"</h2>
            {rows}
            <p><a href=format!("{base}/documents")>"The documents of every service"</a></p>
        </section>
    }
    .into_any())
}

/// How many of its actions one look shows.
const AT_A_LOOK: usize = 8;

/// What is still to be done about it.
pub async fn actions(here: &InCircle, service: &Service) -> backend::Result<AnyView> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let open = services::open_actions(db, who, circle, &service.slug, here.asked.received_at).await?;
    let rows: Vec<_> = open.iter().take(AT_A_LOOK).map(|action| action_row(circle, action)).collect();
    let more = (open.len() > AT_A_LOOK).then(|| {
        let n = i64::try_from(open.len()).unwrap_or(i64::MAX);
        view! { <p><a href=format!("/circles/{circle}/actions")>{format!("All {}", counted(n, "action"))}</a></p> }
    });
    let list = match rows.is_empty() {
        true => {
            let text = "An action belongs here when it came from a question, an incident, a postmortem or a remark of this service, or has its short name as a label.";
            view! { <p class="meta">"Nothing is open. "{text}</p> }.into_any()
        }
        false => view! { <ul class="rows">{rows}</ul> }.into_any(),
    };
    Ok(view! {
        <section class="stack" data-tight="" aria-labelledby="open-actions">
            <h2 id="open-actions">"Open actions"</h2>
            {list}
            {more}
        </section>
    }
    .into_any())
}

fn action_row(circle: &str, action: &Action) -> impl IntoView + use<> {
    let owner = action.owner.as_ref().map_or_else(|| "Nobody yet".to_owned(), |owner| owner.name.clone());
    let late = action.late.is_some().then_some(", overdue");
    view! {
        <li>
            <div>
                <a class="cover" href=format!("/circles/{circle}/actions/{}", action.number)>
                    <span class="nowrap">{action.number.to_string()}</span>" "{action.title.clone()}
                </a>
                <p class="meta">{owner}", due "{action.done_by.format("%-d %b %Y").to_string()}{late}</p>
            </div>
            <Severity level=action.severity.level()/>
        </li>
    }
}
