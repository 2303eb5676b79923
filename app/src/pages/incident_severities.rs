//! What a circle means by each severity of an incident, and how often it tells
//! those who wait; for leaders.

use backend::circles;
use backend::incidents::severities;
use domain::incident::Severity;
use leptos::prelude::*;

use crate::components::{Breadcrumb, ErrorSummary, TextField};
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, Section, circle_page};

/// The form with the four severities.
pub fn get() -> Loading {
    circle_page(Section::Incidents, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        circles::leader(db, who, circle).await?;
        let severities = severities::of_circle(db, who, circle).await?;
        let rows: Vec<_> = Severity::ALL
            .into_iter()
            .map(|severity| {
                let (meaning, level) = (severities.of(severity), severity.level());
                let minutes = meaning.update_minutes.map(|n| n.to_string()).unwrap_or_default();
                view! {
                    <fieldset class="stack" data-tight="">
                        <legend>{format!("Severity {level}")}</legend>
                        <TextField name=format!("meaning-{level}") label="When an incident is this bad"
                            value=meaning.words.clone()/>
                        <TextField name=format!("minutes-{level}") label="Stakeholders are told every" inputmode="numeric"
                            width="short" unit="min" value=minutes/>
                    </fieldset>
                }
            })
            .collect();
        let base = format!("/circles/{circle}/incidents");
        let had = severities::stamp_of(&severities);
        Ok(Page::new(
            "Severities – Incidents",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Incidents".to_owned(), base)]/>
                <h1>"Severities of incidents"</h1>
                <p>
                    "While an incident runs, its page counts down to the next update for stakeholders. Without minutes no clock \
                     runs. Incidents that run follow at once."
                </p>
                <form method="post" class="form" novalidate>
                    <input type="hidden" name="had" value=had/>
                    {rows}
                    <button class="btn primary">"Save the severities"</button>
                </form>
            },
        ))
    })
}

/// Saves the severities.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let typed = Severity::ALL.map(|severity| {
        let of = |what: &str| form.get(&format!("{what}-{}", severity.level())).to_owned();
        (of("meaning"), of("minutes"))
    });
    let had = form.has("had").then(|| form.get("had"));
    severities::set(&form.site.db, &who, circle, &typed, had, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/incidents?done=saved"))
}
