//! Saving an answer: accepted by one statement, acknowledged after its commit.
//!
//! It reads no key: what is saved for a right answer and for a wrong one is the
//! same work.

use chrono::{DateTime, Utc};
use domain::answer::{Answer, Confidence};
use domain::attempt::GRACE;
use domain::question::Kind;
use sqlx::{FromRow, query_as, query_scalar};
use tokio::sync::{mpsc, oneshot};

use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;

/// One answer on its way into the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Save {
    pub attempt: String,
    pub slot: u16,
    /// One page load; a plain form post is a client of its own.
    pub client: String,
    /// Counts up within a client.
    pub sequence: i64,
    /// `None` takes the answer back.
    pub answer: Option<Answer>,
    pub confidence: Option<Confidence>,
    pub for_review: bool,
    /// Stamped in the outermost layer of the server.
    pub received_at: DateTime<Utc>,
}

/// What became of an answer, once it is safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Up to which sequence this client is safe in this slot.
    pub ack_seq: i64,
    /// A newer answer of the same client was there already; nothing changed.
    pub superseded: bool,
    /// The page that the answer before came from, if it was another one.
    pub overtook: Option<String>,
    pub deadline: DateTime<Utc>,
}

/// How many saves one commit gathers at most.
const GATHER: usize = 64;

/// How many saves may wait; past that the answer is "try again".
const WAITING_LIMIT: usize = 4096;

/// Saves an answer of the one who asks.
pub async fn save(db: &Db, who: &Who, save: Save) -> Result<Saved> {
    if save.client.is_empty() || save.client.len() > 64 || save.sequence < 0 {
        return Err(Error::refused(
            "client",
            "The page sent an answer without its place in line. Reload the page.",
        ));
    }
    refuse_misfit(db, &who.person, &save).await?;
    match db.saves() {
        Some(queue) => queue.save(who.person.clone(), save).await,
        None => {
            let mut tx = db.begin().await?;
            let saved = save_in(&mut tx, &who.person, &save).await?;
            commit(tx).await?;
            Ok(saved)
        }
    }
}

/// The owner, the open state and the deadline are checked here and nowhere
/// else; the row stays locked until the answer is in, so that nobody marks the
/// attempt between.
const ACCEPT: &str = "
    UPDATE attempts SET saved_at = $3
    WHERE id = $1 AND person = $2 AND finished_at IS NULL AND deadline >= $4
    RETURNING deadline";

/// Adds the answer behind those of its slot, unless its own page has saved a
/// newer one there. Tells which page the answer before it came from.
const ADD: &str = "
    INSERT INTO answer_events
        (attempt, slot, turn, client, sequence, answer, confidence, for_review, is_late, received_at)
    SELECT $1, $2, COALESCE(max(turn), 0) + 1, $3, $4, $5, $6, $7, $8, $9
    FROM answer_events
    WHERE attempt = $1 AND slot = $2
    HAVING COALESCE(max(CASE WHEN client = $3 THEN sequence END), -1) < $4
    RETURNING (SELECT before.client FROM answer_events before
               WHERE before.attempt = $1 AND before.slot = $2 AND before.turn = answer_events.turn - 1)";

const HIGHEST: &str = "
    SELECT client,
           (SELECT max(sequence) FROM answer_events WHERE attempt = $1 AND slot = $2 AND client = $3) AS highest
    FROM answer_events
    WHERE attempt = $1 AND slot = $2
    ORDER BY turn DESC
    LIMIT 1";

async fn save_in(tx: &mut Tx, person: &str, save: &Save) -> Result<Saved> {
    let received_at = stored(save.received_at);
    let accepted: Option<(DateTime<Utc>,)> = on!(&mut *tx, |tx| query_as(ACCEPT)
        .bind(&save.attempt)
        .bind(person)
        .bind(received_at)
        .bind(received_at - GRACE)
        .fetch_optional(&mut **tx)
        .await?);
    let Some((deadline,)) = accepted else { return Err(why_not(tx, person, &save.attempt).await?) };
    let slot = i64::from(save.slot);
    let answer = save
        .answer
        .as_ref()
        .map(serde_json::to_string)
        .transpose()
        .map_err(|why| Error::Corrupt(why.to_string()))?;
    let added: Option<(Option<String>,)> = on!(&mut *tx, |tx| query_as(ADD)
        .bind(&save.attempt)
        .bind(slot)
        .bind(&save.client)
        .bind(save.sequence)
        .bind(answer)
        .bind(save.confidence.map(Confidence::as_str))
        .bind(save.for_review)
        .bind(received_at > deadline)
        .bind(received_at)
        .fetch_optional(&mut **tx)
        .await?);
    let other = |client: String| Some(client).filter(|client| *client != save.client);
    if let Some((before,)) = added {
        let overtook = before.and_then(other);
        return Ok(Saved { ack_seq: save.sequence, superseded: false, overtook, deadline });
    }
    let (newest, highest): (String, i64) = on!(&mut *tx, |tx| query_as(HIGHEST)
        .bind(&save.attempt)
        .bind(slot)
        .bind(&save.client)
        .fetch_one(&mut **tx)
        .await?);
    Ok(Saved { ack_seq: highest, superseded: save.sequence < highest, overtook: other(newest), deadline })
}

const IS_MINE: &str = "SELECT count(*) FROM attempts WHERE id = $1 AND person = $2";

async fn why_not(tx: &mut Tx, person: &str, attempt: &str) -> Result<Error> {
    let n: i64 =
        on!(&mut *tx, |tx| query_scalar(IS_MINE).bind(attempt).bind(person).fetch_one(&mut **tx).await?);
    Ok(if n == 0 { Error::NotFound } else { Error::Over })
}

