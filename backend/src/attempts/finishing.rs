//! Ending an attempt: by the person or by the clock, once, marked in the same
//! transaction.

use chrono::{DateTime, Utc};
use domain::attempt::{AnswerEvent, GRACE, HandedInBy, is_over};
use domain::marking::{Score, mark, rule_sentence};
use domain::test::Test;
use domain::verdict::{Marked, Verdict, topic_holds};
use sqlx::{QueryBuilder, query, query_as};
use tokio::sync::Mutex;

use super::{EventRow, Head, StoredSlot};
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{circles, tests};

const END: &str = "
    UPDATE attempts SET finished_at = $2, finished_by = $3
    WHERE id = $1 AND finished_at IS NULL AND deadline = $4";

/// Hands the attempt in. A second time, and after the clock did it, the first
/// result stands. After the deadline the finish is the deadline.
pub async fn hand_in(db: &Db, who: &Who, id: &str, received_at: DateTime<Utc>) -> Result<()> {
    let received_at = stored(received_at);
    loop {
        let head =
            super::head(db, id).await?.filter(|head| head.person == who.person).ok_or(Error::NotFound)?;
        circles::member(db, who, &head.circle).await?;
        if head.finished_at.is_some() {
            return Ok(());
        }
        let by = if received_at <= head.deadline { HandedInBy::Person } else { HandedInBy::Clock };
        if finish(db, &head, received_at.min(head.deadline), by, received_at).await? {
            return Ok(());
        }
        // Somebody else ended it, or its deadline was moved: look again.
    }
}

/// Held while attempts are swept, and while the demo's people sit in the past:
/// by today's clock their time is over.
pub(crate) static SWEEPING: Mutex<()> = Mutex::const_new(());

const OVERDUE: &str = "
    SELECT id FROM attempts
    WHERE finished_at IS NULL AND deadline < $1 AND id > $2
    ORDER BY id
    LIMIT 500";

/// Closes every attempt that the clock ended, with the deadline as its finish;
/// also after downtime, and exactly once however many nodes sweep. One that
/// cannot be closed is told to the operator and holds up no other. Returns how
/// many this call closed.
pub async fn sweep(db: &Db, now: DateTime<Utc>) -> Result<u32> {
    let _sweeping = SWEEPING.lock().await;
    let now = stored(now);
    let (mut n_closed, mut after) = (0, String::new());
    loop {
        let overdue: Vec<(String,)> =
            on!(db.read(), |pool| query_as(OVERDUE).bind(now - GRACE).bind(&after).fetch_all(pool).await?);
        let Some((last,)) = overdue.last().cloned() else { return Ok(n_closed) };
        after = last;
        for (id,) in overdue {
            match close(db, &id, now).await {
                Ok(true) => n_closed += 1,
                Ok(false) => {}
                Err(cause) => tracing::error!(attempt = id, %cause, "an attempt could not be closed"),
            }
        }
    }
}

/// Closes one attempt, unless its deadline was moved since it was listed.
async fn close(db: &Db, id: &str, now: DateTime<Utc>) -> Result<bool> {
    match super::head(db, id).await? {
        Some(head) if is_over(head.deadline, now) => {
            finish(db, &head, head.deadline, HandedInBy::Clock, now).await
        }
        _ => Ok(false),
    }
}

