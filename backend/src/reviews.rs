//! Reviews: the meeting about the results of a round.
//!
//! One opens by itself when the results are ready. Its agenda is proposed by a
//! rule and changed by leaders; who was in the round, the leaders and whoever
//! was invited attend. To others it does not exist. What is said and decided is
//! added, never edited.

pub mod agenda;
pub mod answers;
pub mod closing;
pub mod feedback;
mod figures;
pub mod holding;
mod minutes;
pub mod opening;
mod reading;
mod retest;
#[cfg(test)]
mod stories;

use chrono::{DateTime, TimeDelta, Utc};
use domain::action::OriginKind;
use domain::agenda::{Decision, Why};
use domain::calendar::Meeting;
use domain::people::Role;
use sqlx::{FromRow, query_as, query_scalar};

use crate::actions::Action;
use crate::audit;
use crate::circles::{self, Member};
use crate::db::{Db, Tx, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;

pub use retest::Retest;

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Planned,
    InProgress,
    Closed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::InProgress => "in_progress",
            State::Closed => "closed",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            State::Planned => "Planned",
            State::InProgress => "In progress",
            State::Closed => "Closed",
        }
    }

    pub fn parse(text: &str) -> Option<State> {
        [State::Planned, State::InProgress, State::Closed].into_iter().find(|state| state.as_str() == text)
    }
}

/// A review as it stands in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub id: String,
    pub circle: String,
    pub round: String,
    pub round_name: String,
    pub state: State,
    pub planned_at: DateTime<Utc>,
    /// How often that was changed.
    pub n_moved: i64,
    /// How long is meant for each item.
    pub time_box: TimeDelta,
    /// What everybody looks at, and since when; `None` before it begins.
    pub item: Option<String>,
    pub item_since: Option<DateTime<Utc>>,
    /// Counts up with everything that happens.
    pub revision: i64,
    pub changed_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    /// Markdown; once closed.
    pub minutes: Option<String>,
    /// The round that asks again what was missed.
    pub retest: Option<String>,
}

/// Somebody who is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    pub person: String,
    pub name: String,
    pub because: Because,
    pub came_at: Option<DateTime<Utc>>,
}

/// Why somebody is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    Taker,
    Leader,
    Invited,
}

impl Because {
    pub fn title(self) -> &'static str {
        match self {
            Because::Taker => "Was in the round",
            Because::Leader => "Leads the circle",
            Because::Invited => "Invited",
        }
    }

    fn parse(text: &str) -> Option<Because> {
        match text {
            "taker" => Some(Because::Taker),
            "leader" => Some(Because::Leader),
            "invited" => Some(Because::Invited),
            _ => None,
        }
    }
}

/// One thing on the agenda.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: String,
    pub subject: Subject,
    /// The first line of a question, the title of an action, or what it is
    /// about.
    pub title: String,
    /// Nothing, where [`Found::hides_why`].
    pub why: Why,
    /// In the order they were written; only of the items that were looked at,
    /// see [`find_at`].
    pub notes: Vec<Note>,
    /// How many notes there are, looked at or not.
    pub n_notes: usize,
    /// In the order they were taken; the newest stands.
    pub decisions: Vec<Decided>,
    /// What was made here, as far as an action stands in a line: without labels
    /// and effect.
    pub actions: Vec<Action>,
}

impl Item {
    pub fn decision(&self) -> Option<&Decided> {
        self.decisions.last()
    }

    pub fn is_question(&self) -> bool {
        matches!(self.subject, Subject::Question { .. })
    }

    /// Nothing was written or made here.
    pub fn is_bare(&self) -> bool {
        self.n_notes == 0 && self.decisions.is_empty() && self.actions.is_empty()
    }

    /// A question that nobody has decided about.
    pub fn is_undecided(&self) -> bool {
        self.is_question() && self.decisions.is_empty()
    }
}

/// What an item is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    Question {
        id: String,
        version: String,
    },
    /// An action of an earlier review, as it stands now.
    Action(Box<Action>),
    Text,
}

/// What one person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub person: String,
    pub name: String,
    pub note: String,
    pub written_at: DateTime<Utc>,
}

/// One decision about a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub decision: Decision,
    pub reason: String,
    /// The name of the one who wrote it down.
    pub by: String,
    pub at: DateTime<Utc>,
}

/// A review with all there is to it, for one who attends.
#[derive(Debug, Clone)]
pub struct Found {
    pub member: Member,
    pub review: Review,
    /// By name.
    pub people: Vec<Attendee>,
    /// In the order of the agenda.
    pub items: Vec<Item>,
    /// Whether why things are on the agenda is kept from the one who asks: a
    /// review that has not begun tells its takers no more than their results do.
    pub hides_why: bool,
}

