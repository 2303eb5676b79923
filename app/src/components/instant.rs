//! Instants and lengths of time, in words.

use chrono::{DateTime, Datelike, Duration, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;

/// How much of an instant is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeShape {
    /// "Tue 25 Nov 09:00 Rome".
    #[default]
    Full,
    /// "25 Nov 2025".
    Day,
    /// "09:00".
    Clock,
}

/// An instant in the words of a zone; the machine-readable form goes with it.
#[component]
pub fn Time(at: DateTime<Utc>, zone: Tz, #[prop(optional)] shape: TimeShape) -> impl IntoView {
    let words = match shape {
        TimeShape::Full => time_words(at, zone),
        TimeShape::Day => day_words(at, zone),
        TimeShape::Clock => at.with_timezone(&zone).format("%H:%M").to_string(),
    };
    view! { <time datetime=at.format("%Y-%m-%dT%H:%M:%SZ").to_string()>{words}</time> }
}

/// When the page was asked for that is being written.
#[derive(Clone, Copy, Debug)]
pub struct AskedAt(pub DateTime<Utc>);

/// "Tue 25 Nov 09:00 Rome"; on a page of another year "Tue 25 Nov 2025 09:00 Rome".
pub fn time_words(at: DateTime<Utc>, zone: Tz) -> String {
    let year = |at: DateTime<Utc>| at.with_timezone(&zone).year();
    let is_of_another_year = use_context::<AskedAt>().is_some_and(|asked| year(asked.0) != year(at));
    let shape = if is_of_another_year { "%a %-d %b %Y %H:%M" } else { "%a %-d %b %H:%M" };
    format!("{} {}", at.with_timezone(&zone).format(shape), city(zone))
}

/// "25 Nov 2025".
pub fn day_words(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%-d %b %Y").to_string()
}

/// A zone by its city: "Rome", "New York", "UTC".
pub fn city(zone: Tz) -> String {
    let name = zone.name();
    name.rsplit('/').next().unwrap_or(name).replace('_', " ")
}

/// A length of time, as rough as one would say it: "22 min", "3 h 10 min", "9 days". The sign does not matter.
pub fn duration_words(length: Duration) -> String {
    let minutes = length.num_minutes().abs();
    let (hours, days) = (minutes / 60, minutes / (60 * 24));
    match (minutes, hours) {
        (0, _) => "less than a minute".to_string(),
        (_, 0) => format!("{minutes} min"),
        (_, ..24) if minutes % 60 == 0 => format!("{hours} h"),
        (_, ..24) => format!("{hours} h {} min", minutes % 60),
        (_, ..48) => "1 day".to_string(),
        _ => format!("{days} days"),
    }
}

/// How far an instant is from now: "9 days ago", "in 7 min", "just now".
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let passed = now - at;
    if passed.num_minutes() == 0 {
        "just now".to_string()
    } else if passed > Duration::zero() {
        format!("{} ago", duration_words(passed))
    } else {
        format!("in {}", duration_words(passed))
    }
}

/// An instant as the value of a `datetime-local` field: "2025-11-25T09:00".
pub fn local_value(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string()
}

/// The instant that a `datetime-local` field names in a zone. Of an hour that comes twice the first is meant; an hour
/// that the clocks skip does not exist.
pub fn from_local(typed: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let typed = typed.trim();
    let local = NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M:%S"))
        .ok()?;
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        LocalResult::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::New_York, Europe::Rome, UTC};

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant in RFC 3339")
    }

    #[test]
    fn an_instant_is_said_in_the_words_of_its_zone() {
        let at = instant("2025-11-25T08:00:00Z");
        assert_eq!(time_words(at, Rome), "Tue 25 Nov 09:00 Rome");
        assert_eq!(time_words(at, New_York), "Tue 25 Nov 03:00 New York");
        assert_eq!(time_words(at, UTC), "Tue 25 Nov 08:00 UTC");
        assert_eq!(day_words(at, Rome), "25 Nov 2025");
        Owner::new().with(|| {
            provide_context(AskedAt(instant("2025-12-31T22:30:00Z")));
            assert_eq!(time_words(at, Rome), "Tue 25 Nov 09:00 Rome");
            provide_context(AskedAt(instant("2025-12-31T23:30:00Z")));
            assert_eq!(time_words(at, Rome), "Tue 25 Nov 2025 09:00 Rome", "the year begins in its zone");
        });
    }

    #[test]
    fn a_length_is_as_rough_as_one_would_say_it() {
        for (minutes, words) in [
            (0, "less than a minute"),
            (22, "22 min"),
            (60, "1 h"),
            (190, "3 h 10 min"),
            (24 * 60, "1 day"),
            (47 * 60, "1 day"),
            (9 * 24 * 60 + 5, "9 days"),
            (-7, "7 min"),
        ] {
            assert_eq!(duration_words(Duration::minutes(minutes)), words);
        }
    }

    #[test]
    fn what_is_past_was_ago_and_what_comes_is_in() {
        let now = instant("2025-11-25T08:00:00Z");
        assert_eq!(ago(now - Duration::days(9), now), "9 days ago");
        assert_eq!(ago(now + Duration::minutes(7), now), "in 7 min");
        assert_eq!(ago(now - Duration::seconds(3), now), "just now");
    }

    #[test]
    fn a_typed_time_is_read_in_its_zone() {
        for (typed, at) in [
            ("2025-11-25T09:00", Some(instant("2025-11-25T08:00:00Z"))),
            ("2025-11-25T09:00:30", Some(instant("2025-11-25T08:00:30Z"))),
            // The hour after midnight UTC comes twice; the first is meant.
            ("2025-10-26T02:30", Some(instant("2025-10-26T00:30:00Z"))),
            // The clocks jump from two to three.
            ("2025-03-30T02:30", None),
            ("tomorrow", None),
        ] {
            assert_eq!(from_local(typed, Rome), at, "{typed}");
        }
        let at = instant("2025-11-25T08:00:00Z");
        assert_eq!(from_local(&local_value(at, Rome), Rome), Some(at));
    }
}
