//! The runbook of a service, as it reads today or as it read once.

pub mod words;

use backend::alerts::remarks::{self, Remark};
use backend::runbooks::{self, MAIN, Page as Written, Runbook};
use backend::services::{self, Step};
use domain::runbook::{AlertSection, Document, Filling, Section as Part};
use leptos::prelude::*;

use self::words::{
    Under, address, alert_address, alert_address_in, filling_view, odd, pieces, rendered_in, without_front,
};
use super::question_edit::resting::resting_on;
use super::service::hub::step_row;
use super::service_edit::trail;
use super::sign_in::done;
use crate::components::{Breadcrumb, Empty, Fact, Facts, Notice, NoticeKind, TextField, Time};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// One page of it: the eight sections, or an alert that has a page of its own.
pub fn get() -> Loading {
    let slug = path_param("service");
    circle_page(Section::Services, move |here| async move {
        let version = query_value("version").and_then(|version| version.parse().ok());
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let runbook = runbooks::at(db, who, circle, &slug, version).await?;
        let name = query_value("page").unwrap_or_else(|| MAIN.to_owned());
        let page = runbook.page(&name).cloned();
        if page.is_none() && name != MAIN {
            return Err(backend::Error::NotFound);
        }
        let title = match &page {
            Some(page) if !page.is_main() => page.title.clone(),
            _ => format!("Runbook of {}", runbook.service.name),
        };
        let resting = resting_on(&here, &format!("runbook:{slug}")).await?;
        let steps = services::escalation(db, who, circle, &slug).await?;
        let remarks = remarks::waiting(db, who, circle, &slug).await?;
        Ok(Page::new(
            format!("{title} – {}", runbook.service.name),
            view! {
                <Breadcrumb trail=trail_to(&runbook, &name)/>
                <div class="head">
                    <h1>{title}</h1>
                    {runbook.may_write().then(|| {
                        let words = if page.is_some() { "Edit" } else { "Write it" };
                        view! { <a class="btn primary no-print" href=edit_address(&runbook, &name)>{words}</a> }
                    })}
                </div>
                {done(&[
                    ("saved", "Saved as a new version."),
                    ("same", "Nothing has changed, so there is no new version."),
                    ("dropped", "Your draft is gone. The page stays as it was."),
                    ("removed", "The page is taken out. Earlier versions keep it."),
                ])}
                {old_version(&runbook)}
                {waiting(&here, &slug, &remarks)}
                <div class="split" data-read="">
                    <div class="stack" data-loose="">{body(&runbook, page.as_ref())}{whom_to_call(&steps)}</div>
                    <aside class="stack" aria-label="About this runbook">{aside(&here, &runbook, page.as_ref())}{resting}</aside>
                </div>
            },
        ))
    })
}

fn trail_to(runbook: &Runbook, name: &str) -> Vec<(String, String)> {
    let mut trail = trail(&runbook.member.circle, &runbook.service);
    if name != MAIN {
        trail.push(("Runbook".to_owned(), address(&runbook.member.circle, &runbook.service.slug, MAIN)));
    }
    trail
}

fn edit_address(runbook: &Runbook, page: &str) -> String {
    let base = format!("/circles/{}/services/{}/runbook/edit", runbook.member.circle, runbook.service.slug);
    if page == MAIN { base } else { format!("{base}?page={page}") }
}

fn old_version(runbook: &Runbook) -> Option<AnyView> {
    let now = address(&runbook.member.circle, &runbook.service.slug, MAIN);
    (runbook.version != runbook.newest).then(|| {
        let title = format!("This is version {}; the newest is {}", runbook.version, runbook.newest);
        view! { <Notice kind=NoticeKind::Info title=title><p><a href=now>"Read the newest"</a></p></Notice> }
            .into_any()
    })
}

