//! What a name and an e-mail may look like.
//!
//! Nobody may look like somebody else: an e-mail is plain ASCII, and a name
//! holds nothing that cannot be seen or that turns the text around it.

use chrono_tz::Tz;
use domain::engagement::is_phone;

use crate::error::Problem;

/// An e-mail as it is stored: trimmed and in lower case.
pub(crate) fn email(typed: &str) -> Result<String, Problem> {
    let email = typed.trim().to_ascii_lowercase();
    if is_email(&email) {
        Ok(email)
    } else {
        Err(Problem::new("email", "Enter an e-mail address, for example ada@example.org."))
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else {
        return false;
    };
    let in_local = |c: char| c.is_ascii_graphic() && !"@\"(),:;<>[\\]".contains(c);
    let in_host = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.len() <= 254
        && !local.is_empty()
        && local.chars().all(in_local)
        && host.split('.').all(|label| !label.is_empty() && label.chars().all(in_host))
}

/// The name of a person or a circle, trimmed; `field` is where it was typed.
pub(crate) fn name(field: &str, typed: &str) -> Result<String, Problem> {
    let name = typed.trim();
    let n_chars = name.chars().count();
    let what = if !name.chars().any(char::is_alphanumeric) {
        "Enter a name."
    } else if n_chars > 100 {
        "Use at most 100 characters."
    } else if name.chars().any(|c| c.is_control() || is_unseen(c)) {
        "The name holds a character that cannot be seen. Type it again instead of pasting it."
    } else {
        return Ok(name.to_owned());
    };
    Err(Problem::new(field, what))
}

/// Characters that turn text around or have no width. The two joiners
/// (U+200C, U+200D) are not among them: names are written with them.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// A time zone by its name in the tz database.
pub(crate) fn time_zone(typed: &str) -> Result<Tz, Problem> {
    typed
        .trim()
        .parse()
        .map_err(|_| Problem::new("time_zone", "Choose a time zone from the list, for example Europe/Rome."))
}

/// A number that a phone can dial, trimmed; `field` is where it was typed.
pub(crate) fn phone(field: &str, typed: &str) -> Result<String, Problem> {
    let what = "Enter a number that a phone can dial, for example +39 06 1234 5678.";
    is_phone(typed).then(|| typed.trim().to_owned()).ok_or_else(|| Problem::new(field, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_e_mail_has_one_at_and_a_host_and_nothing_that_looks_like_something_else() {
        let cases = [
            ("ada@example.org", Some("ada@example.org")),
            ("  Ada.Lovelace+SRE@Example.ORG ", Some("ada.lovelace+sre@example.org")),
            ("ada@localhost", Some("ada@localhost")),
            ("", None),
            ("ada", None),
            ("@example.org", None),
            ("ada@", None),
            ("ada@example..org", None),
            ("ada@.org", None),
            ("ada@example.org.", None),
            ("ada@love@example.org", None),
            ("ada lovelace@example.org", None),
            ("ada@example.org\u{0}", None),
            ("ad\u{430}@example.org", None),
            ("ada\u{200b}@example.org", None),
            ("\u{202e}ada@example.org", None),
            ("Ada <ada@example.org>", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(email(typed).ok().as_deref(), expected, "{typed:?}");
        }
        assert!(email(&format!("{}@example.org", "x".repeat(242))).is_ok());
        assert!(email(&format!("{}@example.org", "x".repeat(243))).is_err());
    }

    #[test]
    fn a_name_can_be_seen_and_read_in_order() {
        let long = "n".repeat(100);
        let too_long = "n".repeat(101);
        let cases = [
            (" Ada Lovelace ", true),
            ("Łukasz Ævar Ñuñez", true),
            ("山田太郎", true),
            ("نگین می\u{200c}خواهد", true),
            ("O'Neil-Smith 3rd", true),
            (long.as_str(), true),
            (too_long.as_str(), false),
            ("", false),
            ("\u{200d}", false),
            ("Ada\u{0}", false),
            ("Ada\nLovelace", false),
            ("\u{202e}adA", false),
            ("Ada\u{2067}", false),
            ("A\u{200b}da", false),
        ];
        for (typed, fits) in cases {
            assert_eq!(name("name", typed).is_ok(), fits, "{typed:?}");
        }
    }
}
