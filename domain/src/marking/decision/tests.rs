use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::question::{Choice, Key, Number, Pair, Topic, question};
use crate::test::{Percent, Rules};
use crate::verdict::{Clause, Marked, Verdict, topic_holds};

fn choices(right: &[u8], n: u8) -> Vec<Choice> {
    let choice = |i: u8| Choice { text: i.to_string(), is_right: right.contains(&i), feedback: None };
    (0..n).map(choice).collect()
}

fn single() -> Question {
    question(Key::Single { choices: choices(&[0], 4) })
}

fn multiple() -> Question {
    question(Key::Multiple { choices: choices(&[0, 1], 4) })
}

fn ordering() -> Question {
    question(Key::Ordering { steps: ["A", "B", "C", "D"].map(str::to_owned).to_vec() })
}

fn matching(right: [&str; 3]) -> Question {
    let pair = |(i, right): (usize, &&str)| Pair { left: i.to_string(), right: (*right).to_owned() };
    let pairs = right.iter().enumerate().map(pair).collect();
    question(Key::Matching { headings: Default::default(), pairs })
}

fn numeric() -> Question {
    let number = Number { low: 25.0, high: 35.0, unit: Some("s".into()), written: "30 ± 5 s".into() };
    question(Key::Numeric(number))
}

fn short() -> Question {
    question(Key::Short { accepted: vec!["pg_stat_replication".into()], case_sensitive: false })
}

fn ticks(places: &[u8]) -> Answer {
    Answer::Several(places.iter().copied().collect())
}

fn order(places: &[u8]) -> Answer {
    Answer::Order(places.to_vec())
}

fn pairs(places: &[Option<u8>]) -> Answer {
    Answer::Pairs(places.to_vec())
}

fn typed(text: &str) -> Answer {
    Answer::Typed(text.into())
}

fn also_ticks(places: &[u8]) -> AlsoRight {
    AlsoRight::Ticks(places.iter().copied().collect())
}

fn pattern(text: &str) -> AlsoRight {
    AlsoRight::Pattern(text.to_owned())
}

fn number(text: &str) -> AlsoRight {
    AlsoRight::Number(text.to_owned())
}

#[test]
fn another_answer_that_is_accepted_earns_what_the_key_would_and_the_key_goes_on_to() {
    let cases = [
        // Under the ruling: with partial credit, and all or nothing.
        (single(), AlsoRight::Choice(2), Answer::One(2), (POINT, POINT)),
        (single(), AlsoRight::Choice(2), Answer::One(0), (POINT, POINT)),
        (single(), AlsoRight::Choice(2), Answer::One(1), (0, 0)),
        (multiple(), also_ticks(&[0, 2]), ticks(&[0, 2]), (POINT, POINT)),
        (multiple(), also_ticks(&[0, 2]), ticks(&[0, 1]), (POINT, POINT)),
        (multiple(), also_ticks(&[0, 2]), ticks(&[2]), (5_000, 0)),
        (multiple(), also_ticks(&[0, 2]), ticks(&[2, 3]), (0, 0)),
        (multiple(), also_ticks(&[0, 1, 2, 3]), ticks(&[2, 3]), (5_000, 0)),
        (ordering(), AlsoRight::Order(vec![1, 0, 2, 3]), order(&[1, 0, 2, 3]), (POINT, POINT)),
        (ordering(), AlsoRight::Order(vec![1, 0, 2, 3]), order(&[0, 1, 2, 3]), (POINT, POINT)),
        (ordering(), AlsoRight::Order(vec![1, 0, 2, 3]), order(&[3, 1, 0, 2]), (6_667, 0)),
        (
            matching(["X", "Y", "Z"]),
            AlsoRight::Pairs(vec![1, 0, 2]),
            pairs(&[Some(1), Some(0), Some(2)]),
            (POINT, POINT),
        ),
        (
            matching(["X", "Y", "Z"]),
            AlsoRight::Pairs(vec![1, 1, 2]),
            pairs(&[Some(1), Some(1), None]),
            (6_667, 0),
        ),
        // X is nowhere in what is accepted too, so it can be right by the key alone.
        (
            matching(["X", "Y", "Z"]),
            AlsoRight::Pairs(vec![1, 1, 2]),
            pairs(&[Some(0), None, None]),
            (3_333, 0),
        ),
        (
            matching(["X", "X", "Z"]),
            AlsoRight::Pairs(vec![2, 0, 0]),
            pairs(&[Some(2), Some(1), Some(1)]),
            (POINT, POINT),
        ),
        (numeric(), number("60 ± 1 s"), typed("61"), (POINT, POINT)),
        (numeric(), number("60..70"), typed("1 min"), (POINT, POINT)),
        (numeric(), number("60 s"), typed("25 s"), (POINT, POINT)),
        (numeric(), number("60 s"), typed("40 s"), (0, 0)),
        (short(), pattern("pg_stat_wal*"), typed("PG_STAT_WAL_RECEIVER"), (POINT, POINT)),
        (short(), pattern("pg_stat_wal*"), typed("pg_stat_replication"), (POINT, POINT)),
        (short(), pattern("pg_stat_wal*"), typed("pg_stat"), (0, 0)),
    ];
    for (question, also, answer, expected) in cases {
        assert!(also.fits(&question), "{also:?}");
        let ruling = Ruling::Accept(vec![also]);
        let earned = |aon| mark_under(Some(&ruling), &question, Some(&answer), aon).unwrap().earned();
        assert_eq!((earned(false), earned(true)), expected, "{answer:?} under {ruling:?}");
    }
}

