//! What may change of a round, and what stands.

use chrono::TimeDelta;
use domain::bank::SourceFile;
use domain::people::Role;
use domain::question::Topic;
use domain::retake::Retakes;
use domain::round::{Phase, Showing, ShownWhen};

use super::*;
use crate::testing::{a_plan, a_test, circle_with, dice, file, fresh_db, noon};
use crate::{attempts, questions, tests};

const CIRCLE: &str = "checkout";

struct World {
    db: Db,
    lena: Who,
    ada: Who,
    bo: Who,
    plan: Plan,
    round: String,
}

/// A round for Ada that opens at noon and closes a day later.
async fn world() -> World {
    let db = fresh_db().await;
    let members = [("lena", Role::Leader), ("ada", Role::Engineer), ("bo", Role::Engineer)];
    let [lena, ada, bo] = circle_with(&db, CIRCLE, members).await;
    let shelf = domain::bank::read(&bank());
    questions::take_bank(&db, &lena, CIRCLE, &shelf.banks[0], noon()).await.unwrap();
    let test = a_test("orders-db", &[(Topic::Process, 1)]);
    let test = tests::add(&db, &lena, CIRCLE, "Orders DB", &test, noon()).await.unwrap();
    let plan = a_plan(test, noon(), &[&ada]);
    let round = super::plan(&db, &lena, CIRCLE, &plan, noon() - TimeDelta::days(1)).await.unwrap();
    World { db, lena, ada, bo, plan, round }
}

fn bank() -> [SourceFile; 2] {
    [
        file(
            "orders-db/service.toml",
            "name = \"Orders DB\"\nsummary = \"Keeps the orders.\"\nowner = \"Lena\"\n",
        ),
        file(
            "orders-db/process/whom.md",
            "Whom do you call?\n\n- [x] The DBA\n- [ ] Nobody\n\n> So it is.\n",
        ),
    ]
}

impl World {
    async fn change(&self, plan: &Plan, at: DateTime<Utc>) -> Result<()> {
        change(&self.db, &self.lena, CIRCLE, &self.round, plan, at).await
    }

    async fn round(&self) -> Round {
        find(&self.db, &self.lena, CIRCLE, &self.round).await.unwrap()
    }

    async fn is_given_to(&self, who: &Who) -> bool {
        mine_by_id(&self.db, who, CIRCLE, &self.round).await.is_ok()
    }

    async fn start(&self, who: &Who, at: DateTime<Utc>) -> Result<String> {
        attempts::start(&self.db, who, CIRCLE, &self.round, 1, at, &mut dice()).await
    }
}

fn hours(n: i64) -> TimeDelta {
    TimeDelta::hours(n)
}

#[tokio::test]
async fn before_it_opens_everything_of_a_round_may_change() {
    let world = world().await;
    let changed = Plan {
        name: "April".to_owned(),
        opens_at: noon() + hours(1),
        closes_at: noon() + hours(80),
        shows: Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::Never },
        retakes: Retakes { n: 1, wait: hours(24), asks: Asks::Missed },
        people: vec![(world.bo.person.clone(), 20)],
        test: world.plan.test.clone(),
    };

    world.change(&changed, noon() - hours(1)).await.unwrap();

    let round = world.round().await;
    assert_eq!(
        (round.name, round.opens_at, round.closes_at),
        (changed.name, changed.opens_at, changed.closes_at)
    );
    assert_eq!((round.shows, round.retakes), (changed.shows, changed.retakes));
    assert!(!world.is_given_to(&world.ada).await, "taken out");
    let bo = mine_by_id(&world.db, &world.bo, CIRCLE, &world.round).await.unwrap();
    assert_eq!(bo.extra, TimeDelta::minutes(20));
}

