//! Retakes: how often, after what wait, and what they ask again.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::blueprint::Blueprint;
use crate::question::Topic;
use crate::readiness::{Evidence, Standing, newest, standing};
use crate::round::Phase;

/// What a round allows beyond the first attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retakes {
    /// How many more attempts there are after the first.
    pub n: u32,
    /// From the end of the last attempt to the start of the next.
    pub wait: TimeDelta,
    pub asks: Asks,
}

impl Retakes {
    pub const NONE: Retakes = Retakes { n: 0, wait: TimeDelta::zero(), asks: Asks::Everything };
}

/// What a retake asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// The whole test again.
    Everything,
    /// The topics that were missed; the others are kept for as long as they
    /// hold.
    Missed,
}

impl Asks {
    pub const ALL: [Asks; 2] = [Asks::Missed, Asks::Everything];

    pub fn as_str(self) -> &'static str {
        match self {
            Asks::Everything => "everything",
            Asks::Missed => "missed",
        }
    }

    pub fn parse(text: &str) -> Option<Asks> {
        Asks::ALL.into_iter().find(|asks| asks.as_str() == text)
    }
}

/// An attempt that one person made in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// `None` while it is being sat.
    pub finished_at: Option<DateTime<Utc>>,
    /// `None` until every answer of it is marked.
    pub passed: Option<bool>,
}

/// What one person may do next in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The round is not open yet.
    NotYet,
    /// Start this attempt; the first is number 1.
    Start { number: u32 },
    /// Go on with the one that is being sat.
    GoOn,
    /// An answer of the last attempt waits for a marker; a retake may come then.
    Marking,
    /// A retake may start from then on.
    Wait { until: DateTime<Utc> },
    /// No attempt is left.
    UsedUp,
    /// Passed, so that there is nothing to take again.
    Passed,
    /// The round closed, or closes before the wait is over.
    TooLate,
}

/// What comes after the attempts made, in the order in which they were started.
pub fn next(
    retakes: Retakes,
    made: &[Made],
    phase: Phase,
    closes_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Next {
    let Some(last) = made.last() else {
        return match phase {
            Phase::Planned => Next::NotYet,
            Phase::Running => Next::Start { number: 1 },
            Phase::StillSitting | Phase::Marking | Phase::ResultsReady => Next::TooLate,
        };
    };
    let n_made = u32::try_from(made.len()).unwrap_or(u32::MAX);
    let Some(finished_at) = last.finished_at else { return Next::GoOn };
    let until = finished_at.checked_add_signed(retakes.wait).unwrap_or(DateTime::<Utc>::MAX_UTC);
    if retakes.n == 0 {
        Next::UsedUp
    } else if last.passed == Some(true) {
        Next::Passed
    } else if n_made > retakes.n {
        Next::UsedUp
    } else if phase != Phase::Running || until >= closes_at {
        Next::TooLate
    } else if last.passed.is_none() {
        Next::Marking
    } else if now < until {
        Next::Wait { until }
    } else {
        Next::Start { number: n_made + 1 }
    }
}

/// A service and topic that a retake does not ask again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub service: String,
    pub topic: Topic,
    /// The attempt in which it was passed.
    pub attempt: String,
    /// The last instant at which that pass counts.
    pub until: DateTime<Utc>,
}

