//! What a taker answers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::question::{Kind, Prompt};

/// The longest typed answer, in bytes.
pub const TEXT_LIMIT: usize = 16 * 1024;

/// The longest answer to an open question, in characters; a line break is one.
pub const OPEN_LIMIT: usize = 10_000;

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
    /// A number or a text, exactly as typed.
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
    pub const ALL: [Confidence; 3] = [Confidence::Guess, Confidence::FairlySure, Confidence::Certain];

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
        self.fits_shape(prompt.ask.kind(), prompt.ask.n_places())
    }

    /// Whether this answer can be an answer to a question of this kind with so
    /// many choices, steps or pairs. It needs no key.
    pub fn fits_shape(&self, kind: Kind, n_places: usize) -> bool {
        let within = |place: &u8| usize::from(*place) < n_places;
        match (self, kind) {
            (Answer::DoNotKnow, _) => true,
            (Answer::One(place), Kind::Single) => within(place),
            (Answer::Several(places), Kind::Multiple) => places.iter().all(within),
            (Answer::Order(places), Kind::Ordering) => {
                let distinct: BTreeSet<u8> = places.iter().copied().collect();
                places.len() == n_places && distinct.len() == n_places && places.iter().all(within)
            }
            (Answer::Pairs(places), Kind::Matching) => {
                places.len() == n_places && places.iter().flatten().all(within)
            }
            (Answer::Typed(text), Kind::Numeric | Kind::Short) => text.len() <= TEXT_LIMIT,
            (Answer::Typed(text), Kind::Open) => text.chars().count() <= OPEN_LIMIT,
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::question::Ask;

    fn prompt(ask: Ask) -> Prompt {
        Prompt { text: String::new(), ask }
    }

    fn texts(n: usize) -> Vec<String> {
        (0..n).map(|i| i.to_string()).collect()
    }

    fn single(n: usize) -> Prompt {
        prompt(Ask::Single { choices: texts(n) })
    }

    fn multiple(n: usize) -> Prompt {
        prompt(Ask::Multiple { choices: texts(n) })
    }

    fn ordering(n: usize) -> Prompt {
        prompt(Ask::Ordering { steps: texts(n) })
    }

    fn matching(n: usize) -> Prompt {
        prompt(Ask::Matching { headings: Default::default(), left: texts(n), right: texts(n) })
    }

    fn numeric() -> Prompt {
        prompt(Ask::Numeric { unit: None })
    }

    fn short() -> Prompt {
        prompt(Ask::Short)
    }

    fn several(places: &[u8]) -> Answer {
        Answer::Several(places.iter().copied().collect())
    }

    fn typed(text: &str) -> Answer {
        Answer::Typed(text.into())
    }

    #[test]
    fn an_answer_fits_a_prompt_of_its_kind_within_its_places() {
        let cases = [
            (Answer::One(2), single(3), true),
            (Answer::One(3), single(3), false),
            (several(&[]), multiple(3), true),
            (several(&[0, 2]), multiple(3), true),
            (several(&[0, 3]), multiple(3), false),
            (Answer::Order(vec![2, 0, 1]), ordering(3), true),
            (Answer::Order(vec![2, 0]), ordering(3), false),
            (Answer::Order(vec![2, 0, 0]), ordering(3), false),
            (Answer::Order(vec![3, 0, 1]), ordering(3), false),
            (Answer::Order(vec![2, 0, 1, 1]), ordering(3), false),
            (Answer::Pairs(vec![None, Some(1)]), matching(2), true),
            (Answer::Pairs(vec![Some(1), Some(1)]), matching(2), true),
            (Answer::Pairs(vec![Some(1), Some(2)]), matching(2), false),
            (Answer::Pairs(vec![Some(1)]), matching(2), false),
            (Answer::Pairs(vec![None, None, None]), matching(2), false),
            (typed("5432"), numeric(), true),
            (typed("many"), numeric(), true),
            (typed(""), short(), true),
        ];
        for (answer, prompt, fits) in cases {
            assert_eq!(answer.fits(&prompt), fits, "{answer:?} to {:?}", prompt.ask);
        }
    }

    #[test]
    fn an_answer_of_one_kind_fits_no_other() {
        let prompts =
            [single(3), multiple(3), ordering(3), matching(3), numeric(), short(), prompt(Ask::Open)];
        let answers = [
            (Answer::One(0), [true, false, false, false, false, false, false]),
            (several(&[0]), [false, true, false, false, false, false, false]),
            (Answer::Order(vec![0, 1, 2]), [false, false, true, false, false, false, false]),
            (Answer::Pairs(vec![None; 3]), [false, false, false, true, false, false, false]),
            (typed("0"), [false, false, false, false, true, true, true]),
            (Answer::DoNotKnow, [true; 7]),
        ];
        for (answer, expected) in answers {
            assert_eq!(prompts.each_ref().map(|prompt| answer.fits(prompt)), expected, "{answer:?}");
        }
    }

    #[test]
    fn a_text_fits_up_to_the_limit_in_bytes() {
        let euros = TEXT_LIMIT / "€".len();

        assert!(typed(&"x".repeat(TEXT_LIMIT)).fits(&short()));
        assert!(!typed(&"x".repeat(TEXT_LIMIT + 1)).fits(&short()));
        assert!(typed(&"€".repeat(euros)).fits(&short()));
        assert!(!typed(&"€".repeat(euros + 1)).fits(&short()));
    }

    #[test]
    fn an_answer_to_an_open_question_fits_up_to_the_limit_in_characters() {
        let open = prompt(Ask::Open);

        assert!(typed(&"€".repeat(OPEN_LIMIT)).fits(&open));
        assert!(!typed(&"x".repeat(OPEN_LIMIT + 1)).fits(&open));
    }

    #[test]
    fn the_written_places_undo_the_shuffle() {
        let order = [2, 0, 1];
        let cases = [
            (Answer::One(0), Answer::One(2)),
            (several(&[0, 1]), several(&[0, 2])),
            (Answer::Order(vec![1, 2, 0]), Answer::Order(vec![0, 1, 2])),
            (Answer::Pairs(vec![Some(1), None, Some(0)]), Answer::Pairs(vec![Some(0), None, Some(2)])),
            (Answer::DoNotKnow, Answer::DoNotKnow),
            (typed("0"), typed("0")),
        ];
        for (shown, written) in cases {
            assert_eq!(shown.as_written(&order), written, "{shown:?}");
        }
    }

    #[test]
    fn an_answer_is_empty_when_nothing_is_ticked_paired_or_typed() {
        let cases = [
            (several(&[]), true),
            (several(&[0]), false),
            (Answer::Pairs(vec![None, None]), true),
            (Answer::Pairs(vec![None, Some(0)]), false),
            (typed(" \u{a0}\n"), true),
            (typed("0"), false),
            (Answer::One(0), false),
            (Answer::Order(vec![0, 1]), false),
            (Answer::DoNotKnow, false),
        ];
        for (answer, is_empty) in cases {
            assert_eq!(answer.is_empty(), is_empty, "{answer:?}");
        }
    }

    #[test]
    fn a_confidence_is_read_back_as_it_was_written() {
        for confidence in Confidence::ALL {
            assert_eq!(Confidence::parse(confidence.as_str()), Some(confidence));
        }
        assert_eq!(Confidence::parse("sure"), None);
    }

    /// A prompt with n places, an answer that fits it, and an order of showing.
    fn shown_and_answered() -> impl Strategy<Value = (Prompt, Answer, Vec<u8>)> {
        (1..=20_u8).prop_flat_map(|n| {
            let size = usize::from(n);
            let order = || Just((0..n).collect::<Vec<u8>>()).prop_shuffle();
            let answered = prop_oneof![
                (0..n).prop_map(move |place| (single(size), Answer::One(place))),
                vec(0..n, 0..size).prop_map(move |places| (multiple(size), several(&places))),
                order().prop_map(move |places| (ordering(size), Answer::Order(places))),
                vec(proptest::option::of(0..n), size)
                    .prop_map(move |places| (matching(size), Answer::Pairs(places))),
            ];
            (answered, order()).prop_map(|((prompt, answer), order)| (prompt, answer, order))
        })
    }

    proptest! {
        #[test]
        fn an_answer_that_fits_still_fits_in_written_places((prompt, answer, order) in shown_and_answered()) {
            prop_assert!(answer.fits(&prompt));
            prop_assert!(answer.as_written(&order).fits(&prompt));
        }

        #[test]
        fn shuffling_back_gives_the_answer_again((_, answer, order) in shown_and_answered()) {
            let mut shown_at = vec![0; order.len()];
            for (shown, &written) in (0..).zip(&order) {
                shown_at[usize::from(written)] = shown;
            }

            prop_assert_eq!(answer.as_written(&order).as_written(&shown_at), answer);
        }
    }
}
