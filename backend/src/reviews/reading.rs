//! Reviews out of the database.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::agenda::{Decision, Why};
use domain::people::Role;
use domain::round::phase;
use sqlx::{FromRow, query_as};

use super::{
    Attendee, Because, Decided, Found, Item, Look, Note, Review, State, Subject, item_of, origin_of,
};
use crate::actions::{self, Action};
use crate::circles::Member;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::rounds::{self, n_waiting};

/// Those that `$2` may attend: a leader (`$3`) all of the circle.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.circle, v.round, r.name AS round_name, v.state, v.planned_at, v.n_moved, v.time_box,
                    v.item, v.item_since, v.revision, v.changed_at, v.started_at, v.closed_at, v.minutes, v.retest
             FROM reviews v
             JOIN rounds r ON r.id = v.round
             WHERE v.circle = $1
               AND ($3 OR v.id IN (SELECT p.review FROM review_people p WHERE p.person = $2)) ",
            $rest
        )
    };
}

const OF_CIRCLE: &str = select!("ORDER BY v.planned_at DESC, v.id DESC LIMIT 200");

const ONE: &str = select!("AND v.id = $4");

pub(super) async fn of_circle(db: &Db, member: &Member) -> Result<Vec<Review>> {
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(OF_CIRCLE)
        .bind(&member.circle)
        .bind(&member.person)
        .bind(member.role == Role::Leader)
        .fetch_all(pool)
        .await?);
    rows.into_iter().map(Review::try_from).collect()
}

const OF_ROUND: &str = select!("AND v.round = $4");

pub(super) async fn of_round(db: &Db, member: &Member, round: &str) -> Result<Option<Review>> {
    let row: Option<Row> = on!(db.read(), |pool| query_as(OF_ROUND)
        .bind(&member.circle)
        .bind(&member.person)
        .bind(member.role == Role::Leader)
        .bind(round)
        .fetch_optional(pool)
        .await?);
    row.map(Review::try_from).transpose()
}

pub(super) async fn one(db: &Db, member: &Member, id: &str) -> Result<Review> {
    let row: Option<Row> = on!(db.read(), |pool| query_as(ONE)
        .bind(&member.circle)
        .bind(&member.person)
        .bind(member.role == Role::Leader)
        .bind(id)
        .fetch_optional(pool)
        .await?);
    row.ok_or(Error::NotFound)?.try_into()
}

const PEOPLE: &str = "
    SELECT p.person, n.name, p.because, p.came_at
    FROM review_people p
    JOIN people n ON n.id = p.person
    WHERE p.review = $1";

const ITEMS: &str = "
    SELECT id, question, version, action, title, why
    FROM review_items
    WHERE review = $1 AND removed_at IS NULL
    ORDER BY place, id";

const NOTES: &str = "
    SELECT o.item, o.person, n.name, o.note, o.written_at
    FROM review_notes o
    JOIN people n ON n.id = o.person
    WHERE o.review = $1 AND ($2 = '' OR o.item = $2)
    ORDER BY o.turn";

const N_NOTES: &str = "SELECT item, count(*) FROM review_notes WHERE review = $1 GROUP BY item";

const DECISIONS: &str = "
    SELECT d.item, d.decision, d.reason, n.name, d.decided_at
    FROM review_decisions d
    JOIN review_items i ON i.id = d.item
    JOIN people n ON n.id = d.decided_by
    WHERE i.review = $1
    ORDER BY d.turn";

/// A review with its items, for a member who is known to be one.
pub(super) async fn found(
    db: &Db,
    member: Member,
    id: &str,
    look: Look<'_>,
    now: DateTime<Utc>,
) -> Result<Found> {
    let review = one(db, &member, id).await?;
    let people: Vec<PersonRow> = on!(db.read(), |pool| query_as(PEOPLE).bind(id).fetch_all(pool).await?);
    let items: Vec<ItemRow> = on!(db.read(), |pool| query_as(ITEMS).bind(id).fetch_all(pool).await?);
    let item = match look {
        Look::AtAll => Some(""),
        Look::At(asked) => {
            let is_there = |asked: &&str| items.iter().any(|item| item.id == *asked);
            asked.filter(is_there).or(review.item.as_deref())
        }
    };
    let notes: Vec<NoteRow> = match item {
        Some(item) => on!(db.read(), |pool| query_as(NOTES).bind(id).bind(item).fetch_all(pool).await?),
        None => Vec::new(),
    };
    let n_notes: Vec<(String, i64)> =
        on!(db.read(), |pool| query_as(N_NOTES).bind(id).fetch_all(pool).await?);
    let decisions: Vec<DecisionRow> =
        on!(db.read(), |pool| query_as(DECISIONS).bind(id).fetch_all(pool).await?);
    let all = actions::of_review(db, &member, id, &origin_of(&review.circle, id, ""), now).await?;
    let hides_why = hides_why(db, &member, &review, now).await?;
    let mut parts = Parts::of(notes, n_notes, decisions, all, &review)?;
    let mut items = items.into_iter().map(|row| parts.item(row)).collect::<Result<Vec<_>>>()?;
    if hides_why {
        items.iter_mut().for_each(|item| item.why = Why::default());
    }
    let mut people = people.into_iter().map(Attendee::try_from).collect::<Result<Vec<_>>>()?;
    people.sort_by_cached_key(|one| (one.name.to_lowercase(), one.person.clone()));
    Ok(Found { member, review, people, items, hides_why })
}

const SHOWING: &str = concat!(
    "
    SELECT r.show_score, r.show_answers, r.opens_at, r.closes_at, r.released_at,
           ",
    n_waiting!("r.circle", "r.id"),
    "
    FROM rounds r
    WHERE r.id = $1"
);

