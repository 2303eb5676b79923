//! The report to the customer: what happened, what was done, and why. It is made
//! of [`Told`], and no internal entry can become one.

use std::fmt::Write;

use chrono::{DateTime, TimeZone, Utc};

use super::{Audience, Entry, Number, Part, Reached};

/// An entry that stakeholders may read. The only way to one is [`Entry::told`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    part: Part,
    words: String,
    happened_at: DateTime<Utc>,
}

impl Entry {
    /// What stakeholders may read of it; nothing of an internal one.
    pub fn told(&self) -> Option<Told> {
        (self.audience == Audience::Stakeholders).then(|| Told {
            part: self.kind.part(),
            words: self.words.clone(),
            happened_at: self.happened_at,
        })
    }
}

impl Told {
    pub fn part(&self) -> Part {
        self.part
    }

    pub fn words(&self) -> &str {
        &self.words
    }

    pub fn happened_at(&self) -> DateTime<Utc> {
        self.happened_at
    }
}

/// What a customer is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub number: Number,
    pub title: String,
    /// As people call it; empty where none is known.
    pub service: String,
    pub is_drill: bool,
    pub reached: Reached,
    /// What customers noticed, as it was written for them.
    pub impact: String,
    pub told: Vec<Told>,
}

impl Report {
    /// The entries of one part, the oldest first.
    pub fn of(&self, part: Part) -> Vec<&Told> {
        let mut told: Vec<&Told> = self.told.iter().filter(|told| told.part == part).collect();
        told.sort_by_key(|told| told.happened_at);
        told
    }

    /// As a Markdown file, with times as a zone has them; `zone_name` is how
    /// people call it.
    pub fn markdown<Z: TimeZone>(&self, zone: &Z, zone_name: &str) -> String
    where
        Z::Offset: std::fmt::Display,
    {
        let time = |at: DateTime<Utc>| at.with_timezone(zone).format("%Y-%m-%d %H:%M").to_string();
        let mut text = format!("# {} {}\n\n", self.number, plain(&self.title));
        if self.is_drill {
            text.push_str("This was an exercise.\n\n");
        }
        if !self.service.is_empty() {
            let _ = writeln!(text, "- Service: {}", plain(&self.service));
        }
        let _ = writeln!(text, "- Detected: {}", time(self.reached.detected));
        for (what, at) in [("Mitigated", self.reached.mitigated), ("Resolved", self.reached.resolved)] {
            if let Some(at) = at {
                let _ = writeln!(text, "- {what}: {}", time(at));
            }
        }
        let _ = writeln!(text, "- Times are those of {}", plain(zone_name));
        if !self.impact.trim().is_empty() {
            let _ = write!(text, "\n## Impact\n\n{}\n", self.impact.trim());
        }
        for part in Part::ALL {
            let _ = write!(text, "\n## {}\n\n", part.title());
            let told = self.of(part);
            if told.is_empty() {
                text.push_str("Nothing has been said yet.\n");
            }
            for one in told {
                let words = indented(one.words.trim());
                let _ = writeln!(text, "- {}: {words}", time(one.happened_at));
            }
        }
        text
    }
}

/// Further lines of an item stand below its first.
fn indented(words: &str) -> String {
    words.lines().map(str::trim_end).collect::<Vec<_>>().join("\n  ")
}

/// Text of one line, where Markdown would read something into it.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            plain.push('\\');
        }
        plain.push(if letter.is_control() { ' ' } else { letter });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Phase};
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 3, minute, 0).unwrap()
    }

    fn entry(kind: Kind, audience: Audience, words: &str, minute: u32) -> Entry {
        Entry { kind, audience, words: words.to_owned(), phase: Phase::Acknowledged, happened_at: at(minute) }
    }

    fn report(entries: &[Entry]) -> Report {
        let detected =
            Reached { detected: at(0), acknowledged: None, mitigated: None, resolved: None, closed: None };
        Report {
            number: Number(12),
            title: "Carts are *slow*".to_owned(),
            service: "Orders".to_owned(),
            is_drill: false,
            reached: detected.after(Phase::Resolved, at(40)),
            impact: "One cart in eight timed out.".to_owned(),
            told: entries.iter().filter_map(Entry::told).collect(),
        }
    }

    #[test]
    fn a_report_says_what_happened_what_was_done_and_why_in_order() {
        let told = report(&[
            entry(Kind::Cause, Audience::Stakeholders, "The pool was too small.", 39),
            entry(Kind::Action, Audience::Stakeholders, "Raised the pool.\nIn two steps.", 20),
            entry(Kind::Update, Audience::Stakeholders, "Carts are fast again.", 30),
            entry(Kind::Update, Audience::Stakeholders, "Carts are slow.", 10),
        ]);

        insta::assert_snapshot!(told.markdown(&Utc, "UTC"), @r"
        # INC-12 Carts are \*slow\*

        - Service: Orders
        - Detected: 2026-03-02 03:00
        - Resolved: 2026-03-02 03:40
        - Times are those of UTC

        ## Impact

        One cart in eight timed out.

        ## What happened

        - 2026-03-02 03:10: Carts are slow.
        - 2026-03-02 03:30: Carts are fast again.

        ## Actions taken

        - 2026-03-02 03:20: Raised the pool.
          In two steps.

        ## Root causes

        - 2026-03-02 03:39: The pool was too small.
        ");
    }

    #[test]
    fn no_internal_entry_of_any_kind_is_in_it() {
        let entries: Vec<Entry> =
            Kind::ALL.iter().map(|&kind| entry(kind, Audience::Internal, "canary", 5)).collect();

        let told = report(&entries);

        assert!(told.told.is_empty());
        assert!(!told.markdown(&Utc, "UTC").contains("canary"));
    }
}
