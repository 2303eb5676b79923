//! The tests of a circle, for its leaders.

use backend::tests::{self, Found};
use leptos::prelude::*;

use super::services::counted;
use super::sought::Sought;
use crate::components::{Empty, Notice, NoticeKind};
use crate::server::query_value;
use crate::shell::{Loading, Page, Section, circle_page};

/// Every test, with what it asks and how often it was given.
pub fn get() -> Loading {
    circle_page(Section::Tests, |here| async move {
        let circle = here.member.circle.clone();
        let tests = tests::list(&here.site.db, &here.who, &circle).await?;
        let archived = (query_value("done").as_deref() == Some("archived")).then(|| {
            view! { <Notice kind=NoticeKind::Done title="The test is archived. Its rounds and their results stay."/> }
        });
        let make = (!tests.is_empty()).then(|| {
            view! { <a class="btn primary" href=format!("/circles/{circle}/tests/new")>"Make a test"</a> }
        });
        Ok(Page::new(
            "Tests",
            view! {
                <div class="head"><h1 id="tests">"Tests"</h1>{make}</div>
                {archived}
                {list(&circle, tests)}
            },
        ))
    })
}

fn list(circle: &str, tests: Vec<Found>) -> AnyView {
    if tests.is_empty() {
        let make = format!("/circles/{circle}/tests/new");
        return view! {
            <Empty title="No tests yet"
                text="A test says how many questions of which services and topics it asks, and what a pass needs.">
                <a class="btn primary" href=make>"Make a test"</a>
            </Empty>
        }
        .into_any();
    }
    let base = format!("/circles/{circle}/tests");
    let sought = Sought::among(tests, |found| found.name.clone());
    let rows: Vec<_> = sought.shown.iter().map(|found| row(circle, found)).collect();
    let rows = match rows.is_empty() {
        true => sought.nothing(&base),
        false => view! { <ul class="rows">{rows}</ul> }.into_any(),
    };
    view! { {sought.search("tests", None)}{rows}{sought.pager(&base)} }.into_any()
}

fn row(circle: &str, found: &Found) -> impl IntoView + use<> {
    let limit = match found.test.limit_minutes {
        Some(minutes) => format!("{minutes} min"),
        None => "no time limit".to_owned(),
    };
    let asks = format!("{}, {limit}", counted(found.test.blueprint.n_questions(), "question"));
    let rounds = match found.n_rounds {
        0 => "Not given yet".to_owned(),
        n => format!("Given in {}", counted(n, "round")),
    };
    view! {
        <li>
            <div>
                <a class="cover" href=format!("/circles/{circle}/tests/{}", found.id)>{found.name.clone()}</a>
                <p class="meta">{asks}</p>
            </div>
            <span class="meta">{rounds}</span>
        </li>
    }
}
