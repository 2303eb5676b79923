//! One question in one version: what was objected, what was answered, and what
//! was decided about it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::answer::Answer;
use domain::attempt::AnswerEvent;
use domain::marking::decision::{AlsoRight, GivenAnswer, Ruling, given_answers};
use domain::question::{Question, QuestionId};
use sqlx::{FromRow, query_as, query_scalar};

use super::standing;
use crate::attempts::{About, EventRow};
use crate::circles;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::questions;

/// Everything that a leader needs to decide.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: QuestionId,
    pub version: String,
    pub question: Arc<Question>,
    /// Whether this is how the question reads today.
    pub is_newest: bool,
    /// Newest first.
    pub reports: Vec<Report>,
    /// Newest first.
    pub decisions: Vec<Decision>,
    /// The answers of those who handed in, in written places; `earns` is what
    /// the newest decision for everybody makes of them.
    pub given: Vec<GivenAnswer>,
    pub n_handed_in: u32,
    pub n_sitting: u32,
    /// The other versions, newest first.
    pub others: Vec<OtherVersion>,
}

impl Case {
    /// The rounds that reports came from, by name, each once.
    pub fn rounds(&self) -> Vec<(String, String)> {
        let mut rounds: Vec<(String, String)> =
            self.reports.iter().map(|report| (report.round_name.clone(), report.round.clone())).collect();
        rounds.sort_unstable();
        rounds.dedup();
        rounds.into_iter().map(|(name, round)| (round, name)).collect()
    }

    /// What stands in a round; without one, for every attempt that no decision
    /// about its round covers.
    pub fn standing_in(&self, round: &str) -> Option<Ruling> {
        let covers = |decision: &&Decision| decision.round.as_ref().is_none_or(|(only, _)| only == round);
        let decided = self.decisions.iter().rev().filter(covers);
        decided.fold(None, |before, one| Some(one.ruling.after(before.as_ref(), one.goes_on)))
    }

    /// What is accepted there beside the key.
    pub fn also_right_in(&self, round: &str) -> Vec<AlsoRight> {
        self.standing_in(round).map(|ruling| ruling.also_right().to_vec()).unwrap_or_default()
    }
}

/// What a taker objected, without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub id: String,
    pub about: About,
    pub note: String,
    pub raised_at: DateTime<Utc>,
    pub round: String,
    pub round_name: String,
    /// Whether no decision has answered it.
    pub is_open: bool,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub id: String,
    pub turn: i64,
    pub ruling: Ruling,
    /// Whether what was accepted before goes on beside it.
    pub goes_on: bool,
    pub because: String,
    /// Id and name of the only round it covers.
    pub round: Option<(String, String)>,
    pub n_marks: i64,
    pub n_verdicts: i64,
    /// The name of the leader who made it.
    pub made_by: String,
    pub made_at: DateTime<Utc>,
}

/// A version of the same question.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OtherVersion {
    pub version: String,
    pub created_at: DateTime<Utc>,
    pub n_reports: i64,
    pub n_decisions: i64,
}

const NEWEST: &str = "
    SELECT q.version
    FROM questions q
    WHERE q.circle = $1 AND q.id = $2
      AND (SELECT count(*) FROM question_versions v
           WHERE v.circle = $1 AND v.question = $2 AND v.hash = $3) = 1";

const N_SITTING: &str = "
    SELECT count(*)
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    WHERE s.circle = $1 AND s.question = $2 AND s.version = $3 AND a.finished_at IS NULL";

