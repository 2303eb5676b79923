//! Every question as every attempt of a round met it: what statistics, the
//! exports and the agenda of a review are made from.
//!
//! What comes from the database is one row for each slot, and one for each
//! attempt with all its saves: a row costs more than what stands in it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::answer::{Answer, Confidence};
use domain::marking::Score;
use domain::question::QuestionId;
pub use domain::results::Met;
use domain::results::spent_between;
use sqlx::query_as;

use crate::attempts::slot_number;
use crate::db::{Db, on};
use crate::error::{Error, Result};

/// The attempts that are handed in, in the order in which they were started.
const ATTEMPTS: &str = "
    SELECT id, person, started_at
    FROM attempts
    WHERE round = $1 AND finished_at IS NOT NULL
    ORDER BY started_at, id";

/// Slots with the answer that stands, and a row for each mark; the newest comes
/// last. What is saved and kept is never older than what was there.
macro_rules! slots {
    ($rest:literal) => {
        concat!(
            "SELECT s.attempt, s.n, s.question, s.version, s.show_order, m.earned, m.possible, e.answer, e.confidence
             FROM attempts a
             JOIN slots s ON s.attempt = a.id
             LEFT JOIN marks m ON m.attempt = s.attempt AND m.slot = s.n
             LEFT JOIN answer_events e ON e.attempt = s.attempt AND e.slot = s.n
                  AND e.turn = (SELECT max(x.turn) FROM answer_events x WHERE x.attempt = s.attempt AND x.slot = s.n)
             WHERE a.round = $1 AND a.finished_at IS NOT NULL ",
            $rest,
            " ORDER BY s.attempt, s.n, m.turn"
        )
    };
}

/// Read by place and not by name: there are as many as everybody met.
type AttemptRow = (String, String, DateTime<Utc>);
type SlotRow =
    (String, i64, String, String, String, Option<i64>, Option<i64>, Option<String>, Option<String>);

const SLOTS: &str = slots!("");

/// When each slot of an attempt was saved: "3 2026-03-02T12:00:00+00:00,…".
const SAVES: &str = "
    SELECT e.attempt, string_agg(CAST(e.slot AS TEXT) || ' ' || CAST(e.received_at AS TEXT), ',')
    FROM attempts a
    JOIN answer_events e ON e.attempt = a.id
    WHERE a.round = $1 AND a.finished_at IS NOT NULL
    GROUP BY e.attempt";

/// Each slot of each attempt of a round that is handed in: attempts in the
/// order in which they were started, slots in the order of the paper. Three
/// queries, however many they are.
pub(crate) async fn met_in_round(db: &Db, round: &str) -> Result<Vec<Met>> {
    let (attempts, slots, saves) = tokio::try_join!(attempts(db, round), slots(db, round), saves(db, round))?;
    met(&attempts, &slots, &saves)
}

async fn slots(db: &Db, round: &str) -> Result<Vec<SlotRow>> {
    Ok(on!(db.read(), |pool| query_as(SLOTS).bind(round).fetch_all(pool).await?))
}

async fn saves(db: &Db, round: &str) -> Result<HashMap<String, String>> {
    let rows: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(SAVES).bind(round).fetch_all(pool).await?);
    Ok(rows.into_iter().collect())
}

const SLOTS_OF_QUESTION: &str = slots!("AND s.circle = $2 AND s.question = $3");

/// The slots of one question in a round, whatever its version. How long somebody
/// took is not told.
pub(crate) async fn met_of_question(db: &Db, circle: &str, round: &str, question: &str) -> Result<Vec<Met>> {
    let attempts = attempts(db, round).await?;
    let slots: Vec<SlotRow> = on!(db.read(), |pool| query_as(SLOTS_OF_QUESTION)
        .bind(round)
        .bind(circle)
        .bind(question)
        .fetch_all(pool)
        .await?);
    met(&attempts, &slots, &HashMap::new())
}

async fn attempts(db: &Db, round: &str) -> Result<Vec<AttemptRow>> {
    Ok(on!(db.read(), |pool| query_as(ATTEMPTS).bind(round).fetch_all(pool).await?))
}

