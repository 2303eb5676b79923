//! Text that goes into a spreadsheet and must not become a formula there.

use std::borrow::Cow;

/// The text as a cell that a spreadsheet shows and never computes: one that
/// begins as a formula does gets an apostrophe before it. So does one that
/// begins so after apostrophes, so that whoever reads the file can take one
/// apostrophe off wherever what follows the apostrophes is such a sign, and has
/// the very text back: [`text_of`]. Other apostrophes ('t Hooft) stay as they
/// are.
pub fn cell(text: &str) -> Cow<'_, str> {
    if begins_as_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that [`cell`] was made of.
pub fn text_of(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if begins_as_formula(text) => text,
        _ => cell,
    }
}

/// Signs that make a spreadsheet compute, and white space that some take off
/// before they look. Full-width forms count where the sheet is Japanese or
/// Chinese.
fn begins_as_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn t41_what_begins_as_a_formula_gets_an_apostrophe() {
        let cases = [
            ("=cmd()", "'=cmd()"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("'t Hooft", "'t Hooft"),
            ("Ada Brown", "Ada Brown"),
            ("a=1", "a=1"),
            ("", ""),
            ("'", "'"),
        ];
        for (text, expected) in cases {
            assert_eq!(cell(text), expected, "{text:?}");
            assert_eq!(text_of(expected), text, "{expected:?}");
        }
    }

    proptest! {
        #[test]
        fn t41_the_text_comes_back_and_no_cell_begins_as_a_formula(text in "['=+@\t\r\na-]{0,6}|.{0,9}") {
            let cell = cell(&text);
            prop_assert_eq!(text_of(&cell), text.as_str());
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
