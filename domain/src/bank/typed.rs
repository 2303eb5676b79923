//! Lines that begin with `=`: a number, or texts that are accepted.

use crate::question::{Key, Kind};

use super::block::Block;
use super::front_matter::FrontMatter;
use super::number::{begins_as_number, number};
use super::place::Faults;

/// `None` where a line has a fault.
pub(super) fn read(
    text: &str,
    block: &Block<'_, '_>,
    front: &FrontMatter,
    faults: &mut Faults,
) -> Option<Key> {
    let answers = answers(text, block, faults)?;
    if let [(at, answer)] = answers[..] {
        if let Some(read) = number(answer) {
            return read.map(Key::Numeric).map_err(|what| faults.error(at, what)).ok();
        }
        check_no_number(at, answer, front.kind, faults)?;
    }
    for (at, answer) in &answers {
        check_text(*at, answer, faults);
    }
    let accepted = answers.iter().map(|(_, answer)| (*answer).to_owned()).collect();
    let case_sensitive = front.case_sensitive.is_some_and(|(yes, _)| yes);
    Some(Key::Short { accepted, case_sensitive })
}

/// The place of the first line of a paragraph that begins with `=`.
pub(super) fn answer_line(paragraph: &str) -> Option<usize> {
    let mut at = 0;
    paragraph.split_inclusive('\n').find_map(|line| {
        let line_at = at;
        at += line.len();
        line.trim_start().starts_with('=').then_some(line_at)
    })
}

/// What stands behind each `=`, with its place.
fn answers<'t>(text: &'t str, block: &Block<'_, '_>, faults: &mut Faults) -> Option<Vec<(usize, &'t str)>> {
    let lines = text[block.range.clone()].split_inclusive('\n');
    let n_lines = lines.clone().count();
    let mut answers = Vec::new();
    let mut next_at = block.range.start;
    for line in lines {
        let at = next_at + (line.len() - line.trim_start().len());
        next_at += line.len();
        match line.trim().strip_prefix('=').map(str::trim) {
            Some("") => faults.error(at, "nothing follows the `=`; write the answer, or delete the line"),
            Some(answer) => answers.push((at, answer)),
            None => {
                faults.error(at, "a line without `=` among the answers; begin it with `=`, or move it away")
            }
        }
    }
    (answers.len() == n_lines).then_some(answers)
}

/// `None` where a number is asked for, a warning where one may be meant.
fn check_no_number(at: usize, answer: &str, kind: Option<(Kind, usize)>, faults: &mut Faults) -> Option<()> {
    const WRITE: &str = "`= 5432`, `= 30 s`, `= 30 ± 5 s` or `= 25..35 s`";
    match kind {
        Some((Kind::Numeric, _)) => {
            faults.error(at, format!("this is no number; write it as {WRITE}"));
            return None;
        }
        None if begins_as_number(answer) => {
            let what = format!("taken as short text; write a number as {WRITE}, or say `kind = \"short\"`");
            faults.warn(at, what);
        }
        _ => {}
    }
    Some(())
}

fn check_text(at: usize, answer: &str, faults: &mut Faults) {
    if answer.chars().all(|c| c == '*' || c.is_whitespace()) {
        faults.error(at, "`*` alone accepts every answer; write what must be in it");
    }
    if answer.len() > 1 && answer.starts_with('`') && answer.ends_with('`') {
        faults.warn(at, "the backticks are part of the answer; leave them out unless they must be typed");
    }
}
