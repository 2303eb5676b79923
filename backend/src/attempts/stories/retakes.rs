//! Taking a test again: what may be, when, and what is asked.

use std::collections::HashSet;

use domain::retake::{Asks, Next, Retakes};
use domain::test::Percent;
use domain::verdict::Clause;

use super::*;
use crate::attempts::retaking::scope;

/// A round of three days in which two retakes ask what was missed, a day apart.
async fn world_of_retakes(change_plan: impl FnOnce(&mut Plan)) -> World {
    let change_test = |test: &mut Test| test.rules.critical_must_hold = false;
    world_with(change_test, |plan| {
        plan.closes_at = noon() + TimeDelta::days(3);
        plan.retakes = Retakes { n: 2, wait: TimeDelta::days(1), asks: Asks::Missed };
        change_plan(plan);
    })
    .await
}

impl World {
    async fn again(&self, who: &Who, number: u32, at: DateTime<Utc>) -> crate::Result<String> {
        start(&self.db, who, CIRCLE, &self.round, number, at, &mut dice()).await
    }

    /// Answers every slot of these topics rightly, and hands in.
    async fn sit(&self, who: &Who, attempt: &str, right: &[Topic], at: DateTime<Utc>) {
        for slot in &super::super::drawn::of(&self.db, attempt).await.unwrap().slots {
            let answer = match right.contains(&slot.question.id.topic) {
                true => right_answer(&slot.question.key, &slot.order),
                false => Answer::DoNotKnow,
            };
            save(&self.db, who, said(attempt, slot.n, "tab", 1, answer, at)).await.unwrap();
        }
        hand_in(&self.db, who, attempt, at + minutes(1)).await.unwrap();
    }

    async fn next(&self, who: &Who, at: DateTime<Utc>) -> Next {
        rounds::mine_by_id(&self.db, who, CIRCLE, &self.round).await.unwrap().next(at)
    }
}

const TWO: [Topic; 2] = [Topic::Process, Topic::Architecture];

#[tokio::test]
async fn a_retake_asks_what_was_missed_and_the_verdict_is_on_the_whole_test() {
    let world = world_of_retakes(|_| {}).await;
    let first = world.start(&world.ada, noon()).await;
    world.sit(&world.ada, &first, &TWO, noon()).await;
    let tomorrow = noon() + TimeDelta::days(1) + minutes(1);

    let second = world.again(&world.ada, 2, tomorrow).await.unwrap();

    let asked: HashSet<Topic> =
        world.paper(&world.ada, &second, tomorrow).await.slots.iter().map(|slot| slot.topic).collect();
    assert_eq!(asked, HashSet::from([Topic::Troubleshooting, Topic::Monitoring]));

    world.sit(&world.ada, &second, &Topic::ALL, tomorrow).await;
    let outcome = results::find(&world.db, &world.ada, &second, tomorrow + minutes(2)).await.unwrap();
    let verdict = outcome.verdict.unwrap();
    assert!(verdict.passed());
    assert_eq!(verdict.clauses.len(), 5, "the whole and four topics");
    let Clause::Whole { reached, .. } = &verdict.clauses[0] else { panic!("the whole comes first") };
    assert_eq!(reached.possible(), 6 * domain::marking::POINT);
    assert_eq!(outcome.number, 2);
    let kept: Vec<_> = outcome.kept.iter().map(|kept| (kept.topic, kept.attempt.clone())).collect();
    assert_eq!(kept, [(Topic::Architecture, first.clone()), (Topic::Process, first.clone())]);
    assert_eq!(outcome.next, Some(Next::Passed));
    let (_, mine) = readiness::mine(&world.db, &world.ada, CIRCLE, tomorrow + minutes(2)).await.unwrap();
    let ends: Vec<_> =
        mine.services[0].iter().map(|cell| cell.evidence.as_ref().unwrap().attempt.clone()).collect();
    assert_eq!(
        ends,
        [first.clone(), first, second.clone(), second],
        "each topic counts from when it was passed"
    );
}

#[tokio::test]
async fn a_retake_waits_from_the_end_of_the_last_attempt() {
    let world = world_of_retakes(|_| {}).await;
    let first = world.start(&world.ada, noon()).await;
    world.sit(&world.ada, &first, &[], noon()).await;
    let until = noon() + TimeDelta::days(1) + minutes(1);

    assert_eq!(world.next(&world.ada, noon() + minutes(2)).await, Next::Wait { until });
    let refused = world.again(&world.ada, 2, until - TimeDelta::milliseconds(1)).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    assert_ne!(world.again(&world.ada, 2, until).await.unwrap(), first);
}

#[tokio::test]
async fn an_old_page_that_offers_an_attempt_made_since_leads_to_it() {
    let world = world_of_retakes(|plan| plan.retakes.wait = TimeDelta::zero()).await;
    let first = world.start(&world.ada, noon()).await;
    world.sit(&world.ada, &first, &[], noon()).await;
    let second = world.again(&world.ada, 2, noon() + minutes(5)).await.unwrap();
    world.sit(&world.ada, &second, &[], noon() + minutes(5)).await;

    assert_eq!(world.again(&world.ada, 2, noon() + minutes(9)).await.unwrap(), second);
    assert_eq!(world.again(&world.ada, 1, noon() + minutes(9)).await.unwrap(), first);
    assert!(world.again(&world.ada, 4, noon() + minutes(9)).await.is_err());
    let third = world.again(&world.ada, 3, noon() + minutes(9)).await.unwrap();
    world.sit(&world.ada, &third, &[], noon() + minutes(9)).await;
    assert_eq!(world.next(&world.ada, noon() + minutes(20)).await, Next::UsedUp);
    assert!(world.again(&world.ada, 4, noon() + minutes(20)).await.is_err());
}

