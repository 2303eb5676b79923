//! Planning a round, and what makes a plan impossible.

use chrono::{DateTime, TimeDelta, Utc};
use domain::people::Role;
use domain::retake::Retakes;
use domain::round::{Phase, Showing};
use sqlx::query;

use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles, tests};

/// The most extra time that one person may be given, in minutes: a day.
pub const EXTRA_LIMIT_MINUTES: i64 = 24 * 60;

/// A round as a leader plans it.
#[derive(Debug, Clone)]
pub struct Plan {
    pub name: String,
    pub test: String,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub shows: Showing,
    pub retakes: Retakes,
    /// Each person with extra minutes.
    pub people: Vec<(String, i64)>,
}

/// Who made a round and when stays as it was first saved, and so does a round
/// that is cancelled.
const SAVE: &str = "
    INSERT INTO rounds (id, circle, name, test, test_version, opens_at, closes_at, show_score, show_answers,
                        n_retakes, retake_wait_hours, retake_asks, made_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (id) DO UPDATE
    SET name = excluded.name, test = excluded.test, test_version = excluded.test_version,
        opens_at = excluded.opens_at, closes_at = excluded.closes_at, show_score = excluded.show_score,
        show_answers = excluded.show_answers, n_retakes = excluded.n_retakes,
        retake_wait_hours = excluded.retake_wait_hours, retake_asks = excluded.retake_asks
    WHERE rounds.circle = excluded.circle AND rounds.cancelled_at IS NULL";

const ADD_PERSON: &str = "
    INSERT INTO round_people (round, person, extra_seconds)
    VALUES ($1, $2, $3)
    ON CONFLICT (round, person) DO UPDATE
    SET extra_seconds = excluded.extra_seconds, taken_out_at = NULL";

/// Plans a round. The bank must be able to fill the test, and the people must
/// be members who sit tests.
pub async fn plan(db: &Db, who: &Who, circle: &str, plan: &Plan, now: DateTime<Utc>) -> Result<String> {
    circles::leader(db, who, circle).await?;
    let problems = problems_of_plan(db, who, circle, plan, &plan.people, now).await?;
    let test_version = version_of_test(db, who, circle, plan, problems).await?;
    let mut tx = db.begin().await?;
    let id = add(&mut tx, who, circle, plan, test_version, now).await?;
    commit(tx).await?;
    Ok(id)
}

/// Adds the round of a plan that was found in order; returns its id.
pub(crate) async fn add(
    tx: &mut Tx,
    who: &Who,
    circle: &str,
    plan: &Plan,
    test_version: i64,
    now: DateTime<Utc>,
) -> Result<String> {
    let (id, now) = (new_id(), stored(now));
    save(tx, who, circle, &id, plan, test_version, now).await?;
    for (person, extra_minutes) in &plan.people {
        add_person(tx, &id, person, extra_minutes * 60).await?;
    }
    audit::record(tx, Some(circle), Some(&who.person), "planned a round", plan.name.trim(), now).await?;
    Ok(id)
}

/// Writes a plan down as the round of this id, new or changed; whether it could
/// be.
pub(super) async fn save(
    tx: &mut Tx,
    who: &Who,
    circle: &str,
    id: &str,
    plan: &Plan,
    test_version: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let n_saved = on!(tx, |tx| query(SAVE)
        .bind(id)
        .bind(circle)
        .bind(plan.name.trim())
        .bind(&plan.test)
        .bind(test_version)
        .bind(stored(plan.opens_at))
        .bind(stored(plan.closes_at))
        .bind(plan.shows.score.as_str())
        .bind(plan.shows.answers.as_str())
        .bind(i64::from(plan.retakes.n))
        .bind(plan.retakes.wait.num_hours())
        .bind(plan.retakes.asks.as_str())
        .bind(&who.person)
        .bind(now)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    Ok(n_saved > 0)
}

/// What stands against a plan whatever its test is. `added` are those of its
/// people who must be able to sit it: who is in a round already stays.
pub(crate) async fn problems_of_plan(
    db: &Db,
    who: &Who,
    circle: &str,
    plan: &Plan,
    added: &[(String, i64)],
    now: DateTime<Utc>,
) -> Result<Vec<Problem>> {
    let mut problems = problems_of(plan, now);
    problems.extend(problems_of_people(db, who, circle, added).await?);
    Ok(problems)
}

/// The newest version of the test of a plan, if the bank can fill it and
/// nothing else stands against the plan; otherwise everything that does.
pub(super) async fn version_of_test(
    db: &Db,
    who: &Who,
    circle: &str,
    plan: &Plan,
    mut problems: Vec<Problem>,
) -> Result<i64> {
    let test = match tests::find(db, who, circle, &plan.test).await {
        Ok(test) => test,
        Err(Error::NotFound) => {
            problems.push(Problem::new("test", "Choose a test."));
            return Err(Error::Refused(problems));
        }
        Err(why) => return Err(why),
    };
    for lacking in tests::shortfalls(db, who, circle, &test.test).await? {
        let what = format!("The bank cannot fill this test: {lacking}. Add questions or ask for fewer.");
        problems.push(Problem::new("test", what));
    }
    refuse_any(problems)?;
    Ok(test.version)
}

pub(super) fn refuse_any(problems: Vec<Problem>) -> Result<()> {
    if problems.is_empty() { Ok(()) } else { Err(Error::Refused(problems)) }
}

/// Only members who sit tests can be given one.
async fn problems_of_people(
    db: &Db,
    who: &Who,
    circle: &str,
    people: &[(String, i64)],
) -> Result<Vec<Problem>> {
    let members = circles::members(db, who, circle).await?;
    let sits = |person: &str| {
        members
            .iter()
            .any(|member| member.person == person && member.role != Role::Reader && !member.disabled)
    };
    let strangers = people.iter().any(|(person, _)| !sits(person));
    let problem = || Problem::new("people", "Choose people who are engineers or leaders of this circle.");
    Ok(strangers.then(problem).into_iter().collect())
}

pub(super) async fn add_person(tx: &mut Tx, round: &str, person: &str, extra_seconds: i64) -> Result<()> {
    on!(tx, |tx| query(ADD_PERSON)
        .bind(round)
        .bind(person)
        .bind(extra_seconds)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    Ok(())
}

fn problems_of(plan: &Plan, now: DateTime<Utc>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if plan.name.trim().is_empty() || plan.name.trim().chars().count() > 100 {
        problems.push(Problem::new(
            "name",
            "Enter a name of 1 to 100 characters, for example November readiness.",
        ));
    }
    if (plan.opens_at - now).abs() > AROUND {
        problems.push(Problem::new("opens_at", "Enter a day that is less than ten years away."));
    } else if plan.closes_at <= plan.opens_at {
        problems.push(Problem::new("closes_at", "The round must close after it opens."));
    } else if plan.closes_at <= now {
        problems.push(Problem::new("closes_at", "The round must close in the future."));
    } else if plan.closes_at - now > AROUND {
        problems.push(Problem::new("closes_at", "Enter a day that is less than ten years away."));
    }
    problems.extend(problems_of_retakes(plan));
    if plan.people.is_empty() {
        problems.push(Problem::new("people", "Choose at least one person."));
    }
    for (person, minutes) in &plan.people {
        if !(0..=EXTRA_LIMIT_MINUTES).contains(minutes) {
            problems.push(Problem::new(&format!("extra-{person}"), "Enter minutes from 0 to 1440."));
        }
    }
    problems
}

/// So far from today a year was mistyped. Years of five digits are also no
/// years to SQLite, which compares them as text.
const AROUND: TimeDelta = TimeDelta::days(3650);

/// The most retakes that a round may allow.
pub const RETAKE_LIMIT: u32 = 20;

/// The longest wait before a retake, in hours: 90 days.
pub const WAIT_LIMIT_HOURS: i64 = 90 * 24;

fn problems_of_retakes(plan: &Plan) -> Vec<Problem> {
    let Retakes { n, wait, .. } = plan.retakes;
    let mut problems = Vec::new();
    if n > RETAKE_LIMIT {
        problems.push(Problem::new("retakes", format!("Enter a number from 0 to {RETAKE_LIMIT}.")));
    }
    if !(0..=WAIT_LIMIT_HOURS).contains(&wait.num_hours()) {
        problems.push(Problem::new("retake_wait", format!("Enter hours from 0 to {WAIT_LIMIT_HOURS}.")));
    } else if n > 0 && plan.closes_at - plan.opens_at <= wait {
        problems.push(Problem::new(
            "retake_wait",
            "The round closes before anybody has waited that long. Shorten the wait or close later.",
        ));
    }
    if n > 0 && !plan.shows.seen_in(Phase::Running, false).score {
        problems.push(Problem::new(
            "show_score",
            "Whoever may retake a test must know what was missed: show the score as soon as they hand in.",
        ));
    }
    problems
}
