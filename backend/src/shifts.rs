//! Shifts: who is on call for each service, and when.
//!
//! Not here: whom an incident goes to, which asks [`on_call`].

use chrono::{DateTime, Utc};
use domain::people::Role;
use domain::rota::{self, LONGEST, MOST_AT_ONCE, Span};
use sqlx::{FromRow, query, query_as};

use crate::actions::workers;
use crate::circles::{Member, MemberOf};
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::services::{self, Service};
use crate::{audit, circles};

/// One shift of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    pub id: String,
    /// A short name.
    pub service: String,
    pub service_name: String,
    pub person: String,
    pub name: String,
    /// Their own number, or the one on the escalation path; empty: none.
    pub phone: String,
    /// Not for somebody who works there no more.
    pub is_there: bool,
    pub span: Span,
}

#[derive(FromRow)]
struct Row {
    id: String,
    service: String,
    service_name: String,
    person: String,
    name: String,
    phone: String,
    n_there: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

impl From<Row> for Shift {
    fn from(row: Row) -> Shift {
        Shift {
            id: row.id,
            service: row.service,
            service_name: row.service_name,
            person: row.person,
            name: row.name,
            phone: row.phone,
            is_there: row.n_there > 0,
            span: Span { from: row.starts_at, to: row.ends_at },
        }
    }
}

/// Shifts of the circle `$1`.
macro_rules! shifts {
    ($which:literal) => {
        concat!(
            "SELECT h.id, h.service, s.name AS service_name, h.person, p.name, h.starts_at, h.ends_at,
                    COALESCE(NULLIF(p.phone, ''),
                             (SELECT min(e.phone) FROM escalation_steps e
                              WHERE e.circle = h.circle AND e.service = h.service AND e.person = h.person),
                             '') AS phone,
                    (SELECT count(*) FROM members m
                     WHERE m.circle = h.circle AND m.person = h.person AND m.left_at IS NULL
                       AND m.role <> 'reader' AND p.disabled_at IS NULL) AS n_there
             FROM shifts h
             JOIN services s ON s.circle = h.circle AND s.slug = h.service
             JOIN people p ON p.id = h.person
             WHERE h.circle = $1 AND ",
            $which
        )
    };
}

/// Of one service `$2`, or of all.
const NOT_OVER: &str = shifts!(
    "($2 = '' OR h.service = $2) AND h.removed_at IS NULL AND h.ends_at > $3
     ORDER BY h.starts_at, s.name, h.id"
);
const OVER: &str = shifts!(
    "($2 = '' OR h.service = $2) AND h.removed_at IS NULL AND h.ends_at <= $3
     ORDER BY h.ends_at DESC, s.name, h.id LIMIT $4 OFFSET $5"
);

/// What is planned: who is on call now and who comes next, in the order in which
/// the shifts begin; of one service, or with an empty short name of all. For
/// the members of the circle.
pub async fn planned(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Shift>> {
    circles::member(db, who, circle).await?;
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(NOT_OVER)
        .bind(circle)
        .bind(service)
        .bind(now)
        .fetch_all(pool)
        .await?);
    Ok(rows.into_iter().map(Shift::from).collect())
}

/// Who is on call for a service, for the members of its circle.
pub async fn current(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    now: DateTime<Utc>,
) -> Result<Option<Shift>> {
    let shifts = planned(db, who, circle, service, now).await?;
    Ok(shifts.into_iter().rfind(|shift| shift.is_there && shift.span.contains(now)))
}

/// Shifts on a page of those that are over.
pub const PAGE: usize = 50;

/// Those that are over, the newest first, and whether older ones follow. Pages
/// count from 1.
pub async fn over(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    page: u32,
    now: DateTime<Utc>,
) -> Result<(Vec<Shift>, bool)> {
    circles::member(db, who, circle).await?;
    let before = i64::from(page.saturating_sub(1)) * PAGE as i64;
    let mut rows: Vec<Row> = on!(db.read(), |pool| query_as(OVER)
        .bind(circle)
        .bind(service)
        .bind(now)
        .bind(PAGE as i64 + 1)
        .bind(before)
        .fetch_all(pool)
        .await?);
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    Ok((rows.into_iter().map(Shift::from).collect(), more))
}

/// Who is on call for a service, of those who can be: who has left the circle,
/// or only reads, is not.
const ON_CALL: &str = "
    SELECT h.person, p.name
    FROM shifts h
    JOIN people p ON p.id = h.person AND p.disabled_at IS NULL
    JOIN members m ON m.circle = h.circle AND m.person = h.person AND m.left_at IS NULL AND m.role <> 'reader'
    WHERE h.circle = $1 AND h.service = $2 AND h.removed_at IS NULL AND h.starts_at <= $3 AND h.ends_at > $3
    ORDER BY h.starts_at DESC
    LIMIT 1";

/// The person who is on call for a service, with their name.
pub(crate) async fn on_call(
    tx: &mut Tx,
    circle: &str,
    service: &str,
    now: DateTime<Utc>,
) -> Result<Option<(String, String)>> {
    Ok(on!(tx, |tx| query_as(ON_CALL).bind(circle).bind(service).bind(now).fetch_optional(&mut **tx).await?))
}

/// Whether somebody may plan shifts.
pub fn may_plan(role: Role) -> bool {
    role == Role::Leader
}

/// Shifts as somebody plans them. The name of a field is that of its problem.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// A short name.
    pub service: String,
    /// Whose turn it is, one after the other.
    pub people: Vec<String>,
    /// Of the first; `None` where what was typed is no instant.
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    /// How many shifts in a row, as it was typed.
    pub times: String,
}

