//! The one place that asks the clock and the system's dice; everything else
//! takes both as arguments.

#![allow(clippy::disallowed_methods, reason = "this is the place")]

use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;

pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A generator that nobody can foresee.
pub fn dice() -> StdRng {
    StdRng::from_os_rng()
}