impl Found {
    pub fn leads(&self) -> bool {
        self.member.role == Role::Leader
    }

    /// The place of the item that everybody looks at, from 0.
    pub fn current(&self) -> Option<usize> {
        let current = self.review.item.as_deref()?;
        self.items.iter().position(|item| item.id == current)
    }

    /// Every action that was made here.
    pub fn actions(&self) -> impl Iterator<Item = (&Item, &Action)> {
        self.items.iter().flat_map(|item| item.actions.iter().map(move |action| (item, action)))
    }

    /// The one who asks, as an attendee; a leader of the circle may be none.
    pub fn me(&self) -> Option<&Attendee> {
        self.people.iter().find(|one| one.person == self.member.person)
    }

    /// What a calendar takes in. `public_url` begins the address.
    pub fn meeting(&self, public_url: &str) -> Meeting {
        let review = &self.review;
        let n = i32::try_from(self.items.len().max(1)).unwrap_or(i32::MAX);
        // A day has an end.
        let length = review.time_box.checked_mul(n).unwrap_or(TimeDelta::hours(8)).min(TimeDelta::hours(8));
        let path = path_of(&review.circle, &review.id);
        Meeting {
            uid: format!("{}@muster", review.id),
            sequence: review.n_moved,
            begins_at: review.planned_at,
            ends_at: review.planned_at + length,
            summary: format!("Review of {}", review.round_name),
            description: format!(
                "{} on the agenda. Held at {public_url}{path}",
                if self.items.len() == 1 {
                    "1 item".to_owned()
                } else {
                    format!("{} items", self.items.len())
                }
            ),
            url: format!("{public_url}{path}"),
            changed_at: review.changed_at,
        }
    }
}

/// The address of a review's page.
pub fn path_of(circle: &str, review: &str) -> String {
    format!("/circles/{circle}/reviews/{review}")
}

/// What the actions that are made at an item say they come from: an address.
pub fn origin_of(circle: &str, review: &str, item: &str) -> String {
    format!("{}?item={item}", path_of(circle, review))
}

/// The item of this review that an action comes from.
fn item_of<'a>(action: &'a Action, circle: &str, review: &str) -> Option<&'a str> {
    if action.origin.kind != OriginKind::ReviewItem {
        return None;
    }
    action.origin.reference.strip_prefix(&origin_of(circle, review, ""))
}

/// The reviews of a circle that the one who asks may attend, the newest first;
/// the last 200.
pub async fn list(db: &Db, who: &Who, circle: &str) -> Result<Vec<Review>> {
    let member = circles::member(db, who, circle).await?;
    reading::of_circle(db, &member).await
}

/// A review with all there is to it, for whoever attends it.
pub async fn find(db: &Db, who: &Who, circle: &str, review: &str, now: DateTime<Utc>) -> Result<Found> {
    let member = circles::member(db, who, circle).await?;
    reading::found(db, member, review, Look::AtAll, now).await
}

