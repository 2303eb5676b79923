//! The versions of a runbook, and what each changed.

use backend::runbooks::history::{self, Changed, PER_PAGE, Version};
use backend::runbooks::{self, MAIN};
use chrono_tz::Tz;
use domain::runbook::diff::{Became, Hunk, Line, counts, diff};
use leptos::prelude::*;

use super::members::listing::page_asked;
use super::runbook::words::address;
use super::service_edit::trail;
use crate::components::{Breadcrumb, Empty, Pager, Time};
use crate::server::query_value;
use crate::shell::{Loading, Page, Section, circle_page, path_param};

/// The list, and the difference that the address asks for: of the newest version
/// where it asks for none.
pub fn get() -> Loading {
    let slug = path_param("service");
    circle_page(Section::Services, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let newest = runbooks::find(db, who, circle, &slug).await?;
        let number = |name: &str| query_value(name).and_then(|n| n.parse::<i64>().ok());
        let version = number("version").unwrap_or(newest.version);
        let with = number("with").unwrap_or(version - 1);
        let (runbook, changed) = history::compared(db, who, circle, &slug, version, with).await?;
        let page = page_asked();
        let versions = history::versions(db, &runbook, page).await?;
        let base = format!("/circles/{circle}/services/{slug}/runbook/history");
        let mut trail = trail(circle, &runbook.service);
        trail.push(("Runbook".to_owned(), address(circle, &slug, MAIN)));
        let zone = here.member.zone;
        let shown = if newest.version == 0 {
            view! { <Empty title="No versions yet" text="Each change of the runbook stands here, with what it changed."/> }.into_any()
        } else {
            let total = u64::try_from(newest.version).unwrap_or_default();
            let n_shown = u32::try_from(versions.len()).unwrap_or_default();
            let list = versions.iter().map(|one| entry(one, version, &base, zone)).collect_view();
            view! {
                <div class="split">
                    <div class="stack" data-loose="">{differences(&runbook, &changed, version, with)}</div>
                    <aside class="stack" aria-label="Versions">
                        <h2>"Versions"</h2>
                        <ol class="stack versions" data-tight="">{list}</ol>
                        {(total > u64::from(PER_PAGE)).then(|| view! {
                            <Pager page=page per_page=PER_PAGE shown=n_shown total=total base=base.clone()/>
                        })}
                    </aside>
                </div>
            }
            .into_any()
        };
        Ok(Page::new(
            format!("History – Runbook of {}", runbook.service.name),
            view! {
                <Breadcrumb trail=trail/>
                <h1>{format!("History of the runbook of {}", runbook.service.name)}</h1>
                {shown}
            },
        ))
    })
}

fn entry(one: &Version, current: i64, base: &str, zone: Tz) -> impl IntoView + use<> {
    let href = format!("{base}?version={}", one.version);
    let is_current = (one.version == current).then_some("true");
    let by = one.made_by.clone().unwrap_or_else(|| "the command line".to_owned());
    let note = (!one.note.is_empty()).then(|| view! { <br/><span>{one.note.clone()}</span> });
    let title = format!("Version {}", one.version);
    view! {
        <li>
            <a href=href aria-current=is_current>{title}</a>
            <span class="meta">" · "<Time at=one.made_at zone=zone/>" · "{by}</span>
            {note}
        </li>
    }
}

/// Pages whose difference is shown; an import may change hundreds at once.
const PAGES_AT_ONCE: usize = 50;

fn differences(
    runbook: &runbooks::Runbook,
    changed: &[Changed],
    version: i64,
    with: i64,
) -> impl IntoView + use<> {
    let read = format!(
        "/circles/{}/services/{}/runbook?version={version}",
        runbook.member.circle, runbook.service.slug
    );
    let title = match with {
        0 => "The first version".to_owned(),
        with => format!("From version {with} to {version}"),
    };
    let others: Vec<&str> = changed.iter().skip(PAGES_AT_ONCE).map(Changed::title).collect();
    let others = (!others.is_empty()).then(|| {
        let words = format!("{} pages more have changed: {}", others.len(), others.join(", "));
        view! { <p class="meta long">{words}</p> }
    });
    let pages: Vec<_> = changed
        .iter()
        .take(PAGES_AT_ONCE)
        .map(|one| {
            let before = one.before.as_ref().map_or("", |page| page.content.as_str());
            let after = one.after.as_ref().map_or("", |page| page.content.as_str());
            let hunks = diff(before, after);
            let (added, removed) = counts(&hunks);
            let what = match (&one.before, &one.after) {
                (None, _) => "new page",
                (_, None) => "taken out",
                _ => "changed",
            };
            let words = format!("{what} · {}", counts_words(added, removed));
            let id = format!("page-{}", one.page());
            let heading = id.clone();
            view! {
                <section class="stack" data-tight="" aria-labelledby=heading>
                    <h3 id=id>{one.title().to_owned()}</h3>
                    <p class="meta">{words}</p>
                    {difference(&hunks)}
                </section>
            }
        })
        .collect();
    let none = pages.is_empty().then(|| view! { <p>"Both versions read the same."</p> });
    view! {
        <h2>{title}</h2>
        <p><a href=read>{format!("Read version {version}")}</a></p>
        {none}
        {pages}
        {others}
    }
}

/// "1 line added, 2 removed"
pub fn counts_words(added: usize, removed: usize) -> String {
    let lines = if added == 1 { "line" } else { "lines" };
    format!("{added} {lines} added, {removed} removed")
}

/// Lines of a difference that are shown at most.
const N_LINES: usize = 600;

/// What was added and removed, told by a sign, a word and a colour.
pub fn difference(hunks: &[Hunk]) -> AnyView {
    if hunks.is_empty() {
        return view! { <p class="meta">"Nothing changes."</p> }.into_any();
    }
    let n_lines: usize = hunks.iter().map(|hunk| hunk.lines.len()).sum();
    let mut left = N_LINES;
    let parts: Vec<_> = hunks
        .iter()
        .take_while(|hunk| {
            let fits = left > 0;
            left = left.saturating_sub(hunk.lines.len());
            fits
        })
        .map(|hunk| {
            let from = hunk.lines.iter().find_map(|line| line.is.or(line.was)).unwrap_or(1);
            let lines = hunk.lines.iter().take(N_LINES).map(line).collect_view();
            view! { <p class="hint">{format!("From line {from}")}</p><div class="diff">{lines}</div> }
        })
        .collect();
    let more = (n_lines > N_LINES).then(|| view! { <p class="meta">"There is more than is shown here."</p> });
    view! { {parts}{more} }.into_any()
}

fn line(line: &Line) -> AnyView {
    let text = if line.text.is_empty() { "\u{a0}".to_owned() } else { line.text.clone() };
    match line.became {
        Became::Same => view! { <div><span aria-hidden="true">"\u{a0} "</span>{text}</div> }.into_any(),
        Became::Added => view! {
            <ins><span aria-hidden="true">"+ "</span><span class="vh">"Added: "</span>{text}</ins>
        }
        .into_any(),
        Became::Removed => view! {
            <del><span aria-hidden="true">"− "</span><span class="vh">"Removed: "</span>{text}</del>
        }
        .into_any(),
    }
}
