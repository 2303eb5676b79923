//! Short texts held against patterns in which `*` stands for anything.

use unicode_normalization::UnicodeNormalization;

/// Whether one of the patterns matches the whole text.
///
/// `*` stands for anything, also for nothing. White space at the ends does not
/// count, and a run of it is one blank. Case and Unicode's compatible forms do
/// not count either, unless the pattern is case-sensitive.
pub(super) fn matches_any(patterns: &[String], text: &str, case_sensitive: bool) -> bool {
    let text = fold(&framed(text), case_sensitive);
    patterns.iter().any(|pattern| matches(pattern, &text, case_sensitive))
}

/// Puts a blank at either end, so that the ends are blanks like any other: `* a`
/// matches `a` for the same reason as `a * b` matches `a b`.
fn framed(text: &str) -> String {
    format!(" {text} ")
}

/// Takes the pieces between the stars from the left, each at the first place it
/// fits: what is left for the next one is then as long as it can be. No place is
/// looked at twice for the same piece, so time grows with the lengths, not with
/// the number of stars.
fn matches(pattern: &str, text: &str, case_sensitive: bool) -> bool {
    let mut pieces: Vec<String> =
        framed(pattern).split('*').map(|piece| fold(piece, case_sensitive)).collect();
    let last = pieces.pop().expect("a split has at least one piece");
    let Some((first, middle)) = pieces.split_first() else {
        return text == last;
    };

    let Some(mut left) = Left::after_start(text, first) else {
        return false;
    };
    for piece in middle {
        match left.after(piece) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    left.for_piece(&last).ends_with(&last)
}

/// What no piece has taken yet.
#[derive(Clone, Copy)]
struct Left<'t> {
    text: &'t str,
    from: usize,
}

impl<'t> Left<'t> {
    fn after_start(text: &'t str, piece: &str) -> Option<Left<'t>> {
        text.starts_with(piece).then_some(Left { text, from: piece.len() })
    }

    fn after(self, piece: &str) -> Option<Left<'t>> {
        let rest = self.for_piece(piece);
        let from = self.text.len() - rest.len() + rest.find(piece)? + piece.len();
        Some(Left { from, ..self })
    }

    /// A star that stands for nothing between two blanks leaves one blank, which
    /// then belongs to both pieces.
    fn for_piece(self, piece: &str) -> &'t str {
        let (taken, rest) = self.text.split_at(self.from);
        if taken.ends_with(' ') && piece.starts_with(' ') { &self.text[self.from - 1..] } else { rest }
    }
}

/// Letter by letter, so that a piece is folded as it is within a whole text.
fn fold(text: &str, case_sensitive: bool) -> String {
    if case_sensitive {
        fold_blanks(text.nfc())
    } else {
        fold_blanks(text.nfkc().flat_map(char::to_lowercase))
    }
}

