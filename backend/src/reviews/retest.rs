//! The round that asks again what was missed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, Utc};
use domain::action::{day_in, working_days_after};
use domain::agenda::morning;
use domain::question::{QuestionId, Topic};
use domain::retake::Retakes;
use domain::round::{Showing, ShownWhen};
use domain::test::Test;
use sqlx::query_as;

use super::figures::test_of;
use super::{Found, Review};
use crate::actions;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::rounds::Plan;

/// What a re-test would ask, and whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retest {
    /// The part of the round's test that is about the topics.
    pub test: Test,
    pub topics: Vec<(String, Topic)>,
    /// Id and name, by name.
    pub people: Vec<(String, String)>,
}

/// In how many days a re-test opens, unless a leader says otherwise.
pub const DAYS: i64 = 14;

/// How many working days it stays open.
const OPEN_FOR: u32 = 5;

const TOPICS: &str = "
    SELECT t.person, t.service, t.topic, t.holds
    FROM topic_results t
    JOIN attempts a ON a.id = t.attempt
    WHERE a.round = $1
    ORDER BY a.started_at, a.id";

/// Service and topic.
type OfTopic = (String, Topic);

/// The re-test that a review proposes: the topics that somebody's newest
/// attempt did not reach, for those people. Where everybody reached every
/// topic, those with a missed question, for those who missed one. `None` where
/// nothing was missed.
pub async fn propose(db: &Db, who: &Who, found: &Found) -> Result<Option<Retest>> {
    let Review { circle, round, .. } = &found.review;
    let mut missing = below(db, round).await?;
    if missing.is_empty() {
        missing = missed(db, round).await?;
    }
    let topics: BTreeSet<&OfTopic> = missing.values().flatten().collect();
    let test = test_of(db, round).await?;
    let is_asked = |service: &str, topic: Topic| topics.contains(&(service.to_owned(), topic));
    let blueprint = test.blueprint.without(|service, topic| !is_asked(service, topic));
    let mut people: Vec<(String, String)> = actions::workers(db, who, circle)
        .await?
        .into_iter()
        .filter(|one| missing.contains_key(&one.person))
        .map(|one| (one.person, one.name))
        .collect();
    people.sort_by_cached_key(|(person, name)| (name.to_lowercase(), person.clone()));
    if people.is_empty() || blueprint.rows.is_empty() {
        return Ok(None);
    }
    let (n, of) = (blueprint.n_questions(), test.blueprint.n_questions().max(1));
    // As much time for each question as the test gave.
    let limit = |minutes: u32| (minutes.saturating_mul(n)).div_ceil(of).max(5);
    let limit_minutes = test.limit_minutes.map(limit);
    let topics = blueprint.topics().into_iter().map(|(service, topic)| (service.to_owned(), topic)).collect();
    Ok(Some(Retest { test: Test { blueprint, limit_minutes, ..test }, topics, people }))
}

/// Who did not reach which topics, by their newest attempt.
async fn below(db: &Db, round: &str) -> Result<BTreeMap<String, BTreeSet<OfTopic>>> {
    let rows: Vec<(String, String, String, bool)> =
        on!(db.read(), |pool| query_as(TOPICS).bind(round).fetch_all(pool).await?);
    let mut newest: BTreeMap<(String, OfTopic), bool> = BTreeMap::new();
    for (person, service, topic, holds) in rows {
        let topic: Topic = topic.parse().map_err(|_| Error::Corrupt(topic))?;
        newest.insert((person, (service, topic)), holds);
    }
    let mut below: BTreeMap<String, BTreeSet<OfTopic>> = BTreeMap::new();
    for ((person, topic), _) in newest.into_iter().filter(|(_, holds)| !holds) {
        below.entry(person).or_default().insert(topic);
    }
    Ok(below)
}

/// What the newest mark says less than all of, person by person.
const MISSED: &str = "
    SELECT DISTINCT a.person, s.question
    FROM attempts a
    JOIN slots s ON s.attempt = a.id
    JOIN marks m ON m.attempt = s.attempt AND m.slot = s.n
    WHERE a.round = $1 AND a.finished_at IS NOT NULL AND m.earned < m.possible
      AND m.turn = (SELECT max(x.turn) FROM marks x WHERE x.attempt = s.attempt AND x.slot = s.n)";

/// Who missed a question of which topics.
async fn missed(db: &Db, round: &str) -> Result<BTreeMap<String, BTreeSet<OfTopic>>> {
    let rows: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(MISSED).bind(round).fetch_all(pool).await?);
    let mut missed: BTreeMap<String, BTreeSet<OfTopic>> = BTreeMap::new();
    for (person, question) in rows {
        let id: QuestionId = question.parse().map_err(|_| Error::Corrupt(question))?;
        missed.entry(person).or_default().insert((id.service, id.topic));
    }
    Ok(missed)
}

/// The plan of a re-test, without its test: it opens on the first working day
/// that many days from now, and stays open for a week of work.
pub(super) fn plan(found: &Found, retest: &Retest, days: u64, now: DateTime<Utc>) -> Plan {
    let zone = &found.member.circle_zone;
    let day = day_in(now, zone).checked_add_days(Days::new(days)).unwrap_or(day_in(now, zone));
    let opens_on = working_days_after(day, 0);
    Plan {
        name: name_of(&found.review),
        test: String::new(),
        opens_at: morning(opens_on, 9, zone),
        closes_at: morning(working_days_after(opens_on, OPEN_FOR), 18, zone),
        shows: Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::AtClose },
        retakes: Retakes::NONE,
        people: retest.people.iter().map(|(person, _)| (person.clone(), 0)).collect(),
    }
}

/// Short enough for a round.
fn name_of(review: &Review) -> String {
    let name: String = review.round_name.chars().take(80).collect();
    format!("Re-test of {name}")
}
