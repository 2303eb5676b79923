//! The browser for the stories: the system's own, never one that a test tool downloads.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::command::find;
use crate::debian;

/// The Chromium to drive: the one that `MUSTER_CHROMIUM` names, the one on the PATH, or one installed now.
pub fn ensure() -> Result<PathBuf> {
    if let Some(named) = env::var_os("MUSTER_CHROMIUM") {
        return Ok(named.into());
    }
    if let Some(found) = on_path() {
        return Ok(found);
    }
    debian::install("chromium", "the stories in a browser")?;
    on_path().context("the package `chromium` brought no program called chromium")
}

fn on_path() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find)
}
