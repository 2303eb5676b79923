//! What takers objected to in a circle, question by question, for its leaders.

pub mod filter;
pub mod words;

use backend::disputes::{self, Disputed};
use leptos::prelude::*;

use self::filter::{Filter, State};
use self::words::{address_of, state_view};
use super::members::listing::page_asked;
use super::services::counted;
use crate::components::pager::page_of;
use crate::components::{Empty, Pager, Scroll, Time, TimeShape};
use crate::filtering::set_filters;
use crate::markdown::plain;
use crate::server::asked_uri;
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// Rows on a page.
const PER_PAGE: u32 = 50;

/// Every disputed question that the address asks for, what is open first.
pub fn get() -> Loading {
    let page = page_asked();
    let query = asked_uri().query().unwrap_or_default().to_owned();
    circle_page(Section::Rounds, move |here| async move {
        let all = disputes::list(&here.site.db, &here.who, &here.member.circle).await?;
        let filter = Filter::read(&query, &all);
        let path = format!("/circles/{}/disputes", here.member.circle);
        let shown = if all.is_empty() {
            none_yet().into_any()
        } else {
            found(&here, &all, &filter, page, &path).into_any()
        };
        Ok(Page::new(
            format!("Disputes – {}", here.member.circle_name),
            view! {
                <h1>"Disputed questions"</h1>
                <p class="lead">{truth(&all)}</p>
                {shown}
            },
        ))
    })
}

/// "2 questions wait for a decision."
fn truth(all: &[Disputed]) -> String {
    match all.iter().filter(|one| one.n_open > 0).count() {
        0 => "Nothing waits for a decision.".to_owned(),
        1 => "1 question waits for a decision.".to_owned(),
        n => format!("{n} questions wait for a decision."),
    }
}

fn none_yet() -> impl IntoView {
    let text = "Whoever takes a test can object to a question while sitting and on the page of the result. What they \
                say comes here, without their names.";
    view! { <Empty title="Nobody has objected to a question" text=text/> }
}

fn found(here: &InCircle, all: &[Disputed], filter: &Filter, page: u32, path: &str) -> impl IntoView + use<> {
    let rows = filter.of(all);
    let set: Vec<(String, String)> =
        filter.set().into_iter().map(|(words, without)| (words, without.address(path))).collect();
    let shown = if rows.is_empty() {
        let words: Vec<&str> = set.iter().map(|(words, _)| words.as_str()).collect();
        let title = format!("Nothing matches {}", words.join(", "));
        let path = path.to_owned();
        view! {
            <Empty title=title text="There are disputes; these filters show none of them.">
                <a class="btn" href=path>"Clear the filters"</a>
            </Empty>
        }
        .into_any()
    } else {
        table(here, &rows, page, &filter.address(path))
    };
    view! {
        {filter::bar(path, all, filter)}
        {set_filters(set, path.to_owned(), &filter.unknown)}
        {shown}
    }
}

fn table(here: &InCircle, rows: &[&Disputed], page: u32, base: &str) -> AnyView {
    let n_rows = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let (page, on_page) = page_of(rows.to_vec(), page, PER_PAGE);
    let on_page: Vec<_> = on_page.into_iter().map(|one| row(here, one)).collect();
    let shown = u32::try_from(on_page.len()).unwrap_or(u32::MAX);
    view! {
        <Scroll name="Disputed questions">
            <table class="fold">
                <caption class="vh">"Disputed questions, what is open first"</caption>
                <thead><tr>
                    <th scope="col">"Question"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Reports"</th>
                    <th scope="col">"Newest"</th>
                </tr></thead>
                <tbody>{on_page}</tbody>
            </table>
        </Scroll>
        {(n_rows > PER_PAGE).then(|| view! {
            <Pager page=page per_page=PER_PAGE shown=shown total=u64::from(n_rows) base=base.to_owned()/>
        })}
    }
    .into_any()
}

fn row(here: &InCircle, one: &Disputed) -> impl IntoView + use<> {
    let href = address_of(&here.member.circle, &one.question, &one.version);
    let zone = here.member.zone;
    let reports = match one.n_reports {
        0 => "None".to_owned(),
        n => counted(n, "report"),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>{plain(&one.title)}</a>
                <br/><span class="hint">{one.question.to_string()}</span>
            </th>
            <td data-label="State">{state_view(State::of(one), one.ruling.as_ref())}</td>
            <td data-label="Reports">{reports}</td>
            <td data-label="Newest"><Time at=one.newest zone=zone shape=TimeShape::Day/></td>
        </tr>
    }
}
