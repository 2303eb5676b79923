//! The yardsticks: what the release program can do, measured over HTTP.
//!
//! `cargo xtask bench` builds the program and this, and says where things are.
//! The program runs as a process of its own on one core, everything here on
//! another. Nothing here asserts a time: a figure that misses its goal is told,
//! and is no failure. A wrong answer is one.

mod browser;
mod client;
mod cores;
mod deliveries;
mod empty_page;
mod exam_day;
mod fault;
mod figure;
#[path = "../../server/src/listen.rs"]
mod listen;
mod one_page;
mod process;
mod rounds;
mod saves;
mod searching;
mod sitting;
mod stage;
mod starting;
mod whole_attempt;

use std::path::PathBuf;
use std::process::ExitCode;

use fault::Fault;
use figure::Figure;

/// What is measured, in this order.
const IDS: [&str; 9] = ["P1", "P2", "P4", "P10", "P11", "P12", "P13", "P14", "P15"];

/// Where things are, and what is asked for.
#[derive(Default)]
pub struct Asked {
    /// The release program.
    pub muster: PathBuf,
    /// The folder with Playwright, and the browser that it drives.
    pub playwright: PathBuf,
    pub chromium: PathBuf,
    json: Option<PathBuf>,
    ids: Vec<String>,
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).peekable();
    if words.peek().is_some_and(|word| word == empty_page::MODE) {
        return ended(empty_page::serve());
    }
    match Asked::parse(words) {
        Some(asked) => ended(run(asked)),
        None => {
            println!("The yardsticks are measured by `cargo xtask bench`.");
            ExitCode::SUCCESS
        }
    }
}

fn ended(outcome: Result<(), Fault>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}

impl Asked {
    /// `None` where it was not `cargo xtask bench` that started this.
    fn parse(mut words: impl Iterator<Item = String>) -> Option<Asked> {
        let mut asked = Asked::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--muster" => asked.muster = words.next()?.into(),
                "--playwright" => asked.playwright = words.next()?.into(),
                "--chromium" => asked.chromium = words.next()?.into(),
                "--json" => asked.json = Some(words.next()?.into()),
                id if IDS.contains(&id) => asked.ids.push(word),
                _ => return None,
            }
        }
        (!asked.muster.as_os_str().is_empty()).then_some(asked)
    }
}

fn run(asked: Asked) -> Result<(), Fault> {
    println!("bench: {}", cores::pin_the_generator()?);
    println!("bench: load average {}", process::load_average());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut figures = Vec::new();
    for id in IDS.iter().filter(|id| asked.ids.is_empty() || asked.ids.iter().any(|wanted| wanted == *id)) {
        println!("bench: {id} …");
        let figure = runtime.block_on(measure(id, &asked))?;
        figure.print_notes();
        figures.push(figure);
    }
    figure::print_table(&figures);
    match &asked.json {
        Some(file) => figure::write_json(file, &figures),
        None => Ok(()),
    }
}

async fn measure(id: &str, asked: &Asked) -> Result<Figure, Fault> {
    match id {
        "P1" => whole_attempt::measure(asked).await,
        "P2" => saves::measure(asked).await,
        "P4" => one_page::measure(asked).await,
        "P10" => browser::test_page(asked).await,
        "P11" => browser::other_pages(asked).await,
        "P12" => exam_day::measure(asked).await,
        "P14" => deliveries::measure(asked).await,
        "P15" => searching::measure(asked).await,
        _ => starting::measure(asked).await,
    }
}
