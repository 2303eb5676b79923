//! A leader marks an answer: kept, and counted where it counts, in one
//! transaction.

use chrono::{DateTime, Utc};
use domain::marking::rubric::{Marking, Standing, score, standing};
use domain::question::{Key, QuestionId, RubricLine};
use sqlx::{FromRow, query, query_as, query_scalar};

use super::other_leaders;
use super::reading::marking;
use crate::attempts::finishing;
use crate::db::{Db, Tx, commit, is_taken, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles, questions};

/// The longest comment to a taker, in characters.
pub const COMMENT_LIMIT: usize = 2_000;

/// One version of a question in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub round: String,
    pub question: QuestionId,
    pub version: String,
}

/// What a leader gives one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gives {
    pub of: Place,
    pub alias: String,
    /// For each line of the rubric; `None` where nothing was chosen.
    pub points: Vec<Option<u8>>,
    pub comment: String,
    /// Whether it decides what stands, whatever was given before.
    pub settles: bool,
}

/// Locks how a question of a round is marked, so that what is decided about an
/// answer stays so until this commits.
const LOCK_PLAN: &str = "
    INSERT INTO marking_plans (round, question, version, n_markers)
    VALUES ($1, $2, $3, 1)
    ON CONFLICT (round, question, version) DO UPDATE SET n_markers = marking_plans.n_markers
    RETURNING n_markers";

const FIND: &str = "
    SELECT o.attempt, o.slot, a.person, r.name AS round_name
    FROM open_answers o
    JOIN attempts a ON a.id = o.attempt
    JOIN rounds r ON r.id = o.round
    WHERE r.circle = $1 AND o.round = $2 AND o.question = $3 AND o.version = $4 AND o.alias = $5";

const GIVEN: &str = "
    SELECT settles, points, comment, marked_by
    FROM markings
    WHERE attempt = $1 AND slot = $2
    ORDER BY turn";

const ADD: &str = "
    INSERT INTO markings (attempt, slot, turn, settles, points, comment, marked_by, marked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Keeps what a leader gives an answer. It counts at once where one marker is
/// enough, where a second one gives every line the same, and where it settles
/// what differs; the verdict of the attempt follows.
pub async fn give(db: &Db, who: &Who, circle: &str, gives: &Gives, now: DateTime<Utc>) -> Result<()> {
    circles::leader(db, who, circle).await?;
    let question = gives.of.question.to_string();
    let (found, rubric) = (find(db, circle, gives).await?, rubric(db, circle, gives).await?);
    let is_own = found.person == who.person;
    let others = other_leaders(db, circle, &who.person).await?;
    if is_own && !others.is_empty() {
        return Err(Error::NotFound);
    }
    // Whoever took the test cannot be its second marker.
    let is_alone = others.iter().all(|leader| *leader == found.person);
    let marking = read(gives, who, &rubric, is_own)?;
    let now = stored(now);
    let mut tx = db.begin().await?;
    let n_markers = lock_plan(&mut tx, &gives.of.round, &question, &gives.of.version).await?;
    let mut markings = given(&mut tx, &found).await?;
    // A form that was posted twice.
    if markings.last() == Some(&marking) {
        return Ok(());
    }
    refuse_out_of_turn(&markings, &marking, n_markers, is_alone)?;
    let before = standing(&markings, n_markers).points(n_markers).map(<[u8]>::to_vec);
    add(&mut tx, &found, markings.len(), &marking, now).await?;
    markings.push(marking);
    let standing = standing(&markings, n_markers);
    if let Some(points) = standing.points(n_markers).filter(|points| before.as_deref() != Some(points)) {
        let score = score(&rubric, points).ok_or_else(|| Error::Corrupt("points of a rubric".to_owned()))?;
        count(&mut tx, &found, score, why(standing), who, now).await?;
    }
    let what = match (gives.settles, is_own) {
        (_, true) => "marked their own answer, as the only leader",
        (true, false) => "settled the mark of an answer",
        (false, false) => "marked an answer",
    };
    let subject = format!("{question} in {}", found.round_name);
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &subject, now).await?;
    commit(tx).await
}

/// The attempt, the slot and whose it is.
#[derive(FromRow)]
struct Found {
    attempt: String,
    slot: i64,
    person: String,
    round_name: String,
}

