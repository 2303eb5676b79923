//! Results of a round from outside, on both databases.

use chrono::TimeDelta;
use domain::answer::{Answer, Confidence};
use domain::bank::SourceFile;
use domain::people::Role;
use domain::question::Topic;
use domain::retake::{Asks, Next, Retakes};
use domain::round::{Sees, Showing, ShownWhen};

use super::releasing::release;
use super::*;
use crate::attempts::finishing::hand_in;
use crate::attempts::saving::{Save, save};
use crate::attempts::{self, results as own};
use crate::rounds::Plan;
use crate::testing::{a_plan, a_test, circle_with, dice, file, fresh_db, noon, right_answer};
use crate::{audit, questions as bank, tests};

const CIRCLE: &str = "checkout";

struct World {
    db: Db,
    lena: Who,
    ada: Who,
    bo: Who,
    round: String,
}

/// A round of a day from noon with two questions, for Ada, Bo and Lena.
async fn world(change: impl FnOnce(&mut Plan)) -> World {
    let db = fresh_db().await;
    let members = [("lena", Role::Leader), ("ada", Role::Engineer), ("bo", Role::Engineer)];
    let [lena, ada, bo] = circle_with(&db, CIRCLE, members).await;
    take(&db, &lena, "Whom do you call?").await;
    let test = a_test("orders-db", &[(Topic::Process, 1), (Topic::Monitoring, 1)]);
    let test = tests::add(&db, &lena, CIRCLE, "Orders DB", &test, noon()).await.unwrap();
    let mut plan = a_plan(test, noon(), &[&ada, &bo, &lena]);
    plan.shows = Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::Never };
    change(&mut plan);
    let round = rounds::plan(&db, &lena, CIRCLE, &plan, noon()).await.unwrap();
    World { db, lena, ada, bo, round }
}

async fn take(db: &Db, lena: &Who, asks: &str) {
    let shelf = domain::bank::read(&files(asks));
    bank::take_bank(db, lena, CIRCLE, &shelf.banks[0], noon()).await.unwrap();
}

fn files(asks: &str) -> [SourceFile; 3] {
    let whom = format!("{asks}\n\n- [x] The DBA\n- [ ] Nobody\n- [ ] Everybody\n\n> So it is.\n");
    [
        file("orders-db/service.toml", "name = \"Orders DB\"\nsummary = \"Orders.\"\nowner = \"Lena\"\n"),
        file("orders-db/process/whom.md", &whom),
        file("orders-db/monitoring/port.md", "Which port?\n\n= 5432\n\n> So it is.\n"),
    ]
}

impl World {
    /// Sits attempt `number`: each question is answered after a minute, rightly
    /// or with the second choice shown and a wrong number.
    async fn sit(
        &self,
        who: &Who,
        number: u32,
        at: DateTime<Utc>,
        is_right: impl Fn(&str) -> bool,
    ) -> String {
        let attempt =
            attempts::start(&self.db, who, CIRCLE, &self.round, number, at, &mut dice()).await.unwrap();
        let sheet = attempts::drawn::of(&self.db, &attempt).await.unwrap();
        for (nth, slot) in sheet.slots.iter().enumerate() {
            let right = right_answer(&slot.question.key, &slot.order);
            let answer = match right {
                Answer::One(place) if !is_right(&slot.question.id.slug) => Answer::One((place + 1) % 3),
                Answer::Typed(_) if !is_right(&slot.question.id.slug) => Answer::Typed("6432".to_owned()),
                right => right,
            };
            let said = Save {
                attempt: attempt.clone(),
                slot: slot.n,
                client: "tab".to_owned(),
                sequence: 1,
                answer: Some(answer),
                confidence: Some(Confidence::Certain),
                for_review: false,
                received_at: at + TimeDelta::minutes(i64::try_from(nth).unwrap() + 1),
            };
            save(&self.db, who, said).await.unwrap();
        }
        hand_in(&self.db, who, &attempt, at + TimeDelta::minutes(30)).await.unwrap();
        attempt
    }

    async fn results(&self, which: Which) -> Results {
        of_round(&self.db, &self.lena, CIRCLE, &self.round, which, noon()).await.unwrap()
    }
}

fn next_day() -> DateTime<Utc> {
    noon() + TimeDelta::days(1)
}

