//! The reviews of a circle: those that the reader may attend.

use backend::reviews::{self, Review, State, opening};
use chrono_tz::Tz;
use domain::people::Role;
use leptos::prelude::*;

use super::review::words::state_tag;
use crate::components::{Breadcrumb, Empty, ErrorSummary, Scroll, Time};
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, Section, circle_page};

/// Every review, the newest first.
pub fn get() -> Loading {
    circle_page(Section::Actions, |here| async move {
        let circle = here.member.circle.clone();
        let reviews = reviews::list(&here.site.db, &here.who, &circle).await?;
        let leads = here.member.role == Role::Leader;
        let text = if leads {
            "A review opens by itself when a round has closed and every answer in it is marked."
        } else {
            "When the results of a round that you were in are ready, its review stands here."
        };
        let rows: Vec<_> = reviews.iter().map(|review| row(review, here.member.zone)).collect();
        let trail = vec![("Actions".to_owned(), format!("/circles/{circle}/actions"))];
        Ok(Page::new(
            "Reviews",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>"Reviews"</h1>
                <p class="lead">"The meeting about the results of a round: what was missed, why, and what is done about it."</p>
                {if rows.is_empty() {
                    view! { <Empty title="No reviews yet" text=text/> }.into_any()
                } else {
                    view! {
                        <Scroll name="Reviews">
                            <table class="fold">
                                <thead><tr>
                                    <th scope="col">"Review"</th><th scope="col">"State"</th>
                                    <th scope="col">"Planned for"</th><th scope="col">"Closed"</th>
                                </tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </Scroll>
                    }
                    .into_any()
                }}
            },
        ))
    })
}

fn row(review: &Review, zone: Tz) -> impl IntoView + use<> {
    let path = reviews::path_of(&review.circle, &review.id);
    let (name, planned_at) = (review.round_name.clone(), review.planned_at);
    let closed = match (review.state, review.closed_at) {
        (State::Closed, Some(at)) => view! { <Time at=at zone=zone/> }.into_any(),
        _ => view! { <span class="faint">"Not yet"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><a class="cover" href=path>{name}</a></th>
            <td data-label="State">{state_tag(review.state)}</td>
            <td data-label="Planned for"><Time at=planned_at zone=zone/></td>
            <td data-label="Closed">{closed}</td>
        </tr>
    }
}

/// Opens the review of a round, or finds the one that is there.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let now = form.asked.received_at;
    let review = opening::open(&form.site.db, &who, circle, form.get("round"), now).await?;
    Ok(reviews::path_of(circle, &review))
}
