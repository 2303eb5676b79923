//! Reads a file of responses from top to bottom, and goes on after a fault.

use std::borrow::Cow;
use std::collections::HashSet;

use super::cells::{Cell, Cells, Place};
use super::decimal::Decimal;
use super::rows::Rows;
use super::{Fault, Faults, MOST_FAULTS, ResponseFile};

const NEVER_CLOSED: &str = "this quotation mark is never closed";

#[derive(Default)]
pub(super) struct Reader<'t> {
    names: Vec<String>,
    /// `None` for one that could not be read.
    maxima: Vec<Option<Decimal>>,
    attempts: HashSet<Cow<'t, str>>,
    /// The marks; `None` where the head of the file cannot be understood.
    rows: Option<Rows>,
    faults: Faults,
}

impl<'t> Reader<'t> {
    pub fn read(&mut self, text: &'t str) {
        let mut cells = Cells::of(text);
        if self.header(&mut cells).is_none() {
            return;
        }
        let mut row = cells.next_row();
        match &row {
            Some(first) if first.text == "max" => {
                self.maxima(&mut cells, first);
                row = cells.next_row();
            }
            Some(first) => self.fault(first.place, "the second line must give the maxima: max,1,1,…"),
            None => self.fault(cells.place(), "the second line, which gives the maxima, is missing"),
        }
        self.maxima.resize(self.names.len(), None);
        let maxima = self.maxima.iter().map(|maximum| maximum.unwrap_or_default());
        let mut rows = Rows::of_questions(maxima.collect());
        while let Some(first) = row {
            self.attempt(&mut cells, &first, &mut rows);
            row = cells.next_row();
        }
        self.rows = Some(rows);
    }

    /// Says that what follows the first bytes is no text.
    pub fn stop_before(&mut self, bytes: &[u8], n_good: usize) {
        let before = String::from_utf8_lossy(&bytes[..n_good]);
        self.fault(Place::of_end(&before), "this is not UTF-8 text; save the table as CSV in UTF-8");
    }

    /// What was read, or all that is wrong with it.
    pub fn into_file(self) -> Result<ResponseFile, Faults> {
        match self.rows {
            Some(rows) if self.faults.told.is_empty() => rows
                .into_responses()
                .map(|responses| ResponseFile { names: self.names, responses })
                .map_err(|why| Faults::one(why.to_string())),
            _ => Err(self.faults),
        }
    }

    /// `None` where nothing below it can be understood.
    fn header(&mut self, cells: &mut Cells<'t>) -> Option<()> {
        let Some(first) = cells.next_row() else {
            self.fault(cells.place(), "the file is empty");
            return None;
        };
        if first.text != "attempt" {
            let hint = if first.text.contains([';', '\t']) { "; cells are separated by commas" } else { "" };
            self.fault(first.place, format!("the first line must begin with attempt{hint}"));
            return None;
        }
        let mut known = HashSet::new();
        while let Some(cell) = cells.next_in_row() {
            if cell.text.trim().is_empty() {
                self.fault(cell.place, "this question has no name");
            } else if !known.insert(cell.text.clone()) {
                self.fault(cell.place, format!("there is a question {} already", shown(&cell.text)));
            }
            self.names.push(cell.text.into_owned());
        }
        if let Some(place) = cells.unclosed() {
            self.fault(place, NEVER_CLOSED);
            return None;
        }
        if self.names.is_empty() {
            self.fault(cells.place(), "there is no question: the first line is attempt,question,question,…");
            return None;
        }
        Some(())
    }

    fn maxima(&mut self, cells: &mut Cells<'t>, first: &Cell<'t>) {
        self.row(cells, first, |reader, _, cell| {
            let maximum = match Decimal::read(&cell.text) {
                Ok(maximum) if maximum.is_negative() => Err("is below 0".to_owned()),
                Ok(maximum) => Ok(maximum),
                Err(why) => Err(why.to_string()),
            };
            if let Err(why) = &maximum {
                reader.fault(cell.place, format!("the maximum {} {why}", shown(&cell.text)));
            }
            reader.maxima.push(maximum.ok());
        });
    }

    fn attempt(&mut self, cells: &mut Cells<'t>, first: &Cell<'t>, rows: &mut Rows) {
        if first.text.trim().is_empty() {
            self.fault(first.place, "this attempt has no name");
        } else if !self.attempts.insert(first.text.clone()) {
            self.fault(first.place, format!("there is an attempt {} already", shown(&first.text)));
        }
        self.row(cells, first, |reader, item, cell| {
            rows.push(item, reader.mark(item, cell));
        });
    }

    /// The mark in a cell; `None` where the question was not in the attempt, or
    /// what is there is none.
    fn mark(&mut self, item: usize, cell: &Cell<'t>) -> Option<Decimal> {
        let text = cell.text.trim();
        match text {
            "" => return None,
            "-" => return Some(Decimal::default()),
            _ => {}
        }
        let mark = match Decimal::read(text) {
            Ok(mark) => mark,
            Err(why) => {
                self.fault(cell.place, format!("the mark {} {why}", shown(text)));
                return None;
            }
        };
        if let Some(maximum) = self.maxima[item]
            && mark.is_above(maximum)
        {
            let name = shown(&self.names[item]);
            self.fault(cell.place, format!("the mark {mark} is above {maximum}, the maximum of {name}"));
        }
        Some(mark)
    }

    /// The cells of a row after its first, one for each question.
    fn row(
        &mut self,
        cells: &mut Cells<'t>,
        first: &Cell<'t>,
        mut take: impl FnMut(&mut Reader<'t>, usize, &Cell<'t>),
    ) {
        let mut n_cells = 0;
        while let Some(cell) = cells.next_in_row() {
            if n_cells < self.names.len() {
                take(self, n_cells, &cell);
            } else if n_cells == self.names.len() {
                self.fault(cell.place, format!("this row is too long: {}", self.expected(first)));
            }
            n_cells += 1;
        }
        if let Some(place) = cells.unclosed() {
            self.fault(place, NEVER_CLOSED);
        } else if n_cells < self.names.len() {
            self.fault(cells.place(), format!("this row is too short: {}", self.expected(first)));
        }
    }

    fn expected(&self, first: &Cell<'t>) -> String {
        let (n, noun) = (self.names.len(), if self.names.len() == 1 { "cell" } else { "cells" });
        format!("{n} {noun} must follow {}", shown(&first.text))
    }

    fn fault(&mut self, place: Place<'_>, what: impl Into<String>) {
        if self.faults.told.len() < MOST_FAULTS {
            let (line, column) = place.line_and_column();
            self.faults.told.push(Fault { line, column, what: what.into() });
        } else {
            self.faults.n_more += 1;
        }
    }
}

/// In quotation marks, on one line, and cut where it is long.
fn shown(text: &str) -> String {
    let is_long = text.chars().count() > 40;
    let text: String = text.chars().take(40).collect();
    if is_long { format!("{:?}", text + "…") } else { format!("{text:?}") }
}
