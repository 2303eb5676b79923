//! Whether an action helped, as far as answers can tell: its questions before it
//! was done, and after.
//!
//! What is counted, and why:
//! - Before are answers of attempts that ended before the action was done, after
//!   are those of attempts that began later. What was being sat when it was done
//!   is neither: nobody knows which of the two it saw.
//! - On either side each person counts once for each question, with the first
//!   answer. A retake a day later shows what the first attempt taught, not what
//!   the action changed; for the same reason statistics of questions are usually
//!   made from first attempts.
//! - All versions of a question count together. An action that puts a question
//!   right makes a new version of it, and would otherwise never be seen to help.
//!
//! The people before and after are partly the same, and each answers several of
//! the questions, so the answers are not independent as the intervals suppose.
//! That is why a rule only proposes, and a leader decides.

use crate::proportion::{Interval, wilson};

/// So many answers after it are needed before anything is proposed. Of fewer,
/// even a wholly different result could be chance.
pub const ENOUGH: u32 = 5;

/// The answers on one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Side {
    pub n_answers: u32,
    /// Who gave them.
    pub n_people: u32,
    /// What they earned of what they could, answer by answer, in ten-thousandths.
    pub earned: u64,
}

impl Side {
    /// The mean of what the answers earned, from 0 to 1.
    pub fn facility(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "far fewer answers than 2^53 / 10,000")]
        let earned = self.earned as f64;
        (self.n_answers > 0).then(|| (earned / 10_000.0 / f64::from(self.n_answers)).min(1.0))
    }

    pub fn interval(self) -> Option<Interval> {
        wilson(self.facility()?, self.n_answers)
    }
}

/// An action's questions, before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effect {
    pub before: Side,
    pub after: Side,
}

/// What the figures of an action propose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposal {
    EffectSeen,
    NoEffect,
    /// Better, but not by more than chance makes it.
    NotClear,
    /// So many answers since then; [`ENOUGH`] are needed.
    NotEnough {
        n: u32,
    },
    /// Nobody answered the questions before.
    NothingBefore,
}

impl Proposal {
    /// As it stands in a file.
    pub fn as_str(self) -> &'static str {
        match self {
            Proposal::EffectSeen => "effect_seen",
            Proposal::NoEffect => "no_effect",
            Proposal::NotClear => "not_clear",
            Proposal::NotEnough { .. } => "not_enough",
            Proposal::NothingBefore => "nothing_before",
        }
    }

    /// Whether the figures are as good as a decision needs.
    pub fn is_judgeable(self) -> bool {
        !matches!(self, Proposal::NotEnough { .. })
    }
}

impl Effect {
    /// What a leader is proposed to decide.
    ///
    /// An effect is seen where the 95 % interval of the difference lies above
    /// nothing. The interval is made from the two of Wilson: R. G. Newcombe,
    /// "Interval estimation for the difference between independent proportions:
    /// comparison of eleven methods", Statistics in Medicine 17 (1998),
    /// 873–890, method 10.
    pub fn proposal(self) -> Proposal {
        if self.after.n_answers < ENOUGH {
            return Proposal::NotEnough { n: self.after.n_answers };
        }
        match self.difference() {
            None => Proposal::NothingBefore,
            Some((_, interval)) if interval.low > 0.0 => Proposal::EffectSeen,
            Some((difference, _)) if difference > 0.0 => Proposal::NotClear,
            Some(_) => Proposal::NoEffect,
        }
    }

    /// By how much the facility rose, and the 95 % interval of that; from −1 to 1.
    pub fn difference(self) -> Option<(f64, Interval)> {
        let (before, after) = (self.before.facility()?, self.after.facility()?);
        let (was, is) = (self.before.interval()?, self.after.interval()?);
        let difference = after - before;
        let low = difference - (after - is.low).hypot(was.high - before);
        let high = difference + (is.high - after).hypot(before - was.low);
        Some((difference, Interval { low: low.max(-1.0), high: high.min(1.0) }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// So many right answers of so many, each of another person.
    fn side(n_right: u32, n: u32) -> Side {
        Side { n_answers: n, n_people: n, earned: u64::from(n_right) * 10_000 }
    }

    fn proposed(before: (u32, u32), after: (u32, u32)) -> Proposal {
        Effect { before: side(before.0, before.1), after: side(after.0, after.1) }.proposal()
    }

    #[test]
    fn the_interval_of_a_difference_is_that_of_the_published_table() {
        // Newcombe (1998), table II, method 10; there the second is taken from
        // the first.
        for (first, second, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 10), 0.6075, 1.0000),
            ((5, 56), (0, 29), -0.0381, 0.1926),
        ] {
            let effect = Effect { before: side(second.0, second.1), after: side(first.0, first.1) };

            let (_, interval) = effect.difference().unwrap();

            assert!((interval.low - low).abs() < 5e-5, "{first:?} {second:?}: {interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{first:?} {second:?}: {interval:?}");
        }
    }

    #[test]
    fn what_is_proposed_follows_from_the_answers() {
        let cases = [
            ((2, 10), (3, 3), Proposal::NotEnough { n: 3 }),
            ((2, 10), (4, 4), Proposal::NotEnough { n: 4 }),
            ((0, 0), (0, 0), Proposal::NotEnough { n: 0 }),
            ((2, 10), (5, 5), Proposal::EffectSeen),
            ((0, 6), (6, 6), Proposal::EffectSeen),
            ((3, 10), (9, 10), Proposal::EffectSeen),
            ((3, 10), (4, 5), Proposal::NotClear),
            ((50, 100), (60, 100), Proposal::NotClear),
            ((3, 10), (3, 10), Proposal::NoEffect),
            ((8, 10), (2, 10), Proposal::NoEffect),
            ((10, 10), (10, 10), Proposal::NoEffect),
            ((0, 0), (5, 5), Proposal::NothingBefore),
        ];
        for (before, after, expected) in cases {
            assert_eq!(proposed(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn part_marks_count_in_part() {
        let half = Side { n_answers: 2, n_people: 1, earned: 10_000 };
        assert_eq!(half.facility(), Some(0.5));
        assert_eq!(half.interval(), wilson(0.5, 2));
        assert_eq!((Side::default().facility(), Side::default().interval()), (None, None));
    }

    proptest! {
        #[test]
        fn more_right_answers_after_never_make_an_effect_less_likely(
            n_before in 1u32..60, right_before in 0u32..60, n in 5u32..60, right in 0u32..59,
        ) {
            let before = (right_before.min(n_before), n_before);
            let right = right.min(n - 1);
            if proposed(before, (right, n)) == Proposal::EffectSeen {
                prop_assert_eq!(proposed(before, (right + 1, n)), Proposal::EffectSeen);
            }
        }

        #[test]
        fn an_effect_is_never_proposed_where_it_did_not_get_better(
            n_before in 1u32..60, right_before in 0u32..60, n in 5u32..60, right in 0u32..60,
        ) {
            let (before, after) = ((right_before.min(n_before), n_before), (right.min(n), n));
            let is_better = u64::from(after.0) * u64::from(before.1) > u64::from(before.0) * u64::from(after.1);
            prop_assert_eq!(proposed(before, after) == Proposal::NoEffect, !is_better);
        }
    }
}
