//! Whether the bank of the circle can fill a test as it is typed, and how much it leaves to chance.

use std::collections::HashMap;

use backend::services::Service;
use domain::blueprint::{Blueprint, Candidate, Draws, Outlook, Row, TooFewQuestions};
use leptos::prelude::*;

use super::super::services::counted;
use super::draft::Draft;
use crate::components::{Notice, NoticeKind};

/// Says that the bank can fill the test, or which rows it cannot fill.
pub fn in_the_bank(draft: &Draft, services: &[Service], ready: &[Candidate]) -> impl IntoView + use<> {
    let rows: Vec<Row> = draft.whole_rows().into_iter().map(|(_, row)| row).collect();
    let blueprint = Blueprint { rows };
    let lacking: Vec<String> = blueprint
        .shortfalls(ready)
        .iter()
        .map(|short| shortfall_words(short, &service_name(services, &short.service)))
        .collect();
    let n_open = draft.rows.len() - blueprint.rows.len();
    let notice = if blueprint.rows.is_empty() {
        let text =
            "Choose a service and enter how many questions; then this says whether the bank has enough.";
        view! { <p class="meta">{text}</p> }.into_any()
    } else if lacking.is_empty() {
        let title = format!(
            "The bank can fill this test: {}, {} ready",
            counted(blueprint.n_questions(), "question"),
            n_ready(&blueprint, ready)
        );
        let chance = chance_words(&blueprint, ready);
        view! { <Notice kind=NoticeKind::Done title=title><p>{chance}</p></Notice> }.into_any()
    } else {
        let lines = lacking.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! {
            <Notice kind=NoticeKind::Problem title="The bank cannot fill this test yet">
                <ul>{lines}</ul>
                <p>"You can save it all the same. A round can be planned once the bank has enough ready questions."</p>
            </Notice>
        }
        .into_any()
    };
    let open = (n_open > 0 && !blueprint.rows.is_empty()).then(|| {
        let n_open = i64::try_from(n_open).unwrap_or(i64::MAX);
        view! { <p class="meta">{counted(n_open, "unfinished row")}" not counted."</p> }
    });
    view! { <div id="bank" class="stack" data-tight="">{notice}{open}</div> }
}

/// What the bank has for each row that is whole, by its key.
pub fn outlooks(draft: &Draft, ready: &[Candidate]) -> HashMap<u32, Outlook> {
    let (keys, rows): (Vec<u32>, Vec<Row>) = draft.whole_rows().into_iter().unzip();
    keys.into_iter().zip(Blueprint { rows }.outlook(ready)).collect()
}

/// What one row may look forward to.
#[derive(Debug, PartialEq, Eq)]
pub enum Prospect {
    Fine(String),
    /// It can be asked, and every attempt asks the same.
    NothingNew(String),
    Short(String),
}

/// What the bank has for a row that asks so many questions, in words.
pub fn prospect(n_asked: u32, outlook: &Outlook) -> Prospect {
    let Outlook { n_ready, short_by, is_always_the_same, n_new_retakes } = *outlook;
    if short_by > 0 {
        let others = if n_ready >= n_asked { ", and other rows need some of them" } else { "" };
        Prospect::Short(format!("{n_ready} ready{others}: short by {short_by}."))
    } else if is_always_the_same {
        let all = if n_ready == 1 { "the only one there is".to_owned() } else { format!("all {n_ready}") };
        Prospect::NothingNew(format!("{n_ready} ready. Every attempt asks {all}: a retake has nothing new."))
    } else {
        Prospect::Fine(match n_new_retakes {
            0 => format!("{n_ready} ready. A retake has to repeat some of them."),
            1 => format!("{n_ready} ready, enough for 1 retake with new questions only."),
            n => format!("{n_ready} ready, enough for {n} retakes with new questions only."),
        })
    }
}

/// How many different sets of questions there are, and what two people share.
fn chance_words(blueprint: &Blueprint, ready: &[Candidate]) -> String {
    let draws = blueprint.n_draws(ready);
    if draws == Draws::Exactly(1) {
        return "Every attempt asks the same questions.".to_owned();
    }
    let n = blueprint.n_questions();
    let share = match blueprint.n_shared(ready).map(f64::round) {
        Some(shared) if shared >= 1.0 => format!("about {shared} of {n}"),
        _ => format!("less than one of {n}"),
    };
    format!(
        "It can draw {draws} different sets of questions. Two people who have not sat it before share {share} on the average."
    )
}

