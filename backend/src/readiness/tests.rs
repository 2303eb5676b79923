//! Readiness as leaders, engineers and readers find it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bank::SourceFile;
use domain::people::Role::{Engineer, Leader, Reader};
use domain::question::Topic;
use domain::question::Topic::{Architecture, Monitoring, Process, Troubleshooting};
use domain::readiness::{Ending, Standing};
use sqlx::query;

use super::{counts, history, matrix, mine};
use crate::db::{Db, commit, on, stored};
use crate::error::Error;
use crate::people::{Who, disable};
use crate::questions;
use crate::testing::{ada, circle_with, file, fresh_db, noon};

const CIRCLE: &str = "orders";

/// Lea leads Bo, Cy, Di, Ed and Flo, who know two services; Rob reads. One
/// round shows its scores at once, one when it closes, a day after noon.
struct World {
    db: Db,
    lea: Who,
    engineers: [Who; 5],
    rob: Who,
}

async fn world() -> World {
    let db = fresh_db().await;
    let people = [
        ("lea", Leader),
        ("bo", Engineer),
        ("cy", Engineer),
        ("di", Engineer),
        ("ed", Engineer),
        ("flo", Engineer),
        ("rob", Reader),
    ];
    let [lea, bo, cy, di, ed, flo, rob] = circle_with(&db, CIRCLE, people).await;
    for bank in domain::bank::read(&files()).banks {
        questions::take_bank(&db, &lea, CIRCLE, &bank, noon()).await.unwrap();
    }
    let world = World { db, lea, engineers: [bo, cy, di, ed, flo], rob };
    world.add_test().await;
    world.add_round("at-once", "at_hand_in").await;
    world.add_round("at-close", "at_close").await;
    world
}

fn files() -> Vec<SourceFile> {
    let sheet = |name: &str| format!("name = \"{name}\"\nsummary = \"It serves.\"\nowner = \"Lea\"\n");
    vec![
        file("db/service.toml", &sheet("Database")),
        file("db/process/port.md", "Which port?\n\n= 5432\n\n> So it is.\n"),
        file("edge/service.toml", &sheet("Edge")),
        file("edge/process/port.md", "Which port?\n\n= 443\n\n> So it is.\n"),
    ]
}

const ADD_TEST: &str =
    "INSERT INTO tests (id, circle, name, version, created_at) VALUES ('t', $1, 'On call', 1, $2)";
const ADD_VERSION: &str = "
    INSERT INTO test_versions (test, version, definition, made_by, created_at) VALUES ('t', 1, '{}', $1, $2)";
const ADD_ROUND: &str = "
    INSERT INTO rounds (id, circle, name, test, test_version, opens_at, closes_at, show_score, show_answers, made_by,
                        created_at)
    VALUES ($1, $2, $1, 't', 1, $3, $4, $5, 'never', $6, $3)";
const ADD_PERSON: &str = "INSERT INTO round_people (round, person, extra_seconds) VALUES ($1, $2, 0)";
const ADD_ATTEMPT: &str = r#"
    INSERT INTO attempts (id, circle, round, person, started_at, deadline, finished_at, finished_by, verdict)
    VALUES ($1, $2, $3, $4, $5, $5, $5, 'person', '{"clauses":[]}')
    ON CONFLICT (id) DO NOTHING"#;
const ADD_RESULT: &str = "
    INSERT INTO topic_results (attempt, circle, person, service, topic, earned, possible, needed, holds, counts_for,
                               finished_at)
    VALUES ($1, $2, $3, $4, $5, 10000, 20000, 50, $6, 90, $7)";

impl World {
    async fn add_test(&self) {
        let mut tx = self.db.begin().await.unwrap();
        on!(&mut tx, |tx| query(ADD_TEST).bind(CIRCLE).bind(noon()).execute(&mut **tx).await.map(drop))
            .unwrap();
        on!(&mut tx, |tx| query(ADD_VERSION)
            .bind(&self.lea.person)
            .bind(noon())
            .execute(&mut **tx)
            .await
            .map(drop))
        .unwrap();
        commit(tx).await.unwrap();
    }

