//! People: who signs in, and what they say of themselves.

use chrono_tz::Tz;

/// The person who asks: signed in, and not disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    pub person: String,
    pub name: String,
    pub email: String,
    pub administrator: bool,
    /// `None`: the circle's.
    pub time_zone: Option<Tz>,
}
