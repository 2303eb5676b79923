//! Rounds: a test given to named members between two instants.
//!
//! Planning one is in `planning`, what may change afterwards in `changing`.

/// Whether anybody of a round is sitting, and whether anybody waits for a marker, as 0 or 1: all that its phase asks,
/// and as cheap with a thousand takers as with one.
macro_rules! n_waiting {
    ($circle:literal, $round:literal) => {
        concat!(
            "(SELECT count(*) FROM (
                SELECT 1 FROM attempts w
                WHERE w.circle = ",
            $circle,
            " AND w.round = ",
            $round,
            " AND w.finished_at IS NULL
                LIMIT 1) one) AS n_sitting,
           (SELECT count(*) FROM (
                SELECT 1 FROM attempts w
                WHERE w.circle = ",
            $circle,
            " AND w.round = ",
            $round,
            " AND w.finished_at IS NOT NULL AND w.verdict IS NULL
                LIMIT 1) one) AS n_unmarked"
        )
    };
}
pub(crate) use n_waiting;

mod changing;
mod planning;
#[cfg(test)]
mod stories;

use chrono::{DateTime, TimeDelta, Utc};
use domain::attempt::HandedInBy;
use domain::retake::{self, Asks, Made, Next, Retakes};
use domain::round::{Phase, Showing, ShownWhen, phase};
use domain::test::Test;
use domain::verdict::Verdict;
use sqlx::{FromRow, query_as};

use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{circles, tests};

pub use changing::{cancel, change, close, extend};
pub use planning::{EXTRA_LIMIT_MINUTES, Plan, plan};
pub(crate) use planning::{add, problems_of_plan};

/// A round as it was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    pub id: String,
    pub circle: String,
    pub name: String,
    pub test_id: String,
    pub test_version: i64,
    pub test_name: String,
    pub test: Test,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub shows: Showing,
    pub retakes: Retakes,
    pub cancelled_at: Option<DateTime<Utc>>,
    /// When a leader showed the takers everything, whatever `shows` says.
    pub released_at: Option<DateTime<Utc>>,
    /// 0 where a taker asks, like `n_handed_in`.
    pub n_people: i64,
    pub n_sitting: i64,
    /// Who handed in and is not sitting a retake.
    pub n_handed_in: i64,
    /// Attempts that are handed in and wait for a marker.
    pub n_unmarked: i64,
}

impl Round {
    pub fn phase(&self, now: DateTime<Utc>) -> Phase {
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        phase(self.opens_at, self.closes_at, count(self.n_sitting), count(self.n_unmarked), now)
    }
}

/// One person of a round, for a leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taker {
    pub person: String,
    pub name: String,
    pub extra: TimeDelta,
    /// How far the newest attempt is.
    pub sitting: Sitting,
    /// Attempts before the newest, the first of them first.
    pub earlier: Vec<Sitting>,
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
    /// The attempts made, the first of them first.
    pub attempts: Vec<Sat>,
}

/// An attempt of the one who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sat {
    pub attempt: String,
    /// `None` while it is being sat.
    pub finished_at: Option<DateTime<Utc>>,
    /// Not for a page: it may not be seen yet. `None` until it is marked.
    passed: Option<bool>,
}

impl Sat {
    pub fn new(attempt: String, finished_at: Option<DateTime<Utc>>, passed: Option<bool>) -> Sat {
        Sat { attempt, finished_at, passed }
    }
}

impl Mine {
    /// The newest attempt, and whether it is handed in.
    pub fn newest(&self) -> Option<(&str, bool)> {
        self.attempts.last().map(|sat| (sat.attempt.as_str(), sat.finished_at.is_some()))
    }

    /// What may be done next. It tells a pass only where retakes are allowed,
    /// and there takers see their score when they hand in.
    pub fn next(&self, now: DateTime<Utc>) -> Next {
        let made: Vec<Made> = self
            .attempts
            .iter()
            .map(|sat| Made { finished_at: sat.finished_at, passed: sat.passed })
            .collect();
        retake::next(self.round.retakes, &made, self.round.phase(now), self.round.closes_at, now)
    }
}

