//! What questions rest on, and what happens to them when that changes.
//!
//! Whoever changes a runbook, an alert or a postmortem calls [`changed`] in the
//! same transaction. The questions that rest on it then ask to be checked:
//! leaders see what changed beside the question, and confirm it, edit it or
//! retire it. Meanwhile it is left out of new draws, unless the circle wants it
//! only marked.

pub mod editing;
pub(crate) mod reading;
pub(crate) mod runbooks;
#[cfg(test)]
mod stories;
pub mod unasked;

use chrono::{DateTime, Utc};
use domain::people::Role;
use domain::question::{QuestionId, State};
use domain::source::Source;
use sqlx::{query, query_as, query_scalar};

use crate::audit;
use crate::circles;
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;

/// A change of a source.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// As a question names it: `runbook:orders-db#alerts`, `alert:LagHigh`.
    pub source: &'a str,
    /// Which version it was, and which it is: "version 3".
    pub from: &'a str,
    pub to: &'a str,
    /// What it said, and what it says now; empty where it is gone.
    pub was: &'a str,
    pub is: &'a str,
}

const RESTING: &str = "
    SELECT id, sources FROM questions
    WHERE circle = $1 AND sources IS NOT NULL AND sources <> '[]' AND state <> 'outdated'";

const OPEN_ON: &str = "
    SELECT id, was, says FROM question_checks
    WHERE circle = $1 AND question = $2 AND source = $3 AND settled_at IS NULL";

const NOTE: &str = "
    INSERT INTO question_checks (id, circle, question, source, from_version, to_version, was, says, noted_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const NOTE_AGAIN: &str =
    "UPDATE question_checks SET to_version = $2, was = $3, says = $4, noted_at = $5 WHERE id = $1";

const UNDO: &str = "UPDATE question_checks SET settled_at = $2, outcome = 'undone' WHERE id = $1";

/// Puts the questions that rest on exactly this source on "check me", in the
/// transaction that changes it. A source that says again what it said asks for nothing.
pub(crate) async fn changed(
    tx: &mut Tx,
    circle: &str,
    change: &Change<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    if change.was.trim() == change.is.trim() {
        return Ok(());
    }
    let now = stored(now);
    let source = Source::parse(change.source);
    let resting: Vec<(String, String)> =
        on!(&mut *tx, |tx| query_as(RESTING).bind(circle).fetch_all(&mut **tx).await?);
    for (question, sources) in resting {
        for named in reading::names(&sources)? {
            if Source::parse(&named) == source {
                note(tx, circle, (&question, &named), change, now).await?;
            }
        }
    }
    Ok(())
}

async fn note(
    tx: &mut Tx,
    circle: &str,
    (question, named): (&str, &str),
    change: &Change<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let open: Option<(String, String, String)> = on!(&mut *tx, |tx| query_as(OPEN_ON)
        .bind(circle)
        .bind(question)
        .bind(named)
        .fetch_optional(&mut **tx)
        .await?);
    let open = open.map(|(id, was, says)| match says.contains(change.was) && !change.was.is_empty() {
        true => (id, was, says.replacen(change.was, change.is, 1)),
        // The source stands on several pages, and this is another of them.
        false => (id, join(&was, change.was), join(&says, change.is)),
    });
    match open {
        Some((id, was, says)) if was.trim() == says.trim() => {
            on!(&mut *tx, |tx| query(UNDO).bind(id).bind(now).execute(&mut **tx).await.map(drop))?;
        }
        Some((id, was, says)) => on!(&mut *tx, |tx| query(NOTE_AGAIN)
            .bind(id)
            .bind(change.to)
            .bind(was)
            .bind(says)
            .bind(now)
            .execute(&mut **tx)
            .await
            .map(drop))?,
        None => on!(&mut *tx, |tx| query(NOTE)
            .bind(new_id())
            .bind(circle)
            .bind(question)
            .bind(named)
            .bind(change.from)
            .bind(change.to)
            .bind(change.was)
            .bind(change.is)
            .bind(now)
            .execute(&mut **tx)
            .await
            .map(drop))?,
    }
    Ok(())
}

fn join(one: &str, other: &str) -> String {
    [one, other].map(str::trim).join("\n\n").trim().to_owned()
}

/// A question that asks to be checked, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub id: String,
    pub question: QuestionId,
    pub title: String,
    /// As the question names it.
    pub source: String,
    pub from: String,
    pub to: String,
    pub was: String,
    /// Empty where the source is gone.
    pub is: String,
    pub noted_at: DateTime<Utc>,
}

/// What asks to be checked in a circle, by question, the oldest first. For
/// leaders.
pub async fn to_check(db: &Db, who: &Who, circle: &str) -> Result<Vec<Check>> {
    circles::leader(db, who, circle).await?;
    reading::open(db, circle, "").await
}

/// Why one question asks to be checked; empty where it does not. For leaders.
pub async fn of_question(db: &Db, who: &Who, circle: &str, question: &QuestionId) -> Result<Vec<Check>> {
    circles::leader(db, who, circle).await?;
    reading::open(db, circle, &question.to_string()).await
}