#[tokio::test]
async fn a_retake_pressed_many_times_at_once_is_one_attempt() {
    let world = world_of_retakes(|plan| plan.retakes.wait = TimeDelta::zero()).await;
    let first = world.start(&world.ada, noon()).await;
    world.sit(&world.ada, &first, &[], noon()).await;

    let presses: Vec<_> = (0..8)
        .map(|_| {
            let (db, ada, round) = (world.db.clone(), world.ada.clone(), world.round.clone());
            tokio::spawn(async move {
                start(&db, &ada, CIRCLE, &round, 2, noon() + minutes(5), &mut dice()).await.unwrap()
            })
        })
        .collect();
    let mut attempts = HashSet::new();
    for press in presses {
        attempts.insert(press.await.unwrap());
    }

    assert_eq!(attempts.len(), 1);
    assert!(!attempts.contains(&first));
}

#[tokio::test]
async fn where_all_topics_hold_but_the_whole_does_not_everything_is_asked_again() {
    let world = world_with(
        |test| {
            test.rules.critical_must_hold = false;
            test.rules.cut = Percent::try_from(100).unwrap();
            test.rules.topic_cut = Percent::try_from(0).unwrap();
        },
        |plan| plan.retakes = Retakes { n: 1, wait: TimeDelta::zero(), asks: Asks::Missed },
    )
    .await;
    let first = world.start(&world.ada, noon()).await;
    world.sit(&world.ada, &first, &TWO, noon()).await;

    let mine = rounds::mine_by_id(&world.db, &world.ada, CIRCLE, &world.round).await.unwrap();
    let scope = scope(&world.db, &world.ada, &mine, noon() + minutes(2)).await.unwrap();

    assert_eq!(scope.blueprint, a_test().blueprint);
    assert_eq!(scope.kept, []);
}

#[tokio::test]
async fn a_round_with_retakes_shows_the_score_and_leaves_time_for_them() {
    let world = world().await;
    let test = tests::list(&world.db, &world.lena, CIRCLE).await.unwrap().remove(0);
    let mut plan = a_plan(test.id, noon(), &[&world.ada]);
    plan.shows.score = ShownWhen::AtClose;
    plan.retakes = Retakes { n: 1, wait: TimeDelta::days(1), asks: Asks::Missed };

    let Err(Error::Refused(problems)) = rounds::plan(&world.db, &world.lena, CIRCLE, &plan, noon()).await
    else {
        panic!("planned")
    };

    let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["retake_wait", "show_score"]);
}

#[tokio::test]
async fn the_leader_sees_the_newest_attempt_and_the_ones_before_it() {
    let world = world_of_retakes(|plan| plan.retakes.wait = TimeDelta::zero()).await;
    let first = world.start(&world.ada, noon()).await;
    world.sit(&world.ada, &first, &[], noon()).await;
    let second = world.again(&world.ada, 2, noon() + minutes(5)).await.unwrap();

    let takers =
        rounds::takers(&world.db, &world.lena, CIRCLE, &world.round, noon() + minutes(6)).await.unwrap();

    let ada = takers.iter().find(|taker| taker.person == world.ada.person).unwrap();
    assert!(matches!(&ada.sitting, rounds::Sitting::Running { attempt, .. } if *attempt == second));
    assert!(matches!(&ada.earlier[..], [rounds::Sitting::HandedIn { attempt, .. }] if *attempt == first));
    assert_eq!(takers.len(), 2);
    let round = rounds::find(&world.db, &world.lena, CIRCLE, &world.round).await.unwrap();
    assert_eq!((round.n_people, round.n_sitting, round.n_handed_in), (2, 1, 0), "each is counted once");
}

#[tokio::test]
async fn an_attempt_draws_what_its_taker_has_not_met_before() {
    let world = world_with(
        |test| {
            test.rules.critical_must_hold = false;
            test.blueprint.rows.iter_mut().for_each(|row| row.n_questions = 1);
        },
        |plan| plan.retakes = Retakes { n: 1, wait: TimeDelta::zero(), asks: Asks::Everything },
    )
    .await;
    let first = world.start(&world.ada, noon()).await;
    world.sit(&world.ada, &first, &[], noon()).await;
    let second = world.again(&world.ada, 2, noon() + minutes(5)).await.unwrap();

    let met = |attempt: String| {
        let db = world.db.clone();
        async move {
            let sheet = super::super::drawn::of(&db, &attempt).await.unwrap();
            sheet.slots.iter().map(|slot| slot.question.id.to_string()).collect::<HashSet<_>>()
        }
    };
    let (first, second) = (met(first).await, met(second).await);
    let again: Vec<_> = first.intersection(&second).collect();
    // Of two questions the other one; of one the same again.
    assert_eq!(again.len(), 2, "{again:?}");
    assert!(again.iter().all(|id| id.contains("/troubleshooting/") || id.contains("/monitoring/")));
}
