//! Where tower-sessions keeps who is signed in: one table for both databases.
//!
//! A row holds the hash of a session's id, so that a copy of the database
//! lets nobody in.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use sqlx::{FromRow, query, query_as};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store;

use crate::circles::Place;
use crate::db::{Db, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::{Who, WhoRow};
use crate::token;

/// The sessions of an installation.
#[derive(Clone)]
pub struct SessionTable {
    db: Db,
    clock: fn() -> DateTime<Utc>,
}

impl SessionTable {
    /// `clock` tells which sessions are over; `SessionStore` asks without
    /// saying what time it is.
    pub fn new(db: Db, clock: fn() -> DateTime<Utc>) -> SessionTable {
        SessionTable { db, clock }
    }
}

/// Under this key a session holds the person and the epoch.
pub const SIGNED_IN: &str = "signed_in";

/// Under this key a session holds when it was last used, as far as that was
/// written down.
pub const SEEN_AT: &str = "seen_at";

const CREATE: &str = "
    INSERT INTO sessions (id, record, expires_at, person, epoch, seen_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO NOTHING";
const SAVE: &str = "
    UPDATE sessions SET record = $2, expires_at = $3, person = $4, epoch = $5, seen_at = $6
    WHERE id = $1";
const LOAD: &str = "SELECT record, expires_at FROM sessions WHERE id = $1 AND expires_at > $2";
const DELETE: &str = "DELETE FROM sessions WHERE id = $1";
const SWEEP: &str = "DELETE FROM sessions WHERE expires_at <= $1";

#[async_trait]
impl SessionStore for SessionTable {
    /// An id that is taken is drawn again: nobody gets another's session.
    async fn create(&self, session: &mut Record) -> session_store::Result<()> {
        while self.write(CREATE, session).await? == 0 {
            session.id = Id::default();
        }
        Ok(())
    }

    /// Changes a session that exists. One that was deleted meanwhile, because
    /// the person signed out in another tab, does not come back.
    async fn save(&self, session: &Record) -> session_store::Result<()> {
        // What a page changes here is when it was last used. A store that is
        // full must not take the page away that was read all the same.
        if let Err(cause) = self.write(SAVE, session).await {
            tracing::warn!(%cause, "a session could not be saved");
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let found = self.find(id).await.map_err(backend)?;
        found.map(|row| row.into_record(*id)).transpose()
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.remove(id).await.map_err(backend)
    }
}

/// The one who asks with a session that still counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    pub who: Who,
    /// When the session was last used, as far as it was written down.
    pub seen_at: Option<DateTime<Utc>>,
}

/// The sessions that were not ended for all devices of a person, with the person.
/// Whoever asks adds which session, and that it is not over.
macro_rules! sessions_with_people {
    () => {
        "sessions s JOIN people p ON p.id = s.person AND p.epoch = s.epoch AND p.disabled_at IS NULL"
    };
}
pub(crate) use sessions_with_people;

const WHO_ASKS: &str = concat!(
    "SELECT p.id, p.name, p.email, p.administrator, p.time_zone, s.seen_at,
            c.slug AS circle, c.name AS circle_name, c.is_demo, c.time_zone AS circle_zone, m.role
     FROM ",
    sessions_with_people!(),
    " LEFT JOIN members m ON m.person = p.id AND m.left_at IS NULL
     LEFT JOIN circles c ON c.slug = m.circle
     WHERE s.id = $1 AND s.expires_at > $2"
);

/// Whose session it is, with their circles as they are now: one question for a
/// whole request.
pub async fn who_asks(db: &Db, id: &Id, now: DateTime<Utc>) -> Result<Option<Asking>> {
    let mut rows: Vec<AskingRow> =
        on!(db.read(), |pool| query_as(WHO_ASKS).bind(key(id)).bind(stored(now)).fetch_all(pool).await?);
    let places = rows.iter_mut().filter_map(AskingRow::place).collect();
    Ok(rows.pop().map(|row| Asking { who: Who::from(row.who).with_places(places), seen_at: row.seen_at }))
}

/// A person, and one of their circles if there is one.
#[derive(FromRow)]
struct AskingRow {
    #[sqlx(flatten)]
    who: WhoRow,
    seen_at: Option<DateTime<Utc>>,
    circle: Option<String>,
    circle_name: Option<String>,
    is_demo: Option<bool>,
    circle_zone: Option<String>,
    role: Option<String>,
}

impl AskingRow {
    fn place(&mut self) -> Option<Place> {
        Some(Place {
            circle: self.circle.take()?,
            circle_name: self.circle_name.take()?,
            is_demo: self.is_demo?,
            time_zone: self.circle_zone.take()?,
            role: self.role.take()?,
        })
    }
}

/// Removes the sessions that are over; says how many.
pub async fn sweep(db: &Db, now: DateTime<Utc>) -> Result<u64> {
    let mut tx = db.begin().await?;
    let n_swept = on!(&mut tx, |tx| query(SWEEP).bind(stored(now)).execute(&mut **tx).await?.rows_affected());
    commit(tx).await?;
    Ok(n_swept)
}

impl SessionTable {
    /// How many rows were written: one, or none.
    async fn write(&self, sql: &'static str, session: &Record) -> session_store::Result<u64> {
        let text = serde_json::to_string(&session.data)
            .map_err(|error| session_store::Error::Encode(error.to_string()))?;
        self.execute(sql, session, text).await.map_err(backend)
    }

    async fn execute(&self, sql: &'static str, session: &Record, text: String) -> Result<u64> {
        let (person, epoch) = held::<(String, i64)>(session, SIGNED_IN).unzip();
        let mut tx = self.db.begin().await?;
        let n_rows = on!(&mut tx, |tx| query(sql)
            .bind(key(&session.id))
            .bind(text)
            .bind(expiry(session))
            .bind(person)
            .bind(epoch)
            .bind(held::<DateTime<Utc>>(session, SEEN_AT))
            .execute(&mut **tx)
            .await?
            .rows_affected());
        commit(tx).await?;
        Ok(n_rows)
    }

    async fn find(&self, id: &Id) -> Result<Option<Row>> {
        let now = stored((self.clock)());
        Ok(on!(self.db.read(), |pool| query_as(LOAD).bind(key(id)).bind(now).fetch_optional(pool).await?))
    }

    async fn remove(&self, id: &Id) -> Result<()> {
        let mut tx = self.db.begin().await?;
        on!(&mut tx, |tx| query(DELETE).bind(key(id)).execute(&mut **tx).await.map(drop))?;
        commit(tx).await
    }
}

#[derive(FromRow)]
struct Row {
    record: String,
    expires_at: DateTime<Utc>,
}

impl Row {
    fn into_record(self, id: Id) -> session_store::Result<Record> {
        let unread = |why: String| session_store::Error::Decode(why);
        Ok(Record {
            id,
            data: serde_json::from_str(&self.record).map_err(|error| unread(error.to_string()))?,
            expiry_date: time::OffsetDateTime::from_unix_timestamp(self.expires_at.timestamp())
                .map_err(|error| unread(error.to_string()))?,
        })
    }
}

/// Under which key the session is kept.
pub(crate) fn key(id: &Id) -> String {
    token::hash(&id.to_string())
}

/// What a session holds under a key, if it is there.
fn held<T: DeserializeOwned>(session: &Record, key: &str) -> Option<T> {
    session.data.get(key).and_then(|value| serde_json::from_value(value.clone()).ok())
}

/// In whole seconds; a date beyond chrono's is the last one.
fn expiry(session: &Record) -> DateTime<Utc> {
    DateTime::from_timestamp(session.expiry_date.unix_timestamp(), 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn backend(error: Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

impl fmt::Debug for SessionTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionTable({:?})", self.db)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::*;
    use crate::testing::{fresh_db, noon};

    fn session(id: i128, until: DateTime<Utc>) -> Record {
        Record {
            id: Id(id),
            data: [("person".to_owned(), json!("ada"))].into(),
            expiry_date: time::OffsetDateTime::from_unix_timestamp(until.timestamp()).unwrap(),
        }
    }

    fn an_hour_later() -> DateTime<Utc> {
        noon() + TimeDelta::hours(1)
    }

    #[tokio::test]
    async fn a_session_is_read_as_it_was_saved() {
        let table = SessionTable::new(fresh_db().await, noon);
        let mut record = session(7, an_hour_later());
        table.create(&mut record).await.unwrap();
        record.data.insert("epoch".to_owned(), json!(3));

        table.save(&record).await.unwrap();

        assert_eq!(table.load(&record.id).await.unwrap(), Some(record));
    }

    #[tokio::test]
    async fn a_taken_id_is_drawn_again() {
        let table = SessionTable::new(fresh_db().await, noon);
        let mut first = session(7, an_hour_later());
        table.create(&mut first).await.unwrap();
        let mut second = session(7, an_hour_later());
        second.data.clear();

        table.create(&mut second).await.unwrap();

        assert_ne!(second.id, first.id);
        assert_eq!(table.load(&first.id).await.unwrap(), Some(first));
        assert_eq!(table.load(&second.id).await.unwrap(), Some(second));
    }

    #[tokio::test]
    async fn a_session_that_was_signed_out_does_not_come_back() {
        let table = SessionTable::new(fresh_db().await, noon);
        let mut record = session(7, an_hour_later());
        table.create(&mut record).await.unwrap();

        table.delete(&record.id).await.unwrap();
        table.save(&record).await.unwrap();

        assert_eq!(table.load(&record.id).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_session_that_is_over_is_not_found_and_then_swept() {
        let db = fresh_db().await;
        let table = SessionTable::new(db.clone(), noon);
        table.create(&mut session(7, noon())).await.unwrap();
        table.create(&mut session(8, an_hour_later())).await.unwrap();

        assert_eq!(table.load(&Id(7)).await.unwrap(), None);
        assert_eq!(sweep(&db, noon()).await.unwrap(), 1);
        assert!(table.load(&Id(8)).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn the_database_does_not_hold_what_the_cookie_holds() {
        let db = fresh_db().await;
        let table = SessionTable::new(db.clone(), noon);
        let mut record = session(7, an_hour_later());
        table.create(&mut record).await.unwrap();

        let (id, text): (String, String) =
            on!(db.read(), |pool| query_as("SELECT id, record FROM sessions").fetch_one(pool).await.unwrap());

        assert!(!id.contains(&record.id.to_string()) && !text.contains(&record.id.to_string()));
    }
}
