//! What an answer earns.
//!
//! Every question is worth one point. Each rule can be told in one sentence,
//! and is, beside the mark: [`rule_sentence`].

use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::question::{Key, Kind, Number, Question};

/// One whole point, in ten-thousandths.
pub const POINT: i64 = 10_000;

/// Marks earned out of marks possible, in whole ten-thousandths of a point.
/// Always `0 <= earned <= possible`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
/// the kind earn nothing.
pub fn mark(question: &Question, answer: Option<&Answer>, all_or_nothing: bool) -> Score {
    todo!()
}

/// The rule of a kind, as the taker is told it beside the mark.
pub fn rule_sentence(kind: Kind, all_or_nothing: bool) -> &'static str {
    todo!()
}
