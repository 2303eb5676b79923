//! Alerts against runbooks, both ways: what monitoring knows and nobody wrote
//! about, and what was written about something that is gone.

use std::collections::BTreeMap;

use backend::alerts::addresses;
use backend::alerts::rules::{self, Covered, RuleFile};
use backend::services;
use chrono_tz::Tz;
use domain::alert::Looked;
use domain::alert::coverage::{Coverage, Dead};
use domain::people::Role;
use domain::runbook::page_name;
use leptos::prelude::*;

use super::runbook::words::alert_address;
use super::services::counted;
use super::sign_in::done;
use crate::components::{
    Breadcrumb, Empty, ErrorSummary, Notice, NoticeKind, Scroll, TextArea, TextField, Time, day_words,
};
use crate::form::{Form, Posted, again};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, encode};

/// What is missing, and the form that takes rule files.
pub fn get() -> Loading {
    let write = query_value("write").filter(|name| page_name(name).is_some());
    circle_page(Section::Services, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let covered = rules::covered(db, who, circle, &here.site.public_url).await?;
        let base = format!("/circles/{circle}");
        let trail = vec![
            ("Services".to_owned(), format!("{base}/services")),
            ("Runbooks".to_owned(), format!("{base}/runbooks")),
        ];
        let may_write = here.member.role != Role::Reader;
        let choice = match write.filter(|_| may_write) {
            Some(name) => Some(choice(&base, &name, services::names(db, who, circle).await?)),
            None => None,
        };
        let writes = may_write.then(|| format!("{base}/alert-coverage?write="));
        Ok(Page::new(
            format!("Alerts and runbooks – {}", here.member.circle_name),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>"Alerts and runbooks"</h1>
                <p class="lead">{truth(&covered)}</p>
                {done(&[
                    ("taken", "The rules are taken in."),
                    ("forgotten", "The file is forgotten."),
                    ("looked", "What the addresses answered stands below."),
                ])}
                {choice}
                {lists(&covered, writes.as_deref(), here.member.zone)}
                {files(&here, &covered.files, may_write)}
                {may_write.then(form)}
            },
        ))
    })
}

/// Takes a file of rules, forgets one, or looks at the addresses they name.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    let done = if form.get("do") == "look" {
        addresses::look(db, &who, circle, &form.site.public_url, form.site.lookout.as_ref(), now).await?;
        "looked"
    } else if form.get("do") == "forget" {
        rules::forget(db, &who, circle, form.get("path"), now).await?;
        "forgotten"
    } else {
        let uploaded = form
            .files
            .first()
            .map(|file| (file.name.clone(), String::from_utf8_lossy(&file.bytes).into_owned()));
        let (path, text) =
            uploaded.unwrap_or_else(|| (form.get("path").to_owned(), form.get("rules").to_owned()));
        if text.contains('\0') {
            return Err(backend::Error::refused(
                "rules",
                "The file is not text. Choose a file of Prometheus rules.",
            ));
        }
        if text.trim().is_empty() {
            return Err(backend::Error::refused(
                "rules",
                "Choose a file of rules, or paste the text of one.",
            ));
        }
        rules::take(db, &who, circle, &path, &text, now).await?;
        "taken"
    };
    Ok(format!("/circles/{circle}/alert-coverage?done={done}"))
}

fn truth(covered: &Covered) -> String {
    let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    match covered.coverage.n_alerts {
        0 => format!(
            "The runbooks describe {}; no rule file says which alerts there are.",
            counted(n(covered.n_sections), "alert")
        ),
        n_alerts => format!(
            "{} of {} that monitoring knows have a section in a runbook.",
            covered.coverage.n_described,
            counted(n(n_alerts), "alert")
        ),
    }
}

/// In whose runbook an alert is to be written down.
fn choice(base: &str, name: &str, services: BTreeMap<String, String>) -> impl IntoView + use<> {
    let title = format!("Whose runbook is {name} to stand in?");
    let page = encode(name);
    let rows: Vec<_> = services
        .into_iter()
        .map(|(slug, service)| {
            let href = format!("{base}/services/{slug}/runbook/edit?page={page}");
            view! { <li><a href=href>{service}</a></li> }
        })
        .collect();
    view! { <Notice kind=NoticeKind::Info title=title><ul class="stack" data-tight="">{rows}</ul></Notice> }
}

