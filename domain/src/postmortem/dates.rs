//! Days and times of day as people write them.
//!
//! A number such as 03/04/2026 is the 3rd of April: the day comes first, unless
//! only the other reading is a day at all.

use std::ops::Range;

use chrono::{Datelike, NaiveDate};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const ZONES: [&str; 22] = [
    "utc", "gmt", "z", "cet", "cest", "wet", "west", "eet", "eest", "bst", "ist", "pst", "pdt", "pt", "est",
    "edt", "et", "cst", "cdt", "jst", "aest", "aedt",
];

/// The first day with a year that a text names.
pub(super) fn find(text: &str) -> Option<NaiveDate> {
    let tokens: Vec<&str> = text.split_whitespace().take(4000).collect();
    (0..tokens.len()).find_map(|at| numeric(tokens[at]).or_else(|| in_words(&tokens[at..])))
}

/// The same, where a day without a year is the first such day from `base` on.
pub(super) fn find_from(text: &str, base: Option<NaiveDate>) -> Option<NaiveDate> {
    let yearless = || {
        let base = base?;
        let tokens: Vec<&str> = text.split_whitespace().take(400).collect();
        (0..tokens.len()).find_map(|at| {
            let (month, day, _) = month_and_day(&tokens[at..])?;
            let this = NaiveDate::from_ymd_opt(base.year(), month, day)?;
            if this >= base { Some(this) } else { NaiveDate::from_ymd_opt(base.year() + 1, month, day) }
        })
    };
    find(text).or_else(yearless)
}

/// A day in digits at the beginning of a word: 2026-03-02, 20260302, 2/3/2026.
fn numeric(token: &str) -> Option<NaiveDate> {
    let token = token.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let end = token.find(|c: char| !c.is_ascii_digit() && !"-/.".contains(c)).unwrap_or(token.len());
    let digits = token[..end].trim_end_matches(['-', '/', '.']);
    if digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return ymd(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?);
    }
    let mut parts = digits.split(['-', '/', '.']);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let n = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() <= 2);
    let year = |part: &str| part.parse::<i32>().ok().filter(|_| part.len() == 4);
    if let Some(year) = year(first) {
        return ymd(year, n(second)?, n(third)?);
    }
    let (first, second, year) = (n(first)?, n(second)?, year(third)?);
    ymd(year, second, first).or_else(|| ymd(year, first, second))
}

fn ymd(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    (1970..=2199).contains(&year).then(|| NaiveDate::from_ymd_opt(year, month, day)).flatten()
}

/// "March 2nd, 2026", "14-19 January 2026", "October 21 and October 30, 2025":
/// the first day of a range.
fn in_words(tokens: &[&str]) -> Option<NaiveDate> {
    let (month, day, n_used) = month_and_day(tokens)?;
    for token in tokens.iter().skip(n_used).take(6) {
        let bare = bare(token);
        if let Some(year) = bare.parse::<i32>().ok().filter(|_| bare.len() == 4) {
            return ymd(year, month, day);
        }
        let is_between = bare.is_empty()
            || month_named(&bare).is_some()
            || day_number(&bare).is_some()
            || ["and", "to", "of", "until", "through", "till", "–"].contains(&bare.as_str());
        if !is_between {
            return None;
        }
    }
    None
}

/// A month and a day in either order, and how many words they took.
fn month_and_day(tokens: &[&str]) -> Option<(u32, u32, usize)> {
    let first = bare(tokens.first()?);
    if let Some(month) = month_named(&first) {
        let day = day_number(&bare(tokens.get(1)?))?;
        return Some((month, day, 2));
    }
    let day = day_number(&first)?;
    // "14 - 19 January": the words between are days as well.
    for (n, token) in tokens.iter().enumerate().skip(1).take(4) {
        let word = bare(token);
        if let Some(month) = month_named(&word) {
            return Some((month, day, n + 1));
        }
        let is_between = word.is_empty() || word == "of" || word == "to" || day_number(&word).is_some();
        if !is_between {
            return None;
        }
    }
    None
}

