//! The parts of the page: what is new is put in, and what is being typed stays.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{
    DomParser, Element, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlOptionElement, HtmlSelectElement,
    HtmlTextAreaElement, SupportedType,
};

use super::all;
use super::time_box::TimeBox;

/// How far the page is that was put in.
pub struct Now {
    pub revision: i64,
    /// Where the meeting is, in words.
    pub says: String,
}

/// The part that a form stands in, by its name.
pub fn part_of(form: &HtmlFormElement) -> Option<String> {
    form.closest("[data-live]").ok()??.get_attribute("data-live")
}

/// Whether somebody is at work in any part but the one that was sent.
pub fn is_at_work_beside(sent: Option<&str>) -> bool {
    let is_other = |part: &&Element| part.get_attribute("data-live").as_deref() != sent;
    let root = document().document_element();
    root.is_some_and(|root| all(&root, "[data-live]").iter().filter(is_other).any(is_busy))
}

/// Puts the parts of a page into the one that is there, which stands at the
/// revision `known`. `sent` is put in even where something was typed into it, and
/// kept from then on if it was refused. A page that was asked for, and comes
/// later than a newer one, is left. `None`: it is another kind of page.
pub fn put_in(
    html: &str,
    known: i64,
    sent: Option<&str>,
    is_refused: bool,
    time_box: &TimeBox,
) -> Option<Now> {
    let page = DomParser::new().ok()?.parse_from_string(html, SupportedType::TextHtml).ok()?;
    let new = page.document_element()?;
    let old = document().document_element()?;
    let head = one(&new, "head")?;
    if head.get_attribute("data-state") != one(&old, "head")?.get_attribute("data-state") {
        return None;
    }
    let revision: i64 = head.get_attribute("data-revision")?.parse().ok()?;
    time_box.set(&new);
    if sent.is_none() && revision < known {
        return Some(Now { revision: known, says: String::new() });
    }
    // Before the parts go over to the page that is there.
    let says = one(&new, "place").and_then(|place| place.get_attribute("data-says")).unwrap_or_default();
    // Parts that one page has and the other has not come with another layout.
    let names = |root: &Element| -> Vec<String> {
        all(root, "[data-live]").iter().filter_map(|part| part.get_attribute("data-live")).collect()
    };
    let is_alone = |part: &Element, name: &str| !is_busy(part) || sent == Some(name);
    for part in all(&old, "[data-live]") {
        let name = part.get_attribute("data-live").unwrap_or_default();
        match one(&new, &name) {
            Some(fresh) if fresh.outer_html() == part.outer_html() => {}
            Some(fresh) if is_alone(&part, &name) => replace(&part, &fresh),
            None if is_alone(&part, &name) => part.set_inner_html(""),
            _ => {}
        }
    }
    let had = names(&old);
    for name in names(&new).into_iter().filter(|name| !had.contains(name)) {
        add(&old, &new, &name);
    }
    let refused = sent.filter(|_| is_refused).and_then(|sent| one(&old, sent));
    // Where nothing can be typed, nothing has to be kept.
    if let Some(part) =
        refused.filter(|part| !all(part, "textarea, select, input:not([type=hidden])").is_empty())
    {
        drop(part.set_attribute(KEPT, ""));
    }
    document().set_title(&page.title());
    Some(Now { revision: revision.max(known), says })
}

fn one(root: &Element, name: &str) -> Option<Element> {
    root.query_selector(&format!("[data-live=\"{name}\"]")).ok()?
}

/// Puts a part in that was not there, after the one that it follows.
fn add(old: &Element, new: &Element, name: &str) {
    let Some(fresh) = one(new, name) else { return };
    let before = fresh.previous_element_sibling().and_then(|before| before.get_attribute("data-live"));
    if let Some(before) = before.and_then(|before| one(old, &before)) {
        drop(before.after_with_node_1(&fresh));
    }
}

/// What is open stays open, and the focus stays where it was.
fn replace(part: &Element, fresh: &Element) {
    let focused =
        document().active_element().filter(|element| part.contains(Some(element))).map(|it| it.id());
    for fold in all(part, "details[id][open]").into_iter().chain(is_open_fold(part)) {
        let id = fold.id();
        let again = if fresh.id() == id { Some(fresh.clone()) } else { by_id(fresh, &id) };
        if let Some(again) = again {
            drop(again.set_attribute("open", ""));
        }
    }
    drop(part.replace_with_with_node_1(fresh));
    let focused = focused.filter(|id| !id.is_empty()).and_then(|id| document().get_element_by_id(&id));
    if let Some(element) = focused.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        drop(element.focus());
    }
}

fn is_open_fold(part: &Element) -> Option<Element> {
    (part.tag_name() == "DETAILS" && part.has_attribute("open")).then(|| part.clone())
}

fn by_id(root: &Element, id: &str) -> Option<Element> {
    all(root, "[id]").into_iter().find(|element| element.id() == id)
}

/// Marks a part whose fields hold what was refused: to the browser that is how
/// they began.
const KEPT: &str = "data-kept";

/// Whether somebody is at work in it: something was typed or picked, or the
/// cursor stands in a field.
fn is_busy(part: &Element) -> bool {
    if part.has_attribute(KEPT) {
        return true;
    }
    let fields = all(part, "input, textarea, select");
    let focused = document().active_element();
    fields.iter().any(|field| {
        focused.as_ref() == Some(field) && field.dyn_ref::<HtmlInputElement>().is_none_or(is_text)
    }) || fields.iter().any(is_changed)
}

fn is_text(input: &HtmlInputElement) -> bool {
    !matches!(input.type_().as_str(), "checkbox" | "radio" | "hidden")
}

fn is_changed(field: &Element) -> bool {
    if let Some(text) = field.dyn_ref::<HtmlTextAreaElement>() {
        return text.default_value().is_ok_and(|given| text.value() != given);
    }
    if let Some(select) = field.dyn_ref::<HtmlSelectElement>() {
        return is_picked_anew(select);
    }
    field.dyn_ref::<HtmlInputElement>().is_some_and(|input| match input.type_().as_str() {
        "checkbox" | "radio" => input.checked() != input.default_checked(),
        "hidden" => false,
        _ => input.value() != input.default_value(),
    })
}

/// Where no option is marked as chosen, the first one is.
fn is_picked_anew(select: &HtmlSelectElement) -> bool {
    let options = all(select, "option");
    let options: Vec<HtmlOptionElement> = options.into_iter().filter_map(|it| it.dyn_into().ok()).collect();
    let given = options.iter().position(HtmlOptionElement::default_selected).unwrap_or(0);
    options.iter().position(HtmlOptionElement::selected).unwrap_or(0) != given
}
