//! A file of responses, as `muster analyse` reads it.
//!
//! ```text
//! attempt,pager,backup
//! max,1,2
//! a1,1,0.5
//! a2,-,
//! ```
//!
//! A cell is the mark, `-` where the question was there and not answered, and
//! empty where it was not in that attempt.

mod cells;
mod decimal;
mod reader;
mod rows;
#[cfg(test)]
mod tests;

use super::{ItemFigures, Responses, item_figures};
use crate::reliability::{TestFigures, test_figures};
use reader::Reader;

/// So many faults of a file are told; of the others only how many there are.
pub const MOST_FAULTS: usize = 100;

/// What a file of responses holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseFile {
    /// The names of the questions, in the order of their numbers.
    pub names: Vec<String>,
    pub responses: Responses,
}

/// Something wrong in a file, at its place. Lines and columns count from 1,
/// columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub line: u32,
    pub column: u32,
    pub what: String,
}

/// What is wrong with a file, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// The first [`MOST_FAULTS`].
    pub told: Vec<Fault>,
    pub n_more: usize,
}

impl Faults {
    /// Of the file as a whole.
    pub fn one(what: String) -> Faults {
        Faults { told: vec![Fault { line: 1, column: 1, what }], n_more: 0 }
    }
}

impl ResponseFile {
    pub fn item_figures(&self) -> Vec<ItemFigures> {
        item_figures(&self.responses)
    }

    pub fn test_figures(&self) -> TestFigures {
        test_figures(&self.responses)
    }

    /// Reads a file, or says everything that is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<ResponseFile, Faults> {
        let mut reader = Reader::default();
        match str::from_utf8(bytes) {
            Ok(text) => reader.read(text),
            Err(why) => reader.stop_before(bytes, why.valid_up_to()),
        }
        reader.into_file()
    }
}
