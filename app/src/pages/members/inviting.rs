//! Inviting into a circle, and the invitations that are open.

use backend::Error;
use backend::invitations::{self, Pending};
use backend::people::Who;
use chrono_tz::Tz;
use domain::people::Role;
use leptos::prelude::*;

use super::link::{Link, dice, show_once};
use crate::components::{Pick, RadioGroup, TextField, Time};
use crate::form::Form;

/// The form that makes an invitation, and the open ones.
#[component]
pub fn Invitations(pending: Vec<Pending>, base: String, zone: Tz) -> impl IntoView {
    let open = if pending.is_empty() {
        let text = "None. An invitation stands here until it is taken, withdrawn, or 7 days old.";
        view! { <p class="meta">{text}</p> }.into_any()
    } else {
        let rows = pending.into_iter().map(|one| pending_row(one, base.clone(), zone)).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        <div class="stack" data-loose>
            <section class="panel" id="invite">
                <h2>"Invite somebody"</h2>
                <InviteForm base=base/>
            </section>
            <section class="stack" data-tight>
                <h2>"Open invitations"</h2>
                {open}
            </section>
        </div>
    }
}

#[component]
fn InviteForm(base: String) -> impl IntoView {
    view! {
        <form method="post" action=base class="form" novalidate>
            <input type="hidden" name="do" value="invite"/>
            <TextField
                name="email" label="E-mail" kind="email" inputmode="email"
                hint="The invitation is for this address alone."
            />
            <RadioGroup name="role" legend="Role" picks=roles() value="engineer"/>
            <button class="btn primary">"Make an invitation link"</button>
        </form>
    }
}

fn pending_row(pending: Pending, base: String, zone: Tz) -> impl IntoView {
    view! {
        <li>
            <div>
                <p><b>{pending.email.clone()}</b>", "{pending.role.as_str()}</p>
                <p class="meta">"By "{pending.invited_by}", until "<Time at=pending.expires_at zone=zone/></p>
            </div>
            <form method="post" action=base>
                <input type="hidden" name="do" value="withdraw"/>
                <input type="hidden" name="id" value=pending.id/>
                <button class="btn small">"Withdraw"<span class="vh">" the invitation for "{pending.email}</span></button>
            </form>
        </li>
    }
}

/// Makes an invitation; its link is shown on the next page.
pub async fn invite(form: &Form, who: &Who, circle: &str, base: &str) -> backend::Result<()> {
    let role = form.get("role").parse().map_err(|_| Error::refused("role", "Choose a role."))?;
    let (email, now) = (form.get("email"), form.asked.received_at);
    let token = invitations::invite(&form.site.db, who, circle, email, role, now, &mut dice()).await?;
    let link = Link {
        page: base.to_owned(),
        title: format!("An invitation for {} is made.", email.trim()),
        hint: "Send the link yourself; no mail is sent. It works once, for 7 days, and is shown only now."
            .to_owned(),
        address: format!("{}/invitations/{token}", form.site.public_url),
    };
    show_once(form, link).await
}

/// What a member of this role does, for those who choose or are invited.
pub fn sees(role: Role) -> &'static str {
    match role {
        Role::Leader => "builds tests and rounds, sees how everyone stands, invites.",
        Role::Engineer => "sits tests and sees their own results.",
        Role::Reader => "reads how many are ready, without names.",
    }
}

/// The roles to pick from.
pub fn roles() -> Vec<Pick> {
    let pick = |role: Role| Pick::new(role.as_str(), role.title()).hint(capital(sees(role)));
    Role::ALL.map(pick).to_vec()
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_uppercase() + rest
}
