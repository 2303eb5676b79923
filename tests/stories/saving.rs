//! What was acknowledged is there, once, whatever happens in between.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::people::{id_in, now};
use crate::support::{Client, Muster, until};

const N_EVENTS: &str = "SELECT count(*) FROM answer_events WHERE attempt = $1";

/// Ada sits a round; with another node, where the database serves many.
struct Sitting {
    muster: Muster,
    other: Option<Muster>,
    ada: Client,
    round: String,
    attempt: String,
}

impl Sitting {
    async fn begin() -> Sitting {
        let mut muster = Muster::start().await;
        let lea = muster.set_up().await;
        let ada = lea.invites(&muster, "ada", "engineer").await;
        let round = lea.prepares_round().await;
        let attempt = ada.starts(&round).await;
        let other = muster.second_node().await;
        Sitting { muster, other, ada, round, attempt }
    }

    /// Ada's browser, on the one node or the other.
    fn ada_on(&self, n: usize) -> Client {
        match &self.other {
            Some(other) if n % 2 == 1 => self.ada.on(other),
            _ => self.ada.clone(),
        }
    }

    async fn n_events(&self) -> i64 {
        self.muster.database.number(N_EVENTS, &self.attempt).await
    }

    /// What is stored last for a slot.
    async fn stored(&self) -> String {
        let sql = "SELECT answer FROM answer_events WHERE attempt = $1 ORDER BY turn DESC LIMIT 1";
        self.muster.database.text(sql, &self.attempt).await
    }
}

