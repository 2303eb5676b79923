//! Signing in, and out.

use backend::sessions::{SEEN_AT, SIGNED_IN};
use backend::{demo, people};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tower_sessions::Session;

use crate::components::{ErrorSummary, Notice, NoticeKind, PasswordField, TextField};
use crate::form::{Form, Posted, again};
use crate::server::{Asked, Site, own_path, query_value};
use crate::shell::{Loading, Page, open_page};

/// Where a person says who they are.
pub fn get() -> Loading {
    let next = again().value("next", &own_path(query_value("next").as_deref()));
    open_page(|site, _| async move {
        let has_demo = demo::exists(&site.db).await?;
        Ok(Page::new(
            "Sign in",
            view! {
                <ErrorSummary/>
                <h1>"Sign in"</h1>
                {done(&[("signed-out", "You are signed out of this browser.")])}
                <form method="post" class="form" novalidate>
                    <input type="hidden" name="next" value=next/>
                    <TextField name="email" label="E-mail" kind="email" inputmode="email" autocomplete="username"/>
                    <PasswordField name="password" label="Password"/>
                    <button class="btn primary">"Sign in"</button>
                </form>
                <p class="hint">"Forgotten it? A team leader or an administrator can make you a link to choose a new password."</p>
                {has_demo.then(|| view! { <p><a href="/demo">"Look around in the demo circle"</a></p> })}
            },
        ))
    })
}

/// Signs in and goes on to where the person wanted to be.
pub async fn post(form: Form) -> Posted {
    sign_in(&form.site, &form.asked, &form.session, form.get("email"), form.get("password")).await?;
    Ok(own_path(Some(form.get("next"))))
}

/// Signs a person in, in this browser.
pub async fn sign_in(
    site: &Site,
    asked: &Asked,
    session: &Session,
    email: &str,
    password: &str,
) -> backend::Result<()> {
    let signed_in = people::sign_in(&site.db, email, password, &asked.address, asked.received_at).await?;
    remember(session, signed_in, asked.received_at).await
}

/// Signs out of this browser and goes on to where the form says, or else to the
/// sign-in page.
pub async fn sign_out(form: Form) -> Posted {
    form.session.flush().await.map_err(lost)?;
    Ok(if form.has("next") {
        own_path(Some(form.get("next")))
    } else {
        "/sign-in?done=signed-out".to_owned()
    })
}

/// Puts a person into the session, under a new id.
pub async fn remember(
    session: &Session,
    signed_in: people::SignedIn,
    now: DateTime<Utc>,
) -> backend::Result<()> {
    session.cycle_id().await.map_err(lost)?;
    // Written with the rest, or the first page would write it.
    session.insert(SEEN_AT, now).await.map_err(lost)?;
    session.insert(SIGNED_IN, (signed_in.person, signed_in.epoch)).await.map_err(lost)
}

/// The session could not be read or written.
pub(super) fn lost(why: tower_sessions::session::Error) -> backend::Error {
    backend::Error::Corrupt(format!("session: {why}"))
}

/// What has just been done, in the words for the code in `?done=`; nothing when
/// a form is shown again.
pub(super) fn done(words: &[(&str, &'static str)]) -> impl IntoView + use<> {
    let code = query_value("done").filter(|_| !again().is_again());
    let title = code.and_then(|code| words.iter().find(|(known, _)| *known == code)).map(|(_, title)| *title);
    title.map(|title| view! { <Notice kind=NoticeKind::Done title=title/> })
}