/// One version of a question with what was said and decided about it, for a
/// leader.
pub async fn find(db: &Db, who: &Who, circle: &str, id: &QuestionId, version: &str) -> Result<Case> {
    circles::leader(db, who, circle).await?;
    let name = id.to_string();
    let newest: Option<String> = on!(db.read(), |pool| query_scalar(NEWEST)
        .bind(circle)
        .bind(&name)
        .bind(version)
        .fetch_optional(pool)
        .await?);
    let newest = newest.ok_or(Error::NotFound)?;
    let question = questions::version_now(db, circle, &name, version).await?;
    let decisions = decisions(db, circle, &name, version).await?;
    let answers = answers(db, circle, &name, version).await?;
    let n_handed_in = u32::try_from(answers.len()).unwrap_or(u32::MAX);
    let n_sitting: i64 = on!(db.read(), |pool| query_scalar(N_SITTING)
        .bind(circle)
        .bind(&name)
        .bind(version)
        .fetch_one(pool)
        .await?);
    let mut case = Case {
        is_newest: newest == version,
        reports: reports(db, circle, &name, version).await?,
        others: others(db, circle, &name, version).await?,
        n_sitting: u32::try_from(n_sitting).unwrap_or(u32::MAX),
        n_handed_in,
        given: Vec::new(),
        decisions,
        question,
        version: version.to_owned(),
        id: id.clone(),
    };
    case.given = given_answers(&case.question, case.standing_in("").as_ref(), answers);
    Ok(case)
}

const REPORTS: &str = "
    SELECT d.id, d.about, d.note, d.raised_at, a.round, r.name AS round_name,
           (SELECT count(*) FROM dispute_decisions c
            WHERE c.circle = s.circle AND c.question = s.question AND c.version = s.version
              AND c.made_at >= d.raised_at AND (c.round IS NULL OR c.round = a.round)) AS n_answers
    FROM disputes d
    JOIN slots s ON s.attempt = d.attempt AND s.n = d.slot
    JOIN attempts a ON a.id = d.attempt
    JOIN rounds r ON r.id = a.round
    WHERE s.circle = $1 AND s.question = $2 AND s.version = $3
    ORDER BY d.raised_at DESC, d.id";

async fn reports(db: &Db, circle: &str, id: &str, version: &str) -> Result<Vec<Report>> {
    let rows: Vec<ReportRow> =
        on!(db.read(), |pool| query_as(REPORTS).bind(circle).bind(id).bind(version).fetch_all(pool).await?);
    rows.into_iter().map(ReportRow::read).collect()
}

#[derive(FromRow)]
struct ReportRow {
    id: String,
    about: String,
    note: String,
    raised_at: DateTime<Utc>,
    round: String,
    round_name: String,
    n_answers: i64,
}

impl ReportRow {
    fn read(self) -> Result<Report> {
        Ok(Report {
            id: self.id,
            about: About::parse(&self.about).ok_or(Error::Corrupt(self.about))?,
            note: self.note,
            raised_at: self.raised_at,
            round: self.round,
            round_name: self.round_name,
            is_open: self.n_answers == 0,
        })
    }
}

const DECISIONS: &str = "
    SELECT d.id, d.turn, d.ruling, d.goes_on, d.because, d.round, r.name AS round_name, d.n_marks, d.n_verdicts,
           p.name AS made_by, d.made_at
    FROM dispute_decisions d
    JOIN people p ON p.id = d.made_by
    LEFT JOIN rounds r ON r.id = d.round
    WHERE d.circle = $1 AND d.question = $2 AND d.version = $3
    ORDER BY d.turn DESC";

async fn decisions(db: &Db, circle: &str, id: &str, version: &str) -> Result<Vec<Decision>> {
    let rows: Vec<DecisionRow> = on!(db.read(), |pool| query_as(DECISIONS)
        .bind(circle)
        .bind(id)
        .bind(version)
        .fetch_all(pool)
        .await?);
    rows.into_iter().map(DecisionRow::read).collect()
}

#[derive(FromRow)]
struct DecisionRow {
    id: String,
    turn: i64,
    ruling: String,
    goes_on: bool,
    because: String,
    round: Option<String>,
    round_name: Option<String>,
    n_marks: i64,
    n_verdicts: i64,
    made_by: String,
    made_at: DateTime<Utc>,
}

