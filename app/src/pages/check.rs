//! Before handing in: what is unanswered, marked, or not safe yet.

use backend::attempts::{self, Found, Paper, Slot, finishing};
use domain::answer::Answer;
use domain::question::Ask;
use leptos::prelude::*;

use super::attempt::{bar, set_up, sign_in_dialog};
use crate::components::{ErrorSummary, Status, StatusKind};
use crate::form::{Form, Posted};
use crate::islands::runner::Runner;
use crate::markdown;
use crate::server::{Asked, Site, query_value};
use crate::shell::{Loading, Page, bare_page, browser_part, path_param};

/// Everything that was answered, what is open first.
pub fn get() -> Loading {
    let id = path_param("attempt");
    bare_page(move |site, asked, who| async move {
        match attempts::find(&site.db, &who, &id, asked.received_at).await? {
            Found::HandedIn { .. } => {
                crate::server::send_to(&format!("/attempts/{id}/result"));
                Ok(Page::new("Result", ()))
            }
            Found::Sitting(paper) => {
                Ok(Page::new("Check your answers and hand in", summary(&site, &asked, &who.email, &paper)))
            }
        }
    })
}

fn summary(site: &Site, asked: &Asked, email: &str, paper: &Paper) -> impl IntoView + use<> {
    let set_up = set_up(paper, asked, email, true);
    let (open, done): (Vec<&Slot>, Vec<&Slot>) = paper.slots.iter().partition(|slot| slot.answer.is_none());
    let rows = open.iter().chain(&done).map(|slot| row(paper, slot)).collect_view();
    let n_answered = done.len();
    let hand_in = match n_answered {
        1 => "Hand in 1 answer".to_owned(),
        n => format!("Hand in {n} answers"),
    };
    let (back, back_words) = way_back(paper, query_value("from").as_deref());
    view! {
        {browser_part(site)}
        <a class="skip" href="#main">"Skip to content"</a>
        {bar(paper, asked.received_at, "Check".to_owned())}
        <main id="main" class="stack">
            <h1>"Check your answers and hand in"</h1>
            <ErrorSummary/>
            <section class="notice" id="not-saved" data-kind="problem" hidden role="alert">
                <p id="not-saved-says"></p>
                <p><button type="button" class="btn small" id="try-now">"Try now"</button></p>
            </section>
            {facts(paper, &open)}
            <table class="fold">
                    <caption>"Your answers, open ones first"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Question"</th><th scope="col">"Asked"</th><th scope="col">"Your answer"</th>
                            <th scope="col">"How sure"</th><th scope="col"><span class="vh">"Change"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
            </table>
            <form method="post" id="hand-in" class="cluster">
                <button class="btn primary">{hand_in}</button>
                <a class="btn" href=back>{back_words}</a>
            </form>
            <p class="hint">"After handing in, answers cannot be changed."</p>
        </main>
        {sign_in_dialog(email)}
        <Runner set_up/>
    }
}

/// Back to where one came from; else to the first question without an answer,
/// or to the last one.
fn way_back(paper: &Paper, from: Option<&str>) -> (String, String) {
    if from == Some("all") {
        return (format!("/attempts/{}?all=1", paper.id), "Back to all questions".to_owned());
    }
    let asked_for = from.and_then(|n| n.parse().ok());
    let here = asked_for.and_then(|n: u16| paper.slots.iter().find(|slot| slot.n == n));
    let open = || paper.slots.iter().find(|slot| slot.answer.is_none());
    let n = here.or_else(open).or(paper.slots.last()).map_or(1, |slot| slot.n);
    (format!("/attempts/{}?q={n}", paper.id), format!("Back to question {n}"))
}

fn facts(paper: &Paper, open: &[&Slot]) -> impl IntoView + use<> {
    let numbers =
        |slots: Vec<&Slot>| slots.iter().map(|slot| slot.n.to_string()).collect::<Vec<_>>().join(", ");
    let marked: Vec<&Slot> = paper.slots.iter().filter(|slot| slot.for_review).collect();
    let unsure: Vec<&Slot> =
        paper.slots.iter().filter(|slot| slot.answer.is_some() && slot.confidence.is_none()).collect();
    let open_says = match open.len() {
        0 => "Every question has an answer".to_owned(),
        1 => format!("1 question has no answer: {}", numbers(open.to_vec())),
        n => format!("{n} questions have no answer: {}", numbers(open.to_vec())),
    };
    let kind = if open.is_empty() { StatusKind::Ready } else { StatusKind::Gap };
    view! {
        <ul class="checklist">
            <li><Status kind words=open_says/></li>
            {(!marked.is_empty()).then(|| view! { <li>{format!("⚑ Marked for review: {}", numbers(marked))}</li> })}
            {(!unsure.is_empty()).then(|| view! { <li>{format!("No confidence given: {}", numbers(unsure))}</li> })}
        </ul>
    }
}

fn row(paper: &Paper, slot: &Slot) -> impl IntoView + use<> {
    let n = slot.n;
    let says = slot
        .answer
        .as_ref()
        .map_or_else(|| "No answer".to_owned(), |answer| in_words(answer, &slot.prompt.ask));
    view! {
        <tr>
            <th scope="row">{n.to_string()}" "{slot.topic.title()}{slot.for_review.then_some(" ⚑")}</th>
            <td data-label="Asked">{shortened(&markdown::plain(slot.prompt.text.lines().next().unwrap_or_default()))}</td>
            <td data-label="Your answer">{says}</td>
            <td data-label="How sure">{slot.confidence.map_or("–", |confidence| confidence.title())}</td>
            <td><a href=format!("/attempts/{}?q={n}", paper.id)>"Change"<span class="vh">{format!(" answer {n}")}</span></a></td>
        </tr>
    }
}

/// An answer in one line.
fn in_words(answer: &Answer, ask: &Ask) -> String {
    let short = |text: &str| shortened(&markdown::plain(text));
    let name = |texts: &[String], place: u8| {
        texts.get(usize::from(place)).map(|text| short(text)).unwrap_or_default()
    };
    match (answer, ask) {
        (Answer::DoNotKnow, _) => "I do not know".to_owned(),
        (Answer::One(place), Ask::Single { choices }) => name(choices, *place),
        (Answer::Several(places), Ask::Multiple { choices }) => {
            places.iter().map(|place| name(choices, *place)).collect::<Vec<_>>().join("; ")
        }
        (Answer::Order(places), Ask::Ordering { steps }) => {
            places.iter().map(|place| name(steps, *place)).collect::<Vec<_>>().join(" → ")
        }
        (Answer::Pairs(places), Ask::Matching { left, right, .. }) => {
            let pair = |(left, place): (&String, &Option<u8>)| match place {
                Some(place) => format!("{} – {}", short(left), name(right, *place)),
                None => format!("{} – open", short(left)),
            };
            left.iter().zip(places).map(pair).collect::<Vec<_>>().join("; ")
        }
        // What was typed is no Markdown: it is shown as it is.
        (Answer::Typed(text), _) => shortened(text),
        _ => String::new(),
    }
}

/// A text that may be long, at most 80 characters of it.
fn shortened(text: &str) -> String {
    if text.chars().count() > 80 { text.chars().take(79).chain(['…']).collect() } else { text.to_owned() }
}

/// Hands the attempt in.
pub async fn post(form: Form) -> Posted {
    let who = form.who()?;
    let id = form.param("attempt")?;
    finishing::hand_in(&form.site.db, &who, id, form.asked.received_at).await?;
    Ok(format!("/attempts/{id}/result"))
}