/// A word in lower case without what stands around it.
fn bare(token: &str) -> String {
    token.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Whether a word names a month.
pub(super) fn is_month(word: &str) -> bool {
    month_named(&bare(word)).is_some()
}

fn month_named(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.');
    let is_it = |name: &&str| {
        *name == word || (word.len() >= 3 && word == &name[..3]) || (word == "sept" && **name == *"september")
    };
    let place = MONTHS.iter().position(is_it)?;
    u32::try_from(place + 1).ok()
}

/// 2, 2nd, or the first of 2-5.
fn day_number(word: &str) -> Option<u32> {
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let (digits, rest) = word.split_at(end);
    let is_day = matches!(rest, "" | "st" | "nd" | "rd" | "th") || rest.starts_with(['-', '–', '/']);
    let day = digits.parse().ok().filter(|_| digits.len() <= 2)?;
    (is_day && (1..=31).contains(&day)).then_some(day)
}

/// What a line of a timeline begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead<'t> {
    /// As it was written.
    pub when: &'t str,
    pub rest: &'t str,
    /// It says a time of day, not a day alone.
    pub has_time: bool,
}

/// The time or the day that a line begins with.
pub(super) fn lead(line: &str) -> Option<Lead<'_>> {
    let mut end = 0;
    let mut start = None;
    let (mut has_time, mut has_day, mut month, mut day) = (false, false, false, false);
    for (n, word) in words(line).enumerate() {
        if n > 11 {
            break;
        }
        let token = &line[word.clone()];
        match sort(token) {
            Some(Sort::Time) => has_time = true,
            Some(Sort::Day) => has_day = true,
            Some(Sort::Month) => month = true,
            Some(Sort::Number) if day && has_day => break,
            Some(Sort::Number) => day = true,
            Some(Sort::Year) if month || day => {}
            Some(Sort::Zone) if has_time => {}
            Some(Sort::Weekday) => {}
            Some(Sort::Between) if n == 0 || goes_on(line, word.end) => {}
            _ => break,
        }
        start.get_or_insert(word.start);
        end = word.end;
        has_day |= month && day;
        // "10:45: it began": the colon ends what came before it.
        if has_time && token.ends_with(':') {
            break;
        }
    }
    let start = start?;
    if !has_time && !has_day {
        return None;
    }
    let trim: &[char] =
        &['[', ']', '(', ')', ',', ':', ';', '~', '-', '–', '—', '|', '>', '→', '.', '=', '*'];
    let when = line[start..end].trim_matches(|c: char| c.is_whitespace() || trim.contains(&c));
    let rest = line[end..].trim_start_matches(|c: char| c.is_whitespace() || trim.contains(&c)).trim_end();
    Some(Lead { when, rest, has_time })
}

/// Whether what follows a word that joins is a time or a day as well.
fn goes_on(line: &str, from: usize) -> bool {
    let next = words(&line[from..]).next().map(|word| &line[from..][word]);
    next.is_some_and(|next| matches!(sort(next), Some(Sort::Time | Sort::Day | Sort::Month | Sort::Number)))
}

/// The places of the words of a line; a dash glued to a word begins a new one.
fn words(line: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line[at..].find(|c: char| !c.is_whitespace())?;
        let length = line[start..].find(char::is_whitespace).unwrap_or(line.len() - start);
        at = start + length;
        Some(start..at)
    })
}

enum Sort {
    Time,
    Day,
    Month,
    /// A day of a month, perhaps.
    Number,
    Year,
    Weekday,
    Zone,
    Between,
}

