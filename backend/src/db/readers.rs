//! Connections that read SQLite.
//!
//! sqlx's own pool asks a connection whether it is still alive, before each use
//! and after it. That is for servers that hang up; a file does not, and asking
//! costs more than most of our questions do.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{FutureExt, TryFutureExt, TryStreamExt, future, stream};
use sqlx::sqlite::{SqliteConnectOptions, SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo};
use sqlx::{Connection, Describe, Either, Error, Execute, Executor, SqlStr, Sqlite, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect;

type BoxFuture<'e, T> = future::BoxFuture<'e, Result<T, Error>>;

/// Some connections to one file. Clones share them.
#[derive(Clone)]
pub struct Readers {
    options: Arc<SqliteConnectOptions>,
    idle: Arc<Mutex<Vec<SqliteConnection>>>,
    places: Arc<Semaphore>,
    n: usize,
}

/// How long a reader waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

impl Readers {
    /// Opens the first of at most `n` connections.
    pub async fn open(options: SqliteConnectOptions, n: usize) -> Result<Readers, Error> {
        let first = connect(&options).await?;
        Ok(Readers {
            options: Arc::new(options),
            idle: Arc::new(Mutex::new(vec![first])),
            places: Arc::new(Semaphore::new(n)),
            n,
        })
    }

    /// Waits until all connections are given back, and closes them.
    pub async fn close(&self) {
        drop(self.places.acquire_many(u32::try_from(self.n).unwrap_or(u32::MAX)).await);
        self.places.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            drop(connection.close().await);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection for one question.
    async fn lend(&self) -> Result<Lent, Error> {
        let waiting = tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned());
        let place = waiting.await.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.options).await?,
        };
        Ok(Lent { connection, readers: self.clone(), _place: place })
    }
}

struct Lent {
    connection: SqliteConnection,
    readers: Readers,
    _place: OwnedSemaphorePermit,
}

impl Lent {
    /// For the next. One whose question failed, or was not waited for, is not
    /// given back but closed.
    fn give_back(self) {
        self.readers.idle().push(self.connection);
    }
}

impl<'c> Executor<'c> for &'c Readers {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> stream::BoxStream<'e, Result<Either<SqliteQueryResult, SqliteRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        let answer = async move {
            let mut lent = self.lend().await?;
            let rows: Vec<_> = lent.connection.fetch_many(query).try_collect().await?;
            lent.give_back();
            Ok(stream::iter(rows.into_iter().map(Ok)))
        };
        Box::pin(answer.try_flatten_stream())
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Option<SqliteRow>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        async move {
            let mut lent = self.lend().await?;
            let row = lent.connection.fetch_optional(query).await?;
            lent.give_back();
            Ok(row)
        }
        .boxed()
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [SqliteTypeInfo]) -> BoxFuture<'e, SqliteStatement>
    where
        'c: 'e,
    {
        async move { self.lend().await?.connection.prepare_with(sql, parameters).await }.boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Describe<Sqlite>>
    where
        'c: 'e,
    {
        async move { self.lend().await?.connection.describe(sql).await }.boxed()
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readers")
    }
}
