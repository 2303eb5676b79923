//! One file of a question: front matter, prompt, answer, explanation.

use crate::question::{Key, Level, Question, QuestionId, State};

use super::body::Body;
use super::front_matter::{self, FrontMatter, Split};
use super::place::Faults;

/// What one file says.
#[derive(Default)]
pub(super) struct Reading {
    /// `None` where it is not enough for a question.
    pub(super) written: Option<Written>,
    /// The names of the images, in order and none twice, each with its place.
    pub(super) images: Vec<(String, usize)>,
    pub(super) faults: Faults,
}

/// A question without its name, which is that of the file.
pub(super) struct Written {
    pub(super) front: FrontMatter,
    pub(super) text: String,
    pub(super) key: Key,
    pub(super) explanation: Option<String>,
}

impl Written {
    pub(super) fn named(self, id: QuestionId) -> Question {
        let Written { front, text, key, explanation } = self;
        Question {
            id,
            state: front.state.unwrap_or(State::Ready),
            level: front.level.unwrap_or(Level::ONE),
            critical: front.critical,
            tags: front.tags,
            sources: front.sources,
            reviewed: front.reviewed,
            text,
            key,
            explanation,
        }
    }
}

/// Reads a tidy text, faults and all.
pub(super) fn read(text: &str) -> Reading {
    let mut reading = Reading::default();
    let faults = &mut reading.faults;
    if text.trim().is_empty() {
        faults.error(0, "the file is empty; write a question, or delete it");
        return reading;
    }
    if let Some(at) = text.find('\0') {
        faults.error(at, "the text holds a NUL character; delete it");
    }
    let (front, start) = match front_matter::split(text) {
        Split::Absent => (FrontMatter::default(), 0),
        Split::Between { toml, body } => (front_matter::read(text, toml, faults), body),
        Split::Unclosed { at } => {
            faults.error(at, "the front matter is never closed; write a line `+++` after its last key");
            return reading;
        }
        Split::Yaml { at } => {
            faults.error(at, "front matter is TOML between two lines `+++`, not `---`; change the lines and write `key = value`");
            return reading;
        }
    };
    if text[start..].trim().is_empty() {
        faults.error(text.len(), "nothing follows the front matter; write the question and its answer");
        return reading;
    }
    Body::parse(text, start).read(front, &mut reading);
    reading
}
