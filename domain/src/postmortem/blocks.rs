//! The blocks of a Markdown text, read line by line.
//!
//! It is more tolerant than Markdown is: people forget empty lines, close no
//! fence, and write a heading as a line in bold. Every step costs as much as
//! the text is long.
use crate::words::one_line;

/// One block, and the line it begins on, from 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub line: u32,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Heading {
        level: u8,
        text: String,
    },
    /// A line in bold letters, which stands for a heading.
    Label {
        text: String,
    },
    Item(Item),
    /// The cells of each row, the first of which is the head.
    Table {
        rows: Vec<(u32, Vec<String>)>,
    },
    Paragraph {
        lines: Vec<(u32, String)>,
        is_inside_item: bool,
    },
}

/// One item of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub indent: usize,
    pub is_numbered: bool,
    /// `- [x]`
    pub ticked: Option<bool>,
    pub text: String,
}

/// A text longer than this is cut: nobody writes so much in one item.
const ITEM_LIMIT: usize = 4000;

pub(super) fn blocks(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.split('\n').collect();
    let hidden = hidden(&lines);
    let mut reader = Reader { blocks: Vec::new(), item: None, after_blank: true };
    let mut at = 0;
    while at < lines.len() {
        if hidden[at] {
            reader.blank();
            at += 1;
        } else {
            at += reader.take(&lines[at..], &hidden[at..], number(at));
        }
    }
    reader.blocks
}

fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

/// Which lines are code, comment or front matter, and say nothing to a reader.
fn hidden(lines: &[&str]) -> Vec<bool> {
    let mut hidden = vec![false; lines.len()];
    let head = front_matter(lines);
    hidden[..head].fill(true);
    let (mut fence, mut comment): (Option<(usize, &str)>, Option<usize>) = (None, None);
    for (at, line) in lines.iter().enumerate().skip(head) {
        if let Some((from, mark)) = fence {
            hidden[at] = true;
            match fence_of(line) {
                Some((closing, "")) if closing.starts_with(mark) => fence = None,
                // A fence that opens inside another: the first was never closed.
                Some((opening, info)) if !info.is_empty() && opening.starts_with(mark) => {
                    hidden[from..at].fill(false);
                    hidden[from] = true;
                    fence = Some((at, opening));
                }
                _ => {}
            }
        } else if let Some((mark, _)) = fence_of(line) {
            hidden[at] = true;
            fence = Some((at, mark));
        } else if comment.is_some() {
            hidden[at] = true;
            if line.contains("-->") {
                comment = None;
            }
        } else if line.trim_start().starts_with("<!--") {
            hidden[at] = true;
            comment = (!line.contains("-->")).then_some(at);
        }
    }
    // What is never closed hides nothing but its own line.
    for from in fence.map(|(from, _)| from).into_iter().chain(comment) {
        hidden[from + 1..].fill(false);
    }
    hidden
}

/// How many lines the front matter takes.
pub(super) fn front_matter(lines: &[&str]) -> usize {
    let first = lines.first().map(|line| line.trim_end()).unwrap_or_default();
    if first != "---" && first != "+++" {
        return 0;
    }
    let end = lines.iter().skip(1).take(200).position(|line| {
        let line = line.trim_end();
        line == first || (first == "---" && line == "...")
    });
    let Some(end) = end else { return 0 };
    let says_something = lines[1..=end].iter().any(|line| line.contains([':', '=']));
    if says_something || end == 0 { end + 2 } else { 0 }
}

/// The marks of a fence, and what follows them.
fn fence_of(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches([' ', '\t', '>']);
    let mark = line.chars().next().filter(|c| *c == '`' || *c == '~')?;
    let length = line.find(|c| c != mark).unwrap_or(line.len());
    let info = line[length..].trim();
    (length >= 3 && !info.contains('`')).then(|| (&line[..length], info))
}

