//! Which questions one attempt asks, and in what order things are shown.

use rand::Rng;

use crate::blueprint::{Blueprint, Candidate, TooFewQuestions};
use crate::question::{Question, QuestionId};

/// Draws the questions of one attempt at random within the blueprint, row by
/// row, none of them twice.
///
/// Keep the draw, not the seed: a bank changes, and so may a generator.
pub fn draw(
    blueprint: &Blueprint,
    bank: &[Candidate],
    rng: &mut impl Rng,
) -> Result<Vec<QuestionId>, Vec<TooFewQuestions>> {
    todo!()
}

/// The order in which the choices, steps or right-hand sides of a question are
/// shown: place `p` shows the one written at `order[p]`.
///
/// Steps to be ordered are never shown in the right order, so that an order
/// nobody touched can count as no answer.
pub fn show_order(question: &Question, rng: &mut impl Rng) -> Vec<u8> {
    todo!()
}
