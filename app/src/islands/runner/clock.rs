//! The server's clock, carried on by differences: the browser's own clock
//! decides nothing.

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};

use super::RunnerSetUp;

/// What the server's clock showed, and when that was on the page's own.
pub struct Clock {
    server_ms: Cell<i64>,
    at_ms: Cell<f64>,
    deadline_ms: Cell<i64>,
    started_ms: i64,
    /// How far the taker's clock is ahead of UTC.
    offset_ms: i64,
    said: Cell<u8>,
}

impl Clock {
    pub fn new(set_up: &RunnerSetUp) -> Clock {
        Clock {
            server_ms: Cell::new(set_up.server_now.timestamp_millis()),
            at_ms: Cell::new(page_ms()),
            deadline_ms: Cell::new(set_up.deadline.timestamp_millis()),
            started_ms: set_up.started_at.timestamp_millis(),
            offset_ms: i64::from(set_up.offset_minutes) * 60_000,
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
        let (hours, minutes, seconds) = self.local(self.now_ms());
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }

    /// When the attempt ends, "14:40".
    pub fn ends(&self) -> String {
        let (hours, minutes, _) = self.local(self.deadline_ms.get());
        format!("{hours:02}:{minutes:02}")
    }

    /// Hours, minutes and seconds on the taker's clock.
    fn local(&self, ms: i64) -> (i64, i64, i64) {
        let seconds = (ms + self.offset_ms).div_euclid(1000).rem_euclid(24 * 60 * 60);
        (seconds / 3600, seconds / 60 % 60, seconds % 60)
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
