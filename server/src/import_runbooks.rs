//! `muster import-runbooks` and `muster import-rules`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use backend::alerts;
use backend::runbooks::importing::{self, Taken};
use domain::runbook::import::{Folder, Read};
use domain::runbook::{Filling, Section};
use serde::{Serialize, Serializer};

use crate::cli::{ImportRulesFlags, ImportRunbooksFlags};
use crate::clock;
use crate::once::{about_circle, counted, in_words, print, with_db};

/// Says what a folder of runbooks holds, and takes it in unless it is only
/// tried.
pub fn run(flags: &ImportRunbooksFlags) -> ExitCode {
    let folder = match importing::read_folder(&flags.folder) {
        Ok(folder) => folder,
        Err(why) => {
            eprintln!("{}: cannot be read: {why}", flags.folder.display());
            return ExitCode::from(2);
        }
    };
    let mut text = Vec::new();
    let written = if flags.json { write_json(&folder, &mut text) } else { write_report(&folder, &mut text) };
    if let Err(why) = print(written, &text) {
        eprintln!("muster: {why}");
        return ExitCode::FAILURE;
    }
    tell(&folder, &flags.folder);
    if flags.dry_run {
        return ExitCode::SUCCESS;
    }
    match take(flags, folder.files) {
        Ok(all) => {
            for taken in all {
                let Taken { service, n_added, n_changed, n_unchanged, version } = taken;
                eprintln!(
                    "{service}: {n_added} added, {n_changed} changed, {n_unchanged} unchanged; version {version}"
                );
            }
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
    alerts: Vec<&'f str>,
    redirect: Option<&'f str>,
    sections: Sections<'f>,
}

/// Each section's name with how much there is of it, in their usual order.
struct Sections<'f>(&'f [(Section, Filling)]);

impl Serialize for Sections<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(section, filling)| (section.as_str(), filling)))
    }
}

fn write_json(folder: &Folder, mut out: impl Write) -> io::Result<()> {
    let files = folder.files.iter().map(|file| FileReport {
        path: &file.path,
        title: &file.document.title,
        alerts: names(file),
        redirect: file.document.redirect.as_deref(),
        sections: Sections(&file.document.fillings),
    });
    serde_json::to_writer(&mut out, &Report { files: files.collect() })?;
    writeln!(out)
}

/// The names of the alerts that a file describes, none twice.
fn names(file: &Read) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in file.document.alerts.iter().flat_map(|alert| &alert.names) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

fn write_report(folder: &Folder, mut out: impl Write) -> io::Result<()> {
    for file in &folder.files {
        writeln!(out, "{}: {}", one_line(&file.path), one_line(&file.document.title))?;
        let names = names(file);
        if !names.is_empty() {
            writeln!(out, "  alerts: {}", one_line(&names.join(", ")))?;
        }
        if let Some(target) = &file.document.redirect {
            writeln!(out, "  only a redirect to {}", one_line(target))?;
        }
        for filling in [Filling::Filled, Filling::Todo, Filling::Empty, Filling::Missing] {
            let these = file.document.fillings.iter().filter(|(_, one)| *one == filling);
            let these: Vec<&str> = these.map(|(section, _)| section.as_str()).collect();
            if !these.is_empty() {
                writeln!(out, "  {}: {}", filling.as_str(), these.join(", "))?;
            }
        }
    }
    Ok(())
}

/// What was odd, and how much there was.
fn tell(folder: &Folder, place: &Path) {
    let base = if place.is_dir() {
        format!("{}/", place.display().to_string().trim_end_matches('/'))
    } else {
        String::new()
    };
    let mut err = io::stderr().lock();
    for finding in &folder.findings {
        if writeln!(err, "{base}{}", one_line(&finding.to_string())).is_err() {
            return;
        }
    }
    let n_alerts: usize = folder.files.iter().map(|file| names(file).len()).sum();
    let mut n: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, filling) in folder.files.iter().flat_map(|file| &file.document.fillings) {
        *n.entry(filling.as_str()).or_default() += 1;
    }
    let counts: Vec<String> = n.iter().map(|(filling, n)| format!("{n} {filling}")).collect();
    let left_out = match folder.left_out.len() {
        0 => String::new(),
        1 => "; 1 other file left out".to_owned(),
        n => format!("; {n} other files left out"),
    };
    // Nobody may be listening any more.
    let _ = writeln!(
        err,
        "{}, {}; sections: {}{left_out}",
        counted(folder.files.len(), "file"),
        counted(n_alerts, "alert"),
        if counts.is_empty() { "none".to_owned() } else { counts.join(", ") },
    );
}

fn take(flags: &ImportRunbooksFlags, files: Vec<Read>) -> Result<Vec<Taken>, String> {
    let mut by_service: BTreeMap<String, Vec<Read>> = BTreeMap::new();
    for file in files {
        let service = match &flags.service {
            Some(service) => service.clone(),
            None => match file.path.split_once('/') {
                Some((folder, _)) => folder.to_owned(),
                None => {
                    return Err(format!(
                        "{} stands in no folder that names a service; say --service NAME, or --dry-run to only look",
                        file.path
                    ));
                }
            },
        };
        by_service.entry(service).or_default().push(file);
    }
    with_db(&flags.database, async |db| {
        let mut all = Vec::new();
        for (service, files) in &by_service {
            let taken =
                importing::take_by_command(db, flags.circle.as_deref(), service, files, clock::now()).await;
            all.push(taken.map_err(in_words)?);
        }
        Ok(all)
    })
}

/// Takes files of Prometheus rules into a circle.
pub fn run_rules(flags: &ImportRulesFlags) -> ExitCode {
    let mut files = Vec::new();
    for path in &flags.files {
        let read =
            std::fs::read_to_string(path).map_err(|why| format!("{}: cannot be read: {why}", path.display()));
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let rules = read.and_then(|text| {
            domain::alert::rules::read(&path.display().to_string(), &text)
                .map_err(|finding| finding.to_string())
        });
        match rules {
            Ok(rules) => files.push((name, rules)),
            Err(why) => {
                eprintln!("{why}");
                return ExitCode::FAILURE;
            }
        }
    }
    let taken = with_db(&flags.database, async |db| {
        for (name, rules) in &files {
            let taken = alerts::rules::take_by_command(db, &flags.circle, name, rules, clock::now()).await;
            taken.map_err(|why| about_circle(&flags.circle, why))?;
        }
        Ok(())
    });
    match taken {
        Ok(()) => {
            for (name, rules) in files {
                println!("{name}: {}", counted(rules.len(), "alert"));
            }
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("muster: {why}");
            ExitCode::FAILURE
        }
    }
}

/// A text as it can stand in a terminal: no line ends, nothing that steers it.
fn one_line(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}
