//! Changing an agenda and what is around it, by leaders.

use chrono::{DateTime, TimeDelta, Utc};
use domain::agenda::{Reason, Why};
use domain::question::QuestionId;
use sqlx::query;

use super::opening::{NewItem, add_item, write_why};
use super::{Found, State, figures, led, touch, touch_in};
use crate::db::{Db, Tx, on, stored};
use crate::error::{Error, Problem, Result};
use crate::news::commit_and_tell;
use crate::people::Who;
use crate::{circles, questions};

/// While anything may be added.
const OPEN: [State; 2] = [State::Planned, State::InProgress];

/// The longest text of an item, in characters.
const TITLE_LIMIT: usize = 200;

/// Puts a question of the circle on the agenda, at its end. `question` is an
/// id, as it stands on the question's page.
pub async fn add_question(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    question: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = led(db, who, circle, review, now).await?;
    let unknown = || Error::refused("question", "There is no such question. Take its id from its page.");
    let id: QuestionId = question.trim().parse().map_err(|_| unknown())?;
    let (version, title, mut why) = match of_round(db, &found, &id).await? {
        Some(met) => met,
        None => match questions::find(db, who, circle, &id).await {
            Ok(shown) => (shown.version, questions::title(&shown.question.text), Why::default()),
            Err(Error::NotFound) => return Err(unknown()),
            Err(why) => return Err(why),
        },
    };
    why.reasons.push(Reason::ByHand);
    let item = NewItem {
        question: Some(id.to_string()),
        version: Some(version),
        action: None,
        title: &title,
        why: write_why(&why)?,
        by: Some(&who.person),
    };
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    if add_item(&mut tx, review, item, now).await?.is_none() && put_back(&mut tx, review, &id).await? == 0 {
        return Err(Error::refused("question", "This question is on the agenda."));
    }
    commit_and_tell(db, tx, review, revision).await
}

/// The question as it was met in the round, if it was.
async fn of_round(db: &Db, found: &Found, id: &QuestionId) -> Result<Option<(String, String, Why)>> {
    let figures = figures::of_round(db, &found.review.circle, &found.review.round).await?;
    let met = figures.into_iter().find(|one| one.asked.question == *id);
    Ok(met.map(|met| {
        let asked = met.asked;
        let missed = Reason::Missed { n: asked.n_missed, of: asked.n_asked };
        (met.version, met.title, Why { reasons: vec![missed], proposals: Vec::new() })
    }))
}

const PUT_BACK: &str = "
    UPDATE review_items
    SET removed_at = NULL, place = (SELECT max(x.place) + 1 FROM review_items x WHERE x.review = $1)
    WHERE review = $1 AND question = $2 AND removed_at IS NOT NULL";

async fn put_back(tx: &mut Tx, review: &str, id: &QuestionId) -> Result<u64> {
    Ok(on!(tx, |tx| query(PUT_BACK)
        .bind(review)
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?
        .rows_affected()))
}

/// Puts something else on the agenda, at its end.
pub async fn add_text(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    title: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = led(db, who, circle, review, now).await?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if !(1..=TITLE_LIMIT).contains(&title.chars().count()) {
        return Err(Error::refused("text", "Say in 1 to 200 characters what is to be talked about."));
    }
    let why = Why { reasons: vec![Reason::ByHand], proposals: Vec::new() };
    let item = NewItem {
        question: None,
        version: None,
        action: None,
        title: &title,
        why: write_why(&why)?,
        by: Some(&who.person),
    };
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    add_item(&mut tx, review, item, now).await?;
    commit_and_tell(db, tx, review, revision).await
}

const REMOVE: &str = "
    UPDATE review_items SET removed_at = $3
    WHERE review = $1 AND id = $2 AND removed_at IS NULL
      AND id NOT IN (SELECT o.item FROM review_notes o)
      AND id NOT IN (SELECT d.item FROM review_decisions d)";

