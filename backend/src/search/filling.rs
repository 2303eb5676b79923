//! Putting into the index what an older program stored before there was one.

use chrono::{DateTime, Utc};
use domain::search::Kind;
use sqlx::{FromRow, query_as, query_scalar};

use super::{Entry, put};
use crate::db::{Db, commit, on};
use crate::error::Result;

const IS_EMPTY: &str =
    "SELECT CASE WHEN (SELECT count(*) FROM (SELECT n FROM search_entries LIMIT 1) one) = 0
                 THEN (SELECT count(*) FROM services) ELSE 0 END";

const QUESTIONS: &str =
    "SELECT circle, id AS key, service, title, text AS body, changed_at AS at FROM questions";

const ACTIONS: &str = "
    SELECT circle, 'CA-' || CAST(number AS TEXT) AS key, CAST(NULL AS TEXT) AS service, title,
           description || ' ' || done_when AS body, changed_at AS at
    FROM actions";

const SERVICES: &str = "
    SELECT circle, slug AS key, slug AS service, name AS title, summary || ' ' || owner AS body, created_at AS at
    FROM services";

/// Finds nothing to do at every start but the first of a newer program.
pub(crate) async fn fill(db: &Db) -> Result<()> {
    let n: i64 = on!(db.read(), |pool| query_scalar(IS_EMPTY).fetch_one(pool).await?);
    if n == 0 {
        return Ok(());
    }
    let kinds = [
        (Kind::Service, SERVICES, "/services/"),
        (Kind::Question, QUESTIONS, "/questions/"),
        (Kind::Action, ACTIONS, "/actions/"),
    ];
    let mut tx = db.begin().await?;
    for (kind, sql, path) in kinds {
        let rows: Vec<Row> = on!(&mut tx, |tx| query_as(sql).fetch_all(&mut **tx).await?);
        for row in rows {
            let entry = Entry {
                circle: &row.circle,
                kind,
                key: &row.key,
                service: row.service.as_deref(),
                path: format!("{path}{}", row.key),
                title: &row.title,
                body: &row.body,
            };
            put(&mut tx, &entry, row.at).await?;
        }
    }
    commit(tx).await
}

#[derive(FromRow)]
struct Row {
    circle: String,
    key: String,
    service: Option<String>,
    title: String,
    body: String,
    at: DateTime<Utc>,
}
