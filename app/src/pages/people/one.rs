//! One account, for administrators.

use backend::people::{Person, Who};
use chrono_tz::Tz;
use leptos::prelude::*;

use crate::components::{Breadcrumb, ErrorSummary, Fact, Facts, Time, TimeShape};
use crate::pages::members::is_real;
use crate::pages::members::link::{handed_out, shown_once};
use crate::pages::sign_in::done;
use crate::shell::Page;

/// The page of one account.
pub async fn one(person: Person, who: &Who) -> backend::Result<Page> {
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
            {is_real(&email).then(|| view! { <Fact name="E-mail">{email}</Fact> })}
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
