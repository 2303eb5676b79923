//! What a question rests on: a section of a runbook, an alert, an incident, a
//! postmortem, an address on the web.
//!
//! A source is a link both ways. When it changes, the questions that rest on it
//! ask to be checked.

use crate::words::one_line;
use std::fmt;

use crate::{incident, postmortem};

/// A source, as it stands in the front matter of a question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// `runbook:orders-db#replication`; without a section all of it.
    Runbook { service: String, section: Option<String> },
    /// `alert:PostgresReplicationLagHigh`
    Alert(String),
    /// `incident:INC-12`
    Incident(incident::Number),
    /// `postmortem:PM-3`
    Postmortem(postmortem::Number),
    /// `https://…`
    Url(String),
    /// Words of its author, which lead nowhere.
    Words(String),
}

impl Source {
    /// What a text names; every text names something.
    pub fn parse(text: &str) -> Source {
        let text = text.trim();
        let read = || match text.split_once(':')? {
            ("runbook", rest) => {
                let (service, section) = match rest.split_once('#') {
                    Some((service, section)) => {
                        (service, Some(anchor(section)).filter(|slug| !slug.is_empty()))
                    }
                    None => (rest, None),
                };
                let service = service.trim().to_lowercase();
                (!service.is_empty()).then_some(Source::Runbook { service, section })
            }
            ("alert", name) if !name.trim().is_empty() => Some(Source::Alert(name.trim().to_owned())),
            ("incident", number) => number.trim().parse().ok().map(Source::Incident),
            ("postmortem", number) => number.trim().parse().ok().map(Source::Postmortem),
            ("http" | "https", rest) if rest.starts_with("//") => Some(Source::Url(text.to_owned())),
            _ => None,
        };
        read().unwrap_or_else(|| Source::Words(text.to_owned()))
    }

    /// Where it is read, within the platform or outside of it.
    pub fn address(&self, circle: &str) -> Option<String> {
        match self {
            Source::Runbook { service, section } => {
                let anchor = section.as_deref().map(|section| format!("#at-{section}")).unwrap_or_default();
                is_plain(service).then(|| format!("/circles/{circle}/services/{service}/runbook{anchor}"))
            }
            Source::Alert(name) => Some(format!("/alerts/{}", encoded(name))),
            Source::Incident(number) => Some(format!("/circles/{circle}/incidents/{number}")),
            Source::Postmortem(number) => Some(format!("/circles/{circle}/postmortems/{number}")),
            Source::Url(url) => Some(url.clone()),
            Source::Words(_) => None,
        }
    }

    /// Whether a question that rests on this has to do with another source: the
    /// same thing, the whole of it, or a part of it.
    pub fn is_touched_by(&self, changed: &Source) -> bool {
        match (self, changed) {
            (
                Source::Runbook { service, section },
                Source::Runbook { service: changed, section: changed_section },
            ) => {
                service == changed
                    && (section.is_none() || changed_section.is_none() || section == changed_section)
            }
            (one, other) => one == other,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Runbook { service, section: None } => write!(f, "runbook:{service}"),
            Source::Runbook { service, section: Some(section) } => write!(f, "runbook:{service}#{section}"),
            Source::Alert(name) => write!(f, "alert:{name}"),
            Source::Incident(number) => write!(f, "incident:{number}"),
            Source::Postmortem(number) => write!(f, "postmortem:{number}"),
            Source::Url(text) | Source::Words(text) => f.write_str(text),
        }
    }
}

