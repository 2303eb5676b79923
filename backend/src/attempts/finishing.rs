//! Ending an attempt: by the person or by the clock, once, and marked by rule in
//! the same transaction; and its verdict, then or when the last answer that a
//! person has to mark is marked.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::attempt::{AnswerEvent, GRACE, HandedInBy, is_over};
use domain::marking::decision::{mark_under, why_under};
use domain::marking::{Score, rule_sentence};
use domain::question::Question;
use domain::test::Test;
use domain::verdict::{Marked, Verdict, topic_holds};
use sqlx::{FromRow, QueryBuilder, query, query_as, query_scalar};
use tokio::sync::Mutex;

use super::drawn::{self, StoredSlot};
use super::{EventRow, Head};
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::disputes::standing::{self, Standing};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{circles, questions, tests, token};

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
    let sheet = drawn::of(db, &head.id).await?;
    let slots = sheet.slots.as_slice();
    let test = tests::parse_definition(&head.definition)?;
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
    let standing = standing::of_attempt(&mut tx, &head.id).await?;
    let scores = scores_of(&test, slots, &events, &standing);
    add_marks(&mut tx, head, &test, slots, &scores, &standing, now).await?;
    let by_key = match standing.is_empty() {
        true => scores.clone(),
        false => scores_of(&test, slots, &events, &HashMap::new()),
    };
    standing::note_first(&mut tx, &head.id, &standing, slots, (&scores, &by_key)).await?;
    // Also what was taken out by a decision: it may be marked, should that be
    // taken back.
    let open = || slots.iter().zip(&by_key).filter(|(_, score)| score.is_none()).map(|(slot, _)| slot);
    if open().next().is_some() {
        add_open_answers(&mut tx, head, open()).await?;
    }
    if scores.iter().any(Option::is_none) {
        commit(tx).await?;
        return Ok(true);
    }
    let settling = Settling { because: "Handed in.", by: None, now };
    if head.n_kept > 0 {
        // What it keeps may be marked anew at this very moment.
        settle_one(&mut tx, &head.id, &settling).await?;
    } else {
        let asked =
            slots.iter().zip(&scores).filter_map(|(slot, score)| Some(marked(&slot.question, (*score)?)));
        let ended =
            Ended { id: &head.id, circle: &head.circle, person: &head.person, finished_at: at, test: &test };
        ended.write(&mut tx, None, asked.collect(), Vec::new(), &settling).await?;
    }
    commit(tx).await?;
    Ok(true)
}

/// What each slot earned by rule; `None` where a person has to say.
fn scores_of(
    test: &Test,
    slots: &[StoredSlot],
    events: &[AnswerEvent],
    standing: &HashMap<u16, Standing>,
) -> Vec<Option<Score>> {
    let current = domain::attempt::current(events);
    slots
        .iter()
        .map(|slot| {
            let answer = current.get(&slot.n).and_then(|event| event.answer.as_ref());
            let written = answer.map(|answer| answer.as_written(&slot.order));
            let ruling = standing.get(&slot.n).map(|standing| &standing.ruling);
            mark_under(ruling, &slot.question, written.as_ref(), test.rules.all_or_nothing)
        })
        .collect()
}

/// What the verdict needs to know of a slot.
fn marked(question: &Question, score: Score) -> Marked {
    Marked {
        service: question.id.service.clone(),
        topic: question.id.topic,
        critical: question.critical,
        score,
    }
}

/// As many rows as there are marks, in one statement.
const ADD_MARKS: &str = "
    INSERT INTO marks (attempt, slot, turn, earned, possible, why, marked_at) ";

async fn add_marks(
    tx: &mut Tx,
    head: &Head,
    test: &Test,
    slots: &[StoredSlot],
    scores: &[Option<Score>],
    standing: &HashMap<u16, Standing>,
    now: DateTime<Utc>,
) -> Result<()> {
    let why = |slot: &StoredSlot| {
        let (kind, all_or_nothing) = (slot.question.kind(), test.rules.all_or_nothing);
        match standing.get(&slot.n) {
            Some(standing) => why_under(&standing.ruling, kind, all_or_nothing),
            None => rule_sentence(kind, all_or_nothing).to_owned(),
        }
    };
    if scores.iter().all(Option::is_none) {
        return Ok(());
    }
    let by_rule = slots.iter().zip(scores).filter_map(|(slot, score)| Some((slot, (*score)?)));
    on!(tx, |tx| QueryBuilder::new(ADD_MARKS)
        .push_values(by_rule, |mut row, (slot, score)| {
            row.push_bind(&head.id)
                .push_bind(i64::from(slot.n))
                .push_bind(1i64)
                .push_bind(score.earned())
                .push_bind(score.possible())
                .push_bind(why(slot))
                .push_bind(now);
        })
        .build()
        .execute(&mut **tx)
        .await
        .map(drop))
    .map_err(Error::from)
}

