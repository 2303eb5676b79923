//! Reading a postmortem that was written elsewhere: its title, its day, its
//! timeline and its actions.
//!
//! Teams write them in many shapes. What is not understood is left alone; the
//! text itself is kept whole by whoever imports it.

use chrono::NaiveDate;

use super::actions;
use super::blocks::{Block, What, blocks, front_matter, plain};
use super::dates::{self, find, lead};
use super::parts::{Part, names_nothing, part};

/// What was found in the text of a postmortem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub title: String,
    pub date: Option<NaiveDate>,
    pub timeline: Vec<Entry>,
    pub actions: Vec<ActionLine>,
}

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1.
    pub line: u32,
    /// As it was written; empty where the line says no time.
    pub when: String,
    pub text: String,
}

/// One thing that is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionLine {
    /// From 1.
    pub line: u32,
    pub text: String,
    /// `None`: the text names nobody.
    pub owner: Option<String>,
    /// A day as YYYY-MM-DD, or the words of the text where it is none.
    pub due: Option<String>,
}

/// The longest file that is read, in bytes; what follows is left out.
pub const FILE_LIMIT: usize = 4 * 1024 * 1024;

/// The words in the bytes of a file. What is not UTF-8 is taken for UTF-16 if
/// it begins like that, and else for Latin-1.
pub fn decode(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(FILE_LIMIT)];
    let wide = |rest: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            // Cut within a letter: the file went on.
            Err(error) if error.error_len().is_none() && bytes.len() == FILE_LIMIT => {
                String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned()
            }
            Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
        },
    };
    text.trim_start_matches('\u{feff}').replace('\0', "\u{fffd}").replace("\r\n", "\n").replace('\r', "\n")
}

/// Reads a postmortem. `name` is the name of its file, which may tell title and
/// day where the text does not.
pub fn read(name: &str, text: &str) -> Reading {
    let lines: Vec<&str> = text.split('\n').collect();
    let head = Head::of(&lines[..front_matter(&lines).min(lines.len())]);
    let blocks = blocks(text);
    let parts = parts_of(&blocks);
    let date = head
        .date
        .or_else(|| day_of(&blocks))
        .or_else(|| find(&plain(name).replace('_', " ")).or_else(|| day_of_name(name)));
    let timeline = timeline(&blocks, &parts);
    let date = date
        .or_else(|| timeline.iter().find_map(|entry| find(&entry.when)))
        .or_else(|| day_of_prose(&blocks, &parts));
    let actions = actions::read(&blocks, &parts, date);
    Reading { title: title(name, &head, &blocks), date, timeline, actions }
}

/// What the front matter says.
#[derive(Default)]
struct Head {
    title: Option<String>,
    date: Option<NaiveDate>,
}

impl Head {
    fn of(lines: &[&str]) -> Head {
        let mut head = Head::default();
        let mut rank = usize::MAX;
        for line in lines {
            let Some((key, value)) = line.split_once([':', '=']) else { continue };
            let key = key.trim().trim_matches('"').to_lowercase().replace(['_', '-'], " ");
            let value = value.trim().trim_matches(['"', '\'']).trim();
            if key == "title" && !value.is_empty() && head.title.is_none() {
                head.title = Some(plain(value));
            }
            let keys = [
                "incident date",
                "start",
                "start time",
                "started",
                "started at",
                "starttime",
                "startdate",
                "start date",
                "date",
                "incident start",
                "created",
                "published",
            ];
            let place = keys.iter().position(|known| *known == key);
            if let (Some(place), Some(day)) = (place.filter(|place| *place < rank), find(value)) {
                rank = place;
                head.date = Some(day);
            }
        }
        head
    }
}

