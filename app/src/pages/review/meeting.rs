//! A review in progress: the item that all look at, or one that the reader has
//! opened alone.

use backend::circles::MemberOf;
use backend::reviews::answers::Answered;
use backend::reviews::{Decided, Found, Item, Note, Subject, path_of};
use chrono::NaiveDate;
use chrono_tz::Tz;
use leptos::prelude::*;

use super::question::question;
use super::words::{action_line, kind_words, proposal_words, reason_words, short_title, title_words};
use super::{agenda, closing, people, writing};
use crate::components::{Empty, Time, TimeShape, duration_words};
use crate::markdown::{Images, blocks};
use crate::shell::InCircle;

/// What the page of a meeting shows.
pub struct Meeting<'m> {
    pub found: &'m Found,
    /// The place of the item in the agenda, from 0.
    pub at: Option<usize>,
    pub answered: Option<Answered>,
    pub workers: Vec<MemberOf>,
    pub members: Vec<MemberOf>,
    pub retest: Option<backend::reviews::Retest>,
    pub today: NaiveDate,
}

pub fn meeting(here: &InCircle, all: &Meeting<'_>) -> AnyView {
    let found = all.found;
    let shown = all.at.and_then(|at| Some((at, found.items.get(at)?)));
    let zone = here.member.zone;
    let aside = view! {
        <aside class="stack" aria-label="Agenda and attendees">
            {agenda::agenda(found, shown.map(|(_, item)| item.id.as_str()))}
            {agenda::adding(found)}
            {people::people(found)}
            {people::inviting(found, &all.members)}
        </aside>
    };
    let body = match shown {
        Some((at, item)) => body(all, at, item, zone),
        None => view! {
            <div class="stack" data-live="item">
                <Empty title="Nothing is on the agenda" text="A leader can add to it, or close the review."/>
            </div>
        }
        .into_any(),
    };
    view! {
        {place(all, zone)}
        <div class="split" data-aside="wide">
            <div class="stack" data-loose="">
                {body}
                {closing::closing(found, all.retest.as_ref())}
            </div>
            {aside}
        </div>
    }
    .into_any()
}

/// Where the meeting is, and how a leader takes it on.
fn place(all: &Meeting<'_>, zone: Tz) -> impl IntoView + use<> {
    let found = all.found;
    let (current, n) = (found.current(), found.items.len());
    let says = current.map_or_else(
        || "Nothing is being talked about.".to_owned(),
        |at| format!("Now at {} of {n}: {}", at + 1, title_words(&found.items[at])),
    );
    let since = found.review.item_since.filter(|_| current.is_some());
    let until = since.map(|since| since + found.review.time_box);
    let time_box = until.map(|until| {
        let length = duration_words(found.review.time_box);
        view! {
            <p class="meta">
                "Time box "{length}", until "<Time at=until zone=zone shape=TimeShape::Clock/>
            </p>
        }
    });
    let ends = until.map(|until| until.timestamp_millis().to_string());
    let is_elsewhere = all.at != current;
    let path = path_of(&found.review.circle, &found.review.id);
    let follow = is_elsewhere.then(|| {
        view! { <p>"You look at another item than the others. "<a href=path.clone()>"Follow the meeting"</a></p> }
    });
    let said = says.clone();
    // The item itself stands below, unless the reader looks at another one.
    let place_words = match current {
        Some(at) if !is_elsewhere => format!("Now at {} of {n}", at + 1),
        _ => says,
    };
    view! {
        <div class="meeting-bar">
            <p id="time-left" class="time-left" role="timer" hidden=true></p>
            <div class="stack" data-tight="" data-live="place" data-says=said data-until=ends>
                <p><strong>{place_words}</strong></p>{time_box}{follow}
            </div>
            {found.leads().then(|| moves(all, &path))}
        </div>
    }
}

/// Previous, next, or to the item that the leader has opened.
fn moves(all: &Meeting<'_>, path: &str) -> impl IntoView + use<> {
    let (items, current) = (&all.found.items, all.found.current());
    let to = |place: Option<usize>| place.and_then(|place| items.get(place)).map(|item| item.id.clone());
    let previous = to(current.and_then(|at| at.checked_sub(1)));
    let next = to(current.map_or(Some(0), |at| Some(at + 1)));
    let here = if all.at == current { None } else { to(all.at) };
    let button = |item: String, words: &'static str, id: &'static str| {
        let class = if id == "go-next" { "btn primary" } else { "btn" };
        view! { <button class=class name="item" value=item id=id>{words}</button> }
    };
    view! {
        <form method="post" action=path.to_owned() class="cluster" data-live="moves">
            <input type="hidden" name="do" value="go"/>
            {previous.map(|item| button(item, "Previous", "go-previous"))}
            {next.map(|item| button(item, "Next", "go-next"))}
            {here.map(|item| button(item, "Take everybody here", "go-here"))}
        </form>
    }
}