/// `writes` is where one is written down, for whoever may; its name comes last.
fn lists(covered: &Covered, writes: Option<&str>, zone: Tz) -> impl IntoView + use<> {
    let coverage = &covered.coverage;
    if coverage.n_alerts == 0 {
        return view! {
            <Empty title="Nothing to compare yet"
                text="Take in the files of Prometheus rules, and alerts without a section and sections without an alert stand here."/>
        }
        .into_any();
    }
    let on = |looked: Looked| format!(" ({})", day_words(looked.at, zone));
    let row = |name: &str, url: &str, what: String| Row { name: name.to_owned(), url: url.to_owned(), what };
    let bare = |names: &[String]| names.iter().map(|name| row(name, "", String::new())).collect::<Vec<_>>();
    let dead = coverage.dead_links.iter().map(|(name, url, why)| {
        let on = if let Dead::Looked(looked) = why { on(*looked) } else { String::new() };
        row(name, url, format!("{}{on}", why.words()))
    });
    let elsewhere = coverage.elsewhere.iter().map(|(name, url, looked)| {
        let words = looked.map(|looked| format!("{}{}", looked.answer.words(), on(looked)));
        row(name, url, words.unwrap_or_else(|| "nobody has looked yet".to_owned()))
    });
    let templated = coverage.templated.iter().map(|(name, url)| row(name, url, String::new()));
    let (dead, elsewhere, templated): (Vec<_>, Vec<_>, Vec<_>) =
        (dead.collect(), elsewhere.collect(), templated.collect());
    view! {
        {list("without-section", "Alerts without a section", "They can fire tonight, and nothing is written about them.", &bare(&coverage.without_section), Leads::To(writes))}
        {list("without-alert", "Sections without a living alert", "Written about alerts that no rule defines and nobody has sent. Renamed, or gone?", &bare(&coverage.without_alert), Leads::ToTheAlert)}
        {list("dead", "runbook_url that leads nowhere", "Told by the address alone, or by what it answered.", &dead, Leads::To(None))}
        {list("elsewhere", "runbook_url that leads elsewhere", "A page that is there need not be the right one.", &elsewhere, Leads::To(None))}
        {writes.and_then(|_| look(coverage))}
        {list("templated", "runbook_url that is made when it fires", "Nobody can tell beforehand where these lead.", &templated, Leads::To(None))}
    }
    .into_any()
}

/// Asks the pages elsewhere whether they are there.
fn look(coverage: &Coverage) -> Option<impl IntoView + use<>> {
    let is_elsewhere = |why: &Dead| matches!(why, Dead::Looked(_));
    let n_dead = coverage.dead_links.iter().filter(|(_, _, why)| is_elsewhere(why)).count();
    (n_dead + coverage.elsewhere.len() > 0).then(|| {
        view! {
            <form method="post" class="stack" data-tight="">
                <p class="hint" id="look-hint">
                    "Each page is asked for once, from where Muster runs: up to 200 in one go, for 20 seconds at most. "
                    "Nothing is asked in an internal network that the operator has not named."
                </p>
                <div><button class="btn" name="do" value="look" aria-describedby="look-hint">"Look at the pages elsewhere"</button></div>
            </form>
        }
    })
}

/// An alert in a list; the address it names and what is to be said of it, or nothing.
struct Row {
    name: String,
    url: String,
    what: String,
}

/// Where the names of a list lead.
#[derive(Clone, Copy)]
enum Leads<'p> {
    ToTheAlert,
    /// To this, with the name behind it.
    To(Option<&'p str>),
}

/// Names shown in one list.
const N_SHOWN: usize = 200;

