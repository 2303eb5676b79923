//! Six lines that wake the islands in the browser.

/// Called by the page's own script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    let _ = app::shell::SHELL_ID;
    leptos::mount::hydrate_islands();
}
