//! The index over the words of `search_entries`: FTS5 on SQLite, a `tsvector` on
//! PostgreSQL, kept in step by the database itself. Both are given plain words
//! and find the same.

use domain::search::Sought;
use sqlx::{query_as, query_scalar, raw_sql};

use super::{Hit, MANY, Row, Scope};
use crate::db::{Db, Either, commit, on};
use crate::error::Result;

/// FTS5 keeps no text of its own here. A table that begins with `_` is nobody's
/// record. The words of the title weigh ten times those of the body; `scope` is
/// the circle, `+` behind it where every member may see the record, and the
/// kind with `+` before it: a circle may be called like a kind.
const SQLITE: [&str; 5] = [
    r#"CREATE VIRTUAL TABLE _search_words USING fts5(
         scope, title, body,
         content = '', contentless_delete = 1, prefix = '2 3', tokenize = "ascii tokenchars '-+'")"#,
    "INSERT INTO _search_words (_search_words, rank) VALUES ('rank', 'bm25(0.0, 10.0, 1.0)')",
    "CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN
       INSERT INTO _search_words (rowid, scope, title, body)
       VALUES (new.n,
               new.circle || CASE WHEN new.leaders_only THEN '' ELSE ' ' || new.circle || '+' END || ' +' || new.kind,
               new.title_words, new.body_words);
     END",
    "CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries BEGIN
       DELETE FROM _search_words WHERE rowid = old.n;
     END",
    "CREATE TRIGGER search_entries_changed AFTER UPDATE ON search_entries BEGIN
       DELETE FROM _search_words WHERE rowid = old.n;
       INSERT INTO _search_words (rowid, scope, title, body)
       VALUES (new.n,
               new.circle || CASE WHEN new.leaders_only THEN '' ELSE ' ' || new.circle || '+' END || ' +' || new.kind,
               new.title_words, new.body_words);
     END",
];

/// Another node may make it at the same time; the lock goes with the
/// transaction.
const POSTGRES: [&str; 3] = [
    "SELECT pg_advisory_xact_lock(8446744073)",
    "ALTER TABLE search_entries ADD COLUMN IF NOT EXISTS words tsvector
       GENERATED ALWAYS AS (setweight(to_tsvector('simple', title_words), 'A') ||
                            setweight(to_tsvector('simple', body_words), 'D')) STORED",
    "CREATE INDEX IF NOT EXISTS search_entries_by_words ON search_entries USING gin (words)",
];

/// Makes the index where there is none.
pub(crate) async fn prepare(db: &Db) -> Result<()> {
    if is_there(db).await? {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    match &mut tx {
        Either::Sqlite(tx) => {
            for sql in SQLITE {
                raw_sql(sql).execute(&mut **tx).await?;
            }
        }
        Either::Postgres(tx) => {
            for sql in POSTGRES {
                raw_sql(sql).execute(&mut **tx).await?;
            }
        }
    }
    commit(tx).await
}

async fn is_there(db: &Db) -> Result<bool> {
    let n: i64 = match db.read() {
        Either::Sqlite(pool) => {
            query_scalar("SELECT count(*) FROM sqlite_master WHERE name = 'search_entries_changed'")
                .fetch_one(pool)
                .await?
        }
        Either::Postgres(pool) => {
            query_scalar(
                "SELECT count(*) FROM pg_indexes
                 WHERE schemaname = current_schema() AND indexname = 'search_entries_by_words'",
            )
            .fetch_one(pool)
            .await?
        }
    };
    Ok(n > 0)
}

/// In which order records are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Best,
    /// Nothing is weighed, so that it ends soon however many fit.
    Newest,
}

const SQLITE_COUNT: &str = "
    SELECT e.kind, count(*)
    FROM (SELECT rowid AS n FROM _search_words WHERE _search_words MATCH $1 LIMIT $2) w
    JOIN search_entries e ON e.n = w.n
    GROUP BY e.kind";

const POSTGRES_COUNT: &str = "
    SELECT kind, count(*)
    FROM (SELECT kind FROM search_entries
          WHERE words @@ CAST($1 AS TEXT)::tsquery AND circle = $3 AND (NOT leaders_only OR $4)
          LIMIT $2) w
    GROUP BY kind";

/// How many records of each kind fit; it stops counting a little above [`MANY`].
pub(super) async fn count(db: &Db, scope: Scope<'_>, sought: &Sought) -> Result<Vec<(String, i64)>> {
    let limit = MANY + 1;
    Ok(match db.read() {
        Either::Sqlite(pool) => {
            query_as(SQLITE_COUNT).bind(for_sqlite(scope, sought)).bind(limit).fetch_all(pool).await?
        }
        Either::Postgres(pool) => {
            query_as(POSTGRES_COUNT)
                .bind(for_postgres(sought))
                .bind(limit)
                .bind(scope.circle)
                .bind(scope.leads)
                .fetch_all(pool)
                .await?
        }
    })
}

