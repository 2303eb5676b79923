//! Opening an incident by hand.

use backend::incidents::opening::{self, Draft};
use backend::incidents::{Severities, severities};
use backend::{Error, services};
use domain::incident::Severity;
use domain::people::Role;
use leptos::prelude::*;

use crate::components::{
    Breadcrumb, CheckboxField, DateTimeField, ErrorSummary, Pick, RadioGroup, SelectField, TextArea,
    TextField, from_local,
};
use crate::form::{Form, Posted, key_field};
use crate::server::query_value;
use crate::shell::{Loading, Page, Section, circle_page};

/// The form that opens one.
pub fn get() -> Loading {
    let service = query_value("service").unwrap_or_default();
    circle_page(Section::Incidents, |here| async move {
        if here.member.role == Role::Reader {
            return Err(Error::NotFound);
        }
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let services = services::names(db, who, circle).await?;
        let severities = severities::of_circle(db, who, circle).await?;
        let base = format!("/circles/{circle}/incidents");
        Ok(Page::new(
            "Open an incident",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Incidents".to_owned(), base.clone())]/>
                <h1>"Open an incident"</h1>
                <form method="post" class="form" novalidate>
                    {key_field()}
                    <TextField name="title" label="What goes wrong" hint="In one line, for example Checkout is slow"/>
                    <RadioGroup name="severity" legend="How bad it is" picks=severity_picks(&severities)/>
                    <SelectField name="service" label="Service" picks=service_picks(services) value=service/>
                    <CheckboxField name="business_affected" label="Business is affected"
                        hint="Then stakeholders are told in every phase, and the customer has a report."/>
                    <TextArea name="impact" label="What customers notice" rows=2
                        hint="It stands in the report to the customer."/>
                    <DateTimeField name="detected_at" label="Noticed" zone=here.member.zone hint="Empty: now."/>
                    <CheckboxField name="is_drill" label="This is a drill" hint="An exercise counts in no statistics."/>
                    <div class="cluster">
                        <button class="btn primary">"Open the incident"</button>
                        <a class="btn" href=base>"Leave it"</a>
                    </div>
                </form>
            },
        ))
    })
}

/// The severities, each with what it means here and how often it is told.
pub fn severity_picks(severities: &Severities) -> Vec<Pick> {
    let pick = |severity: Severity| {
        let meaning = severities.of(severity);
        let label = format!("{}: {}", severity.level(), meaning.words);
        let hint = match meaning.update_minutes {
            Some(minutes) => format!("Stakeholders hear of it every {minutes} min"),
            None => "No clock runs for updates".to_owned(),
        };
        Pick::new(severity.level().to_string(), label).hint(hint)
    };
    Severity::ALL.map(pick).to_vec()
}

pub fn service_picks(services: impl IntoIterator<Item = (String, String)>) -> Vec<Pick> {
    let none = Pick::new("", "Not known yet");
    std::iter::once(none).chain(services.into_iter().map(|(slug, name)| Pick::new(slug, name))).collect()
}

/// Opens the incident.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    let member = backend::circles::member(db, &who, circle).await?;
    if member.role == Role::Reader {
        return Err(Error::NotFound);
    }
    let typed = form.get("detected_at");
    let detected_at = from_local(typed, member.zone);
    if detected_at.is_none() && !typed.trim().is_empty() {
        return Err(Error::refused("detected_at", "Enter a day and a time, for example 2026-03-02T14:30."));
    }
    let draft = Draft {
        title: form.get("title").to_owned(),
        service: form.get("service").to_owned(),
        severity: form.get("severity").parse().ok().and_then(Severity::new),
        detected_at,
        is_drill: form.has("is_drill"),
        business_affected: form.has("business_affected"),
        impact: form.get("impact").to_owned(),
        key: form.get("key").to_owned(),
    };
    let number = opening::open(db, &who, circle, &draft, now).await?;
    Ok(format!("/circles/{circle}/incidents/{number}?done=opened"))
}
