//! P10 and P11: what a browser loads for a page whose files it has never seen.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::Asked;
use crate::fault::{Fault, fault};
use crate::figure::{Figure, Side};
use crate::process::Process;
use crate::stage::{PASSWORD, Stage, folder};

/// What `cold.mjs` says of one page.
#[derive(Deserialize)]
struct Loaded {
    path: String,
    n_bytes: f64,
    n_requests: u32,
    loads_wasm: bool,
    has_island: bool,
}

impl Loaded {
    fn kib(&self) -> f64 {
        self.n_bytes / 1024.0
    }

    fn note(&self) -> String {
        format!("{}: {:.1} KiB in {} requests", self.path, self.kib(), self.n_requests)
    }
}

/// P10: the page of a test that Start leads to, with one question; the page with
/// all of them stands in the notes.
pub async fn test_page(asked: &Asked) -> Result<Figure, Fault> {
    const MOST_REQUESTS: u32 = 8;
    let stage = Stage::set(1, 1).await?;
    let muster = stage.serve(&asked.muster)?;
    let pages = load(asked, &muster, &["test", &stage.takers[0], PASSWORD, stage.round()])?;
    let page = pages.first().ok_or_else(|| fault("no page was loaded"))?;
    let too_many = pages.iter().filter(|page| page.n_requests > MOST_REQUESTS);
    Ok(Figure {
        id: "P10",
        what: "test page, cold: transferred, in at most 8 requests",
        value: page.kib(),
        unit: "KiB",
        side: Side::AtMost,
        goal: 150.0,
        against: too_many
            .map(|page| format!("more than {MOST_REQUESTS} requests: {}", page.note()))
            .collect(),
        interval: None,
        baseline: None,
        notes: pages.iter().map(Loaded::note).collect(),
    })
}

/// P11: every other page that links lead to, in the demo circle.
pub async fn other_pages(asked: &Asked) -> Result<Figure, Fault> {
    let folder = folder()?;
    let muster = Process::muster(&asked.muster, folder.path())?;
    let pages = load(asked, &muster, &["others"])?;
    let worst = largest(&pages)?;
    let for_nothing = pages.iter().filter(|page| page.loads_wasm && !page.has_island);
    let mut sizes: Vec<&Loaded> = pages.iter().collect();
    sizes.sort_by(|a, b| b.n_bytes.total_cmp(&a.n_bytes));
    Ok(Figure {
        id: "P11",
        what: "largest other page, cold: transferred, no wasm for nothing",
        value: worst.kib(),
        unit: "KiB",
        side: Side::AtMost,
        goal: 60.0,
        against: for_nothing.map(|page| format!("loads wasm and has no island: {}", page.path)).collect(),
        interval: None,
        baseline: None,
        notes: [format!("{} pages; the largest:", pages.len())]
            .into_iter()
            .chain(sizes.iter().take(5).map(|page| page.note()))
            .collect(),
    })
}

fn largest(pages: &[Loaded]) -> Result<&Loaded, Fault> {
    let largest = pages.iter().max_by(|a, b| a.n_bytes.total_cmp(&b.n_bytes));
    largest.ok_or_else(|| fault("no page was loaded"))
}

fn load(asked: &Asked, muster: &Process, words: &[&str]) -> Result<Vec<Loaded>, Fault> {
    let script: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/load/cold.mjs");
    let output = Command::new("node")
        .arg(script)
        .arg(asked.playwright.join("package.json"))
        .arg(&asked.chromium)
        .arg(format!("http://{}", muster.address))
        .args(words)
        .output()?;
    if !output.status.success() {
        return Err(fault(format!("the browser failed: {}", String::from_utf8_lossy(&output.stderr))));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
