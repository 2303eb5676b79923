//! Writing a page of a runbook: a draft that saves itself, a look at it, and
//! then a version.

use backend::Error;
use backend::runbooks::writing::{self, Place};
use backend::runbooks::{self, MAIN, Runbook};
use domain::runbook::diff::{counts, diff};
use domain::runbook::{Section as Part, page_name};
use domain::words::one_line;
use leptos::prelude::*;

use super::runbook::words::{Under, address, odd, pieces, rendered_in, script};
use super::runbook_history::{counts_words, difference};
use super::service_edit::trail;
use crate::components::{Breadcrumb, ErrorSummary, Notice, NoticeKind, TextArea, TextField, Time, city};
use crate::form::{Form, Posted, again};
use crate::server::query_value;
use crate::shell::{Loading, Page, Section, circle_page, path_param};

/// What keeps a draft while it is typed; the page works without it.
pub const SCRIPT: &str = include_str!("runbook_edit/drafting.js");

/// The form, with the own draft in it if there is one.
pub fn get() -> Loading {
    let slug = path_param("service");
    circle_page(Section::Services, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let runbook = runbooks::find(db, who, circle, &slug).await?;
        if !runbook.may_write() {
            return Err(Error::NotFound);
        }
        let asked = query_value("page").map(|asked| one_line(&asked)).unwrap_or_default();
        let name = page_name(&asked).unwrap_or_else(|| MAIN.to_owned());
        let draft = writing::draft(db, who, circle, &slug, &name).await?;
        let stored = runbook.page(&name);
        let title = match stored {
            Some(page) if !page.is_main() => format!("Edit {}", page.title),
            None if name != MAIN => format!("New page {asked}"),
            _ => format!("Runbook of {}", runbook.service.name),
        };
        let begins_with =
            stored.map_or_else(|| template(&runbook, &name, &asked), |page| page.content.clone());
        let based_on = stored.map_or(0, |page| page.version);
        let (content, based_on) =
            draft.as_ref().map_or((begins_with, based_on), |draft| (draft.content.clone(), draft.based_on));
        // Where the page was taken out meanwhile, what is saved is a new one.
        let based_on = if stored.is_none() { 0 } else { based_on };
        let shown_again = again().get("based_on").filter(|_| stored.is_some()).map(str::to_owned);
        let based_on_field = shown_again.unwrap_or_else(|| based_on.to_string());
        let back = address(circle, &slug, if stored.is_some() { &name } else { MAIN });
        let zone = here.member.zone;
        let mut trail = trail(circle, &runbook.service);
        trail.push(("Runbook".to_owned(), address(circle, &slug, MAIN)));
        let is_moved = stored.is_some_and(|page| page.version > based_on);
        let draft_note = draft.filter(|_| !again().is_again()).map(|draft| {
            view! {
                <Notice kind=NoticeKind::Info title="You go on with your draft">
                    <p>"Nobody else sees it. Saved "<Time at=draft.saved_at zone=zone/>"."</p>
                    <form method="post"><button class="btn small" name="do" value="drop">"Drop the draft"</button></form>
                </Notice>
            }
        });
        let remove = (stored.is_some() && query_value("confirm").as_deref() == Some("remove"))
            .then(|| confirm_removal(&back));
        let remove_link = (stored.is_some() && remove.is_none()).then(|| {
            let joint = if name == MAIN { "?" } else { "&" };
            let href = format!("{}{joint}confirm=remove", edit_address(circle, &slug, &name));
            view! { <p><a href=href>"Take this page out of the runbook"</a></p> }
        });
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>{title}</h1>
                {draft_note}
                {remove}
                {preview(&runbook, &name)}
                {is_moved.then(|| moved(&runbook, &name, &content))}
                <form method="post" class="form of-code" novalidate data-drafting="" data-zone=zone.name() data-city=city(zone)>
                    <input type="hidden" name="page" value=name.clone()/>
                    <input type="hidden" name="based_on" value=based_on_field/>
                    <TextArea name="content" label="The page" rows=24 value=content
                        hint="Markdown. Headings make the sections; below Alerts each alert has a heading of its own, with Meaning, Impact, Diagnosis and Mitigation."/>
                    <p class="meta" role="status" data-draft-state=""></p>
                    <TextField name="note" label="What changed, in a few words"
                        hint="For the history; may stay empty."/>
                    <div class="cluster">
                        <button class="btn primary" name="do" value="save">"Save as a version"</button>
                        <button class="btn" name="do" value="preview">"See it first"</button>
                        <a class="btn" href=back>"Leave it"</a>
                    </div>
                    <p class="hint">"To see it keeps your draft too."</p>
                </form>
                {remove_link}
                {script("drafting.js")}
            },
        ))
    })
}

