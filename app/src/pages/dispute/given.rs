//! What was answered, counted and without names.

use backend::disputes::reading::Case;
use domain::answer::Answer;
use domain::marking::decision::{AlsoRight, GivenAnswer};
use domain::question::{Choice, Key, Question};
use leptos::prelude::*;

use super::super::disputes::words::{also_words, mark_or_none};
use crate::components::{Empty, Scroll};
use crate::markdown::plain;

/// The longest list of different answers; the rest is summed up.
const LONGEST: usize = 30;

/// How often each choice was taken, and how often each answer was given.
pub fn given(case: &Case) -> impl IntoView + use<> {
    let answers = if case.given.is_empty() {
        let text = "Their answers stand here once they have handed in.";
        view! { <Empty title="Nobody has handed in an answer yet" text=text/> }.into_any()
    } else {
        let choices = match &case.question.key {
            Key::Single { choices } | Key::Multiple { choices } => Some(by_choice(choices, case)),
            _ => None,
        };
        view! { {choices} {by_answer(case)} }.into_any()
    };
    view! {
        <section class="stack" aria-labelledby="given">
            <h2 id="given">{format!("What was answered ({})", case.n_handed_in)}</h2>
            {answers}
        </section>
    }
}

/// Every choice, also one that nobody took.
fn by_choice(choices: &[Choice], case: &Case) -> impl IntoView + use<> {
    let n_all = case.n_handed_in;
    let rows = choices.iter().enumerate().map(|(place, choice)| {
        let taken = case.given.iter().filter(|one| has(one.answer.as_ref(), place));
        let n: u32 = taken.map(|one| one.n_people).sum();
        let key = if choice.is_right { "Right" } else { "" };
        view! {
            <tr>
                <th scope="row">{plain(&choice.text)}</th>
                <td data-label="By the key">{key}</td>
                <td data-label="Taken by" class="num">{format!("{n} of {n_all}")}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Scroll name="How often each choice was taken">
            <table class="fold">
                <caption class="vh">"How often each choice was taken"</caption>
                <thead><tr>
                    <th scope="col">"Choice"</th>
                    <th scope="col">"By the key"</th>
                    <th scope="col" class="num">"Taken by"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
    }
}

fn has(answer: Option<&Answer>, place: usize) -> bool {
    match answer {
        Some(Answer::One(one)) => usize::from(*one) == place,
        Some(Answer::Several(some)) => some.iter().any(|&one| usize::from(one) == place),
        _ => false,
    }
}

fn by_answer(case: &Case) -> impl IntoView + use<> {
    let row = |one: &GivenAnswer| {
        let (words, n, earns) =
            (answer_words(&case.question, one.answer.as_ref()), one.n_people, mark_or_none(one.earns));
        view! {
            <tr>
                <th scope="row" class="long">{words}</th>
                <td data-label="Given by" class="num">{n}</td>
                <td data-label="Earns now">{earns}</td>
            </tr>
        }
    };
    let rows: Vec<_> = case.given.iter().take(LONGEST).map(row).collect();
    let rest: u32 = case.given.iter().skip(LONGEST).map(|one| one.n_people).sum();
    let rest =
        (rest > 0).then(|| view! { <p class="meta">{format!("{rest} more answers are not listed.")}</p> });
    view! {
        <Scroll name="Each answer and what it earns now">
            <table class="fold">
                <caption class="vh">"Each answer, how many gave it, and what it earns now"</caption>
                <thead><tr>
                    <th scope="col">"Answer"</th>
                    <th scope="col" class="num">"Given by"</th>
                    <th scope="col">"Earns now"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
        {rest}
    }
}

/// An answer in the words of its question.
fn answer_words(question: &Question, answer: Option<&Answer>) -> String {
    match answer {
        None => "No answer".to_owned(),
        Some(Answer::DoNotKnow) => "I do not know".to_owned(),
        Some(Answer::One(place)) => also_words(question, &AlsoRight::Choice(*place)),
        Some(Answer::Several(places)) => also_words(question, &AlsoRight::Ticks(places.clone())),
        Some(Answer::Order(order)) => also_words(question, &AlsoRight::Order(order.clone())),
        Some(Answer::Pairs(pairs)) => pairs_words(question, pairs),
        Some(Answer::Typed(text)) => text.clone(),
    }
}

/// The pairs that were chosen; a side without one is left out.
fn pairs_words(question: &Question, chosen: &[Option<u8>]) -> String {
    let Key::Matching { pairs, .. } = &question.key else { return String::new() };
    let one = |row: usize| {
        let right = pairs.get(usize::from((*chosen.get(row)?)?))?;
        Some(format!("{} – {}", plain(&pairs[row].left), plain(&right.right)))
    };
    (0..pairs.len()).filter_map(one).collect::<Vec<_>>().join("; ")
}
