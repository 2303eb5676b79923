//! What the pages about runbooks have in common.

use backend::runbooks::{MAIN, Page, Runbook};
use domain::runbook::{Document, Filling, linked};
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::components::{Notice, NoticeKind, Status, StatusKind};
use crate::filtering;
pub use crate::markdown::Under;
use crate::markdown::chapters;
use crate::shell::encode;

/// Where a page of a runbook stands.
pub fn address(circle: &str, service: &str, page: &str) -> String {
    let base = format!("/circles/{circle}/services/{service}/runbook");
    if page == MAIN { base } else { format!("{base}?page={}", encode(page)) }
}

/// Where an alert is read at night.
pub fn alert_address(name: &str) -> String {
    format!("/alerts/{}", encode(name).replace('/', "%2F"))
}

/// The same, of one service of one circle.
pub fn alert_address_in(circle: &str, service: &str, name: &str) -> String {
    filtering::address(&alert_address(name), &[("circle", circle), ("service", service)])
}

/// Markdown of a runbook as HTML; a link from file to file leads to the alert of
/// that name.
pub fn rendered(text: &str, under: Under) -> String {
    chapters(&linked(text, |name| Some(alert_address(name))), under)
}

/// The same among the pages of a runbook: a link to the file of one leads there.
pub fn rendered_in(runbook: &Runbook, text: &str, under: Under) -> String {
    let is_of = |page: &&Page, name: &str| {
        let file = page.path.rsplit('/').next().unwrap_or_default();
        let file = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        file.eq_ignore_ascii_case(name) || page.page.eq_ignore_ascii_case(name)
    };
    let resolve = |name: &str| {
        let page = runbook.pages.iter().find(|page| is_of(page, name));
        let address = page.map(|page| address(&runbook.member.circle, &runbook.service.slug, &page.page));
        Some(address.unwrap_or_else(|| alert_address(name)))
    };
    chapters(&linked(text, resolve), under)
}

/// The text without what stands before it for other programs, and without the
/// title, which the page has already.
pub fn without_front<'t>(text: &'t str, document: &Document) -> &'t str {
    let front = document.parts.first().filter(|part| part.section.is_none() && part.range.start == 0);
    let is_front = |part: &str| part.starts_with("---\n") || part.starts_with("+++\n");
    let text = match front {
        Some(part) if is_front(&text[part.range.clone()]) => &text[part.range.end..],
        _ => text,
    };
    let rest = text.trim_start();
    match rest.split_once('\n') {
        Some((first, rest))
            if first.trim_start_matches("# ").trim() == document.title && first.starts_with("# ") =>
        {
            rest
        }
        None if rest.trim_start_matches("# ").trim() == document.title => "",
        _ => text,
    }
}

/// A text cut before headings, each piece short enough to be shown.
pub fn pieces(text: &str) -> Vec<&str> {
    const LENGTH: usize = 30_000;
    let mut pieces = Vec::new();
    let (mut start, mut at, mut in_fence) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            in_fence = !in_fence;
        }
        if !in_fence && line.starts_with('#') && at - start > LENGTH {
            pieces.push(&text[start..at]);
            start = at;
        }
        at += line.len();
    }
    pieces.push(&text[start..]);
    pieces
}

/// How much of a section is there: what is filled is the quietest.
pub fn filling_view(filling: Filling) -> AnyView {
    let words = match filling {
        Filling::Filled => return view! { <Status kind=StatusKind::Ready words="Filled"/> }.into_any(),
        Filling::Todo => "To do",
        Filling::Empty => "Empty",
        Filling::Missing => "Missing",
    };
    view! { <Status kind=StatusKind::Gap words=words/> }.into_any()
}

/// What in a text may not read as it was meant, such as a fence that is never
/// closed.
pub fn odd(document: &Document) -> Option<AnyView> {
    let row = |n: u32, what: &str| view! { <li>{format!("Line {n}: {what}.")}</li> };
    let rows: Vec<_> = document.findings.iter().map(|one| row(one.line, &one.what)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <Notice kind=NoticeKind::Problem title="This may not read as it was meant">
                <ul class="stack" data-tight="">{rows}</ul>
            </Notice>
        }
        .into_any()
    })
}

/// A small script of ours, which the page works without.
pub fn script(name: &'static str) -> impl IntoView {
    view! { <script nonce=use_nonce() src=format!("/scripts/{name}") defer></script> }
}
