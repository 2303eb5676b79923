//! What each figure is called and what it means, in the words that stand beside
//! it wherever it is shown.

/// A figure's name and its definition, which follows the name in a sentence of
/// its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    pub name: &'static str,
    pub meaning: &'static str,
}

pub const FACILITY: Definition = Definition {
    name: "Facility",
    meaning: "the mean mark of those who had the question, as a share of its maximum",
};
pub const ITEM_SD: Definition = Definition {
    name: "Standard deviation",
    meaning: "how far marks lie from their mean, with n - 1, as a share of the maximum",
};
pub const DISCRIMINATION: Definition = Definition {
    name: "Discrimination",
    meaning: "the correlation of the mark with the share earned on the attempt's other questions, from -1 to 1",
};
pub const EFFICIENCY: Definition = Definition {
    name: "Efficiency",
    meaning: "how far the mark goes with the rest, as a share of the most that the same marks allow; at most 1",
};
pub const INTENDED_WEIGHT: Definition = Definition {
    name: "Intended weight",
    meaning: "the maximum, as a share of all maxima; only where everybody had every question",
};
pub const EFFECTIVE_WEIGHT: Definition = Definition {
    name: "Effective weight",
    meaning: "the root of the covariance of mark and total, as a share of these roots; only where everybody had every question",
};

pub const MEAN: Definition =
    Definition { name: "Mean", meaning: "the mean of what attempts earned, each as a share of its maximum" };
pub const MEDIAN: Definition =
    Definition { name: "Median", meaning: "the score with as many attempts below it as above it" };
pub const TEST_SD: Definition =
    Definition { name: "Standard deviation", meaning: "how far scores lie from their mean, with n - 1" };
pub const SKEWNESS: Definition = Definition {
    name: "Skewness",
    meaning: "k3/k2^1.5; below 0 where low scores reach further out, above 0 where high ones do",
};
pub const KURTOSIS: Definition = Definition {
    name: "Kurtosis",
    meaning: "k4/k2^2; above 0 where more scores lie far out than in a bell curve",
};
pub const ALPHA: Definition = Definition {
    name: "Alpha",
    meaning: "p/(p - 1) times (1 - the variances of the p questions / that of the total); how far they measure one thing; only where everybody had every question",
};
pub const ERROR_RATIO: Definition = Definition {
    name: "Error ratio",
    meaning: "how much of the standard deviation is chance: the root of 1 - alpha",
};
pub const SEM: Definition = Definition {
    name: "Standard error",
    meaning: "how far a score would move if the test were sat again: error ratio times standard deviation",
};

/// What stands in the place of a figure that so few attempts cannot bear.
pub fn not_enough_yet(n_attempts: u32) -> String {
    format!("not enough attempts yet ({n_attempts} of {})", super::ENOUGH_ATTEMPTS)
}
