//! Attempts from outside: two engineers, a leader, a bank of six questions,
//! and many tabs.

mod in_session;
mod retakes;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::answer::{Answer, Confidence};
use domain::attempt::{GRACE, HandedInBy};
use domain::bank::SourceFile;
use domain::people::Role;
use domain::question::Topic;
use domain::readiness::Standing;
use domain::round::ShownWhen;
use domain::test::Test;
use rand::seq::SliceRandom;

use super::drawn::Sheet;
use super::finishing::{hand_in, sweep};
use super::saving::{Save, Saved, save, sync};
use super::{Found, Paper, find, results, start};
use crate::error::Error;
use crate::people::Who;
use crate::rounds::{self, Plan};
use crate::testing::{self, a_plan, circle_with, dice, file, fresh_db, noon, right_answer, run_sql};
use crate::{Db, circles, questions, readiness, tests};

const CIRCLE: &str = "checkout";

/// A circle with a bank, a test and a round that is open from noon for a day.
struct World {
    db: Db,
    lena: Who,
    ada: Who,
    bo: Who,
    round: String,
}

async fn world() -> World {
    world_with(|_| {}, |_| {}).await
}

async fn world_with(change_test: impl FnOnce(&mut Test), change_plan: impl FnOnce(&mut Plan)) -> World {
    let db = fresh_db().await;
    let members = [("lena", Role::Leader), ("ada", Role::Engineer), ("bo", Role::Engineer)];
    let [lena, ada, bo] = circle_with(&db, CIRCLE, members).await;
    let shelf = domain::bank::read(&bank());
    assert!(
        shelf.findings.iter().all(|finding| finding.severity != domain::bank::Severity::Error),
        "{:?}",
        shelf.findings
    );
    questions::take_bank(&db, &lena, CIRCLE, &shelf.banks[0], noon()).await.unwrap();
    let mut test = a_test();
    change_test(&mut test);
    let test = tests::add(&db, &lena, CIRCLE, "Orders DB", &test, noon()).await.unwrap();
    let mut plan = a_plan(test, noon(), &[&ada, &bo]);
    change_plan(&mut plan);
    let round = rounds::plan(&db, &lena, CIRCLE, &plan, noon()).await.unwrap();
    World { db, lena, ada, bo, round }
}

impl World {
    async fn start(&self, who: &Who, at: DateTime<Utc>) -> String {
        start(&self.db, who, CIRCLE, &self.round, 1, at, &mut dice()).await.unwrap()
    }

    async fn paper(&self, who: &Who, attempt: &str, at: DateTime<Utc>) -> Paper {
        match find(&self.db, who, attempt, at).await.unwrap() {
            Found::Sitting(paper) => paper,
            Found::HandedIn { .. } => panic!("the attempt is over"),
        }
    }

    /// Answers every slot rightly.
    async fn answer_all(&self, who: &Who, attempt: &str, at: DateTime<Utc>) {
        for slot in &super::drawn::of(&self.db, attempt).await.unwrap().slots {
            let right = right_answer(&slot.question.key, &slot.order);
            save(&self.db, who, said(attempt, slot.n, "tab", 1, right, at)).await.unwrap();
        }
    }
}

fn bank() -> Vec<SourceFile> {
    vec![
        file(
            "orders-db/service.toml",
            "name = \"Orders DB\"\nsummary = \"Keeps the orders.\"\nowner = \"Lena\"\n",
        ),
        file(
            "orders-db/process/whom.md",
            "Whom do you call?\n\n- [x] The CANARYRIGHT one\n  > CANARYFEEDBACK\n- [ ] Nobody\n- [ ] Everybody\n\n> CANARYEXPLANATION\n",
        ),
        file(
            "orders-db/process/which.md",
            "+++\ncritical = true\n+++\nWhich of these?\n\n- [x] One\n- [x] Two\n- [ ] Three\n- [ ] Four\n\n> So it is.\n",
        ),
        file(
            "orders-db/architecture/order.md",
            "In what order?\n\n1. First\n2. Second\n3. Third\n4. Fourth\n\n> So it is.\n",
        ),
        file(
            "orders-db/architecture/match.md",
            "What belongs together?\n\n| left | right |\n|---|---|\n| a | CANARYA |\n| b | CANARYB |\n| c | CANARYC |\n\n> So it is.\n",
        ),
        file("orders-db/troubleshooting/port.md", "Which port?\n\n= 5432\n\n> CANARYPORT\n"),
        file("orders-db/monitoring/view.md", "Which view shows replicas?\n\n= CANARYVIEW*\n\n> So it is.\n"),
    ]
}

