//! An incident: how bad it is, which phase it is in, when somebody outside is
//! to be told, and what it still lacks before it can be closed.
//!
//! What a sender delivers is read by [`crate::signal`]; nothing here knows where
//! an incident came from.

mod closing;
mod report;
mod severities;
mod updates;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

pub use crate::action::Severity;
use crate::action::words;
pub use closing::{Lack, Part, Standing};
pub use report::{Report, Told};
pub use severities::{LONGEST_INTERVAL, Meaning, SHORTEST_INTERVAL, Severities, WrongInterval};
pub use updates::{NextUpdate, Updates};

/// The number that people say aloud: INC-12. Short, one series for each
/// circle, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub i64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "INC-{}", self.0)
    }
}

/// The text is no number of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number of an incident looks like INC-12")]
pub struct NoNumber;

impl FromStr for Number {
    type Err = NoNumber;

    fn from_str(text: &str) -> Result<Number, NoNumber> {
        let digits = text.strip_prefix("INC-").ok_or(NoNumber)?;
        let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        digits.parse().ok().filter(|_| is_plain).map(Number).ok_or(NoNumber)
    }
}

/// How far an incident has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    Detected,
    /// Somebody works on it.
    Acknowledged,
    /// Customers no longer notice it.
    Mitigated,
    /// What caused it is gone.
    Resolved,
    /// Everything that belongs to it is done.
    Closed,
}

words!(Phase:
    Detected "detected" "Detected",
    Acknowledged "acknowledged" "Acknowledged",
    Mitigated "mitigated" "Mitigated",
    Resolved "resolved" "Resolved",
    Closed "closed" "Closed",
);

impl Phase {
    /// Still something to put right.
    pub fn is_running(self) -> bool {
        self < Phase::Resolved
    }

    /// What it can become by one tap: any later phase up to resolved, and from
    /// resolved back to work. Closing has rules of its own.
    pub fn may_become(self) -> &'static [Phase] {
        match self {
            Phase::Detected => &[Phase::Acknowledged, Phase::Mitigated, Phase::Resolved],
            Phase::Acknowledged => &[Phase::Mitigated, Phase::Resolved],
            Phase::Mitigated => &[Phase::Resolved, Phase::Acknowledged],
            Phase::Resolved => &[Phase::Acknowledged],
            Phase::Closed => &[],
        }
    }
}

/// When an incident came into each phase. The instant of the phase before
/// `detected` does not exist; a phase that was passed over has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    pub detected: DateTime<Utc>,
    pub acknowledged: Option<DateTime<Utc>>,
    pub mitigated: Option<DateTime<Utc>>,
    pub resolved: Option<DateTime<Utc>>,
    pub closed: Option<DateTime<Utc>>,
}

impl Reached {
    pub fn at(&self, phase: Phase) -> Option<DateTime<Utc>> {
        match phase {
            Phase::Detected => Some(self.detected),
            Phase::Acknowledged => self.acknowledged,
            Phase::Mitigated => self.mitigated,
            Phase::Resolved => self.resolved,
            Phase::Closed => self.closed,
        }
    }

    /// What it is when a phase is reached: phases that come after it are open
    /// again, and one that was reached before keeps its first instant.
    pub fn after(self, phase: Phase, now: DateTime<Utc>) -> Reached {
        let keep = |of: Phase, at: Option<DateTime<Utc>>| match of.cmp(&phase) {
            std::cmp::Ordering::Less => at,
            std::cmp::Ordering::Equal => at.or(Some(now)),
            std::cmp::Ordering::Greater => None,
        };
        Reached {
            detected: self.detected,
            acknowledged: keep(Phase::Acknowledged, self.acknowledged),
            mitigated: keep(Phase::Mitigated, self.mitigated),
            resolved: keep(Phase::Resolved, self.resolved),
            closed: keep(Phase::Closed, self.closed),
        }
    }

    /// When the phase after this one began, as far as one has.
    fn end_of(&self, phase: Phase) -> Option<DateTime<Utc>> {
        Phase::ALL.iter().filter(|later| **later > phase).find_map(|later| self.at(*later))
    }
}

