//! How long there is until something is due, counted down. The server says how
//! many seconds there are; the page subtracts what has passed on its own clock.
//! Without it the words are those of when the page was made.

use std::time::Duration;

use leptos::prelude::*;

/// Seconds to an instant as the page was made; what is past is negative.
#[island]
pub fn CountDown(seconds: i64) -> impl IntoView {
    let left = RwSignal::new(seconds);
    Effect::new(move |_| {
        let began = page_ms();
        let passed = move || ((page_ms() - began) / 1000.0) as i64;
        let tick = move || left.set(seconds - passed());
        let every = set_interval_with_handle(tick, Duration::from_secs(1));
        on_cleanup(move || {
            if let Ok(every) = every {
                every.clear();
            }
        });
    });
    view! { <b class="num">{move || words(left.get())}</b> }
}

/// The page's own clock, in milliseconds.
fn page_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// "in 7 min", "in 40 s", "3 min late".
pub fn words(seconds: i64) -> String {
    let length = match seconds.abs() {
        n @ ..60 => format!("{n} s"),
        n @ ..7200 => format!("{} min", n / 60),
        n @ ..172_800 => format!("{} h", n / 3600),
        n => format!("{} days", n / 86_400),
    };
    if seconds < 0 { format!("{length} late") } else { format!("in {length}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_said_as_roughly_as_one_would() {
        for (seconds, said) in [
            (0, "in 0 s"),
            (59, "in 59 s"),
            (60, "in 1 min"),
            (1805, "in 30 min"),
            (7200, "in 2 h"),
            (-1, "1 s late"),
            (-3700, "61 min late"),
            (-200_000, "2 days late"),
        ] {
            assert_eq!(words(seconds), said);
        }
    }
}
