//! The part of the program that runs in the browser: `frontend` compiled to wasm, bound, made small, named by content.
//!
//! Leptos derives the names of both its files from one `output_name`: `/pkg/<name>.js` and `/pkg/<name>_bg.wasm`.
//! The hash of both is therefore part of that name.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{artifacts, cargo, output, run, say};
use crate::repo::Repo;
use crate::{node, site, wasm_target};

/// What a change of makes the browser part another one. The stylesheet, which lies in `app`, is built apart from it.
const SOURCES: [&str; 6] = ["Cargo.lock", "Cargo.toml", "rust-toolchain.toml", "app", "domain", "frontend"];
const NOT_SOURCES: [&str; 1] = ["app/style"];

/// Smallest first, with what every browser of the last years understands and rustc emits.
const WASM_OPT: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// A browser part that lies in the site.
pub struct BrowserPart {
    pub output_name: String,
    /// A hash of all that it was built from.
    inputs: String,
}

impl BrowserPart {
    /// The one that lies in the site since an earlier build, if its files are still there.
    pub fn last_built(site: &Path) -> Option<Self> {
        let record = fs::read_to_string(Self::record(site)).ok()?;
        let (inputs, output_name) = record.trim().split_once(' ')?;
        let part = Self { output_name: output_name.into(), inputs: inputs.into() };
        let package = site::package(site);
        part.files().iter().all(|name| package.join(name).is_file()).then_some(part)
    }

    fn files(&self) -> [String; 2] {
        [format!("{}.js", self.output_name), format!("{}_bg.wasm", self.output_name)]
    }

    fn remember(&self, site: &Path) -> Result<()> {
        site::replace(&Self::record(site), format!("{} {}\n", self.inputs, self.output_name).as_bytes())
    }

    fn record(site: &Path) -> PathBuf {
        site.join(".inputs")
    }
}

/// Builds the browser part into the site, unless what it is built from is as it was the last time.
pub fn build(repo: &Repo) -> Result<BrowserPart> {
    let site = repo.site();
    let wasm_opt = node::wasm_opt(repo);
    let inputs = fingerprint(&repo.root, wasm_opt.is_some())?;
    if let Some(part) = BrowserPart::last_built(&site).filter(|part| part.inputs == inputs) {
        say("the browser part is unchanged");
        return Ok(part);
    }
    wasm_target::ensure()?;
    let bound = bind(repo, &compile(repo)?)?;
    if let Some(wasm_opt) = wasm_opt {
        shrink(&wasm_opt, &bound.wasm)?;
    }
    let part = publish(&site, &bound, inputs)?;
    part.remember(&site)?;
    Ok(part)
}

/// Compiles `frontend` in a target folder of its own, so that its profile never rebuilds anybody else's crates.
fn compile(repo: &Repo) -> Result<PathBuf> {
    say("compiling the browser part (about a minute when much has changed)");
    let mut build = cargo();
    build.args(["build", "--package", "frontend", "--profile", "browser", "--target", wasm_target::TARGET]);
    build.env("CARGO_TARGET_DIR", repo.target.join("browser")).current_dir(&repo.root);
    build.env("CARGO_ENCODED_RUSTFLAGS", without_paths(repo));
    let artifacts = artifacts(&mut build)?;
    let frontend = artifacts.iter().filter(|artifact| artifact["target"]["name"] == "frontend");
    let mut files = frontend.filter_map(|artifact| artifact["filenames"].as_array()).flatten();
    let wasm = files.find_map(|file| file.as_str().filter(|file| file.ends_with(".wasm")));
    Ok(wasm.context("cargo built no wasm from `frontend`")?.into())
}

/// Flags that keep the paths of the machine that built it out of what a browser loads: panics name their file.
fn without_paths(repo: &Repo) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let named = [(Some(repo.root.clone()), "muster"), (home, "cargo")];
    let flags = named
        .iter()
        .filter_map(|(path, name)| Some(format!("--remap-path-prefix={}={name}", path.as_ref()?.display())));
    // Cargo splits them at this character.
    flags.collect::<Vec<_>>().join("\x1f")
}

/// What wasm-bindgen makes of a module: glue that a page imports, and the wasm behind it.
struct Bound {
    glue: PathBuf,
    wasm: PathBuf,
}

fn bind(repo: &Repo, compiled: &Path) -> Result<Bound> {
    say("binding it to JavaScript");
    let folder = repo.target.join("browser/bound");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name("muster").typescript(false).omit_default_module_path(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(&folder)).context("wasm-bindgen")?;

    let bound = Bound { glue: folder.join("muster.js"), wasm: folder.join("muster_bg.wasm") };
    let more = files_under(&folder)?.into_iter().find(|file| *file != bound.glue && *file != bound.wasm);
    if let Some(more) = more {
        bail!(
            "the browser part brings a JavaScript file of its own, which the site has no place for: {}",
            more.display()
        );
    }
    Ok(bound)
}

fn shrink(wasm_opt: &Path, wasm: &Path) -> Result<()> {
    say("making it small with wasm-opt");
    run(Command::new("node").arg(wasm_opt).args(WASM_OPT).arg(wasm).arg("-o").arg(wasm))
}

fn publish(site: &Path, bound: &Bound, inputs: String) -> Result<BrowserPart> {
    let (glue, wasm) = (fs::read(&bound.glue)?, fs::read(&bound.wasm)?);
    let output_name = format!("muster-{}", site::short_hash(&[&glue, &wasm]));
    let part = BrowserPart { output_name, inputs };
    for (name, content) in part.files().iter().zip([glue, wasm]) {
        site::write(site, name, &content)?;
    }
    Ok(part)
}

/// A hash of the sources, the compiler, and how the result is made small.
fn fingerprint(root: &Path, is_shrunk: bool) -> Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        files.extend(files_under(&root.join(source))?);
    }
    files.retain(|file| !NOT_SOURCES.iter().any(|folder| file.starts_with(root.join(folder))));
    files.sort();

    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(&file).with_context(|| file.display().to_string())?;
        let name = file.strip_prefix(root)?.to_string_lossy();
        hash.update(format!("{name} {}\n", site::short_hash(&[&content])));
    }
    hash.update(output(Command::new("rustc").arg("-vV").current_dir(root))?);
    hash.update(if is_shrunk { WASM_OPT.join(" ") } else { String::new() });
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Every file in a folder and in the folders in it; a file is all there is under itself.
fn files_under(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        files.extend(files_under(&entry?.path())?);
    }
    Ok(files)
}
