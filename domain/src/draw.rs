//! Which questions one attempt asks, and in what order things are shown.

use rand::Rng;
use rand::seq::SliceRandom;

use crate::blueprint::{Blueprint, Candidate, Row, TooFewQuestions};
use crate::question::{Key, Question, QuestionId};

/// Draws the questions of one attempt within the blueprint, row by row, none of
/// them twice, shuffled within a row. A row that takes any level draws from all
/// that the rows with a level left over.
///
/// Each row takes the questions that this person has met the fewest times, at
/// random among equals: unseen ones first, for as long as there are any.
///
/// Keep the draw, not the seed: a bank changes, and so may a generator.
pub fn draw(
    blueprint: &Blueprint,
    bank: &[Candidate],
    times_met: impl Fn(&QuestionId) -> u32,
    rng: &mut impl Rng,
) -> Result<Vec<QuestionId>, Vec<TooFewQuestions>> {
    let shortfalls = blueprint.shortfalls(bank);
    if !shortfalls.is_empty() {
        return Err(shortfalls);
    }
    let mut left: Vec<(u32, &Candidate)> =
        bank.iter().map(|question| (times_met(&question.id), question)).collect();
    let mut drawn = vec![Vec::new(); blueprint.rows.len()];
    for (place, row) in blueprint.serving_order() {
        drawn[place] = draw_row(row, &mut left, rng);
    }
    Ok(drawn.concat())
}

/// Shuffles anew for every row: what an earlier row passed over would otherwise
/// stand further back, and be drawn less often. What was taken is shuffled once
/// more, so that a place does not tell what is new.
fn draw_row(row: &Row, left: &mut Vec<(u32, &Candidate)>, rng: &mut impl Rng) -> Vec<QuestionId> {
    left.shuffle(rng);
    left.sort_by_key(|(times_met, _)| *times_met);
    let mut taken: Vec<QuestionId> = left
        .extract_if(.., |(_, question)| row.takes(question))
        .take(row.n_questions as usize)
        .map(|(_, question)| question.id.clone())
        .collect();
    taken.shuffle(rng);
    taken
}

/// The order in which the choices, steps or right-hand sides of a question are
/// shown: place `p` shows the one written at `order[p]`.
///
/// Steps to be ordered are never shown in the right order, so that an order
/// nobody touched can count as no answer; nor in one that reads like it where
/// steps repeat. Only steps that all read the same cannot be helped.
pub fn show_order(question: &Question, rng: &mut impl Rng) -> Vec<u8> {
    let mut order: Vec<u8> = (0..question.n_shuffled()).collect();
    order.shuffle(rng);
    if let Key::Ordering { steps } = &question.key {
        while reads_right(steps, &order) && !all_equal(steps) {
            order.shuffle(rng);
        }
    }
    order
}

fn reads_right(steps: &[String], order: &[u8]) -> bool {
    order.iter().map(|&place| &steps[usize::from(place)]).eq(steps)
}

