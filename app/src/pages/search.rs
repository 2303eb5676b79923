//! One search over what a circle knows.

use std::collections::BTreeMap;

use backend::alerts::{self, Described};
use backend::search::{self, Asked, Found, Hit, MANY, PAGE, TEXT_LIMIT};
use backend::services;
use domain::search::{Kind, Piece, Sought, plain};
use leptos::prelude::*;

use super::alerts::place_address;
use super::members::listing::page_asked;
use super::runbook::words::alert_address_in;
use crate::components::{Empty, Pager};
use crate::filtering::address;
use crate::server::query_value;
use crate::shell::{Loading, Page, Section, circle_page};

/// What was found, the best first, and how much of each kind.
pub fn get() -> Loading {
    circle_page(Section::None, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let text: String = query_value("q").unwrap_or_default().trim().chars().take(TEXT_LIMIT).collect();
        let kind = query_value("kind").as_deref().and_then(Kind::parse);
        let page = page_asked().min(1000);
        let asked = Asked { text: text.clone(), kind, page };
        let found = search::find(db, who, circle, &asked).await?;
        let names = services::names(db, who, circle).await?;
        let base = format!("/circles/{circle}");
        let title = if text.is_empty() { "Search".to_owned() } else { format!("{text} – Search") };
        let form = form(&base, &text, kind);
        let is_bare = found.hits.is_empty() && found.kinds.is_empty() && page == 1 && kind.is_none();
        let near = match is_bare && !text.is_empty() {
            true => alerts::find(db, who, &text).await?,
            false => Vec::new(),
        };
        let near: Vec<Described> =
            near.into_iter().filter(|one| one.circle == *circle).take(N_NEAR).collect();
        let view = match (found.sought.is_empty(), near.is_empty()) {
            (true, _) => nothing_asked().into_any(),
            (false, true) => results(&base, &asked, &found, &names),
            (false, false) => nearly(&near),
        };
        Ok(Page::new(
            title,
            view! {
                <h1>"Search"</h1>
                {form}
                {view}
            },
        ))
    })
}

/// What is shown of alerts whose words are only like those that were typed.
const N_NEAR: usize = 10;

/// Nothing has the words as they were typed; an alert is looked for in a hurry.
fn nearly(near: &[Described]) -> AnyView {
    let rows: Vec<_> = near
        .iter()
        .map(|one| {
            let (name, place) = (one.name.clone(), format!("Alert · {}", one.service_name));
            view! {
                <li>
                    <div><a class="cover" href=place_address(one)>{name}</a></div>
                    <span class="meta">{place}</span>
                </li>
            }
        })
        .collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="near">
            <h2 id="near">"Nothing has all of these words. Did you mean one of these alerts?"</h2>
            <ul class="rows">{rows}</ul>
        </section>
    }
    .into_any()
}

fn form(base: &str, text: &str, kind: Option<Kind>) -> impl IntoView + use<> {
    let kind = kind.map(|kind| view! { <input type="hidden" name="kind" value=kind.as_str()/> });
    view! {
        <form method="get" action=format!("{base}/search") class="filter" role="search" aria-label="Everything in this circle">
            <div class="field grow">
                <label for="q">"Words"</label>
                <input type="search" id="q" name="q" value=text.to_owned() maxlength=TEXT_LIMIT.to_string() autocomplete="off"/>
            </div>
            {kind}
            <button class="btn primary">"Search"</button>
        </form>
    }
}

fn nothing_asked() -> impl IntoView {
    let text = "Services, runbooks, alerts, incidents, postmortems, documents, actions and people are found by their \
                words, and by how words begin: replica lag, INC-12, PostgresReplicationLagHigh.";
    view! { <Empty title="What are you looking for?" text=text/> }
}

