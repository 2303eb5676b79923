//! A question as one attempt met it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::answer::{Answer, Confidence};
use crate::attempt::AnswerEvent;
use crate::marking::Score;
use crate::question::QuestionId;

/// One slot of an attempt that is handed in, with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    pub attempt: String,
    pub person: String,
    /// The place in the attempt, from 1.
    pub slot: u16,
    pub question: QuestionId,
    pub version: String,
    /// The newest mark; `None` while there is none.
    pub score: Option<Score>,
    /// In places as written. `None` where there is no answer.
    pub answer: Option<Answer>,
    pub confidence: Option<Confidence>,
    /// The time spent on it, as [`spent`] counts it; `None` where nothing was
    /// saved for it.
    pub seconds: Option<i64>,
}

impl Met {
    /// Whether it has a mark and earned less than full marks. A question that
    /// counts for nothing is not missed.
    pub fn is_missed(&self) -> bool {
        self.counts().is_some_and(|score| !score.is_full())
    }

    /// The mark, where it counts for something.
    pub fn counts(&self) -> Option<Score> {
        self.score.filter(|score| score.possible() > 0)
    }
}

/// What each person met in their first attempt alone, given attempts in the
/// order in which they were started, each in one piece.
pub fn of_first_attempts(met: Vec<Met>) -> Vec<Met> {
    let mut seen: HashSet<String> = HashSet::new();
    of_attempts(met, |attempt| seen.insert(attempt[0].person.clone()))
}

/// What was met in the attempts that are kept, each of which is in one piece.
pub fn of_attempts(met: Vec<Met>, mut keeps: impl FnMut(&[Met]) -> bool) -> Vec<Met> {
    let pieces = met.chunk_by(|a, b| a.attempt == b.attempt);
    let kept: Vec<bool> = pieces.flat_map(|piece| std::iter::repeat_n(keeps(piece), piece.len())).collect();
    met.into_iter().zip(kept).filter_map(|(met, is_kept)| is_kept.then_some(met)).collect()
}

/// How long an attempt spent on each slot: every save ends a stretch of time
/// that began with the save before it, of whatever slot, or with the start of
/// the attempt, and a slot has the stretches that its own saves ended. So no
/// second counts twice; reading without saving counts for the question saved
/// next, and so does a break.
pub fn spent(started_at: DateTime<Utc>, events: &[AnswerEvent]) -> HashMap<u16, TimeDelta> {
    spent_between(started_at, events.iter().map(|event| (event.received_at, event.slot)).collect())
}

/// The same from the instants and slots of the saves, in any order.
pub fn spent_between(
    started_at: DateTime<Utc>,
    mut saves: Vec<(DateTime<Utc>, u16)>,
) -> HashMap<u16, TimeDelta> {
    saves.sort_unstable();
    let mut spent: HashMap<u16, TimeDelta> = HashMap::new();
    let mut before = started_at;
    for (at, slot) in saves {
        *spent.entry(slot).or_default() += (at - before).max(TimeDelta::zero());
        before = at.max(before);
    }
    spent
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap()
    }

    fn save(slot: u16, second: i64) -> AnswerEvent {
        AnswerEvent {
            slot,
            client: "a".into(),
            sequence: second,
            answer: None,
            confidence: None,
            marked_for_review: false,
            received_at: noon() + TimeDelta::seconds(second),
        }
    }

    #[test]
    fn a_slot_has_the_stretches_that_its_own_saves_ended() {
        let events = [save(1, 30), save(1, 40), save(2, 100), save(1, 110)];

        let spent = spent(noon(), &events);

        assert_eq!(spent[&1], TimeDelta::seconds(30 + 10 + 10));
        assert_eq!(spent[&2], TimeDelta::seconds(60));
        assert_eq!(spent.get(&3), None);
    }

    proptest! {
        #[test]
        fn all_stretches_together_are_the_time_up_to_the_last_save(
            saves in vec((1..9_u16, 0..7_200_i64), 1..40)
        ) {
            let events: Vec<_> = saves.iter().map(|&(slot, second)| save(slot, second)).collect();
            let last = saves.iter().map(|&(_, second)| second).max().unwrap();

            let spent = spent(noon(), &events);

            prop_assert_eq!(spent.values().sum::<TimeDelta>(), TimeDelta::seconds(last));
            prop_assert!(spent.values().all(|time| *time >= TimeDelta::zero()));
        }
    }
}
