//! How those who need a service reach those who keep it: a number to call, and
//! whose turn it is when nobody answers.
//!
//! Not here: who stands where on the path of a service, which is written down
//! by its leaders.

use chrono::TimeDelta;

/// The longest that a step may wait: a day.
pub const LONGEST_WAIT_MINUTES: i64 = 24 * 60;

/// The digits of an international number: ITU-T E.164 has at most fifteen; an
/// emergency number has three.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=15;

/// Whether a phone can dial what somebody wrote: digits, a plus at the front,
/// and the signs that people put between them.
pub fn is_phone(written: &str) -> bool {
    let written = written.trim();
    let rest = written.strip_prefix('+').unwrap_or(written);
    let n_digits = rest.chars().filter(char::is_ascii_digit).count();
    let is_known = |sign: char| sign.is_ascii_digit() || matches!(sign, ' ' | '-' | '.' | '/' | '(' | ')');
    DIGITS.contains(&n_digits) && rest.chars().all(is_known)
}

/// The address that makes a phone dial: `tel:+390612345678`.
pub fn dial(written: &str) -> String {
    let plus = if written.trim_start().starts_with('+') { "+" } else { "" };
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    format!("tel:{plus}{digits}")
}

/// The place of the step whose turn it is when nobody has answered for so long;
/// each step says after how many minutes it is reached, the earliest first.
/// `None`: not even the first is reached yet, or there is no path.
pub fn turn(after_minutes: &[i64], waited: TimeDelta) -> Option<usize> {
    after_minutes.iter().rposition(|after| TimeDelta::minutes(*after) <= waited)
}

/// How long it is until the next step is reached; `None` where the path ends.
pub fn next_in(after_minutes: &[i64], waited: TimeDelta) -> Option<TimeDelta> {
    let ahead = after_minutes.iter().map(|after| TimeDelta::minutes(*after)).find(|after| *after > waited);
    ahead.map(|after| after - waited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_digits_with_what_people_put_between_them() {
        for written in ["112", "+39 06 1234 5678", "(06) 12-34.56/78", " 0043 1 234567 ", "+493012345678901"]
        {
            assert!(is_phone(written), "{written}");
        }
        for written in
            ["", "12", "+", "call Ada", "06 12 34 x5", "39+0612345678", "+1234567890123456", "tel:112"]
        {
            assert!(!is_phone(written), "{written}");
        }
    }

    #[test]
    fn what_is_dialled_is_the_plus_and_the_digits() {
        assert_eq!(dial("+39 (06) 1234-5678"), "tel:+390612345678");
        assert_eq!(dial(" 0043 1/23 "), "tel:0043123");
    }

    #[test]
    fn the_turn_passes_on_with_the_minutes() {
        let path = [0, 15, 15, 45];
        for (waited, is_at, next) in
            [(0, Some(0), Some(15)), (14, Some(0), Some(1)), (15, Some(2), Some(30)), (500, Some(3), None)]
        {
            assert_eq!(turn(&path, TimeDelta::minutes(waited)), is_at, "{waited}");
            assert_eq!(next_in(&path, TimeDelta::minutes(waited)), next.map(TimeDelta::minutes), "{waited}");
        }
        assert_eq!(turn(&[5], TimeDelta::minutes(4)), None);
        assert_eq!(turn(&[], TimeDelta::minutes(4)), None);
        assert_eq!(next_in(&[], TimeDelta::minutes(4)), None);
    }
}
