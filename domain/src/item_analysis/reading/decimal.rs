//! Decimal numbers, read without rounding to binary ones: three tenths are the
//! same mark whether or not they were added up from one and two.

use std::cmp::Ordering;
use std::fmt;

/// So many decimal places are kept; further ones are rounded.
pub(super) const FINEST: u8 = 15;

/// Digits of which every number fits into 64 bits.
const MOST_DIGITS: u32 = 18;

/// The largest number that is taken, either side of 0.
const LARGEST: i64 = 1_000_000_000_000;

/// `units` / 10^`places`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Decimal {
    pub units: i64,
    pub places: u8,
}

/// Why a text is not taken for a number; said after the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoDecimal {
    #[error("is not a number; write for example 1 or 0.5")]
    NotANumber,
    #[error("is not a number; write a point and not a comma before the decimals")]
    Comma,
    #[error("is not between minus and plus a million million")]
    TooLarge,
}

impl Decimal {
    /// Reads `2`, `-0.5`, `.5`, `+1`, `1e-3`.
    pub fn read(text: &str) -> Result<Decimal, NoDecimal> {
        let text = text.trim();
        let digits = Digits::of(text).ok_or_else(|| why_not(text))?;
        let decimal = digits.decimal().filter(|decimal| !decimal.is_beyond(LARGEST));
        decimal.ok_or(NoDecimal::TooLarge)
    }

    pub fn is_negative(self) -> bool {
        self.units < 0
    }

    pub fn is_above(self, other: Decimal) -> bool {
        let order = if self.places == other.places {
            self.units.cmp(&other.units)
        } else {
            self.in_units_of(FINEST).cmp(&other.in_units_of(FINEST))
        };
        order == Ordering::Greater
    }

    /// In whole 10^-`places`, rounded half away from 0 where there are fewer of
    /// them than its own.
    pub fn in_units_of(self, places: u8) -> i128 {
        let units = i128::from(self.units);
        match places.checked_sub(self.places) {
            Some(further) => units * power(further),
            None => rounded(units, power(self.places - places)),
        }
    }

    fn is_beyond(self, limit: i64) -> bool {
        i128::from(self.units).abs() > i128::from(limit) * power(self.places)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, units) = (if self.units < 0 { "-" } else { "" }, self.units.unsigned_abs());
        let one = 10u64.pow(self.places.into());
        let decimals = format!("{:0width$}", units % one, width = usize::from(self.places));
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{sign}{}", units / one),
            decimals => write!(f, "{sign}{}.{decimals}", units / one),
        }
    }
}

fn rounded(units: i128, divisor: i128) -> i128 {
    (units + units.signum() * (divisor / 2)) / divisor
}

fn why_not(text: &str) -> NoDecimal {
    let with_a_point = text.replacen(',', ".", 1);
    let is_comma = with_a_point != text && Digits::of(&with_a_point).is_some();
    if is_comma { NoDecimal::Comma } else { NoDecimal::NotANumber }
}

/// 10^`places`, for at most [`FINEST`] of them.
pub(super) fn power(places: u8) -> i128 {
    const POWERS: [i64; FINEST as usize + 1] = {
        let mut powers = [1; FINEST as usize + 1];
        let mut places = 1;
        while places < powers.len() {
            powers[places] = powers[places - 1] * 10;
            places += 1;
        }
        powers
    };
    i128::from(POWERS[usize::from(places)])
}

/// A number as it is written: `significand` · 10^`exponent`.
struct Digits {
    significand: i64,
    exponent: i64,
}

impl Digits {
    fn of(text: &str) -> Option<Digits> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, whole(exponent)?),
            None => (text, 0),
        };
        let (is_negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(mantissa) => (true, mantissa),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if before.is_empty() && after.is_empty() {
            return None;
        }
        let mut digits = Digits { significand: 0, exponent };
        let mut room = MOST_DIGITS;
        for (digit, is_after) in
            before.bytes().map(|digit| (digit, 0)).chain(after.bytes().map(|digit| (digit, 1)))
        {
            if !digit.is_ascii_digit() {
                return None;
            }
            if room > 0 {
                digits.significand = digits.significand * 10 + i64::from(digit - b'0');
                digits.exponent -= is_after;
                room -= u32::from(digits.significand != 0);
            } else {
                digits.exponent += 1 - is_after;
            }
        }
        digits.significand *= if is_negative { -1 } else { 1 };
        Some(digits)
    }

    /// `None` where it is too large for every limit.
    fn decimal(&self) -> Option<Decimal> {
        if self.significand == 0 {
            return Some(Decimal::default());
        }
        if self.exponent >= 0 {
            let power = 10i64.checked_pow(u32::try_from(self.exponent).ok()?)?;
            return Some(Decimal { units: self.significand.checked_mul(power)?, places: 0 });
        }
        let excess = -self.exponent - i64::from(FINEST);
        if excess <= 0 {
            let places = u8::try_from(-self.exponent).expect("no more than the finest");
            return Some(Decimal { units: self.significand, places });
        }
        // Beyond its last digit a number is nothing.
        let divisor = 10i128.pow(u32::try_from(excess.min(30)).expect("at most 30"));
        let units = i64::try_from(rounded(self.significand.into(), divisor)).expect("less than before");
        Some(Decimal { units, places: FINEST })
    }
}

/// A whole number with or without a sign, cut off where it is beyond any use.
fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(i64::MAX).min(1_000_000);
    Some(if text.starts_with('-') { -size } else { size })
}