fn a_test() -> Test {
    let rows =
        [(Topic::Process, 2), (Topic::Architecture, 2), (Topic::Troubleshooting, 1), (Topic::Monitoring, 1)];
    testing::a_test("orders-db", &rows)
}

fn said(attempt: &str, slot: u16, client: &str, sequence: i64, answer: Answer, at: DateTime<Utc>) -> Save {
    Save {
        attempt: attempt.to_owned(),
        slot,
        client: client.to_owned(),
        sequence,
        answer: Some(answer),
        confidence: Some(Confidence::Certain),
        for_review: false,
        received_at: at,
    }
}

/// The place of the one question that is answered with a number.
async fn port_slot(world: &World, attempt: &str) -> u16 {
    let sheet = super::drawn::of(&world.db, attempt).await.unwrap();
    sheet.slots.iter().find(|slot| slot.question.id.slug == "port").unwrap().n
}

fn typed(text: &str) -> Answer {
    Answer::Typed(text.to_owned())
}

fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

#[tokio::test]
async fn t09_an_old_save_replayed_after_a_newer_one_changes_nothing() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let slot = port_slot(&world, &attempt).await;
    let first = said(&attempt, slot, "tab", 1, typed("1"), noon());
    save(&world.db, &world.ada, first.clone()).await.unwrap();
    save(&world.db, &world.ada, said(&attempt, slot, "tab", 2, typed("2"), noon())).await.unwrap();

    let replayed = save(&world.db, &world.ada, first).await.unwrap();

    assert!(replayed.superseded);
    assert_eq!(replayed.ack_seq, 2);
    let paper = world.paper(&world.ada, &attempt, noon()).await;
    assert_eq!(paper.slots[usize::from(slot) - 1].answer, Some(typed("2")));
}

#[tokio::test]
async fn t10_saves_in_any_order_twice_over_end_at_the_highest_of_each_client() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let slot = port_slot(&world, &attempt).await;
    let mut saves: Vec<Save> = (1..=100i64)
        .flat_map(|n| {
            let one = said(&attempt, slot, "tab", n, typed(&n.to_string()), noon());
            [one.clone(), one]
        })
        .collect();
    saves.shuffle(&mut dice());

    for one in saves {
        save(&world.db, &world.ada, one).await.unwrap();
    }

    let paper = world.paper(&world.ada, &attempt, noon()).await;
    assert_eq!(paper.slots[usize::from(slot) - 1].answer, Some(typed("100")));
}

#[tokio::test]
async fn t11_of_two_tabs_the_later_receipt_stands_and_both_are_told() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let slot = port_slot(&world, &attempt).await;

    let one =
        save(&world.db, &world.ada, said(&attempt, slot, "left", 7, typed("left"), noon())).await.unwrap();
    let two =
        save(&world.db, &world.ada, said(&attempt, slot, "right", 1, typed("right"), noon())).await.unwrap();

    assert_eq!((one.overtook, two.overtook.as_deref()), (None, Some("left")));
    let state = sync(&world.db, &world.ada, &attempt).await.unwrap();
    assert_eq!(state.slots[usize::from(slot) - 1].client.as_deref(), Some("right"));
    let history = super::events(&world.db, &attempt).await.unwrap();
    let texts: Vec<_> = history.iter().map(|event| event.answer.clone().unwrap()).collect();
    assert_eq!(texts, [typed("left"), typed("right")]);
}

#[tokio::test]
async fn t12_the_same_save_twice_at_once_on_two_nodes_is_one_row() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let slot = port_slot(&world, &attempt).await;
    let one = said(&attempt, slot, "tab", 1, typed("5432"), noon());

    let (left, right) =
        tokio::join!(save(&world.db, &world.ada, one.clone()), save(&world.db, &world.ada, one));

    let expected = |saved: Saved| (saved.ack_seq, saved.superseded);
    assert_eq!((expected(left.unwrap()), expected(right.unwrap())), ((1, false), (1, false)));
    assert_eq!(super::events(&world.db, &attempt).await.unwrap().len(), 1);
}