/// Who may read an entry of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    Internal,
    Stakeholders,
}

words!(Audience:
    Internal "internal" "Internal",
    Stakeholders "stakeholders" "For stakeholders",
);

/// What an entry of a timeline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Note,
    Finding,
    Decision,
    Action,
    Update,
    Cause,
    /// What a sender said.
    Alert,
    Phase,
    Assigned,
    Severity,
    Impact,
    Snoozed,
    Changed,
    Resolution,
    Postmortem,
    Overridden,
}

words!(Kind:
    Note "note" "Note",
    Finding "finding" "Finding",
    Decision "decision" "Decision",
    Action "action" "Action taken",
    Update "update" "Update",
    Cause "cause" "Root cause",
    Alert "alert" "Alert",
    Phase "phase" "Phase",
    Assigned "assigned" "Assigned",
    Severity "severity" "Severity",
    Impact "impact" "Impact",
    Snoozed "snoozed" "Update put off",
    Changed "changed" "Changed",
    Resolution "resolution" "Resolution notes",
    Postmortem "postmortem" "Postmortem",
    Overridden "overridden" "Closed all the same",
);

impl Kind {
    /// Those that a person writes.
    pub const WRITTEN: [Kind; 6] =
        [Kind::Note, Kind::Finding, Kind::Decision, Kind::Action, Kind::Update, Kind::Cause];

    /// Which part of the report an entry for stakeholders belongs to.
    pub fn part(self) -> Part {
        match self {
            Kind::Action | Kind::Decision => Part::Actions,
            Kind::Cause => Part::Causes,
            _ => Part::Happened,
        }
    }
}

/// One entry of a timeline, as far as rules need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    pub audience: Audience,
    pub words: String,
    pub phase: Phase,
    pub happened_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn minute(n: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 3, n, 0).unwrap()
    }

    #[test]
    fn a_number_is_read_as_it_is_said_and_in_no_other_way() {
        assert_eq!("INC-12".parse(), Ok(Number(12)));
        assert_eq!(Number(3).to_string(), "INC-3");
        for wrong in ["", "12", "INC-", "INC-0", "INC-012", "inc-1", "INC-1 ", "INC--1", "CA-1"] {
            assert_eq!(wrong.parse::<Number>(), Err(NoNumber), "{wrong}");
        }
    }

    #[test]
    fn every_word_is_read_back_as_it_was_written() {
        for &phase in Phase::ALL {
            assert_eq!(Phase::parse(phase.as_str()), Some(phase));
        }
        for &kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        for &audience in Audience::ALL {
            assert_eq!(Audience::parse(audience.as_str()), Some(audience));
        }
    }

    #[test]
    fn a_phase_becomes_a_later_one_or_goes_back_to_work_and_nothing_is_closed_by_a_tap() {
        assert!(Phase::Detected.may_become().contains(&Phase::Resolved));
        assert!(Phase::Resolved.may_become().contains(&Phase::Acknowledged));
        assert!(Phase::Closed.may_become().is_empty());
        for phase in Phase::ALL {
            assert!(!phase.may_become().contains(&Phase::Closed));
            assert!(!phase.may_become().contains(phase));
        }
    }

    #[test]
    fn reopening_takes_the_later_instants_away_and_keeps_the_first_ones() {
        let began = Reached {
            detected: minute(0),
            acknowledged: None,
            mitigated: None,
            resolved: None,
            closed: None,
        };
        let resolved = began.after(Phase::Acknowledged, minute(2)).after(Phase::Resolved, minute(9));
        assert_eq!(resolved.at(Phase::Resolved), Some(minute(9)));
        assert_eq!(resolved.at(Phase::Mitigated), None);

        let again = resolved.after(Phase::Acknowledged, minute(12));

        assert_eq!(again.at(Phase::Acknowledged), Some(minute(2)));
        assert_eq!(again.at(Phase::Resolved), None);
    }
}
