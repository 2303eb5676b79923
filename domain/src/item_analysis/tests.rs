//! A published table, small examples by hand, edges, and what always holds.

mod always;
mod lsat;

use super::{ItemFigures, Responses, TooLarge, item_figures};
use crate::reliability::{TestFigures, test_figures};

/// A mark, or `None` where the question was not in the attempt.
type Row = Vec<Option<i64>>;

fn table(maxima: &[i64], rows: &[Row]) -> Responses {
    let mut responses = Responses::to_questions(maxima.iter().copied()).unwrap();
    for row in rows {
        let met = row.iter().enumerate().filter_map(|(item, mark)| Some((item, (*mark)?)));
        responses.add_attempt(met).unwrap();
    }
    responses
}

/// One where everybody had every question.
fn complete(maxima: &[i64], rows: &[&[i64]]) -> Responses {
    let rows: Vec<Row> = rows.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
    table(maxima, &rows)
}

fn figures(responses: &Responses) -> (Vec<ItemFigures>, TestFigures) {
    (item_figures(responses), test_figures(responses))
}

#[track_caller]
fn is(figure: Option<f64>, expected: f64) {
    let figure = figure.unwrap_or_else(|| panic!("there is no figure, but {expected} was expected"));
    assert!((figure - expected).abs() < 1e-14, "{figure} is not {expected}");
}

/// What is said where nothing is defined.
const NOTHING: ItemFigures = ItemFigures {
    n: 0,
    facility: None,
    sd: None,
    discrimination: None,
    discriminative_efficiency: None,
    intended_weight: None,
    effective_weight: None,
};

const NOTHING_OF_THE_TEST: TestFigures = TestFigures {
    mean: None,
    median: None,
    sd: None,
    skewness: None,
    kurtosis: None,
    alpha: None,
    error_ratio: None,
    sem: None,
};

#[test]
fn four_attempts_at_three_questions_give_what_is_computed_by_hand() {
    // The totals are 4, 2, 1, 0 of 4; marks may be negative.
    let responses = complete(&[1, 2, 1], &[&[1, 2, 1], &[1, 1, 0], &[0, 1, 0], &[0, -1, 1]]);
    let (questions, test) = figures(&responses);
    // The covariances of mark and total are as 10 to 23 to 2.
    let roots = 10f64.sqrt() + 23f64.sqrt() + 2f64.sqrt();
    let expected = [
        (0.5, (1.0 / 3f64).sqrt(), 3.0 / 19f64.sqrt(), 1.0, 0.25, 10f64.sqrt() / roots),
        (0.375, (19.0 / 48f64).sqrt(), 2.0 / 38f64.sqrt(), 1.0 / 3.0, 0.5, 23f64.sqrt() / roots),
        (0.5, (1.0 / 3f64).sqrt(), -1.0 / 35f64.sqrt(), -0.2, 0.25, 2f64.sqrt() / roots),
    ];
    for (figures, (facility, sd, discrimination, efficiency, intended, effective)) in
        questions.iter().zip(expected)
    {
        assert_eq!(figures.n, 4);
        is(figures.facility, facility);
        is(figures.sd, sd);
        is(figures.discrimination, discrimination);
        is(figures.discriminative_efficiency, efficiency);
        is(figures.intended_weight, intended);
        is(figures.effective_weight, effective);
    }
    // In marks, k2 is 35/12, k3 is 15/4 and k4 is 35/12.
    is(test.mean, 7.0 / 16.0);
    is(test.median, 3.0 / 8.0);
    is(test.sd, (35.0 / 12f64).sqrt() / 4.0);
    is(test.skewness, 3.75 / (35.0 / 12f64).powf(1.5));
    is(test.kurtosis, 12.0 / 35.0);
    is(test.alpha, 12.0 / 35.0);
    is(test.error_ratio, (23.0 / 35f64).sqrt());
    is(test.sem, (23.0 / 12f64).sqrt() / 4.0);
}

