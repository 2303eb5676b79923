//! The lines between `+++` and `+++` at the head of a question.

use std::ops::Range;

use chrono::NaiveDate;

use crate::question::{Kind, Level, State};

use super::entries::{Entry, entries};
use super::place::{Faults, quoted};

const FENCE: &str = "+++";
const KEYS: &str = "level, critical, tags, sources, reviewed, state, kind or case_sensitive";

/// What the front matter says; `None` where it says nothing.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    pub(super) level: Option<Level>,
    pub(super) critical: bool,
    pub(super) tags: Vec<String>,
    pub(super) sources: Vec<String>,
    pub(super) reviewed: Option<NaiveDate>,
    pub(super) state: Option<State>,
    /// With its place, for a body of another kind.
    pub(super) kind: Option<(Kind, usize)>,
    /// With its place, for a body that is no short text.
    pub(super) case_sensitive: Option<(bool, usize)>,
}

/// Where the front matter stands, and where the body begins.
#[derive(Debug, PartialEq)]
pub(super) enum Split {
    /// No front matter: everything is body.
    Absent,
    Between {
        toml: Range<usize>,
        body: usize,
    },
    Unclosed {
        at: usize,
    },
    /// Begun with `---`, as in other tools.
    Yaml {
        at: usize,
    },
}

pub(super) fn split(text: &str) -> Split {
    let mut lines = lines(text).skip_while(|line| text[line.clone()].trim().is_empty());
    let Some(first) = lines.next() else {
        return Split::Absent;
    };
    match text[first.clone()].trim_end() {
        FENCE => {}
        "---" => return Split::Yaml { at: first.start },
        _ => return Split::Absent,
    }
    match lines.find(|line| text[line.clone()].trim_end() == FENCE) {
        Some(last) => Split::Between { toml: first.end..last.start, body: last.end },
        None => Split::Unclosed { at: first.start },
    }
}

/// The places of the lines, each with its line end.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some(start..*at)
    })
}

pub(super) fn read(text: &str, toml: Range<usize>, faults: &mut Faults) -> FrontMatter {
    let mut front = FrontMatter::default();
    for entry in entries(text, toml, faults) {
        front.take(&entry, faults);
    }
    front
}

impl FrontMatter {
    fn take(&mut self, entry: &Entry<'_>, faults: &mut Faults) {
        match entry.key.as_str() {
            "level" => self.level = level(entry, faults),
            "critical" => self.critical = entry.truth(faults).unwrap_or_default(),
            "tags" => self.tags = entry.texts(faults),
            "sources" => self.sources = entry.texts(faults),
            "reviewed" => self.reviewed = day(entry, faults),
            "state" => self.state = state(entry, faults),
            "kind" => self.kind = kind(entry, faults).map(|kind| (kind, entry.value_at)),
            "case_sensitive" => {
                self.case_sensitive = entry.truth(faults).map(|truth| (truth, entry.key_at));
            }
            unknown => {
                let what = format!("unknown key {}; write {KEYS}, or delete the line", quoted(unknown));
                faults.error(entry.key_at, what);
            }
        }
    }
}

fn level(entry: &Entry<'_>, faults: &mut Faults) -> Option<Level> {
    let level = entry.small_number().and_then(|n| Level::try_from(n).ok());
    if level.is_none() {
        entry.refuse("1, 2 or 3", faults);
    }
    level
}

fn day(entry: &Entry<'_>, faults: &mut Faults) -> Option<NaiveDate> {
    let day = entry
        .date_text()
        .filter(|text| text.len() == "2026-11-20".len())
        .and_then(|text| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok());
    if day.is_none() {
        entry.refuse("a day, such as \"2026-11-20\"", faults);
    }
    day
}

fn state(entry: &Entry<'_>, faults: &mut Faults) -> Option<State> {
    let text = entry.text(faults)?;
    let state = text.parse().ok();
    if state.is_none() {
        entry.refuse("\"draft\", \"ready\" or \"outdated\"", faults);
    }
    state
}

fn kind(entry: &Entry<'_>, faults: &mut Faults) -> Option<Kind> {
    let text = entry.text(faults)?;
    let kind = Kind::parse(&text);
    if kind.is_none() {
        let kinds = Kind::ALL.map(Kind::as_str).join(", ");
        entry.refuse(&format!("one of {kinds}, or delete the line"), faults);
    }
    kind
}
