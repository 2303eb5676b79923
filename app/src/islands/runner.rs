//! The runner's help in the browser: it saves what changes, keeps what could
//! not be saved, counts the server's time, and keeps the map current.
//!
//! It renders nothing. Everything it touches was made by the server and works
//! without it.

mod clock;
mod fields;
mod outbox;
pub(super) mod page;
mod saving;
pub(super) mod send;

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the island is told of the attempt. Instants are milliseconds: a browser
/// need not load what reads a date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunnerSetUp {
    pub attempt: String,
    /// This page load.
    pub client: String,
    /// Who signs in again when the session has ended.
    pub email: String,
    #[serde(with = "ts_milliseconds")]
    pub server_now: DateTime<Utc>,
    #[serde(with = "ts_milliseconds")]
    pub started_at: DateTime<Utc>,
    #[serde(with = "ts_milliseconds")]
    pub deadline: DateTime<Utc>,
    /// How far the taker's clock is ahead of UTC, in minutes.
    pub offset_minutes: i32,
    /// The page before handing in: it has no fields, but answers may wait.
    pub checks_only: bool,
}

/// Wakes up once the page is there; on the server it does nothing.
#[island]
pub fn Runner(set_up: RunnerSetUp) -> impl IntoView {
    Effect::new(move |_| saving::wake(set_up.clone()));
}
