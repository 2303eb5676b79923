//! The postmortems of a circle, with filters that stand in the address, and the
//! form that brings one in from elsewhere.

use std::hash::{DefaultHasher, Hash, Hasher};

use backend::Error;
use backend::postmortems::importing::{MarkdownFile, take};
use backend::postmortems::{self, Listed, Owed, PAGE, Postmortem, Wanted};
use backend::services;
use domain::people::Role;
use domain::postmortem::{Reading, State};
use leptos::prelude::*;

use super::members::listing::page_asked;
use super::services::counted;
use super::sign_in::done;
use crate::components::{Empty, ErrorSummary, Pager, Scroll, TextArea, TextField};
use crate::filtering::{Query, address, option, set_filters, unknown_words};
use crate::form::{Form, Posted, again};
use crate::server::asked_uri;
use crate::shell::{Loading, Page, Section, circle_page};

/// Every postmortem that the address asks for, the newest first.
pub fn get() -> Loading {
    let page = page_asked();
    let query = asked_uri().query().unwrap_or_default().to_owned();
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let services: Vec<(String, String)> =
            services::list(db, who, circle).await?.into_iter().map(|one| (one.slug, one.name)).collect();
        let (wanted, unknown) = read(&query, &services);
        let listed = postmortems::of_circle(db, who, circle, &wanted, page).await?;
        let path = format!("/circles/{circle}/postmortems");
        let works = here.member.role != Role::Reader;
        let owed = owed(circle, &postmortems::owed(db, who, circle).await?, works);
        let shown = match listed.n_all {
            0 => none_yet(circle, works).into_any(),
            _ => found(&listed, &wanted, &unknown, &services, page, &path).into_any(),
        };
        let write = format!("/circles/{circle}/write-postmortem");
        Ok(Page::new(
            format!("Postmortems – {}", here.member.circle_name),
            view! {
                <ErrorSummary/>
                <div class="head">
                    <h1>"Postmortems"</h1>
                    {works.then(|| view! { <a class="btn primary" href=write>"Write a postmortem"</a> })}
                </div>
                <p class="lead">{truth(&listed)}</p>
                {done(&[
                    ("imported", "What was new is brought in as drafts."),
                    ("known", "Files of these names were brought in before. Nothing has changed."),
                ])}
                {report()}
                {owed}
                {shown}
                {works.then(import_form)}
            },
        ))
    })
}

/// Brings in files, or a text that was pasted.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let mut files: Vec<MarkdownFile> = form
        .files
        .iter()
        .map(|file| MarkdownFile { path: file.name.clone(), bytes: file.bytes.clone() })
        .collect();
    let pasted = pasted(form.get("words"), form.get("name"));
    files.extend(pasted.iter().map(|(path, words)| file(path, words)));
    // What was looked at before it is brought in comes back as text.
    let looked = form.all("looked-name").into_iter().zip(form.all("looked-text"));
    files.extend(looked.map(|(path, text)| file(path, text)));
    if files.is_empty() {
        backend::circles::member(&form.site.db, &who, circle).await?;
        return Err(Error::refused("words", "Choose a file, or paste the text."));
    }
    if form.get("do") == "look" {
        backend::circles::member(&form.site.db, &who, circle).await?;
        return Err(Error::Refused(Vec::new()));
    }
    let imported = take(&form.site.db, &who, circle, &files, form.asked.received_at).await?;
    let what = if imported.n_added > 0 { "imported" } else { "known" };
    Ok(format!("/circles/{circle}/postmortems?done={what}"))
}

fn file(path: &str, text: &str) -> MarkdownFile {
    MarkdownFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// The text that was pasted, if one was, under its name.
fn pasted<'w>(words: &'w str, name: &str) -> Option<(String, &'w str)> {
    let name = name.trim();
    let path = || if name.is_empty() { pasted_name(words) } else { name.to_owned() };
    (!words.trim().is_empty()).then(|| (path(), words))
}

/// What a pasted text is called that nobody named: the same text the same, and
/// without a digit, so that no day is read from it.
fn pasted_name(words: &str) -> String {
    let mut hash = DefaultHasher::new();
    words.hash(&mut hash);
    let letter =
        |digit: u8| if digit.is_ascii_digit() { char::from(digit - b'0' + b'g') } else { char::from(digit) };
    let letters: String = format!("{:016x}", hash.finish()).bytes().map(letter).collect();
    format!("pasted-{letters}.md")
}

