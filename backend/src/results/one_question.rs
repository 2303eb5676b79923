//! One question of a round, and how it did in the rounds before it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::marking::Score;
use domain::question::{Question, QuestionId};
use domain::results::{Met, QuestionFigures, Versions, questions};
use sqlx::{FromRow, query_as};

use super::{Which, counted, met, questions_of, too_large};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::rounds::{self, Round};

/// A question as a round met it.
#[derive(Debug, Clone)]
pub struct OneQuestion {
    pub round: Round,
    pub which: Which,
    /// All versions together.
    pub pooled: QuestionFigures,
    /// Each version by itself.
    pub apart: Vec<QuestionFigures>,
    /// The slots in which it stood.
    pub met: Vec<Met>,
    pub versions: HashMap<String, Arc<Question>>,
    /// Rounds that opened before this one, the newest first, version by version.
    pub earlier: Vec<Earlier>,
}

/// How one version did in another round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    pub round: String,
    pub round_name: String,
    pub closes_at: DateTime<Utc>,
    pub version: String,
    pub n: u32,
    pub n_missed: u32,
    pub score: Score,
}

/// One question of a round, for a leader. One that nobody met, or that counts
/// for nobody, is not found.
pub async fn of_question(
    db: &Db,
    who: &Who,
    circle: &str,
    round: &str,
    question: &QuestionId,
    which: Which,
) -> Result<OneQuestion> {
    let round = rounds::find(db, who, circle, round).await?;
    let (all, _) = counted(met::met_in_round(db, &round.id).await?, which);
    let figures = |versions| -> Result<Vec<QuestionFigures>> {
        let mut figures = questions(&all, versions).map_err(too_large)?;
        figures.retain(|figures| figures.item.question == *question);
        Ok(figures)
    };
    let (pooled, apart) = (figures(Versions::Pooled)?.pop(), figures(Versions::Apart)?);
    let pooled = pooled.ok_or(Error::NotFound)?;
    let versions = questions_of(db, circle, &round.id).await?;
    Ok(OneQuestion {
        earlier: earlier(db, circle, &round, question, which).await?,
        met: all.into_iter().filter(|met| met.question == *question && met.counts().is_some()).collect(),
        versions: versions
            .into_iter()
            .filter(|((id, _), _)| id == question)
            .map(|((_, version), question)| (version, question))
            .collect(),
        pooled,
        apart,
        round,
        which,
    })
}

/// Of marked attempts; `$5` counts more than the first of each person.
const EARLIER: &str = "
    SELECT r.id AS round, r.name AS round_name, r.closes_at, s.version, count(*) AS n,
           CAST(sum(CASE WHEN m.earned < m.possible THEN 1 ELSE 0 END) AS BIGINT) AS n_missed,
           CAST(sum(m.earned) AS BIGINT) AS earned, CAST(sum(m.possible) AS BIGINT) AS possible
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    JOIN rounds r ON r.id = a.round
    JOIN marks m ON m.attempt = s.attempt AND m.slot = s.n
    WHERE s.circle = $1 AND s.question = $2 AND r.id <> $3 AND r.opens_at < $4
      AND a.verdict IS NOT NULL AND m.possible > 0
      AND m.turn = (SELECT max(x.turn) FROM marks x WHERE x.attempt = s.attempt AND x.slot = s.n)
      AND ($5 OR 0 = (SELECT count(*) FROM attempts b
                      WHERE b.round = a.round AND b.person = a.person
                        AND (b.started_at < a.started_at OR (b.started_at = a.started_at AND b.id < a.id))))
    GROUP BY r.id, r.name, r.closes_at, s.version
    ORDER BY r.closes_at DESC, r.id, s.version
    LIMIT 100";

async fn earlier(
    db: &Db,
    circle: &str,
    round: &Round,
    question: &QuestionId,
    which: Which,
) -> Result<Vec<Earlier>> {
    let rows: Vec<EarlierRow> = on!(db.read(), |pool| query_as(EARLIER)
        .bind(circle)
        .bind(question.to_string())
        .bind(&round.id)
        .bind(round.opens_at)
        .bind(which == Which::All)
        .fetch_all(pool)
        .await?);
    rows.into_iter().map(Earlier::try_from).collect()
}

#[derive(FromRow)]
struct EarlierRow {
    round: String,
    round_name: String,
    closes_at: DateTime<Utc>,
    version: String,
    n: i64,
    n_missed: i64,
    earned: i64,
    possible: i64,
}

impl TryFrom<EarlierRow> for Earlier {
    type Error = Error;

    fn try_from(row: EarlierRow) -> Result<Earlier> {
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(Earlier {
            score: Score::new(row.earned, row.possible).ok_or_else(|| Error::Corrupt("marks".to_owned()))?,
            round: row.round,
            round_name: row.round_name,
            closes_at: row.closes_at,
            version: row.version,
            n: count(row.n),
            n_missed: count(row.n_missed),
        })
    }
}
