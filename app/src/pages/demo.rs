//! The way into the demo circle: a visitor becomes one of its people.

use backend::demo::{self, DemoPerson};
use backend::{Error, people};
use domain::people::Role;
use leptos::prelude::*;

use super::sign_in::remember;
use crate::components::ErrorSummary;
use crate::form::{Form, Posted};
use crate::shell::{Page, open_page};

/// The people of the demo circle by role; gone where there is no demo.
#[component]
pub fn DemoPage() -> impl IntoView {
    open_page(|site, _| async move {
        let people = demo::people(&site.db).await?;
        if people.is_empty() {
            return Err(Error::NotFound);
        }
        let roles = Role::ALL.map(|role| {
            let of_role = people.iter().filter(|person| person.role == role.as_str()).cloned();
            in_role(role, of_role.collect())
        });
        Ok(Page::new(
            "Look around in the demo circle",
            view! {
                <ErrorSummary/>
                <h1>"Whom would you like to be?"</h1>
                <p class="lead">
                    "The people and results here are made up. You see what the person sees, and can sign out and be another."
                </p>
                {roles.collect_view()}
            },
        ))
    })
}

/// Signs in as the chosen person, who has no password.
pub async fn post(form: Form) -> Posted {
    let signed_in = people::enter_demo(&form.site.db, form.get("person")).await?;
    remember(&form.session, signed_in).await?;
    Ok("/circles/demo".to_owned())
}

fn in_role(role: Role, people: Vec<DemoPerson>) -> impl IntoView {
    let sees = match role {
        Role::Leader => "Builds tests, plans rounds, and sees how everyone stands.",
        Role::Engineer => "Sits tests, and sees what is missing for going on call.",
        Role::Reader => "Reads how many are ready, without names.",
    };
    (!people.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight>
                <h2>{role.title()}</h2>
                <p class="meta">{sees}</p>
                <ul class="cluster">{people.into_iter().map(|person| entrance(role, person)).collect_view()}</ul>
            </section>
        }
    })
}

fn entrance(role: Role, person: DemoPerson) -> impl IntoView {
    let style = if role == Role::Leader { "btn primary" } else { "btn" };
    view! {
        <li>
            <form method="post">
                <input type="hidden" name="person" value=person.person/>
                <button class=style>"Be " {person.name} ", " {role.as_str()}</button>
            </form>
        </li>
    }
}