#[test]
fn several_answers_can_be_accepted_and_no_answer_is_none_of_them() {
    let ruling = Ruling::Accept(vec![AlsoRight::Choice(1), AlsoRight::Choice(2)]);
    let earned = |answer: Option<Answer>| {
        mark_under(Some(&ruling), &single(), answer.as_ref(), false).unwrap().earned()
    };

    let answers = [Some(Answer::One(0)), Some(Answer::One(1)), Some(Answer::One(2)), Some(Answer::One(3))];
    assert_eq!(answers.map(earned), [POINT, POINT, POINT, 0]);
    assert_eq!(earned(None), 0);
    assert_eq!(earned(Some(Answer::DoNotKnow)), 0);
    assert_eq!(earned(Some(Answer::One(9))), 0);
}

#[test]
fn what_is_kept_is_marked_by_the_key_and_what_is_void_counts_nothing() {
    for answer in [Answer::One(0), Answer::One(1), Answer::DoNotKnow] {
        let by_key = mark(&single(), Some(&answer), false);
        for ruling in [None, Some(&Ruling::Keep), Some(&Ruling::FixDocument)] {
            assert_eq!(mark_under(ruling, &single(), Some(&answer), false), by_key, "{answer:?}");
        }
        assert_eq!(mark_under(Some(&Ruling::Void), &single(), Some(&answer), true), Some(Score::default()));
    }
    assert_eq!(mark_under(Some(&Ruling::Void), &single(), None, false), Some(Score::default()));
}

#[test]
fn what_fits_another_kind_or_nothing_is_not_accepted() {
    let cases = [
        (single(), AlsoRight::Choice(4)),
        (single(), also_ticks(&[1])),
        (multiple(), also_ticks(&[])),
        (multiple(), also_ticks(&[0, 4])),
        (ordering(), AlsoRight::Order(vec![0, 1, 2])),
        (ordering(), AlsoRight::Order(vec![0, 1, 2, 2])),
        (ordering(), AlsoRight::Order(vec![0, 1, 2, 4])),
        (matching(["X", "Y", "Z"]), AlsoRight::Pairs(vec![0, 1])),
        (matching(["X", "Y", "Z"]), AlsoRight::Pairs(vec![0, 1, 3])),
        (numeric(), number("many")),
        (numeric(), number("35..25")),
        (numeric(), pattern("30")),
        (short(), pattern(" ** ")),
        (short(), number("30")),
    ];
    for (question, also) in cases {
        assert!(!also.fits(&question), "{also:?} to {:?}", question.key);
        let answers = [Answer::One(1), ticks(&[0, 3]), order(&[3, 2, 1, 0]), typed("30 s")];
        for answer in answers {
            let ruling = Ruling::Accept(vec![also.clone()]);
            let under = mark_under(Some(&ruling), &question, Some(&answer), false);
            assert_eq!(under, mark(&question, Some(&answer), false), "{also:?}");
        }
    }
}

#[test]
fn the_key_is_not_another_answer() {
    let cases = [
        (single(), AlsoRight::Choice(0), true),
        (single(), AlsoRight::Choice(1), false),
        (multiple(), also_ticks(&[0, 1]), true),
        (multiple(), also_ticks(&[0]), false),
        (ordering(), AlsoRight::Order(vec![0, 1, 2, 3]), true),
        (ordering(), AlsoRight::Order(vec![1, 0, 2, 3]), false),
        (matching(["X", "X", "Z"]), AlsoRight::Pairs(vec![1, 0, 2]), true),
        (matching(["X", "Y", "Z"]), AlsoRight::Pairs(vec![1, 0, 2]), false),
        (numeric(), number("25..35 s"), true),
        (numeric(), number("25..36 s"), false),
        (short(), pattern("pg_stat_replication"), true),
        (short(), pattern("pg_stat*"), false),
    ];
    for (question, also, is_the_key) in cases {
        assert_eq!(also.is_the_key(&question), is_the_key, "{also:?}");
    }
}

