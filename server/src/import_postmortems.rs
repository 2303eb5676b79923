//! `muster import-postmortems`.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use backend::postmortems::importing::{Imported, MarkdownFile, take_all};
use domain::postmortem::{ActionLine, FILE_LIMIT, Reading};
use serde::Serialize;

use crate::cli::ImportPostmortemsFlags;
use crate::clock;
use crate::once::{about_circle, print, with_db};

/// Says what a folder of postmortems holds, and brings it in unless it is only
/// tried.
pub fn run(flags: &ImportPostmortemsFlags) -> ExitCode {
    let files = match read_folder(&flags.folder) {
        Ok(files) => files,
        Err(why) => {
            eprintln!("{}: cannot be read: {why}", flags.folder.display());
            return ExitCode::from(2);
        }
    };
    let read: Vec<(&MarkdownFile, Reading)> = files.iter().map(|file| (file, file.read())).collect();
    let mut text = Vec::new();
    let written = if flags.json { write_json(&read, &mut text) } else { write_report(&read, &mut text) };
    if let Err(why) = print(written, &text) {
        eprintln!("muster: {why}");
        return ExitCode::FAILURE;
    }
    if flags.dry_run {
        return ExitCode::SUCCESS;
    }
    match take(flags, &files) {
        Ok(Imported { n_added, n_known, n_promises }) => {
            eprintln!("{n_added} added, {n_known} known already, {n_promises} actions");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("muster: {why}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Serialize)]
struct Report<'f> {
    files: Vec<FileReport<'f>>,
}

#[derive(Serialize)]
struct FileReport<'f> {
    path: &'f str,
    title: &'f str,
    date: Option<String>,
    timeline: usize,
    actions: Vec<ActionReport<'f>>,
}

#[derive(Serialize)]
struct ActionReport<'f> {
    line: u32,
    text: &'f str,
    owner: Option<&'f str>,
    due: Option<&'f str>,
}

fn write_json(read: &[(&MarkdownFile, Reading)], mut out: impl Write) -> io::Result<()> {
    let files = read.iter().map(|(file, reading)| FileReport {
        path: &file.path,
        title: &reading.title,
        date: reading.date.map(|day| day.to_string()),
        timeline: reading.timeline.len(),
        actions: reading
            .actions
            .iter()
            .map(|action| ActionReport {
                line: action.line,
                text: &action.text,
                owner: action.owner.as_deref(),
                due: action.due.as_deref(),
            })
            .collect(),
    });
    serde_json::to_writer(&mut out, &Report { files: files.collect() })?;
    writeln!(out)
}

fn write_report(read: &[(&MarkdownFile, Reading)], mut out: impl Write) -> io::Result<()> {
    for (file, reading) in read {
        let day = reading.date.map_or("no day".to_owned(), |day| day.to_string());
        writeln!(out, "{}: {}", one_line(&file.path), one_line(&reading.title))?;
        writeln!(out, "  {day}, timeline: {}, actions: {}", reading.timeline.len(), reading.actions.len())?;
        for ActionLine { line, text, owner, due } in &reading.actions {
            let owner = owner.as_deref().map_or("no owner".to_owned(), |owner| format!("owner {owner}"));
            let due = due.as_deref().map(|due| format!(", due {due}")).unwrap_or_default();
            writeln!(out, "  {line}: {} ({}{})", one_line(text), one_line(&owner), one_line(&due))?;
        }
    }
    Ok(())
}

/// Whatever characters a text holds, it is one line.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, "?")
}

fn take(flags: &ImportPostmortemsFlags, files: &[MarkdownFile]) -> Result<Imported, String> {
    let Some(circle) = &flags.circle else {
        return Err("say which circle they are for with --circle, or only look with --dry-run".to_owned());
    };
    with_db(&flags.database, async |db| {
        let imported = take_all(db, circle, files, clock::now()).await;
        imported.map_err(|why| about_circle(circle, why))
    })
}

/// Every file of words below a folder, in the order of their paths; hidden ones
/// and those that only lead into the folder are left out. A file is read as
/// itself.
fn read_folder(folder: &Path) -> io::Result<Vec<MarkdownFile>> {
    if folder.is_file() {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![MarkdownFile { path: name, bytes: read_file(folder)? }]);
    }
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            // Links are not followed: what is brought in stands in the folder.
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && is_words(&name) {
                match read_file(&path) {
                    Ok(bytes) => files.push(MarkdownFile { path: below(folder, &path), bytes }),
                    Err(why) => eprintln!("{}: cannot be read: {why}", path.display()),
                }
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Whether a name is that of a text which may be a postmortem.
fn is_words(name: &str) -> bool {
    let lower = name.to_lowercase();
    let (stem, ending) = lower.rsplit_once('.').unwrap_or((&lower, ""));
    let guide =
        ["readme", "license", "licence", "contributing", "changelog", "code_of_conduct", "codeowners"];
    ["md", "markdown", "mdown", "mkd", "mdx", "txt", ""].contains(&ending) && !guide.contains(&stem)
}

/// As much of a file as is looked at.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(FILE_LIMIT as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn below(folder: &Path, path: &Path) -> String {
    let below: PathBuf = path.strip_prefix(folder).unwrap_or(path).to_path_buf();
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
