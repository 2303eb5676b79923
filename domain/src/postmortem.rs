//! Postmortems: what is written after an incident so that it helps the next
//! time.
//!
//! Here are the words and states of one, the triggers that ask for one, what is
//! alike between two, and how one that was written elsewhere is read. Conditions
//! are told, not persons.

mod actions;
mod blocks;
mod dates;
mod owner;
mod parts;
mod reading;
mod similar;
mod state;
mod trigger;

use std::fmt;
use std::str::FromStr;

pub use reading::{ActionLine, Entry, FILE_LIMIT, Reading, decode, read};
pub use similar::{Known, Likeness, similar};
pub use state::{Lacking, Move, Standing, State, lacking};
pub use trigger::{Facts, Suggestion, Trigger, suggest};

/// The number that people say aloud: PM-3. Short, one series for each circle,
/// never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub i64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PM-{}", self.0)
    }
}

/// The text is no number of a postmortem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number of a postmortem looks like PM-3")]
pub struct NoNumber;

impl FromStr for Number {
    type Err = NoNumber;

    fn from_str(text: &str) -> Result<Number, NoNumber> {
        let digits = text.strip_prefix("PM-").ok_or(NoNumber)?;
        let is_plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        let number = digits.parse().map_err(|_| NoNumber)?;
        if is_plain { Ok(Number(number)) } else { Err(NoNumber) }
    }
}

/// The parts of a postmortem that people write; the timeline and the actions
/// stand beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    Symptoms,
    Impact,
    Timeline,
    Factors,
    WentWell,
    Surprises,
}

impl Section {
    pub const ALL: [Section; 6] = [
        Section::Symptoms,
        Section::Impact,
        Section::Timeline,
        Section::Factors,
        Section::WentWell,
        Section::Surprises,
    ];

    /// As it is stored and as the field of a form is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Section::Symptoms => "symptoms",
            Section::Impact => "impact",
            Section::Timeline => "timeline",
            Section::Factors => "factors",
            Section::WentWell => "went_well",
            Section::Surprises => "surprises",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Section::Symptoms => "Symptoms",
            Section::Impact => "Impact",
            Section::Timeline => "Timeline",
            Section::Factors => "Contributing factors",
            Section::WentWell => "What went well",
            Section::Surprises => "What surprised us",
        }
    }

    /// What belongs there, in one sentence.
    pub fn hint(self) -> &'static str {
        match self {
            Section::Symptoms => "What was seen, by whom and with what: alarms, reports, graphs.",
            Section::Impact => "Who could not do what, how many, and for how long.",
            Section::Timeline => "A line each, with the time first. It begins with the incident's own.",
            Section::Factors => {
                "The conditions that made it possible or made it worse. There is seldom one cause."
            }
            Section::WentWell => "What helped, so that we keep it.",
            Section::Surprises => "What we believed and was not so. A good place to find questions.",
        }
    }
}

#[cfg(test)]
mod tests;
