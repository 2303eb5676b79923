//! A decision as it was typed.

use std::collections::BTreeSet;

use domain::marking::decision::{AlsoRight, Ruling};
use domain::question::Kind;

use crate::disputes::reading::Case;
use crate::error::{Error, Problem, Result};

/// The longest reason, in characters.
const LONGEST: usize = 2000;

/// The most answers that one decision accepts beside the key.
const MOST: usize = 50;

/// What the form of a decision says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// A word of [`Ruling::as_str`].
    pub ruling: String,
    /// The written places that are ticked, for single and multiple choice.
    pub choices: Vec<String>,
    /// The numbers of the steps as they are written, from 1: `2 1 3`.
    pub order: String,
    /// For each left side the written place of a right side.
    pub pairs: Vec<String>,
    /// Values or patterns, one a line.
    pub lines: String,
    /// Whether what is accepted now, also for one round alone, goes on.
    pub go_on: bool,
    /// The only round it covers; empty is every attempt.
    pub scope: String,
    pub because: String,
}

impl Draft {
    /// The ruling that it says; every problem at its field.
    pub(super) fn ruling(&self, case: &Case) -> Result<Ruling> {
        let mut problems = Vec::new();
        let ruling = match self.ruling.as_str() {
            "keep" => Some(Ruling::Keep),
            "fix_document" => Some(Ruling::FixDocument),
            "void" => Some(Ruling::Void),
            "accept" => self.accepted(case).map_err(|problem| problems.push(problem)).ok(),
            _ => {
                problems.push(Problem::new("ruling", "Choose what becomes of the question."));
                None
            }
        };
        if !self.scope.is_empty() && !case.rounds().iter().any(|(round, _)| *round == self.scope) {
            problems.push(Problem::new("scope", "Choose whom it is for."));
        }
        match self.because.trim() {
            "" => problems
                .push(Problem::new("because", "Say why, in a sentence. Everybody concerned reads it.")),
            text if text.chars().count() > LONGEST => {
                problems
                    .push(Problem::new("because", format!("Keep the reason under {LONGEST} characters.")));
            }
            _ => {}
        }
        match ruling {
            Some(ruling) if problems.is_empty() => Ok(ruling),
            _ => Err(Error::Refused(problems)),
        }
    }

    /// What is accepted beside the key: what was typed, and what stands already
    /// where that goes on.
    fn accepted(&self, case: &Case) -> Result<Ruling, Problem> {
        let field = field_of(case.question.kind());
        let mut also = match self.go_on {
            true => case.also_right_in(&self.scope),
            false => Vec::new(),
        };
        for one in self.typed(case)? {
            if !one.fits(&case.question) {
                return Err(Problem::new(field, what_fits(case.question.kind())));
            }
            if one.is_the_key(&case.question) {
                return Err(Problem::new(field, "This is right already, by the key. Choose another answer."));
            }
            if !also.contains(&one) {
                also.push(one);
            }
            if also.len() > MOST {
                return Err(Problem::new(field, format!("Accept at most {MOST} answers.")));
            }
        }
        match also.is_empty() {
            true => Err(Problem::new(field, "Say which answer is right too.")),
            false => Ok(Ruling::Accept(also)),
        }
    }

    fn typed(&self, case: &Case) -> Result<Vec<AlsoRight>, Problem> {
        let kind = case.question.kind();
        let wrong = || Problem::new(field_of(kind), what_fits(kind));
        let places = |texts: &[String]| -> Result<Vec<u8>, Problem> {
            texts.iter().map(|text| text.parse().map_err(|_| wrong())).collect()
        };
        let lines = || self.lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        Ok(match kind {
            Kind::Single => places(&self.choices)?.into_iter().map(AlsoRight::Choice).collect(),
            Kind::Multiple => {
                let ticks: BTreeSet<u8> = places(&self.choices)?.into_iter().collect();
                if ticks.is_empty() { Vec::new() } else { vec![AlsoRight::Ticks(ticks)] }
            }
            Kind::Ordering if self.order.trim().is_empty() => Vec::new(),
            Kind::Ordering => vec![AlsoRight::Order(order(&self.order).ok_or_else(wrong)?)],
            // Untouched, every left side stands with its own right side.
            Kind::Matching => match AlsoRight::Pairs(places(&self.pairs)?) {
                same if self.go_on && same.is_the_key(&case.question) => Vec::new(),
                other => vec![other],
            },
            Kind::Numeric => lines().map(AlsoRight::Number).collect(),
            Kind::Short => lines().map(AlsoRight::Pattern).collect(),
            Kind::Open => Vec::new(),
        })
    }
}

/// Steps by their numbers from 1, with blanks or commas between them.
fn order(text: &str) -> Option<Vec<u8>> {
    let numbers = text.split(|c: char| c.is_whitespace() || c == ',').filter(|number| !number.is_empty());
    numbers.map(|number| number.parse::<u8>().ok()?.checked_sub(1)).collect()
}

/// The field in which another answer to a question of a kind is given.
fn field_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Single | Kind::Multiple => "choices",
        Kind::Ordering => "order",
        Kind::Matching => "pair-0",
        Kind::Numeric | Kind::Short => "lines",
        Kind::Open => "ruling",
    }
}

fn what_fits(kind: Kind) -> &'static str {
    match kind {
        Kind::Single => "Choose among the choices of the question.",
        Kind::Multiple => "Tick at least one choice of the question.",
        Kind::Ordering => "Write the number of each step once, for example 2 1 3.",
        Kind::Matching => "Choose a right side for each left side.",
        Kind::Numeric => "Write numbers as in a bank, one a line: 5432, 30 ± 5 s or 25..35 s.",
        Kind::Short => "Write patterns, one a line; * stands for anything, but not alone.",
        Kind::Open => "A person marks this question: change the marks instead.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_from_numbers_with_blanks_or_commas() {
        let cases = [
            ("2 1 3", Some(vec![1, 0, 2])),
            (" 2, 1,3 ", Some(vec![1, 0, 2])),
            ("0 1", None),
            ("two", None),
            ("300", None),
            ("", Some(vec![])),
        ];
        for (text, expected) in cases {
            assert_eq!(order(text), expected, "{text}");
        }
    }
}