/// What each block belongs to: headings lead to what stands below them, until
/// one of the same level comes.
fn parts_of(blocks: &[Block]) -> Vec<Option<Part>> {
    let mut levels: [Option<Part>; 7] = [None; 7];
    let mut label = None;
    let mut deepest = 0;
    let mut parts = Vec::with_capacity(blocks.len());
    for block in blocks {
        match &block.what {
            What::Heading { level, text } => {
                let level = usize::from(*level);
                let above = levels[..level].iter().rev().find_map(|part| *part);
                levels[level..].fill(None);
                let words = plain(text);
                // The title speaks of everything, and so of no part of it.
                let is_title = level == 1 && deepest == 0 && !names_nothing(&words);
                levels[level] = if is_title { None } else { within(part(&words), above) };
                deepest = level;
                label = None;
            }
            What::Label { text } => {
                let words = plain(text);
                let around = levels.iter().rev().find_map(|part| *part);
                label = within(part(&words), around).filter(|_| part(&words).is_some());
                if lead(&words).is_some() {
                    label = around;
                }
            }
            What::Paragraph { lines, is_inside_item: false } => {
                let last = lines.last().map(|(_, text)| plain(text)).unwrap_or_default();
                let is_short =
                    lines.len() == 1 && last.ends_with(':') && last.split_whitespace().count() <= 3;
                if is_short {
                    label = part(&last).or(label);
                }
            }
            _ => {}
        }
        let around = levels.iter().rev().find_map(|part| *part);
        parts.push(label.or(around));
    }
    parts
}

/// What a heading leads to below another one: a list of actions may be parted
/// by words that name something else where they stand alone.
fn within(part: Option<Part>, above: Option<Part>) -> Option<Part> {
    match (part, above) {
        (None | Some(Part::Other), Some(Part::Actions | Part::Timeline)) => above,
        (part, above) => part.or(above),
    }
}

fn title(name: &str, head: &Head, blocks: &[Block]) -> String {
    let heading = |only: Option<u8>| {
        blocks.iter().find_map(|block| match &block.what {
            What::Heading { level, text } if only.is_none_or(|only| *level == only) => {
                Some(plain(text)).filter(|words| !words.is_empty())
            }
            _ => None,
        })
    };
    let named = |words: &String| !names_nothing(words);
    let first =
        heading(Some(1)).or_else(|| heading(None).filter(|words| named(words) && part(words).is_none()));
    let labelled = || {
        labels(blocks).find(|(label, value)| {
            ["title", "incident title", "incident name", "name of incident"].contains(&label.as_str())
                && !value.is_empty()
        })
    };
    let title = head
        .title
        .clone()
        .or_else(|| first.clone().filter(named))
        .or_else(|| labelled().map(|(_, value)| value))
        .or_else(|| title_of_name(name))
        .or(first)
        .unwrap_or_else(|| "Postmortem".to_owned());
    title.chars().take(200).collect()
}

/// The name of a file without the day before it and the ending behind it.
fn title_of_name(name: &str) -> Option<String> {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let is_day = |c: char| c.is_ascii_digit() || "-_. ".contains(c);
    let rest = if day_of_name(stem).is_some() { stem.trim_start_matches(is_day) } else { stem };
    let words = if rest.contains(' ') { rest.to_owned() } else { rest.replace(['-', '_'], " ") };
    let words = words.trim().to_owned();
    let is_said = words.chars().any(char::is_alphabetic)
        && !["readme", "index", "postmortem", "template"].contains(&words.to_lowercase().as_str());
    is_said.then_some(words)
}

fn day_of_name(name: &str) -> Option<NaiveDate> {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let at = stem.find(|c: char| c.is_ascii_digit())?;
    find(&stem[at..].replace('_', "-"))
}

/// Every "Label: value" of a text: in paragraphs, items and narrow tables.
fn labels(blocks: &[Block]) -> impl Iterator<Item = (String, String)> + '_ {
    blocks.iter().flat_map(|block| {
        let of_text = |text: &str| {
            let words = plain(text);
            let (label, value) = words.split_once(':')?;
            let is_label = label.chars().count() <= 40;
            is_label.then(|| (label.trim().to_lowercase(), value.trim().to_owned()))
        };
        match &block.what {
            What::Paragraph { lines, .. } => lines.iter().filter_map(|(_, text)| of_text(text)).collect(),
            What::Item(item) => of_text(&item.text).into_iter().collect(),
            What::Table { rows } => rows
                .iter()
                .take(60)
                .flat_map(|(_, cells)| {
                    cells.iter().zip(cells.iter().skip(1)).map(|(label, value)| {
                        (plain(label).trim_end_matches(':').trim().to_lowercase(), plain(value))
                    })
                })
                .collect(),
            _ => Vec::new(),
        }
    })
}