const SHAPE: &str = "
    SELECT s.kind, s.show_order
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    WHERE s.attempt = $1 AND s.n = $2 AND a.person = $3";

/// What was drawn never changes, so it is looked at before anything waits.
async fn refuse_misfit(db: &Db, person: &str, save: &Save) -> Result<()> {
    let shape: Option<(String, String)> = on!(db.read(), |pool| query_as(SHAPE)
        .bind(&save.attempt)
        .bind(i64::from(save.slot))
        .bind(person)
        .fetch_optional(pool)
        .await?);
    let (kind, order) = shape.ok_or(Error::NotFound)?;
    let kind = Kind::parse(&kind).ok_or(Error::Corrupt(kind))?;
    let order: Vec<u8> = serde_json::from_str(&order).map_err(|_| Error::Corrupt(order))?;
    match &save.answer {
        Some(answer) if !answer.fits_shape(kind, order.len()) => {
            Err(Error::refused("answer", "That is not an answer to this question."))
        }
        Some(Answer::Typed(text)) if text.contains('\0') => {
            Err(Error::refused("answer", "The answer has a character that cannot be kept (NUL). Remove it."))
        }
        _ => Ok(()),
    }
}

/// Saves that wait for SQLite's one writer, which commits those waiting
/// together: one sync for all of them.
#[derive(Clone)]
pub struct SaveQueue {
    jobs: mpsc::Sender<Job>,
}

struct Job {
    person: String,
    save: Save,
    reply: oneshot::Sender<Result<Saved>>,
}

impl SaveQueue {
    /// Starts the writer; it ends when the database is dropped.
    pub(crate) fn start(db: Db) -> SaveQueue {
        let (jobs, mut waiting) = mpsc::channel(WAITING_LIMIT);
        tokio::spawn(async move {
            let mut gathered = Vec::with_capacity(GATHER);
            while waiting.recv_many(&mut gathered, GATHER).await > 0 {
                commit_together(&db, std::mem::take(&mut gathered)).await;
            }
        });
        SaveQueue { jobs }
    }

    async fn save(&self, person: String, save: Save) -> Result<Saved> {
        let (reply, answered) = oneshot::channel();
        let full = || Error::Unavailable(sqlx::Error::PoolTimedOut);
        self.jobs.try_send(Job { person, save, reply }).map_err(|_| full())?;
        answered.await.map_err(|_| full())?
    }
}

async fn commit_together(db: &Db, jobs: Vec<Job>) {
    if let Ok(saved) = save_all(db, &jobs).await {
        jobs.into_iter().zip(saved).for_each(|(job, saved)| drop(job.reply.send(saved)));
        return;
    }
    // What one of them broke was undone for all: each by itself, then.
    for job in jobs {
        let saved = save_all(db, std::slice::from_ref(&job)).await;
        let saved = saved.map(|mut saved| saved.remove(0)).unwrap_or_else(|why| {
            tracing::error!(error = %why, "an answer could not be committed");
            Err(Error::Unavailable(sqlx::Error::WorkerCrashed))
        });
        drop(job.reply.send(saved));
    }
}

/// What became of each, once all are committed. An error is the database's: of
/// what this call did nothing stays, unless it was the commit that failed, and
/// then the same answers may come again.
async fn save_all(db: &Db, jobs: &[Job]) -> Result<Vec<Result<Saved>>> {
    let mut all = Vec::with_capacity(jobs.len());
    let mut tx = db.begin().await?;
    for job in jobs {
        all.push(match save_in(&mut tx, &job.person, &job.save).await {
            // Said before anything was written.
            Err(refusal @ (Error::NotFound | Error::Over)) => Err(refusal),
            saved => Ok(saved?),
        });
    }
    commit(tx).await?;
    Ok(all)
}

/// How an attempt stands, for a page that has been open for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    pub deadline: DateTime<Utc>,
    pub is_handed_in: bool,
    pub slots: Vec<SlotState>,
}

/// What the question map shows of a slot.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SlotState {
    pub n: i64,
    /// The page load that the current answer came from.
    pub client: Option<String>,
    pub is_answered: bool,
    pub for_review: bool,
}

const STATE: &str = "SELECT deadline, finished_at FROM attempts WHERE id = $1 AND person = $2";

const SLOT_STATES: &str = "
    SELECT s.n, e.client, e.answer IS NOT NULL AS is_answered, COALESCE(e.for_review, FALSE) AS for_review
    FROM slots s
    LEFT JOIN answer_events e ON e.attempt = s.attempt AND e.slot = s.n
         AND e.turn = (SELECT max(x.turn) FROM answer_events x WHERE x.attempt = s.attempt AND x.slot = s.n)
    WHERE s.attempt = $1
    ORDER BY s.n";

/// How an attempt of the one who asks stands.
pub async fn sync(db: &Db, who: &Who, attempt: &str) -> Result<Sync> {
    let state: Option<(DateTime<Utc>, Option<DateTime<Utc>>)> =
        on!(db.read(), |pool| query_as(STATE).bind(attempt).bind(&who.person).fetch_optional(pool).await?);
    let (deadline, finished_at) = state.ok_or(Error::NotFound)?;
    let slots = on!(db.read(), |pool| query_as(SLOT_STATES).bind(attempt).fetch_all(pool).await?);
    Ok(Sync { deadline, is_handed_in: finished_at.is_some(), slots })
}
