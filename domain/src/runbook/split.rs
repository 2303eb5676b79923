//! One file, cut into its sections.

use std::ops::Range;

use crate::bank::Severity;

use super::alerts::{self, Place, choose, four_parts, marks, parts};
use super::headings::{Heading, Outline, outline};
use super::names::{alert_names, is_alert_name, of_alert, of_service};
use super::redirect::redirect;
use super::{AlertSection, Document, Filling, Kind, Part, Section, filling, finding};

pub(super) fn read(path: &str, text: &str) -> Document {
    let front = front_matter(text);
    let start = front.end;
    let outline = outline(text, start);
    let stem = stem(path);
    let title_at =
        outline.headings.iter().position(|heading| heading.level == 1 && !is_section(&heading.words));
    let title = title_at.map(|n| outline.headings[n].words.clone());
    let title = title.or_else(|| front.title.clone()).unwrap_or_else(|| stem.to_owned());
    let kind = kind(text, &outline, start, &title, stem);
    let mut document = Document {
        title,
        kind,
        parts: Vec::new(),
        alerts: Vec::new(),
        redirect: front
            .redirect
            .clone()
            .or_else(|| redirect(&without_title(text, start, &outline, title_at))),
        fillings: Vec::new(),
        findings: findings(path, text, &outline, front.is_unclosed),
    };
    match kind {
        Kind::Alert => {
            let named = named(&front, stem, &document.title);
            of_alerts(&mut document, text, &outline, start, named, title_at);
        }
        Kind::Service => of_service_text(&mut document, text, &outline, start),
    }
    if start > 0 {
        document.parts.insert(0, Part { section: None, range: 0..start, body: 0..start });
    }
    document
}

fn is_section(words: &str) -> bool {
    [of_service(words), of_alert(words)].iter().flatten().any(|named| named.is_usual)
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').filter(|(_, ending)| ENDINGS.contains(&ending.to_lowercase().as_str()));
    stem.map_or(name, |(stem, _)| stem)
}

/// What the names of Markdown files end with.
pub(super) const ENDINGS: [&str; 7] = ["md", "markdown", "mkd", "mdown", "mdx", "txt", "text"];

/// Told by its headings; where they say nothing, by its name.
fn kind(text: &str, outline: &Outline, start: usize, title: &str, stem: &str) -> Kind {
    let all: Vec<&Heading> = outline.headings.iter().collect();
    let of_alerts = choose(&all, |words| of_service(words).map(|named| (named.section, named.is_usual)))
        .into_iter()
        .find(|(_, section)| *section == Section::Alerts)
        .map(|(n, _)| all[n]);
    let is_below_alerts = |heading: &Heading| {
        of_alerts
            .is_some_and(|alerts| heading.range.start >= alerts.range.start && heading.level > alerts.level)
    };
    let (mut service, mut alert) = (Score::default(), Score::default());
    for heading in outline.headings.iter().filter(|heading| heading.level > 1 || is_section(&heading.words)) {
        if is_below_alerts(heading) {
            continue;
        }
        if let Some(named) = of_service(&heading.words) {
            service.add(named.section, named.is_usual);
        }
        if let Some(named) = of_alert(&heading.words) {
            alert.add(named.section, named.is_usual);
        }
    }
    match (service.total(), alert.total()) {
        (0, 0) => {
            let labels = four_parts(text, outline, start..text.len());
            let has_labels = labels.iter().filter(|part| part.section.is_some()).count() >= 2;
            let is_named = is_alert_name(title) || is_alert_name(stem);
            if has_labels || is_named { Kind::Alert } else { Kind::Service }
        }
        (service, alert) if alert >= service => Kind::Alert,
        _ => Kind::Service,
    }
}

#[derive(Default)]
struct Score(Vec<(Section, u32)>);

impl Score {
    fn add(&mut self, section: Section, is_usual: bool) {
        let points = if is_usual { 2 } else { 1 };
        match self.0.iter_mut().find(|(one, _)| *one == section) {
            Some((_, known)) => *known = points.max(*known),
            None => self.0.push((section, points)),
        }
    }

