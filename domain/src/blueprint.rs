//! What a test asks: how many questions of which service, topic and level.

mod draws;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::question::{Level, QuestionId, Topic};

pub use draws::{Draws, Outlook};

/// The rows of a test, in the order they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blueprint {
    pub rows: Vec<Row>,
}

/// So many questions of one service and topic, of one level or of any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub service: String,
    pub topic: Topic,
    /// `None` is any level.
    pub level: Option<Level>,
    pub n_questions: u32,
}

/// What drawing needs to know of a question in the bank: only ready ones count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: QuestionId,
    pub level: Level,
}

/// A row that the bank cannot fill, together with the rows before and after it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{service}, {topic}{}: {wanted} wanted, {found} ready", .level.map(|l| format!(" at level {}", l.get())).unwrap_or_default())]
pub struct TooFewQuestions {
    /// Place of the row in the blueprint, from 0.
    pub row: usize,
    pub service: String,
    pub topic: Topic,
    pub level: Option<Level>,
    pub wanted: u32,
    /// How many are left for this row once the rows served before it have
    /// theirs.
    pub found: u32,
}

impl Blueprint {
    pub fn n_questions(&self) -> u32 {
        self.rows.iter().fold(0, |n, row| n.saturating_add(row.n_questions))
    }

    /// Each service and topic that is asked, once, as they first come up.
    pub fn topics(&self) -> Vec<(&str, Topic)> {
        let mut topics = Vec::new();
        for row in self.rows.iter().map(|row| (row.service.as_str(), row.topic)) {
            if !topics.contains(&row) {
                topics.push(row);
            }
        }
        topics
    }

    /// The rows of the topics that are not among these.
    pub fn without(&self, is_left_out: impl Fn(&str, Topic) -> bool) -> Blueprint {
        let rows = self.rows.iter().filter(|row| !is_left_out(&row.service, row.topic));
        Blueprint { rows: rows.cloned().collect() }
    }

    /// Every row that cannot be filled from these questions, no question used
    /// twice, in the order of the blueprint. Rows that name a level are served
    /// before rows that take any.
    pub fn shortfalls(&self, bank: &[Candidate]) -> Vec<TooFewQuestions> {
        let mut left = Stock::of(bank);
        let mut shortfalls: Vec<_> = self
            .serving_order()
            .filter_map(|(place, row)| {
                let found = left.take(row);
                (found < row.n_questions).then(|| row.too_few(place, found))
            })
            .collect();
        shortfalls.sort_by_key(|shortfall| shortfall.row);
        shortfalls
    }

    /// The rows with their places, those that name a level first.
    ///
    /// Serving them one after the other in this order is exact, not a guess: a
    /// question has one level, so a row that names one can be filled from
    /// nowhere else, and which questions of its level it takes is all the same
    /// to the rows that take any.
    pub(crate) fn serving_order(&self) -> impl Iterator<Item = (usize, &Row)> {
        let rows = || self.rows.iter().enumerate();
        let with_level = rows().filter(|(_, row)| row.level.is_some());
        let of_any_level = rows().filter(|(_, row)| row.level.is_none());
        with_level.chain(of_any_level)
    }
}

impl Row {
    /// Whether this question can fill a place of this row.
    pub(crate) fn takes(&self, question: &Candidate) -> bool {
        question.id.service == self.service
            && question.id.topic == self.topic
            && self.level.is_none_or(|level| level == question.level)
    }

    fn too_few(&self, place: usize, found: u32) -> TooFewQuestions {
        TooFewQuestions {
            row: place,
            service: self.service.clone(),
            topic: self.topic,
            level: self.level,
            wanted: self.n_questions,
            found,
        }
    }
}

/// How many questions are left of each service, topic and level.
struct Stock<'b>(HashMap<(&'b str, Topic, Level), u32>);

