//! Marks earned of marks possible, compared and subtracted without rounding.

use std::cmp::Ordering;

/// So much of so much, in one unit. What was earned may be negative; what was
/// possible is not, and where it is 0 there is no fraction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fraction {
    pub earned: i64,
    pub possible: i64,
}

impl Fraction {
    pub fn is_defined(self) -> bool {
        self.possible > 0
    }

    pub fn value(self) -> f64 {
        self.earned as f64 / self.possible as f64
    }

    pub fn compare(self, other: Fraction) -> Ordering {
        if self.possible == other.possible {
            self.earned.cmp(&other.earned)
        } else {
            self.cross(other).cmp(&0)
        }
    }

    /// How far it is above another. Rounded only at the end, so that nothing is
    /// lost where the two are near each other.
    pub fn above(self, other: Fraction) -> f64 {
        if self.possible == other.possible {
            (self.earned - other.earned) as f64 / self.possible as f64
        } else {
            self.cross(other) as f64 / (self.possible as f64 * other.possible as f64)
        }
    }

    /// The difference of the two, over both denominators.
    fn cross(self, other: Fraction) -> i128 {
        i128::from(self.earned) * i128::from(other.possible)
            - i128::from(other.earned) * i128::from(self.possible)
    }
}

/// How far each fraction is above the least of them. All are 0 exactly where
/// the fractions are the same.
pub(crate) fn above_the_least(fractions: &[Fraction]) -> Vec<f64> {
    let least = fractions.iter().copied().min_by(|a, b| a.compare(*b));
    least.map_or_else(Vec::new, |least| fractions.iter().map(|one| one.above(least)).collect())
}
