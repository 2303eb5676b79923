//! An answer that is right beside the key.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::bank;
use crate::question::{Choice, Key, Number, Pair, Question};

/// Another right answer, in the places as the author wrote them. Each kind of
/// question has its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlsoRight {
    /// Another choice of a single choice.
    Choice(u8),
    /// Another set of choices, which is right as a whole.
    Ticks(BTreeSet<u8>),
    /// Another order of the steps.
    Order(Vec<u8>),
    /// For each left side the place of a right side.
    Pairs(Vec<u8>),
    /// Another value, tolerance or range, as in a bank: `30 ± 5 s`.
    Number(String),
    /// Another pattern; `*` stands for anything.
    Pattern(String),
}

impl AlsoRight {
    /// Whether it can be an answer to this question at all.
    pub fn fits(&self, question: &Question) -> bool {
        self.key(&question.key).is_some()
    }

    /// Whether it says what the key says already.
    pub fn is_the_key(&self, question: &Question) -> bool {
        match (self, &question.key) {
            (AlsoRight::Choice(place), Key::Single { choices }) => {
                choices.get(usize::from(*place)).is_some_and(|choice| choice.is_right)
            }
            (AlsoRight::Pattern(pattern), Key::Short { accepted, .. }) => accepted.contains(pattern),
            (AlsoRight::Number(_), Key::Numeric(number)) => match self.key(&question.key) {
                Some(Key::Numeric(also)) => (also.low, also.high) == (number.low, number.high),
                _ => false,
            },
            (_, key) => self.key(key).as_ref() == Some(key),
        }
    }

    /// The question with this answer as its key, and the answer in the places
    /// of that; `None` where it fits no such question.
    pub(super) fn reading(&self, question: &Question, answer: &Answer) -> Option<(Question, Answer)> {
        let key = self.key(&question.key)?;
        let answer = match (self, answer) {
            (AlsoRight::Order(order), Answer::Order(given)) => Answer::Order(moved(order, given)?),
            (AlsoRight::Pairs(_), Answer::Pairs(given)) => Answer::Pairs(paired(&question.key, &key, given)),
            _ => answer.clone(),
        };
        Some((Question { key, ..question.clone() }, answer))
    }

    /// The key that it makes of another.
    fn key(&self, key: &Key) -> Option<Key> {
        match (self, key) {
            (AlsoRight::Choice(place), Key::Single { choices }) => {
                let choices = rightly(choices, &[*place].into())?;
                Some(Key::Single { choices })
            }
            (AlsoRight::Ticks(places), Key::Multiple { choices }) => {
                let choices = rightly(choices, places)?;
                Some(Key::Multiple { choices })
            }
            (AlsoRight::Order(order), Key::Ordering { steps }) => {
                let distinct: BTreeSet<u8> = order.iter().copied().collect();
                let is_whole = distinct.len() == steps.len() && order.len() == steps.len();
                let steps = order.iter().map(|&place| steps.get(usize::from(place)).cloned());
                let steps: Option<Vec<String>> = steps.collect();
                steps.filter(|_| is_whole).map(|steps| Key::Ordering { steps })
            }
            (AlsoRight::Pairs(places), Key::Matching { headings, pairs }) => {
                let with = |(pair, &place): (&Pair, &u8)| {
                    let right = pairs.get(usize::from(place))?.right.clone();
                    Some(Pair { left: pair.left.clone(), right })
                };
                let is_whole = places.len() == pairs.len();
                let pairs: Option<Vec<Pair>> = pairs.iter().zip(places).map(with).collect();
                let pairs = pairs.filter(|_| is_whole)?;
                Some(Key::Matching { headings: headings.clone(), pairs })
            }
            (AlsoRight::Number(text), Key::Numeric(number)) => {
                let read = bank::number(text)?;
                let unit = read.unit.or_else(|| number.unit.clone());
                Some(Key::Numeric(Number { unit, ..read }))
            }
            (AlsoRight::Pattern(pattern), Key::Short { case_sensitive, .. }) => {
                let says_something = pattern.chars().any(|c| c != '*' && !c.is_whitespace());
                let accepted = vec![pattern.clone()];
                says_something.then_some(Key::Short { accepted, case_sensitive: *case_sensitive })
            }
            _ => None,
        }
    }
}

/// The choices with these, and only these, right. At least one is.
fn rightly(choices: &[Choice], right: &BTreeSet<u8>) -> Option<Vec<Choice>> {
    let is_known = right.iter().all(|&place| usize::from(place) < choices.len());
    let is_right = |place: usize| u8::try_from(place).is_ok_and(|place| right.contains(&place));
    let choice = |(place, choice): (usize, &Choice)| Choice { is_right: is_right(place), ..choice.clone() };
    (is_known && !right.is_empty()).then(|| choices.iter().enumerate().map(choice).collect())
}

/// An order of the written steps, in the places that they have in another order.
fn moved(order: &[u8], given: &[u8]) -> Option<Vec<u8>> {
    let place_in_order = |place: &u8| {
        let at = order.iter().position(|one| one == place)?;
        u8::try_from(at).ok()
    };
    given.iter().map(place_in_order).collect()
}

/// The right sides that were chosen, by where they stand in the other key; one
/// that stands nowhere in it is as good as none.
fn paired(written: &Key, key: &Key, given: &[Option<u8>]) -> Vec<Option<u8>> {
    let (Key::Matching { pairs: written, .. }, Key::Matching { pairs, .. }) = (written, key) else {
        return given.to_vec();
    };
    let place_in_key = |place: &Option<u8>| {
        let right = &written.get(usize::from((*place)?))?.right;
        let at = pairs.iter().position(|pair| pair.right == *right)?;
        u8::try_from(at).ok()
    };
    given.iter().map(place_in_key).collect()
}
