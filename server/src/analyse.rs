//! `muster analyse`.

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use domain::item_analysis::reading::{Fault, Faults, ResponseFile};
use domain::item_analysis::words::{self, Definition};
use domain::item_analysis::{ENOUGH_ATTEMPTS, ItemFigures};
use domain::reliability::TestFigures;
use serde::Serialize;

use crate::cli::AnalyseFlags;
use crate::once::{counted, print};

/// Prints what a file of responses says about its questions and the test.
pub fn run(flags: &AnalyseFlags) -> ExitCode {
    let file = match read(flags) {
        Ok(file) => file,
        Err(faults) => {
            complain(flags, &faults);
            return ExitCode::FAILURE;
        }
    };
    let analysis = Analysis::of(&file);
    let mut text = Vec::new();
    let written = if flags.json { analysis.write_json(&mut text) } else { analysis.write_tables(&mut text) };
    match print(written, &text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("muster: {why}");
            ExitCode::FAILURE
        }
    }
}

fn read(flags: &AnalyseFlags) -> Result<ResponseFile, Faults> {
    let bytes = fs::read(&flags.file).map_err(|why| Faults::one(format!("cannot be read: {why}")))?;
    ResponseFile::read(&bytes)
}

fn complain(flags: &AnalyseFlags, faults: &Faults) {
    let path = flags.file.display();
    for Fault { line, column, what } in &faults.told {
        eprintln!("{path}:{line}:{column}: error: {what}");
    }
    if faults.n_more > 0 {
        eprintln!("muster: {path} has {} more errors", faults.n_more);
    }
}

/// What is printed with `--json`.
#[derive(Serialize)]
struct Analysis<'f> {
    attempts: u32,
    items: Vec<Named<'f>>,
    test: TestFigures,
}

#[derive(Serialize)]
struct Named<'f> {
    id: &'f str,
    #[serde(flatten)]
    figures: ItemFigures,
}

impl<'f> Analysis<'f> {
    fn of(file: &'f ResponseFile) -> Analysis<'f> {
        let named = file.names.iter().zip(file.item_figures());
        Analysis {
            attempts: file.responses.n_attempts(),
            items: named.map(|(id, figures)| Named { id, figures }).collect(),
            test: file.test_figures(),
        }
    }

    fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut out, self)?;
        writeln!(out)
    }

    fn write_tables(&self, mut out: impl Write) -> io::Result<()> {
        let n_attempts = counted(self.attempts as usize, "attempt");
        writeln!(out, "{n_attempts}, {}\n", counted(self.items.len(), "question"))?;
        self.write_test(&mut out)?;
        writeln!(out)?;
        self.write_items(&mut out)?;
        writeln!(out)?;
        for (heading, Definition { name, meaning }) in COLUMNS {
            if heading == name {
                writeln!(out, "{name}: {meaning}.")?;
            } else {
                writeln!(out, "{heading} ({name}): {meaning}.")?;
            }
        }
        writeln!(out, "A figure that is not defined here is shown as {NONE}.")
    }

    fn write_test(&self, mut out: impl Write) -> io::Result<()> {
        let test = &self.test;
        let from_enough_on = |figure: Option<f64>| match figure {
            Some(_) if self.attempts < ENOUGH_ATTEMPTS => words::not_enough_yet(self.attempts),
            figure => shown(figure),
        };
        let lines = [
            (words::MEAN, shown(test.mean)),
            (words::MEDIAN, shown(test.median)),
            (words::TEST_SD, shown(test.sd)),
            (words::SKEWNESS, shown(test.skewness)),
            (words::KURTOSIS, shown(test.kurtosis)),
            (words::ALPHA, from_enough_on(test.alpha)),
            (words::ERROR_RATIO, from_enough_on(test.error_ratio)),
            (words::SEM, from_enough_on(test.sem)),
        ];
        for (Definition { name, meaning }, figure) in lines {
            writeln!(out, "{name:<18}  {figure:>9}  {meaning}")?;
        }
        Ok(())
    }

    fn write_items(&self, mut out: impl Write) -> io::Result<()> {
        let names: Vec<String> = self.items.iter().map(|named| one_line(named.id)).collect();
        let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max("Question".len());
        let heading = format!(
            "{:<widest$}  {:>6}  {:>8}  {:>7}  {:>22}  {:>12}  {:>15}  {:>16}",
            "Question",
            "n",
            "Facility",
            "SD",
            "Discrimination",
            "Efficiency",
            "Intended weight",
            "Effective weight"
        );
        writeln!(out, "{heading}")?;
        for (name, Named { figures, .. }) in names.iter().zip(&self.items) {
            let padding = " ".repeat(widest - name.chars().count());
            writeln!(
                out,
                "{name}{padding}  {:>6}  {:>8}  {:>7}  {:>36}  {:>15}  {:>16}",
                figures.n,
                shown(figures.facility),
                shown(figures.sd),
                telling_apart(figures),
                shown(figures.intended_weight),
                shown(figures.effective_weight),
            )?;
        }
        Ok(())
    }
}

/// The headings of the table of questions, and what stands under them.
const COLUMNS: [(&str, Definition); 6] = [
    ("Facility", words::FACILITY),
    ("SD", words::ITEM_SD),
    ("Discrimination", words::DISCRIMINATION),
    ("Efficiency", words::EFFICIENCY),
    ("Intended weight", words::INTENDED_WEIGHT),
    ("Effective weight", words::EFFECTIVE_WEIGHT),
];

/// What stands for a figure that is not defined.
const NONE: &str = "-";

/// Discrimination and efficiency, under their two headings.
fn telling_apart(figures: &ItemFigures) -> String {
    if figures.n < ENOUGH_ATTEMPTS {
        return words::not_enough_yet(figures.n);
    }
    format!("{}  {:>12}", shown(figures.discrimination), shown(figures.discriminative_efficiency))
}

fn shown(figure: Option<f64>) -> String {
    figure.map_or_else(|| NONE.to_owned(), |figure| format!("{figure:.4}"))
}

/// A name as it can stand in a table: no line ends, nothing that steers a
/// terminal.
fn one_line(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