/// "Incident workflow" as it stands in an address.
pub fn anchor(section: &str) -> String {
    let words = section.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// What stands under each heading of a text, by the heading as it stands in an
/// address; what is below a heading belongs to it.
pub fn headings(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<(usize, usize, String)> = Vec::new();
    let mut fence: Option<&str> = None;
    for (n, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        let level = line.bytes().take_while(|&b| b == b'#').count();
        if fence.is_none() && (1..=6).contains(&level) && line[level..].starts_with(' ') {
            found.push((n, level, anchor(&line[level..])));
        }
    }
    let end = |place: usize, level: usize| {
        found[place + 1..].iter().find(|(_, next, _)| *next <= level).map_or(lines.len(), |(n, ..)| *n)
    };
    found
        .iter()
        .enumerate()
        .take(500)
        .filter(|(_, (.., slug))| !slug.is_empty())
        .map(|(place, (n, level, slug))| {
            (slug.clone(), lines[n + 1..end(place, *level)].join("\n").trim().to_owned())
        })
        .collect()
}

fn is_plain(service: &str) -> bool {
    service.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn encoded(name: &str) -> String {
    let is_safe = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    name.bytes().map(|b| if is_safe(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// The text of a question that is still to be written: it is in order as a file
/// of a bank, and says what belongs where.
pub fn draft(source: &Source, about: &str, learned: &str) -> String {
    let about = one_line(about);
    let quoted = toml_text(&source.to_string());
    let mut text = format!(
        "+++\nlevel = 2\nstate = \"draft\"\nsources = [{quoted}]\n+++\n{about}. What do you look at first?\n\n"
    );
    text.push_str("- [x] What was right, in a few words\n  > Why it is right.\n");
    text.push_str("- [ ] What one would think of first\n  > Why it does not help.\n");
    text.push_str("- [ ] What made it worse\n");
    let learned: Vec<&str> =
        learned.lines().map(str::trim).filter(|line| !line.is_empty()).take(12).collect();
    let learned = if learned.is_empty() { vec!["What we learned."] } else { learned };
    text.push('\n');
    for line in learned {
        let words = line.trim_start_matches(['>', '#', '-', '*', ' ']).chars().take(400).collect::<String>();
        text.push_str("> ");
        text.push_str(&words);
        text.push('\n');
    }
    text
}

/// A text in quotes, as TOML has it.
fn toml_text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The text of a question with this state in its front matter.
pub fn with_state(text: &str, state: &str) -> String {
    let line = format!("state = \"{state}\"");
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|line| !line.trim().is_empty());
    let Some(first) = first.filter(|first| lines[*first].trim_end() == "+++") else {
        return format!("+++\n{line}\n+++\n{text}");
    };
    let mut changed: Vec<&str> = Vec::with_capacity(lines.len() + 1);
    let mut is_said = false;
    let mut in_front = true;
    for (n, written) in lines.iter().enumerate() {
        let is_end = n > first && in_front && written.trim_end() == "+++";
        if is_end {
            if !is_said {
                changed.push(&line);
            }
            in_front = false;
        }
        let key = written.split('=').next().unwrap_or_default().trim();
        if in_front && n > first && key == "state" && written.contains('=') {
            is_said = true;
            changed.push(&line);
        } else {
            changed.push(written);
        }
    }
    let mut changed = changed.join("\n");
    if text.ends_with('\n') {
        changed.push('\n');
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::{QuestionId, State};

    fn runbook(service: &str, section: Option<&str>) -> Source {
        Source::Runbook { service: service.to_owned(), section: section.map(str::to_owned) }
    }

    #[test]
    fn a_source_is_read_and_leads_somewhere() {
        for (text, source, address) in [
            (
                "runbook:orders-db#replication",
                runbook("orders-db", Some("replication")),
                Some("/circles/c/services/orders-db/runbook#at-replication"),
            ),
            (
                "runbook:orders-db#Incident workflow",
                runbook("orders-db", Some("incident-workflow")),
                Some("/circles/c/services/orders-db/runbook#at-incident-workflow"),
            ),
            ("runbook:orders-db", runbook("orders-db", None), Some("/circles/c/services/orders-db/runbook")),
            ("alert:Lag High", Source::Alert("Lag High".to_owned()), Some("/alerts/Lag%20High")),
            ("incident:INC-12", Source::Incident(incident::Number(12)), Some("/circles/c/incidents/INC-12")),
            (
                "postmortem:PM-3",
                Source::Postmortem(postmortem::Number(3)),
                Some("/circles/c/postmortems/PM-3"),
            ),
            (
                "https://x.example/y",
                Source::Url("https://x.example/y".to_owned()),
                Some("https://x.example/y"),
            ),
            ("javascript:alert(1)", Source::Words("javascript:alert(1)".to_owned()), None),
            ("postmortem:3", Source::Words("postmortem:3".to_owned()), None),
            ("the wiki", Source::Words("the wiki".to_owned()), None),
        ] {
            assert_eq!(Source::parse(text), source, "{text}");
            assert_eq!(source.address("c").as_deref(), address, "{text}");
            assert_eq!(Source::parse(&source.to_string()), source, "{text}");
        }
    }

    #[test]
    fn a_source_has_to_do_with_the_same_thing_the_whole_and_the_part() {
        let section = Source::parse("runbook:db#alerts");
        let whole = Source::parse("runbook:db");

        assert!(
            section.is_touched_by(&section) && section.is_touched_by(&whole) && whole.is_touched_by(&section)
        );
        assert!(!section.is_touched_by(&Source::parse("runbook:db#doc")));
        assert!(!section.is_touched_by(&Source::parse("runbook:other#alerts")));
        assert!(Source::parse("alert:A").is_touched_by(&Source::parse("alert:A")));
        assert!(!Source::parse("alert:A").is_touched_by(&Source::parse("alert:B")));
    }

    #[test]
    fn what_stands_under_a_heading_belongs_to_it_and_code_has_none() {
        let text = "# DB\na\n## Fail over\nb\n```\n# no\n```\n### Deep\nc\n## Doc\nd\n";
        let found = headings(text);

        let slugs: Vec<&str> = found.iter().map(|(slug, _)| slug.as_str()).collect();
        assert_eq!(slugs, ["db", "fail-over", "deep", "doc"]);
        assert_eq!(found[1].1, "b\n```\n# no\n```\n### Deep\nc");
        assert_eq!(found[3].1, "d");
    }

    #[test]
    fn a_draft_is_in_order_as_a_file_of_a_bank() {
        let id: QuestionId = "db/process/x".parse().unwrap();
        for (about, learned) in [
            ("The pool was empty", "# The pool\n- is small\n> and old"),
            ("\"x\" \\ \n y", ""),
            ("+++", "+++"),
        ] {
            let text = draft(&Source::parse("postmortem:PM-3"), about, learned);
            let question = crate::bank::parse(&id, &text).unwrap_or_else(|why| panic!("{why:?}\n{text}"));

            assert_eq!(question.state, State::Draft);
            assert_eq!(question.sources, ["postmortem:PM-3"]);
        }
    }

    #[test]
    fn a_state_is_written_into_the_front_matter() {
        assert_eq!(
            with_state("+++\nlevel = 1\n+++\nA\n", "outdated"),
            "+++\nlevel = 1\nstate = \"outdated\"\n+++\nA\n"
        );
        assert_eq!(
            with_state("+++\nstate = \"ready\"\nlevel = 1\n+++\nstate = 1\n", "outdated"),
            "+++\nstate = \"outdated\"\nlevel = 1\n+++\nstate = 1\n"
        );
        assert_eq!(with_state("A\n", "ready"), "+++\nstate = \"ready\"\n+++\nA\n");
    }
}
