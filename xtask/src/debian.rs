//! Installing what a full test needs, where that is possible: as root, with apt.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::accounts;
use crate::command::{find, run, say};

/// Installs one package that `purpose` needs, or says which to install.
pub fn install(package: &str, purpose: &str) -> Result<()> {
    if !accounts::is_root()? || find("apt-get").is_none() {
        bail!("{purpose} need the package `{package}`; install it (Debian: apt-get install {package})");
    }
    say(format!("installing the package {package} for {purpose}"));
    apt_get(&["update", "--quiet"])?;
    apt_get(&["install", "--quiet", "--yes", "--no-install-recommends", package])
        .with_context(|| format!("{purpose} need the package `{package}`"))
}

/// Makes sure of the tool that builds SQLite and the allocator, beside the compiler of C that Rust links with.
pub fn ensure_make() -> Result<()> {
    if find("make").is_some() { Ok(()) } else { install("make", "the parts written in C") }
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}