struct Reader {
    blocks: Vec<Block>,
    /// The indent of the item that what follows may belong to.
    item: Option<usize>,
    after_blank: bool,
}

impl Reader {
    fn blank(&mut self) {
        self.after_blank = true;
    }

    /// Takes what begins here; returns how many lines it took.
    fn take(&mut self, lines: &[&str], hidden: &[bool], n: u32) -> usize {
        let line = lines[0];
        let text = line.trim();
        if text.is_empty() {
            self.blank();
            return 1;
        }
        let next = lines.get(1).filter(|_| !hidden[1]).copied().unwrap_or_default();
        if let Some((level, text)) = heading(line) {
            self.push(n, What::Heading { level, text: text.to_owned() });
            self.item = None;
            return 1;
        }
        if let Some(n_lines) = self.table(lines, hidden, n) {
            return n_lines;
        }
        if let Some(item) = item(line) {
            self.item = Some(item.indent);
            self.push(n, What::Item(item));
            self.after_blank = false;
            return 1;
        }
        if let Some(level) =
            underline(next).filter(|_| self.after_blank && indent(line) < 4 && !is_rule(text))
        {
            self.push(n, What::Heading { level, text: text.to_owned() });
            self.item = None;
            return 2;
        }
        if is_rule(text) {
            self.item = None;
            self.blank();
            return 1;
        }
        if let Some(label) = bold_line(text).filter(|_| indent(line) < 2) {
            self.push(n, What::Label { text: label.to_owned() });
            self.item = None;
            self.blank();
            return 1;
        }
        self.words(line, n);
        1
    }

    /// A line of plain words: more of the item or the paragraph above it, or a
    /// new paragraph.
    fn words(&mut self, line: &str, n: u32) {
        let text = line.trim();
        if !self.after_blank {
            match self.blocks.last_mut().map(|block| &mut block.what) {
                Some(What::Item(item)) => {
                    if item.text.len() < ITEM_LIMIT {
                        item.text.push(' ');
                        item.text.push_str(text);
                    }
                    return;
                }
                Some(What::Paragraph { lines, .. }) => {
                    lines.push((n, text.to_owned()));
                    return;
                }
                _ => {}
            }
        }
        let is_inside_item = self.item.is_some_and(|item| indent(line) > item);
        if !is_inside_item {
            self.item = None;
            // Code that is set off by four spaces.
            if indent(line) >= 4 && self.after_blank {
                return;
            }
        }
        self.push(n, What::Paragraph { lines: vec![(n, text.to_owned())], is_inside_item });
        self.after_blank = false;
    }

    /// A table, with or without the line under its head.
    fn table(&mut self, lines: &[&str], hidden: &[bool], n: u32) -> Option<usize> {
        let first = lines[0].trim();
        let framed = |line: &str| line.len() > 1 && line.starts_with('|') && line.ends_with('|');
        let is_under = lines.len() > 1 && !hidden[1] && is_delimiter(lines[1]);
        if !first.contains('|') || !(is_under || framed(first)) {
            return None;
        }
        let mut rows = vec![(n, cells(first))];
        let mut n_lines = 1;
        for (line, is_hidden) in lines.iter().zip(hidden).skip(1) {
            if *is_hidden || !line.contains('|') {
                break;
            }
            if !is_delimiter(line) {
                rows.push((n.saturating_add(u32::try_from(n_lines).unwrap_or(u32::MAX)), cells(line.trim())));
            }
            n_lines += 1;
        }
        self.push(n, What::Table { rows });
        self.item = None;
        self.blank();
        Some(n_lines)
    }

