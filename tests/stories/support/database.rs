//! The database of one story, and a look into it past the program.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, query, query_scalar};
use uuid::Uuid;

/// Where the program keeps what it keeps.
pub struct Database {
    address: String,
    open: Open,
}

enum Open {
    /// Opened at the first look: the program makes the file.
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs a statement on whichever database is open; the statement uses `$1`, …
macro_rules! on {
    ($database:expr, |$pool:ident| $query:expr) => {
        match &$database.open {
            Open::Sqlite($pool) => $query,
            Open::Postgres($pool) => $query,
        }
    };
}

impl Database {
    pub async fn fresh(folder: &Path) -> Database {
        match std::env::var("TEST_POSTGRES") {
            Ok(server) => Database::open(&fresh_postgres(&server).await).await,
            Err(_) => Database::open(&format!("sqlite:{}", folder.join("muster.db").display())).await,
        }
    }

    /// The same database once more.
    pub async fn again(&self) -> Database {
        Database::open(&self.address).await
    }

    async fn open(address: &str) -> Database {
        let open = if address.starts_with("postgres:") {
            Open::Postgres(PgPoolOptions::new().max_connections(2).connect_lazy(address).unwrap())
        } else {
            Open::Sqlite(SqlitePoolOptions::new().max_connections(2).connect_lazy(address).unwrap())
        };
        Database { address: address.to_owned(), open }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn serves_many_nodes(&self) -> bool {
        matches!(self.open, Open::Postgres(_))
    }

    /// A number, such as a count.
    pub async fn number(&self, sql: &'static str, parameter: &str) -> i64 {
        on!(self, |pool| query_scalar(sql).bind(parameter).fetch_one(pool).await).unwrap()
    }

    /// A text.
    pub async fn text(&self, sql: &'static str, parameter: &str) -> String {
        on!(self, |pool| query_scalar(sql).bind(parameter).fetch_one(pool).await).unwrap()
    }

    pub async fn instant(&self, sql: &'static str, parameter: &str) -> DateTime<Utc> {
        on!(self, |pool| query_scalar(sql).bind(parameter).fetch_one(pool).await).unwrap()
    }

    /// Moves an instant that no test can wait for: `$1` names the row, `$2` is the instant.
    pub async fn set_instant(&self, sql: &'static str, row: &str, at: DateTime<Utc>) {
        let n = on!(self, |pool| query(sql).bind(row).bind(at).execute(pool).await.unwrap().rows_affected());
        assert_eq!(n, 1, "{sql} {row}");
    }

    /// Breaks what is stored.
    pub async fn run(&self, sql: &'static str, parameter: &str) {
        on!(self, |pool| query(sql).bind(parameter).execute(pool).await.map(drop)).unwrap();
    }

    /// Every row of every table: what a request that only reads must not change.
    pub async fn everything(&self) -> Everything {
        let mut everything = BTreeMap::new();
        for table in self.texts(self.tables_sql()).await {
            let columns = self.texts(self.columns_sql(&table)).await;
            let values: Vec<String> = columns.iter().map(|column| self.quoted(column)).collect();
            let sql = format!("SELECT {} FROM \"{table}\"", values.join(" || ', ' || "));
            let mut rows = self.texts(sql).await;
            rows.sort();
            everything.insert(table, rows);
        }
        Everything(everything)
    }

    async fn texts(&self, sql: String) -> Vec<String> {
        on!(self, |pool| query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await).unwrap()
    }

    fn tables_sql(&self) -> String {
        match self.open {
            Open::Sqlite(_) => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            }
            Open::Postgres(_) => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
            }
        }
        .to_owned()
    }

