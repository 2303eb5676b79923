//! What ends soon: whose passes, of what, and when.

use domain::readiness::Ending;
use leptos::prelude::*;

use super::evidence_path;
use super::filter::{Filter, Show, Shown, start_of};
use crate::components::{Time, TimeShape, day_words};
use crate::shell::encode;

/// How many endings stand above the matrix, and how many where they were
/// asked for.
const FIRST: usize = 3;
const MOST: usize = 100;

/// How many people a round is planned for by a link: addresses have an end.
const MOST_PEOPLE: usize = 40;

/// What ends before the day, the first to end first; nothing where nothing
/// does.
pub fn what_ends(shown: &Shown<'_>, filter: &Filter) -> Option<AnyView> {
    if shown.endings.is_empty() {
        return None;
    }
    let n_shown = if filter.show == Show::Expiring { MOST } else { FIRST };
    let rows: Vec<_> = shown.endings.iter().take(n_shown).map(|ending| row(shown, ending)).collect();
    let before = day_words(start_of(shown.before, shown.zone()), shown.zone());
    Some(
        view! {
            <section class="stack" data-tight aria-labelledby="ahead">
                <h2 id="ahead">{format!("Ends before {before}")}</h2>
                <ol class="rows ahead">{rows}</ol>
                <p class="cluster no-print">{plan_link(shown, &shown.people_of_endings())}{more(shown, filter, n_shown)}</p>
            </section>
        }
        .into_any(),
    )
}

/// "12 Dec 2025 · Ada Brown · Orders DB: process, monitoring". Each topic leads
/// to its evidence.
fn row(shown: &Shown<'_>, ending: &Ending) -> impl IntoView + use<> {
    let matrix = shown.matrix;
    let person = &matrix.people[ending.person];
    let (slug, service) = &matrix.services[ending.service];
    let topics: Vec<_> = ending
        .topics
        .iter()
        .enumerate()
        .map(|(place, &topic)| {
            let href = evidence_path(&matrix.member.circle, &person.person, slug, topic);
            let whose = format!(" of {service}, {}", person.name);
            view! {
                {(place > 0).then_some(", ")}
                <a href=href>{topic.to_string()}<span class="vh">{whose}</span></a>
            }
        })
        .collect();
    view! {
        <li>
            <Time at=ending.until zone=shown.zone() shape=TimeShape::Day/>
            <b>{person.name.clone()}</b>
            <span>{service.clone()}": "{topics}</span>
        </li>
    }
}

/// Plans a round for these people, as many as an address can name.
pub fn plan_link(shown: &Shown<'_>, people: &[usize]) -> impl IntoView + use<> {
    let named = &people[..people.len().min(MOST_PEOPLE)];
    let words = match (named.len(), people.len()) {
        (1, 1) => "Plan a round for this person".to_owned(),
        (n, all) if n == all => format!("Plan a round for these {n} people"),
        (n, all) => format!("Plan a round for the first {n} of these {all} people"),
    };
    let asks: Vec<String> =
        named.iter().map(|&person| format!("for={}", encode(&shown.matrix.people[person].person))).collect();
    let href = format!("/circles/{}/plan-round?{}", shown.matrix.member.circle, asks.join("&"));
    view! { <a class="btn small no-print" href=href>{words}</a> }
}

/// The way to those that are not listed.
fn more(shown: &Shown<'_>, filter: &Filter, n_shown: usize) -> Option<AnyView> {
    let n_more = shown.endings.len().checked_sub(n_shown).filter(|n| *n > 0)?;
    if filter.show == Show::Expiring {
        let words = format!("{n_more} later ones are not listed here; the CSV file has them.");
        return Some(view! { <span class="meta">{words}</span> }.into_any());
    }
    let all = Filter { show: Show::Expiring, ..filter.clone() };
    let matrix = shown.matrix;
    let href = all.address(&format!("/circles/{}/readiness", matrix.member.circle), &matrix.services);
    let words = if n_more == 1 { "1 more".to_owned() } else { format!("{n_more} more") };
    Some(view! { <a href=href>{words}<span class="vh">" that end before the day"</span></a> }.into_any())
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};
    use domain::question::Topic;

    use super::super::for_tests::{all_ready, matrix_of, november, row_of};
    use super::*;

    fn html(n_people: usize, show: Show) -> String {
        let people = (0..n_people)
            .map(|n| row_of(&format!("p{n}"), &format!("Person {n}"), vec![all_ready()]))
            .collect();
        let matrix = matrix_of(vec![("edge".to_owned(), "Edge".to_owned())], people);
        let filter = Filter { show, before: NaiveDate::from_ymd_opt(2026, 2, 1), ..Filter::default() };
        what_ends(&filter.of(&matrix, november()), &filter).map(|view| view.to_html()).unwrap_or_default()
    }

    #[test]
    fn the_first_endings_are_listed_and_the_others_are_a_link_away() {
        assert_eq!(html(0, Show::Everybody), "");
        let few = html(3, Show::Everybody);
        assert_eq!(few.matches("<li").count(), 3);
        assert!(few.contains("Plan a round for these 3 people") && !few.contains("more"), "{few}");
        let many = html(5, Show::Everybody);
        assert!(many.contains("2 more") && many.contains("show=expiring&amp;before=2026-02-01"), "{many}");
        assert_eq!(html(5, Show::Expiring).matches("<li").count(), 5);
    }

    #[test]
    fn a_round_is_planned_for_no_more_people_than_an_address_can_name() {
        let many = html(MOST_PEOPLE + 2, Show::Everybody);
        assert!(many.contains("Plan a round for the first 40 of these 42 people"), "{many}");
        assert_eq!(many.matches("for=p").count(), MOST_PEOPLE);
        assert!(html(1, Show::Everybody).contains("plan-round?for=p0\""));
    }

    #[test]
    fn an_ending_says_who_what_and_when() {
        let one = html(1, Show::Everybody);
        let until = november() + TimeDelta::days(60);
        assert!(one.contains(&day_words(until, chrono_tz::UTC)), "{one}");
        for topic in Topic::ALL {
            assert!(one.contains(&evidence_path("demo", "p0", "edge", topic)), "{one}");
        }
    }
}
