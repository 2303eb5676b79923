//! Whether an attempt passed: a list of clauses, never a lone percentage.

use serde::{Deserialize, Serialize};

use crate::marking::Score;
use crate::question::Topic;
use crate::test::{Percent, Rules};

/// What one slot of an attempt adds to the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    pub service: String,
    pub topic: Topic,
    pub critical: bool,
    pub score: Score,
}

/// Every clause of a pass, kept with the attempt together with the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub clauses: Vec<Clause>,
}

/// One condition of a pass, what it needed and what was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Clause {
    Whole {
        needed: Percent,
        reached: Score,
    },
    Topic {
        service: String,
        topic: Topic,
        needed: Percent,
        reached: Score,
    },
    /// So many of the critical questions drawn earned full marks.
    Critical {
        n_drawn: u32,
        n_full: u32,
    },
}

impl Marked {
    /// Whether it counts: a question that was taken out has nothing to earn.
    pub fn counts(&self) -> bool {
        self.score.possible() > 0
    }
}

impl Clause {
    pub fn holds(&self) -> bool {
        match self {
            // Where every question was taken out, nothing speaks for a pass.
            Clause::Whole { needed, reached } | Clause::Topic { needed, reached, .. } => {
                reached.possible() > 0 && reached.reaches(*needed)
            }
            Clause::Critical { n_drawn, n_full } => n_full == n_drawn,
        }
    }
}

impl Verdict {
    /// The verdict on the marked slots of one attempt: the whole, each service
    /// and topic that was asked (services as they first came up, topics in
    /// their own order), and the critical questions where the rules ask for
    /// them and at least one was drawn. What was taken out counts nowhere.
    pub fn of(slots: &[Marked], rules: &Rules) -> Verdict {
        let mut clauses = vec![Clause::Whole { needed: rules.cut, reached: total(slots) }];
        for service in services(slots) {
            clauses.extend(Topic::ALL.iter().filter_map(|&topic| topic_clause(slots, rules, service, topic)));
        }
        clauses.extend(critical_clause(slots, rules));
        Verdict { clauses }
    }

    pub fn passed(&self) -> bool {
        self.clauses.iter().all(Clause::holds)
    }

    pub fn topic_clause(&self, service: &str, topic: Topic) -> Option<&Clause> {
        self.clauses.iter().find(|clause| {
            matches!(clause, Clause::Topic { service: s, topic: t, .. } if s == service && *t == topic)
        })
    }
}

/// Whether one service and topic holds by itself: its own cut is reached, and
/// every critical question of it earned full marks where the rules ask for
/// that. This is what readiness is made of.
///
/// What was not asked does not hold: nothing speaks for it.
pub fn topic_holds(slots: &[Marked], rules: &Rules, service: &str, topic: Topic) -> bool {
    let asked: Vec<Marked> = of_topic(slots, service, topic).cloned().collect();
    let clause = topic_clause(&asked, rules, service, topic);
    clause.is_some_and(|clause| clause.holds())
        && critical_clause(&asked, rules).is_none_or(|clause| clause.holds())
}

/// `None` where nothing of this service and topic was asked.
fn topic_clause(slots: &[Marked], rules: &Rules, service: &str, topic: Topic) -> Option<Clause> {
    of_topic(slots, service, topic).next()?;
    Some(Clause::Topic {
        service: service.to_owned(),
        topic,
        needed: rules.cut_of(service, topic),
        reached: total(of_topic(slots, service, topic)),
    })
}

/// `None` where the rules do not ask for it or nothing critical was drawn.
fn critical_clause(slots: &[Marked], rules: &Rules) -> Option<Clause> {
    let (mut n_drawn, mut n_full) = (0, 0);
    for slot in slots.iter().filter(|slot| slot.critical && slot.counts()) {
        n_drawn += 1;
        n_full += u32::from(slot.score.is_full());
    }
    (rules.critical_must_hold && n_drawn > 0).then_some(Clause::Critical { n_drawn, n_full })
}

/// Each service once, as it first came up.
fn services(slots: &[Marked]) -> Vec<&str> {
    let mut services = Vec::new();
    for slot in slots.iter().filter(|slot| slot.counts()) {
        if !services.contains(&slot.service.as_str()) {
            services.push(slot.service.as_str());
        }
    }
    services
}

fn of_topic<'m>(slots: &'m [Marked], service: &str, topic: Topic) -> impl Iterator<Item = &'m Marked> {
    slots.iter().filter(move |slot| slot.counts() && slot.service == service && slot.topic == topic)
}

