//! A simulated engineer: what somebody of a given ability answers, how sure
//! they say they are, and how long it takes them. Pure: chance is an argument.

use chrono::TimeDelta;
use domain::answer::{Answer, Confidence};
use domain::question::{Key, Question};
use rand::Rng;
use rand::seq::IteratorRandom;

use super::in_own_words;

/// What makes one engineer answer unlike another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    /// Ability in each topic, in the order of `Topic::ALL`, in logits: 0 gets
    /// half of the questions of level 2.
    pub topics: [f64; 4],
    /// What is added for one service; the others count as they are.
    pub service: (&'static str, f64),
    /// How likely somebody who is wrong says "certain".
    pub boldness: f64,
    /// Whose words they are, where they write some.
    pub voice: usize,
}

impl Traits {
    /// The same engineer, about something that was explained to all of them.
    pub fn taught(self) -> Traits {
        Traits { topics: self.topics.map(|ability| ability + 4.0), ..self }
    }

    fn ability(&self, question: &Question) -> f64 {
        let of_topic = self.topics[question.id.topic as usize];
        let (service, more) = self.service;
        if question.id.service == service { of_topic + more } else { of_topic }
    }
}

/// What is said to one question, and how long it took.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    /// `None`: the question is passed over.
    pub answer: Option<Answer>,
    pub confidence: Option<Confidence>,
    pub for_review: bool,
    pub took: TimeDelta,
    pub knows: bool,
}

/// What an engineer says to a question whose choices are shown in this order.
pub(super) fn say(traits: &Traits, question: &Question, order: &[u8], rng: &mut impl Rng) -> Said {
    let knows = rng.random_bool(chance(traits.ability(question), difficulty(question)));
    let answer = match rng.random_range(0..100) {
        0..4 if !knows => None,
        4..20 if !knows => Some(Answer::DoNotKnow),
        _ => Some(an_answer(question, order, knows, traits.voice, rng)),
    };
    let is_opinion = !matches!(answer, None | Some(Answer::DoNotKnow));
    Said {
        confidence: is_opinion.then(|| confidence(traits, knows, rng)),
        for_review: rng.random_bool(if knows { 0.04 } else { 0.15 }),
        took: TimeDelta::seconds(rng.random_range(20..70) + 15 * i64::from(question.level.get())),
        answer,
        knows,
    }
}

/// The chance of a right answer, by the Rasch model: the logistic function of
/// ability minus difficulty, both in logits. (Georg Rasch, Probabilistic Models
/// for Some Intelligence and Attainment Tests, 1960.)
pub(super) fn chance(ability: f64, difficulty: f64) -> f64 {
    1.0 / (1.0 + (difficulty - ability).exp())
}

/// A level more is a logit more. Questions of one level differ by up to half a
/// logit from their level, each always by as much.
pub(super) fn difficulty(question: &Question) -> f64 {
    let of_level = f64::from(question.level.get()) - 2.0;
    let spread: u32 = question.id.slug.bytes().map(u32::from).sum();
    of_level + f64::from(spread % 11) / 10.0 - 0.5
}

fn confidence(traits: &Traits, knows: bool, rng: &mut impl Rng) -> Confidence {
    let certain = if knows { 0.45 } else { traits.boldness };
    let guess = if knows { 0.1 } else { 0.45 };
    if rng.random_bool(certain) {
        Confidence::Certain
    } else if rng.random_bool(guess) {
        Confidence::Guess
    } else {
        Confidence::FairlySure
    }
}