const SQLITE_BEST: &str = "
    SELECT e.kind, e.service, e.path, e.title, e.body
    FROM (SELECT rowid AS n, rank AS weight FROM _search_words
          WHERE _search_words MATCH $1
          ORDER BY rank
          LIMIT $2 OFFSET $3) w
    JOIN search_entries e ON e.n = w.n
    ORDER BY w.weight, e.n DESC";

const SQLITE_NEWEST: &str = "
    SELECT e.kind, e.service, e.path, e.title, e.body
    FROM (SELECT rowid AS n FROM _search_words
          WHERE _search_words MATCH $1
          ORDER BY rowid DESC
          LIMIT $2 OFFSET $3) w
    JOIN search_entries e ON e.n = w.n
    ORDER BY e.n DESC";

const POSTGRES_BEST: &str = "
    SELECT kind, service, path, title, body
    FROM search_entries
    WHERE words @@ CAST($1 AS TEXT)::tsquery AND circle = $4 AND (NOT leaders_only OR $5) AND ($6 = '' OR kind = $6)
    ORDER BY ts_rank(words, CAST($1 AS TEXT)::tsquery) DESC, n DESC
    LIMIT $2 OFFSET $3";

const POSTGRES_NEWEST: &str = "
    SELECT kind, service, path, title, body
    FROM search_entries
    WHERE words @@ CAST($1 AS TEXT)::tsquery AND circle = $4 AND (NOT leaders_only OR $5) AND ($6 = '' OR kind = $6)
    ORDER BY n DESC
    LIMIT $2 OFFSET $3";

/// Some of the records that fit.
pub(super) async fn hits(
    db: &Db,
    scope: Scope<'_>,
    sought: &Sought,
    order: Order,
    take: usize,
    skip: usize,
) -> Result<Vec<Hit>> {
    let (take, skip) = (take as i64, skip as i64);
    let rows: Vec<Row> = match db.read() {
        Either::Sqlite(pool) => {
            let sql = if order == Order::Best { SQLITE_BEST } else { SQLITE_NEWEST };
            query_as(sql).bind(for_sqlite(scope, sought)).bind(take).bind(skip).fetch_all(pool).await?
        }
        Either::Postgres(pool) => {
            let sql = if order == Order::Best { POSTGRES_BEST } else { POSTGRES_NEWEST };
            query_as(sql)
                .bind(for_postgres(sought))
                .bind(take)
                .bind(skip)
                .bind(scope.circle)
                .bind(scope.leads)
                .bind(scope.kind.map_or("", |kind| kind.as_str()))
                .fetch_all(pool)
                .await?
        }
    };
    rows.into_iter().map(Hit::try_from).collect()
}

/// `scope : "orders+" AND {title body} : ("replica" * AND "lag" *)`. A word has
/// nothing but letters and digits in it, a slug hyphens beside them.
fn for_sqlite(scope: Scope<'_>, sought: &Sought) -> String {
    let seen = if scope.leads { "" } else { "+" };
    let kind = scope.kind.map(|kind| format!(r#"scope : "+{}" AND "#, kind.as_str())).unwrap_or_default();
    let word = |word: &String| match Sought::is_beginning(word) {
        true => format!(r#""{word}" *"#),
        false => format!(r#""{word}""#),
    };
    let words: Vec<String> = sought.words.iter().map(word).collect();
    format!(
        r#"scope : "{}{seen}" AND {kind}{{title body}} : ({})"#,
        scope.circle.replace('"', ""),
        words.join(" AND ")
    )
}

/// `'replica':* & 'lag':*`
fn for_postgres(sought: &Sought) -> String {
    let word = |word: &String| match Sought::is_beginning(word) {
        true => format!("'{word}':*"),
        false => format!("'{word}'"),
    };
    sought.words.iter().map(word).collect::<Vec<_>>().join(" & ")
}

const NAMED: &str = "
    SELECT kind, service, path, title, body
    FROM search_entries
    WHERE circle = $1 AND kind = $2 AND key = $3 AND (NOT leaders_only OR $4)";

/// The record of a kind that has this key.
pub(super) async fn named(db: &Db, scope: Scope<'_>, key: &str) -> Result<Option<Hit>> {
    let row: Option<Row> = on!(db.read(), |pool| query_as(NAMED)
        .bind(scope.circle)
        .bind(scope.kind.map_or("", domain::search::Kind::as_str))
        .bind(key)
        .bind(scope.leads)
        .fetch_optional(pool)
        .await?);
    row.map(Hit::try_from).transpose()
}
