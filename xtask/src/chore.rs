//! What may be asked of `cargo xtask`, and how it is read from the command line.

use std::path::PathBuf;

use anyhow::{Result, bail};

pub const HELP: &str = "\
The chores of this repository.

  cargo xtask serve [--release] [-- ARGUMENTS]
      Builds the site and the server, then runs `muster serve` on http://127.0.0.1:3000 with its data
      in data/. ARGUMENTS are handed to `muster serve`.

  cargo xtask test [--quick]
      Everything a change has to pass: format, lints, the site, every test on SQLite and on
      PostgreSQL, and the stories in a browser. --quick: format, lints and the tests on SQLite.

  cargo xtask bench [ID …] [--json FILE]
      Measures what the release program can do, over HTTP, and prints one table; FILE gets the same as
      JSON. Takes some minutes, and says something only on a machine with nothing else to do.
        P1   processor for a whole attempt         P11  bytes of every other page
        P2   answers saved a second                P12  memory with 1,000 takers
        P4   test pages a second                   P13  time from start to first page
        P10  bytes and requests of the test page   P14  slowest of 200 deliveries a second
        P15  slowest search among 100,000 records

  cargo xtask dist
      One release program with everything in it: target/dist/muster.";

/// What `bench` measures.
pub const YARDSTICKS: [&str; 9] = ["P1", "P2", "P4", "P10", "P11", "P12", "P13", "P14", "P15"];

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
    Bench {
        /// Empty: all of them.
        yardsticks: Vec<String>,
        json: Option<PathBuf>,
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
            Some("bench") => parse_bench(words),
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

fn parse_bench(mut words: impl Iterator<Item = String>) -> Result<Chore> {
    let (mut yardsticks, mut json) = (Vec::new(), None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => match words.next() {
                Some(file) => json = Some(file.into()),
                None => bail!("`--json` needs the name of a file"),
            },
            "--help" | "-h" => return Ok(Chore::Help),
            id if YARDSTICKS.contains(&id) => yardsticks.push(word),
            other => bail!("`bench` does not measure `{other}`; it measures {}", YARDSTICKS.join(", ")),
        }
    }
    Ok(Chore::Bench { yardsticks, json })
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
    fn yardsticks_are_chosen_by_id() {
        let all = Chore::Bench { yardsticks: Vec::new(), json: None };
        assert_eq!(parsed("bench").unwrap(), all);
        let some =
            Chore::Bench { yardsticks: vec!["P1".into(), "P13".into()], json: Some("out.json".into()) };
        assert_eq!(parsed("bench P1 --json out.json P13").unwrap(), some);
        let refusal = parsed("bench P3").unwrap_err().to_string();
        assert!(refusal.contains("`P3`") && refusal.contains("P1, P2, P4, P10, P11, P12, P13"), "{refusal}");
        assert!(parsed("bench --json").is_err());
    }

    #[test]
    fn an_unknown_word_is_refused_by_name() {
        for (line, name) in [("tset", "tset"), ("test -q", "-q"), ("serve --relase", "--relase")] {
            let refusal = parsed(line).unwrap_err().to_string();
            assert!(refusal.contains(&format!("`{name}`")), "{refusal}");
        }
    }
}
