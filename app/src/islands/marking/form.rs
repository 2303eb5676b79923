//! The form of one answer, read and written.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement};

use super::super::runner::page::all;
use crate::api::marking::MarkSent;

/// A form with which one answer is marked.
#[derive(Clone)]
pub struct Form {
    pub element: HtmlFormElement,
    pub answer: String,
    pub settles: bool,
    /// Reasons are asked for.
    explains: bool,
}

impl Form {
    /// Reads what the server wrote at the form.
    pub fn of(element: Element) -> Option<Form> {
        Some(Form {
            answer: element.get_attribute("data-marks")?,
            settles: element.get_attribute("data-what")? == "settle",
            explains: element.has_attribute("data-explains"),
            element: element.dyn_into().ok()?,
        })
    }

    /// What stands in it.
    pub fn read(&self) -> MarkSent {
        let points = self.lines().into_iter().map(|line| {
            let chosen = line.query_selector("input:checked").ok().flatten()?;
            chosen.dyn_into::<HtmlInputElement>().ok()?.value().parse().ok()
        });
        MarkSent {
            answer: self.answer.clone(),
            points: points.collect(),
            comment: self.comment().map(|area| area.value().trim().to_owned()).unwrap_or_default(),
            settles: self.settles,
        }
    }

    /// What the server has of it, if anything was given.
    pub fn given(&self) -> Option<MarkSent> {
        let (points, comment): (Vec<u8>, String) =
            serde_json::from_str(&self.element.get_attribute("data-given")?).ok()?;
        Some(MarkSent {
            answer: self.answer.clone(),
            points: points.into_iter().map(Some).collect(),
            comment,
            settles: self.settles,
        })
    }

    pub fn set_given(&self, sent: &MarkSent) {
        let points: Vec<u8> = sent.points.iter().copied().flatten().collect();
        if let Ok(json) = serde_json::to_string(&(points, &sent.comment)) {
            drop(self.element.set_attribute("data-given", &json));
        }
    }

    pub fn put(&self, sent: &MarkSent) {
        for (line, points) in self.lines().iter().zip(&sent.points) {
            for radio in all(line, "input") {
                if let Ok(radio) = radio.dyn_into::<HtmlInputElement>() {
                    radio.set_checked(*points == radio.value().parse().ok() && points.is_some());
                }
            }
        }
        if let Some(area) = self.comment().filter(|area| area.value().trim() != sent.comment) {
            area.set_value(&sent.comment);
        }
    }

    /// Whether nothing is missing.
    pub fn is_whole(&self, sent: &MarkSent) -> bool {
        sent.points.iter().all(Option::is_some) && !(self.explains && sent.comment.is_empty())
    }

    pub fn say(&self, words: &str) {
        if let Ok(Some(state)) = self.element.query_selector("[data-save]")
            && state.text_content().as_deref() != Some(words)
        {
            state.set_text_content(Some(words));
        }
    }

    /// The answer waits for nobody any more.
    pub fn show_marked(&self) {
        let Some(section) = self.section() else { return };
        drop(section.remove_attribute("data-waits"));
        for (selector, hidden) in [("[data-todo]", true), ("[data-done]", false)] {
            let state = section.query_selector(selector).ok().flatten();
            if let Some(state) = state.and_then(|state| state.dyn_into::<HtmlElement>().ok()) {
                state.set_hidden(hidden);
            }
        }
    }

    pub fn section(&self) -> Option<Element> {
        self.element.closest("section").ok().flatten()
    }

    fn lines(&self) -> Vec<Element> {
        all(&self.element, "fieldset")
    }

    fn comment(&self) -> Option<HtmlTextAreaElement> {
        self.element.query_selector("textarea").ok()??.dyn_into().ok()
    }
}
