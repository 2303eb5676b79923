//! The time that is left for what the meeting is at, counted by the server's
//! clock: the browser's own decides nothing.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::{document, set_interval, window};
use web_sys::Element;

use super::super::runner::page::{show, write};

const TICK: Duration = Duration::from_secs(1);

pub const OVER: &str = "The time box is over.";

/// What the server's clock showed, and when that was on the page's own.
pub struct TimeBox {
    server_ms: Cell<i64>,
    at_ms: Cell<f64>,
    /// The end that was last said to be over, or was over at the first look.
    said: Cell<Option<i64>>,
}

/// Counts from now on, and calls back once when a time box ends.
pub fn wake(over: impl Fn() + 'static) -> Rc<TimeBox> {
    let time_box = Rc::new(TimeBox { server_ms: Cell::new(0), at_ms: Cell::new(0.0), said: Cell::new(None) });
    if let Some(root) = document().document_element() {
        time_box.set(&root);
    }
    time_box.said.set(ends_at().filter(|end| *end <= time_box.now_ms()));
    let ticking = time_box.clone();
    let tick = move || {
        if ticking.tick() {
            over();
        }
    };
    tick();
    set_interval(tick, TICK);
    time_box
}

impl TimeBox {
    /// Takes over what the server's clock showed when it made a page.
    pub fn set(&self, page: &Element) {
        let made = page.query_selector("#live-says").ok().flatten();
        let made = made.and_then(|element| element.get_attribute("data-now")?.parse().ok());
        if let Some(server_ms) = made {
            self.server_ms.set(server_ms);
            self.at_ms.set(page_ms());
        }
    }

    fn now_ms(&self) -> i64 {
        self.server_ms.get() + (page_ms() - self.at_ms.get()) as i64
    }

    /// Shows what is left; whether a time box has ended just now.
    fn tick(&self) -> bool {
        let end = ends_at();
        show("time-left", end.is_some());
        let Some(end) = end else { return false };
        let left = end - self.now_ms();
        write("time-left", &words(left));
        left <= 0 && self.said.replace(Some(end)) != Some(end)
    }
}

/// When the time box of the present item ends, if the meeting is at one.
fn ends_at() -> Option<i64> {
    let place = document().query_selector("[data-live=\"place\"]").ok()??;
    place.get_attribute("data-until")?.parse().ok()
}

/// "6:12 left", "2:05 over"; so many milliseconds before the end.
fn words(left: i64) -> String {
    // A second that has begun is still left.
    let seconds = (left + 999).div_euclid(1000);
    let (seconds, word) = if seconds > 0 { (seconds, "left") } else { (-seconds, "over") };
    match seconds / 3600 {
        0 => format!("{}:{:02} {word}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02} {word}", seconds / 60 % 60, seconds % 60),
    }
}

/// Milliseconds on a clock that nobody can set.
fn page_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_left_until_it_is_over_and_counts_on_after_the_end() {
        for (left, said) in [
            (372_000, "6:12 left"),
            (371_001, "6:12 left"),
            (1, "0:01 left"),
            (0, "0:00 over"),
            (-125_900, "2:05 over"),
            (3_600_000, "1:00:00 left"),
        ] {
            assert_eq!(words(left), said, "{left}");
        }
    }
}
