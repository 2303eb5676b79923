//! What may change of a round after it was planned: its end, its people, the
//! time they have; and whether it takes place at all.

use chrono::{DateTime, TimeDelta, Utc};
use domain::round::Phase;
use sqlx::{query, query_as, query_scalar};

use super::planning::{
    EXTRA_LIMIT_MINUTES, Plan, add_person, problems_of_plan, refuse_any, save, version_of_test,
};
use super::{BY_ID, Round, RoundRow, find};
use crate::audit;
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;

const TAKE_OUT: &str = "
    UPDATE round_people SET taken_out_at = $3
    WHERE round = $1 AND person = $2 AND taken_out_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.round = $1 AND a.person = $2)";

const PLACES: &str = "
    SELECT p.person, (SELECT count(*) FROM attempts a WHERE a.round = p.round AND a.person = p.person)
    FROM round_people p
    WHERE p.round = $1 AND p.taken_out_at IS NULL";

/// Changes a round. Before it opens everything may change; while it runs its
/// name, its close and its people: who has started stays in it and keeps the
/// deadline of the attempt, and what was promised about scores, answers and
/// retakes stands.
pub async fn change(
    db: &Db,
    who: &Who,
    circle: &str,
    id: &str,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<()> {
    let round = find(db, who, circle, id).await?;
    let places = places(db, id).await?;
    let plan = match round.phase(now) {
        _ if round.cancelled_at.is_some() => return Err(over()),
        Phase::Planned => plan.clone(),
        Phase::Running => while_running(&round, &places, plan),
        Phase::StillSitting | Phase::Marking | Phase::ResultsReady => return Err(over()),
    };
    let is_new = |person: &str| places.iter().all(|(known, _)| known != person);
    let new_people: Vec<_> = plan.people.iter().filter(|(person, _)| is_new(person)).cloned().collect();
    let is_test_new = plan.test != round.test_id;
    // A test that is new is given to everybody anew.
    let added = if is_test_new { &plan.people } else { &new_people };
    let problems = problems_of_plan(db, who, circle, &plan, added, now).await?;
    let test_version = if is_test_new {
        version_of_test(db, who, circle, &plan, problems).await?
    } else {
        refuse_any(problems)?;
        round.test_version
    };
    let now = stored(now);
    let mut tx = db.begin().await?;
    // Whoever is about to start waits, and then finds the round as it is now.
    on!(&mut tx, |tx| query(LOCK_PLACES).bind(id).execute(&mut **tx).await.map(drop))?;
    refuse_unless_as_read(&mut tx, &round, now).await?;
    if !save(&mut tx, who, circle, id, &plan, test_version, now).await? {
        return Err(over());
    }
    change_people(&mut tx, id, &plan.people, now).await?;
    audit::record(&mut tx, Some(circle), Some(&who.person), "changed a round", plan.name.trim(), now).await?;
    commit(tx).await
}

fn over() -> Error {
    Error::refused("", "This round is over, so nothing about it changes any more.")
}

/// What was decided about the round as it was read must still be so: while this
/// waited, somebody may have changed or closed it, or started what was still
/// planned.
async fn refuse_unless_as_read(tx: &mut Tx, round: &Round, now: DateTime<Utc>) -> Result<()> {
    let row: Option<RoundRow> =
        on!(tx, |tx| query_as(BY_ID).bind(&round.circle).bind(&round.id).fetch_optional(&mut **tx).await?);
    let is = Round::try_from(row.ok_or(Error::NotFound)?)?;
    let is_started = is.n_sitting + is.n_handed_in > 0 && round.phase(now) == Phase::Planned;
    let was = Round {
        n_people: is.n_people,
        n_sitting: is.n_sitting,
        n_handed_in: is.n_handed_in,
        n_unmarked: is.n_unmarked,
        ..round.clone()
    };
    if is == was && !is_started {
        return Ok(());
    }
    let what =
        "This round was changed or started while you changed it. Load this page again to see how it stands.";
    Err(Error::refused("", what))
}

/// What a plan may change of a round that people are sitting. Who has started
/// is in it, whether the plan names them or not.
fn while_running(round: &Round, places: &[(String, i64)], plan: &Plan) -> Plan {
    let started = places.iter().filter(|(_, n_attempts)| *n_attempts > 0);
    let started = started.filter(|(person, _)| plan.people.iter().all(|(named, _)| named != person));
    let stay = started.map(|(person, _)| (person.clone(), 0));
    Plan {
        name: plan.name.clone(),
        closes_at: plan.closes_at,
        people: plan.people.iter().cloned().chain(stay).collect(),
        test: round.test_id.clone(),
        opens_at: round.opens_at,
        shows: round.shows,
        retakes: round.retakes,
    }
}

/// Each person of a round, and how many attempts they made.
async fn places(db: &Db, id: &str) -> Result<Vec<(String, i64)>> {
    Ok(on!(db.read(), |pool| query_as(PLACES).bind(id).fetch_all(pool).await?))
}

/// Adds whom the plan names, and takes out whom it does not name any more,
/// except for those who have started: they keep what they were given.
async fn change_people(tx: &mut Tx, id: &str, people: &[(String, i64)], now: DateTime<Utc>) -> Result<()> {
    let places: Vec<(String, i64)> =
        on!(&mut *tx, |tx| query_as(PLACES).bind(id).fetch_all(&mut **tx).await?);
    let started = |person: &str| places.iter().any(|(known, n_attempts)| known == person && *n_attempts > 0);
    for (person, extra_minutes) in people.iter().filter(|(person, _)| !started(person)) {
        add_person(tx, id, person, extra_minutes * 60).await?;
    }
    let is_named = |person: &str| people.iter().any(|(named, _)| named == person);
    for (person, _) in places.iter().filter(|(person, n_attempts)| *n_attempts == 0 && !is_named(person)) {
        on!(&mut *tx, |tx| query(TAKE_OUT)
            .bind(id)
            .bind(person)
            .bind(now)
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    Ok(())
}

const CLOSE: &str = "
    UPDATE rounds SET closes_at = $3
    WHERE id = $1 AND circle = $2 AND cancelled_at IS NULL AND opens_at < $3 AND closes_at > $3";

/// Closes a running round now: nobody starts any more, and whoever sits keeps
/// the deadline of the attempt.
pub async fn close(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    let refusal = "This round is not running, so there is nothing to close.";
    end(db, who, circle, id, (CLOSE, "closed a round", refusal), now).await
}

const LOCK_PLACES: &str = "UPDATE round_people SET extra_seconds = extra_seconds WHERE round = $1";

/// Ends a round by a statement, what that is called, and why it cannot be done
/// where the statement changes nothing. Whoever is about to start waits, and
/// then finds the round ended.
async fn end(
    db: &Db,
    who: &Who,
    circle: &str,
    id: &str,
    (statement, did, refusal): (&'static str, &str, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let round = find(db, who, circle, id).await?;
    let now = stored(now);
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(LOCK_PLACES).bind(id).execute(&mut **tx).await.map(drop))?;
    let n_changed = on!(&mut tx, |tx| query(statement)
        .bind(id)
        .bind(circle)
        .bind(now)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_changed == 0 {
        return Err(Error::refused("", refusal));
    }
    audit::record(&mut tx, Some(circle), Some(&who.person), did, &round.name, now).await?;
    commit(tx).await
}

const EXTEND_PERSON: &str = "
    UPDATE round_people SET extra_seconds = extra_seconds + $3
    WHERE round = $1 AND person = $2 AND taken_out_at IS NULL AND extra_seconds + $3 <= $4";

const NAME: &str = "SELECT name FROM people WHERE id = $1";

const OPEN_DEADLINE: &str = "
    SELECT id, deadline FROM attempts
    WHERE round = $1 AND person = $2 AND finished_at IS NULL";

const MOVE_DEADLINE: &str = "
    UPDATE attempts SET deadline = $2
    WHERE id = $1 AND finished_at IS NULL";

const ADD_EXTENSION: &str = "
    INSERT INTO extensions (id, round, person, seconds, given_by, given_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Gives a person more time: also in an attempt that is running, and past the
/// close of the round.
pub async fn extend(
    db: &Db,
    who: &Who,
    circle: &str,
    id: &str,
    person: &str,
    minutes: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let round = find(db, who, circle, id).await?;
    if !(1..=EXTRA_LIMIT_MINUTES).contains(&minutes) {
        return Err(Error::refused(
            &format!("minutes-{person}"),
            "Enter minutes from 1 to 1440, for example 15.",
        ));
    }
    let now = stored(now);
    let mut tx = db.begin().await?;
    let n_changed = on!(&mut tx, |tx| query(EXTEND_PERSON)
        .bind(id)
        .bind(person)
        .bind(minutes * 60)
        .bind(EXTRA_LIMIT_MINUTES * 60)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_changed == 0 {
        return Err(Error::refused(
            &format!("minutes-{person}"),
            "Nobody gets more than 24 hours of extra time in a round.",
        ));
    }
    let name: String = on!(&mut tx, |tx| query_scalar(NAME).bind(person).fetch_one(&mut **tx).await?);
    let open: Option<(String, DateTime<Utc>)> =
        on!(&mut tx, |tx| query_as(OPEN_DEADLINE).bind(id).bind(person).fetch_optional(&mut **tx).await?);
    if let Some((attempt, deadline)) = open {
        let deadline = deadline + TimeDelta::minutes(minutes);
        on!(&mut tx, |tx| query(MOVE_DEADLINE)
            .bind(attempt)
            .bind(deadline)
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    on!(&mut tx, |tx| query(ADD_EXTENSION)
        .bind(new_id())
        .bind(id)
        .bind(person)
        .bind(minutes * 60)
        .bind(&who.person)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    audit::record(
        &mut tx,
        Some(circle),
        Some(&who.person),
        "gave extra time",
        &format!("{minutes} min to {name} in {}", round.name),
        now,
    )
    .await?;
    commit(tx).await
}

const CANCEL: &str = "
    UPDATE rounds SET cancelled_at = $3
    WHERE id = $1 AND circle = $2 AND cancelled_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.round = rounds.id)";

/// Cancels a round that nobody has started.
pub async fn cancel(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    let refusal = "Somebody has started this round, so it cannot be cancelled any more.";
    end(db, who, circle, id, (CANCEL, "cancelled a round", refusal), now).await
}
