//! The database: one SQL text for SQLite and PostgreSQL.
//!
//! Not here: what is asked of it; each noun's own module holds its queries.

mod readers;
mod writer;

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, Postgres, SqliteConnection, Transaction};

use crate::attempts::saving::queue::SaveQueue;
use crate::coverage::reviews;
use crate::error::{Error, Result};
use crate::news::News;
use crate::search;
use crate::signals::receiving::Intake;
use crate::sources;

use readers::Readers;
pub(crate) use writer::Writer;

/// One thing for SQLite, another for PostgreSQL.
#[derive(Clone, Debug)]
pub enum Either<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// Connections that write whichever database is open.
type Writers = Either<Writer, PgPool>;

/// Connections that read whichever database is open.
pub(crate) type Pool = Either<Readers, PgPool>;

/// Several statements that happen together or not at all.
pub type Tx = Either<writer::Transaction, Transaction<'static, Postgres>>;

/// Sends one query to whichever database is open.
macro_rules! on {
    ($db:expr, |$conn:ident| $query:expr) => {
        match $db {
            crate::db::Either::Sqlite($conn) => $query,
            crate::db::Either::Postgres($conn) => $query,
        }
    };
}
pub(crate) use on;

/// An open database. Clones share its connections.
#[derive(Clone)]
pub struct Db {
    /// For reading only.
    reader: Pool,
    /// On SQLite a single connection: SQLite has one writer, and a queue in
    /// front of it is fairer and faster than its busy handler.
    writer: Writers,
    saves: Option<SaveQueue>,
    intake: Option<Intake>,
    news: News,
}

/// SQLite up to 3.51.2 can lose a commit when a checkpoint races it.
const SQLITE_AT_LEAST: i64 = 3_051_003;

/// Enough to keep every core reading.
const N_READERS: usize = 4;

/// Pages that a reading connection keeps, in KiB. Every commit makes it forget
/// them, and the system keeps them as well.
const READERS_CACHE: &str = "-500";

/// Pages that the writer keeps, in KiB: those that answers of a whole round go
/// to. Nobody else writes, so it forgets nothing.
const WRITERS_CACHE: &str = "-4000";

/// Rows that a connection hands over before somebody takes them: as many as most
/// questions have, so that it need not wait.
const ROWS_ON_THE_WAY: usize = 500;