/// The name of a service; its short name where it has none.
pub fn service_name(services: &[Service], slug: &str) -> String {
    let found = services.iter().find(|service| service.slug == slug);
    found.map_or_else(|| slug.to_owned(), |service| service.name.clone())
}

fn n_ready(blueprint: &Blueprint, ready: &[Candidate]) -> usize {
    ready.iter().filter(|candidate| blueprint.rows.iter().any(|row| takes(row, candidate))).count()
}

fn takes(row: &Row, candidate: &Candidate) -> bool {
    candidate.id.service == row.service
        && candidate.id.topic == row.topic
        && row.level.is_none_or(|level| level == candidate.level)
}

fn shortfall_words(short: &TooFewQuestions, service: &str) -> String {
    let level = short.level.map(|level| format!(" at level {}", level.get())).unwrap_or_default();
    let are = match short.found {
        0 => "none is ready".to_owned(),
        1 => "1 is ready".to_owned(),
        n => format!("{n} are ready"),
    };
    format!("{service}, {} needs {}{level}, {are}.", short.topic.title(), short.wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::question::{Level, Topic};

    #[test]
    fn a_row_says_how_many_are_ready_and_what_is_left_for_retakes() {
        let outlook = |n_ready, short_by, is_always_the_same, n_new_retakes| Outlook {
            n_ready,
            short_by,
            is_always_the_same,
            n_new_retakes,
        };
        let cases = [
            (
                outlook(46, 0, false, 8),
                Prospect::Fine("46 ready, enough for 8 retakes with new questions only.".to_owned()),
            ),
            (
                outlook(10, 0, false, 1),
                Prospect::Fine("10 ready, enough for 1 retake with new questions only.".to_owned()),
            ),
            (
                outlook(8, 0, false, 0),
                Prospect::Fine("8 ready. A retake has to repeat some of them.".to_owned()),
            ),
            (
                outlook(5, 0, true, 0),
                Prospect::NothingNew(
                    "5 ready. Every attempt asks all 5: a retake has nothing new.".to_owned(),
                ),
            ),
            (outlook(3, 2, false, 0), Prospect::Short("3 ready: short by 2.".to_owned())),
            (
                outlook(6, 2, false, 0),
                Prospect::Short("6 ready, and other rows need some of them: short by 2.".to_owned()),
            ),
        ];
        for (outlook, expected) in cases {
            assert_eq!(prospect(5, &outlook), expected);
        }
    }

    #[test]
    fn the_chance_of_a_test_is_said_in_sets_and_in_what_two_people_share() {
        let row = |n_questions| Row {
            service: "orders-db".to_owned(),
            topic: Topic::Monitoring,
            level: None,
            n_questions,
        };
        let bank: Vec<Candidate> = (0..20)
            .map(|n| Candidate {
                id: format!("orders-db/monitoring/q{n}").parse().unwrap(),
                level: Level::ONE,
            })
            .collect();
        let words = |n| chance_words(&Blueprint { rows: vec![row(n)] }, &bank);

        assert_eq!(words(20), "Every attempt asks the same questions.");
        assert_eq!(
            words(10),
            "It can draw 184,756 different sets of questions. Two people who have not sat it before share about 5 of 10 on the average."
        );
        assert_eq!(
            words(2),
            "It can draw 190 different sets of questions. Two people who have not sat it before share less than one of 2 on the average."
        );
    }

    #[test]
    fn a_shortfall_says_what_is_needed_and_what_is_there() {
        let short = |level: Option<Level>, found| TooFewQuestions {
            row: 0,
            service: "orders-db".to_owned(),
            topic: Topic::Monitoring,
            level,
            wanted: 5,
            found,
        };
        let cases = [
            (short(Level::ALL.get(1).copied(), 3), "Orders, Monitoring needs 5 at level 2, 3 are ready."),
            (short(None, 1), "Orders, Monitoring needs 5, 1 is ready."),
            (short(None, 0), "Orders, Monitoring needs 5, none is ready."),
        ];
        for (short, words) in cases {
            assert_eq!(shortfall_words(&short, "Orders"), words);
        }
    }
}
