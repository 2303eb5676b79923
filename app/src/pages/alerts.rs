//! Finding an alert, whatever is typed: by its name, its service, or what is
//! wrong.

use backend::alerts::{self, Described};
use leptos::prelude::*;

use super::members::listing::page_asked;
use super::runbook::words::{alert_address, alert_address_in};
use crate::components::{Empty, Pager};
use crate::server::{query_value, send_to};
use crate::shell::{Loading, Page, bare_page, encode};

/// Alerts on a page of the whole list.
const PER_PAGE: u32 = 50;

/// The field, and what fits.
pub fn get() -> Loading {
    let page = page_asked();
    bare_page(move |site, _, who| async move {
        let query = query_value("q").unwrap_or_default();
        let query: String = query.trim().chars().take(200).collect();
        let found = match query.as_str() {
            "" => alerts::all(&site.db, &who).await?,
            query => alerts::find(&site.db, &who, query).await?,
        };
        let is_exact = |one: &&Described| one.name.eq_ignore_ascii_case(&query);
        if let Some(one) = found.iter().find(is_exact) {
            send_to(&alert_address(&one.name));
        }
        Ok(Page::new("Find an alert", body(&query, &found, page)))
    })
}

/// The search where no runbook describes the alert of that name, with what comes near.
pub fn missing(name: &str, near: &[Described]) -> AnyView {
    let lead = (!near.is_empty()).then(|| format!("No runbook describes {name}. These come near:"));
    with_lead(name, near, 1, lead)
}

/// The search with what it found; `query` is empty for the whole list.
fn body(query: &str, found: &[Described], page: u32) -> AnyView {
    let lead = match (query.is_empty(), found.len()) {
        (true, _) | (false, 0) => None,
        (false, 1) => Some("1 fits.".to_owned()),
        (false, n) => Some(format!("{n} fit, the best first.")),
    };
    with_lead(query, found, page, lead)
}

fn with_lead(query: &str, found: &[Described], page: u32, lead: Option<String>) -> AnyView {
    let n = found.len();
    let first = (page.max(1) as usize - 1).saturating_mul(PER_PAGE as usize);
    let base = if query.is_empty() { "/alerts".to_owned() } else { format!("/alerts?q={}", encode(query)) };
    let rows: Vec<_> = found.iter().skip(first).take(PER_PAGE as usize).map(row).collect();
    let shown = u32::try_from(rows.len()).unwrap_or_default();
    let list = match (rows.is_empty(), query.is_empty()) {
        (false, _) => view! { <ul class="hits">{rows}</ul> }.into_any(),
        (true, true) => view! {
            <Empty title="No runbook describes an alert yet"
                text="As soon as a runbook of one of your circles does, it is found here."/>
        }
        .into_any(),
        (true, false) => {
            let title = format!("Nothing fits “{query}”");
            view! {
                <Empty title=title text="Try the name as monitoring writes it, the service, or one word of what is wrong.">
                    <a class="btn" href="/alerts">"Show all alerts"</a>
                </Empty>
            }
            .into_any()
        }
    };
    let total = u64::try_from(n).unwrap_or_default();
    view! {
        <main id="main" class="night">
            <nav class="no-print" aria-label="Menu"><a href="/">"Muster"</a></nav>
            <h1>"Find an alert"</h1>
            <form method="get" action="/alerts" role="search" class="find">
                <label for="q" class="vh">"Alert, service, or what is wrong"</label>
                <input id="q" name="q" type="search" value=query.to_owned() autocomplete="off" autocapitalize="off" spellcheck="false"
                    placeholder="Alert, service, or what is wrong"/>
                <button class="btn primary">"Find"</button>
            </form>
            {lead.map(|lead| view! { <p class="meta" role="status">{lead}</p> })}
            {list}
            {(n > PER_PAGE as usize).then(|| view! {
                <Pager page=page per_page=PER_PAGE shown=shown total=total base=base/>
            })}
        </main>
    }
    .into_any()
}

fn row(one: &Described) -> impl IntoView + use<> {
    let href = place_address(one);
    let symptoms: String = one.symptoms.chars().take(140).collect();
    let symptoms = if one.symptoms.chars().count() > 140 { format!("{symptoms}…") } else { symptoms };
    let symptoms = (!symptoms.is_empty()).then(|| view! { <span>{crate::markdown::plain(&symptoms)}</span> });
    let place = format!("{} · {}", one.service_name, one.circle_name);
    view! { <li><a href=href>{one.name.clone()}</a><span class="hint">{place}</span>{symptoms}</li> }
}

/// The alert of one service of one circle.
pub fn place_address(one: &Described) -> String {
    alert_address_in(&one.circle, &one.service, &one.name)
}