    fn push(&mut self, line: u32, what: What) {
        if !matches!(what, What::Item(_) | What::Paragraph { .. }) {
            self.after_blank = true;
        }
        self.blocks.push(Block { line, what });
    }
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| *c == ' ' || *c == '\t').map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// `## Words`, also `##Words`; a number sign before a number is an issue.
fn heading(line: &str) -> Option<(u8, &str)> {
    if indent(line) > 3 {
        return None;
    }
    let line = line.trim();
    let n_signs = line.bytes().take_while(|&b| b == b'#').count();
    let rest = &line[n_signs..];
    let is_heading = (1..=6).contains(&n_signs)
        && (rest.is_empty()
            || rest.starts_with([' ', '\t'])
            || (n_signs >= 2 && rest.starts_with(char::is_alphabetic)));
    let level = u8::try_from(n_signs).ok()?;
    is_heading.then(|| (level, rest.trim().trim_end_matches('#').trim_end()))
}

/// The line under a heading.
fn underline(line: &str) -> Option<u8> {
    let line = line.trim_end();
    let all = |mark: char| !line.is_empty() && line.chars().all(|c| c == mark);
    if all('=') {
        Some(1)
    } else if all('-') && line.len() >= 2 {
        Some(2)
    } else {
        None
    }
}

/// A line across the page.
fn is_rule(text: &str) -> bool {
    let mut marks = text.chars().filter(|c| !c.is_whitespace());
    let Some(mark) = marks.next().filter(|c| "-*_=".contains(*c)) else { return false };
    let mut n = 1;
    for c in marks {
        if c != mark {
            return false;
        }
        n += 1;
    }
    n >= 3
}

/// What stands in a line that is bold from its beginning to its end.
fn bold_line(text: &str) -> Option<&str> {
    let text = text.strip_suffix(':').unwrap_or(text).trim_end();
    let inside = |mark: &str| text.strip_prefix(mark)?.strip_suffix(mark);
    let inside = inside("***").or_else(|| inside("**")).or_else(|| inside("__"))?;
    let is_label = !inside.is_empty()
        && inside.chars().count() <= 100
        && !inside.contains("**")
        && !inside.contains("__");
    is_label.then(|| inside.trim())
}

fn item(line: &str) -> Option<Item> {
    let (indent, rest) = (indent(line), line.trim_start());
    let mark = rest.chars().next()?;
    let (is_numbered, after) = if "-*+•–‣◦".contains(mark) {
        (false, &rest[mark.len_utf8()..])
    } else if mark.is_ascii_digit() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let after = rest[end..].strip_prefix(['.', ')']).filter(|_| end <= 4)?;
        (true, after)
    } else {
        return None;
    };
    // A rule, or a word such as -5.
    if !(after.is_empty() || after.starts_with([' ', '\t'])) || is_rule(rest) {
        return None;
    }
    let (ticked, text) = checkbox(after.trim());
    Some(Item { indent, is_numbered, ticked, text: text.to_owned() })
}

fn checkbox(text: &str) -> (Option<bool>, &str) {
    for (mark, ticked) in
        [("[ ]", false), ("[x]", true), ("[X]", true), ("[]", false), ("☐", false), ("☑", true)]
    {
        if let Some(rest) = text.strip_prefix(mark).filter(|rest| !rest.starts_with('(')) {
            return (Some(ticked), rest.trim_start());
        }
    }
    (None, text)
}

/// The line under the head of a table.
fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    line.contains('-')
        && line.contains('|')
        && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t' | '='))
}

/// The cells of a row. A bar in code or after a backslash parts nothing.
fn cells(row: &str) -> Vec<String> {
    let row = row.strip_prefix('|').unwrap_or(row);
    let (mut cells, mut cell, mut in_code, mut escaped) = (Vec::new(), String::new(), false, false);
    for c in row.chars() {
        match c {
            '|' if escaped => {
                cell.pop();
                cell.push('|');
            }
            '|' if !in_code => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            _ => {
                in_code ^= c == '`' && !escaped;
                cell.push(c);
            }
        }
        escaped = c == '\\' && !escaped;
    }
    if !cell.trim().is_empty() {
        cells.push(cell.trim().to_owned());
    }
    cells
}

