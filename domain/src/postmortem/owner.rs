//! Whose an action is and until when, as its line says it.

use chrono::NaiveDate;

use super::dates::find_from;

const OWNER: [&str; 15] = [
    "owner",
    "owners",
    "assignee",
    "assignees",
    "assigned to",
    "assigned",
    "responsible",
    "dri",
    "who",
    "lead",
    "poc",
    "pic",
    "accountable",
    "by whom",
    "owned by",
];

const DUE: [&str; 14] = [
    "due date",
    "due by",
    "due on",
    "due",
    "deadline",
    "eta",
    "target date",
    "target",
    "by when",
    "complete by",
    "finish by",
    "done by",
    "expected by",
    "when",
];

/// What a line says beside what is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub text: String,
    pub owner: Option<String>,
    /// A day as YYYY-MM-DD, or else the words.
    pub due: Option<String>,
}

/// Takes owner and date out of the words of an action.
pub(super) fn read(text: &str, base: Option<NaiveDate>) -> Said {
    let mut said = Said::default();
    let mut cut = text.len();
    for (labels, is_owner) in [(&OWNER[..], true), (&DUE[..], false)] {
        let Some((at, value)) = labelled(text, labels) else { continue };
        let value = until_next_label(value);
        if is_owner {
            said.owner = somebody(value);
        } else {
            said.due = due(value, base);
        }
        cut = cut.min(at);
    }
    let rest = match cut < text.len() {
        true => text[..cut].trim_end_matches(|c: char| c.is_whitespace() || "([{-–—|,;:".contains(c)),
        false => text,
    };
    let rest = if rest.is_empty() { text } else { rest };
    if said.owner.is_none() && cut == text.len() {
        said.owner = mentioned(rest);
    }
    if said.due.is_none() {
        said.due = by_a_day(rest, base);
    }
    if let Some((before, owner, day)) = in_brackets(rest, base).filter(|_| said.due.is_none()) {
        said.owner = said.owner.or(owner);
        said.due = Some(day);
        said.text = unmarked(before).to_owned();
        return said;
    }
    said.text = unmarked(rest).to_owned();
    said
}

/// A cell or a value that names somebody.
pub(super) fn somebody(value: &str) -> Option<String> {
    let value = value.trim().trim_matches(|c: char| c.is_whitespace() || ".,;:()[]{}|".contains(c));
    let lower = value.to_lowercase();
    let nobody = [
        "",
        "-",
        "--",
        "–",
        "—",
        "?",
        "??",
        "tbd",
        "tba",
        "none",
        "n/a",
        "na",
        "nobody",
        "no one",
        "unassigned",
        "unknown",
        "todo",
        "to be determined",
        "to be decided",
        "to be assigned",
        "name",
        "owner",
        "xxx",
        "…",
        "...",
        "@",
        "pending",
    ];
    let is_placeholder = value.starts_with('<') && value.ends_with('>') && !value.contains("://");
    (!nobody.contains(&lower.as_str()) && !is_placeholder && value.chars().any(char::is_alphanumeric))
        .then(|| value.chars().take(120).collect())
}

/// A cell or a value that says until when.
pub(super) fn due(value: &str, base: Option<NaiveDate>) -> Option<String> {
    find_from(value, base).map(|day| day.to_string()).or_else(|| somebody(value))
}

/// The first of these labels that is followed by a colon, and what follows it.
/// The place is where the label, or the bracket before it, begins.
fn labelled<'t>(text: &'t str, labels: &[&str]) -> Option<(usize, &'t str)> {
    let lower = text.to_ascii_lowercase();
    let found = labels.iter().filter_map(|label| {
        let mut from = 0;
        while let Some(at) = lower[from..].find(label).map(|at| at + from) {
            let end = at + label.len();
            let is_word = !lower[..at].ends_with(|c: char| c.is_alphanumeric());
            let rest = lower[end..].trim_start_matches(['(', ')', 's']).trim_start();
            let has_colon = rest.starts_with([':', '=']) || rest.starts_with("- ");
            if is_word && has_colon {
                let skipped = lower.len() - rest.len() + 1;
                return Some((at, &text[skipped..]));
            }
            // "due 2026-12-05" needs no colon.
            let has_day = DUE.contains(label) && rest.starts_with(|c: char| c.is_ascii_digit());
            let is_after_comma = lower[..at].trim_end().ends_with([',', '(', ';', '[']);
            if is_word && has_day && is_after_comma {
                return Some((at, &text[lower.len() - rest.len()..]));
            }
            from = end;
        }
        None
    });
    found.min_by_key(|(at, _)| *at)
}

/// A value ends where the next label, a bracket or a sentence begins.
fn until_next_label(value: &str) -> &str {
    let mut end = value.find([';', ')', ']', '|', '}']).unwrap_or(value.len());
    if let Some(at) = value.find(". ") {
        end = end.min(at);
    }
    for labels in
        [&OWNER[..], &DUE[..], &["status", "ticket", "priority", "issue", "jira", "type", "state"][..]]
    {
        if let Some((at, _)) = labelled(value, labels).filter(|(at, _)| *at > 0) {
            end = end.min(at);
        }
    }
    value[..end].trim().trim_end_matches([',', '.', '-', '–', '—', '(', '[']).trim()
}

