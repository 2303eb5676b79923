//! What a review talks about, and why: a proposal that leaders change as they
//! like.
//!
//! First the actions of earlier reviews that are still open, then questions:
//! confidently wrong, topics below their cut, disputed, missed most often. Each
//! stands there once, with every reason it has.

use std::cmp::Reverse;

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use serde::{Deserialize, Serialize};

use crate::action::{day_in, working_days_after};
use crate::question::QuestionId;

/// How often one question was met in a round, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub question: QuestionId,
    /// In how many attempts it was marked.
    pub n_asked: u32,
    /// How many of them earned less than full marks.
    pub n_missed: u32,
    /// How many of those said that they were certain.
    pub n_sure_and_wrong: u32,
    /// How many people missed it: who retakes a test may miss it twice.
    pub n_people_missed: u32,
    /// Objections that nobody has decided.
    pub n_disputes: u32,
    /// Whether all marks of its service and topic together stay below the cut.
    pub topic_is_below: bool,
    /// What the question rests on, such as `runbook:orders-db#replication`.
    pub sources: Vec<String>,
}

/// Why a question is on the agenda, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    SureAndWrong {
        n: u32,
        of: u32,
    },
    TopicBelowCut,
    Disputed {
        n: u32,
    },
    Missed {
        n: u32,
        of: u32,
    },
    /// A leader put it there.
    ByHand,
}

/// What may be wrong, as a place to begin; the meeting decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    /// The question rests on these, and several people missed it.
    DocumentIsUnclear {
        sources: Vec<String>,
    },
    /// Somebody objected to it.
    QuestionIsDisputed,
    PeopleNeedTraining,
}

/// Why a question is on the agenda, and what to think of first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Why {
    pub reasons: Vec<Reason>,
    /// The first is to be thought of before the next.
    pub proposals: Vec<Proposal>,
}

/// One thing to talk about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topical<A> {
    /// An action of an earlier review that is still open.
    Action(A),
    Question(QuestionId, Why),
}

/// How many questions are proposed for no other reason than that they were
/// missed often.
pub const MOST_MISSED: usize = 5;

/// From so many people on, several have missed a question.
const SEVERAL: u32 = 2;

/// The agenda: the actions in the order they are given, then the questions.
pub fn agenda<A>(actions: impl IntoIterator<Item = A>, asked: &[Asked]) -> Vec<Topical<A>> {
    let actions = actions.into_iter().map(Topical::Action);
    actions.chain(questions(asked).into_iter().map(|(id, why)| Topical::Question(id, why))).collect()
}

fn questions(asked: &[Asked]) -> Vec<(QuestionId, Why)> {
    let mut by_rate: Vec<&Asked> = asked.iter().filter(|one| one.n_missed > 0).collect();
    by_rate.sort_by_key(|one| (Reverse(one.miss_rate()), Reverse(one.n_missed), one.question.to_string()));
    let most: Vec<&QuestionId> = by_rate.iter().take(MOST_MISSED).map(|one| &one.question).collect();
    let reasons_of = |one: &Asked| one.reasons(most.contains(&&one.question));

    // An objection counts also where nobody missed the question.
    let mut on: Vec<(&Asked, Vec<Reason>)> =
        asked.iter().map(|one| (one, reasons_of(one))).filter(|(_, reasons)| !reasons.is_empty()).collect();
    on.sort_by_key(|(one, reasons)| {
        let first = match reasons.first() {
            Some(Reason::SureAndWrong { n, .. }) => (0, Reverse(*n)),
            Some(Reason::TopicBelowCut) => (1, Reverse(0)),
            Some(Reason::Disputed { n }) => (2, Reverse(*n)),
            _ => (3, Reverse(0)),
        };
        (first, Reverse(one.miss_rate()), Reverse(one.n_missed), one.question.to_string())
    });
    on.into_iter()
        .map(|(one, reasons)| (one.question.clone(), Why { reasons, proposals: one.proposals() }))
        .collect()
}

