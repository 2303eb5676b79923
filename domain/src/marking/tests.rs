use insta::assert_snapshot;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;
use crate::question::{Choice, Key, Number, Pair, RubricLine, question};

/// The first of them are right.
fn choices(n_right: u8, n_wrong: u8) -> Vec<Choice> {
    let choice = |i: u8| Choice { text: i.to_string(), is_right: i < n_right, feedback: None };
    (0..n_right + n_wrong).map(choice).collect()
}

fn single() -> Question {
    question(Key::Single { choices: choices(1, 2) })
}

fn multiple(n_right: u8, n_wrong: u8) -> Question {
    question(Key::Multiple { choices: choices(n_right, n_wrong) })
}

/// One step for each letter.
fn ordering(steps: &str) -> Question {
    question(Key::Ordering { steps: steps.chars().map(String::from).collect() })
}

/// One pair for each letter, which is its right-hand side.
fn matching(right: &str) -> Question {
    let pair = |(i, right): (usize, char)| Pair { left: i.to_string(), right: right.into() };
    question(Key::Matching {
        headings: Default::default(),
        pairs: right.chars().enumerate().map(pair).collect(),
    })
}

fn numeric() -> Question {
    question(Key::Numeric(Number {
        low: 25.0,
        high: 35.0,
        unit: Some("s".into()),
        written: "30 ± 5 s".into(),
    }))
}

fn short() -> Question {
    question(Key::Short { accepted: vec!["pg_stat*".into(), "the catalog".into()], case_sensitive: false })
}

fn ticked(places: &[u8]) -> Answer {
    Answer::Several(places.iter().copied().collect())
}

fn order(places: &[u8]) -> Answer {
    Answer::Order(places.to_vec())
}

fn open() -> Question {
    question(Key::Open { rubric: vec![RubricLine { points: 2, text: "names the owner".into() }] })
}

fn pairs(places: &[Option<u8>]) -> Answer {
    Answer::Pairs(places.to_vec())
}

fn typed(text: &str) -> Answer {
    Answer::Typed(text.into())
}

/// Earned with partial credit, and all or nothing.
fn earned(question: &Question, answer: &Answer) -> (i64, i64) {
    let earned = |all_or_nothing| mark(question, Some(answer), all_or_nothing).unwrap().earned();
    (earned(false), earned(true))
}

#[test]
fn a_single_choice_earns_all_or_nothing() {
    assert_eq!(earned(&single(), &Answer::One(0)), (POINT, POINT));
    assert_eq!(earned(&single(), &Answer::One(1)), (0, 0));
}

#[test]
fn a_right_tick_earns_its_share_and_a_wrong_one_costs_its_share() {
    let cases = [
        (multiple(2, 2), ticked(&[0, 1]), (POINT, POINT)),
        (multiple(2, 2), ticked(&[0]), (5_000, 0)),
        (multiple(2, 2), ticked(&[0, 1, 2]), (5_000, 0)),
        (multiple(2, 2), ticked(&[0, 2]), (0, 0)),
        (multiple(2, 2), ticked(&[2, 3]), (0, 0)),
        (multiple(2, 2), ticked(&[0, 1, 2, 3]), (0, 0)),
        (multiple(2, 3), ticked(&[0, 2]), (1_667, 0)),
        (multiple(3, 2), ticked(&[0]), (3_333, 0)),
        (multiple(3, 2), ticked(&[0, 1]), (6_667, 0)),
        (multiple(1, 3), ticked(&[0, 1]), (6_667, 0)),
        (multiple(3, 0), ticked(&[0, 1]), (6_667, 0)),
        (multiple(3, 0), ticked(&[0, 1, 2]), (POINT, POINT)),
        (multiple(16, 4), ticked(&[0]), (625, 0)),
    ];
    for (question, answer, expected) in cases {
        assert_eq!(earned(&question, &answer), expected, "{answer:?} to {:?}", question.key);
    }
}

#[test]
fn an_ordering_earns_the_neighbours_it_kept() {
    let cases = [
        ("ABCD", [0, 1, 2, 3], (POINT, POINT)),
        ("ABCD", [1, 2, 3, 0], (6_667, 0)),
        ("ABCD", [1, 0, 2, 3], (3_333, 0)),
        ("ABCD", [2, 3, 0, 1], (6_667, 0)),
        ("ABCD", [3, 2, 1, 0], (0, 0)),
    ];
    for (steps, places, expected) in cases {
        assert_eq!(earned(&ordering(steps), &order(&places)), expected, "{places:?} of {steps}");
    }
}

#[test]
fn steps_that_read_the_same_stand_for_one_another() {
    let cases = [
        ("ABA", vec![2, 1, 0], (POINT, POINT)),
        ("ABA", vec![0, 2, 1], (5_000, 0)),
        ("AAB", vec![0, 2, 1], (5_000, 0)),
        // Keeps A B, B A, A C and C A, and is wrong for all that.
        ("ABACA", vec![0, 3, 2, 1, 4], (7_500, 0)),
    ];
    for (steps, places, expected) in cases {
        assert_eq!(earned(&ordering(steps), &order(&places)), expected, "{places:?} of {steps}");
    }
}

