//! Rounds: a test given to named members between two instants.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::attempt::HandedInBy;
use domain::people::Role;
use domain::round::{Phase, Showing, ShownWhen, phase};
use domain::test::Test;
use domain::verdict::Verdict;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles, tests};

/// The most extra time that one person may be given, in minutes: a day.
pub const EXTRA_LIMIT_MINUTES: i64 = 24 * 60;

/// A round as it was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    pub id: String,
    pub circle: String,
    pub name: String,
    pub test_id: String,
    pub test_name: String,
    pub test: Test,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub shows: Showing,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub n_people: i64,
    pub n_sitting: i64,
    pub n_handed_in: i64,
}

impl Round {
    pub fn phase(&self, now: DateTime<Utc>) -> Phase {
        phase(self.opens_at, self.closes_at, u32::try_from(self.n_sitting).unwrap_or(u32::MAX), now)
    }
}

/// A round as a leader plans it.
#[derive(Debug, Clone)]
pub struct Plan {
    pub name: String,
    pub test: String,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub shows: Showing,
    /// Each person with extra minutes.
    pub people: Vec<(String, i64)>,
}

/// One person of a round, for a leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taker {
    pub person: String,
    pub name: String,
    pub extra: TimeDelta,
    pub sitting: Sitting,
}

/// How far a taker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitting {
    NotStarted,
    Running { attempt: String, deadline: DateTime<Utc>, n_answered: i64, n_questions: i64 },
    HandedIn { attempt: String, at: DateTime<Utc>, by: HandedInBy, verdict: Option<Verdict> },
}

/// A round that is given to the one who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mine {
    pub round: Round,
    pub extra: TimeDelta,
    /// The newest attempt, and whether it is handed in.
    pub attempt: Option<(String, bool)>,
}

/// A round with its test and its people, counted; ends with a condition.
macro_rules! rounds_where {
    ($condition:literal) => {
        concat!(
            "
    SELECT r.id, r.circle, r.name, r.test AS test_id, t.name AS test_name, v.definition,
           r.opens_at, r.closes_at, r.show_score, r.show_answers, r.cancelled_at,
           (SELECT count(*) FROM round_people p
            WHERE p.round = r.id
              AND (p.person IN (SELECT m.person FROM members m
                                WHERE m.circle = r.circle AND m.left_at IS NULL AND m.role <> 'reader')
                   OR p.person IN (SELECT a.person FROM attempts a WHERE a.round = r.id))) AS n_people,
           (SELECT count(*) FROM attempts a WHERE a.round = r.id AND a.finished_at IS NULL) AS n_sitting,
           (SELECT count(DISTINCT a.person) FROM attempts a
            WHERE a.round = r.id AND a.finished_at IS NOT NULL) AS n_handed_in
    FROM rounds r
    JOIN tests t ON t.id = r.test
    JOIN test_versions v ON v.test = r.test AND v.version = r.test_version
    WHERE r.circle = $1 AND ",
            $condition
        )
    };
}

const LIST: &str = rounds_where!("TRUE ORDER BY r.closes_at DESC, r.id DESC LIMIT $2 OFFSET $3");

const BY_ID: &str = rounds_where!("r.id = $2");

const GIVEN_TO: &str = rounds_where!(
    "r.cancelled_at IS NULL AND r.id IN (SELECT round FROM round_people WHERE person = $2)
    ORDER BY r.closes_at DESC, r.id DESC
    LIMIT 200"
);

/// How many rounds a page lists.
pub const PAGE: u32 = 30;

/// One page of a circle's rounds, newest end first, and whether there are
/// more. For leaders.
pub async fn list(db: &Db, who: &Who, circle: &str, page: u32) -> Result<(Vec<Round>, bool)> {
    circles::leader(db, who, circle).await?;
    let skip = i64::from(page.min(10_000)) * i64::from(PAGE);
    let rows: Vec<RoundRow> = on!(db.read(), |pool| query_as(LIST)
        .bind(circle)
        .bind(i64::from(PAGE) + 1)
        .bind(skip)
        .fetch_all(pool)
        .await?);
    let mut rounds = rows.into_iter().map(Round::try_from).collect::<Result<Vec<_>>>()?;
    let more = rounds.len() > PAGE as usize;
    rounds.truncate(PAGE as usize);
    Ok((rounds, more))
}

/// One round, for a leader.
pub async fn find(db: &Db, who: &Who, circle: &str, id: &str) -> Result<Round> {
    circles::leader(db, who, circle).await?;
    let row: Option<RoundRow> =
        on!(db.read(), |pool| query_as(BY_ID).bind(circle).bind(id).fetch_optional(pool).await?);
    row.ok_or(Error::NotFound)?.try_into()
}

const MINE: &str = "
    SELECT p.round, p.extra_seconds, a.id AS attempt, a.finished_at
    FROM round_people p
    JOIN rounds r ON r.id = p.round
    LEFT JOIN attempts a ON a.round = p.round AND a.person = p.person
    WHERE r.circle = $1 AND p.person = $2
    ORDER BY a.started_at";