#[test]
fn equal_answers_are_counted_together_and_none_comes_last() {
    let answers = [None, Some(typed(" PG ")), Some(typed("")), Some(typed("PG")), Some(Answer::DoNotKnow)];

    let given = given_answers(&short(), None, answers);

    let seen: Vec<_> = given.iter().map(|one| (one.answer.clone(), one.n_people)).collect();
    assert_eq!(seen, [(Some(typed("PG")), 2), (Some(Answer::DoNotKnow), 1), (None, 2)]);
}

fn percent(n: u8) -> Percent {
    Percent::try_from(n).unwrap()
}

fn rules() -> Rules {
    Rules {
        cut: percent(70),
        cuts: [].into(),
        topic_cut: percent(60),
        critical_must_hold: true,
        counts_for_days: 180,
        all_or_nothing: false,
    }
}

fn marked(topic: Topic, critical: bool, score: Score) -> Marked {
    Marked { service: "orders-db".to_owned(), topic, critical, score }
}

fn full() -> Score {
    Score::new(POINT, POINT).unwrap()
}

fn nothing() -> Score {
    Score::new(0, POINT).unwrap()
}

#[test]
fn a_void_question_is_no_part_of_a_verdict() {
    let void = Score::default();
    let process = |score| marked(Topic::Process, false, score);
    let monitoring = |score| marked(Topic::Monitoring, false, score);
    let critical = |score| marked(Topic::Process, true, score);
    let cases = [
        ("what was missed is out", vec![process(full()), process(void)], true),
        ("what was right is out", vec![process(nothing()), process(void)], false),
        ("a critical question that was missed is out", vec![process(full()), critical(void)], true),
        ("one critical question is left", vec![critical(nothing()), critical(void), process(full())], false),
        ("all of a topic is out", vec![process(full()), monitoring(void)], true),
        ("all is out, and nothing speaks for a pass", vec![process(void), monitoring(void)], false),
    ];
    for (case, slots, passes) in cases {
        assert_eq!(Verdict::of(&slots, &rules()).passed(), passes, "{case}");
    }
}

#[test]
fn no_clause_counts_a_void_question() {
    let slots = [
        marked(Topic::Process, false, full()),
        marked(Topic::Process, true, Score::default()),
        marked(Topic::Monitoring, false, Score::default()),
    ];

    let verdict = Verdict::of(&slots, &rules());

    let process = Clause::Topic {
        service: "orders-db".to_owned(),
        topic: Topic::Process,
        needed: percent(60),
        reached: full(),
    };
    assert_eq!(verdict.clauses, [Clause::Whole { needed: percent(70), reached: full() }, process]);
    assert!(topic_holds(&slots, &rules(), "orders-db", Topic::Process));
    assert!(!topic_holds(&slots, &rules(), "orders-db", Topic::Monitoring));
}

fn any_answer() -> impl Strategy<Value = Option<Answer>> {
    prop_oneof![
        Just(None),
        Just(Some(Answer::DoNotKnow)),
        (0..5_u8).prop_map(|place| Some(Answer::One(place))),
        vec(0..4_u8, 0..4).prop_map(|places| Some(ticks(&places))),
        Just(vec![0_u8, 1, 2, 3]).prop_shuffle().prop_map(|places| Some(Answer::Order(places))),
        vec(proptest::option::of(0..3_u8), 3).prop_map(|places| Some(Answer::Pairs(places))),
        (0..100_u8).prop_map(|n| Some(typed(&n.to_string()))),
    ]
}

fn any_also() -> impl Strategy<Value = AlsoRight> {
    prop_oneof![
        (0..5_u8).prop_map(AlsoRight::Choice),
        vec(0..4_u8, 0..4).prop_map(|places| also_ticks(&places)),
        Just(vec![0_u8, 1, 2, 3]).prop_shuffle().prop_map(AlsoRight::Order),
        vec(0..3_u8, 3).prop_map(AlsoRight::Pairs),
        (0..100_u8).prop_map(|n| number(&n.to_string())),
        (0..100_u8).prop_map(|n| pattern(&n.to_string())),
    ]
}

