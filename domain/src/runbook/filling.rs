//! Whether a section says something, promises to, or is a heading alone.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::Filling;
use super::headings::OPTIONS;

/// How much the text below a heading says. Headings, promises and a bare "see
/// there" beside a promise are nothing that helps at night.
pub fn filling(text: &str) -> Filling {
    let mut seen = Seen::default();
    let mut leaf = String::new();
    let mut in_code = false;
    for event in Parser::new_ext(text, OPTIONS) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                seen.take(&mut leaf);
                in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => {
                seen.code(&leaf);
                leaf.clear();
                in_code = false;
            }
            Event::Start(Tag::Heading { .. }) => seen.take(&mut leaf),
            Event::End(TagEnd::Heading(_)) => {
                seen.heading(&leaf);
                leaf.clear();
            }
            Event::Start(Tag::Paragraph | Tag::Item | Tag::List(_) | Tag::TableCell)
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => seen.take(&mut leaf),
            Event::Start(Tag::Image { .. }) => seen.says_something = true,
            Event::Start(Tag::Link { .. }) => seen.has_link = true,
            Event::Text(words)
            | Event::Code(words)
            | Event::InlineMath(words)
            | Event::DisplayMath(words) => {
                leaf.push_str(&words);
            }
            Event::Html(raw) | Event::InlineHtml(raw) => seen.html(&raw, &mut leaf),
            Event::SoftBreak | Event::HardBreak if !in_code => leaf.push('\n'),
            _ => {}
        }
    }
    seen.take(&mut leaf);
    seen.filling()
}

#[derive(Default)]
struct Seen {
    says_something: bool,
    promises: bool,
    points_elsewhere: bool,
    /// Within the paragraph that is being read.
    has_link: bool,
    in_comment: bool,
}

impl Seen {
    fn filling(&self) -> Filling {
        match self {
            Seen { says_something: true, .. } => Filling::Filled,
            Seen { promises: true, .. } => Filling::Todo,
            Seen { points_elsewhere: true, .. } => Filling::Filled,
            _ => Filling::Empty,
        }
    }

    /// The words of a paragraph, an entry of a list, a cell.
    fn take(&mut self, leaf: &mut String) {
        let words = leaf.trim();
        let has_link = std::mem::take(&mut self.has_link) || words.contains("://") || words.contains("](");
        if !words.chars().any(char::is_alphanumeric) {
            // Dots, dashes and rules say nothing.
        } else if is_promise(words) {
            self.promises = true;
        } else if has_link && points_elsewhere(words) {
            self.points_elsewhere = true;
        } else {
            self.says_something = true;
        }
        leaf.clear();
    }

    fn code(&mut self, code: &str) {
        let words = code.trim().trim_start_matches(['#', '/', '$', ' ']);
        if words.is_empty() {
            return;
        }
        if is_promise(words) && code.trim().lines().count() == 1 {
            self.promises = true
        } else {
            self.says_something = true
        }
    }

    fn heading(&mut self, words: &str) {
        self.promises |= is_promise(words.trim());
        self.has_link = false;
    }

    /// Raw HTML comes line by line: comments may promise, tags hold words.
    fn html(&mut self, raw: &str, leaf: &mut String) {
        let mut rest = raw;
        while !rest.is_empty() {
            if self.in_comment {
                let end = rest.find("-->");
                self.promises |= is_promise(rest[..end.unwrap_or(rest.len())].trim());
                self.in_comment = end.is_none();
                rest = end.map_or("", |end| &rest[end + 3..]);
                continue;
            }
            let Some(at) = rest.find('<') else {
                leaf.push_str(rest);
                return;
            };
            leaf.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("<!--") {
                self.in_comment = true;
                rest = after;
            } else {
                self.says_something |= rest.starts_with("<img");
                rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
            }
        }
    }
}

/// What people write where they mean to write later.
fn is_promise(words: &str) -> bool {
    let bare = words.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '[' && c != '<');
    let lower = bare.to_lowercase();
    let n_words = lower.split_whitespace().count();
    let begins = |mark: &str| {
        lower
            .strip_prefix(mark)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    if ["todo", "tbd", "tba", "tbc", "fixme", "wip", "lorem ipsum"].iter().any(|mark| begins(mark)) {
        return true;
    }
    if [
        "to do:",
        "to-do:",
        "to be added",
        "to be written",
        "to be done",
        "to be defined",
        "to be determined",
        "to be completed",
        "to be documented",
        "to be announced",
        "not yet written",
        "not written yet",
        "not yet documented",
        "needs to be written",
        "work in progress",
        "coming soon",
        "under construction",
        "fill me in",
        "fill this in",
        "placeholder",
    ]
    .iter()
    .any(|mark| lower.starts_with(mark))
    {
        return n_words <= 15;
    }
    let whole = lower.trim_end_matches(|c: char| !c.is_alphanumeric());
    if ["to do", "to-do", "xxx", "tk", "fill in", "pending"].contains(&whole) {
        return true;
    }
    let is_bracketed =
        (bare.starts_with('[') && bare.ends_with(']')) || (bare.starts_with('<') && bare.ends_with('>'));
    let asks = ["add ", "describe ", "write ", "insert ", "fill ", "document "]
        .iter()
        .any(|verb| lower.starts_with(verb));
    let marked =
        bare.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "TODO" | "TBD" | "FIXME"));
    (is_bracketed && n_words > 1 && !bare.contains("]("))
        || (asks && n_words <= 10 && whole.ends_with("here"))
        || (marked && n_words <= 8)
}

/// "See there", in so many words.
pub(super) fn points_elsewhere(words: &str) -> bool {
    let lower = words.trim().to_lowercase();
    let begins =
        ["see ", "please see ", "refer to ", "more information", "more info", "for more", "read more"];
    begins.iter().any(|start| lower.starts_with(start)) && lower.split_whitespace().count() <= 20
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_filled_empty_or_a_promise() {
        for (text, is) in [
            ("", Filling::Empty),
            ("\n \n---\n...\n", Filling::Empty),
            ("### Steps\n", Filling::Empty),
            ("<!-- Say what the customer sees. -->", Filling::Empty),
            ("TODO", Filling::Todo),
            ("**TODO**: write this down", Filling::Todo),
            ("- [ ] TBD", Filling::Todo),
            ("_To be written._", Filling::Todo),
            ("### Steps\n\ntodo\n", Filling::Todo),
            ("<!-- TODO -->", Filling::Todo),
            ("```\n# TODO\n```", Filling::Todo),
            ("[describe the impact]", Filling::Todo),
            ("TODO\n\nSee [the other one](https://example.org/x)", Filling::Todo),
            ("This is still a TODO.", Filling::Todo),
            ("See [the other one](https://example.org/x)", Filling::Filled),
            ("Restart it.\n\nTODO", Filling::Filled),
            ("TODO\n\n1. Look at the pool.", Filling::Filled),
            ("To do this, call the provider.", Filling::Filled),
            ("```\nkubectl get pods\n```", Filling::Filled),
            ("| a | b |\n|---|---|\n| lag | high |", Filling::Filled),
            ("![map](map.png)", Filling::Filled),
            ("<details><summary>More</summary>\n\nWords\n\n</details>", Filling::Filled),
            ("None.", Filling::Filled),
            ("Fix rules.", Filling::Filled),
        ] {
            assert_eq!(filling(text), is, "{text:?}");
        }
    }
}
