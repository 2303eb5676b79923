//! Disputes: what takers object to, and what leaders decide about it.
//!
//! Here is the list of what was objected to, question by question and without
//! names. One question with its reports is in [`reading`], a decision and its
//! preview in [`deciding`], what a taker sees of both in [`own`].

pub mod deciding;
pub mod own;
pub mod reading;
pub(crate) mod standing;
#[cfg(test)]
mod stories;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::marking::decision::Ruling;
use domain::question::QuestionId;
use sqlx::{FromRow, query_as};

use crate::circles;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;

/// One version of a question that somebody objected to, or that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disputed {
    pub question: QuestionId,
    pub version: String,
    /// The first line of the question as it reads today.
    pub title: String,
    pub n_reports: i64,
    /// Reports that no decision has answered.
    pub n_open: i64,
    /// When the newest thing about it happened.
    pub newest: DateTime<Utc>,
    /// The newest decision, if there is one.
    pub ruling: Option<Ruling>,
}

const REPORTED: &str = "
    SELECT x.question, x.version, x.title, count(*) AS n_reports, CAST(sum(x.is_open) AS BIGINT) AS n_open,
           max(x.raised_at) AS newest
    FROM (SELECT s.question, s.version, q.title, d.raised_at,
                 CASE WHEN (SELECT count(*) FROM dispute_decisions c
                            WHERE c.circle = s.circle AND c.question = s.question AND c.version = s.version
                              AND c.made_at >= d.raised_at AND (c.round IS NULL OR c.round = a.round)) = 0
                      THEN 1 ELSE 0 END AS is_open
          FROM disputes d
          JOIN slots s ON s.attempt = d.attempt AND s.n = d.slot
          JOIN attempts a ON a.id = d.attempt
          JOIN questions q ON q.circle = s.circle AND q.id = s.question
          WHERE a.circle = $1) x
    GROUP BY x.question, x.version, x.title";

const DECIDED: &str = "
    SELECT d.question, d.version, q.title, d.ruling, d.made_at
    FROM dispute_decisions d
    JOIN questions q ON q.circle = d.circle AND q.id = d.question
    WHERE d.circle = $1
    ORDER BY d.question, d.version, d.turn";

/// Everything in a circle that was objected to or decided, for a leader: what
/// is open first, then the newest.
pub async fn list(db: &Db, who: &Who, circle: &str) -> Result<Vec<Disputed>> {
    circles::leader(db, who, circle).await?;
    let reported: Vec<ReportedRow> =
        on!(db.read(), |pool| query_as(REPORTED).bind(circle).fetch_all(pool).await?);
    let decided: Vec<DecidedRow> =
        on!(db.read(), |pool| query_as(DECIDED).bind(circle).fetch_all(pool).await?);
    let mut all: HashMap<(String, String), Disputed> = HashMap::new();
    for row in reported {
        let key = (row.question.clone(), row.version.clone());
        all.insert(key, row.read()?);
    }
    for row in decided {
        let key = (row.question.clone(), row.version.clone());
        let made_at = row.made_at;
        let ruling = standing::ruling(&row.ruling)?;
        let known = match all.get_mut(&key) {
            Some(known) => known,
            None => all.entry(key).or_insert(row.read()?),
        };
        known.newest = known.newest.max(made_at);
        known.ruling = Some(ruling);
    }
    let mut all: Vec<Disputed> = all.into_values().collect();
    all.sort_by(|a, b| {
        let rank = |one: &Disputed| (one.n_open == 0, std::cmp::Reverse(one.newest));
        rank(a).cmp(&rank(b)).then_with(|| (&a.question, &a.version).cmp(&(&b.question, &b.version)))
    });
    Ok(all)
}

/// How many questions of a circle wait for a decision, for a leader.
pub async fn n_open(db: &Db, who: &Who, circle: &str) -> Result<u32> {
    let open = list(db, who, circle).await?.into_iter().filter(|one| one.n_open > 0).count();
    Ok(u32::try_from(open).unwrap_or(u32::MAX))
}

#[derive(FromRow)]
struct ReportedRow {
    question: String,
    version: String,
    title: String,
    n_reports: i64,
    n_open: i64,
    newest: DateTime<Utc>,
}

impl ReportedRow {
    fn read(self) -> Result<Disputed> {
        Ok(Disputed {
            question: self.question.parse().map_err(|_| Error::Corrupt(self.question))?,
            version: self.version,
            title: self.title,
            n_reports: self.n_reports,
            n_open: self.n_open,
            newest: self.newest,
            ruling: None,
        })
    }
}

#[derive(FromRow)]
struct DecidedRow {
    question: String,
    version: String,
    title: String,
    ruling: String,
    made_at: DateTime<Utc>,
}

impl DecidedRow {
    /// One that nobody objected to.
    fn read(self) -> Result<Disputed> {
        let row = ReportedRow {
            question: self.question,
            version: self.version,
            title: self.title,
            n_reports: 0,
            n_open: 0,
            newest: self.made_at,
        };
        row.read()
    }
}
