//! The home of a circle: for an engineer, whether they can go on call and what
//! is missing; for a leader, what needs attention; for a reader, how many are
//! ready.

mod incidents;
mod leader;
mod review;
mod taker;

use backend::people::Who;
use backend::readiness;
use backend::rounds;
use chrono::{DateTime, Timelike, Utc};
use chrono_tz::Tz;
use domain::people::Role;
use leptos::prelude::*;

use super::actions;
use super::readiness::counts::{counts_sentence, fewest};
use super::readiness::own::{MyRounds, home_panels, own_ahead, own_sentence};
use super::rota;
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// Where a member of a circle begins.
pub fn get() -> Loading {
    circle_page(Section::Home, |here| async move {
        let view = match here.member.role {
            Role::Leader => leader::home(&here).await?,
            Role::Engineer => engineers_home(&here).await?,
            Role::Reader => readers_home(&here).await?,
        };
        Ok(Page::new(here.member.circle_name.clone(), view))
    })
}

async fn engineers_home(here: &InCircle) -> backend::Result<AnyView> {
    let (db, circle, now) = (&here.site.db, &here.member.circle, here.asked.received_at);
    let (services, mine) = readiness::mine(db, &here.who, circle, now).await?;
    let rounds = MyRounds::of(rounds::mine(db, &here.who, circle).await?, now);
    let ahead = own_ahead(&mine, now, here.member.zone).unwrap_or_default();
    let sentence = format!("{}{ahead}", own_sentence(&mine));
    Ok(view! {
        {heading(here, sentence)}
        {incidents::running(here).await?}
        {rota::own(here).await?}
        {taker::to_do(&here.member, &rounds, now)}
        {review::next(here).await?}
        {actions::home::own(here).await?}
        {home_panels(&here.member, &services, &mine, &rounds, now)}
        {taker::past(&here.member, &rounds, now)}
    }
    .into_any())
}

async fn readers_home(here: &InCircle) -> backend::Result<AnyView> {
    let counts =
        readiness::counts(&here.site.db, &here.who, &here.member.circle, here.asked.received_at).await?;
    let review = review::next(here).await?;
    Ok(view! {
        {heading(here, counts_sentence(&counts))}
        {review}
        {fewest(&counts, &here.member.circle)}
    }
    .into_any())
}

/// The greeting, and the one sentence that answers why one came.
fn heading(here: &InCircle, sentence: String) -> impl IntoView + use<> {
    let greeting = greeting(&here.who, here.asked.received_at, here.member.zone);
    view! {
        <div class="stack" data-tight>
            <h1>{greeting}</h1>
            <p class="lead">{sentence}</p>
        </div>
    }
}

/// By the clock of the reader, with the first of their names.
fn greeting(who: &Who, now: DateTime<Utc>, zone: Tz) -> String {
    let name = who.name.split_whitespace().next().unwrap_or(&who.name);
    let day = match now.with_timezone(&zone).hour() {
        5..12 => "Good morning",
        12..18 => "Good afternoon",
        18..23 => "Good evening",
        _ => "Hello",
    };
    format!("{day}, {name}")
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Europe::Rome;

    use super::*;

    #[test]
    fn a_greeting_goes_by_the_clock_of_the_reader() {
        let [id, name, email] = ["ada", "Ada Brown", "ada@example.org"].map(str::to_owned);
        let ada = Who::new(id, name, email, false, None);
        for (hour, words) in [
            (3, "Hello, Ada"),
            (8, "Good morning, Ada"),
            (11, "Good afternoon, Ada"),
            (18, "Good evening, Ada"),
        ] {
            // Rome is an hour or two ahead.
            let at = Utc.with_ymd_and_hms(2025, 11, 22, hour - 1, 30, 0).unwrap();
            let at = at + chrono::TimeDelta::minutes(30);
            assert_eq!(greeting(&ada, at, Rome), words, "{hour}");
        }
    }
}
