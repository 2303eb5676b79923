//! Everything that says how one person stands with one topic of a service.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use domain::people::Role;
use domain::question::Topic;
use domain::readiness::{Evidence, Standing, newest, standing};
use sqlx::{FromRow, query_as};

use super::evidence::{Row, Showing};
use crate::circles::{self, Member};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{services, sources};

/// The evidence behind one cell of the matrix: for that person and for leaders.
#[derive(Debug, Clone)]
pub struct History {
    pub member: Member,
    pub name: String,
    pub service_name: String,
    pub standing: Standing,
    /// The newest first.
    pub attempts: Vec<Sat>,
    /// Marked attempts whose result the person may not see yet.
    pub n_hidden: usize,
    /// How many questions of the newest attempt ask to be checked now.
    pub n_to_check: i64,
}

/// One attempt that contained the topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sat {
    pub evidence: Evidence,
    pub round_name: String,
    /// Which attempt of its round it was, from 1, and of how many so far.
    pub number: i64,
    pub n_in_round: i64,
}

const HISTORY: &str = "
    SELECT t.person, t.attempt, a.round, t.service, t.topic, t.earned, t.possible, t.needed, t.holds, t.counts_for,
           t.finished_at, r.name AS round_name,
           (SELECT count(*) FROM attempts x
            WHERE x.round = a.round AND x.person = a.person AND (x.started_at < a.started_at OR x.id = a.id)
           ) AS number,
           (SELECT count(*) FROM attempts x WHERE x.round = a.round AND x.person = a.person) AS n_in_round
    FROM topic_results t
    JOIN attempts a ON a.id = t.attempt
    JOIN rounds r ON r.id = a.round
    WHERE t.circle = $1 AND t.person = $2 AND t.service = $3 AND t.topic = $4";

/// The evidence behind one cell of the matrix.
pub async fn history(
    db: &Db,
    who: &Who,
    circle: &str,
    person: &str,
    service: &str,
    topic: Topic,
    now: DateTime<Utc>,
) -> Result<History> {
    let member = circles::member(db, who, circle).await?;
    if person != who.person && member.role != Role::Leader {
        return Err(Error::NotFound);
    }
    let members = circles::members(db, who, circle).await?;
    let name = members.into_iter().find(|member| member.person == person).ok_or(Error::NotFound)?.name;
    let services = services::of_circle(db, circle).await?;
    let found = services.into_iter().find(|known| known.slug == service).ok_or(Error::NotFound)?;
    let rows: Vec<HistoryRow> = on!(db.read(), |pool| query_as(HISTORY)
        .bind(circle)
        .bind(person)
        .bind(service)
        .bind(topic.as_str())
        .fetch_all(pool)
        .await?);
    let rounds = Showing::of(db, circle, (person == who.person).then_some(now)).await?;
    let n_rows = rows.len();
    let shown = rows.into_iter().filter(|row| rounds.show(&row.row));
    let attempts = newest_first(shown.map(Sat::try_from).collect::<Result<Vec<_>>>()?);
    let n_hidden = n_rows - attempts.len();
    let evidence: Vec<Evidence> = attempts.iter().map(|sat| sat.evidence.clone()).collect();
    let newest = newest(&evidence, service, topic);
    let weaker = sources::reading::weaker(db, circle).await?;
    let of = |one: &Evidence| weaker.get(&(one.attempt.clone(), service.to_owned(), topic)).copied();
    let n_to_check = newest.and_then(of).unwrap_or_default();
    let standing = standing(newest, now);
    Ok(History { member, name, service_name: found.name, standing, attempts, n_hidden, n_to_check })
}

/// As `domain::readiness::newest` has it.
fn newest_first(mut attempts: Vec<Sat>) -> Vec<Sat> {
    let age = |sat: &Sat| (sat.evidence.finished_at, sat.evidence.attempt.clone());
    attempts.sort_by_cached_key(|sat| Reverse(age(sat)));
    attempts
}

#[derive(FromRow)]
struct HistoryRow {
    #[sqlx(flatten)]
    row: Row,
    round_name: String,
    number: i64,
    n_in_round: i64,
}

impl TryFrom<HistoryRow> for Sat {
    type Error = Error;

    fn try_from(row: HistoryRow) -> Result<Sat> {
        Ok(Sat {
            evidence: row.row.try_into()?,
            round_name: row.round_name,
            number: row.number,
            n_in_round: row.n_in_round,
        })
    }
}
