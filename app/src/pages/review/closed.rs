//! A review that is over: its minutes, what comes next, and what attendees say
//! about it.

use backend::reviews::feedback::{ANSWERS, Counts, QUESTIONS, Said};
use backend::reviews::{Found, path_of};
use domain::people::Role;
use leptos::context::Provider;
use leptos::prelude::*;

use crate::components::{RadioGroup, picks};
use crate::markdown::{Images, blocks};
use crate::pages::account::of_form;
use crate::shell::InCircle;

pub fn closed(here: &InCircle, found: &Found, said: Option<Said>, counts: Option<Counts>) -> AnyView {
    let review = &found.review;
    let path = path_of(&review.circle, &review.id);
    let minutes = review.minutes.clone().unwrap_or_default();
    let download = format!("{path}/minutes.md");
    let leads = here.member.role == Role::Leader;
    let retest = review.retest.as_ref().filter(|_| leads).map(|round| {
        let href = format!("/circles/{}/rounds/{round}", review.circle);
        view! { <a class="btn" href=href>"Open the re-test"</a> }
    });
    let asks = found.me().is_some();
    view! {
        <div class="cluster no-print">
            <a class="btn" href=download>"Download the minutes"</a>
            {retest}
        </div>
        <div class="split" data-aside="wide">
            <article class="stack">
                <h2>"Minutes"</h2>
                <div class="prose minutes" inner_html=blocks(&minutes, Images::None)></div>
            </article>
            <aside class="stack no-print" aria-label="About this review">
                {asks.then(|| feedback(&path, said))}
                {counts.map(counts_view)}
            </aside>
        </div>
    }
    .into_any()
}

fn feedback(path: &str, said: Option<Said>) -> impl IntoView + use<> {
    let path = path.to_owned();
    let button = if said.is_some() { "Change my answers" } else { "Send my answers" };
    view! {
        <section class="stack" data-tight="" aria-labelledby="feedback">
            <h2 id="feedback">"About this review"</h2>
            <p class="hint">"Three questions. Leaders see how many said what, and no names."</p>
            <Provider value=of_form("feedback")>{move || {
                let groups: Vec<_> = (0..).zip(QUESTIONS).map(|(n, (name, words)): (usize, _)| {
                    let value = said.as_ref().map(|said| said[n].clone());
                    match value {
                        Some(value) => view! { <RadioGroup name=name legend=words picks=picks(ANSWERS) value=value/> }.into_any(),
                        None => view! { <RadioGroup name=name legend=words picks=picks(ANSWERS)/> }.into_any(),
                    }
                }).collect();
                view! {
                    <form method="post" action=path.clone() class="form" novalidate>
                        <input type="hidden" name="do" value="feedback"/>
                        {groups}
                        <button class="btn">{button}</button>
                    </form>
                }
            }}</Provider>
        </section>
    }
}

fn counts_view(counts: Counts) -> impl IntoView + use<> {
    let n: u32 = counts[0].iter().sum();
    let rows: Vec<_> = QUESTIONS
        .iter()
        .zip(counts)
        .map(|((_, words), counts)| {
            let cells: Vec<_> = counts.into_iter().map(|n| view! { <td class="num">{n}</td> }).collect();
            view! { <tr><th scope="row">{*words}</th>{cells}</tr> }
        })
        .collect();
    let heads: Vec<_> =
        ANSWERS.iter().map(|(_, words)| view! { <th scope="col" class="num">{*words}</th> }).collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="said">
            <h2 id="said">{format!("What attendees say: {n} answered")}</h2>
            <table>
                <thead><tr><th scope="col">"Question"</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}
