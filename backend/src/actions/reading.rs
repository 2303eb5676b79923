//! Actions out of the database.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::action::{
    Effect, Fixes, How, Number, Origin, OriginKind, Severity, State, day_in, working_days_between,
};
use domain::people::Role;
use sqlx::{FromRow, query_as, query_scalar};

use super::{Action, Change, Detail, Event, EventKind, Owner, Task, effect};
use crate::circles::Member;
use crate::db::{Db, on};
use crate::error::{Error, Result};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.number, a.title, a.origin, a.origin_ref, a.fixes, a.how, a.severity,
                    a.owner, p.name AS owner_name,
                    (m.person IS NOT NULL AND p.disabled_at IS NULL) AS owner_is_there,
                    a.assigned_at, a.assign_by, a.done_by, a.proof, a.state, a.revision,
                    maker.name AS made_by, a.made_at, a.changed_at, a.closed_at,
                    a.description, a.done_when,
                    (SELECT count(*) FROM action_tasks t WHERE t.action = a.id) AS n_tasks,
                    (SELECT count(*) FROM action_questions q WHERE q.action = a.id) AS n_questions,
                    (SELECT count(*) FROM action_tasks t WHERE t.action = a.id AND t.is_ticked) AS n_ticked,
                    (SELECT max(e.happened_at) FROM action_events e
                     WHERE e.action = a.id AND a.state = 'in_progress'
                       AND (e.kind = 'comment' AND e.person = a.owner
                            OR e.kind = 'moved' AND e.state = 'in_progress')) AS told_at
             FROM actions a
             JOIN people maker ON maker.id = a.made_by
             LEFT JOIN people p ON p.id = a.owner
             LEFT JOIN members m ON m.circle = a.circle AND m.person = a.owner
                                AND m.left_at IS NULL AND m.role <> 'reader' ",
            $rest
        )
    };
}

const OF_CIRCLE: &str = select!("WHERE a.circle = $1");

const LABELS: &str = "
    SELECT l.action, l.label
    FROM action_labels l
    JOIN actions a ON a.id = l.action
    WHERE a.circle = $1
    ORDER BY l.label";

/// Every action of a circle, in no order.
pub(super) async fn of_circle(db: &Db, member: &Member, now: DateTime<Utc>) -> Result<Vec<Action>> {
    let circle = &member.circle;
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(OF_CIRCLE).bind(circle).fetch_all(pool).await?);
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let labels: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(LABELS).bind(circle).fetch_all(pool).await?);
    let mut by_action: HashMap<String, Vec<String>> = HashMap::new();
    for (action, label) in labels {
        by_action.entry(action).or_default().push(label);
    }
    let leads = member.role == Role::Leader;
    let mut effects = if leads { effect::of_circle(db, circle).await? } else { HashMap::new() };
    let read = |row: Row| {
        let labels = by_action.remove(&row.id).unwrap_or_default();
        let mut action = row.read(labels, member, now)?;
        action.effect =
            (leads && may_have_effect(&action)).then(|| effects.remove(&action.id).unwrap_or_default());
        Ok(action)
    };
    rows.into_iter().map(read).collect()
}

const OF_REVIEW: &str = select!(
    "WHERE a.circle = $1
       AND (a.origin_ref IN (SELECT $3 || i.id FROM review_items i WHERE i.review = $2)
            OR a.number IN (SELECT i.action FROM review_items i WHERE i.review = $2))"
);

/// The actions of a review, in no order, without labels and effect.
pub(super) async fn of_review(
    db: &Db,
    member: &Member,
    review: &str,
    origin: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Action>> {
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(OF_REVIEW)
        .bind(&member.circle)
        .bind(review)
        .bind(origin)
        .fetch_all(pool)
        .await?);
    rows.into_iter().map(|row| row.read(Vec::new(), member, now)).collect()
}

fn may_have_effect(action: &Action) -> bool {
    action.n_questions > 0 && action.is_called_done()
}

