//! What was answered to one version of a question, without who answered it.

use crate::words::one_line;
use std::collections::HashMap;

use super::Met;
use super::table::is_answered;
use crate::answer::Answer;

/// So many of the commonest answers are told.
pub const COMMONEST: usize = 5;

/// How often a choice was taken, or something was answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Attempts that had the question.
    pub n: u32,
    pub n_do_not_know: u32,
    pub n_not_answered: u32,
    /// Of choices: how often each was taken, in the order they are written in.
    /// With several right ones the counts can add up to more than `n`.
    pub taken: Vec<u32>,
    /// Of everything else: the commonest answers, the most frequent first.
    pub commonest: Vec<Common>,
    /// How often something else was answered.
    pub n_others: u32,
}

/// One answer that was given, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    pub answer: Answer,
    pub n: u32,
    /// Whether it earned full marks every time.
    pub is_full: bool,
}

/// The answers to a question with so many choices; 0 where it has none. What is
/// given must be of one version.
pub fn answers<'m>(met: impl IntoIterator<Item = &'m Met>, n_choices: usize) -> Answers {
    let mut all = Answers { taken: vec![0; n_choices], ..Answers::default() };
    let mut common: HashMap<String, Common> = HashMap::new();
    for met in met {
        all.n += 1;
        match &met.answer {
            Some(Answer::DoNotKnow) => all.n_do_not_know += 1,
            Some(Answer::One(place)) => all.take(*place),
            Some(Answer::Several(places)) if !places.is_empty() => {
                places.iter().for_each(|place| all.take(*place));
            }
            answer @ Some(other) if is_answered(answer.as_ref()) => {
                let is_full = !met.is_missed();
                let known = common.entry(likeness(other));
                let known = known.or_insert(Common { answer: other.clone(), n: 0, is_full });
                known.n += 1;
                known.is_full &= is_full;
            }
            _ => all.n_not_answered += 1,
        }
    }
    let mut common: Vec<(String, Common)> = common.into_iter().collect();
    common.sort_unstable_by(|(a_text, a), (b_text, b)| b.n.cmp(&a.n).then_with(|| a_text.cmp(b_text)));
    all.n_others = common.iter().skip(COMMONEST).map(|(_, common)| common.n).sum();
    all.commonest = common.into_iter().take(COMMONEST).map(|(_, common)| common).collect();
    all
}

impl Answers {
    fn take(&mut self, place: u8) {
        if let Some(n) = self.taken.get_mut(usize::from(place)) {
            *n += 1;
        }
    }
}

/// The same for answers that read alike: letters large or small, white space.
fn likeness(answer: &Answer) -> String {
    match answer {
        Answer::Typed(text) => one_line(text).to_lowercase(),
        other => format!("{other:?}"),
    }
}