/// The rounds given to the one who asks, newest end first; the last 200.
pub async fn mine(db: &Db, who: &Who, circle: &str) -> Result<Vec<Mine>> {
    circles::member(db, who, circle).await?;
    let rounds: Vec<RoundRow> =
        on!(db.read(), |pool| query_as(GIVEN_TO).bind(circle).bind(&who.person).fetch_all(pool).await?);
    let places: Vec<MineRow> =
        on!(db.read(), |pool| query_as(MINE).bind(circle).bind(&who.person).fetch_all(pool).await?);
    // Of several attempts in a round the newest stands: it comes last.
    let mut places: HashMap<String, MineRow> =
        places.into_iter().map(|place| (place.round.clone(), place)).collect();
    rounds
        .into_iter()
        .map(|row| {
            let round = Round::try_from(row)?;
            let place = places.remove(&round.id).ok_or(Error::NotFound)?;
            Ok(Mine {
                round,
                extra: TimeDelta::seconds(place.extra_seconds),
                attempt: place.attempt.map(|attempt| (attempt, place.finished_at.is_some())),
            })
        })
        .collect()
}

/// A round given to the one who asks: what the start page shows.
pub async fn mine_by_id(db: &Db, who: &Who, circle: &str, id: &str) -> Result<Mine> {
    mine(db, who, circle).await?.into_iter().find(|mine| mine.round.id == id).ok_or(Error::NotFound)
}

const TAKERS: &str = "
    SELECT p.person, n.name, p.extra_seconds,
           a.id AS attempt, a.deadline, a.finished_at, a.finished_by, a.verdict,
           (SELECT count(*) FROM slots s WHERE s.attempt = a.id) AS n_questions,
           (SELECT count(*) FROM slots s WHERE s.attempt = a.id AND EXISTS (
                SELECT 1 FROM answer_events e
                WHERE e.attempt = s.attempt AND e.slot = s.n AND e.answer IS NOT NULL
                  AND e.turn = (SELECT max(x.turn) FROM answer_events x
                                WHERE x.attempt = s.attempt AND x.slot = s.n))) AS n_answered
    FROM round_people p
    JOIN people n ON n.id = p.person
    LEFT JOIN attempts a ON a.round = p.round AND a.person = p.person
    WHERE p.round = $1
      AND (a.id IS NOT NULL
           OR p.person IN (SELECT m.person FROM members m
                           JOIN rounds r ON r.circle = m.circle
                           WHERE r.id = $1 AND m.left_at IS NULL AND m.role <> 'reader'))
    ORDER BY a.started_at";

