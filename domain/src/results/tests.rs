use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::answer::{Answer, Confidence};
use crate::blueprint::{Blueprint, Row as Asks};
use crate::item_analysis::item_figures;
use crate::marking::{POINT, Score};
use crate::question::Topic;
use crate::test::{Percent, Rules};

/// Attempt and person `a`, slot 1, full marks for the first choice.
fn met(attempt: &str, question: &str) -> Met {
    Met {
        attempt: attempt.into(),
        person: attempt.into(),
        slot: 1,
        question: format!("pager/{question}").parse().unwrap(),
        version: "v1".into(),
        score: Score::new(POINT, POINT),
        answer: Some(Answer::One(0)),
        confidence: None,
        seconds: Some(60),
    }
}

fn wrong(attempt: &str, question: &str) -> Met {
    Met { score: Score::new(0, POINT), answer: Some(Answer::One(1)), ..met(attempt, question) }
}

fn of_person(person: &str, met: Met) -> Met {
    Met { person: person.into(), ..met }
}

fn percent(n: u8) -> Percent {
    Percent::try_from(n).unwrap()
}

fn rules() -> Rules {
    Rules {
        cut: percent(60),
        cuts: [].into(),
        topic_cut: percent(50),
        critical_must_hold: false,
        counts_for_days: 90,
        all_or_nothing: false,
    }
}

fn asks(topics: &[Topic]) -> Blueprint {
    let row = |topic: &Topic| Asks { service: "pager".into(), topic: *topic, level: None, n_questions: 1 };
    Blueprint { rows: topics.iter().map(row).collect() }
}

#[test]
fn of_each_person_the_first_attempt_counts() {
    let all = vec![
        of_person("ada", wrong("a1", "process/first")),
        of_person("bo", met("b1", "process/first")),
        of_person("ada", met("a2", "process/first")),
    ];

    let first = of_first_attempts(all);

    assert_eq!(first.iter().map(|met| met.attempt.as_str()).collect::<Vec<_>>(), ["a1", "b1"]);
}

