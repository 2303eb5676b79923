//! How far the banks of a circle reach: what they cover, what tests can ask of
//! them, how much of them each person has met.

pub(crate) mod reviews;
#[cfg(test)]
pub(crate) mod stories;

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::blueprint::{Blueprint, Outlook, Row};
use domain::coverage::{Coverage, Held};
use domain::people::Role;
use domain::question::Level;
use sqlx::{FromRow, query_as};

use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{circles, questions, services, tests};

const HELD: &str = "
    SELECT service, topic, level, state, critical, coalesce(reviewed, '') AS reviewed
    FROM questions
    WHERE circle = $1 AND ($2 = '' OR service = $2)";

/// What the bank of a service covers, for its members.
pub async fn of_service(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    today: NaiveDate,
) -> Result<Coverage> {
    circles::member(db, who, circle).await?;
    let mut held = held(db, circle, service).await?;
    Ok(Coverage::of(held.remove(service).unwrap_or_default(), today))
}

/// What each bank of a circle covers, by the short name of its service. For
/// leaders; a service without any question is not among them.
pub async fn of_circle(
    db: &Db,
    who: &Who,
    circle: &str,
    today: NaiveDate,
) -> Result<HashMap<String, Coverage>> {
    circles::leader(db, who, circle).await?;
    let held = held(db, circle, "").await?;
    Ok(held.into_iter().map(|(service, held)| (service, Coverage::of(held, today))).collect())
}

async fn held(db: &Db, circle: &str, service: &str) -> Result<HashMap<String, Vec<Held>>> {
    let rows: Vec<HeldRow> =
        on!(db.read(), |pool| query_as(HELD).bind(circle).bind(service).fetch_all(pool).await?);
    let mut by_service: HashMap<String, Vec<Held>> = HashMap::new();
    for row in rows {
        by_service.entry(row.service.clone()).or_default().push(Held::try_from(row)?);
    }
    Ok(by_service)
}

/// A test that asks about a service, and what the bank has for those rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    pub id: String,
    pub name: String,
    pub rows: Vec<(Row, Outlook)>,
}

/// What the tests of a circle ask of one service, by their names. For leaders.
pub async fn asking(db: &Db, who: &Who, circle: &str, service: &str) -> Result<Vec<Asking>> {
    let tests = tests::list(db, who, circle).await?;
    let ready = questions::ready(db, circle).await?;
    let asking = tests.into_iter().filter_map(|found| {
        let bank = ready.of(&found.test).to_vec();
        let rows: Vec<Row> =
            found.test.blueprint.rows.into_iter().filter(|row| row.service == service).collect();
        let outlook = Blueprint { rows: rows.clone() }.outlook(&bank);
        let is_asked = !rows.is_empty();
        is_asked.then(|| Asking {
            id: found.id,
            name: found.name,
            rows: rows.into_iter().zip(outlook).collect(),
        })
    });
    Ok(asking.collect())
}

/// How much of each bank one person has met in attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    pub person: String,
    pub name: String,
    /// The services with ready questions, by name.
    pub services: Vec<MetOf>,
}

/// So many of the ready questions of a service were drawn at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetOf {
    pub service: String,
    pub service_name: String,
    pub n_met: i64,
    pub n_ready: i64,
}

impl Met {
    /// With one service; `None` where it has no ready question.
    pub fn of(&self, service: &str) -> Option<&MetOf> {
        self.services.iter().find(|met| met.service == service)
    }
}

const MET: &str = "
    SELECT a.person, q.service, count(DISTINCT q.id) AS n_met
    FROM attempts a
    JOIN slots s ON s.attempt = a.id
    JOIN questions q ON q.circle = s.circle AND q.id = s.question
    WHERE a.circle = $1 AND ($2 = '' OR a.person = $2) AND q.state = 'ready'
    GROUP BY a.person, q.service";

/// How much of the banks people have met, by name: for a leader everybody who
/// takes tests, for anybody else the one who asks. It is no result, and nothing
/// is ordered by it.
pub async fn met(db: &Db, who: &Who, circle: &str) -> Result<Vec<Met>> {
    let leads = circles::member(db, who, circle).await?.role == Role::Leader;
    let person = if leads { "" } else { who.person.as_str() };
    let services = services::of_circle(db, circle).await?;
    let rows: Vec<(String, String, i64)> =
        on!(db.read(), |pool| query_as(MET).bind(circle).bind(person).fetch_all(pool).await?);
    let n_met: HashMap<(String, String), i64> =
        rows.into_iter().map(|(person, service, n)| ((person, service), n)).collect();
    let takes = |person: &str| n_met.keys().any(|(taker, _)| taker == person);
    let of = |person: &str| {
        let asked = services.iter().filter(|service| service.n_ready > 0);
        let met = asked.map(|service| MetOf {
            n_met: n_met.get(&(person.to_owned(), service.slug.clone())).copied().unwrap_or_default(),
            n_ready: service.n_ready,
            service: service.slug.clone(),
            service_name: service.name.clone(),
        });
        met.collect()
    };
    let members = circles::members(db, who, circle).await?.into_iter().filter(|member| {
        let is_shown = leads || member.person == who.person;
        is_shown && !member.disabled && (member.role == Role::Engineer || takes(&member.person))
    });
    Ok(members
        .map(|member| Met { services: of(&member.person), person: member.person, name: member.name })
        .collect())
}

#[derive(FromRow)]
struct HeldRow {
    service: String,
    topic: String,
    level: i64,
    state: String,
    critical: bool,
    reviewed: String,
}

impl TryFrom<HeldRow> for Held {
    type Error = Error;

    fn try_from(row: HeldRow) -> Result<Held> {
        let level = u8::try_from(row.level).ok().and_then(|n| Level::try_from(n).ok());
        Ok(Held {
            level: level.ok_or_else(|| Error::Corrupt(format!("level {}", row.level)))?,
            critical: row.critical,
            reviewed: reviews::read(&row.reviewed)?,
            topic: row.topic.parse().map_err(|_| Error::Corrupt(row.topic))?,
            state: row.state.parse().map_err(|_| Error::Corrupt(row.state))?,
        })
    }
}