#[tokio::test]
async fn what_was_met_has_answers_as_written_with_their_mark_time_and_confidence() {
    let world = world(|_| {}).await;
    let attempt = world.sit(&world.ada, 1, noon(), |slug| slug == "whom").await;

    let met = met::met_in_round(&world.db, &world.round).await.unwrap();

    assert_eq!(met.len(), 2);
    let whom = met.iter().find(|met| met.question.slug == "whom").unwrap();
    assert_eq!((whom.attempt.as_str(), &whom.person), (attempt.as_str(), &world.ada.person));
    assert_eq!((whom.answer.clone(), whom.seconds), (Some(Answer::One(0)), Some(60)));
    assert_eq!(whom.confidence, Some(Confidence::Certain));
    assert!(whom.score.unwrap().is_full());
    let port = met.iter().find(|met| met.question.slug == "port").unwrap();
    assert_eq!((port.answer.clone(), port.is_missed()), (Some(Answer::Typed("6432".to_owned())), true));
}

#[tokio::test]
async fn the_newest_mark_of_a_slot_counts() {
    let world = world(|_| {}).await;
    let attempt = world.sit(&world.ada, 1, noon(), |_| false).await;
    crate::testing::run_sql(
        &world.db,
        "INSERT INTO marks (attempt, slot, turn, earned, possible, why, marked_at)
         SELECT attempt, slot, 2, possible, possible, 'A better reading.', marked_at FROM marks
         WHERE attempt = $1 AND slot = 2",
        &attempt,
    )
    .await;

    let met = met::met_in_round(&world.db, &world.round).await.unwrap();

    assert_eq!(
        met.iter().map(|met| (met.slot, met.is_missed())).collect::<Vec<_>>(),
        [(1, true), (2, false)]
    );
}

#[tokio::test]
async fn people_are_counted_by_how_far_they_are_and_stand_by_name() {
    let world = world(|_| {}).await;
    world.sit(&world.bo, 1, noon(), |_| true).await;
    attempts::start(&world.db, &world.ada, CIRCLE, &world.round, 1, noon(), &mut dice()).await.unwrap();

    let results = world.results(Which::First).await;

    let names: Vec<_> = results.people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["Ada", "Bo", "Lena"]);
    let progress = results.progress();
    assert_eq!((progress.n_people, progress.n_taken), (3, 1));
    assert_eq!((progress.n_sitting, progress.n_not_started, progress.n_waiting), (1, 1, 0));
    assert!(matches!(&results.people[1].stand, Stand::Marked { result: Some((true, _)), .. }));
    assert_eq!(results.bands()[9].n, 1);
    assert_eq!(results.questions.len(), 2);
}

#[tokio::test]
async fn a_leader_sees_the_own_score_no_sooner_than_every_taker() {
    let world = world(|plan| plan.shows.score = ShownWhen::Never).await;
    world.sit(&world.lena, 1, noon(), |_| true).await;
    world.sit(&world.bo, 1, noon(), |_| true).await;
    let sees = async |at| {
        let results = of_round(&world.db, &world.lena, CIRCLE, &world.round, Which::First, at).await.unwrap();
        let sees = |person: &Person| matches!(person.stand, Stand::Marked { result: Some(_), .. });
        results.people.iter().map(sees).collect::<Vec<_>>()
    };

    assert_eq!(sees(next_day()).await, [false, true, false]);

    release(&world.db, &world.lena, CIRCLE, &world.round, next_day()).await.unwrap();
    assert_eq!(sees(next_day()).await, [false, true, true]);
}

#[tokio::test]
async fn first_attempts_alone_count_unless_all_are_asked_for() {
    let retakes = Retakes { n: 1, wait: TimeDelta::hours(1), asks: Asks::Everything };
    let world = world(|plan| plan.retakes = retakes).await;
    world.sit(&world.ada, 1, noon(), |_| false).await;
    world.sit(&world.ada, 2, noon() + TimeDelta::hours(3), |_| true).await;
    world.sit(&world.bo, 1, noon(), |slug| slug == "port").await;

    let facilities = async |which| {
        let figures = world.results(which).await.figures(Versions::Pooled).unwrap();
        figures.into_iter().map(|it| (it.n, it.n_missed, it.figures.facility.unwrap())).collect::<Vec<_>>()
    };

    assert_eq!(facilities(Which::First).await, [(2, 2, 0.0), (2, 1, 0.5)]);
    assert_eq!(facilities(Which::All).await, [(3, 2, 1.0 / 3.0), (3, 1, 2.0 / 3.0)]);
    let topics = world.results(Which::First).await.topics();
    let seen: Vec<_> = topics.iter().map(|it| (it.topic, it.n, it.n_reached)).collect();
    assert_eq!(seen, [(Topic::Process, 2, 0), (Topic::Monitoring, 2, 1)]);
}

