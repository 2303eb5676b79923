//! What is written of a service, whom one calls, and who called.

use chrono::TimeDelta;
use domain::people::Role::{Engineer, Leader, Reader};
use domain::service::Criticality;

use super::writing::{Draft, edit};
use super::*;
use crate::circles::remove_member;
use crate::engagement::{self, calls, log_call};
use crate::testing::{circle_with, fresh_db, noon};

async fn orders_db(db: &Db, who: &Who) -> Service {
    let sheet = Sheet { slug: "orders-db".to_owned(), name: "Orders".to_owned(), ..Sheet::default() };
    add(db, who, "orders", &sheet, noon()).await.unwrap();
    find(db, who, "orders", "orders-db").await.unwrap()
}

fn fields(refused: Result<()>) -> Vec<String> {
    match refused {
        Err(Error::Refused(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
        other => panic!("{other:?}"),
    }
}

fn step(person: &str, name: &str, phone: &str, after: &str) -> StepDraft {
    StepDraft {
        person: person.to_owned(),
        name: name.to_owned(),
        phone: phone.to_owned(),
        after_minutes: after.to_owned(),
    }
}

#[tokio::test]
async fn a_leader_writes_down_what_somebody_on_call_needs() {
    let db = fresh_db().await;
    let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let before = orders_db(&db, &leo).await;
    assert_eq!((before.criticality, before.accountable.clone(), before.revision), (None, None, 1));

    let draft = Draft {
        criticality: "critical".to_owned(),
        accountable: eve.person.clone(),
        sla: "99.9 % a month".to_owned(),
        channels: "Ticket, phone".to_owned(),
        hours: "Round the clock".to_owned(),
        callers: "The shift lead of the customer".to_owned(),
        links: "Dashboards https://grafana.example.org".to_owned(),
        ..Draft::of(&before)
    };
    edit(&db, &leo, "orders", "orders-db", 1, &draft, noon()).await.unwrap();

    let seen = find(&db, &eve, "orders", "orders-db").await.unwrap();
    assert_eq!(seen.criticality, Some(Criticality::Critical));
    let accountable = seen.accountable.unwrap();
    assert_eq!((accountable.name.as_str(), accountable.is_there), ("Eve", true));
    assert_eq!(seen.engagement.callers, "The shift lead of the customer");
    assert_eq!(seen.links.len(), 1);
    assert_eq!(seen.revision, 2);
    let stale = edit(&db, &leo, "orders", "orders-db", 1, &draft, noon()).await;
    assert_eq!(fields(stale), [""]);
    remove_member(&db, &leo, "orders", &eve.person, noon()).await.unwrap();
    let seen = find(&db, &leo, "orders", "orders-db").await.unwrap();
    assert!(!seen.accountable.unwrap().is_there);
}

#[tokio::test]
async fn what_cannot_be_taken_stands_at_its_field() {
    let db = fresh_db().await;
    let [leo, eve, rea] =
        circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer), ("rea", Reader)]).await;
    let [lia] = circle_with(&db, "stock", [("lia", Leader)]).await;
    orders_db(&db, &leo).await;

    let draft = Draft {
        name: " ".to_owned(),
        criticality: "vital".to_owned(),
        accountable: rea.person.clone(),
        hours: "x".repeat(301),
        links: "nowhere".to_owned(),
        ..Draft::default()
    };
    let refused = edit(&db, &leo, "orders", "orders-db", 1, &draft, noon()).await;
    assert_eq!(fields(refused), ["name", "hours", "criticality", "accountable", "links"]);
    for other in [&eve, &rea, &lia] {
        let draft = Draft { name: "Mine".to_owned(), ..Draft::default() };
        let done = edit(&db, other, "orders", "orders-db", 1, &draft, noon()).await;
        assert!(matches!(done, Err(Error::NotFound)));
    }
}

