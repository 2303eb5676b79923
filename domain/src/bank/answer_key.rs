//! What is right, read from the block in which a question ends.

use pulldown_cmark::Tag;

use crate::question::{Key, Kind};

use super::block::Block;
use super::choices::{self, Choices};
use super::front_matter::FrontMatter;
use super::place::Faults;
use super::{pairs, rubric, steps, typed};

/// The most choices, steps or pairs of one question.
pub(super) const LIMIT: usize = 20;

/// `None` where the block holds no key, or one with faults.
pub(super) fn read(
    text: &str,
    block: &Block<'_, '_>,
    front: &FrontMatter,
    faults: &mut Faults,
) -> Option<Key> {
    let key = match block.tag {
        _ if block.is_task_list() => {
            let choices = choices::read(text, block, faults);
            one_or_several(choices, front, faults)
        }
        Some(Tag::List(Some(_))) => Some(Key::Ordering { steps: steps::read(text, block, faults) }),
        Some(Tag::Table(_)) => pairs::read(text, block, faults),
        _ => typed::read(text, block, front, faults),
    };
    check_front_matter(key.as_ref()?, front, faults);
    key
}

/// The key of an open question. `None` where no line could be read.
pub(super) fn read_rubric(
    text: &str,
    list: &Block<'_, '_>,
    front: &FrontMatter,
    faults: &mut Faults,
) -> Option<Key> {
    let rubric = rubric::read(text, list, faults);
    let key = (!rubric.is_empty()).then_some(Key::Open { rubric })?;
    check_front_matter(&key, front, faults);
    Some(key)
}

/// One `[x]` makes a single choice, several a multiple one; the front matter
/// may call a multiple choice with one right answer by its name.
fn one_or_several(choices: Choices, front: &FrontMatter, faults: &mut Faults) -> Option<Key> {
    let Choices { choices, right_at } = choices;
    match (front.kind, right_at.as_slice()) {
        (Some((Kind::Single, _)), [_, second, ..]) => {
            faults.error(
                *second,
                "two right answers in a single choice; leave one `[x]`, or write `kind = \"multiple\"`",
            );
            None
        }
        (Some((Kind::Multiple, _)), _) | (_, [_, _, ..]) => Some(Key::Multiple { choices }),
        _ => Some(Key::Single { choices }),
    }
}

fn check_front_matter(key: &Key, front: &FrontMatter, faults: &mut Faults) {
    let (found, notation) = kind(key);
    if let Some((kind, at)) = front.kind
        && kind != found
    {
        let what = format!(
            "kind is \"{}\", but the answer is {notation}, which is \"{}\"; change one of the two",
            kind.as_str(),
            found.as_str()
        );
        faults.error(at, what);
    }
    if let Some((_, at)) = front.case_sensitive
        && found != Kind::Short
    {
        faults.error(at, "case_sensitive is for short text only; delete the line");
    }
}

fn kind(key: &Key) -> (Kind, &'static str) {
    match key {
        Key::Single { .. } => (Kind::Single, "a list with one `[x]`"),
        Key::Multiple { .. } => (Kind::Multiple, "a list with several `[x]`"),
        Key::Ordering { .. } => (Kind::Ordering, "a numbered list"),
        Key::Matching { .. } => (Kind::Matching, "a table"),
        Key::Numeric(_) => (Kind::Numeric, "a number after `=`"),
        Key::Short { .. } => (Kind::Short, "a text after `=`"),
        Key::Open { .. } => (Kind::Open, "a `## Rubric`"),
    }
}

/// A fault at the first entry that is too many.
pub(super) fn check_limit(entries: &[Block<'_, '_>], what: &str, faults: &mut Faults) {
    if let Some(entry) = entries.get(LIMIT) {
        faults.error(
            entry.range.start,
            format!("there are {} {what}, the limit is {LIMIT}; delete some", entries.len()),
        );
    }
}
