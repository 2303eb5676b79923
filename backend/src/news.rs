//! What has just changed, told to whoever waits for it, on every node.
//!
//! PostgreSQL carries the word between nodes (`NOTIFY` when the change
//! commits); SQLite has one node, and the word stays in it. Words may be lost:
//! whoever waits looks from time to time for themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{PgPool, query};
use tokio::sync::broadcast;

use crate::db::{Db, Either, Tx, commit};
use crate::error::Result;

/// Something that others follow has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What: an id. Empty where words may have been lost: it may be anything.
    pub what: Arc<str>,
    pub revision: i64,
}

impl Change {
    /// Whether somebody who follows this has to look.
    pub fn is_about(&self, what: &str) -> bool {
        self.what.is_empty() || *self.what == *what
    }
}

/// How many words wait for a slow listener before the oldest are lost.
const WAITING: usize = 256;

/// The channel of PostgreSQL.
const CHANNEL: &str = "muster_changes";

/// How long after a failure the node listens again.
const PAUSE: Duration = Duration::from_secs(1);

/// The words of one node. Clones share them.
#[derive(Clone)]
pub(crate) struct News {
    words: broadcast::Sender<Change>,
    is_listening: Arc<AtomicBool>,
}

impl Default for News {
    fn default() -> News {
        News { words: broadcast::Sender::new(WAITING), is_listening: Arc::default() }
    }
}

/// Everything that changes from now on.
pub fn follow(db: &Db) -> broadcast::Receiver<Change> {
    let news = db.news();
    let followed = news.words.subscribe();
    if let Either::Postgres(pool) = db.read()
        && !news.is_listening.swap(true, Ordering::SeqCst)
    {
        tokio::spawn(listen(pool.clone(), news.words.clone()));
    }
    followed
}

/// Commits, and tells everybody.
pub(crate) async fn commit_and_tell(db: &Db, mut tx: Tx, what: &str, revision: i64) -> Result<()> {
    if let Either::Postgres(tx) = &mut tx {
        // Told when it commits, and only then.
        let word = format!("{what} {revision}");
        query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(word).execute(&mut **tx).await?;
    }
    let is_told_here = matches!(tx, Either::Sqlite(_));
    commit(tx).await?;
    if is_told_here {
        tell(&db.news().words, what, revision);
    }
    Ok(())
}

/// Passes on what PostgreSQL tells, until the database is closed.
async fn listen(pool: PgPool, words: broadcast::Sender<Change>) {
    while !pool.is_closed() {
        if let Err(why) = pass_on(&pool, &words).await
            && !pool.is_closed()
        {
            tracing::warn!(%why, "changes on other nodes are not heard; listening again");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn pass_on(pool: &PgPool, words: &broadcast::Sender<Change>) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // Something may have been said before this node listened.
    tell(words, "", 0);
    while let Some(word) = listener.try_recv().await? {
        if let Some((what, revision)) = word.payload().split_once(' ') {
            tell(words, what, revision.parse().unwrap_or(0));
        }
    }
    Ok(())
}

/// Nobody may be listening, which is as well.
fn tell(words: &broadcast::Sender<Change>, what: &str, revision: i64) {
    drop(words.send(Change { what: what.into(), revision }));
}