fn body(all: &Meeting<'_>, at: usize, item: &Item, zone: Tz) -> AnyView {
    let found = all.found;
    let circle = &found.review.circle;
    let reasons: Vec<_> = item
        .why
        .reasons
        .iter()
        .map(|reason| view! { <li><span class="tag">{reason_words(*reason)}</span></li> })
        .collect();
    let proposals: Vec<_> =
        item.why.proposals.iter().map(|proposal| view! { <li>{proposal_words(proposal)}</li> }).collect();
    let proposals = (!proposals.is_empty()).then(|| {
        view! { <div class="stack" data-tight=""><h3>"Think of this first"</h3><ol>{proposals}</ol></div> }
    });
    let about = match (&item.subject, &all.answered) {
        (Subject::Question { id, .. }, Some(answered)) => question(circle, id, answered).into_any(),
        (Subject::Action(action), _) => {
            view! { <ul class="rows">{action_line(circle, action, all.today)}</ul> }.into_any()
        }
        (Subject::Question { .. }, None) => {
            view! { <p>"You are sitting a test that asks this question. It shows here when you have handed in."</p> }
                .into_any()
        }
        _ => ().into_any(),
    };
    let n = at + 1;
    // Beside the item the agenda is in sight; on a phone it comes far below.
    let next = found.items.get(n).map(|next| format!(" · next: {}", short_title(next)));
    let ahead = view! { <span class="narrow-only">{next}" · "<a href="#agenda">"Agenda"</a></span> };
    view! {
        <article class="stack" data-live="item" aria-labelledby="item">
            <p class="meta">{format!("{n} of {} · {}", found.items.len(), kind_words(item))}{ahead}</p>
            <h2 id="item">{title_words(item)}</h2>
            {(!reasons.is_empty()).then(|| view! { <ul class="cluster" data-tight="">{reasons}</ul> })}
            {proposals}
            {about}
        </article>
        {written(all, item, zone)}
        {writing::note(found, item, n)}
        {writing::decision(found, item)}
        {writing::action(found, item, &all.workers)}
    }
    .into_any()
}

/// What was said, decided and made so far.
fn written(all: &Meeting<'_>, item: &Item, zone: Tz) -> impl IntoView + use<> {
    let notes: Vec<_> = item.notes.iter().map(|note| note_view(note, zone)).collect();
    let notes = if notes.is_empty() {
        view! { <p class="hint">"No notes yet."</p> }.into_any()
    } else {
        view! { <ol class="notes">{notes}</ol> }.into_any()
    };
    let actions: Vec<_> =
        item.actions.iter().map(|action| action_line(&all.found.review.circle, action, all.today)).collect();
    let decided = item.is_question().then(|| decided(item, zone));
    view! {
        <section class="stack" data-live="written" aria-labelledby="notes">
            <h3 id="notes">"Notes"</h3>
            {notes}
            {decided}
            {(!actions.is_empty()).then(|| view! { <h3>"Actions made here"</h3><ul class="rows">{actions}</ul> })}
        </section>
    }
}

fn note_view(note: &Note, zone: Tz) -> impl IntoView + use<> {
    view! {
        <li>
            <p class="meta"><span class="who">{note.name.clone()}</span>", "<Time at=note.written_at zone=zone shape=TimeShape::Clock/></p>
            <div class="prose" inner_html=blocks(&note.note, Images::None)></div>
        </li>
    }
}

fn decided(item: &Item, zone: Tz) -> AnyView {
    let Some((stands, before)) = item.decisions.split_last() else {
        return view! { <p>"Undecided."</p> }.into_any();
    };
    let before: Vec<_> =
        before.iter().rev().map(|one| view! { <li>{one_decision(one, zone)}</li> }).collect();
    view! {
        <p><strong>"Decision: "</strong>{one_decision(stands, zone)}</p>
        {(!before.is_empty()).then(|| view! {
            <details id="before"><summary>"Decided before"</summary><ul>{before}</ul></details>
        })}
    }
    .into_any()
}

fn one_decision(decided: &Decided, zone: Tz) -> impl IntoView + use<> {
    let title = decided.decision.title().trim_end_matches(", because …");
    let reason =
        if decided.reason.is_empty() { String::new() } else { format!(", because {}", decided.reason) };
    view! {
        {title}{reason}" "
        <span class="meta">{decided.by.clone()}", "<Time at=decided.at zone=zone shape=TimeShape::Clock/></span>
    }
}
