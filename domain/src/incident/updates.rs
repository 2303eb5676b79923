//! When those who wait are to be told next.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Phase, Reached};

/// What decides when the next update is due.
#[derive(Debug, Clone, Copy)]
pub struct Updates {
    pub phase: Phase,
    pub reached: Reached,
    /// How often, by the severity as it is now; `None`: no clock runs.
    pub every: Option<TimeDelta>,
    pub business_affected: bool,
    /// When stakeholders were told last.
    pub updated_at: Option<DateTime<Utc>>,
    /// Put off, for a reason.
    pub snoozed_until: Option<DateTime<Utc>>,
}

/// The next update, when there is one to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextUpdate {
    pub due_at: DateTime<Utc>,
    /// Put off to this instant.
    pub is_snoozed: bool,
}

impl NextUpdate {
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.due_at < now
    }
}

impl Updates {
    /// While something is to be put right: so long after the last one, or after
    /// it was detected. Once resolved it is told once more, where business is
    /// affected. A later word of having put it off moves it.
    pub fn next(&self) -> Option<NextUpdate> {
        let every = self.every?;
        let due_at = match self.phase {
            Phase::Closed => return None,
            Phase::Resolved => {
                let resolved_at = self.reached.resolved.unwrap_or(self.reached.detected);
                let is_told = self.updated_at.is_some_and(|at| at >= resolved_at);
                if is_told || !self.business_affected {
                    return None;
                }
                resolved_at + every
            }
            _ => self.updated_at.unwrap_or(self.reached.detected) + every,
        };
        let snoozed = self.snoozed_until.filter(|until| *until > due_at);
        Some(NextUpdate { due_at: snoozed.unwrap_or(due_at), is_snoozed: snoozed.is_some() })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 3, minute, 0).unwrap()
    }

    fn detected() -> Updates {
        Updates {
            phase: Phase::Detected,
            reached: Reached {
                detected: at(0),
                acknowledged: None,
                mitigated: None,
                resolved: None,
                closed: None,
            },
            every: Some(TimeDelta::minutes(30)),
            business_affected: true,
            updated_at: None,
            snoozed_until: None,
        }
    }

    fn due(updates: Updates) -> Option<DateTime<Utc>> {
        updates.next().map(|next| next.due_at)
    }

    #[test]
    fn the_clock_runs_from_the_start_and_from_each_update() {
        assert_eq!(due(detected()), Some(at(30)));
        assert_eq!(due(Updates { updated_at: Some(at(12)), ..detected() }), Some(at(42)));
        assert!(!detected().next().unwrap().is_late(at(30)));
        assert!(detected().next().unwrap().is_late(at(31)));
    }

    #[test]
    fn without_an_interval_and_once_closed_no_clock_runs() {
        assert_eq!(due(Updates { every: None, ..detected() }), None);
        assert_eq!(due(Updates { phase: Phase::Closed, ..detected() }), None);
    }

    #[test]
    fn putting_it_off_moves_it_later_and_never_sooner() {
        let later = Updates { snoozed_until: Some(at(50)), ..detected() };
        assert_eq!(later.next(), Some(NextUpdate { due_at: at(50), is_snoozed: true }));
        let sooner = Updates { snoozed_until: Some(at(10)), ..detected() };
        assert_eq!(sooner.next(), Some(NextUpdate { due_at: at(30), is_snoozed: false }));
    }

    #[test]
    fn once_resolved_one_more_is_due_where_business_is_affected() {
        let resolved = Updates {
            phase: Phase::Resolved,
            reached: detected().reached.after(Phase::Resolved, at(20)),
            updated_at: Some(at(12)),
            ..detected()
        };
        assert_eq!(due(resolved), Some(at(50)));
        assert_eq!(due(Updates { business_affected: false, ..resolved }), None);
        assert_eq!(due(Updates { updated_at: Some(at(20)), ..resolved }), None);
    }
}
