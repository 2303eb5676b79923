//! Running other programs: cargo, node, and whatever else lies on the PATH.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Says in one short line what is being done.
pub fn say(what: impl AsRef<str>) {
    println!("xtask: {}", what.as_ref());
}

/// The cargo that runs us, so that a chore never mixes two toolchains. Where everything is built once, as in CI,
/// it keeps nothing for a second build: that would take gigabytes.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    if env::var_os("CI").is_some() {
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

/// Runs a command to its end, its output going where ours goes; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("`{}` cannot be started", name(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", name(command));
    }
    Ok(())
}

/// Runs a command to its end and returns what it printed; its errors go where ours go.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{}` cannot be started", name(command)))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", name(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` printed no UTF-8", name(command)))
}

/// Runs a cargo command that compiles, and returns what cargo says of each thing it built or found built.
pub fn artifacts(command: &mut Command) -> Result<Vec<Value>> {
    let printed = output(command.arg("--message-format=json-render-diagnostics"))?;
    let messages = printed.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(messages.filter(|message| message["reason"] == "compiler-artifact").collect())
}

/// The program called `target` among what cargo built; its test harness is another program, but a bench is its own.
pub fn executable(artifacts: &[Value], target: &str) -> Result<PathBuf> {
    let is_harness =
        |artifact: &Value| artifact["profile"]["test"] == true && artifact["target"]["kind"][0] != "bench";
    artifacts
        .iter()
        .filter(|artifact| artifact["target"]["name"] == target && !is_harness(artifact))
        .find_map(|artifact| artifact["executable"].as_str())
        .map(PathBuf::from)
        .with_context(|| format!("cargo built no program called `{target}`"))
}

/// Where a program lies on the PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The command as a person would have typed it.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
