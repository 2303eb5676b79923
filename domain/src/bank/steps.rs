//! A numbered list in the right order: the steps of an ordering.

use std::collections::HashSet;

use super::answer_key::check_limit;
use super::block::{Block, blocks, dedented, indent};
use super::place::Faults;
use crate::words::one_line;

pub(super) fn read(text: &str, list: &Block<'_, '_>, faults: &mut Faults) -> Vec<String> {
    let entries = blocks(list.inside);
    check_limit(&entries, "steps", faults);
    check_numbers(text, &entries, faults);
    match entries.len() {
        0 | 1 => faults.error(list.range.start, "one step has no order; write at least three"),
        2 => faults.warn(list.range.start, "two steps are easily guessed; write at least three"),
        _ => {}
    }
    let mut seen = HashSet::new();
    let mut steps = Vec::new();
    for entry in &entries {
        let step = step(text, entry, faults);
        if !step.is_empty() && !seen.insert(one_line(&step)) {
            faults.error(entry.range.start, "this step stands twice; tell the two apart");
        }
        steps.push(step);
    }
    steps
}

fn step(text: &str, entry: &Block<'_, '_>, faults: &mut Faults) -> String {
    if let Some(quote) = blocks(entry.inside).iter().find(|part| part.is_quote()) {
        faults
            .error(quote.range.start, "a step has no feedback; move it to the quote at the end of the file");
    }
    let raw = &text[entry.range.clone()];
    let written = raw.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    let written = written.strip_prefix(['.', ')']).unwrap_or(written).trim_start();
    let at = entry.range.end - written.len();
    let step = dedented(written, indent(text, at));
    if step.is_empty() {
        faults.error(entry.range.start, "this step is empty; write it after the number, or delete it");
    }
    step
}

/// Markdown counts on by itself, so `1. 3. 2.` would be taken in the order of
/// the lines, which is not what its author means.
fn check_numbers(text: &str, entries: &[Block<'_, '_>], faults: &mut Faults) {
    let numbers: Vec<u64> = entries.iter().map(|entry| number(&text[entry.range.clone()])).collect();
    let all_equal = numbers.windows(2).all(|pair| pair[0] == pair[1]);
    if all_equal {
        return;
    }
    for (entry, pair) in entries.iter().skip(1).zip(numbers.windows(2)) {
        if pair[1] != pair[0] + 1 {
            let what = format!(
                "step {} follows step {}; write the steps in the right order and number them 1, 2, 3",
                pair[1], pair[0]
            );
            faults.error(entry.range.start, what);
        }
    }
}

/// Markdown reads at most nine digits as the number of an entry.
fn number(entry: &str) -> u64 {
    let entry = entry.trim_start();
    let end = entry.find(|c: char| !c.is_ascii_digit()).unwrap_or(entry.len());
    entry[..end].parse().unwrap_or_default()
}
