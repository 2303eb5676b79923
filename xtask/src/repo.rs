//! Where things lie in this repository.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{cargo, output};

/// The repository whose `cargo xtask` was called.
pub struct Repo {
    pub root: PathBuf,
    /// Where cargo builds: `target`, unless `CARGO_TARGET_DIR` says otherwise.
    pub target: PathBuf,
}

impl Repo {
    pub fn open() -> Result<Self> {
        // Cargo says at run time which clone it runs for; two clones that share a target folder share this program.
        let xtask = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&xtask).parent().context("xtask lies in no repository")?.to_path_buf();
        let metadata = ["metadata", "--no-deps", "--format-version", "1"];
        let metadata: Value = serde_json::from_str(&output(cargo().args(metadata).current_dir(&root))?)?;
        let target = metadata["target_directory"].as_str().context("cargo names no target folder")?.into();
        Ok(Self { root, target })
    }

    /// What the server serves as files. The server's build looks for it here, whatever cargo's own folder is.
    pub fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// The stories in a browser, and every Node package there is.
    pub fn browser_tests(&self) -> PathBuf {
        self.root.join("tests/browser")
    }
}
