//! What a file is for, told by its path alone.

use unicode_normalization::UnicodeNormalization;

/// The part a file plays on the shelf.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'p> {
    /// Hidden, or the README of the whole shelf.
    Ignored,
    /// The `service.toml` of a service.
    Sheet {
        service: &'p str,
    },
    /// Three parts deep; whether each is as it should be is still open.
    Question {
        service: &'p str,
        topic: &'p str,
        file: &'p str,
    },
    MisplacedQuestion,
    MisplacedSheet,
    /// An image, or nothing that belongs here.
    Other,
}

pub(super) fn part(path: &str) -> Part<'_> {
    let parts: Vec<&str> = path.split('/').collect();
    let name = parts.last().copied().unwrap_or_default();
    if parts.iter().any(|part| part.starts_with('.')) {
        return Part::Ignored;
    }
    match parts[..] {
        [name] if name.eq_ignore_ascii_case("README.md") => Part::Ignored,
        [service, "service.toml"] => Part::Sheet { service },
        [service, topic, file] if is_markdown(name) => Part::Question { service, topic, file },
        _ if is_markdown(name) => Part::MisplacedQuestion,
        _ if name.eq_ignore_ascii_case("service.toml") => Part::MisplacedSheet,
        _ => Part::Other,
    }
}

/// In any case: `A.MD` is a slip, not another kind of file.
fn is_markdown(name: &str) -> bool {
    name.len() > 3 && name.get(name.len() - 3..).is_some_and(|end| end.eq_ignore_ascii_case(".md"))
}

/// The same for two paths that some disk, or some reader, takes for one:
/// whatever the case, the form of accented letters, and the signs between
/// words.
pub(super) fn likeness(path: &str) -> String {
    let folded: String = path.nfkc().flat_map(char::to_lowercase).collect();
    let words = |part: &str| {
        let words: Vec<&str> =
            part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        words.join("-")
    };
    folded.split('/').map(words).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_are_easily_mistaken_for_one_another_are_alike() {
        let alike = [
            ("db/process/a.md", "db/process/A.md"),
            ("db/process/a.md", "db/process/a.MD"),
            ("db/process/replica-lag.md", "db/process/Replica_lag.md"),
            ("db/process/caf\u{e9}.md", "db/process/cafe\u{301}.md"),
        ];

        for (one, other) in alike {
            assert_eq!(likeness(one), likeness(other));
        }
        assert_ne!(likeness("db/process/a-b.md"), likeness("db/process/ab.md"));
        assert_ne!(likeness("a/process/b.md"), likeness("a/b/process.md"));
    }
}