#[tokio::test]
async fn t13_start_pressed_many_times_at_once_is_one_attempt() {
    let world = world().await;
    let presses: Vec<_> = (0..12)
        .map(|_| {
            let (db, ada, round) = (world.db.clone(), world.ada.clone(), world.round.clone());
            tokio::spawn(
                async move { start(&db, &ada, CIRCLE, &round, 1, noon(), &mut dice()).await.unwrap() },
            )
        })
        .collect();

    let mut attempts = Vec::new();
    for press in presses {
        attempts.push(press.await.unwrap());
    }

    attempts.dedup();
    assert_eq!(attempts.len(), 1);
    assert_eq!(super::drawn::of(&world.db, &attempts[0]).await.unwrap().slots.len(), 6);
}

#[tokio::test]
async fn t29_somebody_elses_attempt_is_not_found_by_any_way() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let World { db, bo, lena, .. } = &world;
    let at = noon() + minutes(1);

    for who in [bo, lena] {
        let saving = save(db, who, said(&attempt, 1, "x", 1, typed("x"), at)).await;
        assert!(matches!(saving, Err(Error::NotFound)), "{saving:?}");
        assert!(matches!(find(db, who, &attempt, at).await, Err(Error::NotFound)));
        assert!(matches!(hand_in(db, who, &attempt, at).await, Err(Error::NotFound)));
        assert!(matches!(sync(db, who, &attempt).await, Err(Error::NotFound)));
        assert!(matches!(
            super::report(db, who, &attempt, 1, super::About::Question, "x", at).await,
            Err(Error::NotFound)
        ));
    }
    world.answer_all(&world.ada, &attempt, at).await;
    hand_in(db, &world.ada, &attempt, at).await.unwrap();
    assert!(matches!(results::find(db, bo, &attempt, at).await, Err(Error::NotFound)));
    assert!(results::find(db, lena, &attempt, at).await.is_ok());
}

#[tokio::test]
async fn t48_what_the_clock_ended_during_downtime_is_closed_at_its_deadline() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    world.answer_all(&world.ada, &attempt, noon() + minutes(29)).await;
    let deadline = noon() + minutes(30);

    assert_eq!(sweep(&world.db, deadline + GRACE).await.unwrap(), 0);
    assert_eq!(sweep(&world.db, deadline + GRACE + TimeDelta::milliseconds(1)).await.unwrap(), 1);
    assert_eq!(sweep(&world.db, deadline + minutes(60)).await.unwrap(), 0);

    let outcome = results::find(&world.db, &world.ada, &attempt, deadline + minutes(60)).await.unwrap();
    assert_eq!((outcome.finished_at, outcome.finished_by), (deadline, HandedInBy::Clock));
    assert!(outcome.verdict.unwrap().passed());
}

#[tokio::test]
async fn t49_at_the_deadline_only_the_instant_of_receipt_decides() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let slot = port_slot(&world, &attempt).await;
    let deadline = noon() + minutes(30);
    let ms = TimeDelta::milliseconds;
    let cases = [
        (deadline - ms(50), Ok(())),
        (deadline, Ok(())),
        (deadline + ms(50), Ok(())),
        (deadline + GRACE, Ok(())),
        (deadline + GRACE + ms(1), Err(())),
    ];
    for (sequence, (at, expected)) in (1i64..).zip(cases) {
        let saved =
            save(&world.db, &world.ada, said(&attempt, slot, "tab", sequence, typed("5432"), at)).await;
        assert_eq!(
            saved.map(drop).map_err(|why| assert!(matches!(why, Error::Over), "{why}")),
            expected,
            "{at}"
        );
    }

    hand_in(&world.db, &world.ada, &attempt, deadline + ms(51)).await.unwrap();
    let outcome = results::find(&world.db, &world.ada, &attempt, deadline + ms(52)).await.unwrap();
    assert_eq!((outcome.finished_at, outcome.finished_by), (deadline, HandedInBy::Clock));
    assert_eq!(outcome.n_late, 2);
}

