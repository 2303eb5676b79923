//! Where a page stands, when it stands deep.

use leptos::prelude::*;

/// The pages above this one, from the top, as pairs of words and address.
#[component]
pub fn Breadcrumb(trail: Vec<(String, String)>) -> impl IntoView {
    let links = trail.into_iter().map(|(words, href)| view! { <li><a href=href>{words}</a></li> });
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>{links.collect_view()}</ol>
        </nav>
    }
}
