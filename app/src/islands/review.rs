//! Following a review live.
//!
//! The server says that something has changed; this asks for the page and puts
//! in what is new, part by part (`data-live`). A part that somebody is typing
//! into stays as it is. Forms are sent without leaving the page, so that what is
//! typed into another one stays as well. Without it the page works by
//! reloading.

mod parts;
mod time_box;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::prelude::{Effect, document, set_timeout, window};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Element, Event, EventSource, FormData, HtmlButtonElement, HtmlElement, HtmlFormElement, MessageEvent,
    RequestInit, Response, SubmitEvent, UrlSearchParams,
};

use self::time_box::TimeBox;
use super::runner::page::on;

/// What the island is told of the review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Following {
    pub path: String,
    /// How far the page is that the server made.
    pub revision: i64,
}

/// Wakes up once the page is there; on the server it does nothing.
#[island]
pub fn FollowReview(following: Following) -> impl IntoView {
    Effect::new(move |_| wake(following.clone()));
}

/// After a line that the server refused.
const AGAIN: Duration = Duration::from_secs(10);

/// After a page that did not come, because the line is lost.
const SOON: Duration = Duration::from_secs(2);

/// `EventSource.OPEN`
const OPEN: u16 = 1;

/// `EventSource.CLOSED`
const CLOSED: u16 = 2;

const LIVE: &str = "You follow live.";
const AWAY: &str = "The line is lost. Trying again; what you type stays here.";
const REFUSED: &str = "You do not follow live at the moment. Trying again; a reload shows what is new.";
const NOT_SENT: &str = "It was not sent: the line is lost. What you typed is still here. Send it again.";
const SIGN_IN: &str =
    "You are signed out. Sign in again in another tab, then go on here: what you typed stays.";

const OVER: &str =
    "The review has begun or was closed meanwhile. What you typed is still here: copy it, then reload.";

struct Page {
    path: String,
    /// How far the page is.
    revision: Cell<i64>,
    is_asking: Cell<bool>,
    /// The page did not come when it was last asked for.
    was_lost: Cell<bool>,
    /// Something changed while the page was being asked for.
    has_changed: Cell<bool>,
    line: RefCell<Option<EventSource>>,
    time_box: Rc<TimeBox>,
}

fn wake(following: Following) {
    let page = Rc::new(Page {
        path: following.path,
        revision: Cell::new(following.revision),
        is_asking: Cell::new(false),
        was_lost: Cell::new(false),
        has_changed: Cell::new(false),
        line: RefCell::new(None),
        time_box: time_box::wake(|| say(time_box::OVER)),
    });
    page.clone().open();
    page.take_over_forms();
    document().document_element().map(|root| root.set_attribute("data-following", "awake").ok());
}

impl Page {
    fn open(self: Rc<Self>) {
        let Ok(line) = EventSource::new(&format!("{}/events", self.path)) else { return };
        let page = self.clone();
        on(&line, "revision", move |event| page.clone().told(&event));
        on(&line, "open", |_| say(LIVE));
        let page = self.clone();
        on(&line, "error", move |_| page.clone().lost());
        *self.line.borrow_mut() = Some(line);
    }

    /// The server said how far the review is.
    fn told(self: Rc<Self>, event: &Event) {
        let said = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
        let revision = said.and_then(|said| said.parse::<i64>().ok()).unwrap_or(0);
        if revision > self.revision.get() {
            self.ask();
        }
    }

    /// A browser tries again by itself, except where it was refused.
    fn lost(self: Rc<Self>) {
        let is_closed = self.line.borrow().as_ref().is_some_and(|line| line.ready_state() == CLOSED);
        if !is_closed {
            say(AWAY);
            return;
        }
        say(REFUSED);
        set_timeout(
            move || {
                self.clone().open();
                self.ask();
            },
            AGAIN,
        );
    }

    fn is_open(&self) -> bool {
        self.line.borrow().as_ref().is_some_and(|line| line.ready_state() == OPEN)
    }

    /// Asks for the page as it is now; once at a time.
    fn ask(self: Rc<Self>) {
        if self.is_asking.replace(true) {
            self.has_changed.set(true);
            return;
        }
        spawn_local(async move {
            let answer = fetch(&own_address(), None).await;
            let is_lost = answer.is_none();
            if let Some(answer) = answer {
                // Words that said otherwise are over; a line that is still lost says so again.
                if self.was_lost.replace(false) && self.is_open() {
                    say(LIVE);
                }
                self.show(answer, None).await;
            }
            self.is_asking.set(false);
            if is_lost {
                self.was_lost.set(true);
                say(AWAY);
                set_timeout(move || self.ask(), SOON);
            } else if self.has_changed.replace(false) {
                self.ask();
            }
        });
    }