fn total<'m>(slots: impl IntoIterator<Item = &'m Marked>) -> Score {
    slots.into_iter().map(|slot| slot.score).sum()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::marking::POINT;

    fn percent(n: u8) -> Percent {
        Percent::try_from(n).unwrap()
    }

    fn score(earned: i64, possible: i64) -> Score {
        Score::new(earned, possible).unwrap()
    }

    /// 80 % of the whole, 60 % of each topic, every critical question.
    fn rules() -> Rules {
        Rules {
            cut: percent(80),
            cuts: [(("orders-db".to_owned(), Topic::Monitoring), percent(50))].into(),
            topic_cut: percent(60),
            critical_must_hold: true,
            counts_for_days: 180,
            all_or_nothing: false,
        }
    }

    fn slot(service: &str, topic: Topic, earned: i64) -> Marked {
        Marked { service: service.into(), topic, critical: false, score: score(earned, POINT) }
    }

    fn critical(slot: Marked) -> Marked {
        Marked { critical: true, ..slot }
    }

    #[test]
    fn the_clauses_are_the_whole_then_services_as_asked_with_topics_in_order_then_the_critical() {
        let slots = [
            slot("proxy", Topic::Troubleshooting, POINT),
            slot("orders-db", Topic::Monitoring, POINT / 2),
            slot("proxy", Topic::Process, 0),
            critical(slot("orders-db", Topic::Monitoring, POINT)),
        ];

        let verdict = Verdict::of(&slots, &rules());

        let topic = |service: &str, topic, needed, earned, possible| Clause::Topic {
            service: service.into(),
            topic,
            needed: percent(needed),
            reached: score(earned, possible),
        };
        assert_eq!(
            verdict.clauses,
            [
                Clause::Whole { needed: percent(80), reached: score(25_000, 40_000) },
                topic("proxy", Topic::Process, 60, 0, 10_000),
                topic("proxy", Topic::Troubleshooting, 60, 10_000, 10_000),
                topic("orders-db", Topic::Monitoring, 50, 15_000, 20_000),
                Clause::Critical { n_drawn: 1, n_full: 1 },
            ]
        );
        assert_eq!(verdict.topic_clause("orders-db", Topic::Monitoring), Some(&verdict.clauses[3]));
        assert_eq!(verdict.topic_clause("orders-db", Topic::Process), None);
        assert!(!verdict.passed());
    }

    #[test]
    fn a_cut_is_reached_at_the_cut_and_not_a_ten_thousandth_below() {
        let whole = |earned| Clause::Whole { needed: percent(80), reached: score(earned, 30_000) };

        assert!(whole(24_000).holds());
        assert!(!whole(23_999).holds());
    }

    #[test]
    fn a_pass_needs_every_clause() {
        let process = |earned| slot("proxy", Topic::Process, earned);
        let monitoring = |earned| slot("proxy", Topic::Monitoring, earned);
        let cases = [
            ("all full", vec![process(POINT), monitoring(POINT)], true),
            ("whole and topics just reached", vec![process(POINT), monitoring(6_000)], true),
            ("a topic just missed", vec![process(POINT), process(POINT), monitoring(5_999)], false),
            ("the whole just missed", vec![process(7_999), monitoring(8_000)], false),
            ("a critical question full", vec![critical(process(POINT)), monitoring(6_000)], true),
            ("a critical question almost", vec![critical(process(POINT - 1)), monitoring(POINT)], false),
        ];
        for (case, slots, passes) in cases {
            assert_eq!(Verdict::of(&slots, &rules()).passed(), passes, "{case}");
        }
    }

    #[test]
    fn there_is_no_critical_clause_unless_the_rules_ask_for_it_and_one_was_drawn() {
        let has_one = |slots: &[Marked], rules: &Rules| {
            Verdict::of(slots, rules).clauses.iter().any(|clause| matches!(clause, Clause::Critical { .. }))
        };
        let plain = slot("proxy", Topic::Process, POINT);
        let lenient = Rules { critical_must_hold: false, ..rules() };

        assert!(has_one(&[critical(plain.clone())], &rules()));
        assert!(!has_one(&[critical(plain.clone())], &lenient));
        assert!(!has_one(&[plain], &rules()));
    }

    #[test]
    fn a_topic_holds_by_its_own_cut_and_its_own_critical_questions() {
        let monitoring = |earned| slot("orders-db", Topic::Monitoring, earned);
        let elsewhere = critical(slot("orders-db", Topic::Process, 0));
        let lenient = Rules { critical_must_hold: false, ..rules() };
        let cases = [
            ("at its own cut", vec![monitoring(5_000)], rules(), true),
            ("just below it", vec![monitoring(4_999)], rules(), false),
            ("whatever happens elsewhere", vec![monitoring(5_000), elsewhere.clone()], rules(), true),
            ("a critical one missed", vec![critical(monitoring(9_999)), monitoring(POINT)], rules(), false),
            ("a critical one missed, but allowed", vec![critical(monitoring(9_999))], lenient, true),
            ("not asked", vec![elsewhere], rules(), false),
        ];
        for (case, slots, rules, holds) in cases {
            assert_eq!(topic_holds(&slots, &rules, "orders-db", Topic::Monitoring), holds, "{case}");
        }
    }

    proptest! {
        #[test]
        fn the_topics_of_a_verdict_add_up_to_the_whole(
            slots in vec((0..3_usize, 0..4_usize, any::<bool>(), 0..=POINT), 1..40),
        ) {
            let slots: Vec<Marked> = slots
                .into_iter()
                .map(|(service, topic, critical, earned)| Marked {
                    critical,
                    ..slot(["proxy", "orders-db", "mail"][service], Topic::ALL[topic], earned)
                })
                .collect();

            let verdict = Verdict::of(&slots, &rules());

            let reached = verdict.clauses.iter().filter_map(|clause| match clause {
                Clause::Topic { reached, .. } => Some(*reached),
                _ => None,
            });
            let Clause::Whole { reached: whole, .. } = verdict.clauses[0] else {
                panic!("the whole comes first")
            };
            prop_assert_eq!(reached.sum::<Score>(), whole);
        }
    }
}
