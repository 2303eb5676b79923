//! Links from one runbook file to another, which lead nowhere once the files
//! are taken in.

/// A text in which a link as a site generator writes it (`{{< ref "a.md" >}}`)
/// is a link as everybody reads it.
pub(super) fn with_plain_links(text: &str) -> String {
    linked(text, |_| None)
}

/// A text whose links between files lead where `resolve` says, by the name of
/// the file without folder and ending. Code is left as it is.
pub fn linked(text: &str, resolve: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_fence = false;
    for line in text.split_inclusive('\n') {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        if is_fence {
            in_fence = !in_fence;
        }
        if in_fence || is_fence || !line.contains("](") {
            out.push_str(line);
        } else {
            relink(line, &resolve, &mut out);
        }
    }
    out
}

fn relink(line: &str, resolve: &impl Fn(&str) -> Option<String>, out: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find("](") {
        let (before, after) = rest.split_at(at + 2);
        out.push_str(before);
        let (target, length) = match shortcode(after) {
            Some((target, length)) => (Some(target), length),
            None => match after.find([')', ' ', '\n']) {
                Some(end) if after[end..].starts_with(')') => (Some(&after[..end]), end),
                _ => (None, 0),
            },
        };
        if let Some(target) = target {
            let found = file_name(target).and_then(resolve);
            out.push_str(found.as_deref().unwrap_or(target));
        }
        rest = &after[length..];
    }
    out.push_str(rest);
}

/// `{{< ref "./A.md" >}}` or `{{% relref "A" %}}`: what it names, and how long
/// it is.
fn shortcode(text: &str) -> Option<(&str, usize)> {
    let length = text.find("}}").filter(|_| text.starts_with("{{"))? + 2;
    let inside = &text[2..length - 2];
    let inside = inside.trim_matches(|c: char| matches!(c, '<' | '>' | '%') || c.is_whitespace());
    let target = inside.strip_prefix("relref").or_else(|| inside.strip_prefix("ref"))?;
    let target = target.trim_matches(|c: char| matches!(c, '"' | '\'' | '`') || c.is_whitespace());
    (!target.is_empty() && !target.contains(char::is_whitespace)).then_some((target, length))
}

/// The name of a Markdown file of the same collection; `None` for any other
/// address.
fn file_name(target: &str) -> Option<&str> {
    if target.contains("://") || target.starts_with(['#', '/']) {
        return None;
    }
    let path = target.split('#').next()?;
    let stem = path.rsplit('/').next()?.strip_suffix(".md")?;
    (!stem.is_empty()).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_files_are_led_elsewhere_and_others_stay() {
        let to_alert = |name: &str| Some(format!("/alerts/{name}"));
        for (text, is) in [
            ("See [A]({{< ref \"./A.md\" >}}).", "See [A](/alerts/A)."),
            ("[A]({{% relref \"x/A.md\" %}}) [B](../B.md#now)", "[A](/alerts/A) [B](/alerts/B)"),
            (
                "[w](https://example.org/A.md) [c](#x) [d](a.png)",
                "[w](https://example.org/A.md) [c](#x) [d](a.png)",
            ),
            ("```\n[A](A.md)\n```\n", "```\n[A](A.md)\n```\n"),
            ("[A](", "[A]("),
            ("[A]({{< ref", "[A]({{< ref"),
        ] {
            assert_eq!(linked(text, to_alert), is);
        }
    }
}
