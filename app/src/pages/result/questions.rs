//! The questions of an attempt after the answers may be seen.

use backend::attempts::results::{Outcome, Reviewed};
use backend::disputes::own::Afterwards;
use domain::answer::{Answer, Confidence};
use domain::marking::Score;
use domain::people::Role;
use leptos::prelude::*;

use crate::components::{Fact, Facts, Icon, icon};
use crate::markdown::{Images, plain};
use crate::pages::disputes::words::{also_words, mark_words};
use crate::reviewing::reviewed_with;

/// What to read first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    SureAndMissed,
    Missed,
    Right,
    /// Nobody has marked them yet.
    Waiting,
    /// They count neither for nor against anyone.
    TakenOut,
}

impl Group {
    const ALL: [Group; 5] =
        [Group::SureAndMissed, Group::Missed, Group::Right, Group::Waiting, Group::TakenOut];

    /// Who says "I do not know" is sure of nothing else.
    fn of(score: Option<Score>, answer: Option<&Answer>, confidence: Option<Confidence>) -> Group {
        let Some(score) = score else { return Group::Waiting };
        match (answer, confidence) {
            _ if score.possible() == 0 => Group::TakenOut,
            _ if score.is_full() => Group::Right,
            (None | Some(Answer::DoNotKnow), _) => Group::Missed,
            (_, Some(Confidence::Certain | Confidence::FairlySure)) => Group::SureAndMissed,
            (_, Some(Confidence::Guess) | None) => Group::Missed,
        }
    }

    fn heading(self, n: usize) -> String {
        match self {
            Group::SureAndMissed => format!("Sure, and missed: {n}. Read these first"),
            Group::Missed => format!("Missed, in whole or in part: {n}"),
            Group::Right => format!("Right: {n}"),
            Group::Waiting => format!("Not marked yet: {n}"),
            Group::TakenOut => format!("Taken out: {n}"),
        }
    }
}

/// The questions in the order in which they are worth reading.
pub fn all_questions(
    outcome: &Outcome,
    questions: &[Reviewed],
    afterwards: &Afterwards,
) -> impl IntoView + use<> {
    let group_of = |one: &Reviewed| Group::of(one.score, one.answer.as_ref(), one.confidence);
    let of_group = |group| questions.iter().filter(|one| group_of(one) == group).collect::<Vec<_>>();
    Group::ALL
        .into_iter()
        .map(|group| (group, of_group(group)))
        .filter(|(_, questions)| !questions.is_empty())
        .map(|(group, questions)| {
            let is_open = group == Group::SureAndMissed;
            let folds: Vec<_> =
                questions.iter().map(|one| one_question(outcome, one, afterwards, is_open)).collect();
            view! {
                <section class="stack" data-tight>
                    <h2>{group.heading(folds.len())}</h2>
                    {folds}
                </section>
            }
        })
        .collect_view()
}

fn one_question(
    outcome: &Outcome,
    one: &Reviewed,
    afterwards: &Afterwards,
    is_open: bool,
) -> impl IntoView + use<> {
    let id = one.question.id.to_string();
    let images = Images::Of { circle: &outcome.circle, question: &id, version: &one.version };
    // Of an answer that is hidden nothing is said.
    let answer = (!one.is_hidden).then_some(one.answer.as_ref());
    let given = one.given.as_ref().map(|given| given.points.as_slice());
    let body = reviewed_with(&one.question, &one.order, answer, given, images);
    let mark = one.score.map_or_else(|| "waits to be marked".to_owned(), mark_words);
    let hidden = one.is_hidden.then(|| {
        view! { <p class="meta">"The answer is shown here once it is marked: who marks it is not to know whose it is."</p> }
    });
    let comments = one.given.as_ref().map(|given| given.comments.clone()).unwrap_or_default();
    let comments = comments
        .into_iter()
        .map(|comment| view! { <Fact name="Comment"><span class="lines">{comment}</span></Fact> });
    let (comments, why) = (comments.collect_view(), Some(one.why.clone()).filter(|why| !why.is_empty()));
    let confidence = one.confidence.map_or("not given", Confidence::title);
    let critical = one.question.critical.then_some(" · critical");
    view! {
        <details class="panel" id=format!("question-{}", one.n) open=is_open>
            <summary>
                {format!("{}. {}", one.n, title(&one.question.text))}
                " "
                <span class="meta">
                    {mark_icon(one.score)}" "{mark.clone()}" · "{one.question.id.topic.title()}{critical}
                </span>
            </summary>
            <div class="stack">
                {body}
                {hidden}
                {right_too(one, afterwards)}
                <Facts>
                    <Fact name="Mark">{mark.clone()}</Fact>
                    {why.map(|why| view! { <Fact name="Rule">{why}</Fact> })}
                    {comments}
                    <Fact name="Confidence">{confidence}</Fact>
                </Facts>
                {question_link(outcome, one, &id)}
            </div>
        </details>
    }
}

