//! The open book of a test: what can be looked up beside a question.

use backend::book::{self, Book, OfService};
use domain::source::Source;
use leptos::prelude::*;

use crate::components::Empty;
use crate::form::{Form, Posted};
use crate::markdown::plain;
use crate::server::query_value;
use crate::shell::{Loading, Page, bare_page, path_param};

/// The runbooks and alerts of the test's services; `find` narrows them down.
pub fn get() -> Loading {
    let id = path_param("attempt");
    let slot = query_value("q").and_then(|n| n.parse().ok()).unwrap_or(1);
    let text: String = query_value("find").unwrap_or_default().trim().chars().take(100).collect();
    bare_page(move |site, asked, who| async move {
        let book = book::find(&site.db, &who, &id, slot, &text, asked.received_at).await?;
        Ok(Page::new(format!("Beside question {slot}"), page(&book, &text)))
    })
}

/// Notes that somebody goes to look, or opens a page, and leads there.
pub async fn post(form: Form) -> Posted {
    let (who, id) = (form.who()?, form.param("attempt")?.to_owned());
    let (db, now) = (&form.site.db, form.asked.received_at);
    if form.has("look") {
        let slot = form.get("look").parse().map_err(|_| backend::Error::NotFound)?;
        book::look(db, &who, &id, slot, now).await?;
        return Ok(format!("/attempts/{id}/book?q={slot}"));
    }
    let slot = form.get("q").parse().map_err(|_| backend::Error::NotFound)?;
    let source = Source::parse(form.get("open"));
    let book = book::open(db, &who, &id, slot, &source, now).await?;
    address(&book.circle, &source).ok_or(backend::Error::NotFound)
}

/// Where a page of the book stands; only runbooks and alerts are in it.
pub(crate) fn address(circle: &str, source: &Source) -> Option<String> {
    matches!(source, Source::Runbook { .. } | Source::Alert(_)).then(|| source.address(circle)).flatten()
}

fn page(book: &Book, text: &str) -> impl IntoView + use<> {
    let services: Vec<_> = book.services.iter().filter_map(|of| service(book, of)).collect();
    let list = match services.is_empty() {
        true => nothing(book, text),
        false => services.into_any(),
    };
    let here = format!("/attempts/{}/book", book.attempt);
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <main id="main" class="stack">
            <h1>{format!("Beside question {}", book.slot)}</h1>
            <p class="lead">
                "The runbooks and alerts of "{book.round_name.clone()}". Looking it up is right; your question is open in the other tab, and its clock runs on."
            </p>
            <form method="get" action=here class="filter" role="search" aria-label="Runbooks and alerts">
                <input type="hidden" name="q" value=book.slot.to_string()/>
                <div class="field grow">
                    <label for="find">"Words"</label>
                    <input type="search" id="find" name="find" value=text.to_owned() autocomplete="off"/>
                </div>
                <button class="btn">"Show"</button>
            </form>
            {list}
            <p class="meta">"What is opened, and how soon it is found, shows how good the documents are. It is no part of any mark."</p>
        </main>
    }
}

/// What there is about a service; nothing where nothing is.
fn service(book: &Book, of: &OfService) -> Option<AnyView> {
    if of.alerts.is_empty() && !of.has_runbook {
        return None;
    }
    let runbook = of.has_runbook.then(|| {
        let source = Source::Runbook { service: of.service.clone(), section: None };
        row(book, &source, format!("Runbook, {}", of.name), "")
    });
    let alerts: Vec<_> = of
        .alerts
        .iter()
        .map(|(name, says)| row(book, &Source::Alert(name.clone()), name.clone(), says))
        .collect();
    Some(
        view! {
            <section class="stack" data-tight="">
                <h2>{of.name.clone()}</h2>
                <ul class="rows">{runbook}{alerts}</ul>
            </section>
        }
        .into_any(),
    )
}

/// The first words of a text, as many as stand in a line or two.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 120;
    let Some((end, _)) = text.char_indices().nth(SHOWN) else { return text.to_owned() };
    let whole = text[..end].rsplit_once(' ').map_or(&text[..end], |(words, _)| words);
    format!("{whole} …")
}

/// A button that looks like a link: opening is noted, so it is no plain one.
fn row(book: &Book, source: &Source, words: String, says: &str) -> impl IntoView + use<> {
    let says = beginning(&plain(says));
    let says = (!says.is_empty()).then(|| view! { <p class="meta long">{says}</p> });
    view! {
        <li>
            <form method="post" action=format!("/attempts/{}/book", book.attempt)>
                <input type="hidden" name="q" value=book.slot.to_string()/>
                <button class="link long" name="open" value=source.to_string()>{words}</button>
                {says}
            </form>
        </li>
    }
}

fn nothing(book: &Book, text: &str) -> AnyView {
    let all = format!("/attempts/{}/book?q={}", book.attempt, book.slot);
    if text.is_empty() {
        let text = "Nobody has written a runbook for the services of this test yet.";
        view! { <Empty title="There is nothing to look up here" text=text/> }.into_any()
    } else {
        let text = "No runbook and no alert of these services has all of these words.";
        view! { <Empty title="Nothing matches" text=text><a class="btn" href=all>"Show all"</a></Empty> }
            .into_any()
    }
}