/// A round with its test and its people, counted; ends with a condition.
macro_rules! rounds_where {
    ($condition:literal) => {
        rounds_where!(
            "(SELECT count(*) FROM attempts a WHERE a.round = r.id AND a.finished_at IS NULL) AS n_sitting,
           (SELECT count(*) FROM attempts a
            WHERE a.circle = r.circle AND a.round = r.id AND a.finished_at IS NOT NULL
              AND a.verdict IS NULL) AS n_unmarked,
           (SELECT count(*) FROM round_people p
            WHERE p.round = r.id AND p.taken_out_at IS NULL
              AND (SELECT count(*) FROM members m
                   WHERE m.circle = r.circle AND m.person = p.person AND m.left_at IS NULL AND m.role <> 'reader')
                + (SELECT count(*) FROM attempts a WHERE a.round = r.id AND a.person = p.person) > 0) AS n_people,
           (SELECT count(DISTINCT a.person) FROM attempts a
            WHERE a.round = r.id AND a.finished_at IS NOT NULL
              AND a.person NOT IN (SELECT x.person FROM attempts x
                                   WHERE x.round = r.id AND x.finished_at IS NULL)) AS n_handed_in",
            $condition
        )
    };
    ($counts:expr, $condition:literal) => {
        rounds_where!($counts, "", $condition)
    };
    ($columns:expr, $joins:literal, $condition:literal) => {
        concat!(
            "
    SELECT r.id, r.circle, r.name, r.test AS test_id, r.test_version, t.name AS test_name, v.definition,
           r.opens_at, r.closes_at, r.show_score, r.show_answers, r.cancelled_at, r.released_at,
           r.n_retakes, r.retake_wait_hours, r.retake_asks,
           ",
            $columns,
            "
    FROM rounds r
    JOIN tests t ON t.id = r.test
    JOIN test_versions v ON v.test = r.test AND v.version = r.test_version
    ",
            $joins,
            " WHERE r.circle = $1 AND ",
            $condition
        )
    };
}

const LIST: &str = rounds_where!("TRUE ORDER BY r.closes_at DESC, r.id DESC LIMIT $2 OFFSET $3");

const BY_ID: &str = rounds_where!("r.id = $2");

/// All, or the one `$3`, with each attempt that the person has made. Takers are
/// not told how many they are, so nobody counts.
const GIVEN_TO: &str = rounds_where!(
    concat!(
        n_waiting!("r.circle", "r.id"),
        ", CAST(0 AS BIGINT) AS n_people, CAST(0 AS BIGINT) AS n_handed_in,
           p.extra_seconds, a.id AS attempt, a.finished_at, a.verdict"
    ),
    "JOIN round_people p ON p.round = r.id AND p.person = $2 AND p.taken_out_at IS NULL
    LEFT JOIN attempts a ON a.round = p.round AND a.person = p.person",
    "r.cancelled_at IS NULL AND ($3 = '' OR r.id = $3)
    ORDER BY r.closes_at DESC, r.id DESC, a.started_at, a.id"
);

/// How many of the rounds given to a person are told of, the newest.
const N_GIVEN: usize = 200;

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

/// The rounds given to the one who asks, newest end first; the last 200.
pub async fn mine(db: &Db, who: &Who, circle: &str) -> Result<Vec<Mine>> {
    circles::member(db, who, circle).await?;
    given_to(db, who, circle, "").await
}

/// A round given to the one who asks: what the start page shows.
pub async fn mine_by_id(db: &Db, who: &Who, circle: &str, id: &str) -> Result<Mine> {
    circles::member(db, who, circle).await?;
    if id.is_empty() {
        return Err(Error::NotFound);
    }
    given_to(db, who, circle, id).await?.pop().ok_or(Error::NotFound)
}

