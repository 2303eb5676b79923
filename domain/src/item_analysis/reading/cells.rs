//! The cells of comma-separated text (RFC 4180), each with its place.

use std::borrow::Cow;

/// Walks from cell to cell and from row to row. Rows end with `\n`, `\r\n` or
/// `\r`; blank lines are passed over; a byte order mark is not part of the text.
pub(super) struct Cells<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    /// Where the line begins.
    line_start: usize,
    /// There is a cell left in this row.
    is_in_row: bool,
    /// Where a quotation opens that never closes.
    unclosed: Option<Place<'t>>,
}

/// What stands between two commas, without its quotation marks.
pub(super) struct Cell<'t> {
    pub text: Cow<'t, str>,
    pub place: Place<'t>,
}

/// A line, and what stands on it before the place.
#[derive(Clone, Copy)]
pub(super) struct Place<'t> {
    line: u32,
    before: &'t str,
}

impl<'t> Place<'t> {
    /// Of what follows a text.
    pub fn of_end(text: &'t str) -> Place<'t> {
        let mut cells = Cells::of(text);
        while cells.at < text.len() {
            cells.step();
        }
        cells.place()
    }

    pub fn line_and_column(self) -> (u32, u32) {
        (self.line, u32::try_from(self.before.chars().count() + 1).unwrap_or(u32::MAX))
    }
}

impl<'t> Cells<'t> {
    pub fn of(text: &'t str) -> Cells<'t> {
        let at = text.len() - text.trim_start_matches('\u{feff}').len();
        Cells { text, at, line: 1, line_start: at, is_in_row: false, unclosed: None }
    }

    /// The first cell of the next row that is not blank.
    pub fn next_row(&mut self) -> Option<Cell<'t>> {
        while self.next_in_row().is_some() {}
        while self.is_at_line_end() && self.at < self.text.len() {
            self.step();
        }
        self.is_in_row = self.at < self.text.len();
        self.next_in_row()
    }

    /// The next cell of this row. At its end the place is after its last
    /// character.
    pub fn next_in_row(&mut self) -> Option<Cell<'t>> {
        if !self.is_in_row {
            return None;
        }
        let place = self.place();
        let text = if self.peek() == Some(b'"') { self.quoted() } else { Cow::Borrowed(self.plain()) };
        self.is_in_row = self.peek() == Some(b',');
        self.at += usize::from(self.is_in_row);
        Some(Cell { text, place })
    }

    /// Where it stands.
    pub fn place(&self) -> Place<'t> {
        Place { line: self.line, before: &self.text[self.line_start..self.at] }
    }

    pub fn unclosed(&self) -> Option<Place<'t>> {
        self.unclosed
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn is_at_line_end(&self) -> bool {
        matches!(self.peek(), None | Some(b'\n' | b'\r'))
    }

    /// Up to the next comma or the end of the line.
    fn plain(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let n = rest.bytes().position(|byte| matches!(byte, b',' | b'\n' | b'\r')).unwrap_or(rest.len());
        self.at += n;
        &rest[..n]
    }

    /// A text in quotation marks, in which two stand for one. What stands
    /// between the closing mark and the comma is kept, as spreadsheets do.
    fn quoted(&mut self) -> Cow<'t, str> {
        let opening = self.place();
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    self.unclosed = Some(opening);
                    return Cow::Owned(text);
                }
                Some(b'"') => {
                    self.at += 1;
                    if self.peek() != Some(b'"') {
                        text.push_str(self.plain());
                        return Cow::Owned(text);
                    }
                    text.push('"');
                    self.at += 1;
                }
                Some(_) => text.push_str(self.step()),
            }
        }
    }

    /// The next character; a line end counts, and both signs of `\r\n` are one.
    fn step(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let n = if rest.starts_with("\r\n") { 2 } else { rest.chars().next().map_or(0, char::len_utf8) };
        let is_line_end = self.is_at_line_end();
        self.at += n;
        if is_line_end {
            self.line += 1;
            self.line_start = self.at;
        }
        &rest[..n]
    }
}
