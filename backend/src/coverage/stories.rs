//! The banks of a circle from outside: what they cover, and who has met them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bank::Bank;
use domain::coverage::{Review, ThinSpot};
use domain::question::{State, Topic};
use domain::test::Test;

use super::*;
use crate::questions::Filter;
use crate::testing::{a_plan, a_test, circle_with, dice, file, fresh_db, noon, person, run_sql};
use crate::{attempts, people::Who, rounds};

const CIRCLE: &str = "checkout";

/// A bank about the service `edge` with a question for each pair of a place and
/// its front matter.
pub(crate) fn bank(questions: &[(&str, &str)]) -> Bank {
    let mut files = vec![(
        "service.toml".to_owned(),
        "name = \"Edge\"\nsummary = \"Lets people in.\"\nowner = \"Lena\"\n".to_owned(),
    )];
    for (place, front) in questions {
        let text =
            format!("{front}What about {place}?\n\n- [x] This\n- [ ] That\n- [ ] Neither\n\n> So it is.\n");
        files.push((format!("{place}.md"), text));
    }
    let files: Vec<_> = files.iter().map(|(name, text)| file(&format!("edge/{name}"), text)).collect();
    let shelf = domain::bank::read(&files);
    assert!(!shelf.has_errors(), "{:?}", shelf.findings);
    shelf.banks.into_iter().next().unwrap()
}

fn today() -> NaiveDate {
    noon().date_naive()
}

/// Lena leads, Ada and Bo are engineers, Rea reads.
struct World {
    db: Db,
    lena: Who,
    ada: Who,
    bo: Who,
    rea: Who,
}

/// Two easy and one hard question about process, one draft, one that the bank
/// has lost; two about monitoring.
async fn world() -> World {
    let db = fresh_db().await;
    let people =
        [("lena", Role::Leader), ("bo", Role::Engineer), ("ada", Role::Engineer), ("rea", Role::Reader)];
    let [lena, bo, ada, rea] = circle_with(&db, CIRCLE, people).await;
    let mut files = vec![
        ("process/a", "+++\ncritical = true\nreviewed = \"2026-02-01\"\n+++\n"),
        ("process/b", "+++\nreviewed = \"2025-06-01\"\n+++\n"),
        ("process/c", "+++\nlevel = 3\n+++\n"),
        ("process/draft", "+++\nstate = \"draft\"\n+++\n"),
        ("monitoring/d", ""),
        ("monitoring/e", "+++\nlevel = 2\n+++\n"),
        ("process/lost", ""),
    ];
    let take = async |files: &[(&str, &str)]| {
        questions::take_bank(&db, &lena, CIRCLE, &bank(files), noon()).await.unwrap()
    };
    take(&files).await;
    files.pop();
    take(&files).await;
    World { db, lena, ada, bo, rea }
}

impl World {
    /// A test of one row, and the attempt of one person with it.
    async fn sits(&self, who: &Who, topic: Topic, n_questions: u32, at: DateTime<Utc>) -> String {
        let test = asks(&[(topic, n_questions)]);
        let test = tests::add(&self.db, &self.lena, CIRCLE, "Edge", &test, at).await.unwrap();
        let plan = a_plan(test, at, &[who]);
        let round = rounds::plan(&self.db, &self.lena, CIRCLE, &plan, at).await.unwrap();
        attempts::start(&self.db, who, CIRCLE, &round, 1, at, &mut dice()).await.unwrap()
    }

    async fn met(&self, who: &Who) -> Vec<(String, i64, i64)> {
        let met = met(&self.db, who, CIRCLE).await.unwrap();
        met.into_iter()
            .map(|met| {
                let edge = met.of("edge").unwrap();
                (met.name.clone(), edge.n_met, edge.n_ready)
            })
            .collect()
    }

    async fn listed(&self, filter: Filter) -> Vec<String> {
        let (listed, n_all) =
            questions::list(&self.db, &self.lena, CIRCLE, "edge", &filter, today()).await.unwrap();
        assert_eq!(n_all, i64::try_from(listed.len()).unwrap());
        listed.into_iter().map(|question| question.id.slug).collect()
    }
}

fn asks(rows: &[(Topic, u32)]) -> Test {
    a_test("edge", rows)
}

#[tokio::test]
async fn a_bank_is_counted_by_topic_level_state_and_review() {
    let world = world().await;

    let coverage = of_service(&world.db, &world.lena, CIRCLE, "edge", today()).await.unwrap();

    let process = coverage.topic(Topic::Process);
    assert_eq!(process.ready, [2, 0, 1]);
    assert_eq!((process.critical, process.drafts, process.outdated), (1, 1, 1));
    assert_eq!((process.never_reviewed, process.reviewed_long_ago), (1, 1));
    assert_eq!(coverage.topic(Topic::Monitoring).ready, [1, 1, 0]);
    let all = of_circle(&world.db, &world.lena, CIRCLE, today()).await.unwrap();
    assert_eq!(all["edge"], coverage);
    assert!(all["edge"].thin_spots().contains(&ThinSpot::TooFew { topic: Topic::Architecture, n_ready: 0 }));
}

