//! Open answers and their markings, as they are read from the store.

use std::collections::{BTreeMap, HashMap};

use domain::answer::Answer;
use domain::marking::Score;
use domain::marking::rubric::{Marking, score, standing};
use domain::question::{Key, Question};
use sqlx::{FromRow, query, query_as};

use super::Given;
use crate::db::{Db, Tx, on};
use crate::error::{Error, Result};

/// One answer that a person has to mark. Whose it is stays in this crate.
pub(super) struct OpenAnswer {
    pub alias: String,
    pub question: String,
    pub version: String,
    pub person: String,
    /// Whether it has a mark, whoever gave it.
    pub is_marked: bool,
    /// In order of receipt.
    pub markings: Vec<Marking>,
    /// The names of those who marked it.
    pub names: BTreeMap<String, String>,
}

/// In an order that tells nothing: that of their random names.
const ANSWERS: &str = "
    SELECT o.alias, o.question, o.version, a.person,
           (SELECT count(*) FROM marks k WHERE k.attempt = o.attempt AND k.slot = o.slot) AS n_marks
    FROM open_answers o
    JOIN attempts a ON a.id = o.attempt
    WHERE o.round = $1 AND ($2 = '' OR o.question = $2) AND ($3 = '' OR o.version = $3)
    ORDER BY o.alias";

const MARKINGS: &str = "
    SELECT o.alias, m.settles, m.points, m.comment, m.marked_by, p.name
    FROM open_answers o
    JOIN markings m ON m.attempt = o.attempt AND m.slot = o.slot
    JOIN people p ON p.id = m.marked_by
    WHERE o.round = $1 AND ($2 = '' OR o.question = $2) AND ($3 = '' OR o.version = $3)
    ORDER BY o.alias, m.turn";

/// The open answers of a round, of all questions or of one.
pub(super) async fn answers(db: &Db, round: &str, question: &str, version: &str) -> Result<Vec<OpenAnswer>> {
    let rows: Vec<AnswerRow> = on!(db.read(), |pool| query_as(ANSWERS)
        .bind(round)
        .bind(question)
        .bind(version)
        .fetch_all(pool)
        .await?);
    let given: Vec<MarkingRow> = on!(db.read(), |pool| query_as(MARKINGS)
        .bind(round)
        .bind(question)
        .bind(version)
        .fetch_all(pool)
        .await?);
    let mut markings: HashMap<String, Vec<(Marking, String)>> = HashMap::new();
    for row in given {
        let (alias, name) = (row.alias.clone(), row.name.clone());
        markings.entry(alias).or_default().push((row.read()?, name));
    }
    let answer = |row: AnswerRow| {
        let of_answer = markings.remove(&row.alias).unwrap_or_default();
        let name = |(marking, name): &(Marking, String)| (marking.marker.clone(), name.clone());
        OpenAnswer {
            names: of_answer.iter().map(name).collect(),
            markings: of_answer.into_iter().map(|(marking, _)| marking).collect(),
            alias: row.alias,
            question: row.question,
            version: row.version,
            person: row.person,
            is_marked: row.n_marks > 0,
        }
    };
    Ok(rows.into_iter().map(answer).collect())
}

const TEXTS: &str = "
    SELECT o.alias, e.answer
    FROM open_answers o
    JOIN answer_events e ON e.attempt = o.attempt AND e.slot = o.slot
    WHERE o.round = $1 AND o.question = $2 AND o.version = $3
      AND e.turn = (SELECT max(x.turn) FROM answer_events x WHERE x.attempt = o.attempt AND x.slot = o.slot)";

/// What was answered, as it was typed.
pub(super) async fn texts(
    db: &Db,
    round: &str,
    question: &str,
    version: &str,
) -> Result<HashMap<String, String>> {
    let rows: Vec<(String, Option<String>)> = on!(db.read(), |pool| query_as(TEXTS)
        .bind(round)
        .bind(question)
        .bind(version)
        .fetch_all(pool)
        .await?);
    let mut texts = HashMap::with_capacity(rows.len());
    for (alias, json) in rows {
        let answer = json.as_deref().map(serde_json::from_str).transpose();
        if let Some(Answer::Typed(text)) = answer.map_err(|_| Error::Corrupt(alias.clone()))? {
            texts.insert(alias, text);
        }
    }
    Ok(texts)
}

const OF_ATTEMPT: &str = "
    SELECT m.slot, m.settles, m.points, m.comment, m.marked_by, COALESCE(p.n_markers, 1) AS n_markers
    FROM markings m
    JOIN open_answers o ON o.attempt = m.attempt AND o.slot = m.slot
    LEFT JOIN marking_plans p ON p.round = o.round AND p.question = o.question AND p.version = o.version
    WHERE m.attempt = $1
    ORDER BY m.slot, m.turn";

