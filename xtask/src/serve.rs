//! `cargo xtask serve`: from a fresh clone to a running server.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{artifacts, cargo, executable, say};
use crate::repo::Repo;
use crate::site;

/// What `muster serve` is told unless the arguments say otherwise.
const DEFAULTS: [(&str, &str); 2] = [("--listen", "127.0.0.1:3000"), ("--data", "data")];

/// Builds the site and the server, then becomes the server, so that Ctrl-C and exit status are its own.
pub fn run(repo: &Repo, release: bool, arguments: Vec<String>) -> Result<()> {
    site::build(repo)?;

    say("building the server");
    let mut build = cargo();
    build.args(["build", "--package", "server"]).args(release.then_some("--release"));
    let muster = executable(&artifacts(build.current_dir(&repo.root))?, "muster")?;

    let arguments = with_defaults(arguments);
    say(format!("{} serve {}", muster.display(), arguments.join(" ")));
    let error = Command::new(&muster).arg("serve").args(arguments).current_dir(&repo.root).exec();
    Err(error).with_context(|| format!("{} cannot be started", muster.display()))
}

/// Adds each default whose flag is not given; muster refuses a flag given twice.
fn with_defaults(arguments: Vec<String>) -> Vec<String> {
    let is_given = |flag: &str| arguments.iter().any(|word| word.split('=').next() == Some(flag));
    let defaults = DEFAULTS.into_iter().filter(|(flag, _)| !is_given(flag));
    let defaults = defaults.flat_map(|(flag, value)| [flag.to_string(), value.to_string()]);
    defaults.collect::<Vec<_>>().into_iter().chain(arguments).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> String {
        with_defaults(line.split_whitespace().map(String::from).collect()).join(" ")
    }

    #[test]
    fn a_given_flag_replaces_its_default() {
        assert_eq!(told(""), "--listen 127.0.0.1:3000 --data data");
        assert_eq!(told("--listen 0.0.0.0:80"), "--data data --listen 0.0.0.0:80");
        assert_eq!(told("--data=/srv/muster"), "--listen 127.0.0.1:3000 --data=/srv/muster");
    }
}
