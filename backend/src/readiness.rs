//! Who is ready for what: read from the results, decided by `domain`.

mod evidence;
mod history;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::people::Role;
use domain::question::Topic;
use domain::readiness::{Ending, Evidence, Held, Standing, endings, newest, standing};
use sqlx::query_as;

use self::evidence::evidence;
use crate::circles::{self, Member};
use crate::db::{Db, on};
use crate::error::Result;
use crate::people::Who;
use crate::sources;

pub use history::{History, Sat, history};

/// From how many engineers on counts are shown without names.
pub const GROUP_FLOOR: usize = 5;

/// How one person stands with one service and topic, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub standing: Standing,
    pub evidence: Option<Evidence>,
    /// How many questions of that attempt ask to be checked now: the result is
    /// weaker by them.
    pub n_to_check: i64,
}

/// How one person stands with each service of the circle, topic by topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    pub person: String,
    pub name: String,
    /// In the order of [`Matrix::services`], each with four topics.
    pub services: Vec<[Cell; 4]>,
}

impl PersonRow {
    /// The cell of a topic in the service at this place.
    pub fn cell(&self, service: usize, topic: Topic) -> &Cell {
        &self.services[service][topic as usize]
    }
}

/// A leader's matrix: people by services, four topics in each.
#[derive(Debug, Clone)]
pub struct Matrix {
    pub member: Member,
    /// Short name and name.
    pub services: Vec<(String, String)>,
    pub people: Vec<PersonRow>,
}

impl Matrix {
    /// What of these people, services and topics ends before an instant, the
    /// first to end first; people and services by their places in the matrix.
    pub fn endings(
        &self,
        people: &[usize],
        services: &[usize],
        topics: &[Topic],
        before: DateTime<Utc>,
    ) -> Vec<Ending> {
        let held = people.iter().flat_map(|&person| {
            services.iter().flat_map(move |&service| {
                topics.iter().map(move |&topic| Held {
                    person,
                    service,
                    topic,
                    standing: self.people[person].cell(service, topic).standing,
                })
            })
        });
        endings(held, before)
    }

    /// What ends in the whole circle before an instant.
    pub fn ahead(&self, before: DateTime<Utc>) -> Vec<Ending> {
        let all = |n: usize| (0..n).collect::<Vec<_>>();
        self.endings(&all(self.people.len()), &all(self.services.len()), &Topic::ALL, before)
    }
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

/// The counts, for any member. They take no filter: one that leaves few people
/// would say who they are.
pub async fn counts(db: &Db, who: &Who, circle: &str, now: DateTime<Utc>) -> Result<Counts> {
    circles::member(db, who, circle).await?;
    let (services, people) = rows(db, who, circle, now, Sees::Takers).await?;
    let n_ready = |service: usize, topic: Topic| {
        people.iter().filter(|person| person.cell(service, topic).standing.is_ready()).count()
    };
    let ready = (people.len() >= GROUP_FLOOR).then(|| {
        (0..services.len()).map(|service| Topic::ALL.map(|topic| n_ready(service, topic))).collect()
    });
    Ok(Counts { services, n_engineers: people.len(), ready })
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
    let evidence = evidence_of(db, circle, &who.person, now).await?;
    let weaker = match evidence.is_empty() {
        true => Weaker::new(),
        false => sources::reading::weaker(db, circle).await?,
    };
    let row = person_row((&who.person, &who.name), &services, &evidence, &weaker, now);
    Ok((services, row))
}

/// What the attempts of a person in a circle say, as much as that person may
/// see now. Who asks must be known before.
pub(crate) async fn evidence_of(
    db: &Db,
    circle: &str,
    person: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Evidence>> {
    Ok(evidence(db, circle, Some(person), Some(now)).await?.remove(person).unwrap_or_default())
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

/// The services, and the people by name.
async fn rows(
    db: &Db,
    who: &Who,
    circle: &str,
    now: DateTime<Utc>,
    sees: Sees,
) -> Result<(Services, Vec<PersonRow>)> {
    let services = service_names(db, circle).await?;
    let mut evidence = evidence(db, circle, None, (sees == Sees::Takers).then_some(now)).await?;
    if sees == Sees::Leader {
        evidence.remove(&who.person);
        evidence.extend(self::evidence(db, circle, Some(&who.person), Some(now)).await?);
    }
    let weaker = sources::reading::weaker(db, circle).await?;
    let people = circles::members(db, who, circle)
        .await?
        .into_iter()
        .filter(|member| !member.disabled)
        .filter(|member| {
            member.role == Role::Engineer
                || (member.role == Role::Leader && evidence.contains_key(&member.person))
        })
        .map(|member| {
            let evidence = evidence.get(&member.person).map(Vec::as_slice).unwrap_or_default();
            person_row((&member.person, &member.name), &services, evidence, &weaker, now)
        })
        .collect();
    Ok((services, people))
}

/// How many questions of an attempt ask to be checked, by service and topic.
type Weaker = HashMap<(String, String, Topic), i64>;

fn person_row(
    (person, name): (&str, &str),
    services: &Services,
    evidence: &[Evidence],
    weaker: &Weaker,
    now: DateTime<Utc>,
) -> PersonRow {
    let cell = |service: &str, topic: Topic| {
        let evidence = newest(evidence, service, topic);
        let n_to_check =
            evidence.and_then(|one| weaker.get(&(one.attempt.clone(), service.to_owned(), topic)).copied());
        Cell {
            standing: standing(evidence, now),
            evidence: evidence.cloned(),
            n_to_check: n_to_check.unwrap_or_default(),
        }
    };
    PersonRow {
        person: person.to_owned(),
        name: name.to_owned(),
        services: services.iter().map(|(slug, _)| Topic::ALL.map(|topic| cell(slug, topic))).collect(),
    }
}

const WITH_QUESTIONS: &str = "
    SELECT s.slug, s.name
    FROM services s
    WHERE s.circle = $1
      AND EXISTS (SELECT 1 FROM questions q
                  WHERE q.circle = s.circle AND q.service = s.slug AND q.state = 'ready')";

/// The services that anybody can be ready for: those with questions.
async fn service_names(db: &Db, circle: &str) -> Result<Services> {
    let mut services: Services =
        on!(db.read(), |pool| query_as(WITH_QUESTIONS).bind(circle).fetch_all(pool).await?);
    services.sort_by_key(|(_, name)| name.to_lowercase());
    Ok(services)
}