#[test]
fn a_matching_earns_its_right_pairs_and_equal_right_sides_are_interchangeable() {
    let cases = [
        ("XYZ", [Some(0), Some(1), Some(2)], (POINT, POINT)),
        ("XYZ", [Some(0), Some(2), Some(1)], (3_333, 0)),
        ("XYZ", [Some(0), Some(1), None], (6_667, 0)),
        ("XYZ", [Some(0), Some(0), Some(0)], (3_333, 0)),
        ("XXZ", [Some(1), Some(0), Some(2)], (POINT, POINT)),
        ("XXZ", [Some(0), Some(0), Some(2)], (POINT, POINT)),
        ("XXZ", [Some(2), Some(0), Some(1)], (3_333, 0)),
    ];
    for (right, places, expected) in cases {
        assert_eq!(earned(&matching(right), &pairs(&places)), expected, "{places:?} of {right}");
    }
}

#[test]
fn a_typed_answer_earns_all_or_nothing() {
    let cases = [
        (numeric(), "25 s", POINT),
        (numeric(), "half a minute", 0),
        (short(), " PG_stat_activity ", POINT),
        (short(), "the log", 0),
    ];
    for (question, text, expected) in cases {
        assert_eq!(earned(&question, &typed(text)), (expected, expected), "{text}");
    }
}

#[test]
fn nothing_said_earns_nothing_of_one_point() {
    let said_nothing = [
        (single(), None),
        (multiple(2, 2), Some(ticked(&[]))),
        (ordering("AB"), None),
        (matching("XY"), Some(pairs(&[None, None]))),
        (numeric(), Some(typed(" "))),
        (short(), Some(typed(""))),
        (open(), Some(typed(" \n"))),
    ];
    for (question, nothing) in said_nothing {
        for answer in [None, nothing, Some(Answer::DoNotKnow)] {
            let score = mark(&question, answer.as_ref(), false);
            assert_eq!(score, Score::new(0, POINT), "{answer:?} to {:?}", question.kind());
        }
    }
}

#[test]
fn what_is_said_to_an_open_question_waits_for_a_person() {
    for all_or_nothing in [false, true] {
        assert_eq!(mark(&open(), Some(&typed("Restart it.")), all_or_nothing), None);
    }
}

#[test]
fn a_pattern_of_anything_is_not_met_by_nothing_typed() {
    let anything = question(Key::Short { accepted: vec!["*".into()], case_sensitive: false });

    assert_eq!(earned(&anything, &typed(" ")), (0, 0));
    assert_eq!(earned(&anything, &typed("something")), (POINT, POINT));
}

#[test]
fn an_answer_that_does_not_fit_the_question_earns_nothing() {
    let cases = [
        (single(), Answer::One(3)),
        (single(), ticked(&[0])),
        (multiple(1, 2), Answer::One(0)),
        (multiple(1, 2), ticked(&[0, 3])),
        (ordering("AB"), order(&[0])),
        (ordering("AB"), order(&[0, 0])),
        (ordering("AB"), order(&[0, 1, 2])),
        (matching("XY"), pairs(&[Some(0)])),
        (matching("XY"), pairs(&[Some(0), Some(2)])),
        (numeric(), Answer::One(30)),
        (short(), typed(&format!("pg_stat{}", " ".repeat(crate::answer::TEXT_LIMIT)))),
    ];
    for (question, answer) in cases {
        assert_eq!(earned(&question, &answer), (0, 0), "{answer:?} to {:?}", question.kind());
    }
}