/// All rounds of a member, or the one of that id.
async fn given_to(db: &Db, who: &Who, circle: &str, id: &str) -> Result<Vec<Mine>> {
    let rows: Vec<GivenRow> = on!(db.read(), |pool| query_as(GIVEN_TO)
        .bind(circle)
        .bind(&who.person)
        .bind(id)
        .fetch_all(pool)
        .await?);
    let mut given: Vec<Mine> = Vec::new();
    for GivenRow { round, extra_seconds, attempt, finished_at, verdict } in rows {
        if given.last().is_none_or(|last| last.round.id != round.id) {
            if given.len() == N_GIVEN {
                break;
            }
            let extra = TimeDelta::seconds(extra_seconds);
            given.push(Mine { round: Round::try_from(round)?, extra, attempts: Vec::new() });
        }
        if let (Some(attempt), Some(mine)) = (attempt, given.last_mut()) {
            let passed = read_verdict(verdict)?.map(|verdict| verdict.passed());
            mine.attempts.push(Sat::new(attempt, finished_at, passed));
        }
    }
    Ok(given)
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
    WHERE p.round = $1 AND p.taken_out_at IS NULL
      AND (a.id IS NOT NULL
           OR p.person IN (SELECT m.person FROM members m
                           JOIN rounds r ON r.circle = m.circle
                           WHERE r.id = $1 AND m.left_at IS NULL AND m.role <> 'reader'))
    ORDER BY a.started_at, a.id";

/// The people of a round by name, for a leader; who left the circle before
/// starting is not among them. Nothing here orders people by score.
pub async fn takers(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<Vec<Taker>> {
    let round = find(db, who, circle, id).await?;
    let phase = round.phase(now);
    let shows_score = round.shows.seen_in(phase, round.released_at.is_some()).score;
    let rows: Vec<TakerRow> = on!(db.read(), |pool| query_as(TAKERS).bind(id).fetch_all(pool).await?);
    let mut takers: Vec<Taker> = Vec::new();
    for mut row in rows {
        // Of their own attempt a leader sees what every taker sees.
        row.verdict = row.verdict.filter(|_| row.person != who.person || shows_score);
        let taker = Taker::try_from(row)?;
        match takers.iter_mut().find(|earlier| earlier.person == taker.person) {
            Some(known) => known.earlier.push(std::mem::replace(&mut known.sitting, taker.sitting)),
            None => takers.push(taker),
        }
    }
    takers.sort_by_key(|taker| taker.name.to_lowercase());
    Ok(takers)
}

#[derive(FromRow)]
struct RoundRow {
    id: String,
    circle: String,
    name: String,
    test_id: String,
    test_version: i64,
    test_name: String,
    definition: String,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    show_score: String,
    show_answers: String,
    n_retakes: i64,
    retake_wait_hours: i64,
    retake_asks: String,
    cancelled_at: Option<DateTime<Utc>>,
    released_at: Option<DateTime<Utc>>,
    n_people: i64,
    n_sitting: i64,
    n_handed_in: i64,
    n_unmarked: i64,
}

impl TryFrom<RoundRow> for Round {
    type Error = Error;

    fn try_from(row: RoundRow) -> Result<Round> {
        Ok(Round {
            test: tests::parse_definition(&row.definition)?,
            shows: showing(&row.show_score, &row.show_answers)?,
            retakes: Retakes {
                n: u32::try_from(row.n_retakes).unwrap_or(u32::MAX),
                wait: TimeDelta::hours(row.retake_wait_hours),
                asks: Asks::parse(&row.retake_asks).ok_or_else(|| Error::Corrupt(row.retake_asks.clone()))?,
            },
            id: row.id,
            circle: row.circle,
            name: row.name,
            test_id: row.test_id,
            test_version: row.test_version,
            test_name: row.test_name,
            opens_at: row.opens_at,
            closes_at: row.closes_at,
            cancelled_at: row.cancelled_at,
            released_at: row.released_at,
            n_people: row.n_people,
            n_sitting: row.n_sitting,
            n_handed_in: row.n_handed_in,
            n_unmarked: row.n_unmarked,
        })
    }
}

#[derive(FromRow)]
struct GivenRow {
    #[sqlx(flatten)]
    round: RoundRow,
    extra_seconds: i64,
    attempt: Option<String>,
    finished_at: Option<DateTime<Utc>>,
    verdict: Option<String>,
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
                verdict: read_verdict(row.verdict)?,
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
            earlier: Vec::new(),
        })
    }
}

fn read_verdict(json: Option<String>) -> Result<Option<Verdict>> {
    json.map(|json| serde_json::from_str(&json).map_err(|_| Error::Corrupt(json))).transpose()
}

/// What a round shows, as it is stored.
pub(crate) fn showing(score: &str, answers: &str) -> Result<Showing> {
    let shown = |text: &str| ShownWhen::parse(text).ok_or_else(|| Error::Corrupt(text.to_owned()));
    Ok(Showing { score: shown(score)?, answers: shown(answers)? })
}

pub(crate) fn finished_by(text: Option<&str>) -> HandedInBy {
    if text == Some("clock") { HandedInBy::Clock } else { HandedInBy::Person }
}
