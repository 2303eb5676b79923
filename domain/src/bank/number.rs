//! A number as an author writes it: a value, a tolerance or a range.

use crate::question::Number;

/// `5432`, `30 ± 5 s` or `25..35`: `None` if the text is none of these, an
/// error if it is one that can accept nothing.
pub(super) fn number(text: &str) -> Option<Result<Number, &'static str>> {
    let (first, rest) = decimal(text)?;
    let behind = rest.trim_start();
    let (low, high, rest) = if let Some(behind) = behind.strip_prefix('±').or(behind.strip_prefix("+-")) {
        let (tolerance, rest) = decimal(behind)?;
        if tolerance.value < 0.0 {
            return Some(Err("the tolerance is negative; write it without the minus"));
        }
        (first.minus(&tolerance), first.plus(&tolerance), rest)
    } else if let Some(behind) = behind.strip_prefix("..") {
        let (last, rest) = decimal(behind)?;
        (first.value, last.value, rest)
    } else {
        (first.value, first.value, rest)
    };
    let unit = unit(rest)?;
    Some(if low > high {
        Err("the range ends before it begins; write the smaller number first")
    } else if low.is_finite() && high.is_finite() {
        Ok(Number { low, high, unit, written: text.to_owned() })
    } else {
        Err("this number is too large; write a smaller one, in a larger unit")
    })
}

/// Whether a number may be meant, even if it is not written as one.
pub(super) fn begins_as_number(text: &str) -> bool {
    digits(unsigned(text)).is_some()
}

/// A number as it is written, with the count of its decimals.
struct Decimal {
    value: f64,
    n_decimals: usize,
}

impl Decimal {
    fn plus(&self, other: &Decimal) -> f64 {
        self.rounded(self.value + other.value, other)
    }

    fn minus(&self, other: &Decimal) -> f64 {
        self.rounded(self.value - other.value, other)
    }

    /// 0.7 ± 0.1 ends at 0.8, and not a hair before it.
    fn rounded(&self, value: f64, other: &Decimal) -> f64 {
        let n_decimals = self.n_decimals.max(other.n_decimals);
        format!("{value:.n_decimals$}").parse().expect("a float that was printed can be read")
    }
}

/// A decimal number at the head of a text, and the rest.
fn decimal(text: &str) -> Option<(Decimal, &str)> {
    let text = text.trim_start();
    let whole = digits(unsigned(text))?;
    let (n_decimals, rest) = match whole.strip_prefix('.').and_then(|rest| Some((rest, digits(rest)?))) {
        Some((fraction, rest)) => (fraction.len() - rest.len(), rest),
        None => (0, whole),
    };
    let written = &text[..text.len() - rest.len()];
    let value = written.replace('\u{2212}', "-").parse().ok()?;
    Some((Decimal { value, n_decimals: n_decimals.min(300) }, rest))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+', '\u{2212}']).unwrap_or(text)
}

/// What follows the digits at the head of a text, if there are any.
fn digits(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

/// At most one word: `s` in `30 s`, `%` in `99.9%`. Other units stand apart
/// from the number, so that `5xx` or `3A/5F` stay texts.
fn unit(rest: &str) -> Option<Option<String>> {
    let word = rest.trim();
    let Some(first) = word.chars().next() else {
        return Some(None);
    };
    let is_sign = matches!(first, '%' | '‰' | '°');
    let is_apart = rest.starts_with(char::is_whitespace);
    let is_word = is_sign || (is_apart && (first.is_alphabetic() || first == '/'));
    let is_one = !word.contains(|c: char| c.is_whitespace() || matches!(c, '*' | '=' | '`' | '"'));
    (is_word && is_one).then(|| Some(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_value_a_tolerance_or_a_range_and_at_most_one_unit() {
        let cases = [
            ("5432", 5432.0, 5432.0, None),
            ("-3.5", -3.5, -3.5, None),
            ("\u{2212}3", -3.0, -3.0, None),
            ("30 s", 30.0, 30.0, Some("s")),
            ("99.9%", 99.9, 99.9, Some("%")),
            ("30 ± 5 s", 25.0, 35.0, Some("s")),
            ("30±5", 25.0, 35.0, None),
            ("30 +- 5 s", 25.0, 35.0, Some("s")),
            ("0.7 ± 0.1", 0.6, 0.8, None),
            ("25..35", 25.0, 35.0, None),
            ("25 .. 35 ms", 25.0, 35.0, Some("ms")),
            ("-5..-3", -5.0, -3.0, None),
            ("2 /s", 2.0, 2.0, Some("/s")),
        ];

        for (text, low, high, unit) in cases {
            let number = number(text).expect(text).expect(text);
            assert_eq!((number.low, number.high, number.unit.as_deref()), (low, high, unit), "{text}");
        }
    }

    #[test]
    fn what_is_not_quite_a_number_is_a_text() {
        let texts = [
            "5xx",
            "30s",
            "3A/5F",
            "10 000",
            "1,000",
            "30 +/- 5",
            "25...35",
            "30 s ± 5 s",
            "10.0.0.1",
            "25..",
            "5 *",
        ];

        for text in texts {
            assert!(number(text).is_none(), "{text}");
        }
    }
}
