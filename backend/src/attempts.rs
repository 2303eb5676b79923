//! Attempts: started, sat, handed in, marked, shown.
//!
//! What one asks is in [`drawn`], saving an answer in [`saving`], ending an attempt in [`finishing`], what
//! may be seen of it afterwards in [`results`], taking one again in [`retaking`].

pub(crate) mod drawn;
pub mod finishing;
pub mod results;
pub mod retaking;
pub mod saving;
#[cfg(test)]
mod stories;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::answer::{Answer, Confidence};
use domain::attempt::AnswerEvent;
use domain::blueprint::Blueprint;
use domain::draw::{draw, show_order};
use domain::question::{Prompt, Question, QuestionId, Topic};
use domain::retake::Next;
use domain::round::deadline;
use domain::test::Test;
use rand::Rng;
use sqlx::{FromRow, QueryBuilder, query, query_as};

use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::questions::Drawable;
use crate::rounds::n_waiting;
use crate::{circles, questions, rounds, tests};

/// What the runner shows of an attempt that is being sat. It holds no key.
#[derive(Debug, Clone, PartialEq)]
pub struct Paper {
    pub id: String,
    pub circle: String,
    pub round_name: String,
    pub deadline: DateTime<Utc>,
    pub started_at: DateTime<Utc>,
    /// Whether the clock has locked the fields; the sweeper closes it soon.
    pub is_over: bool,
    pub saved_at: Option<DateTime<Utc>>,
    pub open_book: bool,
    pub all_or_nothing: bool,
    pub zone: chrono_tz::Tz,
    pub slots: Vec<Slot>,
}

/// One place of a paper, with the current answer by rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    pub n: u16,
    pub question: String,
    pub version: String,
    pub topic: Topic,
    pub prompt: Prompt,
    pub answer: Option<Answer>,
    pub confidence: Option<Confidence>,
    pub for_review: bool,
    /// The page load that the current answer came from.
    pub client: Option<String>,
    pub n_reports: i64,
}

/// An attempt, while it lasts and after.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    Sitting(Paper),
    /// Handed in; see [`results::find`].
    HandedIn {
        circle: String,
    },
}

const LOCK_PLACE: &str = "
    UPDATE round_people SET extra_seconds = extra_seconds
    WHERE round = $1 AND person = $2 AND taken_out_at IS NULL
    RETURNING extra_seconds";

/// With the attempt that was started since `$6` were seen, if there is one.
const STILL_OPEN: &str = "
    SELECT closes_at,
           (SELECT a.id FROM attempts a
            WHERE a.round = $1 AND a.person = $5
            ORDER BY a.started_at, a.id
            LIMIT 1 OFFSET $6) AS started
    FROM rounds
    WHERE id = $1 AND cancelled_at IS NULL AND opens_at <= $2 AND closes_at > $2
      AND test = $3 AND closes_at >= $4";

const START: &str = "
    INSERT INTO attempts (id, circle, round, person, started_at, deadline)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// As many rows as there are slots, in one statement.
const ADD_SLOTS: &str = "
    INSERT INTO slots (attempt, n, circle, question, version, kind, show_order) ";

