//! A compared with B in rounds of A B B A, and how sure the result is.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::fault::Fault;

/// How many rounds count; one more before them is thrown away.
pub const N_ROUNDS: usize = 15;

/// A median with its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

/// What the rounds of a comparison gave, rate by rate.
pub struct Compared {
    /// A over B.
    pub ratio: Spread,
    /// B over B: what the noise alone makes of a ratio.
    pub against_itself: Spread,
    pub a: f64,
    pub b: f64,
}

impl Compared {
    /// Why the run says nothing, if it does not.
    pub fn is_void(&self) -> Option<String> {
        let Spread { low, high, .. } = self.against_itself;
        (low < 0.9 || high > 1.1).then(|| "VOID: the baseline against itself is wider than ±10 %".to_owned())
    }

    pub fn note(&self) -> String {
        let Spread { median, low, high } = self.against_itself;
        format!(
            "{N_ROUNDS} rounds of A B B A; the baseline against itself is {median:.3} ({low:.3} to {high:.3})"
        )
    }
}

/// Measures two rates in turn, so that what drifts drifts for both.
pub async fn compare<S>(
    state: &mut S,
    mut a: impl AsyncFnMut(&mut S) -> Result<f64, Fault>,
    mut b: impl AsyncFnMut(&mut S) -> Result<f64, Fault>,
) -> Result<Compared, Fault> {
    let (mut a_rates, mut b_rates, mut ratios, mut selves) = (vec![], vec![], vec![], vec![]);
    for round in 0..=N_ROUNDS {
        let a1 = a(state).await?;
        let b1 = b(state).await?;
        let b2 = b(state).await?;
        let a2 = a(state).await?;
        if round == 0 {
            continue;
        }
        a_rates.extend([a1, a2]);
        b_rates.extend([b1, b2]);
        ratios.push((a1 + a2) / (b1 + b2));
        selves.push(b1 / b2);
    }
    Ok(Compared {
        ratio: spread(&ratios),
        against_itself: spread(&selves),
        a: median(&mut a_rates),
        b: median(&mut b_rates),
    })
}

/// The median of some values, and where it lies in 95 of 100 draws from them.
pub fn spread(values: &[f64]) -> Spread {
    const N_DRAWS: usize = 2000;
    let mut rng = StdRng::seed_from_u64(1);
    let mut draw = || {
        let mut drawn: Vec<f64> = values.iter().map(|_| values[rng.random_range(0..values.len())]).collect();
        median(&mut drawn)
    };
    let mut medians: Vec<f64> = (0..N_DRAWS).map(|_| draw()).collect();
    medians.sort_by(f64::total_cmp);
    Spread {
        median: median(&mut values.to_vec()),
        low: medians[N_DRAWS / 40],
        high: medians[N_DRAWS - 1 - N_DRAWS / 40],
    }
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { (values[half - 1] + values[half]) / 2.0 }
}