    fn total(&self) -> u32 {
        self.0.iter().map(|(_, points)| points).sum()
    }
}

/// A file about alerts: each under its own heading, or the whole file about
/// one.
fn of_alerts(
    document: &mut Document,
    text: &str,
    outline: &Outline,
    start: usize,
    names: Vec<String>,
    title_at: Option<usize>,
) {
    let whole = start..text.len();
    let mut several = alerts::alerts(text, outline, whole.clone(), Place::Elsewhere);
    let is_title =
        |alert: &AlertSection| title_at.is_some_and(|n| outline.headings[n].range.start == alert.range.start);
    // One heading over everything is the title.
    if several.len() == 1 && is_title(&several[0]) {
        several.clear();
    }
    if several.is_empty() {
        several.push(alerts::one(text, outline, names, document.title.clone(), whole.clone()));
    }
    document.fillings = Section::OF_ALERT
        .into_iter()
        .map(|section| {
            let worst = several.iter().map(|alert| alert.filling(text, section)).min();
            (section, worst.unwrap_or(Filling::Missing))
        })
        .collect();
    document.parts = joined(&several, whole);
    document.alerts = several;
}

/// The pieces of all alerts in one row, with what stands between them.
fn joined(alerts: &[AlertSection], whole: Range<usize>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = whole.start;
    let gap = |from: usize, to: usize| Part { section: None, range: from..to, body: from..to };
    for part in alerts.iter().flat_map(|alert| &alert.parts) {
        if part.range.start > at {
            parts.push(gap(at, part.range.start));
        }
        at = part.range.end;
        parts.push(part.clone());
    }
    if at < whole.end {
        parts.push(gap(at, whole.end));
    }
    parts
}

/// What a file about one alert calls it. Where front matter and file agree on
/// another name than the heading, that was copied from another file.
fn named(front: &Front, stem: &str, title: &str) -> Vec<String> {
    let squeezed: String =
        front.title.iter().flat_map(|title| title.chars()).filter(|c| c.is_alphanumeric()).collect();
    if is_alert_name(stem)
        && squeezed.eq_ignore_ascii_case(stem)
        && !alert_names(title, true).iter().any(|name| name == stem)
    {
        return vec![stem.to_owned()];
    }
    names_of_file(title, stem)
}

/// What a file about one alert calls it.
fn names_of_file(title: &str, stem: &str) -> Vec<String> {
    let in_title = alert_names(title, false);
    // A sentence can name a product; a file called like an alert is about that.
    let is_sentence = title.split_whitespace().count() > 2
        && !title.to_lowercase().starts_with("alert")
        && matches!(in_title.as_slice(), [name] if name != stem);
    let is_of_the_file = in_title.is_empty() || (is_sentence && is_alert_name(stem));
    if !is_of_the_file {
        return in_title;
    }
    let squeezed: String = title.chars().filter(|c| c.is_alphanumeric()).collect();
    if is_alert_name(stem) || squeezed.eq_ignore_ascii_case(stem) {
        return vec![stem.to_owned()];
    }
    match alert_names(title, true) {
        names if !names.is_empty() => names,
        _ if !title.trim().is_empty() => vec![title.trim().to_owned()],
        _ => vec![stem.to_owned()],
    }
}

