//! Wakes the islands in the browser.

/// Called by the page's own script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    // Named, so that the linker keeps the islands.
    use app as _;
    leptos::mount::hydrate_islands();
}
