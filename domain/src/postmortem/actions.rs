//! The actions in the blocks of a postmortem.

use chrono::NaiveDate;

use super::blocks::{Block, Item, What, plain};
use super::owner::{self, somebody};
use super::parts::Part;
use super::reading::{ActionLine, is_nothing};

/// The most actions that are kept.
const ACTIONS_LIMIT: usize = 2000;

/// What the text says is to be done. `base` is its day.
pub(super) fn read(blocks: &[Block], parts: &[Option<Part>], base: Option<NaiveDate>) -> Vec<ActionLine> {
    let mut reader = Reader { base, found: Vec::new(), list: None, in_details: None };
    let mut at = 0;
    while at < blocks.len() {
        let in_part = parts[at] == Some(Part::Actions);
        if in_part {
            at += reader.take(&blocks[at..], &parts[at..]);
        } else {
            reader.list = None;
            reader.outside(&blocks[at]);
            at += 1;
        }
        if reader.found.len() >= ACTIONS_LIMIT {
            break;
        }
    }
    if reader.found.is_empty() {
        reader.ticks(blocks, parts);
    }
    reader.found
}

struct Reader {
    base: Option<NaiveDate>,
    found: Vec<ActionLine>,
    /// The list that is being read: how far its items stand in, and whether
    /// they are numbered.
    list: Option<List>,
    /// The indent of an item whose deeper items only explain it.
    in_details: Option<usize>,
}

#[derive(Clone, Copy)]
struct List {
    is_numbered: bool,
}

impl Reader {
    /// Takes what begins here and stands in a part of actions; returns how many
    /// blocks it took.
    fn take(&mut self, blocks: &[Block], parts: &[Option<Part>]) -> usize {
        let block = &blocks[0];
        match &block.what {
            What::Heading { text, level } => {
                self.list = None;
                self.in_details = None;
                if let Some(n_taken) = self.heading(text, *level, block.line, blocks, parts) {
                    return n_taken;
                }
                let is_bare = !section(blocks, parts).any(|block| {
                    matches!(block.what, What::Item(_) | What::Table { .. } | What::Heading { .. })
                });
                if is_bare && is_plainly_actions(text) {
                    for block in section(blocks, parts) {
                        self.paragraph(block);
                    }
                }
            }
            What::Label { .. } => {
                self.list = None;
                self.in_details = None;
            }
            What::Item(item) => self.item(item, block.line, &blocks[1..]),
            What::Table { rows } => self.table(rows, true),
            What::Paragraph { lines, is_inside_item } => {
                if *is_inside_item {
                    for (_, text) in lines {
                        self.detail(&plain(text));
                    }
                } else {
                    for (line, text) in lines {
                        self.labelled(*line, &plain(text));
                    }
                }
            }
        }
        1
    }

    fn item(&mut self, item: &Item, line: u32, after: &[Block]) {
        let words = plain(&item.text);
        if self.in_details.is_some_and(|parent| item.indent > parent) {
            self.detail(&words);
            return;
        }
        self.in_details = None;
        let list = *self.list.get_or_insert(List { is_numbered: item.is_numbered });
        // Dots below a numbered list explain its items.
        if list.is_numbered && !item.is_numbered && item.ticked.is_none() {
            self.detail(&words);
            return;
        }
        let next_is_deeper = after.iter().find_map(|block| match &block.what {
            What::Item(next) => Some(next.indent > item.indent + 1),
            What::Paragraph { is_inside_item: true, .. } => None,
            _ => Some(false),
        });
        if next_is_deeper == Some(true) && is_group(&words, after, item.indent) {
            self.list = None;
            return;
        }
        if !is_nothing(&words) && !is_only_a_label(&words) {
            self.push(line, &words);
        }
        self.in_details = Some(item.indent + 1);
    }

    /// What an action says below its own line: whose it is, until when.
    fn detail(&mut self, words: &str) {
        let said = owner::read(words, self.base);
        let has_label = words.contains(':') || words.contains(" - ");
        if let Some(last) = self.found.last_mut().filter(|_| has_label) {
            let starts = |names: &[&str]| names.iter().any(|name| words.to_lowercase().starts_with(name));
            if starts(&["owner", "assign", "responsible", "dri", "who", "lead", "poc"]) {
                last.owner = last.owner.take().or(said.owner);
                last.due = last.due.take().or(said.due);
            } else if starts(&["due", "deadline", "eta", "target", "by when", "when", "complete by"]) {
                last.due = last.due.take().or(said.due);
            }
        }
    }

    fn push(&mut self, line: u32, words: &str) {
        let said = owner::read(words, self.base);
        let said = match said.text.strip_prefix("Action item: ").or(said.text.strip_prefix("Action: ")) {
            Some(rest) => owner::Said { text: rest.to_owned(), ..said },
            None => said,
        };
        self.found.push(ActionLine { line, text: said.text, owner: said.owner, due: said.due });
    }

