//! The questions that rest on something, on its own page. For leaders: to others
//! there are none.

use backend::sources::{Resting, questions_on};
use leptos::prelude::*;

use crate::markdown::plain;
use crate::shell::InCircle;

/// The questions that rest on a source or on a part of it; nothing for who does
/// not lead, or where there is none.
pub async fn resting_on(here: &InCircle, source: &str) -> backend::Result<Option<AnyView>> {
    let resting = questions_on(&here.site.db, &here.who, &here.member.circle, source).await?;
    let base = format!("/circles/{}/questions", here.member.circle);
    let rows = rows(&base, &resting);
    Ok((!resting.is_empty()).then(|| {
        view! {
            <section class="stack no-print" data-tight="" aria-labelledby="resting">
                <h2 id="resting">"Questions that rest on it"</h2>
                <ul class="stack" data-tight="">{rows}</ul>
            </section>
        }
        .into_any()
    }))
}

/// Each of these questions as an entry of a list; `base` is where the questions
/// of the circle stand.
pub fn rows(base: &str, resting: &[Resting]) -> impl IntoView + use<> {
    resting.iter().map(|one| row(base, one)).collect_view()
}

fn row(base: &str, one: &Resting) -> impl IntoView + use<> {
    let href = format!("{base}/{}", one.question);
    let title = plain(&one.title);
    let asks = one.asks_to_be_checked.then(|| view! { " "<span class="tag">"Check me"</span> });
    view! { <li><a href=href>{title}</a>{asks}</li> }
}
