//! The questions whose sources have changed, for leaders.

use backend::sources::{self, Check};
use leptos::prelude::*;

use crate::components::{CheckboxField, Empty, ErrorSummary, Pager, Scroll, Time, TimeShape};
use crate::form::{Form, Posted};
use crate::markdown::plain;
use crate::pages::members::listing::page_asked;
use crate::pages::sign_in::done;
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// Rows on a page.
const PER_PAGE: u32 = 50;

/// What asks to be checked, question by question, and the circle's setting.
pub fn get() -> Loading {
    let page = page_asked();
    circle_page(Section::Services, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let checks = sources::to_check(db, who, circle).await?;
        let leaves_out = sources::leaves_out(db, who, circle).await?;
        let shown = match checks.is_empty() {
            true => none_yet().into_any(),
            false => table(&here, &checks, page).into_any(),
        };
        Ok(Page::new(
            format!("Check me – {}", here.member.circle_name),
            view! {
                <ErrorSummary/>
                <h1>"Questions to check"</h1>
                <p class="lead">{truth(&checks, leaves_out)}</p>
                {done(&[("saved", "It is saved.")])}
                {shown}
                <form method="post" class="form">
                    <CheckboxField name="leaves_out" label="Leave them out of new draws" checked=leaves_out
                        hint="Otherwise they are only marked. Attempts that had them already are not touched."/>
                    <button class="btn">"Save the setting"</button>
                </form>
            },
        ))
    })
}

fn none_yet() -> impl IntoView {
    view! {
        <Empty
            title="No question asks to be checked"
            text="A question names what it rests on: a section of a runbook, an alert, a postmortem. When that changes, the question comes here."
        />
    }
}

fn truth(checks: &[Check], leaves_out: bool) -> String {
    let mut questions: Vec<_> = checks.iter().map(|check| &check.question).collect();
    questions.dedup();
    let meanwhile = if leaves_out { "left out of new draws" } else { "marked, and drawn all the same" };
    match questions.len() {
        0 => "What the questions rest on is as it was.".to_owned(),
        1 => format!("What 1 question rests on has changed. Meanwhile it is {meanwhile}."),
        n => format!("What {n} questions rest on has changed. Meanwhile they are {meanwhile}."),
    }
}

fn table(here: &InCircle, checks: &[Check], page: u32) -> impl IntoView + use<> {
    let n_rows = u32::try_from(checks.len()).unwrap_or(u32::MAX);
    let page = page.min(n_rows.div_ceil(PER_PAGE)).max(1);
    let first = (page as usize - 1) * PER_PAGE as usize;
    let zone = here.member.zone;
    let base = format!("/circles/{}/questions", here.member.circle);
    let rows: Vec<_> = checks
        .iter()
        .skip(first)
        .take(PER_PAGE as usize)
        .map(|check| {
            let href = format!("{base}/{}/edit", check.question);
            let (title, id) = (plain(&check.title), check.question.to_string());
            let (source, at) = (check.source.clone(), check.noted_at);
            view! {
                <tr>
                    <th scope="row"><a href=href>{title}</a><br/><span class="hint">{id}</span></th>
                    <td data-label="Rests on"><span class="long">{source}</span></td>
                    <td data-label="Changed"><Time at=at zone=zone shape=TimeShape::Day/></td>
                </tr>
            }
        })
        .collect();
    let shown = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let path = format!("/circles/{}/check-me", here.member.circle);
    view! {
        <Scroll name="Questions to check">
            <table class="fold">
                <caption class="vh">"Questions whose sources have changed"</caption>
                <thead><tr>
                    <th scope="col">"Question"</th>
                    <th scope="col">"Rests on"</th>
                    <th scope="col">"Changed"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
        {(n_rows > PER_PAGE).then(|| view! {
            <Pager page=page per_page=PER_PAGE shown=shown total=u64::from(n_rows) base=path/>
        })}
    }
}

/// Saves the circle's setting.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let leaves_out = form.has("leaves_out");
    sources::set_leaves_out(&form.site.db, &who, circle, leaves_out, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/check-me?done=saved"))
}