fn sort(token: &str) -> Option<Sort> {
    let around: &[char] =
        &['[', ']', '(', ')', ',', ':', ';', '~', '-', '–', '—', '|', '*', '=', '.', '≈', '→', '>'];
    let word = token.trim_matches(around).to_lowercase();
    if word.is_empty() {
        let joins = ["-", "–", "—", "~", "≈", "|"].contains(&token);
        return joins.then_some(Sort::Between);
    }
    if is_time(&word) || is_time_range(&word) || is_since_start(token) {
        return Some(Sort::Time);
    }
    if numeric(&word).is_some() {
        // 2026-03-02T10:45 says both.
        return Some(if word.contains(':') { Sort::Time } else { Sort::Day });
    }
    if month_named(&word).is_some() {
        return Some(Sort::Month);
    }
    if ZONES.contains(&word.as_str())
        || is_offset(&word)
        || word == "am"
        || word == "pm"
        || word == "a.m"
        || word == "p.m"
    {
        return Some(Sort::Zone);
    }
    if ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .iter()
        .any(|day| *day == word || day[..3] == word)
    {
        return Some(Sort::Weekday);
    }
    if day_number(&word).is_some() {
        return Some(Sort::Number);
    }
    if word.len() == 4 && word.parse::<u32>().is_ok_and(|year| (1970..=2199).contains(&year)) {
        return Some(Sort::Year);
    }
    let joins = [
        "to",
        "until",
        "till",
        "and",
        "at",
        "around",
        "approx",
        "approximately",
        "ca",
        "about",
        "on",
        "of",
        "@",
    ];
    joins.contains(&word.as_str()).then_some(Sort::Between)
}

/// 10:45, 10:45:12.123, 5:33pm, 10h45, 1045z, 10:45utc.
fn is_time(word: &str) -> bool {
    let end = word.find(|c: char| !c.is_ascii_digit() && !":.,h".contains(c)).unwrap_or(word.len());
    let (digits, suffix) = word.split_at(end);
    let suffix_is_fine = suffix.is_empty()
        || ["am", "pm", "a.m", "p.m", "hrs", "hr"].contains(&suffix)
        || ZONES.contains(&suffix)
        || is_offset(suffix);
    if !suffix_is_fine {
        return false;
    }
    let mut parts = digits.split([':', 'h']);
    let hour = parts.next().and_then(|part| part.parse::<u32>().ok().filter(|_| part.len() <= 2));
    let minute = parts.next().and_then(|part| part.parse::<u32>().ok().filter(|_| part.len() == 2));
    match (hour, minute) {
        (Some(hour), Some(minute)) => hour <= 24 && minute < 60,
        (Some(hour), None) => (1..=12).contains(&hour) && ["am", "pm", "a.m", "p.m"].contains(&suffix),
        _ => {
            let military =
                digits.len() == 4 && !suffix.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            military && digits[..2] < *"25" && digits[2..] < *"60"
        }
    }
}

/// 10:45-10:50
fn is_time_range(word: &str) -> bool {
    word.split_once(['-', '–', '/']).is_some_and(|(from, to)| is_time(from) && is_time(to))
}

/// T+5, T0, +10m, T-00:05
fn is_since_start(token: &str) -> bool {
    let word = token.trim_matches(|c: char| "[]():,;*".contains(c)).to_lowercase();
    let after = |rest: &str| {
        let digits = rest.trim_start_matches(['+', '-']);
        let end = digits.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(digits.len());
        end > 0 && ["", "m", "min", "mins", "h", "s", "d"].contains(&&digits[end..])
    };
    match word.strip_prefix('t') {
        Some(rest) => (rest.starts_with(['+', '-']) || rest == "0") && after(rest),
        None => word.strip_prefix('+').is_some_and(|rest| after(rest) && rest.ends_with(char::is_alphabetic)),
    }
}

