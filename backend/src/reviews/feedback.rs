//! Three short questions about a review that is over. Each attendee answers
//! once and may change it; leaders see counts and no names.

use chrono::{DateTime, Utc};
use sqlx::{query, query_as};

use super::{Found, State, attended};
use crate::db::{Db, commit, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;

/// The questions: the name of the field, and what is asked.
pub const QUESTIONS: [(&str, &str); 3] = [
    ("topics", "We talked about what matters most."),
    ("heard", "I could say what I wanted to say."),
    ("change", "Something will change because of it."),
];

/// What can be answered.
pub const ANSWERS: [(&str, &str); 3] = [("yes", "Yes"), ("partly", "Partly"), ("no", "No")];

/// What somebody said, question by question.
pub type Said = [String; 3];

const MINE: &str = "SELECT topics, heard, change FROM review_feedback WHERE review = $1 AND person = $2";

/// What the one who asks said.
pub async fn mine(db: &Db, found: &Found) -> Result<Option<Said>> {
    let row: Option<(String, String, String)> = on!(db.read(), |pool| query_as(MINE)
        .bind(&found.review.id)
        .bind(&found.member.person)
        .fetch_optional(pool)
        .await?);
    Ok(row.map(|(topics, heard, change)| [topics, heard, change]))
}

const SAY: &str = "
    INSERT INTO review_feedback (review, person, topics, heard, change, said_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (review, person) DO UPDATE
    SET topics = excluded.topics, heard = excluded.heard, change = excluded.change, said_at = excluded.said_at";

/// Says it, or something else than before.
pub async fn say(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    said: [&str; 3],
    now: DateTime<Utc>,
) -> Result<()> {
    if attended(db, who, circle, review).await?.review.state != State::Closed {
        return Err(Error::NotFound);
    }
    let is_answer = |said: &str| ANSWERS.iter().any(|(answer, _)| *answer == said);
    let missing = QUESTIONS.iter().zip(said).filter(|(_, said)| !is_answer(said));
    let problems: Vec<Problem> =
        missing.map(|((name, _), _)| Problem::new(name, "Choose one answer.")).collect();
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(SAY)
        .bind(review)
        .bind(&who.person)
        .bind(said[0])
        .bind(said[1])
        .bind(said[2])
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    commit(tx).await
}

/// How often each answer was given to each question, in the order of both.
pub type Counts = [[u32; 3]; 3];

const ALL: &str = "SELECT topics, heard, change FROM review_feedback WHERE review = $1";

/// What was said, for a leader; `None` for others.
pub async fn counts(db: &Db, found: &Found) -> Result<Option<Counts>> {
    if !found.leads() {
        return Ok(None);
    }
    let rows: Vec<(String, String, String)> =
        on!(db.read(), |pool| query_as(ALL).bind(&found.review.id).fetch_all(pool).await?);
    let mut counts = Counts::default();
    for (topics, heard, change) in rows {
        for (count, said) in counts.iter_mut().zip([topics, heard, change]) {
            if let Some(place) = ANSWERS.iter().position(|(answer, _)| *answer == said) {
                count[place] += 1;
            }
        }
    }
    Ok(Some(counts))
}