#[test]
fn where_questions_are_drawn_each_is_held_against_the_rest_of_its_own_attempts() {
    let (x, n) = (Some, None);
    let rows = [
        vec![x(1), x(2), n],
        vec![x(0), n, x(1)],
        vec![x(1), x(0), n],
        vec![n, x(1), x(0)],
        // Nothing else was in this attempt: it has no rest.
        vec![x(0), n, n],
    ];
    let (questions, test) = figures(&table(&[1, 2, 1], &rows));
    let expected = [
        (4, 0.5, (1.0 / 3f64).sqrt(), -0.5, -0.5),
        (3, 0.5, 0.5, 0.0, 0.0),
        (2, 0.5, 0.5f64.sqrt(), -1.0, -1.0),
    ];
    for (figures, (n, facility, sd, discrimination, efficiency)) in questions.iter().zip(expected) {
        assert_eq!(figures.n, n);
        is(figures.facility, facility);
        is(figures.sd, sd);
        is(figures.discrimination, discrimination);
        is(figures.discriminative_efficiency, efficiency);
        assert_eq!((figures.intended_weight, figures.effective_weight), (None, None));
    }
    // The fractions are 1, 1/2, 1/3, 1/3, 0.
    is(test.mean, 13.0 / 30.0);
    is(test.median, 1.0 / 3.0);
    is(test.sd, (2.0 / 15f64).sqrt());
    assert_eq!((test.alpha, test.error_ratio, test.sem), (None, None, None));
}

#[test]
fn what_is_not_defined_is_none_and_never_0() {
    let nobody = complete(&[1, 3], &[]);
    let weighed = |weight| ItemFigures { intended_weight: Some(weight), ..NOTHING };
    assert_eq!(figures(&nobody), (vec![weighed(0.25), weighed(0.75)], NOTHING_OF_THE_TEST));

    let of_one = |mark| TestFigures { mean: Some(mark), median: Some(mark), ..NOTHING_OF_THE_TEST };
    let one_attempt = complete(&[1, 1], &[&[1, 0]]);
    let alone = |facility| ItemFigures { n: 1, facility: Some(facility), ..weighed(0.5) };
    assert_eq!(figures(&one_attempt), (vec![alone(1.0), alone(0.0)], of_one(0.5)));

    let all_the_same = complete(&[1, 1], &[&[1, 0], &[1, 0], &[1, 0], &[1, 0]]);
    let (questions, test) = figures(&all_the_same);
    for question in questions {
        assert_eq!((question.sd, question.discrimination), (Some(0.0), None));
        assert_eq!((question.discriminative_efficiency, question.effective_weight), (None, None));
    }
    assert_eq!(test, TestFigures { sd: Some(0.0), ..of_one(0.5) });

    let worth_nothing = complete(&[0], &[&[0], &[-1]]);
    let (questions, test) = figures(&worth_nothing);
    let expected = ItemFigures { n: 2, effective_weight: Some(1.0), ..NOTHING };
    assert_eq!((questions, test), (vec![expected], NOTHING_OF_THE_TEST));

    let (questions, test) = figures(&complete(&[], &[&[], &[]]));
    assert_eq!((questions, test), (Vec::new(), NOTHING_OF_THE_TEST));
}

#[test]
fn skewness_needs_three_attempts_and_kurtosis_four() {
    let rows: [&[i64]; 4] = [&[0], &[1], &[4], &[2]];
    let are_there = |n| {
        let test = test_figures(&complete(&[4], &rows[..n]));
        (test.sd.is_some(), test.skewness.is_some(), test.kurtosis.is_some())
    };
    assert_eq!(are_there(1), (false, false, false));
    assert_eq!(are_there(2), (true, false, false));
    assert_eq!(are_there(3), (true, true, false));
    assert_eq!(are_there(4), (true, true, true));
}

#[test]
fn one_question_alone_has_neither_discrimination_nor_alpha() {
    let (questions, test) = figures(&complete(&[1], &[&[0], &[1], &[1]]));
    assert_eq!((questions[0].discrimination, questions[0].discriminative_efficiency), (None, None));
    assert_eq!((questions[0].intended_weight, questions[0].effective_weight), (Some(1.0), Some(1.0)));
    assert_eq!((test.alpha, test.sem), (None, None));
}

