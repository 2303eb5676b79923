//! Tests: a blueprint, a time limit and the rules of a pass, version by
//! version.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::answer::Answer;
use domain::blueprint::TooFewQuestions;
use domain::draw::draw;
use domain::marking::{Score, mark};
use domain::question::{Prompt, Question};
use domain::test::Test;
use domain::verdict::{Marked, Verdict};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::{FromRow, query, query_as};

use crate::attempts::{self, Drawn};
use crate::db::{Db, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::questions::Ready;
use crate::{audit, circles, questions, services};

/// The most questions that one test may ask.
pub const QUESTION_LIMIT: u32 = 200;

/// A test with its newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub id: String,
    pub name: String,
    pub version: i64,
    pub test: Test,
    pub n_rounds: i64,
}

const LIST: &str = "
    SELECT t.id, t.name, t.version, v.definition,
           (SELECT count(*) FROM rounds r WHERE r.test = t.id AND r.cancelled_at IS NULL) AS n_rounds
    FROM tests t
    JOIN test_versions v ON v.test = t.id AND v.version = t.version
    WHERE t.circle = $1 AND t.archived_at IS NULL";

/// The tests of a circle, by name. For leaders.
pub async fn list(db: &Db, who: &Who, circle: &str) -> Result<Vec<Found>> {
    circles::leader(db, who, circle).await?;
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(LIST).bind(circle).fetch_all(pool).await?);
    let mut tests = rows.into_iter().map(Found::try_from).collect::<Result<Vec<_>>>()?;
    tests.sort_by_key(|test| test.name.to_lowercase());
    Ok(tests)
}

/// One test, for a leader.
pub async fn find(db: &Db, who: &Who, circle: &str, id: &str) -> Result<Found> {
    list(db, who, circle).await?.into_iter().find(|test| test.id == id).ok_or(Error::NotFound)
}

/// What the bank of the circle lacks for a test. Empty: it can be drawn.
pub async fn shortfalls(db: &Db, who: &Who, circle: &str, test: &Test) -> Result<Vec<TooFewQuestions>> {
    circles::leader(db, who, circle).await?;
    Ok(test.blueprint.shortfalls(questions::ready(db, circle).await?.of(test)))
}

/// The ready questions of a circle by service, topic and level: what a blueprint
/// can ask.
pub async fn ready_questions(db: &Db, who: &Who, circle: &str) -> Result<Ready> {
    circles::leader(db, who, circle).await?;
    questions::ready(db, circle).await
}

const ADD: &str = "
    INSERT INTO tests (id, circle, name, version, created_at)
    VALUES ($1, $2, $3, 1, $4)";

const MOVE_ON: &str = "
    UPDATE tests SET name = $3, version = version + 1
    WHERE id = $1 AND circle = $2 AND version = $4 AND archived_at IS NULL";

const ADD_VERSION: &str = "
    INSERT INTO test_versions (test, version, definition, made_by, created_at)
    VALUES ($1, $2, $3, $4, $5)";

/// Makes a test. It may ask more than the bank has: then no round can be
/// planned with it until the bank has grown.
pub async fn add(
    db: &Db,
    who: &Who,
    circle: &str,
    name: &str,
    test: &Test,
    now: DateTime<Utc>,
) -> Result<String> {
    circles::leader(db, who, circle).await?;
    refuse_problems(db, circle, name, test).await?;
    let mut tx = db.begin().await?;
    let id = insert(&mut tx, who, circle, name, test, now).await?;
    commit(tx).await?;
    Ok(id)
}

/// Adds a test that was found in order; returns its id.
pub(crate) async fn insert(
    tx: &mut crate::db::Tx,
    who: &Who,
    circle: &str,
    name: &str,
    test: &Test,
    now: DateTime<Utc>,
) -> Result<String> {
    let (id, now) = (new_id(), stored(now));
    on!(&mut *tx, |tx| query(ADD)
        .bind(&id)
        .bind(circle)
        .bind(name.trim())
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    add_version(tx, who, &id, 1, test, now).await?;
    audit::record(tx, Some(circle), Some(&who.person), "made a test", name.trim(), now).await?;
    Ok(id)
}

/// A test as an editor sends it back.
#[derive(Debug, Clone, Copy)]
pub struct Edited<'t> {
    /// The version that the editor showed.
    pub seen: i64,
    pub name: &'t str,
    pub test: &'t Test,
}

