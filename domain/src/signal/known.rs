//! What an alert that is known becomes by what is told of it again.

use chrono::{DateTime, TimeDelta, Utc};

use super::Alert;

/// An alert as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub is_firing: bool,
    /// When it became so: by the sender's own count, where it has one, or else when
    /// that was received.
    pub as_of: DateTime<Utc>,
}

/// What a delivery changes of an alert that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was told before, or came too late.
    Nothing,
    Ended,
    FiresAgain,
}

/// A sender that counts nothing may tell so much later of what has ended
/// meanwhile: that is an old word, and no new firing.
pub const LATE: TimeDelta = TimeDelta::minutes(5);

impl Known {
    /// What changes by a word that was received then.
    pub fn after(self, said: &Alert, received_at: DateTime<Utc>) -> Change {
        if said.said_at.is_some_and(|at| at <= self.as_of) {
            return Change::Nothing;
        }
        let is_counted = said.said_at.is_some();
        match (self.is_firing, said.is_firing) {
            (true, false) => Change::Ended,
            (false, true) if is_counted || received_at - self.as_of > LATE => Change::FiresAgain,
            _ => Change::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::super::read;
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 3, minute, 0).unwrap()
    }

    fn alert(status: &str) -> Alert {
        let body = format!(r#"{{"alerts":[{{"status":"{status}","labels":{{"alertname":"Down"}}}}]}}"#);
        read(&body).unwrap().alerts.remove(0)
    }

    #[test]
    fn an_alert_that_is_told_again_changes_nothing() {
        let firing = Known { is_firing: true, as_of: at(0) };
        let ended = Known { is_firing: false, as_of: at(0) };
        assert_eq!(firing.after(&alert("firing"), at(30)), Change::Nothing);
        assert_eq!(ended.after(&alert("resolved"), at(30)), Change::Nothing);
        assert_eq!(firing.after(&alert("resolved"), at(1)), Change::Ended);
    }

    #[test]
    fn a_firing_that_comes_just_after_its_end_is_late_and_later_it_fires_again() {
        let ended = Known { is_firing: false, as_of: at(0) };
        assert_eq!(ended.after(&alert("firing"), at(5)), Change::Nothing);
        assert_eq!(ended.after(&alert("firing"), at(6)), Change::FiresAgain);
    }

    #[test]
    fn where_the_sender_counts_its_words_only_newer_ones_count() {
        let ended = Known { is_firing: false, as_of: at(10) };
        let said = |minute| Alert { said_at: Some(at(minute)), ..alert("firing") };
        assert_eq!(ended.after(&said(10), at(30)), Change::Nothing);
        assert_eq!(ended.after(&said(9), at(30)), Change::Nothing);
        assert_eq!(ended.after(&said(11), at(11)), Change::FiresAgain);
    }
}
