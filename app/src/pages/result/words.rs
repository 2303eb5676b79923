//! A verdict in words.

use std::collections::BTreeMap;

use domain::marking::{POINT, Score};
use domain::question::Topic;
use domain::test::Percent;
use domain::verdict::{Clause, Verdict};

use crate::reviewing::points_alone;

/// The names of services by their short names.
pub struct Names(pub BTreeMap<String, String>);

impl Names {
    pub fn of<'n>(&'n self, service: &'n str) -> &'n str {
        self.0.get(service).map_or(service, String::as_str)
    }

    /// "monitoring of Orders DB".
    pub fn topic(&self, service: &str, topic: Topic) -> String {
        format!("{topic} of {}", self.of(service))
    }
}

/// The verdict as one sentence: the fact, then the reason.
pub fn headline(verdict: Option<&Verdict>, names: &Names) -> String {
    match verdict {
        None => "Handed in".to_owned(),
        Some(verdict) if verdict.passed() => format!("Ready for {}", subjects(verdict, names)),
        Some(verdict) => format!("Not yet: {}", missing(verdict, names)),
    }
}

/// What was asked: a service by its name, with the topics unless it was all of
/// them.
fn subjects(verdict: &Verdict, names: &Names) -> String {
    let mut asked: Vec<(&str, Vec<Topic>)> = Vec::new();
    for (service, topic) in topics(verdict) {
        match asked.iter_mut().find(|(known, _)| *known == service) {
            Some((_, topics)) => topics.push(topic),
            None => asked.push((service, vec![topic])),
        }
    }
    let subject = |(service, topics): &(&str, Vec<Topic>)| {
        if topics.len() == Topic::ALL.len() {
            names.of(service).to_owned()
        } else {
            let topics: Vec<_> = topics.iter().map(|topic| topic.as_str().to_owned()).collect();
            format!("{} of {}", listed(&topics), names.of(service))
        }
    };
    listed(&asked.iter().map(subject).collect::<Vec<_>>())
}

fn topics(verdict: &Verdict) -> impl Iterator<Item = (&str, Topic)> {
    verdict.clauses.iter().filter_map(|clause| match clause {
        Clause::Topic { service, topic, .. } => Some((service.as_str(), *topic)),
        _ => None,
    })
}

/// "a", "a and b", "a, b and c".
pub fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// The clauses that do not hold, topics first: by name while they are two at
/// most; the table below names them all.
fn missing(verdict: &Verdict, names: &Names) -> String {
    let mut open: Vec<&Clause> = verdict.clauses.iter().filter(|clause| !clause.holds()).collect();
    if open.len() > 2 {
        return format!("{} of {} clauses do not hold", open.len(), verdict.clauses.len());
    }
    open.sort_by_key(|clause| match clause {
        Clause::Topic { .. } => 0,
        Clause::Critical { .. } => 1,
        Clause::Whole { .. } => 2,
    });
    let n_services = subjects_of(verdict).len();
    let parts: Vec<String> = open.iter().map(|clause| shortfall(clause, names, n_services > 1)).collect();
    listed(&parts)
}

pub fn subjects_of(verdict: &Verdict) -> Vec<&str> {
    let mut services: Vec<&str> = topics(verdict).map(|(service, _)| service).collect();
    services.dedup();
    services
}

/// What one clause lacks, as part of a sentence.
fn shortfall(clause: &Clause, names: &Names, names_service: bool) -> String {
    match clause {
        Clause::Whole { reached, .. } if reached.possible() == 0 => "every question was taken out".to_owned(),
        Clause::Whole { needed, reached } => {
            format!("the whole test is {} short", short_by(*needed, *reached))
        }
        Clause::Topic { service, topic, needed, reached } if names_service => {
            format!("{} is {} short", names.topic(service, *topic), short_by(*needed, *reached))
        }
        Clause::Topic { topic, needed, reached, .. } => {
            format!("{topic} is {} short", short_by(*needed, *reached))
        }
        Clause::Critical { n_drawn, n_full } => match n_drawn - n_full {
            1 => "1 critical question was missed".to_owned(),
            n => format!("{n} critical questions were missed"),
        },
    }
}

/// The points that a cut asks for, in ten-thousandths, rounded up.
pub fn needed_points(needed: Percent, possible: i64) -> i64 {
    (i64::from(needed.get()) * possible + 99) / 100
}

/// How much is missing to a cut, never rounded to nothing: "1 point".
pub fn short_by(needed: Percent, reached: Score) -> String {
    let short = needed_points(needed, reached.possible()) - reached.earned();
    let hundredth = POINT / 100;
    let short = (short + hundredth - 1) / hundredth * hundredth;
    let noun = if short == POINT { "point" } else { "points" };
    format!("{} {noun}", points_alone(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names(
            [("orders-db", "Orders database"), ("proxy", "Edge")]
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .into(),
        )
    }

    fn percent(n: u8) -> Percent {
        Percent::try_from(n).unwrap()
    }

    fn score(earned: i64, possible: i64) -> Score {
        Score::new(earned, possible).unwrap()
    }

    fn topic(service: &str, topic: Topic, earned: i64) -> Clause {
        Clause::Topic {
            service: service.to_owned(),
            topic,
            needed: percent(75),
            reached: score(earned, 4 * POINT),
        }
    }

    fn sentence(clauses: Vec<Clause>) -> String {
        headline(Some(&Verdict { clauses }), &names())
    }

    #[test]
    fn a_pass_names_what_was_asked_and_no_more() {
        let all = |service| Topic::ALL.map(|one| topic(service, one, 4 * POINT)).to_vec();
        let one = |service| vec![topic(service, Topic::Process, 4 * POINT)];

        assert_eq!(sentence(all("orders-db")), "Ready for Orders database");
        assert_eq!(sentence(one("proxy")), "Ready for process of Edge");
        assert_eq!(
            sentence([all("orders-db"), one("proxy")].concat()),
            "Ready for Orders database and process of Edge"
        );
    }

    #[test]
    fn what_is_missing_is_said_in_points_topics_first_and_two_at_most() {
        let whole = Clause::Whole { needed: percent(80), reached: score(5 * POINT, 8 * POINT) };
        let critical = Clause::Critical { n_drawn: 4, n_full: 3 };
        let troubleshooting = || topic("orders-db", Topic::Troubleshooting, 2 * POINT);
        let process = || topic("orders-db", Topic::Process, 26_667);

        assert_eq!(sentence(vec![troubleshooting()]), "Not yet: troubleshooting is 1 point short");
        assert_eq!(
            sentence(vec![whole.clone(), process()]),
            "Not yet: process is 0.34 points short and the whole test is 1.4 points short"
        );
        assert_eq!(
            sentence(vec![whole, process(), troubleshooting(), critical.clone()]),
            "Not yet: 4 of 4 clauses do not hold"
        );
        assert_eq!(
            sentence(vec![topic("proxy", Topic::Process, 4 * POINT), troubleshooting(), critical]),
            "Not yet: troubleshooting of Orders database is 1 point short and 1 critical question was missed"
        );
    }

    #[test]
    fn without_a_verdict_nothing_is_said_of_it() {
        assert_eq!(headline(None, &names()), "Handed in");
    }

    #[test]
    fn the_least_shortfall_is_never_nothing() {
        assert_eq!(short_by(percent(75), score(3 * POINT - 1, 4 * POINT)), "0.01 points");
    }
}
