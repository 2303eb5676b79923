//! The chores of this repository: `cargo xtask serve`, `test`, `bench` and `dist`.
//!
//! Needs nothing but cargo to start. Each chore says what it is doing while it does it, gets what it needs where it
//! can, and says what to do where it cannot.

mod accounts;
mod bench;
mod browser_part;
mod chore;
mod chromium;
mod command;
mod debian;
mod dist;
mod node;
mod postgres;
mod repo;
mod serve;
mod site;
mod style;
mod test;
mod wasm_target;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;

use crate::chore::Chore;
use crate::repo::Repo;

fn main() -> ExitCode {
    match Chore::parse(std::env::args().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> Result<()> {
    if !matches!(chore, Chore::Help) {
        debian::ensure_make()?;
    }
    match chore {
        Chore::Help => {
            // A reader who has gone away, such as `head`, is no failure.
            let _ = writeln!(io::stdout(), "{}", chore::HELP);
            Ok(())
        }
        Chore::Serve { release, arguments } => serve::run(&Repo::open()?, release, arguments),
        Chore::Test { quick: true } => test::quick(&Repo::open()?),
        Chore::Test { quick: false } => test::full(&Repo::open()?),
        Chore::Bench { yardsticks, json } => bench::run(&Repo::open()?, &yardsticks, json.as_deref()),
        Chore::Dist => dist::run(&Repo::open()?),
    }
}
