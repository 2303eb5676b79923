//! A calendar as iCalendar has it (RFC 5545): text that is escaped, lines that
//! are folded. Nothing here knows what the events are about.

mod meeting;

use std::fmt::Write;

use chrono::{DateTime, NaiveDate, Utc};

pub use meeting::{Meeting, invitation};

/// One whole day in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for ever, and nobody else's.
    pub uid: String,
    pub day: NaiveDate,
    pub summary: String,
    pub description: String,
    /// Where there is more; written as it is.
    pub url: String,
    /// When what it says was changed last.
    pub changed_at: DateTime<Utc>,
}

/// The calendar as a file.
pub fn calendar(name: &str, events: &[Event]) -> String {
    let mut file = String::new();
    let mut line = |name: &str, value: &str| fold(&mut file, &format!("{name}:{value}"));
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", "-//Muster//Corrective actions//EN");
    line("CALSCALE", "GREGORIAN");
    line("METHOD", "PUBLISH");
    line("X-WR-CALNAME", &text(name));
    for event in events {
        let stamp = event.changed_at.format("%Y%m%dT%H%M%SZ").to_string();
        line("BEGIN", "VEVENT");
        line("UID", &text(&event.uid));
        line("DTSTAMP", &stamp);
        line("LAST-MODIFIED", &stamp);
        line("DTSTART;VALUE=DATE", &event.day.format("%Y%m%d").to_string());
        if let Some(next) = event.day.succ_opt() {
            line("DTEND;VALUE=DATE", &next.format("%Y%m%d").to_string());
        }
        line("SUMMARY", &text(&event.summary));
        if !event.description.is_empty() {
            line("DESCRIPTION", &text(&event.description));
        }
        line("URL", &without_controls(&event.url));
        line("TRANSP", "TRANSPARENT");
        line("END", "VEVENT");
    }
    line("END", "VCALENDAR");
    file
}

/// A text in which nothing ends the line or the value.
fn text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => escaped.push_str("\\n"),
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ if letter.is_control() && letter != '\t' => {}
            _ => escaped.push(letter),
        }
    }
    escaped
}

fn without_controls(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

/// A line has at most 75 octets; what is longer goes on after a space.
const LONGEST: usize = 75;

fn fold(file: &mut String, line: &str) {
    let mut n_octets = 0;
    for letter in line.chars() {
        if n_octets + letter.len_utf8() > LONGEST {
            file.push_str("\r\n ");
            n_octets = 1;
        }
        // A `String` takes every letter.
        let _ = file.write_char(letter);
        n_octets += letter.len_utf8();
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "1@muster".to_owned(),
            day: NaiveDate::from_ymd_opt(2026, 3, 6).unwrap(),
            summary: summary.to_owned(),
            description: String::new(),
            url: "https://muster.example.org/circles/orders/actions/CA-1".to_owned(),
            changed_at: Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap(),
        }
    }

    /// The lines as a program puts them together again.
    fn unfolded(file: &str) -> Vec<String> {
        file.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_calendar_has_a_day_for_each_event() {
        let file = calendar("Actions", &[event("CA-1 Raise it")]);

        assert_eq!(
            unfolded(&file),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//Muster//Corrective actions//EN",
                "CALSCALE:GREGORIAN",
                "METHOD:PUBLISH",
                "X-WR-CALNAME:Actions",
                "BEGIN:VEVENT",
                "UID:1@muster",
                "DTSTAMP:20260302T120000Z",
                "LAST-MODIFIED:20260302T120000Z",
                "DTSTART;VALUE=DATE:20260306",
                "DTEND;VALUE=DATE:20260307",
                "SUMMARY:CA-1 Raise it",
                "URL:https://muster.example.org/circles/orders/actions/CA-1",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    #[test]
    fn t41_no_text_ends_its_line() {
        let cases = [
            ("a, b; c\\d", "a\\, b\\; c\\\\d"),
            ("a\r\nEND:VEVENT", "a\\nEND:VEVENT"),
            ("a\rb\nc", "a\\nb\\nc"),
            ("a\u{0}\u{7}b\u{85}", "ab"),
            ("tab\there", "tab\there"),
        ];
        for (written, expected) in cases {
            assert_eq!(text(written), expected, "{written:?}");
        }
        let lines = unfolded(&calendar("x", &[event("a\r\nBEGIN:VALARM\r\nb")]));
        assert!(!lines.iter().any(|line| line == "BEGIN:VALARM"));
    }

    proptest! {
        #[test]
        fn t41_lines_are_short_and_the_text_comes_back(summary in "(?s).{0,200}|[äöü€𝄞,;\\\\\n]{0,90}") {
            let file = calendar("x", &[event(&summary)]);

            for line in file.split_terminator("\r\n") {
                prop_assert!(line.len() <= LONGEST, "{line:?}");
                prop_assert!(!line.contains(['\r', '\n']));
            }
            let expected = format!("SUMMARY:{}", text(&summary));
            let lines = unfolded(&file);
            prop_assert!(lines.contains(&expected));
            prop_assert_eq!(lines.iter().filter(|line| line.as_str() == "END:VEVENT").count(), 1);
        }
    }
}
