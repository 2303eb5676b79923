//! Corrective actions: what a circle has decided to put right.
//!
//! Members see all of their circle's and comment on them. Engineers and
//! leaders make them, the owner and the leaders work on them, and a leader
//! decides whether one is done, is not done at all, and has helped. Whatever
//! an action comes from, [`making::make`] makes it.

pub mod calendars;
pub mod clocks;
mod effect;
pub mod making;
pub mod moving;
mod once;
mod reading;
#[cfg(test)]
mod stories;

use chrono::{DateTime, NaiveDate, Utc};
use domain::action::{
    Closed, Effect, Fixes, Flow, How, Late, Number, Origin, Proposal, Running, Severity, Standing, State,
    day_in, due_soon,
};
use domain::people::Role;

use crate::circles::{self, Member, MemberOf};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::people::Who;

/// An action as it stands in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub id: String,
    pub number: Number,
    pub title: String,
    pub state: State,
    pub severity: Severity,
    pub fixes: Fixes,
    pub how: How,
    pub origin: Origin,
    pub labels: Vec<String>,
    pub owner: Option<Owner>,
    pub assigned_at: Option<DateTime<Utc>>,
    /// The last days, by the circle's calendar.
    pub assign_by: NaiveDate,
    pub done_by: NaiveDate,
    /// A link or a text; empty while there is none.
    pub proof: String,
    pub n_tasks: i64,
    pub n_ticked: i64,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    /// Counts its edits.
    pub revision: i64,
    pub late: Option<Late>,
    pub is_due_soon: bool,
    /// Working days that passed without a word of its owner while it is in
    /// progress. The day on which it was begun counts as one with a word.
    pub n_silent_days: u32,
    /// How many questions it came from.
    pub n_questions: i64,
    /// What the answers to them say, where it is done and a leader asks.
    pub effect: Option<Effect>,
}

/// Whose an action is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub person: String,
    pub name: String,
    /// Still somebody who works in the circle.
    pub is_there: bool,
}

impl Action {
    /// What somebody is to it.
    pub fn standing(&self, member: &Member) -> Standing {
        let owns = self.owner.as_ref().is_some_and(|owner| owner.person == member.person);
        // Who reads only may have been an engineer once.
        Standing { leads: member.role == Role::Leader, owns: owns && member.role != Role::Reader }
    }

    /// Somebody who is there to do it.
    pub fn is_owned(&self) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.is_there)
    }

    /// Whether it is called done although nothing shows that it is.
    pub fn is_done_without_proof(&self) -> bool {
        self.is_called_done() && self.proof.is_empty()
    }

    /// What the answers to its questions propose.
    pub fn proposal(&self) -> Option<Proposal> {
        self.effect.map(Effect::proposal)
    }

    /// Whether a leader could decide now if it has helped, and has not.
    pub fn is_to_judge(&self) -> bool {
        self.state == State::Done && self.proposal().is_some_and(Proposal::is_judgeable)
    }

    fn is_called_done(&self) -> bool {
        matches!(self.state, State::Done | State::EffectSeen | State::NoEffect)
    }

    /// What is counted of it.
    pub fn flow(&self, member: &Member) -> Flow {
        let day = |at: DateTime<Utc>| day_in(at, &member.circle_zone);
        let closed = |at| Closed { on: day(at), is_done: self.state != State::WontDo };
        Flow { made_on: day(self.made_at), done_by: self.done_by, closed: self.closed_at.map(closed) }
    }

    fn note_clocks(&mut self, today: NaiveDate) {
        let running = Running {
            state: self.state,
            is_owned: self.is_owned(),
            assign_by: self.assign_by,
            done_by: self.done_by,
        };
        self.late = running.late(today);
        self.is_due_soon = self.state.is_unfinished() && due_soon(self.done_by, today);
    }
}

/// The actions of a circle, those to be done first, by the day they are due.
#[derive(Debug, Clone)]
pub struct Actions {
    pub member: Member,
    /// By the circle's calendar.
    pub today: NaiveDate,
    pub all: Vec<Action>,
}

/// Every action of a circle, for its members.
pub async fn of_circle(db: &Db, who: &Who, circle: &str, now: DateTime<Utc>) -> Result<Actions> {
    let member = circles::member(db, who, circle).await?;
    let today = day_in(now, &member.circle_zone);
    let mut all = reading::of_circle(db, &member, now).await?;
    all.sort_by_key(|action| (action.state.stage(), action.done_by, action.number));
    Ok(Actions { member, today, all })
}

/// The actions that a review shows, in no order: those that were made at its
/// items, whose addresses begin with `origin`, and those on its agenda. As much
/// of each as stands in a line: without labels and effect.
pub(crate) async fn of_review(
    db: &Db,
    member: &Member,
    review: &str,
    origin: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Action>> {
    reading::of_review(db, member, review, origin, now).await
}

/// One action with all there is to say about it.
#[derive(Debug, Clone)]
pub struct Detail {
    pub member: Member,
    pub today: NaiveDate,
    pub action: Action,
    pub description: String,
    pub done_when: String,
    pub tasks: Vec<Task>,
    /// Ids of the questions that it came from.
    pub questions: Vec<String>,
    /// Its effect question by question, for a leader; empty before it is done.
    pub by_question: Vec<(String, Effect)>,
    /// What happened, in that order.
    pub events: Vec<Event>,
}

/// One task on the checklist, by its place from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub n: i64,
    pub text: String,
    pub is_ticked: bool,
}

