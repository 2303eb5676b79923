//! `muster export --static`: the runbooks as plain pages, for the day when the
//! platform itself is down.
//!
//! Each page is one file that needs nothing beside it: no script, no style
//! sheet, no server.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use app::markdown::{Under, chapters};
use app::pages::runbook::words::{pieces, without_front};
use backend::runbooks::statics::{self, Written};
use backend::runbooks::{MAIN, Page};
use chrono::{DateTime, Utc};
use domain::runbook::{AlertSection, Filling, Section, linked};
use domain::source::anchor;

use crate::cli::ExportFlags;
use crate::clock;
use crate::once::with_db;

/// Writes them, and says how many.
pub fn run(flags: &ExportFlags) -> ExitCode {
    let all =
        with_db(&flags.database, async |db| statics::everything(db).await.map_err(|why| why.to_string()));
    let written = all.and_then(|all| {
        write(&flags.folder, &all, clock::now()).map_err(|why| format!("{}: {why}", flags.folder.display()))
    });
    match written {
        Ok(n) => {
            println!("{n} pages in {}; begin at index.html", flags.folder.display());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("muster: {why}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, all: &[Written], now: DateTime<Utc>) -> std::io::Result<usize> {
    let mut files = BTreeSet::from(["index.html".to_owned()]);
    let mut index = String::new();
    let mut alerts: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for runbook in all {
        let place = format!("{}/{}", runbook.circle, runbook.service);
        fs::create_dir_all(folder.join(&place))?;
        let _ = write!(
            index,
            "<h2>{} <small>{}</small></h2>\n{}<ul>\n",
            escaped(&runbook.service_name),
            escaped(&runbook.circle_name),
            path(runbook)
        );
        let names = names(runbook);
        for page in &runbook.pages {
            let file = format!("{place}/{}.html", page.page);
            fs::write(folder.join(&file), whole(&page.title, &body(runbook, page, &names), now))?;
            let _ = writeln!(index, "<li><a href=\"{}\">{}</a></li>", escaped(&file), escaped(&page.title));
            for alert in &page.read().alerts {
                let place = format!("{file}{}", section_of(page, alert));
                for name in &alert.names {
                    alerts
                        .entry(name.clone())
                        .or_default()
                        .push((place.clone(), runbook.service_name.clone()));
                }
            }
            files.insert(file);
        }
        index.push_str("</ul>\n");
    }
    let mut list = String::from("<h2>Alerts, by name</h2>\n<ul>\n");
    for (name, places) in &alerts {
        for (file, service) in places {
            let _ = writeln!(
                list,
                "<li><a href=\"{}\">{}</a> <small>{}</small></li>",
                escaped(file),
                escaped(name),
                escaped(service)
            );
        }
    }
    list.push_str("</ul>\n");
    if all.is_empty() {
        list = "<p>No runbook is written yet.</p>\n".to_owned();
    }
    fs::create_dir_all(folder)?;
    fs::write(
        folder.join("index.html"),
        whole("Runbooks", &format!("<h1>Runbooks</h1>\n{list}{index}"), now),
    )?;
    remove_older(folder, &files)?;
    Ok(files.len())
}

/// The names of what was written, a line each, so that the next run takes away
/// what is not written any more, and nothing else.
const LIST: &str = "pages.txt";

fn remove_older(folder: &Path, files: &BTreeSet<String>) -> std::io::Result<()> {
    let before = fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    let is_ours = |line: &&str| line.ends_with(".html") && line.split('/').all(|part| part != "..");
    for old in before.lines().filter(is_ours).filter(|line| !line.starts_with('/') && !files.contains(*line))
    {
        match fs::remove_file(folder.join(old)) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(why),
            _ => {}
        }
    }
    let lines: Vec<&str> = files.iter().map(String::as_str).collect();
    fs::write(folder.join(LIST), lines.join("\n") + "\n")
}

/// The part of a page where an alert stands: `#at-…`; nothing where the page is
/// all about it.
fn section_of(page: &Page, alert: &AlertSection) -> String {
    let anchor = anchor(&alert.title);
    if !page.is_main() || anchor.is_empty() { String::new() } else { format!("#at-{anchor}") }
}

/// The pages of a runbook, by the names that other files call them.
fn names(runbook: &Written) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for page in &runbook.pages {
        let file = page.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".md").to_owned();
        for name in page.read().alerts.iter().flat_map(|alert| alert.names.clone()).chain([file]) {
            names.entry(name).or_insert_with(|| page.page.clone());
        }
    }
    names
}

