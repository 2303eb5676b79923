//! How much chance a blueprint has: how many different draws there are, how
//! much two people share, what is left for a retake.

use std::collections::BTreeMap;
use std::fmt;

use super::{Blueprint, Candidate, Row};
use crate::question::{Level, Topic};

/// How many different sets of questions a blueprint can draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draws {
    /// A million million at most.
    Exactly(u64),
    /// So many that the number says nothing more.
    MoreThanCounted,
}

/// What the bank has for one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// How many questions could fill a place of the row.
    pub n_ready: u32,
    /// How many of its places stay empty.
    pub short_by: u32,
    /// Whether every attempt asks the same for it.
    pub is_always_the_same: bool,
    /// How many retakes, at the most, find only questions that were not asked
    /// before.
    pub n_new_retakes: u32,
}

/// Above this nobody counts.
const COUNTED: u64 = 1_000_000_000_000;

impl Blueprint {
    /// How many different sets of questions there are to draw; nought where the
    /// bank cannot fill every row.
    pub fn n_draws(&self, bank: &[Candidate]) -> Draws {
        let n = self.strata(bank).values().map(Stratum::n_draws).fold(1, product);
        if n > COUNTED { Draws::MoreThanCounted } else { Draws::Exactly(n) }
    }

    /// How many questions the first attempts of two people have in common, on
    /// the average; `None` where the bank cannot fill every row.
    pub fn n_shared(&self, bank: &[Candidate]) -> Option<f64> {
        let strata = self.strata(bank);
        strata.values().all(Stratum::can_be_drawn).then(|| strata.values().map(Stratum::n_shared).sum())
    }

    /// What the bank has for each row, in the order of the blueprint.
    pub fn outlook(&self, bank: &[Candidate]) -> Vec<Outlook> {
        let strata = self.strata(bank);
        let mut outlook: Vec<Outlook> =
            self.rows.iter().map(|row| strata[&(row.service.as_str(), row.topic)].outlook(row)).collect();
        for short in self.shortfalls(bank) {
            outlook[short.row].short_by = short.wanted - short.found;
        }
        outlook
    }

    /// What is asked and what there is, for each service and topic asked.
    fn strata<'b>(&'b self, bank: &'b [Candidate]) -> BTreeMap<(&'b str, Topic), Stratum> {
        let mut strata: BTreeMap<_, Stratum> = BTreeMap::new();
        for row in &self.rows {
            strata.entry((row.service.as_str(), row.topic)).or_default().ask(row);
        }
        for Candidate { id, level } in bank {
            if let Some(stratum) = strata.get_mut(&(id.service.as_str(), id.topic)) {
                stratum.ready[place(*level)] += 1;
            }
        }
        strata
    }
}

/// The questions of one service and topic, level by level: rows of different
/// strata never compete for a question.
#[derive(Debug, Default)]
struct Stratum {
    ready: [u64; 3],
    /// By the rows that name the level.
    asked: [u64; 3],
    /// By the rows that take any level.
    asked_of_any: u64,
}

impl Stratum {
    fn ask(&mut self, row: &Row) {
        let asked = match row.level {
            Some(level) => &mut self.asked[place(level)],
            None => &mut self.asked_of_any,
        };
        *asked += u64::from(row.n_questions);
    }

    fn n_ready(&self) -> u64 {
        self.ready.iter().sum()
    }

    fn n_asked(&self) -> u64 {
        self.asked.iter().sum::<u64>() + self.asked_of_any
    }

    fn levels(&self) -> impl Iterator<Item = (u64, u64)> {
        self.ready.into_iter().zip(self.asked)
    }

    fn can_be_drawn(&self) -> bool {
        self.levels().all(|(ready, asked)| asked <= ready) && self.n_asked() <= self.n_ready()
    }

    /// Over all ways to take `x` of each level, at least those asked of it and
    /// as many as are asked in all: the product of the ways to choose them.
    fn n_draws(&self) -> u64 {
        let [first, second, third] = self.ready;
        let mut n = 0;
        for x in self.asked[0]..=first {
            for y in self.asked[1]..=second {
                let Some(z) = self.n_asked().checked_sub(x + y).filter(|&z| z >= self.asked[2]) else {
                    break;
                };
                let ways = [choose(first, x), choose(second, y), choose(third, z)];
                n = (n + ways.into_iter().fold(1, product)).min(COUNTED + 1);
            }
        }
        n
    }

