//! A round as a table of marks: a row for each attempt, a column for each
//! question.

use std::collections::BTreeMap;

use super::Met;
use crate::answer::Answer;
use crate::item_analysis::{Responses, TooLarge};
use crate::question::QuestionId;

/// Whether the versions of a question are one column or each its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Versions {
    #[default]
    Pooled,
    Apart,
}

/// A question, or one version of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub question: QuestionId,
    /// `None` for all versions together.
    pub version: Option<String>,
}

impl Item {
    pub fn of(met: &Met, versions: Versions) -> Item {
        let version = (versions == Versions::Apart).then(|| met.version.clone());
        Item { question: met.question.clone(), version }
    }
}

/// The marks of attempts, of which not everybody had every question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub item: Item,
    /// The most that it was worth in any attempt, in ten-thousandths of a point.
    pub maximum: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub attempt: String,
    /// The cells of the questions that it had, each with the place of its column.
    pub cells: Vec<(usize, Cell)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// In ten-thousandths of a point, of the column's maximum: where versions
    /// were worth more or less, the same share of it, rounded.
    pub mark: i64,
    pub is_answered: bool,
}

impl Table {
    /// The table of what was met: columns by question, rows in the order of the
    /// attempts. What has no mark, or was worth nothing, is in no cell.
    pub fn of(met: &[Met], versions: Versions) -> Table {
        let mut maxima: BTreeMap<Item, i64> = BTreeMap::new();
        for (met, score) in met.iter().filter_map(|met| Some((met, met.counts()?))) {
            let maximum = maxima.entry(Item::of(met, versions)).or_default();
            *maximum = score.possible().max(*maximum);
        }
        let columns: Vec<Column> =
            maxima.into_iter().map(|(item, maximum)| Column { item, maximum }).collect();
        let places: BTreeMap<&Item, usize> = columns.iter().map(|column| &column.item).zip(0..).collect();
        let row = |met: &[Met]| Row {
            attempt: met[0].attempt.clone(),
            cells: met
                .iter()
                .filter_map(|met| {
                    let (score, place) = (met.counts()?, places[&Item::of(met, versions)]);
                    let mark = scaled(score.earned(), score.possible(), columns[place].maximum);
                    Some((place, Cell { mark, is_answered: is_answered(met.answer.as_ref()) }))
                })
                .collect(),
        };
        let rows = met.chunk_by(|a, b| a.attempt == b.attempt).map(row).collect();
        Table { rows, columns }
    }

    /// The table as item analysis takes it.
    pub fn responses(&self) -> Result<Responses, TooLarge> {
        let mut responses = Responses::to_questions(self.columns.iter().map(|column| column.maximum))?;
        for row in &self.rows {
            responses.add_attempt(row.cells.iter().map(|(place, cell)| (*place, cell.mark)))?;
        }
        Ok(responses)
    }
}

/// "I do not know" is an answer; one that says nothing is none.
pub(super) fn is_answered(answer: Option<&Answer>) -> bool {
    answer.is_some_and(|answer| !answer.is_empty())
}

/// The same share of another maximum, half up.
fn scaled(earned: i64, possible: i64, maximum: i64) -> i64 {
    if possible == maximum {
        return earned;
    }
    let (earned, possible, maximum) = (i128::from(earned), i128::from(possible), i128::from(maximum));
    i64::try_from((2 * earned * maximum + possible) / (2 * possible)).expect("at most the maximum")
}