/// What a decision accepts beside the key, for whom it gave a mark.
fn right_too(one: &Reviewed, afterwards: &Afterwards) -> Option<impl IntoView + use<>> {
    let newest = afterwards.changes.iter().rfind(|change| change.n == one.n)?;
    let also = newest.ruling.also_right().iter().map(|also| also_words(&one.question, also));
    let also: Vec<String> = also.collect();
    (!also.is_empty()).then(
        || view! { <p class="long">{format!("By a decision this is right too: {}", also.join(" | "))}</p> },
    )
}

/// A check where everything was right; nothing shouts where it was not.
fn mark_icon(score: Option<Score>) -> impl IntoView {
    let is_right = |score: Score| score.is_full() && score.possible() > 0;
    icon(if score.is_some_and(is_right) { Icon::Check } else { Icon::Ring })
}

/// An objection is the taker's own; a leader goes to the bank.
fn question_link(outcome: &Outcome, one: &Reviewed, id: &str) -> impl IntoView + use<> {
    let (href, words) = if outcome.is_mine {
        (format!("/attempts/{}/report/{}", outcome.id, one.n), format!("I object to question {}", one.n))
    } else {
        (format!("/circles/{}/questions/{id}", outcome.circle), "This question in the bank".to_owned())
    };
    let make = format!("/circles/{}/make-action?question={id}", outcome.circle);
    let works = outcome.member.role != Role::Reader;
    view! {
        <p class="no-print cluster">
            <a href=href>{words}</a>
            {works.then(|| view! { <a href=make>"Make an action from it"</a> })}
        </p>
    }
}

/// The first words of a question, to find it by.
pub fn title(text: &str) -> String {
    const LONGEST: usize = 90;
    let text = plain(text);
    if text.chars().count() <= LONGEST {
        return text;
    }
    let cut: String = text.chars().take(LONGEST).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{whole_words} …")
}

#[cfg(test)]
mod tests {
    use domain::marking::POINT;

    use super::*;

    fn score(earned: i64) -> Score {
        Score::new(earned, POINT).unwrap()
    }

    #[test]
    fn what_was_sure_and_missed_is_read_before_what_was_guessed() {
        let half = score(POINT / 2);
        let (chosen, unknown) = (Answer::One(0), Answer::DoNotKnow);
        let cases = [
            (half, Some(&chosen), Some(Confidence::Certain), Group::SureAndMissed),
            (half, Some(&chosen), Some(Confidence::FairlySure), Group::SureAndMissed),
            (half, Some(&chosen), Some(Confidence::Guess), Group::Missed),
            (half, Some(&chosen), None, Group::Missed),
            (score(0), Some(&unknown), Some(Confidence::Certain), Group::Missed),
            (score(0), None, Some(Confidence::Certain), Group::Missed),
            (score(POINT), Some(&chosen), Some(Confidence::Guess), Group::Right),
            (score(POINT), Some(&chosen), None, Group::Right),
        ];
        for (score, answer, confidence, group) in cases {
            assert_eq!(
                Group::of(Some(score), answer, confidence),
                group,
                "{score:?} {answer:?} {confidence:?}"
            );
        }
    }

    #[test]
    fn what_was_taken_out_is_neither_right_nor_missed() {
        assert_eq!(Group::of(Some(Score::default()), None, None), Group::TakenOut);
    }

    #[test]
    fn what_nobody_has_marked_is_neither_right_nor_missed() {
        assert_eq!(Group::of(None, Some(&Answer::One(0)), Some(Confidence::Certain)), Group::Waiting);
    }

    #[test]
    fn a_long_question_is_named_by_its_first_words() {
        assert_eq!(title("What *first*?"), "What first?");
        let long = title(&"word ".repeat(40));
        assert!(long.chars().count() <= 92 && long.ends_with("word …"), "{long}");
    }
}