    /// The sum of the squares of the chances with which each question is drawn.
    ///
    /// Within a level all are alike: a question is among those asked of its
    /// level, or else it is one of those left over, all of which have the same
    /// chance with the rows of any level.
    #[allow(clippy::cast_precision_loss, reason = "nobody has a bank of 2^53 questions")]
    fn n_shared(&self) -> f64 {
        let n_left = self.n_ready() - self.asked.iter().sum::<u64>();
        let later = if n_left == 0 { 0.0 } else { self.asked_of_any as f64 / n_left as f64 };
        let of_level = |(ready, asked): (u64, u64)| {
            let first = asked as f64 / ready as f64;
            let chance = first + (1.0 - first) * later;
            ready as f64 * chance * chance
        };
        self.levels().filter(|(ready, _)| *ready > 0).map(of_level).sum()
    }

    fn outlook(&self, row: &Row) -> Outlook {
        let whole = (self.n_ready(), self.n_asked());
        let pools = match row.level {
            None => vec![whole],
            Some(level) => {
                let own = (self.ready[place(level)], self.asked[place(level)]);
                if self.asked_of_any > 0 { vec![own, whole] } else { vec![own] }
            }
        };
        let n_attempts = pools.iter().map(|(ready, asked)| ready / (*asked).max(1)).min().unwrap_or_default();
        Outlook {
            n_ready: small(pools[0].0),
            short_by: 0,
            is_always_the_same: self.can_be_drawn() && pools.iter().any(|(ready, asked)| ready == asked),
            n_new_retakes: small(n_attempts.saturating_sub(1)),
        }
    }
}

fn place(level: Level) -> usize {
    usize::from(level.get()) - 1
}

fn small(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Exact up to what is counted, and above it just above it.
fn product(a: u64, b: u64) -> u64 {
    a.saturating_mul(b).min(COUNTED + 1)
}

/// In how many ways `k` of `n` can be chosen; the same limit.
fn choose(n: u64, k: u64) -> u64 {
    if k > n {
        return 0;
    }
    let mut ways: u64 = 1;
    for i in 0..k.min(n - k) {
        // The ways to choose `i + 1` are more than those to choose `i`, up to
        // the middle: past the limit they stay past it.
        ways = match ways.checked_mul(n - i) {
            Some(product) => product / (i + 1),
            None => return COUNTED + 1,
        };
        if ways > COUNTED {
            return COUNTED + 1;
        }
    }
    ways
}

impl fmt::Display for Draws {
    /// "15,504", "more than 3 million", "more than a million million".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MILLION: u64 = 1_000_000;
        match *self {
            Draws::MoreThanCounted => f.write_str("more than a million million"),
            Draws::Exactly(n) if n < MILLION => f.write_str(&with_commas(n)),
            Draws::Exactly(n) => {
                let more = if n % MILLION == 0 { "" } else { "more than " };
                write!(f, "{more}{} million", with_commas(n / MILLION))
            }
        }
    }
}