fn all_equal(steps: &[String]) -> bool {
    steps.windows(2).all(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet, HashSet};

    use proptest::collection::vec;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::question::{Choice, Level, Number, Pair, Topic, question};

    fn dice(seed: u64) -> StdRng {
        StdRng::seed_from_u64(seed)
    }

    fn row(topic: Topic, level: Option<u8>, n_questions: u32) -> Row {
        let level = level.map(|n| Level::try_from(n).unwrap());
        Row { service: "orders-db".into(), topic, level, n_questions }
    }

    fn monitoring(level: impl Into<Option<u8>>, n_questions: u32) -> Row {
        row(Topic::Monitoring, level.into(), n_questions)
    }

    /// `orders-db/monitoring/q0` and so on, one of each of these levels.
    fn bank(levels: &[u8]) -> Vec<Candidate> {
        let candidate = |(n, &level): (usize, &u8)| Candidate {
            id: format!("orders-db/monitoring/q{n}").parse().unwrap(),
            level: Level::try_from(level).unwrap(),
        };
        levels.iter().enumerate().map(candidate).collect()
    }

    fn drawn(rows: &[Row], bank: &[Candidate], seed: u64) -> Vec<String> {
        let blueprint = Blueprint { rows: rows.to_vec() };
        let ids = draw(&blueprint, bank, |_| 0, &mut dice(seed)).unwrap();
        ids.into_iter().map(|id| id.slug).collect()
    }

    /// How often each outcome came up in 6,000 tries, which are enough to tell
    /// 1 in 6 from 1 in 5.
    fn tally<T: Ord>(outcomes_of: impl Fn(u64) -> Vec<T>) -> BTreeMap<T, u32> {
        let mut tally = BTreeMap::new();
        for outcome in (0..6_000).flat_map(outcomes_of) {
            *tally.entry(outcome).or_default() += 1;
        }
        tally
    }

    fn assert_about_equal<T: std::fmt::Debug + Ord>(tally: &BTreeMap<T, u32>, n_outcomes: usize, each: u32) {
        assert_eq!(tally.len(), n_outcomes, "{tally:?}");
        let is_near = |&n: &u32| n.abs_diff(each) < each / 10;
        assert!(tally.values().all(is_near), "{each} of each expected: {tally:?}");
    }

    #[test]
    fn a_draw_follows_the_rows_of_the_blueprint_in_their_order() {
        let mut bank = bank(&[1, 2, 2]);
        bank.push(Candidate { id: "orders-db/process/handover".parse().unwrap(), level: Level::ONE });
        let rows = [monitoring(None, 1), row(Topic::Process, None, 1), monitoring(2, 2)];

        let drawn = drawn(&rows, &bank, 1);

        assert_eq!(drawn[..2], ["q0", "handover"]);
        assert_eq!(drawn[2..].iter().collect::<BTreeSet<_>>().len(), 2);
    }

    #[test]
    fn every_question_of_a_row_is_as_likely_as_any_other_at_every_place() {
        let bank = bank(&[1, 1, 1, 1]);

        let tally = tally(|seed| drawn(&[monitoring(1, 2)], &bank, seed).into_iter().enumerate().collect());

        assert_about_equal(&tally, 8, 1_500);
    }

    #[test]
    fn a_row_of_any_level_draws_evenly_from_all_that_is_left() {
        let bank = bank(&[2, 2, 3, 3]);

        // One of the first two is gone: each is left half of the time, and then
        // one of three.
        let tally = tally(|seed| drawn(&[monitoring(None, 1), monitoring(2, 1)], &bank, seed)[..1].to_vec());

        let [a, b, c, d] = [tally["q0"], tally["q1"], tally["q2"], tally["q3"]];
        assert!(a.abs_diff(1_000) < 100 && b.abs_diff(1_000) < 100, "{tally:?}");
        assert!(c.abs_diff(2_000) < 150 && d.abs_diff(2_000) < 150, "{tally:?}");
    }

    #[test]
    fn unseen_questions_come_first_and_then_those_met_the_fewest_times() {
        let bank = bank(&[1, 1, 2, 2, 3]);
        let times_met = |id: &QuestionId| match id.slug.as_str() {
            "q0" => 2,
            "q1" | "q2" => 1,
            _ => 0,
        };
        let drawn = |row, seed| {
            let blueprint = Blueprint { rows: vec![row] };
            let mut ids = draw(&blueprint, &bank, times_met, &mut dice(seed)).unwrap();
            ids.sort_by(|a, b| a.slug.cmp(&b.slug));
            ids.into_iter().map(|id| id.slug).collect::<Vec<_>>()
        };

        for seed in 0..50 {
            assert_eq!(drawn(monitoring(None, 2), seed), ["q3", "q4"]);
            assert_eq!(drawn(monitoring(None, 4), seed), ["q1", "q2", "q3", "q4"]);
            assert_eq!(drawn(monitoring(1, 1), seed), ["q1"]);
        }
        let third = tally(|seed| drawn(monitoring(None, 3), seed)[..1].to_vec());
        assert_about_equal(&third, 2, 3_000);
    }

    #[test]
    fn a_draw_that_cannot_be_filled_names_every_row_that_is_short() {
        let blueprint = Blueprint { rows: vec![monitoring(1, 3), monitoring(2, 1), monitoring(3, 2)] };
        let bank = bank(&[1, 1, 2]);

        let shortfalls = draw(&blueprint, &bank, |_| 0, &mut dice(1)).unwrap_err();

        assert_eq!(shortfalls, blueprint.shortfalls(&bank));
        assert_eq!(shortfalls.iter().map(|short| short.row).collect::<Vec<_>>(), [0, 2]);
    }

    proptest! {
        #[test]
        fn a_draw_fills_every_row_with_its_own_and_no_question_twice(
            rows in vec((proptest::option::of(1..=3_u8), 0..4_u32), 0..5),
            levels in vec(1..=3_u8, 0..16),
            seed: u64,
        ) {
            let rows: Vec<Row> = rows.into_iter().map(|(level, n)| monitoring(level, n)).collect();
            let (blueprint, bank) = (Blueprint { rows }, bank(&levels));

            let met = |id: &QuestionId| u32::from(id.slug.ends_with(['1', '3']));
            let Ok(drawn) = draw(&blueprint, &bank, met, &mut dice(seed)) else {
                prop_assert!(!blueprint.shortfalls(&bank).is_empty());
                return Ok(());
            };

            prop_assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), drawn.len());
            prop_assert_eq!(drawn.len(), blueprint.n_questions() as usize);
            let rows = blueprint.rows.iter();
            let places = rows.flat_map(|row| std::iter::repeat_n(row, row.n_questions as usize));
            for (id, row) in drawn.iter().zip(places) {
                prop_assert!(row.takes(bank.iter().find(|question| question.id == *id).unwrap()));
            }
        }
    }

    fn ordering(steps: &[&str]) -> Question {
        question(Key::Ordering { steps: steps.iter().map(ToString::to_string).collect() })
    }

    fn choices(n: usize) -> Vec<Choice> {
        (0..n).map(|i| Choice { text: i.to_string(), is_right: i == 0, feedback: None }).collect()
    }

    fn shown(question: &Question, seed: u64) -> Vec<u8> {
        show_order(question, &mut dice(seed))
    }

    #[test]
    fn choices_are_shown_in_every_order_equally_often() {
        let question = question(Key::Single { choices: choices(3) });

        assert_about_equal(&tally(|seed| vec![shown(&question, seed)]), 6, 1_000);
    }

    #[test]
    fn steps_are_shown_in_every_order_but_the_right_one_equally_often() {
        let question = ordering(&["declare", "mitigate", "review"]);

        let tally = tally(|seed| vec![shown(&question, seed)]);

        assert_about_equal(&tally, 5, 1_200);
        assert!(!tally.contains_key(&vec![0, 1, 2]));
    }

    #[test]
    fn steps_that_repeat_are_never_shown_in_an_order_that_reads_right() {
        let question = ordering(&["check", "act", "check"]);

        let tally = tally(|seed| vec![shown(&question, seed)]);

        assert!(!tally.contains_key(&vec![0, 1, 2]) && !tally.contains_key(&vec![2, 1, 0]), "{tally:?}");
        assert_eq!(tally.len(), 4);
    }

    #[test]
    fn steps_that_all_read_the_same_are_shown_in_some_order() {
        let mut order = shown(&ordering(&["wait", "wait"]), 1);
        order.sort_unstable();

        assert_eq!(order, [0, 1]);
    }

    #[test]
    fn every_kind_is_shown_with_all_its_parts_and_typed_kinds_have_none() {
        let number = Number { low: 5.0, high: 5.0, unit: None, written: "5".into() };
        let pair = || Pair { left: "port".into(), right: "5432".into() };
        let cases = [
            (Key::Single { choices: choices(20) }, 20),
            (Key::Multiple { choices: choices(4) }, 4),
            (Key::Ordering { steps: vec!["a".into(), "b".into()] }, 2),
            (Key::Matching { headings: Default::default(), pairs: vec![pair(), pair(), pair()] }, 3),
            (Key::Numeric(number), 0),
            (Key::Short { accepted: vec!["a".into()], case_sensitive: false }, 0),
            (Key::Open { rubric: Vec::new() }, 0),
        ];
        for (key, n_parts) in cases {
            let question = question(key);
            let mut order = shown(&question, 1);
            order.sort_unstable();
            assert_eq!(order, (0..n_parts).collect::<Vec<u8>>(), "{:?}", question.kind());
        }
    }
}
