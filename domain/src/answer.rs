//! What a taker answers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::question::{Ask, Prompt};

/// The longest typed answer, in bytes.
pub const TEXT_LIMIT: usize = 16 * 1024;

/// One answer, in the places **as they were shown** to this taker: the written
/// places would tell the right order. [`Answer::as_written`] undoes the
/// shuffle for marking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// "I do not know": 0 marks, and not the same as no answer.
    DoNotKnow,
    /// The place of the one choice taken.
    One(u8),
    /// The places of the choices ticked.
    Several(BTreeSet<u8>),
    /// The places in the order the taker put them.
    Order(Vec<u8>),
    /// For each left side the place of the right side chosen, or none yet.
    Pairs(Vec<Option<u8>>),
    /// A number or a short text, exactly as typed.
    Typed(String),
}

/// How sure a taker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    Guess,
    FairlySure,
    Certain,
}

impl Confidence {
    pub const ALL: [Confidence; 3] =
        [Confidence::Guess, Confidence::FairlySure, Confidence::Certain];

    /// As it stands in forms and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Guess => "guess",
            Confidence::FairlySure => "fairly_sure",
            Confidence::Certain => "certain",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Confidence::Guess => "Guess",
            Confidence::FairlySure => "Fairly sure",
            Confidence::Certain => "Certain",
        }
    }

    pub fn parse(text: &str) -> Option<Confidence> {
        Confidence::ALL.into_iter().find(|confidence| confidence.as_str() == text)
    }
}

impl Answer {
    /// Whether this answer can be an answer to this prompt.
    pub fn fits(&self, prompt: &Prompt) -> bool {
        let within = |places: &[u8], n: usize| places.iter().all(|&p| usize::from(p) < n);
        match (self, &prompt.ask) {
            (Answer::DoNotKnow, _) => true,
            (Answer::One(place), Ask::Single { choices }) => within(&[*place], choices.len()),
            (Answer::Several(places), Ask::Multiple { choices }) => {
                places.iter().all(|&p| usize::from(p) < choices.len())
            }
            (Answer::Order(places), Ask::Ordering { steps }) => {
                let distinct: BTreeSet<u8> = places.iter().copied().collect();
                places.len() == steps.len() && distinct.len() == steps.len() && within(places, steps.len())
            }
            (Answer::Pairs(places), Ask::Matching { left, right, .. }) => {
                places.len() == left.len()
                    && places.iter().flatten().all(|&p| usize::from(p) < right.len())
            }
            (Answer::Typed(text), Ask::Numeric { .. } | Ask::Short) => text.len() <= TEXT_LIMIT,
            _ => false,
        }
    }

    /// The same answer in the places as the author wrote them, given the order
    /// in which the slot was shown.
    pub fn as_written(&self, order: &[u8]) -> Answer {
        let written = |place: &u8| order.get(usize::from(*place)).copied().unwrap_or(*place);
        match self {
            Answer::One(place) => Answer::One(written(place)),
            Answer::Several(places) => Answer::Several(places.iter().map(written).collect()),
            Answer::Order(places) => Answer::Order(places.iter().map(written).collect()),
            Answer::Pairs(places) => {
                Answer::Pairs(places.iter().map(|place| place.as_ref().map(written)).collect())
            }
            Answer::DoNotKnow | Answer::Typed(_) => self.clone(),
        }
    }

    /// Whether it says nothing: nothing ticked, nothing paired, nothing typed.
    pub fn is_empty(&self) -> bool {
        match self {
            Answer::Several(places) => places.is_empty(),
            Answer::Pairs(places) => places.iter().all(Option::is_none),
            Answer::Typed(text) => text.trim().is_empty(),
            Answer::DoNotKnow | Answer::One(_) | Answer::Order(_) => false,
        }
    }
}