const ADD_OPEN_ANSWERS: &str = "
    INSERT INTO open_answers (alias, round, question, version, attempt, slot) ";

/// Puts answers that a person has to mark into the queue of the round.
async fn add_open_answers<'s>(
    tx: &mut Tx,
    head: &Head,
    slots: impl Iterator<Item = &'s StoredSlot>,
) -> Result<()> {
    on!(tx, |tx| QueryBuilder::new(ADD_OPEN_ANSWERS)
        .push_values(slots, |mut row, slot| {
            row.push_bind(token::hash(&new_id()))
                .push_bind(&head.round)
                .push_bind(slot.question.id.to_string())
                .push_bind(&slot.version)
                .push_bind(&head.id)
                .push_bind(i64::from(slot.n));
        })
        .build()
        .execute(&mut **tx)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Derives the verdict of an attempt that was handed in again from its newest
/// marks, with what it says of each topic; so for every attempt that keeps a
/// topic from it. `None` while an answer has no mark yet. Whoever asks, and why,
/// is kept with each verdict that differs from the one before.
pub(crate) async fn settle(
    tx: &mut Tx,
    attempt: &str,
    because: &str,
    by: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<Verdict>> {
    let settling = Settling { because, by, now: stored(now) };
    let verdict = settle_one(tx, attempt, &settling).await?.ok_or(Error::NotFound)?;
    let keepers: Vec<(String,)> =
        on!(&mut *tx, |tx| query_as(KEEPERS).bind(attempt).fetch_all(&mut **tx).await?);
    for (keeper,) in keepers {
        settle_one(tx, &keeper, &settling).await?;
    }
    Ok(verdict)
}

/// Why a verdict is made, on whose word and when.
struct Settling<'a> {
    because: &'a str,
    by: Option<&'a str>,
    now: DateTime<Utc>,
}

const KEEPERS: &str = "SELECT DISTINCT attempt FROM kept_topics WHERE kept_from = $1 ORDER BY attempt";

/// Whoever else settles the same attempt, or hands it in, waits here until this
/// commits, or is waited for.
const LOCK: &str = "
    UPDATE attempts SET saved_at = saved_at
    WHERE id = $1
    RETURNING circle, person, finished_at, verdict";

const DEFINITION: &str = "
    SELECT v.definition
    FROM attempts a
    JOIN rounds r ON r.id = a.round
    JOIN test_versions v ON v.test = r.test AND v.version = r.test_version
    WHERE a.id = $1";

/// The slots of an attempt and of those that it keeps topics from, each with
/// its newest mark.
const MARKED_SLOTS: &str = "
    SELECT s.attempt, s.circle, s.question, s.version, q.text, m.earned, m.possible
    FROM slots s
    JOIN question_versions q ON q.circle = s.circle AND q.question = s.question AND q.hash = s.version
    LEFT JOIN marks m ON m.attempt = s.attempt AND m.slot = s.n
         AND m.turn = (SELECT max(x.turn) FROM marks x WHERE x.attempt = s.attempt AND x.slot = s.n)
    WHERE s.attempt = $1 OR s.attempt IN (SELECT k.kept_from FROM kept_topics k WHERE k.attempt = $1)
    ORDER BY s.attempt, s.n";

const KEPT: &str = "SELECT kept_from, service, topic FROM kept_topics WHERE attempt = $1";

/// `None` where there is no such attempt, or it is still being sat.
async fn settle_one(tx: &mut Tx, attempt: &str, settling: &Settling<'_>) -> Result<Option<Option<Verdict>>> {
    let locked: Option<LockedRow> =
        on!(&mut *tx, |tx| query_as(LOCK).bind(attempt).fetch_optional(&mut **tx).await?);
    let Some(locked) = locked else { return Ok(None) };
    let Some(finished_at) = locked.finished_at else { return Ok(None) };
    let definition: String =
        on!(&mut *tx, |tx| query_scalar(DEFINITION).bind(attempt).fetch_one(&mut **tx).await?);
    let test = tests::parse_definition(&definition)?;
    let kept: Vec<(String, String, String)> =
        on!(&mut *tx, |tx| query_as(KEPT).bind(attempt).fetch_all(&mut **tx).await?);
    let rows: Vec<SlotRow> =
        on!(&mut *tx, |tx| query_as(MARKED_SLOTS).bind(attempt).fetch_all(&mut **tx).await?);
    let (mut asked, mut kept_marks) = (Vec::new(), Vec::new());
    for row in rows {
        let question = questions::parsed(&row.circle, &row.question, &row.version, || row.text)?;
        let (service, topic) = (question.id.service.as_str(), question.id.topic.as_str());
        let is_asked = row.attempt == attempt;
        if !is_asked && !kept.iter().any(|(from, s, t)| *from == row.attempt && s == service && t == topic) {
            continue;
        }
        let score = row.earned.zip(row.possible).and_then(|(earned, possible)| Score::new(earned, possible));
        match score {
            Some(score) if is_asked => asked.push(marked(&question, score)),
            Some(score) => kept_marks.push(marked(&question, score)),
            None => return Ok(Some(None)),
        }
    }
    let ended =
        Ended { id: attempt, circle: &locked.circle, person: &locked.person, finished_at, test: &test };
    ended.forget_topics(tx).await?;
    let verdict = ended.write(tx, locked.verdict.as_deref(), asked, kept_marks, settling).await?;
    Ok(Some(Some(verdict)))
}

#[derive(FromRow)]
struct LockedRow {
    circle: String,
    person: String,
    finished_at: Option<DateTime<Utc>>,
    verdict: Option<String>,
}

#[derive(FromRow)]
struct SlotRow {
    attempt: String,
    circle: String,
    question: String,
    version: String,
    text: String,
    earned: Option<i64>,
    possible: Option<i64>,
}

/// The verdict on the whole test: what was asked, and what was kept.
pub(crate) fn verdict_on(test: &Test, asked: &[Marked], kept: Vec<Marked>) -> Verdict {
    let topics = test.blueprint.topics();
    let place = |slot: &Marked| topics.iter().position(|&(service, _)| service == slot.service);
    let mut whole = kept;
    whole.extend_from_slice(asked);
    whole.sort_by_key(place);
    Verdict::of(&whole, &test.rules)
}

/// An attempt that is over, with the rules that it is judged by.
struct Ended<'a> {
    id: &'a str,
    circle: &'a str,
    person: &'a str,
    finished_at: DateTime<Utc>,
    test: &'a Test,
}

const SET_VERDICT: &str = "UPDATE attempts SET verdict = $2 WHERE id = $1";

const ADD_VERDICT: &str = "
    INSERT INTO verdicts (attempt, turn, verdict, because, made_by, made_at)
    SELECT $1, COALESCE(max(turn), 0) + 1, $2, $3, $4, $5 FROM verdicts WHERE attempt = $1";

const FORGET_TOPICS: &str = "DELETE FROM topic_results WHERE attempt = $1";

/// As many rows as there are topics, in one statement.
const ADD_TOPICS: &str = "
    INSERT INTO topic_results
        (attempt, circle, person, service, topic, earned, possible, needed, holds, counts_for, finished_at) ";

impl Ended<'_> {
    /// Keeps the verdict, unless it is the one that stands, and what it says of
    /// each topic.
    async fn write(
        &self,
        tx: &mut Tx,
        stands: Option<&str>,
        asked: Vec<Marked>,
        kept: Vec<Marked>,
        settling: &Settling<'_>,
    ) -> Result<Verdict> {
        let verdict = verdict_on(self.test, &asked, kept);
        let json = serde_json::to_string(&verdict).map_err(|why| Error::Corrupt(why.to_string()))?;
        if stands != Some(json.as_str()) {
            on!(&mut *tx, |tx| query(SET_VERDICT)
                .bind(self.id)
                .bind(&json)
                .execute(&mut **tx)
                .await
                .map(drop))?;
            on!(&mut *tx, |tx| query(ADD_VERDICT)
                .bind(self.id)
                .bind(&json)
                .bind(settling.because)
                .bind(settling.by)
                .bind(settling.now)
                .execute(&mut **tx)
                .await
                .map(drop))?;
        }
        self.add_topics(tx, &asked).await?;
        Ok(verdict)
    }

    async fn forget_topics(&self, tx: &mut Tx) -> Result<()> {
        on!(tx, |tx| query(FORGET_TOPICS).bind(self.id).execute(&mut **tx).await.map(drop))?;
        Ok(())
    }

    async fn add_topics(&self, tx: &mut Tx, asked: &[Marked]) -> Result<()> {
        let counted = asked.iter().filter(|slot| slot.counts());
        let mut topics: Vec<_> = counted.map(|slot| (slot.service.as_str(), slot.topic)).collect();
        topics.sort_unstable();
        topics.dedup();
        if topics.is_empty() {
            return Ok(());
        }
        let rules = &self.test.rules;
        on!(tx, |tx| QueryBuilder::new(ADD_TOPICS)
            .push_values(topics, |mut row, (service, topic)| {
                let reached: Score = asked
                    .iter()
                    .filter(|slot| slot.service == service && slot.topic == topic)
                    .map(|slot| slot.score)
                    .sum();
                row.push_bind(self.id)
                    .push_bind(self.circle)
                    .push_bind(self.person)
                    .push_bind(service)
                    .push_bind(topic.as_str())
                    .push_bind(reached.earned())
                    .push_bind(reached.possible())
                    .push_bind(i64::from(rules.cut_of(service, topic).get()))
                    .push_bind(topic_holds(asked, rules, service, topic))
                    .push_bind(i64::from(rules.counts_for_days))
                    .push_bind(self.finished_at);
            })
            .build()
            .execute(&mut **tx)
            .await
            .map(drop))
        .map_err(Error::from)
    }
}
