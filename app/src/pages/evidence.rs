//! The evidence behind one cell of the readiness matrix: how a person stands
//! with a topic of a service, and which attempts say so.

use backend::Error;
use backend::readiness::{self, Cell, History, Sat};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::question::Topic;
use domain::readiness::{Evidence, Standing, standing};
use leptos::prelude::*;

use crate::components::{Breadcrumb, Empty, Status, StatusKind, Time, day_words, duration_words};
use crate::pages::readiness::standing_words;
use crate::reviewing::points;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, encode, path_param};

/// How one person stands with one topic of a service, for that person and for
/// leaders.
pub fn get() -> Loading {
    let (person, service, topic) = (path_param("person"), path_param("service"), path_param("topic"));
    circle_page(Section::Readiness, move |here| async move {
        let topic: Topic = topic.parse().map_err(|_| Error::NotFound)?;
        let (db, circle, now) = (&here.site.db, &here.member.circle, here.asked.received_at);
        let history = readiness::history(db, &here.who, circle, &person, &service, topic, now).await?;
        let is_mine = person == here.who.person;
        let title = heading(&history, topic, is_mine);
        let next = (!is_mine).then(|| plan(circle, &person, &history));
        Ok(Page::new(
            title.clone(),
            view! { {evidence(&here, &history, topic, title)}{next}{is_mine.then(|| back_to_own(circle))} },
        ))
    })
}

/// What a source that changed since takes away from a result.
pub fn weaker_words(n_to_check: i64) -> Option<String> {
    match n_to_check {
        n if n < 1 => None,
        1 => Some("Weaker than it looks: what 1 of its questions rests on has changed since, and nobody has checked it.".to_owned()),
        n => Some(format!("Weaker than it looks: what {n} of its questions rest on has changed since, and nobody has checked them.")),
    }
}

fn heading(history: &History, topic: Topic, is_mine: bool) -> String {
    let service = &history.service_name;
    if is_mine {
        format!("{} of {service}", topic.title())
    } else {
        format!("{}: {topic} of {service}", history.name)
    }
}

fn evidence(here: &InCircle, history: &History, topic: Topic, title: String) -> impl IntoView + use<> {
    let (now, zone) = (here.asked.received_at, here.member.zone);
    let evidence = history.attempts.first().map(|sat| sat.evidence.clone());
    let cell = Cell { standing: history.standing, evidence, n_to_check: history.n_to_check };
    let (kind, words) = standing_words(&cell, now, zone);
    let circle = format!("/circles/{}", here.member.circle);
    let trail = vec![
        (here.member.circle_name.clone(), circle.clone()),
        ("Readiness".to_owned(), format!("{circle}/readiness")),
    ];
    view! {
        <Breadcrumb trail=trail/>
        <div class="head"><h1>{title}</h1><Status kind=kind words=words/></div>
        <p class="lead">{decided(&cell, history.n_hidden, now, zone)}</p>
        {weaker_words(cell.n_to_check).map(|words| view! { <p>{words}</p> })}
        {attempts(history, topic, zone)}
        {hidden_words(history.n_hidden).map(|words| view! { <p class="meta">{words}</p> })}
    }
}

/// A leader plans the next attempt from here where one is missing or ends soon.
fn plan(circle: &str, person: &str, history: &History) -> Option<AnyView> {
    if matches!(history.standing, Standing::Ready { .. }) {
        return None;
    }
    let href = format!("/circles/{circle}/plan-round?for={}", encode(person));
    let words = format!("Plan a round for {}", history.name);
    Some(view! { <p class="no-print"><a class="btn" href=href>{words}</a></p> }.into_any())
}

fn back_to_own(circle: &str) -> impl IntoView + use<> {
    let href = format!("/circles/{circle}/readiness");
    view! { <p class="no-print"><a href=href>"All your topics, and what to do next"</a></p> }
}

/// What a round does not show yet is not listed, and not hushed up.
fn hidden_words(n_hidden: usize) -> Option<String> {
    match n_hidden {
        0 => None,
        1 => Some("1 attempt is not listed: its round does not show the result yet.".to_owned()),
        n => Some(format!("{n} attempts are not listed: their rounds do not show the results yet.")),
    }
}

/// What the standing is, and what decided it.
fn decided(cell: &Cell, n_hidden: usize, now: DateTime<Utc>, zone: Tz) -> String {
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
        Standing::Unknown if n_hidden > 0 => "Not known: no result that is shown has this topic.".to_owned(),
        Standing::Unknown => "Not known: no attempt has contained this topic.".to_owned(),
    }
}

