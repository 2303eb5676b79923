//! The shelf: question banks as files, in a folder or inside the program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use domain::bank::{Bank, Content, Finding, Severity, SourceFile};

/// Where the banks stand that a leader may take into a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shelf {
    Folder(PathBuf),
    /// The sample banks inside the program.
    Samples,
}

/// The sample banks, as they stand in `questions/`.
#[derive(rust_embed::RustEmbed)]
#[folder = "../questions"]
struct Samples;

/// A file above this size is not read: it cannot be a question.
const FILE_LIMIT: u64 = 2 * 1024 * 1024;

impl Shelf {
    /// Reads every file of the shelf, once.
    pub fn read(&self) -> io::Result<domain::bank::Shelf> {
        let files = match self {
            Shelf::Folder(folder) => files_below(folder)?,
            Shelf::Samples => sample_files(),
        };
        Ok(domain::bank::read(&files))
    }

    /// How a person knows it.
    pub fn name(&self) -> String {
        match self {
            Shelf::Folder(folder) => folder.display().to_string(),
            Shelf::Samples => "the sample banks".to_owned(),
        }
    }
}

/// The bank of one service, with what was found in its files.
pub fn bank_of(shelf: domain::bank::Shelf, service: &str) -> (Option<Bank>, Vec<Finding>) {
    let prefix = format!("{service}/");
    let findings = shelf.findings.into_iter().filter(|finding| finding.path.starts_with(&prefix)).collect();
    let bank = shelf.banks.into_iter().find(|bank| bank.service.slug == service);
    (bank, findings)
}

/// Whether a bank is one of those inside the program, word for word.
pub(crate) fn is_sample(bank: &Bank) -> io::Result<bool> {
    Ok(Shelf::Samples.read()?.banks.contains(bank))
}

/// Whether anything found keeps the files from being taken.
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

fn sample_files() -> Vec<SourceFile> {
    Samples::iter()
        .filter_map(|path| {
            let file = Samples::get(&path)?;
            Some(SourceFile { path: path.into_owned(), content: Content::Bytes(file.data.into_owned()) })
        })
        .collect()
}

/// Every file below a folder, or the one file that is named.
pub(crate) fn files_at(path: &Path) -> io::Result<Vec<SourceFile>> {
    if !fs::metadata(path)?.is_file() {
        return files_below(path);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(vec![SourceFile { path: name, content: content_of(path) }])
}

/// Every file below a folder, hidden ones left out, in the order of their paths.
fn files_below(folder: &Path) -> io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path();
            // Links are not followed: a bank is what stands in its own folder.
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if entry.file_type()?.is_file() {
                files.push(SourceFile { path: name_below(folder, &path), content: content_of(&path) });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn name_below(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn content_of(path: &Path) -> Content {
    match fs::metadata(path).map(|meta| meta.len()) {
        Ok(bytes) if bytes > FILE_LIMIT => Content::TooBig { bytes },
        Ok(_) => match fs::read(path) {
            Ok(bytes) => Content::Bytes(bytes),
            Err(why) => Content::Unreadable { why: why.to_string() },
        },
        Err(why) => Content::Unreadable { why: why.to_string() },
    }
}