/// The day that the text says by name: a label, a heading, the title.
fn day_of(blocks: &[Block]) -> Option<NaiveDate> {
    let early = [
        "date",
        "incident date",
        "date of incident",
        "date of the incident",
        "start",
        "start time",
        "start date",
        "start date/time",
        "started",
        "started at",
        "incident start",
        "incident start time",
        "incident started",
        "when",
        "impact start",
        "impact start time",
        "date/time",
        "date and time",
        "time of incident",
        "outage date",
        "dates",
        "occurred",
        "occurred on",
        "happened on",
        "time",
        "begin",
        "from",
        "incident date/time",
    ];
    let late = [
        "detection time",
        "detected",
        "time detected",
        "postmortem date",
        "date of postmortem",
        "post-mortem date",
        "created",
        "published",
        "meeting date",
        "review date",
    ];
    let labelled = |names: &[&str]| {
        labels(blocks).find_map(|(label, value)| {
            let is_it = names.iter().any(|name| *name == label);
            if is_it { find(&value) } else { None }
        })
    };
    let under_heading = || {
        blocks.iter().zip(blocks.iter().skip(1)).find_map(|(block, next)| {
            let (What::Heading { text, .. } | What::Label { text }) = &block.what else { return None };
            let words = plain(text).to_lowercase();
            let is_it = early.contains(&words.trim_end_matches(':').trim());
            let said = match &next.what {
                What::Paragraph { lines, .. } => lines.first().map(|(_, text)| text.clone())?,
                What::Item(item) => item.text.clone(),
                _ => return None,
            };
            if is_it { find(&plain(&said)) } else { None }
        })
    };
    let in_title = || {
        let heading = blocks.iter().find_map(|block| match &block.what {
            What::Heading { text, .. } => Some(plain(text)),
            _ => None,
        })?;
        dates::find(&heading)
    };
    labelled(&early).or_else(under_heading).or_else(in_title).or_else(|| labelled(&late))
}

/// The first day that the prose names; until when something is to be done says
/// nothing of when it happened.
fn day_of_prose(blocks: &[Block], parts: &[Option<Part>]) -> Option<NaiveDate> {
    let told = blocks.iter().zip(parts).take(60).filter(|(_, part)| **part != Some(Part::Actions));
    told.map(|(block, _)| block).find_map(|block| match &block.what {
        What::Paragraph { lines, .. } => {
            let text: Vec<String> = lines.iter().take(40).map(|(_, text)| plain(text)).collect();
            find(&text.join(" "))
        }
        What::Item(item) => find(&plain(&item.text)),
        What::Heading { text, .. } | What::Label { text } => find(&plain(text)),
        What::Table { rows } => {
            rows.iter().take(5).find_map(|(_, cells)| cells.iter().find_map(|cell| find(&plain(cell))))
        }
    })
}

/// The most entries that are kept.
const ENTRIES_LIMIT: usize = 5000;

fn timeline(blocks: &[Block], parts: &[Option<Part>]) -> Vec<Entry> {
    let in_part = |part: Option<Part>| part == Some(Part::Timeline);
    let mut timed = Vec::new();
    let mut untimed = Vec::new();
    for (block, _) in blocks.iter().zip(parts).filter(|(_, part)| in_part(**part)) {
        collect(block, true, &mut timed, &mut untimed);
    }
    if !timed.is_empty() {
        timed.truncate(ENTRIES_LIMIT);
        return timed;
    }
    if !untimed.is_empty() {
        untimed.truncate(ENTRIES_LIMIT);
        return untimed;
    }
    // No part has that name: what begins with a time of day is one all the same.
    let mut elsewhere = Vec::new();
    for (block, part) in blocks.iter().zip(parts) {
        if *part != Some(Part::Actions) {
            collect(block, false, &mut elsewhere, &mut Vec::new());
        }
    }
    elsewhere.truncate(ENTRIES_LIMIT);
    if elsewhere.len() >= 2 { elsewhere } else { Vec::new() }
}

