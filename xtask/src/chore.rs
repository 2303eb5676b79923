//! What may be asked of `cargo xtask`, and how it is read from the command line.

use anyhow::{Result, bail};

pub const HELP: &str = "\
The chores of this repository.

  cargo xtask serve [--release] [-- ARGUMENTS]
      Builds the site and the server, then runs `muster serve` on http://127.0.0.1:3000 with its data
      in data/. ARGUMENTS are handed to `muster serve`.

  cargo xtask test [--quick]
      Everything a change has to pass: format, lints, the site, every test on SQLite and on
      PostgreSQL, and the stories in a browser. --quick: format, lints and the tests on SQLite.

  cargo xtask dist
      One release program with everything in it: target/dist/muster.";

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Chore {
    Help,
    Serve {
        release: bool,
        /// What stood after `--`: for `muster serve`, not for us.
        arguments: Vec<String>,
    },
    Test {
        quick: bool,
    },
    Dist,
}

impl Chore {
    /// Reads the words after `cargo xtask`; a word nobody knows is refused by name.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut words = words.into_iter();
        match words.next().as_deref() {
            None | Some("help" | "--help" | "-h") => Ok(Self::Help),
            Some("serve") => parse_serve(words),
            Some("test") => parse_test(words),
            Some("dist") => match words.next().as_deref() {
                None => Ok(Self::Dist),
                Some("--help" | "-h") => Ok(Self::Help),
                Some(other) => bail!("`dist` does not know `{other}`; it takes nothing"),
            },
            Some(other) => bail!("no chore is called `{other}`; `cargo xtask` lists them"),
        }
    }
}

fn parse_serve(mut words: impl Iterator<Item = String>) -> Result<Chore> {
    let mut release = false;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--release" => release = true,
            "--help" | "-h" => return Ok(Chore::Help),
            "--" => {
                let arguments = words.collect();
                return Ok(Chore::Serve { release, arguments });
            }
            other => {
                bail!("`serve` does not know `{other}`; what is meant for muster goes after `--`")
            }
        }
    }
    let arguments = Vec::new();
    Ok(Chore::Serve { release, arguments })
}

fn parse_test(words: impl Iterator<Item = String>) -> Result<Chore> {
    let mut quick = false;
    for word in words {
        match word.as_str() {
            "--quick" => quick = true,
            "--help" | "-h" => return Ok(Chore::Help),
            other => bail!("`test` does not know `{other}`; it takes `--quick` or nothing"),
        }
    }
    Ok(Chore::Test { quick })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Chore> {
        Chore::parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn no_words_ask_for_help() {
        assert_eq!(parsed("").unwrap(), Chore::Help);
        assert_eq!(parsed("test --help").unwrap(), Chore::Help);
    }

    #[test]
    fn what_stands_after_two_dashes_is_for_muster() {
        let chore = parsed("serve --release -- --listen 0.0.0.0:80").unwrap();
        let arguments = vec!["--listen".into(), "0.0.0.0:80".into()];
        let release = true;
        assert_eq!(chore, Chore::Serve { release, arguments });
    }

    #[test]
    fn a_quick_test_is_asked_for_by_name() {
        assert_eq!(parsed("test").unwrap(), Chore::Test { quick: false });
        assert_eq!(parsed("test --quick").unwrap(), Chore::Test { quick: true });
    }

    #[test]
    fn an_unknown_word_is_refused_by_name() {
        for (line, name) in [("tset", "tset"), ("test -q", "-q"), ("serve --relase", "--relase")] {
            let refusal = parsed(line).unwrap_err().to_string();
            assert!(refusal.contains(&format!("`{name}`")), "{refusal}");
        }
    }
}
