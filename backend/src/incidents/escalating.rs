//! Who has an incident that nobody has acknowledged: whoever is on call for its
//! service, and then the escalation path leads from one to the next as minutes
//! pass.

use chrono::{DateTime, TimeDelta, Utc};
use domain::incident::{Audience, Entry, Kind, Phase};
use sqlx::{FromRow, query, query_as};

use super::working::{NewEntry, tell};
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::Result;
use crate::shifts;

/// The place of whoever is on call: before the first step.
pub(crate) const ON_CALL: i64 = 0;

/// One step of a path that leads to somebody in the circle.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Step {
    /// From 1, or [`ON_CALL`].
    pub n: i64,
    pub person: String,
    pub name: String,
}

/// Those who have left the circle, or only read, are passed over.
const DUE_STEP: &str = "
    SELECT e.n, e.person, p.name
    FROM escalation_steps e
    JOIN people p ON p.id = e.person AND p.disabled_at IS NULL
    JOIN members m ON m.circle = e.circle AND m.person = e.person AND m.left_at IS NULL AND m.role <> 'reader'
    WHERE e.circle = $1 AND e.service = $2 AND e.after_minutes BETWEEN $3 AND $4
    ORDER BY e.n DESC
    LIMIT 1";

const FIRST_STEP: &str = "
    SELECT e.n, e.person, p.name
    FROM escalation_steps e
    JOIN people p ON p.id = e.person AND p.disabled_at IS NULL
    JOIN members m ON m.circle = e.circle AND m.person = e.person AND m.left_at IS NULL AND m.role <> 'reader'
    WHERE e.circle = $1 AND e.service = $2
    ORDER BY e.n
    LIMIT 1";

/// Who has a new incident: whoever is on call, or else the first step of the
/// path, however long it may wait.
pub(super) async fn first(
    tx: &mut Tx,
    circle: &str,
    service: &str,
    now: DateTime<Utc>,
) -> Result<Option<Step>> {
    if let Some((person, name)) = shifts::on_call(tx, circle, service, now).await? {
        return Ok(Some(Step { n: ON_CALL, person, name }));
    }
    match due_step(tx, circle, service, 0, TimeDelta::zero()).await? {
        Some(step) => Ok(Some(step)),
        None => Ok(on!(tx, |tx| query_as(FIRST_STEP)
            .bind(circle)
            .bind(service)
            .fetch_optional(&mut **tx)
            .await?)),
    }
}

/// The last step that is reached after so long without an answer, of those that
/// wait at least so many minutes.
async fn due_step(
    tx: &mut Tx,
    circle: &str,
    service: &str,
    at_least: i64,
    waited: TimeDelta,
) -> Result<Option<Step>> {
    Ok(on!(tx, |tx| query_as(DUE_STEP)
        .bind(circle)
        .bind(service)
        .bind(at_least)
        .bind(waited.num_minutes())
        .fetch_optional(&mut **tx)
        .await?))
}

/// What nobody has acknowledged and no hand has assigned; the path begins anew
/// where an incident is opened again.
const WAITING: &str = "
    SELECT i.id, i.circle, i.service, i.path_step,
           COALESCE((SELECT max(t.written_at) FROM timeline_entries t
                     WHERE t.incident = i.id AND t.kind = 'phase' AND t.phase = 'detected'), i.opened_at) AS opened_at
    FROM incidents i
    JOIN escalation_steps e ON e.circle = i.circle AND e.service = i.service AND e.n > COALESCE(i.path_step, 0)
    WHERE i.phase = 'detected' AND (i.assignee IS NULL OR i.path_step IS NOT NULL)
    GROUP BY i.id, i.circle, i.service, i.opened_at, i.path_step";

const HAND_ON: &str = "
    UPDATE incidents
    SET assignee = $2, assigned_at = $3, path_step = $4
    WHERE id = $1 AND phase = 'detected' AND (assignee IS NULL OR path_step < $4)";

#[derive(FromRow)]
struct Waiting {
    id: String,
    circle: String,
    service: String,
    opened_at: DateTime<Utc>,
    path_step: Option<i64>,
}

/// So long whoever is on call has it where no step says how long to wait.
const ON_CALL_WAITS: TimeDelta = TimeDelta::minutes(15);

/// Who is next: for what nobody has, whoever has a new incident.
async fn next_step(tx: &mut Tx, one: &Waiting, now: DateTime<Utc>) -> Result<Option<Step>> {
    let (circle, service, waited) = (&one.circle, &one.service, now - one.opened_at);
    match one.path_step {
        None => first(tx, circle, service, now).await,
        // They stand where a path begins that begins at once.
        Some(ON_CALL) => match due_step(tx, circle, service, 1, waited).await? {
            None if waited >= ON_CALL_WAITS => due_step(tx, circle, service, 0, waited).await,
            due => Ok(due),
        },
        Some(_) => due_step(tx, circle, service, 0, waited).await,
    }
}

/// Hands on what has waited too long, on whatever node; returns how many.
pub async fn hand_on(db: &Db, now: DateTime<Utc>) -> Result<u64> {
    let now = stored(now);
    let waiting: Vec<Waiting> = on!(db.read(), |pool| query_as(WAITING).fetch_all(pool).await?);
    let mut n_handed_on = 0;
    for one in waiting {
        let mut tx = db.begin().await?;
        let Some(step) = next_step(&mut tx, &one, now).await? else { continue };
        if one.path_step.is_some_and(|had| had >= step.n) {
            continue;
        }
        let n_changed = on!(&mut tx, |tx| query(HAND_ON)
            .bind(&one.id)
            .bind(&step.person)
            .bind(now)
            .bind(step.n)
            .execute(&mut **tx)
            .await?
            .rows_affected());
        if n_changed == 0 {
            continue;
        }
        let words = match step.n {
            ON_CALL => format!("{}, who is on call.", step.name),
            n => format!("{}, step {n} of the escalation path: nobody has acknowledged it.", step.name),
        };
        let entry = Entry {
            kind: Kind::Assigned,
            audience: Audience::Internal,
            words,
            phase: Phase::Detected,
            happened_at: now,
        };
        tell(&mut tx, &one.id, &NewEntry { id: None, entry, person: None }, now).await?;
        commit(tx).await?;
        n_handed_on += 1;
    }
    Ok(n_handed_on)
}
