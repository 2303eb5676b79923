//! A question on the agenda, with what was answered to it: counts and words,
//! and no names. Those who attend a review see counts of any size.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::answer::Answer;
use domain::book::Evidence;
use domain::question::{Key, Question};
use sqlx::query_scalar;

use super::figures::{count, is_counted, is_missed, is_sure_and_wrong};
use super::{Found, Item, Subject};
use crate::book;
use crate::db::{Db, on};
use crate::error::Result;
use crate::people::Who;
use crate::questions;
use crate::results::met::{Met, met_of_question};

/// A question with its key, and what was answered to it in the round.
#[derive(Debug, Clone)]
pub struct Answered {
    pub question: Arc<Question>,
    pub version: String,
    /// Attempts that asked this version.
    pub n_asked: u32,
    /// Attempts that asked another version: they are not counted here.
    pub n_of_other_versions: u32,
    pub n_full: u32,
    /// Some marks, and not all.
    pub n_part: u32,
    pub n_missed: u32,
    pub n_sure_and_wrong: u32,
    pub n_do_not_know: u32,
    pub n_nothing: u32,
    /// How often each choice was taken, in the order as written; empty for
    /// other kinds.
    pub chosen: Vec<u32>,
    /// What was typed and how often, by frequency and then by its letters;
    /// empty for other kinds.
    pub typed: Vec<(String, u32)>,
    /// What was looked up beside it, in an open-book test.
    pub looked_up: Evidence,
}

/// The question of an item with its answers; `None` where it is about
/// something else, and for whoever sits a test that asks it.
pub async fn of_item(db: &Db, who: &Who, found: &Found, item: &Item) -> Result<Option<Answered>> {
    let Subject::Question { id, version } = &item.subject else { return Ok(None) };
    let circle = &found.review.circle;
    if sits(db, who, circle, id).await? {
        return Ok(None);
    }
    let question = questions::version_now(db, circle, id, version).await?;
    let mut met = met_of_question(db, circle, &found.review.round, id).await?;
    met.retain(is_counted);
    let n_all = met.len();
    met.retain(|met| met.version == *version);
    let n_of_other_versions = count(n_all - met.len());
    let looked_up = book::beside(db, &found.review.round, id).await?;
    Ok(Some(Answered { n_of_other_versions, looked_up, ..counted(question, version, &met) }))
}

const SITS: &str = "
    SELECT count(*)
    FROM attempts a
    JOIN slots s ON s.attempt = a.id
    WHERE a.person = $1 AND a.finished_at IS NULL AND s.circle = $2 AND s.question = $3";

/// Whether somebody is sitting a test that asks a question.
pub(super) async fn sits(db: &Db, who: &Who, circle: &str, question: &str) -> Result<bool> {
    let n: i64 = on!(db.read(), |pool| query_scalar(SITS)
        .bind(&who.person)
        .bind(circle)
        .bind(question)
        .fetch_one(pool)
        .await?);
    Ok(n > 0)
}

fn counted(question: Arc<Question>, version: &str, met: &[Met]) -> Answered {
    let n_choices = match &question.key {
        Key::Single { choices } | Key::Multiple { choices } => choices.len(),
        _ => 0,
    };
    let mut all = Answered {
        question,
        version: version.to_owned(),
        n_asked: count(met.len()),
        n_of_other_versions: 0,
        n_full: 0,
        n_part: 0,
        n_missed: count(met.iter().filter(|one| is_missed(one)).count()),
        n_sure_and_wrong: count(met.iter().filter(|one| is_sure_and_wrong(one)).count()),
        n_do_not_know: 0,
        n_nothing: 0,
        chosen: vec![0; n_choices],
        typed: Vec::new(),
        looked_up: Evidence::default(),
    };
    let mut typed: BTreeMap<String, u32> = BTreeMap::new();
    for one in met {
        match one.score {
            Some(score) if score.is_full() => all.n_full += 1,
            Some(score) if score.earned() > 0 => all.n_part += 1,
            _ => {}
        }
        match &one.answer {
            None => all.n_nothing += 1,
            Some(answer) if answer.is_empty() => all.n_nothing += 1,
            Some(Answer::DoNotKnow) => all.n_do_not_know += 1,
            Some(Answer::One(place)) => choose(&mut all.chosen, *place),
            Some(Answer::Several(places)) => {
                places.iter().for_each(|place| choose(&mut all.chosen, *place));
            }
            Some(Answer::Typed(text)) => *typed.entry(text.trim().to_owned()).or_default() += 1,
            Some(_) => {}
        }
    }
    all.typed = typed.into_iter().collect();
    all.typed.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    all
}

fn choose(chosen: &mut [u32], place: u8) {
    if let Some(n) = chosen.get_mut(usize::from(place)) {
        *n += 1;
    }
}
