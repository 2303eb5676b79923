//! What somebody may do next with an action.

use backend::actions::{Action, Detail};
use domain::action::{Move, Proposal, State};
use leptos::prelude::*;

use crate::components::{Notice, NoticeKind, TextArea, TextField};
use crate::form::{again, key_field};
use crate::shell::InCircle;

/// The moves that this person may make now, with a comment; nothing where
/// there are none.
pub fn next(
    here: &InCircle,
    detail: &Detail,
    asked: Option<Move>,
    path: &str,
) -> Option<impl IntoView + use<>> {
    let action = &detail.action;
    let moves = action.state.moves(action.standing(&here.member));
    if moves.is_empty() {
        return None;
    }
    let reasons: Vec<String> =
        moves.iter().filter(|one| one.needs_reason()).map(|one| format!("“{}”", one.title())).collect();
    let hint = match reasons.as_slice() {
        [] => "You may leave it empty.".to_owned(),
        [one] => format!("{one} needs a reason."),
        [first @ .., last] => format!("{} and {last} need a reason.", first.join(", ")),
    };
    let asks_why = asked.filter(|one| one.needs_reason() && moves.contains(one) && !again().is_again());
    let asks_why = asks_why.map(|one| {
        let title = format!("Say why, then press “{}”.", one.title());
        view! { <Notice kind=NoticeKind::Info title=title/> }
    });
    let wants_proof =
        moves.iter().any(|one| matches!(one, Move::SendToReview | Move::Accept | Move::SeeEffect));
    let proof = (wants_proof && action.proof.is_empty()).then(|| {
        view! {
            <TextField name="proof" label="Proof"
                hint="A link or a sentence that shows it: a merged change, a changed document, a re-test."/>
        }
    });
    // Where the figures propose nothing, no button does.
    let first = if action.effect.is_some() { proposed(action) } else { moves.first().copied() };
    let buttons: Vec<_> = moves.iter().map(|one| button(*one, Some(*one) == first)).collect();
    Some(view! {
        <section class="stack" aria-labelledby="next">
            <h2 id="next">{heading(action.state)}</h2>
            {asks_why}
            <form method="post" action=path.to_owned() class="form" novalidate>
                <input type="hidden" name="do" value="move"/>
                {key_field()}
                <TextArea name="note" label="Comment or reason" rows=2 hint=hint/>
                {proof}
                <div class="cluster">{buttons}</div>
            </form>
        </section>
    })
}

fn heading(state: State) -> &'static str {
    match state {
        State::InReview => "Is it done?",
        State::Done => "Did it help?",
        _ => "What comes next",
    }
}

/// What the figures propose to decide.
fn proposed(action: &Action) -> Option<Move> {
    match action.proposal()? {
        Proposal::EffectSeen => Some(Move::SeeEffect),
        Proposal::NoEffect => Some(Move::SeeNoEffect),
        _ => None,
    }
}

fn button(one: Move, is_first: bool) -> impl IntoView {
    let class = if is_first { "btn primary" } else { "btn" };
    view! { <button class=class name="move" value=one.as_str()>{one.title()}</button> }
}

/// One is in progress; whether it is to be paused for this one.
pub fn pause_first(action: &Action, other: &Action) -> impl IntoView + use<> {
    let owner = action.owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default();
    let (this, that) = (action.number.to_string(), other.number.to_string());
    let note = again().get("note").unwrap_or_default().to_owned();
    let title = other.title.clone();
    let words = format!("{owner} has {that} “{title}” in progress. One at a time is enough.");
    view! {
        <Notice kind=NoticeKind::Info title=format!("Pause {that}?")>
            <p>{words}</p>
            <form method="post" class="cluster">
                <input type="hidden" name="do" value="move"/>
                {key_field()}
                <input type="hidden" name="note" value=note/>
                <input type="hidden" name="pause" value=that.clone()/>
                <button class="btn" name="move" value="start">{format!("Pause {that} and start {this}")}</button>
                <a href=this.clone()>"Leave it as it is"</a>
            </form>
        </Notice>
    }
}
