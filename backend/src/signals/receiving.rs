//! Taking a delivery: who sends is found out, the body is stored as it came, and
//! only then is it acknowledged. Nothing of it is read here.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use domain::signal::{Sender, is_signed_by_grafana, is_signed_by_pagerduty};
use sqlx::{FromRow, query, query_as};
use tokio::sync::{mpsc, oneshot};

use super::sources::sender;
use crate::db::{Db, Writer, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::token;

/// What comes with a body, as far as anything here asks for it.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// What follows `Bearer`, or the password of `Basic`.
    pub token: Option<String>,
    /// `X-PagerDuty-Signature`, or `X-Grafana-Alerting-Signature`.
    pub signature: Option<String>,
    /// When Grafana says that it signed.
    pub signed_at: Option<String>,
    /// `X-Webhook-Id`: by which the sender knows this delivery.
    pub sender_id: Option<String>,
}

const FIND: &str = "
    SELECT id, circle, kind, token_hash, signs_with
    FROM signal_sources
    WHERE address_key = $1 AND revoked_at IS NULL";

#[derive(FromRow)]
struct SourceRow {
    id: String,
    circle: String,
    kind: String,
    token_hash: String,
    signs_with: String,
}

/// Stores a delivery, once it is known who sends it. An address that is nobody's
/// is not found, and neither is one whose sender cannot show that it is the
/// sender: then [`Error::SignInFirst`].
pub async fn take(
    db: &Db,
    key: &str,
    credentials: &Credentials,
    body: &[u8],
    received_at: DateTime<Utc>,
) -> Result<()> {
    let source: Option<SourceRow> =
        on!(db.read(), |pool| query_as(FIND).bind(key).fetch_optional(pool).await?);
    let source = source.ok_or(Error::NotFound)?;
    if !is_its_own(&source, credentials, body)? {
        return Err(Error::SignInFirst);
    }
    let sender_id = credentials.sender_id.as_deref().unwrap_or_default();
    let sender_id: String = sender_id.chars().filter(|letter| !letter.is_control()).take(200).collect();
    let (body, is_base64) = match std::str::from_utf8(body) {
        Ok(text) if !text.contains('\0') => (text.to_owned(), false),
        // Neither database keeps this as text.
        _ => (BASE64_STANDARD.encode(body), true),
    };
    let new = NewSignal {
        id: new_id(),
        circle: source.circle,
        source: source.id,
        sender_id,
        body,
        is_base64,
        received_at: stored(received_at),
    };
    match db.intake() {
        Some(intake) => intake.store(db, new).await,
        None => store_alone(db, &new).await,
    }
}

/// Where the source signs, only its signature counts; otherwise its token.
fn is_its_own(source: &SourceRow, credentials: &Credentials, body: &[u8]) -> Result<bool> {
    if source.signs_with.is_empty() {
        // Hashes are compared, so the time says nothing about the token.
        return Ok(credentials.token.as_deref().is_some_and(|token| token::hash(token) == source.token_hash));
    }
    let signature = credentials.signature.as_deref().unwrap_or_default();
    Ok(match sender(&source.kind)? {
        Sender::PagerDuty => is_signed_by_pagerduty(&source.signs_with, signature, body),
        Sender::Grafana => {
            is_signed_by_grafana(&source.signs_with, signature, credentials.signed_at.as_deref(), body)
        }
        Sender::Alertmanager => false,
    })
}

struct NewSignal {
    id: String,
    circle: String,
    source: String,
    sender_id: String,
    body: String,
    is_base64: bool,
    received_at: DateTime<Utc>,
}

const ADD: &str = "
    INSERT INTO signals (id, circle, source, sender_id, body, is_base64, state, outcome, n_tries, received_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'waiting', '', 0, $7)";

macro_rules! bind_signal {
    ($new:expr) => {{
        let new: &NewSignal = $new;
        query(ADD)
            .bind(&new.id)
            .bind(&new.circle)
            .bind(&new.source)
            .bind(&new.sender_id)
            .bind(&new.body)
            .bind(new.is_base64)
            .bind(new.received_at)
    }};
}

async fn store_alone(db: &Db, new: &NewSignal) -> Result<()> {
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| bind_signal!(new).execute(&mut **tx).await.map(drop))?;
    commit(tx).await
}

/// How many deliveries may wait to be stored; past that the answer is "try
/// again".
const WAITING_LIMIT: usize = 256;

/// How many one commit gathers at most.
const MOST: usize = 32;

/// Deliveries that wait for SQLite's one writer, which commits those waiting
/// together: one sync for all of them.
#[derive(Clone)]
pub struct Intake {
    jobs: mpsc::Sender<Job>,
}

struct Job {
    new: NewSignal,
    /// Gives it back where those that waited together could not be stored.
    reply: oneshot::Sender<Option<NewSignal>>,
}

impl Intake {
    /// Starts the writer; it ends when the database is dropped.
    pub(crate) fn start(writer: Writer) -> Intake {
        let (jobs, mut waiting) = mpsc::channel(WAITING_LIMIT);
        tokio::spawn(async move {
            let mut gathered: Vec<Job> = Vec::with_capacity(MOST);
            while waiting.recv_many(&mut gathered, MOST).await > 0 {
                let is_stored = store_all(&writer, &gathered).await.is_ok();
                for job in gathered.drain(..) {
                    drop(job.reply.send((!is_stored).then_some(job.new)));
                }
            }
        });
        Intake { jobs }
    }

    async fn store(&self, db: &Db, new: NewSignal) -> Result<()> {
        let full = || Error::Unavailable(sqlx::Error::PoolTimedOut);
        let (reply, answered) = oneshot::channel();
        self.jobs.try_send(Job { new, reply }).map_err(|_| full())?;
        match answered.await.map_err(|_| full())? {
            None => Ok(()),
            Some(new) => store_alone(db, &new).await,
        }
    }
}

async fn store_all(writer: &Writer, jobs: &[Job]) -> sqlx::Result<()> {
    let mut turn = writer.begin().await?;
    for job in jobs {
        bind_signal!(&job.new).execute(&mut *turn).await?;
    }
    turn.commit().await
}
