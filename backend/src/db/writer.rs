//! The connection that writes SQLite: there is one, and a queue in front of it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Error, SqliteConnection, query};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::connect;

/// Clones share the connection.
#[derive(Clone)]
pub struct Writer {
    options: Arc<SqliteConnectOptions>,
    /// `None` once closed.
    connection: Arc<Mutex<Option<SqliteConnection>>>,
}

/// How long a writer waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

type Turn = OwnedMutexGuard<Option<SqliteConnection>>;

impl Writer {
    pub fn new(connection: SqliteConnection, options: SqliteConnectOptions) -> Writer {
        Writer { options: Arc::new(options), connection: Arc::new(Mutex::new(Some(connection))) }
    }

    /// Waits for its turn. What begins then is the caller's to say.
    pub async fn turn(&self) -> Result<Transaction, Error> {
        let waiting = tokio::time::timeout(PATIENCE, self.connection.clone().lock_owned());
        let turn = waiting.await.map_err(|_| Error::PoolTimedOut)?;
        if turn.is_none() { Err(Error::PoolClosed) } else { Ok(Transaction { turn: Some(turn) }) }
    }

    /// Waits for its turn, and takes the lock of the file at once.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        // Open from here on: whoever stops waiting below has sent BEGIN already.
        let mut transaction = self.turn().await?;
        match query("BEGIN IMMEDIATE").execute(&mut *transaction).await {
            Ok(_) => Ok(transaction),
            Err(why) => {
                if matches!(why, Error::WorkerCrashed) {
                    *transaction = connect(&self.options).await?;
                }
                Err(why)
            }
        }
    }

    /// Waits for whoever writes, and closes the connection.
    pub async fn close(&self) {
        if let Some(connection) = self.connection.lock().await.take() {
            drop(connection.close().await);
        }
    }
}

/// The turn of one who writes. What is not committed is undone, and the next has
/// to wait for that.
pub struct Transaction {
    /// `None` once committed.
    turn: Option<Turn>,
}

impl Transaction {
    /// The caller has said COMMIT, and it was done.
    pub fn committed(mut self) {
        self.turn = None;
    }

    pub async fn commit(mut self) -> Result<(), Error> {
        query("COMMIT").execute(&mut *self).await?;
        self.turn = None;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let (Some(turn), Ok(runtime)) = (self.turn.take(), Handle::try_current()) {
            runtime.spawn(undo(turn));
        }
    }
}

async fn undo(mut turn: Turn) {
    if let Some(connection) = turn.as_mut() {
        // A full disk makes SQLite undo everything by itself: then there is
        // nothing left to undo, and it says so.
        drop(query("ROLLBACK").execute(connection).await);
    }
}

const OPEN: &str = "it is given away when the transaction ends, and only then";

impl Deref for Transaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.turn.as_ref().and_then(|turn| turn.as_ref()).expect(OPEN)
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.turn.as_mut().and_then(|turn| turn.as_mut()).expect(OPEN)
    }
}