/// One thing that happened to an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub turn: i64,
    pub kind: EventKind,
    /// The state after it.
    pub state: State,
    /// A comment, a reason, the words of a task.
    pub note: String,
    pub changes: Vec<Change>,
    /// The name of the one who did it.
    pub person: String,
    pub happened_at: DateTime<Utc>,
    /// The figures with which it was decided whether it has helped: for leaders,
    /// and for others where five people or more stand behind each.
    pub effect: Option<Effect>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    Made,
    Moved,
    Edited,
    Comment,
    Ticked,
    Unticked,
}

/// What an edit did to one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// As a person reads it: "Done by".
    pub field: String,
    pub was: String,
    pub is: String,
}

/// One action of a circle, for its members.
pub async fn find(db: &Db, who: &Who, circle: &str, number: Number, now: DateTime<Utc>) -> Result<Detail> {
    let member = circles::member(db, who, circle).await?;
    reading::detail(db, member, number, now).await
}

/// What the one who asks has to do: in progress first, then by the day it is
/// due.
pub async fn mine(db: &Db, who: &Who, circle: &str, now: DateTime<Utc>) -> Result<Vec<Action>> {
    let Actions { member, mut all, .. } = of_circle(db, who, circle, now).await?;
    all.retain(|action| action.state.is_unfinished() && action.standing(&member).owns);
    all.sort_by_key(|action| (action.state != State::InProgress, action.done_by, action.number));
    Ok(all)
}

/// What waits for a leader.
#[derive(Debug, Clone, Default)]
pub struct Escalated {
    /// Past its date, and nobody has answered for it; the longest first.
    pub late: Vec<Action>,
    /// Sent to review.
    pub in_review: Vec<Action>,
    /// Done, and answered about often enough to tell whether it has helped.
    pub to_judge: Vec<Action>,
}

/// What waits for the leaders of a circle.
pub async fn escalated(db: &Db, who: &Who, circle: &str, now: DateTime<Utc>) -> Result<Escalated> {
    circles::leader(db, who, circle).await?;
    let all = of_circle(db, who, circle, now).await?.all;
    let in_review = all.iter().filter(|action| action.state == State::InReview).cloned().collect();
    let to_judge = all.iter().filter(|action| action.is_to_judge()).cloned().collect();
    let is_escalated = |action: &Action| action.late.is_some_and(|late| late.is_escalated);
    let mut late: Vec<Action> = all.into_iter().filter(is_escalated).collect();
    late.sort_by_key(|action| (action.late.map(|late| late.by), action.number));
    Ok(Escalated { late, in_review, to_judge })
}

/// One person at stand-up.
#[derive(Debug, Clone)]
pub struct AtStandUp {
    pub person: String,
    pub name: String,
    /// With the newest comment on it, whoever made it.
    pub in_progress: Option<(Action, Option<Event>)>,
    /// The others that are due soon or late.
    pub due: Vec<Action>,
}

/// What a stand-up goes through: everybody who works in the circle by name,
/// what nobody owns, and whose effect is to be judged.
#[derive(Debug, Clone)]
pub struct StandUp {
    pub member: Member,
    pub today: NaiveDate,
    pub people: Vec<AtStandUp>,
    pub unowned: Vec<Action>,
    /// Whose effect can be judged; empty for who does not lead.
    pub to_judge: Vec<Action>,
}

/// The stand-up of a circle, for its members.
pub async fn stand_up(db: &Db, who: &Who, circle: &str, now: DateTime<Utc>) -> Result<StandUp> {
    let Actions { member, today, mut all } = of_circle(db, who, circle, now).await?;
    let to_judge = all.iter().filter(|action| action.is_to_judge()).cloned().collect();
    all.retain(|action| action.state.is_unfinished());
    let mut comments = reading::newest_comments(db, circle).await?;
    let mut people = Vec::new();
    for one in workers(db, who, circle).await? {
        let of_one = |action: &&Action| action.owner.as_ref().is_some_and(|owner| owner.person == one.person);
        let own: Vec<&Action> = all.iter().filter(of_one).collect();
        let in_progress = own.iter().find(|action| action.state == State::InProgress);
        let in_progress = in_progress.map(|action| ((*action).clone(), comments.remove(&action.id)));
        let is_due = |action: &&Action| action.is_due_soon || action.late.is_some();
        let others = own.into_iter().filter(|action| action.state != State::InProgress).filter(is_due);
        let due = others.cloned().collect();
        people.push(AtStandUp { person: one.person, name: one.name, in_progress, due });
    }
    let unowned = all.into_iter().filter(|action| !action.is_owned()).collect();
    Ok(StandUp { member, today, people, unowned, to_judge })
}

/// Who may own an action: the engineers and leaders of the circle, by name.
pub async fn workers(db: &Db, who: &Who, circle: &str) -> Result<Vec<MemberOf>> {
    Ok(workers_of(circles::members(db, who, circle).await?))
}

/// Those of a circle's members who may own an action.
pub fn workers_of(mut members: Vec<MemberOf>) -> Vec<MemberOf> {
    members.retain(|one| one.role != Role::Reader && !one.disabled);
    members
}

/// The one who asks, where an engineer or a leader is needed.
pub(crate) async fn worker(db: &Db, who: &Who, circle: &str) -> Result<Member> {
    let member = circles::member(db, who, circle).await?;
    if member.role == Role::Reader { Err(Error::NotFound) } else { Ok(member) }
}