#[derive(FromRow)]
struct ShowingRow {
    show_score: String,
    show_answers: String,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    released_at: Option<DateTime<Utc>>,
    n_sitting: i64,
    n_unmarked: i64,
}

/// In a round of one, "missed in 1 of 1" is a result: until a review begins, who
/// attends it is told as much as those who were in the round may see by then.
async fn hides_why(db: &Db, member: &Member, review: &Review, now: DateTime<Utc>) -> Result<bool> {
    if review.state != State::Planned || member.role == Role::Leader {
        return Ok(false);
    }
    let row: ShowingRow =
        on!(db.read(), |pool| query_as(SHOWING).bind(&review.round).fetch_one(pool).await?);
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let phase = phase(row.opens_at, row.closes_at, count(row.n_sitting), count(row.n_unmarked), now);
    let showing = rounds::showing(&row.show_score, &row.show_answers)?;
    Ok(!showing.seen_in(phase, row.released_at.is_some()).score)
}

/// What belongs to the items, by item.
#[derive(Default)]
struct Parts {
    notes: HashMap<String, Vec<Note>>,
    n_notes: HashMap<String, usize>,
    decisions: HashMap<String, Vec<Decided>>,
    made: HashMap<String, Vec<Action>>,
    /// By number.
    all: HashMap<i64, Action>,
}

impl Parts {
    fn of(
        notes: Vec<NoteRow>,
        n_notes: Vec<(String, i64)>,
        decisions: Vec<DecisionRow>,
        actions: Vec<Action>,
        review: &Review,
    ) -> Result<Parts> {
        let mut parts = Parts::default();
        for NoteRow { item, person, name, note, written_at } in notes {
            parts.notes.entry(item).or_default().push(Note { person, name, note, written_at });
        }
        for (item, n) in n_notes {
            parts.n_notes.insert(item, usize::try_from(n).unwrap_or(usize::MAX));
        }
        for DecisionRow { item, decision, reason, name, decided_at } in decisions {
            let decision = Decision::parse(&decision).ok_or_else(|| Error::Corrupt(decision))?;
            let decided = Decided { decision, reason, by: name, at: decided_at };
            parts.decisions.entry(item).or_default().push(decided);
        }
        for action in actions {
            if let Some(item) = item_of(&action, &review.circle, &review.id) {
                parts.made.entry(item.to_owned()).or_default().push(action.clone());
            }
            parts.all.insert(action.number.0, action);
        }
        for made in parts.made.values_mut() {
            made.sort_by_key(|action| action.number);
        }
        Ok(parts)
    }

    fn item(&mut self, row: ItemRow) -> Result<Item> {
        let why = serde_json::from_str(&row.why).map_err(|_| Error::Corrupt(row.why.clone()))?;
        let action = row.action.and_then(|number| self.all.get(&number).cloned());
        let (subject, title) = match (row.question, row.version, action) {
            (Some(id), Some(version), _) => (Subject::Question { id, version }, row.title),
            (_, _, Some(action)) => {
                let title = format!("{} {}", action.number, action.title);
                (Subject::Action(Box::new(action)), title)
            }
            _ => (Subject::Text, row.title),
        };
        Ok(Item {
            subject,
            title,
            why,
            notes: self.notes.remove(&row.id).unwrap_or_default(),
            n_notes: self.n_notes.remove(&row.id).unwrap_or_default(),
            decisions: self.decisions.remove(&row.id).unwrap_or_default(),
            actions: self.made.remove(&row.id).unwrap_or_default(),
            id: row.id,
        })
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    circle: String,
    round: String,
    round_name: String,
    state: String,
    planned_at: DateTime<Utc>,
    n_moved: i64,
    time_box: i64,
    item: Option<String>,
    item_since: Option<DateTime<Utc>>,
    revision: i64,
    changed_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    minutes: Option<String>,
    retest: Option<String>,
}

impl TryFrom<Row> for Review {
    type Error = Error;

    fn try_from(row: Row) -> Result<Review> {
        Ok(Review {
            state: State::parse(&row.state).ok_or_else(|| Error::Corrupt(row.state.clone()))?,
            id: row.id,
            circle: row.circle,
            round: row.round,
            round_name: row.round_name,
            planned_at: row.planned_at,
            n_moved: row.n_moved,
            time_box: TimeDelta::minutes(row.time_box),
            item: row.item,
            item_since: row.item_since,
            revision: row.revision,
            changed_at: row.changed_at,
            started_at: row.started_at,
            closed_at: row.closed_at,
            minutes: row.minutes,
            retest: row.retest,
        })
    }
}

#[derive(FromRow)]
struct PersonRow {
    person: String,
    name: String,
    because: String,
    came_at: Option<DateTime<Utc>>,
}

impl TryFrom<PersonRow> for Attendee {
    type Error = Error;

    fn try_from(row: PersonRow) -> Result<Attendee> {
        let because = Because::parse(&row.because).ok_or_else(|| Error::Corrupt(row.because))?;
        Ok(Attendee { person: row.person, name: row.name, because, came_at: row.came_at })
    }
}

#[derive(FromRow)]
struct ItemRow {
    id: String,
    question: Option<String>,
    version: Option<String>,
    action: Option<i64>,
    title: String,
    why: String,
}

#[derive(FromRow)]
struct NoteRow {
    item: String,
    person: String,
    name: String,
    note: String,
    written_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct DecisionRow {
    item: String,
    decision: String,
    reason: String,
    name: String,
    decided_at: DateTime<Utc>,
}
