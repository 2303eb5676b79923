//! The stylesheet: the files of `app/style` as one, without what only people read.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// All of a folder's stylesheets as one, in the order of their numbers (`1-tokens.css` before `2-base.css`).
/// A folder without any, or no folder at all, is an empty stylesheet.
pub fn gather(folder: &Path) -> Result<String> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "css"));
    files.sort_by_key(|file| place(&file.file_name().unwrap_or_default().to_string_lossy()));

    let mut sheet = String::new();
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        sheet.push_str(&without_indentation(&without_comments(&text)));
    }
    Ok(sheet)
}

/// Where a file stands: by the number its name begins with, then by name. Files without a number come last.
fn place(name: &str) -> (u32, String) {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    (name[..digits].parse().unwrap_or(u32::MAX), name.to_string())
}

/// Leaves out `/* … */`, except inside a string.
fn without_comments(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    let mut quote = None;
    while let Some(next) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest[2..].split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        // An escaped character neither ends a string nor begins one.
        let taken =
            if next == '\\' { rest.chars().take(2).map(char::len_utf8).sum() } else { next.len_utf8() };
        quote = match (quote, next) {
            (None, '"' | '\'') => Some(next),
            (Some(open), _) if open == next => None,
            (unchanged, _) => unchanged,
        };
        kept.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    kept
}

fn without_indentation(css: &str) -> String {
    let lines = css.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_in_the_order_of_their_numbers() {
        let mut names = ["10-pages.css", "print.css", "2-base.css", "1-tokens.css"];
        names.sort_by_key(|name| place(name));
        assert_eq!(names, ["1-tokens.css", "2-base.css", "10-pages.css", "print.css"]);
    }

    #[test]
    fn comments_are_left_out_but_not_from_strings() {
        for (css, kept) in [
            ("a{}/* why */b{}", "a{}b{}"),
            (r#"a::after{content:"/* \" */"}/**/"#, r#"a::after{content:"/* \" */"}"#),
            ("a{background:url('/*.png')}/*x*/", "a{background:url('/*.png')}"),
            ("a{}/* never closed", "a{}"),
            (r"a::after{content:'\2014 é'}", r"a::after{content:'\2014 é'}"),
        ] {
            assert_eq!(without_comments(css), kept);
        }
    }

    #[test]
    fn indentation_and_empty_lines_are_left_out() {
        assert_eq!(without_indentation("a {\n  color: red;\n\n}\n"), "a {\ncolor: red;\n}\n");
    }

    #[test]
    fn no_folder_is_an_empty_stylesheet() {
        assert_eq!(gather(Path::new("/nowhere")).unwrap(), "");
    }
}
