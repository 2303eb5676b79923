//! Who is ready for what, at an instant, and until when.
//!
//! For each service and topic the newest marked attempt that contained it
//! decides (law 4 of the model).

mod ahead;

use chrono::{DateTime, TimeDelta, Utc};

pub use ahead::{Ending, Held, endings, usual_horizon};

use crate::question::Topic;

/// How long before its end a pass is called expiring.
pub const EXPIRING_WITHIN: TimeDelta = TimeDelta::days(30);

/// What one marked attempt says of one service and topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub service: String,
    pub topic: Topic,
    pub attempt: String,
    pub finished_at: DateTime<Utc>,
    /// Whether the clause of this service and topic holds, and every critical
    /// question of it that was drawn where the rules ask for that.
    pub holds: bool,
    pub reached: crate::marking::Score,
    pub needed: crate::test::Percent,
    pub counts_for: TimeDelta,
}

/// How a person stands with a service and topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Passed, and counts until then.
    Ready { until: DateTime<Utc> },
    /// Passed, and counts until then, which is 30 days away or less.
    Expiring { until: DateTime<Utc> },
    /// The newest attempt did not reach the topic's clause.
    NotPassed,
    /// Passed once; it no longer counts.
    Expired { since: DateTime<Utc> },
    /// Never sat.
    Unknown,
}

impl Standing {
    /// Ready today; expiring is still ready.
    pub fn is_ready(self) -> bool {
        self.until().is_some()
    }

    /// Until when the pass counts, while it does.
    pub fn until(self) -> Option<DateTime<Utc>> {
        match self {
            Standing::Ready { until } | Standing::Expiring { until } => Some(until),
            Standing::NotPassed | Standing::Expired { .. } | Standing::Unknown => None,
        }
    }
}

/// Until when somebody is ready for all of these, such as the four topics of a
/// service: the first end decides. `None` for whoever is not.
pub fn all_ready_until(standings: impl IntoIterator<Item = Standing>) -> Option<DateTime<Utc>> {
    let mut ends = standings.into_iter().map(Standing::until);
    let first = ends.next()??;
    ends.try_fold(first, |earliest, until| Some(earliest.min(until?)))
}

/// The newest evidence on a service and topic: the latest end decides, and on
/// the same instant the later attempt id.
pub fn newest<'e>(evidence: &'e [Evidence], service: &str, topic: Topic) -> Option<&'e Evidence> {
    evidence
        .iter()
        .filter(|one| one.service == service && one.topic == topic)
        .max_by_key(|one| (one.finished_at, one.attempt.as_str()))
}

/// How someone stands, given the newest evidence. A pass counts until the very
/// end of its term.
pub fn standing(newest: Option<&Evidence>, now: DateTime<Utc>) -> Standing {
    let Some(newest) = newest else {
        return Standing::Unknown;
    };
    if !newest.holds {
        return Standing::NotPassed;
    }
    let until = newest.counts_until();
    if now > until {
        Standing::Expired { since: until }
    } else if until - now <= EXPIRING_WITHIN {
        Standing::Expiring { until }
    } else {
        Standing::Ready { until }
    }
}

impl Evidence {
    /// The last instant at which a pass counts. A term beyond the calendar
    /// ends with the calendar.
    fn counts_until(&self) -> DateTime<Utc> {
        self.finished_at.checked_add_signed(self.counts_for).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::marking::Score;
    use crate::test::Percent;

    fn new_year() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, 1, 9, 0, 0).unwrap()
    }

    /// Ada's pass in monitoring the database on New Year's Day, for 180 days.
    fn adas_pass() -> Evidence {
        Evidence {
            service: "orders-db".into(),
            topic: Topic::Monitoring,
            attempt: "a1".into(),
            finished_at: new_year(),
            holds: true,
            reached: Score::new(8, 10).unwrap(),
            needed: Percent::try_from(80).unwrap(),
            counts_for: TimeDelta::days(180),
        }
    }

    #[test]
    fn a_pass_counts_until_the_very_end_of_its_term_and_says_so_30_days_before() {
        let (pass, second) = (adas_pass(), TimeDelta::seconds(1));
        let until = new_year() + TimeDelta::days(180);
        let cases = [
            (new_year(), Standing::Ready { until }),
            (until - EXPIRING_WITHIN - second, Standing::Ready { until }),
            (until - EXPIRING_WITHIN, Standing::Expiring { until }),
            (until, Standing::Expiring { until }),
            (until + second, Standing::Expired { since: until }),
        ];
        for (now, expected) in cases {
            assert_eq!(standing(Some(&pass), now), expected, "{now}");
        }
    }

    #[test]
    fn somebody_is_ready_for_a_service_while_every_topic_holds_and_until_the_first_ends() {
        let day = |n| new_year() + TimeDelta::days(n);
        let ready = |n| Standing::Ready { until: day(n) };
        let cases = [
            ("all hold", vec![ready(90), ready(80), Standing::Expiring { until: day(9) }], Some(day(9))),
            ("one holds", vec![ready(90)], Some(day(90))),
            ("one was not passed", vec![ready(90), Standing::NotPassed], None),
            ("one is over", vec![Standing::Expired { since: day(0) }, ready(90)], None),
            ("one was never sat", vec![ready(90), Standing::Unknown, ready(90)], None),
            ("nothing is asked", vec![], None),
        ];
        for (case, standings, until) in cases {
            assert_eq!(all_ready_until(standings), until, "{case}");
        }
    }

    #[test]
    fn who_never_sat_is_unknown() {
        assert_eq!(standing(None, new_year()), Standing::Unknown);
    }

    #[test]
    fn a_failed_attempt_is_not_a_pass_however_old_it_is() {
        let failed = Evidence { holds: false, ..adas_pass() };

        assert_eq!(standing(Some(&failed), new_year()), Standing::NotPassed);
        assert_eq!(standing(Some(&failed), new_year() + TimeDelta::days(999)), Standing::NotPassed);
    }

    #[test]
    fn a_term_beyond_the_calendar_counts_for_ever() {
        let pass = Evidence { counts_for: TimeDelta::days(i64::from(u32::MAX)), ..adas_pass() };

        assert_eq!(standing(Some(&pass), new_year()), Standing::Ready { until: DateTime::<Utc>::MAX_UTC });
    }

    #[test]
    fn the_newest_evidence_decides_and_on_the_same_instant_the_later_attempt() {
        let later = new_year() + TimeDelta::milliseconds(1);
        let failed_at = |finished_at, attempt: &str| Evidence {
            attempt: attempt.into(),
            finished_at,
            holds: false,
            ..adas_pass()
        };
        let cases = [
            ("alone", vec![adas_pass()], Some("a1")),
            ("a newer one", vec![failed_at(later, "a0"), adas_pass()], Some("a0")),
            ("at the same instant", vec![failed_at(new_year(), "a2"), adas_pass()], Some("a2")),
            ("another topic", vec![Evidence { topic: Topic::Process, ..adas_pass() }], None),
            ("another service", vec![Evidence { service: "proxy".into(), ..adas_pass() }], None),
            ("none", vec![], None),
        ];
        for (case, mut evidence, expected) in cases {
            for _ in 0..2 {
                let newest = newest(&evidence, "orders-db", Topic::Monitoring);
                assert_eq!(newest.map(|one| one.attempt.as_str()), expected, "{case}");
                evidence.reverse();
            }
        }
    }
}
