//! When an incident is done: what it still lacks before it can be closed.

use chrono::{DateTime, Utc};

use super::{Audience, Entry, Kind, Phase, Reached};

/// A part of the report to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Happened,
    Actions,
    Causes,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Happened, Part::Actions, Part::Causes];

    pub fn title(self) -> &'static str {
        match self {
            Part::Happened => "What happened",
            Part::Actions => "Actions taken",
            Part::Causes => "Root causes",
        }
    }
}

/// Something that has to be there before an incident can be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    NotResolved,
    ResolutionNotes,
    PostmortemDecision,
    /// Business was affected, and nobody outside was told in this phase.
    UpdateIn(Phase),
    /// Business was affected, and the report says nothing here.
    ReportSays(Part),
}

impl Lack {
    /// In a sentence.
    pub fn words(self) -> String {
        match self {
            Lack::NotResolved => "It is not resolved.".to_owned(),
            Lack::ResolutionNotes => "There are no resolution notes: what ended it.".to_owned(),
            Lack::PostmortemDecision => "Nobody has decided whether there is a postmortem.".to_owned(),
            Lack::UpdateIn(phase) => format!(
                "Business was affected, and stakeholders had no update in the phase “{}”. It can still be given: \
                 write an update and choose that phase.",
                phase.title()
            ),
            Lack::ReportSays(part) => format!(
                "Business was affected, and the report has nothing under “{}”: no entry for stakeholders says it.",
                part.title()
            ),
        }
    }
}

/// What decides whether an incident is done.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    pub phase: Phase,
    pub reached: Reached,
    /// Since when; `None` where business was not.
    pub affected_since: Option<DateTime<Utc>>,
    pub resolution: &'a str,
    pub is_postmortem_decided: bool,
    pub entries: &'a [Entry],
}

impl Standing<'_> {
    /// What it lacks, in the order in which one would see to it.
    pub fn lacks(&self) -> Vec<Lack> {
        let mut lacks = Vec::new();
        if self.phase < Phase::Resolved {
            lacks.push(Lack::NotResolved);
        }
        if self.resolution.trim().is_empty() {
            lacks.push(Lack::ResolutionNotes);
        }
        if !self.is_postmortem_decided {
            lacks.push(Lack::PostmortemDecision);
        }
        if let Some(since) = self.affected_since {
            lacks.extend(
                self.phases_to_tell(since).filter(|phase| !self.is_told_in(*phase)).map(Lack::UpdateIn),
            );
            lacks.extend(Part::ALL.into_iter().filter(|part| !self.reports(*part)).map(Lack::ReportSays));
        }
        lacks
    }

    /// The phases that it has been in since business was affected.
    fn phases_to_tell(&self, since: DateTime<Utc>) -> impl Iterator<Item = Phase> {
        let open = Phase::ALL.iter().copied().filter(|phase| *phase != Phase::Closed);
        let reached = self.reached;
        open.filter(move |phase| {
            let is_over = reached.end_of(*phase).is_some_and(|end| end <= since);
            reached.at(*phase).is_some() && !is_over
        })
    }

    fn is_told_in(&self, phase: Phase) -> bool {
        self.told().any(|entry| entry.kind == Kind::Update && entry.phase == phase)
    }

    fn reports(&self, part: Part) -> bool {
        self.told().any(|entry| entry.kind.part() == part)
    }

    fn told(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.audience == Audience::Stakeholders)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 3, minute, 0).unwrap()
    }

    fn told(kind: Kind, phase: Phase) -> Entry {
        Entry {
            kind,
            audience: Audience::Stakeholders,
            words: "Carts are slow.".to_owned(),
            phase,
            happened_at: at(1),
        }
    }

    fn resolved() -> Standing<'static> {
        let detected =
            Reached { detected: at(0), acknowledged: None, mitigated: None, resolved: None, closed: None };
        Standing {
            phase: Phase::Resolved,
            reached: detected.after(Phase::Acknowledged, at(5)).after(Phase::Resolved, at(20)),
            affected_since: None,
            resolution: "The pool was raised.",
            is_postmortem_decided: true,
            entries: &[],
        }
    }

    #[test]
    fn what_is_resolved_explained_and_decided_lacks_nothing() {
        assert_eq!(resolved().lacks(), []);
    }

    #[test]
    fn what_is_missing_is_listed_in_order() {
        let standing = Standing {
            phase: Phase::Mitigated,
            resolution: " \n",
            is_postmortem_decided: false,
            ..resolved()
        };
        assert_eq!(standing.lacks(), [Lack::NotResolved, Lack::ResolutionNotes, Lack::PostmortemDecision]);
    }

    #[test]
    fn where_business_was_affected_each_phase_needs_an_update_and_the_report_its_parts() {
        let affected = Standing { affected_since: Some(at(0)), ..resolved() };
        assert_eq!(
            affected.lacks(),
            [
                Lack::UpdateIn(Phase::Detected),
                Lack::UpdateIn(Phase::Acknowledged),
                Lack::UpdateIn(Phase::Resolved),
                Lack::ReportSays(Part::Happened),
                Lack::ReportSays(Part::Actions),
                Lack::ReportSays(Part::Causes),
            ]
        );
        let entries = [
            told(Kind::Update, Phase::Detected),
            told(Kind::Update, Phase::Acknowledged),
            told(Kind::Update, Phase::Resolved),
            told(Kind::Action, Phase::Acknowledged),
            told(Kind::Cause, Phase::Resolved),
        ];
        assert_eq!(Standing { entries: &entries, ..affected }.lacks(), []);
    }

    #[test]
    fn a_phase_that_was_over_before_business_was_affected_needs_no_update() {
        let affected = Standing { affected_since: Some(at(5)), ..resolved() };
        assert!(!affected.lacks().contains(&Lack::UpdateIn(Phase::Detected)));
        assert!(affected.lacks().contains(&Lack::UpdateIn(Phase::Acknowledged)));
    }

    #[test]
    fn an_internal_update_tells_nobody_outside() {
        let mut entry = told(Kind::Update, Phase::Detected);
        entry.audience = Audience::Internal;
        let entries = [entry];
        let affected = Standing { affected_since: Some(at(0)), entries: &entries, ..resolved() };
        assert!(affected.lacks().contains(&Lack::UpdateIn(Phase::Detected)));
        assert!(affected.lacks().contains(&Lack::ReportSays(Part::Happened)));
    }
}
