//! What was looked up in an open-book test, and how long it took to find: what
//! it says of the documents.
//!
//! To look something up is right behaviour. Nothing here is about a person, and
//! no mark reads it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

/// One time that somebody went to look something up, or opened a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub attempt: String,
    /// What was opened; `None`: somebody went to look.
    pub source: Option<String>,
    pub at: DateTime<Utc>,
}

/// What a question's lookings-up say of the documents, without names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Attempts in which somebody went to look.
    pub n_looked: u32,
    /// Of those, the ones in which a page was opened.
    pub n_opened: u32,
    /// From going to look to the first page, the one in the middle; of two in
    /// the middle the longer.
    pub middle: Option<TimeDelta>,
    /// What was opened and in how many attempts, the most often first.
    pub opened: Vec<(String, u32)>,
}

/// The evidence in the openings beside one question, in the order in which they
/// happened.
pub fn evidence(openings: &[Opening]) -> Evidence {
    let mut attempts: BTreeMap<&str, Vec<&Opening>> = BTreeMap::new();
    for opening in openings {
        attempts.entry(&opening.attempt).or_default().push(opening);
    }
    let mut waits: Vec<TimeDelta> = attempts.values().filter_map(|of| wait(of)).collect();
    waits.sort();
    let mut opened: BTreeMap<&str, u32> = BTreeMap::new();
    for of in attempts.values() {
        let sources: BTreeSet<&str> = of.iter().filter_map(|opening| opening.source.as_deref()).collect();
        for source in sources {
            *opened.entry(source).or_default() += 1;
        }
    }
    let mut opened: Vec<(String, u32)> =
        opened.into_iter().map(|(source, n)| (source.to_owned(), n)).collect();
    opened.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let has_opened = |of: &&Vec<&Opening>| of.iter().any(|opening| opening.source.is_some());
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Evidence {
        n_looked: count(attempts.len()),
        n_opened: count(attempts.values().filter(has_opened).count()),
        middle: waits.get(waits.len() / 2).copied(),
        opened,
    }
}

/// How long it took in one attempt from going to look to the first page.
fn wait(openings: &[&Opening]) -> Option<TimeDelta> {
    let went = openings.iter().find(|opening| opening.source.is_none())?;
    let found = openings.iter().find(|opening| opening.source.is_some() && opening.at >= went.at)?;
    Some(found.at - went.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(attempt: &str, source: Option<&str>, seconds: i64) -> Opening {
        let at = DateTime::from_timestamp(1_772_000_000 + seconds, 0).unwrap();
        Opening { attempt: attempt.to_owned(), source: source.map(str::to_owned), at }
    }

    #[test]
    fn the_time_to_find_runs_from_going_to_look_to_the_first_page() {
        let seen = evidence(&[
            at("a", None, 0),
            at("b", None, 5),
            at("a", Some("alert:X"), 30),
            at("a", Some("runbook:s"), 90),
            at("a", Some("alert:X"), 95),
            at("b", Some("alert:X"), 15),
            at("c", None, 20),
        ]);

        assert_eq!((seen.n_looked, seen.n_opened), (3, 2));
        assert_eq!(seen.middle, Some(TimeDelta::seconds(30)));
        assert_eq!(seen.opened, [("alert:X".to_owned(), 2), ("runbook:s".to_owned(), 1)]);
    }

    #[test]
    fn nothing_looked_up_says_nothing() {
        assert_eq!(evidence(&[]), Evidence::default());
        let only_looked = evidence(&[at("a", None, 0)]);
        assert_eq!((only_looked.n_looked, only_looked.n_opened, only_looked.middle), (1, 0, None));
    }
}