/// The topics of a test that a retake need not ask: the newest attempt that
/// contained them is one of this round, passed them, and still counts.
///
/// Empty where all of them were passed: then the cut of the whole was missed,
/// and that is a matter of every topic.
pub fn kept(
    blueprint: &Blueprint,
    evidence: &[Evidence],
    is_of_round: impl Fn(&str) -> bool,
    now: DateTime<Utc>,
) -> Vec<Kept> {
    let asked = blueprint.topics();
    let kept: Vec<Kept> = asked
        .iter()
        .filter_map(|&(service, topic)| {
            let newest = newest(evidence, service, topic).filter(|newest| is_of_round(&newest.attempt))?;
            let (Standing::Ready { until } | Standing::Expiring { until }) = standing(Some(newest), now)
            else {
                return None;
            };
            Some(Kept { service: service.to_owned(), topic, attempt: newest.attempt.clone(), until })
        })
        .collect();
    if kept.len() == asked.len() { Vec::new() } else { kept }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::blueprint::Row;
    use crate::marking::Score;
    use crate::test::Percent;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap()
    }

    fn hours(n: i64) -> TimeDelta {
        TimeDelta::hours(n)
    }

    #[test]
    fn a_retake_waits_from_the_end_of_the_last_attempt_until_the_attempts_are_used_up() {
        let retakes = Retakes { n: 2, wait: hours(24), asks: Asks::Missed };
        let closes_at = noon() + hours(96);
        let failed = |finished_at| Made { finished_at: Some(finished_at), passed: Some(false) };
        let sitting = Made { finished_at: None, passed: None };
        let unmarked = |finished_at| Made { finished_at: Some(finished_at), passed: None };
        let passed = Made { finished_at: Some(noon()), passed: Some(true) };
        let instant = TimeDelta::milliseconds(1);
        let cases = [
            ("nothing yet", vec![], noon(), Next::Start { number: 1 }),
            ("sitting", vec![sitting], noon(), Next::GoOn),
            ("just missed", vec![failed(noon())], noon(), Next::Wait { until: noon() + hours(24) }),
            (
                "an instant too early",
                vec![failed(noon())],
                noon() + hours(24) - instant,
                Next::Wait { until: noon() + hours(24) },
            ),
            ("the wait is over", vec![failed(noon())], noon() + hours(24), Next::Start { number: 2 }),
            (
                "after the second",
                vec![failed(noon()), failed(noon() + hours(30))],
                noon() + hours(31),
                Next::Wait { until: noon() + hours(54) },
            ),
            ("after the third", vec![failed(noon()); 3], noon() + hours(90), Next::UsedUp),
            ("passed", vec![failed(noon()), passed], noon() + hours(90), Next::Passed),
            (
                "passed at last",
                vec![failed(noon()), failed(noon()), passed],
                noon() + hours(90),
                Next::Passed,
            ),
            ("not marked yet", vec![unmarked(noon())], noon() + hours(30), Next::Marking),
            (
                "not marked, and no attempt is left",
                vec![unmarked(noon()); 3],
                noon() + hours(90),
                Next::UsedUp,
            ),
            (
                "not marked, and the close comes first",
                vec![unmarked(noon() + hours(72))],
                noon(),
                Next::TooLate,
            ),
            ("the close comes first", vec![failed(noon() + hours(72))], noon() + hours(73), Next::TooLate),
        ];
        for (case, made, now, expected) in cases {
            assert_eq!(next(retakes, &made, Phase::Running, closes_at, now), expected, "{case}");
        }
    }

    #[test]
    fn before_a_round_opens_and_after_it_closed_nothing_starts() {
        let retakes = Retakes { n: 1, wait: TimeDelta::zero(), asks: Asks::Everything };
        let failed = [Made { finished_at: Some(noon()), passed: Some(false) }];
        let after = noon() + hours(2);

        assert_eq!(next(retakes, &[], Phase::Planned, after, noon()), Next::NotYet);
        assert_eq!(next(retakes, &[], Phase::StillSitting, noon(), after), Next::TooLate);
        assert_eq!(next(retakes, &failed, Phase::ResultsReady, noon() + hours(1), after), Next::TooLate);
        let passed = [Made { passed: Some(true), ..failed[0] }];
        let unmarked = [Made { passed: None, ..failed[0] }];
        for made in [failed, passed, unmarked] {
            let next = next(Retakes::NONE, &made, Phase::Running, after, noon());
            assert_eq!(next, Next::UsedUp, "without retakes nothing tells a pass");
        }
    }

    /// A test of the database: process and monitoring.
    fn blueprint() -> Blueprint {
        let row = |topic| Row { service: "orders-db".into(), topic, level: None, n_questions: 3 };
        Blueprint { rows: vec![row(Topic::Process), row(Topic::Monitoring), row(Topic::Monitoring)] }
    }

    fn evidence(attempt: &str, topic: Topic, at: DateTime<Utc>, holds: bool) -> Evidence {
        Evidence {
            service: "orders-db".into(),
            topic,
            attempt: attempt.into(),
            finished_at: at,
            holds,
            reached: Score::new(8, 10).unwrap(),
            needed: Percent::try_from(60).unwrap(),
            counts_for: TimeDelta::days(90),
        }
    }

    #[test]
    fn what_was_passed_in_this_round_is_kept_for_as_long_as_it_holds() {
        let (process, monitoring) = (Topic::Process, Topic::Monitoring);
        let later = noon() + hours(1);
        let base = |holds| evidence("mine-1", monitoring, noon(), holds);
        let cases = [
            (
                "one of two",
                vec![evidence("mine-1", process, noon(), true), base(false)],
                later,
                vec![process],
            ),
            ("neither", vec![evidence("mine-1", process, noon(), false), base(false)], later, vec![]),
            (
                "both: the whole was missed",
                vec![evidence("mine-1", process, noon(), true), base(true)],
                later,
                vec![],
            ),
            (
                "passed in another round",
                vec![evidence("other", process, noon(), true), base(false)],
                later,
                vec![],
            ),
            (
                "missed since",
                vec![
                    evidence("mine-1", process, noon(), true),
                    evidence("other", process, noon() + hours(1), false),
                    base(false),
                ],
                later,
                vec![],
            ),
            (
                "no longer counting",
                vec![evidence("mine-1", process, noon(), true), base(false)],
                noon() + TimeDelta::days(90) + TimeDelta::milliseconds(1),
                vec![],
            ),
        ];
        for (case, evidence, now, expected) in cases {
            let kept = kept(&blueprint(), &evidence, |attempt| attempt.starts_with("mine"), now);
            assert_eq!(kept.iter().map(|kept| kept.topic).collect::<Vec<_>>(), expected, "{case}");
            assert!(kept.iter().all(|kept| kept.until == noon() + TimeDelta::days(90)), "{case}");
        }
    }

    #[test]
    fn what_a_retake_asks_is_read_back_as_it_was_written() {
        for asks in Asks::ALL {
            assert_eq!(Asks::parse(asks.as_str()), Some(asks));
        }
        assert_eq!(Asks::parse("nothing"), None);
    }
}
