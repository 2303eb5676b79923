//! The way into the demo circle: a visitor becomes one of its people.

use backend::demo::{self, DemoPerson};
use backend::{Error, people, setup};
use domain::people::Role;
use leptos::prelude::*;

use super::sign_in::remember;
use crate::components::ErrorSummary;
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, open_page};

/// The people of the demo circle by role; gone where there is no demo.
pub fn get() -> Loading {
    open_page(|site, asked| async move {
        let people = demo::people(&site.db, asked.received_at).await?;
        if people.is_empty() {
            return Err(Error::NotFound);
        }
        let roles = Role::ALL.map(|role| {
            let of_role = people.iter().filter(|person| person.role == role).cloned();
            in_role(role, of_role.collect())
        });
        let may_remove = demo::may_change(&site.db, asked.who.as_ref()).await?;
        let is_set_up = setup::is_set_up(&site.db).await?;
        Ok(Page::new(
            "Look around in the demo circle",
            view! {
                <ErrorSummary/>
                <h1>"Whom would you like to be?"</h1>
                <p class="lead">
                    "A made-up team with made-up results. Choose somebody and see what they see; no password is needed, and you can be somebody else at any time."
                </p>
                {roles.collect_view()}
                {may_remove.then(|| after(is_set_up, site.leads_to_demo))}
            },
        ))
    })
}

/// Signs in as the chosen person, who has no password.
pub async fn post(form: Form) -> Posted {
    let signed_in = people::enter_demo(&form.site.db, form.get("person")).await?;
    let circle = demo::circle(&form.site.db).await?.ok_or(Error::NotFound)?;
    remember(&form.session, signed_in, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}"))
}

fn in_role(role: Role, people: Vec<DemoPerson>) -> impl IntoView {
    let (title, sees) = match role {
        Role::Leader => ("A leader", "Builds tests, plans rounds, and sees how everyone stands."),
        Role::Engineer => ("An engineer", "Sits tests, and sees what is missing for going on call."),
        Role::Reader => ("A reader", "Sees how many are ready, without names."),
    };
    (!people.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight>
                <h2>{title}</h2>
                <p class="meta">{sees}</p>
                <ul class="entrances">{people.into_iter().map(entrance).collect_view()}</ul>
            </section>
        }
    })
}

fn entrance(person: DemoPerson) -> impl IntoView {
    let note = note(&person);
    let described = format!("about-{}", person.person);
    view! {
        <li>
            <form method="post">
                <input type="hidden" name="person" value=person.person/>
                <button class="btn" aria-describedby=note.is_some().then(|| described.clone())>"Be " {person.name}</button>
            </form>
            {note.map(|note| view! { <span class="meta" id=described>{note}</span> })}
        </li>
    }
}

/// What there is to do or to see as this person.
fn note(person: &DemoPerson) -> Option<String> {
    if person.n_sitting > 0 {
        return Some("is in the middle of a test".to_owned());
    }
    let results = match person.n_results {
        0 => None,
        1 => Some("one result".to_owned()),
        n => Some(format!("{n} results")),
    };
    match (person.n_to_sit > 0, results) {
        (true, Some(results)) => Some(format!("has a test to sit, and {results}")),
        (true, None) => Some("has a test to sit".to_owned()),
        (false, Some(results)) => Some(format!("has {results}")),
        (false, None) => None,
    }
}

/// What comes after looking around, for those who may decide it.
fn after(is_set_up: bool, leads_to_demo: bool) -> impl IntoView {
    view! {
        <section class="stack" data-tight>
            <h2>"When you have seen enough"</h2>
            {(!is_set_up && leads_to_demo).then(|| view! {
                <p class="meta">"For a team of your own, start Muster without "<code>"--demo"</code>"."</p>
            })}
            <p class="cluster">
                {(!is_set_up && !leads_to_demo).then(|| view! { <a class="btn" href="/set-up">"Set up my team"</a> })}
                <a class="btn" href="/demo/remove">"Remove the demo"</a>
            </p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_what_there_is_to_do_first() {
        let person = |n_to_sit, n_sitting, n_results| DemoPerson {
            person: "p".to_owned(),
            name: "Ada Brown".to_owned(),
            role: Role::Engineer,
            n_to_sit,
            n_sitting,
            n_results,
        };
        for (person, expected) in [
            (person(0, 0, 0), None),
            (person(1, 1, 4), Some("is in the middle of a test")),
            (person(1, 0, 0), Some("has a test to sit")),
            (person(2, 0, 4), Some("has a test to sit, and 4 results")),
            (person(0, 0, 1), Some("has one result")),
        ] {
            assert_eq!(note(&person).as_deref(), expected);
        }
    }
}
