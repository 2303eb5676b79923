//! What the agenda of a round is made from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::agenda::Asked;
use domain::answer::{Answer, Confidence};
use domain::marking::Score;
use domain::question::Topic;
use domain::test::{Rules, Test};
use sqlx::{query_as, query_scalar};

use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::results::met::{Met, met_in_round};
use crate::results::questions_of;
use crate::{questions, tests};

/// The figures of one question, and the version that most people met.
pub(super) struct Figures {
    pub asked: Asked,
    pub version: String,
    /// The first line of that version.
    pub title: String,
}

const DEFINITION: &str = "
    SELECT v.definition
    FROM rounds r
    JOIN test_versions v ON v.test = r.test AND v.version = r.test_version
    WHERE r.id = $1";

/// What a round asks.
pub(super) async fn test_of(db: &Db, round: &str) -> Result<Test> {
    let definition: String =
        on!(db.read(), |pool| query_scalar(DEFINITION).bind(round).fetch_one(pool).await?);
    tests::parse_definition(&definition)
}

/// Whether it is marked and was not taken out.
pub(super) fn is_counted(met: &Met) -> bool {
    met.score.is_some_and(|score| score.possible() > 0)
}

/// Whether it earned less than full marks.
pub(super) fn is_missed(met: &Met) -> bool {
    met.score.is_some_and(|score| !score.is_full())
}

/// Whether it was missed by somebody who gave an answer and was certain of it.
pub(super) fn is_sure_and_wrong(met: &Met) -> bool {
    let said = met.answer.as_ref().filter(|answer| !answer.is_empty() && **answer != Answer::DoNotKnow);
    is_missed(met) && said.is_some() && met.confidence == Some(Confidence::Certain)
}

/// Every question of a round that was marked, in the order of their ids.
pub(super) async fn of_round(db: &Db, circle: &str, round: &str) -> Result<Vec<Figures>> {
    let rules = test_of(db, round).await?.rules;
    let mut met = met_in_round(db, round).await?;
    met.retain(is_counted);
    let below = topics_below(&met, &rules);
    let disputed = open_disputes(db, round).await?;
    let mut sources = sources_of(db, circle, round).await?;
    let versions = questions_of(db, circle, round).await?;
    let mut by_question: BTreeMap<String, Vec<&Met>> = BTreeMap::new();
    for one in &met {
        by_question.entry(one.question.to_string()).or_default().push(one);
    }
    let mut figures = Vec::with_capacity(by_question.len());
    for (id, met) in by_question {
        let version = most_met(met.iter().map(|one| one.version.as_str()));
        let key = (met[0].question.clone(), version.clone());
        let question = versions.get(&key).ok_or_else(|| Error::Corrupt(format!("{id} {version}")))?;
        let missed: Vec<&&Met> = met.iter().filter(|one| is_missed(one)).collect();
        let people: BTreeSet<&str> = missed.iter().map(|one| one.person.as_str()).collect();
        let asked = Asked {
            question: question.id.clone(),
            n_asked: count(met.len()),
            n_missed: count(missed.len()),
            n_sure_and_wrong: count(missed.iter().filter(|one| is_sure_and_wrong(one)).count()),
            n_people_missed: count(people.len()),
            n_disputes: disputed.get(&id).copied().unwrap_or(0),
            topic_is_below: below.contains(&(question.id.service.clone(), question.id.topic)),
            sources: sources.remove(&id).unwrap_or_default(),
        };
        figures.push(Figures { asked, version, title: questions::title(&question.text) });
    }
    Ok(figures)
}

const TEXTS: &str = "
    SELECT q.id, q.text
    FROM questions q
    WHERE q.circle = $1
      AND q.id IN (SELECT s.question FROM slots s JOIN attempts a ON a.id = s.attempt WHERE a.round = $2)";

/// What the questions of a round rest on, as they say it now: to name another
/// source makes no new version.
async fn sources_of(db: &Db, circle: &str, round: &str) -> Result<HashMap<String, Vec<String>>> {
    let rows: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(TEXTS).bind(circle).bind(round).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(id, text)| {
            let question = questions::as_it_stands(&id, &text)?;
            Ok((id, question.sources))
        })
        .collect()
}

/// The services and topics whose marks, all attempts together, stay below
/// their cut.
fn topics_below(met: &[Met], rules: &Rules) -> BTreeSet<(String, Topic)> {
    let mut sums: BTreeMap<(String, Topic), (i64, i64)> = BTreeMap::new();
    for (one, score) in met.iter().filter_map(|one| Some((one, one.score?))) {
        let sum = sums.entry((one.question.service.clone(), one.question.topic)).or_default();
        sum.0 += score.earned();
        sum.1 += score.possible();
    }
    let is_below = |(service, topic): &(String, Topic), (earned, possible): (i64, i64)| {
        Score::new(earned, possible).is_some_and(|score| !score.reaches(rules.cut_of(service, *topic)))
    };
    sums.into_iter().filter(|(topic, sum)| is_below(topic, *sum)).map(|(topic, _)| topic).collect()
}

/// An objection is decided by whatever was decided about the version that it
/// is about, here or everywhere, after it was raised.
const DISPUTES: &str = "
    SELECT s.question, count(*)
    FROM disputes d
    JOIN slots s ON s.attempt = d.attempt AND s.n = d.slot
    JOIN attempts a ON a.id = d.attempt
    WHERE a.round = $1
      AND (SELECT count(*) FROM dispute_decisions x
           WHERE x.circle = s.circle AND x.question = s.question AND x.version = s.version
             AND (x.round IS NULL OR x.round = a.round) AND x.made_at >= d.raised_at) = 0
    GROUP BY s.question";

/// How many objections to each question stand undecided.
async fn open_disputes(db: &Db, round: &str) -> Result<HashMap<String, u32>> {
    let rows: Vec<(String, i64)> =
        on!(db.read(), |pool| query_as(DISPUTES).bind(round).fetch_all(pool).await?);
    Ok(rows.into_iter().map(|(question, n)| (question, u32::try_from(n).unwrap_or(u32::MAX))).collect())
}

/// The version that stands there most often; of several, the one that sorts
/// last.
pub(super) fn most_met<'v>(versions: impl Iterator<Item = &'v str>) -> String {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for version in versions {
        *counts.entry(version).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, n)| *n).map(|(version, _)| version.to_owned()).unwrap_or_default()
}

pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
