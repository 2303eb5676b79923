//! Closing a review, for leaders: what is still open, and what comes after.

use backend::reviews::closing::{DAYS, Missing, missing};
use backend::reviews::{Found, Retest, path_of};
use leptos::context::Provider;
use leptos::prelude::*;

use super::words::shortened;
use crate::components::{CheckboxField, TextField};
use crate::markdown::plain;
use crate::pages::account::of_form;
use crate::pages::actions::words::path_of as path_of_action;

pub fn closing(found: &Found, retest: Option<&Retest>) -> Option<impl IntoView + use<>> {
    found.leads().then(|| {
        let path = path_of(&found.review.circle, &found.review.id);
        let open: Vec<_> = missing(found).iter().map(|one| open_row(found, &path, one)).collect();
        let body = if open.is_empty() {
            let retest = retest.map(retest_words);
            view! { <Provider value=of_form("close")>{move || form(&path, retest.clone())}</Provider> }.into_any()
        } else {
            view! {
                <p>"It can be closed when every question is decided and every action has an owner. Still open:"</p>
                <ul>{open}</ul>
            }
            .into_any()
        };
        view! {
            <section class="panel stack" data-live="form-close" aria-labelledby="close">
                <h2 id="close">"Close the review"</h2>
                {body}
            </section>
        }
    })
}

fn open_row(found: &Found, path: &str, one: &Missing) -> impl IntoView + use<> {
    let (href, words, what) = match one {
        Missing::Decision { item, title } => {
            (format!("{path}?item={item}#decide"), shortened(&plain(title)), "has no decision")
        }
        Missing::Owner { number, title } => {
            let path = path_of_action(&found.review.circle, *number);
            (format!("{path}/edit#owner"), format!("{number} {title}"), "has no owner")
        }
    };
    view! { <li><a href=href>{words}</a>" "{what}</li> }
}

/// Whom it asks and what.
fn retest_words(retest: &Retest) -> String {
    let names: Vec<&str> = retest.people.iter().map(|(_, name)| name.as_str()).collect();
    let topics: Vec<String> =
        retest.topics.iter().map(|(service, topic)| format!("{service} {topic}")).collect();
    format!(
        "{} questions about {}, for {}. Questions that they have not met come first. It can be changed before it opens.",
        retest.test.blueprint.n_questions(),
        topics.join(", "),
        names.join(", ")
    )
}

fn form(path: &str, retest: Option<String>) -> impl IntoView + use<> {
    let retest = retest.map(|words| {
        view! {
            <CheckboxField name="retest" label="Plan a re-test of what was missed" hint=words checked=true/>
            <TextField name="days" label="It opens in" unit="days" width="short" inputmode="numeric" value=DAYS.to_string()/>
        }
    });
    view! {
        <form method="post" action=path.to_owned() class="form" novalidate>
            <input type="hidden" name="do" value="close"/>
            <p class="hint">"The minutes are written as things stand, and nothing can be added after that."</p>
            {retest}
            <button class="btn" id="close-it">"Close it and write the minutes"</button>
        </form>
    }
}
