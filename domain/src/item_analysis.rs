//! What the marks of many attempts say about each question: how hard it is,
//! and whether it tells those who know from those who do not.
//!
//! The definitions are those of Moodle's quiz statistics, carried over to tests
//! whose questions are drawn, where not everybody meets every question. Where
//! everybody met all of them, they are Moodle's, as fractions and not per cent.
//! What is said of the test as a whole stands in [`crate::reliability`].

mod covariance;
mod fraction;
pub mod reading;
mod responses;
pub(crate) mod sums;
#[cfg(test)]
mod tests;
pub mod words;

use serde::Serialize;

use covariance::Pairs;
pub(crate) use fraction::{Fraction, above_the_least};
use responses::Column;
use responses::ROOM;
pub use responses::{Responses, TooLarge};

/// From so many attempts on, discrimination, efficiency, alpha and the standard
/// error are shown to people. Before that they say more about chance than about
/// the question.
pub const ENOUGH_ATTEMPTS: u32 = 20;

/// What is said of one question. `None` stands for what is not defined: too few
/// attempts, marks that are all the same, a maximum of 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ItemFigures {
    /// How many attempts had the question, answered or not.
    pub n: u32,
    /// The mean mark / the maximum. At most 1; below 0 where marks are. Also
    /// called difficulty index, though a high one means an easy question.
    /// Source: Moodle, "facility index".
    pub facility: Option<f64>,
    /// The standard deviation of the mark, with n − 1, / the maximum. At least
    /// 0. From 2 attempts on.
    pub sd: Option<f64>,
    /// Pearson's correlation between the mark and the rest fraction: the marks
    /// on the attempt's other questions / their maximum. From −1 to 1. Attempts
    /// whose other questions have no maximum are left out. Source: Moodle,
    /// "discrimination index"; the item-rest correlation of test theory.
    pub discrimination: Option<f64>,
    /// The covariance of mark and rest fraction / the largest one that the same
    /// marks and the same fractions allow, which is that of both in ascending
    /// order. At most 1. Source: Moodle, "discriminative efficiency".
    pub discriminative_efficiency: Option<f64>,
    /// The maximum / the sum of all maxima: how much the question was meant to
    /// count. From 0 to 1. Only where everybody had every question. Source:
    /// Moodle, "intended question weight".
    pub intended_weight: Option<f64>,
    /// √c / the sum of the √c of all questions, where c is the covariance of the
    /// mark with the attempt's total: how much the question did count, from 0
    /// to 1. Where c is negative there is none, and it stays out of the sum.
    /// Only where everybody had every question. Source: Moodle, "effective
    /// question weight".
    pub effective_weight: Option<f64>,
}

/// The figures of every question, in the order of their numbers. The same to
/// the last bit in whatever order the attempts were added.
pub fn item_figures(responses: &Responses) -> Vec<ItemFigures> {
    let totals = responses.totals();
    let weights = if responses.is_complete() { Weights::of(responses, &totals) } else { Weights::default() };
    let figures = responses.columns().iter().enumerate().map(|(item, column)| {
        let pairs = Pairs::of(column, &totals);
        ItemFigures {
            n: column.n(),
            facility: facility(column),
            sd: deviation(column),
            discrimination: pairs.as_ref().map(Pairs::correlation),
            discriminative_efficiency: pairs.as_ref().map(Pairs::efficiency),
            intended_weight: weights.intended.get(item).copied(),
            effective_weight: weights.effective.get(item).copied().flatten(),
        }
    });
    figures.collect()
}

fn facility(column: &Column) -> Option<f64> {
    let possible = i128::from(column.n()) * i128::from(column.maximum);
    (possible > 0).then(|| sums::total(&column.marks) as f64 / possible as f64)
}

fn deviation(column: &Column) -> Option<f64> {
    let maximum = (column.maximum > 0).then_some(column.maximum as f64)?;
    Some(sums::variance(&column.marks)?.sqrt() / maximum)
}

/// How much each question was meant to count, and how much it did.
#[derive(Default)]
struct Weights {
    intended: Vec<f64>,
    effective: Vec<Option<f64>>,
}

impl Weights {
    /// Of responses in which everybody had every question.
    fn of(responses: &Responses, totals: &[Fraction]) -> Weights {
        let columns = responses.columns();
        let possible: i128 = columns.iter().map(|column| i128::from(column.maximum)).sum();
        let intended = if possible > 0 {
            columns.iter().map(|column| column.maximum as f64 / possible as f64).collect()
        } else {
            Vec::new()
        };
        Weights { intended, effective: effective_weights(columns, totals) }
    }
}

fn effective_weights(columns: &[Column], totals: &[Fraction]) -> Vec<Option<f64>> {
    let earned: Vec<i64> = totals.iter().map(|total| total.earned).collect();
    let roots: Vec<Option<f64>> = columns
        .iter()
        .map(|column| {
            let scatter = sums::scatter(&column.marks, &earned);
            (scatter >= 0).then(|| (scatter as f64).sqrt())
        })
        .collect();
    let sum: f64 = roots.iter().flatten().sum();
    roots.into_iter().map(|root| root.filter(|_| sum > 0.0).map(|root| root / sum)).collect()
}
