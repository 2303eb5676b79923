//! Every question as every attempt of a round met it: what statistics, the
//! exports and the agenda of a review are made from.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::attempt::{AnswerEvent, current};
use domain::marking::Score;
pub use domain::results::Met;
use domain::results::spent;
use sqlx::{FromRow, query_as};

use crate::attempts::{EventRow, slot_number};
use crate::db::{Db, on};
use crate::error::{Error, Result};

/// A row for each mark; the newest of a slot comes last.
const SLOTS: &str = "
    SELECT s.attempt, a.person, a.started_at, s.n, s.question, s.version, s.show_order, m.earned, m.possible
    FROM attempts a
    JOIN slots s ON s.attempt = a.id
    LEFT JOIN marks m ON m.attempt = s.attempt AND m.slot = s.n
    WHERE a.round = $1 AND a.finished_at IS NOT NULL
    ORDER BY a.started_at, a.id, s.n, m.turn";

const EVENTS: &str = "
    SELECT e.attempt, e.slot, e.client, e.sequence, e.answer, e.confidence, e.for_review, e.received_at
    FROM attempts a
    JOIN answer_events e ON e.attempt = a.id
    WHERE a.round = $1 AND a.finished_at IS NOT NULL
    ORDER BY e.attempt, e.slot, e.turn";

/// Each slot of each attempt of a round that is handed in: attempts in the
/// order in which they were started, slots in the order of the paper. Two
/// queries, however many they are.
pub(crate) async fn met_in_round(db: &Db, round: &str) -> Result<Vec<Met>> {
    let rows: Vec<SlotRow> = on!(db.read(), |pool| query_as(SLOTS).bind(round).fetch_all(pool).await?);
    let events: Vec<OfAttempt> = on!(db.read(), |pool| query_as(EVENTS).bind(round).fetch_all(pool).await?);
    let events = by_attempt(events)?;
    let mut met = Vec::new();
    let newest = |pair: &[SlotRow]| pair[0].attempt != pair[1].attempt || pair[0].n != pair[1].n;
    for rows in rows.chunk_by(|a, b| a.attempt == b.attempt) {
        let attempt = &rows[0];
        let events = events.get(attempt.attempt.as_str()).map_or(&[][..], Vec::as_slice);
        let (current, spent) = (current(events), spent(attempt.started_at, events));
        let last = rows.windows(2).map(newest).chain([true]);
        for (row, _) in rows.iter().zip(last).filter(|(_, is_newest)| *is_newest) {
            let slot = slot_number(row.n)?;
            let event = current.get(&slot);
            let answer = event.and_then(|event| event.answer.as_ref());
            met.push(Met {
                attempt: row.attempt.clone(),
                person: row.person.clone(),
                slot,
                question: row.question.parse().map_err(|_| Error::Corrupt(row.question.clone()))?,
                version: row.version.clone(),
                score: row.score()?,
                answer: answer
                    .map(|answer| row.order().map(|order| answer.as_written(&order)))
                    .transpose()?,
                confidence: event.and_then(|event| event.confidence),
                seconds: spent.get(&slot).map(chrono::TimeDelta::num_seconds),
            });
        }
    }
    Ok(met)
}

fn by_attempt(rows: Vec<OfAttempt>) -> Result<HashMap<String, Vec<AnswerEvent>>> {
    let mut events: HashMap<String, Vec<AnswerEvent>> = HashMap::new();
    for OfAttempt { attempt, event } in rows {
        events.entry(attempt).or_default().push(event.try_into()?);
    }
    Ok(events)
}

#[derive(FromRow)]
struct SlotRow {
    attempt: String,
    person: String,
    started_at: DateTime<Utc>,
    n: i64,
    question: String,
    version: String,
    show_order: String,
    earned: Option<i64>,
    possible: Option<i64>,
}

impl SlotRow {
    fn score(&self) -> Result<Option<Score>> {
        let Some((earned, possible)) = self.earned.zip(self.possible) else { return Ok(None) };
        let score = Score::new(earned, possible);
        score.map(Some).ok_or_else(|| Error::Corrupt(format!("mark {earned}/{possible}")))
    }

    fn order(&self) -> Result<Vec<u8>> {
        serde_json::from_str(&self.show_order).map_err(|_| Error::Corrupt(self.show_order.clone()))
    }
}

#[derive(FromRow)]
struct OfAttempt {
    attempt: String,
    #[sqlx(flatten)]
    event: EventRow,
}
