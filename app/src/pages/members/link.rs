//! A link for somebody else, shown once to whoever made it.

use axum::http::request::Parts;
use leptos::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::components::{Notice, NoticeKind};
use crate::form::Form;
use crate::pages::sign_in::lost;
use crate::server::{is_from_another_site, session};

/// A link for somebody else. It stands in the session until the page it is for
/// is shown, and in no address of ours.
#[derive(Serialize, Deserialize)]
pub struct Link {
    /// The path of the page that shows it.
    pub page: String,
    pub title: String,
    pub hint: String,
    pub address: String,
}

const SHOWN_ONCE: &str = "shown_once";

/// Keeps a link for the next time its page is shown.
pub async fn show_once(form: &Form, link: Link) -> backend::Result<()> {
    form.session.insert(SHOWN_ONCE, link).await.map_err(lost)
}

/// The link that was kept for this page; it is gone afterwards. Only our own
/// pages lead to it.
pub async fn shown_once() -> backend::Result<Option<Link>> {
    let Parts { uri: here, headers, .. } = expect_context::<Parts>();
    if is_from_another_site(&headers) {
        return Ok(None);
    }
    let session = session();
    let link = session.get::<Link>(SHOWN_ONCE).await.map_err(lost)?.filter(|link| link.page == here.path());
    if link.is_some() {
        session.remove_value(SHOWN_ONCE).await.map_err(lost)?;
    }
    Ok(link)
}

/// The notice that shows a link.
pub fn handed_out(link: Link) -> impl IntoView {
    view! {
        <Notice kind=NoticeKind::Done title=link.title>
            <p>{link.hint}</p>
            <div class="field">
                <label for="link">"Link"</label>
                <input id="link" type="text" readonly value=link.address/>
            </div>
        </Notice>
    }
}

/// Chance for a secret.
#[expect(clippy::disallowed_methods, reason = "a secret is never drawn again")]
pub fn dice() -> StdRng {
    StdRng::from_rng(&mut rand::rng())
}
