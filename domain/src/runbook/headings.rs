//! The headings of a text, with their places.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::fence;
use super::names::{of_alert, of_service};

pub(super) const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_TASKLISTS).union(Options::ENABLE_STRIKETHROUGH);

/// A line that is a heading, or stands for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// 1 to 6; 7 for a line in bold, or with a colon at its end.
    pub level: u8,
    /// From the beginning of its line to the beginning of the next.
    pub range: Range<usize>,
    pub words: String,
}

/// Everything about a text that cutting it into sections needs.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub headings: Vec<Heading>,
    /// Blocks of code, in which nothing is a label.
    pub code: Vec<Range<usize>>,
    /// What was never closed, and where the reading went on.
    pub unclosed: Vec<Unclosed>,
}

impl Outline {
    /// The headings whose lines begin within a range.
    pub fn within(&self, range: &Range<usize>) -> &[Heading] {
        let place = |at: usize| self.headings.partition_point(|heading| heading.range.start < at);
        &self.headings[place(range.start)..place(range.end).max(place(range.start))]
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Unclosed {
    pub at: usize,
    pub is_comment: bool,
    /// The section behind it that was found all the same.
    pub read_on: Option<usize>,
}

/// How often a text is taken up again behind something that was never closed.
const N_TRIES: usize = 100;

/// Reads the headings from `start` on.
pub(super) fn outline(text: &str, start: usize) -> Outline {
    let mut outline = Outline::default();
    let is_odd = fence::is_odd(&text[start..]);
    let mut at = start;
    for n in 0.. {
        let mut scan = Scan { text, base: at, is_odd, may_stop: n < N_TRIES, outline: &mut outline };
        match scan.run() {
            Some(next) => at = next,
            None => break,
        }
    }
    outline
}

struct Scan<'t, 'o> {
    text: &'t str,
    base: usize,
    is_odd: bool,
    may_stop: bool,
    outline: &'o mut Outline,
}

impl Scan<'_, '_> {
    /// Reads to the end, or to a section that would be swallowed.
    fn run(&mut self) -> Option<usize> {
        let mut depth = 0_usize;
        let mut open: Option<Open> = None;
        for (event, range) in Parser::new_ext(&self.text[self.base..], OPTIONS).into_offset_iter() {
            let range = range.start + self.base..range.end + self.base;
            match event {
                Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                    open = Some(Open::new(level as u8, &range));
                }
                Event::Start(Tag::Paragraph) if depth == 0 => open = Some(Open::new(7, &range)),
                Event::End(TagEnd::Heading(_) | TagEnd::Paragraph) => {
                    if let Some(open) = open.take() {
                        self.close(open);
                    }
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    self.outline.code.push(range.clone());
                    if matches!(kind, CodeBlockKind::Fenced(_))
                        && let Some(next) = self.fenced(range, depth)
                    {
                        return Some(next);
                    }
                }
                Event::Start(Tag::HtmlBlock) => {
                    if let Some(next) = self.html(range, depth) {
                        return Some(next);
                    }
                }
                Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item | Tag::FootnoteDefinition(_)) => {
                    depth += 1
                }
                Event::End(
                    TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::FootnoteDefinition,
                ) => {
                    depth = depth.saturating_sub(1);
                }
                Event::Start(Tag::Strong) => {
                    if let Some(open) = &mut open {
                        open.n_strong += 1;
                        open.strong_depth += 1;
                    }
                }
                Event::End(TagEnd::Strong) => {
                    if let Some(open) = &mut open {
                        open.strong_depth = open.strong_depth.saturating_sub(1);
                    }
                }
                Event::Text(words) | Event::Code(words) => {
                    if let Some(open) = &mut open {
                        open.add(&words);
                    }
                }
                Event::SoftBreak | Event::HardBreak => {
                    if let Some(open) = &mut open {
                        open.is_one_line = false;
                        open.words.push(' ');
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn close(&mut self, open: Open) {
        let words = open.words.trim().to_owned();
        let is_heading = open.level < 7 || open.stands_for_heading();
        if is_heading && !words.is_empty() {
            let range = whole_lines(self.text, open.range);
            self.outline.headings.push(Heading { level: open.level, range, words });
        }
    }

    fn fenced(&mut self, range: Range<usize>, depth: usize) -> Option<usize> {
        let is_closed = fence::is_closed(&self.text[range.clone()]);
        let is_candidate = depth == 0 && self.may_stop;
        let next = if is_candidate {
            fence::swallowed(self.text, range.clone(), is_closed, self.is_odd)
        } else {
            None
        };
        if !is_closed || next.is_some() {
            self.outline.unclosed.push(Unclosed { at: range.start, is_comment: false, read_on: next });
        }
        if let (Some(next), Some(code)) = (next, self.outline.code.last_mut()) {
            code.end = next;
        }
        next
    }

    fn html(&mut self, range: Range<usize>, depth: usize) -> Option<usize> {
        let block = &self.text[range.clone()];
        if block.trim_start().starts_with("<!--") && !block.contains("-->") {
            let is_candidate = depth == 0 && self.may_stop;
            let next =
                if is_candidate { fence::swallowed(self.text, range.clone(), false, true) } else { None };
            self.outline.unclosed.push(Unclosed { at: range.start, is_comment: true, read_on: next });
            return next;
        }
        if depth == 0
            && let Some((level, words, length)) = html_heading(block)
        {
            let range = whole_lines(self.text, range.start..range.start + length);
            self.outline.headings.push(Heading { level, range, words });
        }
        None
    }
}

/// A heading or a paragraph that is being read.
struct Open {
    level: u8,
    range: Range<usize>,
    words: String,
    n_strong: usize,
    strong_depth: usize,
    is_one_line: bool,
    has_plain: bool,
}

impl Open {
    fn new(level: u8, range: &Range<usize>) -> Open {
        Open {
            level,
            range: range.clone(),
            words: String::new(),
            n_strong: 0,
            strong_depth: 0,
            is_one_line: true,
            has_plain: false,
        }
    }

    fn add(&mut self, words: &str) {
        self.has_plain |= self.strong_depth == 0 && words.trim().trim_matches(':').chars().count() > 0;
        self.words.push_str(words);
    }

    /// `**Impact**` or `Impact:`, alone in its paragraph.
    fn stands_for_heading(&self) -> bool {
        let is_bold = self.n_strong == 1 && !self.has_plain;
        let ends_with_colon = self.words.trim_end().ends_with(':');
        let named = [of_service(&self.words), of_alert(&self.words)];
        self.is_one_line && (is_bold || ends_with_colon) && named.iter().flatten().any(|named| named.is_usual)
    }
}

/// `<h2>Impact</h2>` at the head of a block: level, words, and how long it is.
fn html_heading(block: &str) -> Option<(u8, String, usize)> {
    let line = block.lines().next()?;
    let rest = line.trim_start().strip_prefix("<h").or_else(|| line.trim_start().strip_prefix("<H"))?;
    let level = rest.chars().next()?.to_digit(10).filter(|level| (1..=6).contains(level))?;
    let inner = &rest[rest.find('>')? + 1..];
    let inner = &inner[..inner.to_lowercase().find("</h").filter(|at| inner.is_char_boundary(*at))?];
    let mut words = String::new();
    let mut in_tag = false;
    for c in inner.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => words.push(c),
            _ => {}
        }
    }
    Some((u8::try_from(level).ok()?, words.trim().to_owned(), line.len()))
}

/// The lines that hold a range, with the line end.
fn whole_lines(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |end| end + 1);
    let end = if text[..range.end].ends_with('\n') && range.end > range.start {
        range.end
    } else {
        text[range.end..].find('\n').map_or(text.len(), |n| range.end + n + 1)
    };
    start..end
}