impl DecisionRow {
    fn read(self) -> Result<Decision> {
        Ok(Decision {
            id: self.id,
            turn: self.turn,
            ruling: standing::ruling(&self.ruling)?,
            goes_on: self.goes_on,
            because: self.because,
            round: self.round.zip(self.round_name),
            n_marks: self.n_marks,
            n_verdicts: self.n_verdicts,
            made_by: self.made_by,
            made_at: self.made_at,
        })
    }
}

const OTHERS: &str = "
    SELECT v.hash AS version, v.created_at,
           (SELECT count(*) FROM disputes d
            JOIN slots s ON s.attempt = d.attempt AND s.n = d.slot
            WHERE s.circle = v.circle AND s.question = v.question AND s.version = v.hash) AS n_reports,
           (SELECT count(*) FROM dispute_decisions c
            WHERE c.circle = v.circle AND c.question = v.question AND c.version = v.hash) AS n_decisions
    FROM question_versions v
    WHERE v.circle = $1 AND v.question = $2 AND v.hash <> $3
    ORDER BY v.created_at DESC, v.hash";

async fn others(db: &Db, circle: &str, id: &str, version: &str) -> Result<Vec<OtherVersion>> {
    let others: Vec<OtherVersion> =
        on!(db.read(), |pool| query_as(OTHERS).bind(circle).bind(id).bind(version).fetch_all(pool).await?);
    Ok(others)
}

const ORDERS: &str = "
    SELECT s.attempt, s.show_order
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    WHERE s.circle = $1 AND s.question = $2 AND s.version = $3 AND a.finished_at IS NOT NULL
    ORDER BY s.attempt";

/// What was said about a version, by attempt.
pub(super) const SAID: &str = "
    SELECT e.attempt, e.slot, e.client, e.sequence, e.answer, e.confidence, e.for_review, e.received_at
    FROM answer_events e
    JOIN slots s ON s.attempt = e.attempt AND s.n = e.slot
    JOIN attempts a ON a.id = s.attempt
    WHERE s.circle = $1 AND s.question = $2 AND s.version = $3 AND a.finished_at IS NOT NULL
    ORDER BY e.attempt, e.turn";

#[derive(FromRow)]
pub(super) struct SaidRow {
    attempt: String,
    #[sqlx(flatten)]
    event: EventRow,
}

/// The answer of everybody who met the version and handed in.
async fn answers(db: &Db, circle: &str, id: &str, version: &str) -> Result<Vec<Option<Answer>>> {
    let orders: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(ORDERS).bind(circle).bind(id).bind(version).fetch_all(pool).await?);
    let said: Vec<SaidRow> =
        on!(db.read(), |pool| query_as(SAID).bind(circle).bind(id).bind(version).fetch_all(pool).await?);
    let said = by_attempt(said)?;
    let answer = |(attempt, order): (String, String)| written(said.get(&attempt), &order);
    orders.into_iter().map(answer).collect()
}

/// What each attempt said of the one slot that showed the version.
pub(super) fn by_attempt(rows: Vec<SaidRow>) -> Result<HashMap<String, Vec<AnswerEvent>>> {
    let mut said: HashMap<String, Vec<AnswerEvent>> = HashMap::new();
    for row in rows {
        said.entry(row.attempt).or_default().push(row.event.try_into()?);
    }
    Ok(said)
}

/// The current answer of the events of one slot, in written places.
pub(super) fn written(said: Option<&Vec<AnswerEvent>>, show_order: &str) -> Result<Option<Answer>> {
    let order: Vec<u8> =
        serde_json::from_str(show_order).map_err(|_| Error::Corrupt(show_order.to_owned()))?;
    let events = said.map(Vec::as_slice).unwrap_or_default();
    let current = domain::attempt::current(events).into_values().next();
    Ok(current.and_then(|event| event.answer.as_ref()).map(|answer| answer.as_written(&order)))
}