async fn find(db: &Db, circle: &str, gives: &Gives) -> Result<Found> {
    let found: Option<Found> = on!(db.read(), |pool| query_as(FIND)
        .bind(circle)
        .bind(&gives.of.round)
        .bind(gives.of.question.to_string())
        .bind(&gives.of.version)
        .bind(&gives.alias)
        .fetch_optional(pool)
        .await?);
    found.ok_or(Error::NotFound)
}

async fn rubric(db: &Db, circle: &str, gives: &Gives) -> Result<Vec<RubricLine>> {
    let question = questions::version(db, circle, &gives.of.question.to_string(), &gives.of.version).await?;
    match &question.key {
        Key::Open { rubric } => Ok(rubric.clone()),
        _ => Err(Error::NotFound),
    }
}

/// What is given, or what is missing in it.
fn read(gives: &Gives, who: &Who, rubric: &[RubricLine], is_own: bool) -> Result<Marking> {
    let comment = gives.comment.trim().replace("\r\n", "\n");
    let mut problems = Vec::new();
    let mut points = Vec::with_capacity(rubric.len());
    for (i, line) in rubric.iter().enumerate() {
        match gives.points.get(i).copied().flatten().filter(|given| *given <= line.points) {
            Some(given) => points.push(given),
            None => {
                let what = format!("Choose the points of line {}, from 0 to {}.", i + 1, line.points);
                problems.push(Problem::new(&format!("points-{i}"), what));
            }
        }
    }
    let missing = match (gives.settles, is_own) {
        _ if !comment.is_empty() => None,
        (_, true) => {
            Some("You are the only leader, so you may mark your own answer. Say why you gave these points.")
        }
        (true, false) => Some("Say in a few words why these points stand."),
        (false, false) => None,
    };
    problems.extend(missing.map(|what| Problem::new("comment", what.to_owned())));
    if comment.chars().count() > COMMENT_LIMIT {
        problems.push(Problem::new("comment", format!("Keep the comment under {COMMENT_LIMIT} characters.")));
    }
    if comment.contains('\0') {
        problems.push(Problem::new("comment", "Remove the character that cannot be kept (NUL).".to_owned()));
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    Ok(Marking { marker: who.person.clone(), settles: gives.settles, points, comment })
}

/// The first two leaders mark; what they gave is changed only by settling it.
/// Two who mark at the same time are a first and a second. Where a second is
/// asked for and no other leader is left, the first settles it alone.
fn refuse_out_of_turn(markings: &[Marking], marking: &Marking, n_markers: u8, is_alone: bool) -> Result<()> {
    let refused = |what: &str| Err(Error::refused("", what));
    match standing(markings, n_markers) {
        Standing::OneOfTwo(_) if marking.settles && is_alone => Ok(()),
        Standing::Unmarked | Standing::OneOfTwo(_) if marking.settles => {
            refused("There is nothing to settle yet: this answer is not marked.")
        }
        Standing::Settled(_) | Standing::Differ { .. } | Standing::Agreed { .. } if !marking.settles => {
            refused(
                "Two leaders have marked this answer, or it was settled, while you had it open. See below how it stands.",
            )
        }
        _ => Ok(()),
    }
}

async fn lock_plan(tx: &mut Tx, round: &str, question: &str, version: &str) -> Result<u8> {
    let n_markers: i64 = on!(tx, |tx| query_scalar(LOCK_PLAN)
        .bind(round)
        .bind(question)
        .bind(version)
        .fetch_one(&mut **tx)
        .await?);
    u8::try_from(n_markers).map_err(|_| Error::Corrupt(format!("{n_markers} markers")))
}

async fn given(tx: &mut Tx, found: &Found) -> Result<Vec<Marking>> {
    let rows: Vec<(bool, String, String, String)> =
        on!(tx, |tx| query_as(GIVEN).bind(&found.attempt).bind(found.slot).fetch_all(&mut **tx).await?);
    let read = |(settles, points, comment, by): (bool, String, String, String)| {
        marking(by, settles, &points, comment)
    };
    rows.into_iter().map(read).collect()
}

async fn add(
    tx: &mut Tx,
    found: &Found,
    n_before: usize,
    marking: &Marking,
    now: DateTime<Utc>,
) -> Result<()> {
    let points = serde_json::to_string(&marking.points).map_err(|why| Error::Corrupt(why.to_string()))?;
    on!(tx, |tx| query(ADD)
        .bind(&found.attempt)
        .bind(found.slot)
        .bind(i64::try_from(n_before).unwrap_or(i64::MAX) + 1)
        .bind(marking.settles)
        .bind(points)
        .bind(&marking.comment)
        .bind(&marking.marker)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    Ok(())
}

/// Adds nothing where the question was taken out by a decision.
const ADD_MARK: &str = "
    INSERT INTO marks (attempt, slot, turn, earned, possible, marked_by, why, marked_at)
    SELECT $1, $2, COALESCE(max(turn), 0) + 1, $3, $4, $5, $6, $7
    FROM marks
    WHERE attempt = $1 AND slot = $2
    HAVING (SELECT count(*) FROM marks x
            WHERE x.attempt = $1 AND x.slot = $2 AND x.possible = 0
              AND x.turn = (SELECT max(y.turn) FROM marks y WHERE y.attempt = $1 AND y.slot = $2)) = 0";

/// Adds the mark that stands from now on, and derives the verdict again. What
/// was given to a question that was taken out is kept, and counts when that is
/// taken back.
async fn count(
    tx: &mut Tx,
    found: &Found,
    score: domain::marking::Score,
    why: &str,
    who: &Who,
    now: DateTime<Utc>,
) -> Result<()> {
    let added = on!(&mut *tx, |tx| query(ADD_MARK)
        .bind(&found.attempt)
        .bind(found.slot)
        .bind(score.earned())
        .bind(score.possible())
        .bind(&who.person)
        .bind(why)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected()));
    match added {
        Ok(0) => return Ok(()),
        Err(why) if is_taken(&why) => {
            let what = "Somebody decided about this question at this very moment. Look at it again and save once more.";
            return Err(Error::refused("", what));
        }
        added => drop(added?),
    }
    finishing::settle(tx, &found.attempt, "An open answer was marked.", Some(&who.person), now).await?;
    Ok(())
}

/// As the taker reads it beside the mark.
fn why(standing: Standing<'_>) -> &'static str {
    match standing {
        Standing::Agreed { .. } => "Two leaders marked it against the rubric and agreed.",
        Standing::Settled(_) => "A leader settled the mark against the rubric.",
        _ => "A leader marked it against the rubric.",
    }
}

const MARKED: &str = "
    SELECT count(*)
    FROM markings m
    JOIN open_answers o ON o.attempt = m.attempt AND o.slot = m.slot
    WHERE o.round = $1 AND o.question = $2 AND o.version = $3";

const PLAN: &str = "
    UPDATE marking_plans SET n_markers = $4
    WHERE round = $1 AND question = $2 AND version = $3";

const IN_CIRCLE: &str = "
    SELECT r.name
    FROM rounds r
    WHERE r.circle = $1 AND r.id = $2
      AND r.id IN (SELECT o.round FROM open_answers o WHERE o.question = $3 AND o.version = $4)";

/// Says whether two leaders mark each answer to a question of a round, until
/// the first is marked.
pub async fn plan_markers(
    db: &Db,
    who: &Who,
    circle: &str,
    of: &Place,
    two: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    circles::leader(db, who, circle).await?;
    let (round, question, version) = (&of.round, of.question.to_string(), &of.version);
    let name: Option<String> = on!(db.read(), |pool| query_scalar(IN_CIRCLE)
        .bind(circle)
        .bind(round)
        .bind(&question)
        .bind(version)
        .fetch_optional(pool)
        .await?);
    let name = name.ok_or(Error::NotFound)?;
    if two && other_leaders(db, circle, &who.person).await?.is_empty() {
        return Err(Error::refused(
            "",
            "You are the only leader of this circle. Make somebody else a leader first.",
        ));
    }
    let mut tx = db.begin().await?;
    lock_plan(&mut tx, round, &question, version).await?;
    let n_marked: i64 = on!(&mut tx, |tx| query_scalar(MARKED)
        .bind(round)
        .bind(&question)
        .bind(version)
        .fetch_one(&mut **tx)
        .await?);
    if n_marked > 0 {
        let what = "An answer to this question is marked already, so the number of markers stays as it is.";
        return Err(Error::refused("", what));
    }
    on!(&mut tx, |tx| query(PLAN)
        .bind(round)
        .bind(&question)
        .bind(version)
        .bind(if two { 2i64 } else { 1 })
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let what = if two { "asked for a second marker" } else { "asked for one marker" };
    let subject = format!("{question} in {name}");
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &subject, now).await?;
    commit(tx).await
}