#[tokio::test]
async fn t09_an_older_save_after_a_newer_one_changes_nothing() {
    let here = Sitting::begin().await;
    let n = here.ada.slot_of(&here.attempt, "short").await;
    let save = async |sequence: i64, text: &str| {
        here.ada.saves(&here.attempt, n, sequence, json!({ "typed": text })).await.json()
    };
    save(1, "first").await;
    save(3, "third").await;

    let older = save(2, "second").await;
    let replayed = save(1, "first").await;

    for reply in [&older, &replayed] {
        assert_eq!((&reply["superseded"], &reply["ack_seq"]), (&Value::Bool(true), &json!(3)));
    }
    assert_eq!(here.stored().await, r#"{"typed":"third"}"#);
    assert_eq!(here.n_events().await, 2);
}

#[tokio::test]
async fn t10_saves_in_any_order_leave_the_newest() {
    let here = Sitting::begin().await;
    let n = here.ada.slot_of(&here.attempt, "short").await;
    let mut saves = JoinSet::new();
    for i in 0..40usize {
        // Each of 20 saves twice, far from in order, on both nodes.
        let sequence = i64::try_from((i * 7) % 20).unwrap() + 1;
        let (ada, attempt) = (here.ada_on(i), here.attempt.clone());
        saves.spawn(async move {
            (sequence, ada.saves(&attempt, n, sequence, json!({ "typed": format!("{sequence}") })).await)
        });
    }

    for (sequence, page) in saves.join_all().await {
        assert!(page.json()["ack_seq"].as_i64().unwrap() >= sequence, "{}", page.body);
    }
    assert_eq!(here.stored().await, r#"{"typed":"20"}"#);
    let falls = "SELECT count(*) FROM answer_events a JOIN answer_events b
                 ON a.attempt = b.attempt AND a.slot = b.slot AND a.client = b.client
                 AND a.turn < b.turn AND a.sequence >= b.sequence WHERE a.attempt = $1";
    assert_eq!(here.muster.database.number(falls, &here.attempt).await, 0);
}

#[tokio::test]
async fn t12_the_same_save_twice_at_once_is_one_row() {
    let here = Sitting::begin().await;
    let n = here.ada.slot_of(&here.attempt, "short").await;

    for sequence in 1..=10 {
        let answer = json!({ "typed": format!("turn {sequence}") });
        let [one, two] = [here.ada_on(0), here.ada_on(1)];
        let (one, two) = tokio::join!(
            one.saves(&here.attempt, n, sequence, answer.clone()),
            two.saves(&here.attempt, n, sequence, answer.clone()),
        );
        for reply in [one.json(), two.json()] {
            assert_eq!((&reply["ack_seq"], &reply["superseded"]), (&json!(sequence), &Value::Bool(false)));
        }
        assert_eq!(here.n_events().await, sequence);
    }
}

#[tokio::test]
async fn t13_start_pressed_many_times_at_once_is_one_attempt() {
    let here = Sitting::begin().await;
    here.ada.hands_in(&here.attempt).await;
    let lea = here.muster.signs_in("lea").await;
    let test = lea.makes_test().await;
    let round = lea.plans_round(&test).await;
    assert_ne!(round, here.round);
    let start = here.ada.at(&format!("/rounds/{round}/start"));

    let mut presses = JoinSet::new();
    for n in 0..10 {
        let (ada, start) = (here.ada_on(n), start.clone());
        presses
            .spawn(async move { id_in(&ada.post(&start, &[("", ""); 0]).await.see_other(), "/attempts/") });
    }
    let mut attempts = presses.join_all().await;
    attempts.sort();
    attempts.dedup();

    assert_eq!(attempts.len(), 1, "{attempts:?}");
    let n = here.muster.database.number("SELECT count(*) FROM attempts WHERE round = $1", &round).await;
    assert_eq!(n, 1);
    let slots =
        here.muster.database.number("SELECT count(*) FROM slots WHERE attempt = $1", &attempts[0]).await;
    assert_eq!(slots, 6);
}

#[tokio::test]
async fn t48_what_ended_while_the_server_was_down_ends_at_its_deadline_with_what_was_saved() {
    let mut here = Sitting::begin().await;
    let n = here.ada.slot_of(&here.attempt, "numeric").await;
    let saved = here.ada.saves(&here.attempt, n, 1, json!({ "typed": "8675309" })).await.json();
    assert_eq!(saved["ack_seq"], 1);
    drop(here.other.take());
    here.muster.kill();
    let deadline = now() - TimeDelta::seconds(75);
    let deadline =
        deadline.with_timezone(&Utc) - TimeDelta::nanoseconds(i64::from(deadline.timestamp_subsec_nanos()));
    let database = &here.muster.database;
    for (moved, at) in [
        ("UPDATE attempts SET started_at = $2 WHERE id = $1", deadline - TimeDelta::minutes(30)),
        ("UPDATE answer_events SET received_at = $2 WHERE attempt = $1", deadline - TimeDelta::seconds(10)),
        ("UPDATE attempts SET deadline = $2 WHERE id = $1", deadline),
    ] {
        database.set_instant(moved, &here.attempt, at).await;
    }

    here.muster.start_again().await;

    let (ada, path) = (here.ada.clone(), format!("/attempts/{}/result", here.attempt));
    let result = until("it is swept", std::time::Duration::from_secs(10), async || {
        Some(ada.get(&path).await).filter(|page| page.status == 200)
    })
    .await;
    result.must_say("by the clock");
    result.must_say("1 of 6");
    let database = &here.muster.database;
    assert_eq!(
        database.instant("SELECT finished_at FROM attempts WHERE id = $1", &here.attempt).await,
        deadline
    );
    assert_eq!(database.number("SELECT count(*) FROM marks WHERE attempt = $1", &here.attempt).await, 6);
    let earned = "SELECT CAST(sum(earned) AS BIGINT) FROM marks WHERE attempt = $1";
    assert_eq!(database.number(earned, &here.attempt).await, 10_000, "the one right answer counts");
    let late = ada.saves(&here.attempt, n, 2, json!({ "typed": "1" })).await;
    assert_eq!(late.status, 409, "and nothing after it");
}

#[tokio::test]
async fn t49_what_arrives_within_the_minute_after_the_deadline_counts_and_nothing_later() {
    let here = Sitting::begin().await;
    let n = here.ada.slot_of(&here.attempt, "short").await;
    let started = "UPDATE attempts SET started_at = $2 WHERE id = $1";
    here.muster.database.set_instant(started, &here.attempt, now() - TimeDelta::hours(1)).await;
    let deadline = "UPDATE attempts SET deadline = $2 WHERE id = $1";

    here.muster.database.set_instant(deadline, &here.attempt, now() - TimeDelta::seconds(50)).await;
    let in_grace = here.ada.saves(&here.attempt, n, 1, json!({ "typed": "late" })).await;
    here.muster.database.set_instant(deadline, &here.attempt, now() - TimeDelta::seconds(61)).await;
    let after = here.ada.saves(&here.attempt, n, 2, json!({ "typed": "too late" })).await;

    assert_eq!(in_grace.json()["ack_seq"], 1);
    assert_eq!(after.status, 409);
    let is_late = "SELECT count(*) FROM answer_events WHERE attempt = $1 AND is_late";
    assert_eq!((here.muster.database.number(is_late, &here.attempt).await, here.n_events().await), (1, 1));
}

#[tokio::test]
async fn t01_what_was_acknowledged_is_there_after_a_kill() {
    let mut here = Sitting::begin().await;
    let n = here.ada.slot_of(&here.attempt, "short").await;
    drop(here.other.take());

    for round in 0..5i64 {
        let mut saves = JoinSet::new();
        for i in 1..=20i64 {
            let (ada, attempt, sequence) = (here.ada.clone(), here.attempt.clone(), round * 100 + i);
            saves.spawn(async move {
                let body = json!({ "attempt": attempt, "sent": {
                    "slot": n, "client": format!("client-{i}"), "sequence": sequence,
                    "answer": { "typed": format!("{sequence}") }, "confidence": null, "for_review": false,
                }});
                ada.try_call("/api/v1/attempts/save-answer", &body)
                    .await
                    .ok()
                    .map(|page| (i, page.json()["ack_seq"].as_i64().unwrap()))
            });
        }
        tokio::time::sleep(std::time::Duration::from_millis(4 * u64::try_from(round).unwrap())).await;
        here.muster.kill();
        let acked: Vec<(i64, i64)> = saves.join_all().await.into_iter().flatten().collect();
        here.muster.start_again().await;

        for (client, sequence) in acked {
            let sql = "SELECT count(*) FROM answer_events WHERE client || ' ' || sequence = $1";
            let found = here.muster.database.number(sql, &format!("client-{client} {sequence}")).await;
            assert_eq!(found, 1, "client {client} was told that {sequence} is safe");
        }
    }
    assert_eq!(here.ada.get(&format!("/attempts/{}", here.attempt)).await.status, 200);
}