/// A right answer, or a plausible wrong one, in places as shown.
fn an_answer(question: &Question, order: &[u8], knows: bool, voice: usize, rng: &mut impl Rng) -> Answer {
    // The place at which the thing written at `i` is shown.
    let shown = |i: usize| order.iter().position(|&written| usize::from(written) == i).unwrap_or(0) as u8;
    let n = order.len();
    match &question.key {
        Key::Single { choices } => {
            let fits = |i: &usize| choices[*i].is_right == knows;
            Answer::One(shown((0..n).filter(fits).choose(rng).unwrap_or(0)))
        }
        Key::Multiple { choices } => {
            let off = if knows { n } else { rng.random_range(0..n) };
            Answer::Several((0..n).filter(|&i| choices[i].is_right != (i == off)).map(shown).collect())
        }
        Key::Ordering { .. } => {
            let mut steps: Vec<u8> = (0..n).map(shown).collect();
            if !knows {
                steps.rotate_left(1);
                steps.swap(0, n / 2);
            }
            Answer::Order(steps)
        }
        Key::Matching { .. } => {
            let mut sides: Vec<Option<u8>> = (0..n).map(|i| Some(shown(i))).collect();
            if !knows {
                let rotated = sides.len().min(3);
                sides[..rotated].rotate_left(1);
            }
            Answer::Pairs(sides)
        }
        Key::Numeric(number) => {
            let right = (number.low + number.high) / 2.0;
            Answer::Typed(if knows { right } else { right * 10.0 + 1.0 }.to_string())
        }
        Key::Short { accepted, .. } if knows => {
            Answer::Typed(accepted.first().map(|pattern| pattern.replace('*', "")).unwrap_or_default())
        }
        Key::Open { .. } => in_own_words::write(&question.id.to_string(), knows, voice, rng)
            .map_or(Answer::DoNotKnow, |text| Answer::Typed(text.to_owned())),
        Key::Short { .. } => Answer::DoNotKnow,
    }
}

#[cfg(test)]
mod tests {
    use domain::marking::mark;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::shelf::Shelf;

    fn traits(ability: f64) -> Traits {
        Traits { topics: [ability; 4], service: ("none", 0.0), boldness: 0.2, voice: 0 }
    }

    fn samples() -> Vec<Question> {
        let shelf = Shelf::Samples.read().unwrap();
        shelf.banks.into_iter().flat_map(|bank| bank.questions).map(|question| question.question).collect()
    }

    #[test]
    fn the_chance_is_a_half_where_ability_meets_difficulty_and_grows_with_ability() {
        assert_eq!(chance(0.0, 0.0), 0.5);
        assert!((chance(1.0, 0.0) - 0.731).abs() < 0.001);
        assert!((chance(0.0, 1.0) - 0.269).abs() < 0.001);
        assert!(chance(3.0, 0.0) > chance(2.0, 0.0));
    }

    #[test]
    fn who_knows_earns_full_marks_and_who_does_not_loses_some_in_every_kind() {
        let mut rng = StdRng::seed_from_u64(1);
        for question in samples() {
            let order = domain::draw::show_order(&question, &mut rng);
            for knows in [true, false] {
                let answer = an_answer(&question, &order, knows, 0, &mut rng);
                assert!(answer.fits(&question.prompt(&order)), "{}", question.id);
                let score = mark(&question, Some(&answer.as_written(&order)), false);
                if matches!(question.key, Key::Open { .. }) {
                    assert_eq!(score, None, "{}: a leader marks it", question.id);
                    continue;
                }
                assert_eq!(score.is_none_or(|score| score.is_full()), knows, "{}: {answer:?}", question.id);
            }
        }
    }

    #[test]
    fn the_able_earn_more_and_the_same_seed_says_the_same() {
        let questions = samples();
        let n_known = |ability: f64| {
            let mut rng = StdRng::seed_from_u64(2);
            let said = questions.iter().map(|question| {
                let order = domain::draw::show_order(question, &mut rng);
                say(&traits(ability), question, &order, &mut rng).knows
            });
            said.filter(|knows| *knows).count()
        };

        assert!(n_known(3.0) > questions.len() * 8 / 10, "{}", n_known(3.0));
        assert!(n_known(-1.0) < questions.len() * 4 / 10, "{}", n_known(-1.0));
        assert_eq!(n_known(0.5), n_known(0.5));
    }
}