fn results(base: &str, asked: &Asked, found: &Found, names: &BTreeMap<String, String>) -> AnyView {
    let kinds = kinds(base, asked, found);
    if found.hits.is_empty() {
        return view! { {kinds}{nothing_found(base, asked, found)} }.into_any();
    }
    let rows: Vec<_> = found.hits.iter().map(|hit| row(base, &found.sought, hit, names)).collect();
    let shown = u32::try_from(found.hits.len()).unwrap_or(u32::MAX);
    let per_page = u32::try_from(PAGE).unwrap_or(u32::MAX);
    let total = (!found.is_many).then(|| u64::try_from(found.n).unwrap_or_default());
    let here = page_address(base, &asked.text, asked.kind);
    let is_long = asked.page > 1 || found.is_many || found.hits.len() == PAGE;
    let more = found.is_many && found.hits.len() == PAGE;
    let pager = is_long.then(|| {
        view! { <Pager page=asked.page per_page=per_page shown=shown total=total more=more base=here/> }
    });
    view! {
        {kinds}
        <ol class="rows">{rows}</ol>
        {pager}
    }
    .into_any()
}

/// How much there is of each kind; each is a link to those alone.
fn kinds(base: &str, asked: &Asked, found: &Found) -> AnyView {
    if found.is_many {
        let words = format!("More than {MANY} fit. The newest stand first; another word makes them fewer.");
        return view! { <p class="meta" role="status">{words}</p> }.into_any();
    }
    let link = |kind: Option<Kind>, words: String| {
        let current = (kind == asked.kind).then_some("true");
        let href = page_address(base, &asked.text, kind);
        view! { <li><a href=href aria-current=current>{words}</a></li> }
    };
    let n_all: i64 = found.kinds.iter().map(|(_, n)| n).sum();
    if n_all == 0 {
        return ().into_any();
    }
    let each: Vec<_> =
        found.kinds.iter().map(|(kind, n)| link(Some(*kind), format!("{} {n}", kind.plural()))).collect();
    view! {
        <nav class="tabs" aria-label="Kinds">
            <ul>{link(None, format!("Everything {n_all}"))}{each}</ul>
        </nav>
    }
    .into_any()
}

fn nothing_found(base: &str, asked: &Asked, found: &Found) -> AnyView {
    let everything = page_address(base, &asked.text, None);
    if asked.page > 1 {
        let text = "There are fewer results than the address asks for.";
        return view! {
            <Empty title="The list ends before this page" text=text>
                <a class="btn" href=everything>"To the first page"</a>
            </Empty>
        }
        .into_any();
    }
    if asked.kind.is_some() && !found.kinds.is_empty() {
        let text = "Something else has these words.";
        return view! {
            <Empty title="Nothing of this kind" text=text><a class="btn" href=everything>"Show everything"</a></Empty>
        }
        .into_any();
    }
    let text = "Every word has to occur. Leave one out, or write only how it begins.";
    view! { <Empty title="Nothing has all of these words" text=text/> }.into_any()
}

fn row(base: &str, sought: &Sought, hit: &Hit, names: &BTreeMap<String, String>) -> impl IntoView + use<> {
    let service = hit.service.as_ref().filter(|_| hit.kind != Kind::Service);
    let service = service.and_then(|slug| names.get(slug)).map(|name| format!(" · {name}"));
    let excerpt = pieces(sought.excerpt(&hit.body));
    let excerpt = (!hit.body.is_empty()).then(|| view! { <p class="meta long">{excerpt}</p> });
    // An alert has a page of its own for the night, whatever circle it is in.
    let href = match hit.kind {
        Kind::Alert => {
            let circle = base.trim_start_matches("/circles/");
            let service = hit.service.as_deref().unwrap_or_default();
            alert_address_in(circle, service, &hit.title)
        }
        _ => format!("{base}{}", hit.path),
    };
    let has_number = matches!(hit.kind, Kind::Incident | Kind::Postmortem | Kind::Action);
    let number = hit.path.rsplit('/').next().filter(|_| has_number).map(|number| format!("{number} "));
    view! {
        <li>
            <div>
                <a class="cover" href=href>{number}<bdi>{pieces(sought.marked(&plain(&hit.title)))}</bdi></a>
                {excerpt}
            </div>
            <span class="meta">{hit.kind.title()}{service}</span>
        </li>
    }
}

fn pieces(pieces: Vec<Piece>) -> Vec<AnyView> {
    let one = |piece: Piece| match piece.is_sought {
        true => view! { <mark>{piece.text}</mark> }.into_any(),
        false => piece.text.into_any(),
    };
    pieces.into_iter().map(one).collect()
}

fn page_address(base: &str, text: &str, kind: Option<Kind>) -> String {
    address(&format!("{base}/search"), &[("q", text), ("kind", kind.map_or("", Kind::as_str))])
}
