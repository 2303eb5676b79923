//! Markdown as blocks with their places, so that nothing inside a code fence
//! is ever taken for an answer.
//!
//! Nothing here calls itself: a file may nest as deep as it is long.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

pub(super) const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_TASKLISTS).union(Options::ENABLE_STRIKETHROUGH);

/// An event of the parser, and its bytes in the text.
pub(super) type Spot<'t> = (Event<'t>, Range<usize>);

/// A block, or a piece of a line, with everything inside it.
#[derive(Debug, Clone)]
pub(super) struct Block<'e, 't> {
    /// `None` for what holds nothing: a word, a rule, a task marker.
    pub(super) tag: Option<&'e Tag<'t>>,
    pub(super) range: Range<usize>,
    pub(super) inside: &'e [Spot<'t>],
}

/// The blocks of `events` that are in no other block.
pub(super) fn blocks<'e, 't>(events: &'e [Spot<'t>]) -> Vec<Block<'e, 't>> {
    let mut blocks = Vec::new();
    let mut depth = 0;
    let mut begun = 0;
    for (i, (event, range)) in events.iter().enumerate() {
        match event {
            Event::Start(_) => {
                if depth == 0 {
                    begun = i;
                }
                depth += 1;
            }
            Event::End(_) => {
                depth -= 1;
                if depth == 0 {
                    blocks.push(Block::between(events, begun, i));
                }
            }
            _ if depth == 0 => blocks.push(Block { tag: None, range: range.clone(), inside: &[] }),
            _ => {}
        }
    }
    blocks
}

impl<'e, 't> Block<'e, 't> {
    fn between(events: &'e [Spot<'t>], start: usize, end: usize) -> Block<'e, 't> {
        let (event, range) = &events[start];
        let tag = if let Event::Start(tag) = event { Some(tag) } else { None };
        Block { tag, range: range.clone(), inside: &events[start + 1..end] }
    }

    pub(super) fn is_quote(&self) -> bool {
        matches!(self.tag, Some(Tag::BlockQuote(_)))
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.tag, Some(Tag::List(_)))
    }

    /// A list of which at least one entry begins with `[x]` or `[ ]`.
    pub(super) fn is_task_list(&self) -> bool {
        self.is_list() && blocks(self.inside).iter().any(|entry| entry.task_marker().is_some())
    }

    /// The `[x]` or `[ ]` at the head of a list entry.
    pub(super) fn task_marker(&self) -> Option<(bool, Range<usize>)> {
        let mut events = self.inside.iter();
        let mut first = events.next()?;
        if matches!(first.0, Event::Start(Tag::Paragraph)) {
            first = events.next()?;
        }
        match first {
            (Event::TaskListMarker(is_checked), range) => Some((*is_checked, range.clone())),
            _ => None,
        }
    }
}

/// How many columns `at` stands from the left edge of its line.
pub(super) fn indent(text: &str, at: usize) -> usize {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[line..at].chars().count()
}

/// A piece of a text without the `indent` that the blocks around it give to
/// its lines. Its first line begins behind the indent already.
pub(super) fn dedented(piece: &str, indent: usize) -> String {
    let mut lines = piece.split('\n');
    let first = lines.next().unwrap_or_default();
    let mut text = first.to_owned();
    for line in lines {
        text.push('\n');
        text.push_str(without_indent(line, indent));
    }
    trimmed(&text).to_owned()
}

/// What a block quote says, without its `>`.
pub(super) fn unquoted(text: &str, range: Range<usize>) -> String {
    let indent = indent(text, range.start);
    let mut said = String::new();
    for (i, line) in text[range].split('\n').enumerate() {
        let line = if i == 0 { line } else { without_indent(line, indent) };
        let marked = line.trim_start_matches(' ').strip_prefix('>');
        // A line without `>` goes on with the paragraph of the line before.
        said.push_str(marked.map_or(line, |line| line.strip_prefix(' ').unwrap_or(line)));
        said.push('\n');
    }
    trimmed(&said).to_owned()
}

fn without_indent(line: &str, indent: usize) -> &str {
    let mut column = 0;
    let is_indent = |c: char| {
        let within = column < indent;
        column += if c == '\t' { 4 - column % 4 } else { 1 };
        within && (c == ' ' || c == '\t')
    };
    line.trim_start_matches(is_indent)
}

/// Without empty lines at both ends. Spaces at the head stay: they may be
/// those of indented code.
pub(super) fn trimmed(text: &str) -> &str {
    let text = text.trim_end();
    let blank = text.len() - text.trim_start().len();
    let line = text[..blank].rfind('\n').map_or(0, |end| end + 1);
    &text[line..]
}

/// One line of Markdown that reads the same when it stands alone: in a list or
/// a table `3. replica` is text, but alone it would be a list.
pub(super) fn standing_alone(text: &str) -> Cow<'_, str> {
    let may_be_block = text.starts_with(|c: char| !c.is_alphabetic());
    let first = || Parser::new_ext(text, OPTIONS).next();
    if !may_be_block || matches!(first(), Some(Event::Start(Tag::Paragraph))) {
        return Cow::Borrowed(text);
    }
    match text.find(|c: char| c.is_ascii_punctuation()) {
        Some(at) => Cow::Owned(format!("{}\\{}", &text[..at], &text[at..])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_loses_its_marks_and_keeps_its_shape() {
        let cases = [
            ("> one\n> two\n", 0, "one\ntwo"),
            ("> one\ntwo\n", 0, "one\ntwo"),
            (">one\n>\n>     code\n", 0, "one\n\n    code"),
            ("- a\n  > one\n  >\n  > - b\n", 6, "one\n\n- b"),
            ("> > inner\n", 0, "> inner"),
            (">\n", 0, ""),
        ];

        for (text, start, said) in cases {
            assert_eq!(unquoted(text, start..text.len()), said, "{text:?}");
        }
    }

    #[test]
    fn a_line_that_would_turn_into_a_block_is_escaped() {
        let cases = [
            ("plain", "plain"),
            ("3. replica", "3\\. replica"),
            ("# restart", "\\# restart"),
            ("> 5 s", "\\> 5 s"),
            ("- one", "\\- one"),
            ("-p", "-p"),
            ("`code`", "`code`"),
            ("![](a.png)", "![](a.png)"),
            ("[a]: b", "\\[a]: b"),
        ];

        for (written, alone) in cases {
            assert_eq!(standing_alone(written), alone);
        }
    }
}
