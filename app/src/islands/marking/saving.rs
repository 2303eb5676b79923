//! What happens when points are given, and when the line is lost.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::{TimeoutHandle, document, set_timeout_with_handle, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlElement, HtmlTextAreaElement};

use super::super::runner::page::{all, by_id, on, write};
use super::super::runner::send::{begin, send, wait_after};
use super::drafts::{Draft, Drafts};
use super::form::Form;
use super::{MarkingSetUp, left_words};
use crate::api::marking::{GiveMark, MarkSaved, MarkSent};
use crate::error::Error;

const GIVE: &str = "/api/v1/marking/give";

/// After the last change: a group of points is walked through by arrow keys.
const PAUSE: Duration = Duration::from_secs(1);

/// After the last key of a comment: each that is saved is kept for good.
const LONG_PAUSE: Duration = Duration::from_secs(4);

const SAVING: &str = "Saving…";
const KEPT: &str = "Not saved yet. It is kept on this device until you save it.";
const PARTLY: &str = "Kept on this device. It is saved once nothing is missing.";
const LOST: &str = "Not saved: the line is lost. It is kept on this device; trying again every few seconds.";
const REFUSED: &str = "Not saved: how this answer stands has changed meanwhile. Reload the page to see it.";
const SIGN_IN: &str =
    "Not saved: you are signed out. Sign in again in another tab; then it is saved from here.";

struct Marking {
    set_up: MarkingSetUp,
    drafts: Drafts,
    forms: Vec<Form>,
    is_sending: Cell<bool>,
    n_failures: Cell<u32>,
    pause: RefCell<Option<TimeoutHandle>>,
    retry: RefCell<Option<TimeoutHandle>>,
    /// The answer whose button was pressed.
    pressed: RefCell<Option<String>>,
}

/// Takes over the forms that the server made.
pub fn wake(set_up: MarkingSetUp) {
    let Some(root) = document().document_element() else { return };
    let marking = Rc::new(Marking {
        drafts: Drafts::of(&set_up.of),
        forms: all(&root, "form[data-marks]").into_iter().filter_map(Form::of).collect(),
        set_up,
        is_sending: Cell::new(false),
        n_failures: Cell::new(0),
        pause: RefCell::new(None),
        retry: RefCell::new(None),
        pressed: RefCell::new(None),
    });
    marking.restore();
    marking.listen();
    marking.flush();
    drop(root.set_attribute("data-marking", "awake"));
}

impl Marking {
    /// Puts what an earlier page could not save back into its forms.
    fn restore(&self) {
        for draft in self.drafts.all() {
            let form = self.form_of(&draft.sent);
            match form.filter(|form| form.given().as_ref() != Some(&draft.sent)) {
                Some(form) => {
                    form.put(&draft.sent);
                    form.say(self.waits_for(form, &draft.sent));
                    if let Some(fold) = form.element.closest("details").ok().flatten() {
                        drop(fold.set_attribute("open", ""));
                    }
                    // What was given since on another device is not overwritten unasked.
                    let stands = draft.over == form.given();
                    if stands && self.saves_by_itself(form, &draft.sent) {
                        self.drafts.put(Draft { is_ready: true, ..draft });
                    } else if !stands {
                        form.say(KEPT);
                        self.drafts.put(Draft { is_ready: false, ..draft });
                    }
                }
                // It is safe, or can be given no more.
                None => self.drafts.forget(&draft.sent),
            }
        }
    }

    fn listen(self: &Rc<Self>) {
        for form in &self.forms {
            for name in ["input", "change"] {
                let (marking, form) = (self.clone(), form.clone());
                let element = form.element.clone();
                on(&element, name, move |event| marking.given(&form, pause_after(&event)));
            }
            let (marking, form) = (self.clone(), form.clone());
            let element = form.element.clone();
            on(&element, "submit", move |event| marking.pressed(&form, &event));
        }
        let marking = self.clone();
        on(&window(), "pagehide", move |_| marking.leaving());
        let marking = self.clone();
        on(&document(), "visibilitychange", move |_| {
            if document().hidden() { marking.leaving() } else { marking.flush() }
        });
        let marking = self.clone();
        on(&window(), "online", move |_| marking.flush());
    }

    /// Points were chosen, or a comment typed.
    fn given(self: &Rc<Self>, form: &Form, pause: Duration) {
        let sent = form.read();
        // While something is sent, what is there is about to change.
        if form.given().as_ref() == Some(&sent) && !self.is_sending.get() {
            self.drafts.forget(&sent);
            form.say("");
            return;
        }
        form.say(self.waits_for(form, &sent));
        self.drafts.put(Draft { sent, over: form.given(), is_ready: false });
        if let Some(handle) = self.pause.borrow_mut().take() {
            handle.clear();
        }
        let marking = self.clone();
        *self.pause.borrow_mut() = set_timeout_with_handle(move || marking.save_whole(), pause).ok();
    }

