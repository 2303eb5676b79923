//! The first run: whoever reads the console becomes the administrator and leads
//! the first circle.

use backend::Error;
use backend::setup::{self, SetUp};
use chrono_tz::{TZ_VARIANTS, Tz};
use leptos::prelude::*;

use super::sign_in::remember;
use crate::components::{ErrorSummary, PasswordField, Pick, SelectField, TextField};
use crate::form::{Form, Posted};
use crate::shell::{Page, open_page};

/// Asks for the token, the first person and the first team; gone once it was
/// done.
#[component]
pub fn SetUpPage() -> impl IntoView {
    open_page(|site, _| async move {
        if setup::is_set_up(&site.db).await? {
            return Err(Error::NotFound);
        }
        Ok(Page::new("Set up my team", form()))
    })
}

/// Makes the administrator and the circle, and signs in.
pub async fn post(form: Form) -> Posted {
    let asked = SetUp {
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        password: form.get("password").to_owned(),
        team: form.get("team").to_owned(),
        time_zone: form.get("time_zone").to_owned(),
    };
    let signed_in = setup::set_up(&form.site.db, form.get("token"), &asked, form.asked.received_at).await?;
    remember(&form.session, signed_in).await?;
    // There is one circle, and home leads to it.
    Ok("/".to_owned())
}

fn form() -> impl IntoView {
    view! {
        <ErrorSummary/>
        <h1>"Set up my team"</h1>
        <p class="lead">"Then take question banks for your services, and invite people."</p>
        <form method="post" class="form" novalidate>
            <TextField
                name="token" label="Set-up token" hint="The console printed it when the server started. It works once."
            />
            <h2>"You"</h2>
            <TextField name="name" label="Your name" autocomplete="name"/>
            <TextField
                name="email" label="Your e-mail" kind="email" inputmode="email" autocomplete="username"
                hint="You sign in with it. No mail is sent."
            />
            <PasswordField name="password" label="Choose a password" autocomplete="new-password" hint=PASSWORD_HINT/>
            <h2>"Your team"</h2>
            <TextField name="team" label="Name of the team" hint="For example: Checkout. You can add more teams later."/>
            <SelectField
                name="time_zone" label="Time zone of the team" picks=time_zones(None) value="UTC"
                hint="Each person can choose another one for themselves."
            />
            <button class="btn primary">"Set up my team"</button>
        </form>
    }
}

/// What a password must be, said before it is chosen.
pub(super) const PASSWORD_HINT: &str = "At least 12 characters. A few words in a row do well.";

/// The time zones to pick from: UTC, then those of cities by name, and the one
/// that is stored if it is another.
pub(super) fn time_zones(stored: Option<Tz>) -> Vec<Pick> {
    let is_city = |zone: &Tz| CONTINENTS.iter().any(|continent| zone.name().starts_with(continent));
    let cities = TZ_VARIANTS.iter().copied().filter(is_city);
    let other = stored.filter(|zone| *zone != Tz::UTC && !is_city(zone));
    let zones = [Tz::UTC].into_iter().chain(other).chain(cities);
    zones.map(|zone| Pick::new(zone.name(), zone.name().replace('_', " "))).collect()
}

/// Where the names of zones begin that stand for a city; the others are older
/// names for the same, or offsets.
const CONTINENTS: [&str; 10] = [
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_zone_can_always_be_picked() {
        let has = |picks: &[Pick], name: &str| picks.iter().filter(|pick| pick.value == name).count();
        assert_eq!(has(&time_zones(None), "US/Pacific"), 0);
        assert_eq!(has(&time_zones(Some(Tz::US__Pacific)), "US/Pacific"), 1);
        assert_eq!(has(&time_zones(Some(Tz::Europe__Rome)), "Europe/Rome"), 1);
        assert_eq!(has(&time_zones(Some(Tz::UTC)), "UTC"), 1);
    }
}
