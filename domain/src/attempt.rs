//! An attempt: one person's sitting in a round, and what its events add up to.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Confidence};

/// How long after the deadline an answer that was on its way still counts.
pub const GRACE: TimeDelta = TimeDelta::seconds(60);

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Sitting,
    HandedIn { at: DateTime<Utc>, by: HandedInBy },
}

/// Who ended an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandedInBy {
    Person,
    Clock,
}

/// What becomes of an answer that arrives while the attempt is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    InTime,
    /// Within the grace: it counts, and is flagged.
    Late,
    /// After the grace: it does not count.
    TooLate,
}

/// The decision depends on nothing but the instant of receipt.
pub fn receipt(received_at: DateTime<Utc>, deadline: DateTime<Utc>) -> Receipt {
    if received_at <= deadline {
        Receipt::InTime
    } else if received_at <= deadline + GRACE {
        Receipt::Late
    } else {
        Receipt::TooLate
    }
}

/// Whether the sweeper closes the attempt now: deadline and grace are over.
pub fn is_over(deadline: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now > deadline + GRACE
}

/// One thing a taker's page said about one slot. Never edited, never removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerEvent {
    pub slot: u16,
    /// One page load; a plain form post is a client of its own.
    pub client: String,
    /// Counts up within a client.
    pub sequence: i64,
    /// `None` takes an answer back.
    pub answer: Option<Answer>,
    pub confidence: Option<Confidence>,
    pub marked_for_review: bool,
    pub received_at: DateTime<Utc>,
}

/// The newest event of each slot by rule, given the events in order of receipt:
/// an event whose sequence is not above its own client's highest for that slot
/// changes nothing, any other becomes the current answer.
pub fn current(events: &[AnswerEvent]) -> HashMap<u16, &AnswerEvent> {
    let mut highest: HashMap<(u16, &str), i64> = HashMap::new();
    let mut current = HashMap::new();
    for event in events {
        let key = (event.slot, event.client.as_str());
        if highest.get(&key).is_none_or(|&sequence| sequence < event.sequence) {
            highest.insert(key, event.sequence);
            current.insert(event.slot, event);
        }
    }
    current
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use rand::rngs::StdRng;
    use rand::seq::SliceRandom;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn deadline() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap()
    }

    /// A save of slot 0 that says its own number, when nothing else is said.
    fn save(client: &str, sequence: i64) -> AnswerEvent {
        AnswerEvent {
            slot: 0,
            client: client.into(),
            sequence,
            answer: Some(Answer::Typed(format!("{client}{sequence}"))),
            confidence: None,
            marked_for_review: false,
            received_at: deadline(),
        }
    }

    #[test]
    fn an_answer_counts_until_the_deadline_and_late_until_the_end_of_the_grace() {
        let instant = TimeDelta::milliseconds(1);
        let cases = [
            (deadline() - instant, Receipt::InTime),
            (deadline(), Receipt::InTime),
            (deadline() + instant, Receipt::Late),
            (deadline() + GRACE, Receipt::Late),
            (deadline() + GRACE + instant, Receipt::TooLate),
        ];
        for (received_at, expected) in cases {
            assert_eq!(receipt(received_at, deadline()), expected, "{received_at}");
        }
    }

    #[test]
    fn an_attempt_is_over_as_soon_as_an_answer_would_be_too_late() {
        let instant = TimeDelta::milliseconds(1);

        assert!(!is_over(deadline(), deadline() + GRACE));
        assert!(is_over(deadline(), deadline() + GRACE + instant));
    }

    #[test]
    fn the_current_answer_is_the_newest_by_receipt_unless_its_own_client_said_more() {
        let cases = [
            ("one save", vec![save("a", 1)], "a1"),
            ("two in order", vec![save("a", 1), save("a", 2)], "a2"),
            ("an old one late", vec![save("a", 2), save("a", 1)], "a2"),
            ("the same again", vec![save("a", 2), save("b", 1), save("a", 2)], "b1"),
            ("two tabs", vec![save("a", 7), save("b", 1)], "b1"),
            ("back in the first tab", vec![save("a", 7), save("b", 1), save("a", 8)], "a8"),
            ("an old one of the first tab", vec![save("a", 7), save("b", 1), save("a", 6)], "b1"),
            ("from nought and below", vec![save("a", -1), save("a", 0)], "a0"),
        ];
        for (case, events, expected) in cases {
            assert_eq!(current(&events)[&0].answer, Some(Answer::Typed(expected.into())), "{case}");
        }
    }

    #[test]
    fn an_answer_taken_back_is_current_as_none() {
        let taken_back = AnswerEvent { answer: None, ..save("a", 2) };
        let events = [save("a", 1), taken_back.clone()];

        assert_eq!(current(&events)[&0], &taken_back);
    }

    #[test]
    fn a_client_counts_in_each_slot_by_itself() {
        let events = [save("a", 5), AnswerEvent { slot: 1, ..save("a", 4) }];

        let current = current(&events);

        assert_eq!((current[&0].sequence, current[&1].sequence), (5, 4));
        assert_eq!(current.get(&2), None);
    }

    /// 10,000 saves, each delivered up to three times and each time up to
    /// `delay` saves later, in order of receipt; slot n is saved by client n.
    fn storm(n_slots: u16, delay: u32, seed: u64) -> Vec<AnswerEvent> {
        let mut dice = StdRng::seed_from_u64(seed);
        let mut deliveries = Vec::new();
        for sequence in 0..10_000 {
            let slot = dice.random_range(0..n_slots);
            for _ in 0..dice.random_range(1..=3) {
                let underway = i64::from(dice.random_range(0..=delay));
                let received_at = deadline() + TimeDelta::milliseconds(sequence + underway);
                let client = format!("client {slot}");
                deliveries.push(AnswerEvent { slot, received_at, ..save(&client, sequence) });
            }
        }
        deliveries.shuffle(&mut dice);
        deliveries.sort_by_key(|event| event.received_at);
        deliveries
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn t10_of_10_000_saves_reordered_doubled_and_delayed_the_last_that_was_sent_is_current(
            n_slots in 1..20_u16,
            delay in 0..10_000_u32,
            seed: u64,
        ) {
            let received = storm(n_slots, delay, seed);

            let current = current(&received);

            for slot in 0..n_slots {
                let last_sent = received.iter().filter(|event| event.slot == slot).map(|event| event.sequence).max();
                prop_assert_eq!(current.get(&slot).map(|event| event.sequence), last_sent);
            }
        }
    }

    proptest! {
        #[test]
        fn what_a_client_repeats_or_sends_late_changes_nothing(
            saves in vec((0..3_u16, 0..3_usize, 0..6_i64), 0..40),
        ) {
            let save = |(slot, client, sequence)| AnswerEvent { slot, ..save(["a", "b", "c"][client], sequence) };
            let all: Vec<AnswerEvent> = saves.into_iter().map(save).collect();
            let mut news: Vec<AnswerEvent> = Vec::new();
            for event in &all {
                let is_stale = |earlier: &AnswerEvent| {
                    (earlier.slot, &earlier.client) == (event.slot, &event.client) && earlier.sequence >= event.sequence
                };
                if !news.iter().any(is_stale) {
                    news.push(event.clone());
                }
            }

            prop_assert_eq!(current(&all), current(&news));
            for (slot, event) in current(&news) {
                prop_assert_eq!(Some(event), news.iter().rfind(|event| event.slot == slot));
            }
        }
    }
}
