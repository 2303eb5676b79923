//! Numbers as lengths. The number itself always stands beside the length.

use leptos::prelude::*;

/// A score with its maximum, and a line where the cut is: "4 of 6".
#[component]
pub fn ScoreBar(got: f64, of: f64, #[prop(optional_no_strip, into)] cut: Option<f64>) -> impl IntoView {
    let length =
        |points: f64| format!("{:.1}%", if of > 0.0 { (points / of * 100.0).clamp(0.0, 100.0) } else { 0.0 });
    let is_enough = cut.is_none_or(|cut| got >= cut);
    let line =
        cut.map(|cut| view! { <line class="cut" x1=length(cut) x2=length(cut) y1="-2" y2="16"></line> });
    view! {
        <span class="score-bar">
            <svg class="score" width="100%" height="14" aria-hidden="true">
                <rect class="track" width="100%" height="14" rx="3"></rect>
                <rect class=if is_enough { "key" } else { "rest" } width=length(got) height="14" rx="3"></rect>
                {line}
            </svg>
            <span class="num">{format!("{} of {}", points(got), points(of))}</span>
        </span>
    }
}

/// The length of one row of a table of bars (`table.bars`, in a cell of class `plot`), from 0 to 1.
#[component]
pub fn Bar(
    share: f64,
    /// Whether this is the right answer.
    #[prop(optional)]
    is_key: bool,
) -> impl IntoView {
    let width = format!("{:.1}%", (share * 100.0).clamp(0.0, 100.0));
    view! {
        <svg width="100%" height="14" aria-hidden="true">
            <rect class=if is_key { "key" } else { "rest" } width=width height="14" rx="2"></rect>
        </svg>
    }
}

/// Points without needless digits: "4", "4.5", "0.33".
fn points(points: f64) -> String {
    let text = format!("{points:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_have_no_needless_digits() {
        for (number, words) in [(4.0, "4"), (4.5, "4.5"), (1.0 / 3.0, "0.33"), (0.0, "0"), (20.0, "20")] {
            assert_eq!(points(number), words);
        }
    }
}
