//! The first run: whoever reads the console becomes the administrator and leads
//! the first circle.

use backend::Error;
use backend::setup::{self, SetUp};
use chrono_tz::{TZ_VARIANTS, Tz};
use leptos::prelude::*;

use super::sign_in::remember;
use crate::components::{ErrorSummary, Field, PasswordField, Pick, Shown, TextField};
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, open_page};

/// Asks for the token, the first person and the first team; gone once it was
/// done.
pub fn get() -> Loading {
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
    remember(&form.session, signed_in, form.asked.received_at).await?;
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
            <ZoneField
                label="Time zone of the team" value="UTC"
                hint="Open the list and type the name of a city. Each person can choose another zone."
            />
            <button class="btn primary">"Set up my team"</button>
        </form>
    }
}

/// What a password must be, said before it is chosen.
pub(super) const PASSWORD_HINT: &str = "At least 12 characters. A few words in a row do well.";

/// A list of time zones. The cities stand by continent, each under its own
/// name: a list that is open goes to what is typed.
#[component]
pub(super) fn ZoneField(
    #[prop(into)] label: String,
    /// What stands before all zones, such as "The circle's".
    #[prop(optional_no_strip)]
    first: Option<Pick>,
    #[prop(optional, into)] hint: Option<String>,
    /// The name of the zone that is stored; empty for the first one.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    let shown = Shown::of("time_zone", &value, hint.is_some());
    let stored = value.parse::<Tz>().ok();
    let option = |pick: Pick| {
        let selected = pick.value == shown.value;
        view! { <option value=pick.value selected=selected>{pick.label}</option> }
    };
    let groups = CONTINENTS.map(|continent| {
        let options = cities(continent).into_iter().map(option).collect_view();
        view! { <optgroup label=continent.trim_end_matches('/')>{options}</optgroup> }
    });
    let others = first.into_iter().chain(not_cities(stored)).map(option).collect_view();
    view! {
        <Field name="time_zone" label=label hint=hint>
            <select id="time_zone" name="time_zone" aria-describedby=shown.described_by aria-invalid=shown.invalid>
                {others}
                {groups.collect_view()}
            </select>
        </Field>
    }
}

/// UTC, and the zone that is stored if it is that of no city.
fn not_cities(stored: Option<Tz>) -> Vec<Pick> {
    let is_city = |zone: &Tz| CONTINENTS.iter().any(|continent| zone.name().starts_with(continent));
    let other = stored.filter(|zone| *zone != Tz::UTC && !is_city(zone));
    let zones = [Tz::UTC].into_iter().chain(other);
    zones.map(|zone| Pick::new(zone.name(), zone.name().replace('_', " "))).collect()
}

/// The zones of a continent by the names of their cities: "Rome",
/// "Salta, Argentina".
fn cities(continent: &str) -> Vec<Pick> {
    let city = |zone: &Tz| {
        let place = zone.name().strip_prefix(continent)?.replace('_', " ");
        let label = match place.rsplit_once('/') {
            Some((land, city)) => format!("{city}, {land}"),
            None => place,
        };
        Some(Pick::new(zone.name(), label))
    };
    let mut picks: Vec<_> = TZ_VARIANTS.iter().filter_map(city).collect();
    picks.sort_by(|one, other| one.label.cmp(&other.label));
    picks
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
        let n_times = |stored, name| {
            let picks = not_cities(stored).into_iter().chain(CONTINENTS.into_iter().flat_map(cities));
            picks.filter(|pick| pick.value == name).count()
        };
        assert_eq!(n_times(None, "US/Pacific"), 0);
        assert_eq!(n_times(Some(Tz::US__Pacific), "US/Pacific"), 1);
        assert_eq!(n_times(Some(Tz::Europe__Rome), "Europe/Rome"), 1);
        assert_eq!(n_times(Some(Tz::UTC), "UTC"), 1);
    }

    #[test]
    fn a_city_stands_under_its_own_name() {
        let american = cities("America/");
        let label =
            |zone: &str| american.iter().find(|pick| pick.value == zone).map(|pick| pick.label.as_str());
        assert_eq!(label("America/New_York"), Some("New York"));
        assert_eq!(label("America/Argentina/Salta"), Some("Salta, Argentina"));
    }
}
