//! Who belongs to a circle; its leaders invite.

use backend::Error;
use backend::circles::{self, MemberOf};
use backend::invitations::{self, Pending};
use backend::people::Who;
use chrono_tz::Tz;
use domain::people::Role;
use leptos::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use super::sign_in::{done, lost};
use crate::components::{
    Empty, ErrorSummary, Notice, NoticeKind, Pager, Pick, RadioGroup, Scroll, TextField, Time, TimeShape,
};
use crate::form::{Form, Posted};
use crate::server::{asked_uri, query_value, session};
use crate::shell::{InCircle, Page, Section, circle_page, encode};

/// The members by name; for a leader also the open invitations and the way to
/// invite.
#[component]
pub fn MembersPage() -> impl IntoView {
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
        let may_invite = !member.is_demo || who.administrator;
        Ok(Page::new(
            format!("Members – {}", member.circle_name),
            view! {
                <ErrorSummary/>
                <div class="head">
                    <h1>"Members"</h1>
                    {leads.then(|| view! { <a class="btn" href=format!("/circles/{}/audit", member.circle)>"What was done here"</a> })}
                </div>
                <p class="lead">{count_words(&roles)}</p>
                {done(&[
                    ("withdrawn", "The invitation is withdrawn. Its link does not count any more."),
                    ("removed", "The member is removed. What they did is kept."),
                ])}
                {link.map(handed_out)}
                <MemberList members=members base=base.clone() zone=member.zone leads=leads/>
                {leads.then(|| view! {
                    <Invitations pending=pending base=base zone=member.zone may_invite=may_invite/>
                })}
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

async fn invite(form: &Form, who: &Who, circle: &str, base: &str) -> backend::Result<()> {
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
pub(super) fn sees(role: Role) -> &'static str {
    match role {
        Role::Leader => "builds tests and rounds, sees how everyone stands, invites.",
        Role::Engineer => "sits tests and sees the own results.",
        Role::Reader => "reads how many are ready, without names.",
    }
}

/// The roles to pick from.
pub(super) fn roles() -> Vec<Pick> {
    let pick = |role: Role| Pick::new(role.as_str(), role.title()).hint(capital(sees(role)));
    Role::ALL.map(pick).to_vec()
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_uppercase() + rest
}

/// A link for somebody else. It stands in the session until the page it is for
/// is shown, and in no address of ours.
#[derive(Serialize, Deserialize)]
pub(super) struct Link {
    /// The path of the page that shows it.
    pub page: String,
    pub title: String,
    pub hint: String,
    pub address: String,
}

const SHOWN_ONCE: &str = "shown_once";

/// Keeps a link for the next time its page is shown.
pub(super) async fn show_once(form: &Form, link: Link) -> backend::Result<()> {
    form.session.insert(SHOWN_ONCE, link).await.map_err(lost)
}

/// The link that was kept for this page; it is gone afterwards.
pub(super) async fn shown_once() -> backend::Result<Option<Link>> {
    let (session, here) = (session(), asked_uri());
    let link = session.get::<Link>(SHOWN_ONCE).await.map_err(lost)?.filter(|link| link.page == here.path());
    if link.is_some() {
        session.remove_value(SHOWN_ONCE).await.map_err(lost)?;
    }
    Ok(link)
}

/// The notice that shows a link.
pub(super) fn handed_out(link: Link) -> impl IntoView {
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
pub(super) fn dice() -> StdRng {
    StdRng::from_rng(&mut rand::rng())
}

/// Rows on a page of people.
pub(super) const PER_PAGE: u32 = 50;

/// The page that `?page=` asks for; the first is 1.
pub(super) fn page_asked() -> u32 {
    query_value("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1)
}

/// One page of a list, or the last one if it has fewer; with its number.
pub(super) fn page_of<T>(rows: Vec<T>, page: u32) -> (u32, Vec<T>) {
    let n_rows = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let page = page.min(n_rows.div_ceil(PER_PAGE)).max(1);
    let rows = rows.into_iter().skip((page as usize - 1) * PER_PAGE as usize).take(PER_PAGE as usize);
    (page, rows.collect())
}

/// Finds people by a part of the name.
#[component]
pub(super) fn Search(q: String, base: String) -> impl IntoView {
    let everything = base.clone();
    let show_all = (!q.is_empty()).then(|| view! { <a class="btn link" href=everything>"Show all"</a> });
    view! {
        <form method="get" action=base role="search" class="filter">
            <div class="field grow">
                <label for="q">"Name"</label>
                <input id="q" type="search" name="q" value=q autocomplete="off"/>
            </div>
            <button class="btn">"Search"</button>
            {show_all}
        </form>
    }
}

/// What is searched for, without spaces around it.
pub(super) fn searched() -> String {
    query_value("q").unwrap_or_default().trim().to_owned()
}

/// Whether a name holds what is searched for.
pub(super) fn holds(name: &str, q: &str) -> bool {
    name.to_lowercase().contains(&q.to_lowercase())
}

/// From so many on, a list can be searched.
pub(super) const SEARCH_FROM: usize = 10;

#[component]
fn MemberList(members: Vec<MemberOf>, base: String, zone: Tz, leads: bool) -> impl IntoView {
    let q = searched();
    let can_search = members.len() > SEARCH_FROM || !q.is_empty();
    let found: Vec<MemberOf> = members.into_iter().filter(|member| holds(&member.name, &q)).collect();
    let total = found.len() as u64;
    let (page, rows) = page_of(found, page_asked());
    let shown = rows.len() as u32;
    let pages = if q.is_empty() { base.clone() } else { format!("{base}?q={}", encode(&q)) };
    view! {
        {can_search.then(|| view! { <Search q=q.clone() base=base.clone()/> })}
        {if rows.is_empty() {
            let text = "The search looks at the names of members.";
            view! { <Empty title=format!("Nothing matches “{q}”") text=text><a class="btn" href=base>"Show all members"</a></Empty> }
                .into_any()
        } else {
            view! { <MemberTable rows=rows base=base zone=zone leads=leads/> }.into_any()
        }}
        {(total > u64::from(PER_PAGE)).then(|| view! {
            <Pager page=page per_page=PER_PAGE shown=shown total=total base=pages/>
        })}
    }
}

#[component]
fn MemberTable(rows: Vec<MemberOf>, base: String, zone: Tz, leads: bool) -> impl IntoView {
    let row = move |member: MemberOf| {
        let name = if leads {
            let href = format!("{base}/{}", member.person);
            view! { <a class="cover" href=href>{member.name}</a> }.into_any()
        } else {
            member.name.into_any()
        };
        let for_leaders = leads.then(|| {
            view! {
                <td data-label="E-mail">{member.email}</td>
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
                        {leads.then(|| view! { <th scope="col">"E-mail"</th> <th scope="col">"Joined"</th> })}
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Scroll>
    }
}

#[component]
fn Invitations(pending: Vec<Pending>, base: String, zone: Tz, may_invite: bool) -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Invite somebody"</h2>
            {if may_invite {
                view! { <InviteForm base=base.clone()/> }.into_any()
            } else {
                view! { <p class="meta">"Nobody is invited into the demo circle: anybody can look around in it."</p> }.into_any()
            }}
        </section>
        {may_invite.then(|| view! {
            <section class="stack">
                <h2>"Open invitations"</h2>
                {if pending.is_empty() {
                    view! { <p class="meta">"None. An invitation stands here until it is taken, withdrawn, or 7 days old."</p> }.into_any()
                } else {
                    let rows = pending.into_iter().map(|one| pending_row(one, base.clone(), zone)).collect_view();
                    view! { <ul class="rows">{rows}</ul> }.into_any()
                }}
            </section>
        })}
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

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        let rows: Vec<u32> = (1..=51).collect();
        assert_eq!(page_of(rows.clone(), 1).1.len(), 50);
        assert_eq!(page_of(rows.clone(), 2), (2, vec![51]));
        assert_eq!(page_of(rows, u32::MAX), (2, vec![51]));
        assert_eq!(page_of(Vec::<u32>::new(), 7), (1, vec![]));
    }

    #[test]
    fn a_name_is_found_by_a_part_of_it_in_any_case() {
        assert!(holds("Deniz Aydın", "ayd"));
        assert!(holds("Ada", ""));
        assert!(!holds("Ada", "bo"));
    }
}