#[tokio::test]
async fn while_it_runs_people_join_and_the_close_moves_but_what_was_promised_stands() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon() + hours(23)).await.unwrap();
    let changed = Plan {
        closes_at: noon() + hours(48),
        opens_at: noon() + hours(30),
        shows: Showing { score: ShownWhen::Never, answers: ShownWhen::Never },
        people: vec![(world.bo.person.clone(), 0)],
        ..world.plan.clone()
    };

    world.change(&changed, noon() + hours(23)).await.unwrap();

    let round = world.round().await;
    assert_eq!((round.opens_at, round.closes_at), (world.plan.opens_at, changed.closes_at));
    assert_eq!(round.shows, world.plan.shows);
    assert!(world.is_given_to(&world.bo).await);
    assert!(world.is_given_to(&world.ada).await, "who has started stays");
    let attempts::Found::Sitting(paper) =
        attempts::find(&world.db, &world.ada, &attempt, noon() + hours(23)).await.unwrap()
    else {
        panic!("over")
    };
    assert_eq!(paper.deadline, noon() + hours(23) + TimeDelta::minutes(30));
}

#[tokio::test]
async fn somebody_who_was_taken_out_cannot_start_and_may_come_back() {
    let world = world().await;
    let only_bo = Plan { people: vec![(world.bo.person.clone(), 0)], ..world.plan.clone() };
    world.change(&only_bo, noon()).await.unwrap();

    assert!(matches!(world.start(&world.ada, noon()).await, Err(Error::NotFound)));
    let takers = takers(&world.db, &world.lena, CIRCLE, &world.round, noon()).await.unwrap();
    assert_eq!(
        takers.iter().map(|taker| taker.person.as_str()).collect::<Vec<_>>(),
        [world.bo.person.as_str()]
    );
    assert_eq!(world.round().await.n_people, 1);

    world.change(&world.plan, noon()).await.unwrap();
    assert!(world.start(&world.ada, noon()).await.is_ok());
}

#[tokio::test]
async fn a_round_that_is_closed_takes_no_new_start_and_keeps_those_who_sit() {
    let world = world().await;
    let both = vec![(world.ada.person.clone(), 0), (world.bo.person.clone(), 0)];
    world.change(&Plan { people: both, ..world.plan.clone() }, noon()).await.unwrap();
    let attempt = world.start(&world.ada, noon()).await.unwrap();

    close(&world.db, &world.lena, CIRCLE, &world.round, noon() + hours(1)).await.unwrap();

    assert!(world.start(&world.bo, noon() + hours(1)).await.is_err());
    assert_eq!(world.round().await.phase(noon() + hours(1)), Phase::StillSitting);
    assert!(attempts::find(&world.db, &world.ada, &attempt, noon()).await.is_ok());
    let again = close(&world.db, &world.lena, CIRCLE, &world.round, noon() + hours(2)).await;
    assert!(matches!(again, Err(Error::Refused(_))));
    let changed = world.change(&world.plan, noon() + hours(2)).await;
    assert!(matches!(changed, Err(Error::Refused(_))), "what is over does not change");
}