const ONE: &str = select!("WHERE a.circle = $1 AND a.number = $2");

const LABELS_OF: &str = "SELECT label FROM action_labels WHERE action = $1 ORDER BY label";

const TASKS: &str = "SELECT n, task, is_ticked FROM action_tasks WHERE action = $1 ORDER BY n";

const QUESTIONS: &str = "SELECT question FROM action_questions WHERE action = $1 ORDER BY question";

const EVENTS: &str = "
    SELECT e.action, e.turn, e.kind, e.state, e.note, e.changes, p.name AS person, e.happened_at
    FROM action_events e
    JOIN people p ON p.id = e.person
    WHERE e.action = $1
    ORDER BY e.turn";

/// One action, for a member who is known to be one.
pub(super) async fn detail(db: &Db, member: Member, number: Number, now: DateTime<Utc>) -> Result<Detail> {
    let row: Option<Row> =
        on!(db.read(), |pool| query_as(ONE).bind(&member.circle).bind(number.0).fetch_optional(pool).await?);
    let mut row = row.ok_or(Error::NotFound)?;
    let id = row.id.clone();
    let labels: Vec<String> =
        on!(db.read(), |pool| query_scalar(LABELS_OF).bind(&id).fetch_all(pool).await?);
    let tasks: Vec<(i64, String, bool)> =
        on!(db.read(), |pool| query_as(TASKS).bind(&id).fetch_all(pool).await?);
    let questions: Vec<String> =
        on!(db.read(), |pool| query_scalar(QUESTIONS).bind(&id).fetch_all(pool).await?);
    let events: Vec<EventRow> = on!(db.read(), |pool| query_as(EVENTS).bind(&id).fetch_all(pool).await?);
    let leads = member.role == Role::Leader;
    let mut kept = effect::kept(db, &id).await?;
    kept.retain(|_, effect| leads || is_nameless(*effect));
    let (description, done_when) = (std::mem::take(&mut row.description), std::mem::take(&mut row.done_when));
    let mut action = row.read(labels, &member, now)?;
    let mut by_question = Vec::new();
    if leads && may_have_effect(&action) {
        action.effect = Some(effect::of_action(db, &id).await?);
        let mut effects = effect::by_question(db, &id).await?;
        let one = |question: &String| (question.clone(), effects.remove(question).unwrap_or_default());
        by_question = questions.iter().map(one).collect();
    }
    let mut events = events.into_iter().map(EventRow::read).collect::<Result<Vec<_>>>()?;
    for event in &mut events {
        event.effect = kept.remove(&event.turn);
    }
    Ok(Detail {
        today: day_in(now, &member.circle_zone),
        action,
        description,
        done_when,
        tasks: tasks.into_iter().map(|(n, text, is_ticked)| Task { n, text, is_ticked }).collect(),
        questions,
        by_question,
        events,
        member,
    })
}

/// Whether so many people stand behind either figure that none of them is seen.
fn is_nameless(effect: Effect) -> bool {
    [effect.before, effect.after].iter().all(|side| side.n_people >= effect::NAMELESS_FROM)
}

const NEWEST_COMMENTS: &str = "
    SELECT e.action, e.turn, e.kind, e.state, e.note, e.changes, p.name AS person, e.happened_at
    FROM action_events e
    JOIN actions a ON a.id = e.action
    JOIN people p ON p.id = e.person
    WHERE a.circle = $1 AND a.state = 'in_progress'
      AND e.turn = (SELECT max(c.turn) FROM action_events c WHERE c.action = e.action AND c.kind = 'comment')";

/// The newest comment on each action that is in progress, by the action's id.
pub(super) async fn newest_comments(db: &Db, circle: &str) -> Result<HashMap<String, Event>> {
    let rows: Vec<EventRow> =
        on!(db.read(), |pool| query_as(NEWEST_COMMENTS).bind(circle).fetch_all(pool).await?);
    rows.into_iter().map(|row| Ok((row.action.clone(), row.read()?))).collect()
}

