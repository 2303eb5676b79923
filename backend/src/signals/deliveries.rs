//! What was delivered, as it came, and what became of it; for leaders.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::signal::{self, Delivery, Unknown};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::db::{Db, commit, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{audit, circles};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Waiting,
    Done,
    /// It said nothing that was not known.
    Repeated,
    /// Its shape is not known; it is kept.
    Unknown,
    /// It could not be worked on; it is kept.
    Failed,
}

impl State {
    pub const ALL: [State; 5] = [State::Waiting, State::Done, State::Repeated, State::Unknown, State::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Done => "done",
            State::Repeated => "repeated",
            State::Unknown => "unknown",
            State::Failed => "failed",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            State::Waiting => "Waiting",
            State::Done => "Done",
            State::Repeated => "Nothing new",
            State::Unknown => "Not understood",
            State::Failed => "Failed",
        }
    }

    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether it may be worth reading it again.
    pub fn may_go_again(self) -> bool {
        matches!(self, State::Unknown | State::Failed)
    }
}

/// A delivery in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    pub source: String,
    pub state: State,
    pub outcome: String,
    pub n_bytes: i64,
    pub received_at: DateTime<Utc>,
}

/// Some deliveries, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub deliveries: Vec<Listed>,
    /// Whether older ones follow on the next page.
    pub more: bool,
    /// How many could not be read, or failed, in all.
    pub n_to_look_at: i64,
}

/// Deliveries on a page.
pub const PAGE: u32 = 50;

const LIST: &str = "
    SELECT d.id, s.name AS source, d.state, d.outcome, CAST(length(d.body) AS BIGINT) AS n_bytes, d.received_at
    FROM signals d
    JOIN signal_sources s ON s.id = d.source
    WHERE d.circle = $1 AND ($2 = '' OR d.state = $2)
    ORDER BY d.id DESC
    LIMIT $3 OFFSET $4";

const TO_LOOK_AT: &str = "SELECT count(*) FROM signals WHERE circle = $1 AND state IN ('unknown', 'failed')";

#[derive(FromRow)]
struct ListRow {
    id: String,
    source: String,
    state: String,
    outcome: String,
    n_bytes: i64,
    received_at: DateTime<Utc>,
}

/// How many deliveries of a circle could not be read, or failed; for its leaders.
pub async fn n_to_look_at(db: &Db, who: &Who, circle: &str) -> Result<i64> {
    circles::leader(db, who, circle).await?;
    Ok(on!(db.read(), |pool| query_scalar(TO_LOOK_AT).bind(circle).fetch_one(pool).await?))
}

/// The deliveries of a circle, for its leaders. Pages count from 1.
pub async fn of_circle(db: &Db, who: &Who, circle: &str, state: Option<State>, page: u32) -> Result<Page> {
    circles::leader(db, who, circle).await?;
    let offset = i64::from(page.saturating_sub(1)) * i64::from(PAGE);
    let rows: Vec<ListRow> = on!(db.read(), |pool| query_as(LIST)
        .bind(circle)
        .bind(state.map(State::as_str).unwrap_or_default())
        // One more than is shown tells whether there are more.
        .bind(i64::from(PAGE) + 1)
        .bind(offset)
        .fetch_all(pool)
        .await?);
    let n_to_look_at = n_to_look_at(db, who, circle).await?;
    let more = rows.len() > PAGE as usize;
    let read = |row: ListRow| {
        Ok(Listed {
            state: state_of(&row.state)?,
            id: row.id,
            source: row.source,
            outcome: row.outcome,
            n_bytes: row.n_bytes,
            received_at: row.received_at,
        })
    };
    let deliveries = rows.into_iter().take(PAGE as usize).map(read).collect::<Result<_>>()?;
    Ok(Page { deliveries, more, n_to_look_at })
}

/// One delivery with its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub id: String,
    pub source: String,
    pub state: State,
    pub outcome: String,
    /// As it came; what is no text, as base64.
    pub body: String,
    pub is_base64: bool,
    pub received_at: DateTime<Utc>,
    pub processed_at: Option<DateTime<Utc>>,
}

impl Found {
    /// What it says, read now.
    pub fn read(&self) -> Result<Delivery, Unknown> {
        read(&self.body, self.is_base64)
    }
}

/// What a stored body says.
pub(super) fn read(body: &str, is_base64: bool) -> Result<Delivery, Unknown> {
    if !is_base64 {
        return signal::read(body);
    }
    let bytes = BASE64_STANDARD.decode(body).unwrap_or_default();
    // Text with a NUL in it may still be JSON for somebody; it is none for us.
    signal::read(&String::from_utf8_lossy(&bytes))
}

const FIND: &str = "
    SELECT d.id, s.name AS source, d.state, d.outcome, d.body, d.is_base64, d.received_at, d.processed_at
    FROM signals d
    JOIN signal_sources s ON s.id = d.source
    WHERE d.circle = $1 AND d.id = $2";

#[derive(FromRow)]
struct Row {
    id: String,
    source: String,
    state: String,
    outcome: String,
    body: String,
    is_base64: bool,
    received_at: DateTime<Utc>,
    processed_at: Option<DateTime<Utc>>,
}

/// One delivery of a circle, for its leaders.
pub async fn find(db: &Db, who: &Who, circle: &str, id: &str) -> Result<Found> {
    circles::leader(db, who, circle).await?;
    let row: Option<Row> =
        on!(db.read(), |pool| query_as(FIND).bind(circle).bind(id).fetch_optional(pool).await?);
    let row = row.ok_or(Error::NotFound)?;
    Ok(Found {
        state: state_of(&row.state)?,
        id: row.id,
        source: row.source,
        outcome: row.outcome,
        body: row.body,
        is_base64: row.is_base64,
        received_at: row.received_at,
        processed_at: row.processed_at,
    })
}

const AGAIN: &str = "
    UPDATE signals SET state = 'waiting', n_tries = 0
    WHERE circle = $1 AND id = $2 AND state IN ('unknown', 'failed')";

/// Has a delivery that was not understood read again, by a leader.
pub async fn again(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    let found = find(db, who, circle, id).await?;
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(AGAIN).bind(circle).bind(id).execute(&mut **tx).await.map(drop))?;
    let what = "had a delivery read again";
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &found.source, now).await?;
    commit(tx).await
}

/// So long what was understood is kept as it came; what came of it stays.
pub const KEPT: TimeDelta = TimeDelta::days(90);

const SWEEP: &str = "
    DELETE FROM signals
    WHERE id IN (SELECT id FROM signals WHERE state IN ('done', 'repeated') AND received_at < $1 LIMIT 500)";

/// Removes the bodies that nobody needs any more; returns how many. What was not
/// understood waits for a leader for ever.
pub async fn sweep(db: &Db, now: DateTime<Utc>) -> Result<u64> {
    let mut n_removed = 0;
    loop {
        // A few at a time: others write between.
        let mut tx = db.begin().await?;
        let n = on!(&mut tx, |tx| query(SWEEP).bind(now - KEPT).execute(&mut **tx).await?.rows_affected());
        commit(tx).await?;
        n_removed += n;
        if n == 0 {
            return Ok(n_removed);
        }
    }
}

fn state_of(text: &str) -> Result<State> {
    State::parse(text).ok_or_else(|| Error::Corrupt(format!("state of a delivery {text}")))
}
