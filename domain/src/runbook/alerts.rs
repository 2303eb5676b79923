//! The alerts that a text describes: under headings, in a table, or in a list.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::headings::{Heading, OPTIONS, Outline};
use super::names::{alert_names, is_alert_name, of_alert};
use super::{AlertSection, Part, Section};

/// Where alerts are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Below the heading "Alerts": whatever has a name is one.
    AmongAlerts,
    /// Anywhere else: only what is said to be one.
    Elsewhere,
}

/// The alerts described within a range.
pub(super) fn alerts(text: &str, outline: &Outline, within: Range<usize>, place: Place) -> Vec<AlertSection> {
    let headings: Vec<&Heading> =
        outline.within(&within).iter().filter(|heading| heading.level < 7).collect();
    let top = headings.iter().map(|heading| heading.level).min();
    let mut found: Vec<AlertSection> = Vec::new();
    for (n, heading) in headings.iter().enumerate() {
        if found.last().is_some_and(|alert| heading.range.start < alert.range.end)
            || of_alert(&heading.words).is_some()
        {
            continue;
        }
        let below: Vec<&Heading> =
            headings[n + 1..].iter().take_while(|one| one.level > heading.level).copied().collect();
        let next = headings.get(n + 1 + below.len());
        let range = heading.range.start..next.map_or(within.end, |next| next.range.start);
        let body = heading.range.end.min(range.end)..range.end;
        let strong = alert_names(&heading.words, false);
        let is_group = below
            .iter()
            .any(|one| of_alert(&one.words).is_none() && !alert_names(&one.words, false).is_empty());
        let parts = four_parts(text, outline, body);
        let has_four = parts.iter().any(|part| part.section.is_some());
        let is_announced = heading.words.to_lowercase().starts_with("alert");
        let names = match place {
            Place::AmongAlerts if !strong.is_empty() => strong,
            Place::AmongAlerts if is_group || Some(heading.level) != top => continue,
            Place::AmongAlerts => match alert_names(&heading.words, true) {
                weak if weak.is_empty() && has_four => vec![heading.words.clone()],
                weak => weak,
            },
            Place::Elsewhere if has_four || is_announced => strong,
            Place::Elsewhere => continue,
        };
        if !names.is_empty() {
            found.push(AlertSection { names, title: heading.words.clone(), range, parts });
        }
    }
    if found.is_empty() && place == Place::AmongAlerts {
        found = rows(text, within.clone());
    }
    if found.is_empty() && place == Place::AmongAlerts {
        found = entries(text, outline, within);
    }
    found
}

/// The one alert, or the ones handled alike, that a whole range is about.
pub(super) fn one(
    text: &str,
    outline: &Outline,
    names: Vec<String>,
    title: String,
    range: Range<usize>,
) -> AlertSection {
    let parts = four_parts(text, outline, range.clone());
    AlertSection { names, title, range, parts }
}

/// Cuts what is said of an alert into meaning, impact, diagnosis, mitigation,
/// and what is none of them.
pub(super) fn four_parts(text: &str, outline: &Outline, within: Range<usize>) -> Vec<Part> {
    let headings: Vec<&Heading> = outline.within(&within).iter().collect();
    let chosen = choose(&headings, |words| of_alert(words).map(|named| (named.section, named.is_usual)));
    let marks: Vec<Mark> = match chosen.is_empty() {
        true => labels(text, outline, within.clone()),
        false => marks(&headings, &chosen),
    };
    parts(marks, within)
}

/// A place where one part begins.
pub(super) struct Mark {
    pub section: Option<Section>,
    pub start: usize,
    /// Behind the heading.
    pub body: usize,
}

/// Picks the headings that begin sections: the usual name before another word
/// for the same, and the higher heading before the deeper one.
pub(super) fn choose(
    headings: &[&Heading],
    name: impl Fn(&str) -> Option<(Section, bool)>,
) -> Vec<(usize, Section)> {
    let named: Vec<(usize, Section, bool)> = headings
        .iter()
        .enumerate()
        .filter_map(|(n, heading)| name(&heading.words).map(|(section, is_usual)| (n, section, is_usual)))
        .collect();
    let rank = |n: usize, is_usual: bool| (!is_usual, headings[n].level);
    let mut best: BTreeMap<Section, (bool, u8)> = BTreeMap::new();
    for (n, section, is_usual) in &named {
        let rank = rank(*n, *is_usual);
        best.entry(*section).and_modify(|best| *best = rank.min(*best)).or_insert(rank);
    }
    let is_best =
        |(n, section, is_usual): &&(usize, Section, bool)| best.get(section) == Some(&rank(*n, *is_usual));
    named.iter().filter(is_best).map(|(n, section, _)| (*n, *section)).collect()
}

/// Where sections begin, and where other headings end them.
pub(super) fn marks(headings: &[&Heading], chosen: &[(usize, Section)]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut level = 0;
    for (n, heading) in headings.iter().enumerate() {
        let section = chosen.binary_search_by_key(&n, |(one, _)| *one).ok().map(|at| chosen[at].1);
        let ends_one = level > 0 && heading.level <= level;
        if section.is_some() || ends_one {
            marks.push(Mark { section, start: heading.range.start, body: heading.range.end });
            level = if section.is_some() { heading.level } else { 0 };
        }
    }
    marks
}