/// A day back from the database.
pub(super) fn day(text: &str) -> Result<NaiveDate> {
    text.parse().map_err(|_| Error::Corrupt(format!("day {text:?}")))
}

#[derive(FromRow)]
struct Row {
    id: String,
    number: i64,
    title: String,
    origin: String,
    origin_ref: String,
    fixes: String,
    how: String,
    severity: i64,
    owner: Option<String>,
    owner_name: Option<String>,
    owner_is_there: bool,
    assigned_at: Option<DateTime<Utc>>,
    assign_by: String,
    done_by: String,
    proof: String,
    state: String,
    revision: i64,
    made_by: String,
    made_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    description: String,
    done_when: String,
    n_tasks: i64,
    n_ticked: i64,
    n_questions: i64,
    told_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self, labels: Vec<String>, member: &Member, now: DateTime<Utc>) -> Result<Action> {
        let zone = &member.circle_zone;
        let today = day_in(now, zone);
        let is_there = self.owner_is_there;
        let owner = self.owner.zip(self.owner_name);
        let silent = self.told_at.map(|told_at| working_days_between(day_in(told_at, zone), today));
        let mut action = Action {
            id: self.id,
            number: Number(self.number),
            title: self.title,
            state: word(State::parse, &self.state)?,
            severity: Severity::new(self.severity)
                .ok_or_else(|| Error::Corrupt(format!("severity {}", self.severity)))?,
            fixes: word(Fixes::parse, &self.fixes)?,
            how: word(How::parse, &self.how)?,
            origin: Origin { kind: word(OriginKind::parse, &self.origin)?, reference: self.origin_ref },
            labels,
            owner: owner.map(|(person, name)| Owner { person, name, is_there }),
            assigned_at: self.assigned_at,
            assign_by: day(&self.assign_by)?,
            done_by: day(&self.done_by)?,
            proof: self.proof,
            n_tasks: self.n_tasks,
            n_ticked: self.n_ticked,
            made_by: self.made_by,
            made_at: self.made_at,
            changed_at: self.changed_at,
            closed_at: self.closed_at,
            revision: self.revision,
            late: None,
            is_due_soon: false,
            n_silent_days: silent.unwrap_or(0),
            n_questions: self.n_questions,
            effect: None,
        };
        action.note_clocks(today);
        Ok(action)
    }
}

fn word<T>(parse: fn(&str) -> Option<T>, text: &str) -> Result<T> {
    parse(text).ok_or_else(|| Error::Corrupt(format!("word of an action {text:?}")))
}

#[derive(FromRow)]
struct EventRow {
    action: String,
    turn: i64,
    kind: String,
    state: String,
    note: String,
    changes: String,
    person: String,
    happened_at: DateTime<Utc>,
}

impl EventRow {
    fn read(self) -> Result<Event> {
        let changes: Vec<(String, String, String)> =
            serde_json::from_str(&self.changes).map_err(|_| Error::Corrupt(self.changes.clone()))?;
        Ok(Event {
            turn: self.turn,
            kind: word(EventKind::parse, &self.kind)?,
            state: word(State::parse, &self.state)?,
            note: self.note,
            changes: changes.into_iter().map(|(field, was, is)| Change { field, was, is }).collect(),
            person: self.person,
            happened_at: self.happened_at,
            effect: None,
        })
    }
}

impl EventKind {
    const ALL: [EventKind; 6] = [
        EventKind::Made,
        EventKind::Moved,
        EventKind::Edited,
        EventKind::Comment,
        EventKind::Ticked,
        EventKind::Unticked,
    ];

    /// As it is stored.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            EventKind::Made => "made",
            EventKind::Moved => "moved",
            EventKind::Edited => "edited",
            EventKind::Comment => "comment",
            EventKind::Ticked => "ticked",
            EventKind::Unticked => "unticked",
        }
    }

    fn parse(text: &str) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
