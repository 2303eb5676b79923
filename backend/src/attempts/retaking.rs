//! What the next attempt of a person in a round asks, and what it keeps from
//! an attempt before it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::blueprint::Blueprint;
use domain::question::{QuestionId, Topic};
use domain::retake::{Asks, Kept, kept};
use sqlx::{query, query_as};

use crate::db::{Db, Tx, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::readiness;
use crate::rounds::Mine;

/// What an attempt that would start now asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub blueprint: Blueprint,
    /// What is not asked again.
    pub kept: Vec<Kept>,
}

/// What the next attempt of the one who asks would be made of: the whole test,
/// or, where the round says so, what was missed.
pub async fn scope(db: &Db, who: &Who, mine: &Mine, now: DateTime<Utc>) -> Result<Scope> {
    let whole = &mine.round.test.blueprint;
    if mine.attempts.is_empty() || mine.round.retakes.asks == Asks::Everything {
        return Ok(Scope { blueprint: whole.clone(), kept: Vec::new() });
    }
    let evidence = readiness::evidence_of(db, &mine.round.circle, &who.person, now).await?;
    let is_of_round = |attempt: &str| mine.attempts.iter().any(|sat| sat.attempt == attempt);
    let kept = kept(whole, &evidence, is_of_round, now);
    let is_kept =
        |service: &str, topic: Topic| kept.iter().any(|kept| kept.service == service && kept.topic == topic);
    Ok(Scope { blueprint: whole.without(is_kept), kept })
}

const MET: &str = "
    SELECT s.question, count(*)
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    WHERE a.circle = $1 AND a.person = $2
    GROUP BY s.question";

/// How often a person has met each question of a circle, in whatever version.
pub(super) async fn times_met(
    db: &Db,
    circle: &str,
    person: &str,
) -> Result<impl Fn(&QuestionId) -> u32 + use<>> {
    let rows: Vec<(String, i64)> =
        on!(db.read(), |pool| query_as(MET).bind(circle).bind(person).fetch_all(pool).await?);
    let met: HashMap<String, u32> =
        rows.into_iter().map(|(question, n)| (question, u32::try_from(n).unwrap_or(u32::MAX))).collect();
    Ok(move |id: &QuestionId| met.get(&id.to_string()).copied().unwrap_or(0))
}

const KEEP: &str = "
    INSERT INTO kept_topics (attempt, service, topic, kept_from)
    VALUES ($1, $2, $3, $4)";

/// Remembers what an attempt keeps.
pub(super) async fn keep(tx: &mut Tx, attempt: &str, kept: &[Kept]) -> Result<()> {
    for one in kept {
        on!(&mut *tx, |tx| query(KEEP)
            .bind(attempt)
            .bind(&one.service)
            .bind(one.topic.as_str())
            .bind(&one.attempt)
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// A topic that an attempt did not ask, and the attempt that passed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFrom {
    pub service: String,
    pub topic: Topic,
    pub attempt: String,
    pub finished_at: DateTime<Utc>,
}

const KEPT: &str = "
    SELECT k.service, k.topic, k.kept_from, a.finished_at
    FROM kept_topics k
    JOIN attempts a ON a.id = k.kept_from
    WHERE k.attempt = $1
    ORDER BY k.service, k.topic";

/// What an attempt keeps from the attempts before it.
pub(super) async fn kept_from(db: &Db, attempt: &str) -> Result<Vec<KeptFrom>> {
    let rows: Vec<(String, String, String, DateTime<Utc>)> =
        on!(db.read(), |pool| query_as(KEPT).bind(attempt).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(service, topic, attempt, finished_at)| {
            let topic = topic.parse().map_err(|_| Error::Corrupt(topic))?;
            Ok(KeptFrom { service, topic, attempt, finished_at })
        })
        .collect()
}
