//! What a question is: its identity, its content, its key.
//!
//! How a question is written down is told in [`crate::bank`]; what an answer
//! to it earns, in [`crate::marking`].

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A question as its author wrote it, answer key and all.
///
/// Not `Serialize`, on purpose: a server function cannot send it to a browser.
/// A taker is sent [`Question::prompt`].
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub id: QuestionId,
    pub state: State,
    pub level: Level,
    /// A pass needs full marks on every critical question that was drawn.
    pub critical: bool,
    pub tags: Vec<String>,
    /// What the question rests on: `runbook:orders-db#replication`, a URL.
    pub sources: Vec<String>,
    pub reviewed: Option<NaiveDate>,
    /// What a taker reads, in Markdown.
    pub text: String,
    pub key: Key,
    /// Why the right answer is right, in Markdown.
    pub explanation: Option<String>,
}

impl Question {
    pub fn kind(&self) -> Kind {
        match self.key {
            Key::Single { .. } => Kind::Single,
            Key::Multiple { .. } => Kind::Multiple,
            Key::Ordering { .. } => Kind::Ordering,
            Key::Matching { .. } => Kind::Matching,
            Key::Numeric(_) => Kind::Numeric,
            Key::Short { .. } => Kind::Short,
            Key::Open { .. } => Kind::Open,
        }
    }

    /// How many things a shuffle puts in another order: choices, steps, or the
    /// right-hand sides of pairs. Nought for typed answers.
    pub fn n_shuffled(&self) -> u8 {
        let n = match &self.key {
            Key::Single { choices } | Key::Multiple { choices } => choices.len(),
            Key::Ordering { steps } => steps.len(),
            Key::Matching { pairs, .. } => pairs.len(),
            Key::Numeric(_) | Key::Short { .. } | Key::Open { .. } => 0,
        };
        u8::try_from(n).expect("the parser refuses more than 20 choices")
    }

    /// Whether the part that a taker sees from the start names an image.
    pub fn prompt_shows(&self, image: &str) -> bool {
        let asked: Vec<&str> = match &self.key {
            Key::Single { choices } | Key::Multiple { choices } => {
                choices.iter().map(|choice| choice.text.as_str()).collect()
            }
            Key::Ordering { steps } => steps.iter().map(String::as_str).collect(),
            Key::Matching { pairs, .. } => {
                pairs.iter().flat_map(|pair| [pair.left.as_str(), pair.right.as_str()]).collect()
            }
            Key::Numeric(_) | Key::Short { .. } | Key::Open { .. } => Vec::new(),
        };
        std::iter::once(self.text.as_str()).chain(asked).any(|text| text.contains(image))
    }

    /// What a taker may see, with everything shuffled into `order`: the thing
    /// shown at place `p` is the one written at place `order[p]`.
    pub fn prompt(&self, order: &[u8]) -> Prompt {
        let shuffled =
            |written: &dyn Fn(usize) -> String| order.iter().map(|&i| written(usize::from(i))).collect();
        let ask = match &self.key {
            Key::Single { choices } => Ask::Single { choices: shuffled(&|i| choices[i].text.clone()) },
            Key::Multiple { choices } => Ask::Multiple { choices: shuffled(&|i| choices[i].text.clone()) },
            Key::Ordering { steps } => Ask::Ordering { steps: shuffled(&|i| steps[i].clone()) },
            Key::Matching { pairs, headings } => Ask::Matching {
                headings: headings.clone(),
                left: pairs.iter().map(|pair| pair.left.clone()).collect(),
                right: shuffled(&|i| pairs[i].right.clone()),
            },
            Key::Numeric(number) => Ask::Numeric { unit: number.unit.clone() },
            Key::Short { .. } => Ask::Short,
            Key::Open { .. } => Ask::Open,
        };
        Prompt { text: self.text.clone(), ask }
    }
}

/// The part of a question that a taker may see. It holds no key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    /// Markdown.
    pub text: String,
    pub ask: Ask,
}

