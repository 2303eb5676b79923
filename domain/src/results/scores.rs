//! How the scores of a round lie, and how far topics are from their cut.

use std::collections::BTreeMap;

use super::Met;
use crate::blueprint::Blueprint;
use crate::marking::Score;
use crate::question::Topic;
use crate::test::{Percent, Rules};

/// Scores that lie between two whole per cents, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    pub from: u8,
    pub to: u8,
    pub n: u32,
}

/// What each attempt earned of what it could, in the order of the attempts.
pub fn totals(met: &[Met]) -> Vec<Score> {
    met.chunk_by(|a, b| a.attempt == b.attempt)
        .map(|attempt| attempt.iter().filter_map(|met| met.score).sum())
        .collect()
}

/// How many scores lie in each tenth, from 0–9 to 90–100 per cent. A score is
/// rounded down, as everywhere; one of nothing lies in none.
pub fn bands(scores: &[Score]) -> [Band; 10] {
    let mut bands = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9_u8].map(|tenth| Band {
        from: tenth * 10,
        to: if tenth == 9 { 100 } else { tenth * 10 + 9 },
        n: 0,
    });
    for percent in scores.iter().filter_map(|score| score.percent()) {
        bands[usize::from(percent / 10).min(9)].n += 1;
    }
    bands
}

/// One service and topic of a round against its cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicFigures {
    pub service: String,
    pub topic: Topic,
    pub needed: Percent,
    /// Attempts that were asked something of it.
    pub n: u32,
    /// Of these, those that earned the cut or more.
    pub n_reached: u32,
    /// All marks of all of them.
    pub score: Score,
}

/// Each service and topic that was met, in the order of the test.
pub fn topics(met: &[Met], blueprint: &Blueprint, rules: &Rules) -> Vec<TopicFigures> {
    let mut topics: BTreeMap<(usize, &str, Topic), TopicFigures> = BTreeMap::new();
    for attempt in met.chunk_by(|a, b| a.attempt == b.attempt) {
        for ((service, topic), score) in by_topic(attempt) {
            let needed = rules.cut_of(service, topic);
            let place = (place_in(blueprint, service, topic), service, topic);
            let figures = topics.entry(place).or_insert_with(|| TopicFigures {
                service: service.to_owned(),
                topic,
                needed,
                n: 0,
                n_reached: 0,
                score: Score::default(),
            });
            figures.n += 1;
            figures.n_reached += u32::from(score.reaches(needed));
            figures.score = figures.score + score;
        }
    }
    topics.into_values().collect()
}

fn by_topic(attempt: &[Met]) -> BTreeMap<(&str, Topic), Score> {
    let mut scores: BTreeMap<(&str, Topic), Score> = BTreeMap::new();
    for (met, score) in attempt.iter().filter_map(|met| Some((met, met.counts()?))) {
        let of_topic = scores.entry((&met.question.service, met.question.topic)).or_default();
        *of_topic = *of_topic + score;
    }
    scores
}

/// Where a service and topic stands in a test; what is not of it comes last.
pub fn place_in(blueprint: &Blueprint, service: &str, topic: Topic) -> usize {
    let topics = blueprint.topics();
    topics.iter().position(|&asked| asked == (service, topic)).unwrap_or(topics.len())
}
