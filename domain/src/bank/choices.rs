//! A list of `- [x]` and `- [ ]`: the choices of a single or multiple choice.

use crate::words::one_line;
use std::collections::HashSet;

use pulldown_cmark::{Event, Tag};

use crate::question::Choice;

use super::answer_key::check_limit;
use super::block::{Block, Spot, blocks, dedented, indent, standing_alone, unquoted};
use super::place::Faults;
use super::weak;

/// The choices that could be read, and the places of the right ones.
pub(super) struct Choices {
    pub(super) choices: Vec<Choice>,
    pub(super) right_at: Vec<usize>,
}

pub(super) fn read(text: &str, list: &Block<'_, '_>, faults: &mut Faults) -> Choices {
    if matches!(list.tag, Some(Tag::List(Some(_)))) {
        faults.error(list.range.start, "the choices are numbered; begin each with `- [x]` or `- [ ]`");
    }
    let entries = blocks(list.inside);
    check_limit(&entries, "choices", faults);
    let mut found: Vec<(usize, Choice)> = Vec::new();
    for entry in &entries {
        found.extend(choice(text, entry, faults));
    }
    check_equal(&found, faults);
    // A choice that could not be read may be the right one.
    if found.len() == entries.len() {
        check_any_right(list.range.start, &found, faults);
        weak::look_at(list.range.start, &found, faults);
    }
    let right_at = found.iter().filter(|(_, choice)| choice.is_right).map(|(at, _)| *at).collect();
    let choices = found.into_iter().map(|(_, choice)| choice).collect();
    Choices { choices, right_at }
}

/// One choice, and the place of its `[x]`.
fn choice(text: &str, entry: &Block<'_, '_>, faults: &mut Faults) -> Option<(usize, Choice)> {
    let Some((is_right, marker)) = entry.task_marker() else {
        faults.error(entry.range.start, "this choice has no mark; begin it with `[x]` or `[ ]` and a space");
        return None;
    };
    check_nested(entry, faults);
    let feedback = feedback(entry, faults);
    let end = feedback.as_ref().map_or(entry.range.end, |quote| quote.range.start);
    let written = dedented(text[marker.end..end].trim_start(), indent(text, marker.start));
    if written.is_empty() {
        faults.error(marker.start, "this choice is empty; write it after the bracket, or delete it");
        return None;
    }
    let choice = Choice {
        text: standing_alone(&written).into_owned(),
        is_right,
        feedback: feedback.map(|quote| unquoted(text, quote.range)).filter(|feedback| !feedback.is_empty()),
    };
    Some((marker.start, choice))
}

fn check_nested(entry: &Block<'_, '_>, faults: &mut Faults) {
    let is_marker = |(event, _): &&Spot<'_>| matches!(event, Event::TaskListMarker(_));
    if let Some((_, range)) = entry.inside.iter().filter(is_marker).nth(1) {
        faults.error(range.start, "a choice inside a choice; take away the spaces before it");
    }
}

/// The quote in which a choice ends.
fn feedback<'e, 't>(entry: &Block<'e, 't>, faults: &mut Faults) -> Option<Block<'e, 't>> {
    let mut parts = blocks(entry.inside);
    let feedback = parts.pop_if(|part| part.is_quote());
    if let Some(quote) = parts.iter().find(|part| part.is_quote()) {
        let what = if feedback.is_some() {
            "two quotes under one choice; join them with a line `>` between"
        } else {
            "text after the feedback of a choice; move it above the feedback, or into it with `>`"
        };
        faults.error(quote.range.start, what);
    }
    feedback
}

fn check_any_right(list_at: usize, found: &[(usize, Choice)], faults: &mut Faults) {
    if !found.iter().any(|(_, choice)| choice.is_right) {
        faults.error(list_at, "no choice is right; mark the right one with `[x]`");
    }
}

fn check_equal(found: &[(usize, Choice)], faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (at, choice) in found {
        if !seen.insert(one_line(&choice.text)) {
            faults.error(*at, "this choice stands twice; change one of them, or delete it");
        }
    }
}
