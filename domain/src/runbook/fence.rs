//! Code fences and comments that nobody closed, and the sections that would be
//! lost in them.

use std::ops::Range;

use super::names::{of_alert, of_service};

/// Whether a fenced block ends with a fence of its own.
pub(super) fn is_closed(block: &str) -> bool {
    let mut lines = block.lines();
    let Some(first) = lines.next().map(str::trim_start) else { return true };
    let Some(mark) = first.chars().next().filter(|c| matches!(c, '`' | '~')) else { return true };
    let n_marks = first.chars().take_while(|c| *c == mark).count();
    let last = lines.next_back().unwrap_or_default().trim_matches([' ', '\t', '>']);
    last.chars().count() >= n_marks && last.chars().all(|c| c == mark)
}

/// The first heading of a known section inside a block that ought to have ended
/// before it: where its line begins.
pub(super) fn swallowed(text: &str, block: Range<usize>, is_closed: bool, is_odd: bool) -> Option<usize> {
    let info = text[block.clone()].lines().next().unwrap_or_default().trim_start_matches(['`', '~', ' ']);
    let shows_markdown = ["md", "markdown", "mdx"].contains(&info.trim().to_lowercase().as_str());
    if is_closed && shows_markdown {
        return None;
    }
    let mut at = block.start;
    let mut after_blank = false;
    let mut has_opening = false;
    let mut found = None;
    for (n, line) in text[block].split_inclusive('\n').enumerate() {
        if n > 0 {
            if found.is_none() && is_heading(line, after_blank, is_closed) {
                found = Some(at);
            }
            has_opening |= line.starts_with("```") && line.trim_end().len() > 3 && !line[3..].contains('`');
        }
        after_blank = line.trim().is_empty();
        at += line.len();
    }
    found.filter(|_| !is_closed || has_opening || is_odd)
}

/// Whether a line of code is the heading of a section after all.
fn is_heading(line: &str, after_blank: bool, is_closed: bool) -> bool {
    let n_marks = line.bytes().take_while(|b| *b == b'#').count();
    let words = line[n_marks..].trim_end();
    if !(1..=6).contains(&n_marks) || !words.starts_with(' ') {
        return false;
    }
    let named = [of_service(words), of_alert(words)];
    let is_named = named.iter().any(Option::is_some);
    let is_usual = named.iter().flatten().any(|named| named.is_usual);
    match (is_closed, n_marks) {
        // A comment of a shell begins like a heading.
        (_, 1) => is_usual && after_blank && !is_closed,
        (true, _) => is_usual && after_blank,
        (false, _) => is_named,
    }
}

/// Whether one line that opens or closes a fence has no partner.
pub(super) fn is_odd(text: &str) -> bool {
    let is_fence = |line: &&str| line.trim_start().starts_with("```");
    text.lines().filter(is_fence).count() % 2 == 1
}
