//! A corrective action: what is to be put right, by whom and until when.
//!
//! Here are its words, the states it goes through, its two clocks, and what
//! a circle's actions add up to. Who may do what with one is asked of
//! [`Move`]; where it came from is only told here, never followed.

mod clock;
mod days;
mod effect;
mod flow;
mod state;

use std::fmt;
use std::str::FromStr;

pub use clock::{Clocks, LONGEST_CLOCK, Late, Running, Which, WrongDays, due_soon};
pub use days::{day_in, is_working, working_days_after, working_days_between};
pub use effect::{ENOUGH, Effect, Proposal, Side};
pub use flow::{Age, Closed, Flow, Month, ageing, throughput};
pub use state::{Move, Stage, Standing, State};

/// The number that people say aloud: CA-7. Short, one series for each circle,
/// never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub i64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CA-{}", self.0)
    }
}

/// The text is no number of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number of an action looks like CA-7")]
pub struct NoNumber;

impl FromStr for Number {
    type Err = NoNumber;

    fn from_str(text: &str) -> Result<Number, NoNumber> {
        let digits = text.strip_prefix("CA-").ok_or(NoNumber)?;
        let is_plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        let number = digits.parse().map_err(|_| NoNumber)?;
        if is_plain { Ok(Number(number)) } else { Err(NoNumber) }
    }
}

/// How bad it is when nothing is done: 1 is the worst, 4 the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Severity(u8);

impl Severity {
    pub const ALL: [Severity; 4] = [Severity(1), Severity(2), Severity(3), Severity(4)];

    pub fn new(level: i64) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| i64::from(severity.0) == level)
    }

    pub fn level(self) -> u8 {
        self.0
    }

    /// Its place in a list of four.
    fn place(self) -> usize {
        usize::from(self.0) - 1
    }
}

/// Gives a closed list its stored words, its titles and the way back.
macro_rules! words {
    ($name:ident: $($variant:ident $stored:literal $title:literal),+ $(,)?) => {
        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// As it is stored and stands in an address.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $stored),+ }
            }

            pub fn title(self) -> &'static str {
                match self { $($name::$variant => $title),+ }
            }

            pub fn parse(text: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    };
}
pub(crate) use words;

/// What an action puts right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fixes {
    Question,
    Document,
    Alert,
    Process,
    Training,
}

words!(Fixes:
    Question "question" "A question",
    Document "document" "A document",
    Alert "alert" "An alert",
    Process "process" "The process",
    Training "training" "Training",
);

/// How it helps next time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// It will be seen sooner.
    Detective,
    /// It will not happen.
    Preventive,
    /// It will be put right faster.
    Corrective,
}

words!(How:
    Detective "detective" "Detective: it is seen sooner",
    Preventive "preventive" "Preventive: it does not happen again",
    Corrective "corrective" "Corrective: it is put right",
);

/// What an action came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OriginKind {
    ByHand,
    ReviewItem,
    Dispute,
    Postmortem,
    Incident,
    RunbookRemark,
    JoiningPlan,
}

words!(OriginKind:
    ByHand "by_hand" "By hand",
    ReviewItem "review_item" "A review",
    Dispute "dispute" "A dispute",
    Postmortem "postmortem" "A postmortem",
    Incident "incident" "An incident",
    RunbookRemark "runbook_remark" "A remark in a runbook",
    JoiningPlan "joining_plan" "A joining plan",
);

/// Where an action came from: what it was, and which one, as a text or as an
/// address of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub kind: OriginKind,
    pub reference: String,
}

impl Origin {
    /// Made by somebody, who may say where it comes from.
    pub fn by_hand(reference: impl Into<String>) -> Origin {
        Origin { kind: OriginKind::ByHand, reference: reference.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_said_and_in_no_other_way() {
        assert_eq!("CA-7".parse(), Ok(Number(7)));
        assert_eq!(Number(120).to_string(), "CA-120");
        for wrong in
            ["", "7", "CA-", "CA-0", "CA-07", "CA--1", "CA-+7", "ca-7", "CA-7 ", "CA-99999999999999999999"]
        {
            assert_eq!(wrong.parse::<Number>(), Err(NoNumber), "{wrong}");
        }
    }

    #[test]
    fn a_severity_is_one_of_four() {
        assert_eq!(Severity::new(1).map(Severity::level), Some(1));
        for none in [-1, 0, 5, i64::MAX] {
            assert_eq!(Severity::new(none), None);
        }
    }

    #[test]
    fn every_word_is_read_back_as_it_was_written() {
        for &fixes in Fixes::ALL {
            assert_eq!(Fixes::parse(fixes.as_str()), Some(fixes));
        }
        for &how in How::ALL {
            assert_eq!(How::parse(how.as_str()), Some(how));
        }
        for &kind in OriginKind::ALL {
            assert_eq!(OriginKind::parse(kind.as_str()), Some(kind));
        }
        for &state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        for &one in Move::ALL {
            assert_eq!(Move::parse(one.as_str()), Some(one));
        }
        assert_eq!(Fixes::parse("blame"), None);
    }
}