impl Asked {
    /// In ten-thousandths.
    fn miss_rate(&self) -> u64 {
        u64::from(self.n_missed) * 10_000 / u64::from(self.n_asked.max(1))
    }

    fn reasons(&self, is_most_missed: bool) -> Vec<Reason> {
        let of = self.n_asked;
        let is_missed = self.n_missed > 0;
        let reasons = [
            (self.n_sure_and_wrong > 0)
                .then_some(Reason::SureAndWrong { n: self.n_sure_and_wrong, of: self.n_missed }),
            (self.topic_is_below && is_missed).then_some(Reason::TopicBelowCut),
            (self.n_disputes > 0).then_some(Reason::Disputed { n: self.n_disputes }),
            is_most_missed.then_some(Reason::Missed { n: self.n_missed, of }),
        ];
        let mut reasons: Vec<Reason> = reasons.into_iter().flatten().collect();
        // Whatever brought it here, how many missed it is worth knowing.
        if is_missed && !is_most_missed && !reasons.is_empty() {
            reasons.push(Reason::Missed { n: self.n_missed, of });
        }
        reasons
    }

    fn proposals(&self) -> Vec<Proposal> {
        let is_document = |source: &&String| source.starts_with("runbook:") || source.starts_with("alert:");
        let sources: Vec<String> = self.sources.iter().filter(is_document).cloned().collect();
        let is_unclear = self.n_people_missed >= SEVERAL && !sources.is_empty();
        let proposals = [
            (self.n_disputes > 0).then_some(Proposal::QuestionIsDisputed),
            is_unclear.then_some(Proposal::DocumentIsUnclear { sources }),
            (self.n_people_missed > 0).then_some(Proposal::PeopleNeedTraining),
        ];
        proposals.into_iter().flatten().collect()
    }
}

/// What a review decides about a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    Keep,
    FixQuestion,
    FixDocument,
    FixAlert,
    FixProcess,
    Train,
    NoAction,
}

impl Decision {
    pub const ALL: [Decision; 7] = [
        Decision::Keep,
        Decision::FixQuestion,
        Decision::FixDocument,
        Decision::FixAlert,
        Decision::FixProcess,
        Decision::Train,
        Decision::NoAction,
    ];

    /// As it is stored and stands in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Keep => "keep",
            Decision::FixQuestion => "fix_question",
            Decision::FixDocument => "fix_document",
            Decision::FixAlert => "fix_alert",
            Decision::FixProcess => "fix_process",
            Decision::Train => "train",
            Decision::NoAction => "no_action",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Decision::Keep => "Keep the question",
            Decision::FixQuestion => "Fix the question",
            Decision::FixDocument => "Fix a document",
            Decision::FixAlert => "Fix an alert",
            Decision::FixProcess => "Fix the process",
            Decision::Train => "Train",
            Decision::NoAction => "No action, because …",
        }
    }

    pub fn parse(text: &str) -> Option<Decision> {
        Decision::ALL.into_iter().find(|decision| decision.as_str() == text)
    }

    /// Whether it has to say why.
    pub fn needs_reason(self) -> bool {
        self == Decision::NoAction
    }
}

/// When a review is proposed: on the next working day but one, at ten in the
/// morning of the circle.
pub fn proposed_start<Z: TimeZone>(now: DateTime<Utc>, zone: &Z) -> DateTime<Utc> {
    morning(working_days_after(day_in(now, zone), 2), 10, zone)
}

/// This hour of a day in a zone; where clocks go forward over it, the first
/// instant after the gap that is a whole hour.
pub fn morning<Z: TimeZone>(day: NaiveDate, hour: u32, zone: &Z) -> DateTime<Utc> {
    at_wall(day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()), zone)
}

