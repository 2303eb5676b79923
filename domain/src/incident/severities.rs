//! What a circle means by each severity of an incident, and how often it tells
//! those who wait.

use chrono::TimeDelta;

use super::Severity;

/// One severity as a circle means it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// When an incident is this bad, in a line.
    pub words: String,
    /// So often stakeholders are told; `None`: no clock runs.
    pub update_minutes: Option<u32>,
}

impl Meaning {
    pub fn update_every(&self) -> Option<TimeDelta> {
        self.update_minutes.map(|minutes| TimeDelta::minutes(i64::from(minutes)))
    }
}

/// The bounds of an interval, in minutes.
pub const SHORTEST_INTERVAL: u32 = 5;
pub const LONGEST_INTERVAL: u32 = 7 * 24 * 60;

/// The interval is no number of minutes that a clock can run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the minutes are a whole number from {SHORTEST_INTERVAL} to {LONGEST_INTERVAL}, or nothing for no clock"
)]
pub struct WrongInterval;

/// The four severities of a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severities([Meaning; 4]);

impl Default for Severities {
    fn default() -> Severities {
        let of = |words: &str, update_minutes| Meaning { words: words.to_owned(), update_minutes };
        Severities([
            of("The service is down, or data is being lost", Some(30)),
            of("An important part does not work, or works badly for many", Some(60)),
            of("Something small does not work, and there is a way around it", Some(240)),
            of("Nobody outside notices it", None),
        ])
    }
}

impl Severities {
    pub fn of(&self, severity: Severity) -> &Meaning {
        &self.0[usize::from(severity.level()) - 1]
    }

    /// Sets one; the interval has to be within its bounds.
    pub fn set(
        &mut self,
        severity: Severity,
        words: String,
        update_minutes: Option<u32>,
    ) -> Result<(), WrongInterval> {
        let fits = update_minutes.is_none_or(|n| (SHORTEST_INTERVAL..=LONGEST_INTERVAL).contains(&n));
        if !fits {
            return Err(WrongInterval);
        }
        self.0[usize::from(severity.level()) - 1] = Meaning { words, update_minutes };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_told_about_most_often_and_the_least_has_no_clock() {
        let usual = Severities::default();
        let minutes = Severity::ALL.map(|severity| usual.of(severity).update_minutes);
        assert_eq!(minutes, [Some(30), Some(60), Some(240), None]);
    }

    #[test]
    fn an_interval_out_of_bounds_changes_nothing() {
        let mut severities = Severities::default();
        for wrong in [0, 4, LONGEST_INTERVAL + 1] {
            assert_eq!(severities.set(Severity::ALL[0], "Down".to_owned(), Some(wrong)), Err(WrongInterval));
        }
        assert_eq!(severities, Severities::default());
        severities.set(Severity::ALL[0], "Down".to_owned(), Some(5)).unwrap();
        assert_eq!(severities.of(Severity::ALL[0]).update_every(), Some(TimeDelta::minutes(5)));
    }
}
