//! Figures in words.

use chrono::TimeDelta;
use domain::item_analysis::words::not_enough_yet;
use domain::item_analysis::{ENOUGH_ATTEMPTS, ItemFigures};
use domain::marking::Score;
use domain::proportion::Interval;
use leptos::prelude::*;

use crate::components::duration_words;

/// What stands for a figure that is not defined here.
pub const NONE: &str = "–";

/// How the time taken is counted, wherever a time stands.
pub const TIME: &str = "the middle of the times taken. Each save of an answer ends a stretch that began with the save \
    before it, of whatever question, or with the start; a question has the stretches that its own saves ended. Reading \
    counts for the question saved next, and so does a break";

pub const MISSED: &str = "how many of those who had the question earned less than full marks on it";

pub const CERTAIN: &str = "how many said they were certain and earned less than full marks: what they would act on at \
    night without looking it up";

/// "67 %".
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// "12–65 %".
pub fn interval(interval: Interval) -> String {
    format!("{:.0}–{:.0} %", interval.low * 100.0, interval.high * 100.0)
}

/// "0.31", or a dash.
pub fn figure(figure: Option<f64>) -> String {
    // Not "-0.00".
    figure.map_or_else(|| NONE.to_owned(), |figure| format!("{:.2}", (figure * 100.0).round() / 100.0 + 0.0))
}

/// "67 %" with as much as is known of it, or a dash.
pub fn share(share: Option<f64>) -> String {
    share.map_or_else(|| NONE.to_owned(), percent)
}

/// A figure that few attempts cannot bear.
pub fn from_enough(n_attempts: u32, words: impl FnOnce() -> String) -> String {
    if n_attempts < ENOUGH_ATTEMPTS { capital(&not_enough_yet(n_attempts)) } else { words() }
}

/// "0.31 and 0.45".
pub fn telling_apart(figures: &ItemFigures) -> String {
    from_enough(figures.n, || {
        if figures.discrimination.is_none() && figures.discriminative_efficiency.is_none() {
            return "No spread to tell by".to_owned();
        }
        format!("{} and {}", figure(figures.discrimination), figure(figures.discriminative_efficiency))
    })
}

/// "45 s", "3 min 20 s", "1 h 5 min".
pub fn seconds(seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes @ ..10, 1..) => format!("{minutes} min {} s", seconds % 60),
        _ => duration_words(TimeDelta::seconds(seconds)),
    }
}

/// "6 of 9".
pub fn of(n: u32, all: u32) -> String {
    format!("{n} of {all}")
}

/// A share of marks, for a length.
pub fn fraction(score: Score) -> f64 {
    score.earned() as f64 / score.possible().max(1) as f64
}

pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What figures mean, each under its name, to be unfolded beside them.
pub fn meanings(of: &'static str, all: Vec<(&'static str, String)>) -> impl IntoView {
    let each = all
        .into_iter()
        .map(|(name, meaning)| view! { <div><dt>{name}</dt><dd>{capital(&meaning)}"."</dd></div> })
        .collect_view();
    view! {
        <details class="meanings">
            <summary>"What these figures mean"<span class="vh">{format!(": {of}")}</span></summary>
            <dl class="facts">{each}</dl>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_said_as_they_are_read() {
        assert_eq!(percent(0.666), "67 %");
        assert_eq!(interval(Interval { low: 0.061, high: 0.4 }), "6–40 %");
        let cases = [(None, "–"), (Some(0.305), "0.31"), (Some(-0.001), "0.00"), (Some(-0.5), "-0.50")];
        for (number, words) in cases {
            assert_eq!(figure(number), words);
        }
        let times = [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (200, "3 min 20 s"),
            (640, "10 min"),
            (3900, "1 h 5 min"),
        ];
        for (time, words) in times {
            assert_eq!(seconds(time), words);
        }
    }

    #[test]
    fn before_there_are_enough_attempts_a_figure_says_how_many_there_are() {
        assert_eq!(from_enough(12, || "0.31".to_owned()), "Not enough attempts yet (12 of 20)");
        assert_eq!(from_enough(20, || "0.31".to_owned()), "0.31");
    }
}
