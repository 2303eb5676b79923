//! A runbook: what a team knows of a service, written for the night.
//!
//! A runbook of a service has eight sections; a file about one alert, or a few,
//! has four. Headings are matched tolerantly, and the text is never changed:
//! a [`Document`] only says which piece of it is what. Reading the disk is the
//! caller's: this module is given names and bytes.

mod alerts;
pub mod diff;
mod fence;
mod filling;
mod headings;
pub mod import;
mod links;
mod names;
mod page_name;
mod redirect;
mod split;
mod text;

#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::Serialize;

use crate::bank::{Finding, Severity};

pub use filling::filling;
pub use links::linked;
pub use names::{alert_names, is_alert_name};
pub use page_name::{is_page_name, page_name};
pub use text::{FILE_LIMIT, NoText, read as text};

/// A part of a runbook that has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    Summary,
    ServiceSla,
    EscalationPath,
    IncidentWorkflow,
    Monitoring,
    Alerts,
    Postmortems,
    Doc,
    Meaning,
    Impact,
    Diagnosis,
    Mitigation,
}

impl Section {
    /// What the runbook of a service has.
    pub const OF_SERVICE: [Section; 8] = [
        Section::Summary,
        Section::ServiceSla,
        Section::EscalationPath,
        Section::IncidentWorkflow,
        Section::Monitoring,
        Section::Alerts,
        Section::Postmortems,
        Section::Doc,
    ];

    /// What is said of an alert.
    pub const OF_ALERT: [Section; 4] =
        [Section::Meaning, Section::Impact, Section::Diagnosis, Section::Mitigation];

    /// The name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Section::Summary => "summary",
            Section::ServiceSla => "service sla",
            Section::EscalationPath => "escalation path",
            Section::IncidentWorkflow => "incident workflow",
            Section::Monitoring => "monitoring",
            Section::Alerts => "alerts",
            Section::Postmortems => "postmortems",
            Section::Doc => "doc",
            Section::Meaning => "meaning",
            Section::Impact => "impact",
            Section::Diagnosis => "diagnosis",
            Section::Mitigation => "mitigation",
        }
    }

    /// The name as a heading.
    pub fn title(self) -> &'static str {
        match self {
            Section::Summary => "Summary",
            Section::ServiceSla => "Service SLA",
            Section::EscalationPath => "Escalation path",
            Section::IncidentWorkflow => "Incident workflow",
            Section::Monitoring => "Monitoring",
            Section::Alerts => "Alerts",
            Section::Postmortems => "Postmortems",
            Section::Doc => "Doc",
            Section::Meaning => "Meaning",
            Section::Impact => "Impact",
            Section::Diagnosis => "Diagnosis",
            Section::Mitigation => "Mitigation",
        }
    }

    /// The section in an address: `service-sla`.
    pub fn slug(self) -> String {
        self.as_str().replace(' ', "-")
    }

    /// The section that an address or a heading names.
    pub fn parse(text: &str) -> Option<Section> {
        let is_named = |section: &Section| section.slug() == text || section.as_str() == text;
        Section::OF_SERVICE.into_iter().chain(Section::OF_ALERT).find(is_named)
    }
}

/// How much of a section is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Filling {
    Missing,
    /// The heading alone.
    Empty,
    /// A promise to write it.
    Todo,
    Filled,
}

impl Filling {
    pub fn as_str(self) -> &'static str {
        match self {
            Filling::Missing => "missing",
            Filling::Empty => "empty",
            Filling::Todo => "todo",
            Filling::Filled => "filled",
        }
    }
}

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Service,
    Alert,
}

impl Kind {
    /// The sections that it should have.
    pub fn sections(self) -> &'static [Section] {
        match self {
            Kind::Service => &Section::OF_SERVICE,
            Kind::Alert => &Section::OF_ALERT,
        }
    }
}

/// One piece of the text. The pieces in their order are the whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `None` for what stands before the first section, and under headings that
    /// are none of the sections.
    pub section: Option<Section>,
    /// The heading and everything below it.
    pub range: Range<usize>,
    /// What stands below the heading.
    pub body: Range<usize>,
}

/// What is written of an alert, or of several that are handled alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertSection {
    /// At least one.
    pub names: Vec<String>,
    /// The heading, as a person reads it.
    pub title: String,
    /// Heading and all.
    pub range: Range<usize>,
    /// The pieces below the heading, in order; together they are all of it.
    pub parts: Vec<Part>,
}

/// One file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub title: String,
    pub kind: Kind,
    pub parts: Vec<Part>,
    pub alerts: Vec<AlertSection>,
    /// Where it sends the reader, if it does nothing else.
    pub redirect: Option<String>,
    /// How much there is of each section that it should have, in their order.
    pub fillings: Vec<(Section, Filling)>,
    pub findings: Vec<Finding>,
}

impl Document {
    pub fn filling(&self, section: Section) -> Filling {
        self.fillings
            .iter()
            .find(|(one, _)| *one == section)
            .map_or(Filling::Missing, |(_, filling)| *filling)
    }

    /// The text below the headings of a section; empty if there is none.
    pub fn body(&self, text: &str, section: Section) -> String {
        let of_section = self.parts.iter().filter(|part| part.section == Some(section));
        let pieces: Vec<&str> = of_section.map(|part| text[part.body.clone()].trim()).collect();
        pieces.join("\n\n")
    }
}

impl AlertSection {
    /// The text of one of the four parts; empty if there is none.
    pub fn body(&self, text: &str, section: Section) -> String {
        let of_section = self.parts.iter().filter(|part| part.section == Some(section));
        let pieces: Vec<&str> = of_section.map(|part| text[part.body.clone()].trim()).collect();
        pieces.join("\n\n")
    }

    /// Whatever is none of the four.
    pub fn rest(&self, text: &str) -> String {
        let others = self.parts.iter().filter(|part| part.section.is_none());
        let pieces = others.map(|part| text[part.range.clone()].trim()).filter(|piece| !piece.is_empty());
        pieces.collect::<Vec<_>>().join("\n\n")
    }

    pub fn filling(&self, text: &str, section: Section) -> Filling {
        if !self.parts.iter().any(|part| part.section == Some(section)) {
            return Filling::Missing;
        }
        filling(&self.body(text, section))
    }
}

/// Reads a tidy text; `path` gives it a name where it has no heading.
pub fn read(path: &str, text: &str) -> Document {
    split::read(path, text)
}

/// Where in the text something was found.
fn finding(path: &str, text: &str, at: usize, severity: Severity, what: impl Into<String>) -> Finding {
    let before = &text[..text.floor_char_boundary(at)];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Finding {
        path: path.to_owned(),
        line: count(before.bytes().filter(|&b| b == b'\n').count() + 1),
        column: count(before[line_start..].chars().count() + 1),
        severity,
        what: what.into(),
    }
}
