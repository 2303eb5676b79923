//! Everyone who has an account, for administrators.

pub mod one;

use backend::circles::{self, Leaderless};
use backend::people::{self, Person, Who};
use backend::{Db, Error, audit};
use chrono_tz::Tz;
use leptos::prelude::*;

use self::one::one;
use super::audit::AuditTable;
use super::member::password_link;
use super::members::is_real;
use super::members::link::{dice, show_once};
use super::members::listing::{holds, listing, page_asked};
use super::sign_in::done;
use crate::components::{ErrorSummary, Pick, Scroll, SelectField, TextField};
use crate::form::{Form, Posted};
use crate::server::query_value;
use crate::shell::{Loading, Page, encode, person_page};

/// Everyone, or the person of `?person=`, or what was done outside all circles
/// for `?log`.
pub fn get() -> Loading {
    person_page(|site, _, who| async move {
        let people = people::list(&site.db, &who).await?;
        if let Some(id) = query_value("person") {
            let person = people.into_iter().find(|person| person.person == id).ok_or(Error::NotFound)?;
            return one(person, &who).await;
        }
        if query_value("log").is_some() {
            return log(&site.db, &who).await;
        }
        let leaderless = circles::leaderless(&site.db, &who).await?;
        let fits = |person: &Person, q: &str| holds(&person.name, q) || holds(&person.email, q);
        let list = listing(people, "/people", fits, |rows| view! { <PeopleTable rows=rows/> }.into_any());
        Ok(Page::new(
            "People",
            view! {
                <ErrorSummary/>
                <h1>"People"</h1>
                {tabs(false)}
                {done(&[("appointed", "The circle has a leader again.")])}
                {(!leaderless.is_empty()).then(|| view! { <Appointment circles=leaderless/> })}
                {list}
            },
        ))
    })
}

/// Disables or enables an account, makes a link for a new password, or appoints
/// a leader.
pub async fn post(form: Form) -> Posted {
    let (who, id) = (form.who()?, form.get("person"));
    let (db, now) = (&form.site.db, form.asked.received_at);
    let page = format!("/people?person={}", encode(id));
    match form.get("do") {
        "disable" => {
            people::disable(db, &who, id, now).await?;
            Ok(format!("{page}&done=disabled"))
        }
        "enable" => {
            people::enable(db, &who, id, now).await?;
            Ok(format!("{page}&done=enabled"))
        }
        "link" => {
            let token = people::make_reset_link_as_administrator(db, &who, id, now, &mut dice()).await?;
            show_once(&form, password_link(&form, "/people".to_owned(), &token)).await?;
            Ok(page)
        }
        "appoint" => {
            let email = form.get("email").trim().to_lowercase();
            let people = people::list(db, &who).await?;
            let found = people.into_iter().find(|person| person.email == email);
            let person =
                found.ok_or_else(|| Error::refused("email", "Nobody has an account with this e-mail."))?;
            circles::appoint_leader(db, &who, form.get("circle"), &person.person, now).await?;
            Ok("/people?done=appointed".to_owned())
        }
        _ => Err(Error::NotFound),
    }
}

fn tabs(is_log: bool) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Administration">
            <ul>
                <li><a href="/people" aria-current=(!is_log).then_some("page")>"Accounts"</a></li>
                <li><a href="/people?log=1" aria-current=is_log.then_some("page")>"What was done"</a></li>
            </ul>
        </nav>
    }
}

#[component]
fn PeopleTable(rows: Vec<Person>) -> impl IntoView {
    let row = |person: Person| {
        let href = format!("/people?person={}", encode(&person.person));
        view! {
            <tr>
                <th scope="row"><a class="cover" href=href>{person.name}</a></th>
                <td data-label="E-mail">{is_real(&person.email).then_some(person.email)}</td>
                <td data-label="Account">
                    {if person.disabled_at.is_some() { "Disabled" } else { "In use" }}
                    {person.administrator.then(|| view! { " " <span class="tag">"Administrator"</span> })}
                </td>
            </tr>
        }
    };
    view! {
        <Scroll name="Accounts">
            <table class="fold">
                <caption class="vh">"Accounts"</caption>
                <thead>
                    <tr><th scope="col">"Name"</th><th scope="col">"E-mail"</th><th scope="col">"Account"</th></tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Scroll>
    }
}

/// Circles that nobody leads who can sign in.
#[component]
fn Appointment(circles: Vec<Leaderless>) -> impl IntoView {
    let picks = circles.into_iter().map(|circle| Pick::new(circle.slug, circle.name)).collect();
    view! {
        <section class="panel" data-s="gap">
            <h2>"Some circles have no leader"</h2>
            <p>"The account of the last leader is disabled. Appoint somebody, so that the circle can go on."</p>
            <form method="post" action="/people" class="form" novalidate>
                <input type="hidden" name="do" value="appoint"/>
                <SelectField name="circle" label="Circle" picks=picks/>
                <TextField name="email" label="E-mail of the new leader" kind="email" inputmode="email"/>
                <button class="btn primary">"Appoint the leader"</button>
            </form>
        </section>
    }
}

/// What was done outside all circles.
async fn log(db: &Db, who: &Who) -> backend::Result<Page> {
    let page = page_asked();
    let entries = audit::of_installation(db, who, page).await?;
    let zone = who.time_zone.unwrap_or(Tz::UTC);
    let view = view! {
        <h1>"People"</h1>
        {tabs(true)}
        <AuditTable entries=entries page=page zone=zone base="/people?log=1"/>
    };
    Ok(Page::new("What was done – People", view))
}
