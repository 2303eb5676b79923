//! A table of two columns: the pairs of a matching.

use std::collections::HashSet;

use pulldown_cmark::Tag;

use crate::question::{Key, Pair};

use super::answer_key::check_limit;
use super::block::{Block, blocks, standing_alone};
use super::place::Faults;
use crate::words::one_line;

pub(super) fn read(text: &str, table: &Block<'_, '_>, faults: &mut Faults) -> Option<Key> {
    let n_columns = if let Some(Tag::Table(columns)) = table.tag { columns.len() } else { 0 };
    if n_columns != 2 {
        let what = format!("the table has {n_columns} columns; a matching has two, left and right");
        faults.error(table.range.start, what);
        return None;
    }
    let mut rows = blocks(table.inside);
    let head = rows.remove(0);
    check_limit(&rows, "pairs", faults);
    if rows.len() < 2 {
        faults.error(table.range.start, "a matching needs at least two rows; add some");
    }
    let mut seen = HashSet::new();
    let mut pairs = Vec::new();
    for row in &rows {
        let (left, right) = cells(text, row);
        check_row(text, row, &left, &right, faults);
        if !left.is_empty() && !seen.insert(one_line(&left)) {
            faults.error(row.range.start, "this left side stands twice; tell the two apart");
        }
        pairs.push(Pair { left, right });
    }
    Some(Key::Matching { headings: cells(text, &head), pairs })
}

fn cells(text: &str, row: &Block<'_, '_>) -> (String, String) {
    let mut cells = blocks(row.inside).into_iter().map(|cell| {
        // In a table alone `\|` is needed for `|`, even in code.
        let written = text[cell.range].trim().replace("\\|", "|");
        standing_alone(&written).into_owned()
    });
    (cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
}

fn check_row(text: &str, row: &Block<'_, '_>, left: &str, right: &str, faults: &mut Faults) {
    if left.is_empty() || right.is_empty() {
        faults.error(row.range.start, "this row has an empty side; fill it, or delete the row");
    }
    // The parser passes over what stands behind the last column.
    let end = blocks(row.inside).last().map_or(row.range.end, |cell| cell.range.end);
    let beyond = text[end..row.range.end].trim();
    if !beyond.strip_prefix('|').unwrap_or(beyond).trim().is_empty() {
        faults
            .error(end, "this row has more than two columns; leave two, and write `\\|` for a `|` in a text");
    }
}
