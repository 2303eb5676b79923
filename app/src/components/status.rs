//! A state, said with a word, an icon, a border and a colour, in this order of trust.

use leptos::prelude::*;

use super::icon::{Icon, icon};

/// The six states that a person's readiness, a clause or a document can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusKind {
    /// It holds.
    Ready,
    /// It holds and ends soon.
    Expiring,
    /// It held, and what it was about has changed since.
    Stale,
    /// It is missing.
    Gap,
    /// It is missing, and someone has allowed that for a time.
    Waived,
    /// Nobody has looked yet.
    Unknown,
}

/// One state with the fact in words, such as "to 14 Mar". A screen reader hears the state's name first.
#[component]
pub fn Status(
    kind: StatusKind,
    /// The fact that is seen: "to 14 Mar", "9 days", "Gap: 4 of 6".
    #[prop(into)]
    words: String,
) -> impl IntoView {
    // "Gap: 4 of 6" already says what it is.
    let name = (!words.starts_with(kind.name())).then(|| view! { <span class="vh">{kind.name()}", "</span> });
    view! {
        <span class="st" data-s=kind.key()>
            {icon(kind.icon())}
            <span>{name}<span class="words">{words}</span></span>
        </span>
    }
}

impl StatusKind {
    /// The name of the state, as it is read out.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::Expiring => "Ends soon",
            Self::Stale => "To re-check",
            Self::Gap => "Gap",
            Self::Waived => "Waived",
            Self::Unknown => "Not known",
        }
    }

    /// What the stylesheet knows the state by (`data-s`).
    pub fn key(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Expiring => "expiring",
            Self::Stale => "stale",
            Self::Gap => "gap",
            Self::Waived => "waived",
            Self::Unknown => "unknown",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Ready => Icon::Check,
            Self::Expiring => Icon::Clock,
            Self::Stale => Icon::Turn,
            Self::Gap => Icon::Cross,
            Self::Waived => Icon::Shield,
            Self::Unknown => Icon::Dash,
        }
    }
}