#[test]
fn every_rule_is_told_in_one_sentence() {
    let told = |all_or_nothing| {
        Kind::ALL.map(|kind| format!("{}: {}", kind.as_str(), rule_sentence(kind, all_or_nothing))).join("\n")
    };

    assert_snapshot!(told(false), @r"
    single: The right choice earns the point.
    multiple: Each right tick earns its share of the right choices, each wrong tick costs its share of the wrong ones, and the mark never falls below 0.
    ordering: The mark is the share of neighbours kept: how many steps are directly followed by the step that follows them in the right order.
    matching: Each right pair earns its share of the point.
    numeric: A number within the accepted bounds, both included, earns the point.
    short: A text that matches one of the accepted answers as a whole earns the point.
    open: A leader marks it line by line: the mark is the share of the rubric's points. No answer earns nothing.
    ");
    assert_snapshot!(told(true), @r"
    single: The right choice earns the point.
    multiple: Exactly the right choices earn the point; anything else earns nothing.
    ordering: Exactly the right order earns the point; any other order earns nothing.
    matching: All pairs right earn the point; anything less earns nothing.
    numeric: A number within the accepted bounds, both included, earns the point.
    short: A text that matches one of the accepted answers as a whole earns the point.
    open: A leader marks it line by line: the mark is the share of the rubric's points. No answer earns nothing.
    ");
}

#[test]
fn a_score_is_never_more_than_possible_nor_less_than_nothing() {
    assert!(Score::new(0, 0).is_some() && Score::new(POINT, POINT).is_some());
    assert_eq!(Score::new(POINT + 1, POINT), None);
    assert_eq!(Score::new(-1, POINT), None);
}

#[test]
fn a_score_that_cannot_be_is_not_read_back() {
    let read = |text: &str| toml::from_str::<Score>(text).ok();

    assert_eq!(read("earned = 7500\npossible = 10000"), Score::new(7_500, POINT));
    assert_eq!(read("earned = 10001\npossible = 10000"), None);
    assert_eq!(read("earned = -1\npossible = 10000"), None);
}

#[test]
fn a_percentage_is_rounded_down_and_a_cut_is_reached_at_the_cut() {
    let cut = crate::test::Percent::try_from(80).unwrap();
    let cases = [
        (Score::new(24_000, 30_000), Some(80), true),
        (Score::new(23_999, 30_000), Some(79), false),
        (Score::new(30_000, 30_000), Some(100), true),
        (Score::new(29_999, 30_000), Some(99), true),
        (Score::new(0, 30_000), Some(0), false),
        (Score::new(0, 0), None, true),
    ];
    for (score, percent, reaches) in cases {
        let score = score.unwrap();
        assert_eq!((score.percent(), score.reaches(cut)), (percent, reaches), "{score:?}");
    }
}

#[test]
fn scores_add_up_earned_and_possible() {
    let scores = [Score::new(POINT, POINT), Score::new(2_500, POINT), Score::new(0, POINT)];

    assert_eq!(scores.into_iter().flatten().sum::<Score>(), Score::new(12_500, 30_000).unwrap());
}

/// A question of places, and an answer that fits it.
fn question_and_answer() -> impl Strategy<Value = (Question, Answer)> {
    let ticks = (1..=10_u8, 0..=10_u8).prop_flat_map(|(n_right, n_wrong)| {
        let n = usize::from(n_right + n_wrong);
        let answer = subsequence((0..n_right + n_wrong).collect::<Vec<u8>>(), 0..=n);
        answer.prop_map(move |places| (multiple(n_right, n_wrong), ticked(&places)))
    });
    let orders = "[A-F]{2,20}".prop_flat_map(|steps| {
        let n = u8::try_from(steps.len()).unwrap();
        let answer = Just((0..n).collect::<Vec<u8>>()).prop_shuffle();
        answer.prop_map(move |places| (ordering(&steps), order(&places)))
    });
    let matches = "[U-Z]{1,20}".prop_flat_map(|right| {
        let n = u8::try_from(right.len()).unwrap();
        let answer = proptest::collection::vec(proptest::option::of(0..n), right.len());
        answer.prop_map(move |places| (matching(&right), pairs(&places)))
    });
    prop_oneof![ticks, orders, matches]
}

/// Whether the answer says just what the key says.
fn is_exactly_right(question: &Question, answer: &Answer) -> bool {
    match (&question.key, answer) {
        (Key::Multiple { choices }, Answer::Several(places)) => {
            (0..).zip(choices).all(|(i, choice)| places.contains(&i) == choice.is_right)
        }
        (Key::Ordering { steps }, Answer::Order(places)) => {
            places.iter().map(|&place| &steps[usize::from(place)]).eq(steps)
        }
        (Key::Matching { pairs, .. }, Answer::Pairs(places)) => {
            let text = |place: &Option<u8>| place.map(|place| pairs[usize::from(place)].right.clone());
            places.iter().map(text).eq(pairs.iter().map(|pair| Some(pair.right.clone())))
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_mark_is_between_nothing_and_a_point_and_full_only_for_exactly_the_right_answer(
        (question, answer) in question_and_answer(),
    ) {
        let (partial, all_or_nothing) = earned(&question, &answer);

        prop_assert!((0..=POINT).contains(&partial));
        prop_assert_eq!(partial == POINT, is_exactly_right(&question, &answer));
        prop_assert_eq!(all_or_nothing, if partial == POINT { POINT } else { 0 });
    }

    #[test]
    fn one_more_right_tick_never_costs_and_one_more_wrong_tick_never_earns(
        (n_right, n_wrong) in (1..=10_u8, 0..=10_u8),
        ticks: u32,
        one_more in 0..20_u8,
    ) {
        let n = n_right + n_wrong;
        let one_more = one_more % n;
        let before: Vec<u8> = (0..n).filter(|place| ticks >> place & 1 == 1 && *place != one_more).collect();
        let after = [before.as_slice(), &[one_more]].concat();
        let question = multiple(n_right, n_wrong);

        let (before, after) = (earned(&question, &ticked(&before)).0, earned(&question, &ticked(&after)).0);

        let is_right_tick = one_more < n_right;
        let (lower, higher) = if is_right_tick { (before, after) } else { (after, before) };
        prop_assert!(lower <= higher);
    }
}
