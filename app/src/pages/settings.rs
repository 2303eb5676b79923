//! What a circle is called, and the time zone of its team.

use backend::circles;
use leptos::prelude::*;

use super::set_up::ZoneField;
use super::sign_in::done;
use crate::components::{Breadcrumb, ErrorSummary, TextField};
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, Section, circle_page};

/// A leader's page for the circle itself.
pub fn get() -> Loading {
    circle_page(Section::Members, |at| async move {
        circles::leader(&at.site.db, &at.who, &at.member.circle).await?;
        let members = format!("/circles/{}/members", at.member.circle);
        let days = format!("/circles/{}/action-days", at.member.circle);
        let zone = at.member.circle_zone;
        Ok(Page::new(
            "Name and time zone of the circle",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Members".to_owned(), members)]/>
                <h1>"Name and time zone of the circle"</h1>
                {done(&[("saved", "Name and time zone are saved.")])}
                <form method="post" class="form" novalidate>
                    <TextField name="name" label="Name of the team" value=at.member.circle_name/>
                    <ZoneField
                        label="Time zone of the team"
                        hint="Members see times in it, unless they chose one of their own."
                        value=zone.name()
                    />
                    <button class="btn primary">"Save"</button>
                </form>
                <p><a href=days>"Days by severity for corrective actions"</a></p>
            },
        ))
    })
}

/// Changes the circle; the address of its pages stays.
pub async fn post(form: Form) -> Posted {
    let circle = form.param("circle")?;
    let (name, zone) = (form.get("name"), form.get("time_zone"));
    circles::set_circle(&form.site.db, &form.who()?, circle, name, zone, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/settings?done=saved"))
}
