//! One incident: when the next update is due, which phase comes next, what
//! happened, and what it lacks before it can be closed.

mod closing;
mod facts;
mod forms;
pub mod report;
mod timeline;

use std::collections::BTreeMap;

use backend::circles::MemberOf;
use backend::error::Problem;
use backend::incidents::working::{self, Facts, Said};
use backend::incidents::{self, Detail, Incident};
use backend::postmortems::Postmortem;
use backend::{Error, actions, circles, postmortems, services};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::incident::{Audience, Kind, Number, Phase, Severity as Level};
use leptos::context::Provider;
use leptos::prelude::*;

use super::account::of_form;
use super::incidents::words::{length_words, path_of, phase_view};
use super::question_edit::resting::resting_on;
use super::sign_in::done;
use crate::components::{Breadcrumb, ErrorSummary, Severity, from_local, unsent};
use crate::form::{Form, Posted};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, browser_part, circle_page, path_param};

/// What the forms of the page offer.
#[derive(Clone)]
struct Around {
    here: InCircle,
    detail: Detail,
    path: String,
    people: Vec<MemberOf>,
    services: BTreeMap<String, String>,
    /// The postmortem about it.
    written: Option<Postmortem>,
    is_oldest_first: bool,
}

/// An incident with all there is to say about it.
pub fn get() -> Loading {
    let number = path_param("incident");
    let is_oldest_first = query_value("order").as_deref() == Some("oldest");
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let number = number.parse::<Number>().map_err(|_| Error::NotFound)?;
        let detail = incidents::find(db, who, circle, number).await?;
        let (people, services) = if detail.may_work() {
            (actions::workers(db, who, circle).await?, services::names(db, who, circle).await?)
        } else {
            (Vec::new(), BTreeMap::new())
        };
        let path = path_of(circle, number);
        let base = format!("/circles/{circle}/incidents");
        let incident = &detail.incident;
        let title = format!("{number} {}", incident.title);
        let length = length_words(incident, here.asked.received_at);
        let running = if incident.phase.is_running() { "running" } else { "in all" };
        let (level, phase, is_drill) = (incident.severity.level(), incident.phase, incident.is_drill);
        let wakes = incident.next_update.is_some().then(|| browser_part(&here.site));
        let resting = resting_on(&here, &format!("incident:{number}")).await?;
        let leads = here.member.role == domain::people::Role::Leader;
        let lost = (!detail.may_work()).then(|| {
            unsent([
                ("update", "Update for stakeholders"),
                ("note", "Note"),
                ("resolution", "Resolution notes"),
            ])
        });
        let asks = leads.then(|| format!("/circles/{circle}/write-question?from=incident:{number}"));
        let written = postmortems::of_incident(db, who, circle, number.0).await?;
        let around = Around { here: here.clone(), detail, path, people, services, written, is_oldest_first };
        Ok(Page::new(
            format!("{title} – Incidents"),
            view! {
                <ErrorSummary/>
                {lost.flatten()}
                <Breadcrumb trail=vec![("Incidents".to_owned(), base)]/>
                <div class="head">
                    <h1><bdi>{title}</bdi></h1>
                    <p class="cluster">
                        <Severity level=level/>
                        {phase_view(phase)}
                        {is_drill.then(|| view! { <span class="tag">"Drill"</span> })}
                        <span class="meta">{format!("{length} {running}")}</span>
                    </p>
                </div>
                {done(&[
                    ("opened", "The incident is open."),
                    ("moved", "The phase is noted."),
                    ("told", if wakes.is_some() { "The update is noted, and the clock runs anew." } else { "The update is noted." }),
                    ("said", "It stands in the timeline."),
                    ("snoozed", "The update is put off."),
                    ("assigned", "The incident is assigned."),
                    ("changed", "The changes are saved."),
                    ("explained", "The resolution notes are saved."),
                    ("closed", "The incident is closed."),
                    ("withdrawn", "It is taken out of the report. The timeline keeps it."),
                ])}
                {body(around)}
                {asks.map(|href| view! { <p class="no-print"><a class="btn" href=href>"Make a question of this"</a></p> })}
                {resting}
                {wakes}
            },
        ))
    })
}

fn body(around: Around) -> impl IntoView {
    let works = around.detail.may_work();
    // A form takes what was typed into it, so it is made inside.
    let one = |named: &'static str, form: fn(&Around) -> AnyView| {
        let around = around.clone();
        works.then(|| view! { <Provider value=of_form(named)>{form(&around)}</Provider> })
    };
    view! {
        {one("snooze", forms::next_update)}
        {works.then(|| forms::phases(&around))}
        <div class="split">
            <div class="stack" data-loose="">
                {timeline::alerts(&around)}
                {one("update", forms::update)}
                {one("note", forms::note)}
                {timeline::timeline(&around)}
                {closing::closing(&around)}
            </div>
            <aside class="stack" aria-label="Facts">
                {facts::facts(&around)}
                {one("assign", forms::assign)}
                {one("change", forms::change)}
            </aside>
        </div>
    }
}

