//! What a person says of themselves, and their password.

use backend::people::{self, SignedIn, Who};
use backend::{Error, circles};
use leptos::context::Provider;
use leptos::prelude::*;

use super::members::is_real;
use super::set_up::{PASSWORD_HINT, time_zones};
use super::sign_in::{done, remember};
use crate::components::{ErrorSummary, Fact, Facts, PasswordField, Pick, SelectField, TextField};
use crate::form::{Again, Form, Posted, again};
use crate::shell::{Page, person_page};

/// Name and time zone, the password, and where one is signed in.
#[component]
pub fn AccountPage() -> impl IntoView {
    person_page(|site, _, who| async move {
        let circles = circles::of_person(&site.db, &who).await?;
        let (email, login, administrator) = (who.email.clone(), who.email.clone(), who.administrator);
        let is_made_up = !circles.is_empty() && circles.iter().all(|circle| circle.is_demo);
        Ok(Page::new(
            "Your account",
            view! {
                <ErrorSummary/>
                <h1>"Your account"</h1>
                {done(&[
                    ("profile", "Your name and time zone are saved."),
                    ("password", "Your password is changed. Every other browser is signed out."),
                    ("elsewhere", "Every other browser is signed out."),
                ])}
                <Facts>
                    {is_real(&email).then(|| view! { <Fact name="E-mail">{email}</Fact> })}
                    <Fact name="Circles"><a href="/circles">{circle_words(circles.len())}</a></Fact>
                    {administrator.then(|| view! {
                        <Fact name="Administrator"><a href="/people">"Everyone who has an account"</a></Fact>
                    })}
                </Facts>
                <Provider value=of_form("profile")><Profile who=who/></Provider>
                {if is_made_up {
                    view! { <p class="hint">"The people of the demo circle have no password."</p> }.into_any()
                } else {
                    view! { <Password email=login/> <Elsewhere/> }.into_any()
                }}
            },
        ))
    })
}

/// Does what one of the three forms asks for.
pub async fn post(form: Form) -> Posted {
    let who = form.who()?;
    let (db, now) = (&form.site.db, form.asked.received_at);
    let code = match form.get("do") {
        "profile" => {
            people::set_profile(db, &who, form.get("name"), Some(form.get("time_zone"))).await?;
            "profile"
        }
        "password" => {
            let epoch =
                people::change_password(db, &who, form.get("current"), form.get("password"), now).await?;
            remember(&form.session, SignedIn { person: who.person, epoch }).await?;
            "password"
        }
        "elsewhere" => {
            let epoch = people::end_all_sessions(db, &who, now).await?;
            remember(&form.session, SignedIn { person: who.person, epoch }).await?;
            "elsewhere"
        }
        _ => return Err(Error::NotFound),
    };
    Ok(format!("/account?done={code}"))
}

/// What was typed, if the form that says `do` is the one that is shown again:
/// the other forms of the page keep what is stored.
pub(super) fn of_form(named: &str) -> Again {
    let again = again();
    if again.get("do") == Some(named) { again } else { Again::default() }
}

fn circle_words(n_circles: usize) -> String {
    match n_circles {
        0 => "None yet".to_owned(),
        1 => "1 circle".to_owned(),
        n => format!("{n} circles"),
    }
}

#[component]
fn Profile(who: Who) -> impl IntoView {
    let circles_zone = Pick::new("", "The circle's");
    let picks = [circles_zone].into_iter().chain(time_zones(who.time_zone)).collect();
    view! {
        <section class="stack">
            <h2>"Name and time zone"</h2>
            <form method="post" action="/account" class="form" novalidate>
                <input type="hidden" name="do" value="profile"/>
                <TextField name="name" label="Your name" value=who.name autocomplete="name"/>
                <SelectField
                    name="time_zone" label="Your time zone" picks=picks value=who.time_zone.map_or("", |zone| zone.name())
                    hint="All times are shown in it."
                />
                <button class="btn primary">"Save name and time zone"</button>
            </form>
        </section>
    }
}

#[component]
fn Password(email: String) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Password"</h2>
            <form method="post" action="/account" class="form" novalidate>
                <input type="hidden" name="do" value="password"/>
                <input type="hidden" autocomplete="username" value=email/>
                <PasswordField name="current" label="Current password"/>
                <PasswordField name="password" label="New password" autocomplete="new-password" hint=PASSWORD_HINT/>
                <button class="btn">"Change password"</button>
            </form>
        </section>
    }
}

#[component]
fn Elsewhere() -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Other browsers"</h2>
            <p>"A lost phone, or a computer that others use: sign out everywhere but here."</p>
            <form method="post" action="/account">
                <input type="hidden" name="do" value="elsewhere"/>
                <button class="btn">"Sign out everywhere else"</button>
            </form>
        </section>
    }
}
