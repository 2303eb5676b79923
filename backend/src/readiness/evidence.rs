//! What marked attempts say, as it is read from the store.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::marking::Score;
use domain::readiness::Evidence;
use domain::round::phase;
use domain::test::Percent;
use sqlx::{FromRow, query_as};

use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::rounds::{self, n_waiting};

/// What attempts say of topics; ends with a condition.
macro_rules! evidence_where {
    ($condition:literal) => {
        concat!(
            "
    SELECT t.person, t.attempt, a.round, t.service, t.topic, t.earned, t.possible, t.needed, t.holds, t.counts_for,
           t.finished_at
    FROM topic_results t
    JOIN attempts a ON a.id = t.attempt
    WHERE ",
            $condition
        )
    };
}

const OF_CIRCLE: &str = evidence_where!("t.circle = $1");

const OF_PERSON: &str = evidence_where!("t.circle = $1 AND t.person = $2");

/// What all attempts of a circle, or of one person in it, say. With an instant,
/// only as much as the takers themselves may see then.
pub(super) async fn evidence(
    db: &Db,
    circle: &str,
    person: Option<&str>,
    as_takers: Option<DateTime<Utc>>,
) -> Result<HashMap<String, Vec<Evidence>>> {
    let rows: Vec<Row> = match person {
        Some(person) => {
            on!(db.read(), |pool| query_as(OF_PERSON).bind(circle).bind(person).fetch_all(pool).await?)
        }
        None => on!(db.read(), |pool| query_as(OF_CIRCLE).bind(circle).fetch_all(pool).await?),
    };
    let mut by_person: HashMap<String, Vec<Evidence>> = HashMap::new();
    if rows.is_empty() {
        return Ok(by_person);
    }
    let rounds = Showing::of(db, circle, as_takers).await?;
    for row in rows.into_iter().filter(|row| rounds.show(row)) {
        match by_person.get_mut(&row.person) {
            Some(evidence) => evidence.push(Evidence::try_from(row)?),
            None => drop(by_person.insert(row.person.clone(), vec![Evidence::try_from(row)?])),
        }
    }
    Ok(by_person)
}

/// The rounds of a circle that show their scores.
pub(super) enum Showing {
    /// To leaders.
    All,
    /// To the takers, at an instant.
    Some(HashSet<String>),
}

const ROUNDS: &str = concat!(
    "
    SELECT r.id, r.opens_at, r.closes_at, r.show_score, r.show_answers, r.released_at,
           ",
    n_waiting!("r.circle", "r.id"),
    "
    FROM rounds r
    WHERE r.circle = $1"
);

impl Showing {
    /// With an instant, what the takers may see then.
    pub(super) async fn of(db: &Db, circle: &str, as_takers: Option<DateTime<Utc>>) -> Result<Showing> {
        let Some(now) = as_takers else { return Ok(Showing::All) };
        let rows: Vec<RoundRow> =
            on!(db.read(), |pool| query_as(ROUNDS).bind(circle).fetch_all(pool).await?);
        let mut shown = HashSet::new();
        for row in rows {
            if row.shows_score(now)? {
                shown.insert(row.id);
            }
        }
        Ok(Showing::Some(shown))
    }

    pub(super) fn show(&self, row: &Row) -> bool {
        match self {
            Showing::All => true,
            Showing::Some(rounds) => rounds.contains(&row.round),
        }
    }
}

#[derive(FromRow)]
struct RoundRow {
    id: String,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    show_score: String,
    show_answers: String,
    released_at: Option<DateTime<Utc>>,
    n_sitting: i64,
    n_unmarked: i64,
}

impl RoundRow {
    fn shows_score(&self, now: DateTime<Utc>) -> Result<bool> {
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        let (n_sitting, n_unmarked) = (count(self.n_sitting), count(self.n_unmarked));
        let phase = phase(self.opens_at, self.closes_at, n_sitting, n_unmarked, now);
        Ok(rounds::showing(&self.show_score, &self.show_answers)?
            .seen_in(phase, self.released_at.is_some())
            .score)
    }
}

/// One row of `topic_results`, and its round.
#[derive(FromRow)]
pub(super) struct Row {
    person: String,
    attempt: String,
    round: String,
    service: String,
    topic: String,
    earned: i64,
    possible: i64,
    needed: i64,
    holds: bool,
    counts_for: i64,
    finished_at: DateTime<Utc>,
}

impl TryFrom<Row> for Evidence {
    type Error = Error;

    fn try_from(row: Row) -> Result<Evidence> {
        let needed = u8::try_from(row.needed).ok().and_then(|n| Percent::try_from(n).ok());
        Ok(Evidence {
            reached: Score::new(row.earned, row.possible)
                .ok_or_else(|| Error::Corrupt("topic result".to_owned()))?,
            needed: needed.ok_or_else(|| Error::Corrupt(format!("cut {}", row.needed)))?,
            topic: row.topic.parse().map_err(|_| Error::Corrupt(row.topic))?,
            service: row.service,
            attempt: row.attempt,
            finished_at: row.finished_at,
            holds: row.holds,
            counts_for: TimeDelta::days(row.counts_for),
        })
    }
}
