//! The same actions side by side, by how far they are. A card is moved with a
//! list and a button; nothing is dragged.

use backend::actions::{Action, Actions};
use backend::circles::Member;
use domain::action::Stage;
use leptos::prelude::*;

use super::words::{Mark, done_view, owner_view, path_of, silence_words, state_view};
use crate::components::Severity;

/// How many cards a column shows; the list has the others.
const MOST: usize = 30;

/// A column for each stage; `here` is the address of the board, `list` of the
/// list with the same filters.
pub fn board(member: &Member, all: &Actions, rows: &[&Action], here: &str, list: &str) -> AnyView {
    let columns: Vec<_> = Stage::ALL
        .iter()
        .map(|&stage| {
            let cards: Vec<&Action> =
                rows.iter().filter(|action| action.state.stage() == stage).copied().collect();
            column(member, all, stage, &cards, here, list)
        })
        .collect();
    view! { <div class="board">{columns}</div> }.into_any()
}

fn column(
    member: &Member,
    all: &Actions,
    stage: Stage,
    cards: &[&Action],
    here: &str,
    list: &str,
) -> impl IntoView + use<> {
    let (n, id) = (cards.len(), format!("stage-{}", stage.as_str()));
    let more = (n > MOST).then(|| {
        let words = format!("All {n} are in the list");
        view! { <p class="meta"><a href=list.to_owned()>{words}</a></p> }
    });
    let cards: Vec<_> = cards.iter().take(MOST).map(|action| card(member, all, action, here)).collect();
    let content = if cards.is_empty() {
        view! { <p class="meta">"None"</p> }.into_any()
    } else {
        view! { <ul class="stack" data-tight="">{cards}</ul> }.into_any()
    };
    let heading = id.clone();
    view! {
        <section aria-labelledby=heading>
            <h2 id=id>{stage.title()}" "<span class="meta">{n}</span></h2>
            {content}
            {more}
        </section>
    }
}

fn card(member: &Member, all: &Actions, action: &Action, here: &str) -> impl IntoView + use<> {
    let silence = silence_words(action);
    view! {
        <li class="panel" id=action.number.to_string()>
            <h3>
                <a href=path_of(&member.circle, action.number)>
                    <span class="nowrap">{action.number.to_string()}</span>" "{action.title.clone()}
                </a>
            </h3>
            <p class="meta cluster" data-tight="">
                <Severity level=action.severity.level()/>
                <span>{owner_view(action)}</span>
                {state_view(action)}
            </p>
            <p class="meta">"Done by "{done_view(action, all.today)}</p>
            {silence.map(|words| view! { <p>{Mark::Silent.with(words)}</p> })}
            {mover(member, action, here)}
        </li>
    }
}

fn mover(member: &Member, action: &Action, here: &str) -> Option<impl IntoView + use<>> {
    let moves = action.state.moves(action.standing(member));
    let (number, id) = (action.number.to_string(), format!("move-{}", action.number));
    let options = moves.iter().map(|one| {
        let more = if one.needs_reason() { " …" } else { "" };
        view! { <option value=one.as_str()>{format!("{}{more}", one.title())}</option> }
    });
    (!moves.is_empty()).then(|| {
        view! {
            <form method="post" class="cluster" data-tight="">
                <input type="hidden" name="action" value=number.clone()/>
                <input type="hidden" name="back" value=here.to_owned()/>
                <label class="vh" for=id.clone()>{format!("What to do with {number}")}</label>
                <select id=id name="move">{options.collect_view()}</select>
                <button class="btn small">"Move"<span class="vh">{format!(" {number}")}</span></button>
            </form>
        }
    })
}
