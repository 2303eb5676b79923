//! Choosing a new password with a link.

use backend::Error;
use backend::people::{self, ResetOwner};
use leptos::prelude::*;

use super::set_up::PASSWORD_HINT;
use super::sign_in::remember;
use crate::components::{Empty, ErrorSummary, PasswordField};
use crate::form::{Form, Posted};
use crate::server::set_status;
use crate::shell::{Loading, Page, open_page, path_param};

/// Asks for the new password; says so kindly when the link is dead.
pub fn get() -> Loading {
    let token = path_param("token");
    open_page(|site, asked| async move {
        let owner = people::reset_owner(&site.db, &token, asked.received_at).await?;
        Ok(owner.map_or_else(dead, choose))
    })
}

/// Sets the password, ends all sessions, and signs in.
pub async fn post(form: Form) -> Posted {
    let token = form.param("token")?;
    let signed_in = people::reset(&form.site.db, token, form.get("password"), form.asked.received_at).await;
    let signed_in = signed_in.map_err(|error| match error {
        // The page itself says what is the matter with a dead link.
        Error::NotFound => Error::refused("", "This link does not count any more."),
        other => other,
    })?;
    remember(&form.session, signed_in, form.asked.received_at).await?;
    Ok("/account?done=password".to_owned())
}

fn choose(owner: ResetOwner) -> Page {
    Page::new(
        "Choose a new password",
        view! {
            <ErrorSummary/>
            <h1>"Choose a new password"</h1>
            <p>"For " {owner.name} ", " {owner.email.clone()} ". Every browser that is signed in with the old one is signed out."</p>
            <form method="post" class="form" novalidate>
                <input type="hidden" autocomplete="username" value=owner.email/>
                <PasswordField name="password" label="New password" autocomplete="new-password" hint=PASSWORD_HINT/>
                <button class="btn primary">"Set the new password"</button>
            </form>
        },
    )
}

/// To whoever comes too late.
fn dead() -> Page {
    set_status(404);
    Page::new(
        "This link does not count any more",
        view! {
            <h1>"This link does not count any more"</h1>
            <Empty
                title="It was used, replaced by a newer one, or is older than 24 hours"
                text="Your password is as it was. Ask whoever sent the link for a new one."
            >
                <a class="btn" href="/sign-in">"Go to the sign-in"</a>
            </Empty>
        },
    )
}
