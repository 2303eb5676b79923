//! Looking up while sitting, and what it says afterwards.

use chrono::TimeDelta;
use domain::people::Role::{Engineer, Leader};
use domain::question::Topic;

use super::*;
use crate::attempts::finishing::hand_in;
use crate::attempts::start;
use crate::runbooks::MAIN;
use crate::runbooks::writing::{Place, save};
use crate::testing::{a_plan, a_test, circle_with, dice, file, fresh_db, noon};
use crate::{questions, rounds, tests};

const RUNBOOK: &str = "# Orders\n\n## Alerts\n\n### ReplicaLagHigh\n\nThe replica lags.\n";

struct World {
    db: Db,
    ada: Who,
    bo: Who,
    round: String,
}

/// Ada and Bo sit a test with one question, open book or not.
async fn world(open_book: bool) -> World {
    let db = fresh_db().await;
    let [lena, ada, bo] =
        circle_with(&db, "orders", [("lena", Leader), ("ada", Engineer), ("bo", Engineer)]).await;
    let bank = [
        file("orders-db/service.toml", "name = \"Orders\"\nsummary = \"Orders.\"\nowner = \"Lena\"\n"),
        file("orders-db/process/whom.md", "Whom do you call?\n\n- [x] Ada\n- [ ] Nobody\n\n> So it is.\n"),
    ];
    questions::take_bank(&db, &lena, "orders", &domain::bank::read(&bank).banks[0], noon()).await.unwrap();
    let place = Place { circle: "orders", service: "orders-db", page: MAIN };
    save(&db, &lena, &place, RUNBOOK, 0, "", noon()).await.unwrap();
    let test = domain::test::Test { open_book, ..a_test("orders-db", &[(Topic::Process, 1)]) };
    let test = tests::add(&db, &lena, "orders", "On call", &test, noon()).await.unwrap();
    let round =
        rounds::plan(&db, &lena, "orders", &a_plan(test, noon(), &[&ada, &bo]), noon()).await.unwrap();
    World { db, ada, bo, round }
}

impl World {
    async fn starts(&self, who: &Who) -> String {
        start(&self.db, who, "orders", &self.round, 1, noon(), &mut dice()).await.unwrap()
    }
}

fn after(seconds: i64) -> DateTime<Utc> {
    noon() + TimeDelta::seconds(seconds)
}

#[tokio::test]
async fn what_is_looked_up_is_noted_and_says_how_long_it_took_to_find() {
    let here = world(true).await;
    let (db, ada, bo) = (&here.db, &here.ada, &here.bo);
    let (adas, bos) = (here.starts(ada).await, here.starts(bo).await);
    let alert = Source::parse("alert:ReplicaLagHigh");

    look(db, ada, &adas, 1, after(10)).await.unwrap();
    let book = open(db, ada, &adas, 1, &alert, after(50)).await.unwrap();
    open(db, ada, &adas, 1, &Source::parse("runbook:orders-db"), after(60)).await.unwrap();
    look(db, bo, &bos, 1, after(15)).await.unwrap();

    assert_eq!((book.services[0].name.as_str(), book.services[0].has_runbook), ("Orders", true));
    assert_eq!(book.services[0].alerts[0].0, "ReplicaLagHigh");
    let seen = beside(db, &here.round, "orders-db/process/whom").await.unwrap();
    assert_eq!((seen.n_looked, seen.n_opened), (2, 1));
    assert_eq!(seen.middle, Some(TimeDelta::seconds(40)));
    assert_eq!(seen.opened.len(), 2);
    for unknown in ["alert:Nothing", "runbook:cache", "incident:INC-1", "https://example.org", ""] {
        let opened = open(db, ada, &adas, 1, &Source::parse(unknown), after(70)).await;
        assert!(matches!(opened, Err(Error::NotFound)), "{unknown}");
    }
}

#[tokio::test]
async fn a_typing_error_and_a_word_deep_in_a_runbook_lead_to_their_page() {
    let here = world(true).await;
    let (db, ada) = (&here.db, &here.ada);
    let adas = here.starts(ada).await;

    for (text, has_runbook, n_alerts) in [
        ("", true, 1),
        ("replca lag", false, 1),
        ("replicalaghigh", true, 1),
        ("lags", true, 1),
        ("## alerts", true, 0),
    ] {
        let found = find(db, ada, &adas, 1, text, after(5)).await.unwrap();
        let of = &found.services[0];
        assert_eq!((of.has_runbook, of.alerts.len()), (has_runbook, n_alerts), "{text}");
    }
    assert!(find(db, ada, &adas, 1, "failover", after(5)).await.unwrap().services.is_empty());
}

#[tokio::test]
async fn the_book_is_for_who_sits_and_while_they_sit() {
    let here = world(true).await;
    let (db, ada, bo) = (&here.db, &here.ada, &here.bo);
    let adas = here.starts(ada).await;

    assert!(read(db, ada, &adas, 1, after(1)).await.is_ok());
    assert!(matches!(read(db, ada, &adas, 2, after(1)).await, Err(Error::NotFound)));
    assert!(matches!(read(db, bo, &adas, 1, after(1)).await, Err(Error::NotFound)));
    hand_in(db, ada, &adas, after(2)).await.unwrap();
    assert!(matches!(look(db, ada, &adas, 1, after(3)).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_test_that_is_not_open_book_has_none() {
    let here = world(false).await;
    let adas = here.starts(&here.ada).await;

    assert!(matches!(read(&here.db, &here.ada, &adas, 1, after(1)).await, Err(Error::NotFound)));
    assert!(matches!(look(&here.db, &here.ada, &adas, 1, after(1)).await, Err(Error::NotFound)));
}
