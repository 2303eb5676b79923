//! What is wrong with a form that is shown again, at the top of the page.

use leptos::prelude::*;

use crate::form::again;

/// Every problem of the form, each with a link to its field; nothing while there is none. Focus arrives here with the
/// page, without a script. It stands first in `main`.
#[component]
pub fn ErrorSummary() -> impl IntoView {
    let problems = again().problems;
    let has_problems = !problems.is_empty();
    let lines = problems.into_iter().map(|(field, what)| {
        if field.is_empty() {
            view! { <li>{what}</li> }.into_any()
        } else {
            view! { <li><a href=format!("#{field}")>{what}</a></li> }.into_any()
        }
    });
    has_problems.then(|| {
        view! {
            <div class="error" tabindex="-1" autofocus=true>
                <h2>"There is a problem"</h2>
                <ul>{lines.collect_view()}</ul>
            </div>
        }
    })
}
