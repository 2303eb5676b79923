//! Giving an open answer its points without loading a page.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// One version of a question in a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedPlace {
    /// Who marks. Nobody else's session takes what they gave.
    pub person: String,
    pub circle: String,
    pub round: String,
    pub question: String,
    pub version: String,
}

/// What one answer is given, as a page sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkSent {
    /// What the answer is known by.
    pub answer: String,
    /// Line by line of the rubric.
    pub points: Vec<Option<u8>>,
    pub comment: String,
    /// Whether it decides what stands, whatever was given before.
    pub settles: bool,
}

/// What a page is told once a mark is safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkSaved {
    /// "14:03:12", by the clock of the one who marks.
    pub at: String,
}

/// Keeps what a leader gives one answer. The reply comes after the commit.
#[server(endpoint = "v1/marking/give", prefix = "/api", input = Json)]
pub async fn give_mark(of: MarkedPlace, sent: MarkSent) -> Result<MarkSaved> {
    use crate::server::*;

    let asked = asked();
    answer(crate::pages::marking_one::give_mark(&site(), &asked, of, sent).await)
}
