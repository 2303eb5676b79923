//! The agenda of a review, and how a leader changes it.

use backend::reviews::{Found, Item, State, path_of};
use leptos::context::Provider;
use leptos::prelude::*;

use super::words::{kind_words, reason_words, standing_words, title_words};
use crate::components::TextField;
use crate::pages::account::of_form;

/// The items in their order. `shown` is the one that the reader looks at.
pub fn agenda(found: &Found, shown: Option<&str>) -> impl IntoView + use<> {
    let rows: Vec<_> = (1..).zip(&found.items).map(|(n, item)| row(found, n, item, shown)).collect();
    let is_empty = rows.is_empty();
    let edits = found.leads() && found.review.state != State::Closed;
    view! {
        <nav class="stack" data-tight="" aria-labelledby="agenda" data-live="agenda">
            <h2 id="agenda">"Agenda"</h2>
            {if is_empty {
                let text = if edits {
                    "Nothing was missed in this round. You can put something on the agenda."
                } else {
                    "Nothing is on the agenda yet."
                };
                view! { <p class="hint">{text}</p> }.into_any()
            } else {
                view! { <ol class="agenda">{rows}</ol> }.into_any()
            }}
            {found.hides_why.then(|| view! {
                <p class="hint">"Why each of them stands here is said when the review begins."</p>
            })}
        </nav>
    }
}

fn row(found: &Found, n: usize, item: &Item, shown: Option<&str>) -> impl IntoView + use<> {
    let review = &found.review;
    let path = path_of(&review.circle, &review.id);
    let is_now = review.item.as_deref() == Some(item.id.as_str());
    let is_shown = shown == Some(item.id.as_str());
    // The one that all look at is the page itself: it follows.
    let href = if is_now { path.clone() } else { format!("{path}?item={}", item.id) };
    let why: Vec<String> = item.why.reasons.iter().map(|reason| reason_words(*reason)).collect();
    let why = match why.as_slice() {
        [] if item.is_question() && !found.hides_why => "Nothing speaks for it any more".to_owned(),
        [] => kind_words(item).to_owned(),
        why => why.join(" · "),
    };
    let standing = standing_words(item).filter(|_| review.state != State::Planned);
    let edits = (found.leads() && review.state != State::Closed)
        .then(|| edits(&path, n, item, found.items.len(), is_now));
    let title = title_words(item);
    let name = if review.state == State::Planned && !found.leads() {
        title.into_any()
    } else {
        view! { <a href=href aria-current=is_shown.then_some("true")>{title}</a> }.into_any()
    };
    view! {
        <li data-now=is_now.then_some("")>
            <div class="stack" data-tight="">
                <p>{is_now.then(|| view! { <span class="tag">"Now"</span>" " })}{name}</p>
                <p class="meta">{why}{standing.map(|words| view! { " · "<strong>{words}</strong> })}</p>
                {edits}
            </div>
        </li>
    }
}

/// Up, down, and off the agenda; in a meeting also: everybody goes there.
fn edits(path: &str, n: usize, item: &Item, n_items: usize, is_now: bool) -> impl IntoView + use<> {
    let (id, title) = (item.id.clone(), title_words(item));
    let is_bare = item.is_bare();
    let button = |value: &'static str, words: &'static str| {
        let name = format!("{value}-{id}");
        view! {
            <button class="link" name="how" value=value id=name>{words}<span class="vh">{format!(": {title}")}</span></button>
        }
    };
    let up = (n > 1).then(|| button("up", "Up"));
    let down = (n < n_items).then(|| button("down", "Down"));
    let off = (is_bare && !is_now).then(|| button("remove", "Take off"));
    view! {
        <form method="post" action=path.to_owned() class="cluster">
            <input type="hidden" name="do" value="item"/>
            <input type="hidden" name="item" value=id.clone()/>
            {up}{down}{off}
        </form>
    }
}

/// The forms that add to an agenda, for leaders.
pub fn adding(found: &Found) -> Option<impl IntoView + use<>> {
    let path = path_of(&found.review.circle, &found.review.id);
    let other = path.clone();
    (found.leads() && found.review.state != State::Closed).then(|| {
        view! {
            <details id="add" data-live="form-add">
                <summary>"Add to the agenda"</summary>
                <div class="stack">
                    <Provider value=of_form("add-text")>
                        <form method="post" action=path class="form" novalidate>
                            <input type="hidden" name="do" value="add-text"/>
                            <TextField name="text" label="Something to talk about"/>
                            <button class="btn">"Add it"</button>
                        </form>
                    </Provider>
                    <Provider value=of_form("add-question")>
                        <form method="post" action=other class="form" novalidate>
                            <input type="hidden" name="do" value="add-question"/>
                            <TextField name="question" label="A question, by its id" hint="As on its page, for example orders-db/process/what-first."/>
                            <button class="btn">"Add the question"</button>
                        </form>
                    </Provider>
                </div>
            </details>
        }
    })
}
