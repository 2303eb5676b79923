//! Calls by phone. One cannot be refused: it is logged with who took it.
//!
//! Not here: channels, hours and who may call, which belong to the service.

use chrono::{DateTime, TimeDelta, Utc};
use domain::people::Role;
use domain::words::one_line;
use sqlx::{FromRow, query, query_as};

use crate::actions::workers;
use crate::db::{Db, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles, services};

/// One call that somebody took.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Call {
    pub id: String,
    pub caller: String,
    pub about: String,
    /// Names.
    pub taken_by: String,
    pub taken_at: DateTime<Utc>,
    pub logged_by: String,
    pub logged_at: DateTime<Utc>,
}

/// Some calls, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    pub calls: Vec<Call>,
    /// Whether older ones follow on the next page.
    pub more: bool,
}

/// Calls on a page.
pub const PAGE: usize = 50;

const OF_SERVICE: &str = "
    SELECT c.id, c.caller, c.about, t.name AS taken_by, c.taken_at, l.name AS logged_by, c.logged_at
    FROM calls c
    JOIN people t ON t.id = c.taken_by
    JOIN people l ON l.id = c.logged_by
    WHERE c.circle = $1 AND c.service = $2
    ORDER BY c.taken_at DESC, c.id DESC
    LIMIT $3 OFFSET $4";

/// The calls about a service, for the members of its circle. Pages count from 1.
pub async fn calls(db: &Db, who: &Who, circle: &str, service: &str, page: u32) -> Result<Calls> {
    circles::member(db, who, circle).await?;
    let before = i64::from(page.saturating_sub(1)) * PAGE as i64;
    let mut calls: Vec<Call> = on!(db.read(), |pool| query_as(OF_SERVICE)
        .bind(circle)
        .bind(service)
        .bind(PAGE as i64 + 1)
        .bind(before)
        .fetch_all(pool)
        .await?);
    let more = calls.len() > PAGE;
    calls.truncate(PAGE);
    Ok(Calls { calls, more })
}

/// A call as somebody writes it down. The name of a field is that of its
/// problem.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub caller: String,
    pub about: String,
    /// A person's id.
    pub taken_by: String,
    /// `None` where what was typed is no instant.
    pub taken_at: Option<DateTime<Utc>>,
}

/// Whether somebody may log a call: whoever could have taken it.
pub fn may_log(role: Role) -> bool {
    role != Role::Reader
}

const ADD: &str = "
    INSERT INTO calls (id, circle, service, caller, about, taken_by, taken_at, logged_by, logged_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Logs a call, by an engineer or a leader.
pub async fn log_call(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<()> {
    let member = circles::member(db, who, circle).await?;
    if !may_log(member.role) {
        return Err(Error::NotFound);
    }
    let service = services::find(db, who, circle, service).await?;
    let (caller, taker, taken_at) = check(db, who, circle, draft, now).await?;
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(ADD)
        .bind(new_id())
        .bind(circle)
        .bind(&service.slug)
        .bind(&caller)
        .bind(draft.about.trim())
        .bind(&draft.taken_by)
        .bind(stored(taken_at))
        .bind(&who.person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let subject = format!("{}: {caller}, taken by {taker}", service.name);
    audit::record(&mut tx, Some(circle), Some(&who.person), "logged a call", &subject, now).await?;
    commit(tx).await
}

const CALLER_LIMIT: usize = 100;
const ABOUT_LIMIT: usize = 1000;

/// A phone and a server may disagree a little on what time it is.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

/// Who called, who took it and when; or everything that stands against it.
async fn check(
    db: &Db,
    who: &Who,
    circle: &str,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<(String, String, DateTime<Utc>)> {
    let mut problems = Vec::new();
    let caller = one_line(&draft.caller);
    if caller.is_empty() || caller.chars().count() > CALLER_LIMIT {
        problems.push(Problem::new("caller", "Say in 1 to 100 characters who called."));
    }
    let n_letters = draft.about.trim().chars().count();
    if n_letters == 0 || n_letters > ABOUT_LIMIT {
        problems.push(Problem::new("about", "Say in 1 to 1000 characters what it was about."));
    }
    let taker = workers(db, who, circle).await?.into_iter().find(|one| one.person == draft.taken_by);
    if taker.is_none() {
        problems.push(Problem::new("taken_by", "Choose who took the call: an engineer or a leader."));
    }
    match draft.taken_at {
        None => problems.push(Problem::new("taken_at", "Enter the day and the time of the call.")),
        Some(at) if at > now + CLOCKS_APART => {
            problems
                .push(Problem::new("taken_at", "This time is still to come. Enter when the call was taken."));
        }
        Some(_) => {}
    }
    match (taker, draft.taken_at) {
        (Some(taker), Some(at)) if problems.is_empty() => Ok((caller, taker.name, at)),
        _ => Err(Error::Refused(problems)),
    }
}
