//! What people type, as it is kept and compared.

/// A text on one line: white space of any length and kind is one blank, and
/// there is none at the ends.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_blank_between_its_words_and_none_around_them() {
        assert_eq!(one_line("  Checkout\r\n\tstood\u{a0}\u{2003}still "), "Checkout stood still");
        assert_eq!(one_line(" \n "), "");
    }
}
