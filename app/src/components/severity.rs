//! How bad an incident is, as text: weight and border carry it, never a hue.

use leptos::prelude::*;

/// "SEV 1" to "SEV 4"; one is the worst.
#[component]
pub fn Severity(level: u8) -> impl IntoView {
    view! { <span class="sev" data-sev=level.to_string()>{format!("SEV {level}")}</span> }
}