#[test]
fn questions_against_each_other_have_negative_figures_that_stand_as_they_are() {
    let responses = complete(&[1, 1, 1], &[&[1, 0, 1], &[0, 1, 0], &[1, 0, 0], &[0, 1, 0]]);
    let (questions, test) = figures(&responses);
    // The totals are 2, 1, 1, 1, and the covariances of mark and total as 2, -2 and 3.
    is(questions[1].discrimination, -3.0 / 11f64.sqrt());
    assert_eq!(questions[1].effective_weight, None);
    is(questions[0].effective_weight, 2f64.sqrt() / (2f64.sqrt() + 3f64.sqrt()));
    // Variances of 1/3, 1/3 and 1/4, and of 1/4 for the total.
    is(test.alpha, -4.0);
    is(test.error_ratio, 5f64.sqrt());
    is(test.sem, 5f64.sqrt() / 6.0);
}

#[test]
fn a_covariance_of_exactly_0_is_a_weight_of_0_and_not_a_negative_one() {
    let responses = complete(&[1, 1], &[&[1, 1], &[1, 0], &[1, 1]]);
    let weights: Vec<_> = item_figures(&responses).iter().map(|one| one.effective_weight).collect();
    assert_eq!(weights, [Some(0.0), Some(1.0)]);
}

#[test]
fn the_same_question_three_times_is_perfectly_consistent() {
    let (questions, test) = figures(&complete(&[3, 3, 3], &[&[1, 1, 1], &[3, 3, 3], &[2, 2, 2], &[0, 0, 0]]));
    assert_eq!((test.alpha, test.error_ratio, test.sem), (Some(1.0), Some(0.0), Some(0.0)));
    assert_eq!((questions[0].discrimination, questions[0].discriminative_efficiency), (Some(1.0), Some(1.0)));
}

#[test]
fn a_small_spread_far_from_0_is_not_lost() {
    let far = 1_000_000_000_000;
    let near = complete(&[3, 3, 3], &[&[1, 0, 2], &[2, 2, 1], &[0, 1, 0], &[3, 1, 2]]);
    let away = complete(
        &[far + 3, far + 3, far + 3],
        &[
            &[far + 1, far, far + 2],
            &[far + 2, far + 2, far + 1],
            &[far, far + 1, far],
            &[far + 3, far + 1, far + 2],
        ],
    );
    for (near, away) in item_figures(&near).into_iter().zip(item_figures(&away)) {
        is(away.discrimination, near.discrimination.unwrap());
        is(away.discriminative_efficiency, near.discriminative_efficiency.unwrap());
        is(away.effective_weight, near.effective_weight.unwrap());
    }
    let (near, away) = (test_figures(&near), test_figures(&away));
    is(away.skewness, near.skewness.unwrap());
    is(away.kurtosis, near.kurtosis.unwrap());
    is(away.alpha, near.alpha.unwrap());
}

#[test]
fn rest_fractions_that_are_the_same_over_different_maxima_are_no_spread() {
    let x = Some;
    // Three tenths and six twentieths, of which a binary fraction knows neither.
    let rows = [vec![x(1), x(3), None], vec![x(0), None, x(6)], vec![x(1), None, x(6)]];
    assert_eq!(item_figures(&table(&[1, 10, 20], &rows))[0].discrimination, None);
}

#[test]
fn marks_too_large_to_be_added_up_exactly_are_refused() {
    assert_eq!(Responses::to_questions([i64::MAX, 1]), Err(TooLarge));
    assert_eq!(Responses::to_questions([i64::MIN]), Err(TooLarge));
    let mut responses = Responses::to_questions([1 << 60]).unwrap();
    for _ in 0..4 {
        responses.add_attempt([(0, 1 << 60)]).unwrap();
    }
    assert_eq!(responses.clone().add_attempt([(0, 0)]), Err(TooLarge));
    assert_eq!(responses.add_attempt([(0, i64::MIN)]), Err(TooLarge));
}
