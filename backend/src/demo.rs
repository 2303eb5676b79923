//! The demo circle: made-up people who sat real questions, to look around in.
//!
//! What they did they did through the use cases that people use, at instants in
//! the past: [`story`] tells it, [`engineer`] says what somebody of a given
//! ability answers, [`improving`] what they put right. [`removing`] takes all of
//! it away.

mod banks;
mod cast;
mod engineer;
mod improving;
mod in_own_words;
mod incidents;
mod learning;
mod marking;
mod removing;
mod runbooks;
mod services;
mod sitting;
#[cfg(test)]
mod stories;
mod story;

use chrono::{DateTime, Days, Utc};
use domain::people::Role;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::{FromRow, query_as, query_scalar};

use crate::attempts::finishing;
use crate::db::{Db, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{circles, setup};

pub use removing::{Contents, contents, remove};

/// The story is the same whenever it is told.
const SEED: u64 = 4;

/// Makes the demo circle, unless there is one; who may: see [`may_change`].
///
/// Whoever asks while it is being made waits until it is there. If something
/// goes wrong on the way, what was made is taken away again.
pub async fn make(db: &Db, who: Option<&Who>, now: DateTime<Utc>) -> Result<()> {
    // By today's clock the time of those who sit in the past is over.
    let _nobody_sweeps = finishing::SWEEPING.lock().await;
    if exists(db).await? {
        return Ok(());
    }
    refuse_unless_may(db, who).await?;
    let began = now.checked_sub_days(Days::new(story::BEGAN)).unwrap_or(now);
    let (circle, cast) = cast::assemble(db, began).await?;
    let mut rng = StdRng::seed_from_u64(SEED);
    let mut story = story::Story {
        db,
        circle: circle.clone(),
        cast,
        now: stored(now),
        rng: &mut rng,
        taught: Vec::new(),
    };
    let told = story.tell().await;
    if told.is_err() {
        removing::take_away(db, &circle, None).await?;
    }
    told
}

/// Whether the one who asks may make the demo circle, and remove it: anybody
/// until the installation is set up, then an administrator.
///
/// Not the leader of the demo: on an installation that is in use anybody can be
/// that leader, without a password, and would decide for everyone there.
pub async fn may_change(db: &Db, who: Option<&Who>) -> Result<bool> {
    Ok(who.is_some_and(|who| who.administrator) || !setup::is_set_up(db).await?)
}

/// To those who may not there is nothing to be made or removed.
async fn refuse_unless_may(db: &Db, who: Option<&Who>) -> Result<()> {
    if may_change(db, who).await? { Ok(()) } else { Err(Error::NotFound) }
}

/// Whether somebody was made up for a demo. Their mail is nobody's, so no real
/// person has such an address.
pub fn is_made_up(who: &Who) -> bool {
    is_mail_of_demo(&who.email)
}

/// Whether an address is one of those that are made up for a demo.
pub(crate) fn is_mail_of_demo(email: &str) -> bool {
    email.ends_with(cast::MAIL)
}

const SLUG: &str = "SELECT slug FROM circles WHERE is_demo ORDER BY created_at LIMIT 1";

/// The short name of the demo circle, if there is one.
pub async fn circle(db: &Db) -> Result<Option<String>> {
    Ok(on!(db.read(), |pool| query_scalar(SLUG).fetch_optional(pool).await?))
}

/// Whether there is a demo circle.
pub async fn exists(db: &Db) -> Result<bool> {
    Ok(circle(db).await?.is_some())
}

/// Somebody of the demo circle whom a visitor may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPerson {
    pub person: String,
    pub name: String,
    pub role: Role,
    /// Rounds that are open to them now, and not started.
    pub n_to_sit: i64,
    /// Attempts that they are in the middle of.
    pub n_sitting: i64,
    /// Attempts that are over.
    pub n_results: i64,
}

const DEMO_PEOPLE: &str = "
    SELECT p.id AS person, p.name, m.role,
           (SELECT count(*) FROM round_people g
            JOIN rounds r ON r.id = g.round
            WHERE g.person = p.id AND g.taken_out_at IS NULL AND r.circle = m.circle AND r.cancelled_at IS NULL
              AND r.opens_at <= $1 AND r.closes_at > $1
              AND (SELECT count(*) FROM attempts a WHERE a.round = r.id AND a.person = p.id) = 0) AS n_to_sit,
           (SELECT count(*) FROM attempts a
            WHERE a.circle = m.circle AND a.person = p.id AND a.finished_at IS NULL) AS n_sitting,
           (SELECT count(*) FROM attempts a
            WHERE a.circle = m.circle AND a.person = p.id AND a.finished_at IS NOT NULL) AS n_results
    FROM members m
    JOIN circles c ON c.slug = m.circle
    JOIN people p ON p.id = m.person
    WHERE c.is_demo AND m.left_at IS NULL AND p.disabled_at IS NULL AND p.password_hash IS NULL";

/// Whom a visitor may be, by name; empty where there is no demo circle.
pub async fn people(db: &Db, now: DateTime<Utc>) -> Result<Vec<DemoPerson>> {
    let rows: Vec<Row> =
        on!(db.read(), |pool| query_as(DEMO_PEOPLE).bind(stored(now)).fetch_all(pool).await?);
    let mut people = rows.into_iter().map(DemoPerson::try_from).collect::<Result<Vec<_>>>()?;
    people.sort_by_cached_key(|person| person.name.to_lowercase());
    Ok(people)
}

#[derive(FromRow)]
struct Row {
    person: String,
    name: String,
    role: String,
    n_to_sit: i64,
    n_sitting: i64,
    n_results: i64,
}

impl TryFrom<Row> for DemoPerson {
    type Error = Error;

    fn try_from(row: Row) -> Result<DemoPerson> {
        Ok(DemoPerson {
            role: circles::role(&row.role)?,
            person: row.person,
            name: row.name,
            n_to_sit: row.n_to_sit,
            n_sitting: row.n_sitting,
            n_results: row.n_results,
        })
    }
}