impl<'b> Stock<'b> {
    fn of(bank: &'b [Candidate]) -> Stock<'b> {
        let mut stock = HashMap::new();
        for Candidate { id, level } in bank {
            *stock.entry((id.service.as_str(), id.topic, *level)).or_default() += 1;
        }
        Stock(stock)
    }

    /// Takes what the row wants, or all there is; returns how many that were.
    fn take(&mut self, row: &'b Row) -> u32 {
        let levels = Level::ALL.into_iter().filter(|level| row.level.is_none_or(|own| own == *level));
        let mut n_taken = 0;
        for level in levels {
            if let Some(left) = self.0.get_mut(&(row.service.as_str(), row.topic, level)) {
                let n = (*left).min(row.n_questions - n_taken);
                *left -= n;
                n_taken += n;
            }
        }
        n_taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn row(service: &str, topic: Topic, level: Option<u8>, n_questions: u32) -> Row {
        let level = level.map(|n| Level::try_from(n).unwrap());
        Row { service: service.into(), topic, level, n_questions }
    }

    /// A row about the monitoring of the database, which most tests are about.
    fn monitoring(level: impl Into<Option<u8>>, n_questions: u32) -> Row {
        row("orders-db", Topic::Monitoring, level.into(), n_questions)
    }

    /// A bank with a question of each of these levels about it.
    fn bank(levels: &[u8]) -> Vec<Candidate> {
        let candidate = |(n, &level): (usize, &u8)| Candidate {
            id: format!("orders-db/monitoring/q{n}").parse().unwrap(),
            level: Level::try_from(level).unwrap(),
        };
        levels.iter().enumerate().map(candidate).collect()
    }

    /// Place of the row and how many were found for it.
    fn shortfalls(rows: Vec<Row>, bank: &[Candidate]) -> Vec<(usize, u32)> {
        let shortfalls = Blueprint { rows }.shortfalls(bank);
        shortfalls.into_iter().map(|shortfall| (shortfall.row, shortfall.found)).collect()
    }

    #[test]
    fn a_row_is_short_when_the_rows_served_before_it_leave_too_few() {
        let any = || monitoring(None, 2);
        let two = |n| monitoring(2, n);
        let cases = [
            ("nothing asked", vec![], vec![], vec![]),
            ("just enough", vec![any()], vec![1, 3], vec![]),
            ("one too few", vec![any()], vec![1], vec![(0, 1)]),
            ("none at all", vec![any()], vec![], vec![(0, 0)]),
            ("no question of the level", vec![two(1)], vec![1, 3, 3], vec![(0, 0)]),
            ("overlapping rows, just enough", vec![any(), two(1)], vec![1, 1, 2], vec![]),
            ("the level first, although written last", vec![any(), two(1)], vec![1, 2], vec![(0, 1)]),
            ("the earlier of two alike first", vec![two(2), two(2)], vec![2, 2, 2], vec![(1, 1)]),
            (
                "all of several, as written",
                vec![any(), two(2), two(1)],
                vec![2, 3],
                vec![(0, 1), (1, 1), (2, 0)],
            ),
            ("a row that asks nothing", vec![monitoring(None, 0)], vec![], vec![]),
        ];
        for (case, rows, levels, expected) in cases {
            assert_eq!(shortfalls(rows, &bank(&levels)), expected, "{case}");
        }
    }

    #[test]
    fn a_question_fills_only_rows_of_its_own_service_and_topic() {
        let bank = bank(&[1, 1]);

        assert_eq!(shortfalls(vec![row("orders-db", Topic::Process, None, 1)], &bank), [(0, 0)]);
        assert_eq!(shortfalls(vec![row("orders", Topic::Monitoring, None, 1)], &bank), [(0, 0)]);
    }

    #[test]
    fn a_shortfall_reads_as_what_was_wanted_and_what_is_there() {
        let blueprint = Blueprint { rows: vec![monitoring(None, 4), monitoring(3, 2)] };

        let told: Vec<String> =
            blueprint.shortfalls(&bank(&[1, 3])).iter().map(ToString::to_string).collect();

        assert_eq!(
            told,
            [
                "orders-db, monitoring: 4 wanted, 1 ready",
                "orders-db, monitoring at level 3: 2 wanted, 1 ready"
            ]
        );
    }

    #[test]
    fn more_questions_than_can_be_counted_are_counted_as_the_most_that_can() {
        let blueprint = Blueprint { rows: vec![monitoring(None, u32::MAX), monitoring(None, 2)] };

        assert_eq!(blueprint.n_questions(), u32::MAX);
    }

    proptest! {
        #[test]
        fn serving_rows_with_a_level_first_fills_all_rows_whenever_that_can_be_done(
            rows in vec((proptest::option::of(1..=3_u8), 0..4_u32), 0..5),
            levels in vec(1..=3_u8, 0..10),
        ) {
            let rows: Vec<Row> = rows.into_iter().map(|(level, n)| monitoring(level, n)).collect();
            let bank = bank(&levels);

            let can_be_done = every_place_has_a_question(&rows, &bank);

            prop_assert_eq!(Blueprint { rows }.shortfalls(&bank).is_empty(), can_be_done);
        }
    }

    /// The slow way: a matching of places and questions, by augmenting paths.
    fn every_place_has_a_question(rows: &[Row], bank: &[Candidate]) -> bool {
        let places: Vec<&Row> =
            rows.iter().flat_map(|row| std::iter::repeat_n(row, row.n_questions as usize)).collect();
        let mut place_of = vec![None; bank.len()];
        (0..places.len()).all(|place| seat(place, &places, bank, &mut place_of, &mut vec![false; bank.len()]))
    }

    fn seat(
        place: usize,
        places: &[&Row],
        bank: &[Candidate],
        place_of: &mut [Option<usize>],
        tried: &mut [bool],
    ) -> bool {
        for question in 0..bank.len() {
            if tried[question] || !places[place].takes(&bank[question]) {
                continue;
            }
            tried[question] = true;
            if place_of[question].is_none_or(|other| seat(other, places, bank, place_of, tried)) {
                place_of[question] = Some(place);
                return true;
            }
        }
        false
    }
}