/// The entries of one block: those with a time, and the items without.
fn collect(block: &Block, in_part: bool, timed: &mut Vec<Entry>, untimed: &mut Vec<Entry>) {
    match &block.what {
        What::Item(item) => {
            let words = plain(&item.text);
            match entry(block.line, &words) {
                Some(entry) => timed.push(entry),
                None if lead(&words).is_none() && item.indent < 2 && !is_nothing(&words) => {
                    untimed.push(Entry { line: block.line, when: String::new(), text: words });
                }
                None => {}
            }
        }
        What::Table { rows } => table(rows, in_part, timed),
        What::Paragraph { lines, .. } => {
            for (line, text) in lines {
                let words = plain(text.trim_start_matches('>'));
                timed.extend(entry(*line, &words).filter(|_| in_part || !begins_a_sentence(&words)));
            }
        }
        What::Heading { text, .. } | What::Label { text } if in_part => {
            let words = plain(text);
            let has_time = lead(&words).is_some_and(|lead| lead.has_time);
            timed.extend(entry(block.line, &words).filter(|_| has_time));
        }
        _ => {}
    }
}

/// "On 2 March 2026, …" and "At 10:45 …" are prose.
fn begins_a_sentence(words: &str) -> bool {
    words.starts_with(char::is_alphabetic)
}

/// A line that begins with a time and says something, or a time of day alone.
fn entry(line: u32, words: &str) -> Option<Entry> {
    let lead = lead(words)?;
    (lead.has_time || !lead.rest.is_empty()).then(|| Entry {
        line,
        when: lead.when.to_owned(),
        text: lead.rest.to_owned(),
    })
}

/// The rows of a table whose first cells say a time.
fn table(rows: &[(u32, Vec<String>)], in_part: bool, timed: &mut Vec<Entry>) {
    let head: Vec<String> = rows
        .first()
        .map(|(_, cells)| cells.iter().map(|cell| plain(cell).to_lowercase()).collect())
        .unwrap_or_default();
    let is_when = |cell: &String| cell.contains("time") || cell.contains("when") || cell.contains("date");
    let names_when = head.first().is_some_and(is_when) || head.get(1).is_some_and(is_when);
    for (line, cells) in rows.iter().skip(usize::from(!first_row_is_timed(rows))) {
        let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let has_lead = |cell: &&String| lead(cell).is_some_and(|lead| lead.rest.is_empty() || lead.has_time);
        let n_when = cells.iter().take_while(has_lead).count();
        let text = cells[n_when.min(cells.len())..]
            .iter()
            .filter(|cell| !cell.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" – ");
        if n_when > 0 && !text.is_empty() && (in_part || names_when) {
            timed.push(Entry { line: *line, when: cells[..n_when].join(" "), text });
        } else if n_when == 0 && in_part && names_when && cells.len() > 1 {
            // A time in words of its own, or none: still a line of the table.
            let first_is_empty = cells.first().is_none_or(String::is_empty);
            let rest =
                cells[1..].iter().filter(|cell| !is_nothing(cell)).cloned().collect::<Vec<_>>().join(" – ");
            if !rest.is_empty() && !first_is_empty {
                timed.push(Entry { line: *line, when: cells[0].clone(), text: rest });
            }
        }
    }
}

fn first_row_is_timed(rows: &[(u32, Vec<String>)]) -> bool {
    rows.first()
        .and_then(|(_, cells)| cells.first())
        .is_some_and(|cell| lead(&plain(cell)).is_some_and(|lead| lead.has_time))
}

/// Words that say that nothing stands here.
pub(super) fn is_nothing(words: &str) -> bool {
    let bare = words.trim().trim_matches(|c: char| ".:-–—…[]()<>_* ".contains(c)).to_lowercase();
    [
        "",
        "none",
        "n/a",
        "na",
        "tbd",
        "todo",
        "tba",
        "no action",
        "no actions",
        "nothing",
        "none yet",
        "not applicable",
        "wip",
        "fill in",
        "to be done",
    ]
    .contains(&bare.as_str())
}
