//! Circles and who belongs to them.

use chrono_tz::Tz;
use domain::people::Role;
use sqlx::{FromRow, query_as};

use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;

/// The one who asks, as a member of the circle that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub circle: String,
    pub circle_name: String,
    pub is_demo: bool,
    pub person: String,
    pub role: Role,
    /// The person's own time zone, or else the circle's.
    pub zone: Tz,
}

const MEMBER: &str = "
    SELECT c.slug AS circle, c.name AS circle_name, c.is_demo, c.time_zone, m.role
    FROM members m
    JOIN circles c ON c.slug = m.circle
    WHERE m.circle = $1 AND m.person = $2 AND m.left_at IS NULL";

/// The one who asks, in a circle; another's circle is not found.
pub async fn member(db: &Db, who: &Who, circle: &str) -> Result<Member> {
    let row: Option<MemberRow> =
        on!(db.read(), |pool| query_as(MEMBER).bind(circle).bind(&who.person).fetch_optional(pool).await?);
    row.ok_or(Error::NotFound)?.for_person(who)
}

/// The one who asks, where a leader is needed. To everyone else the thing
/// asked for does not exist.
pub async fn leader(db: &Db, who: &Who, circle: &str) -> Result<Member> {
    let member = member(db, who, circle).await?;
    if member.role == Role::Leader { Ok(member) } else { Err(Error::NotFound) }
}

#[derive(FromRow)]
struct MemberRow {
    circle: String,
    circle_name: String,
    is_demo: bool,
    time_zone: String,
    role: String,
}

impl MemberRow {
    fn for_person(self, who: &Who) -> Result<Member> {
        let of_circle = || self.time_zone.parse().unwrap_or(Tz::UTC);
        Ok(Member {
            zone: who.time_zone.unwrap_or_else(of_circle),
            role: self.role.parse().map_err(|_| Error::Corrupt(format!("role {}", self.role)))?,
            circle: self.circle,
            circle_name: self.circle_name,
            is_demo: self.is_demo,
            person: who.person.clone(),
        })
    }
}
