//! `muster check`.

use std::io::{Write, stdout};
use std::process::ExitCode;

use backend::shelf::{Shelf, has_errors};
use domain::bank::Severity;

use crate::cli::CheckFlags;
use crate::once::counted;

/// Prints what is wrong with the banks of a folder.
pub fn run(flags: &CheckFlags) -> ExitCode {
    let shelf = match Shelf::Folder(flags.folder.clone()).read() {
        Ok(shelf) => shelf,
        Err(why) => {
            eprintln!("{}: cannot be read: {why}", flags.folder.display());
            return ExitCode::from(2);
        }
    };
    let mut out = stdout().lock();
    for finding in &shelf.findings {
        // A closed pipe ends the printing, not the check.
        if writeln!(out, "{}/{finding}", flags.folder.display().to_string().trim_end_matches('/')).is_err() {
            break;
        }
    }
    let count = |severity| shelf.findings.iter().filter(|finding| finding.severity == severity).count();
    let n_questions: usize = shelf.banks.iter().map(|bank| bank.questions.len()).sum();
    eprintln!(
        "{} in {}: {}, {}",
        counted(n_questions, "question"),
        counted(shelf.banks.len(), "bank"),
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning"),
    );
    if has_errors(&shelf.findings) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
