//! How far a share can be relied on that was seen in few cases.

/// Bounds between which something lies, both from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// What stands beside an interval of [`wilson`].
pub const MEANING: &str =
    "Wilson's 95 % interval: a share seen in so few cases is likely to lie in it in the long run";

/// The 97.5th percentile of the standard normal distribution: 2.5 % on either
/// side are left out.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % score interval of a share that was seen in `n` cases; `None` where
/// nothing was seen. It stays within 0 and 1, and has a width even where all
/// cases were alike.
///
/// With part marks the share is their mean. Marks between 0 and 1 are spread no
/// further than those that are 0 or 1 with the same mean, so the interval is
/// then rather too wide than too narrow.
///
/// Source: E. B. Wilson, "Probable inference, the law of succession, and
/// statistical inference", Journal of the American Statistical Association 22
/// (1927), 209–212.
pub fn wilson(share: f64, n: u32) -> Option<Interval> {
    if n == 0 {
        return None;
    }
    let (n, share) = (f64::from(n), share.clamp(0.0, 1.0));
    let scale = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / scale;
    let reach = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    // Rounding may carry an end a hair past the share where all were alike.
    Some(Interval { low: (middle - reach).clamp(0.0, share), high: (middle + reach).clamp(share, 1.0) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn intervals_are_those_of_published_tables() {
        // R. G. Newcombe, "Two-sided confidence intervals for the single
        // proportion", Statistics in Medicine 17 (1998), table I, method 3.
        let cases = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (n_seen, n, low, high) in cases {
            let interval = wilson(f64::from(n_seen) / f64::from(n), n).unwrap();

            assert!((interval.low - low).abs() < 5e-5, "{n_seen} of {n}: {interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{n_seen} of {n}: {interval:?}");
        }
        assert_eq!(wilson(0.5, 0), None);
    }

    proptest! {
        #[test]
        fn an_interval_holds_the_share_and_stays_within_bounds(n in 1..10_000_u32, share in 0.0..=1.0) {
            let Interval { low, high } = wilson(share, n).unwrap();

            prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
            prop_assert!(high > low);
        }

        #[test]
        fn what_is_seen_more_often_is_known_better(n in 1..5_000_u32, share in 0.0..=1.0) {
            let width = |n| wilson(share, n).map(|interval| interval.high - interval.low).unwrap();

            prop_assert!(width(2 * n) < width(n));
        }

        #[test]
        fn the_share_that_misses_has_the_mirrored_interval(n in 1..5_000_u32, share in 0.0..=1.0) {
            let (one, other) = (wilson(share, n).unwrap(), wilson(1.0 - share, n).unwrap());

            prop_assert!((one.low - (1.0 - other.high)).abs() < 1e-9);
            prop_assert!((one.high - (1.0 - other.low)).abs() < 1e-9);
        }

        #[test]
        fn both_ends_are_where_the_score_test_turns(n in 1..5_000_u32, share in 0.001..0.999) {
            let Interval { low, high } = wilson(share, n).unwrap();
            for end in [low, high] {
                let z = (share - end).abs() / (end * (1.0 - end) / f64::from(n)).sqrt();
                prop_assert!((z - Z).abs() < 1e-6, "{z}");
            }
        }
    }
}
