//! How the marks on one question go with what the same attempts earned on
//! their other questions.

use super::fraction::above_the_least;
use super::responses::Column;
use super::{Fraction, sums};

/// Marks and rest fractions, each as its distance from the mean of its kind.
/// Both are spread.
pub(super) struct Pairs {
    marks: Vec<f64>,
    rests: Vec<f64>,
}

impl Pairs {
    /// `None` where marks or rest fractions are all the same. Attempts without
    /// any other maximum are left out.
    pub fn of(column: &Column, totals: &[Fraction]) -> Option<Pairs> {
        let mut marks = Vec::with_capacity(column.marks.len());
        let mut rests = Vec::with_capacity(column.marks.len());
        for (attempt, mark) in column.attempts.iter().zip(&column.marks) {
            let total = totals[*attempt as usize];
            let rest = Fraction { earned: total.earned - mark, possible: total.possible - column.maximum };
            if rest.is_defined() {
                marks.push(*mark);
                rests.push(rest);
            }
        }
        let least = marks.iter().min().copied()?;
        let marks: Vec<f64> = marks.into_iter().map(|mark| (mark - least) as f64).collect();
        let rests = above_the_least(&rests);
        (is_spread(&marks) && is_spread(&rests))
            .then(|| Pairs { marks: sums::centred(marks), rests: sums::centred(rests) })
    }

    /// From −1 to 1.
    pub fn correlation(&self) -> f64 {
        let spread = products(&self.marks, &self.marks) * products(&self.rests, &self.rests);
        // Rounding may carry a perfect one past its end.
        (products(&self.marks, &self.rests) / spread.sqrt()).clamp(-1.0, 1.0)
    }

    /// The covariance, of the largest one that the same values allow.
    pub fn efficiency(&self) -> f64 {
        let largest = products(&ascending(&self.marks), &ascending(&self.rests));
        (products(&self.marks, &self.rests) / largest).min(1.0)
    }
}

/// Of distances from the least value.
fn is_spread(distances: &[f64]) -> bool {
    distances.iter().any(|distance| *distance > 0.0)
}

fn products(xs: &[f64], ys: &[f64]) -> f64 {
    sums::sum(xs.iter().zip(ys).map(|(x, y)| x * y))
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    values
}