fn body(runbook: &Runbook, page: Option<&Written>) -> AnyView {
    let Some(page) = page else {
        return match runbook.pages.is_empty() {
            true => nothing_yet(runbook).into_any(),
            false => view! {
                <Empty title="The eight sections are not written yet"
                    text="There are pages for alerts; what the service is and whom to call is still to be written."/>
                {own_pages(runbook)}
            }
            .into_any(),
        };
    };
    let document = page.read();
    let text = without_front(&page.content, &document);
    let shown = pieces(text).into_iter().map(|piece| {
        view! { <div class="prose" inner_html=rendered_in(runbook, piece, Under::H1)></div> }
    });
    view! {
        {document.redirect.clone().map(redirect_notice)}
        {odd(&document)}
        {shown.collect_view()}
        {page.is_main().then(|| own_pages(runbook))}
    }
    .into_any()
}

/// What somebody who used it found wrong, until it is put right.
fn waiting(here: &InCircle, service: &str, remarks: &[Remark]) -> Option<AnyView> {
    let zone = here.member.zone;
    let rows: Vec<_> = remarks
        .iter()
        .map(|remark| {
            let href = alert_address_in(&here.member.circle, service, &remark.alert);
            let said = format!("{}, said {}, ", remark.verdict.title(), remark.made_by);
            let note =
                (!remark.note.is_empty()).then(|| view! { <p class="lines">{remark.note.clone()}</p> });
            view! {
                <li>
                    <a href=href>{remark.alert.clone()}</a>": "{said}<Time at=remark.made_at zone=zone/>
                    {note}
                </li>
            }
        })
        .collect();
    let title = match rows.len() {
        0 => return None,
        1 => "Somebody who used it found a fault".to_owned(),
        n => format!("{n} faults were found by those who used it"),
    };
    Some(
        view! {
            <Notice kind=NoticeKind::Info title=title>
                <ul class="stack" data-tight="">{rows}</ul>
                <p class="meta">"Each stands here until its page is changed."</p>
            </Notice>
        }
        .into_any(),
    )
}

/// The escalation path, which is printed with the runbook.
fn whom_to_call(steps: &[Step]) -> Option<AnyView> {
    let rows: Vec<_> = steps.iter().map(step_row).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="whom">
                <h2 id="whom">"Whom to call"</h2>
                <ol class="rows">{rows}</ol>
            </section>
        }
        .into_any()
    })
}

fn redirect_notice(target: String) -> impl IntoView {
    let title = format!("This page only leads to {target}");
    view! { <Notice kind=NoticeKind::Info title=title/> }
}

fn nothing_yet(runbook: &Runbook) -> impl IntoView + use<> {
    let import = format!("/circles/{}/runbooks", runbook.member.circle);
    let text = "A runbook says what the service is, what was promised, whom to call, and for each alert what it means and what \
                to do. Write it here, or take in the files that you have.";
    let may = runbook.may_write();
    view! {
        <Empty title="No runbook yet" text=text>
            {may.then(|| view! { <a class="btn" href=import>"Take in files"</a> })}
        </Empty>
    }
}

/// The alerts that have a page of their own.
fn own_pages(runbook: &Runbook) -> Option<AnyView> {
    let others: Vec<_> = runbook
        .pages
        .iter()
        .filter(|page| !page.is_main())
        .map(|page| {
            let href = address(&runbook.member.circle, &runbook.service.slug, &page.page);
            // Two files may have one title; the page is called after its alert.
            let called = (page.page != page.title).then(|| {
                view! { " "<span class="hint">{page.page.clone()}</span> }
            });
            view! { <li><a href=href>{page.title.clone()}</a>{called}</li> }
        })
        .collect();
    (!others.is_empty()).then(|| {
        view! {
            <section class="stack" aria-labelledby="own">
                <h2 id="own">"Pages of their own"</h2>
                <ul class="columns">{others}</ul>
            </section>
        }
        .into_any()
    })
}