    /// Outside of the parts of actions: a table that is one of actions, and
    /// lines that begin with "Action item:".
    fn outside(&mut self, block: &Block) {
        match &block.what {
            What::Table { rows } => self.table(rows, false),
            What::Paragraph { lines, .. } => {
                for (line, text) in lines {
                    self.labelled(*line, &plain(text));
                }
            }
            What::Item(item) => self.labelled(block.line, &plain(&item.text)),
            _ => {}
        }
    }

    fn labelled(&mut self, line: u32, words: &str) {
        let lower = words.to_lowercase();
        let labels =
            ["action item:", "action:", "action point:", "todo:", "follow-up:", "followup:", "ai:", "ap:"];
        let label = labels.iter().find(|label| lower.starts_with(**label));
        if let Some(rest) = label.and_then(|label| words.get(label.len()..)).filter(|rest| !is_nothing(rest))
        {
            self.push(line, rest.trim());
        }
    }

    /// Boxes to tick, where the text has no part of actions.
    fn ticks(&mut self, blocks: &[Block], parts: &[Option<Part>]) {
        for (block, part) in blocks.iter().zip(parts) {
            let What::Item(item) = &block.what else { continue };
            let words = plain(&item.text);
            if item.ticked.is_some()
                && *part != Some(Part::Timeline)
                && !is_nothing(&words)
                && !words.ends_with('?')
            {
                self.push(block.line, &words);
            }
        }
        self.found.truncate(ACTIONS_LIMIT);
    }

    /// A part without lists: each paragraph is an action. What is all in
    /// italics or a quotation explains the template.
    fn paragraph(&mut self, block: &Block) {
        let What::Paragraph { lines, .. } = &block.what else { return };
        let raw = lines.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ");
        let words = plain(&raw);
        let is_italic = raw.len() > 1
            && ((raw.starts_with('_') && raw.ends_with('_'))
                || (raw.starts_with('*') && raw.ends_with('*') && !raw.starts_with("**")));
        let is_said = !is_italic
            && !raw.starts_with('>')
            && !raw.starts_with("![")
            && !words.ends_with(':')
            && !is_nothing(&words)
            && !words.to_lowercase().starts_with("action item:")
            && !words.to_lowercase().starts_with("no action");
        if is_said {
            self.push(block.line, &words);
        }
    }

    /// A heading for each action, with its owner below it; returns how many
    /// blocks such a one took.
    fn heading(
        &mut self,
        text: &str,
        level: u8,
        line: u32,
        blocks: &[Block],
        parts: &[Option<Part>],
    ) -> Option<usize> {
        let words = plain(text);
        let lower = words.to_lowercase();
        let below: Vec<&Block> =
            section(blocks, parts).take_while(|block| !matches!(block.what, What::Heading { .. })).collect();
        let says = |labels: &[&str]| {
            below.iter().any(|block| {
                let texts: Vec<String> = match &block.what {
                    What::Paragraph { lines, .. } => lines.iter().map(|(_, text)| plain(text)).collect(),
                    What::Item(item) if item.indent < 2 && item.ticked.is_none() => vec![plain(&item.text)],
                    _ => Vec::new(),
                };
                texts.iter().any(|text| {
                    let text = text.to_lowercase();
                    labels.iter().any(|label| {
                        text.strip_prefix(label).is_some_and(|rest| rest.trim_start().starts_with(':'))
                    })
                })
            })
        };
        let has_number = lower.strip_prefix("action").is_some_and(|rest| {
            rest.trim_start_matches(" item")
                .trim_start()
                .starts_with(|c: char| c.is_ascii_digit() || c == '#')
        });
        let is_one = level > 2
            && (has_number || says(&["owner", "assignee", "responsible", "due", "due date", "deadline"]));
        if !is_one {
            return None;
        }
        self.push(line, &words);
        for block in &below {
            match &block.what {
                What::Paragraph { lines, .. } => lines.iter().for_each(|(_, text)| self.detail(&plain(text))),
                What::Item(item) => self.detail(&plain(&item.text)),
                _ => {}
            }
        }
        Some(below.len() + 1)
    }

