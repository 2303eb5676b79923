//! What holds for every table.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Row, figures, table};
use crate::item_analysis::{Responses, item_figures};
use crate::reliability::test_figures;

/// Marks from −max to max, of which somebody may not have had some.
fn tables(is_complete: bool) -> impl Strategy<Value = (Vec<i64>, Vec<Row>)> {
    (1usize..6, 0usize..30).prop_flat_map(move |(n_questions, n_attempts)| {
        vec(0i64..4, n_questions).prop_flat_map(move |maxima| {
            let cell = |maximum: i64| {
                (-maximum..=maximum, 0..10)
                    .prop_map(move |(mark, chance)| (is_complete || chance < 6).then_some(mark))
            };
            let row: Vec<_> = maxima.iter().map(|maximum| cell(*maximum)).collect();
            (Just(maxima), vec(row, n_attempts))
        })
    })
}

fn drawn() -> impl Strategy<Value = (Vec<i64>, Vec<Row>)> {
    prop_oneof![tables(false), tables(true)]
}

fn times(factor: i64, row: &[Option<i64>]) -> Row {
    row.iter().map(|mark| mark.map(|mark| mark * factor)).collect()
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-12,
        (a, b) => a == b,
    }
}

/// Every row with its cells twice.
fn doubled(maxima: &[i64], rows: &[Row]) -> Responses {
    let rows: Vec<Row> = rows.iter().map(|row| [row.as_slice(), row].concat()).collect();
    table(&[maxima, maxima].concat(), &rows)
}

proptest! {
    #[test]
    fn the_order_of_attempts_changes_no_bit((maxima, rows) in drawn(), turn in 0usize..30) {
        let mut other = rows.clone();
        other.rotate_left(turn.min(rows.len()));
        other.reverse();
        prop_assert_eq!(figures(&table(&maxima, &rows)), figures(&table(&maxima, &other)));
    }

    #[test]
    fn the_unit_of_the_marks_changes_no_figure((maxima, rows) in drawn(), factor in 1i64..20_000) {
        let larger: Vec<i64> = maxima.iter().map(|maximum| maximum * factor).collect();
        let (here, there) = (table(&maxima, &rows), {
            let rows: Vec<Row> = rows.iter().map(|row| times(factor, row)).collect();
            table(&larger, &rows)
        });
        for (one, other) in item_figures(&here).into_iter().zip(item_figures(&there)) {
            prop_assert!(near(one.facility, other.facility) && near(one.sd, other.sd));
            prop_assert!(near(one.discrimination, other.discrimination));
            prop_assert!(near(one.discriminative_efficiency, other.discriminative_efficiency));
            prop_assert!(near(one.intended_weight, other.intended_weight));
            prop_assert!(near(one.effective_weight, other.effective_weight));
        }
        let (one, other) = (test_figures(&here), test_figures(&there));
        prop_assert!(near(one.alpha, other.alpha) && near(one.sem, other.sem));
        prop_assert!(near(one.skewness, other.skewness) && near(one.kurtosis, other.kurtosis));
    }

    #[test]
    fn a_question_in_another_unit_keeps_its_facility_and_discrimination((maxima, rows) in drawn()) {
        let mut larger = maxima.clone();
        larger[0] *= 7;
        let other: Vec<Row> = rows
            .iter()
            .map(|row| [times(7, &row[..1]), row[1..].to_vec()].concat())
            .collect();
        let one = item_figures(&table(&maxima, &rows))[0];
        let other = item_figures(&table(&larger, &other))[0];
        prop_assert!(near(one.facility, other.facility) && near(one.sd, other.sd));
        prop_assert!(near(one.discrimination, other.discrimination));
        prop_assert!(near(one.discriminative_efficiency, other.discriminative_efficiency));
    }

    #[test]
    fn every_figure_is_in_its_range((maxima, rows) in drawn()) {
        let responses = table(&maxima, &rows);
        for (item, question) in item_figures(&responses).into_iter().enumerate() {
            let marks = rows.iter().filter_map(|row| row[item]);
            if let Some(facility) = question.facility {
                let least = marks.min().unwrap() as f64 / maxima[item] as f64;
                prop_assert!((least..=1.0).contains(&facility));
            }
            prop_assert!(question.sd.is_none_or(|sd| sd >= 0.0));
            prop_assert!(question.discrimination.is_none_or(|figure| (-1.0..=1.0).contains(&figure)));
            prop_assert!(question.discriminative_efficiency.is_none_or(|figure| figure <= 1.0));
        }
        let test = test_figures(&responses);
        prop_assert!(test.mean.is_none_or(|mean| mean <= 1.0));
        prop_assert!(test.alpha.is_none_or(|alpha| alpha <= 1.0));
        prop_assert!(test.error_ratio.is_none_or(|ratio| ratio >= 0.0));
        for figure in [test.sd, test.skewness, test.kurtosis, test.alpha, test.error_ratio, test.sem] {
            prop_assert!(figure.is_none_or(f64::is_finite));
        }
    }

    #[test]
    fn weights_add_up_to_1_where_everybody_had_everything((maxima, rows) in tables(true)) {
        let questions = item_figures(&table(&maxima, &rows));
        let intended: Vec<f64> = questions.iter().filter_map(|one| one.intended_weight).collect();
        let effective: Vec<f64> = questions.iter().filter_map(|one| one.effective_weight).collect();
        for weights in [intended, effective] {
            let sum: f64 = weights.iter().sum();
            prop_assert!(weights.is_empty() || (sum - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn every_question_twice_is_never_less_consistent((maxima, rows) in tables(true)) {
        let once = test_figures(&table(&maxima, &rows)).alpha;
        let twice = test_figures(&doubled(&maxima, &rows)).alpha;
        if let Some(once) = once {
            prop_assert!(twice.is_some_and(|twice| twice + 1e-12 >= once));
        }
    }

    #[test]
    fn a_question_that_everybody_answered_alike_tells_nobody_apart((maxima, rows) in tables(true), mark in 0i64..3) {
        let maxima = [maxima.as_slice(), &[2]].concat();
        let rows: Vec<Row> = rows.iter().map(|row| [row.as_slice(), &[Some(mark.min(2))]].concat()).collect();
        let last = *item_figures(&table(&maxima, &rows)).last().unwrap();
        prop_assert_eq!((last.discrimination, last.discriminative_efficiency), (None, None));
        prop_assert!(last.effective_weight.is_none_or(|weight| weight == 0.0));
    }
}