/// The cut was reached and the topic does not hold.
fn is_critical(cell: &Cell) -> bool {
    cell.evidence.as_ref().is_some_and(|evidence| evidence.reached.reaches(evidence.needed))
}

/// Every attempt that contained the topic, newest first.
fn attempts(history: &History, topic: Topic, zone: Tz) -> AnyView {
    if history.attempts.is_empty() {
        let text =
            format!("An attempt at a test that contains {topic} of {} shows here.", history.service_name);
        return view! { <Empty title="No attempts yet" text=text/> }.into_any();
    }
    let rows: Vec<_> =
        history.attempts.iter().enumerate().map(|(place, sat)| attempt_row(sat, place == 0, zone)).collect();
    let n_attempts = rows.len();
    view! {
        <section class="stack" aria-labelledby="attempts">
            <h2 id="attempts">"Attempts"</h2>
            {(n_attempts > 1).then(|| view! { <p class="meta">"The newest one decides, whatever the earlier ones say."</p> })}
            <table class="fold">
                <caption class="vh">"Attempts, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Attempt"</th>
                        <th scope="col">"Handed in"</th>
                        <th scope="col">"Reached"</th>
                        <th scope="col">"Needed"</th>
                        <th scope="col">"Says"</th>
                        <th scope="col">"Counts to"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn attempt_row(sat: &Sat, decides: bool, zone: Tz) -> impl IntoView + use<> {
    let evidence = &sat.evidence;
    let (kind, words) = if evidence.holds { (StatusKind::Ready, "Holds") } else { (StatusKind::Gap, "Gap") };
    let at = evidence.finished_at;
    let which = which_words(sat);
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/attempts/{}/result", evidence.attempt)>{sat.round_name.clone()}{which}</a>
                {decides.then(|| view! { " "<span class="tag">"decides"</span> })}
            </th>
            <td data-label="Handed in"><Time at=at zone=zone/></td>
            <td data-label="Reached">{points(evidence.reached)}</td>
            <td data-label="Needed">{format!("{} %", evidence.needed.get())}</td>
            <td data-label="Says"><Status kind=kind words=words/></td>
            <td data-label="Counts to">{counts_to(evidence, decides, zone)}</td>
        </tr>
    }
}

/// ", attempt 2 of 3" where the round was sat more than once.
fn which_words(sat: &Sat) -> Option<String> {
    (sat.n_in_round > 1).then(|| format!(", attempt {} of {}", sat.number, sat.n_in_round))
}

/// Until when an attempt counts: the newest one, if it holds.
fn counts_to(evidence: &Evidence, decides: bool, zone: Tz) -> String {
    match (decides, standing(Some(evidence), evidence.finished_at).until()) {
        (true, Some(until)) => day_words(until, zone),
        (false, Some(_)) => "a newer one counts".to_owned(),
        (_, None) => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};
    use chrono_tz::Europe::Rome;
    use domain::marking::Score;
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
        let cell = Cell { standing: standing(evidence.as_ref(), now), evidence, n_to_check: 0 };
        decided(&cell, 0, now, Rome)
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

    #[test]
    fn a_result_that_is_not_shown_yet_is_not_hushed_up() {
        let unknown = Cell { standing: Standing::Unknown, evidence: None, n_to_check: 0 };
        assert!(decided(&unknown, 1, new_year(), Rome).starts_with("Not known: no result that is shown"));
        assert_eq!(hidden_words(0), None);
        assert!(hidden_words(1).unwrap().starts_with("1 attempt is not listed"));
        assert!(hidden_words(2).unwrap().starts_with("2 attempts are not listed"));
    }

    #[test]
    fn an_attempt_says_which_of_its_round_it_was_and_only_the_newest_counts() {
        let sat = |number, n_in_round| Sat {
            evidence: newest(true, 50_000),
            round_name: "November".to_owned(),
            number,
            n_in_round,
        };
        assert_eq!(which_words(&sat(1, 1)), None);
        assert_eq!(which_words(&sat(2, 3)).as_deref(), Some(", attempt 2 of 3"));
        assert_eq!(counts_to(&newest(true, 50_000), true, Rome), "1 Apr 2026");
        assert_eq!(counts_to(&newest(true, 50_000), false, Rome), "a newer one counts");
        assert_eq!(counts_to(&newest(false, 40_000), true, Rome), "–");
    }
}
