//! The page `circle_home`.

use leptos::prelude::*;

use crate::shell::{Page, open_page};

/// Not written yet.
#[component]
pub fn CircleHomePage() -> impl IntoView {
    open_page(|_, _| async move { Ok(Page::new("circle_home", view! { <h1>"circle_home"</h1> })) })
}
