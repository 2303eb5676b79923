//! Warnings: what makes a question easy to guess or hard to learn from.

use crate::question::Choice;

use super::place::Faults;

/// A choice gives itself away when it has at least twice the length of every
/// other, and at least this many characters more.
const LONGER_BY: usize = 40;

/// The choices, each with its place.
pub(super) fn look_at(list_at: usize, choices: &[(usize, Choice)], faults: &mut Faults) {
    if choices.len() < 3 {
        faults.warn(list_at, "fewer than 3 choices are easily guessed; add another that is plausible");
    }
    if choices.len() > 1 && choices.iter().all(|(_, choice)| choice.is_right) {
        faults.warn(list_at, "every choice is right; add one that is wrong");
    }
    for (at, choice) in choices {
        look_at_text(*at, &choice.text, faults);
    }
    look_at_lengths(choices, faults);
}

pub(super) fn look_at_explanation(answer_at: usize, explanation: Option<&str>, faults: &mut Faults) {
    if explanation.is_none() {
        faults.warn(
            answer_at,
            "no explanation; end the file with a quote (`>`) that says why the answer is right",
        );
    }
}

fn look_at_text(at: usize, text: &str, faults: &mut Faults) {
    let text = text.to_lowercase();
    for phrase in ["all of the above", "none of the above"] {
        if text.contains(phrase) {
            faults.warn(
                at,
                format!("\"{phrase}\" means nothing once choices are shuffled; name what is meant"),
            );
        }
    }
}

fn look_at_lengths(choices: &[(usize, Choice)], faults: &mut Faults) {
    let mut by_length: Vec<(usize, usize)> =
        choices.iter().map(|(at, choice)| (choice.text.chars().count(), *at)).collect();
    by_length.sort_unstable_by(|a, b| b.cmp(a));
    if let [(longest, at), (next, _), ..] = by_length[..]
        && longest >= 2 * next
        && longest >= next + LONGER_BY
    {
        faults.warn(
            at,
            "this choice is much longer than the others; shorten it, or give the others as much detail",
        );
    }
}