const ADD: &str = "
    INSERT INTO shifts (id, circle, service, person, starts_at, ends_at, added_by, added_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Plans shifts, by a leader: all of them, or none. Returns how many.
pub async fn plan(db: &Db, who: &Who, circle: &str, draft: &Draft, now: DateTime<Utc>) -> Result<usize> {
    let member = circles::leader(db, who, circle).await?;
    let now = stored(now);
    let (service, people, spans) = check(db, who, &member, draft, now).await?;
    let mut tx = db.begin().await?;
    let planned = locked(&mut tx, circle, &service.slug, now).await?;
    refuse_meeting(&planned, &spans)?;
    for (span, person) in spans.iter().zip(people.iter().cycle()) {
        on!(&mut tx, |tx| query(ADD)
            .bind(new_id())
            .bind(circle)
            .bind(&service.slug)
            .bind(&person.person)
            .bind(span.from)
            .bind(span.to)
            .bind(&who.person)
            .bind(now)
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    let names: Vec<&str> = people.iter().map(|one| one.name.as_str()).collect();
    let subject = format!("{}: {} of {}", service.name, spans.len(), names.join(", "));
    audit::record(&mut tx, Some(circle), Some(&who.person), "planned shifts", &subject, now).await?;
    commit(tx).await?;
    Ok(spans.len())
}

const LOCK: &str = "UPDATE services SET name = name WHERE circle = $1 AND slug = $2";

/// What is planned for a service, which nobody else changes until the end of
/// this transaction.
async fn locked(tx: &mut Tx, circle: &str, service: &str, now: DateTime<Utc>) -> Result<Vec<Shift>> {
    on!(&mut *tx, |tx| query(LOCK).bind(circle).bind(service).execute(&mut **tx).await.map(drop))?;
    let rows: Vec<Row> =
        on!(tx, |tx| query_as(NOT_OVER).bind(circle).bind(service).bind(now).fetch_all(&mut **tx).await?);
    Ok(rows.into_iter().map(Shift::from).collect())
}

fn refuse_meeting(planned: &[Shift], spans: &[Span]) -> Result<()> {
    let Some(had) = planned.iter().find(|had| spans.iter().any(|span| span.meets(&had.span))) else {
        return Ok(());
    };
    let words =
        format!("{} is on call then already. One person at a time: take that shift off first.", had.name);
    Err(Error::refused("from", words))
}

/// The service, those who take turns, and when; or everything that stands
/// against it.
async fn check(
    db: &Db,
    who: &Who,
    member: &Member,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<(Service, Vec<MemberOf>, Vec<Span>)> {
    let mut problems = Vec::new();
    let service = match services::find(db, who, &member.circle, &draft.service).await {
        Ok(service) => Some(service),
        Err(Error::NotFound) => {
            problems.push(Problem::new("service", "Choose a service of this circle."));
            None
        }
        Err(why) => return Err(why),
    };
    let workers = workers(db, who, &member.circle).await?;
    let find = |person: &String| workers.iter().find(|one| one.person == *person).cloned();
    let people: Option<Vec<MemberOf>> = draft.people.iter().map(find).collect();
    let people = people.filter(|people| !people.is_empty());
    if people.is_none() {
        problems.push(Problem::new("people", "Choose who is on call: engineers or leaders of this circle."));
    }
    let span = check_span(draft, now, &mut problems);
    let times = draft.times.trim().parse::<usize>().ok().filter(|n| (1..=MOST_AT_ONCE).contains(n));
    if times.is_none() {
        problems.push(Problem::new("times", format!("Enter how many shifts, from 1 to {MOST_AT_ONCE}.")));
    }
    match (service, people, span, times) {
        (Some(service), Some(people), Some(span), Some(times)) => {
            Ok((service, people, rota::in_a_row(span, times, &member.circle_zone)))
        }
        _ => Err(Error::Refused(problems)),
    }
}

fn check_span(draft: &Draft, now: DateTime<Utc>, problems: &mut Vec<Problem>) -> Option<Span> {
    if draft.from.is_none() {
        problems.push(Problem::new("from", "Enter the day and the time at which the first shift begins."));
    }
    let Some(to) = draft.to else {
        problems.push(Problem::new("to", "Enter the day and the time at which the first shift ends."));
        return None;
    };
    let span = Span { from: stored(draft.from?), to: stored(to) };
    let refusal = if span.to <= span.from {
        Some("The shift ends before it begins.".to_owned())
    } else if span.to <= now {
        Some("This shift is over already. Enter an end that is still to come.".to_owned())
    } else if span.to - span.from > LONGEST {
        Some(format!("Keep a shift to {} days.", LONGEST.num_days()))
    } else {
        None
    };
    match refusal {
        Some(words) => {
            problems.push(Problem::new("to", words));
            None
        }
        None => Some(span),
    }
}

const TAKE_OFF: &str = "
    UPDATE shifts SET removed_by = $2, removed_at = $3 WHERE id = $1 AND removed_at IS NULL AND starts_at > $3";
const END: &str = "UPDATE shifts SET ends_at = $2 WHERE id = $1 AND starts_at <= $2 AND ends_at > $2";

/// Takes a shift off the rota, by a leader: one that has begun ends now. Over
/// already: nothing changes. Returns whether it was still to come, so that it
/// can be put back.
pub async fn take_off(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<bool> {
    circles::leader(db, who, circle).await?;
    let now = stored(now);
    let mut tx = db.begin().await?;
    let shift = of_id(&mut tx, circle, id).await?;
    let n_off = on!(&mut tx, |tx| query(TAKE_OFF)
        .bind(id)
        .bind(&who.person)
        .bind(now)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    let n_ended = match n_off {
        0 => on!(&mut tx, |tx| query(END).bind(id).bind(now).execute(&mut **tx).await?.rows_affected()),
        _ => 0,
    };
    if n_off + n_ended > 0 {
        let did = if n_off > 0 { "took a shift off" } else { "ended a shift" };
        record(&mut tx, who, circle, did, &shift, now).await?;
        commit(tx).await?;
    }
    Ok(n_off > 0)
}

const PUT_BACK: &str = "UPDATE shifts SET removed_by = NULL, removed_at = NULL WHERE id = $1";

/// Puts a shift back that was taken off, by a leader, unless somebody else has
/// its time by now.
pub async fn put_back(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    circles::leader(db, who, circle).await?;
    let now = stored(now);
    let mut tx = db.begin().await?;
    let shift = of_id(&mut tx, circle, id).await?;
    let planned = locked(&mut tx, circle, &shift.service, now).await?;
    if planned.iter().any(|had| had.id == id) {
        return Ok(());
    }
    refuse_meeting(&planned, &[shift.span])?;
    on!(&mut tx, |tx| query(PUT_BACK).bind(id).execute(&mut **tx).await.map(drop))?;
    record(&mut tx, who, circle, "put a shift back", &shift, now).await?;
    commit(tx).await
}

const OF_ID: &str = shifts!("h.id = $2");

/// A shift, on the rota or taken off.
async fn of_id(tx: &mut Tx, circle: &str, id: &str) -> Result<Shift> {
    let row: Option<Row> =
        on!(tx, |tx| query_as(OF_ID).bind(circle).bind(id).fetch_optional(&mut **tx).await?);
    row.map(Shift::from).ok_or(Error::NotFound)
}

async fn record(
    tx: &mut Tx,
    who: &Who,
    circle: &str,
    did: &str,
    shift: &Shift,
    now: DateTime<Utc>,
) -> Result<()> {
    let subject = format!("{}: {}", shift.service_name, shift.name);
    audit::record(tx, Some(circle), Some(&who.person), did, &subject, now).await
}

#[cfg(test)]
mod stories;