/// Starts attempt `number` of the one who asks in a round, or finds the one
/// that was started before: by a double click, in another tab, on another node.
pub async fn start(
    db: &Db,
    who: &Who,
    circle: &str,
    round: &str,
    number: u32,
    now: DateTime<Utc>,
    rng: &mut (impl Rng + Send),
) -> Result<String> {
    let mine = rounds::mine_by_id(db, who, circle, round).await?;
    let now = stored(now);
    match mine.next(now) {
        Next::Start { number: next } if next == number => {}
        Next::NotYet => return Err(Error::refused("", "This round is not open yet.")),
        next => return started_before(&mine, number, next),
    }
    let scope = retaking::scope(db, who, &mine, now).await?;
    let met = retaking::times_met(db, circle, &who.person).await?;
    let drawn = draw_slots(db, circle, &mine.round.test, &scope.blueprint, met, rng).await?;

    let mut tx = db.begin().await?;
    // Whoever else starts for the same person waits here until this commits.
    let place: Option<(i64,)> = on!(&mut tx, |tx| query_as(LOCK_PLACE)
        .bind(round)
        .bind(&who.person)
        .fetch_optional(&mut **tx)
        .await?);
    let (extra_seconds,) = place.ok_or(Error::NotFound)?;
    // What was drawn is of the round as it was read, and so is what it promised.
    let n_seen = i64::try_from(mine.attempts.len()).unwrap_or(i64::MAX);
    let still_open: Option<(DateTime<Utc>, Option<String>)> = on!(&mut tx, |tx| query_as(STILL_OPEN)
        .bind(round)
        .bind(now)
        .bind(&mine.round.test_id)
        .bind(mine.round.closes_at)
        .bind(&who.person)
        .bind(n_seen)
        .fetch_optional(&mut **tx)
        .await?);
    let (closes_at, started) = still_open.ok_or_else(changed_just_now)?;
    if let Some(attempt) = started {
        return Ok(attempt);
    }
    let id = new_id();
    let limit = mine.round.test.limit_minutes.map(|minutes| TimeDelta::minutes(i64::from(minutes)));
    let deadline = deadline(now, closes_at, limit, TimeDelta::seconds(extra_seconds));
    on!(&mut tx, |tx| query(START)
        .bind(&id)
        .bind(circle)
        .bind(round)
        .bind(&who.person)
        .bind(now)
        .bind(deadline)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    add_slots(&mut tx, &id, circle, &drawn).await?;
    retaking::keep(&mut tx, &id, &scope.kept).await?;
    commit(tx).await?;
    Ok(id)
}

fn changed_just_now() -> Error {
    Error::refused(
        "",
        "This round was changed or closed just now. Load this page again to see how it stands.",
    )
}

/// The attempt of that number, if there is one; otherwise why it cannot start.
fn started_before(mine: &rounds::Mine, number: u32, next: Next) -> Result<String> {
    let place = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
    if let Some(sat) = mine.attempts.get(place) {
        return Ok(sat.attempt.clone());
    }
    Err(Error::refused(
        "",
        match next {
            Next::TooLate => "This round is closed.",
            Next::Wait { .. } => "It is too early for another attempt.",
            Next::Marking => "Your last attempt has not been marked yet.",
            Next::UsedUp => "You have no attempt left in this round.",
            Next::Passed => "You passed this test, so there is nothing to take again.",
            Next::NotYet | Next::Start { .. } | Next::GoOn => "Load this page again to see how you stand.",
        },
    ))
}

/// One question as drawn: kept, never computed again.
pub(crate) struct Drawn {
    pub question: Arc<Question>,
    pub version: String,
    pub order: Vec<u8>,
}

/// Draws what a blueprint asks, from what the test may ask.
pub(crate) async fn draw_slots(
    db: &Db,
    circle: &str,
    test: &Test,
    blueprint: &Blueprint,
    times_met: impl Fn(&QuestionId) -> u32,
    rng: &mut (impl Rng + Send),
) -> Result<Vec<Drawn>> {
    let drawable = questions::drawable(db, circle, test, blueprint).await?;
    let candidates = questions::candidates_of(&drawable);
    let drawn = draw(blueprint, &candidates, times_met, rng).map_err(|lacking| {
        Error::Refused(
            lacking
                .iter()
                .map(|row| {
                    Problem::new(
                        "",
                        format!("The bank cannot fill this test any more: {row}. Tell your team leader."),
                    )
                })
                .collect(),
        )
    })?;
    put_in_order(db, circle, &drawable, drawn, rng).await
}

/// What was drawn, each with the order that its choices are shown in.
pub(crate) async fn put_in_order(
    db: &Db,
    circle: &str,
    drawable: &Drawable,
    drawn: Vec<QuestionId>,
    rng: &mut (impl Rng + Send),
) -> Result<Vec<Drawn>> {
    let mut slots = Vec::with_capacity(drawn.len());
    for id in drawn {
        let (_, version) = drawable.get(&id).ok_or(Error::NotFound)?;
        let question = questions::version(db, circle, &id.to_string(), version).await?;
        let order = show_order(&question, rng);
        slots.push(Drawn { question, version: version.clone(), order });
    }
    Ok(slots)
}

pub(crate) async fn add_slots(tx: &mut Tx, attempt: &str, circle: &str, drawn: &[Drawn]) -> Result<()> {
    if drawn.is_empty() {
        return Ok(());
    }
    let order = |slot: &Drawn| serde_json::to_string(&slot.order);
    let orders = drawn.iter().map(order).collect::<Result<Vec<_>, _>>();
    let orders = orders.map_err(|why| Error::Corrupt(why.to_string()))?;
    let slots = (1i64..).zip(drawn).zip(orders);
    on!(tx, |tx| QueryBuilder::new(ADD_SLOTS)
        .push_values(slots, |mut row, ((n, slot), order)| {
            row.push_bind(attempt)
                .push_bind(n)
                .push_bind(circle)
                .push_bind(slot.question.id.to_string())
                .push_bind(&slot.version)
                .push_bind(slot.question.kind().as_str())
                .push_bind(order);
        })
        .build()
        .execute(&mut **tx)
        .await
        .map(drop))
    .map_err(Error::from)
}

const HEAD: &str = concat!(
    "
    SELECT a.id, a.circle, a.person, a.started_at, a.deadline, a.finished_at, a.finished_by, a.saved_at, a.verdict,
           a.round, r.name AS round_name, r.opens_at, r.closes_at, r.show_score, r.show_answers, r.released_at,
           r.n_retakes, v.definition,
           ",
    n_waiting!("a.circle", "a.round"),
    ",
           (SELECT count(*) FROM attempts x
            WHERE x.round = a.round AND x.person = a.person
              AND (x.started_at < a.started_at OR (x.started_at = a.started_at AND x.id <= a.id))) AS number,
           (SELECT count(*) FROM kept_topics k WHERE k.attempt = a.id) AS n_kept,
           (SELECT count(*) FROM disputes d WHERE d.attempt = a.id) AS n_reports
    FROM attempts a
    JOIN rounds r ON r.id = a.round
    JOIN test_versions v ON v.test = r.test AND v.version = r.test_version
    WHERE a.id = $1"
);

/// An attempt of the one who asks. Somebody else's is not found.
pub async fn find(db: &Db, who: &Who, id: &str, now: DateTime<Utc>) -> Result<Found> {
    let head = head(db, id).await?.filter(|head| head.person == who.person).ok_or(Error::NotFound)?;
    let member = circles::member(db, who, &head.circle).await?;
    if head.finished_at.is_some() {
        return Ok(Found::HandedIn { circle: head.circle });
    }
    let test = tests::parse_definition(&head.definition)?;
    let sheet = drawn::of(db, id).await?;
    let events = if head.saved_at.is_some() { events(db, id).await? } else { Vec::new() };
    let reports = if head.n_reports > 0 { reports(db, id).await? } else { HashMap::new() };
    let current = domain::attempt::current(&events);
    let slots = sheet
        .slots
        .iter()
        .map(|slot| {
            let event = current.get(&slot.n);
            Slot {
                prompt: slot.question.prompt(&slot.order),
                topic: slot.question.id.topic,
                question: slot.question.id.to_string(),
                version: slot.version.clone(),
                answer: event.and_then(|event| event.answer.clone()),
                confidence: event.and_then(|event| event.confidence),
                for_review: event.is_some_and(|event| event.marked_for_review),
                client: event.map(|event| event.client.clone()),
                n_reports: reports.get(&slot.n).copied().unwrap_or(0),
                n: slot.n,
            }
        })
        .collect();
    Ok(Found::Sitting(Paper {
        id: head.id,
        circle: head.circle,
        round_name: head.round_name,
        is_over: now > head.deadline,
        deadline: head.deadline,
        started_at: head.started_at,
        saved_at: head.saved_at,
        open_book: test.open_book,
        all_or_nothing: test.rules.all_or_nothing,
        zone: member.zone,
        slots,
    }))
}

/// What is known of an attempt without its questions.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Head {
    pub id: String,
    pub circle: String,
    pub person: String,
    pub started_at: DateTime<Utc>,
    pub deadline: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub finished_by: Option<String>,
    pub saved_at: Option<DateTime<Utc>>,
    pub verdict: Option<String>,
    pub round: String,
    pub round_name: String,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub show_score: String,
    pub show_answers: String,
    pub released_at: Option<DateTime<Utc>>,
    pub n_retakes: i64,
    pub definition: String,
    pub n_sitting: i64,
    pub n_unmarked: i64,
    /// The how manieth attempt of this person in the round, from 1.
    pub number: i64,
    /// How many topics it keeps from attempts before it.
    pub n_kept: i64,
    /// How often its taker objected.
    pub n_reports: i64,
}

