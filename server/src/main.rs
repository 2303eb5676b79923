//! The program `muster`: command line, settings, listening.

mod analyse;
mod assets;
mod check;
mod cli;
mod clock;
mod config;
mod demo;
mod export;
mod hooks;
mod import;
mod import_postmortems;
mod import_runbooks;
mod jobs;
mod layers;
mod listen;
mod logs;
mod once;
mod outward;
mod router;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

/// Pages are many small strings: this one is faster with them than the system's,
/// and gives back sooner than others what a rush took.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(flags) => serve::run(*flags),
        Command::Check(flags) => return check::run(&flags),
        Command::Import(flags) => return import::run(&flags),
        Command::Analyse(flags) => return analyse::run(&flags),
        Command::ImportRunbooks(flags) => return import_runbooks::run(&flags),
        Command::ImportPostmortems(flags) => return import_postmortems::run(&flags),
        Command::ImportRules(flags) => return import_runbooks::run_rules(&flags),
        Command::Export(flags) => return export::run(&flags),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("muster: {why}");
            ExitCode::FAILURE
        }
    }
}
