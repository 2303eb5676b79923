//! Who belongs to a circle; its leaders invite.

pub mod inviting;
pub mod link;
pub mod listing;

use backend::circles::{self, MemberOf};
use backend::{Error, invitations};
use chrono_tz::Tz;
use domain::people::Role;
use leptos::prelude::*;

use self::inviting::{Invitations, invite};
use self::link::{handed_out, shown_once};
use self::listing::{holds, listing};
use super::sign_in::done;
use crate::components::{ErrorSummary, Scroll, Time, TimeShape};
use crate::form::{Form, Posted};
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// The members by name; for a leader also the open invitations and the way to
/// invite.
pub fn get() -> Loading {
    circle_page(Section::Members, |page| async move {
        let InCircle { site, asked, who, member } = page;
        let members = circles::members(&site.db, &who, &member.circle).await?;
        let leads = member.role == Role::Leader;
        let pending = if leads {
            invitations::pending(&site.db, &who, &member.circle, asked.received_at).await?
        } else {
            Vec::new()
        };
        let link = shown_once().await?;
        let base = format!("/circles/{}/members", member.circle);
        let roles: Vec<Role> = members.iter().map(|member| member.role).collect();
        let may_invite = leads && (!member.is_demo || who.administrator);
        let list = listing(members, &base, |member, q| holds(&member.name, q), {
            let base = base.clone();
            move |rows| view! { <MemberTable rows=rows base=base zone=member.zone leads=leads/> }.into_any()
        });
        Ok(Page::new(
            format!("Members – {}", member.circle_name),
            view! {
                <ErrorSummary/>
                <div class="head">
                    <h1>"Members"</h1>
                    {leads.then(|| view! { <Actions circle=member.circle may_invite=may_invite/> })}
                </div>
                <p class="lead">{count_words(&roles)}</p>
                {done(&[
                    ("withdrawn", "The invitation is withdrawn. Its link does not count any more."),
                    ("removed", "The member is removed. What they did is kept."),
                ])}
                {link.map(handed_out)}
                {if may_invite {
                    view! {
                        <div class="split" data-aside="wide">
                            <div class="stack">{list}</div>
                            <Invitations pending=pending base=base zone=member.zone/>
                        </div>
                    }.into_any()
                } else {
                    list.into_any()
                }}
            },
        ))
    })
}

/// Invites, or withdraws an invitation.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let base = format!("/circles/{circle}/members");
    match form.get("do") {
        "invite" => {
            invite(&form, &who, circle, &base).await?;
            Ok(base)
        }
        "withdraw" => {
            invitations::withdraw(&form.site.db, &who, circle, form.get("id"), form.asked.received_at)
                .await?;
            Ok(format!("{base}?done=withdrawn"))
        }
        _ => Err(Error::NotFound),
    }
}

/// What a leader does from here; on a phone the form stands below a long list.
#[component]
fn Actions(circle: String, may_invite: bool) -> impl IntoView {
    view! {
        <div class="cluster">
            {may_invite.then(|| view! { <a class="btn narrow" href="#invite">"Invite somebody"</a> })}
            <a class="btn" href=format!("/circles/{circle}/settings")>"Name and time zone"</a>
            <a class="btn" href=format!("/circles/{circle}/audit")>"What was done here"</a>
        </div>
    }
}

#[component]
fn MemberTable(rows: Vec<MemberOf>, base: String, zone: Tz, leads: bool) -> impl IntoView {
    let has_mail = rows.iter().filter_map(|member| member.email.as_deref()).any(is_real);
    let row = move |member: MemberOf| {
        let name = if leads {
            let href = format!("{base}/{}", member.person);
            view! { <a class="cover" href=href>{member.name}</a> }.into_any()
        } else {
            member.name.into_any()
        };
        let for_leaders = leads.then(|| {
            view! {
                {has_mail.then(|| view! { <td data-label="E-mail">{member.email.filter(|email| is_real(email))}</td> })}
                <td data-label="Joined"><Time at=member.joined_at zone=zone shape=TimeShape::Day/></td>
            }
        });
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td data-label="Role">
                    {member.role.title()}
                    {member.disabled.then(|| view! { " " <span class="tag">"Account disabled"</span> })}
                </td>
                {for_leaders}
            </tr>
        }
    };
    view! {
        <Scroll name="Members">
            <table class="fold">
                <caption class="vh">"Members"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Role"</th>
                        {has_mail.then(|| view! { <th scope="col">"E-mail"</th> })}
                        {leads.then(|| view! { <th scope="col">"Joined"</th> })}
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Scroll>
    }
}

/// Whether somebody can be reached there: the people of the demo have no mail.
pub(super) fn is_real(email: &str) -> bool {
    !email.ends_with(".invalid")
}

/// "8 people: 1 leader, 6 engineers, 1 reader."
fn count_words(members: &[Role]) -> String {
    let several = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let of_role = |role: Role| {
        let n = members.iter().filter(|other| **other == role).count();
        (n > 0).then(|| several(n, role.as_str(), &format!("{}s", role.as_str())))
    };
    let parts: Vec<String> = Role::ALL.into_iter().filter_map(of_role).collect();
    format!("{}: {}.", several(members.len(), "person", "people"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_counted_by_role() {
        use Role::{Engineer, Leader, Reader};
        assert_eq!(count_words(&[Leader]), "1 person: 1 leader.");
        assert_eq!(
            count_words(&[Engineer, Leader, Engineer, Reader]),
            "4 people: 1 leader, 2 engineers, 1 reader."
        );
    }
}