fn with_commas(n: u64) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", with_commas(n / 1000), n % 1000) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn row(topic: Topic, level: Option<u8>, n_questions: u32) -> Row {
        let level = level.map(|n| Level::try_from(n).unwrap());
        Row { service: "orders-db".into(), topic, level, n_questions }
    }

    fn monitoring(level: impl Into<Option<u8>>, n_questions: u32) -> Row {
        row(Topic::Monitoring, level.into(), n_questions)
    }

    /// A question of each of these levels about each of these topics.
    fn bank(of: &[(Topic, &[u8])]) -> Vec<Candidate> {
        let candidate = |topic: Topic, (n, &level): (usize, &u8)| Candidate {
            id: format!("orders-db/{topic}/q{n}").parse().unwrap(),
            level: Level::try_from(level).unwrap(),
        };
        of.iter()
            .flat_map(|(topic, levels)| {
                levels.iter().enumerate().map(move |question| candidate(*topic, question))
            })
            .collect()
    }

    fn of_monitoring(levels: &[u8]) -> Vec<Candidate> {
        bank(&[(Topic::Monitoring, levels)])
    }

    fn draws(rows: Vec<Row>, levels: &[u8]) -> String {
        Blueprint { rows }.n_draws(&of_monitoring(levels)).to_string()
    }

    #[test]
    fn as_many_sets_can_be_drawn_as_the_rows_leave_open() {
        let cases = [
            ("nothing asked", vec![], vec![], "1"),
            ("two of four", vec![monitoring(None, 2)], vec![1, 1, 2, 3], "6"),
            ("all there is", vec![monitoring(None, 3)], vec![1, 2, 3], "1"),
            ("one too few", vec![monitoring(None, 3)], vec![1, 2], "0"),
            ("the level lacks", vec![monitoring(2, 1)], vec![1, 1, 3], "0"),
            ("each level for itself", vec![monitoring(1, 1), monitoring(2, 2)], vec![1, 1, 2, 2, 2], "6"),
            // Of three easy and one hard: two easy ones, or one and the hard one.
            ("a level and any", vec![monitoring(None, 1), monitoring(1, 1)], vec![1, 1, 1, 2], "6"),
            ("five of twenty", vec![monitoring(None, 5)], vec![1; 20], "15,504"),
            ("ten of forty", vec![monitoring(None, 10)], vec![1; 40], "more than 847 million"),
            ("twenty of sixty", vec![monitoring(None, 20)], vec![2; 60], "more than a million million"),
            ("more than fit into a number", vec![monitoring(None, u32::MAX); 3], vec![2; 60], "0"),
        ];
        for (case, rows, levels, expected) in cases {
            assert_eq!(draws(rows, &levels), expected, "{case}");
        }
    }

    #[test]
    fn draws_of_different_topics_are_multiplied() {
        let bank = bank(&[(Topic::Monitoring, &[1, 1, 1, 1]), (Topic::Process, &[1, 2, 3])]);
        let blueprint = Blueprint { rows: vec![monitoring(None, 2), row(Topic::Process, None, 1)] };

        assert_eq!(blueprint.n_draws(&bank), Draws::Exactly(18));
    }

    #[test]
    fn a_number_of_draws_reads_like_a_number_until_it_says_nothing_more() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (999_999, "999,999"),
            (1_000_000, "1 million"),
            (1_000_001, "more than 1 million"),
            (15_504_000_017, "more than 15,504 million"),
            (COUNTED, "1,000,000 million"),
        ];
        for (n, words) in cases {
            assert_eq!(Draws::Exactly(n).to_string(), words);
        }
    }

    #[test]
    fn two_people_share_the_more_the_fewer_questions_there_are() {
        let cases = [
            ("all of all", vec![monitoring(None, 3)], vec![1, 2, 3], Some(3.0)),
            ("six of twelve", vec![monitoring(None, 6)], vec![1; 12], Some(3.0)),
            (
                "one of each of two levels",
                vec![monitoring(1, 1), monitoring(2, 1)],
                vec![1, 1, 2, 2],
                Some(1.0),
            ),
            // The easy one is always drawn, and each of the others half of the time.
            ("a level and any", vec![monitoring(1, 1), monitoring(None, 1)], vec![1, 2, 3], Some(1.5)),
            ("too few", vec![monitoring(None, 3)], vec![1], None),
            ("nothing", vec![], vec![], Some(0.0)),
        ];
        for (case, rows, levels, expected) in cases {
            assert_eq!(Blueprint { rows }.n_shared(&of_monitoring(&levels)), expected, "{case}");
        }
    }

    #[test]
    fn a_row_says_what_is_there_and_what_is_left_for_retakes() {
        let outlook = |n_ready, short_by, is_always_the_same, n_new_retakes| Outlook {
            n_ready,
            short_by,
            is_always_the_same,
            n_new_retakes,
        };
        let cases = [
            ("plenty", vec![monitoring(None, 3)], vec![1; 11], vec![outlook(11, 0, false, 2)]),
            ("all there is", vec![monitoring(None, 3)], vec![1, 2, 3], vec![outlook(3, 0, true, 0)]),
            ("too few", vec![monitoring(2, 3)], vec![2, 1, 1], vec![outlook(1, 2, false, 0)]),
            (
                "two rows that ask all of a level",
                vec![monitoring(2, 1), monitoring(2, 2)],
                vec![2, 2, 2, 1],
                vec![outlook(3, 0, true, 0), outlook(3, 0, true, 0)],
            ),
            (
                "a row of any level takes from the others",
                vec![monitoring(1, 1), monitoring(None, 2)],
                vec![1, 1, 1, 1, 2, 3],
                vec![outlook(4, 0, false, 1), outlook(6, 0, false, 1)],
            ),
            ("a row that asks nothing", vec![monitoring(1, 0)], vec![1, 1], vec![outlook(2, 0, false, 1)]),
        ];
        for (case, rows, levels, expected) in cases {
            assert_eq!(Blueprint { rows }.outlook(&of_monitoring(&levels)), expected, "{case}");
        }
    }

    proptest! {
        #[test]
        fn the_number_of_draws_is_that_of_the_sets_that_can_be_drawn(
            rows in vec((option::of(1..=3_u8), 0..4_u32), 0..4),
            levels in vec(1..=3_u8, 0..9),
        ) {
            let rows: Vec<Row> = rows.into_iter().map(|(level, n)| monitoring(level, n)).collect();

            let n_sets = every_draw(&rows, &levels).into_iter().collect::<HashSet<_>>().len();

            prop_assert_eq!(draws(rows, &levels), n_sets.to_string());
        }

        #[test]
        fn what_two_people_share_is_the_average_over_all_draws(
            rows in vec((option::of(1..=3_u8), 0..3_u32), 0..4),
            levels in vec(1..=3_u8, 0..7),
        ) {
            let rows: Vec<Row> = rows.into_iter().map(|(level, n)| monitoring(level, n)).collect();

            let all = every_draw(&rows, &levels);
            let pairs = || all.iter().flat_map(|one| all.iter().map(move |other| (one & other).count_ones()));
            let average = f64::from(pairs().sum::<u32>()) / pairs().count() as f64;
            let shared = Blueprint { rows }.n_shared(&of_monitoring(&levels));

            match shared {
                Some(shared) => prop_assert!((shared - average).abs() < 1e-9, "{} {}", shared, average),
                None => prop_assert!(all.is_empty()),
            }
        }

        #[test]
        fn so_many_attempts_can_be_drawn_with_no_question_twice(
            rows in vec((option::of(1..=3_u8), 1..4_u32), 1..4),
            levels in vec(1..=3_u8, 0..25),
        ) {
            let rows: Vec<Row> = rows.into_iter().map(|(level, n)| monitoring(level, n)).collect();
            let bank = of_monitoring(&levels);
            let times = |k: u32| {
                let more = |row: &Row| Row { n_questions: row.n_questions * k, ..row.clone() };
                Blueprint { rows: rows.iter().map(more).collect() }
            };
            let n_attempts = (1..).take_while(|&k| times(k).shortfalls(&bank).is_empty()).count();

            let outlook = times(1).outlook(&bank);

            let n_new = outlook.iter().map(|row| row.n_new_retakes).min().unwrap();
            prop_assert_eq!(n_new as usize, n_attempts.saturating_sub(1));
            prop_assert_eq!(outlook.iter().any(|row| row.short_by > 0), n_attempts == 0);
        }
    }

    /// The slow way: every outcome of drawing, as a set of bits. An outcome
    /// stands there once for each way to come about, and all ways are as
    /// likely: each row that names a level is given its questions first, and
    /// the rows of any level theirs from what is left.
    fn every_draw(rows: &[Row], levels: &[u8]) -> Vec<u32> {
        let n = |level: Option<u8>| {
            let same = |row: &&Row| row.level.map(Level::get) == level;
            rows.iter().filter(same).map(|row| row.n_questions).sum::<u32>()
        };
        let of_level = |level: u8| {
            (0..levels.len()).filter(|&at| levels[at] == level).fold(0_u32, |bits, at| bits | 1 << at)
        };
        let all = (1_u32 << levels.len()) - 1;
        let subsets = |of: u32, n: u32| (0..=all).filter(move |set| set & !of == 0 && set.count_ones() == n);
        let mut draws = Vec::new();
        for first in subsets(of_level(1), n(Some(1))) {
            for second in subsets(of_level(2), n(Some(2))) {
                for third in subsets(of_level(3), n(Some(3))) {
                    let named = first | second | third;
                    draws.extend(subsets(all & !named, n(None)).map(|any| named | any));
                }
            }
        }
        draws
    }
}