/// What leaders gave in an attempt, slot by slot, where it counts already.
pub(crate) async fn given_in(db: &Db, attempt: &str) -> Result<HashMap<i64, Given>> {
    let rows: Vec<OfAttemptRow> =
        on!(db.read(), |pool| query_as(OF_ATTEMPT).bind(attempt).fetch_all(pool).await?);
    let mut by_slot: HashMap<i64, (u8, Vec<Marking>)> = HashMap::new();
    for row in rows {
        let n_markers = u8::try_from(row.n_markers).unwrap_or(1);
        let (_, markings) = by_slot.entry(row.slot).or_insert((n_markers, Vec::new()));
        markings.push(marking(row.marked_by, row.settles, &row.points, row.comment)?);
    }
    let given = by_slot.into_iter().filter_map(|(slot, (n_markers, markings))| {
        let standing = standing(&markings, n_markers);
        let points = standing.points(n_markers)?.to_vec();
        let comments = standing.comments().into_iter().map(str::to_owned).collect();
        Some((slot, Given { points, comments }))
    });
    Ok(given.collect())
}

const OF_VERSION: &str = "
    SELECT o.attempt, m.slot, m.settles, m.points, m.comment, m.marked_by, COALESCE(p.n_markers, 1) AS n_markers
    FROM open_answers o
    JOIN rounds r ON r.id = o.round
    JOIN markings m ON m.attempt = o.attempt AND m.slot = o.slot
    LEFT JOIN marking_plans p ON p.round = o.round AND p.question = o.question AND p.version = o.version
    WHERE r.circle = $1 AND o.question = $2 AND o.version = $3
    ORDER BY o.attempt, m.slot, m.turn";

/// Whoever gives points holds one of these rows, and there is one wherever points
/// were given: what is read after this is all there is.
const WAIT: &str = "
    UPDATE marking_plans SET n_markers = n_markers
    WHERE question = $2 AND version = $3 AND round IN (SELECT id FROM rounds WHERE circle = $1)";

/// What leaders gave to a version of an open question, wherever it was asked: by
/// attempt and slot the score, and who gave it last. Answers whose markings
/// differ, or that wait for a second marker, are not there.
pub(crate) async fn given_to(
    tx: &mut Tx,
    circle: &str,
    question: &Question,
    version: &str,
) -> Result<HashMap<(String, i64), (Score, String)>> {
    let Key::Open { rubric } = &question.key else { return Ok(HashMap::new()) };
    on!(&mut *tx, |tx| query(WAIT)
        .bind(circle)
        .bind(question.id.to_string())
        .bind(version)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let rows: Vec<OfVersionRow> = on!(tx, |tx| query_as(OF_VERSION)
        .bind(circle)
        .bind(question.id.to_string())
        .bind(version)
        .fetch_all(&mut **tx)
        .await?);
    let mut by_answer: HashMap<(String, i64), (u8, Vec<Marking>)> = HashMap::new();
    for OfVersionRow { attempt, row } in rows {
        let n_markers = u8::try_from(row.n_markers).unwrap_or(1);
        let (_, markings) = by_answer.entry((attempt, row.slot)).or_insert((n_markers, Vec::new()));
        markings.push(marking(row.marked_by, row.settles, &row.points, row.comment)?);
    }
    let given = by_answer.into_iter().filter_map(|(place, (n_markers, markings))| {
        let score = score(rubric, standing(&markings, n_markers).points(n_markers)?)?;
        Some((place, (score, markings.last()?.marker.clone())))
    });
    Ok(given.collect())
}

pub(super) fn marking(marker: String, settles: bool, points: &str, comment: String) -> Result<Marking> {
    let points = serde_json::from_str(points).map_err(|_| Error::Corrupt(points.to_owned()))?;
    Ok(Marking { marker, settles, points, comment })
}

#[derive(FromRow)]
struct AnswerRow {
    alias: String,
    question: String,
    version: String,
    person: String,
    n_marks: i64,
}

#[derive(FromRow)]
struct MarkingRow {
    alias: String,
    settles: bool,
    points: String,
    comment: String,
    marked_by: String,
    name: String,
}

impl MarkingRow {
    fn read(self) -> Result<Marking> {
        marking(self.marked_by, self.settles, &self.points, self.comment)
    }
}

#[derive(FromRow)]
struct OfVersionRow {
    attempt: String,
    #[sqlx(flatten)]
    row: OfAttemptRow,
}

#[derive(FromRow)]
struct OfAttemptRow {
    slot: i64,
    settles: bool,
    points: String,
    comment: String,
    marked_by: String,
    n_markers: i64,
}
