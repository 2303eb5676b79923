//! Holding a review: it begins, goes from item to item, and takes down what
//! people say and what is decided.

use chrono::{DateTime, Utc};
use domain::action::Number;
use domain::action::{Origin, OriginKind};
use domain::agenda::Decision;
use sqlx::{query, query_as, query_scalar};

use super::opening::{add_missing, propose};
use super::{OPEN, State, attended, item_now, led, origin_of, record, touch_in};
use crate::actions::making::{self, Draft, Made, Prepared};
use crate::audit;
use crate::db::{Db, Tx, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::news::commit_and_tell;
use crate::people::Who;

/// The longest note and the longest reason, in characters.
const NOTE_LIMIT: usize = 10_000;
const REASON_LIMIT: usize = 2_000;

const START: &str = "
    UPDATE reviews SET state = 'in_progress', started_at = $2, item = $3, item_since = $2
    WHERE id = $1";

const FIRST: &str = "
    SELECT id FROM review_items
    WHERE review = $1 AND removed_at IS NULL
    ORDER BY place, id
    LIMIT 1";

/// Begins a review, by a leader, at its first item. What became known since it
/// was opened comes on the agenda.
pub async fn start(db: &Db, who: &Who, circle: &str, review: &str, now: DateTime<Utc>) -> Result<()> {
    let found = led(db, who, circle, review).await?;
    let proposed = propose(db, circle, &found.round, now).await?;
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &[State::Planned], now).await?;
    add_missing(&mut tx, review, &proposed, now).await?;
    let first: Option<String> =
        on!(&mut tx, |tx| query_scalar(FIRST).bind(review).fetch_optional(&mut **tx).await?);
    on!(&mut tx, |tx| query(START)
        .bind(review)
        .bind(stored(now))
        .bind(first)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    come(&mut tx, review, &who.person, now).await?;
    let name = &found.round_name;
    audit::record(&mut tx, Some(circle), Some(&who.person), "began a review", name, now).await?;
    commit_and_tell(db, tx, review, revision).await
}

const GO: &str = "
    UPDATE reviews SET item = $2, item_since = $3
    WHERE id = $1 AND (item IS NULL OR item <> $2)";

/// Everybody goes to this item, by a leader.
pub async fn go(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    item: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = led(db, who, circle, review).await?;
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &[State::InProgress], now).await?;
    item_now(&mut tx, &found, item, "").await?;
    on!(&mut tx, |tx| query(GO)
        .bind(review)
        .bind(item)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    commit_and_tell(db, tx, review, revision).await
}

const ADD_NOTE: &str = "
    INSERT INTO review_notes (id, review, item, turn, person, note, written_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (id) DO NOTHING";

const SAME_NOTE: &str = "
    SELECT count(*) FROM review_notes
    WHERE id = $1 AND review = $2 AND item = $3 AND person = $4 AND note = $5";

/// Adds a note of the one who asks; when this returns, it is safe. `id` is made
/// by whoever sends it, so that sending the same again adds nothing; what was
/// changed before it was sent again is a note of its own.
pub async fn note(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    (item, id, note): (&str, &str, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let found = attended(db, who, circle, review).await?.review;
    let note = note.trim();
    let n_letters = note.chars().count();
    if n_letters == 0 {
        return Err(Error::refused("note", "Write down what was said."));
    }
    if n_letters > NOTE_LIMIT {
        let what = format!("Keep it under {NOTE_LIMIT} characters; it has {n_letters}.");
        return Err(Error::refused("note", what));
    }
    if !(1..=64).contains(&id.len()) {
        return Err(Error::NotFound);
    }
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    item_now(&mut tx, &found, item, "note").await?;
    let n_same: i64 = on!(&mut tx, |tx| query_scalar(SAME_NOTE)
        .bind(id)
        .bind(review)
        .bind(item)
        .bind(&who.person)
        .bind(note)
        .fetch_one(&mut **tx)
        .await?);
    for id in [id.to_owned(), new_id()] {
        let n_added = on!(&mut tx, |tx| query(ADD_NOTE)
            .bind(id)
            .bind(review)
            .bind(item)
            .bind(revision)
            .bind(&who.person)
            .bind(note)
            .bind(stored(now))
            .execute(&mut **tx)
            .await?
            .rows_affected());
        if n_added == 1 || n_same == 1 {
            break;
        }
    }
    if found.state == State::InProgress {
        come(&mut tx, review, &who.person, now).await?;
    }
    commit_and_tell(db, tx, review, revision).await
}

const DECIDE: &str = "
    INSERT INTO review_decisions (item, turn, decision, reason, decided_by, decided_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

const STANDS: &str = "
    SELECT decision, reason, decided_by
    FROM review_decisions
    WHERE item = $1
    ORDER BY turn DESC
    LIMIT 1";

/// Writes down what was decided about a question, by a leader. The newest
/// decision stands; those before it can still be read. The same again, since an
/// answer was lost, is not written twice.
pub async fn decide(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    (item, decision, reason): (&str, Option<Decision>, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let found = led(db, who, circle, review).await?;
    let reason = reason.trim();
    let Some(decision) = decision else {
        return Err(Error::refused("decision", "Choose what was decided."));
    };
    if decision.needs_reason() && reason.is_empty() {
        return Err(Error::refused("reason", "Say why nothing is done, in a sentence."));
    }
    if reason.chars().count() > REASON_LIMIT {
        return Err(Error::refused("reason", format!("Keep it under {REASON_LIMIT} characters.")));
    }
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    let question = item_now(&mut tx, &found, item, "decision").await?.question.ok_or(Error::NotFound)?;
    let stands: Option<(String, String, String)> =
        on!(&mut tx, |tx| query_as(STANDS).bind(item).fetch_optional(&mut **tx).await?);
    if stands.is_some_and(|stands| stands == (decision.as_str().into(), reason.into(), who.person.clone())) {
        return Ok(());
    }
    on!(&mut tx, |tx| query(DECIDE)
        .bind(item)
        .bind(revision)
        .bind(decision.as_str())
        .bind(reason)
        .bind(&who.person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let about = format!("{question}, {}", decision.as_str().replace('_', " "));
    record(&mut tx, who, &found, "decided about a question in a review", &about, now).await?;
    commit_and_tell(db, tx, review, revision).await
}

const QUESTION: &str = "SELECT question FROM review_items WHERE review = $1 AND id = $2";

/// Makes an action at an item, by an engineer or a leader who attends. It has
/// an owner from the start; its dates are the circle's where none are said. The
/// draft's key is made by whoever sends it, so that sending the same again makes
/// nothing.
pub async fn make_action(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    (item, draft): (&str, &Draft),
    now: DateTime<Utc>,
) -> Result<Number> {
    let found = attended(db, who, circle, review).await?.review;
    if draft.owner.is_empty() {
        let mut problems = vec![Problem::new("owner", "Choose who does it.")];
        if draft.title.trim().is_empty() {
            problems.insert(0, Problem::new("title", "Say what is to be done."));
        }
        return Err(Error::Refused(problems));
    }
    let question: Option<Option<String>> =
        on!(db.read(), |pool| query_scalar(QUESTION).bind(review).bind(item).fetch_optional(pool).await?);
    let questions = question.ok_or(Error::NotFound)?.unwrap_or_default();
    let draft = Draft { questions, ..draft.clone() };
    let origin = Origin { kind: OriginKind::ReviewItem, reference: origin_of(circle, review, item) };
    let ready = match making::prepare(db, who, circle, origin, &draft, now).await? {
        Prepared::Ready(ready) => ready,
        Prepared::Before(number) => return Ok(number),
    };
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &OPEN, now).await?;
    item_now(&mut tx, &found, item, "title").await?;
    match ready.add(&mut tx, who, now).await? {
        Made::Now(number) => commit_and_tell(db, tx, review, revision).await.map(|()| number),
        // It was made and told then.
        Made::Before(number) => Ok(number),
    }
}

const COME: &str = "
    INSERT INTO review_people (review, person, because, came_at)
    VALUES ($1, $2, 'leader', $3)
    ON CONFLICT (review, person) DO UPDATE SET came_at = coalesce(review_people.came_at, excluded.came_at)";

async fn come(tx: &mut Tx, review: &str, person: &str, now: DateTime<Utc>) -> Result<()> {
    Ok(on!(tx, |tx| query(COME)
        .bind(review)
        .bind(person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

/// Says that the one who asks is there.
pub async fn attend(db: &Db, who: &Who, circle: &str, review: &str, now: DateTime<Utc>) -> Result<()> {
    let found = attended(db, who, circle, review).await?.review;
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &[State::InProgress], now).await?;
    come(&mut tx, review, &who.person, now).await?;
    commit_and_tell(db, tx, review, revision).await
}

const SET_CAME: &str = "UPDATE review_people SET came_at = $3 WHERE review = $1 AND person = $2";

/// Says who is there and who is not, by a leader: for people in one room.
/// `seen` are those who were there when the leader looked: whoever said so since
/// stays.
pub async fn set_attendance(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    seen: &[&str],
    there: &[&str],
    now: DateTime<Utc>,
) -> Result<()> {
    let found = led(db, who, circle, review).await?;
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found, &[State::InProgress], now).await?;
    let came = there.iter().filter(|one| !seen.contains(one)).map(|one| (one, true));
    let left = seen.iter().filter(|one| !there.contains(one)).map(|one| (one, false));
    for (person, is_there) in came.chain(left) {
        on!(&mut tx, |tx| query(SET_CAME)
            .bind(review)
            .bind(*person)
            .bind(is_there.then(|| stored(now)))
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    commit_and_tell(db, tx, review, revision).await
}
