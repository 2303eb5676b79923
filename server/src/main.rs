//! The program `muster`: command line, settings, listening.

mod assets;
mod check;
mod cli;
mod clock;
mod config;
mod import;
mod jobs;
mod layers;
mod listen;
mod logs;
mod router;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(flags) => serve::run(*flags),
        Command::Check(flags) => return check::run(&flags),
        Command::Import(flags) => return import::run(&flags),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("muster: {why}");
            ExitCode::FAILURE
        }
    }
}