/// Takes an item off the agenda. What somebody has written about stays, and
/// so does what everybody looks at.
pub async fn remove(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    item: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = led(db, who, circle, review, now).await?;
    let one = found.items.iter().find(|one| one.id == item).ok_or(Error::NotFound)?;
    if found.review.item.as_deref() == Some(item) {
        return Err(Error::refused("", "Everybody looks at this item. Go on to another one first."));
    }
    if !one.actions.is_empty() {
        return Err(Error::refused("", "An action was made at this item, so it stays on the agenda."));
    }
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    let n_removed = on!(&mut tx, |tx| query(REMOVE)
        .bind(review)
        .bind(item)
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_removed == 0 {
        let what = "Something was written about this item, so it stays on the agenda.";
        return Err(Error::refused("", what));
    }
    commit_and_tell(db, tx, review, revision).await
}

/// Which way an item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
}

const SET_PLACE: &str = "UPDATE review_items SET place = $3 WHERE review = $1 AND id = $2";

/// Moves an item by one place; at either end it stays.
pub async fn shift(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    item: &str,
    way: Way,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = led(db, who, circle, review, now).await?;
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    let mut ids: Vec<String> =
        on!(&mut tx, |tx| sqlx::query_scalar(IN_ORDER).bind(review).fetch_all(&mut **tx).await?);
    let at = ids.iter().position(|id| id == item).ok_or(Error::NotFound)?;
    let to = match way {
        Way::Up => at.checked_sub(1),
        Way::Down => Some(at + 1).filter(|to| *to < ids.len()),
    };
    let Some(to) = to else { return Ok(()) };
    ids.swap(at, to);
    for (place, id) in (1_i64..).zip(&ids) {
        on!(&mut tx, |tx| query(SET_PLACE)
            .bind(review)
            .bind(id)
            .bind(place)
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    commit_and_tell(db, tx, review, revision).await
}

const IN_ORDER: &str =
    "SELECT id FROM review_items WHERE review = $1 AND removed_at IS NULL ORDER BY place, id";

const SET_TIME: &str = "
    UPDATE reviews
    SET n_moved = n_moved + CASE WHEN planned_at = $2 THEN 0 ELSE 1 END, planned_at = $2, time_box = $3
    WHERE id = $1";

/// How far from now a review may be planned.
const AROUND: TimeDelta = TimeDelta::days(3650);

/// Sets when a review is to begin, and how many minutes are meant for an item.
pub async fn set_time(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    (planned_at, minutes): (DateTime<Utc>, i64),
    now: DateTime<Utc>,
) -> Result<()> {
    let found = led(db, who, circle, review, now).await?;
    let mut problems = Vec::new();
    if (planned_at - now).abs() > AROUND {
        problems.push(Problem::new("planned_at", "Enter a day that is less than ten years away."));
    }
    if !(1..=240).contains(&minutes) {
        problems.push(Problem::new("time_box", "Enter minutes from 1 to 240, for example 10."));
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    on!(&mut tx, |tx| query(SET_TIME)
        .bind(review)
        .bind(stored(planned_at))
        .bind(minutes)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    commit_and_tell(db, tx, review, revision).await
}

const INVITE: &str = "
    INSERT INTO review_people (review, person, because)
    VALUES ($1, $2, 'invited')
    ON CONFLICT (review, person) DO NOTHING";

/// Invites a member of the circle: they see what attendees see.
pub async fn invite(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    person: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = led(db, who, circle, review, now).await?;
    let members = circles::members(db, who, circle).await?;
    if !members.iter().any(|member| member.person == person && !member.disabled) {
        return Err(Error::refused("person", "Choose a member of this circle."));
    }
    let mut tx = db.begin().await?;
    let revision = touch(&mut tx, &found, now).await?;
    on!(&mut tx, |tx| query(INVITE).bind(review).bind(person).execute(&mut **tx).await.map(drop))?;
    commit_and_tell(db, tx, review, revision).await
}
