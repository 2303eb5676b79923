//! The answers to an action's questions, before it was done and after; what is
//! counted says `domain::action::Effect`. For leaders, however few they are.

use std::collections::HashMap;

use domain::action::{Effect, Side};
use sqlx::{FromRow, query, query_as};

use crate::db::{Db, Tx, on};
use crate::error::{Error, Result};

/// From so many people on figures without names may be seen by everybody in the
/// circle.
pub(super) const NAMELESS_FROM: u32 = 5;

/// The first answer of each person to each question of an action, on either side
/// of the instant it was done: `what` of it, by whatever else it is grouped by.
macro_rules! first_answers {
    ($condition:literal, $by:literal) => {
        concat!(
            "
    WITH met AS (
        SELECT x.id AS action, q.question, t.person, t.started_at > x.closed_at AS is_after,
               m.earned * 10000 / m.possible AS earned,
               row_number() OVER (PARTITION BY x.id, q.question, t.person, t.started_at > x.closed_at
                                  ORDER BY t.started_at, t.id) AS nth
        FROM actions x
        JOIN action_questions q ON q.action = x.id
        JOIN slots s ON s.circle = q.circle AND s.question = q.question
        JOIN attempts t ON t.id = s.attempt AND t.verdict IS NOT NULL
        JOIN marks m ON m.attempt = s.attempt AND m.slot = s.n AND m.possible > 0
                    AND m.turn = (SELECT max(n.turn) FROM marks n WHERE n.attempt = s.attempt AND n.slot = s.n)
        WHERE ",
            $condition,
            " AND x.state IN ('done', 'effect_seen', 'no_effect')
          AND (t.started_at > x.closed_at OR t.finished_at <= x.closed_at)
    )
    SELECT ",
            $by,
            " AS name, is_after, count(*) AS n_answers, count(DISTINCT person) AS n_people,
           CAST(sum(earned) AS BIGINT) AS earned
    FROM met
    WHERE nth = 1
    GROUP BY ",
            $by,
            ", is_after"
        )
    };
}

const OF_CIRCLE: &str = first_answers!("x.circle = $1", "action");

const OF_ACTION: &str = first_answers!("x.id = $1", "action");

const BY_QUESTION: &str = first_answers!("x.id = $1", "question");

/// The effect of each action of a circle that is done, by its id; those without
/// an answer are not there.
pub(super) async fn of_circle(db: &Db, circle: &str) -> Result<HashMap<String, Effect>> {
    read(db, OF_CIRCLE, circle).await
}

/// The effect of one action that is done.
pub(super) async fn of_action(db: &Db, id: &str) -> Result<Effect> {
    Ok(read(db, OF_ACTION, id).await?.remove(id).unwrap_or_default())
}

/// The same, question by question.
pub(super) async fn by_question(db: &Db, id: &str) -> Result<HashMap<String, Effect>> {
    read(db, BY_QUESTION, id).await
}

async fn read(db: &Db, sql: &'static str, of: &str) -> Result<HashMap<String, Effect>> {
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(sql).bind(of).fetch_all(pool).await?);
    let mut effects: HashMap<String, Effect> = HashMap::new();
    for row in rows {
        let side = side(row.n_answers, row.n_people, row.earned)?;
        let effect = effects.entry(row.name).or_default();
        *(if row.is_after { &mut effect.after } else { &mut effect.before }) = side;
    }
    Ok(effects)
}

const KEEP: &str = "
    INSERT INTO action_effects (action, turn, answers_before, people_before, earned_before,
                                answers_after, people_after, earned_after)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Keeps the figures with the event of that turn.
pub(super) async fn keep(tx: &mut Tx, action: &str, turn: i64, effect: Effect) -> Result<()> {
    let earned = |side: Side| i64::try_from(side.earned).unwrap_or(i64::MAX);
    let Effect { before, after } = effect;
    Ok(on!(tx, |tx| query(KEEP)
        .bind(action)
        .bind(turn)
        .bind(i64::from(before.n_answers))
        .bind(i64::from(before.n_people))
        .bind(earned(before))
        .bind(i64::from(after.n_answers))
        .bind(i64::from(after.n_people))
        .bind(earned(after))
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

const KEPT: &str = "
    SELECT turn, answers_before, people_before, earned_before, answers_after, people_after, earned_after
    FROM action_effects
    WHERE action = $1";

type KeptRow = (i64, i64, i64, i64, i64, i64, i64);

/// The figures that were kept, by the turn of their event.
pub(super) async fn kept(db: &Db, action: &str) -> Result<HashMap<i64, Effect>> {
    let rows: Vec<KeptRow> = on!(db.read(), |pool| query_as(KEPT).bind(action).fetch_all(pool).await?);
    let read = |row: KeptRow| {
        let (turn, answers, people, earned, answers_after, people_after, earned_after) = row;
        let before = side(answers, people, earned)?;
        Ok((turn, Effect { before, after: side(answers_after, people_after, earned_after)? }))
    };
    rows.into_iter().map(read).collect()
}

#[derive(FromRow)]
struct Row {
    /// Of the action or of the question.
    name: String,
    is_after: bool,
    n_answers: i64,
    n_people: i64,
    earned: i64,
}

fn side(n_answers: i64, n_people: i64, earned: i64) -> Result<Side> {
    let wrong = |_| Error::Corrupt(format!("effect {n_answers} {n_people} {earned}"));
    Ok(Side {
        n_answers: n_answers.try_into().map_err(wrong)?,
        n_people: n_people.try_into().map_err(wrong)?,
        earned: earned.try_into().map_err(wrong)?,
    })
}
