//! Changing an agenda and what is around it, by leaders.

use chrono::{DateTime, TimeDelta, Utc};
use domain::agenda::{Reason, Why};
use domain::question::QuestionId;
use domain::words::one_line;
use sqlx::{query, query_as};

use super::opening::{NewItem, add_item, write_why};
use super::{ItemNow, OPEN, Review, figures, item_now, led, record, touch, touch_in};
use crate::db::{Db, Tx, on, stored};
use crate::error::{Error, Problem, Result};
use crate::news::commit_and_tell;
use crate::people::Who;
use crate::results::met::met_of_question;
use crate::{circles, questions};

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
    let found = led(db, who, circle, review).await?;
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
    record(&mut tx, who, &found, "put a question on the agenda of a review", &id.to_string(), now).await?;
    commit_and_tell(db, tx, review, revision).await
}

/// The question as it was met in the round, if it was.
async fn of_round(db: &Db, found: &Review, id: &QuestionId) -> Result<Option<(String, String, Why)>> {
    let mut met = met_of_question(db, &found.circle, &found.round, &id.to_string()).await?;
    met.retain(figures::is_counted);
    if met.is_empty() {
        return Ok(None);
    }
    let n = figures::count(met.iter().filter(|one| figures::is_missed(one)).count());
    let missed = Reason::Missed { n, of: figures::count(met.len()) };
    let version = figures::most_met(met.iter().map(|one| one.version.as_str()));
    let question = questions::version(db, &found.circle, &id.to_string(), &version).await?;
    let why = Why { reasons: vec![missed], proposals: Vec::new() };
    Ok(Some((version, questions::title(&question.text), why)))
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
    let found = led(db, who, circle, review).await?;
    let title = one_line(title);
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
    record(&mut tx, who, &found, "put something on the agenda of a review", &title, now).await?;
    commit_and_tell(db, tx, review, revision).await
}

const REMOVE: &str = "UPDATE review_items SET removed_at = $3 WHERE review = $1 AND id = $2";

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
    let found = led(db, who, circle, review).await?;
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    let one = item_now(&mut tx, &found, item, "").await?;
    let why_not = match &one {
        ItemNow { is_current: true, .. } => Some("Everybody looks at this item. Go on to another one first."),
        ItemNow { n_actions: 1.., .. } => Some("An action was made at this item, so it stays on the agenda."),
        ItemNow { n_written: 1.., .. } => {
            Some("Something was written about this item, so it stays on the agenda.")
        }
        _ => None,
    };
    if let Some(what) = why_not {
        return Err(Error::refused("", what));
    }
    on!(&mut tx, |tx| query(REMOVE)
        .bind(review)
        .bind(item)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let about = one.question.as_ref().unwrap_or(&one.title);
    record(&mut tx, who, &found, "took something off the agenda of a review", about, now).await?;
    commit_and_tell(db, tx, review, revision).await
}

/// Which way an item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
}

const IN_ORDER: &str =
    "SELECT id, place FROM review_items WHERE review = $1 AND removed_at IS NULL ORDER BY place, id";

const SWAP: &str = "
    UPDATE review_items SET place = CASE WHEN id = $2 THEN $3 ELSE $5 END
    WHERE review = $1 AND (id = $2 OR id = $4)";

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
    let found = led(db, who, circle, review).await?;
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    item_now(&mut tx, &found, item, "").await?;
    let items: Vec<(String, i64)> =
        on!(&mut tx, |tx| query_as(IN_ORDER).bind(review).fetch_all(&mut **tx).await?);
    let at = items.iter().position(|(id, _)| id == item).ok_or(Error::NotFound)?;
    let to = match way {
        Way::Up => at.checked_sub(1),
        Way::Down => Some(at + 1),
    };
    let Some((other, place)) = to.and_then(|to| items.get(to)) else { return Ok(()) };
    on!(&mut tx, |tx| query(SWAP)
        .bind(review)
        .bind(item)
        .bind(place)
        .bind(other)
        .bind(items[at].1)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    commit_and_tell(db, tx, review, revision).await
}

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
    let found = led(db, who, circle, review).await?;
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
    let about = format!("{}, {minutes} minutes for each item", planned_at.format("%Y-%m-%d %H:%M UTC"));
    record(&mut tx, who, &found, "set the time of a review", &about, now).await?;
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
    let found = led(db, who, circle, review).await?;
    let members = circles::members(db, who, circle).await?;
    let Some(invited) = members.iter().find(|member| member.person == person && !member.disabled) else {
        return Err(Error::refused("person", "Choose a member of this circle."));
    };
    let mut tx = db.begin().await?;
    let revision = touch(&mut tx, &found, now).await?;
    on!(&mut tx, |tx| query(INVITE).bind(review).bind(person).execute(&mut **tx).await.map(drop))?;
    record(&mut tx, who, &found, "invited somebody to a review", &invited.name, now).await?;
    commit_and_tell(db, tx, review, revision).await
}