/// Longer than any statement of ours, shorter than a person's patience.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a database was not opened, told to the operator.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    #[error("the database address {0:?} begins with neither `sqlite:` nor `postgres://`")]
    UnknownScheme(String),
    #[error("SQLite {0} can lose committed writes; Muster needs 3.51.3 or newer")]
    OldSqlite(String),
    #[error("{0} is on a network file system ({1}); SQLite in WAL mode needs a local disk")]
    NetworkDisk(String, String),
    #[error("PostgreSQL runs with {0} = {1}; a power cut would lose acknowledged answers, so switch it on")]
    NotDurable(&'static str, String),
    #[error("the database was made by a newer Muster (its migration {0} is not known here); use that one")]
    Newer(i64),
    #[error("the tables could not be brought up to date: {0}")]
    Migrate(sqlx::migrate::MigrateError),
    #[error("what an older Muster stored could not be brought up to date: {0}")]
    Fill(Error),
    #[error("the database cannot be opened: {0}")]
    Sqlx(#[from] sqlx::Error),
}

impl From<MigrateError> for NotOpened {
    fn from(error: MigrateError) -> NotOpened {
        match error {
            MigrateError::VersionMissing(version) => NotOpened::Newer(version),
            other => NotOpened::Migrate(other),
        }
    }
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…`, checks that it keeps what it
    /// acknowledges, and brings its tables up to date.
    pub async fn open(address: &str) -> Result<Db, NotOpened> {
        let db = if address.starts_with("sqlite:") {
            Db::open_sqlite(address).await?
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            Db::open_postgres(address).await?
        } else {
            return Err(NotOpened::UnknownScheme(address.to_owned()));
        };
        reviews::note_missing(&db).await.map_err(NotOpened::Fill)?;
        sources::reading::note_missing(&db).await.map_err(NotOpened::Fill)?;
        search::prepare(&db).await.map_err(NotOpened::Fill)?;
        search::fill(&db).await.map_err(NotOpened::Fill)?;
        Ok(db)
    }

    async fn open_sqlite(address: &str) -> Result<Db, NotOpened> {
        let options = SqliteConnectOptions::from_str(address)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", WRITERS_CACHE)
            .row_buffer_size(ROWS_ON_THE_WAY);
        refuse_network_disk(options.get_filename())?;

        let mut connection = connect(&options).await?;
        refuse_old_sqlite(&mut connection).await?;
        MIGRATIONS.run(&mut connection).await?;
        let writer = Writer::new(connection, options.clone());
        let reader =
            Readers::open(options.pragma("query_only", "ON").pragma("cache_size", READERS_CACHE), N_READERS)
                .await?;

        let saves = Some(SaveQueue::start(writer.clone()));
        let intake = Some(Intake::start(writer.clone()));
        Ok(Db {
            reader: Either::Sqlite(reader),
            writer: Either::Sqlite(writer),
            saves,
            intake,
            news: News::default(),
        })
    }

    async fn open_postgres(address: &str) -> Result<Db, NotOpened> {
        let options = PgConnectOptions::from_str(address)?
            .application_name("muster")
            .options([("idle_in_transaction_session_timeout", "30s"), ("TimeZone", "UTC")]);
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            .before_acquire(|conn, _| Box::pin(end_open_transaction(conn)))
            .connect_with(options)
            .await?;
        refuse_lossy_postgres(&pool).await?;
        MIGRATIONS.run(&pool).await?;
        Ok(Db {
            reader: Either::Postgres(pool.clone()),
            writer: Either::Postgres(pool),
            saves: None,
            intake: None,
            news: News::default(),
        })
    }

    /// For reading.
    pub(crate) fn read(&self) -> &Pool {
        &self.reader
    }

    /// What changed, for those who follow it.
    pub(crate) fn news(&self) -> &News {
        &self.news
    }

    /// Where saves wait to be committed together; `None` where the database
    /// gathers commits by itself.
    pub(crate) fn saves(&self) -> Option<&SaveQueue> {
        self.saves.as_ref()
    }

    /// Where deliveries wait to be committed together, as saves do.
    pub(crate) fn intake(&self) -> Option<&Intake> {
        self.intake.as_ref()
    }

    /// Begins to write. On SQLite the lock is taken at once, so that a read
    /// that turns into a write cannot find somebody before it.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        Ok(match &self.writer {
            Either::Sqlite(writer) => Either::Sqlite(writer.begin().await?),
            Either::Postgres(pool) => Either::Postgres(pool.begin().await?),
        })
    }

    /// Whether the database answers, and would take a write.
    pub async fn is_ready(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        on!(&mut tx, |tx| sqlx::query("DELETE FROM setup_tokens WHERE token_hash = ''")
            .execute(&mut **tx)
            .await
            .map(drop))?;
        commit(tx).await
    }

    /// Waits for the connections to be given back, and closes them.
    pub async fn close(&self) {
        on!(&self.reader, |pool| pool.close().await);
        on!(&self.writer, |pool| pool.close().await);
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reader {
            Either::Sqlite(_) => "Db(SQLite)",
            Either::Postgres(_) => "Db(PostgreSQL)",
        })
    }
}

/// Keeps what the transaction did. Nothing is acknowledged before this returns.
pub(crate) async fn commit(tx: Tx) -> Result<()> {
    on!(tx, |tx| tx.commit().await).map_err(Error::from)
}

/// Whether a statement met a row that is there already.
pub(crate) fn is_taken(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.is_unique_violation())
}

/// `now` as it is stored: in whole milliseconds on both databases.
pub fn stored(now: DateTime<Utc>) -> DateTime<Utc> {
    now.trunc_subsecs(3)
}

/// A new key: a UUIDv7, so that keys made later sort later.
pub(crate) fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

async fn connect(options: &SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    let mut connection = options.connect().await?;
    assert_full_sync(&mut connection).await?;
    Ok(connection)
}

/// `synchronous = NORMAL` may lose acknowledged commits on a power cut.
async fn assert_full_sync(conn: &mut SqliteConnection) -> sqlx::Result<()> {
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(conn).await?;
    if synchronous == 2 {
        Ok(())
    } else {
        Err(sqlx::Error::Configuration("SQLite does not run with synchronous = FULL".into()))
    }
}

async fn refuse_old_sqlite(connection: &mut SqliteConnection) -> Result<(), NotOpened> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(connection).await?;
    let mut parts = version.split('.').map(|part| part.parse::<i64>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let number = next() * 1_000_000 + next() * 1_000 + next();
    if number >= SQLITE_AT_LEAST { Ok(()) } else { Err(NotOpened::OldSqlite(version)) }
}

/// Shared memory, which WAL needs, does not work between hosts.
fn refuse_network_disk(file: &Path) -> Result<(), NotOpened> {
    let Some(folder) = file.parent().and_then(|folder| folder.canonicalize().ok()) else {
        return Ok(());
    };
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let holding = mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            Some((words.next()?, words.next()?))
        })
        .filter(|(point, _)| folder.starts_with(point))
        .max_by_key(|(point, _)| point.len());
    match holding {
        Some((_, kind)) if is_network(kind) => {
            Err(NotOpened::NetworkDisk(folder.display().to_string(), kind.to_owned()))
        }
        _ => Ok(()),
    }
}

fn is_network(file_system: &str) -> bool {
    ["nfs", "cifs", "smb", "afs", "ceph", "gluster", "lustre", "fuse.sshfs", "fuse.s3"]
        .iter()
        .any(|name| file_system.starts_with(name))
}

async fn refuse_lossy_postgres(pool: &PgPool) -> Result<(), NotOpened> {
    for (setting, ask) in [("fsync", "SHOW fsync"), ("synchronous_commit", "SHOW synchronous_commit")] {
        let value: String = sqlx::query_scalar(ask).fetch_one(pool).await?;
        if value == "off" {
            return Err(NotOpened::NotDurable(setting, value));
        }
    }
    Ok(())
}

/// A request that was cancelled inside `begin` can leave its connection in a
/// transaction that nobody would commit: the next one's writes would vanish.
/// In the simple protocol the two clocks differ only inside one, so that a
/// clean connection costs no warning in PostgreSQL's log.
async fn end_open_transaction(conn: &mut sqlx::PgConnection) -> sqlx::Result<bool> {
    use sqlx::Row;

    if conn.is_in_transaction() {
        return Ok(false);
    }
    let row = sqlx::raw_sql("SELECT now() <> statement_timestamp()").fetch_one(&mut *conn).await?;
    if row.try_get::<bool, _>(0)? {
        sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await?;
    }
    Ok(true)
}
