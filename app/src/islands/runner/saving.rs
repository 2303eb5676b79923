//! What happens when something is entered, when time passes, and when the line
//! is lost.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::{TimeoutHandle, document, set_interval, set_timeout_with_handle, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    Element, Event, HtmlButtonElement, HtmlDialogElement, HtmlElement, HtmlFieldSetElement, HtmlFormElement,
    HtmlInputElement, HtmlTextAreaElement, SubmitEvent,
};

use super::RunnerSetUp;
use super::clock::Clock;
use super::fields::Question;
use super::outbox::Outbox;
use super::page::{all, by_id, mark_place, on, show, write};
use super::send::{begin, send, wait_after};
use crate::api::attempts::{AnswerSaved, AnswerSent, AttemptState, AttemptStateOf, SaveAnswer};
use crate::api::sessions::SignInAgain;
use crate::entry::{self, Entry};
use crate::error::Error;

const SAVE: &str = "/api/v1/attempts/save-answer";
const STATE: &str = "/api/v1/attempts/state";
const SIGN_IN: &str = "/api/v1/sessions/sign-in-again";

/// After the last key of a text; a choice is saved at once.
const PAUSE: Duration = Duration::from_secs(1);

/// A text that is typed without a pause is saved at least so often.
const AT_LEAST_EVERY_MS: f64 = 4_000.0;

const SYNC_EVERY: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_secs(1);

/// One page of an attempt.
struct Sitting {
    set_up: RunnerSetUp,
    clock: Clock,
    outbox: Outbox,
    /// The page loads whose answers waited in the outbox.
    found: BTreeSet<String>,
    form: Option<HtmlFormElement>,
    questions: Vec<Question>,
    /// What is safe or on its way, by slot.
    noted: RefCell<BTreeMap<u16, Entry>>,
    sequence: Cell<i64>,
    is_sending: Cell<bool>,
    n_failures: Cell<u32>,
    failing_since: RefCell<Option<String>>,
    retry: RefCell<Option<TimeoutHandle>>,
    pause: RefCell<Option<TimeoutHandle>>,
    dirty_since: Cell<Option<f64>>,
    /// The button to press once everything is safe.
    waiting_button: RefCell<Option<HtmlElement>>,
    /// The fields are locked. A locked field is not read: it would read as
    /// empty.
    is_locked: Cell<bool>,
    has_ended: Cell<bool>,
}

/// Takes over the page that the server made.
pub fn wake(set_up: RunnerSetUp) {
    let form: Option<HtmlFormElement> = by_id(if set_up.checks_only { "hand-in" } else { "q" });
    let questions: Vec<Question> = form
        .as_ref()
        .map(|form| all(form, "[data-slot]").into_iter().filter_map(Question::of).collect())
        .unwrap_or_default();
    let outbox = Outbox::open(&set_up.attempt);
    let sitting = Rc::new(Sitting {
        clock: Clock::new(&set_up),
        found: outbox.all().into_iter().map(|sent| sent.client).collect(),
        outbox,
        noted: RefCell::new(
            questions.iter().filter_map(|question| Some((question.n, question.was()?))).collect(),
        ),
        form,
        questions,
        set_up,
        sequence: Cell::new(0),
        is_sending: Cell::new(false),
        n_failures: Cell::new(0),
        failing_since: RefCell::new(None),
        retry: RefCell::new(None),
        pause: RefCell::new(None),
        dirty_since: Cell::new(None),
        waiting_button: RefCell::new(None),
        is_locked: Cell::new(field_group().is_some_and(|fields| fields.disabled())),
        has_ended: Cell::new(false),
    });
    sitting.restore();
    sitting.listen();
    // What was entered before this woke up, on a slow line.
    sitting.note_changes();
    sitting.flush();
    sitting.sync();
    document().document_element().map(|root| root.set_attribute("data-runner", "awake").ok());
}

impl Sitting {
    /// Puts answers that an earlier page could not save back into the fields.
    fn restore(&self) {
        for sent in self.outbox.all() {
            let entry =
                Entry { answer: sent.answer, confidence: sent.confidence, for_review: sent.for_review };
            mark_place(sent.slot, entry.answer.is_some(), entry.for_review);
            if let Some(question) = self.questions.iter().find(|question| question.n == sent.slot) {
                question.put(&entry);
                self.noted.borrow_mut().insert(sent.slot, entry);
            }
        }
    }