/// The people of a round by name, for a leader; who left the circle before
/// starting is not among them. Nothing here orders people by
/// score.
pub async fn takers(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<Vec<Taker>> {
    let round = find(db, who, circle, id).await?;
    let phase = round.phase(now);
    let shows_score = round.shows.seen_in(phase).score;
    let rows: Vec<TakerRow> = on!(db.read(), |pool| query_as(TAKERS).bind(id).fetch_all(pool).await?);
    let mut takers: Vec<Taker> = Vec::new();
    for mut row in rows {
        // Of their own attempt a leader sees what every taker sees.
        row.verdict = row.verdict.filter(|_| row.person != who.person || shows_score);
        let taker = Taker::try_from(row)?;
        // A later attempt of the same person stands for the earlier.
        takers.retain(|earlier| earlier.person != taker.person);
        takers.push(taker);
    }
    takers.sort_by_key(|taker| taker.name.to_lowercase());
    Ok(takers)
}

const ADD: &str = "
    INSERT INTO rounds (id, circle, name, test, test_version, opens_at, closes_at, show_score, show_answers, made_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

const ADD_PERSON: &str = "
    INSERT INTO round_people (round, person, extra_seconds)
    VALUES ($1, $2, $3)
    ON CONFLICT (round, person) DO NOTHING";

/// Plans a round. The bank must be able to fill the test, and the people must
/// be members who sit tests.
pub async fn plan(db: &Db, who: &Who, circle: &str, plan: &Plan, now: DateTime<Utc>) -> Result<String> {
    circles::leader(db, who, circle).await?;
    let mut problems = problems_of(plan, now);
    let test = match tests::find(db, who, circle, &plan.test).await {
        Ok(test) => Some(test),
        Err(Error::NotFound) => {
            problems.push(Problem::new("test", "Choose a test."));
            None
        }
        Err(why) => return Err(why),
    };
    let members = circles::members(db, who, circle).await?;
    for (person, _) in &plan.people {
        let sits = members
            .iter()
            .any(|member| member.person == *person && member.role != Role::Reader && !member.disabled);
        if !sits {
            problems
                .push(Problem::new("people", "Choose people who are engineers or leaders of this circle."));
        }
    }
    if let Some(test) = &test {
        for lacking in tests::shortfalls(db, who, circle, &test.test).await? {
            let what = format!("The bank cannot fill this test: {lacking}. Add questions or ask for fewer.");
            problems.push(Problem::new("test", what));
        }
    }
    let Some(test) = test.filter(|_| problems.is_empty()) else {
        return Err(Error::Refused(problems));
    };

    let (id, now) = (new_id(), stored(now));
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(ADD)
        .bind(&id)
        .bind(circle)
        .bind(plan.name.trim())
        .bind(&test.id)
        .bind(test.version)
        .bind(stored(plan.opens_at))
        .bind(stored(plan.closes_at))
        .bind(plan.shows.score.as_str())
        .bind(plan.shows.answers.as_str())
        .bind(&who.person)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    for (person, extra_minutes) in &plan.people {
        add_person(&mut tx, &id, person, extra_minutes * 60).await?;
    }
    audit::record(&mut tx, Some(circle), Some(&who.person), "planned a round", plan.name.trim(), now).await?;
    commit(tx).await?;
    Ok(id)
}

pub(crate) async fn add_person(tx: &mut Tx, round: &str, person: &str, extra_seconds: i64) -> Result<()> {
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
    if plan.closes_at <= plan.opens_at {
        problems.push(Problem::new("closes_at", "The round must close after it opens."));
    } else if plan.closes_at <= now {
        problems.push(Problem::new("closes_at", "The round must close in the future."));
    }
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

const EXTEND_PERSON: &str = "
    UPDATE round_people SET extra_seconds = extra_seconds + $3
    WHERE round = $1 AND person = $2 AND extra_seconds + $3 <= $4";

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

const LOCK_PLACES: &str = "UPDATE round_people SET extra_seconds = extra_seconds WHERE round = $1";

const CANCEL: &str = "
    UPDATE rounds SET cancelled_at = $3
    WHERE id = $1 AND circle = $2 AND cancelled_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.round = rounds.id)";

/// Cancels a round that nobody has started.
pub async fn cancel(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    let round = find(db, who, circle, id).await?;
    let now = stored(now);
    let mut tx = db.begin().await?;
    // Whoever is about to start waits, and then finds it cancelled.
    on!(&mut tx, |tx| query(LOCK_PLACES).bind(id).execute(&mut **tx).await.map(drop))?;
    let n_changed = on!(&mut tx, |tx| query(CANCEL)
        .bind(id)
        .bind(circle)
        .bind(now)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_changed == 0 {
        return Err(Error::refused(
            "",
            "Somebody has started this round, so it cannot be cancelled any more.",
        ));
    }
    audit::record(&mut tx, Some(circle), Some(&who.person), "cancelled a round", &round.name, now).await?;
    commit(tx).await
}

#[derive(FromRow)]
struct RoundRow {
    id: String,
    circle: String,
    name: String,
    test_id: String,
    test_name: String,
    definition: String,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    show_score: String,
    show_answers: String,
    cancelled_at: Option<DateTime<Utc>>,
    n_people: i64,
    n_sitting: i64,
    n_handed_in: i64,
}

impl TryFrom<RoundRow> for Round {
    type Error = Error;

    fn try_from(row: RoundRow) -> Result<Round> {
        Ok(Round {
            test: tests::parse_definition(&row.definition)?,
            shows: showing(&row.show_score, &row.show_answers)?,
            id: row.id,
            circle: row.circle,
            name: row.name,
            test_id: row.test_id,
            test_name: row.test_name,
            opens_at: row.opens_at,
            closes_at: row.closes_at,
            cancelled_at: row.cancelled_at,
            n_people: row.n_people,
            n_sitting: row.n_sitting,
            n_handed_in: row.n_handed_in,
        })
    }
}

#[derive(FromRow)]
struct MineRow {
    round: String,
    extra_seconds: i64,
    attempt: Option<String>,
    finished_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct TakerRow {
    person: String,
    name: String,
    extra_seconds: i64,
    attempt: Option<String>,
    deadline: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    finished_by: Option<String>,
    verdict: Option<String>,
    n_questions: i64,
    n_answered: i64,
}

impl TryFrom<TakerRow> for Taker {
    type Error = Error;

    fn try_from(row: TakerRow) -> Result<Taker> {
        let sitting = match (row.attempt, row.finished_at, row.deadline) {
            (Some(attempt), Some(at), _) => Sitting::HandedIn {
                attempt,
                at,
                by: finished_by(row.finished_by.as_deref()),
                verdict: row
                    .verdict
                    .map(|json| serde_json::from_str(&json).map_err(|_| Error::Corrupt(json)))
                    .transpose()?,
            },
            (Some(attempt), None, Some(deadline)) => Sitting::Running {
                attempt,
                deadline,
                n_answered: row.n_answered,
                n_questions: row.n_questions,
            },
            _ => Sitting::NotStarted,
        };
        Ok(Taker {
            person: row.person,
            name: row.name,
            extra: TimeDelta::seconds(row.extra_seconds),
            sitting,
        })
    }
}

/// What a round shows, as it is stored.
pub(crate) fn showing(score: &str, answers: &str) -> Result<Showing> {
    let shown = |text: &str| ShownWhen::parse(text).ok_or_else(|| Error::Corrupt(text.to_owned()));
    Ok(Showing { score: shown(score)?, answers: shown(answers)? })
}

pub(crate) fn finished_by(text: Option<&str>) -> HandedInBy {
    if text == Some("clock") { HandedInBy::Clock } else { HandedInBy::Person }
}
