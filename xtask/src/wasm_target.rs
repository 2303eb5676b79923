//! The standard library for the browser, which a fresh toolchain does not have.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, anyhow};

use crate::command::{find, output, run, say};

pub const TARGET: &str = "wasm32-unknown-unknown";

const WAY_OUT: &str = "\
the browser part needs Rust's standard library for wasm32-unknown-unknown.
  With rustup and its server in reach:  rustup target add wasm32-unknown-unknown
  Without:  a distribution's own toolchain for it (Debian: the packages rustc-web, cargo-web, rust-web-src and lld),
            as docs/operating.md describes";

/// Has the standard library for the browser in place, through rustup where it is missing.
pub fn ensure() -> Result<()> {
    if is_installed() {
        return Ok(());
    }
    say(format!("adding the Rust target {TARGET}"));
    if find("rustup").is_none() {
        return Err(anyhow!("there is no rustup on the PATH; {WAY_OUT}"));
    }
    run(Command::new("rustup").args(["target", "add", TARGET])).map_err(|error| anyhow!("{error}; {WAY_OUT}"))
}

/// Whether the compiler in use finds such a library; this also sees one that rustup did not install.
fn is_installed() -> bool {
    let ask = ["--print", "target-libdir", "--target", TARGET];
    let folder = output(Command::new("rustc").args(ask));
    folder.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}
