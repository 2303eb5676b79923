//! The runner: one question a page, or all on one page, as a plain form that
//! saves, goes on and comes back. The island adds to the form that is there.

use backend::attempts::saving::{self, Save};
use backend::attempts::{self, Found, Paper, Slot};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tower_sessions::Session;

use crate::answering::{confidence_inputs, instruction, question_inputs};
use crate::api::attempts::{AnswerSaved, AnswerSent, AttemptState, SlotState};
use crate::components::Notice;
use crate::components::NoticeKind;
use crate::entry::{self, Entry, field};
use crate::form::{Form, Posted};
use crate::islands::runner::{Runner, RunnerSetUp};
use crate::markdown::{self, Images};
use crate::server::{Asked, Site, note_use, query_value};
use crate::shell::{Loading, Page, bare_page, browser_part, path_param};

/// One sitting of a test, while it lasts; afterwards the way to its result.
pub fn get() -> Loading {
    let id = path_param("attempt");
    let all = query_value("all").is_some();
    let wanted = query_value("q").and_then(|n| n.parse::<u16>().ok());
    bare_page(move |site, asked, who| async move {
        match attempts::find(&site.db, &who, &id, asked.received_at).await? {
            Found::HandedIn { .. } => {
                crate::server::send_to(&format!("/attempts/{id}/result"));
                Ok(Page::new("Result", ()))
            }
            Found::Sitting(paper) => {
                let n = wanted.unwrap_or(1).clamp(1, u16::try_from(paper.slots.len()).unwrap_or(1).max(1));
                let shown = if all { Shown::All } else { Shown::One(n) };
                let title = match shown {
                    Shown::All => format!("{} – all questions", paper.round_name),
                    Shown::One(n) => format!("Question {n} of {} – {}", paper.slots.len(), paper.round_name),
                };
                Ok(Page::new(title, runner(&site, &asked, &who.email, &paper, shown)))
            }
        }
    })
}

/// Which questions stand on the page.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    One(u16),
    All,
}

impl Shown {
    fn holds(self, n: u16) -> bool {
        self == Shown::All || self == Shown::One(n)
    }

    /// What the bar calls it.
    fn place(self, paper: &Paper) -> String {
        match self {
            Shown::One(n) => format!("{n} of {}", paper.slots.len()),
            Shown::All => format!("{} questions", paper.slots.len()),
        }
    }
}

fn runner(site: &Site, asked: &Asked, email: &str, paper: &Paper, shown: Shown) -> impl IntoView + use<> {
    let set_up = set_up(paper, asked, email, false);
    view! {
        {browser_part(site)}
        <a class="skip" href="#main">"Skip to the question"</a>
        {bar(paper, asked.received_at, shown.place(paper))}
        <main id="main" class="runner">
            <div class="stack">
                {(shown == Shown::All).then(|| view! { <h1>{paper.round_name.clone()}</h1> })}
                {paper.is_over.then(time_is_over)}
                {questions_form(paper, shown)}
            </div>
            {question_map(paper, shown)}
        </main>
        {paper.open_book.then(|| view! { <form id="book" method="post" action=format!("/attempts/{}/book", paper.id) target="_blank"></form> })}
        {sign_in_dialog(email)}
        <Runner set_up/>
    }
}

/// What the island is told of the attempt.
pub fn set_up(paper: &Paper, asked: &Asked, email: &str, checks_only: bool) -> RunnerSetUp {
    use chrono::Offset;
    let offset = asked.received_at.with_timezone(&paper.zone).offset().fix();
    RunnerSetUp {
        attempt: paper.id.clone(),
        client: new_client(),
        email: email.to_owned(),
        server_now: asked.received_at,
        started_at: paper.started_at,
        deadline: paper.deadline,
        offset_minutes: offset.local_minus_utc() / 60,
        checks_only,
    }
}

/// A new name for a page load.
fn new_client() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// The line that stays on top: place, clock, and what is safe.
pub fn bar(paper: &Paper, now: DateTime<Utc>, place: String) -> impl IntoView + use<> {
    let left = (paper.deadline - now).num_minutes().max(0);
    let ends = paper.deadline.with_timezone(&paper.zone).format("%H:%M").to_string();
    let saved = match paper.saved_at {
        Some(at) => format!("Saved {}", at.with_timezone(&paper.zone).format("%H:%M:%S")),
        None => "Nothing to save yet".to_owned(),
    };
    let left = if left >= 120 {
        format!("{} h {} min left", left / 60, left % 60)
    } else {
        format!("{left} min left")
    };
    view! {
        <header class="bar">
            <p><b>{place}</b></p>
            <p role="timer" aria-label="Time left">
                <span id="clock">{left}</span>
                <span class="wide">" · ends "<time id="ends" datetime=paper.deadline.to_rfc3339()>{ends}</time></span>
            </p>
            <p role="status" id="save-state">{saved}</p>
            <p class="vh" role="status" id="clock-says"></p>
        </header>
    }
}

