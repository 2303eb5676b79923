//! What a test asks: how many questions of which service, topic and level.

use serde::{Deserialize, Serialize};

use crate::question::{Level, QuestionId, Topic};

/// The rows of a test, in the order they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blueprint {
    pub rows: Vec<Row>,
}

/// So many questions of one service and topic, of one level or of any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub service: String,
    pub topic: Topic,
    /// `None` is any level.
    pub level: Option<Level>,
    pub n_questions: u32,
}

/// What drawing needs to know of a question in the bank: only ready ones count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: QuestionId,
    pub level: Level,
}

/// A row that the bank cannot fill, together with the rows before and after it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{service}, {topic}{}: {wanted} wanted, {found} ready", .level.map(|l| format!(" at level {}", l.get())).unwrap_or_default())]
pub struct TooFewQuestions {
    /// Place of the row in the blueprint, from 0.
    pub row: usize,
    pub service: String,
    pub topic: Topic,
    pub level: Option<Level>,
    pub wanted: u32,
    /// How many are left for this row when the others are served first.
    pub found: u32,
}

impl Blueprint {
    pub fn n_questions(&self) -> u32 {
        self.rows.iter().map(|row| row.n_questions).sum()
    }

    /// Every row that cannot be filled from these questions, no question used
    /// twice. Rows that name a level are served before rows that take any.
    pub fn shortfalls(&self, bank: &[Candidate]) -> Vec<TooFewQuestions> {
        todo!()
    }
}
