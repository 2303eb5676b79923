//! What the one who sat an attempt sees of disputes: the own objections, and
//! which marks a decision changed and why. A decision can tell the answer, so
//! its reason is shown only where the answers are.

use chrono::{DateTime, Utc};
use domain::marking::Score;
use domain::marking::decision::Ruling;
use domain::verdict::Verdict;
use sqlx::{FromRow, query_as};

use super::deciding::BECAUSE;
use super::standing;
use crate::attempts::results::Outcome;
use crate::attempts::{About, slot_number};
use crate::db::{Db, on};
use crate::error::{Error, Result};

/// What happened to an attempt after it was handed in, by disputes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Afterwards {
    /// Only for the one who made them, in the order they were made.
    pub objections: Vec<Objection>,
    /// Marks that a decision gave, by slot, each slot's in order.
    pub changes: Vec<Change>,
    /// When the result became another.
    pub turns: Vec<Turn>,
}

/// What a taker objected, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    pub n: u16,
    pub about: About,
    pub note: String,
    pub raised_at: DateTime<Utc>,
    pub decided: Option<Decided>,
}

/// The answer to an objection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub at: DateTime<Utc>,
    /// Ruling and reason; `None` while the answers may not be seen.
    pub what: Option<(Ruling, String)>,
}

/// A mark that was given under a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub n: u16,
    pub at: DateTime<Utc>,
    pub ruling: Ruling,
    pub because: String,
    /// `None`: it was decided before the attempt was marked.
    pub was: Option<Score>,
    pub is: Score,
}

/// A result that a decision turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    pub at: DateTime<Utc>,
    pub passed: bool,
}

/// What disputes did to an attempt, as far as the outcome itself is shown.
pub async fn of(db: &Db, outcome: &Outcome) -> Result<Afterwards> {
    let sees_answers = outcome.questions.is_some();
    let objections = match outcome.is_mine && outcome.n_reports > 0 {
        true => objections(db, &outcome.id, sees_answers).await?,
        false => Vec::new(),
    };
    let changes = match sees_answers {
        true => changes(db, &outcome.id).await?,
        false => Vec::new(),
    };
    // A result turns where a mark did: one of its own, or one that it keeps.
    let may_have_turned = !sees_answers || !changes.is_empty() || !outcome.kept.is_empty();
    let turns = match outcome.verdict.is_some() && may_have_turned {
        true => turns(db, &outcome.id).await?,
        false => Vec::new(),
    };
    Ok(Afterwards { objections, changes, turns })
}

const OBJECTIONS: &str = "
    SELECT d.slot, d.about, d.note, d.raised_at, c.ruling, c.because, c.made_at
    FROM disputes d
    JOIN slots s ON s.attempt = d.attempt AND s.n = d.slot
    JOIN attempts a ON a.id = d.attempt
    LEFT JOIN dispute_decisions c ON c.circle = s.circle AND c.question = s.question AND c.version = s.version
         AND c.turn = (SELECT max(x.turn) FROM dispute_decisions x
                       WHERE x.circle = s.circle AND x.question = s.question AND x.version = s.version
                         AND x.made_at >= d.raised_at AND (x.round IS NULL OR x.round = a.round))
    WHERE d.attempt = $1
    ORDER BY d.raised_at, d.id";

async fn objections(db: &Db, attempt: &str, sees_answers: bool) -> Result<Vec<Objection>> {
    let rows: Vec<ObjectionRow> =
        on!(db.read(), |pool| query_as(OBJECTIONS).bind(attempt).fetch_all(pool).await?);
    rows.into_iter().map(|row| row.read(sees_answers)).collect()
}

#[derive(FromRow)]
struct ObjectionRow {
    slot: i64,
    about: String,
    note: String,
    raised_at: DateTime<Utc>,
    ruling: Option<String>,
    because: Option<String>,
    made_at: Option<DateTime<Utc>>,
}

impl ObjectionRow {
    fn read(self, sees_answers: bool) -> Result<Objection> {
        let what = match self.ruling.zip(self.because).filter(|_| sees_answers) {
            Some((json, because)) => Some((standing::ruling(&json)?, because)),
            None => None,
        };
        Ok(Objection {
            n: slot_number(self.slot)?,
            about: About::parse(&self.about).ok_or(Error::Corrupt(self.about))?,
            note: self.note,
            raised_at: self.raised_at,
            decided: self.made_at.map(|at| Decided { at, what }),
        })
    }
}

const CHANGES: &str = "
    SELECT x.slot, d.made_at, d.ruling, d.because, m.earned, m.possible,
           b.earned AS was_earned, b.possible AS was_possible
    FROM decided_marks x
    JOIN dispute_decisions d ON d.id = x.decision
    JOIN marks m ON m.attempt = x.attempt AND m.slot = x.slot AND m.turn = x.turn
    LEFT JOIN marks b ON b.attempt = x.attempt AND b.slot = x.slot AND b.turn = x.turn - 1
    WHERE x.attempt = $1
    ORDER BY x.slot, x.turn";

async fn changes(db: &Db, attempt: &str) -> Result<Vec<Change>> {
    let rows: Vec<ChangeRow> = on!(db.read(), |pool| query_as(CHANGES).bind(attempt).fetch_all(pool).await?);
    rows.into_iter().map(ChangeRow::read).collect()
}

#[derive(FromRow)]
struct ChangeRow {
    slot: i64,
    made_at: DateTime<Utc>,
    ruling: String,
    because: String,
    earned: i64,
    possible: i64,
    was_earned: Option<i64>,
    was_possible: Option<i64>,
}

impl ChangeRow {
    fn read(self) -> Result<Change> {
        let was = self.was_earned.zip(self.was_possible);
        Ok(Change {
            n: slot_number(self.slot)?,
            at: self.made_at,
            ruling: standing::ruling(&self.ruling)?,
            because: self.because,
            was: was.and_then(|(earned, possible)| Score::new(earned, possible)),
            is: Score::new(self.earned, self.possible)
                .ok_or_else(|| Error::Corrupt(format!("mark {}/{}", self.earned, self.possible)))?,
        })
    }
}

const VERDICTS: &str = "SELECT verdict, because, made_at FROM verdicts WHERE attempt = $1 ORDER BY turn";

async fn turns(db: &Db, attempt: &str) -> Result<Vec<Turn>> {
    let rows: Vec<(String, String, DateTime<Utc>)> =
        on!(db.read(), |pool| query_as(VERDICTS).bind(attempt).fetch_all(pool).await?);
    let (mut turns, mut before) = (Vec::new(), None);
    for (json, because, at) in rows {
        let verdict: Verdict = serde_json::from_str(&json).map_err(|_| Error::Corrupt(json))?;
        let passed = verdict.passed();
        if because.starts_with(BECAUSE) && before.is_some_and(|before| before != passed) {
            turns.push(Turn { at, passed });
        }
        before = Some(passed);
    }
    Ok(turns)
}