fn time_is_over() -> impl IntoView {
    view! {
        <Notice kind=NoticeKind::Info>
            <h2>"The time is over"</h2>
            <p>
                "What was saved is handed in for you within a minute, and nothing of it is lost. "
                <a href="">"See whether the result is there"</a>
            </p>
        </Notice>
    }
}

fn questions_form(paper: &Paper, shown: Shown) -> impl IntoView + use<> {
    let slots: Vec<_> = paper.slots.iter().filter(|slot| shown.holds(slot.n)).collect();
    let questions = slots.iter().map(|slot| question(paper, slot, shown)).collect_view();
    let (first, last) = match shown {
        Shown::One(n) => (n == 1, usize::from(n) == paper.slots.len()),
        Shown::All => (true, true),
    };
    view! {
        <section class="notice" id="not-saved" data-kind="problem" hidden role="alert">
            <p id="not-saved-says"></p>
            <p><button type="button" class="btn small" id="try-now">"Try now"</button></p>
        </section>
        <section class="notice" id="elsewhere" data-kind="info" hidden role="status">
            <p>"This was answered on another page or device meanwhile. " <a href="">"Reload to see the newest answer"</a></p>
        </section>
        <form id="q" method="post" class="stack" novalidate>
            <input type="hidden" name="client" value=""/>
            <input type="hidden" name="sequence" value=""/>
            {match shown {
                Shown::One(n) => view! { <input type="hidden" name="here" value=n.to_string()/> }.into_any(),
                Shown::All => view! { <input type="hidden" name="here" value="all"/> }.into_any(),
            }}
            // Enter in a field presses the first button of a form: it must be this one.
            <button class="vh" name="go" value="next" tabindex="-1" aria-hidden="true">"Save"</button>
            <fieldset class="stack plain" disabled=paper.is_over>
                {questions}
                <div class="cluster">
                    {(!last).then(|| view! { <button class="btn primary" name="go" value="next">"Save and continue"</button> })}
                    {last.then(|| view! { <button class="btn primary" name="go" value="check">"Save and check answers"</button> })}
                    {(!first).then(|| view! { <button class="btn" name="go" value="back">"Save and go back"</button> })}
                </div>
            </fieldset>
        </form>
    }
}

fn question(paper: &Paper, slot: &Slot, shown: Shown) -> impl IntoView + use<> {
    let images = Images::Of { circle: &paper.circle, question: &slot.question, version: &slot.version };
    let entry = entry_of(slot);
    let was = serde_json::to_string(&entry).unwrap_or_default();
    let n = slot.n;
    let (stem, rest) = split_stem(&slot.prompt.text);
    let stem = markdown::inline(stem, images);
    let heading = match shown {
        Shown::One(_) => view! { <h1 class="stem prose" inner_html=stem></h1> }.into_any(),
        Shown::All => {
            view! { <h2 class="stem prose"><span>{format!("{n}. ")}</span><span inner_html=stem></span></h2> }
                .into_any()
        }
    };
    let inputs = question_inputs(n, &slot.prompt, slot.answer.as_ref(), images);
    let look_up = paper.open_book.then(|| look_up(n));
    let body = if rest.is_empty() {
        view! {
            <fieldset class="stack" data-tight="">
                <legend>{heading}</legend>
                <p class="hint">{instruction(&slot.prompt.ask)}</p>
                {inputs}
            </fieldset>
        }
        .into_any()
    } else {
        view! {
            {heading}
            <div class="prose stack" inner_html=markdown::blocks(rest, images)></div>
            <fieldset class="stack" data-tight="">
                <legend>{instruction(&slot.prompt.ask)}</legend>
                {inputs}
            </fieldset>
        }
        .into_any()
    };
    view! {
        <div
            class="stack question"
            id=format!("q{n}")
            data-slot=n.to_string()
            data-kind=slot.prompt.ask.kind().as_str()
            data-client=slot.client.clone()
            data-places=slot.prompt.ask.n_places().to_string()
        >
            {body}
            {confidence_inputs(n, &entry)}
            <input type="hidden" name=field(n, "was") value=was/>
            {look_up}
            <p class="hint">
                {(slot.n_reports > 0).then_some("You reported this question. ")}
                <button class="link" name="go" value=format!("report-{n}")>
                    "Something is wrong with this question or its documentation"
                </button>
            </p>
        </div>
    }
}