/// The instant at which a clock on the wall shows this: of two the first, and
/// where clocks go forward over it, whole hours later.
pub(crate) fn at_wall<Z: TimeZone>(wall: NaiveDateTime, zone: &Z) -> DateTime<Utc> {
    let hours = (0..24).map(|n| wall + TimeDelta::hours(n));
    let there = hours.map(|wall| zone.from_local_datetime(&wall)).find_map(|local| match local {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        LocalResult::None => None,
    });
    there.unwrap_or_else(|| wall.and_utc())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;

    fn asked(slug: &str, n_asked: u32, n_missed: u32) -> Asked {
        Asked {
            question: format!("orders-db/process/{slug}").parse().unwrap(),
            n_asked,
            n_missed,
            n_sure_and_wrong: 0,
            n_people_missed: n_missed,
            n_disputes: 0,
            topic_is_below: false,
            sources: Vec::new(),
        }
    }

    fn slugs(agenda: &[Topical<u8>]) -> Vec<String> {
        let name = |topical: &Topical<u8>| match topical {
            Topical::Action(number) => format!("CA-{number}"),
            Topical::Question(id, _) => id.slug.clone(),
        };
        agenda.iter().map(name).collect()
    }

    #[test]
    fn open_actions_come_first_then_the_strongest_reasons() {
        let all = [
            asked("missed", 10, 6),
            Asked { n_disputes: 1, ..asked("disputed", 10, 1) },
            Asked { topic_is_below: true, ..asked("below", 10, 2) },
            Asked { n_sure_and_wrong: 1, ..asked("sure", 10, 1) },
            Asked { n_sure_and_wrong: 3, ..asked("surest", 10, 3) },
            asked("fine", 10, 0),
        ];

        let agenda = agenda([4, 7], &all);

        assert_eq!(slugs(&agenda), ["CA-4", "CA-7", "surest", "sure", "below", "disputed", "missed"]);
    }

    #[test]
    fn a_question_says_every_reason_once() {
        let cases: [(&str, Asked, Vec<Reason>); 6] = [
            ("nothing", asked("a", 4, 0), vec![]),
            ("missed", asked("a", 4, 1), vec![Reason::Missed { n: 1, of: 4 }]),
            (
                "sure, of those who missed it",
                Asked { n_sure_and_wrong: 1, ..asked("a", 4, 2) },
                vec![Reason::SureAndWrong { n: 1, of: 2 }, Reason::Missed { n: 2, of: 4 }],
            ),
            (
                "all at once",
                Asked { n_sure_and_wrong: 1, n_disputes: 2, topic_is_below: true, ..asked("a", 4, 2) },
                vec![
                    Reason::SureAndWrong { n: 1, of: 2 },
                    Reason::TopicBelowCut,
                    Reason::Disputed { n: 2 },
                    Reason::Missed { n: 2, of: 4 },
                ],
            ),
            (
                "disputed by one who had it right",
                Asked { n_disputes: 1, ..asked("a", 4, 0) },
                vec![Reason::Disputed { n: 1 }],
            ),
            ("right, in a topic below its cut", Asked { topic_is_below: true, ..asked("a", 4, 0) }, vec![]),
        ];
        for (case, one, expected) in cases {
            let found = agenda::<u8>([], &[one]);
            let reasons = found.first().map(|topical| match topical {
                Topical::Question(_, why) => why.reasons.clone(),
                Topical::Action(_) => unreachable!("there is none"),
            });
            assert_eq!(reasons.unwrap_or_default(), expected, "{case}");
        }
    }

    #[test]
    fn of_those_only_missed_the_five_missed_most_often_are_proposed() {
        let all: Vec<Asked> = (1..=8).map(|n| asked(&format!("q{n}"), 8, n)).collect();

        let found = agenda::<u8>([], &all);

        assert_eq!(slugs(&found), ["q8", "q7", "q6", "q5", "q4"]);
    }

    #[test]
    fn a_rate_counts_before_a_number_and_one_of_one_before_half_of_many() {
        let found = agenda::<u8>([], &[asked("half", 10, 5), asked("all", 1, 1), asked("all-of-3", 3, 3)]);

        assert_eq!(slugs(&found), ["all-of-3", "all", "half"]);
    }

    #[test]
    fn an_unclear_document_is_thought_of_before_training() {
        let training = Proposal::PeopleNeedTraining;
        let unclear = |source: &str| Proposal::DocumentIsUnclear { sources: vec![source.to_owned()] };
        let cases = [
            ("one person", 1, 0, vec!["runbook:orders-db#lag"], vec![training.clone()]),
            (
                "several, no document",
                3,
                0,
                vec!["https://example.org", "incident:INC-1"],
                vec![training.clone()],
            ),
            (
                "several, a runbook",
                2,
                0,
                vec!["https://example.org", "runbook:orders-db#lag"],
                vec![unclear("runbook:orders-db#lag"), training.clone()],
            ),
            ("several, an alert", 2, 0, vec!["alert:Lag"], vec![unclear("alert:Lag"), training.clone()]),
            ("an objection", 1, 1, vec![], vec![Proposal::QuestionIsDisputed, training.clone()]),
            ("an objection alone", 0, 1, vec![], vec![Proposal::QuestionIsDisputed]),
        ];
        for (case, n, n_disputes, sources, expected) in cases {
            let sources = sources.into_iter().map(str::to_owned).collect();
            let one = Asked { n_disputes, sources, ..asked("a", 5, n) };
            assert_eq!(one.proposals(), expected, "{case}");
        }
        // One person who missed it twice is not several.
        let twice = Asked { n_people_missed: 1, sources: vec!["alert:Lag".to_owned()], ..asked("a", 2, 2) };
        assert_eq!(twice.proposals(), [training]);
    }

    #[test]
    fn a_review_is_proposed_for_the_next_working_day_but_one_at_ten() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let cases = [
            // Rome, a Monday in winter.
            ("2026-03-02T12:00:00Z", Tz::Europe__Rome, "2026-03-04T09:00:00Z"),
            // A Thursday: over the weekend.
            ("2026-03-05T12:00:00Z", Tz::Europe__Rome, "2026-03-09T09:00:00Z"),
            // A Saturday, and in summer time by then.
            ("2026-03-28T12:00:00Z", Tz::Europe__Rome, "2026-03-31T08:00:00Z"),
            // A Monday in UTC that is Tuesday in Auckland.
            ("2026-03-02T12:00:00Z", Tz::Pacific__Auckland, "2026-03-04T21:00:00Z"),
        ];
        for (now, zone, expected) in cases {
            assert_eq!(proposed_start(at(now), &zone), at(expected), "{now} in {zone}");
        }
    }

    #[test]
    fn an_hour_that_is_left_out_is_the_next_one_there_is() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();

        assert_eq!(morning(day, 2, &Tz::Europe__Rome).to_rfc3339(), "2026-03-29T01:00:00+00:00");
    }

    #[test]
    fn every_decision_is_read_back_as_it_was_written() {
        for decision in Decision::ALL {
            assert_eq!(Decision::parse(decision.as_str()), Some(decision));
        }
        assert_eq!(Decision::parse("blame"), None);
    }

    proptest! {
        #[test]
        fn every_question_stands_once_and_none_without_a_reason(
            figures in prop::collection::vec((0..6_u32, 0..6_u32, 0..6_u32, 0..2_u32, any::<bool>()), 0..20)
        ) {
            let all: Vec<Asked> = figures.iter().enumerate().map(|(n, &(n_asked, missed, sure, n_disputes, below))| {
                let n_missed = missed.min(n_asked);
                Asked {
                    n_sure_and_wrong: sure.min(n_missed), n_disputes, topic_is_below: below,
                    ..asked(&format!("q{n}"), n_asked, n_missed)
                }
            }).collect();

            let found = agenda([1_u8], &all);

            let mut names = slugs(&found);
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), found.len());
            for topical in &found[1..] {
                let Topical::Question(_, why) = topical else { panic!("one action") };
                prop_assert!(!why.reasons.is_empty());
                prop_assert!(why.reasons.is_sorted());
            }
            // Whoever was sure and wrong is never left out.
            for one in all.iter().filter(|one| one.n_sure_and_wrong > 0) {
                prop_assert!(slugs(&found).contains(&one.question.slug));
            }
        }
    }
}
