//! What the marks of many attempts say about the test as a whole: where its
//! scores lie, and how far they can be relied on.
//!
//! The definitions are those of Moodle's quiz statistics, as fractions. See
//! [`crate::item_analysis`] for the questions.

use serde::Serialize;

use crate::item_analysis::{Fraction, Responses, above_the_least, sums};

/// What is said of the whole test. The first five are of each attempt's
/// fraction: its marks / its own maximum; attempts with a maximum of 0 have
/// none. `None` stands for what is not defined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TestFigures {
    /// The mean fraction. At most 1; below 0 where marks are.
    pub mean: Option<f64>,
    /// The middle fraction, or half way between the two in the middle.
    pub median: Option<f64>,
    /// The standard deviation of the fractions, with n − 1. At least 0. From 2
    /// attempts on.
    pub sd: Option<f64>,
    /// k3 / k2^1.5, of Fisher's k-statistics. Below 0 where the low scores
    /// reach further out than the high ones. From 3 attempts on.
    pub skewness: Option<f64>,
    /// k4 / k2², of Fisher's k-statistics. 0 for a normal distribution, above it
    /// where the tails are heavier. From 4 attempts on.
    pub kurtosis: Option<f64>,
    /// Cronbach's alpha, of marks: p/(p − 1) · (1 − the sum of the variances of
    /// the p questions / the variance of the total). At most 1, and negative
    /// where questions go against each other. Only where everybody had every
    /// question. Source: Cronbach 1951; Moodle, "coefficient of internal
    /// consistency".
    pub alpha: Option<f64>,
    /// √(1 − alpha): the share of the standard deviation that is chance. At
    /// least 0; above 1 where alpha is negative. Source: Moodle, "error ratio".
    pub error_ratio: Option<f64>,
    /// The standard error of measurement: the error ratio · the standard
    /// deviation. How far a score would move, were the test sat again. At least
    /// 0, a fraction of the maximum. Source: Moodle, "standard error".
    pub sem: Option<f64>,
}

/// The figures of the whole test. The same to the last bit in whatever order
/// the attempts were added.
pub fn test_figures(responses: &Responses) -> TestFigures {
    let totals = responses.totals();
    let fractions: Vec<Fraction> = totals.iter().copied().filter(|total| total.is_defined()).collect();
    let moments = Moments::of(&fractions);
    let sd = moments.sd();
    let consistency = Consistency::of(responses, &totals);
    let error_ratio = consistency.as_ref().map(Consistency::error_ratio);
    TestFigures {
        mean: mean(&fractions),
        median: median(fractions),
        sd,
        skewness: moments.skewness(),
        kurtosis: moments.kurtosis(),
        alpha: consistency.as_ref().map(Consistency::alpha),
        error_ratio,
        sem: error_ratio.zip(sd).map(|(ratio, sd)| ratio * sd),
    }
}

fn mean(fractions: &[Fraction]) -> Option<f64> {
    let sum = sums::sum(fractions.iter().map(|one| one.value()));
    (!fractions.is_empty()).then(|| sum / fractions.len() as f64)
}

fn median(mut fractions: Vec<Fraction>) -> Option<f64> {
    fractions.sort_unstable_by(|a, b| a.compare(*b));
    let high = fractions.get(fractions.len() / 2)?;
    let low = fractions[(fractions.len() - 1) / 2];
    Some(if low == *high { low.value() } else { f64::midpoint(low.value(), high.value()) })
}

/// The central moments of a sample, m2 to m4, each divided by n.
struct Moments {
    n: f64,
    m2: f64,
    m3: f64,
    m4: f64,
}

impl Moments {
    fn of(fractions: &[Fraction]) -> Moments {
        let distances = sums::centred(above_the_least(fractions));
        let n = distances.len() as f64;
        let moment = |power| sums::sum(distances.iter().map(|one| one.powi(power))) / n;
        Moments { n, m2: moment(2), m3: moment(3), m4: moment(4) }
    }

    /// k2 = n m2 / (n − 1), the variance of the sample.
    fn k2(&self) -> Option<f64> {
        (self.n > 1.0).then(|| self.n * self.m2 / (self.n - 1.0))
    }

    fn sd(&self) -> Option<f64> {
        self.k2().map(f64::sqrt)
    }

    /// k3 = n² m3 / ((n − 1)(n − 2)).
    fn skewness(&self) -> Option<f64> {
        let (n, k2) = (self.n, self.k2().filter(|k2| *k2 > 0.0)?);
        (n > 2.0).then(|| n * n * self.m3 / ((n - 1.0) * (n - 2.0)) / (k2 * k2.sqrt()))
    }

    /// k4 = n² ((n + 1) m4 − 3 (n − 1) m2²) / ((n − 1)(n − 2)(n − 3)).
    fn kurtosis(&self) -> Option<f64> {
        let (n, k2) = (self.n, self.k2().filter(|k2| *k2 > 0.0)?);
        let inner = (n + 1.0) * self.m4 - 3.0 * (n - 1.0) * self.m2 * self.m2;
        (n > 3.0).then(|| n * n * inner / ((n - 1.0) * (n - 2.0) * (n - 3.0)) / (k2 * k2))
    }
}

/// How the questions of a test go together.
struct Consistency {
    n_questions: i128,
    /// The variances of the questions added up, and that of the total; both
    /// times n (n − 1), which makes them whole numbers.
    of_questions: i128,
    of_total: i128,
}

impl Consistency {
    /// `None` where it is not defined: not everybody had every question, there
    /// is one question only, or every total is the same.
    fn of(responses: &Responses, totals: &[Fraction]) -> Option<Consistency> {
        let n_questions = responses.n_questions() as i128;
        if !responses.is_complete() || n_questions < 2 {
            return None;
        }
        let earned: Vec<i64> = totals.iter().map(|total| total.earned).collect();
        let of_total = sums::scatter(&earned, &earned);
        let of_questions =
            responses.columns().iter().map(|column| sums::scatter(&column.marks, &column.marks));
        (of_total > 0).then(|| Consistency { n_questions, of_questions: of_questions.sum(), of_total })
    }

    fn alpha(&self) -> f64 {
        let common = (self.of_total - self.of_questions) as f64;
        // Rounding may carry a perfect one past its end.
        (self.n_questions as f64 * common / self.whole()).min(1.0)
    }

    /// From the whole numbers and not from alpha, of which little is left where
    /// it is almost 1.
    fn error_ratio(&self) -> f64 {
        let chance = match self.n_questions.checked_mul(self.of_questions) {
            Some(of_questions) => (of_questions - self.of_total) as f64,
            None => self.n_questions as f64 * self.of_questions as f64 - self.of_total as f64,
        };
        (chance / self.whole()).max(0.0).sqrt()
    }

    /// The variance of the total, times p − 1.
    fn whole(&self) -> f64 {
        (self.n_questions - 1) as f64 * self.of_total as f64
    }
}
