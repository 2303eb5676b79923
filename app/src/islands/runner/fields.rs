//! The fields of one question, read and written.

use domain::answer::Answer;
use domain::question::Kind;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FormData, HtmlFormElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

use crate::entry::{self, DO_NOT_KNOW, Entry, field};

/// One question on the page.
#[derive(Clone)]
pub struct Question {
    pub n: u16,
    kind: Kind,
    n_places: usize,
    element: Element,
}

impl Question {
    /// Reads what the server wrote at the question's group.
    pub fn of(element: Element) -> Option<Question> {
        Some(Question {
            n: element.get_attribute("data-slot")?.parse().ok()?,
            kind: Kind::parse(&element.get_attribute("data-kind")?)?,
            n_places: element.get_attribute("data-places")?.parse().ok()?,
            element,
        })
    }

    /// What stands in the fields now.
    pub fn entry(&self, form: &HtmlFormElement) -> Entry {
        entry::read(self.n, self.kind, self.n_places, &pairs(form))
    }

    /// The page load that the answer came from with which this page was made.
    pub fn client(&self) -> Option<String> {
        self.element.get_attribute("data-client")
    }

    /// What the server put into the fields.
    pub fn was(&self) -> Option<Entry> {
        serde_json::from_str(&self.input("was")?.value()).ok()
    }

    /// Puts an entry into the fields.
    pub fn put(&self, entry: &Entry) {
        let name = |part: &str| field(self.n, part);
        let unknown = entry.answer == Some(Answer::DoNotKnow);
        self.check(&name("unknown"), |_| unknown);
        self.check(&name("mark"), |_| entry.for_review);
        self.check(&name("confidence"), |value| {
            entry.confidence.is_some_and(|confidence| confidence.as_str() == value)
        });
        self.check(&name("one"), |value| match &entry.answer {
            Some(Answer::One(place)) => place.to_string() == value,
            _ => unknown && value == DO_NOT_KNOW,
        });
        match &entry.answer {
            Some(Answer::Several(places)) => {
                self.check(&name("some"), |value| places.iter().any(|place| place.to_string() == value));
            }
            Some(Answer::Order(order)) => self.show_order(order),
            Some(Answer::Pairs(places)) => {
                for (i, place) in places.iter().enumerate() {
                    self.select(
                        &name(&format!("pair-{i}")),
                        place.map(|place| place.to_string()).unwrap_or_default(),
                    );
                }
            }
            Some(Answer::Typed(text)) => self.write_text(text),
            Some(Answer::One(_) | Answer::DoNotKnow) => {}
            None => self.clear(),
        }
    }

    /// Takes out what says something; a radio is unchecked by then.
    fn clear(&self) {
        self.check(&field(self.n, "some"), |_| false);
        for i in 0..self.n_places {
            self.select(&field(self.n, &format!("pair-{i}")), String::new());
        }
        if let Some(order) = self.order() {
            self.show_order(&(0u8..).take(order.len()).collect::<Vec<_>>());
        }
        self.write_text("");
    }

    fn write_text(&self, text: &str) {
        if let Some(input) = self.input("text") {
            input.set_value(text);
        }
        for area in self.named("textarea", &field(self.n, "text")) {
            if let Ok(area) = area.dyn_into::<HtmlTextAreaElement>() {
                area.set_value(text);
            }
        }
    }

    /// Notes what is safe as what the page was made with, so that posting the
    /// form does not save it once more.
    pub fn set_was(&self, entry: &Entry) {
        if let (Some(input), Ok(json)) = (self.input("was"), serde_json::to_string(entry)) {
            input.set_value(&json);
        }
    }

    /// The order in which the steps stand, if this question has steps.
    pub fn order(&self) -> Option<Vec<u8>> {
        Some(self.input("order")?.value().split(',').filter_map(|step| step.parse().ok()).collect())
    }

    /// Puts the steps into an order, their positions with them.
    pub fn show_order(&self, order: &[u8]) {
        let Ok(Some(list)) = self.element.query_selector("[data-steps]") else { return };
        for (at, step) in order.iter().enumerate() {
            if let Ok(Some(item)) = list.query_selector(&format!("[data-step=\"{step}\"]")) {
                drop(list.append_child(&item));
            }
            self.select(&field(self.n, &format!("position-{step}")), (at + 1).to_string());
        }
        if let Some(input) = self.input("order") {
            input.set_value(&order.iter().map(u8::to_string).collect::<Vec<_>>().join(","));
        }
    }

    fn input(&self, part: &str) -> Option<HtmlInputElement> {
        self.named("input", &field(self.n, part)).into_iter().next()?.dyn_into().ok()
    }

    fn check(&self, name: &str, is_checked: impl Fn(&str) -> bool) {
        for element in self.named("input", name) {
            if let Ok(input) = element.dyn_into::<HtmlInputElement>() {
                input.set_checked(is_checked(&input.value()));
            }
        }
    }

    fn select(&self, name: &str, value: String) {
        for element in self.named("select", name) {
            if let Ok(select) = element.dyn_into::<HtmlSelectElement>() {
                select.set_value(&value);
            }
        }
    }

    fn named(&self, tag: &str, name: &str) -> Vec<Element> {
        super::page::all(&self.element, &format!("{tag}[name=\"{name}\"]"))
    }
}

/// Every field of a form, as it would be posted.
fn pairs(form: &HtmlFormElement) -> Vec<(String, String)> {
    let Ok(posted) = FormData::new_with_form(form) else { return Vec::new() };
    let entries = js_sys::try_iter(&posted).ok().flatten();
    entries.into_iter().flatten().filter_map(|pair| as_pair(&pair.ok()?)).collect()
}

fn as_pair(pair: &JsValue) -> Option<(String, String)> {
    let pair: &js_sys::Array = pair.dyn_ref()?;
    Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
}