#[tokio::test]
async fn a_list_of_questions_is_filtered_by_everything_that_is_counted() {
    let world = world().await;
    let ready = || Filter { state: Some(State::Ready), ..Filter::default() };
    let cases = [
        (Filter::default(), vec!["d", "e", "a", "b", "c", "draft", "lost"]),
        (ready(), vec!["d", "e", "a", "b", "c"]),
        (Filter { level: Level::ALL.get(2).copied(), ..ready() }, vec!["c"]),
        (Filter { topic: Some(Topic::Process), level: Some(Level::ONE), ..ready() }, vec!["a", "b"]),
        (Filter { only_critical: true, ..Filter::default() }, vec!["a"]),
        (Filter { review: Some(Review::Never), ..ready() }, vec!["d", "e", "c"]),
        (Filter { review: Some(Review::Never), ..Filter::default() }, vec!["d", "e", "c", "draft", "lost"]),
        (Filter { review: Some(Review::LongAgo), ..Filter::default() }, vec!["b"]),
        (Filter { review: Some(Review::Lately), ..Filter::default() }, vec!["a"]),
        (Filter { state: Some(State::Draft), ..Filter::default() }, vec!["draft"]),
        (Filter { text: "PROCESS/B".to_owned(), ..ready() }, vec!["b"]),
        (Filter { text: "%".to_owned(), ..ready() }, vec![]),
    ];
    for (filter, expected) in cases {
        let case = format!("{filter:?}");
        assert_eq!(world.listed(filter).await, expected, "{case}");
    }
}

#[tokio::test]
async fn a_changed_day_of_review_is_taken_although_the_version_stays() {
    let world = world().await;
    let before = Filter { review: Some(Review::LongAgo), ..Filter::default() };
    assert_eq!(world.listed(before.clone()).await, ["b"]);
    let files = [("process/b", "+++\nreviewed = \"2026-03-01\"\n+++\n")];

    let done = questions::take_bank(&world.db, &world.lena, CIRCLE, &bank(&files), noon()).await.unwrap();

    assert_eq!(done.n_changed, 1);
    assert_eq!(world.listed(before).await, Vec::<String>::new());
    let shown =
        questions::find(&world.db, &world.lena, CIRCLE, &"edge/process/b".parse().unwrap()).await.unwrap();
    assert_eq!((shown.older.len(), shown.question.reviewed), (0, NaiveDate::from_ymd_opt(2026, 3, 1)));
}

#[tokio::test]
async fn a_test_says_of_each_row_what_the_bank_has_for_it() {
    let world = world().await;
    let test = asks(&[(Topic::Process, 3), (Topic::Monitoring, 4)]);
    tests::add(&world.db, &world.lena, CIRCLE, "Edge", &test, noon()).await.unwrap();

    let asking = asking(&world.db, &world.lena, CIRCLE, "edge").await.unwrap();

    let rows: Vec<_> = asking[0].rows.iter().map(|(_, outlook)| *outlook).collect();
    assert_eq!(
        rows,
        [
            Outlook { n_ready: 3, short_by: 0, is_always_the_same: true, n_new_retakes: 0 },
            Outlook { n_ready: 2, short_by: 2, is_always_the_same: false, n_new_retakes: 0 },
        ]
    );
    assert_eq!(self::asking(&world.db, &world.lena, CIRCLE, "elsewhere").await.unwrap(), []);
}

#[tokio::test]
async fn a_person_has_met_the_ready_questions_that_were_drawn_for_them_each_once() {
    let world = world().await;
    let (ada, lena) = (&world.ada, &world.lena);
    assert_eq!(world.met(lena).await, [("Ada".to_owned(), 0, 5), ("Bo".to_owned(), 0, 5)]);

    world.sits(ada, Topic::Process, 3, noon()).await;
    world.sits(ada, Topic::Process, 3, noon() + TimeDelta::hours(1)).await;
    world.sits(&world.bo, Topic::Monitoring, 1, noon()).await;

    assert_eq!(world.met(lena).await, [("Ada".to_owned(), 3, 5), ("Bo".to_owned(), 1, 5)]);
    let id = "edge/process/a".parse().unwrap();
    assert_eq!(questions::find(&world.db, lena, CIRCLE, &id).await.unwrap().n_drawn, 2);

    // What is asked no more counts neither as met nor as there.
    run_sql(&world.db, "UPDATE questions SET state = 'outdated' WHERE id = $1", "edge/process/a").await;
    assert_eq!(world.met(lena).await, [("Ada".to_owned(), 2, 4), ("Bo".to_owned(), 1, 4)]);
}

#[tokio::test]
async fn names_are_for_leaders_and_everybody_else_sees_themselves() {
    let world = world().await;
    world.sits(&world.ada, Topic::Process, 2, noon()).await;
    world.sits(&world.lena, Topic::Process, 2, noon()).await;

    assert_eq!(world.met(&world.ada).await, [("Ada".to_owned(), 2, 5)]);
    assert_eq!(world.met(&world.bo).await, [("Bo".to_owned(), 0, 5)]);
    assert_eq!(world.met(&world.rea).await, []);
    let names: Vec<String> = world.met(&world.lena).await.into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["Ada", "Bo", "Lena"]);
}

#[tokio::test]
async fn coverage_is_of_no_concern_to_other_circles_and_tests_are_for_leaders() {
    let world = world().await;
    let eve = person(&world.db, "eve").await;
    let db = &world.db;

    assert!(matches!(of_service(db, &eve, CIRCLE, "edge", today()).await, Err(Error::NotFound)));
    assert!(matches!(met(db, &eve, CIRCLE).await, Err(Error::NotFound)));
    for who in [&eve, &world.ada, &world.rea] {
        assert!(matches!(of_circle(db, who, CIRCLE, today()).await, Err(Error::NotFound)));
        assert!(matches!(asking(db, who, CIRCLE, "edge").await, Err(Error::NotFound)));
        let listed = questions::list(db, who, CIRCLE, "edge", &Filter::default(), today()).await;
        assert!(matches!(listed, Err(Error::NotFound)));
    }
}
