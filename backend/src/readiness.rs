//! Who is ready for what: read from the results, decided by `domain`.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::marking::Score;
use domain::people::Role;
use domain::question::Topic;
use domain::readiness::{Evidence, Standing, newest, standing};
use domain::round::phase;
use domain::test::Percent;
use sqlx::{FromRow, query_as};

use crate::circles::{self, Member};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{rounds, services};

/// From how many engineers on counts are shown without names.
pub const GROUP_FLOOR: usize = 5;

/// How one person stands with one service and topic, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub standing: Standing,
    pub evidence: Option<Evidence>,
}

/// How one person stands with each service of the circle, topic by topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    pub person: String,
    pub name: String,
    /// In the order of [`Matrix::services`], each with four topics.
    pub services: Vec<[Cell; 4]>,
}

/// A leader's matrix: people by services, four topics in each.
#[derive(Debug, Clone)]
pub struct Matrix {
    pub member: Member,
    /// Short name and name.
    pub services: Vec<(String, String)>,
    pub people: Vec<PersonRow>,
}

/// What everyone may see: how many are ready, without names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    pub services: Vec<(String, String)>,
    pub n_engineers: usize,
    /// For each service and topic how many are ready or expiring; `None` where
    /// the group is too small to stay nameless.
    pub ready: Option<Vec<[usize; 4]>>,
}

/// The matrix, for a leader.
pub async fn matrix(db: &Db, who: &Who, circle: &str, now: DateTime<Utc>) -> Result<Matrix> {
    let member = circles::leader(db, who, circle).await?;
    let (services, people) = rows(db, who, circle, now, Sees::Leader).await?;
    Ok(Matrix { member, services, people })
}

/// The counts, for any member.
pub async fn counts(db: &Db, who: &Who, circle: &str, now: DateTime<Utc>) -> Result<Counts> {
    circles::member(db, who, circle).await?;
    let (services, people) = rows(db, who, circle, now, Sees::Takers).await?;
    let ready = (people.len() >= GROUP_FLOOR).then(|| {
        (0..services.len())
            .map(|s| {
                std::array::from_fn(|t| {
                    people.iter().filter(|person| is_ready(person.services[s][t].standing)).count()
                })
            })
            .collect()
    });
    Ok(Counts { services, n_engineers: people.len(), ready })
}

/// Ready today; expiring is still ready.
pub fn is_ready(standing: Standing) -> bool {
    matches!(standing, Standing::Ready { .. } | Standing::Expiring { .. })
}

/// How the one who asks stands, service by service.
pub async fn mine(
    db: &Db,
    who: &Who,
    circle: &str,
    now: DateTime<Utc>,
) -> Result<(Vec<(String, String)>, PersonRow)> {
    circles::member(db, who, circle).await?;
    let services = service_names(db, circle).await?;
    let mut evidence = evidence(db, circle, &who.person, Some(now)).await?;
    let row =
        person_row(&who.person, &who.name, &services, &evidence.remove(&who.person).unwrap_or_default(), now);
    Ok((services, row))
}

/// Everything that says how a person stands with a service and topic, newest
/// first: for that person and for leaders.
#[derive(Debug, Clone)]
pub struct History {
    pub member: Member,
    pub name: String,
    pub service_name: String,
    pub standing: Standing,
    pub evidence: Vec<Evidence>,
}

/// The evidence behind one cell of the matrix.
pub async fn history(
    db: &Db,
    who: &Who,
    circle: &str,
    person: &str,
    service: &str,
    topic: Topic,
    now: DateTime<Utc>,
) -> Result<History> {
    let member = circles::member(db, who, circle).await?;
    if person != who.person && member.role != Role::Leader {
        return Err(Error::NotFound);
    }
    let members = circles::members(db, who, circle).await?;
    let name = members.into_iter().find(|member| member.person == person).ok_or(Error::NotFound)?.name;
    let services: Services = services::of_circle(db, circle)
        .await?
        .into_iter()
        .map(|service| (service.slug, service.name))
        .collect();
    let (_, service_name) = services.into_iter().find(|(slug, _)| slug == service).ok_or(Error::NotFound)?;
    let as_taker = (person == who.person).then_some(now);
    let mut all = evidence(db, circle, person, as_taker).await?.remove(person).unwrap_or_default();
    all.retain(|evidence| evidence.service == service && evidence.topic == topic);
    all.sort_by(|a, b| (b.finished_at, &b.attempt).cmp(&(a.finished_at, &a.attempt)));
    let standing = standing(newest(&all, service, topic), now);
    Ok(History { member, name, service_name, standing, evidence: all })
}

type Services = Vec<(String, String)>;

/// Whose eyes results are read with.
#[derive(Clone, Copy, PartialEq)]
enum Sees {
    /// All of them, but their own like a taker.
    Leader,
    /// Only what the takers may see of their own.
    Takers,
}

