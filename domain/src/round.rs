//! A round: one test given to named members between two instants.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// When takers may see something of their result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownWhen {
    /// As soon as the attempt is handed in.
    AtHandIn,
    /// When the round has closed and nobody in it is still sitting.
    AtClose,
    /// Not at all.
    Never,
}

impl ShownWhen {
    pub const ALL: [ShownWhen; 3] = [ShownWhen::AtHandIn, ShownWhen::AtClose, ShownWhen::Never];

    pub fn as_str(self) -> &'static str {
        match self {
            ShownWhen::AtHandIn => "at_hand_in",
            ShownWhen::AtClose => "at_close",
            ShownWhen::Never => "never",
        }
    }

    pub fn parse(text: &str) -> Option<ShownWhen> {
        ShownWhen::ALL.into_iter().find(|when| when.as_str() == text)
    }
}

/// Where a round stands, by the clock and by marking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Planned,
    Running,
    /// Closed, but someone with extra time is still sitting.
    StillSitting,
    ResultsReady,
}

/// Where a round stands at `now`. `n_sitting` is how many attempts are open.
pub fn phase(opens_at: DateTime<Utc>, closes_at: DateTime<Utc>, n_sitting: u32, now: DateTime<Utc>) -> Phase {
    todo!()
}

/// Whether something shown at `when` may be seen by the taker of an attempt
/// that is handed in.
pub fn may_see(when: ShownWhen, phase: Phase) -> bool {
    todo!()
}

/// The instant at which an attempt that starts at `start` ends: the earlier of
/// the round's close and `start` plus the limit, both moved by the person's
/// extra time.
pub fn deadline(
    start: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    limit: Option<TimeDelta>,
    extra: TimeDelta,
) -> DateTime<Utc> {
    todo!()
}
