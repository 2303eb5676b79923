//! What is found, by whom, and when.

use domain::people::Role::{Engineer, Leader};

use super::*;
use crate::db::commit;
use crate::testing::{circle_with, fresh_db, noon};

async fn write(db: &Db, circle: &str, kind: Kind, key: &str, title: &str, body: &str) {
    let path = format!("/{key}");
    let mut tx = db.begin().await.unwrap();
    put(&mut tx, &Entry { circle, kind, key, service: None, path, title, body }, noon()).await.unwrap();
    commit(tx).await.unwrap();
}

fn asked(text: &str) -> Asked {
    Asked { text: text.to_owned(), kind: None, page: 1 }
}

async fn keys(db: &Db, who: &Who, text: &str) -> Vec<String> {
    let found = find(db, who, "orders", &asked(text)).await.unwrap();
    found.hits.into_iter().map(|hit| hit.path.trim_start_matches('/').to_owned()).collect()
}

#[tokio::test]
async fn every_word_has_to_occur_and_the_title_weighs_more() {
    let db = fresh_db().await;
    let [leo] = circle_with(&db, "orders", [("leo", Leader)]).await;
    write(
        &db,
        "orders",
        Kind::Runbook,
        "a",
        "Orders database",
        "When the replica lags, look at long queries.",
    )
    .await;
    write(&db, "orders", Kind::Alert, "b", "PostgresReplicationLagHigh", "Nothing to do with disks.").await;
    write(&db, "orders", Kind::Incident, "INC-12", "Zażółć", "The disk was full; replica fine.").await;

    assert_eq!(keys(&db, &leo, "replica lag").await, ["b", "a"]);
    assert_eq!(keys(&db, &leo, "REPLICA full").await, ["INC-12"]);
    assert_eq!(keys(&db, &leo, "inc-12").await, ["INC-12"]);
    assert_eq!(keys(&db, &leo, "zazolc").await, ["INC-12"]);
    assert_eq!(keys(&db, &leo, "long quer").await, ["a"]);
    for nothing in ["", "replica tape", "- ' \" * (", "eplica", "NEAR OR NOT"] {
        assert!(keys(&db, &leo, nothing).await.is_empty(), "{nothing}");
    }
    for strange in
        ["replica OR", "\"replica\" *", "title:replica", "replica' & !'x", "replica\\", "%", "\u{0}x"]
    {
        find(&db, &leo, "orders", &asked(strange)).await.unwrap();
    }
}

#[tokio::test]
async fn what_changes_is_found_by_its_new_words_only_and_what_goes_not_at_all() {
    let db = fresh_db().await;
    let [leo] = circle_with(&db, "orders", [("leo", Leader)]).await;
    write(&db, "orders", Kind::Document, "d", "Hosts", "alpha").await;
    write(&db, "orders", Kind::Document, "d", "Hosts", "beta").await;

    assert!(keys(&db, &leo, "alpha").await.is_empty());
    assert_eq!(keys(&db, &leo, "beta").await, ["d"]);
    let mut tx = db.begin().await.unwrap();
    let entry = Entry {
        circle: "orders",
        kind: Kind::Document,
        key: "e",
        service: None,
        path: String::new(),
        title: "beta",
        body: "",
    };
    put(&mut tx, &entry, noon()).await.unwrap();
    drop(tx);
    assert_eq!(keys(&db, &leo, "beta").await, ["d"], "nothing that was not committed");
    let mut tx = db.begin().await.unwrap();
    take_out(&mut tx, "orders", Kind::Document, "d").await.unwrap();
    commit(tx).await.unwrap();
    assert!(keys(&db, &leo, "beta").await.is_empty());
}

#[tokio::test]
async fn nobody_finds_what_another_circle_knows_and_questions_are_for_leaders() {
    let db = fresh_db().await;
    let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let [lia] = circle_with(&db, "orders-2", [("lia", Leader)]).await;
    for circle in ["orders", "orders-2"] {
        write(&db, circle, Kind::Question, "q", "What is a replica?", "").await;
        write(&db, circle, Kind::Action, "CA-1", "Mend the replica", "").await;
    }

    assert_eq!(keys(&db, &leo, "replica").await.len(), 2);
    assert_eq!(keys(&db, &eve, "replica").await, ["CA-1"]);
    let of_eve = find(&db, &eve, "orders", &asked("replica")).await.unwrap();
    assert_eq!((of_eve.kinds, of_eve.n), (vec![(Kind::Action, 1)], 1));
    let questions = Asked { kind: Some(Kind::Question), ..asked("replica") };
    assert!(find(&db, &eve, "orders", &questions).await.unwrap().hits.is_empty());
    assert!(matches!(find(&db, &lia, "orders", &asked("replica")).await, Err(Error::NotFound)));
    // A circle may be called like a kind of records.
    let [lou] = circle_with(&db, "question", [("lou", Leader)]).await;
    let found = find(&db, &lou, "question", &asked("replica")).await.unwrap();
    assert_eq!((found.hits, found.n), (vec![], 0));
}

#[tokio::test]
async fn people_are_found_by_their_names_and_stand_first() {
    let db = fresh_db().await;
    let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    write(&db, "orders", Kind::Action, "CA-1", "Ask Eve", "").await;

    let found = find(&db, &leo, "orders", &asked("eve")).await.unwrap();

    let kinds: Vec<Kind> = found.hits.iter().map(|hit| hit.kind).collect();
    assert_eq!(kinds, [Kind::Person, Kind::Action]);
    assert_eq!(found.hits[0].path, format!("/members/{}", eve.person));
    let by_eve = find(&db, &eve, "orders", &asked("leo")).await.unwrap();
    assert_eq!(by_eve.hits[0].path, "/members");
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_and_double() {
    let db = fresh_db().await;
    let [leo, _] = circle_with(&db, "orders", [("leo", Leader), ("disk", Engineer)]).await;
    for n in 1..=45 {
        write(&db, "orders", Kind::Incident, &format!("INC-{n}"), "The disk is full", "").await;
    }
    let page = async |page| find(&db, &leo, "orders", &Asked { page, ..asked("disk") }).await.unwrap();

    let mut seen = Vec::new();
    for n in 1..=4 {
        seen.push(page(n).await.hits.into_iter().map(|hit| hit.path).collect::<Vec<_>>());
    }

    let sizes: Vec<usize> = seen.iter().map(Vec::len).collect();
    assert_eq!(sizes, [20, 20, 6, 0]);
    let mut all = seen.concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 46);
    assert_eq!(page(1).await.kinds, [(Kind::Incident, 45), (Kind::Person, 1)]);
    assert!(page(u32::MAX).await.hits.is_empty());
}

#[tokio::test]
async fn what_was_stored_before_there_was_an_index_is_put_into_it() {
    let db = fresh_db().await;
    let [leo] = circle_with(&db, "orders", [("leo", Leader)]).await;
    let sheet = crate::services::Sheet {
        slug: "orders-db".to_owned(),
        name: "Orders".to_owned(),
        ..Default::default()
    };
    crate::services::add(&db, &leo, "orders", &sheet, noon()).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    take_out(&mut tx, "orders", Kind::Service, "orders-db").await.unwrap();
    commit(tx).await.unwrap();
    assert!(keys(&db, &leo, "orders").await.is_empty());

    fill(&db).await.unwrap();

    assert_eq!(keys(&db, &leo, "orders").await, ["services/orders-db"]);
}
