//! Calendars of due dates at secret addresses, which programs read without
//! signing in. An address can be revoked, and ends with the membership of
//! whoever made it.

use chrono::{DateTime, Utc};
use domain::calendar::Event;
use rand::RngCore;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::{Action, reading};
use crate::circles::{self, Member};
use crate::db::{Db, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{audit, token};

/// Which actions a calendar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// Those of whoever made the address.
    Mine,
    /// All of the circle.
    Circle,
}

impl Shows {
    pub const ALL: [Shows; 2] = [Shows::Mine, Shows::Circle];

    pub fn as_str(self) -> &'static str {
        match self {
            Shows::Mine => "mine",
            Shows::Circle => "circle",
        }
    }

    pub fn parse(text: &str) -> Option<Shows> {
        Shows::ALL.into_iter().find(|shows| shows.as_str() == text)
    }
}

/// An address that somebody has made; nobody can read it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    pub id: String,
    pub shows: Shows,
    pub made_at: DateTime<Utc>,
}

const MINE: &str = "
    SELECT id, shows, made_at
    FROM calendar_feeds
    WHERE circle = $1 AND person = $2 AND revoked_at IS NULL
    ORDER BY made_at, id";

/// The addresses that the one who asks has in a circle, the oldest first.
pub async fn of_person(db: &Db, who: &Who, circle: &str) -> Result<Vec<Feed>> {
    circles::member(db, who, circle).await?;
    let rows: Vec<(String, String, DateTime<Utc>)> =
        on!(db.read(), |pool| query_as(MINE).bind(circle).bind(&who.person).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(id, shows, made_at)| Ok(Feed { id, shows: read_shows(&shows)?, made_at }))
        .collect()
}

/// The most addresses that somebody has in one circle.
const MOST: usize = 5;

const ADD: &str = "
    INSERT INTO calendar_feeds (id, token_hash, circle, person, shows, made_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Makes an address, for a member; returns its secret, which is not kept.
pub async fn make(
    db: &Db,
    who: &Who,
    circle: &str,
    shows: Shows,
    rng: &mut (impl RngCore + Send),
    now: DateTime<Utc>,
) -> Result<String> {
    if of_person(db, who, circle).await?.len() >= MOST {
        return Err(Error::refused("shows", "You have five addresses here. Revoke one that you do not use."));
    }
    let secret = token::new_token(rng);
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(ADD)
        .bind(new_id())
        .bind(token::hash(&secret))
        .bind(circle)
        .bind(&who.person)
        .bind(shows.as_str())
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let what = "made a calendar address";
    audit::record(&mut tx, Some(circle), Some(&who.person), what, shows.as_str(), now).await?;
    commit(tx).await?;
    Ok(secret)
}

const REVOKE: &str = "
    UPDATE calendar_feeds SET revoked_at = $4
    WHERE id = $1 AND circle = $2 AND person = $3 AND revoked_at IS NULL
    RETURNING shows";

/// Revokes an address, by whoever made it.
pub async fn revoke(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    circles::member(db, who, circle).await?;
    let mut tx = db.begin().await?;
    let shows: Option<String> = on!(&mut tx, |tx| query_scalar(REVOKE)
        .bind(id)
        .bind(circle)
        .bind(&who.person)
        .bind(stored(now))
        .fetch_optional(&mut **tx)
        .await?);
    let shows = shows.ok_or(Error::NotFound)?;
    let what = "revoked a calendar address";
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &shows, now).await?;
    commit(tx).await
}

const BY_TOKEN: &str = "
    SELECT f.circle, f.shows, p.id AS person, p.name, p.email, p.administrator, p.time_zone
    FROM calendar_feeds f
    JOIN people p ON p.id = f.person
    WHERE f.token_hash = $1 AND f.revoked_at IS NULL AND p.disabled_at IS NULL";

/// What stands in a calendar: its name, and a day for each action that is to be
/// done. `public_url` begins the addresses in it.
pub async fn read(
    db: &Db,
    secret: &str,
    public_url: &str,
    now: DateTime<Utc>,
) -> Result<(String, Vec<Event>)> {
    let feed: Option<FeedRow> =
        on!(db.read(), |pool| query_as(BY_TOKEN).bind(token::hash(secret)).fetch_optional(pool).await?);
    let feed = feed.ok_or(Error::NotFound)?;
    let shows = read_shows(&feed.shows)?;
    let circle = feed.circle.clone();
    // Who has left the circle reads nothing of it any more.
    let member = circles::member(db, &feed.into(), &circle).await?;
    let mut actions = reading::of_circle(db, &member, now).await?;
    actions.retain(|action| {
        action.state.is_unfinished() && (shows == Shows::Circle || action.standing(&member).owns)
    });
    actions.sort_by_key(|action| (action.done_by, action.number));
    let name = match shows {
        Shows::Mine => format!("My actions, {}", member.circle_name),
        Shows::Circle => format!("Actions of {}", member.circle_name),
    };
    Ok((name, actions.into_iter().map(|action| event(action, &member, public_url)).collect()))
}

fn event(action: Action, member: &Member, public_url: &str) -> Event {
    let owner = action.owner.as_ref().map_or("nobody yet", |owner| owner.name.as_str());
    Event {
        uid: format!("{}@muster", action.id),
        day: action.done_by,
        summary: format!("{} {}", action.number, action.title),
        description: format!(
            "Done by this day. Severity {}. Owner: {owner}. State: {}.",
            action.severity.level(),
            action.state.title().to_lowercase()
        ),
        url: format!("{public_url}/circles/{}/actions/{}", member.circle, action.number),
        changed_at: action.changed_at,
    }
}

fn read_shows(text: &str) -> Result<Shows> {
    Shows::parse(text).ok_or_else(|| Error::Corrupt(format!("calendar of {text:?}")))
}

#[derive(FromRow)]
struct FeedRow {
    circle: String,
    shows: String,
    person: String,
    name: String,
    email: String,
    administrator: bool,
    time_zone: Option<String>,
}

impl From<FeedRow> for Who {
    fn from(row: FeedRow) -> Who {
        let zone = row.time_zone.and_then(|zone| zone.parse().ok());
        Who::new(row.person, row.name, row.email, row.administrator, zone)
    }
}