pub(crate) async fn head(db: &Db, id: &str) -> Result<Option<Head>> {
    Ok(on!(db.read(), |pool| query_as(HEAD).bind(id).fetch_optional(pool).await?))
}

const EVENTS: &str = "
    SELECT slot, client, sequence, answer, confidence, for_review, received_at
    FROM answer_events
    WHERE attempt = $1
    ORDER BY slot, turn";

async fn events(db: &Db, attempt: &str) -> Result<Vec<AnswerEvent>> {
    let rows: Vec<EventRow> = on!(db.read(), |pool| query_as(EVENTS).bind(attempt).fetch_all(pool).await?);
    read_events(rows)
}

fn read_events(rows: Vec<EventRow>) -> Result<Vec<AnswerEvent>> {
    rows.into_iter().map(AnswerEvent::try_from).collect()
}

const REPORTS: &str = "SELECT slot, count(*) FROM disputes WHERE attempt = $1 GROUP BY slot";

async fn reports(db: &Db, attempt: &str) -> Result<HashMap<u16, i64>> {
    let rows: Vec<(i64, i64)> =
        on!(db.read(), |pool| query_as(REPORTS).bind(attempt).fetch_all(pool).await?);
    rows.into_iter().map(|(slot, n)| Ok((slot_number(slot)?, n))).collect()
}