fn body(runbook: &Written, page: &Page, names: &BTreeMap<String, String>) -> String {
    let mut html = format!(
        "<p><a href=\"../../index.html\">All runbooks</a> · {} · {} · version {}</p>\n",
        escaped(&runbook.circle_name),
        escaped(&runbook.service_name),
        runbook.version
    );
    let document = page.read();
    let _ = writeln!(html, "<h1>{}</h1>", escaped(&page.title));
    html.push_str(&path(runbook));
    let text = linked(without_front(&page.content, &document), |name| {
        names.get(name).map(|page| format!("{page}.html"))
    });
    // A long page is rendered piece by piece: a single one has its limit.
    for part in pieces(&text) {
        html.push_str(&chapters(part, Under::H1));
    }
    html.push_str(&escalation(runbook, page));
    if page.page == MAIN && runbook.pages.len() > 1 {
        html.push_str("<h2>Alerts on pages of their own</h2>\n<ul>\n");
        for other in runbook.pages.iter().filter(|other| !other.is_main()) {
            let _ = writeln!(
                html,
                "<li><a href=\"{}.html\">{}</a></li>",
                escaped(&other.page),
                escaped(&other.title)
            );
        }
        html.push_str("</ul>\n");
    }
    html
}

/// Whom to call, in order.
fn path(runbook: &Written) -> String {
    if runbook.steps.is_empty() {
        return "<p>No numbers to call are written down for this service.</p>\n".to_owned();
    }
    let mut html = String::from("<div class=\"call\"><b>Call</b>\n<ol>\n");
    for step in &runbook.steps {
        let after = if step.after_minutes == 0 {
            "at once".to_owned()
        } else {
            format!("after {} min", step.after_minutes)
        };
        let _ = writeln!(
            html,
            "<li>{} <a href=\"{}\">{}</a> <small>{after}</small></li>",
            escaped(&step.name),
            escaped(&step.dial()),
            escaped(&step.phone)
        );
    }
    html.push_str("</ol></div>\n");
    html
}

/// What the service's runbook says of escalation, below an alert that has a page
/// of its own.
fn escalation(runbook: &Written, page: &Page) -> String {
    let Some(main) = runbook.pages.iter().find(|page| page.is_main()).filter(|_| !page.is_main()) else {
        return String::new();
    };
    let document = main.read();
    let mut html = String::new();
    if document.filling(Section::EscalationPath) == Filling::Filled {
        html.push_str("<h2>Escalation</h2>\n");
        html.push_str(&chapters(&document.body(&main.content, Section::EscalationPath), Under::H2));
    }
    let _ =
        writeln!(html, "<p><a href=\"{MAIN}.html\">Runbook of {}</a></p>", escaped(&runbook.service_name));
    html
}

const STYLE: &str = "body{font:1.125rem/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1rem;color:#1b1f2a;background:#fff}\
    pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f1f2f6;padding:.75rem;border-radius:.25rem}\
    code{font-family:ui-monospace,monospace}h1,h2,h3{line-height:1.25;overflow-wrap:anywhere}a{color:#3350b4}\
    table{border-collapse:collapse;display:block;overflow-x:auto}th,td{border:1px solid #999;padding:.25rem .5rem;text-align:left}\
    .call{border:2px solid;padding:.5rem 1rem;border-radius:.5rem}small{color:#555b6a}li{margin:.25rem 0}\
    @media(prefers-color-scheme:dark){body{color:#e8eaf2;background:#12141c}pre{background:#1d2029}a{color:#a9bdff}small{color:#b3b8c8}}";

fn whole(title: &str, body: &str, now: DateTime<Utc>) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>{}</title><style>{STYLE}</style></head>\n<body>\n{body}\n\
         <hr><p><small>Written {} UTC; may be old.</small></p>\n</body></html>\n",
        escaped(title),
        now.format("%Y-%m-%d %H:%M")
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
