//! A question in a review: what it asks, what is right, and what was answered,
//! without names.

use backend::reviews::answers::Answered;
use domain::book::Evidence;
use domain::question::Key;
use domain::source::Source;
use leptos::prelude::*;

use crate::components::{Bar, duration_words};
use crate::markdown::{Images, inline};
use crate::pages::book::address;
use crate::reviewing::reviewed;

/// The question with its key, its explanation and its sources, and the answers.
pub fn question(circle: &str, id: &str, all: &Answered) -> impl IntoView + use<> {
    let images = Images::Of { circle, question: id, version: &all.version };
    let order: Vec<u8> = (0..all.question.n_shuffled()).collect();
    view! {
        <div class="panel">{reviewed(&all.question, &order, None, images)}</div>
        <section class="stack" data-tight="" aria-labelledby="answers">
            <h3 id="answers">"What was answered"</h3>
            <p>{summary(all)}</p>
            {chosen(all, images)}
            {typed(all)}
        </section>
        {looked_up(circle, &all.looked_up)}
    }
}

/// What was looked up beside it: evidence on the documents, not on anybody.
fn looked_up(circle: &str, seen: &Evidence) -> Option<AnyView> {
    if seen.n_looked == 0 && seen.n_opened == 0 {
        return None;
    }
    let middle = seen.middle.map(|middle| {
        let words = match middle.num_seconds() {
            seconds @ ..120 => format!("{seconds} s"),
            _ => duration_words(middle),
        };
        format!(" From going to look to the first page: {words} in the middle.")
    });
    let rows: Vec<_> = seen
        .opened
        .iter()
        .map(|(source, n)| {
            let times = if *n == 1 { "1 attempt".to_owned() } else { format!("{n} attempts") };
            let words = source.clone();
            let link = match address(circle, &Source::parse(source)) {
                Some(href) => view! { <a class="long" href=href>{words}</a> }.into_any(),
                None => words.into_any(),
            };
            view! { <li>{link}" "<span class="meta">{times}</span></li> }
        })
        .collect();
    Some(
        view! {
            <section class="stack" data-tight="" aria-labelledby="looked-up">
                <h3 id="looked-up">"What was looked up"</h3>
                <p>{format!("Went to look: {}. Opened a page: {}.", seen.n_looked, seen.n_opened)}{middle}</p>
                <ul class="stack" data-tight="">{rows}</ul>
                <p class="meta">"It says how well the documents are found. It is no part of any mark."</p>
            </section>
        }
        .into_any(),
    )
}

/// "12 attempts: 5 right, 1 partly, 6 missed. 2 of those were certain."
fn summary(all: &Answered) -> String {
    let attempts =
        if all.n_asked == 1 { "1 attempt".to_owned() } else { format!("{} attempts", all.n_asked) };
    let none = all.n_missed.saturating_sub(all.n_part);
    let mut words = format!("{attempts}: {} right, {} partly, {none} not.", all.n_full, all.n_part);
    if all.n_sure_and_wrong > 0 {
        words += &format!(" Certain, and not right: {}.", all.n_sure_and_wrong);
    }
    if all.n_do_not_know > 0 {
        words += &format!(" “I do not know”: {}.", all.n_do_not_know);
    }
    if all.n_nothing > 0 {
        words += &format!(" No answer: {}.", all.n_nothing);
    }
    if all.n_of_other_versions > 0 {
        words += &format!(" {} more met another version of it.", all.n_of_other_versions);
    }
    words
}

fn chosen(all: &Answered, images: Images<'_>) -> Option<AnyView> {
    let (Key::Single { choices } | Key::Multiple { choices }) = &all.question.key else { return None };
    let of = f64::from(all.n_asked.max(1));
    let rows: Vec<_> = choices
        .iter()
        .zip(&all.chosen)
        .map(|(choice, &n)| {
            let right = choice.is_right.then(|| view! { " "<span class="tag">"Right"</span> });
            let share = f64::from(n) / of;
            view! {
                <tr>
                    <th scope="row"><span inner_html=inline(&choice.text, images)></span>{right}</th>
                    <td class="plot"><Bar share=share is_key=choice.is_right/></td>
                    <td class="num">{n}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <table class="bars">
            <thead><tr><th scope="col">"Choice"</th><td></td><th scope="col" class="num">"Chosen"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    };
    Some(table.into_any())
}

/// The most that is listed of what was typed.
const LISTED: usize = 40;

fn typed(all: &Answered) -> Option<AnyView> {
    if all.typed.is_empty() {
        return None;
    }
    let rows: Vec<_> = all
        .typed
        .iter()
        .take(LISTED)
        .map(|(text, n)| {
            let times = (*n > 1).then(|| view! { " "<span class="meta">{format!("{n} times")}</span> });
            view! { <li class="typed">{text.clone()}{times}</li> }
        })
        .collect();
    let more = all.typed.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| view! { <p class="meta">{format!("and {more} more")}</p> });
    Some(view! { <ul class="stack" data-tight="">{rows}</ul>{more} }.into_any())
}