#[tokio::test]
async fn a_bank_leaves_alone_what_a_leader_has_written() {
    let db = fresh_db().await;
    let [leo] = circle_with(&db, "orders", [("leo", Leader)]).await;
    let sheet = |name: &str| ServiceSheet {
        slug: "orders-db".to_owned(),
        name: name.to_owned(),
        summary: String::new(),
        owner: String::new(),
        links: Vec::new(),
    };
    let take = async |name: &str| {
        let mut tx = db.begin().await.unwrap();
        take_sheet(&mut tx, "orders", &sheet(name), noon()).await.unwrap();
        commit(tx).await.unwrap();
        find(&db, &leo, "orders", "orders-db").await.unwrap()
    };
    let write = async |draft: Draft| {
        let now = find(&db, &leo, "orders", "orders-db").await.unwrap().revision;
        edit(&db, &leo, "orders", "orders-db", now, &draft, noon()).await.unwrap();
    };

    assert_eq!(take("First").await.name, "First");
    assert_eq!(take("Second").await.name, "Second");
    write(Draft { name: "Second".to_owned(), sla: "99 %".to_owned(), ..Draft::default() }).await;
    assert_eq!(take("Third").await.name, "Third");
    write(Draft { name: "Ours".to_owned(), sla: "99 %".to_owned(), ..Draft::default() }).await;
    let kept = take("Fourth").await;
    assert_eq!((kept.name.as_str(), kept.sla.as_str()), ("Ours", "99 %"));
}

#[tokio::test]
async fn a_path_is_called_in_the_order_of_its_minutes() {
    let db = fresh_db().await;
    let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    orders_db(&db, &leo).await;
    let set = async |revision, steps: &[StepDraft]| {
        set_escalation(&db, &leo, "orders", "orders-db", revision, steps, noon()).await
    };

    let steps = [
        step("", "Data centre", "+39 06 1234", "30"),
        StepDraft::default(),
        step(&eve.person, "", "(02) 345-678", "0"),
        step(&leo.person, "", "112", "15"),
    ];
    set(1, &steps).await.unwrap();

    let path = escalation(&db, &eve, "orders", "orders-db").await.unwrap();
    let seen: Vec<_> = path.iter().map(|it| (it.n, it.name.as_str(), it.after_minutes, it.dial())).collect();
    assert_eq!(
        seen,
        [
            (1, "Eve", 0, "tel:02345678".to_owned()),
            (2, "Leo", 15, "tel:112".to_owned()),
            (3, "Data centre", 30, "tel:+39061234".to_owned()),
        ]
    );
    assert_eq!(fields(set(1, &steps).await), [""], "another tab was first");
    let wrong = [
        StepDraft::default(),
        step("", "", "no", ""),
        step(&eve.person, "Eve", "112", "-1"),
        step("nobody", "", "112", "1441"),
    ];
    let refused = fields(set(2, &wrong).await);
    assert_eq!(refused, ["person-2", "phone-2", "after-2", "name-3", "after-3", "person-4", "after-4"]);
    remove_member(&db, &leo, "orders", &eve.person, noon()).await.unwrap();
    assert!(!escalation(&db, &leo, "orders", "orders-db").await.unwrap()[0].is_there);
    assert!(matches!(escalation(&db, &eve, "orders", "orders-db").await, Err(Error::NotFound)));
    set(2, &[]).await.unwrap();
    assert_eq!(escalation(&db, &leo, "orders", "orders-db").await.unwrap(), []);
}

#[tokio::test]
async fn a_call_is_logged_with_who_took_it() {
    let db = fresh_db().await;
    let [leo, eve, rea] =
        circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer), ("rea", Reader)]).await;
    orders_db(&db, &leo).await;
    let draft = |minutes| engagement::Draft {
        caller: "Shift  lead".to_owned(),
        about: "Orders stand still.".to_owned(),
        taken_by: eve.person.clone(),
        taken_at: Some(noon() - TimeDelta::minutes(minutes)),
    };

    log_call(&db, &leo, "orders", "orders-db", &draft(20), noon()).await.unwrap();
    log_call(&db, &eve, "orders", "orders-db", &draft(10), noon()).await.unwrap();

    let seen = calls(&db, &rea, "orders", "orders-db", 1).await.unwrap();
    let words: Vec<_> = seen
        .calls
        .iter()
        .map(|it| (it.caller.as_str(), it.taken_by.as_str(), it.logged_by.as_str()))
        .collect();
    assert_eq!(words, [("Shift lead", "Eve", "Eve"), ("Shift lead", "Eve", "Leo")]);
    assert!(!seen.more);
    let by_rea = log_call(&db, &rea, "orders", "orders-db", &draft(1), noon()).await;
    assert!(matches!(by_rea, Err(Error::NotFound)));
    let ahead = log_call(&db, &eve, "orders", "orders-db", &draft(-10), noon()).await;
    assert_eq!(fields(ahead), ["taken_at"]);
    let nothing = log_call(&db, &eve, "orders", "orders-db", &engagement::Draft::default(), noon()).await;
    assert_eq!(fields(nothing), ["caller", "about", "taken_by", "taken_at"]);
}