/// What a taker is asked to do, by kind; every text is inline Markdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    Single { choices: Vec<String> },
    Multiple { choices: Vec<String> },
    Ordering { steps: Vec<String> },
    Matching { headings: (String, String), left: Vec<String>, right: Vec<String> },
    Numeric { unit: Option<String> },
    Short,
    Open,
}

impl Ask {
    pub fn kind(&self) -> Kind {
        match self {
            Ask::Single { .. } => Kind::Single,
            Ask::Multiple { .. } => Kind::Multiple,
            Ask::Ordering { .. } => Kind::Ordering,
            Ask::Matching { .. } => Kind::Matching,
            Ask::Numeric { .. } => Kind::Numeric,
            Ask::Short => Kind::Short,
            Ask::Open => Kind::Open,
        }
    }

    /// How many places there are to choose from, put in order, or pair.
    pub fn n_places(&self) -> usize {
        match self {
            Ask::Single { choices } | Ask::Multiple { choices } => choices.len(),
            Ask::Ordering { steps } => steps.len(),
            Ask::Matching { right, .. } => right.len(),
            Ask::Numeric { .. } | Ask::Short | Ask::Open => 0,
        }
    }
}

/// What is right. It never leaves the server before the answers may be seen.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// Exactly one choice is right.
    Single {
        choices: Vec<Choice>,
    },
    /// At least one choice is right, and none that is not.
    Multiple {
        choices: Vec<Choice>,
    },
    /// The steps in the order they are written in.
    Ordering {
        steps: Vec<String>,
    },
    /// Each left side with the right side of its own row.
    Matching {
        headings: (String, String),
        pairs: Vec<Pair>,
    },
    Numeric(Number),
    /// Any of these patterns; `*` in a pattern stands for anything.
    Short {
        accepted: Vec<String>,
        case_sensitive: bool,
    },
    /// What a leader looks for in a free text. Never empty.
    Open {
        rubric: Vec<RubricLine>,
    },
}

/// The most lines of one rubric.
pub const RUBRIC_LIMIT: usize = 12;

/// The most points of one line.
pub const POINTS_LIMIT: u8 = 10;

/// One thing that earns points in an answer to an open question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RubricLine {
    /// From 1 to [`POINTS_LIMIT`].
    pub points: u8,
    /// Inline Markdown: "names the on-call DBA before restarting".
    pub text: String,
}

/// One choice of a single or multiple choice question.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Markdown.
    pub text: String,
    pub is_right: bool,
    /// Shown beside the choice once answers may be seen, in Markdown.
    pub feedback: Option<String>,
}

/// One row of a matching question.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    pub left: String,
    pub right: String,
}

/// The numbers that are right, both ends included.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    pub low: f64,
    pub high: f64,
    pub unit: Option<String>,
    /// As the author wrote it: `30 ± 5 s`.
    pub written: String,
}

/// The kinds of question. Only parsing, showing, answering and marking ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Single,
    Multiple,
    Ordering,
    Matching,
    Numeric,
    Short,
    Open,
}

impl Kind {
    pub const ALL: [Kind; 7] = [
        Kind::Single,
        Kind::Multiple,
        Kind::Ordering,
        Kind::Matching,
        Kind::Numeric,
        Kind::Short,
        Kind::Open,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Single => "single",
            Kind::Multiple => "multiple",
            Kind::Ordering => "ordering",
            Kind::Matching => "matching",
            Kind::Numeric => "numeric",
            Kind::Short => "short",
            Kind::Open => "open",
        }
    }

    /// As it stands in front matter, in forms and in the store.
    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a question is about. The list is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    Process,
    Architecture,
    Troubleshooting,
    Monitoring,
}

impl Topic {
    pub const ALL: [Topic; 4] =
        [Topic::Process, Topic::Architecture, Topic::Troubleshooting, Topic::Monitoring];

