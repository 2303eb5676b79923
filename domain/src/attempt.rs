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
    todo!()
}

/// Whether the sweeper closes the attempt now: deadline and grace are over.
pub fn is_over(deadline: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    todo!()
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
    todo!()
}