fn fold_blanks(letters: impl Iterator<Item = char>) -> String {
    let mut folded = String::new();
    for c in letters {
        if !c.is_whitespace() {
            folded.push(c);
        } else if !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::answer::TEXT_LIMIT;

    fn is_met(pattern: &str, text: &str) -> bool {
        matches_any(&[pattern.to_owned()], text, false)
    }

    #[test]
    fn a_pattern_is_held_against_the_whole_text() {
        let cases = [
            ("pg_stat_activity", "pg_stat_activity", true),
            ("pg_stat_activity", "the pg_stat_activity", false),
            ("pg_stat_activity", "pg_stat_activity view", false),
            ("pg_stat_*", "pg_stat_activity", true),
            ("pg_stat_*", "pg_stat_", true),
            ("pg_stat_*", "the pg_stat_activity", false),
            ("*activity", "pg_stat_activity", true),
            ("*activity", "activity", true),
            ("*stat*", "pg_stat_activity", true),
            ("pg*stat*activity", "pg_stat_activity", true),
            ("pg*activity*stat", "pg_stat_activity", false),
            ("ab*ba", "aba", false),
            ("ab*ba", "abba", true),
            ("*ab*b", "ab", false),
            ("a**b", "ab", true),
            ("*", "anything at all", true),
            ("", "anything at all", false),
            (".+", "dots", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(is_met(pattern, text), expected, "{text:?} for {pattern:?}");
        }
    }

    #[test]
    fn blanks_at_the_ends_do_not_count_and_a_run_of_them_is_one() {
        let cases = [
            ("kubectl get pods", "  kubectl \t get\u{a0}pods\n", true),
            ("  kubectl   get pods ", "kubectl get pods", true),
            ("kubectl get pods", "kubectlget pods", false),
            ("kubectl * pods", "kubectl get pods", true),
            ("kubectl * pods", "kubectl pods", true),
            ("kubectl * pods", "kubectl get all the pods", true),
            ("kubectl * pods", "kubectlpods", false),
            ("* pods", "pods", true),
            ("* pods", "tripods", false),
            ("kubectl *", "kubectl", true),
            ("kubectl *", "kubectlx", false),
            ("a * * b", "a b", true),
            ("a * c * b", "a c b", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(is_met(pattern, text), expected, "{text:?} for {pattern:?}");
        }
    }

    #[test]
    fn case_and_compatible_forms_count_only_in_a_case_sensitive_pattern() {
        let cases = [
            ("SELECT", "select", true, false),
            ("select", "SELECT", true, false),
            ("straße", "STRAẞE", true, false),
            ("pods", "ｐｏｄｓ", true, false),
            ("fix", "ﬁx", true, false),
            ("cafe\u{301}", "café", true, true),
            ("café", "cafe\u{301}", true, true),
            ("cafe", "café", false, false),
            ("ΟΔΟΣ*", "οδοσ", true, false),
            ("kubectl get", "kubectl\u{a0}get", true, true),
        ];
        for (pattern, text, folded, case_sensitive) in cases {
            assert_eq!(is_met(pattern, text), folded, "{text:?} for {pattern:?}");
            let is_met = matches_any(&[pattern.to_owned()], text, true);
            assert_eq!(is_met, case_sensitive, "{text:?} for case-sensitive {pattern:?}");
        }
    }

    #[test]
    fn one_of_several_patterns_is_enough() {
        let accepted = ["roll back".to_owned(), "revert*".to_owned()];

        assert!(matches_any(&accepted, "Revert the deploy", false));
        assert!(matches_any(&accepted, "roll  back", false));
        assert!(!matches_any(&accepted, "restart", false));
        assert!(!matches_any(&[], "restart", false));
    }

    /// A matcher that goes back to try again would not end in a lifetime.
    #[test]
    fn a_nasty_pattern_on_the_longest_text_is_decided_at_once() {
        let text = "a".repeat(TEXT_LIMIT);

        assert!(!is_met(&format!("{}b", "*a".repeat(5_000)), &text));
        assert!(!is_met(&format!("{}*b*", "*a".repeat(5_000)), &text));
        assert!(!is_met(&format!("*{}b*", "a".repeat(5_000)), &text));
        assert!(is_met(&format!("{}*", "*a".repeat(TEXT_LIMIT)), &text));
        assert!(!is_met(&format!("{}*", "*a".repeat(TEXT_LIMIT + 1)), &text));
        assert!(is_met(&"* ".repeat(5_000), &"x ".repeat(TEXT_LIMIT / 2)));
    }

    /// What the rule says, tried out: each star is replaced by every part of the
    /// text in turn, and by nothing.
    fn can_be_filled_in(pattern: &str, text: &str) -> bool {
        let Some((before, after)) = pattern.split_once('*') else {
            return words(pattern) == words(text);
        };
        let bounds = || text.char_indices().map(|(i, _)| i).chain([text.len()]);
        bounds().any(|from| {
            bounds()
                .filter(|to| from <= *to)
                .any(|to| can_be_filled_in(&format!("{before}{}{after}", &text[from..to]), text))
        })
    }

    fn words(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }

    proptest! {
        #[test]
        fn a_pattern_matches_when_something_can_stand_for_every_star(
            pattern in "[ab ]{0,3}(\\*[ab ]{0,3}){0,2}",
            text in "[ab ]{0,6}",
        ) {
            prop_assert_eq!(is_met(&pattern, &text), can_be_filled_in(&pattern, &text));
        }

        #[test]
        fn a_text_matches_itself_and_every_pattern_made_by_starring_a_part_of_it(
            parts in proptest::array::uniform3("[^*]{0,8}"),
        ) {
            prop_assume!(parts_stand_alone(&parts));
            let text = parts.concat();
            let starred = format!("{}*{}", parts[0], parts[2]);

            prop_assert!(is_met(&text, &text));
            prop_assert!(is_met(&starred, &text));
        }
    }

    /// A mark that combines with a letter of another part changes both.
    fn parts_stand_alone(parts: &[String; 3]) -> bool {
        parts.concat().nfkc().eq(parts.iter().flat_map(|part| part.nfkc()))
    }
}