/// False if somebody else ended it first, or moved its deadline meanwhile.
pub(crate) async fn finish(
    db: &Db,
    head: &Head,
    at: DateTime<Utc>,
    by: HandedInBy,
    now: DateTime<Utc>,
) -> Result<bool> {
    // What was drawn never changes, so it is read before the lock is held.
    let slots = super::slots(db, &head.id).await?;
    let test = tests::parse_definition(&head.definition)?;
    let kept = match head.n_kept {
        0 => Vec::new(),
        _ => super::retaking::kept_marks(db, &head.id).await?,
    };
    let by = match by {
        HandedInBy::Person => "person",
        HandedInBy::Clock => "clock",
    };
    let mut tx = db.begin().await?;
    let n_ended = on!(&mut tx, |tx| query(END)
        .bind(&head.id)
        .bind(at)
        .bind(by)
        .bind(head.deadline)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_ended == 0 {
        return Ok(false);
    }
    // Read inside the transaction that ended the attempt: none can come after.
    let rows: Vec<EventRow> =
        on!(&mut tx, |tx| query_as(super::EVENTS).bind(&head.id).fetch_all(&mut **tx).await?);
    let events = super::read_events(rows)?;
    let marked = marks_of(&test, &slots, &events);
    add_marks(&mut tx, head, &test, &slots, &marked, now).await?;
    set_verdict(&mut tx, head, &test, kept, &marked).await?;
    add_topic_results(&mut tx, head, &test, &marked, at).await?;
    commit(tx).await?;
    Ok(true)
}

/// As many rows as there are slots, in one statement.
const ADD_MARKS: &str = "
    INSERT INTO marks (attempt, slot, turn, earned, possible, why, marked_at) ";

const SET_VERDICT: &str = "UPDATE attempts SET verdict = $2 WHERE id = $1";

async fn add_marks(
    tx: &mut Tx,
    head: &Head,
    test: &Test,
    slots: &[StoredSlot],
    marked: &[Marked],
    now: DateTime<Utc>,
) -> Result<()> {
    if slots.is_empty() {
        return Ok(());
    }
    on!(tx, |tx| QueryBuilder::new(ADD_MARKS)
        .push_values(slots.iter().zip(marked), |mut row, (slot, marked)| {
            row.push_bind(&head.id)
                .push_bind(i64::from(slot.n))
                .push_bind(1i64)
                .push_bind(marked.score.earned())
                .push_bind(marked.score.possible())
                .push_bind(rule_sentence(slot.question.kind(), test.rules.all_or_nothing))
                .push_bind(now);
        })
        .build()
        .execute(&mut **tx)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// The verdict is on the whole test: what was kept and what was asked.
async fn set_verdict(
    tx: &mut Tx,
    head: &Head,
    test: &Test,
    kept: Vec<Marked>,
    marked: &[Marked],
) -> Result<()> {
    let topics = test.blueprint.topics();
    let place = |slot: &Marked| topics.iter().position(|&(service, _)| service == slot.service);
    let mut whole = [kept, marked.to_vec()].concat();
    whole.sort_by_key(place);
    let verdict = Verdict::of(&whole, &test.rules);
    let json = serde_json::to_string(&verdict).map_err(|why| Error::Corrupt(why.to_string()))?;
    on!(tx, |tx| query(SET_VERDICT).bind(&head.id).bind(json).execute(&mut **tx).await.map(drop))?;
    Ok(())
}

/// What each slot earned, with what the verdict needs to know of it.
fn marks_of(test: &Test, slots: &[StoredSlot], events: &[AnswerEvent]) -> Vec<Marked> {
    let current = domain::attempt::current(events);
    slots
        .iter()
        .map(|slot| {
            let answer = current.get(&slot.n).and_then(|event| event.answer.as_ref());
            let written = answer.map(|answer| answer.as_written(&slot.order));
            Marked {
                service: slot.question.id.service.clone(),
                topic: slot.question.id.topic,
                critical: slot.question.critical,
                score: mark(&slot.question, written.as_ref(), test.rules.all_or_nothing),
            }
        })
        .collect()
}

/// As many rows as there are topics, in one statement.
const ADD_TOPICS: &str = "
    INSERT INTO topic_results
        (attempt, circle, person, service, topic, earned, possible, needed, holds, counts_for, finished_at) ";

async fn add_topic_results(
    tx: &mut Tx,
    head: &Head,
    test: &Test,
    marked: &[Marked],
    finished_at: DateTime<Utc>,
) -> Result<()> {
    let mut topics: Vec<_> = marked.iter().map(|slot| (slot.service.as_str(), slot.topic)).collect();
    topics.sort_unstable();
    topics.dedup();
    if topics.is_empty() {
        return Ok(());
    }
    on!(tx, |tx| QueryBuilder::new(ADD_TOPICS)
        .push_values(topics, |mut row, (service, topic)| {
            let of_topic = marked.iter().filter(|slot| slot.service == service && slot.topic == topic);
            let reached: Score = of_topic.map(|slot| slot.score).sum();
            row.push_bind(&head.id)
                .push_bind(&head.circle)
                .push_bind(&head.person)
                .push_bind(service)
                .push_bind(topic.as_str())
                .push_bind(reached.earned())
                .push_bind(reached.possible())
                .push_bind(i64::from(test.rules.cut_of(service, topic).get()))
                .push_bind(topic_holds(marked, &test.rules, service, topic))
                .push_bind(i64::from(test.rules.counts_for_days))
                .push_bind(finished_at);
        })
        .build()
        .execute(&mut **tx)
        .await
        .map(drop))
    .map_err(Error::from)
}
