//! What was delivered to a circle, and what became of it; for its leaders.

use backend::signals::deliveries::{self, Listed, PAGE, State};
use chrono_tz::Tz;
use leptos::prelude::*;

use super::members::listing::page_asked;
use crate::components::{Breadcrumb, Empty, Icon, Pager, Scroll, Time, icon};
use crate::filtering::{option, set_filters, unknown_words};
use crate::server::query_value;
use crate::shell::{Loading, Page, Section, circle_page};

/// The deliveries that the address asks for, the newest first.
pub fn get() -> Loading {
    let page = page_asked();
    let asked = query_value("state").map(|state| state.trim().to_owned()).unwrap_or_default();
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let state = State::parse(&asked);
        let unknown: Vec<String> = (state.is_none() && !asked.is_empty())
            .then(|| unknown_words("state", &asked))
            .into_iter()
            .collect();
        let found = deliveries::of_circle(db, who, circle, state, page).await?;
        let base = format!("/circles/{circle}");
        let path = format!("{base}/signals");
        let set = state.map(|state| (state.title().to_owned(), path.clone())).into_iter().collect();
        let address = state.map_or_else(|| path.clone(), |state| format!("{path}?state={}", state.as_str()));
        let n_shown = u32::try_from(found.deliveries.len()).unwrap_or(PAGE);
        let shown = if found.deliveries.is_empty() {
            nothing(state.is_some() || page > 1, &base).into_any()
        } else {
            table(found.deliveries, here.member.zone, &path).into_any()
        };
        Ok(Page::new(
            "What was delivered – Incidents",
            view! {
                <Breadcrumb trail=vec![("Incidents".to_owned(), format!("{base}/incidents"))]/>
                <div class="head">
                    <h1>"What was delivered"</h1>
                    <div class="cluster">
                        <a class="btn" href=format!("{base}/signal-rules")>"Rules"</a>
                        <a class="btn" href=format!("{base}/signal-sources")>"Sources"</a>
                    </div>
                </div>
                <p class="lead">{truth(found.n_to_look_at)}</p>
                {filter_bar(&path, state)}
                {set_filters(set, path.clone(), &unknown)}
                {shown}
                {(found.more || page > 1).then(|| view! {
                    <Pager page=page per_page=PAGE shown=n_shown total=None more=found.more base=address/>
                })}
            },
        ))
    })
}

fn truth(n_to_look_at: i64) -> String {
    match n_to_look_at {
        0 => "Everything that came was understood.".to_owned(),
        1 => "1 delivery was not understood or failed. It is kept.".to_owned(),
        n => format!("{n} deliveries were not understood or failed. They are kept."),
    }
}

fn filter_bar(path: &str, state: Option<State>) -> impl IntoView + use<> {
    let states = State::ALL.map(|one| option(one.as_str(), one.title(), state == Some(one))).collect_view();
    view! {
        <form class="filter" method="get" action=path.to_owned() role="search" aria-label="Filter the deliveries">
            <label>"What became of it"<select name="state"><option value="">"All"</option>{states}</select></label>
            <button class="btn">"Show"</button>
        </form>
    }
}

fn nothing(is_filtered: bool, base: &str) -> impl IntoView + use<> {
    let (all, sources) = (format!("{base}/signals"), format!("{base}/signal-sources"));
    if is_filtered {
        view! {
            <Empty title="Nothing here" text="No delivery fits what the address asks for.">
                <a class="btn" href=all>"Show all"</a>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <Empty title="Nothing was delivered yet" text="A source has an address and a token. Your monitoring sends its alerts there.">
                <a class="btn" href=sources>"Make a source"</a>
            </Empty>
        }
        .into_any()
    }
}

/// What became of a delivery, by its word, an icon and a border.
pub fn state_view(state: State) -> impl IntoView {
    let (key, symbol) = match state {
        State::Waiting => ("unknown", Icon::Clock),
        State::Done => ("ready", Icon::Check),
        State::Repeated => ("unknown", Icon::Dash),
        State::Unknown => ("stale", Icon::Info),
        State::Failed => ("gap", Icon::Cross),
    };
    view! { <span class="st" data-s=key>{icon(symbol)}<span>{state.title()}</span></span> }
}

fn table(deliveries: Vec<Listed>, zone: Tz, path: &str) -> impl IntoView + use<> {
    let row = |one: Listed| {
        let href = format!("{path}/{}", one.id);
        view! {
            <tr>
                <th scope="row"><a href=href><Time at=one.received_at zone=zone/></a></th>
                <td data-label="From">{one.source}</td>
                <td data-label="State">{state_view(one.state)}</td>
                <td data-label="What came of it">{one.outcome}</td>
                <td data-label="Size" class="num">{size_words(one.n_bytes)}</td>
            </tr>
        }
    };
    let rows: Vec<_> = deliveries.into_iter().map(row).collect();
    view! {
        <Scroll name="What was delivered">
            <table class="fold">
                <caption class="vh">"What was delivered, the newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Received"</th>
                        <th scope="col">"From"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"What came of it"</th>
                        <th scope="col" class="num">"Size"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
    }
}

fn size_words(n_bytes: i64) -> String {
    if n_bytes < 1024 { format!("{n_bytes} B") } else { format!("{} KiB", n_bytes / 1024) }
}