/// The parts between the marks, with whatever stands before the first.
pub(super) fn parts(marks: Vec<Mark>, within: Range<usize>) -> Vec<Part> {
    let mut parts = Vec::new();
    let first = marks.first().map_or(within.end, |mark| mark.start);
    if first > within.start {
        parts.push(Part { section: None, range: within.start..first, body: within.start..first });
    }
    for (n, mark) in marks.iter().enumerate() {
        let end = marks.get(n + 1).map_or(within.end, |next| next.start);
        parts.push(Part { section: mark.section, range: mark.start..end, body: mark.body.min(end)..end });
    }
    parts
}

/// `Impact: customers wait`, `- **Impact**: customers wait`, at the head of a
/// line that is no code.
fn labels(text: &str, outline: &Outline, within: Range<usize>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let before = outline.code.partition_point(|code| code.end <= within.start);
    let mut code = outline.code[before..].iter().peekable();
    let mut at = within.start;
    for line in text[within.clone()].split_inclusive('\n') {
        while code.peek().is_some_and(|code| code.end <= at) {
            code.next();
        }
        let is_code = code.peek().is_some_and(|code| code.contains(&at));
        if let Some((section, length)) = label(line).filter(|_| !is_code) {
            marks.push(Mark { section: Some(section), start: at, body: at + length });
        }
        at += line.len();
    }
    marks
}

/// The section that a line's label names, and where the label ends.
fn label(line: &str) -> Option<(Section, usize)> {
    let colon = line.find(':').filter(|colon| *colon <= 60)?;
    let words = line[..colon].trim_start_matches([' ', '\t', '-', '+', '*', '_', '>']);
    let words = words.trim_end_matches(['*', '_', ' ']);
    let named =
        of_alert(words).filter(|named| named.is_usual || words.eq_ignore_ascii_case("remediation checks"))?;
    let rest = &line[colon + 1..];
    let marks = rest.len() - rest.trim_start_matches(['*', '_']).len();
    Some((named.section, colon + 1 + marks))
}

/// Alerts in the rows of a table whose first line says what its columns are.
fn rows(text: &str, within: Range<usize>) -> Vec<AlertSection> {
    let mut found = Vec::new();
    let mut columns: Vec<Column> = Vec::new();
    let mut cells: Vec<Range<usize>> = Vec::new();
    let base = within.start;
    for (event, range) in Parser::new_ext(&text[within], OPTIONS).into_offset_iter() {
        let range = range.start + base..range.end + base;
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => cells.clear(),
            Event::Start(Tag::TableCell) => cells.push(range),
            Event::End(TagEnd::TableHead) => {
                columns = cells.iter().map(|cell| column(&text[cell.clone()])).collect()
            }
            Event::End(TagEnd::TableRow) => found.extend(row(text, range, &columns, &cells)),
            _ => {}
        }
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Part(Section),
    Other,
}

fn column(heading: &str) -> Column {
    let plain = heading.trim().trim_matches(['*', '`', '|', ' ']).to_lowercase();
    match of_alert(&plain) {
        _ if ["alert", "alerts", "alert name", "name", "alertname"].contains(&plain.as_str()) => Column::Name,
        Some(named) => Column::Part(named.section),
        None => Column::Other,
    }
}

fn row(text: &str, range: Range<usize>, columns: &[Column], cells: &[Range<usize>]) -> Option<AlertSection> {
    let name = columns.iter().position(|column| *column == Column::Name)?;
    let heading = text[cells.get(name)?.clone()].trim().trim_matches('|').trim();
    let names = match alert_names(heading, true) {
        names if names.is_empty() && !heading.is_empty() => vec![heading.replace(['`', '*'], "")],
        names => names,
    };
    let of_cell = |(column, cell): (&Column, &Range<usize>)| {
        let section = if let Column::Part(section) = column { Some(*section) } else { None };
        (*column != Column::Name).then(|| Part { section, range: cell.clone(), body: cell.clone() })
    };
    let parts = columns.iter().zip(cells).filter_map(of_cell).collect();
    (!names.is_empty()).then(|| AlertSection { names, title: heading.replace(['`', '*'], ""), range, parts })
}

/// Alerts as entries of a list, each with its name at its head.
fn entries(text: &str, outline: &Outline, within: Range<usize>) -> Vec<AlertSection> {
    let mut found = Vec::new();
    let mut depth = 0;
    let base = within.start;
    for (event, range) in Parser::new_ext(&text[within], OPTIONS).into_offset_iter() {
        let range = range.start + base..range.end + base;
        match event {
            Event::Start(Tag::List(_)) => depth += 1,
            Event::End(TagEnd::List(_)) => depth -= 1,
            Event::Start(Tag::Item) if depth == 1 => found.extend(entry(text, outline, range)),
            _ => {}
        }
    }
    found
}

fn entry(text: &str, outline: &Outline, range: Range<usize>) -> Option<AlertSection> {
    let bullet =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '*' | '+' | '.' | ')' | '`' | '_' | '\t');
    let said = text[range.clone()].trim_start_matches(bullet);
    let length =
        said.find(|c: char| c.is_whitespace() || matches!(c, '`' | '*' | ':' | ',')).unwrap_or(said.len());
    let name = said[..length].to_owned();
    if !is_alert_name(&name) {
        return None;
    }
    let rest = range.end - said.len() + length;
    let behind = text[rest..range.end].trim_start_matches(['`', '*', ':', ' ', '_', '-', '–', '—']);
    let body = range.end - behind.len()..range.end;
    let parts = four_parts(text, outline, body);
    Some(AlertSection { title: name.clone(), names: vec![name], range, parts })
}
