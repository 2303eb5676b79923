//! `cargo xtask dist`: one program with everything in it.

use std::fs;

use anyhow::{Context, Result};

use crate::command::{artifacts, cargo, executable, say};
use crate::repo::Repo;
use crate::site;

/// Builds the site, then the server as a release, which holds the site, the migrations and the sample banks, and
/// puts it at `target/dist/muster`.
pub fn run(repo: &Repo) -> Result<()> {
    site::build(repo)?;

    say("building the server as a release");
    let mut build = cargo();
    build.args(["build", "--release", "--package", "server"]);
    let muster = executable(&artifacts(build.current_dir(&repo.root))?, "muster")?;

    let folder = repo.root.join("target/dist");
    let dist = folder.join("muster");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    // A program that runs cannot be written over, but it can be replaced.
    let _ = fs::remove_file(&dist);
    fs::copy(&muster, &dist).with_context(|| format!("{} cannot be written", dist.display()))?;
    say(format!("{} is the whole of Muster; it serves from an empty folder", dist.display()));
    Ok(())
}
