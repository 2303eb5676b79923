//! An option of a question after the attempt: what became of it.

use leptos::prelude::*;

use super::icon::{Icon, icon};

/// What became of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkedKind {
    /// It was chosen, and it is right.
    Right,
    /// It was chosen, and it is not right.
    Wrong,
    /// It is right and was not chosen.
    Missed,
    /// It is not right and was not chosen.
    Plain,
}

/// One option with its mark in words, as an item of `ul.choices`.
#[component]
pub fn Marked(kind: MarkedKind, children: Children) -> impl IntoView {
    let mark = kind.says().map(|(_, symbol, words)| view! { <>{icon(symbol)}<span>{words}</span></> });
    let key = kind.says().map(|(key, ..)| key);
    view! {
        <li class="choice" data-mark=key>
            <div>{children()}</div>
            {mark.map(|mark| view! { <span class="mark" data-mark=key>{mark}</span> })}
        </li>
    }
}

impl MarkedKind {
    /// The stylesheet's name for it, its icon, and its words.
    fn says(self) -> Option<(&'static str, Icon, &'static str)> {
        match self {
            Self::Right => Some(("right", Icon::Check, "Your answer, right")),
            Self::Wrong => Some(("wrong", Icon::Cross, "Your answer, not right")),
            Self::Missed => Some(("missed", Icon::Ring, "Right, missed")),
            Self::Plain => None,
        }
    }
}
