//! Whether the bank of the circle can fill a test as it is typed.

use backend::services::Service;
use domain::blueprint::{Blueprint, Candidate, Row, TooFewQuestions};
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
        view! { <Notice kind=NoticeKind::Done title=title/> }.into_any()
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

/// How many ready questions there are for one row alone.
pub fn n_ready_for(row: &Row, ready: &[Candidate]) -> i64 {
    i64::try_from(ready.iter().filter(|candidate| takes(row, candidate)).count()).unwrap_or(i64::MAX)
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