fn list(
    id: &'static str,
    title: &'static str,
    hint: &'static str,
    rows: &[Row],
    leads: Leads<'_>,
) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let title = format!("{title} ({})", rows.len());
    let more = (rows.len() > N_SHOWN).then(|| format!("The first {N_SHOWN} are shown."));
    let rows: Vec<_> = rows
        .iter()
        .take(N_SHOWN)
        .map(|Row { name, url, what }| {
            let name = match leads {
                Leads::ToTheAlert => view! { <a href=alert_address(name)>{name.clone()}</a> }.into_any(),
                Leads::To(Some(writes)) if page_name(name).is_some() => view! {
                    <code>{name.clone()}</code>" "
                    <a href=format!("{writes}{}", encode(name))>"Write it down"<span class="vh">": "{name.clone()}</span></a>
                }
                .into_any(),
                Leads::To(_) => view! { <code>{name.clone()}</code> }.into_any(),
            };
            let url = (!url.is_empty()).then(|| address(url));
            let what = (!what.is_empty()).then(|| view! { <span class="hint">": "{what.clone()}</span> });
            view! { <li>{name}{url}{what}</li> }
        })
        .collect();
    Some(
        view! {
            <section class="stack" data-tight="" aria-labelledby=id>
                <h2 id=id>{title}</h2>
                <p class="meta">{hint}</p>
                <ul class="columns">{rows}</ul>
                {more.map(|more| view! { <p class="meta">{more}</p> })}
            </section>
        }
        .into_any(),
    )
}

/// An address as a link, where it is one.
fn address(url: &str) -> AnyView {
    let is_whole = !url.contains("{{");
    if is_whole && (url.starts_with("https://") || url.starts_with("http://")) {
        view! { " "<a class="long" href=url.to_owned() rel="noopener noreferrer nofollow">{url.to_owned()}</a> }.into_any()
    } else {
        view! { " "<span class="hint long">{url.to_owned()}</span> }.into_any()
    }
}

fn files(here: &InCircle, files: &[RuleFile], may_write: bool) -> Option<AnyView> {
    let zone = here.member.zone;
    let row = |file: &RuleFile| {
        let by = file.taken_by.clone().unwrap_or_else(|| "the command line".to_owned());
        let forget = may_write.then(|| {
            view! {
                <form method="post">
                    <input type="hidden" name="path" value=file.path.clone()/>
                    <button class="btn small" name="do" value="forget">"Forget"<span class="vh">" "{file.path.clone()}</span></button>
                </form>
            }
        });
        let n = counted(file.n_alerts, "alert");
        view! {
            <tr>
                <th scope="row">{file.path.clone()}</th>
                <td data-label="Alerts">{n}</td>
                <td data-label="Taken"><Time at=file.taken_at zone=zone/>" by "{by}</td>
                <td>{forget}</td>
            </tr>
        }
    };
    let rows: Vec<_> = files.iter().map(row).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="rule-files">
                <h2 id="rule-files">"Rule files"</h2>
                <Scroll name="Files and their alerts">
                    <table class="fold">
                        <caption class="vh">"Rule files"</caption>
                        <thead><tr>
                            <th scope="col">"File"</th><th scope="col">"Alerts"</th><th scope="col">"Taken"</th>
                            <th scope="col"><span class="vh">"Forget"</span></th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </Scroll>
            </section>
        }
        .into_any()
    })
}

fn form() -> impl IntoView {
    let typed = again().get("files-text").map(str::to_owned).unwrap_or_default();
    view! {
        <section class="panel" aria-labelledby="take-rules">
            <h2 id="take-rules">"Take in a rule file"</h2>
            <form method="post" enctype="multipart/form-data" class="form" novalidate>
                <div class="field">
                    <label for="files">"File"</label>
                    <p class="hint" id="files-hint">"YAML with groups and rules, or a PrometheusRule. Up to 400 KiB; larger ones by muster import-rules."</p>
                    <input id="files" name="files" type="file" accept=".yaml,.yml,.rules,text/yaml" aria-describedby="files-hint"/>
                </div>
                <TextArea name="rules" label="Or paste the rules" rows=6 value=typed/>
                <TextField name="path" label="Name of what is pasted" hint="For example orders.rules.yaml. The same name again takes the place of what it was."/>
                <button class="btn" name="do" value="take">"Take it in"</button>
            </form>
        </section>
    }
}