/// Keeps the draft, shows it, or makes a version of it.
pub async fn post(form: Form) -> Posted {
    let (who, circle, service) = (form.who()?, form.param("circle")?, form.param("service")?);
    let page = page_of(&form);
    let place = Place { circle, service, page: &page };
    let (db, now, content) = (&form.site.db, form.asked.received_at, form.get("content"));
    let based_on = form.get("based_on").parse().unwrap_or(0);
    let edit = edit_address(circle, service, &page);
    match form.get("do") {
        "draft" => {
            writing::save_draft(db, &who, &place, content, based_on, now).await?;
            Ok(edit)
        }
        "drop" => {
            let asked =
                form.asked_page().and_then(|page| page_name(&page)).unwrap_or_else(|| MAIN.to_owned());
            let place = Place { page: &asked, ..place };
            writing::drop_draft(db, &who, &place).await?;
            let known = runbooks::find(db, &who, circle, service).await?.page(&asked).is_some();
            Ok(with_done(&address(circle, service, if known { &asked } else { MAIN }), "dropped"))
        }
        "remove" => {
            let asked =
                form.asked_page().and_then(|page| page_name(&page)).unwrap_or_else(|| MAIN.to_owned());
            writing::remove(db, &who, &Place { page: &asked, ..place }, now).await?;
            Ok(with_done(&address(circle, service, MAIN), "removed"))
        }
        "save" => {
            let before = runbooks::find(db, &who, circle, service).await?.version;
            let version = writing::save(db, &who, &place, content, based_on, form.get("note"), now).await?;
            let done = if version == before { "same" } else { "saved" };
            Ok(with_done(&address(circle, service, &page), done))
        }
        _ => {
            writing::save_draft(db, &who, &place, content, based_on, now).await?;
            Err(Error::Refused(Vec::new()))
        }
    }
}

fn page_of(form: &Form) -> String {
    let typed = form.get("page").trim();
    let page = if typed.is_empty() { form.asked_page().unwrap_or_default() } else { typed.to_owned() };
    if page.is_empty() { MAIN.to_owned() } else { page }
}

fn with_done(address: &str, done: &str) -> String {
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}done={done}")
}

fn edit_address(circle: &str, service: &str, page: &str) -> String {
    let base = format!("/circles/{circle}/services/{service}/runbook/edit");
    if page == MAIN { base } else { format!("{base}?page={}", crate::shell::encode(page)) }
}

/// What an empty page begins with.
fn template(runbook: &Runbook, name: &str, alert: &str) -> String {
    if name == MAIN {
        let sections = Part::OF_SERVICE.map(|section| format!("## {}\n\n", section.title())).concat();
        return format!("# {}\n\n{}", runbook.service.name, sections.trim_end());
    }
    let sections = Part::OF_ALERT.map(|section| format!("## {}\n\n", section.title())).concat();
    format!("# {alert}\n\n{}", sections.trim_end())
}

fn preview(runbook: &Runbook, name: &str) -> Option<AnyView> {
    let again = again();
    let content = again.get("content").filter(|_| again.get("do") == Some("preview"))?.to_owned();
    let before = runbook.page(name).map(|page| page.content.clone()).unwrap_or_default();
    let hunks = diff(&before, &content);
    let (added, removed) = counts(&hunks);
    let shown = pieces(&content).into_iter().map(|piece| {
        view! { <div class="prose" inner_html=rendered_in(runbook, piece, Under::H2)></div> }
    });
    let shown = shown.collect_view();
    let words = format!("What changes: {}", counts_words(added, removed));
    Some(
        view! {
            <section class="panel" aria-labelledby="preview">
                <h2 id="preview">"What it looks like"</h2>
                <p class="meta">"Kept as your draft. Nobody else sees it until you save it as a version."</p>
                {odd(&domain::runbook::read(name, &content))}
                {shown}
            </section>
            <details class="panel"><summary>{words}</summary>{difference(&hunks)}</details>
        }
        .into_any(),
    )
}

/// Somebody has made a version since this draft was begun.
fn moved(runbook: &Runbook, name: &str, draft: &str) -> AnyView {
    let Some(page) = runbook.page(name) else { return ().into_any() };
    let by = page.made_by.clone().unwrap_or_else(|| "the command line".to_owned());
    let words = format!("{by} has changed this page since you began");
    let hunks = diff(&page.content, draft);
    let version = page.version.to_string();
    let (name, draft) = (name.to_owned(), draft.to_owned());
    let shown = difference(&hunks);
    view! {
        <Notice kind=NoticeKind::Problem title=words>
            <p>"This is what your draft would do to the page as it reads now. Take over what is new, then save."</p>
            {shown}
            <form method="post">
                <input type="hidden" name="page" value=name/>
                <input type="hidden" name="content" value=draft/>
                <input type="hidden" name="based_on" value=version/>
                <button class="btn" name="do" value="draft">"I have seen it: go on from the newest version"</button>
            </form>
        </Notice>
    }
    .into_any()
}

fn confirm_removal(back: &str) -> impl IntoView + use<> {
    let back = back.to_owned();
    view! {
        <Notice kind=NoticeKind::Problem title="Take this page out of the runbook?">
            <p>"Its alerts are not found any more. Earlier versions keep the page."</p>
            <form method="post" class="cluster">
                <button class="btn danger" name="do" value="remove">"Take it out"</button>
                <a class="btn" href=back>"Keep it"</a>
            </form>
        </Notice>
    }
}