/// The same with the notes of one item alone: the one that is asked for, or
/// else the one that everybody looks at. It is what the page of a meeting shows,
/// which all ask for whenever something happens.
pub async fn find_at(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    item: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Found> {
    let member = circles::member(db, who, circle).await?;
    reading::found(db, member, review, Look::At(item), now).await
}

/// Whose notes are read.
#[derive(Debug, Clone, Copy)]
enum Look<'a> {
    AtAll,
    At(Option<&'a str>),
}

/// A review and the one who asks: as much as a change of it needs.
struct Attended {
    member: Member,
    review: Review,
}

/// A review, for whoever attends it.
async fn attended(db: &Db, who: &Who, circle: &str, review: &str) -> Result<Attended> {
    let member = circles::member(db, who, circle).await?;
    let review = reading::one(db, &member, review).await?;
    Ok(Attended { member, review })
}

/// A review, for a leader.
async fn led(db: &Db, who: &Who, circle: &str, review: &str) -> Result<Review> {
    let Attended { member, review } = attended(db, who, circle, review).await?;
    if member.role == Role::Leader { Ok(review) } else { Err(Error::NotFound) }
}

/// The review of a round, for whoever may attend it.
pub async fn of_round(db: &Db, who: &Who, circle: &str, round: &str) -> Result<Option<Review>> {
    let member = circles::member(db, who, circle).await?;
    reading::of_round(db, &member, round).await
}

/// How far a review is, for whoever attends it: what followers ask again and
/// again.
pub async fn revision(db: &Db, who: &Who, circle: &str, review: &str) -> Result<i64> {
    let member = circles::member(db, who, circle).await?;
    Ok(reading::one(db, &member, review).await?.revision)
}

const SHOWS: &str = "
    SELECT count(*)
    FROM review_items i
    JOIN reviews v ON v.id = i.review
    JOIN review_people p ON p.review = v.id
    WHERE v.circle = $1 AND v.state <> 'planned' AND p.person = $2
      AND i.question = $3 AND i.version = $4 AND i.removed_at IS NULL";

/// Whether a review that has begun, and that the one who asks attends, talks
/// about this version of a question. Who asks must be known to be a member.
pub(crate) async fn shows(db: &Db, who: &Who, circle: &str, question: &str, version: &str) -> Result<bool> {
    let n: i64 = on!(db.read(), |pool| query_scalar(SHOWS)
        .bind(circle)
        .bind(&who.person)
        .bind(question)
        .bind(version)
        .fetch_one(pool)
        .await?);
    Ok(n > 0 && !answers::sits(db, who, circle, question).await?)
}

const TOUCH: &str = "
    UPDATE reviews SET revision = revision + 1, changed_at = $3
    WHERE circle = $1 AND id = $2
    RETURNING revision";

/// The first statement of everything that happens to a review: nobody else
/// changes it until it is committed. Returns its revision after it.
async fn touch(tx: &mut Tx, review: &Review, now: DateTime<Utc>) -> Result<i64> {
    let Review { id, circle, .. } = review;
    let revision: Option<i64> = on!(&mut *tx, |tx| query_scalar(TOUCH)
        .bind(circle)
        .bind(id)
        .bind(stored(now))
        .fetch_optional(&mut **tx)
        .await?);
    revision.ok_or(Error::NotFound)
}

const STATE: &str = "SELECT state FROM reviews WHERE id = $1";

/// While anything may be added.
const OPEN: [State; 2] = [State::Planned, State::InProgress];

/// The same, where the review has to be in one of these states.
async fn touch_in(tx: &mut Tx, review: &Review, states: &[State], now: DateTime<Utc>) -> Result<i64> {
    let revision = touch(tx, review, now).await?;
    let state: String = on!(&mut *tx, |tx| query_scalar(STATE).bind(&review.id).fetch_one(&mut **tx).await?);
    let state = State::parse(&state).ok_or_else(|| Error::Corrupt(state))?;
    if states.contains(&state) {
        return Ok(revision);
    }
    let what = match state {
        State::Planned => "This review has not begun.",
        State::InProgress => "This review has begun meanwhile.",
        State::Closed => "This review is closed.",
    };
    Err(Error::refused("", what))
}

/// What a leader did is in the log of the circle; what was written and decided
/// stands in the review as well.
async fn record(
    tx: &mut Tx,
    who: &Who,
    review: &Review,
    what: &str,
    about: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let subject = format!("{}: {about}", review.round_name);
    audit::record(tx, Some(&review.circle), Some(&who.person), what, &subject, now).await
}

/// An item as it stands while nobody else changes its review.
#[derive(FromRow)]
struct ItemNow {
    question: Option<String>,
    title: String,
    is_removed: bool,
    is_current: bool,
    n_written: i64,
    n_actions: i64,
}

const ITEM_NOW: &str = "
    SELECT i.question, i.title, (i.removed_at IS NOT NULL) AS is_removed, (coalesce(v.item, '') = i.id) AS is_current,
           (SELECT count(*) FROM review_notes o WHERE o.item = i.id)
           + (SELECT count(*) FROM review_decisions d WHERE d.item = i.id) AS n_written,
           (SELECT count(*) FROM actions a WHERE a.circle = v.circle AND a.origin_ref = $3) AS n_actions
    FROM review_items i
    JOIN reviews v ON v.id = i.review
    WHERE i.review = $1 AND i.id = $2";

/// An item of a review that was touched; one that was taken off the agenda is
/// refused at `field`.
async fn item_now(tx: &mut Tx, review: &Review, item: &str, field: &str) -> Result<ItemNow> {
    let Review { id, circle, .. } = review;
    let now: Option<ItemNow> = on!(tx, |tx| query_as(ITEM_NOW)
        .bind(id)
        .bind(item)
        .bind(origin_of(circle, id, item))
        .fetch_optional(&mut **tx)
        .await?);
    match now {
        None => Err(Error::NotFound),
        Some(now) if now.is_removed => {
            let typed = if field.is_empty() { "" } else { " What you typed is still here." };
            Err(Error::refused(field, format!("This was taken off the agenda meanwhile.{typed}")))
        }
        Some(now) => Ok(now),
    }
}
