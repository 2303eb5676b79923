//! Whether an incident asks for a postmortem: five triggers, each with what the
//! facts say, decided by a person.

use backend::Error;
use backend::incidents::Postmortem as Standing;
use backend::postmortems::deciding::{self, Decided, Decision, Question};
use backend::postmortems::of_incident;
use domain::incident::Number;
use domain::people::Role;
use domain::postmortem::{Suggestion, Trigger};
use leptos::prelude::*;

use crate::components::{
    Breadcrumb, Empty, ErrorSummary, Notice, NoticeKind, RadioGroup, TextField, Time, picks,
};
use crate::form::{Form, Posted};
use crate::pages::sign_in::done;
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// The five triggers of an incident.
pub fn get() -> Loading {
    let asked = query_value("incident").unwrap_or_default();
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let Ok(number) = asked.parse::<Number>() else {
            return Ok(Page::new("Postmortem or not", which(circle)));
        };
        let question = deciding::question(db, who, circle, number.0).await?;
        let written = of_incident(db, who, circle, number.0).await?;
        let incident = format!("/circles/{circle}/incidents/{number}");
        let title = format!("A postmortem of {number}?");
        let trail = vec![
            ("Incidents".to_owned(), format!("/circles/{circle}/incidents")),
            (number.to_string(), incident),
        ];
        let stands = stands(&here, &question, written.map(|one| one.number));
        let about = question.incident.incident.title.clone();
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>{title}</h1>
                <p class="lead"><bdi>{about}</bdi></p>
                {done(&[("decided", "The decision is written down.")])}
                {stands}
                {form(&here, &question)}
                {history(&here, &question)}
            },
        ))
    })
}

fn which(circle: &str) -> impl IntoView + use<> {
    let incidents = format!("/circles/{circle}/incidents");
    view! {
        <h1>"Postmortem or not"</h1>
        <Empty title="Of which incident?" text="The five triggers are decided for one incident. Open it, and go on from there.">
            <a class="btn" href=incidents>"The incidents"</a>
        </Empty>
    }
}

fn stands(
    here: &InCircle,
    question: &Question,
    written: Option<domain::postmortem::Number>,
) -> impl IntoView + use<> {
    let circle = &here.member.circle;
    let number = question.incident.incident.number;
    let decided = match &question.incident.incident.postmortem {
        Standing::Undecided => "Nobody has decided yet.".to_owned(),
        Standing::Decided { is_wanted: true, by, .. } => format!("{by} decided that there is to be one."),
        Standing::Decided { is_wanted: false, by, reason, .. } => {
            format!("{by} decided that there is to be none: {reason}")
        }
    };
    let is_wanted =
        matches!(&question.incident.incident.postmortem, Standing::Decided { is_wanted: true, .. });
    let (write, there) = (
        format!("/circles/{circle}/write-postmortem?incident={number}"),
        written.map(|number| (format!("/circles/{circle}/postmortems/{number}"), number)),
    );
    let works = here.member.role != Role::Reader;
    let next = match there {
        Some((href, number)) => view! { <p><a href=href>{number.to_string()}</a></p> }.into_any(),
        None if is_wanted && works => {
            view! { <p><a class="btn primary" href=write>"Write the postmortem"</a></p> }.into_any()
        }
        None => ().into_any(),
    };
    view! { <Notice kind=NoticeKind::Info title=decided>{next}</Notice> }
}

fn form(here: &InCircle, question: &Question) -> Option<impl IntoView + use<>> {
    let number = question.incident.incident.number.to_string();
    let n_had = question.history.len().to_string();
    let fields: Vec<_> =
        question.suggestions.iter().map(|one| trigger(one, question.of(one.trigger))).collect();
    (here.member.role != Role::Reader).then(|| {
        view! {
            <form method="post" class="form" novalidate>
                <input type="hidden" name="incident" value=number/>
                <input type="hidden" name="had" value=n_had/>
                {fields}
                <TextField name="why_none" label="Where it is no to all: why there is to be no postmortem"/>
                <button class="btn primary">"Write the decision down"</button>
            </form>
        }
    })
}

fn trigger(one: &Suggestion, decided: Option<&Decided>) -> impl IntoView + use<> {
    let name = one.trigger.as_str();
    let suggested = if one.is_met { "The facts say yes." } else { "The facts say no." };
    let hint = format!("{suggested} {}", one.evidence.join(" "));
    let value = decided.map_or(one.is_met, |decided| decided.is_met);
    let value = if value { "yes" } else { "no" }.to_owned();
    let reason = decided.map(|decided| decided.reason.clone()).unwrap_or_default();
    view! {
        <section class="panel stack">
            <RadioGroup name=name legend=one.trigger.title() hint=hint picks=picks([("yes", "Yes"), ("no", "No")]) value=value/>
            <TextField name=format!("{name}_reason") label="Because" value=reason hint="Needed where the facts say yes and you say no."/>
        </section>
    }
}

fn history(here: &InCircle, question: &Question) -> Option<impl IntoView + use<>> {
    let zone = here.member.zone;
    let rows: Vec<_> = question
        .history
        .iter()
        .rev()
        .map(|one| {
            let said = if one.is_met { "yes" } else { "no" };
            let against = if one.is_met == one.was_suggested { "" } else { ", against what the facts said" };
            let because =
                if one.reason.is_empty() { String::new() } else { format!(" Because: {}", one.reason) };
            let words = format!(
                "{}: {said}{against}.{because} Evidence: {}",
                one.trigger.title(),
                one.evidence.join(" ")
            );
            let (by, at) = (one.by.clone(), one.at);
            view! { <li><Time at=at zone=zone/>" "<bdi>{by}</bdi>". "{words}</li> }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="decided">
                <h2 id="decided">"What was decided"</h2>
                <ol class="stack" data-tight="">{rows}</ol>
            </section>
        }
    })
}

/// Writes the decision down.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let number: Number = form.get("incident").parse().map_err(|_| Error::NotFound)?;
    let said: Vec<(Trigger, Option<bool>, String)> = Trigger::ALL
        .into_iter()
        .map(|trigger| {
            let is_met = match form.get(trigger.as_str()) {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            };
            (trigger, is_met, form.get(&format!("{}_reason", trigger.as_str())).to_owned())
        })
        .collect();
    let said: Vec<(Trigger, Option<bool>, &str)> =
        said.iter().map(|(trigger, is_met, reason)| (*trigger, *is_met, reason.as_str())).collect();
    let n_had = form.get("had").parse().ok();
    let (db, now) = (&form.site.db, form.asked.received_at);
    let decision = Decision { said: &said, why_none: form.get("why_none"), n_had };
    deciding::decide(db, &who, circle, number.0, decision, now).await?;
    Ok(format!("/circles/{circle}/postmortem-triggers?incident={number}&done=decided"))
}
