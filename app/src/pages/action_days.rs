//! How many working days a circle gives its actions, severity by severity; for
//! leaders.

use backend::actions::clocks;
use backend::circles;
use domain::action::Severity;
use leptos::prelude::*;

use super::sign_in::done;
use crate::components::{Breadcrumb, ErrorSummary, TextField};
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, Section, circle_page};

/// The form with the days.
pub fn get() -> Loading {
    circle_page(Section::Actions, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        circles::leader(db, who, circle).await?;
        let clocks = clocks::of_circle(db, who, circle).await?;
        let rows: Vec<_> = Severity::ALL
            .into_iter()
            .map(|severity| {
                let (assign, done) = clocks.days(severity);
                let level = severity.level();
                view! {
                    <fieldset class="cluster">
                        <legend>{format!("Severity {level}")}</legend>
                        <TextField name=format!("assign-{level}") label="Assigned within" inputmode="numeric" width="short"
                            unit="working days" value=assign.to_string()/>
                        <TextField name=format!("done-{level}") label="Done within" inputmode="numeric" width="short"
                            unit="working days" value=done.to_string()/>
                    </fieldset>
                }
            })
            .collect();
        let base = format!("/circles/{circle}/actions");
        Ok(Page::new(
            "Days by severity – Actions",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Actions".to_owned(), base)]/>
                <h1>"Days by severity"</h1>
                {done(&[("saved", "The days are saved. Actions that are there keep their dates.")])}
                <p>
                    "An action has two dates: until when somebody takes it, and until when it is done. They are counted from \
                     the day it is made, Monday to Friday, by the calendar of the team's time zone. What passes its date \
                     shows on the home page of its owner, and after one more working day on yours."
                </p>
                <form method="post" class="form" novalidate>
                    {rows}
                    <button class="btn primary">"Save the days"</button>
                </form>
            },
        ))
    })
}

/// Saves the days.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let typed = Severity::ALL.map(|severity| {
        let of = |what: &str| form.get(&format!("{what}-{}", severity.level())).to_owned();
        (of("assign"), of("done"))
    });
    clocks::set(&form.site.db, &who, circle, &typed, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/action-days?done=saved"))
}