/// The runbook of a service.
fn of_service_text(document: &mut Document, text: &str, outline: &Outline, start: usize) {
    let whole = start..text.len();
    let headings: Vec<&Heading> =
        outline.headings.iter().filter(|one| one.level > 1 || is_section(&one.words)).collect();
    let mut chosen =
        choose(&headings, |words| of_service(words).map(|named| (named.section, named.is_usual)));
    let of_alerts = chosen.iter().find(|(_, section)| *section == Section::Alerts).map(|(n, _)| *n);
    if let Some(alerts) = of_alerts {
        let end = headings[alerts + 1..].iter().position(|one| one.level <= headings[alerts].level);
        let end = end.map_or(headings.len(), |n| alerts + 1 + n);
        // Below an alert, "Summary" is about the alert.
        chosen.retain(|(n, _)| *n <= alerts || *n >= end);
    }
    let all: Vec<&Heading> = outline.headings.iter().collect();
    let place = |n: usize| all.partition_point(|one| one.range.start < headings[n].range.start);
    let chosen: Vec<(usize, Section)> = chosen.into_iter().map(|(n, section)| (place(n), section)).collect();
    document.parts = parts(marks(&all, &chosen), whole.clone());
    for part in document.parts.clone() {
        let place = if part.section == Some(Section::Alerts) { Place::AmongAlerts } else { Place::Elsewhere };
        let within = if part.section.is_some() { part.body } else { part.range };
        document.alerts.extend(alerts::alerts(text, outline, within, place));
    }
    document.fillings = Section::OF_SERVICE
        .into_iter()
        .map(|section| {
            let is_there = document.parts.iter().any(|part| part.section == Some(section));
            // Alerts under headings of their own need none over all of them.
            let is_written = section == Section::Alerts && !document.alerts.is_empty();
            let filling = match (is_there, is_written) {
                (true, _) => filling(&document.body(text, section)),
                (false, true) => Filling::Filled,
                (false, false) => Filling::Missing,
            };
            (section, filling)
        })
        .collect();
}

fn without_title(text: &str, start: usize, outline: &Outline, title_at: Option<usize>) -> String {
    match title_at.map(|n| outline.headings[n].range.clone()) {
        Some(title) => format!("{}{}", &text[start..title.start], &text[title.end.min(text.len())..]),
        None => text[start..].to_owned(),
    }
}

/// The most fences that are told of, in one file.
const UNCLOSED_TOLD: usize = 20;

fn findings(path: &str, text: &str, outline: &Outline, front_is_unclosed: bool) -> Vec<crate::bank::Finding> {
    let mut findings = Vec::new();
    if front_is_unclosed {
        let what =
            "the front matter is never closed and was read as text; write a line `---` after its last key";
        findings.push(finding(path, text, 0, Severity::Warning, what));
    }
    for unclosed in outline.unclosed.iter().take(UNCLOSED_TOLD) {
        let what = if unclosed.is_comment { "this comment" } else { "this code fence" };
        let what = match unclosed.read_on {
            Some(at) => {
                let on = finding(path, text, at, Severity::Warning, "").line;
                format!("{what} is never closed; the sections from line {on} on were read all the same")
            }
            None => format!("{what} is never closed; all that follows belongs to it"),
        };
        findings.push(finding(path, text, unclosed.at, Severity::Warning, what));
    }
    findings
}

/// What stands before the text for the programs that publish it.
#[derive(Default)]
struct Front {
    title: Option<String>,
    redirect: Option<String>,
    /// Where the text begins.
    end: usize,
    is_unclosed: bool,
}

/// The longest front matter, in lines.
const FRONT_LINES: usize = 200;

fn front_matter(text: &str) -> Front {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    let fence = first.trim_end();
    if fence != "---" && fence != "+++" {
        return Front::default();
    }
    let mut front = Front { end: first.len(), ..Front::default() };
    for (n, line) in lines.enumerate() {
        front.end += line.len();
        let bare = line.trim_end();
        if bare == fence || (fence == "---" && bare == "...") {
            return front;
        }
        if n == FRONT_LINES {
            break;
        }
        if let Some((key, value)) = bare.split_once([':', '=']) {
            let value = value.trim().trim_matches(['"', '\'']).trim();
            let value = (!value.is_empty()).then(|| value.to_owned());
            match key.trim() {
                "title" => front.title = value,
                "redirect_to" | "redirect" | "redirectTo" | "redirect_url" => front.redirect = value,
                _ => {}
            }
        }
    }
    // A rule at the head of a text is no front matter.
    let has_keys = text
        .lines()
        .nth(1)
        .is_some_and(|line| line.split_once(':').is_some_and(|(key, _)| !key.contains(' ')));
    Front { is_unclosed: has_keys, ..Front::default() }
}
