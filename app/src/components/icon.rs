//! The icons. Each stands beside a word and is never read out.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A check in a circle: holds, right, done.
    Check,
    /// A clock: ends soon.
    Clock,
    /// An arrow that turns: to be checked again.
    Turn,
    /// A cross: missing, wrong.
    Cross,
    /// A shield: waived.
    Shield,
    /// A dash: not known.
    Dash,
    /// A flag: marked for review.
    Flag,
    /// A triangle with a line: mind this.
    Warning,
    /// A circle with a line: good to know.
    Info,
    /// A ring: missed, the place where something should be.
    Ring,
}

/// Draws an icon in the colour and the size of the text around it.
pub fn icon(icon: Icon) -> impl IntoView {
    view! {
        <svg class="ic" viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
}

impl Icon {
    /// The strokes, on a field of 24 by 24.
    fn path(self) -> &'static str {
        match self {
            Self::Check => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12l3 3 5-6",
            Self::Clock => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
            Self::Turn => "M20 12a8 8 0 1 1-2.3-5.6M20 3v4h-4",
            Self::Cross => "M5 5l14 14M19 5 5 19",
            Self::Shield => "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z",
            Self::Dash => "M6 12h12",
            Self::Flag => "M6 21V4h11l-2 4 2 4H6",
            Self::Warning => "M12 3 2 20h20zM12 10v4M12 17v.01",
            Self::Info => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v.01",
            Self::Ring => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
        }
    }
}
