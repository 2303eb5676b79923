//! What a person says of themselves, and their password.

use backend::people::{self, Profile, SignedIn, Who};
use backend::{Error, circles};
use chrono_tz::Tz;
use leptos::context::Provider;
use leptos::prelude::*;

use super::members::is_real;
use super::set_up::{PASSWORD_HINT, ZoneField};
use super::sign_in::{done, remember};
use crate::components::{ErrorSummary, Fact, Facts, PasswordField, Pick, TextField, city};
use crate::form::{Again, Form, Posted, again};
use crate::shell::{Loading, Page, person_page};

/// Name, time zone and number, the password, and where one is signed in.
pub fn get() -> Loading {
    person_page(|site, _, who| async move {
        let circles = circles::of_person(&site.db, &who).await?;
        let circles_zone = match circles.as_slice() {
            [only] => Some(circles::member(&site.db, &who, &only.slug).await?.circle_zone),
            _ => None,
        };
        let phone = people::phone(&site.db, &who).await?;
        let (email, login, administrator) = (who.email.clone(), who.email.clone(), who.administrator);
        let is_made_up = !circles.is_empty() && circles.iter().all(|circle| circle.is_demo);
        Ok(Page::new(
            "Your account",
            view! {
                <ErrorSummary/>
                <h1>"Your account"</h1>
                {done(&[
                    ("profile", "What you say of yourself is saved."),
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
                <Provider value=of_form("profile")><ProfileForm who=who phone=phone circles_zone=circles_zone/></Provider>
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
            let profile = Profile {
                name: form.get("name"),
                time_zone: form.get("time_zone"),
                phone: form.get("phone"),
            };
            people::set_profile(db, &who, profile).await?;
            "profile"
        }
        "password" => {
            let epoch =
                people::change_password(db, &who, form.get("current"), form.get("password"), now).await?;
            remember(&form.session, SignedIn { person: who.person, epoch }, now).await?;
            "password"
        }
        "elsewhere" => {
            let epoch = people::end_all_sessions(db, &who, now).await?;
            remember(&form.session, SignedIn { person: who.person, epoch }, now).await?;
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
fn ProfileForm(who: Who, phone: String, circles_zone: Option<Tz>) -> impl IntoView {
    let circles = match circles_zone {
        Some(zone) => format!("The circle's ({})", city(zone)),
        None => "The circle's".to_owned(),
    };
    view! {
        <section class="stack">
            <h2>"About you"</h2>
            <form method="post" action="/account" class="form" novalidate>
                <input type="hidden" name="do" value="profile"/>
                <TextField name="name" label="Your name" value=who.name autocomplete="name"/>
                <ZoneField
                    label="Your time zone" first=Some(Pick::new("", circles)) hint="You see all times in it."
                    value=who.time_zone.map_or("", |zone| zone.name())
                />
                <TextField
                    name="phone" label="Your number for shifts" kind="tel" inputmode="tel" value=phone
                    autocomplete="tel" width="medium"
                    hint="Your circles see it while you are on call, and only then."
                />
                <button class="btn primary">"Save"</button>
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
