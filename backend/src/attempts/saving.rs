//! Saving an answer: accepted by one statement, acknowledged after its commit.
//!
//! It reads no key: what is saved for a right answer and for a wrong one is the
//! same work.

pub(crate) mod queue;
mod shapes;

use chrono::{DateTime, Utc};
use domain::answer::{Answer, Confidence};
use domain::attempt::GRACE;
use sqlx::{FromRow, query_as, query_scalar};
use tower_sessions::session::Id;

use crate::db::{Db, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::sessions::{self, sessions_with_people};

use shapes::Shape;

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

/// Saves an answer of the one who asks.
pub async fn save(db: &Db, who: &Who, save: Save) -> Result<Saved> {
    refuse_out_of_line(&save)?;
    refuse_misfit(db, &who.person, &save).await?;
    let by = By::Person(who.person.clone());
    let said = said_of(db, &by, &save).await?;
    outcome(db, &who.person, &save, said).await
}

/// Saves an answer of the one whose session it is, and tells when that was last
/// used, as far as it was written down.
///
/// Most saves are accepted, and the statement that accepts one sees for itself
/// whose session it is. What is not accepted goes the longer way, which says why.
pub async fn save_in_session(db: &Db, session: &Id, one: Save) -> Result<(Saved, Option<DateTime<Utc>>)> {
    refuse_out_of_line(&one)?;
    let (person, shape) = shapes::of(db, &one.attempt, one.slot).await?;
    if misfit(shape, &one).is_none() {
        let by = By::Session(sessions::key(session));
        if let said @ (Some((_, seen_at)), _) = said_of(db, &by, &one).await? {
            return Ok((outcome(db, &person, &one, said).await?, seen_at));
        }
    }
    let asking = sessions::who_asks(db, session, one.received_at).await?.ok_or(Error::SignInFirst)?;
    Ok((save(db, &asking.who, one).await?, asking.seen_at))
}

/// Who says that the attempt is theirs.
#[derive(Debug, Clone)]
enum By {
    Person(String),
    /// The key of a session.
    Session(String),
}

impl By {
    fn person(&self) -> Option<String> {
        if let By::Person(person) = self { Some(person.clone()) } else { None }
    }

    fn session(&self) -> Option<String> {
        if let By::Session(key) = self { Some(key.clone()) } else { None }
    }
}

/// What the statements say of an answer, committed with others or alone.
async fn said_of(db: &Db, by: &By, save: &Save) -> Result<Said> {
    match db.saves() {
        Some(queue) => queue.save(db, by, save).await,
        None => save_alone(db, by, save).await,
    }
}

fn refuse_out_of_line(save: &Save) -> Result<()> {
    if save.client.is_empty() || save.client.len() > 64 || save.sequence < 0 {
        return Err(Error::refused(
            "client",
            "The page sent an answer without its place in line. Reload the page.",
        ));
    }
    Ok(())
}

/// The person who is named, or whose session is.
macro_rules! asking {
    () => {
        concat!(
            "COALESCE($9, (SELECT p.id FROM ",
            sessions_with_people!(),
            " WHERE s.id = $11 AND s.expires_at > $8))"
        )
    };
}

/// Whoever owns the attempt, while it is open and the deadline with its grace
/// has not passed. The row stays locked until the answer is in, so that nobody
/// marks the attempt between.
const ACCEPT: &str = concat!(
    "UPDATE attempts SET saved_at = $8
     WHERE id = $1 AND finished_at IS NULL AND deadline >= $10 AND person = ",
    asking!(),
    " RETURNING deadline, (SELECT seen_at FROM sessions WHERE id = $11) AS seen_at"
);

/// Adds the answer behind those of its slot, where the attempt accepts it and
/// its own page has not saved a newer one there. Tells which page the answer
/// before it came from.
const ADD: &str = concat!(
    "INSERT INTO answer_events
         (attempt, slot, turn, client, sequence, answer, confidence, for_review, is_late, received_at)
     SELECT a.id, $2, COALESCE(max(e.turn), 0) + 1, $3, $4, $5, $6, $7, $8 > a.deadline, $8
     FROM attempts a
     LEFT JOIN answer_events e ON e.attempt = a.id AND e.slot = $2
     WHERE a.id = $1 AND a.finished_at IS NULL AND a.deadline >= $10 AND a.person = ",
    asking!(),
    " GROUP BY a.id, a.deadline
     HAVING COALESCE(max(CASE WHEN e.client = $3 THEN e.sequence END), -1) < $4
     RETURNING (SELECT before.client FROM answer_events before
                WHERE before.attempt = $1 AND before.slot = $2 AND before.turn = answer_events.turn - 1)"
);

const HIGHEST: &str = "
    SELECT client,
           (SELECT max(sequence) FROM answer_events WHERE attempt = $1 AND slot = $2 AND client = $3) AS highest
    FROM answer_events
    WHERE attempt = $1 AND slot = $2
    ORDER BY turn DESC
    LIMIT 1";

/// What the two statements are given, in the order of their places.
macro_rules! bind_save {
    ($query:expr, $by:expr, $save:expr) => {{
        let (by, save): (&By, &Save) = ($by, $save);
        let received_at = stored(save.received_at);
        $query
            .bind(save.attempt.clone())
            .bind(i64::from(save.slot))
            .bind(save.client.clone())
            .bind(save.sequence)
            .bind(save.answer_text()?)
            .bind(save.confidence.map(Confidence::as_str))
            .bind(save.for_review)
            .bind(received_at)
            .bind(by.person())
            .bind(received_at - GRACE)
            .bind(by.session())
    }};
}
use bind_save;

impl Save {
    fn answer_text(&self) -> Result<Option<String>> {
        let text = self.answer.as_ref().map(serde_json::to_string).transpose();
        text.map_err(|why| Error::Corrupt(why.to_string()))
    }
}

/// What the two statements say of one answer: the deadline where it was
/// accepted, with when the session was last used; and where it was added, the
/// page that the answer before came from.
type Said = (Option<(DateTime<Utc>, Option<DateTime<Utc>>)>, Option<Option<String>>);

/// Saves one answer in a transaction that commits it alone.
async fn save_alone(db: &Db, by: &By, save: &Save) -> Result<Said> {
    let mut tx = db.begin().await?;
    let accepted: Option<(DateTime<Utc>, Option<DateTime<Utc>>)> =
        on!(&mut tx, |tx| bind_save!(query_as(ACCEPT), by, save).fetch_optional(&mut **tx).await?);
    let added: Option<(Option<String>,)> = match accepted {
        Some(_) => on!(&mut tx, |tx| bind_save!(query_as(ADD), by, save).fetch_optional(&mut **tx).await?),
        None => None,
    };
    commit(tx).await?;
    Ok((accepted, added.map(|(before,)| before)))
}

/// What became of an answer, by what the committed statements said.
async fn outcome(db: &Db, person: &str, save: &Save, (accepted, added): Said) -> Result<Saved> {
    let Some((deadline, _)) = accepted else { return Err(why_not(db, person, &save.attempt).await?) };
    let other = |client: String| Some(client).filter(|client| *client != save.client);
    if let Some(before) = added {
        let overtook = before.and_then(other);
        return Ok(Saved { ack_seq: save.sequence, superseded: false, overtook, deadline });
    }
    let (newest, highest): (String, i64) = on!(db.read(), |pool| query_as(HIGHEST)
        .bind(&save.attempt)
        .bind(i64::from(save.slot))
        .bind(&save.client)
        .fetch_one(pool)
        .await?);
    Ok(Saved { ack_seq: highest, superseded: save.sequence < highest, overtook: other(newest), deadline })
}

const IS_MINE: &str = "SELECT count(*) FROM attempts WHERE id = $1 AND person = $2";

async fn why_not(db: &Db, person: &str, attempt: &str) -> Result<Error> {
    let n: i64 =
        on!(db.read(), |pool| query_scalar(IS_MINE).bind(attempt).bind(person).fetch_one(pool).await?);
    Ok(if n == 0 { Error::NotFound } else { Error::Over })
}

/// What was drawn never changes, so it is looked at before anything waits.
async fn refuse_misfit(db: &Db, person: &str, save: &Save) -> Result<()> {
    let (owner, shape) = shapes::of(db, &save.attempt, save.slot).await?;
    let shape = shape.filter(|_| owner == person);
    misfit(shape, save).map_or(Ok(()), Err)
}

/// Why an answer cannot be one to a question of that shape.
fn misfit(shape: Option<Shape>, save: &Save) -> Option<Error> {
    let Some(shape) = shape else { return Some(Error::NotFound) };
    match &save.answer {
        Some(answer) if !answer.fits_shape(shape.kind, shape.n_places) => {
            Some(Error::refused("answer", "That is not an answer to this question."))
        }
        Some(Answer::Typed(text)) if text.contains('\0') => {
            Some(Error::refused("answer", "The answer has a character that cannot be kept (NUL). Remove it."))
        }
        _ => None,
    }
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