/// Words without the marks of Markdown: what a person would read aloud.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let chars: Vec<char> = text.chars().take(ITEM_LIMIT).collect();
    let mut at = 0;
    let mut before = ' ';
    while at < chars.len() {
        let (c, next) = (chars[at], chars.get(at + 1).copied().unwrap_or(' '));
        match c {
            '\\' if next.is_ascii_punctuation() => {
                plain.push(next);
                at += 1;
            }
            '*' | '`' => {}
            '~' if next == '~' => at += 1,
            '_' if !before.is_alphanumeric() || !next.is_alphanumeric() => {}
            '!' if next == '[' => {}
            '[' | ']' => at += bracket(&chars, at, &mut plain),
            '<' => match tag(&chars, at) {
                Some((length, address)) => {
                    plain.extend(address);
                    at += length - 1;
                }
                None => plain.push(c),
            },
            _ => plain.push(c),
        }
        before = c;
        at += 1;
    }
    one_line(&plain)
}

/// A square bracket: that of a link vanishes, with its address. Returns how
/// many characters more than the bracket were taken.
fn bracket(chars: &[char], at: usize, plain: &mut String) -> usize {
    const FAR: usize = 400;
    let reach = |from: usize| from..chars.len().min(from + FAR);
    if chars[at] == '[' {
        let mut depth = 0_i32;
        let closing = reach(at).find(|&place| {
            depth += match chars[place] {
                '[' => 1,
                ']' => -1,
                _ => 0,
            };
            depth == 0
        });
        let is_link = closing.is_some_and(|closing| chars.get(closing + 1) == Some(&'('));
        if !is_link {
            plain.push('[');
        }
        return 0;
    }
    if chars.get(at + 1) != Some(&'(') {
        plain.push(']');
        return 0;
    }
    match reach(at + 1).find(|&place| chars[place] == ')') {
        Some(closing) => closing - at,
        None => 0,
    }
}

/// A tag of HTML vanishes; an address in such brackets stays.
fn tag(chars: &[char], at: usize) -> Option<(usize, Vec<char>)> {
    let closing = (at + 1..chars.len().min(at + 2000)).find(|&place| chars[place] == '>')?;
    let inside = &chars[at + 1..closing];
    let is_address = inside.iter().collect::<String>().contains("://");
    let first = inside.first()?;
    if is_address && *first != 'a' && *first != '/' && !inside.contains(&' ') {
        return Some((closing - at + 1, inside.to_vec()));
    }
    let is_tag = first.is_ascii_alphabetic() || matches!(first, '/' | '!');
    is_tag.then(|| (closing - at + 1, vec![' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_left_of_markdown() {
        for (text, expected) in [
            ("**Bold**: a `b` _c_ ~~d~~", "Bold: a b c d"),
            ("a [link](https://x.example/y) on", "a link on"),
            ("[[PR](https://x.example)]", "[PR]"),
            ("snake_case and \\*star\\*", "snake_case and *star*"),
            ("<https://x.example> and <br/>b <b>c</b>", "https://x.example and b c"),
            ("a < b > c", "a < b > c"),
            ("![an image](x.png) seen", "an image seen"),
            ("[open [", "[open ["),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn a_fence_that_is_never_closed_hides_no_section() {
        let text = "# A\n```\ncode\n## B\n- one\n";
        let headings: Vec<_> = blocks(text)
            .into_iter()
            .filter_map(|block| match block.what {
                What::Heading { text, .. } => Some((block.line, text)),
                _ => None,
            })
            .collect();

        assert_eq!(headings, [(1, "A".to_owned()), (4, "B".to_owned())]);
        assert!(blocks("```\n# no\n```\n").is_empty());
        assert_eq!(blocks("```\nx\n## B\n```bash\n# no\n```\n").len(), 2);
    }

    #[test]
    fn a_row_keeps_a_bar_that_is_escaped_or_code() {
        assert_eq!(cells("| a \\| b | `c|d` | |"), ["a | b", "`c|d`", ""]);
    }
}
