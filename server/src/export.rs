//! `muster export --static`: the runbooks as plain pages, for the day when the
//! platform itself is down.
//!
//! Each page is one file that needs nothing beside it: no script, no style
//! sheet, no server.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use app::markdown::{Images, blocks};
use backend::runbooks::statics::{self, Written};
use backend::runbooks::{MAIN, Page};
use chrono::{DateTime, Utc};
use domain::runbook::linked;

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
    let mut n = 1;
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
            n += 1;
            let _ = writeln!(index, "<li><a href=\"{}\">{}</a></li>", escaped(&file), escaped(&page.title));
            for name in page.read().alerts.iter().flat_map(|alert| &alert.names) {
                alerts.entry(name.clone()).or_default().push((file.clone(), runbook.service_name.clone()));
            }
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
    Ok(n)
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
    html.push_str(&path(runbook));
    let text = linked(&page.content, |name| names.get(name).map(|page| format!("{page}.html")));
    let document = page.read();
    if !document.title.is_empty()
        && !page.content.lines().any(|line| line.trim() == format!("# {}", document.title))
    {
        let _ = writeln!(html, "<h1>{}</h1>", escaped(&document.title));
    }
    // A long page is rendered piece by piece: a single one has its limit.
    for part in pieces(&without_front(&text)) {
        html.push_str(&blocks(part, Images::None));
    }
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
        return String::new();
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

fn without_front(text: &str) -> String {
    let document = domain::runbook::read("", text);
    match document.parts.first() {
        Some(part)
            if part.section.is_none()
                && text[part.range.clone()].trim_end().ends_with("---")
                && part.range.start == 0 =>
        {
            let front = &text[part.range.clone()];
            if front.starts_with("---\n") { text[part.range.end..].to_owned() } else { text.to_owned() }
        }
        _ => text.to_owned(),
    }
}

/// A text cut before headings of the second level, each piece short enough to
/// be shown.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut at, mut in_fence) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            in_fence = !in_fence;
        }
        if !in_fence && line.starts_with('#') && at - start > 20_000 {
            pieces.push(&text[start..at]);
            start = at;
        }
        at += line.len();
    }
    pieces.push(&text[start..]);
    pieces
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