#[tokio::test]
async fn a_question_has_its_versions_and_its_history() {
    let world = world(|_| {}).await;
    world.sit(&world.ada, 1, noon(), |_| false).await;
    take(&world.db, &world.lena, "Whom do you call first?").await;
    world.sit(&world.bo, 1, noon(), |_| true).await;
    let test = world.results(Which::First).await.round.test_id;
    let later = a_plan(test, next_day(), &[&world.ada]);
    let later = rounds::plan(&world.db, &world.lena, CIRCLE, &later, next_day()).await.unwrap();
    let world = World { round: later, ..world };
    world.sit(&world.ada, 1, next_day(), |_| true).await;
    let whom: QuestionId = "orders-db/process/whom".parse().unwrap();

    let now = one_question::of_question(&world.db, &world.lena, CIRCLE, &world.round, &whom, Which::First);
    let now = now.await.unwrap();

    assert_eq!((now.pooled.n, now.apart.len(), now.met.len(), now.versions.len()), (1, 1, 1, 1));
    let mut before: Vec<_> = now.earlier.iter().map(|it| (it.n, it.n_missed)).collect();
    before.sort_unstable();
    assert_eq!(before, [(1, 0), (1, 1)], "a line for each version");
    let unknown: QuestionId = "orders-db/process/no-such".parse().unwrap();
    let unknown =
        one_question::of_question(&world.db, &world.lena, CIRCLE, &world.round, &unknown, Which::First);
    assert!(matches!(unknown.await, Err(Error::NotFound)));
}

#[tokio::test]
async fn results_are_released_once_the_round_is_over_and_then_everything_shows() {
    let world = world(|plan| plan.shows.score = ShownWhen::Never).await;
    let attempt = world.sit(&world.ada, 1, noon(), |_| true).await;
    let sees = async |at| {
        let outcome = own::find(&world.db, &world.ada, &attempt, at).await.unwrap();
        Sees { score: outcome.verdict.is_some(), answers: outcome.questions.is_some() }
    };
    let release = async |at| release(&world.db, &world.lena, CIRCLE, &world.round, at).await;

    assert!(matches!(release(noon()).await, Err(Error::Refused(_))), "it still runs");
    assert_eq!(sees(next_day()).await, Sees { score: false, answers: false });

    release(next_day()).await.unwrap();
    release(next_day() + TimeDelta::hours(1)).await.unwrap();

    assert_eq!(sees(next_day()).await, Sees::ALL);
    let entries = audit::of_circle(&world.db, &world.lena, CIRCLE, 1).await.unwrap().entries;
    assert_eq!(entries.iter().filter(|entry| entry.what == "released results").count(), 1);
    let round = rounds::find(&world.db, &world.lena, CIRCLE, &world.round).await.unwrap();
    assert_eq!(round.released_at, Some(next_day()));
    let mine = rounds::mine_by_id(&world.db, &world.ada, CIRCLE, &world.round).await.unwrap();
    assert!(!matches!(mine.next(next_day()), Next::Start { .. }), "nobody sits it with the answers known");
}

#[tokio::test]
async fn nothing_is_released_that_nobody_handed_in() {
    let world = world(|_| {}).await;

    let released = release(&world.db, &world.lena, CIRCLE, &world.round, next_day()).await;

    assert!(matches!(released, Err(Error::Refused(_))));
}

#[tokio::test]
async fn to_everyone_but_leaders_a_rounds_results_do_not_exist() {
    let world = world(|_| {}).await;
    world.sit(&world.ada, 1, noon(), |_| true).await;
    let [lia] = circle_with(&world.db, "stock", [("lia", Role::Leader)]).await;
    let whom: QuestionId = "orders-db/process/whom".parse().unwrap();
    let (db, round) = (&world.db, world.round.as_str());

    for who in [&world.ada, &lia] {
        let seen = of_round(db, who, CIRCLE, round, Which::First, noon()).await;
        assert!(matches!(seen, Err(Error::NotFound)));
        let seen = one_question::of_question(db, who, CIRCLE, round, &whom, Which::First).await;
        assert!(matches!(seen, Err(Error::NotFound)));
        assert!(matches!(release(db, who, CIRCLE, round, next_day()).await, Err(Error::NotFound)));
    }
    let seen = of_round(db, &lia, "stock", round, Which::First, noon()).await;
    assert!(matches!(seen, Err(Error::NotFound)));
}
