//! A frame for what may be wider than the screen.

use leptos::prelude::*;

/// Scrolls sideways inside itself, also by keyboard. The name says what is inside.
#[component]
pub fn Scroll(#[prop(into)] name: String, children: Children) -> impl IntoView {
    view! { <div class="scroll" role="region" tabindex="0" aria-label=name>{children()}</div> }
}