fn any_question() -> impl Strategy<Value = Question> {
    prop_oneof![
        Just(single()),
        Just(multiple()),
        Just(ordering()),
        Just(matching(["X", "Y", "Z"])),
        Just(matching(["X", "X", "Z"])),
        Just(numeric()),
        Just(short()),
    ]
}

proptest! {
    #[test]
    fn accepting_another_answer_takes_nothing_from_anyone(
        question in any_question(), also in vec(any_also(), 0..3), answer in any_answer(), aon: bool,
    ) {
        let by_key = mark(&question, answer.as_ref(), aon).unwrap();

        let under = mark_under(Some(&Ruling::Accept(also)), &question, answer.as_ref(), aon).unwrap();

        prop_assert!(under.earned() >= by_key.earned());
        prop_assert_eq!(under.possible(), by_key.possible());
    }

    #[test]
    fn what_is_accepted_earns_everything_and_marking_again_gives_the_same(
        order in Just(vec![0_u8, 1, 2, 3]).prop_shuffle(), also in vec(any_also(), 0..3), answer in any_answer(),
    ) {
        let accepted = Ruling::Accept(vec![AlsoRight::Order(order.clone())]);
        prop_assert!(is_right_under(Some(&accepted), &ordering(), &Answer::Order(order)));

        let ruling = Ruling::Accept(also);
        let once = mark_under(Some(&ruling), &ordering(), answer.as_ref(), false);
        prop_assert_eq!(mark_under(Some(&ruling), &ordering(), answer.as_ref(), false), once);
    }

    #[test]
    fn voiding_never_lowers_a_fraction_below_what_the_remaining_questions_give(
        earned in vec(0..=POINT, 1..20), void in 0..20_usize,
    ) {
        let void = void % earned.len();
        let score = |earned: i64| Score::new(earned, POINT).unwrap();
        let after: Score = earned
            .iter()
            .enumerate()
            .map(|(n, &earned)| if n == void { Score::default() } else { score(earned) })
            .sum();
        let rest: Score = earned.iter().enumerate().filter(|(n, _)| *n != void).map(|(_, &e)| score(e)).sum();

        prop_assert_eq!(after, rest);
        // Whoever had less on it than on the rest gains by it.
        let before: Score = earned.iter().map(|&earned| score(earned)).sum();
        if earned[void] * rest.possible() <= rest.earned() * POINT {
            prop_assert!(after.earned() * before.possible() >= before.earned() * after.possible());
        }
    }

    #[test]
    fn a_void_question_changes_a_verdict_as_if_it_had_not_been_drawn(
        slots in vec((0..4_usize, any::<bool>(), 0..=POINT, any::<bool>()), 1..12),
    ) {
        let slot = |&(topic, critical, earned, is_void): &(usize, bool, i64, bool)| {
            let score = if is_void { Score::default() } else { Score::new(earned, POINT).unwrap() };
            marked(Topic::ALL[topic], critical, score)
        };
        let with: Vec<Marked> = slots.iter().map(slot).collect();
        let without: Vec<Marked> = slots.iter().filter(|slot| !slot.3).map(slot).collect();

        prop_assert_eq!(Verdict::of(&with, &rules()), Verdict::of(&without, &rules()));
        for &topic in Topic::ALL.iter() {
            prop_assert_eq!(
                topic_holds(&with, &rules(), "orders-db", topic),
                topic_holds(&without, &rules(), "orders-db", topic)
            );
        }
    }
}

#[test]
fn what_was_accepted_for_one_round_stands_beside_what_is_accepted_for_all_where_it_goes_on() {
    let pattern = |text: &str| AlsoRight::Pattern(text.to_owned());
    let (a, b) = (Ruling::Accept(vec![pattern("a")]), Ruling::Accept(vec![pattern("b")]));
    let both = Ruling::Accept(vec![pattern("b"), pattern("a")]);
    let cases = [
        ("it goes on", &b, Some(&a), true, &both),
        ("it does not", &b, Some(&a), false, &b),
        ("the same again", &a, Some(&both), true, &Ruling::Accept(vec![pattern("a"), pattern("b")])),
        ("the first", &b, None, true, &b),
        ("after it was taken out", &b, Some(&Ruling::Void), true, &b),
        ("kept after all", &Ruling::Keep, Some(&a), true, &Ruling::Keep),
        ("taken out", &Ruling::Void, Some(&a), true, &Ruling::Void),
    ];
    for (case, ruling, before, goes_on, expected) in cases {
        assert_eq!(ruling.after(before, goes_on), *expected, "{case}");
    }
}
