//! What a test is: a blueprint, a time limit and the rules of a pass.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::blueprint::Blueprint;
use crate::question::{Kind, Topic};

/// One version of a test. A round keeps the version it was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    pub blueprint: Blueprint,
    /// Minutes from the start of an attempt; `None` is no limit but the close
    /// of the round.
    pub limit_minutes: Option<u32>,
    pub rules: Rules,
    /// Takers may look things up: the start page says so.
    pub open_book: bool,
    /// It may ask open questions: someone has to mark them.
    #[serde(default)]
    pub asks_open: bool,
}

impl Test {
    /// Whether it may ask a question of this kind.
    pub fn asks(&self, kind: Kind) -> bool {
        self.asks_open || kind != Kind::Open
    }
}

/// What a pass needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Cut score of the whole test, reached at `>=`.
    pub cut: Percent,
    /// Cut scores of single services and topics; one that is not named here
    /// needs `topic_cut`.
    #[serde(with = "cuts_as_list")]
    pub cuts: BTreeMap<(String, Topic), Percent>,
    /// Cut score of each service and topic without a cut of its own.
    pub topic_cut: Percent,
    /// Whether every critical question drawn must earn full marks.
    pub critical_must_hold: bool,
    /// How many days a pass counts.
    pub counts_for_days: u32,
    /// Multiple, ordering and matching earn all or nothing.
    pub all_or_nothing: bool,
}

impl Rules {
    pub fn cut_of(&self, service: &str, topic: Topic) -> Percent {
        self.cuts.get(&(service.to_owned(), topic)).copied().unwrap_or(self.topic_cut)
    }

    pub fn counts_for(&self) -> TimeDelta {
        TimeDelta::days(i64::from(self.counts_for_days))
    }
}

/// A whole per cent from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Percent(u8);

impl Percent {
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Percent {
    type Error = NotAPercent;

    fn try_from(n: u8) -> Result<Percent, NotAPercent> {
        if n <= 100 { Ok(Percent(n)) } else { Err(NotAPercent) }
    }
}

impl From<Percent> for u8 {
    fn from(percent: Percent) -> u8 {
        percent.0
    }
}

/// More than 100 per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cut score is a whole per cent from 0 to 100")]
pub struct NotAPercent;

/// JSON has no maps with pairs for keys.
mod cuts_as_list {
    use super::{BTreeMap, Percent, Topic};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    type Cuts = BTreeMap<(String, Topic), Percent>;

    pub fn serialize<S: Serializer>(cuts: &Cuts, serializer: S) -> Result<S::Ok, S::Error> {
        let list: Vec<(&String, Topic, Percent)> =
            cuts.iter().map(|((service, topic), cut)| (service, *topic, *cut)).collect();
        list.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cuts, D::Error> {
        let list = Vec::<(String, Topic, Percent)>::deserialize(deserializer)?;
        Ok(list.into_iter().map(|(service, topic, cut)| ((service, topic), cut)).collect())
    }
}