#[test]
fn scores_lie_in_tenths_and_full_marks_in_the_last() {
    let score = |earned| Score::new(earned, 100).unwrap();

    let bands = bands(&[score(0), score(9), score(10), score(99), score(100), Score::default()]);

    let n: Vec<u32> = bands.iter().map(|band| band.n).collect();
    assert_eq!(n, [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    assert_eq!((bands[0].to, bands[9].from, bands[9].to), (9, 90, 100));
}

#[test]
fn topics_stand_in_the_order_of_the_test_with_those_who_reached_their_cut() {
    let all = [
        met("a", "process/first"),
        wrong("a", "monitoring/first"),
        met("a", "monitoring/second"),
        wrong("b", "process/first"),
        wrong("b", "monitoring/second"),
    ];

    let topics = topics(&all, &asks(&[Topic::Monitoring, Topic::Process]), &rules());

    let seen: Vec<_> = topics.iter().map(|it| (it.topic, it.n, it.n_reached)).collect();
    assert_eq!(seen, [(Topic::Monitoring, 2, 1), (Topic::Process, 2, 1)]);
    assert_eq!((topics[0].score.earned(), topics[0].score.possible()), (POINT, 3 * POINT));
}

#[test]
fn a_question_has_its_figures_over_those_who_had_it() {
    let sure =
        Met { confidence: Some(Confidence::Certain), seconds: Some(20), ..wrong("a", "process/first") };
    let does_not_know = Met {
        answer: Some(Answer::DoNotKnow),
        confidence: Some(Confidence::Certain),
        ..wrong("b", "process/first")
    };
    let silent = Met { answer: None, seconds: None, ..wrong("c", "process/first") };
    let all = [sure, does_not_know, silent, met("d", "process/first"), met("d", "process/other")];

    let figures = questions(&all, Versions::Pooled).unwrap();

    let first = &figures[0];
    assert_eq!((first.n, first.n_missed, first.n_do_not_know, first.n_not_answered), (4, 3, 1, 1));
    assert_eq!(first.n_certain_and_missed(), 1);
    assert_eq!(first.sureness.map(|it| it.n), [1, 0, 0, 1]);
    assert_eq!((first.figures.facility, first.median_seconds), (Some(0.25), Some(60)));
    assert!(first.interval.is_some_and(|it| it.low < 0.25 && 0.25 < it.high));
    assert_eq!(figures[1].n, 1);
}

#[test]
fn versions_are_one_column_or_each_its_own() {
    let newer = Met { version: "v2".into(), ..wrong("b", "process/first") };
    let all = [met("a", "process/first"), newer];

    let (pooled, apart) =
        (questions(&all, Versions::Pooled).unwrap(), questions(&all, Versions::Apart).unwrap());

    assert_eq!(pooled.iter().map(|it| (it.n, it.n_versions)).collect::<Vec<_>>(), [(2, 2)]);
    assert_eq!(pooled[0].newest, "v2");
    let apart: Vec<_> = apart.iter().map(|it| (it.item.version.as_deref(), it.n, it.n_missed)).collect();
    assert_eq!(apart, [(Some("v1"), 1, 0), (Some("v2"), 1, 1)]);
}

#[test]
fn what_is_worth_nothing_is_in_no_figure() {
    let void = Met { score: Score::new(0, 0), ..wrong("a", "process/void") };
    let unmarked = Met { score: None, ..wrong("a", "process/later") };
    let all = [void, unmarked, met("a", "process/first")];

    let table = Table::of(&all, Versions::Pooled);

    assert_eq!((table.columns.len(), table.rows[0].cells.len()), (1, 1));
    assert_eq!(totals(&all), [Score::new(POINT, POINT).unwrap()]);
    assert_eq!(topics(&all, &asks(&[Topic::Process]), &rules())[0].n, 1);
}

#[test]
fn versions_of_different_worth_count_by_their_share() {
    let rubric =
        Met { score: Score::new(POINT, 4 * POINT), version: "v2".into(), ..met("b", "process/first") };

    let table = Table::of(&[met("a", "process/first"), rubric], Versions::Pooled);

    assert_eq!(table.columns[0].maximum, 4 * POINT);
    let marks: Vec<i64> = table.rows.iter().map(|row| row.cells[0].1.mark).collect();
    assert_eq!(marks, [4 * POINT, POINT]);
}

#[test]
fn answers_are_counted_choice_by_choice() {
    let several = Met { answer: Some(Answer::Several([0, 2].into())), ..wrong("c", "process/first") };
    let nothing = Met { answer: Some(Answer::Several([].into())), ..wrong("d", "process/first") };
    let all = [met("a", "process/first"), wrong("b", "process/first"), several, nothing];

    let answers = answers(&all, 3);

    assert_eq!((answers.n, answers.taken, answers.n_not_answered), (4, vec![2, 1, 1], 1));
}

#[test]
fn typed_answers_that_read_alike_are_one_and_the_commonest_comes_first() {
    let typed = |text: &str| Met { answer: Some(Answer::Typed(text.into())), ..wrong("a", "process/first") };
    let right = Met { answer: Some(Answer::Typed("pgbouncer".into())), ..met("a", "process/first") };
    let mut all = vec![typed("Patroni "), right, typed("patroni"), typed("  PATRONI")];
    all.extend(["a", "b", "c", "d", "e"].map(typed));

    let answers = answers(&all, 0);

    assert_eq!((answers.commonest[0].n, answers.commonest[0].is_full), (3, false));
    assert_eq!(answers.commonest[0].answer, Answer::Typed("Patroni ".into()));
    assert_eq!((answers.commonest.len(), answers.n_others), (COMMONEST, 2));
    let right = answers.commonest.iter().find(|it| it.is_full).map(|it| &it.answer);
    assert!(right.is_none() || right == Some(&Answer::Typed("pgbouncer".into())));
}

proptest! {
    #[test]
    fn no_answer_is_lost_and_figures_are_those_of_item_analysis(
        marks in vec((0..8_u8, 0..6_u8, 0..=4_i64, any::<bool>()), 1..60)
    ) {
        let mut seen = std::collections::BTreeMap::new();
        for (attempt, question, quarter, later) in marks {
            let score = Score::new(quarter * POINT / 4, POINT);
            let version = if later { "v2" } else { "v1" };
            let met = met(&format!("a{attempt}"), &format!("process/q{question}"));
            seen.insert((attempt, question), Met { score, version: version.into(), ..met });
        }
        let all: Vec<Met> = seen.into_values().collect();

        let (pooled, apart) = (questions(&all, Versions::Pooled).unwrap(), questions(&all, Versions::Apart).unwrap());

        let n = |figures: &[QuestionFigures]| figures.iter().map(|it| it.n as usize).sum::<usize>();
        prop_assert_eq!((n(&pooled), n(&apart)), (all.len(), all.len()));
        prop_assert_eq!(bands(&totals(&all)).iter().map(|band| band.n as usize).sum::<usize>(), totals(&all).len());
        let expected = item_figures(&Table::of(&all, Versions::Pooled).responses().unwrap());
        prop_assert_eq!(pooled.iter().map(|it| it.figures).collect::<Vec<_>>(), expected);
        for question in &pooled {
            let (facility, interval) = (question.figures.facility.unwrap(), question.interval.unwrap());
            prop_assert!(interval.low <= facility && facility <= interval.high);
            prop_assert!(question.sureness.iter().map(|it| it.n).sum::<u32>() <= question.n);
        }
    }
}