    fn table(&mut self, rows: &[(u32, Vec<String>)], in_part: bool) {
        let Some(((_, head), body)) = rows.split_first() else { return };
        let head: Vec<String> = head.iter().map(|cell| plain(cell).to_lowercase()).collect();
        let find = |exact: &[&str], within: &[&str]| {
            let is = |cell: &String| exact.contains(&cell.trim_end_matches(':').trim());
            let has = |cell: &String| within.iter().any(|part| cell.contains(part));
            head.iter().position(is).or_else(|| head.iter().position(has))
        };
        let what = find(
            &[
                "action item",
                "action",
                "action items",
                "actions",
                "item",
                "task",
                "what",
                "description",
                "todo",
                "to do",
                "follow-up",
                "recommendation",
                "summary",
                "title",
            ],
            &[
                "action",
                "task",
                "follow",
                "item",
                "recommend",
                "improve",
                "remediat",
                "what",
                "descri",
                "measure",
                "work",
            ],
        );
        let who = find(
            &["owner", "who", "assignee", "responsible", "dri", "lead"],
            &["owner", "assign", "responsib", "who", "dri", "lead"],
        );
        let when = find(
            &["due date", "due", "deadline", "eta", "target date", "when"],
            &["due", "deadline", "eta", "target", "by when", "date"],
        );
        let when = when.filter(|when| Some(*when) != what);
        let who = who.filter(|who| Some(*who) != what);
        let is_of_actions = in_part
            || (what.is_some_and(|what| head[what].contains("action") || head[what].contains("task"))
                && (who.is_some() || when.is_some())
                && !head.iter().any(|cell| cell.contains("time")));
        if !is_of_actions {
            return;
        }
        let is_counter =
            |cell: &String| matches!(cell.as_str(), "" | "#" | "no" | "no." | "id" | "nr" | "number");
        let what = what.or_else(|| head.iter().position(|cell| !is_counter(cell))).unwrap_or(0);
        for (line, cells) in body {
            let cell = |place: Option<usize>| {
                place.and_then(|place| cells.get(place)).map(|cell| plain(cell)).unwrap_or_default()
            };
            let words = cell(Some(what));
            if is_nothing(&words) {
                continue;
            }
            let said = owner::read(&words, self.base);
            let due = owner::due(&cell(when), self.base).or(said.due);
            self.found.push(ActionLine {
                line: *line,
                text: said.text,
                owner: somebody(&cell(who)).or(said.owner),
                due,
            });
        }
    }
}

/// What stands below a heading in the same part, until the next heading that is
/// not below it.
fn section<'b>(blocks: &'b [Block], parts: &'b [Option<Part>]) -> impl Iterator<Item = &'b Block> {
    let level = match &blocks[0].what {
        What::Heading { level, .. } => *level,
        _ => 7,
    };
    blocks
        .iter()
        .zip(parts)
        .skip(1)
        .take_while(move |(block, part)| {
            **part == Some(Part::Actions)
                && !matches!(&block.what, What::Heading { level: next, .. } if *next <= level)
        })
        .map(|(block, _)| block)
}

/// Headings that speak of actions and of nothing else.
fn is_plainly_actions(heading: &str) -> bool {
    let heading = plain(heading).to_lowercase();
    ["action", "follow-up", "followup", "follow up", "todo", "to do", "corrective", "preventi", "preventa"]
        .iter()
        .any(|word| heading.contains(word))
}

/// An item that only groups those below it: "Short term:", "Monitoring".
fn is_group(words: &str, after: &[Block], indent: usize) -> bool {
    let bare = words.trim_end_matches(':').trim();
    let lower = bare.to_lowercase();
    let n_words = bare.split_whitespace().count();
    let groups = [
        "short",
        "long",
        "medium",
        "mid",
        "immediate",
        "immediately",
        "later",
        "now",
        "next",
        "process",
        "monitoring",
        "detection",
        "prevention",
        "prevent",
        "detect",
        "mitigate",
        "mitigation",
        "communication",
        "documentation",
        "technical",
        "other",
        "done",
        "completed",
        "in progress",
        "open",
        "todo",
        "actions",
        "action",
        "p0",
        "p1",
        "p2",
        "p3",
        "high",
        "low",
        "must",
        "should",
        "could",
        "people",
        "tooling",
        "testing",
        "alerting",
    ];
    let first = lower.split([' ', '-', '/']).next().unwrap_or_default();
    let below_is_more = after
        .iter()
        .take(12)
        .any(|block| matches!(&block.what, What::Item(next) if next.indent > indent + 1));
    below_is_more
        && n_words <= 4
        && (groups.contains(&first) || groups.contains(&lower.as_str()))
        && (words.ends_with(':') || n_words <= 2)
}

/// "Owner: Bo" alone is no action.
fn is_only_a_label(words: &str) -> bool {
    let lower = words.to_lowercase();
    let names = [
        "owner:",
        "owners:",
        "due:",
        "due date:",
        "status:",
        "deadline:",
        "priority:",
        "ticket:",
        "assignee:",
        "eta:",
    ];
    names.iter().any(|name| lower.starts_with(name))
}
