//! Whether an attempt passed: a list of clauses, never a lone percentage.

use serde::{Deserialize, Serialize};

use crate::marking::Score;
use crate::question::Topic;
use crate::test::{Percent, Rules};

/// What one slot of an attempt adds to the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    pub service: String,
    pub topic: Topic,
    pub critical: bool,
    pub score: Score,
}

/// Every clause of a pass, kept with the attempt together with the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub clauses: Vec<Clause>,
}

/// One condition of a pass, what it needed and what was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Clause {
    Whole { needed: Percent, reached: Score },
    Topic { service: String, topic: Topic, needed: Percent, reached: Score },
    /// So many of the critical questions drawn earned full marks.
    Critical { n_drawn: u32, n_full: u32 },
}

impl Clause {
    pub fn holds(&self) -> bool {
        match self {
            Clause::Whole { needed, reached } | Clause::Topic { needed, reached, .. } => reached.reaches(*needed),
            Clause::Critical { n_drawn, n_full } => n_full == n_drawn,
        }
    }
}

impl Verdict {
    /// The verdict on the marked slots of one attempt: the whole, each service
    /// and topic that was asked (in that order), and the critical questions
    /// where the rules ask for them and at least one was drawn.
    pub fn of(slots: &[Marked], rules: &Rules) -> Verdict {
        todo!()
    }

    pub fn passed(&self) -> bool {
        self.clauses.iter().all(Clause::holds)
    }

    pub fn topic_clause(&self, service: &str, topic: Topic) -> Option<&Clause> {
        self.clauses.iter().find(|clause| {
            matches!(clause, Clause::Topic { service: s, topic: t, .. } if s == service && *t == topic)
        })
    }
}

/// Whether one service and topic holds by itself: its own cut is reached, and
/// every critical question of it earned full marks where the rules ask for
/// that. This is what readiness is made of.
pub fn topic_holds(slots: &[Marked], rules: &Rules, service: &str, topic: Topic) -> bool {
    todo!()
}