/// How many questions ask to be checked, for leaders; nought for others.
pub async fn n_to_check(db: &Db, who: &Who, circle: &str) -> Result<i64> {
    const COUNT: &str =
        "SELECT count(DISTINCT question) FROM question_checks WHERE circle = $1 AND settled_at IS NULL";
    if circles::member(db, who, circle).await?.role != Role::Leader {
        return Ok(0);
    }
    Ok(on!(db.read(), |pool| query_scalar(COUNT).bind(circle).fetch_one(pool).await?))
}

/// A question that rests on a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resting {
    pub question: QuestionId,
    pub title: String,
    pub state: State,
    pub asks_to_be_checked: bool,
}

/// The questions that rest on a source or on a part of it, for leaders. To
/// others there are none: what is asked about would tell what will be asked.
pub async fn questions_on(db: &Db, who: &Who, circle: &str, source: &str) -> Result<Vec<Resting>> {
    match circles::member(db, who, circle).await?.role {
        Role::Leader => reading::resting_on(db, circle, &Source::parse(source)).await,
        Role::Engineer | Role::Reader => Ok(Vec::new()),
    }
}

/// What a leader says of a question that asks to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is right as it is.
    Confirmed,
    /// It has a new version.
    Edited,
    /// It is not asked any more.
    Retired,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Outcome::Confirmed => "confirmed",
            Outcome::Edited => "edited",
            Outcome::Retired => "retired",
        }
    }
}

const SETTLE: &str = "
    UPDATE question_checks SET settled_at = $3, settled_by = $4, outcome = $5
    WHERE circle = $1 AND question = $2 AND settled_at IS NULL";

/// Whatever a question asked to be checked for is done with.
pub(crate) async fn settle(
    tx: &mut Tx,
    circle: &str,
    question: &str,
    by: Option<&Who>,
    outcome: Outcome,
    now: DateTime<Utc>,
) -> Result<u64> {
    Ok(on!(&mut *tx, |tx| query(SETTLE)
        .bind(circle)
        .bind(question)
        .bind(stored(now))
        .bind(by.map(|who| who.person.clone()))
        .bind(outcome.as_str())
        .execute(&mut **tx)
        .await?
        .rows_affected()))
}

/// The question is right as it is, by a leader. `seen` are the checks that were
/// shown: what changed meanwhile is not confirmed unseen.
pub async fn confirm(
    db: &Db,
    who: &Who,
    circle: &str,
    question: &QuestionId,
    seen: &[&str],
    now: DateTime<Utc>,
) -> Result<()> {
    let open = of_question(db, who, circle, question).await?;
    if open.is_empty() {
        return Err(Error::NotFound);
    }
    if open.iter().any(|check| !seen.contains(&seen_as(check).as_str())) {
        let what = "The source has changed once more. Look at what it says now.";
        return Err(Error::refused("", what));
    }
    let mut tx = db.begin().await?;
    settle(&mut tx, circle, &question.to_string(), Some(who), Outcome::Confirmed, now).await?;
    let subject = question.to_string();
    audit::record(&mut tx, Some(circle), Some(&who.person), "confirmed a question", &subject, now).await?;
    commit(tx).await
}

/// What a page says it has shown of a check.
pub fn seen_as(check: &Check) -> String {
    format!("{} {}", check.id, check.noted_at.timestamp_millis())
}

/// The question is not asked any more, by a leader: its file says so from now
/// on, and can be taken home.
pub async fn retire(
    db: &Db,
    who: &Who,
    circle: &str,
    question: &QuestionId,
    now: DateTime<Utc>,
) -> Result<()> {
    let text = editing::text_of(db, who, circle, question).await?;
    let retired = domain::source::with_state(&text, State::Outdated.as_str());
    let written = editing::Written { text: &retired, outcome: Outcome::Retired, over: Some(&text) };
    editing::write(db, who, circle, question, written, now).await
}

const LEAVES_OUT: &str = "SELECT leaves_out FROM check_settings WHERE circle = $1";

/// Whether a circle leaves questions that ask to be checked out of new draws.
pub async fn leaves_out(db: &Db, who: &Who, circle: &str) -> Result<bool> {
    circles::member(db, who, circle).await?;
    let said: Option<bool> =
        on!(db.read(), |pool| query_scalar(LEAVES_OUT).bind(circle).fetch_optional(pool).await?);
    Ok(said.unwrap_or(true))
}

const SET_LEAVES_OUT: &str = "
    INSERT INTO check_settings (circle, leaves_out) VALUES ($1, $2)
    ON CONFLICT (circle) DO UPDATE SET leaves_out = excluded.leaves_out";

/// Decides that, by a leader.
pub async fn set_leaves_out(
    db: &Db,
    who: &Who,
    circle: &str,
    leaves_out: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    circles::leader(db, who, circle).await?;
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(SET_LEAVES_OUT)
        .bind(circle)
        .bind(leaves_out)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let what =
        if leaves_out { "left questions to check out of draws" } else { "only marks questions to check" };
    audit::record(&mut tx, Some(circle), Some(&who.person), what, "", now).await?;
    commit(tx).await
}
