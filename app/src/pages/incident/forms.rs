//! What somebody who works on an incident does with it.

use chrono_tz::Tz;
use domain::incident::{Kind, Lack, Phase};
use leptos::prelude::*;

use super::Around;
use crate::components::{
    CheckboxField, DateTimeField, Icon, Pick, SelectField, TextArea, TextField, Time, TimeShape, icon, picks,
};
use crate::islands::countdown::CountDown;
use crate::pages::incident_new::{service_picks, severity_picks};

/// When the next update is due, and how it is put off. It stands first: on a
/// phone it is what one sees.
pub fn next_update(around: &Around) -> AnyView {
    let (now, zone) = (around.here.asked.received_at, around.here.member.zone);
    let Some(next) = around.detail.incident.next_update else { return ().into_any() };
    let is_late = next.is_late(now);
    let key = is_late.then_some("gap");
    let seconds = (next.due_at - now).num_seconds();
    let snoozed = next.is_snoozed.then_some("Put off. ");
    let path = around.path.clone();
    view! {
            <section class="panel" data-s=key aria-labelledby="next-update">
                <h2 id="next-update">{is_late.then(|| icon(Icon::Clock))}" Next update for stakeholders"</h2>
                <p>
                    {snoozed}"Due "<CountDown seconds=seconds/>", at "
                    <Time at=next.due_at zone=zone shape=due_shape(seconds)/>"."
                </p>
                <div class="cluster"><a class="btn" href="#update">"Write the update"</a></div>
                <details open=crate::form::again().is_again()>
                    <summary>"Later, because …"</summary>
                    <form method="post" action=path class="form" novalidate>
                        <input type="hidden" name="do" value="snooze"/>
                        <TextField name="minutes" label="Put it off by" inputmode="numeric" width="short" unit="min" value="30"/>
                        <TextField name="reason" label="Because" hint="For example: the customer sleeps until seven"/>
                        <button class="btn">"Put it off"</button>
                    </form>
                </details>
            </section>
    }
    .into_any()
}

/// Within a day the clock is enough.
fn due_shape(seconds: i64) -> TimeShape {
    if seconds.abs() < 12 * 3600 { TimeShape::Clock } else { TimeShape::Full }
}

/// One tap for each phase that it can be in next.
pub fn phases(around: &Around) -> impl IntoView + use<> {
    let incident = &around.detail.incident;
    let from = incident.phase;
    let buttons: Vec<_> = from
        .may_become()
        .iter()
        .enumerate()
        .map(|(nth, &to)| {
            let class = if nth == 0 && to > from { "btn primary" } else { "btn" };
            view! { <button class=class name="to" value=to.as_str()>{verb(from, to)}</button> }
        })
        .collect();
    let (buttons_are_none, zone) = (buttons.is_empty(), around.here.member.zone);
    let is_open = crate::form::again().problem("reached_at").is_some();
    view! {
        <form method="post" action=around.path.clone() class="stack" data-tight="" aria-label="Next phase" novalidate>
            <input type="hidden" name="do" value="phase"/>
            <div class="cluster">{buttons}</div>
            {(!buttons_are_none).then(|| view! {
                <details open=is_open>
                    <summary>"It was earlier"</summary>
                    <DateTimeField name="reached_at" label="When" zone=zone hint="Empty means now."/>
                </details>
            })}
        </form>
    }
}

fn verb(from: Phase, to: Phase) -> &'static str {
    match to {
        Phase::Acknowledged if to < from => "It goes on",
        Phase::Acknowledged => "Acknowledge",
        Phase::Mitigated => "Mitigated",
        _ => "Resolved",
    }
}

/// What stakeholders are told.
pub fn update(around: &Around) -> AnyView {
    let incident = &around.detail.incident;
    let untold: Vec<Phase> = around
        .detail
        .lacks
        .iter()
        .filter_map(|lack| match lack {
            Lack::UpdateIn(phase) => Some(*phase),
            _ => None,
        })
        .collect();
    // An update that was missed can still be given.
    let about = untold.iter().any(|phase| *phase != incident.phase).then(|| {
        let mut offered = untold.clone();
        if !offered.contains(&incident.phase) {
            offered.push(incident.phase);
        }
        let words = |phase: &Phase| match untold.contains(phase) {
            true => format!("{} (no update yet)", phase.title()),
            false => phase.title().to_owned(),
        };
        let picks = offered.iter().map(|phase| Pick::new(phase.as_str(), words(phase))).collect();
        view! { <SelectField name="about" label="It is about the phase" picks=picks value=incident.phase.as_str()/> }
    });
    view! {
        <form method="post" action=around.path.clone() class="form" novalidate>
            <input type="hidden" name="do" value="update"/>
            <input type="hidden" name="id" value=new_id()/>
            <TextArea name="update" label="Update for stakeholders" rows=3
                hint="What they notice, what is being done, when they hear more. It stands in the report."/>
            {about}
            <button class="btn primary">"Note the update"</button>
        </form>
    }
    .into_any()
}