#[tokio::test]
async fn t49_handing_in_saving_and_sweeping_at_once_end_an_attempt_once() {
    let world = world().await;
    for who in [&world.ada, &world.bo] {
        let attempt = world.start(who, noon()).await;
        let slot = port_slot(&world, &attempt).await;
        let at = noon() + minutes(30) + GRACE;
        let mut tasks = Vec::new();
        for n in 0..20i64 {
            let (db, who, attempt) = (world.db.clone(), who.clone(), attempt.clone());
            tasks.push(tokio::spawn(async move {
                match n % 3 {
                    0 => hand_in(&db, &who, &attempt, at).await,
                    1 => sweep(&db, at + minutes(1)).await.map(drop),
                    _ => match save(&db, &who, said(&attempt, slot, "tab", n, typed("5432"), at)).await {
                        Err(Error::Over) => Ok(()),
                        other => other.map(drop),
                    },
                }
            }));
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let outcome = results::find(&world.db, &world.lena, &attempt, at + minutes(2)).await.unwrap();
        // What was acknowledged before the end is what was marked.
        let state = sync(&world.db, who, &attempt).await.unwrap();
        let answered = state.slots.iter().filter(|slot| slot.is_answered).count();
        let marked = outcome
            .questions
            .unwrap()
            .iter()
            .filter(|question| question.score.is_some_and(|score| score.is_full()))
            .count();
        assert_eq!(answered, marked);
    }
}

#[tokio::test]
async fn an_attempt_of_right_answers_passes_and_makes_its_engineer_ready() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    world.answer_all(&world.ada, &attempt, noon() + minutes(3)).await;

    hand_in(&world.db, &world.ada, &attempt, noon() + minutes(4)).await.unwrap();
    hand_in(&world.db, &world.ada, &attempt, noon() + minutes(9)).await.unwrap();

    let outcome = results::find(&world.db, &world.ada, &attempt, noon() + minutes(5)).await.unwrap();
    assert_eq!((outcome.finished_at, outcome.finished_by), (noon() + minutes(4), HandedInBy::Person));
    assert!(outcome.verdict.unwrap().passed());
    let (_, row) = readiness::mine(&world.db, &world.ada, CIRCLE, noon() + minutes(5)).await.unwrap();
    let until = noon() + minutes(4) + TimeDelta::days(90);
    assert_eq!(row.services[0].each_ref().map(|cell| cell.standing), [Standing::Ready { until }; 4]);
    let matrix = readiness::matrix(&world.db, &world.lena, CIRCLE, noon() + minutes(5)).await.unwrap();
    let standings: HashMap<_, _> =
        matrix.people.iter().map(|person| (person.name.as_str(), person.services[0][0].standing)).collect();
    assert_eq!(standings["Bo"], Standing::Unknown);
    assert!(matches!(readiness::matrix(&world.db, &world.ada, CIRCLE, noon()).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_critical_question_missed_fails_its_topic_whatever_the_score() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    world.answer_all(&world.ada, &attempt, noon()).await;
    let sheet = super::drawn::of(&world.db, &attempt).await.unwrap();
    let critical = sheet.slots.iter().find(|slot| slot.question.critical).unwrap();
    let half = match right_answer(&critical.question.key, &critical.order) {
        Answer::Several(places) => Answer::Several(places.into_iter().take(1).collect()),
        other => panic!("{other:?}"),
    };
    save(&world.db, &world.ada, said(&attempt, critical.n, "tab", 2, half, noon())).await.unwrap();

    hand_in(&world.db, &world.ada, &attempt, noon() + minutes(4)).await.unwrap();

    let outcome = results::find(&world.db, &world.lena, &attempt, noon() + minutes(5)).await.unwrap();
    assert!(!outcome.verdict.unwrap().passed());
    let (_, row) = readiness::mine(&world.db, &world.ada, CIRCLE, noon() + minutes(5)).await.unwrap();
    assert_eq!(row.services[0][0].standing, Standing::NotPassed);
    assert!(row.services[0][1].standing.is_ready());
}

#[tokio::test]
async fn score_and_answers_show_when_the_round_says_so_and_not_before() {
    let world = world_with(|_| {}, |plan| plan.shows.score = ShownWhen::AtClose).await;
    let attempt = world.start(&world.ada, noon()).await;
    hand_in(&world.db, &world.ada, &attempt, noon() + minutes(1)).await.unwrap();
    let sees = async |who: &Who, at| {
        let outcome = results::find(&world.db, who, &attempt, at).await.unwrap();
        (outcome.verdict.is_some(), outcome.questions.is_some())
    };

    assert_eq!(sees(&world.ada, noon() + minutes(2)).await, (false, false));
    assert_eq!(sees(&world.lena, noon() + minutes(2)).await, (true, true));
    assert_eq!(sees(&world.ada, noon() + TimeDelta::days(1)).await, (true, true));
    let standing = async |at| {
        readiness::mine(&world.db, &world.ada, CIRCLE, at).await.unwrap().1.services[0][0].standing
    };
    assert_eq!(standing(noon() + minutes(2)).await, Standing::Unknown);
    assert_eq!(standing(noon() + TimeDelta::days(1)).await, Standing::NotPassed);
}

#[tokio::test]
async fn answers_stay_hidden_while_somebody_with_extra_time_still_sits() {
    let world = world().await;
    let close = noon() + TimeDelta::days(1);
    let attempt = world.start(&world.ada, noon()).await;
    hand_in(&world.db, &world.ada, &attempt, noon() + minutes(1)).await.unwrap();
    let late = world.start(&world.bo, close - minutes(5)).await;
    rounds::extend(&world.db, &world.lena, CIRCLE, &world.round, &world.bo.person, 30, close - minutes(1))
        .await
        .unwrap();

    let paper = world.paper(&world.bo, &late, close).await;
    assert_eq!(paper.deadline, close + minutes(30));
    let outcome = results::find(&world.db, &world.ada, &attempt, close + minutes(1)).await.unwrap();
    assert!(outcome.questions.is_none());
    hand_in(&world.db, &world.bo, &late, close + minutes(2)).await.unwrap();
    let outcome = results::find(&world.db, &world.ada, &attempt, close + minutes(3)).await.unwrap();
    assert!(outcome.questions.is_some());
}

#[tokio::test]
async fn extra_time_moves_a_running_attempt_once_for_each_time_it_is_given() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let extend = |n| {
        rounds::extend(
            &world.db,
            &world.lena,
            CIRCLE,
            &world.round,
            &world.ada.person,
            n,
            noon() + minutes(1),
        )
    };
    extend(10).await.unwrap();
    extend(5).await.unwrap();
    assert_eq!(world.paper(&world.ada, &attempt, noon()).await.deadline, noon() + minutes(45));

    let refused = extend(0).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
    let by_ada =
        rounds::extend(&world.db, &world.ada, CIRCLE, &world.round, &world.ada.person, 5, noon()).await;
    assert!(matches!(by_ada, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_changed_file_makes_a_new_version_and_an_old_attempt_keeps_its_own() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let before = super::drawn::read(&world.db, &attempt).await.unwrap();
    let mut files = bank();
    files.retain(|file| !file.path.ends_with("view.md"));
    let port = files.iter_mut().find(|file| file.path.ends_with("port.md")).unwrap();
    *port = file(&port.path, "Which port?\n\n= 6543\n\n> It moved.\n");
    let changed = domain::bank::read(&files);

    let imported =
        questions::take_bank(&world.db, &world.lena, CIRCLE, &changed.banks[0], noon() + minutes(1))
            .await
            .unwrap();
    let again = questions::take_bank(&world.db, &world.lena, CIRCLE, &changed.banks[0], noon() + minutes(2))
        .await
        .unwrap();

    assert_eq!(
        (imported.n_added, imported.n_changed, imported.n_unchanged, imported.n_outdated),
        (0, 1, 4, 1)
    );
    assert_eq!((again.n_added, again.n_changed, again.n_unchanged, again.n_outdated), (0, 0, 5, 0));
    let after = super::drawn::read(&world.db, &attempt).await.unwrap();
    let versions = |sheet: &Sheet| sheet.slots.iter().map(|slot| slot.version.clone()).collect::<Vec<_>>();
    assert_eq!(versions(&before), versions(&after));
    let refused =
        start(&world.db, &world.bo, CIRCLE, &world.round, 1, noon() + minutes(3), &mut dice()).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn an_answer_that_does_not_fit_its_question_is_refused() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let slot = port_slot(&world, &attempt).await;
    for answer in [Answer::One(0), Answer::Order(vec![0, 1]), typed(&"x".repeat(20_000)), typed("a\0b")] {
        let refused = save(&world.db, &world.ada, said(&attempt, slot, "tab", 1, answer, noon())).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
    let beyond = save(&world.db, &world.ada, said(&attempt, 99, "tab", 1, typed("x"), noon())).await;
    assert!(matches!(beyond, Err(Error::NotFound)), "{beyond:?}");
}

#[tokio::test]
async fn a_preview_leaves_no_trace() {
    let world = world().await;
    let test = tests::list(&world.db, &world.lena, CIRCLE).await.unwrap().remove(0);
    let slots = tests::preview(&world.db, &world.lena, CIRCLE, &test.id, 7).await.unwrap();
    let same = tests::preview(&world.db, &world.lena, CIRCLE, &test.id, 7).await.unwrap();
    let ids = |slots: &[tests::PreviewSlot]| {
        slots.iter().map(|slot| (slot.question.id.clone(), slot.order.clone())).collect::<Vec<_>>()
    };
    assert_eq!(ids(&slots), ids(&same));

    let answers: Vec<_> =
        slots.iter().map(|slot| Some(right_answer(&slot.question.key, &slot.order))).collect();
    let (_, verdict) = tests::preview_marks(&test.test, &slots, &answers);

    assert!(verdict.unwrap().passed());
    let taker = rounds::takers(&world.db, &world.lena, CIRCLE, &world.round, noon()).await.unwrap().remove(0);
    assert_eq!(taker.sitting, rounds::Sitting::NotStarted);
    assert!(matches!(tests::preview(&world.db, &world.ada, CIRCLE, &test.id, 7).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_round_is_not_planned_with_a_test_that_the_bank_cannot_fill() {
    let world = world().await;
    let mut test = a_test();
    test.blueprint.rows[3].n_questions = 5;
    let id = tests::add(&world.db, &world.lena, CIRCLE, "Too much", &test, noon()).await.unwrap();
    let plan = a_plan(id, noon(), &[&world.ada]);

    let refused = rounds::plan(&world.db, &world.lena, CIRCLE, &plan, noon()).await;

    let Err(Error::Refused(problems)) = refused else { panic!("{refused:?}") };
    assert!(problems[0].what.contains("monitoring: 5 wanted, 1 ready"), "{problems:?}");
}

#[tokio::test]
async fn an_attempt_that_cannot_be_closed_holds_up_no_other() {
    let world = world().await;
    let broken = world.start(&world.ada, noon()).await;
    let sound = world.start(&world.bo, noon()).await;
    run_sql(&world.db, "UPDATE slots SET show_order = 'spoilt' WHERE attempt = $1", &broken).await;

    let n_closed = sweep(&world.db, noon() + minutes(60)).await.unwrap();

    assert_eq!(n_closed, 1);
    assert!(matches!(find(&world.db, &world.bo, &sound, noon()).await, Ok(Found::HandedIn { .. })));
}

#[tokio::test]
async fn a_cancelled_round_is_not_started_and_a_started_one_not_cancelled() {
    let world = world().await;
    let cancel = || rounds::cancel(&world.db, &world.lena, CIRCLE, &world.round, noon());
    world.start(&world.ada, noon()).await;
    assert!(matches!(cancel().await, Err(Error::Refused(_))));

    let other = world_with(|_| {}, |_| {}).await;
    rounds::cancel(&other.db, &other.lena, CIRCLE, &other.round, noon()).await.unwrap();
    let started = start(&other.db, &other.ada, CIRCLE, &other.round, 1, noon(), &mut dice()).await;
    assert!(matches!(started, Err(Error::NotFound)), "{started:?}");
}

#[tokio::test]
async fn a_leader_reads_what_takers_reported_and_nobody_else_does() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    super::report(&world.db, &world.ada, &attempt, 1, super::About::Documentation, " No runbook. ", noon())
        .await
        .unwrap();

    let reports = super::reports_of_round(&world.db, &world.lena, CIRCLE, &world.round).await.unwrap();

    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].about, reports[0].note.as_str()), (super::About::Documentation, "No runbook."));
    let by_bo = super::reports_of_round(&world.db, &world.bo, CIRCLE, &world.round).await;
    assert!(matches!(by_bo, Err(Error::NotFound)));
}

#[tokio::test]
async fn who_left_before_starting_is_no_longer_waited_for() {
    let world = world().await;
    world.start(&world.ada, noon()).await;
    for who in [&world.ada, &world.bo] {
        circles::remove_member(&world.db, &world.lena, CIRCLE, &who.person, noon()).await.unwrap();
    }

    let takers = rounds::takers(&world.db, &world.lena, CIRCLE, &world.round, noon()).await.unwrap();

    assert_eq!(takers.iter().map(|taker| taker.name.as_str()).collect::<Vec<_>>(), ["Ada"]);
    let round = rounds::find(&world.db, &world.lena, CIRCLE, &world.round).await.unwrap();
    assert_eq!(round.n_people, 1);
}
