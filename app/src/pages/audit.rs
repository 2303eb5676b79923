//! What was done in a circle, by whom and when, for its leaders.

use backend::audit::{self, Entry};
use chrono_tz::Tz;
use leptos::prelude::*;

use super::members::listing::page_asked;
use crate::components::{Breadcrumb, Empty, Pager, Scroll, Time};
use crate::shell::{Loading, Page, Section, circle_page};

/// The log of the circle, the newest entry first.
pub fn get() -> Loading {
    circle_page(Section::Members, |asked| async move {
        let member = asked.member;
        let page = page_asked();
        let entries = audit::of_circle(&asked.site.db, &asked.who, &member.circle, page).await?;
        let base = format!("/circles/{}", member.circle);
        Ok(Page::new(
            format!("What was done – {}", member.circle_name),
            view! {
                <Breadcrumb trail=vec![("Members".to_owned(), format!("{base}/members"))]/>
                <h1>"What was done here"</h1>
                <p class="lead">"Who joined and left, who led, and what was made. Nothing here is ever changed."</p>
                <AuditTable entries=entries page=page zone=member.zone base=format!("{base}/audit")/>
            },
        ))
    })
}

/// Some entries of the log, and the way to older ones.
#[component]
pub(super) fn AuditTable(
    entries: audit::Page,
    page: u32,
    zone: Tz,
    #[prop(into)] base: String,
) -> impl IntoView {
    let shown = entries.entries.len() as u32;
    let is_empty = entries.entries.is_empty();
    view! {
        {if is_empty {
            view! { <Empty title="Nothing is written here" text="The log begins with the first thing that is done."/> }.into_any()
        } else {
            view! { <Entries entries=entries.entries zone=zone/> }.into_any()
        }}
        {(entries.more || page > 1).then(|| view! {
            <Pager page=page per_page=audit::PAGE as u32 shown=shown total=None more=entries.more base=base/>
        })}
    }
}

#[component]
fn Entries(entries: Vec<Entry>, zone: Tz) -> impl IntoView {
    let row = move |entry: Entry| {
        view! {
            <tr>
                <th scope="row"><Time at=entry.happened_at zone=zone/></th>
                <td data-label="Who">{entry.person.unwrap_or_else(|| "Muster itself".to_owned())}</td>
                <td data-label="What">{entry.what}</td>
                <td data-label="Of">{entry.subject}</td>
            </tr>
        }
    };
    view! {
        <Scroll name="What was done">
            <table class="fold">
                <caption class="vh">"What was done, the newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Of"</th>
                    </tr>
                </thead>
                <tbody>{entries.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Scroll>
    }
}
