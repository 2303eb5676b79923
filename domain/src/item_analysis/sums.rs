//! Sums that do not depend on the order of what is added.

/// The sum of whole marks.
pub(crate) fn total(marks: &[i64]) -> i128 {
    marks.iter().map(|mark| i128::from(*mark)).sum()
}

/// n · Σxy − Σx · Σy, without rounding: n (n − 1) times the covariance of a
/// sample. Fits wherever [`super::Responses`] let the marks in.
pub(crate) fn scatter(xs: &[i64], ys: &[i64]) -> i128 {
    let products: i128 = xs.iter().zip(ys).map(|(x, y)| i128::from(*x) * i128::from(*y)).sum();
    xs.len() as i128 * products - total(xs) * total(ys)
}

/// The variance of a sample of whole marks, with n − 1. `None` below two.
pub(crate) fn variance(marks: &[i64]) -> Option<f64> {
    let n = marks.len() as f64;
    (marks.len() > 1).then(|| scatter(marks, marks) as f64 / (n * (n - 1.0)))
}

/// The sum of terms, counted in whole steps of 2⁻⁶¹ of the largest. Each term
/// is rounded by itself and the steps add up exactly, so the sum is the same to
/// the last bit in any order.
pub(crate) fn sum(terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = terms.clone().fold(0.0, |largest: f64, term| largest.max(term.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let step = 2f64.powi(largest.log2() as i32 - 61);
    let per_step = step.recip();
    let steps: i128 = terms.map(|term| i128::from((term * per_step) as i64)).sum();
    steps as f64 * step
}

/// The values, each as its distance from their mean.
pub(crate) fn centred(mut values: Vec<f64>) -> Vec<f64> {
    let mean = sum(values.iter().copied()) / values.len() as f64;
    values.iter_mut().for_each(|value| *value -= mean);
    values
}
