//! The parts of the page that the server made and the island keeps current.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventTarget, HtmlElement, Storage};

/// Every element below `root` that a selector finds.
pub fn all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.get(i)?.dyn_into().ok()).collect()
}

/// The element with an id.
pub fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Writes text where it differs, so that a screen reader hears changes only.
pub fn write(id: &str, text: &str) {
    if let Some(element) = by_id::<Element>(id)
        && element.text_content().as_deref() != Some(text)
    {
        element.set_text_content(Some(text));
    }
}

/// Shows or hides a section.
pub fn show(id: &str, shown: bool) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        element.set_hidden(!shown);
    }
}

/// Calls back on every event of a name, for as long as the page lasts.
pub fn on(target: &EventTarget, name: &str, call: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(call);
    drop(target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()));
    closure.forget();
}

/// Marks a place of the map.
pub fn mark_place(n: u16, answered: bool, marked: bool) {
    let root: Element = match document().document_element() {
        Some(root) => root,
        None => return,
    };
    for button in all(&root, &format!(".map button[data-n=\"{n}\"]")) {
        set_flag(&button, "data-answered", answered);
        set_flag(&button, "data-marked", marked);
        let dots = format!("{}{}", if answered { "●" } else { "○" }, if marked { "⚑" } else { "" });
        let said = format!(
            ", {}{}",
            if answered { "answered" } else { "open" },
            if marked { ", marked" } else { "" }
        );
        for (part, text) in [(".g", dots), (".said", said)] {
            if let Ok(Some(element)) = button.query_selector(part) {
                element.set_text_content(Some(&text));
            }
        }
    }
    let count = |selector: &str| all(&root, selector).len();
    let (n_all, n_answered) = (count(".map button"), count(".map button[data-answered]"));
    let n_marked = count(".map button[data-marked]");
    write("map-says", &format!("{n_answered} answered, {} open, {n_marked} marked", n_all - n_answered));
}

fn set_flag(element: &Element, name: &str, on: bool) {
    drop(if on { element.set_attribute(name, "") } else { element.remove_attribute(name) });
}

/// What this device keeps for us, where it may.
pub fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
