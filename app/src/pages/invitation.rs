//! What the holder of an invitation sees: which circle, as what, and the way in.

use backend::Error;
use backend::invitations::{self, Invitation};
use backend::people::Who;
use leptos::prelude::*;

use super::members::inviting::sees;
use super::set_up::PASSWORD_HINT;
use super::sign_in::remember;
use crate::components::{Empty, ErrorSummary, Fact, Facts, PasswordField, TextField};
use crate::form::{Form, Posted};
use crate::server::set_status;
use crate::shell::{Loading, Page, encode, open_page, path_param};

/// The invitation, and what this person does to take it.
pub fn get() -> Loading {
    let token = path_param("token");
    open_page(|site, asked| async move {
        let invitation = match invitations::look(&site.db, &token, asked.received_at).await {
            Err(Error::NotFound) => return Ok(dead()),
            found => found?,
        };
        let Invitation { circle_name, email, role, .. } = invitation.clone();
        let title = format!("Join {circle_name}");
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <h1>{title}</h1>
                <Facts>
                    <Fact name="Circle">{circle_name}</Fact>
                    <Fact name="Your role">{role.title()} ": " {sees(role)}</Fact>
                    <Fact name="For">{email}</Fact>
                </Facts>
                <WayIn invitation=invitation token=token who=asked.who/>
            },
        ))
    })
}

/// Joins: with a new account, or as the person who is signed in.
pub async fn post(form: Form) -> Posted {
    let (db, token, now) = (&form.site.db, form.param("token")?, form.asked.received_at);
    let next = if form.get("do") == "join" {
        let slug = invitations::accept(db, &form.who()?, token, now).await;
        slug.map(|slug| format!("/circles/{slug}"))
    } else {
        match invitations::accept_new(db, token, form.get("name"), form.get("password"), now).await {
            // There is one circle, and home leads to it.
            Ok(signed_in) => {
                remember(&form.session, signed_in, form.asked.received_at).await.map(|()| "/".to_owned())
            }
            Err(error) => Err(error),
        }
    };
    // The page itself says what is the matter with a dead link.
    next.map_err(|error| match error {
        Error::NotFound => Error::refused("", "This invitation does not count any more."),
        other => other,
    })
}

/// One of three: join as who is signed in, sign out first, or sign in or make
/// an account.
#[component]
fn WayIn(invitation: Invitation, token: String, who: Option<Who>) -> impl IntoView {
    let here = format!("/invitations/{token}");
    match who {
        Some(who) if who.email == invitation.email => view! {
            <form method="post">
                <input type="hidden" name="do" value="join"/>
                <button class="btn primary">"Join " {invitation.circle_name}</button>
            </form>
        }
        .into_any(),
        Some(who) => view! {
            <p>
                "You are signed in as " {who.email} ", and this invitation is for " {invitation.email}
                ". Sign out to take it, or leave it as it is."
            </p>
            <form method="post" action="/sign-out">
                <input type="hidden" name="next" value=here/>
                <button class="btn">"Sign out and come back here"</button>
            </form>
        }
        .into_any(),
        // The same whether the e-mail has an account: that is nobody's business.
        None => view! {
            <p>
                "If you have an account, "<a href=format!("/sign-in?next={}", encode(&here))>"sign in"</a>
                "; then you come back here. If not, make one:"
            </p>
            <NewPerson invitation=invitation/>
        }
        .into_any(),
    }
}

#[component]
fn NewPerson(invitation: Invitation) -> impl IntoView {
    view! {
        <form method="post" class="form" novalidate>
            <input type="hidden" autocomplete="username" value=invitation.email/>
            <TextField name="name" label="Your name" hint="As your team knows you." autocomplete="name"/>
            <PasswordField name="password" label="Choose a password" autocomplete="new-password" hint=PASSWORD_HINT/>
            <button class="btn primary">"Join " {invitation.circle_name}</button>
        </form>
    }
}

/// To whoever comes too late.
fn dead() -> Page {
    set_status(404);
    Page::new(
        "This invitation does not count any more",
        view! {
            <h1>"This invitation does not count any more"</h1>
            <Empty
                title="It was taken, withdrawn, or is older than 7 days"
                text="If you have joined with it, sign in. Otherwise ask your team leader for a new one."
            >
                <a class="btn" href="/">"Go to the home page"</a>
            </Empty>
        },
    )
}
