//! Who is ready for what, at an instant, and until when.
//!
//! For each service and topic the newest marked attempt that contained it
//! decides (law 4 of the model).

use chrono::{DateTime, TimeDelta, Utc};

use crate::question::Topic;

/// How long before its end a pass is called expiring.
pub const EXPIRING_WITHIN: TimeDelta = TimeDelta::days(30);

/// What one marked attempt says of one service and topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub service: String,
    pub topic: Topic,
    pub attempt: String,
    pub finished_at: DateTime<Utc>,
    /// Whether the clause of this service and topic holds, and every critical
    /// question of it that was drawn where the rules ask for that.
    pub holds: bool,
    pub reached: crate::marking::Score,
    pub needed: crate::test::Percent,
    pub counts_for: TimeDelta,
}

/// How a person stands with a service and topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Passed, and counts until then.
    Ready { until: DateTime<Utc> },
    /// Passed, and counts until then, which is 30 days away or less.
    Expiring { until: DateTime<Utc> },
    /// The newest attempt did not reach the topic's clause.
    NotPassed,
    /// Passed once; it no longer counts.
    Expired { since: DateTime<Utc> },
    /// Never sat.
    Unknown,
}

/// The newest evidence on a service and topic: the latest end decides, and on
/// the same instant the later attempt id.
pub fn newest<'e>(evidence: &'e [Evidence], service: &str, topic: Topic) -> Option<&'e Evidence> {
    todo!()
}

/// How someone stands, given the newest evidence. A pass counts until the very
/// end of its term.
pub fn standing(newest: Option<&Evidence>, now: DateTime<Utc>) -> Standing {
    todo!()
}