fn read(query: &str, services: &[(String, String)]) -> (Wanted, Vec<String>) {
    let query = Query::of(query);
    let (mut wanted, mut unknown) = (Wanted::default(), Vec::new());
    if let Some(state) = query.value("state") {
        wanted.state = State::parse(state);
        if wanted.state.is_none() {
            unknown.push(unknown_words("state", state));
        }
    }
    if let Some(service) = query.value("service") {
        match services.iter().any(|(slug, _)| slug == service) {
            true => wanted.service = service.to_owned(),
            false => unknown.push(unknown_words("service", service)),
        }
    }
    if let Some(text) = query.value("q") {
        wanted.text = text.chars().take(100).collect();
    }
    (wanted, unknown)
}

fn address_of(path: &str, wanted: &Wanted) -> String {
    let state = wanted.state.map(State::as_str).unwrap_or_default();
    address(path, &[("state", state), ("service", &wanted.service), ("q", &wanted.text)])
}

/// What was decided and is not begun.
fn owed(circle: &str, owed: &[Owed], works: bool) -> Option<AnyView> {
    let rows: Vec<_> = owed
        .iter()
        .map(|one| {
            let number = format!("INC-{}", one.incident);
            let incident = format!("/circles/{circle}/incidents/{number}");
            let write = format!("/circles/{circle}/write-postmortem?incident={number}");
            let write = works.then(|| view! { <a class="btn small nowrap" href=write>"Write it"<span class="vh">": "{number.clone()}</span></a> });
            view! { <li><a href=incident>{number.clone()}" "<bdi>{one.title.clone()}</bdi></a>{write}</li> }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="owed">
                <h2 id="owed">"Decided, and not begun"</h2>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn truth(listed: &Listed) -> String {
    match listed.n_all {
        0 => {
            "What went wrong, what contributed to it, and what is done so that it helps next time.".to_owned()
        }
        1 => "The circle has 1 postmortem.".to_owned(),
        n => format!("The circle has {n} postmortems."),
    }
}

fn none_yet(circle: &str, works: bool) -> impl IntoView + use<> {
    let write = format!("/circles/{circle}/write-postmortem");
    view! {
        <Empty
            title="No postmortems yet"
            text="A postmortem tells conditions, not persons. It begins with what an incident knows, and ends with actions."
        >
            {works.then(|| view! { <a class="btn" href=write>"Write the first one"</a> })}
        </Empty>
    }
}

fn found(
    listed: &Listed,
    wanted: &Wanted,
    unknown: &[String],
    services: &[(String, String)],
    page: u32,
    path: &str,
) -> impl IntoView + use<> {
    let mut set = Vec::new();
    if let Some(state) = wanted.state {
        set.push((state.title().to_owned(), address_of(path, &Wanted { state: None, ..wanted.clone() })));
    }
    if !wanted.service.is_empty() {
        let without = Wanted { service: String::new(), ..wanted.clone() };
        set.push((format!("Service {}", wanted.service), address_of(path, &without)));
    }
    if !wanted.text.is_empty() {
        let without = Wanted { text: String::new(), ..wanted.clone() };
        set.push((format!("Has “{}”", wanted.text), address_of(path, &without)));
    }
    let shown = if listed.rows.is_empty() {
        let words: Vec<&str> = set.iter().map(|(words, _)| words.as_str()).collect();
        let title = if words.is_empty() {
            "Nothing on this page".to_owned()
        } else {
            format!("Nothing matches {}", words.join(", "))
        };
        let path = path.to_owned();
        view! {
            <Empty title=title text="The circle has postmortems; these filters show none of them.">
                <a class="btn" href=path>"Clear the filters"</a>
            </Empty>
        }
        .into_any()
    } else {
        table(listed, page, path, &address_of(path, wanted))
    };
    view! {
        {bar(path, wanted, services)}
        {set_filters(set, path.to_owned(), unknown)}
        {shown}
    }
}

fn bar(path: &str, wanted: &Wanted, services: &[(String, String)]) -> impl IntoView + use<> {
    let states = State::ALL.map(|state| option(state.as_str(), state.title(), wanted.state == Some(state)));
    let services: Vec<_> =
        services.iter().map(|(slug, name)| option(slug, name, wanted.service == *slug)).collect();
    view! {
        <form class="filter many" method="get" action=path.to_owned() role="search" aria-label="Filter the postmortems">
            <label>"State"<select name="state"><option value="">"All states"</option>{states.collect_view()}</select></label>
            <label>"Service"<select name="service"><option value="">"All services"</option>{services}</select></label>
            <label>
                "Words"
                <input type="search" name="q" value=wanted.text.clone() autocomplete="off" maxlength="100"/>
            </label>
            <button class="btn">"Show"</button>
        </form>
    }
}

fn table(listed: &Listed, page: u32, path: &str, base: &str) -> AnyView {
    let rows: Vec<_> = listed.rows.iter().map(|one| row(one, path)).collect();
    let shown = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let total = u64::try_from(listed.n_found).unwrap_or_default();
    view! {
        <Scroll name="Postmortems">
            <table class="fold">
                <caption class="vh">"Postmortems, the newest first"</caption>
                <thead><tr>
                    <th scope="col">"Postmortem"</th>
                    <th scope="col">"Happened"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Service"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
        {(total > u64::from(PAGE)).then(|| view! {
            <Pager page=page per_page=PAGE shown=shown total=total base=base.to_owned()/>
        })}
    }
    .into_any()
}

fn row(one: &Postmortem, path: &str) -> impl IntoView + use<> {
    let href = format!("{path}/{}", one.number);
    let happened = one.happened_on.map_or("Not known".to_owned(), |day| day.format("%-d %b %Y").to_string());
    let service = if one.service.is_empty() { "–".to_owned() } else { one.service.clone() };
    let title = format!("{} {}", one.number, one.title);
    view! {
        <tr>
            <th scope="row"><a href=href><bdi>{title}</bdi></a></th>
            <td data-label="Happened">{happened}</td>
            <td data-label="State"><span class="tag">{one.state.title()}</span></td>
            <td data-label="Service">{service}</td>
        </tr>
    }
}

/// What could be read of the files that were chosen, and the button that brings
/// them in.
fn report() -> Option<AnyView> {
    let again = again();
    if again.get("do") != Some("look") || again.has_problems() {
        return None;
    }
    let chosen = again.all("file-name").into_iter().zip(again.all("file-text"));
    let words = again.get("words").unwrap_or_default();
    let pasted = pasted(words, again.get("name").unwrap_or_default());
    let files: Vec<(String, String)> = chosen
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .chain(pasted.map(|(name, text)| (name, text.to_owned())))
        .collect();
    let (rows, hidden): (Vec<_>, Vec<_>) = files
        .into_iter()
        .map(|(path, text)| {
            let file = file(&path, &text);
            if text.contains('\0') {
                let row = view! { <li><code class="long">{path}</code><span>"It is not text, and stays out."</span></li> };
                return (row.into_any(), None);
            }
            (report_row(&path, &file.read()).into_any(), Some((path, text)))
        })
        .unzip();
    let hidden: Vec<_> = hidden
        .into_iter()
        .flatten()
        .map(|(name, text)| {
            view! {
                <input type="hidden" name="looked-name" value=name/>
                <input type="hidden" name="looked-text" value=text/>
            }
        })
        .collect();
    let take = (!hidden.is_empty()).then(|| {
        view! {
            <form method="post" enctype="multipart/form-data">
                {hidden}
                <button class="btn primary" name="do" value="take">"Bring them in"</button>
            </form>
        }
    });
    Some(
        view! {
            <section class="panel" aria-labelledby="report">
                <h2 id="report">"What is in them"</h2>
                <ul class="rows">{rows}</ul>
                {take}
            </section>
        }
        .into_any(),
    )
}

fn report_row(path: &str, reading: &Reading) -> impl IntoView + use<> {
    let n = |n: usize, thing: &str| counted(i64::try_from(n).unwrap_or(i64::MAX), thing);
    let day = reading.date.map_or("no day".to_owned(), |day| day.format("%-d %b %Y").to_string());
    let events = match reading.timeline.len() {
        1 => "1 entry of its timeline".to_owned(),
        n => format!("{n} entries of its timeline"),
    };
    let n_bare = reading.actions.iter().filter(|action| action.owner.is_none()).count();
    let bare = if n_bare == 0 { String::new() } else { format!(", {n_bare} without an owner") };
    let words = format!("{day}, {events}, {}{bare}", n(reading.actions.len(), "action"));
    view! {
        <li>
            <div>
                <bdi>{reading.title.clone()}</bdi>
                <p class="meta"><code class="long">{path.to_owned()}</code></p>
            </div>
            <span class="meta">{words}</span>
        </li>
    }
}

fn import_form() -> impl IntoView {
    let problem = again().problem("words").is_some() || again().problem("file").is_some();
    view! {
        <details class="no-print" open=problem>
            <summary>"Bring in one that was written elsewhere"</summary>
            <form method="post" enctype="multipart/form-data" class="form" novalidate>
                <p>"Markdown of any shape: its title, day, timeline and actions are read, and the text is kept as it is."</p>
                <div class="field">
                    <label for="file">"Files"</label>
                    <input id="file" type="file" name="file" multiple accept=".md,.markdown,.txt,text/markdown,text/plain"/>
                </div>
                <TextArea name="words" label="Or paste it" rows=6/>
                <TextField name="name" label="Name of the file" hint="For what is pasted. It may tell the day, for example 2026-11-20-checkout.md."/>
                <div class="cluster">
                    <button class="btn primary" name="do" value="look">"See what is in it"</button>
                    <button class="btn" name="do" value="take">"Bring it in"</button>
                </div>
            </form>
        </details>
    }
}
