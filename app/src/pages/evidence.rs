//! The evidence behind one cell of the readiness matrix: how a person stands
//! with a topic of a service, and which attempts say so.

use backend::Error;
use backend::readiness::{self, Cell, History};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::question::Topic;
use domain::readiness::{Evidence, Standing};
use leptos::prelude::*;

use crate::components::{Breadcrumb, Empty, Status, StatusKind, Time, day_words, duration_words};
use crate::pages::readiness::standing_words;
use crate::reviewing::points;
use crate::shell::{InCircle, Page, Section, circle_page, path_param};

/// How one person stands with one topic of a service, for that person and for
/// leaders.
#[component]
pub fn EvidencePage() -> impl IntoView {
    let (person, service, topic) = (path_param("person"), path_param("service"), path_param("topic"));
    circle_page(Section::Readiness, move |here| async move {
        let topic: Topic = topic.parse().map_err(|_| Error::NotFound)?;
        let (db, circle, now) = (&here.site.db, &here.member.circle, here.asked.received_at);
        let history = readiness::history(db, &here.who, circle, &person, &service, topic, now).await?;
        let is_mine = person == here.who.person;
        let title = heading(&history, topic, is_mine);
        Ok(Page::new(title.clone(), evidence(&here, &history, topic, is_mine, title)))
    })
}

fn heading(history: &History, topic: Topic, is_mine: bool) -> String {
    let whose = if is_mine { "You".to_owned() } else { history.name.clone() };
    format!("{whose}: {topic} of {}", history.service_name)
}

fn evidence(
    here: &InCircle,
    history: &History,
    topic: Topic,
    is_mine: bool,
    title: String,
) -> impl IntoView + use<> {
    let (now, zone) = (here.asked.received_at, here.member.zone);
    let cell = Cell { standing: history.standing, evidence: history.evidence.first().cloned() };
    let (kind, words) = standing_words(&cell, now, zone);
    let readiness = format!("/circles/{}/readiness", here.member.circle);
    let trail = vec![
        (here.member.circle_name.clone(), format!("/circles/{}", here.member.circle)),
        ("Readiness".to_owned(), readiness.clone()),
    ];
    view! {
        <Breadcrumb trail=trail/>
        <div class="head"><h1>{title}</h1><Status kind=kind words=words/></div>
        <p class="lead">{decided(&cell, now, zone)}</p>
        {attempts(history, topic, zone)}
        {is_mine.then(|| view! { <p><a href=readiness>"What I am ready for, and what to do next"</a></p> })}
    }
}

/// What the standing is, and what decided it.
fn decided(cell: &Cell, now: DateTime<Utc>, zone: Tz) -> String {
    let why = cell.evidence.as_ref().map(|evidence| {
        format!(
            "The newest attempt, of {}, reached {}; {} % were needed",
            day_words(evidence.finished_at, zone),
            points(evidence.reached),
            evidence.needed.get()
        )
    });
    let why = why.unwrap_or_default();
    match cell.standing {
        Standing::Ready { until } => format!("Ready to {}. {why}.", day_words(until, zone)),
        Standing::Expiring { until } => {
            format!(
                "Ready to {}, which is in {}. {why}.",
                day_words(until, zone),
                duration_words(until - now)
            )
        }
        Standing::Expired { since } => {
            format!("Not ready: the pass counted to {}. {why}.", day_words(since, zone))
        }
        Standing::NotPassed if is_critical(cell) => {
            format!("Not ready yet. {why}. A critical question was missed, and each of them must be right.")
        }
        Standing::NotPassed => format!("Not ready yet. {why}."),
        Standing::Unknown => "Not known: no attempt has contained this topic.".to_owned(),
    }
}

/// The cut was reached and the topic does not hold.
fn is_critical(cell: &Cell) -> bool {
    cell.evidence.as_ref().is_some_and(|evidence| evidence.reached.reaches(evidence.needed))
}