async fn rows(
    db: &Db,
    who: &Who,
    circle: &str,
    now: DateTime<Utc>,
    sees: Sees,
) -> Result<(Services, Vec<PersonRow>)> {
    let services = service_names(db, circle).await?;
    let mut evidence = evidence(db, circle, "", (sees == Sees::Takers).then_some(now)).await?;
    if sees == Sees::Leader {
        evidence.remove(&who.person);
        evidence.extend(self::evidence(db, circle, &who.person, Some(now)).await?);
    }
    let mut people: Vec<PersonRow> = circles::members(db, who, circle)
        .await?
        .into_iter()
        .filter(|member| !member.disabled)
        .filter(|member| {
            member.role == Role::Engineer
                || (member.role == Role::Leader && evidence.contains_key(&member.person))
        })
        .map(|member| {
            let evidence = evidence.get(&member.person).map(Vec::as_slice).unwrap_or_default();
            person_row(&member.person, &member.name, &services, evidence, now)
        })
        .collect();
    people.sort_by_key(|person| person.name.to_lowercase());
    Ok((services, people))
}

fn person_row(
    person: &str,
    name: &str,
    services: &Services,
    evidence: &[Evidence],
    now: DateTime<Utc>,
) -> PersonRow {
    let cell = |service: &str, topic: Topic| {
        let evidence = newest(evidence, service, topic);
        Cell { standing: standing(evidence, now), evidence: evidence.cloned() }
    };
    PersonRow {
        person: person.to_owned(),
        name: name.to_owned(),
        services: services.iter().map(|(slug, _)| Topic::ALL.map(|topic| cell(slug, topic))).collect(),
    }
}

/// The services that anybody can be ready for: those with questions.
async fn service_names(db: &Db, circle: &str) -> Result<Services> {
    let services = services::of_circle(db, circle).await?;
    let asked = services.into_iter().filter(|service| service.n_ready > 0);
    Ok(asked.map(|service| (service.slug, service.name)).collect())
}

const EVIDENCE: &str = "
    SELECT t.person, t.attempt, t.service, t.topic, t.earned, t.possible, t.needed, t.holds, t.counts_for,
           t.finished_at, r.opens_at, r.closes_at, r.show_score, r.show_answers,
           (SELECT count(*) FROM attempts x WHERE x.round = r.id AND x.finished_at IS NULL) AS n_sitting
    FROM topic_results t
    JOIN attempts a ON a.id = t.attempt
    JOIN rounds r ON r.id = a.round
    WHERE t.circle = $1 AND ($2 = '' OR t.person = $2)";

/// What all attempts of a circle, or of one person in it, say. With an instant,
/// only as much as the takers themselves may see then.
async fn evidence(
    db: &Db,
    circle: &str,
    person: &str,
    as_takers: Option<DateTime<Utc>>,
) -> Result<HashMap<String, Vec<Evidence>>> {
    let rows: Vec<Row> =
        on!(db.read(), |pool| query_as(EVIDENCE).bind(circle).bind(person).fetch_all(pool).await?);
    let mut by_person: HashMap<String, Vec<Evidence>> = HashMap::new();
    for row in rows {
        if let Some(now) = as_takers
            && !row.score_may_be_seen(now)?
        {
            continue;
        }
        by_person.entry(row.person.clone()).or_default().push(Evidence::try_from(row)?);
    }
    Ok(by_person)
}

#[derive(FromRow)]
struct Row {
    person: String,
    attempt: String,
    service: String,
    topic: String,
    earned: i64,
    possible: i64,
    needed: i64,
    holds: bool,
    counts_for: i64,
    finished_at: DateTime<Utc>,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    show_score: String,
    show_answers: String,
    n_sitting: i64,
}

impl Row {
    fn score_may_be_seen(&self, now: DateTime<Utc>) -> Result<bool> {
        let n_sitting = u32::try_from(self.n_sitting).unwrap_or(u32::MAX);
        let phase = phase(self.opens_at, self.closes_at, n_sitting, now);
        Ok(rounds::showing(&self.show_score, &self.show_answers)?.seen_in(phase).score)
    }
}

impl TryFrom<Row> for Evidence {
    type Error = Error;

    fn try_from(row: Row) -> Result<Evidence> {
        let needed = u8::try_from(row.needed).ok().and_then(|n| Percent::try_from(n).ok());
        Ok(Evidence {
            reached: Score::new(row.earned, row.possible)
                .ok_or_else(|| Error::Corrupt("topic result".to_owned()))?,
            needed: needed.ok_or_else(|| Error::Corrupt(format!("cut {}", row.needed)))?,
            topic: row.topic.parse().map_err(|_| Error::Corrupt(row.topic))?,
            service: row.service,
            attempt: row.attempt,
            finished_at: row.finished_at,
            holds: row.holds,
            counts_for: TimeDelta::days(row.counts_for),
        })
    }
}
