//! What has happened or what is good to know, said in the flow of the page. It stays until the next page.

use leptos::prelude::*;

use super::icon::{Icon, icon};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    Info,
    /// What was asked for is done.
    Done,
    /// Something is wrong, and it is not what was typed.
    Problem,
}

/// A notice under the heading of the page: one sentence as its title, more below, or both.
#[component]
pub fn Notice(
    kind: NoticeKind,
    #[prop(optional, into)] title: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (key, symbol) = match kind {
        NoticeKind::Info => ("info", Icon::Info),
        NoticeKind::Done => ("done", Icon::Check),
        NoticeKind::Problem => ("problem", Icon::Warning),
    };
    let role = (kind == NoticeKind::Done).then_some("status");
    view! {
        <section class="notice" data-kind=key role=role>
            {title.map(|title| view! { <h2>{icon(symbol)}<span>{title}</span></h2> })}
            {children.map(|children| children())}
        </section>
    }
}
