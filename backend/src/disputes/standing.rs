//! The rulings that stand, for whoever marks.

use std::collections::HashMap;

use domain::marking::Score;
use domain::marking::decision::Ruling;
use sqlx::{query, query_as};

use crate::attempts::drawn::StoredSlot;
use crate::attempts::slot_number;
use crate::db::{Tx, on};
use crate::error::{Error, Result};

/// A ruling, and the decision that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub decision: String,
    pub ruling: Ruling,
}

/// A ruling as it was stored.
pub(crate) fn ruling(json: &str) -> Result<Ruling> {
    serde_json::from_str(json).map_err(|_| Error::Corrupt(json.to_owned()))
}

const OF_ATTEMPT: &str = "
    SELECT s.n, d.id, d.ruling, d.goes_on
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    JOIN dispute_decisions d ON d.circle = s.circle AND d.question = s.question AND d.version = s.version
         AND (d.round IS NULL OR d.round = a.round)
    WHERE s.attempt = $1
    ORDER BY s.n, d.turn";

/// What stands for the slots of an attempt that is being marked. Whoever decides
/// holds the attempts that are being sat, so nothing falls between the two.
pub(crate) async fn of_attempt(tx: &mut Tx, attempt: &str) -> Result<HashMap<u16, Standing>> {
    let rows: Vec<(i64, String, String, bool)> =
        on!(tx, |tx| query_as(OF_ATTEMPT).bind(attempt).fetch_all(&mut **tx).await?);
    let mut standing: HashMap<u16, Standing> = HashMap::new();
    for (n, decision, json, goes_on) in rows {
        let slot = slot_number(n)?;
        let ruling = ruling(&json)?.after(standing.get(&slot).map(|one| &one.ruling), goes_on);
        standing.insert(slot, Standing { decision, ruling });
    }
    Ok(standing)
}

/// Remembers of the first marks of an attempt which of them would be others
/// without a decision: `by_key` are those.
pub(crate) async fn note_first(
    tx: &mut Tx,
    attempt: &str,
    standing: &HashMap<u16, Standing>,
    slots: &[StoredSlot],
    (scores, by_key): (&[Option<Score>], &[Option<Score>]),
) -> Result<()> {
    for ((slot, score), by_key) in slots.iter().zip(scores).zip(by_key) {
        if let Some(one) = standing.get(&slot.n).filter(|_| score.is_some() && score != by_key) {
            note(tx, attempt, slot.n, &one.decision).await?;
        }
    }
    Ok(())
}

const NOTE: &str = "INSERT INTO decided_marks (attempt, slot, turn, decision) VALUES ($1, $2, 1, $3)";

async fn note(tx: &mut Tx, attempt: &str, slot: u16, decision: &str) -> Result<()> {
    on!(tx, |tx| query(NOTE)
        .bind(attempt)
        .bind(i64::from(slot))
        .bind(decision)
        .execute(&mut **tx)
        .await
        .map(drop))
    .map_err(Error::from)
}
