//! Saving an answer, and hearing how an attempt stands. Instants are
//! milliseconds since 1970, in UTC.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use domain::answer::{Answer, Confidence};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// One answer as a page sends it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerSent {
    pub slot: u16,
    /// This page load.
    pub client: String,
    pub sequence: i64,
    pub answer: Option<Answer>,
    pub confidence: Option<Confidence>,
    pub for_review: bool,
}

/// What a page is told once an answer is safe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerSaved {
    /// Up to which sequence this page load is safe in this slot.
    pub ack_seq: i64,
    /// A newer answer of this page was there already; nothing changed.
    pub superseded: bool,
    /// The page that the answer before came from, if it was another one.
    pub overtook: Option<String>,
    #[serde(with = "ts_milliseconds")]
    pub server_now: DateTime<Utc>,
    #[serde(with = "ts_milliseconds")]
    pub deadline: DateTime<Utc>,
}

/// How an attempt stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptState {
    #[serde(with = "ts_milliseconds")]
    pub server_now: DateTime<Utc>,
    #[serde(with = "ts_milliseconds")]
    pub deadline: DateTime<Utc>,
    pub is_handed_in: bool,
    pub slots: Vec<SlotState>,
}

/// What the question map shows of a slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlotState {
    pub n: u16,
    /// The page load that the current answer came from.
    pub client: Option<String>,
    pub is_answered: bool,
    pub for_review: bool,
}

/// Saves one answer. The reply comes after the commit, and says the same for a
/// right answer and a wrong one. It finds out itself who asks.
#[server(endpoint = "v1/attempts/save-answer", prefix = "/api", input = Json)]
pub async fn save_answer(attempt: String, sent: AnswerSent) -> Result<AnswerSaved> {
    use crate::server::*;

    let asked = asked();
    answer(crate::pages::attempt::save_answer(&site(), &asked, &session(), attempt, sent).await)
}

/// Says how an attempt of the one who asks stands.
#[server(name = AttemptStateOf, endpoint = "v1/attempts/state", prefix = "/api", input = Json)]
pub async fn attempt_state(attempt: String) -> Result<AttemptState> {
    use crate::server::*;

    let asked = asked();
    answer(crate::pages::attempt::attempt_state(&site(), &asked, &attempt).await)
}