/// When something happened that is written down later; empty: now.
fn earlier(form: &Form, field: &str, zone: Tz) -> backend::Result<Option<DateTime<Utc>>> {
    let typed = form.get(field);
    match (from_local(typed, zone), typed.trim().is_empty()) {
        (None, false) => Err(Error::refused(field, "Enter a day and a time, for example 2026-03-02T14:30.")),
        (at, _) => Ok(at),
    }
}

/// Does what one of the forms asks for.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let number: Number = form.param("incident")?.parse().map_err(|_| Error::NotFound)?;
    let (db, now) = (&form.site.db, form.asked.received_at);
    let member = circles::member(db, &who, circle).await?;
    let code = match form.get("do") {
        "phase" => {
            let to = Phase::parse(form.get("to")).ok_or(Error::NotFound)?;
            let reached_at = earlier(&form, "reached_at", member.zone)?;
            working::step(db, &who, circle, number, to, reached_at, now).await?;
            "moved"
        }
        "update" => {
            let said = Said {
                id: form.get("id"),
                kind: Kind::Update,
                audience: Audience::Stakeholders,
                words: form.get("update"),
                about: Phase::parse(form.get("about")),
                happened_at: None,
            };
            working::add(db, &who, circle, number, said, now).await.map_err(|why| renamed(why, "update"))?;
            "told"
        }
        "note" => {
            let happened_at = earlier(&form, "happened_at", member.zone)?;
            let audience = if form.has("told") { Audience::Stakeholders } else { Audience::Internal };
            let said = Said {
                id: form.get("id"),
                kind: Kind::parse(form.get("kind"))
                    .filter(|kind| *kind != Kind::Update)
                    .unwrap_or(Kind::Note),
                audience,
                words: form.get("note"),
                about: None,
                happened_at,
            };
            working::add(db, &who, circle, number, said, now).await.map_err(|why| renamed(why, "note"))?;
            "said"
        }
        "snooze" => {
            let (minutes, reason) = (form.get("minutes"), form.get("reason"));
            working::snooze(db, &who, circle, number, minutes, reason, now).await?;
            "snoozed"
        }
        "assign" => {
            let person = if form.has("me") { who.person.as_str() } else { form.get("person") };
            working::assign(db, &who, circle, number, person, now).await?;
            "assigned"
        }
        "change" => {
            let is = incidents::find(db, &who, circle, number).await?.incident;
            working::change(db, &who, circle, number, &facts(&form, &is), now).await?;
            "changed"
        }
        "explain" => {
            let had = form.has("had").then(|| form.get("had"));
            working::explain(db, &who, circle, number, form.get("resolution"), had, now).await?;
            "explained"
        }
        "withdraw" => {
            let turn = form.get("turn").parse().map_err(|_| Error::NotFound)?;
            working::withdraw(db, &who, circle, number, turn, form.get("because"), now).await?;
            "withdrawn"
        }
        "close" => {
            incidents::closing::close(db, &who, circle, number, form.get("override_reason"), now).await?;
            "closed"
        }
        _ => return Err(Error::NotFound),
    };
    Ok(format!("{}?done={code}", path_of(circle, number)))
}

/// The words of an entry stand in a field of another name.
fn renamed(why: Error, field: &str) -> Error {
    let Error::Refused(problems) = why else { return why };
    let rename = |problem: Problem| match problem.field.as_str() {
        "words" => Problem::new(field, problem.what),
        _ => problem,
    };
    Error::Refused(problems.into_iter().map(rename).collect())
}

/// A new id, by chance.
fn fresh_id(mut dice: impl rand::RngCore) -> String {
    format!("{:016x}{:016x}", dice.next_u64(), dice.next_u64())
}

/// What the form changes: a field that says what it said when the page was
/// loaded leaves alone what somebody else has changed since.
fn facts(form: &Form, is: &Incident) -> Facts {
    let had = |name: &str| {
        let name = format!("had_{name}");
        form.has(&name).then(|| form.get(&name).to_owned())
    };
    let text = |name: &str, is: String| match had(name) {
        Some(had) if had == form.get(name) => is,
        _ => form.get(name).to_owned(),
    };
    let ticked = |name: &str, is: bool| match had(name) {
        Some(had) if (had == "yes") == form.has(name) => is,
        _ => form.has(name),
    };
    Facts {
        title: text("title", is.title.clone()),
        service: text("service", is.service.as_ref().map(|(slug, _)| slug.clone()).unwrap_or_default()),
        severity: text("severity", is.severity.level().to_string()).parse().ok().and_then(Level::new),
        business_affected: ticked("business_affected", is.affected_since.is_some()),
        impact: text("impact", is.impact.clone()),
        is_drill: ticked("is_drill", is.is_drill),
    }
}