    async fn add_round(&self, id: &str, show_score: &str) {
        let mut tx = self.db.begin().await.unwrap();
        on!(&mut tx, |tx| query(ADD_ROUND)
            .bind(id)
            .bind(CIRCLE)
            .bind(noon() - TimeDelta::days(200))
            .bind(noon() + TimeDelta::days(1))
            .bind(show_score)
            .bind(&self.lea.person)
            .execute(&mut **tx)
            .await
            .map(drop))
        .unwrap();
        for who in self.engineers.iter().chain([&self.lea]) {
            on!(&mut tx, |tx| query(ADD_PERSON)
                .bind(id)
                .bind(&who.person)
                .execute(&mut **tx)
                .await
                .map(drop))
            .unwrap();
        }
        commit(tx).await.unwrap();
    }

    /// An attempt said so of these topics. A pass counts for 90 days.
    async fn sat(
        &self,
        who: &Who,
        attempt: &str,
        service: &str,
        topics: &[Topic],
        holds: bool,
        days_ago: i64,
    ) {
        let round = if attempt.starts_with("close") { "at-close" } else { "at-once" };
        let finished_at = stored(noon() - TimeDelta::days(days_ago));
        let mut tx = self.db.begin().await.unwrap();
        on!(&mut tx, |tx| query(ADD_ATTEMPT)
            .bind(attempt)
            .bind(CIRCLE)
            .bind(round)
            .bind(&who.person)
            .bind(finished_at)
            .execute(&mut **tx)
            .await
            .map(drop))
        .unwrap();
        for topic in topics {
            on!(&mut tx, |tx| query(ADD_RESULT)
                .bind(attempt)
                .bind(CIRCLE)
                .bind(&who.person)
                .bind(service)
                .bind(topic.as_str())
                .bind(holds)
                .bind(finished_at)
                .execute(&mut **tx)
                .await
                .map(drop))
            .unwrap();
        }
        commit(tx).await.unwrap();
    }

    /// How somebody stands in a leader's matrix.
    async fn standing(&self, who: &Who, service: usize, topic: Topic) -> Standing {
        let matrix = matrix(&self.db, &self.lea, CIRCLE, noon()).await.unwrap();
        let row = matrix.people.iter().find(|row| row.person == who.person).unwrap();
        row.cell(service, topic).standing
    }
}

fn in_days(n: i64) -> DateTime<Utc> {
    noon() + TimeDelta::days(n)
}

#[tokio::test]
async fn a_matrix_has_everybody_by_name_and_the_newest_attempt_decides_each_cell() {
    let world = world().await;
    let [bo, cy, ..] = &world.engineers;
    world.sat(bo, "a1", "db", &Topic::ALL, true, 50).await;
    world.sat(bo, "a2", "db", &[Process], false, 10).await;
    world.sat(cy, "a3", "db", &[Monitoring], true, 100).await;

    let matrix = matrix(&world.db, &world.lea, CIRCLE, noon()).await.unwrap();

    let names: Vec<_> = matrix.people.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Bo", "Cy", "Di", "Ed", "Flo"], "a leader who sat nothing is no row, nor a reader");
    assert_eq!(matrix.services[0].0, "db");
    assert_eq!(world.standing(bo, 0, Process).await, Standing::NotPassed);
    assert_eq!(world.standing(bo, 0, Architecture).await, Standing::Ready { until: in_days(40) });
    assert_eq!(world.standing(cy, 0, Monitoring).await, Standing::Expired { since: in_days(-10) });
    assert_eq!(world.standing(cy, 1, Monitoring).await, Standing::Unknown);
}

#[tokio::test]
async fn what_ends_ahead_is_read_from_the_matrix_the_first_to_end_first() {
    let world = world().await;
    let [bo, cy, di, ed, _] = &world.engineers;
    world.sat(bo, "a1", "db", &[Process, Architecture], true, 70).await;
    world.sat(cy, "a2", "edge", &[Troubleshooting], true, 80).await;
    world.sat(di, "a3", "db", &[Process], true, 80).await;
    // Taken again, and passed: the old end is nobody's matter.
    world.sat(di, "a4", "db", &[Process], true, 5).await;
    world.sat(ed, "a5", "db", &[Process], false, 80).await;

    let matrix = matrix(&world.db, &world.lea, CIRCLE, noon()).await.unwrap();

    let first = Ending { person: 1, service: 1, topics: vec![Troubleshooting], until: in_days(10) };
    let second = Ending { person: 0, service: 0, topics: vec![Process, Architecture], until: in_days(20) };
    assert_eq!(matrix.ahead(in_days(40)), [first.clone(), second]);
    assert_eq!(matrix.ahead(in_days(20)), [first]);
    assert_eq!(matrix.endings(&[0, 1], &[1], &[Process], in_days(40)), []);
}