    /// What has to happen before it is saved.
    fn waits_for(&self, form: &Form, sent: &MarkSent) -> &'static str {
        match (self.set_up.by_itself && !sent.settles, form.is_whole(sent)) {
            (true, true) => SAVING,
            (true, false) => PARTLY,
            (false, _) => KEPT,
        }
    }

    fn saves_by_itself(&self, form: &Form, sent: &MarkSent) -> bool {
        self.set_up.by_itself && !sent.settles && form.is_whole(sent)
    }

    fn save_whole(self: &Rc<Self>) {
        self.make_ready();
        self.flush();
    }

    fn make_ready(&self) {
        for draft in self.drafts.all().into_iter().filter(|draft| !draft.is_ready) {
            let saves = |form: &Form| draft.over == form.given() && self.saves_by_itself(form, &draft.sent);
            if self.form_of(&draft.sent).is_some_and(saves) {
                self.drafts.put(Draft { is_ready: true, ..draft });
            }
        }
    }

    /// The button. Where something is missing the server says so, at its place.
    fn pressed(self: &Rc<Self>, form: &Form, event: &Event) {
        let sent = form.read();
        if !form.is_whole(&sent) {
            return;
        }
        event.prevent_default();
        *self.pressed.borrow_mut() = Some(sent.answer.clone());
        form.say(SAVING);
        self.drafts.put(Draft { sent, over: form.given(), is_ready: true });
        self.flush();
    }

    /// Sends what is ready, one after the other.
    fn flush(self: &Rc<Self>) {
        if self.is_sending.get() {
            return;
        }
        let Some(sent) = self.drafts.next() else { return };
        if let Some(handle) = self.retry.borrow_mut().take() {
            handle.clear();
        }
        self.is_sending.set(true);
        let marking = self.clone();
        spawn_local(async move {
            let outcome = send::<MarkSaved>(GIVE, &marking.body(sent.clone())).await;
            marking.is_sending.set(false);
            match outcome {
                Ok(saved) => marking.saved(&sent, &saved),
                Err(error) => marking.not_saved(&sent, error),
            }
        });
    }

    fn body(&self, sent: MarkSent) -> GiveMark {
        GiveMark { of: self.set_up.of.clone(), sent }
    }

    fn saved(self: &Rc<Self>, sent: &MarkSent, saved: &MarkSaved) {
        self.n_failures.set(0);
        self.drafts.acknowledged(sent);
        let is_pressed = self.pressed.borrow().as_ref() == Some(&sent.answer);
        let form = self.form_of(sent);
        // Two markings, or one that settles them, are shown by the page.
        if let Some(form) = form.filter(|_| !self.set_up.by_itself || sent.settles) {
            form.show_marked();
            return self.show_page(form);
        }
        if let Some(form) = form {
            form.set_given(sent);
            form.show_marked();
            // Something else was given meanwhile: that is on its way.
            if form.read() == *sent {
                form.say(&format!("Saved {}", saved.at));
            }
            write("left", &left_words(waiting().len()));
            if is_pressed {
                go_to_next(form);
            }
        }
        if is_pressed {
            self.pressed.replace(None);
        }
        self.flush();
    }

    fn not_saved(self: &Rc<Self>, sent: &MarkSent, error: Error) {
        let form = self.form_of(sent);
        if matches!(error, Error::Refused | Error::NotFound | Error::Over) {
            // It would be refused again; it stays here to be read.
            if let Some(draft) = self.drafts.all().into_iter().find(|draft| draft.sent == *sent) {
                self.drafts.put(Draft { is_ready: false, ..draft });
            }
            if let Some(form) = form {
                form.say(REFUSED);
            }
            return self.flush();
        }
        if let Some(form) = form {
            form.say(if error == Error::SignInFirst { SIGN_IN } else { LOST });
        }
        let n = self.n_failures.get() + 1;
        self.n_failures.set(n);
        let marking = self.clone();
        *self.retry.borrow_mut() = set_timeout_with_handle(move || marking.flush(), wait_after(n)).ok();
    }

    /// The page is going away: what is whole is sent without waiting for replies.
    fn leaving(&self) {
        self.make_ready();
        for draft in self.drafts.all().into_iter().filter(|draft| draft.is_ready) {
            drop(begin(GIVE, &self.body(draft.sent)));
        }
    }

    /// The page as it is now, at the next answer that waits.
    fn show_page(&self, form: &Form) {
        let number = form.section().and_then(|section| section.get_attribute("data-number"));
        let place = next_after(form).map(|next| format!("#{}", next.id())).unwrap_or_default();
        let location = window().location();
        let query = format!("?done={}", number.unwrap_or_default());
        if location.search().is_ok_and(|here| here == query) {
            // An address that differs in its last part alone loads nothing.
            drop(location.set_hash(&place));
            drop(location.reload());
        } else {
            let path = location.pathname().unwrap_or_default();
            drop(location.set_href(&format!("{path}{query}{place}")));
        }
    }

    fn form_of(&self, sent: &MarkSent) -> Option<&Form> {
        self.forms.iter().find(|form| form.answer == sent.answer && form.settles == sent.settles)
    }
}

fn pause_after(event: &Event) -> Duration {
    let is_text = event.target().is_some_and(|target| target.is_instance_of::<HtmlTextAreaElement>());
    if is_text && event.type_() == "input" { LONG_PAUSE } else { PAUSE }
}

/// The answers that wait for the one who marks.
fn waiting() -> Vec<Element> {
    document().document_element().map(|root| all(&root, "section[data-waits]")).unwrap_or_default()
}

/// The next of them after a form, or else the first.
fn next_after(form: &Form) -> Option<Element> {
    let number = |section: &Element| section.get_attribute("data-number")?.parse::<u32>().ok();
    let here = form.section().as_ref().and_then(number);
    let waiting = waiting();
    waiting.iter().find(|section| number(section) > here).or(waiting.first()).cloned()
}

fn go_to_next(form: &Form) {
    let next = next_after(form).or_else(|| by_id::<Element>("left"));
    if let Some(element) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        drop(element.focus());
        element.scroll_into_view();
    }
}