/// `slots` are in the order of the attempts' ids.
fn met(attempts: &[AttemptRow], slots: &[SlotRow], saves: &HashMap<String, String>) -> Result<Vec<Met>> {
    let slots: HashMap<&str, &[SlotRow]> =
        slots.chunk_by(|a, b| a.0 == b.0).map(|slots| (slots[0].0.as_str(), slots)).collect();
    let mut met = Vec::new();
    let (mut ids, mut answers) = (HashMap::new(), HashMap::new());
    for (attempt, person, started_at) in attempts {
        let Some(slots) = slots.get(attempt.as_str()) else { continue };
        let spent = match saves.get(attempt) {
            Some(saves) => spent(*started_at, saves)?,
            None => HashMap::new(),
        };
        let newest = slots.chunk_by(|a, b| a.1 == b.1).filter_map(<[SlotRow]>::last);
        for (_, n, question, version, order, earned, possible, answer, confidence) in newest {
            let slot = slot_number(*n)?;
            met.push(Met {
                attempt: attempt.clone(),
                person: person.clone(),
                slot,
                question: id(&mut ids, question)?,
                version: version.clone(),
                score: earned.zip(*possible).map(score).transpose()?,
                answer: match answer {
                    Some(answer) => Some(as_written(&mut answers, answer, order)?),
                    None => None,
                },
                confidence: confidence.as_deref().and_then(Confidence::parse),
                seconds: spent.get(&slot).map(TimeDelta::num_seconds),
            });
        }
    }
    Ok(met)
}

fn score((earned, possible): (i64, i64)) -> Result<Score> {
    Score::new(earned, possible).ok_or_else(|| Error::Corrupt(format!("mark {earned}/{possible}")))
}

/// Each id is read once.
fn id<'r>(known: &mut HashMap<&'r str, QuestionId>, text: &'r str) -> Result<QuestionId> {
    if let Some(id) = known.get(text) {
        return Ok(id.clone());
    }
    let id: QuestionId = text.parse().map_err(|_| Error::Corrupt(text.to_owned()))?;
    known.insert(text, id.clone());
    Ok(id)
}

/// In places as written. Of many who choose, most choose the same: each answer
/// in each order is read once.
fn as_written<'r>(
    known: &mut HashMap<(&'r str, &'r str), Answer>,
    answer: &'r str,
    order: &'r str,
) -> Result<Answer> {
    if let Some(known) = known.get(&(answer, order)) {
        return Ok(known.clone());
    }
    let read: Answer = serde_json::from_str(answer).map_err(|_| Error::Corrupt(answer.to_owned()))?;
    let places: Vec<u8> = serde_json::from_str(order).map_err(|_| Error::Corrupt(order.to_owned()))?;
    let written = read.as_written(&places);
    known.insert((answer, order), written.clone());
    Ok(written)
}

/// How long an attempt spent on each of its slots.
fn spent(started_at: DateTime<Utc>, saves: &str) -> Result<HashMap<u16, TimeDelta>> {
    let save = |save: &str| {
        let corrupt = || Error::Corrupt(format!("save {save:?}"));
        let (slot, at) = save.split_once(' ').ok_or_else(corrupt)?;
        let slot: i64 = slot.parse().map_err(|_| corrupt())?;
        Ok((instant(at).ok_or_else(corrupt)?, slot_number(slot)?))
    };
    let saves = saves.split(',').map(save).collect::<Result<Vec<_>>>()?;
    Ok(spent_between(started_at, saves))
}

/// An instant as a database writes it into a text: SQLite as it was stored,
/// PostgreSQL as "2026-03-02 12:00:00.5+00", in the zone of the session.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let is_short = text.len() > 3 && matches!(text.as_bytes()[text.len() - 3], b'+' | b'-');
    let read = if is_short {
        DateTime::parse_from_rfc3339(&format!("{text}:00"))
    } else {
        DateTime::parse_from_rfc3339(text)
    };
    read.ok().map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_as_either_database_writes_it() {
        let at = "2026-03-02T12:00:00.25Z".parse::<DateTime<Utc>>().unwrap();
        for text in [
            "2026-03-02T12:00:00.250+00:00",
            "2026-03-02 12:00:00.25+00",
            "2026-03-02 17:30:00.25+05:30",
            "2026-03-02 04:00:00.25-08",
        ] {
            assert_eq!(instant(text), Some(at), "{text}");
        }
        assert_eq!(instant("noon"), None);
    }
}
