//! Writing down whom one calls for a service, by its leaders.

use backend::actions::workers;
use backend::circles::{self, MemberOf};
use backend::services::{self, STEPS_LIMIT, Step, StepDraft};
use backend::{Error, services::set_escalation};
use leptos::prelude::*;

use super::service_edit::trail;
use crate::components::{Breadcrumb, ErrorSummary, Pick, SelectField, TextField};
use crate::form::{Form, Posted, again};
use crate::shell::{Loading, Page, Section, circle_page, path_param};

/// The path, a group of fields for each step.
pub fn get() -> Loading {
    let slug = path_param("service");
    circle_page(Section::Services, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        circles::leader(db, who, circle).await?;
        let service = services::find(db, who, circle, &slug).await?;
        let steps = services::escalation(db, who, circle, &slug).await?;
        let people = workers(db, who, circle).await?;
        let back = format!("/circles/{circle}/services/{slug}");
        let title = format!("Whom to call for {}", service.name);
        let revision = again().value("revision", &service.revision.to_string());
        let n_rows = n_rows(&again().value("rows", ""), steps.len());
        let rows: Vec<_> = (1..=n_rows).map(|n| row(n, steps.get(n - 1), &steps, &people)).collect();
        let one_more = (n_rows < STEPS_LIMIT)
            .then(|| view! { <button class="btn" name="do" value="more">"Add a step"</button> });
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail(circle, &service)/>
                <h1>{title}</h1>
                <p class="lead">
                    "The minutes make the order: 0 is called first, 15 when nobody has answered for a quarter of an hour. \
                     A step that is left empty goes away."
                </p>
                <form method="post" class="form" novalidate>
                    <input type="hidden" name="revision" value=revision/>
                    <input type="hidden" name="rows" value=n_rows/>
                    {rows}
                    <div class="cluster">
                        <button class="btn primary" name="do" value="save">"Save the path"</button>
                        {one_more}
                        <a class="btn" href=back>"Leave it as it is"</a>
                    </div>
                </form>
            },
        ))
    })
}

/// Saves the path, or shows the form with room for one more.
pub async fn post(form: Form) -> Posted {
    let (who, circle, slug) = (form.who()?, form.param("circle")?, form.param("service")?);
    circles::leader(&form.site.db, &who, circle).await?;
    if form.get("do") == "more" {
        return Err(Error::Refused(Vec::new()));
    }
    let text = |name: &str, n: usize| form.get(&format!("{name}-{n}")).to_owned();
    let steps: Vec<StepDraft> = (1..=STEPS_LIMIT)
        .map(|n| StepDraft {
            person: text("person", n),
            name: text("name", n),
            phone: text("phone", n),
            after_minutes: text("after", n),
        })
        .collect();
    let revision = form.get("revision").parse().unwrap_or(0);
    set_escalation(&form.site.db, &who, circle, slug, revision, &steps, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/services/{slug}?done=escalation"))
}

/// How many steps the form has room for: those there are and one more, or one
/// more than it had.
fn n_rows(had: &str, n_steps: usize) -> usize {
    let is_to_grow = again().get("do") == Some("more");
    let shown = had.parse().unwrap_or_else(|_| (n_steps + 1).max(3));
    (shown + usize::from(is_to_grow)).clamp(n_steps.max(1), STEPS_LIMIT)
}

fn row(n: usize, step: Option<&Step>, path: &[Step], people: &[MemberOf]) -> impl IntoView + use<> {
    let mut picks = vec![Pick::new("", "Nobody of the circle")];
    picks.extend(people.iter().map(|one| Pick::new(one.person.clone(), one.name.clone())));
    for gone in path.iter().filter(|step| !step.is_there) {
        if let Some(person) = gone.person.clone().filter(|it| picks.iter().all(|pick| pick.value != *it)) {
            picks.push(Pick::new(person, format!("{} (not here any more)", gone.name)));
        }
    }
    let person = step.and_then(|step| step.person.clone()).unwrap_or_default();
    let name = step.filter(|step| step.person.is_none()).map(|step| step.name.clone()).unwrap_or_default();
    let phone = step.map(|step| step.phone.clone()).unwrap_or_default();
    let after = step.map(|step| step.after_minutes.to_string()).unwrap_or_default();
    view! {
        <fieldset class="panel">
            <legend class="vh">{format!("Step {n}")}</legend>
            <h2 aria-hidden="true">{format!("Step {n}")}</h2>
            <SelectField name=format!("person-{n}") label="Somebody of the circle" picks=picks value=person/>
            <TextField name=format!("name-{n}") label="or somebody else, by name" value=name width="medium"/>
            <TextField name=format!("phone-{n}") label="Phone" kind="tel" inputmode="tel" value=phone width="medium"/>
            <TextField name=format!("after-{n}") label="Called after" inputmode="numeric" value=after width="short" unit="min"/>
        </fieldset>
    }
}
