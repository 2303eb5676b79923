//! A folder of runbook files.

use std::collections::BTreeMap;

use crate::bank::{Content, Finding, Severity, SourceFile};

use super::split::ENDINGS;
use super::text::{self, FILE_LIMIT};
use super::{Document, Filling, Kind};

/// The most files that are read at once.
pub const N_FILES: usize = 5000;

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub path: String,
    /// All of it.
    pub text: String,
    pub document: Document,
}

/// What a folder holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    pub files: Vec<Read>,
    /// Files that are no runbooks, or cannot be read.
    pub left_out: Vec<String>,
    /// By path and place.
    pub findings: Vec<Finding>,
}

/// Reads every runbook among the files. Nothing that is found keeps another
/// file from being read.
pub fn read(files: &[SourceFile]) -> Folder {
    let mut folder = Folder::default();
    for file in files.iter().take(N_FILES) {
        folder.take(file);
    }
    for file in files.iter().skip(N_FILES) {
        folder.leave_out(
            &file.path,
            Severity::Error,
            format!("there are more than {N_FILES} files; this one was not read"),
        );
    }
    folder.tell_doubles();
    folder.findings.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
    folder
}

/// How the name of a file speaks of what is in it.
#[derive(PartialEq)]
enum Looks {
    Markdown,
    Maybe,
    Otherwise,
}

fn looks(path: &str) -> Looks {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    match ending.as_deref() {
        Some("txt" | "text") | None => Looks::Maybe,
        Some(ending) if ENDINGS.contains(&ending) => Looks::Markdown,
        // `Runbook v1.2` has no ending.
        Some(ending) if ending.contains(' ') || ending.bytes().all(|b| b.is_ascii_digit()) => Looks::Maybe,
        Some(_) => Looks::Otherwise,
    }
}

impl Folder {
    fn take(&mut self, file: &SourceFile) {
        let looks = looks(&file.path);
        if looks == Looks::Otherwise {
            self.left_out.push(file.path.clone());
            return;
        }
        let bytes = match &file.content {
            Content::Bytes(bytes) => bytes,
            Content::TooBig { bytes } => {
                let what = format!(
                    "the file has {} KiB, the limit is {} KiB; it was not read",
                    bytes.div_ceil(1024),
                    FILE_LIMIT / 1024
                );
                return self.leave_out(&file.path, Severity::Error, what);
            }
            Content::Unreadable { why } => {
                return self.leave_out(
                    &file.path,
                    Severity::Error,
                    format!("the file cannot be read ({why})"),
                );
            }
        };
        let (text, told) = match text::read(bytes) {
            Ok(read) => read,
            Err(_) if looks == Looks::Maybe => return self.left_out.push(file.path.clone()),
            Err(why) => {
                return self.leave_out(&file.path, Severity::Error, format!("{why}; it was not read"));
            }
        };
        let document = super::read(&file.path, &text);
        let speaks = document.fillings.iter().any(|(_, filling)| *filling != Filling::Missing)
            || !document.alerts.is_empty();
        let is_headed = text.lines().any(|line| line.starts_with("# ") || line.starts_with("## "));
        if looks == Looks::Maybe && !(speaks && is_headed) {
            return self.left_out.push(file.path.clone());
        }
        if let Some(what) = told {
            self.findings.push(at_head(&file.path, Severity::Warning, what));
        }
        if text.trim().is_empty() {
            self.findings.push(at_head(&file.path, Severity::Warning, "the file is empty".to_owned()));
        }
        self.findings.extend(document.findings.iter().cloned());
        self.files.push(Read { path: file.path.clone(), text, document });
    }

    fn leave_out(&mut self, path: &str, severity: Severity, what: String) {
        self.left_out.push(path.to_owned());
        self.findings.push(at_head(path, severity, what));
    }

    /// Two files about one alert are both kept, and both are told.
    fn tell_doubles(&mut self) {
        let mut first: BTreeMap<String, &str> = BTreeMap::new();
        let mut findings = Vec::new();
        for file in self.files.iter().filter(|file| file.document.kind == Kind::Alert) {
            for name in file.document.alerts.iter().flat_map(|alert| &alert.names) {
                match first.get(&name.to_lowercase()) {
                    Some(path) if *path != file.path => {
                        let what = format!("{name} is described in {path} too; both are kept");
                        findings.push(at_head(&file.path, Severity::Warning, what));
                    }
                    Some(_) => {}
                    None => {
                        first.insert(name.to_lowercase(), &file.path);
                    }
                }
            }
        }
        self.findings.extend(findings);
    }
}

/// A finding about a whole file stands at its beginning.
fn at_head(path: &str, severity: Severity, what: String) -> Finding {
    Finding { path: path.to_owned(), line: 1, column: 1, severity, what }
}
