//! What an answer earns.
//!
//! Every question is worth one point. Each rule can be told in one sentence,
//! and is, beside the mark: [`rule_sentence`].

pub mod decision;
mod number;
mod pattern;
pub mod rubric;
mod share;
#[cfg(test)]
mod tests;
mod unit;

use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::question::{Kind, Question};
use share::Share;

/// One whole point, in ten-thousandths.
pub const POINT: i64 = 10_000;

/// Marks earned out of marks possible, in whole ten-thousandths of a point.
/// Always `0 <= earned <= possible`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Score {
    earned: i64,
    possible: i64,
}

impl Score {
    pub fn new(earned: i64, possible: i64) -> Option<Score> {
        (0 <= earned && earned <= possible).then_some(Score { earned, possible })
    }

    pub fn earned(self) -> i64 {
        self.earned
    }

    pub fn possible(self) -> i64 {
        self.possible
    }

    pub fn is_full(self) -> bool {
        self.earned == self.possible
    }

    /// Whether the score is at or above a cut in per cent. Nothing possible
    /// reaches every cut.
    pub fn reaches(self, cut: crate::test::Percent) -> bool {
        self.earned * 100 >= i64::from(cut.get()) * self.possible
    }

    /// Rounded down, so that it never reads as a cut that was not reached.
    /// `None` where nothing was possible.
    pub fn percent(self) -> Option<u8> {
        (self.possible > 0).then(|| u8::try_from(self.earned * 100 / self.possible).expect("at most 100"))
    }
}

/// A score as it is read back: it may claim anything.
#[derive(Deserialize)]
struct Unchecked {
    earned: i64,
    possible: i64,
}

impl TryFrom<Unchecked> for Score {
    type Error = &'static str;

    fn try_from(read: Unchecked) -> Result<Score, &'static str> {
        Score::new(read.earned, read.possible).ok_or("a score is at least 0 and at most what is possible")
    }
}

impl Add for Score {
    type Output = Score;

    fn add(self, other: Score) -> Score {
        Score { earned: self.earned + other.earned, possible: self.possible + other.possible }
    }
}

impl Sum for Score {
    fn sum<I: Iterator<Item = Score>>(scores: I) -> Score {
        scores.fold(Score::default(), Add::add)
    }
}

/// Marks an answer given **in written places** (see [`Answer::as_written`]).
/// No answer, an empty one, "I do not know", and an answer that does not fit
/// the kind earn nothing. `None` where no rule can tell: a person has to mark
/// it.
pub fn mark(question: &Question, answer: Option<&Answer>, all_or_nothing: bool) -> Option<Score> {
    let share = match answer {
        Some(answer) if !answer.is_empty() && fits(question, answer) => Share::earned(&question.key, answer)?,
        _ => Share::NONE,
    };
    let share = if all_or_nothing { share.or_nothing() } else { share };
    Some(share.score())
}

/// The rule of a kind, as the taker is told it beside the mark.
pub fn rule_sentence(kind: Kind, all_or_nothing: bool) -> &'static str {
    match (kind, all_or_nothing) {
        (Kind::Single, _) => "The right choice earns the point.",
        (Kind::Multiple, false) => {
            "Each right tick earns its share of the right choices, each wrong tick costs its share of the wrong \
             ones, and the mark never falls below 0."
        }
        (Kind::Multiple, true) => "Exactly the right choices earn the point; anything else earns nothing.",
        (Kind::Ordering, false) => {
            "The mark is the share of neighbours kept: how many steps are directly followed by the step that \
             follows them in the right order."
        }
        (Kind::Ordering, true) => "Exactly the right order earns the point; any other order earns nothing.",
        (Kind::Matching, false) => "Each right pair earns its share of the point.",
        (Kind::Matching, true) => "All pairs right earn the point; anything less earns nothing.",
        (Kind::Numeric, _) => "A number within the accepted bounds, both included, earns the point.",
        (Kind::Open, _) => {
            "A leader marks it line by line: the mark is the share of the rubric's points. No answer earns nothing."
        }
        (Kind::Short, _) => "A text that matches one of the accepted answers as a whole earns the point.",
    }
}

fn fits(question: &Question, answer: &Answer) -> bool {
    let as_written: Vec<u8> = (0..question.n_shuffled()).collect();
    answer.fits(&question.prompt(&as_written))
}