    fn take_over_forms(self: &Rc<Self>) {
        let page = self.clone();
        let Some(main) = document().get_element_by_id("main") else { return };
        on(&main, "submit", move |event| {
            let Some(event) = event.dyn_ref::<SubmitEvent>() else { return };
            let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
            let Some(form) = form.filter(|form| form.method() == "post") else { return };
            let pressed = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
            if let Some(fields) = fields_of(&form, pressed.as_ref()) {
                event.prevent_default();
                page.clone().send(form, fields);
            }
        });
    }

    /// Sends a form, and shows the page that it leads to.
    fn send(self: Rc<Self>, form: HtmlFormElement, fields: UrlSearchParams) {
        // Pressed twice, it is sent once.
        if form.has_attribute("data-sending") {
            return;
        }
        drop(form.set_attribute("data-sending", ""));
        let part = parts::part_of(&form);
        let Some(action) = form.get_attribute("action") else { return };
        spawn_local(async move {
            let answer = fetch(&action, Some(fields)).await;
            drop(form.remove_attribute("data-sending"));
            match answer {
                None => say(NOT_SENT),
                Some(answer) => self.show(answer, part).await,
            }
        });
    }

    /// Puts a page in, part by part; the part that was sent in any case.
    async fn show(self: &Rc<Self>, answer: Response, sent: Option<String>) {
        let address = web_sys::Url::new(&answer.url()).ok();
        let is_here = address.is_some_and(|address| address.pathname() == self.path);
        let text = match answer.text() {
            Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()),
            Err(_) => None,
        };
        let Some(text) = text else {
            say(NOT_SENT);
            return;
        };
        if !is_here || answer.status() == 401 {
            say(SIGN_IN);
            return;
        }
        let is_refused = answer.status() == 422;
        match parts::put_in(&text, self.revision.get(), sent.as_deref(), is_refused, &self.time_box) {
            // Another page: it was begun, closed, or cannot be seen any more.
            None if sent.is_some() && answer.status() >= 500 => say(NOT_SENT),
            None if parts::is_at_work_beside(sent.as_deref()) => say(OVER),
            None => {
                let address = if sent.is_some() { answer.url() } else { own_address() };
                drop(window().location().set_href(&address));
            }
            Some(now) => {
                let moved = now.revision > self.revision.replace(now.revision);
                if moved && !now.says.is_empty() {
                    say(&format!("{LIVE} {}", now.says));
                }
                if is_refused {
                    focus(".error");
                } else if sent.is_some() {
                    go_to(&answer.url());
                }
            }
        }
    }
}

fn say(words: &str) {
    super::runner::page::write("live-says", words);
}

/// The page stands at the address that a form led to, for the next look.
fn go_to(address: &str) {
    let history = window().history();
    drop(history.map(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address))));
}

fn focus(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector)
        && let Ok(element) = element.dyn_into::<HtmlElement>()
    {
        drop(element.focus());
    }
}

/// The address of the page, without what was just done.
fn own_address() -> String {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let asked = location.search().ok().and_then(|search| UrlSearchParams::new_with_str(&search).ok());
    match asked.and_then(|asked| asked.get("item")) {
        Some(item) => format!("{path}?item={item}"),
        None => path,
    }
}

/// What a form would send, as it would send it.
fn fields_of(form: &HtmlFormElement, pressed: Option<&HtmlButtonElement>) -> Option<UrlSearchParams> {
    let fields = UrlSearchParams::new().ok()?;
    let filled = FormData::new_with_form(form).ok()?;
    for pair in js_sys::try_iter(&filled).ok()?? {
        let pair: js_sys::Array = pair.ok()?.dyn_into().ok()?;
        fields.append(&pair.get(0).as_string()?, &pair.get(1).as_string()?);
    }
    if let Some(button) = pressed.filter(|button| !button.name().is_empty()) {
        fields.append(&button.name(), &button.value());
    }
    Some(fields)
}

/// `None` where the line is lost.
async fn fetch(path: &str, fields: Option<UrlSearchParams>) -> Option<Response> {
    let init = RequestInit::new();
    if let Some(fields) = fields {
        init.set_method("POST");
        init.set_body(&fields);
    }
    JsFuture::from(window().fetch_with_str_and_init(path, &init)).await.ok()?.dyn_into().ok()
}

/// Elements of a page, by a selector.
fn all(root: &Element, selector: &str) -> Vec<Element> {
    super::runner::page::all(root, selector)
}
