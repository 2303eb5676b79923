//! Everyone who has an account, for administrators.

use backend::circles::{self, Leaderless};
use backend::people::{self, Person, Who};
use backend::{Db, Error, audit};
use chrono_tz::Tz;
use leptos::prelude::*;

use super::audit::AuditTable;
use super::member::password_link;
use super::members::{
    PER_PAGE, SEARCH_FROM, Search, dice, handed_out, holds, page_asked, page_of, searched, show_once,
    shown_once,
};
use super::sign_in::done;
use crate::components::{
    Breadcrumb, Empty, ErrorSummary, Fact, Facts, Pager, Pick, Scroll, SelectField, TextField, Time,
    TimeShape,
};
use crate::form::{Form, Posted};
use crate::server::query_value;
use crate::shell::{Page, encode, person_page};

/// Everyone, or the person of `?person=`, or what was done outside all circles
/// for `?log`.
#[component]
pub fn PeoplePage() -> impl IntoView {
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
        Ok(Page::new(
            "People",
            view! {
                <ErrorSummary/>
                <h1>"People"</h1>
                {tabs(false)}
                {done(&[("appointed", "The circle has a leader again.")])}
                {(!leaderless.is_empty()).then(|| view! { <Appointment circles=leaderless/> })}
                <PeopleList people=people/>
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
fn PeopleList(people: Vec<Person>) -> impl IntoView {
    let q = searched();
    let can_search = people.len() > SEARCH_FROM || !q.is_empty();
    let found: Vec<Person> =
        people.into_iter().filter(|person| holds(&person.name, &q) || holds(&person.email, &q)).collect();
    let total = found.len() as u64;
    let (page, rows) = page_of(found, page_asked());
    let shown = rows.len() as u32;
    let base = if q.is_empty() { "/people".to_owned() } else { format!("/people?q={}", encode(&q)) };
    view! {
        {can_search.then(|| view! { <Search q=q.clone() base="/people".to_owned()/> })}
        {if rows.is_empty() {
            let text = "The search looks at names and e-mails.";
            view! { <Empty title=format!("Nothing matches “{q}”") text=text><a class="btn" href="/people">"Show everyone"</a></Empty> }
                .into_any()
        } else {
            view! { <PeopleTable rows=rows/> }.into_any()
        }}
        {(total > u64::from(PER_PAGE)).then(|| view! {
            <Pager page=page per_page=PER_PAGE shown=shown total=total base=base/>
        })}
    }
}

#[component]
fn PeopleTable(rows: Vec<Person>) -> impl IntoView {
    let row = |person: Person| {
        let href = format!("/people?person={}", encode(&person.person));
        view! {
            <tr>
                <th scope="row"><a class="cover" href=href>{person.name}</a></th>
                <td data-label="E-mail">{person.email}</td>
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

/// The page of one account.
async fn one(person: Person, who: &Who) -> backend::Result<Page> {
    let zone = who.time_zone.unwrap_or(Tz::UTC);
    let is_self = person.person == who.person;
    let (email, disabled_at) = (person.email.clone(), person.disabled_at);
    let link = shown_once().await?;
    let view = view! {
        <ErrorSummary/>
        <Breadcrumb trail=vec![("People".to_owned(), "/people".to_owned())]/>
        <h1>{person.name.clone()}</h1>
        {done(&[
            ("disabled", "The account is disabled, and signed out everywhere."),
            ("enabled", "The account is in use again."),
        ])}
        {link.map(handed_out)}
        <Facts>
            <Fact name="E-mail">{email}</Fact>
            <Fact name="Account">
                {match disabled_at {
                    Some(at) => view! { "Disabled since " <Time at=at zone=zone shape=TimeShape::Day/> }.into_any(),
                    None => "In use".into_any(),
                }}
            </Fact>
            {person.administrator.then(|| view! { <Fact name="Administrator">"Yes"</Fact> })}
        </Facts>
        {if is_self {
            view! { <p class="meta">"This is you. "<a href="/account">"Your account"</a></p> }.into_any()
        } else if disabled_at.is_some() {
            view! { <Enabling person=person.clone()/> }.into_any()
        } else {
            view! { <PasswordLink person=person.person.clone()/> <Disabling person=person.clone()/> }.into_any()
        }}
    };
    Ok(Page::new(format!("{} – People", person.name), view))
}

#[component]
fn PasswordLink(person: String) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Forgotten password"</h2>
            <p class="meta">"They choose a new one with a link that you send. An earlier link stops counting."</p>
            <form method="post">
                <input type="hidden" name="do" value="link"/>
                <input type="hidden" name="person" value=person/>
                <button class="btn">"Make a link for a new password"</button>
            </form>
        </section>
    }
}

#[component]
fn Disabling(person: Person) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Leaving for good"</h2>
            <p class="meta">
                "A disabled account is signed out everywhere and cannot sign in. What the person did is kept; their open "
                "invitations are withdrawn. You can enable the account again."
            </p>
            <form method="post">
                <input type="hidden" name="do" value="disable"/>
                <input type="hidden" name="person" value=person.person/>
                <button class="btn danger">"Disable the account of " {person.name}</button>
            </form>
        </section>
    }
}

#[component]
fn Enabling(person: Person) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Coming back"</h2>
            <p class="meta">"With the old password and in the same circles. Invitations that were withdrawn stay so."</p>
            <form method="post">
                <input type="hidden" name="do" value="enable"/>
                <input type="hidden" name="person" value=person.person/>
                <button class="btn primary">"Enable the account of " {person.name}</button>
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