    fn listen(self: &Rc<Self>) {
        if let Some(form) = &self.form {
            let sitting = self.clone();
            on(form, "input", move |event| sitting.entered(&event));
            let sitting = self.clone();
            on(form, "change", move |event| sitting.chosen(&event));
            let sitting = self.clone();
            on(form, "click", move |event| sitting.clicked(&event));
            let sitting = self.clone();
            on(form, "submit", move |event| sitting.submitting(&event));
        }
        let sitting = self.clone();
        on(&window(), "pagehide", move |_| sitting.leaving());
        let sitting = self.clone();
        on(&document(), "visibilitychange", move |_| {
            if document().hidden() { sitting.leaving() } else { sitting.back() }
        });
        let sitting = self.clone();
        on(&window(), "online", move |_| sitting.back());
        if let Some(button) = by_id::<HtmlElement>("try-now") {
            let sitting = self.clone();
            on(&button, "click", move |_| sitting.back());
        }
        if let Some(form) = by_id::<HtmlFormElement>("sign-in-form") {
            let sitting = self.clone();
            on(&form, "submit", move |event| {
                event.prevent_default();
                sitting.sign_in();
            });
        }
        let sitting = self.clone();
        set_interval(move || sitting.tick(), TICK);
        let sitting = self.clone();
        set_interval(move || sitting.sync(), SYNC_EVERY);
    }

    /// A key in a text: saved after a pause.
    fn entered(self: &Rc<Self>, event: &Event) {
        let Some(target) = event.target() else { return };
        let is_line = target.dyn_ref::<HtmlInputElement>().is_some_and(|input| input.type_() == "text");
        if !is_line && !target.is_instance_of::<HtmlTextAreaElement>() {
            return;
        }
        write("save-state", "Saving…");
        let now = window().performance().map_or(0.0, |performance| performance.now());
        let since = self.dirty_since.get().unwrap_or(now);
        self.dirty_since.set(Some(since));
        if let Some(handle) = self.pause.borrow_mut().take() {
            handle.clear();
        }
        if now - since > AT_LEAST_EVERY_MS {
            return self.save_changes();
        }
        let sitting = self.clone();
        *self.pause.borrow_mut() = set_timeout_with_handle(move || sitting.save_changes(), PAUSE).ok();
    }