fn aside(here: &InCircle, runbook: &Runbook, page: Option<&Written>) -> AnyView {
    let zone = here.member.zone;
    let history =
        format!("/circles/{}/services/{}/runbook/history", here.member.circle, runbook.service.slug);
    let accountable =
        runbook.service.accountable.as_ref().filter(|one| one.is_there).map(|one| one.name.clone());
    let accountable = accountable.unwrap_or_else(|| "Nobody yet".to_owned());
    let changed = page.map(|page| {
        let by = page.made_by.clone().unwrap_or_else(|| "the command line".to_owned());
        let at = page.made_at;
        view! { <Fact name="Changed"><Time at=at zone=zone/>" by "{by}</Fact> }
    });
    let version = (runbook.version > 0).then(|| {
        let version = runbook.version.to_string();
        view! { <Fact name="Version">{version}" · "<a href=history>"History"</a></Fact> }
    });
    let from = page.filter(|page| !page.path.is_empty()).map(|page| {
        let path = page.path.clone();
        view! { <Fact name="From the file"><code>{path}</code></Fact> }
    });
    let document = page.map(Written::read);
    let all = format!("/circles/{}/runbooks", here.member.circle);
    view! {
        <p class="no-print"><a href=all>"Runbooks of the circle"</a></p>
        <Facts><Fact name="Accountable">{accountable}</Fact>{version}{changed}{from}</Facts>
        {document.as_ref().map(sections)}
        {document.as_ref().zip(page).map(|(document, page)| alerts(page, document, asks_of(here, runbook)))}
        {runbook.may_write().then(|| one_more(runbook))}
    }
    .into_any()
}

/// An alert that gets a page of its own.
fn one_more(runbook: &Runbook) -> impl IntoView + use<> {
    view! {
        <form method="get" action=edit_address(runbook, MAIN) class="form no-print">
            <TextField name="page" label="A page for one more alert" hint="Its name, as monitoring writes it."/>
            <div><button class="btn">"Write it down"</button></div>
        </form>
    }
}

/// How much of each section is there.
fn sections(document: &Document) -> impl IntoView + use<> {
    let rows = document.fillings.iter().map(|(section, filling)| {
        let title = section.title();
        let filling = *filling;
        view! { <li><span>{title}</span>{filling_view(filling)}</li> }
    });
    view! {
        <section class="stack" data-tight="" aria-labelledby="sections">
            <h2 id="sections">"Sections"</h2>
            <ul class="sections">{rows.collect_view()}</ul>
        </section>
    }
}

/// Where a leader makes a question of an alert; its name comes last.
fn asks_of(here: &InCircle, runbook: &Runbook) -> Option<String> {
    let leads = here.member.role == domain::people::Role::Leader;
    let (circle, service) = (&here.member.circle, &runbook.service.slug);
    leads.then(|| format!("/circles/{circle}/write-question?service={service}&from=alert:"))
}

/// The alerts of a page, with the way to what is read at night.
fn alerts(page: &Written, document: &Document, asks: Option<String>) -> Option<AnyView> {
    let row = |alert: &AlertSection| {
        let name = alert.names.first().cloned().unwrap_or_default();
        let others = alert.names.iter().skip(1).cloned().collect::<Vec<_>>().join(", ");
        let others = (!others.is_empty()).then(|| format!(" ({others})"));
        let lacks = alert.filling(&page.content, Part::Mitigation) != Filling::Filled
            && alert.rest(&page.content).is_empty();
        let lacks = lacks.then(|| view! { <span class="hint">"Nothing on what to do"</span> });
        let ask = asks.as_ref().map(|asks| {
            let href = format!("{asks}{}", crate::shell::encode(&name));
            view! { <a class="hint no-print" href=href>"Make a question of this"<span class="vh">": "{name.clone()}</span></a> }
        });
        view! { <li class="stack" data-tight=""><span><a href=alert_address(&name)>{name.clone()}</a>{others}</span>{lacks}{ask}</li> }
    };
    let rows: Vec<_> = document.alerts.iter().map(row).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="alerts-of-page">
                <h2 id="alerts-of-page">"For the night"</h2>
                <ul class="stack" data-tight="">{rows}</ul>
            </section>
        }
        .into_any()
    })
}
