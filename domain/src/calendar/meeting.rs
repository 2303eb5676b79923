//! One meeting as a file that a calendar takes in.

use chrono::{DateTime, Utc};

use super::{fold, text, without_controls};

/// A meeting between two instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// The same for ever, and nobody else's.
    pub uid: String,
    /// Counts up when the time is moved, so that a calendar takes the newer one.
    pub sequence: i64,
    pub begins_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub summary: String,
    pub description: String,
    /// Where it is held; written as it is.
    pub url: String,
    pub changed_at: DateTime<Utc>,
}

/// The invitation as a file. It names nobody: whoever takes it in is invited.
pub fn invitation(meeting: &Meeting) -> String {
    let mut file = String::new();
    let mut line = |name: &str, value: &str| fold(&mut file, &format!("{name}:{value}"));
    let instant = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", "-//Muster//Reviews//EN");
    line("CALSCALE", "GREGORIAN");
    line("METHOD", "PUBLISH");
    line("BEGIN", "VEVENT");
    line("UID", &text(&meeting.uid));
    line("SEQUENCE", &meeting.sequence.to_string());
    line("DTSTAMP", &instant(meeting.changed_at));
    line("DTSTART", &instant(meeting.begins_at));
    line("DTEND", &instant(meeting.ends_at));
    line("SUMMARY", &text(&meeting.summary));
    line("DESCRIPTION", &text(&meeting.description));
    line("URL", &without_controls(&meeting.url));
    line("END", "VEVENT");
    line("END", "VCALENDAR");
    file
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};

    use super::*;

    #[test]
    fn a_meeting_has_a_beginning_and_an_end() {
        let noon = Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap();
        let file = invitation(&Meeting {
            uid: "r1@muster".to_owned(),
            sequence: 2,
            begins_at: noon,
            ends_at: noon + TimeDelta::minutes(50),
            summary: "Review: March; round\nEND:VEVENT".to_owned(),
            description: "5 items".to_owned(),
            url: "https://muster.example.org/circles/orders/reviews/r1".to_owned(),
            changed_at: noon,
        });

        let lines: Vec<&str> = file.split_terminator("\r\n").collect();
        assert_eq!(
            lines[6..13],
            [
                "UID:r1@muster",
                "SEQUENCE:2",
                "DTSTAMP:20260302T120000Z",
                "DTSTART:20260302T120000Z",
                "DTEND:20260302T125000Z",
                "SUMMARY:Review: March\\; round\\nEND:VEVENT",
                "DESCRIPTION:5 items",
            ]
        );
        assert_eq!(lines.iter().filter(|line| **line == "END:VEVENT").count(), 1);
    }
}
