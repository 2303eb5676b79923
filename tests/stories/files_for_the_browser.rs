//! What every browser may load, signed in or not.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn t17_no_file_for_the_browser_holds_what_belongs_to_the_server() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let site = root.join("target/site");
    if !site.join("manifest.json").exists() {
        eprintln!(
            "SKIPPED: {} is not there; `cargo xtask test` builds it first",
            site.join("manifest.json").display()
        );
        return;
    }
    let mut secrets: Vec<String> =
        ["sqlx", "postgres://", "SELECT ", "INSERT INTO", "argon2", "password_hash", "-----BEGIN"]
            .map(str::to_owned)
            .into();
    let n_fixed = secrets.len();
    secrets.extend(explanations(&root.join("questions")));
    assert!(secrets.len() > n_fixed + 50, "the sample banks explain themselves");

    let files = files_below(&site);
    let is_there = |word: &str| files.iter().any(|(_, bytes)| holds(bytes, word));
    assert!(is_there("save-answer") && is_there("wasm_bindgen"), "the search finds what is there");

    for (path, bytes) in &files {
        for secret in &secrets {
            assert!(!holds(bytes, secret), "{} holds {secret:?}", path.display());
        }
    }
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// Where the explanation of each sample question begins.
fn explanations(banks: &Path) -> Vec<String> {
    let questions =
        files_below(banks).into_iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "md"));
    let last_quote = |bytes: Vec<u8>| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let line = text.lines().filter_map(|line| line.strip_prefix("> ")).next_back()?.to_owned();
        (line.len() >= 20).then(|| line.chars().take(40).collect())
    };
    questions.filter_map(|(_, bytes)| last_quote(bytes)).collect()
}

fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(files_below(&entry.path()));
        } else {
            files.push((entry.path(), fs::read(entry.path()).unwrap()));
        }
    }
    files
}