    fn columns_sql(&self, table: &str) -> String {
        match self.open {
            Open::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}')"),
            Open::Postgres(_) => format!(
                "SELECT CAST(column_name AS TEXT) FROM information_schema.columns
                 WHERE table_schema = 'public' AND table_name = '{table}'
                 ORDER BY ordinal_position"
            ),
        }
    }

    /// A value of any type as text, NULL told from empty.
    fn quoted(&self, column: &str) -> String {
        match self.open {
            Open::Sqlite(_) => format!("quote(\"{column}\")"),
            Open::Postgres(_) => format!("quote_nullable(CAST(\"{column}\" AS TEXT))"),
        }
    }

    /// How many rows each table holds: what a refused request must not change.
    pub async fn sizes(&self) -> Vec<(&'static str, i64)> {
        let mut sizes = Vec::new();
        for table in TABLES {
            let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
            let n: i64 = on!(self, |pool| query_scalar(sql).fetch_one(pool).await).unwrap();
            sizes.push((table, n));
        }
        sizes
    }
}

/// The rows of each table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Everything(BTreeMap<String, Vec<String>>);

impl Everything {
    /// The rows that are in the one and not in the other, by table.
    pub fn changed_in(&self, later: &Everything) -> Vec<String> {
        let lacks = |here: &Everything, table: &String, row: &String| {
            here.0.get(table).is_none_or(|rows| rows.binary_search(row).is_err())
        };
        let only_in = |here: &Everything, other: &Everything, sign: &str| -> Vec<String> {
            let rows = here.0.iter().flat_map(|(table, rows)| rows.iter().map(move |row| (table, row)));
            let lost = rows.filter(|(table, row)| lacks(other, table, row));
            lost.map(|(table, row)| format!("{sign} {table}: {row}")).collect()
        };
        [only_in(self, later, "-"), only_in(later, self, "+")].concat()
    }

    /// The rows of one table.
    pub fn rows(&self, table: &str) -> &[String] {
        &self.0[table]
    }

    /// The tables without one.
    pub fn without(mut self, table: &str) -> Everything {
        assert!(self.0.remove(table).is_some(), "there is no table {table}");
        self
    }
}

/// What a person's work is kept in; sessions and counters come and go.
const TABLES: [&str; 24] = [
    "people",
    "circles",
    "members",
    "invitations",
    "password_resets",
    "audit",
    "services",
    "questions",
    "question_versions",
    "tests",
    "rounds",
    "round_people",
    "attempts",
    "answer_events",
    "extensions",
    "disputes",
    "dispute_decisions",
    "actions",
    "action_events",
    "calendar_feeds",
    "reviews",
    "review_notes",
    "review_decisions",
    "review_feedback",
];

thread_local! {
    /// A story has its thread to itself.
    static OF_THIS_STORY: RefCell<Made> = const { RefCell::new(Made(Vec::new())) };
}

/// The databases a story made on a server.
struct Made(Vec<String>);

/// Those of the stories that are over; the next story drops them.
static OVER: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Drop for Made {
    fn drop(&mut self) {
        OVER.lock().unwrap().append(&mut self.0);
    }
}

/// Databases carry the process in their name, so that a later run knows which
/// are nobody's.
async fn fresh_postgres(server: &str) -> String {
    let pool = PgPoolOptions::new().max_connections(1).connect(server).await.unwrap();
    let names: Vec<String> = query_scalar("SELECT datname FROM pg_database").fetch_all(&pool).await.unwrap();
    let over = std::mem::take(&mut *OVER.lock().unwrap());
    for old in names.iter().filter(|name| is_abandoned(name) || over.contains(name)) {
        let drop_it = AssertSqlSafe(format!("DROP DATABASE IF EXISTS \"{old}\" WITH (FORCE)"));
        drop(query(drop_it).execute(&pool).await);
    }
    let name = format!("muster_story_{}_{}", std::process::id(), Uuid::new_v4().simple());
    OF_THIS_STORY.with_borrow_mut(|made| made.0.push(name.clone()));
    query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.unwrap();
    pool.close().await;
    let (place, _) = server.rsplit_once('/').unwrap();
    format!("{place}/{name}")
}

fn is_abandoned(name: &str) -> bool {
    let process = name.strip_prefix("muster_story_").and_then(|rest| rest.split('_').next());
    process.is_some_and(|process| !Path::new("/proc").join(process).exists())
}
