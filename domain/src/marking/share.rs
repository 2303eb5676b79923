//! The share of its point that an answer earns, kind by kind.

use std::collections::BTreeSet;

use super::{POINT, Score, number, pattern};
use crate::answer::Answer;
use crate::question::{Choice, Key, Pair};

/// An exact share of a point. Always `part <= whole`, and `whole > 0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    part: usize,
    whole: usize,
}

impl Share {
    pub(super) const NONE: Share = Share { part: 0, whole: 1 };
    const WHOLE: Share = Share { part: 1, whole: 1 };

    /// What an answer that fits earns of its point; `None` where a person has to
    /// say.
    pub(super) fn earned(key: &Key, answer: &Answer) -> Option<Share> {
        Some(match (key, answer) {
            (Key::Single { choices }, Answer::One(place)) => {
                Share::whole_if(choices[usize::from(*place)].is_right)
            }
            (Key::Multiple { choices }, Answer::Several(ticked)) => share_of_ticks(choices, ticked),
            (Key::Ordering { steps }, Answer::Order(order)) => share_of_neighbours(steps, order),
            (Key::Matching { pairs, .. }, Answer::Pairs(chosen)) => share_of_pairs(pairs, chosen),
            (Key::Numeric(number), Answer::Typed(text)) => Share::whole_if(number::is_right(number, text)),
            (Key::Short { accepted, case_sensitive }, Answer::Typed(text)) => {
                Share::whole_if(pattern::matches_any(accepted, text, *case_sensitive))
            }
            (Key::Open { .. }, Answer::Typed(_)) => return None,
            _ => Share::NONE,
        })
    }

    /// A share of nothing is nothing.
    pub(super) fn of(part: usize, whole: usize) -> Share {
        if whole == 0 { Share::NONE } else { Share { part, whole } }
    }

    fn whole_if(is_right: bool) -> Share {
        if is_right { Share::WHOLE } else { Share::NONE }
    }

    fn less(self, lost: Share) -> Share {
        Share {
            part: (self.part * lost.whole).saturating_sub(lost.part * self.whole),
            whole: self.whole * lost.whole,
        }
    }

    pub(super) fn or_nothing(self) -> Share {
        Share::whole_if(self.part == self.whole)
    }

    /// As a mark out of one point.
    pub(super) fn score(self) -> Score {
        Score { earned: self.of_a_point(), possible: POINT }
    }

    /// To the nearest ten-thousandth, half up.
    fn of_a_point(self) -> i64 {
        let (part, whole) = (self.part as i64, self.whole as i64);
        (2 * POINT * part + whole) / (2 * whole)
    }
}

/// A right tick earns its share of the right choices, a wrong tick costs its
/// share of the wrong ones, never below nothing.
fn share_of_ticks(choices: &[Choice], ticked: &BTreeSet<u8>) -> Share {
    let n_right = choices.iter().filter(|choice| choice.is_right).count();
    let n_right_ticks = ticked.iter().filter(|&&place| choices[usize::from(place)].is_right).count();
    let earned = Share::of(n_right_ticks, n_right);
    let lost = Share::of(ticked.len() - n_right_ticks, choices.len() - n_right);
    earned.less(lost)
}

/// Of the steps that directly follow another in the right order, the share that
/// do so in the answer. Steps that read the same stand for one another.
fn share_of_neighbours(steps: &[String], order: &[u8]) -> Share {
    let answered: Vec<&String> = order.iter().map(|&place| &steps[usize::from(place)]).collect();
    if answered.iter().copied().eq(steps) {
        return Share::WHOLE;
    }
    let mut unclaimed: Vec<&[&String]> = answered.windows(2).collect();
    let is_kept = |right: &&[String]| {
        let found = unclaimed.iter().position(|pair| pair[0] == &right[0] && pair[1] == &right[1]);
        found.map(|place| unclaimed.swap_remove(place)).is_some()
    };
    let n_kept = steps.windows(2).filter(is_kept).count();
    // Where steps repeat, a wrong order can keep every neighbour: A B A C A, A C A B A.
    let n_neighbours = steps.len() - 1;
    Share::of(n_kept.min(n_neighbours - 1), n_neighbours)
}

/// The share of left sides whose chosen right side reads like their own.
fn share_of_pairs(pairs: &[Pair], chosen: &[Option<u8>]) -> Share {
    let is_right = |(pair, chosen): &(&Pair, &Option<u8>)| {
        chosen.is_some_and(|place| pairs[usize::from(place)].right == pair.right)
    };
    let n_right = pairs.iter().zip(chosen).filter(is_right).count();
    Share::of(n_right, pairs.len())
}