/// Handles at the very beginning or the very end: in the middle they are
/// people who are spoken of.
fn mentioned(text: &str) -> Option<String> {
    let handle = |word: &str| {
        let word = word.trim_matches(|c: char| "()[]{},.;:-–—/".contains(c));
        let name = word.strip_prefix('@')?;
        let is_name = !name.is_empty()
            && name.len() <= 60
            && name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
        is_name.then(|| word.to_owned())
    };
    let is_joint = |word: &str| matches!(word, "and" | "&" | "-" | "–" | "—" | "/" | "+" | ",");
    let words: Vec<&str> = text.split_whitespace().collect();
    let run = |words: &mut dyn Iterator<Item = &&str>| -> Vec<String> {
        let mut found = Vec::new();
        for word in words {
            match handle(word) {
                Some(name) => found.push(name),
                None if is_joint(word) => {}
                None => break,
            }
        }
        found
    };
    let mut found = run(&mut words.iter());
    if found.is_empty() {
        found = run(&mut words.iter().rev());
        found.reverse();
    }
    (!found.is_empty() && found.len() < words.len()).then(|| found.join(", "))
}

/// "(@bo, 2026-03-02)" at the end: somebody and a day. What stands before it,
/// who, and when.
fn in_brackets(text: &str, base: Option<NaiveDate>) -> Option<(&str, Option<String>, String)> {
    let (before, inner) = text.trim_end().strip_suffix([')', ']'])?.rsplit_once(['(', '['])?;
    let (mut owner, mut day) = (None, None);
    for part in inner.split([',', ';']).map(str::trim) {
        let is_day = part.starts_with(|c: char| c.is_ascii_digit());
        match find_from(part, base).filter(|_| is_day) {
            Some(found) if day.is_none() => day = Some(found.to_string()),
            _ if owner.is_none() && part.starts_with('@') => owner = somebody(part),
            _ => return None,
        }
    }
    Some((before.trim_end(), owner, day?))
}

/// "by 2 March 2026", "before 2026-03-02"
fn by_a_day(text: &str, base: Option<NaiveDate>) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = None;
    for (n, word) in words.iter().enumerate() {
        let word = word.trim_start_matches(['(', '[']).to_lowercase();
        if !["by", "before", "until"].contains(&word.as_str()) {
            continue;
        }
        let next = words[n + 1..words.len().min(n + 5)].join(" ");
        let first = next.split(' ').next().unwrap_or_default();
        let is_day = first.starts_with(|c: char| c.is_ascii_digit()) || super::dates::is_month(first);
        if is_day {
            found = find_from(&next, base).map(|day| day.to_string()).or(found);
        }
    }
    found
}

/// Without the sign that says it is done.
fn unmarked(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "✅☑✔❌✓🚧⏳\u{fe0f}".contains(c));
    text.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (String, Option<String>, Option<String>) {
        let base = "2026-11-20".parse().ok();
        let said = read(text, base);
        (said.text, said.owner, said.due)
    }

    #[test]
    fn owner_and_date_are_read_where_a_line_says_them() {
        let s = |text: &str| Some(text.to_owned());
        for (line, text, owner, due) in [
            ("Add an alarm. Owner: @bo", "Add an alarm.", s("@bo"), None),
            ("Add an alarm (Owner: Bo Berg, due: 2026-12-01)", "Add an alarm", s("Bo Berg"), s("2026-12-01")),
            ("Add an alarm – due 3 Dec – owner: Bo", "Add an alarm – due 3 Dec", s("Bo"), None),
            ("Add an alarm [Assignee: Bo; Deadline: Dec 3rd]", "Add an alarm", s("Bo"), s("2026-12-03")),
            ("Add an alarm by 3 December 2026", "Add an alarm by 3 December 2026", None, s("2026-12-03")),
            ("Add an alarm, ETA: Q1 2027", "Add an alarm", None, s("Q1 2027")),
            ("@bo: add an alarm", "@bo: add an alarm", s("@bo"), None),
            ("Add an alarm (@bo and @cy)", "Add an alarm (@bo and @cy)", s("@bo, @cy"), None),
            ("Ask @bo for an alarm", "Ask @bo for an alarm", None, None),
            ("Add an alarm. Owner: TBD", "Add an alarm.", None, None),
            ("✅ Add an alarm for the owner service", "Add an alarm for the owner service", None, None),
            ("Update @posthog/ai@7.1.2", "Update @posthog/ai@7.1.2", None, None),
            ("Add an alarm (owner: Ada, due 2026-12-05)", "Add an alarm", s("Ada"), s("2026-12-05")),
            ("Add an alarm (@bo, 2026-12-05)", "Add an alarm", s("@bo"), s("2026-12-05")),
            ("Add an alarm (see 2026-12-05)", "Add an alarm (see 2026-12-05)", None, None),
        ] {
            assert_eq!(of(line), (text.to_owned(), owner, due), "{line}");
        }
    }

    #[test]
    fn nobody_is_no_owner() {
        for nobody in ["", " - ", "TBD", "n/a", "<name>", "???"] {
            assert_eq!(somebody(nobody), None, "{nobody}");
        }
    }
}