/// The open book beside a question, in another tab. It is a form of its own: what is typed here stays as it is.
fn look_up(n: u16) -> impl IntoView {
    view! {
        <p>
            <button class="link" form="book" name="look" value=n.to_string()>
                "Look it up in the runbooks"<span class="vh">", in a new tab"</span>
            </button>
        </p>
    }
}

/// The first paragraph of a prompt, and what follows it. A prompt that begins
/// with something else has a stem of its own words only.
fn split_stem(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (first, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let is_paragraph =
        !first.starts_with(['`', '|', '-', '*', '#', '>', '~', '!']) && !first.contains("\n```");
    if is_paragraph { (first, rest.trim()) } else { ("Read this and answer", text) }
}

/// What stands in the fields of a slot.
fn entry_of(slot: &Slot) -> Entry {
    Entry { answer: slot.answer.clone(), confidence: slot.confidence, for_review: slot.for_review }
}

fn question_map(paper: &Paper, shown: Shown) -> impl IntoView + use<> {
    let n_answered = paper.slots.iter().filter(|slot| slot.answer.is_some()).count();
    let n_marked = paper.slots.iter().filter(|slot| slot.for_review).count();
    let n_open = paper.slots.len() - n_answered;
    let buttons = paper.slots.iter().map(|slot| map_button(slot, shown == Shown::One(slot.n))).collect_view();
    let other = match shown {
        Shown::One(_) => {
            view! { <button class="link" form="q" name="go" value="all">"Show all questions on one page"</button> }
        }
        Shown::All => {
            view! { <button class="link" form="q" name="go" value="one">"Show one question a page"</button> }
        }
    };
    view! {
        <nav class="stack" aria-labelledby="map-title">
            <h2 id="map-title">"Questions"</h2>
            <p id="map-says">{format!("{n_answered} answered, {n_open} open, {n_marked} marked")}</p>
            <p class="key-line" aria-hidden="true">"● answered ○ open ⚑ marked"</p>
            <ol class="map">{buttons}</ol>
            <button class="btn" form="q" name="go" value="check">"Check answers and hand in"</button>
            <p>{other}</p>
            {paper.open_book.then(|| view! { <p class="hint">"You may look things up: runbooks, dashboards, documentation."</p> })}
        </nav>
    }
}

/// One place of the map; it saves the form and goes there.
fn map_button(slot: &Slot, is_here: bool) -> impl IntoView + use<> {
    let (n, answered, marked) = (slot.n, slot.answer.is_some(), slot.for_review);
    view! {
        <li>
            <button
                form="q"
                name="go"
                value=n.to_string()
                data-n=n.to_string()
                data-answered=answered.then_some("")
                data-marked=marked.then_some("")
                aria-current=is_here.then_some("step")
            >
                {n.to_string()}
                <span aria-hidden="true" class="g">{if answered { "●" } else { "○" }}{if marked { "⚑" } else { "" }}</span>
                <span class="vh said">{if answered { ", answered" } else { ", open" }}{if marked { ", marked" } else { "" }}</span>
            </button>
        </li>
    }
}

/// An expired session asks for the password in place; what waited is sent then.
pub fn sign_in_dialog(email: &str) -> impl IntoView + use<> {
    view! {
        <dialog id="sign-in-again" aria-labelledby="sign-in-title">
            <form method="dialog" class="stack form" id="sign-in-form">
                <h2 id="sign-in-title">"Sign in to go on"</h2>
                <p>"Your session ended. Your answers are kept on this device and are sent as soon as you are signed in."</p>
                <p>{email.to_owned()}</p>
                <label for="sign-in-password">"Password"</label>
                <input id="sign-in-password" type="password" autocomplete="current-password"/>
                <p id="sign-in-says" role="status"></p>
                <div class="cluster"><button class="btn primary" type="submit">"Sign in"</button></div>
            </form>
        </dialog>
    }
}

/// Saves what changed on the page, and goes where the button said.
pub async fn post(form: Form) -> Posted {
    let who = form.who()?;
    let id = form.param("attempt")?.to_owned();
    let result = format!("/attempts/{id}/result");
    let paper = match attempts::find(&form.site.db, &who, &id, form.asked.received_at).await? {
        Found::Sitting(paper) => paper,
        Found::HandedIn { .. } => return Ok(result),
    };
    for slot in &paper.slots {
        match save_posted(&form, &who, &paper, slot).await {
            Ok(()) => {}
            Err(backend::Error::Over) => return Ok(result),
            Err(why) => return Err(why),
        }
    }
    Ok(next_path(&form, &paper))
}

async fn save_posted(
    form: &Form,
    who: &backend::people::Who,
    paper: &Paper,
    slot: &Slot,
) -> backend::Result<()> {
    let Some(was) = form.fields.iter().find(|(key, _)| *key == field(slot.n, "was")) else { return Ok(()) };
    let ask = &slot.prompt.ask;
    let mut entered = entry::read(slot.n, ask.kind(), ask.n_places(), &form.fields);
    if let Some(how) = form.get("move").strip_prefix(&format!("{}:", slot.n)) {
        entered.answer = moved(&entered, ask.n_places(), how);
    }
    // What the person did not touch is not saved: it may be older than what
    // another tab has saved since this page was made.
    if serde_json::from_str::<Entry>(&was.1).ok().as_ref() == Some(&entered) {
        return Ok(());
    }
    // With a script the page counts on in its own line; without one each post
    // is a client of its own.
    let (client, sequence) = match (form.get("client"), form.get("sequence").parse()) {
        (client, Ok(sequence)) if !client.is_empty() => (client.to_owned(), sequence),
        _ => (new_client(), 1),
    };
    let save = Save {
        attempt: paper.id.clone(),
        slot: slot.n,
        client,
        sequence,
        answer: entered.answer,
        confidence: entered.confidence,
        for_review: entered.for_review,
        received_at: form.asked.received_at,
    };
    saving::save(&form.site.db, who, save).await.map(drop)
}

fn moved(entered: &Entry, n_places: usize, how: &str) -> Option<domain::answer::Answer> {
    use domain::answer::Answer;
    let order: Vec<u8> = match &entered.answer {
        Some(Answer::Order(order)) => order.clone(),
        _ => (0u8..).take(n_places).collect(),
    };
    entry::ordered(entry::move_step(&order, how))
}

fn next_path(form: &Form, paper: &Paper) -> String {
    let id = &paper.id;
    let here = form.get("here");
    if form.has("move") {
        let n = form.get("move").split(':').next().unwrap_or_default();
        return if here == "all" {
            format!("/attempts/{id}?all=1#q{n}")
        } else {
            format!("/attempts/{id}?q={here}")
        };
    }
    let n_here: u16 = here.parse().unwrap_or(0);
    let check = || {
        format!(
            "/attempts/{id}/check?from={}",
            if here == "all" { "all".to_owned() } else { n_here.to_string() }
        )
    };
    match form.get("go") {
        "check" => check(),
        "all" => format!("/attempts/{id}?all=1"),
        "one" => format!("/attempts/{id}"),
        "back" => format!("/attempts/{id}?q={}", n_here.saturating_sub(1).max(1)),
        "next" if here == "all" => format!("/attempts/{id}?all=1"),
        "next" if usize::from(n_here) >= paper.slots.len() => check(),
        "next" => format!("/attempts/{id}?q={}", n_here + 1),
        n if n.parse::<u16>().is_ok() => {
            if here == "all" {
                format!("/attempts/{id}?all=1#q{n}")
            } else {
                format!("/attempts/{id}?q={n}")
            }
        }
        other => match other.strip_prefix("report-").and_then(|n| n.parse::<u16>().ok()) {
            Some(n) => format!("/attempts/{id}/report/{n}"),
            None => format!("/attempts/{id}?q={}", n_here.max(1)),
        },
    }
}

/// Saves one answer that an island sent. Who asks is not looked up before it.
pub async fn save_answer(
    site: &Site,
    asked: &Asked,
    session: &Session,
    attempt: String,
    sent: AnswerSent,
) -> backend::Result<AnswerSaved> {
    let save = Save {
        attempt,
        slot: sent.slot,
        client: sent.client,
        sequence: sent.sequence,
        answer: sent.answer,
        confidence: sent.confidence,
        for_review: sent.for_review,
        received_at: asked.received_at,
    };
    let id = session.id().ok_or(backend::Error::SignInFirst)?;
    let (saved, seen_at) = saving::save_in_session(&site.db, &id, save).await?;
    note_use(session, seen_at, asked.received_at).await;
    Ok(AnswerSaved {
        ack_seq: saved.ack_seq,
        superseded: saved.superseded,
        overtook: saved.overtook,
        server_now: asked.received_at,
        deadline: saved.deadline,
    })
}

/// How an attempt stands, for a page that has been open for a while.
pub async fn attempt_state(site: &Site, asked: &Asked, attempt: &str) -> backend::Result<AttemptState> {
    let who = asked.signed_in()?;
    let state = saving::sync(&site.db, &who, attempt).await?;
    Ok(AttemptState {
        server_now: asked.received_at,
        deadline: state.deadline,
        is_handed_in: state.is_handed_in,
        slots: state
            .slots
            .into_iter()
            .map(|slot| SlotState {
                n: u16::try_from(slot.n).unwrap_or_default(),
                client: slot.client,
                is_answered: slot.is_answered,
                for_review: slot.for_review,
            })
            .collect(),
    })
}
