//! The questions of a round, each with its figures.

use std::sync::Arc;

use backend::results::{Results, Which};
use domain::item_analysis::ENOUGH_ATTEMPTS;
use domain::item_analysis::words::{self as known, not_enough_yet};
use domain::proportion::{self, Interval};
use domain::question::Question;
use domain::results::QuestionFigures;
use leptos::prelude::*;

use super::words::{self, CERTAIN, MISSED, TIME, interval, meanings, of, seconds, share, telling_apart};
use crate::components::{Empty, Scroll};
use crate::pages::question::short;
use crate::pages::result::questions::title;
use crate::pages::services::counted;
use crate::shell::encode;

/// The questions that were asked for, in the order that was.
pub fn questions(base: &str, results: &Results, rows: &[QuestionFigures]) -> AnyView {
    if rows.is_empty() {
        return view! {
            <Empty title="No question here" text="Nobody met a question of this topic in an attempt that is marked."/>
        }
        .into_any();
    }
    let n_rows = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let n_certain = rows.iter().filter(|it| it.n_certain_and_missed() > 0).count();
    let heading = match n_certain {
        0 => counted(n_rows, "question"),
        n => format!("{}, {n} with somebody who was certain and missed it", counted(n_rows, "question")),
    };
    let most = rows.iter().map(|it| it.n).max().unwrap_or(0);
    // While no question can bear them, one sentence says so for all.
    let tells_apart = most >= ENOUGH_ATTEMPTS;
    let head = tells_apart.then(|| view! { <th scope="col">"Discrimination and efficiency"</th> });
    let too_few = (!tells_apart).then(|| {
        let words = not_enough_yet(most);
        view! { <p class="meta">{format!("Discrimination and efficiency of questions: {words}, of the question with the most.")}</p> }
    });
    let lines: Vec<_> = rows.iter().map(|it| row(base, results, it, tells_apart)).collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="questions">
            <h2 id="questions">{heading}</h2>
            <Scroll name="Questions">
                <table class="fold questions">
                    <caption class="vh">"Questions with their figures"</caption>
                    <thead><tr>
                        <th scope="col">"Question"</th>
                        <th scope="col" class="num">"Missed"</th>
                        <th scope="col" class="num">"Certain and missed"</th>
                        <th scope="col" class="num">"Facility"</th>
                        <th scope="col"><span class="vh">"Facility with its interval as a line"</span></th>
                        <th scope="col" class="num">"Interval"</th>
                        <th scope="col" class="num">"Time"</th>
                        {head}
                    </tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </Scroll>
            {too_few}
            {definitions()}
        </section>
    }
    .into_any()
}

/// What stands beside the figures of questions.
pub fn definitions() -> impl IntoView {
    let all = vec![
        ("Missed", MISSED.to_owned()),
        ("Certain and missed", CERTAIN.to_owned()),
        (known::FACILITY.name, known::FACILITY.meaning.to_owned()),
        ("Interval", proportion::MEANING.to_owned()),
        ("Time", TIME.to_owned()),
        (known::DISCRIMINATION.name, known::DISCRIMINATION.meaning.to_owned()),
        (known::EFFICIENCY.name, known::EFFICIENCY.meaning.to_owned()),
    ];
    meanings("questions", all)
}

fn row(base: &str, results: &Results, it: &QuestionFigures, tells_apart: bool) -> impl IntoView + use<> {
    let apart = tells_apart.then(|| {
        view! { <td data-label="Tells apart" class="meta">{telling_apart(&it.figures)}</td> }
    });
    let question = results.question(&it.item.question, &it.newest);
    let href = question_address(base, &it.item.question.to_string(), results.which);
    let words = question.map_or_else(|| it.item.question.slug.clone(), |question| title(&question.text));
    view! {
        <tr>
            <th scope="row">
                <a href=href>{words}</a>
                <p class="meta">{about(it, question)}</p>
            </th>
            <td data-label="Missed" class="num">{of(it.n_missed, it.n)}</td>
            <td data-label="Certain, missed" class="num">{it.n_certain_and_missed()}</td>
            <td data-label="Facility" class="num">{share(it.figures.facility)}</td>
            <td class="plot wide">{it.figures.facility.zip(it.interval).map(|(facility, interval)| strip(facility, interval))}</td>
            <td data-label="Interval" class="num">{it.interval.map(interval)}</td>
            <td data-label="Time" class="num">{it.median_seconds.map_or_else(|| words::NONE.to_owned(), seconds)}</td>
            {apart}
        </tr>
    }
}

/// Where one question of the round is told.
pub fn question_address(base: &str, question: &str, which: Which) -> String {
    match which {
        Which::First => format!("{base}/{question}"),
        Which::All => format!("{base}/{question}?attempts={}", encode(which.as_str())),
    }
}

/// "Process · level 2 · critical · 2 versions".
fn about(it: &QuestionFigures, question: Option<&Arc<Question>>) -> String {
    let mut parts = vec![it.item.question.topic.title().to_owned()];
    if let Some(question) = question {
        parts.push(format!("level {}", question.level.get()));
        if question.critical {
            parts.push("critical".to_owned());
        }
    }
    match &it.item.version {
        Some(version) => parts.push(format!("version {}", short(version))),
        None if it.n_versions > 1 => parts.push(format!("{} versions", it.n_versions)),
        None => {}
    }
    parts.join(" · ")
}

/// From 0 to 100 per cent: the interval as a thick line, the share as a dot.
pub fn strip(share: f64, interval: Interval) -> impl IntoView {
    // So that a dot at either end is whole.
    let x = |share: f64| 4.0 + 92.0 * share;
    let (low, high) = (x(interval.low), x(interval.high));
    view! {
        <svg width="100%" height="16" aria-hidden="true">
            <line class="ax" x1="4%" x2="96%" y1="8" y2="8"></line>
            <rect class="rest" x=format!("{low:.1}%") width=format!("{:.1}%", high - low) y="5" height="6" rx="2"></rect>
            <circle class="pt" cx=format!("{:.1}%", x(share)) cy="8" r="4"></circle>
        </svg>
    }
}
