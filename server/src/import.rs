//! `muster import`.

use std::process::ExitCode;

use backend::questions::{Imported, take_banks};
use backend::shelf::{Shelf, has_errors};
use domain::bank::Severity;

use crate::cli::ImportFlags;
use crate::clock;
use crate::once::{about_circle, with_db};

/// Takes the banks of a folder into a circle, or says why not.
pub fn run(flags: &ImportFlags) -> ExitCode {
    match import(flags) {
        Ok(imported) => {
            println!(
                "{} added, {} changed, {} unchanged, {} outdated",
                imported.n_added, imported.n_changed, imported.n_unchanged, imported.n_outdated
            );
            for (ids, what) in [
                (&imported.kept, "kept as it was written in the app"),
                (&imported.written_over, "written in the app, and the file changed too: the file counts now"),
                (&imported.outdated, "outdated: its bank has it no more"),
            ] {
                ids.iter().for_each(|id| println!("  {id}: {what}"));
            }
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("muster: {why}");
            ExitCode::FAILURE
        }
    }
}

fn import(flags: &ImportFlags) -> Result<Imported, String> {
    let shelf = flags.folder.clone().map_or(Shelf::Samples, Shelf::Folder);
    let read = shelf.read().map_err(|why| format!("{} cannot be read: {why}", shelf.name()))?;
    for finding in read.findings.iter().filter(|finding| finding.severity == Severity::Error) {
        match &flags.folder {
            Some(folder) => eprintln!("{}/{finding}", folder.display().to_string().trim_end_matches('/')),
            None => eprintln!("{finding}"),
        }
    }
    if has_errors(&read.findings) {
        return Err("nothing was taken, because of the errors above".to_owned());
    }
    if read.banks.is_empty() {
        return Err(format!("{} holds no bank: a bank is a folder with a service.toml", shelf.name()));
    }
    with_db(&flags.database, async |db| {
        let imported = take_banks(db, &flags.circle, &read.banks, clock::now()).await;
        imported.map_err(|why| about_circle(&flags.circle, why))
    })
}