#[tokio::test]
async fn counts_show_from_five_people_on_and_hold_only_what_takers_may_see() {
    let world = world().await;
    let [bo, cy, .., flo] = &world.engineers;
    world.sat(bo, "a1", "db", &[Process], true, 10).await;
    world.sat(cy, "close-1", "db", &[Process], true, 10).await;
    let seen = async |at| counts(&world.db, &world.rob, CIRCLE, at).await.unwrap();

    assert_eq!(seen(noon()).await.ready.unwrap()[0], [1, 0, 0, 0], "one shows only when its round closes");
    assert_eq!(seen(in_days(2)).await.ready.unwrap()[0], [2, 0, 0, 0]);
    let ada = ada(&world.db).await;
    disable(&world.db, &ada, &flo.person, noon()).await.unwrap();
    let four = seen(in_days(2)).await;
    assert_eq!((four.n_engineers, four.ready), (4, None));
}

#[tokio::test]
async fn what_a_round_does_not_show_yet_is_known_to_the_leaders_and_not_to_the_engineer() {
    let world = world().await;
    let bo = &world.engineers[0];
    world.sat(bo, "a1", "db", &[Process], true, 20).await;
    world.sat(bo, "close-1", "db", &[Process], false, 10).await;
    let of_bo =
        async |who: &Who, at| history(&world.db, who, CIRCLE, &bo.person, "db", Process, at).await.unwrap();

    let (to_bo, to_lea) = (of_bo(bo, noon()).await, of_bo(&world.lea, noon()).await);

    assert_eq!((to_bo.attempts.len(), to_bo.n_hidden), (1, 1));
    assert_eq!(to_bo.standing, Standing::Ready { until: in_days(70) });
    assert_eq!((to_lea.attempts.len(), to_lea.n_hidden), (2, 0));
    assert_eq!(to_lea.standing, Standing::NotPassed);
    assert_eq!(world.standing(bo, 0, Process).await, Standing::NotPassed);
    let (_, own) = mine(&world.db, bo, CIRCLE, noon()).await.unwrap();
    assert_eq!(own.cell(0, Process).standing, to_bo.standing);
    assert_eq!(of_bo(bo, in_days(2)).await.standing, Standing::NotPassed);
}

#[tokio::test]
async fn a_history_has_every_attempt_newest_first_and_says_which_of_its_round_it_was() {
    let world = world().await;
    let [bo, cy, ..] = &world.engineers;
    world.sat(bo, "a1", "db", &[Process, Monitoring], false, 30).await;
    world.sat(bo, "a2", "db", &[Process], true, 20).await;
    world.sat(bo, "close-1", "db", &[Process], true, 10).await;
    world.sat(cy, "a4", "db", &[Process], true, 5).await;

    let history = history(&world.db, &world.lea, CIRCLE, &bo.person, "db", Process, noon()).await.unwrap();

    let attempts: Vec<_> = history
        .attempts
        .iter()
        .map(|sat| (sat.evidence.attempt.as_str(), sat.round_name.as_str(), sat.number, sat.n_in_round))
        .collect();
    assert_eq!(attempts, [("close-1", "at-close", 1, 1), ("a2", "at-once", 2, 2), ("a1", "at-once", 1, 2)]);
    assert_eq!((history.name.as_str(), history.service_name.as_str()), ("Bo", "Database"));
}

#[tokio::test]
async fn the_matrix_is_for_leaders_and_a_history_for_its_person_and_them() {
    let world = world().await;
    let [bo, cy, ..] = &world.engineers;
    let [zoe] = circle_with(&world.db, "billing", [("zoe", Leader)]).await;

    for who in [bo, &world.rob, &zoe] {
        assert!(matches!(matrix(&world.db, who, CIRCLE, noon()).await, Err(Error::NotFound)));
    }
    assert!(matches!(counts(&world.db, &zoe, CIRCLE, noon()).await, Err(Error::NotFound)));
    for who in [cy, &world.rob, &zoe] {
        let read = history(&world.db, who, CIRCLE, &bo.person, "db", Process, noon()).await;
        assert!(matches!(read, Err(Error::NotFound)));
    }
    let read = history(&world.db, bo, CIRCLE, &bo.person, "db", Process, noon()).await.unwrap();
    assert!(read.attempts.is_empty());
}
