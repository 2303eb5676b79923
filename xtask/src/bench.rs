//! `cargo xtask bench`: what the release program can do.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command::{artifacts, cargo, executable, run as run_to_end, say};
use crate::repo::Repo;
use crate::{chromium, node, site};

/// The yardsticks that are measured in a browser.
const IN_A_BROWSER: [&str; 2] = ["P10", "P11"];

/// Builds the release program with the site inside, and the generator of load, which measures the chosen yardsticks, or
/// all. One call to cargo builds both, so that nothing is compiled twice.
pub fn run(repo: &Repo, yardsticks: &[String], json: Option<&Path>) -> Result<()> {
    site::build(repo)?;

    say("building the server as a release, and the generator of load");
    let mut build = cargo();
    build.args(["build", "--release", "--package", "server", "--bin", "muster", "--bench", "load"]);
    let built = artifacts(build.current_dir(&repo.root))?;
    let (muster, load) = (executable(&built, "muster")?, executable(&built, "load")?);

    let mut measure = Command::new(load);
    measure.arg("--muster").arg(muster).args(yardsticks);
    if yardsticks.is_empty() || yardsticks.iter().any(|id| IN_A_BROWSER.contains(&id.as_str())) {
        node::install_packages(repo)?;
        measure.arg("--playwright").arg(repo.browser_tests()).arg("--chromium").arg(chromium::ensure()?);
    }
    if let Some(file) = json {
        // Where the person who asks stands, whatever folder the generator works in.
        measure.arg("--json").arg(env::current_dir()?.join(file));
    }
    // What the build wrote goes to the disk before, not while anything is measured.
    run_to_end(&mut Command::new("sync"))?;
    run_to_end(&mut measure)
}
