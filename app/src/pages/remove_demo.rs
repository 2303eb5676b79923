//! Before the demo circle goes: what goes with it.

use backend::demo::{self, Contents};
use leptos::prelude::*;

use super::sign_in::lost;
use crate::components::ErrorSummary;
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, open_page};

/// Names what goes, and asks; for whoever may remove it.
pub fn get() -> Loading {
    open_page(|site, asked| async move {
        let contents = demo::contents(&site.db, asked.who.as_ref()).await?;
        Ok(Page::new(
            "Remove the demo",
            view! {
                <ErrorSummary/>
                <h1>"Remove the demo?"</h1>
                <p class="lead">"This goes for good, for everyone who is looking around in it:"</p>
                <ul>{what_goes(&contents).into_iter().map(|what| view! { <li>{what}</li> }).collect_view()}</ul>
                <p class="meta">{what_stays(&contents)}</p>
                <form method="post" class="cluster">
                    <button class="btn danger">"Remove the demo"</button>
                    <a class="btn" href="/demo">"Keep it"</a>
                </form>
            },
        ))
    })
}

/// Removes it, and signs its people out.
pub async fn post(form: Form) -> Posted {
    let who = form.asked.who.as_ref();
    demo::remove(&form.site.db, who, form.asked.received_at).await?;
    if who.is_some_and(|who| who.administrator) {
        return Ok("/circles?done=demo-removed".to_owned());
    }
    form.session.flush().await.map_err(lost)?;
    Ok("/?done=demo-removed".to_owned())
}

/// What is said after it.
pub const REMOVED: (&str, &str) = ("demo-removed", "The demo circle is removed, with everything in it.");

fn what_goes(contents: &Contents) -> [String; 4] {
    [
        format!("the demo circle and its {} made-up people", contents.n_people),
        format!("their {} attempts, with answers, results and reports", contents.n_attempts),
        format!("{} rounds and {} tests", contents.n_rounds, contents.n_tests),
        format!("its copy of the sample banks, {} questions", contents.n_questions),
    ]
}

fn what_stays(contents: &Contents) -> String {
    let guests = match contents.n_guests {
        0 => "",
        1 => " One real person is a member of it and keeps their account.",
        _ => " Real people who are members of it keep their accounts.",
    };
    format!("Other circles and accounts stay as they are. You can make a new demo at any time.{guests}")
}
