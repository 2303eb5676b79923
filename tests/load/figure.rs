//! One measured figure beside its goal, and how all of them are told.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::fault::Fault;
use crate::rounds::Spread;

/// On which side of the goal a figure is good.
#[derive(Clone, Copy, PartialEq)]
pub enum Side {
    AtMost,
    AtLeast,
}

/// What was measured for one id.
pub struct Figure {
    pub id: &'static str,
    pub what: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub side: Side,
    pub goal: f64,
    /// Why the goal is missed or the run void, whatever the value is.
    pub against: Vec<String>,
    pub interval: Option<Spread>,
    /// The figure that it was compared with.
    pub baseline: Option<f64>,
    /// Errors, bytes, processor, memory, and what else a reader should know.
    pub notes: Vec<String>,
}

impl Figure {
    fn is_met(&self) -> bool {
        let reaches = match self.side {
            Side::AtMost => self.value <= self.goal,
            Side::AtLeast => self.value >= self.goal,
        };
        reaches && self.against.is_empty()
    }

    pub fn print_notes(&self) {
        for note in self.notes.iter().chain(&self.against) {
            println!("bench:   {note}");
        }
    }

    fn cells(&self) -> [String; 8] {
        let sign = if self.side == Side::AtMost { "≤" } else { "≥" };
        let interval = self
            .interval
            .map_or_else(dash, |spread| format!("{} to {}", short(spread.low), short(spread.high)));
        [
            self.id.to_owned(),
            self.what.to_owned(),
            short(self.value),
            self.unit.to_owned(),
            format!("{sign} {}", short(self.goal)),
            if self.is_met() { "yes".to_owned() } else { "no".to_owned() },
            interval,
            self.baseline.map_or_else(dash, short),
        ]
    }

    fn json(&self) -> Value {
        json!({
            "value": rounded(self.value),
            "unit": self.unit,
            "goal": self.goal,
            "met": self.is_met(),
            "interval": self.interval.map(|spread| [rounded(spread.low), rounded(spread.high)]),
            "baseline": self.baseline.map(rounded),
            "notes": self.notes.iter().chain(&self.against).collect::<Vec<_>>(),
        })
    }
}

const HEADINGS: [&str; 8] = ["id", "what", "value", "unit", "goal", "met", "95 % interval", "baseline"];

/// One row for each figure.
pub fn print_table(figures: &[Figure]) {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(figures.iter().map(Figure::cells));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 8] = std::array::from_fn(width);
    println!();
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}

/// An object with a member for each id.
pub fn write_json(file: &Path, figures: &[Figure]) -> Result<(), Fault> {
    let object: Map<String, Value> =
        figures.iter().map(|figure| (figure.id.to_owned(), figure.json())).collect();
    fs::write(file, format!("{:#}\n", Value::Object(object)))?;
    println!("bench: written to {}", file.display());
    Ok(())
}

fn dash() -> String {
    "–".to_owned()
}

/// With three digits that count.
pub fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
