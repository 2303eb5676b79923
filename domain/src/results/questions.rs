//! What each question of a round did.

use std::collections::BTreeMap;

use super::Met;
use super::table::{Item, Table, Versions, is_answered};
use crate::answer::{Answer, Confidence};
use crate::item_analysis::{ItemFigures, TooLarge, item_figures};
use crate::proportion::{Interval, wilson};

/// One question, or one version of it, over the attempts that had it.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionFigures {
    pub item: Item,
    /// The version that the most recent attempt had.
    pub newest: String,
    pub n_versions: u32,
    /// Attempts that had it.
    pub n: u32,
    /// Of these, those that earned less than full marks.
    pub n_missed: u32,
    pub n_do_not_know: u32,
    /// Neither an answer nor "I do not know".
    pub n_not_answered: u32,
    /// Answers by how sure their takers were, the surest first; the last are
    /// those of whom it is not known.
    pub sureness: [Sureness; 4],
    /// The middle time, as [`super::spent`] counts it.
    pub median_seconds: Option<i64>,
    /// Facility, discrimination and the like.
    pub figures: ItemFigures,
    /// Of the facility.
    pub interval: Option<Interval>,
}

/// How many were so sure, and how many of these earned less than full marks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sureness {
    pub confidence: Option<Confidence>,
    pub n: u32,
    pub n_missed: u32,
}

impl QuestionFigures {
    /// Those who were certain and earned less than full marks.
    pub fn n_certain_and_missed(&self) -> u32 {
        self.sureness[0].n_missed
    }

    /// The share of those who had it that earned less than full marks.
    pub fn miss_rate(&self) -> f64 {
        f64::from(self.n_missed) / f64::from(self.n.max(1))
    }
}

/// The figures of every question that was met and marked, by question and
/// version.
pub fn questions(met: &[Met], versions: Versions) -> Result<Vec<QuestionFigures>, TooLarge> {
    let table = Table::of(met, versions);
    let mut of_item: BTreeMap<Item, Vec<&Met>> = BTreeMap::new();
    for met in met.iter().filter(|met| met.counts().is_some()) {
        of_item.entry(Item::of(met, versions)).or_default().push(met);
    }
    let figures = item_figures(&table.responses()?);
    // Both are in the order of the items.
    Ok(of_item.into_iter().zip(figures).map(|((item, met), figures)| one(item, &met, figures)).collect())
}

fn one(item: Item, met: &[&Met], figures: ItemFigures) -> QuestionFigures {
    let count = |holds: &dyn Fn(&Met) -> bool| n(met.iter().filter(|met| holds(met)).count());
    let mut versions: Vec<&str> = met.iter().map(|met| met.version.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    QuestionFigures {
        item,
        newest: met.last().map(|met| met.version.clone()).unwrap_or_default(),
        n_versions: n(versions.len()),
        n: n(met.len()),
        n_missed: count(&Met::is_missed),
        n_do_not_know: count(&|met| met.answer == Some(Answer::DoNotKnow)),
        n_not_answered: count(&|met| !is_answered(met.answer.as_ref())),
        sureness: sureness(met),
        median_seconds: median(met.iter().filter_map(|met| met.seconds).collect()),
        interval: figures.facility.and_then(|facility| wilson(facility, figures.n)),
        figures,
    }
}

/// Of answers alone: whoever does not know, or says nothing, is sure of nothing.
fn sureness(met: &[&Met]) -> [Sureness; 4] {
    let kinds = [Some(Confidence::Certain), Some(Confidence::FairlySure), Some(Confidence::Guess), None];
    let says = |met: &Met| is_answered(met.answer.as_ref()) && met.answer != Some(Answer::DoNotKnow);
    kinds.map(|confidence| {
        let those = || met.iter().filter(|met| met.confidence == confidence && says(met));
        Sureness {
            confidence,
            n: n(those().count()),
            n_missed: n(those().filter(|met| met.is_missed()).count()),
        }
    })
}

/// The lower of the two in the middle, so that it is a time that was taken.
fn median(mut seconds: Vec<i64>) -> Option<i64> {
    seconds.sort_unstable();
    seconds.get(seconds.len().saturating_sub(1) / 2).copied()
}

fn n(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