    /// A choice: saved at once. A step with another position goes there.
    fn chosen(self: &Rc<Self>, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let name = target.as_ref().and_then(|element| element.get_attribute("name")).unwrap_or_default();
        if name.contains("-position-")
            && let Some(form) = &self.form
        {
            for question in
                self.questions.iter().filter(|question| name.starts_with(&format!("q{}-", question.n)))
            {
                let order = match question.entry(form).answer {
                    Some(domain::answer::Answer::Order(order)) => order,
                    // Back in the order as first shown.
                    _ => (0u8..).take(question.order().map_or(0, |order| order.len())).collect(),
                };
                question.show_order(&order);
            }
            // Moving its step took the focus away from it.
            if let Some(select) = target.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                drop(select.focus());
            }
        }
        self.save_changes();
    }

    /// An arrow moves its step here; nothing is loaded.
    fn clicked(self: &Rc<Self>, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(button) = target
            .and_then(|element| element.closest("button[name=move]").ok().flatten())
            .and_then(|element| element.dyn_into::<HtmlButtonElement>().ok())
        else {
            return;
        };
        event.prevent_default();
        let value = button.value();
        let Some((n, how)) = value.split_once(':') else { return };
        let Some(question) = self.questions.iter().find(|question| question.n.to_string() == n) else {
            return;
        };
        let order = entry::move_step(&question.order().unwrap_or_default(), how);
        question.show_order(&order);
        drop(button.focus());
        let step = how.split(':').nth(1).and_then(|step| step.parse::<u8>().ok());
        let at = order.iter().position(|&other| Some(other) == step).map_or(0, |at| at + 1);
        write("clock-says", &format!("Now {at} of {}", order.len()));
        self.save_changes();
    }

    /// The form is going to the server. While the line is lost it would lead to
    /// an error page: it waits until what is kept here is safe.
    fn submitting(self: &Rc<Self>, event: &Event) {
        self.note_changes();
        let is_lost = self.n_failures.get() > 0 || !window().navigator().on_line();
        let must_wait = is_lost || (self.set_up.checks_only && !self.outbox.is_empty());
        if must_wait {
            event.prevent_default();
            let submitter = event.dyn_ref::<SubmitEvent>().and_then(|event| event.submitter());
            *self.waiting_button.borrow_mut() = submitter;
            self.flush();
            return;
        }
        for question in self.questions.iter().filter(|question| !self.outbox.holds(question.n)) {
            if let Some(entry) = self.noted.borrow().get(&question.n) {
                question.set_was(entry);
            }
        }
        // The post counts on in this page's own line of answers.
        if let Some(form) = &self.form {
            self.sequence.set(self.sequence.get() + 1);
            let line =
                [("client", self.set_up.client.clone()), ("sequence", self.sequence.get().to_string())];
            for (name, value) in line {
                for input in all(form, &format!("input[name={name}]")) {
                    drop(input.dyn_into::<HtmlInputElement>().map(|input| input.set_value(&value)));
                }
            }
        }
    }

    fn save_changes(self: &Rc<Self>) {
        self.dirty_since.set(None);
        self.note_changes();
        self.flush();
    }

    /// Puts what differs from what is safe or under way into the outbox.
    fn note_changes(&self) {
        let Some(form) = &self.form else { return };
        if self.is_locked.get() {
            return;
        }
        for question in &self.questions {
            let entry = question.entry(form);
            if self.noted.borrow().get(&question.n) == Some(&entry) {
                continue;
            }
            self.sequence.set(self.sequence.get() + 1);
            self.outbox.put(AnswerSent {
                slot: question.n,
                client: self.set_up.client.clone(),
                sequence: self.sequence.get(),
                answer: entry.answer.clone(),
                confidence: entry.confidence,
                for_review: entry.for_review,
            });
            mark_place(question.n, entry.answer.is_some(), entry.for_review);
            self.noted.borrow_mut().insert(question.n, entry);
        }
    }

    /// Sends what waits, one after the other.
    fn flush(self: &Rc<Self>) {
        if self.is_sending.get() || self.has_ended.get() {
            return;
        }
        let Some(sent) = self.outbox.next() else { return };
        if let Some(handle) = self.retry.borrow_mut().take() {
            handle.clear();
        }
        self.is_sending.set(true);
        if self.n_failures.get() == 0 {
            write("save-state", "Saving…");
        }
        let sitting = self.clone();
        spawn_local(async move {
            let body = SaveAnswer { attempt: sitting.set_up.attempt.clone(), sent: sent.clone() };
            let outcome = send::<AnswerSaved>(SAVE, &body).await;
            sitting.is_sending.set(false);
            match outcome {
                Ok(saved) => sitting.saved(&sent, &saved),
                Err(error) => sitting.not_saved(&sent, error),
            }
        });
    }

    fn saved(self: &Rc<Self>, sent: &AnswerSent, saved: &AnswerSaved) {
        self.clock.set(saved.server_now, saved.deadline);
        self.unlock_if_extended();
        self.outbox.acknowledged(sent);
        if saved.overtook.as_ref().is_some_and(|client| !self.is_known(sent.slot, client)) {
            show("elsewhere", true);
        }
        if !self.outbox.is_empty() {
            return self.flush();
        }
        let was_lost = self.n_failures.replace(0) > 0;
        *self.failing_since.borrow_mut() = None;
        show("not-saved", false);
        let time = self.clock.time();
        write(
            "save-state",
            &if was_lost { format!("Back online. All saved {time}") } else { format!("Saved {time}") },
        );
        if let Some(button) = self.waiting_button.borrow_mut().take() {
            button.click();
        }
    }

    fn not_saved(self: &Rc<Self>, sent: &AnswerSent, error: Error) {
        match error {
            Error::SignInFirst => self.ask_to_sign_in(),
            Error::Over => return self.go_to_result(),
            // It would be refused again: say so, and let the others through.
            Error::Refused => {
                self.outbox.acknowledged(sent);
                write(
                    "not-saved-says",
                    "This answer could not be taken as it is. Reload the page and enter it again.",
                );
                show("not-saved", true);
                write("save-state", "Not saved");
                return self.flush();
            }
            // Also "not found": it may be a proxy that says so, or another
            // person who is signed in here now. What waits is kept.
            _ => {}
        }
        let n = self.n_failures.get() + 1;
        self.n_failures.set(n);
        let since = self.failing_since.borrow_mut().get_or_insert_with(|| self.clock.time()).clone();
        write("save-state", "Not saved");
        write(
            "not-saved-says",
            &format!(
                "Not saved since {since}. Your answers are kept on this device; trying again every few seconds."
            ),
        );
        show("not-saved", true);
        let sitting = self.clone();
        *self.retry.borrow_mut() = set_timeout_with_handle(move || sitting.flush(), wait_after(n)).ok();
    }

    fn ask_to_sign_in(&self) {
        if let Some(dialog) = by_id::<HtmlDialogElement>("sign-in-again")
            && !dialog.open()
        {
            drop(dialog.show_modal());
        }
    }

    fn sign_in(self: &Rc<Self>) {
        let Some(password) = by_id::<HtmlInputElement>("sign-in-password") else { return };
        let sitting = self.clone();
        spawn_local(async move {
            let body = SignInAgain { email: sitting.set_up.email.clone(), password: password.value() };
            match send::<()>(SIGN_IN, &body).await {
                Ok(()) => {
                    password.set_value("");
                    if let Some(dialog) = by_id::<HtmlDialogElement>("sign-in-again") {
                        dialog.close();
                    }
                    sitting.flush();
                }
                Err(Error::Refused) => write("sign-in-says", "That password is not right."),
                Err(error) => write("sign-in-says", &error.to_string()),
            }
        });
    }

    /// The page is going away: what waits is sent without waiting for replies.
    fn leaving(&self) {
        self.note_changes();
        for sent in self.outbox.all() {
            drop(begin(SAVE, &SaveAnswer { attempt: self.set_up.attempt.clone(), sent }));
        }
    }

    /// The page, or the line, is there again.
    fn back(self: &Rc<Self>) {
        self.flush();
        self.sync();
    }

    /// Asks how the attempt stands: another tab, or a leader, may have acted.
    fn sync(self: &Rc<Self>) {
        let sitting = self.clone();
        spawn_local(async move {
            let body = AttemptStateOf { attempt: sitting.set_up.attempt.clone() };
            let Ok(state) = send::<AttemptState>(STATE, &body).await else { return };
            sitting.clock.set(state.server_now, state.deadline);
            sitting.unlock_if_extended();
            if state.is_handed_in {
                return sitting.go_to_result();
            }
            let waiting: Vec<u16> = sitting.outbox.all().iter().map(|sent| sent.slot).collect();
            for slot in state.slots.iter().filter(|slot| !waiting.contains(&slot.n)) {
                mark_place(slot.n, slot.is_answered, slot.for_review);
            }
            if sitting.is_behind(&state) {
                show("elsewhere", true);
            }
        });
    }

    /// Whether another page has saved an answer to a question shown here.
    fn is_behind(&self, state: &AttemptState) -> bool {
        state.slots.iter().any(|slot| {
            let is_here = self.questions.iter().any(|question| question.n == slot.n);
            is_here && slot.client.as_ref().is_some_and(|client| !self.is_known(slot.n, client))
        })
    }

    /// Whether the answer of a page load is what stands here: it is this one,
    /// one whose answers this one found in the outbox, or the one that this
    /// page was made from.
    fn is_known(&self, slot: u16, client: &str) -> bool {
        let made_from = self.questions.iter().find(|question| question.n == slot).and_then(Question::client);
        client == self.set_up.client || self.found.contains(client) || made_from.as_deref() == Some(client)
    }

    fn tick(self: &Rc<Self>) {
        write("clock", &self.clock.left_in_words());
        write("ends", &self.clock.ends());
        if let Some(words) = self.clock.announcement() {
            write("clock-says", words);
        }
        if let Ok(Some(bar)) = document().query_selector(".bar") {
            let last = self.clock.left().num_seconds() <= 300;
            drop(bar.class_list().toggle_with_force("last-minutes", last));
        }
        if self.clock.left().is_zero() && !self.has_ended.get() {
            self.lock();
        }
    }

    /// The time is over: what is there is sent, nothing more is entered, and
    /// the result shows as soon as the server has closed the attempt.
    fn lock(self: &Rc<Self>) {
        self.save_changes();
        self.is_locked.set(true);
        if let Some(fields) = field_group() {
            fields.set_disabled(true);
        }
        if self.clock.seconds_over() % 5 == 0 {
            self.sync();
        }
    }

    /// A leader gave more time after the fields were locked.
    fn unlock_if_extended(&self) {
        if self.is_locked.get() && !self.clock.left().is_zero() {
            if let Some(fields) = field_group() {
                fields.set_disabled(false);
            }
            self.is_locked.set(false);
        }
    }

    fn go_to_result(&self) {
        self.has_ended.set(true);
        self.outbox.wipe();
        drop(window().location().set_href(&format!("/attempts/{}/result", self.set_up.attempt)));
    }
}

/// The group of all fields, which the end of the time locks.
fn field_group() -> Option<HtmlFieldSetElement> {
    document().query_selector("#q > fieldset").ok()??.dyn_into().ok()
}
