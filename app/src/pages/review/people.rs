//! Who is expected at a review, and who is there.

use backend::circles::MemberOf;
use backend::reviews::{Found, State, path_of};
use leptos::context::Provider;
use leptos::prelude::*;

use crate::components::{SelectField, picks};
use crate::pages::account::of_form;

/// The attendees. In a meeting everybody says for themselves that they are
/// there, and a leader for all in the room.
pub fn people(found: &Found) -> impl IntoView + use<> {
    let path = path_of(&found.review.circle, &found.review.id);
    let is_held = found.review.state != State::Planned;
    let n = found.people.iter().filter(|one| one.came_at.is_some()).count();
    let title = if is_held {
        format!("Attendees: {n} of {}", found.people.len())
    } else {
        format!("Attendees: {}", found.people.len())
    };
    let ticks = found.leads() && found.review.state == State::InProgress;
    let rows: Vec<_> = found
        .people
        .iter()
        .map(|one| {
            let (name, is_there) = (one.name.clone(), one.came_at.is_some());
            let because = one.because.title();
            if ticks {
                let id = format!("there-{}", one.person);
                view! {
                    <li><label class="option">
                        <input type="checkbox" id=id name="there" value=one.person.clone() checked=is_there/>
                        <span>{name}</span>
                        {is_there.then(|| view! { <input type="hidden" name="seen" value=one.person.clone()/> })}
                    </label></li>
                }
                .into_any()
            } else {
                let there = is_held.then_some(if is_there { "There" } else { "Not there" });
                view! { <li>{name}" "<span class="meta">{there.unwrap_or(because)}</span></li> }.into_any()
            }
        })
        .collect();
    let is_here = found.me().is_some_and(|me| me.came_at.is_some());
    let says = (found.review.state == State::InProgress && !is_here && !found.leads()).then(|| {
        let path = path.clone();
        view! {
            <form method="post" action=path>
                <input type="hidden" name="do" value="here"/>
                <button class="btn primary" id="i-am-here">"I am here"</button>
            </form>
        }
    });
    let list = view! { <ul class="stack" data-tight="">{rows}</ul> };
    let list = if ticks {
        view! {
            <form method="post" action=path class="stack" data-tight="">
                <input type="hidden" name="do" value="attendance"/>
                {list}
                <button class="btn small">"Save who is there"</button>
            </form>
        }
        .into_any()
    } else {
        list.into_any()
    };
    view! {
        <section class="stack" data-tight="" aria-labelledby="people" data-live="people">
            <h2 id="people">{title}</h2>
            {says}
            {list}
        </section>
    }
}

/// The form that invites one more, for leaders.
pub fn inviting(found: &Found, members: &[MemberOf]) -> Option<impl IntoView + use<>> {
    let is_expected = |member: &&MemberOf| found.people.iter().any(|one| one.person == member.person);
    let others: Vec<(String, String)> = members
        .iter()
        .filter(|member| !member.disabled && !is_expected(member))
        .map(|member| (member.person.clone(), member.name.clone()))
        .collect();
    let path = path_of(&found.review.circle, &found.review.id);
    (found.leads() && found.review.state != State::Closed && !others.is_empty()).then(|| {
        let options = picks([(String::new(), "Choose".to_owned())].into_iter().chain(others));
        view! {
            <details id="invite" data-live="form-invite">
                <summary>"Invite somebody else"</summary>
                <Provider value=of_form("invite")>
                    <form method="post" action=path class="form" novalidate>
                        <input type="hidden" name="do" value="invite"/>
                        <SelectField name="person" label="Member of the circle" picks=options/>
                        <button class="btn">"Invite"</button>
                    </form>
                </Provider>
            </details>
        }
    })
}
