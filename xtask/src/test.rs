//! `cargo xtask test`: what a change has to pass, step by step, stopping at the first step that fails.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::command::{artifacts, cargo, executable, output, run, say};
use crate::postgres::Cluster;
use crate::repo::Repo;
use crate::wasm_target::{self, TARGET};
use crate::{chromium, node, site};

/// Everything but the browser's own target: `frontend` switches on `app`'s browser half, and in one build with the
/// server both halves would be tested as they are never run.
const NATIVE: [&str; 3] = ["--workspace", "--exclude", "frontend"];

/// The variable that makes a test use PostgreSQL; without it a test uses SQLite.
const TEST_POSTGRES: &str = "TEST_POSTGRES";

/// Everything.
pub fn full(repo: &Repo) -> Result<()> {
    let began = Instant::now();
    step("format", || format(repo))?;
    step("lints", || native_lints(repo))?;
    step("lints for the browser", || browser_lints(repo))?;
    step("domain for the browser", || domain_compiles_for_the_browser(repo))?;
    step("site", || site::build(repo))?;
    let muster = step("build", || build(repo))?;
    step("tests on SQLite", || tests_on_sqlite(repo))?;
    let postgres = step("a PostgreSQL", Postgres::ready)?;
    step("tests on PostgreSQL", || postgres.serves(tests_on_postgres(repo, postgres.url())))?;
    step("stories in a browser", || postgres.serves(stories_in_a_browser(repo, &muster, postgres.url())))?;
    say(format!("everything passed in {}", seconds(began)));
    Ok(())
}

/// What can be asked many times an hour.
pub fn quick(repo: &Repo) -> Result<()> {
    let began = Instant::now();
    step("format", || format(repo))?;
    step("lints", || native_lints(repo))?;
    step("tests on SQLite", || tests_on_sqlite(repo))?;
    say(format!("the quick tests passed in {}", seconds(began)));
    Ok(())
}

/// Does one step and says how long it took, and whether it failed.
fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(format!("{name} …"));
    let began = Instant::now();
    let outcome = work();
    match &outcome {
        Ok(_) => say(format!("passed: {name} ({})", seconds(began))),
        Err(_) => say(free_disk()),
    }
    outcome.with_context(|| format!("FAILED: {name} ({})", seconds(began)))
}

/// What is left on the disks that tests write to: without it, anything may fail in any way.
fn free_disk() -> String {
    let mut df = Command::new("df");
    let printed = output(df.arg("--human-readable").arg(".").arg(env::temp_dir()));
    printed
        .map_or_else(|error| error.to_string(), |table| format!("room on the disks:\n{}", table.trim_end()))
}

fn format(repo: &Repo) -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]).current_dir(&repo.root))
}

fn native_lints(repo: &Repo) -> Result<()> {
    // The server takes the site's files in when it is compiled.
    site::ensure(repo)?;
    let clippy = ["--all-targets", "--", "-D", "warnings"];
    run(cargo().arg("clippy").args(NATIVE).args(clippy).current_dir(&repo.root))
}

/// Lints `frontend` and what it compiles of `app`: clippy looks at every crate of the workspace on its way.
fn browser_lints(repo: &Repo) -> Result<()> {
    wasm_target::ensure()?;
    let clippy = ["clippy", "--package", "frontend", "--target", TARGET, "--", "-D", "warnings"];
    run(cargo().args(clippy).current_dir(&repo.root))
}

/// Where there is neither a clock nor an operating system, `domain` cannot read one.
fn domain_compiles_for_the_browser(repo: &Repo) -> Result<()> {
    run(cargo().args(["check", "--package", "domain", "--target", TARGET]).current_dir(&repo.root))
}

/// Builds the tests, and with them the program that the browser stories run.
fn build(repo: &Repo) -> Result<PathBuf> {
    let artifacts = artifacts(cargo().arg("test").args(NATIVE).arg("--no-run").current_dir(&repo.root))?;
    executable(&artifacts, "muster")
}

fn tests_on_sqlite(repo: &Repo) -> Result<()> {
    run(cargo().arg("test").args(NATIVE).env_remove(TEST_POSTGRES).current_dir(&repo.root))
}

/// The PostgreSQL that `TEST_POSTGRES` names, or one of our own, which goes when this is dropped.
enum Postgres {
    Given(String),
    Own(Cluster),
}

impl Postgres {
    fn ready() -> Result<Self> {
        match env::var(TEST_POSTGRES) {
            Ok(url) => Ok(Self::Given(url)),
            Err(_) => Cluster::start().map(Self::Own),
        }
    }

    fn url(&self) -> &str {
        match self {
            Self::Given(url) => url,
            Self::Own(cluster) => &cluster.url,
        }
    }

    /// What was done with it; to a failure, our own adds what it said last.
    fn serves(&self, done: Result<()>) -> Result<()> {
        match self {
            Self::Given(_) => done,
            Self::Own(cluster) => {
                done.with_context(|| format!("PostgreSQL said last:\n{}\n", cluster.last_words()))
            }
        }
    }
}

/// The same tests on PostgreSQL. All of them, though most ask no database: another choice of packages is another
/// choice of features, for which cargo compiles the server once more.
fn tests_on_postgres(repo: &Repo, url: &str) -> Result<()> {
    run(cargo().arg("test").args(NATIVE).env(TEST_POSTGRES, url).current_dir(&repo.root))
}

/// The stories; those about several nodes need PostgreSQL.
fn stories_in_a_browser(repo: &Repo, muster: &Path, url: &str) -> Result<()> {
    let mut stories = node::playwright(repo, muster, &chromium::ensure()?)?;
    run(stories.env(TEST_POSTGRES, url))
}

fn seconds(began: Instant) -> String {
    format!("{:.1} s", began.elapsed().as_secs_f64())
}