/// Anything else that happened.
pub fn note(around: &Around) -> AnyView {
    let zone: Tz = around.here.member.zone;
    let kinds = Kind::WRITTEN.into_iter().filter(|kind| *kind != Kind::Update);
    let kinds = picks(kinds.map(|kind| (kind.as_str(), kind.title())));
    view! {
        <form method="post" action=around.path.clone() class="form" novalidate>
            <input type="hidden" name="do" value="note"/>
            <input type="hidden" name="id" value=new_id()/>
            <TextArea name="note" label="For the timeline" rows=3 hint="Markdown works. Conditions, not persons."/>
            <SelectField name="kind" label="It is a" picks=kinds value="note"/>
            <CheckboxField name="told" label="Stakeholders may read it" hint="Then it stands in the report to the customer."/>
            <details>
                <summary>"It happened earlier"</summary>
                <DateTimeField name="happened_at" label="When" zone=zone hint="Empty: now."/>
            </details>
            <button class="btn">"Add it"</button>
        </form>
    }
    .into_any()
}

/// Who has it.
pub fn assign(around: &Around) -> AnyView {
    let incident = &around.detail.incident;
    let had = incident.assignee.as_ref().map(|assignee| assignee.person.clone()).unwrap_or_default();
    let is_mine = had == around.here.member.person;
    let people = around.people.iter().map(|one| Pick::new(one.person.clone(), one.name.clone()));
    let picks = std::iter::once(Pick::new("", "Choose somebody")).chain(people).collect();
    view! {
        <form method="post" action=around.path.clone() class="form" novalidate>
            <input type="hidden" name="do" value="assign"/>
            <SelectField name="person" label="Assigned to" picks=picks value=had/>
            <div class="cluster">
                <button class="btn">"Assign it"</button>
                {(!is_mine).then(|| view! { <button class="btn" name="me" value="yes">"I take it"</button> })}
            </div>
        </form>
    }
    .into_any()
}

/// What it is about.
pub fn change(around: &Around) -> AnyView {
    let incident = &around.detail.incident;
    let severities = severity_picks(&around.detail.severities);
    let severities = severities.into_iter().map(|pick| Pick::new(pick.value, pick.label)).collect();
    let service = incident.service.as_ref().map(|(slug, _)| slug.clone()).unwrap_or_default();
    let affected = incident.affected_since.is_some();
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let again = crate::form::again();
    let had = [
        ("had_severity", incident.severity.level().to_string()),
        ("had_business_affected", yes(affected)),
        ("had_impact", incident.impact.clone()),
        ("had_service", service.clone()),
        ("had_title", incident.title.clone()),
        ("had_is_drill", yes(incident.is_drill)),
    ]
    .map(|(name, is)| view! { <input type="hidden" name=name value=again.get(name).map_or(is, str::to_owned)/> });
    view! {
        <details open=crate::form::again().is_again()>
            <summary>"Severity, impact, service"</summary>
            <form method="post" action=around.path.clone() class="form" novalidate>
                <input type="hidden" name="do" value="change"/>
                {had.collect_view()}
                <SelectField name="severity" label="Severity" picks=severities value=incident.severity.level().to_string()/>
                <CheckboxField name="business_affected" label="Business is or was affected" checked=affected
                    hint="Leave it ticked once customers notice nothing any more: they are still owed updates and the report."/>
                <TextArea name="impact" label="What customers notice" rows=3 value=incident.impact.clone()
                    hint="It stands in the report to the customer."/>
                <SelectField name="service" label="Service" picks=service_picks(around.services.clone()) value=service/>
                <TextField name="title" label="Title" value=incident.title.clone()/>
                <CheckboxField name="is_drill" label="This is a drill" checked=incident.is_drill/>
                <button class="btn">"Save the changes"</button>
            </form>
        </details>
    }
    .into_any()
}

/// By which an entry is known, so that sending it twice adds it once. What was
/// refused keeps its own.
fn new_id() -> String {
    let made = crate::pages::members::link::dice();
    let id = crate::pages::incident::fresh_id(made);
    crate::form::again().get("id").map_or(id, str::to_owned)
}
