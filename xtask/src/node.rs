//! Node and the packages of `tests/browser`: Playwright for the stories in a browser, wasm-opt for the browser part.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{find, run, say};
use crate::repo::Repo;

const WAY_OUT: &str = "install Node 20 or newer with npm (Debian: apt-get install nodejs npm)";

/// Installs the packages that package-lock.json names, unless they are installed already.
pub fn install_packages(repo: &Repo) -> Result<()> {
    if find("node").is_none() || find("npm").is_none() {
        bail!("there is no node or no npm on the PATH; {WAY_OUT}");
    }
    let folder = repo.browser_tests();
    let wanted = fs::read(folder.join("package-lock.json")).context("tests/browser/package-lock.json")?;
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say("installing the Node packages of tests/browser");
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    fs::write(&stamp, wanted).with_context(|| stamp.display().to_string())
}

/// Where wasm-opt lies, or nothing, with a notice: the site works without, its wasm is only larger.
pub fn wasm_opt(repo: &Repo) -> Option<PathBuf> {
    if let Err(error) = install_packages(repo) {
        say(format!("going on without wasm-opt, which only makes the browser part smaller: {error:#}"));
        return None;
    }
    Some(repo.browser_tests().join("node_modules/binaryen/bin/wasm-opt"))
}

/// The command that runs the stories in `chromium` against the program `muster`.
pub fn playwright(repo: &Repo, muster: &Path, chromium: &Path) -> Result<Command> {
    install_packages(repo)?;
    let mut stories = Command::new("npx");
    stories.args(["--no-install", "playwright", "test"]).current_dir(repo.browser_tests());
    stories.env("MUSTER_BIN", muster).env("MUSTER_CHROMIUM", chromium);
    Ok(stories)
}
