//! The server's clock, carried on by differences: the browser's own clock
//! decides nothing.

use std::cell::Cell;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use super::RunnerSetUp;

/// What the server's clock showed, and when that was on the page's own.
pub struct Clock {
    server_ms: Cell<i64>,
    at_ms: Cell<f64>,
    deadline_ms: Cell<i64>,
    started_ms: i64,
    offset: FixedOffset,
    said: Cell<u8>,
}

impl Clock {
    pub fn new(set_up: &RunnerSetUp) -> Clock {
        Clock {
            server_ms: Cell::new(set_up.server_now.timestamp_millis()),
            at_ms: Cell::new(page_ms()),
            deadline_ms: Cell::new(set_up.deadline.timestamp_millis()),
            started_ms: set_up.started_at.timestamp_millis(),
            offset: FixedOffset::east_opt(set_up.offset_minutes * 60)
                .unwrap_or(FixedOffset::east_opt(0).expect("0 is in range")),
            said: Cell::new(0),
        }
    }

    /// Takes over what the server said just now.
    pub fn set(&self, server_now: DateTime<Utc>, deadline: DateTime<Utc>) {
        self.server_ms.set(server_now.timestamp_millis());
        self.at_ms.set(page_ms());
        self.deadline_ms.set(deadline.timestamp_millis());
    }

    fn now_ms(&self) -> i64 {
        self.server_ms.get() + (page_ms() - self.at_ms.get()) as i64
    }

    /// The wall clock of the taker, "14:17:31".
    pub fn time(&self) -> String {
        self.local(self.now_ms()).format("%H:%M:%S").to_string()
    }

    /// When the attempt ends, "14:40".
    pub fn ends(&self) -> String {
        self.local(self.deadline_ms.get()).format("%H:%M").to_string()
    }

    fn local(&self, ms: i64) -> DateTime<FixedOffset> {
        DateTime::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&self.offset)
    }

    pub fn left(&self) -> TimeDelta {
        TimeDelta::milliseconds((self.deadline_ms.get() - self.now_ms()).max(0))
    }

    /// How many whole seconds the time has been over.
    pub fn seconds_over(&self) -> i64 {
        (self.now_ms() - self.deadline_ms.get()).max(0) / 1000
    }

    /// "22 min left"; in the last two minutes in seconds.
    pub fn left_in_words(&self) -> String {
        let left = self.left();
        match left.num_seconds() {
            0 => "The time is over".to_owned(),
            seconds @ 1..=119 => format!("{seconds} s left"),
            _ if left.num_minutes() >= 120 => {
                format!("{} h {} min left", left.num_hours(), left.num_minutes() % 60)
            }
            _ => format!("{} min left", left.num_minutes()),
        }
    }

    /// What is said aloud: at half time, at five minutes and at one, once each.
    pub fn announcement(&self) -> Option<&'static str> {
        let (left, whole) = (self.left().num_seconds(), (self.deadline_ms.get() - self.started_ms) / 1000);
        let (level, words) = if left <= 60 {
            (3, "1 minute left")
        } else if left <= 300 {
            (2, "5 minutes left")
        } else if left <= whole / 2 {
            (1, "Half of the time is over")
        } else {
            return None;
        };
        let is_first_look = self.said.get() == 0 && level < 2;
        let is_new = level > self.said.get();
        self.said.set(level.max(self.said.get()));
        (is_new && !is_first_look).then_some(words)
    }
}

/// Milliseconds on a clock that nobody can set.
fn page_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