#[tokio::test]
async fn nobody_but_a_leader_changes_or_closes_a_round() {
    let world = world().await;

    let changed = change(&world.db, &world.ada, CIRCLE, &world.round, &world.plan, noon()).await;
    let closed = close(&world.db, &world.ada, CIRCLE, &world.round, noon()).await;

    assert!(matches!(changed, Err(Error::NotFound)));
    assert!(matches!(closed, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_change_that_is_no_round_is_refused_at_its_fields() {
    let world = world().await;
    let wrong = Plan {
        name: " ".to_owned(),
        closes_at: noon() - hours(2),
        people: vec![("nobody".to_owned(), 0)],
        ..world.plan.clone()
    };

    let Err(Error::Refused(problems)) = world.change(&wrong, noon() - hours(1)).await else {
        panic!("changed")
    };

    let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["name", "closes_at", "people"]);
    assert_eq!(world.round().await.name, "March");
}

/// Does something while `held` holds the places of the round, and commits.
async fn meanwhile(world: &World, sql: &'static str, parameter: &str, held: impl Future<Output = ()>) {
    let mut tx = world.db.begin().await.unwrap();
    let lock = "UPDATE round_people SET extra_seconds = extra_seconds WHERE round = $1";
    on!(&mut tx, |tx| sqlx::query(lock).bind(&world.round).execute(&mut **tx).await.map(drop)).unwrap();
    let happens = async {
        // Long enough for the other to have read, and to wait.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        on!(&mut tx, |tx| sqlx::query(sql).bind(parameter).execute(&mut **tx).await.map(drop)).unwrap();
        crate::db::commit(tx).await.unwrap();
    };
    tokio::join!(held, happens);
}

#[tokio::test]
async fn a_change_that_waited_while_the_round_was_closed_does_not_open_it_again() {
    let world = world().await;
    let early = Plan { opens_at: noon() - hours(1), ..world.plan.clone() };
    world.change(&early, noon() - hours(2)).await.unwrap();
    let longer = Plan { closes_at: noon() + hours(72), ..early };

    let close = "UPDATE rounds SET closes_at = (SELECT min(joined_at) FROM members) WHERE id = $1";
    meanwhile(&world, close, &world.round, async {
        let changed = world.change(&longer, noon() - TimeDelta::minutes(1)).await;
        assert!(matches!(changed, Err(Error::Refused(_))), "{changed:?}");
    })
    .await;

    assert_eq!(world.round().await.closes_at, noon());
}

#[tokio::test]
async fn a_round_that_was_started_while_it_was_changed_keeps_its_test() {
    let world = world().await;
    let other = tests::find(&world.db, &world.lena, CIRCLE, &world.plan.test).await.unwrap().test;
    let other = tests::add(&world.db, &world.lena, CIRCLE, "Another", &other, noon()).await.unwrap();
    let attempt = world.start(&world.ada, noon()).await.unwrap();

    // Asked for just before it opened, and carried out just after.
    let plan = Plan { test: other, ..world.plan.clone() };
    let changed = world.change(&plan, noon() - TimeDelta::milliseconds(1)).await;

    assert!(matches!(changed, Err(Error::Refused(_))), "{changed:?}");
    assert_eq!(world.round().await.test_id, world.plan.test);
    assert!(attempts::find(&world.db, &world.ada, &attempt, noon()).await.is_ok());
}

#[tokio::test]
async fn nobody_starts_what_was_drawn_for_a_test_that_the_round_has_no_more() {
    let world = world().await;
    let other = tests::find(&world.db, &world.lena, CIRCLE, &world.plan.test).await.unwrap().test;
    let other = tests::add(&world.db, &world.lena, CIRCLE, "Another", &other, noon()).await.unwrap();

    meanwhile(&world, "UPDATE rounds SET test = $1", &other, async {
        let started = world.start(&world.ada, noon()).await;
        assert!(matches!(started, Err(Error::Refused(_))), "{started:?}");
    })
    .await;

    assert!(world.start(&world.ada, noon()).await.is_ok());
}

#[tokio::test]
async fn when_all_have_started_the_close_still_moves() {
    let world = world().await;
    world.start(&world.ada, noon()).await.unwrap();
    // The form names only those who can still be chosen.
    let plan = Plan { closes_at: noon() + hours(48), people: Vec::new(), ..world.plan.clone() };

    world.change(&plan, noon() + hours(1)).await.unwrap();

    assert_eq!(world.round().await.closes_at, noon() + hours(48));
    assert!(world.is_given_to(&world.ada).await);
}

#[tokio::test]
async fn a_mistyped_year_is_refused_and_breaks_nothing() {
    let world = world().await;
    let far = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let years = [
        ("2026-03-02T12:00:00Z", "+12026-03-02T12:00:00Z", "closes_at"),
        ("+262142-12-01T12:00:00Z", "+262142-12-30T12:00:00Z", "opens_at"),
        ("0026-03-02T12:00:00Z", "2026-03-04T12:00:00Z", "opens_at"),
    ];
    for (opens_at, closes_at, field) in years {
        let retakes = Retakes { n: 1, wait: hours(2000), asks: Asks::Missed };
        let plan = Plan { opens_at: far(opens_at), closes_at: far(closes_at), retakes, ..world.plan.clone() };
        match super::plan(&world.db, &world.lena, CIRCLE, &plan, noon()).await {
            Err(Error::Refused(problems)) => assert_eq!(problems[0].field, field),
            other => panic!("{other:?}"),
        }
    }
}
