//! What a leader's decision on a disputed question does to a mark.
//!
//! The key of a version is never edited. A ruling stands beside it, and the
//! mark of an answer follows from both; so marking twice gives the same, and a
//! later ruling can take an earlier one back.

mod also_right;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use also_right::AlsoRight;

use super::{POINT, Score, mark, rule_sentence};
use crate::answer::Answer;
use crate::question::{Kind, Question};

/// What was decided about a question in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// The key stands as it is.
    Keep,
    /// The key stands; what it rests on is wrong, unclear or missing.
    FixDocument,
    /// These answers are right too, beside the key.
    Accept(Vec<AlsoRight>),
    /// It counts neither for nor against anyone.
    Void,
}

impl Ruling {
    /// As it stands in forms.
    pub fn as_str(&self) -> &'static str {
        match self {
            Ruling::Keep => "keep",
            Ruling::FixDocument => "fix_document",
            Ruling::Accept(_) => "accept",
            Ruling::Void => "void",
        }
    }

    /// In one short sentence.
    pub fn sentence(&self) -> &'static str {
        match self {
            Ruling::Keep => "The question stands as it is.",
            Ruling::FixDocument => "The question stands, and the documentation is at fault.",
            Ruling::Accept(_) => "Another answer is right too.",
            Ruling::Void => "The question was taken out: it counts neither for nor against anyone.",
        }
    }

    /// What stands where this is decided after `before`. A ruling takes the place
    /// of the one before it; where what was accepted `goes_on`, both are right.
    pub fn after(&self, before: Option<&Ruling>, goes_on: bool) -> Ruling {
        let Ruling::Accept(also) = self else { return self.clone() };
        let mut also = also.clone();
        let kept = before.filter(|_| goes_on).map(Ruling::also_right).unwrap_or_default();
        also.extend(kept.iter().filter(|one| !self.also_right().contains(one)).cloned());
        Ruling::Accept(also)
    }

    /// What is right beside the key.
    pub fn also_right(&self) -> &[AlsoRight] {
        match self {
            Ruling::Accept(also) => also,
            Ruling::Keep | Ruling::FixDocument | Ruling::Void => &[],
        }
    }
}

/// Marks an answer given in written places, as [`mark`] does, under the ruling
/// that stands for the question. Another right answer never takes marks from
/// anyone: the best reading counts. `None` where a person has to mark it.
pub fn mark_under(
    ruling: Option<&Ruling>,
    question: &Question,
    answer: Option<&Answer>,
    all_or_nothing: bool,
) -> Option<Score> {
    if ruling == Some(&Ruling::Void) {
        return Some(Score::default());
    }
    let by_key = mark(question, answer, all_or_nothing)?;
    let also = ruling.map(Ruling::also_right).unwrap_or_default().iter();
    let readings = also.filter_map(|also| {
        let (question, answer) = also.reading(question, answer?)?;
        mark(&question, Some(&answer), all_or_nothing)
    });
    Some(readings.fold(by_key, |best, one| if one.earned() > best.earned() { one } else { best }))
}

/// What is said beside a mark that was given under a ruling.
pub fn why_under(ruling: &Ruling, kind: Kind, all_or_nothing: bool) -> String {
    match ruling {
        Ruling::Void => ruling.sentence().to_owned(),
        Ruling::Accept(_) => format!("{} {}", rule_sentence(kind, all_or_nothing), ruling.sentence()),
        Ruling::Keep | Ruling::FixDocument => rule_sentence(kind, all_or_nothing).to_owned(),
    }
}

/// How often each answer was given, the most frequent first, and what it earns.
/// `None` stands for no answer and for one that says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAnswer {
    pub answer: Option<Answer>,
    pub n_people: u32,
    /// With partial credit; `None` where a person has to say.
    pub earns: Option<Score>,
}

/// Gathers equal answers, given in written places. A text counts as another's
/// whatever blanks stand around it.
pub fn given_answers(
    question: &Question,
    ruling: Option<&Ruling>,
    answers: impl IntoIterator<Item = Option<Answer>>,
) -> Vec<GivenAnswer> {
    let mut given: Vec<GivenAnswer> = Vec::new();
    for answer in answers {
        let answer = answer.filter(|answer| !answer.is_empty()).map(tidied);
        match given.iter_mut().find(|known| known.answer == answer) {
            Some(known) => known.n_people += 1,
            None => {
                let earns = mark_under(ruling, question, answer.as_ref(), false);
                given.push(GivenAnswer { answer, n_people: 1, earns });
            }
        }
    }
    // In an order of their own, so that it says nothing of who came first.
    given.sort_by_cached_key(|one| {
        (one.answer.is_none(), std::cmp::Reverse(one.n_people), format!("{:?}", one.answer))
    });
    given
}

fn tidied(answer: Answer) -> Answer {
    match answer {
        Answer::Typed(text) => Answer::Typed(text.trim().to_owned()),
        other => other,
    }
}

/// Whether an answer earns its whole point under a ruling.
pub fn is_right_under(ruling: Option<&Ruling>, question: &Question, answer: &Answer) -> bool {
    mark_under(ruling, question, Some(answer), true).is_some_and(|score| score.earned() == POINT)
}