/// Every attempt that contained the topic, newest first.
fn attempts(history: &History, topic: Topic, zone: Tz) -> AnyView {
    if history.evidence.is_empty() {
        let text =
            format!("An attempt at a test that contains {topic} of {} shows here.", history.service_name);
        return view! { <Empty title="No attempts yet" text=text/> }.into_any();
    }
    let rows: Vec<_> = history
        .evidence
        .iter()
        .enumerate()
        .map(|(place, evidence)| attempt_row(evidence, place == 0, zone))
        .collect();
    view! {
        <section class="stack" aria-labelledby="attempts">
            <h2 id="attempts">"Attempts that contained it"</h2>
            <p class="meta">"The newest one decides, whatever the earlier ones say."</p>
            <table class="fold">
                <caption class="vh">"Attempts, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Handed in"</th>
                        <th scope="col">"Reached"</th>
                        <th scope="col">"Needed"</th>
                        <th scope="col">"Says"</th>
                        <th scope="col">"Counts to"</th>
                        <th scope="col">"Result"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn attempt_row(evidence: &Evidence, decides: bool, zone: Tz) -> impl IntoView + use<> {
    let (kind, words) = if evidence.holds { (StatusKind::Ready, "Holds") } else { (StatusKind::Gap, "Gap") };
    let until = evidence.finished_at.checked_add_signed(evidence.counts_for).filter(|_| evidence.holds);
    let day = day_words(evidence.finished_at, zone);
    let at = evidence.finished_at;
    view! {
        <tr>
            <th scope="row"><Time at=at zone=zone/>{decides.then(|| view! { " "<span class="tag">"decides"</span> })}</th>
            <td data-label="Reached">{points(evidence.reached)}</td>
            <td data-label="Needed">{format!("{} %", evidence.needed.get())}</td>
            <td data-label="Says"><Status kind=kind words=words/></td>
            <td data-label="Counts to">{until.map_or_else(|| "–".to_owned(), |until| day_words(until, zone))}</td>
            <td data-label="Result">
                <a href=format!("/attempts/{}/result", evidence.attempt)>
                    "Result"<span class="vh">{format!(" of {day}")}</span>
                </a>
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};
    use chrono_tz::Europe::Rome;
    use domain::marking::Score;
    use domain::readiness::standing;
    use domain::test::Percent;

    use super::*;

    fn new_year() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, 1, 9, 0, 0).unwrap()
    }

    fn newest(holds: bool, earned: i64) -> Evidence {
        Evidence {
            service: "orders-db".to_owned(),
            topic: Topic::Monitoring,
            attempt: "a1".to_owned(),
            finished_at: new_year(),
            holds,
            reached: Score::new(earned, 60_000).unwrap(),
            needed: Percent::try_from(75).unwrap(),
            counts_for: TimeDelta::days(90),
        }
    }

    fn says(evidence: Option<Evidence>, days_later: i64) -> String {
        let now = new_year() + TimeDelta::days(days_later);
        let cell = Cell { standing: standing(evidence.as_ref(), now), evidence };
        decided(&cell, now, Rome)
    }

    #[test]
    fn a_standing_is_told_with_what_decided_it() {
        let why = "The newest attempt, of 1 Jan 2026, reached 5 of 6; 75 % were needed.";
        let passed = || Some(newest(true, 50_000));

        assert_eq!(says(passed(), 1), format!("Ready to 1 Apr 2026. {why}"));
        assert_eq!(says(passed(), 81), format!("Ready to 1 Apr 2026, which is in 9 days. {why}"));
        assert_eq!(says(passed(), 91), format!("Not ready: the pass counted to 1 Apr 2026. {why}"));
        assert_eq!(says(None, 1), "Not known: no attempt has contained this topic.");
    }

    #[test]
    fn a_topic_that_lacks_a_critical_question_says_so() {
        assert!(says(Some(newest(false, 50_000)), 1).ends_with("each of them must be right."));
        assert!(says(Some(newest(false, 40_000)), 1).ends_with("75 % were needed."));
    }
}