    /// As it stands in paths and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Process => "process",
            Topic::Architecture => "architecture",
            Topic::Troubleshooting => "troubleshooting",
            Topic::Monitoring => "monitoring",
        }
    }

    /// As a person reads it at the head of a column.
    pub fn title(self) -> &'static str {
        match self {
            Topic::Process => "Process",
            Topic::Architecture => "Architecture",
            Topic::Troubleshooting => "Troubleshooting",
            Topic::Monitoring => "Monitoring",
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Topic, UnknownTopic> {
        Topic::ALL.into_iter().find(|topic| topic.as_str() == text).ok_or(UnknownTopic)
    }
}

/// The text names none of the four topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the topic is one of process, architecture, troubleshooting, monitoring")]
pub struct UnknownTopic;

/// Only ready questions are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Draft,
    Ready,
    Outdated,
}

impl State {
    pub const ALL: [State; 3] = [State::Draft, State::Ready, State::Outdated];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Ready => "ready",
            State::Outdated => "outdated",
        }
    }
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<State, UnknownState> {
        State::ALL.into_iter().find(|state| state.as_str() == text).ok_or(UnknownState)
    }
}

/// The text names no state of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the state is one of draft, ready, outdated")]
pub struct UnknownState;

/// How hard a question is meant to be: 1 (everyone on call), 2, or 3 (expert).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    pub const ONE: Level = Level(1);
    pub const ALL: [Level; 3] = [Level(1), Level(2), Level(3)];

    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Level {
    type Error = LevelOutOfRange;

    fn try_from(n: u8) -> Result<Level, LevelOutOfRange> {
        if (1..=3).contains(&n) { Ok(Level(n)) } else { Err(LevelOutOfRange) }
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> u8 {
        level.0
    }
}

/// A level that is not 1, 2 or 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the level is 1, 2 or 3")]
pub struct LevelOutOfRange;

/// `service/topic/slug`: stable for ever, however often the content changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionId {
    pub service: String,
    pub topic: Topic,
    pub slug: String,
}

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.service, self.topic, self.slug)
    }
}

impl FromStr for QuestionId {
    type Err = NotAQuestionId;

    fn from_str(text: &str) -> Result<QuestionId, NotAQuestionId> {
        let mut parts = text.split('/');
        let (Some(service), Some(topic), Some(slug), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotAQuestionId);
        };
        let topic = topic.parse().map_err(|_| NotAQuestionId)?;
        if is_slug(service) && is_slug(slug) {
            Ok(QuestionId { service: service.to_owned(), topic, slug: slug.to_owned() })
        } else {
            Err(NotAQuestionId)
        }
    }
}

/// The text is not `service/topic/slug`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a question is named service/topic/slug")]
pub struct NotAQuestionId;

/// Lower-case letters, digits and single hyphens between them; 1 to 80 bytes.
pub fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Names the content of a question at a time: the hash of what a taker and a
/// marker can see. Tags, sources, review dates and state are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionHash(pub String);

impl VersionHash {
    /// `images` are the bytes of the images that the text shows, in order.
    pub fn of(question: &Question, images: &[&[u8]]) -> VersionHash {
        let mut hasher = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        part(question.kind().as_str().as_bytes());
        part(&[question.level.get(), u8::from(question.critical)]);
        part(question.text.as_bytes());
        // The derived `Debug` of a key names every field of it, and only those.
        part(format!("{:?}", question.key).as_bytes());
        part(question.explanation.as_deref().unwrap_or_default().as_bytes());
        for image in images {
            part(image);
        }
        let digest = hasher.finalize();
        VersionHash(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }
}

/// A ready question of level 1 with this key, for tests.
#[cfg(test)]
pub(crate) fn question(key: Key) -> Question {
    Question {
        id: "orders-db/monitoring/lag".parse().unwrap(),
        state: State::Ready,
        level: Level::ONE,
        critical: false,
        tags: vec![],
        sources: vec![],
        reviewed: None,
        text: String::new(),
        key,
        explanation: None,
    }
}
