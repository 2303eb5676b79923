//! One member of a circle, for its leaders.

use backend::circles::{self, MemberOf};
use backend::coverage::{self, MetOf};
use backend::{Error, people};
use chrono_tz::Tz;
use domain::people::Role;
use domain::question::Topic;
use leptos::context::Provider;
use leptos::prelude::*;

use super::account::of_form;
use super::members::inviting::roles;
use super::members::is_real;
use super::members::link::{Link, dice, handed_out, show_once, shown_once};
use super::sign_in::done;
use crate::components::{Breadcrumb, Empty, ErrorSummary, Fact, Facts, RadioGroup, Time, TimeShape};
use crate::form::{Form, Posted};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// Role, password link, readiness, and the way out of the circle.
pub fn get() -> Loading {
    let person = path_param("person");
    let asks_to_remove = query_value("remove").is_some();
    circle_page(Section::Members, move |page| async move {
        let InCircle { site, who, member, .. } = page;
        circles::leader(&site.db, &who, &member.circle).await?;
        let members = circles::members(&site.db, &who, &member.circle).await?;
        let shown = members.into_iter().find(|member| member.person == person).ok_or(Error::NotFound)?;
        let base = format!("/circles/{}", member.circle);
        if asks_to_remove {
            let view = view! { <Removal name=shown.name.clone() circle=member.circle_name base=base person=person/> };
            return Ok(Page::new(format!("Remove {}", shown.name), view));
        }
        let met = coverage::met(&site.db, &who, &member.circle).await?;
        let met =
            met.into_iter().find(|met| met.person == shown.person).map_or_else(Vec::new, |met| met.services);
        let link = shown_once().await?;
        let is_self = shown.person == who.person;
        let is_engineer = shown.role == Role::Engineer;
        Ok(Page::new(
            format!("{} – Members", shown.name),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Members".to_owned(), format!("{base}/members"))]/>
                <h1>{shown.name.clone()}</h1>
                {done(&[("role", "The role is changed.")])}
                {link.map(handed_out)}
                <About shown=shown.clone() zone=member.zone/>
                {is_engineer.then(|| view! { <Readiness base=base.clone() person=shown.person.clone() met=met/> })}
                <Provider value=of_form("role")><RoleForm role=shown.role/></Provider>
                {(!is_self && !member.is_demo).then(|| view! { <PasswordLink name=shown.name.clone()/> })}
                <section class="stack">
                    <h2>"Leaving the circle"</h2>
                    <a class="btn" href=format!("{base}/members/{person}?remove=1")>"Remove " {shown.name} " …"</a>
                </section>
            },
        ))
    })
}

