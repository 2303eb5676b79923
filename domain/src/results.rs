//! What the attempts of a round add up to: how scores lie, how far topics are
//! from their cut, and what each question did.
//!
//! Everything here is without names. Whether a question tells people apart is
//! told in [`crate::item_analysis`].

mod answers;
mod met;
mod nameless;
mod questions;
mod scores;
mod table;
#[cfg(test)]
mod tests;

pub use answers::{Answers, COMMONEST, Common, answers};
pub use met::{Met, of_attempts, of_first_attempts, spent, spent_between};
pub use nameless::nameless;
pub use questions::{QuestionFigures, Sureness, questions};
pub use scores::{Band, TopicFigures, bands, place_in, topics, totals};
pub use table::{Cell, Column, Item, Row, Table, Versions};
