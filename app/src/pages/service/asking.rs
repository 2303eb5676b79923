//! What the tests of the circle ask of a service, and whether its bank has it.

use backend::coverage::Asking;
use domain::blueprint::{Outlook, Row};
use leptos::prelude::*;

use super::super::services::counted;
use crate::components::{Status, StatusKind};

/// Each test that asks about the service, row by row.
pub fn section(circle: &str, asking: &[Asking]) -> impl IntoView + use<> {
    let content = if asking.is_empty() {
        let make = format!("/circles/{circle}/tests/new");
        view! { <p>"No test asks about this service yet. "<a href=make>"Make a test"</a></p> }.into_any()
    } else {
        asking.iter().map(|test| view_of(circle, test)).collect_view().into_any()
    };
    view! {
        <section class="stack" data-tight="">
            <h2>"What tests ask of it"</h2>
            {content}
        </section>
    }
}

fn view_of(circle: &str, test: &Asking) -> impl IntoView + use<> {
    let rows = test.rows.iter().map(|(row, outlook)| {
        let (kind, words) = can_ask(outlook);
        view! { <li><Status kind=kind words=words/><span>{row_words(row, outlook)}</span></li> }
    });
    view! {
        <h3><a href=format!("/circles/{circle}/tests/{}", test.id)>{test.name.clone()}</a></h3>
        <ul class="checklist">{rows.collect_view()}</ul>
    }
}

fn can_ask(outlook: &Outlook) -> (StatusKind, String) {
    match outlook.short_by {
        0 => (StatusKind::Ready, "Can ask".to_owned()),
        n => (StatusKind::Gap, format!("Short by {n}")),
    }
}

/// "Process, level 2: 5 questions, 12 are ready".
fn row_words(row: &Row, outlook: &Outlook) -> String {
    let level = row.level.map(|level| format!(", level {}", level.get())).unwrap_or_default();
    let asked = counted(row.n_questions, "question");
    let of = match outlook.n_ready {
        0 => "none is ready".to_owned(),
        1 => "1 is ready".to_owned(),
        n => format!("{n} are ready"),
    };
    let same = if outlook.is_always_the_same { ", so that every attempt asks the same" } else { "" };
    format!("{}{level}: {asked}, {of}{same}", row.topic.title())
}

#[cfg(test)]
mod tests {
    use domain::question::{Level, Topic};

    use super::*;

    #[test]
    fn a_row_says_whether_it_can_be_asked() {
        let outlook = |n_ready, short_by, is_always_the_same| Outlook {
            n_ready,
            short_by,
            is_always_the_same,
            n_new_retakes: 0,
        };
        let row = |level: Option<u8>| Row {
            service: "orders-db".to_owned(),
            topic: Topic::Process,
            level: level.map(|n| Level::try_from(n).unwrap()),
            n_questions: 5,
        };
        let cases = [
            (row(None), outlook(12, 0, false), "Can ask", "Process: 5 questions, 12 are ready"),
            (
                row(None),
                outlook(5, 0, true),
                "Can ask",
                "Process: 5 questions, 5 are ready, so that every attempt asks the same",
            ),
            (row(Some(2)), outlook(1, 4, false), "Short by 4", "Process, level 2: 5 questions, 1 is ready"),
            (
                row(Some(2)),
                outlook(0, 5, false),
                "Short by 5",
                "Process, level 2: 5 questions, none is ready",
            ),
        ];
        for (row, outlook, status, words) in cases {
            assert_eq!((can_ask(&outlook).1.as_str(), row_words(&row, &outlook).as_str()), (status, words));
        }
    }
}
