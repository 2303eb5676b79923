//! The first address: the way in before the set-up, a signpost after it.

use backend::people::Who;
use backend::{Error, circles, demo, setup};
use leptos::prelude::*;

use super::remove_demo::REMOVED;
use super::sign_in::done;
use crate::components::{Empty, ErrorSummary};
use crate::form::{Form, Posted};
use crate::server::Site;
use crate::shell::{Loading, Page, open_page};

/// Leads to the person's circle, to the list of circles, or to the sign-in;
/// before the set-up it offers it, or leads into the demo.
pub fn get() -> Loading {
    open_page(|site, asked| async move {
        let Some(who) = asked.who else { return way_in(&site).await };
        let circles = circles::of_person(&site.db, &who).await?;
        Ok(match circles.as_slice() {
            [] => no_circle(&who),
            [only] => elsewhere(&format!("/circles/{}", only.slug)),
            _ => elsewhere("/circles"),
        })
    })
}

/// For whoever is not signed in.
async fn way_in(site: &Site) -> backend::Result<Page> {
    if setup::is_set_up(&site.db).await? {
        return Ok(elsewhere("/sign-in"));
    }
    let has_demo = demo::exists(&site.db).await?;
    Ok(if has_demo && site.leads_to_demo { elsewhere("/demo") } else { welcome(has_demo) })
}

/// Makes the demo circle and goes there.
pub async fn post(form: Form) -> Posted {
    if form.get("do") != "demo" {
        return Err(Error::NotFound);
    }
    demo::make(&form.site.db, form.asked.who.as_ref(), form.asked.received_at).await?;
    Ok("/demo".to_owned())
}

fn welcome(has_demo: bool) -> Page {
    let view = view! {
        <ErrorSummary/>
        <h1>"Welcome to Muster"</h1>
        {done(&[REMOVED])}
        <p class="lead">
            "Engineers show that they are ready for on-call before they carry the pager, and the team learns from what they miss."
        </p>
        <div class="panels">
            <section class="panel">
                <h2>"Set up my team"</h2>
                <p>"You become the administrator, and the leader of the first team."</p>
                <p class="hint">"You need the one-time token that the console printed when the server started."</p>
                <a class="btn primary" href="/set-up">"Set up my team"</a>
            </section>
            <section class="panel">
                <h2>"Look around first"</h2>
                <p>"A made-up team of twelve engineers, with half a year of tests on four services."</p>
                <p class="hint">{if has_demo {
                    "It stays apart from your own team, needs no account, and can be removed."
                } else {
                    "It is made in a few seconds, stays apart from your own team, needs no account, and can be removed."
                }}</p>
                <form method="post">
                    <input type="hidden" name="do" value="demo"/>
                    <button class="btn">"Look around in the demo circle"</button>
                </form>
            </section>
        </div>
    };
    Page::new("Welcome", view)
}

fn no_circle(who: &Who) -> Page {
    let email = who.email.clone();
    let administrator = who.administrator;
    let view = view! {
        <h1>"Home"</h1>
        <Empty
            title="You are in no circle yet"
            text=format!("A circle is a team and what it keeps alive. Its leader invites you: ask for a link for {email}.")
        >
            {administrator.then(|| view! { <a class="btn" href="/circles">"Make a circle"</a> })}
        </Empty>
    };
    Page::new("Home", view)
}

/// No page, but the way to another one.
fn elsewhere(path: &str) -> Page {
    crate::server::send_to(path);
    Page::new("Home", ())
}
