//! Disputes in words.

use backend::attempts::About;
use domain::marking::Score;
use domain::marking::decision::{AlsoRight, Ruling};
use domain::question::{Key, Question, QuestionId};
use domain::verdict::Verdict;
use leptos::prelude::*;

use super::filter::State;
use crate::components::{Status, StatusKind};
use crate::markdown::plain;
use crate::reviewing::points;

/// The page of a disputed question.
pub fn address_of(circle: &str, question: &QuestionId, version: &str) -> String {
    format!("/circles/{circle}/disputes/{question}/{version}")
}

/// "Open", or what was decided.
pub fn state_view(state: State, ruling: Option<&Ruling>) -> impl IntoView + use<> {
    match (state, ruling) {
        (State::Open, _) => view! { <Status kind=StatusKind::Expiring words="Open"/> }.into_any(),
        (State::Decided, ruling) => ruling.map_or("Decided", ruling_title).into_any(),
    }
}

/// What was decided, in two words.
pub fn ruling_title(ruling: &Ruling) -> &'static str {
    match ruling {
        Ruling::Keep => "Kept",
        Ruling::FixDocument => "Kept, documentation at fault",
        Ruling::Accept(_) => "Another answer accepted",
        Ruling::Void => "Taken out",
    }
}

pub fn about_title(about: About) -> &'static str {
    match about {
        About::Question => "The question is wrong or unclear",
        About::Documentation => "Not documented well enough",
    }
}

/// A mark as it is read: "0.5 of 1", or that it does not count.
pub fn mark_words(score: Score) -> String {
    if score.possible() == 0 { "does not count".to_owned() } else { points(score) }
}

/// A mark that there may not be yet.
pub fn mark_or_none(score: Option<Score>) -> String {
    score.map_or_else(|| "not marked".to_owned(), mark_words)
}

pub fn verdict_words(verdict: Option<&Verdict>) -> &'static str {
    match verdict {
        None => "not marked yet",
        Some(verdict) if verdict.passed() => "passed",
        Some(_) => "not passed",
    }
}

/// An accepted answer in the words of its question.
pub fn also_words(question: &Question, also: &AlsoRight) -> String {
    let text = |texts: &[&str], place: u8| {
        texts.get(usize::from(place)).map_or_else(|| format!("{}", u16::from(place) + 1), |text| plain(text))
    };
    match (also, &question.key) {
        (AlsoRight::Choice(place), Key::Single { choices }) => {
            let texts: Vec<&str> = choices.iter().map(|choice| choice.text.as_str()).collect();
            text(&texts, *place)
        }
        (AlsoRight::Ticks(places), Key::Multiple { choices }) => {
            let texts: Vec<&str> = choices.iter().map(|choice| choice.text.as_str()).collect();
            let ticked: Vec<String> = places.iter().map(|&place| text(&texts, place)).collect();
            ticked.join(" + ")
        }
        (AlsoRight::Order(order), Key::Ordering { steps }) => {
            let texts: Vec<&str> = steps.iter().map(String::as_str).collect();
            let steps: Vec<String> = order.iter().map(|&place| text(&texts, place)).collect();
            steps.join(" → ")
        }
        (AlsoRight::Pairs(places), Key::Matching { pairs, .. }) => {
            let rights: Vec<&str> = pairs.iter().map(|pair| pair.right.as_str()).collect();
            let one = |(pair, &place): (&domain::question::Pair, &u8)| {
                format!("{} – {}", plain(&pair.left), text(&rights, place))
            };
            pairs.iter().zip(places).map(one).collect::<Vec<_>>().join("; ")
        }
        (AlsoRight::Number(text) | AlsoRight::Pattern(text), _) => text.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_does_not_count_says_so() {
        assert_eq!(mark_words(Score::default()), "does not count");
        assert_eq!(mark_words(Score::new(5_000, 10_000).unwrap()), "0.5 of 1");
        assert_eq!(mark_or_none(None), "not marked");
    }
}
