//! The folder `target/site`: what the server serves as files, and the manifest that names them.
//!
//! Every name holds a hash of the content, so a browser may keep a file for ever; beside each file lie its `.br` and
//! `.gz`. The manifest is written last and names only files that are there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::browser_part::{self, BrowserPart};
use crate::command::say;
use crate::repo::Repo;
use crate::style;

/// Stands in the manifest when there is no browser part: the islands stay asleep, everything else works.
const NOT_BUILT: &str = "muster-not-built";

/// Builds the whole site; what has not changed since the last time is not built again.
pub fn build(repo: &Repo) -> Result<()> {
    let part = browser_part::build(repo)?;
    publish(repo, &part.output_name)
}

/// Makes sure that there is a site at all: the style as it is now, the browser part as it was last built, if ever.
pub fn ensure(repo: &Repo) -> Result<()> {
    let built = BrowserPart::last_built(&repo.site());
    let output_name = built.map_or_else(|| NOT_BUILT.to_string(), |part| part.output_name);
    publish(repo, &output_name)
}

/// Writes the stylesheet and the manifest, and removes what neither names.
fn publish(repo: &Repo, output_name: &str) -> Result<()> {
    let sheet = style::gather(&repo.root.join("app/style"))?;
    let style = format!("style-{}.css", short_hash(&[sheet.as_bytes()]));
    write(&repo.site(), &style, sheet.as_bytes())?;

    let manifest = json!({ "output_name": output_name, "style": style });
    replace(&repo.site().join("manifest.json"), format!("{manifest}\n").as_bytes())?;
    sweep(&package(&repo.site()), &[output_name, &style])
}

/// Writes a file of the site, and its compressed forms, unless all are there: the name says what is in them.
pub fn write(site: &Path, name: &str, content: &[u8]) -> Result<()> {
    let file = package(site).join(name);
    let (gz, br) = (beside(&file, "gz"), beside(&file, "br"));
    if file.is_file() && gz.is_file() && br.is_file() {
        return Ok(());
    }
    fs::create_dir_all(package(site))?;
    let (gzipped, brotlied) = (gzip(content)?, brotli(content)?);
    say(format!("{name}: {} kB, {} kB as brotli", kilobytes(content), kilobytes(&brotlied)));
    replace(&gz, &gzipped)?;
    replace(&br, &brotlied)?;
    replace(&file, content)
}

/// The files that the site serves under `/pkg`.
pub fn package(site: &Path) -> PathBuf {
    site.join("pkg")
}

/// Sixteen hexadecimal digits that change with any of the parts.
pub fn short_hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Puts a whole file in place at once, so that nobody reads half of it.
pub fn replace(file: &Path, content: &[u8]) -> Result<()> {
    let new = beside(file, "new");
    fs::write(&new, content)
        .and_then(|()| fs::rename(&new, file))
        .with_context(|| format!("{} cannot be written", file.display()))
}

/// Removes every file whose name does not begin with one of these.
fn sweep(folder: &Path, kept: &[&str]) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !kept.iter().any(|kept| name.to_string_lossy().starts_with(kept)) {
            fs::remove_file(entry.path()).with_context(|| entry.path().display().to_string())?;
        }
    }
    Ok(())
}

/// The same path with one more extension.
fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(".");
    path.push(extension);
    path.into()
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let best = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &best)?;
    Ok(compressed)
}

fn kilobytes(content: &[u8]) -> usize {
    content.len().div_ceil(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is gone when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let path = std::env::temp_dir().join(format!("muster-xtask-{test}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn each_file_lies_beside_its_compressed_forms() {
        let site = Folder::new("write");
        write(&site.0, "style-1.css", b"a{}").unwrap();
        assert_eq!(names(&package(&site.0)), ["style-1.css", "style-1.css.br", "style-1.css.gz"]);
    }

    #[test]
    fn what_no_manifest_names_is_swept_away() {
        let site = Folder::new("sweep");
        for name in ["style-1.css", "style-2.css", "muster-1.js", "muster-1_bg.wasm", "muster-2.js"] {
            fs::write(site.0.join(name), "").unwrap();
        }
        sweep(&site.0, &["muster-2", "style-2.css"]).unwrap();
        assert_eq!(names(&site.0), ["muster-2.js", "style-2.css"]);
    }

    #[test]
    fn a_hash_tells_where_one_part_ends_and_the_next_begins() {
        assert_ne!(short_hash(&[b"ab", b"c"]), short_hash(&[b"a", b"bc"]));
    }
}