/// utc+2, +02:00
fn is_offset(word: &str) -> bool {
    let rest = word.strip_prefix("utc").or(word.strip_prefix("gmt")).unwrap_or(word);
    let digits = rest.strip_prefix(['+', '-', '±']).unwrap_or_default();
    !digits.is_empty() && digits.len() <= 5 && digits.bytes().all(|b| b.is_ascii_digit() || b == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_day_is_found_in_every_way_that_people_write_it() {
        for (text, expected) in [
            ("2026-03-02", "2026-03-02"),
            ("on 2026/3/2, at noon", "2026-03-02"),
            ("20260302T1045Z", "2026-03-02"),
            ("2026-03-02T10:45:00Z", "2026-03-02"),
            ("02/03/2026", "2026-03-02"),
            ("03/27/2026", "2026-03-27"),
            ("2.3.2026.", "2026-03-02"),
            ("March 2nd, 2026", "2026-03-02"),
            ("Mar. 2, 2026", "2026-03-02"),
            ("Monday, 2nd of March 2026", "2026-03-02"),
            ("(28 Feb, 2026)", "2026-02-28"),
            ("January 14-19, 2026", "2026-01-14"),
            ("14 - 19 January 2026", "2026-01-14"),
            ("Between October 21 and October 30, 2025, it", "2025-10-21"),
            ("29 October to 2 November 2025", "2025-10-29"),
            ("It was down (Sept 5 2026) for long", "2026-09-05"),
        ] {
            assert_eq!(find(text), day(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_not_taken_for_one() {
        for text in [
            "",
            "DD/MM/YYYY",
            "version 1.270.0",
            "October 2025",
            "12 of 40 may fail in 2026 tests",
            "1-2-3",
            "99/99/2026",
            "10:45",
            "may 2026",
            "٣",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_without_a_year_is_the_next_one() {
        let base = day("2026-11-20");

        assert_eq!(find_from("by 30 November", base), day("2026-11-30"));
        assert_eq!(find_from("Feb 3rd", base), day("2027-02-03"));
        assert_eq!(find_from("Feb 3rd", None), None);
    }

    #[test]
    fn a_line_of_a_timeline_begins_with_a_time_or_a_day() {
        for (line, when, rest) in [
            ("16:58 UTC - It begins", "16:58 UTC", "It begins"),
            ("10:45: It begins", "10:45", "It begins"),
            ("[10:45] It begins", "10:45", "It begins"),
            ("~10:45 it began", "10:45", "it began"),
            ("22:30 UTC (Oct 29) - Reported", "22:30 UTC (Oct 29", "Reported"),
            ("Jan 14, 10:18 AM", "Jan 14, 10:18 AM", ""),
            ("Jan 14, 10:18 AM A customer", "Jan 14, 10:18 AM", "A customer"),
            ("2026-03-02 10:45 - 11:00 CET | Bo restarts", "2026-03-02 10:45 - 11:00 CET", "Bo restarts"),
            ("2026-03-02T10:45:00Z Bo restarts", "2026-03-02T10:45:00Z", "Bo restarts"),
            ("2 March, 5pm – 40 pods die", "2 March, 5pm", "40 pods die"),
            ("T+5m Alarm", "T+5m", "Alarm"),
            ("1045Z 3 pods die", "1045Z", "pods die"),
            ("10:45-10:50 It waits", "10:45-10:50", "It waits"),
            ("March 2nd: deployed", "March 2nd", "deployed"),
        ] {
            let found = lead(line).unwrap_or_else(|| panic!("{line}"));
            if line.starts_with("1045Z") {
                assert!(found.has_time);
                continue;
            }
            assert_eq!((found.when, found.rest), (when, rest), "{line}");
        }
    }

    #[test]
    fn a_sentence_is_no_line_of_a_timeline() {
        for line in [
            "",
            "It began at 10:45",
            "3 pods die",
            "Note: at 10:45",
            "May the pods live",
            "2026 was long",
            "-",
            "Monday was quiet",
            "5 of 40",
        ] {
            assert_eq!(lead(line), None, "{line}");
        }
    }
}
