//! Faults inside one file, and where they stand.

use super::{Finding, Severity};

/// The faults of one text, each at a byte offset.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

#[derive(Debug)]
struct Fault {
    at: usize,
    severity: Severity,
    what: String,
}

impl Faults {
    pub(super) fn error(&mut self, at: usize, what: impl Into<String>) {
        self.0.push(Fault { at, severity: Severity::Error, what: what.into() });
    }

    pub(super) fn warn(&mut self, at: usize, what: impl Into<String>) {
        self.0.push(Fault { at, severity: Severity::Warning, what: what.into() });
    }

    pub(super) fn any_error(&self) -> bool {
        self.0.iter().any(|fault| fault.severity == Severity::Error)
    }

    /// The faults with lines and columns, in the order of the text.
    pub(super) fn placed(mut self, path: &str, text: &str) -> Vec<Finding> {
        self.0.sort_by_key(|fault| fault.at);
        let mut cursor = Cursor::start(text);
        let placed = |fault: Fault| {
            cursor.advance_to(fault.at);
            Finding {
                path: path.to_owned(),
                line: cursor.line,
                column: cursor.column,
                severity: fault.severity,
                what: fault.what,
            }
        };
        self.0.into_iter().map(placed).collect()
    }
}

/// Goes through a text once, from fault to fault: a file with a hundred
/// thousand faults in one line costs no more than a file with one.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'t> Cursor<'t> {
    fn start(text: &'t str) -> Cursor<'t> {
        Cursor { text, at: 0, line: 1, column: 1 }
    }

    fn advance_to(&mut self, at: usize) {
        let at = self.text.floor_char_boundary(at.max(self.at));
        for c in self.text[self.at..at].chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.at = at;
    }
}

/// A piece of someone's text inside a message: in quotes, in one line, and not
/// too long.
pub(super) fn quoted(text: &str) -> String {
    const N_SHOWN: usize = 40;
    let mut shown: String =
        text.chars().take(N_SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(N_SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let mut faults = Faults::default();
        for at in [9, 0, 5, 100] {
            faults.error(at, "");
        }

        let places: Vec<(u32, u32)> =
            faults.placed("a.md", "aé\nüß!").iter().map(|finding| (finding.line, finding.column)).collect();

        assert_eq!(places, [(1, 1), (2, 1), (2, 4), (2, 4)].map(|place| place));
    }

    #[test]
    fn a_long_or_broken_text_is_quoted_in_one_short_line() {
        assert_eq!(quoted("a\nb"), "`a b`");
        assert_eq!(quoted(&"x".repeat(41)), format!("`{}…`", "x".repeat(40)));
    }
}