/// What an objection is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The question is wrong or unclear.
    Question,
    /// What it asks is not documented well enough.
    Documentation,
}

impl About {
    pub fn as_str(self) -> &'static str {
        match self {
            About::Question => "question",
            About::Documentation => "documentation",
        }
    }

    pub fn parse(text: &str) -> Option<About> {
        [About::Question, About::Documentation].into_iter().find(|about| about.as_str() == text)
    }
}

const RAISE: &str = "
    INSERT INTO disputes (id, attempt, slot, about, note, raised_at)
    SELECT $1, a.id, s.n, $4, $5, $6
    FROM attempts a
    JOIN slots s ON s.attempt = a.id
    WHERE a.id = $2 AND s.n = $3 AND a.person = $7";

/// Keeps an objection of the taker to a question or to its documentation. The
/// attempt goes on.
pub async fn report(
    db: &Db,
    who: &Who,
    id: &str,
    slot: u16,
    about: About,
    note: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let head = head(db, id).await?.filter(|head| head.person == who.person).ok_or(Error::NotFound)?;
    circles::member(db, who, &head.circle).await?;
    let note = note.trim();
    if note.is_empty() {
        return Err(Error::refused("note", "Say in a few words what is wrong or missing."));
    }
    if note.chars().count() > 2000 {
        return Err(Error::refused("note", "Keep the note under 2000 characters."));
    }
    let mut tx = db.begin().await?;
    let n_raised = on!(&mut tx, |tx| query(RAISE)
        .bind(new_id())
        .bind(id)
        .bind(i64::from(slot))
        .bind(about.as_str())
        .bind(note)
        .bind(stored(now))
        .bind(&who.person)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_raised == 0 {
        return Err(Error::NotFound);
    }
    commit(tx).await
}

/// What a taker said of a question, without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub question: String,
    pub version: String,
    pub about: About,
    pub note: String,
    pub raised_at: DateTime<Utc>,
}

const REPORTS_OF_ROUND: &str = "
    SELECT s.question, s.version, d.about, d.note, d.raised_at
    FROM disputes d
    JOIN slots s ON s.attempt = d.attempt AND s.n = d.slot
    JOIN attempts a ON a.id = d.attempt
    WHERE a.circle = $1 AND a.round = $2
    ORDER BY d.raised_at DESC
    LIMIT 200";

/// What the takers of a round reported, newest first, for a leader; the last
/// 200.
pub async fn reports_of_round(db: &Db, who: &Who, circle: &str, round: &str) -> Result<Vec<Report>> {
    circles::leader(db, who, circle).await?;
    let rows: Vec<(String, String, String, String, DateTime<Utc>)> =
        on!(db.read(), |pool| query_as(REPORTS_OF_ROUND).bind(circle).bind(round).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(question, version, about, note, raised_at)| {
            let about = About::parse(&about).ok_or(Error::Corrupt(about))?;
            Ok(Report { question, version, about, note, raised_at })
        })
        .collect()
}

#[derive(FromRow)]
pub(crate) struct EventRow {
    slot: i64,
    client: String,
    sequence: i64,
    answer: Option<String>,
    confidence: Option<String>,
    for_review: bool,
    received_at: DateTime<Utc>,
}

impl TryFrom<EventRow> for AnswerEvent {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<AnswerEvent> {
        Ok(AnswerEvent {
            slot: slot_number(row.slot)?,
            client: row.client,
            sequence: row.sequence,
            answer: row
                .answer
                .map(|json| serde_json::from_str(&json).map_err(|_| Error::Corrupt(json)))
                .transpose()?,
            confidence: row.confidence.as_deref().and_then(Confidence::parse),
            marked_for_review: row.for_review,
            received_at: row.received_at,
        })
    }
}

pub(crate) fn slot_number(n: i64) -> Result<u16> {
    u16::try_from(n).map_err(|_| Error::Corrupt(format!("slot {n}")))
}
