//! A file that does nothing but send the reader elsewhere.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::headings::OPTIONS;
use super::links::with_plain_links;

/// Where the text leads, if a link is all that it says. `body` is the text
/// without front matter and title.
pub(super) fn redirect(body: &str) -> Option<String> {
    let body = body.trim();
    if body.is_empty() || body.len() > 600 {
        return None;
    }
    if let Some(target) = refresh(body) {
        return Some(target);
    }
    // What a symbolic link leaves behind where there are none.
    if !body.contains(char::is_whitespace) && body.ends_with(".md") && !body.contains(['(', '[', '<']) {
        return Some(body.to_owned());
    }
    let text = with_plain_links(body);
    let mut target: Option<String> = None;
    let (mut n_links, mut n_blocks, mut depth) = (0, 0, 0);
    let mut words = String::new();
    for event in Parser::new_ext(&text, OPTIONS) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                n_links += 1;
                depth += 1;
                target = Some(dest_url.into_string());
            }
            Event::End(TagEnd::Link) => depth -= 1,
            Event::Start(Tag::Paragraph | Tag::Item) => n_blocks += 1,
            Event::Start(Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::Table(_) | Tag::Image { .. }) => {
                return None;
            }
            Event::Text(said) | Event::Code(said) if depth == 0 => words.push_str(&said),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    if n_links == 0 {
        let bare =
            words.split_whitespace().find(|word| word.starts_with("https://") || word.starts_with("http://"));
        let bare = bare.map(|word| word.trim_end_matches(['.', ',', ')']).to_owned())?;
        words = words.replace(&bare, " ");
        target = Some(bare);
    }
    let is_alone = n_links <= 1 && n_blocks <= 2;
    target.filter(|target| is_alone && !target.is_empty() && is_pointing(&words))
}

/// Whether the words around a link only point at it.
fn is_pointing(words: &str) -> bool {
    const POINTING: [&str; 51] = [
        "see",
        "please",
        "refer",
        "to",
        "the",
        "this",
        "runbook",
        "alert",
        "page",
        "document",
        "file",
        "has",
        "have",
        "is",
        "was",
        "been",
        "moved",
        "now",
        "at",
        "in",
        "here",
        "redirect",
        "redirects",
        "redirected",
        "merged",
        "into",
        "replaced",
        "by",
        "superseded",
        "same",
        "as",
        "duplicate",
        "of",
        "use",
        "follow",
        "go",
        "instead",
        "for",
        "it",
        "lives",
        "under",
        "be",
        "found",
        "can",
        "you",
        "steps",
        "mitigation",
        "its",
        "new",
        "location",
        "covered",
    ];
    let cleaned: String =
        words.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = cleaned.split_whitespace().collect();
    words.len() <= 14 && words.iter().all(|word| POINTING.contains(word))
}

/// `<meta http-equiv="refresh" content="0; url=…">`
fn refresh(body: &str) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    let tag = lower.find("http-equiv")?;
    let at = tag + lower[tag..].find("url=")? + 4;
    let target = body[at..].trim_start_matches(['\'', '"']);
    let end = target.find(['"', '\'', '>', ' ']).unwrap_or(target.len());
    (end > 0).then(|| target[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_only_points_elsewhere_is_a_redirect() {
        for (body, target) in [
            ("See [Pool full]({{< ref \"./PoolFull.md\" >}})", Some("./PoolFull.md")),
            ("See [Pool full](PoolFull.md).", Some("PoolFull.md")),
            ("This runbook has moved to <https://example.org/x>.", Some("https://example.org/x")),
            ("Moved to https://example.org/x", Some("https://example.org/x")),
            ("[Pool full](PoolFull.md)", Some("PoolFull.md")),
            ("../shared/PoolFull.md", Some("../shared/PoolFull.md")),
            ("<meta http-equiv=\"refresh\" content=\"0; url=/pool-full\">", Some("/pool-full")),
            ("More information in the [blog](https://example.org/x)", None),
            ("See [a](a.md) and [b](b.md)", None),
            ("Restart it, see [a](a.md)", None),
            ("## Impact\n\nSee [a](a.md)", None),
            ("", None),
            ("Words.", None),
        ] {
            assert_eq!(redirect(body).as_deref(), target, "{body}");
        }
    }
}
