//! What changed between two texts, line by line.

use domain::runbook::diff::diff;
use leptos::prelude::*;

use crate::components::{Notice, NoticeKind};
use crate::pages::runbook_history::difference;

/// The lines that changed, with those around them.
pub fn shown(was: &str, is: &str) -> impl IntoView + use<> {
    difference(&diff(&with_end(was), &with_end(is)))
}

/// A text whose last line ends, so that only what was written differs.
fn with_end(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// The file that goes back into the bank, and what changed in it.
pub fn offered(before: &str, after: &str, file: &str) -> impl IntoView + use<> {
    let differences = shown(before, after);
    let file = file.to_owned();
    let is_same = before == after;
    view! {
        <Notice kind=NoticeKind::Info title="Take it back into the bank">
            <p>"The next time the bank is taken in, its file counts. "<a href=file>"Download the file"</a>", or make these changes there."</p>
            {(!is_same).then_some(differences)}
        </Notice>
    }
}