/// Changes the role, makes a link for a new password, or removes the member.
pub async fn post(form: Form) -> Posted {
    let (who, circle, person) = (form.who()?, form.param("circle")?, form.param("person")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    let base = format!("/circles/{circle}/members");
    match form.get("do") {
        "role" => {
            let role = form.get("role").parse().map_err(|_| Error::refused("role", "Choose a role."))?;
            circles::set_role(db, &who, circle, person, role, now).await?;
            // Who gives up leading sees this page no more.
            let goes_on = role == Role::Leader || person != who.person;
            Ok(if goes_on { format!("{base}/{person}?done=role") } else { base })
        }
        "link" => {
            let token = people::make_reset_link(db, &who, circle, person, now, &mut dice()).await?;
            let page = format!("{base}/{person}");
            show_once(&form, password_link(&form, page.clone(), &token)).await?;
            Ok(page)
        }
        "remove" => {
            circles::remove_member(db, &who, circle, person, now).await?;
            Ok(if person == who.person { "/".to_owned() } else { format!("{base}?done=removed") })
        }
        _ => Err(Error::NotFound),
    }
}

/// A link for a new password, as it is shown to whoever made it.
pub(super) fn password_link(form: &Form, page: String, token: &str) -> Link {
    Link {
        page,
        title: "A link for a new password is made.".to_owned(),
        hint: "Send it yourself; no mail is sent. It works once, for 24 hours, and is shown only now."
            .to_owned(),
        address: format!("{}/reset/{token}", form.site.public_url),
    }
}

#[component]
fn About(shown: MemberOf, zone: Tz) -> impl IntoView {
    view! {
        <Facts>
            <Fact name="Role">{shown.role.title()}</Fact>
            {shown.email.filter(|email| is_real(email)).map(|email| view! { <Fact name="E-mail">{email}</Fact> })}
            <Fact name="Joined"><Time at=shown.joined_at zone=zone shape=TimeShape::Day/></Fact>
            {shown.disabled.then(|| view! {
                <Fact name="Account">"Disabled by an administrator: cannot sign in."</Fact>
            })}
        </Facts>
    }
}

/// Links to the evidence, and how much of the bank was met, service by service.
#[component]
fn Readiness(base: String, person: String, met: Vec<MetOf>) -> impl IntoView {
    let topics = move |slug: &str| {
        let link = |topic: Topic| {
            view! { <li><a href=format!("{base}/readiness/{person}/{slug}/{topic}")>{topic.title()}</a></li> }
        };
        Topic::ALL.map(link).collect_view()
    };
    view! {
        <section class="stack">
            <h2>"Evidence of readiness"</h2>
            {if met.is_empty() {
                view! { <Empty title="No services yet" text="Evidence is kept for each service and topic."/> }.into_any()
            } else {
                let rows = met.into_iter().map(move |met| {
                    let topics = topics(&met.service);
                    let share = view! { {format!("{} of {}", met.n_met, met.n_ready)}<span class="narrow">" ready questions met"</span> };
                    view! {
                        <tr>
                            <th scope="row">{met.service_name}</th>
                            <td><ul class="cluster">{topics}</ul></td>
                            <td>{share}</td>
                        </tr>
                    }
                });
                view! {
                    <table class="fold">
                        <thead><tr>
                            <th scope="col">"Service"</th>
                            <th scope="col">"Evidence by topic"</th>
                            <th scope="col">"Ready questions met in tests"</th>
                        </tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                }
                .into_any()
            }}
        </section>
    }
}

#[component]
fn RoleForm(role: Role) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Role"</h2>
            <form method="post" class="form" novalidate>
                <input type="hidden" name="do" value="role"/>
                <RadioGroup
                    name="role" legend="What this member does" picks=roles() value=role.as_str()
                    hint="Who leads no more has their open invitations withdrawn."
                />
                <button class="btn primary">"Change the role"</button>
            </form>
        </section>
    }
}

#[component]
fn PasswordLink(name: String) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Forgotten password"</h2>
            <p class="meta">{name} " chooses a new one with a link that you send. An earlier link stops counting."</p>
            <form method="post">
                <input type="hidden" name="do" value="link"/>
                <button class="btn">"Make a link for a new password"</button>
            </form>
        </section>
    }
}

/// Says what is lost before it is done.
#[component]
fn Removal(name: String, circle: String, base: String, person: String) -> impl IntoView {
    let member = format!("{base}/members/{person}");
    view! {
        <ErrorSummary/>
        <h1>"Remove " {name.clone()} " from " {circle.clone()} "?"</h1>
        <ul>
            <li>{name.clone()} " sees nothing of " {circle} " from then on."</li>
            <li>"Attempts, results and the log are kept. The account stays, and so do other circles."</li>
            <li>"Open invitations that " {name.clone()} " made are withdrawn."</li>
            <li>"A new invitation brings " {name.clone()} " back, with everything that was kept."</li>
        </ul>
        <form method="post" class="cluster">
            <input type="hidden" name="do" value="remove"/>
            <button class="btn danger">"Remove " {name.clone()}</button>
            <a class="btn" href=member>"Keep " {name}</a>
        </form>
    }
}
