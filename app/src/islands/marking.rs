//! The help of those who mark: what they give is saved as they give it, and
//! kept on the device until it is.
//!
//! It renders nothing. Without it each answer is a plain form.

mod drafts;
mod form;
mod saving;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::marking::MarkedPlace;

/// What the island is told of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkingSetUp {
    pub of: MarkedPlace,
    /// One leader marks each answer, who can change it at any time: it is saved
    /// without a press. Where two mark, what the second gives stands at once, so
    /// each presses.
    pub by_itself: bool,
}

/// Wakes up once the page is there; on the server it does nothing.
#[island]
pub fn SaveMarks(set_up: MarkingSetUp) -> impl IntoView {
    Effect::new(move |_| saving::wake(set_up.clone()));
}

/// "3 answers wait for you."
pub fn left_words(n: usize) -> String {
    match n {
        0 => "Nothing waits for you here.".to_owned(),
        1 => "1 answer waits for you.".to_owned(),
        n => format!("{n} answers wait for you."),
    }
}
