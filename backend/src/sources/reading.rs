//! What is stored of sources and of what asks to be checked.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::question::Topic;
use domain::source::Source;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::{Check, Resting};
use crate::db::{Db, commit, on};
use crate::error::{Error, Result};

/// The sources of a question as they are stored.
pub(crate) fn written(sources: &[String]) -> String {
    serde_json::to_string(sources).unwrap_or_else(|_| "[]".to_owned())
}

pub(super) fn names(stored: &str) -> Result<Vec<String>> {
    serde_json::from_str(stored).map_err(|_| Error::Corrupt(format!("sources {stored}")))
}

const UNREAD: &str = "SELECT circle, id, text FROM questions WHERE sources IS NULL";

const FILL: &str = "UPDATE questions SET sources = $3 WHERE circle = $1 AND id = $2 AND sources IS NULL";

/// Reads the sources from the text where an older program left them out; it
/// finds nothing to do at every start but the first of a newer one.
pub(crate) async fn note_missing(db: &Db) -> Result<()> {
    let unread: Vec<(String, String, String)> =
        on!(db.read(), |pool| query_as(UNREAD).fetch_all(pool).await?);
    if unread.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    for (circle, id, text) in &unread {
        let question = crate::questions::as_it_stands(id, text).ok();
        let sources = question.map(|question| question.sources).unwrap_or_default();
        on!(&mut tx, |tx| query(FILL)
            .bind(circle)
            .bind(id)
            .bind(written(&sources))
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    commit(tx).await
}

const OPEN: &str = "
    SELECT c.id, c.question, q.title, c.source, c.from_version, c.to_version, c.was, c.says, c.noted_at
    FROM question_checks c
    JOIN questions q ON q.circle = c.circle AND q.id = c.question
    WHERE c.circle = $1 AND ($2 = '' OR c.question = $2) AND c.settled_at IS NULL
    ORDER BY c.question, c.noted_at, c.id";

/// What is open in a circle, of one question if it is named.
pub(super) async fn open(db: &Db, circle: &str, question: &str) -> Result<Vec<Check>> {
    let rows: Vec<Row> =
        on!(db.read(), |pool| query_as(OPEN).bind(circle).bind(question).fetch_all(pool).await?);
    rows.into_iter().map(Check::try_from).collect()
}

#[derive(FromRow)]
struct Row {
    id: String,
    question: String,
    title: String,
    source: String,
    from_version: String,
    to_version: String,
    was: String,
    says: String,
    noted_at: DateTime<Utc>,
}

impl TryFrom<Row> for Check {
    type Error = Error;

    fn try_from(row: Row) -> Result<Check> {
        Ok(Check {
            id: row.id,
            question: row.question.parse().map_err(|_| Error::Corrupt(row.question))?,
            title: row.title,
            source: row.source,
            from: row.from_version,
            to: row.to_version,
            was: row.was,
            is: row.says,
            noted_at: row.noted_at,
        })
    }
}

const WITH_SOURCES: &str = "
    SELECT id, title, state, sources FROM questions
    WHERE circle = $1 AND sources IS NOT NULL AND sources <> '[]'
    ORDER BY id";

const OPEN_QUESTIONS: &str =
    "SELECT DISTINCT question FROM question_checks WHERE circle = $1 AND settled_at IS NULL";

/// Ids of the questions of a circle that ask to be checked.
pub(crate) async fn open_questions(db: &Db, circle: &str) -> Result<HashSet<String>> {
    let open: Vec<String> =
        on!(db.read(), |pool| query_scalar(OPEN_QUESTIONS).bind(circle).fetch_all(pool).await?);
    Ok(open.into_iter().collect())
}

/// The questions that rest on a source.
pub(super) async fn resting_on(db: &Db, circle: &str, source: &Source) -> Result<Vec<Resting>> {
    let rows: Vec<(String, String, String, String)> =
        on!(db.read(), |pool| query_as(WITH_SOURCES).bind(circle).fetch_all(pool).await?);
    let open = open_questions(db, circle).await?;
    let mut resting = Vec::new();
    for (id, title, state, sources) in rows {
        if names(&sources)?.iter().any(|named| Source::parse(named).is_touched_by(source)) {
            resting.push(Resting {
                asks_to_be_checked: open.contains(&id),
                question: id.parse().map_err(|_| Error::Corrupt(id))?,
                title,
                state: state.parse().map_err(|_| Error::Corrupt(state))?,
            });
        }
    }
    Ok(resting)
}

const WEAKER: &str = "
    SELECT s.attempt, q.service, q.topic, count(DISTINCT q.id) AS n
    FROM question_checks c
    JOIN questions q ON q.circle = c.circle AND q.id = c.question
    JOIN slots s ON s.circle = c.circle AND s.question = c.question
    WHERE c.circle = $1 AND c.settled_at IS NULL
    GROUP BY s.attempt, q.service, q.topic";

/// How many questions of each attempt ask to be checked now, by service and
/// topic: what a pass rests on is weaker by them.
pub(crate) async fn weaker(db: &Db, circle: &str) -> Result<HashMap<(String, String, Topic), i64>> {
    let rows: Vec<(String, String, String, i64)> =
        on!(db.read(), |pool| query_as(WEAKER).bind(circle).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(attempt, service, topic, n)| {
            let topic = topic.parse().map_err(|_| Error::Corrupt(topic))?;
            Ok(((attempt, service, topic), n))
        })
        .collect()
}
