//! Numbers as people type them, held against the bounds of a key.

use super::unit;
use crate::question::Number;

/// What computing with binary fractions may be off, relative to the bounds.
/// Small enough to tell apart whole numbers below a million million, with room
/// for the rounding of the slack itself.
const EPSILON: f64 = 1e-13;

/// Whether a number was typed that lies within the bounds, both included.
///
/// A unit may be left out; a time or a size may be given in another unit of its
/// kind. Where the key has no unit, one word after the number is ignored.
pub(super) fn is_right(key: &Number, typed: &str) -> bool {
    let Some(Typed { readings, unit }) = Typed::read(typed) else {
        return false;
    };
    let Some(factor) = unit::factor(unit, key.unit.as_deref()) else {
        return false;
    };
    readings.into_iter().any(|value| is_within(key, value * factor))
}

fn is_within(key: &Number, value: f64) -> bool {
    let slack = EPSILON * key.low.abs().max(key.high.abs());
    value.is_finite() && key.low - slack <= value && value <= key.high + slack
}

/// A number and what follows it.
struct Typed<'t> {
    /// `5,432` can be read in two ways, and is right if one of them is.
    readings: Vec<f64>,
    unit: &'t str,
}

impl<'t> Typed<'t> {
    fn read(text: &'t str) -> Option<Typed<'t>> {
        let (sign, text) = split_sign(text.trim());
        let end = text.find(|c: char| !c.is_ascii_digit() && !is_mark(c)).unwrap_or(text.len());
        let (digits, text) = text.split_at(end);
        let (exponent, unit) = split_exponent(text);
        let readings: Vec<f64> = readings(digits.trim_end())
            .into_iter()
            .filter_map(|decimal| format!("{sign}{decimal}{exponent}").parse().ok())
            .collect();
        (!readings.is_empty()).then_some(Typed { readings, unit: unit.trim() })
    }
}

fn split_sign(text: &str) -> (&'static str, &str) {
    match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Splits off `e3` or `E-3`; an `e` without digits belongs to the unit.
fn split_exponent(text: &str) -> (String, &str) {
    let Some(after_e) = text.strip_prefix(['e', 'E']) else {
        return (String::new(), text);
    };
    let (sign, after_sign) = split_sign(after_e);
    let end = after_sign.find(|c: char| !c.is_ascii_digit()).unwrap_or(after_sign.len());
    match after_sign.split_at(end) {
        ("", _) => (String::new(), text),
        (digits, rest) => (format!("e{sign}{digits}"), rest),
    }
}

/// Whether a character may stand among the digits of a number.
fn is_mark(c: char) -> bool {
    matches!(c, '.' | ',' | '_' | '\'' | '\u{2019}') || c.is_whitespace()
}

/// The decimals that digits with marks among them can mean.
///
/// One comma before exactly three digits and no other mark could be either
/// thing, so both are meant. A lone point is always the decimal point.
fn readings(digits: &str) -> Vec<String> {
    let whole = (digits.matches('.').count() != 1).then(|| ungroup(digits)).flatten();
    let mut readings: Vec<String> = whole.into_iter().collect();
    for mark in ['.', ','] {
        if let Some((before, after)) = digits.split_once(mark)
            && let Some(before) = ungroup(before).or_else(|| before.is_empty().then(String::new))
            && after.bytes().all(|b| b.is_ascii_digit())
        {
            readings.push(format!("{before}.{after}"));
        }
    }
    readings
}

/// The digits without the marks that group them. Groups are of three, set off
/// by the same mark, and the first of several does not begin with a nought.
fn ungroup(text: &str) -> Option<String> {
    let same_blank = text.replace(char::is_whitespace, " ");
    let Some(mark) = same_blank.chars().find(|&c| is_mark(c)) else {
        return is_digits(text).then(|| text.to_owned());
    };
    let mut groups = same_blank.split(mark);
    let first = groups.next().unwrap_or_default();
    let first_is_group = is_digits(first) && first.len() <= 3 && !first.starts_with('0');
    (first_is_group && groups.all(|group| is_digits(group) && group.len() == 3))
        .then(|| same_blank.replace(mark, ""))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(low: f64, high: f64, unit: impl Into<Option<&'static str>>) -> Number {
        Number { low, high, unit: unit.into().map(str::to_owned), written: String::new() }
    }

    fn exactly(value: f64) -> Number {
        key(value, value, None)
    }

    /// `typed` is one answer after the other with a stroke between them.
    fn assert_right(key: &Number, typed: &str) {
        for typed in typed.split('|') {
            assert!(is_right(key, typed), "{typed:?} for {key:?}");
        }
    }

    fn assert_wrong(key: &Number, typed: &str) {
        for typed in typed.split('|') {
            assert!(!is_right(key, typed), "{typed:?} for {key:?}");
        }
    }

    #[test]
    fn a_whole_number_may_be_grouped_in_threes() {
        let right = "5432| 5432\n|+5432|05432|5432.|5432.0|5432,0|\
                     5 432|5\u{a0}432|5\u{2009}432|5\u{202f}432|5 432.0|\
                     5_432|5'432|5’432|5,432|5,432.00|5.432,00";
        let wrong = "|5433|-5432|54 32|5 43 2|5  432|5,43,2|5.432|5_4_3_2|0,005,432|\
                     5 432,000 1|5432 5432|5432-5433|5432 or 5433|\
                     = 5432|x5432|0x1538|five|inf|NaN|,|.";

        assert_right(&exactly(5432.0), right);
        assert_wrong(&exactly(5432.0), wrong);
    }

    #[test]
    fn several_groups_are_set_off_by_one_mark() {
        let right = "1234567|1 234 567|1,234,567|1.234.567|1'234'567|1 234 567,0|1.234.567,0";
        let wrong = "1,234.567|1 234,567|1,234 567|1.234,567|12 345 67|1234,567|1234 567";

        assert_right(&exactly(1_234_567.0), right);
        assert_wrong(&exactly(1_234_567.0), wrong);
    }

    #[test]
    fn a_fraction_is_set_off_by_a_point_or_a_comma() {
        assert_right(&exactly(0.5), "0.5|0,5|.5|,5|0.50|0,500|5e-1|5E\u{2212}1|+0.5");
        assert_wrong(&exactly(0.5), "0.05|5|0 5|0.5.0|0,5,0|1/2|-0.5");
        assert_right(&exactly(1_234.5), "1234.5|1,234.5|1.234,5|1 234.5|1 234,5|1_234.5");
    }

    #[test]
    fn a_comma_before_exactly_three_digits_is_read_both_ways_and_a_point_is_not() {
        assert_right(&exactly(5.432), "5,432|5.432");
        assert_right(&exactly(5432.0), "5,432");
        assert_wrong(&exactly(5432.0), "5.432|5,4320");
        assert_wrong(&exactly(432.0), "0,432|,432");
    }

    #[test]
    fn a_minus_may_be_a_hyphen_or_a_minus() {
        assert_right(&exactly(-3.0), "-3|\u{2212}3|-3.0|\u{2212}3e0");
        assert_wrong(&exactly(-3.0), "3|--3|- 3|+-3");
    }

    #[test]
    fn powers_of_ten_are_read_and_numbers_without_end_are_wrong() {
        assert_right(&exactly(1000.0), "1e3|1E3|1e+3|1.0e3|0,1e4|10000e-1");
        assert_wrong(&exactly(1000.0), "1e|1e3.0|e3|1e33");
        assert_wrong(&key(0.0, f64::MAX, None), "1e999|inf|infinity|NaN");
        assert_wrong(&key(f64::NAN, f64::NAN, None), "0|NaN");
    }

    #[test]
    fn both_bounds_are_included() {
        let thirty_or_so = key(25.0, 35.0, None);

        assert_right(&thirty_or_so, "25|30|35|35.0");
        assert_wrong(&thirty_or_so, "24.999999|35.000001");
    }

    #[test]
    fn binary_fractions_do_not_move_the_bounds_and_big_whole_numbers_stay_apart() {
        assert_right(&key(0.3 - 0.1, 0.1 + 0.2, None), "0.2|0.3");
        assert_right(&exactly(17_179_869_184.0), "17179869184");
        assert_wrong(&exactly(17_179_869_184.0), "17179869183|17179869185");
        assert_wrong(&exactly(999_938_964_844.0), "999938964843|999938964845");
        assert_wrong(&exactly(0.0), "0.0000001");
    }

    #[test]
    fn without_a_unit_in_the_key_one_word_after_the_number_is_ignored() {
        assert_right(&exactly(5432.0), "5432 port|5432/tcp|5432 %|5432 m²/s|5432 eur|5432e");
        assert_wrong(&exactly(5432.0), "5432 or so|5432or5433|5432 ?|5432 5");
    }

    #[test]
    fn a_unit_may_be_left_out_or_given_in_another_case() {
        let connections = key(100.0, 100.0, "client connections");
        let seconds = key(30.0, 30.0, "s");

        assert_right(&connections, "100|100 client connections|100 Client Connections");
        assert_wrong(&connections, "100 connections|100 s|100 client  connections");
        assert_right(&seconds, "30|30s|30 S|30\u{a0}s|30 seconds|30 Sec|3e1s");
        assert_right(&key(5.0, 5.0, "Ms"), "5 ms|5 Ms");
    }

    #[test]
    fn a_time_a_size_or_a_proportion_may_be_given_in_another_unit_of_its_kind() {
        let cases = [
            ("30 s", key(0.5, 0.5, "min"), true),
            ("30 s", key(30_000.0, 30_000.0, "ms"), true),
            ("0,5 m", key(30.0, 30.0, "s"), true),
            ("1 h", key(60.0, 60.0, "min"), true),
            ("1 day", key(24.0, 24.0, "h"), true),
            ("2 weeks", key(14.0, 14.0, "d"), true),
            ("1500 µs", key(1.5, 1.5, "ms"), true),
            ("1500 μs", key(1.5, 1.5, "ms"), true),
            ("1 GiB", key(1024.0, 1024.0, "MiB"), true),
            ("1 GB", key(1024.0, 1024.0, "MiB"), false),
            ("1 GB", key(1000.0, 1000.0, "MB"), true),
            ("64 KB", key(64_000.0, 64_000.0, "B"), true),
            ("64 kib", key(65_536.0, 65_536.0, "bytes"), true),
            ("99.9 percent", key(99.9, 99.9, "%"), true),
            ("30 min", key(30.0, 30.0, "s"), false),
            ("30 %", key(30.0, 30.0, "s"), false),
            ("30 B", key(30.0, 30.0, "s"), false),
            ("30 req/s", key(30.0, 30.0, "s"), false),
            ("1 min 30 s", key(90.0, 90.0, "s"), false),
        ];
        for (typed, key, expected) in cases {
            assert_eq!(is_right(&key, typed), expected, "{typed} for {key:?}");
        }
    }

    fn grouped(n: u64, mark: char) -> String {
        let digits = n.to_string();
        let groups: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
        groups.join(&mark.to_string())
    }

    proptest! {
        #[test]
        fn a_whole_number_is_right_however_it_is_grouped(
            n in 0..1_000_000_000_000_u64,
            mark in proptest::sample::select(vec![' ', '_', ',', '\'', '\u{2009}']),
        ) {
            let key = exactly(n as f64);

            prop_assert!(is_right(&key, &n.to_string()));
            prop_assert!(is_right(&key, &grouped(n, mark)));
            prop_assert!(!is_right(&key, &grouped(n + 1, mark)));
        }

        #[test]
        fn a_fraction_is_right_with_a_point_and_with_a_comma(n in -1e6..1e6_f64) {
            let typed = format!("{n:.4}");
            let key = exactly(typed.parse().unwrap());

            prop_assert!(is_right(&key, &typed));
            let in_another_hand = typed.replace('.', ",").replace('-', "\u{2212}");
            prop_assert!(is_right(&key, &in_another_hand));
        }

        #[test]
        fn whatever_is_typed_can_be_marked(typed in "[0-9 .,_eE+\u{2212}%smé\u{2009}-]{0,12}|.{0,12}") {
            is_right(&key(25.0, 35.0, "s"), &typed);
            is_right(&exactly(5.0), &typed);
        }
    }
}
