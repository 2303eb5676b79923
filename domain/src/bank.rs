//! A question bank: a folder of Markdown files, read into questions or into
//! faults that name their place.
//!
//! Reading the disk is the caller's: this module is given names and bytes.

use std::fmt;

use crate::question::{Number, Question, QuestionId, VersionHash};

mod answer_key;
mod block;
mod body;
mod choices;
mod entries;
mod front_matter;
mod image;
mod links;
mod number;
mod pairs;
mod parse;
mod place;
mod rubric;
mod service;
mod shelf;
mod steps;
mod text;
mod tree;
mod typed;
mod weak;

#[cfg(test)]
mod tests;

use place::Faults;

pub use image::IMAGE_LIMIT;

/// The longest question or `service.toml`, in bytes.
pub const TEXT_LIMIT: u64 = 256 * 1024;

/// Reads a folder of banks: every file once, every fault of every file.
///
/// A question with an error is left out, and so is a bank whose `service.toml`
/// has one; so only a shelf without errors is complete.
pub fn read(files: &[SourceFile]) -> Shelf {
    shelf::read(files)
}

/// Parses one question's text again, as stored. Accepts whatever [`read`]
/// accepted; whether the images exist is not asked again.
pub fn parse(id: &QuestionId, text: &str) -> Result<Question, Vec<Finding>> {
    let text = text::tidy(text);
    let path = format!("{id}.md");
    if text.len() as u64 > TEXT_LIMIT {
        let mut faults = Faults::default();
        faults.error(0, text::too_long(text.len() as u64));
        return Err(faults.placed(&path, &text));
    }
    let reading = parse::read(&text);
    match reading.written {
        Some(written) if !reading.faults.any_error() => Ok(written.named(id.clone())),
        _ => Err(reading.faults.placed(&path, &text)),
    }
}

/// A number as an author writes it in a key: `5432`, `30 ± 5 s` or `25..35`.
pub fn number(text: &str) -> Option<Number> {
    number::number(text.trim())?.ok()
}

/// One file of a bank, as found on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFile {
    /// Relative to the folder of banks, with `/`.
    pub path: String,
    pub content: Content,
}

/// What a file holds, or why that is not known.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Bytes(Vec<u8>),
    /// Longer than both [`TEXT_LIMIT`] and [`IMAGE_LIMIT`], so it was not read.
    TooBig {
        bytes: u64,
    },
    Unreadable {
        why: String,
    },
}

/// What a folder of banks says.
#[derive(Debug, Clone, PartialEq)]
pub struct Shelf {
    /// By slug. Complete only when no finding is an error.
    pub banks: Vec<Bank>,
    /// By path, line and column.
    pub findings: Vec<Finding>,
}

impl Shelf {
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// The questions of one service.
#[derive(Debug, Clone, PartialEq)]
pub struct Bank {
    pub service: ServiceSheet,
    /// In the order of their paths.
    pub questions: Vec<BankQuestion>,
}

/// What `service.toml` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceSheet {
    /// The name of the folder.
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub owner: String,
    /// Label and address, in the order of the file.
    pub links: Vec<(String, String)>,
}

/// A question with everything needed to store it and show it again.
#[derive(Debug, Clone, PartialEq)]
pub struct BankQuestion {
    pub question: Question,
    /// The text of the file, without a byte order mark and with `\n` alone at
    /// the end of a line, so that a checkout on Windows is the same version.
    pub text: String,
    /// In the order in which the text first shows them, none of them twice.
    pub images: Vec<Image>,
    pub version: VersionHash,
}

/// An image that a question shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// As written in the Markdown, relative to the question.
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// Something to say about a file, at its place. Lines and columns count from
/// 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub severity: Severity,
    /// What it is and what to do.
    pub what: String,
}

impl fmt::Display for Finding {
    /// One line, whatever characters a file name holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one_line = |text: &str| text.replace(char::is_control, "?");
        let (path, what) = (one_line(&self.path), one_line(&self.what));
        write!(f, "{path}:{}:{}: {}: {what}", self.line, self.column, self.severity)
    }
}

/// Whether a finding keeps the file out of the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}
