//! One delivery as it came, what it was understood to say, and what became of
//! it; for leaders.

use backend::Error;
use backend::signals::deliveries::{self, Found};
use leptos::prelude::*;

use super::sign_in::done;
use super::signals::state_view;
use crate::components::{Breadcrumb, Code, Fact, Facts, Scroll, Time};
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, Section, circle_page, path_param};

/// A delivery with its body.
pub fn get() -> Loading {
    let id = path_param("signal");
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let found = deliveries::find(db, who, circle, &id).await?;
        let (base, zone) = (format!("/circles/{circle}"), here.member.zone);
        let trail = vec![
            ("Incidents".to_owned(), format!("{base}/incidents")),
            ("What was delivered".to_owned(), format!("{base}/signals")),
        ];
        let processed =
            found.processed_at.map(|at| view! { <Fact name="Read"><Time at=at zone=zone/></Fact> });
        let again = found.state.may_go_again().then(|| {
            view! {
                <form method="post"><button class="btn" name="do" value="again">"Read it again"</button></form>
            }
        });
        let try_rules = format!("{base}/signal-rules?try={}", found.id);
        let alerts = alerts(&found);
        let (body, received_at) = (pretty(&found), found.received_at);
        let caption =
            if found.is_base64 { "The body, as base64: it is no text" } else { "The body, as it came" };
        Ok(Page::new(
            "A delivery – Incidents",
            view! {
                <Breadcrumb trail=trail/>
                <h1>"Delivery of "<Time at=received_at zone=zone/></h1>
                {done(&[("again", "It is read again in a moment.")])}
                <Facts>
                    <Fact name="From">{found.source.clone()}</Fact>
                    <Fact name="State">{state_view(found.state)}</Fact>
                    <Fact name="What came of it">{found.outcome.clone()}</Fact>
                    {processed}
                </Facts>
                <div class="cluster">
                    {again}
                    <a class="btn" href=try_rules>"Try the rules on it"</a>
                </div>
                {alerts}
                <Code text=body caption=caption/>
            },
        ))
    })
}

/// Indented, where it is JSON.
fn pretty(found: &Found) -> String {
    let json = serde_json::from_str::<serde_json::Value>(&found.body).ok();
    json.and_then(|json| serde_json::to_string_pretty(&json).ok()).unwrap_or_else(|| found.body.clone())
}

fn alerts(found: &Found) -> Option<AnyView> {
    let read = found.read().ok()?;
    let rows: Vec<_> = read
        .alerts
        .into_iter()
        .take(100)
        .map(|alert| {
            let labels: Vec<String> =
                alert.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            view! {
                <tr>
                    <th scope="row">{alert.name}</th>
                    <td data-label="Now">{if alert.is_firing { "Fires" } else { "Ended" }}</td>
                    <td data-label="Says">{alert.summary}</td>
                    <td data-label="Labels" class="long">{labels.join(", ")}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <Scroll name="The alerts that it names">
                <table class="fold">
                    <caption>"The alerts that it names"</caption>
                    <thead><tr>
                        <th scope="col">"Alert"</th><th scope="col">"Now"</th><th scope="col">"Says"</th>
                        <th scope="col">"Labels"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        }
        .into_any()
    })
}

/// Has it read again.
pub async fn post(form: Form) -> Posted {
    let (who, circle, id) = (form.who()?, form.param("circle")?, form.param("signal")?);
    if form.get("do") != "again" {
        return Err(Error::NotFound);
    }
    deliveries::again(&form.site.db, &who, circle, id, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/signals/{id}?done=again"))
}
