//! The circles of a person, to choose from.

use backend::circles::{self, CircleOf};
use backend::people::Who;
use backend::{Db, demo};
use chrono_tz::Tz;
use leptos::prelude::*;

use super::remove_demo::REMOVED;
use super::set_up::ZoneField;
use super::sign_in::done;
use crate::components::{Empty, ErrorSummary, TextField};
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, person_page};

/// Where the person belongs; administrators make new circles.
pub fn get() -> Loading {
    person_page(|site, _, who| async move {
        let circles = circles::of_person(&site.db, &who).await?;
        let has_demo = demo::exists(&site.db).await?;
        let zone = usual_zone(&site.db, &who, &circles).await?;
        Ok(Page::new(
            "Your circles",
            view! {
                <ErrorSummary/>
                <h1>"Your circles"</h1>
                {done(&[REMOVED])}
                {if circles.is_empty() {
                    let text = format!("A leader invites you with a link for {}.", who.email);
                    view! { <Empty title="You are in no circle yet" text=text/> }.into_any()
                } else {
                    view! { <ul class="rows">{circles.into_iter().map(row).collect_view()}</ul> }.into_any()
                }}
                {who.administrator.then(|| view! { <NewCircle zone=zone/> })}
                {who.administrator.then(|| view! { <DemoCircle there=has_demo/> })}
            },
        ))
    })
}

/// Makes a circle, led by the administrator who asks.
pub async fn post(form: Form) -> Posted {
    let (name, zone) = (form.get("name"), form.get("time_zone"));
    let slug = circles::create(&form.site.db, &form.who()?, name, zone, form.asked.received_at).await?;
    Ok(format!("/circles/{slug}"))
}

fn row(circle: CircleOf) -> impl IntoView {
    view! {
        <li>
            <a class="cover" href=format!("/circles/{}", circle.slug)>{circle.name}</a>
            {circle.is_demo.then(|| view! { <span class="tag">"Demo"</span> })}
            <span class="meta">{circle.role.title()}</span>
        </li>
    }
}

/// The zone that a new team is likely in: one's own, or that of another circle.
async fn usual_zone(db: &Db, who: &Who, circles: &[CircleOf]) -> backend::Result<Tz> {
    match (who.time_zone, circles.iter().find(|circle| !circle.is_demo)) {
        (Some(own), _) => Ok(own),
        (None, Some(circle)) => Ok(circles::member(db, who, &circle.slug).await?.circle_zone),
        (None, None) => Ok(Tz::UTC),
    }
}

#[component]
fn NewCircle(zone: Tz) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Make a circle"</h2>
            <p class="meta">
                "A circle is a team and what it keeps alive. You become its leader, and can make somebody else the leader later."
            </p>
            <form method="post" class="form" novalidate>
                <TextField name="name" label="Name of the team" hint="For example: Checkout."/>
                <ZoneField label="Time zone of the team" value=zone.name()/>
                <button class="btn primary">"Make the circle"</button>
            </form>
        </section>
    }
}

#[component]
fn DemoCircle(there: bool) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Demo circle"</h2>
            <p class="meta">"A team of made-up people, for everyone who would like to look around. It needs no account."</p>
            {if there {
                view! {
                    <p class="cluster">
                        <a class="btn" href="/demo">"Look around in it"</a>
                        <a class="btn" href="/demo/remove">"Remove it"</a>
                    </p>
                }
                .into_any()
            } else {
                view! {
                    <form method="post" action="/">
                        <input type="hidden" name="do" value="demo"/>
                        <button class="btn">"Make the demo circle"</button>
                    </form>
                }
                .into_any()
            }}
        </section>
    }
}