/// Makes a new version of a test; rounds that exist keep theirs. Somebody
/// else's change since the version seen is not written over.
pub async fn change(
    db: &Db,
    who: &Who,
    circle: &str,
    id: &str,
    Edited { seen, name, test }: Edited<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = find(db, who, circle, id).await?;
    refuse_problems(db, circle, name, test).await?;
    if found.version == seen && found.name == name.trim() && found.test == *test {
        return Ok(());
    }
    let now = stored(now);
    let mut tx = db.begin().await?;
    let n_changed = on!(&mut tx, |tx| query(MOVE_ON)
        .bind(id)
        .bind(circle)
        .bind(name.trim())
        .bind(seen)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_changed == 0 {
        return Err(Error::refused(
            "",
            "Somebody else saved this test while you were editing it. Open it again in another tab and bring your changes over.",
        ));
    }
    add_version(&mut tx, who, id, seen + 1, test, now).await?;
    audit::record(&mut tx, Some(circle), Some(&who.person), "changed a test", name.trim(), now).await?;
    commit(tx).await
}

async fn add_version(
    tx: &mut crate::db::Tx,
    who: &Who,
    id: &str,
    version: i64,
    test: &Test,
    now: DateTime<Utc>,
) -> Result<()> {
    let definition = serde_json::to_string(test).map_err(|why| Error::Corrupt(why.to_string()))?;
    on!(tx, |tx| query(ADD_VERSION)
        .bind(id)
        .bind(version)
        .bind(definition)
        .bind(&who.person)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    Ok(())
}

const ARCHIVE: &str = "
    UPDATE tests SET archived_at = $3
    WHERE id = $1 AND circle = $2 AND archived_at IS NULL";

/// Takes a test out of the list. Its rounds and their results stay.
pub async fn archive(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    let found = find(db, who, circle, id).await?;
    let now = stored(now);
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(ARCHIVE).bind(id).bind(circle).bind(now).execute(&mut **tx).await.map(drop))?;
    audit::record(&mut tx, Some(circle), Some(&who.person), "archived a test", &found.name, now).await?;
    commit(tx).await
}

async fn refuse_problems(db: &Db, circle: &str, name: &str, test: &Test) -> Result<()> {
    let mut problems = Vec::new();
    if name.trim().is_empty() || name.trim().chars().count() > 100 {
        problems.push(Problem::new(
            "name",
            "Enter a name of 1 to 100 characters, for example On-call readiness.",
        ));
    }
    if test.blueprint.rows.is_empty() {
        problems
            .push(Problem::new("rows", "Add at least one row: a service, a topic, and how many questions."));
    }
    let n_questions = test.blueprint.n_questions();
    if n_questions > QUESTION_LIMIT {
        problems.push(Problem::new(
            "rows",
            format!("{n_questions} questions are too many; ask {QUESTION_LIMIT} at most."),
        ));
    }
    let known = services::of_circle(db, circle).await?;
    for (i, row) in test.blueprint.rows.iter().enumerate() {
        if !known.iter().any(|service| service.slug == row.service) {
            problems.push(Problem::new(&format!("service-{i}"), "Choose one of the circle's services."));
        }
        if row.n_questions == 0 {
            problems.push(Problem::new(&format!("n-{i}"), "Enter how many questions, for example 5."));
        }
    }
    if test.limit_minutes.is_some_and(|minutes| !(1..=24 * 60).contains(&minutes)) {
        problems.push(Problem::new("limit", "Enter minutes from 1 to 1440, or leave it empty for no limit."));
    }
    if !(1..=3650).contains(&test.rules.counts_for_days) {
        problems.push(Problem::new("counts_for", "Enter days from 1 to 3650, for example 180."));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Refused(problems)) }
}

/// One question of a preview.
#[derive(Debug, Clone)]
pub struct PreviewSlot {
    pub question: Arc<Question>,
    pub version: String,
    pub order: Vec<u8>,
    pub prompt: Prompt,
}

/// Draws a test as an engineer would get it, and leaves no trace. The same
/// seed over the same bank draws the same.
pub async fn preview(db: &Db, who: &Who, circle: &str, id: &str, seed: u64) -> Result<Vec<PreviewSlot>> {
    let test = find(db, who, circle, id).await?.test;
    let drawable = questions::drawable(db, circle, &test, &test.blueprint).await?;
    let candidates = questions::candidates_of(&drawable);
    let mut rng = StdRng::seed_from_u64(seed);
    let drawn = draw(&test.blueprint, &candidates, |_| 0, &mut rng).map_err(|lacking| {
        Error::Refused(lacking.iter().map(|row| Problem::new("", row.to_string())).collect())
    })?;
    let slots = attempts::put_in_order(db, circle, &drawable, drawn, &mut rng).await?;
    let shown = |Drawn { question, version, order }: Drawn| PreviewSlot {
        prompt: question.prompt(&order),
        question,
        version,
        order,
    };
    Ok(slots.into_iter().map(shown).collect())
}

/// What the answers of a preview would earn, and the verdict on them: `None`
/// where a leader would have to mark one first.
pub fn preview_marks(
    test: &Test,
    slots: &[PreviewSlot],
    answers: &[Option<Answer>],
) -> (Vec<Option<Score>>, Option<Verdict>) {
    let marks: Vec<Option<Score>> = slots
        .iter()
        .zip(answers)
        .map(|(slot, answer)| {
            let written = answer.as_ref().map(|answer| answer.as_written(&slot.order));
            mark(&slot.question, written.as_ref(), test.rules.all_or_nothing)
        })
        .collect();
    let marked: Option<Vec<Marked>> = slots
        .iter()
        .zip(&marks)
        .map(|(slot, score)| {
            Some(Marked {
                service: slot.question.id.service.clone(),
                topic: slot.question.id.topic,
                critical: slot.question.critical,
                score: (*score)?,
            })
        })
        .collect();
    let verdict = marked.map(|marked| Verdict::of(&marked, &test.rules));
    (marks, verdict)
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    version: i64,
    definition: String,
    n_rounds: i64,
}

impl TryFrom<Row> for Found {
    type Error = Error;

    fn try_from(row: Row) -> Result<Found> {
        Ok(Found {
            test: parse_definition(&row.definition)?,
            id: row.id,
            name: row.name,
            version: row.version,
            n_rounds: row.n_rounds,
        })
    }
}

/// A stored version of a test.
pub(crate) fn parse_definition(json: &str) -> Result<Test> {
    serde_json::from_str(json).map_err(|why| Error::Corrupt(format!("test: {why}")))
}
