//! `## Rubric` and a list of lines that earn points: the key of an open
//! question.

use std::collections::HashSet;

use pulldown_cmark::{Event, HeadingLevel, Tag};

use crate::question::{POINTS_LIMIT, RUBRIC_LIMIT, RubricLine};

use super::block::{Block, blocks, dedented, indent};
use super::place::Faults;
use crate::words::one_line;

/// The heading that begins the rubric of a question, and where it stands
/// among the blocks.
pub(super) fn heading(all: &[Block<'_, '_>]) -> Option<usize> {
    all.iter().position(is_heading)
}

fn is_heading(block: &Block<'_, '_>) -> bool {
    let is_heading = matches!(block.tag, Some(Tag::Heading { .. }));
    is_heading && said(block).trim().eq_ignore_ascii_case("rubric")
}

fn said(block: &Block<'_, '_>) -> String {
    let texts = block.inside.iter().filter_map(|(event, _)| match event {
        Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
        _ => None,
    });
    texts.collect()
}

/// The list of a rubric and the quote behind it, given every block from the
/// heading on. `None` where there is no list to read.
pub(super) fn parts<'b, 'e, 't>(
    from_heading: &'b [Block<'e, 't>],
    faults: &mut Faults,
) -> Option<(&'b Block<'e, 't>, Option<&'b Block<'e, 't>>)> {
    let (heading, rest) = from_heading.split_first()?;
    let at = heading.range.start;
    if !matches!(heading.tag, Some(Tag::Heading { level: HeadingLevel::H2, .. })) {
        faults.error(at, "a rubric begins with two signs: `## Rubric`");
    }
    let (explanation, rest) = match rest.split_last() {
        Some((last, rest)) if last.is_quote() => (Some(last), rest),
        _ => (None, rest),
    };
    let Some((list, after)) = rest.split_first().filter(|(first, _)| is_plain_list(first)) else {
        faults.error(
            at,
            "no rubric line follows; write what earns points as a list, such as `- (2) names the owner`",
        );
        return None;
    };
    if let Some(next) = after.first() {
        faults.error(next.range.start, after_rubric(next));
        return None;
    }
    Some((list, explanation))
}

fn is_plain_list(block: &Block<'_, '_>) -> bool {
    matches!(block.tag, Some(Tag::List(None))) && !block.is_task_list()
}

fn after_rubric(block: &Block<'_, '_>) -> &'static str {
    if is_heading(block) {
        "a second rubric; write all lines under one heading"
    } else {
        "this follows the rubric; move it above `## Rubric`, or make it a closing quote with `>`"
    }
}

/// The lines of a rubric, faults and all.
pub(super) fn read(text: &str, list: &Block<'_, '_>, faults: &mut Faults) -> Vec<RubricLine> {
    let entries = blocks(list.inside);
    if let Some(entry) = entries.get(RUBRIC_LIMIT) {
        let what =
            format!("there are {} rubric lines, the limit is {RUBRIC_LIMIT}; delete some", entries.len());
        faults.error(entry.range.start, what);
    }
    let mut seen = HashSet::new();
    let mut lines = Vec::new();
    for entry in &entries {
        let Some(line) = line(text, entry, faults) else { continue };
        if !seen.insert(one_line(&line.text)) {
            faults.error(entry.range.start, "this line stands twice; tell the two apart");
        }
        lines.push(line);
    }
    lines
}

/// One `(2) names the owner`, and what is wrong with it at its place.
fn line(text: &str, entry: &Block<'_, '_>, faults: &mut Faults) -> Option<RubricLine> {
    let raw = &text[entry.range.clone()];
    let written = raw.trim_start().trim_start_matches(['-', '*', '+']).trim_start();
    let at = entry.range.end - written.len();
    let Some((points, said)) = written.strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
        faults.error(
            at,
            "no points at the head of this line; begin it with them, such as `(2) names the owner`",
        );
        return None;
    };
    let points = points.trim().parse().ok().filter(|points| (1..=POINTS_LIMIT).contains(points));
    if points.is_none() {
        faults.error(at, format!("the points of a rubric line are a whole number from 1 to {POINTS_LIMIT}"));
    }
    let said = said.trim_start();
    let said_at = entry.range.end - said.len();
    let said = dedented(said, indent(text, said_at));
    if said.is_empty() {
        faults.error(at, "this line only has points; write what earns them behind the bracket");
        return None;
    }
    Some(RubricLine { points: points?, text: said })
}
