use domain::people::Role::{Engineer, Leader, Reader};
use domain::runbook::Section;

use super::remarks::{self, Verdict};
use super::{find, fullest, night, places, rules};
use crate::actions;
use crate::db::Db;
use crate::error::Error;
use crate::people::Who;
use crate::runbooks::MAIN;
use crate::runbooks::writing::{self, Place};
use crate::services::{self, Sheet};
use crate::testing::{circle_with, fresh_db, noon};

const TEXT: &str = "# Orders
## Escalation path
Call the database team.
## Alerts
### OrdersPoolFull
- Meaning: every connection is taken
- Impact: checkout waits
- Mitigation: raise the pool
### OrdersDown
Call.
";

async fn orders(db: &Db) -> [Who; 3] {
    let people = circle_with(db, "orders", [("leo", Leader), ("eve", Engineer), ("ray", Reader)]).await;
    let sheet =
        Sheet { slug: "orders-db".to_owned(), name: "Orders database".to_owned(), ..Sheet::default() };
    services::add(db, &people[0], "orders", &sheet, noon()).await.unwrap();
    let place = Place { circle: "orders", service: "orders-db", page: MAIN };
    writing::save(db, &people[1], &place, TEXT, 0, "", noon()).await.unwrap();
    people
}

#[tokio::test]
async fn an_alert_is_found_whatever_is_typed_and_shown_with_whom_to_call() {
    let db = fresh_db().await;
    let [_, _, ray] = orders(&db).await;

    let found = find(&db, &ray, "ordrespoolful").await.unwrap();
    let night = night(&db, &ray, &found[0]).await.unwrap();

    assert_eq!(found[0].name, "OrdersPoolFull");
    assert_eq!(night.says(Section::Mitigation), "raise the pool");
    assert_eq!(night.escalation, "Call the database team.");
    assert_eq!(find(&db, &ray, "checkout wiats").await.unwrap()[0].name, "OrdersPoolFull");
}

#[tokio::test]
async fn to_other_circles_there_is_no_such_alert() {
    let db = fresh_db().await;
    let [_, eve, _] = orders(&db).await;
    let [bob] = circle_with(&db, "billing", [("bob", Leader)]).await;
    let place = places(&db, &eve, "orderspoolfull", None, None).await.unwrap().remove(0);

    assert!(find(&db, &bob, "OrdersPoolFull").await.unwrap().is_empty());
    assert!(places(&db, &bob, "OrdersPoolFull", None, None).await.unwrap().is_empty());
    assert!(matches!(night(&db, &bob, &place).await, Err(Error::NotFound)));
    let said = remarks::say(&db, &bob, &place, said(Verdict::Right, "", false), noon()).await;
    assert!(matches!(said, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_wrong_page_becomes_a_corrective_action_on_request() {
    let db = fresh_db().await;
    let [_, eve, ray] = orders(&db).await;
    let place = places(&db, &eve, "OrdersPoolFull", None, None).await.unwrap().remove(0);

    remarks::say(&db, &ray, &place, said(Verdict::Right, "", true), noon()).await.unwrap();
    let number =
        remarks::say(&db, &eve, &place, said(Verdict::Wrong, "The command has moved.", true), noon())
            .await
            .unwrap()
            .unwrap();

    let action = actions::find(&db, &eve, "orders", number, noon()).await.unwrap();
    assert_eq!(action.action.title, "Put right the runbook of OrdersPoolFull");
    assert!(action.description.contains("The command has moved."));
    let night = night(&db, &eve, &place).await.unwrap();
    let told: Vec<_> = night.remarks.iter().map(|one| (one.verdict, one.action)).collect();
    assert_eq!(told.len(), 2);
    assert!(told.contains(&(Verdict::Wrong, Some(number))));
    assert!(told.contains(&(Verdict::Right, None)));
    let bare = remarks::say(&db, &eve, &place, said(Verdict::Wrong, " ", true), noon()).await;
    assert!(matches!(bare, Err(Error::Refused(_))), "an action says what is to be done");
    remarks::say(&db, &eve, &place, said(Verdict::Missing, "", false), noon()).await.unwrap();
}

#[tokio::test]
async fn what_was_found_wrong_waits_until_its_page_is_changed() {
    let db = fresh_db().await;
    let [_, eve, ray] = orders(&db).await;
    let place = places(&db, &eve, "OrdersPoolFull", None, None).await.unwrap().remove(0);
    remarks::say(&db, &ray, &place, said(Verdict::Right, "", false), noon()).await.unwrap();
    remarks::say(&db, &ray, &place, said(Verdict::Wrong, "The host has moved.", false), noon())
        .await
        .unwrap();
    remarks::say(&db, &eve, &place, said(Verdict::Wrong, "I make it one.", true), noon()).await.unwrap();
    let waiting = async || remarks::waiting(&db, &ray, "orders", &place.service).await.unwrap();
    let notes: Vec<String> = waiting().await.into_iter().map(|one| one.note).collect();
    assert_eq!(notes, ["The host has moved."]);

    let runbook = crate::runbooks::find(&db, &eve, "orders", &place.service).await.unwrap();
    let page = runbook.page(&place.page).unwrap();
    let content = format!("{}\nThe host is another one.\n", page.content);
    let to = Place { circle: "orders", service: &place.service, page: &place.page };
    writing::save(&db, &eve, &to, &content, page.version, "", noon()).await.unwrap();
    assert_eq!(waiting().await, []);
    let [stranger] = circle_with(&db, "other", [("stranger", Leader)]).await;
    let hidden = remarks::waiting(&db, &stranger, "orders", &place.service).await;
    assert!(matches!(hidden, Err(Error::NotFound)));
}

#[tokio::test]
async fn an_alert_that_two_pages_describe_opens_at_the_fuller_one() {
    let db = fresh_db().await;
    let [_, eve, _] = orders(&db).await;
    let stub = "# OrdersTwice\n## Impact\nTODO\n";
    let whole = "# OrdersTwice\n## Impact\nBad.\n## Mitigation\nRaise it.\n";
    for (page, content) in [("a-stub", stub), ("whole", whole)] {
        let to = Place { circle: "orders", service: "orders-db", page };
        writing::save(&db, &eve, &to, content, 0, "", noon()).await.unwrap();
    }
    let both = places(&db, &eve, "OrdersTwice", None, None).await.unwrap();
    assert_eq!(both.iter().map(|one| one.page.as_str()).collect::<Vec<_>>(), ["a-stub", "whole"]);
    assert_eq!(fullest(&db, &eve, &both).await.unwrap().page, "whole");
}

#[tokio::test]
async fn rules_and_runbooks_are_compared_both_ways() {
    let db = fresh_db().await;
    let [_, eve, ray] = orders(&db).await;
    let text = "groups:\n- name: a\n  rules:\n  - alert: OrdersPoolFull\n    annotations: {runbook_url: https://m.corp.org/alerts/OrdersPoolEmpty}\n  - alert: OrdersLag\n";

    let n = rules::take(&db, &eve, "orders", "orders.yaml", text, noon()).await.unwrap();
    let covered = rules::covered(&db, &ray, "orders", "https://m.corp.org").await.unwrap();

    assert_eq!(n, 2);
    assert_eq!(covered.coverage.without_section, ["OrdersLag"]);
    assert_eq!(covered.coverage.without_alert, ["OrdersDown"]);
    assert_eq!(covered.coverage.dead_links[0].0, "OrdersPoolFull");
    let broken = rules::take(&db, &eve, "orders", "x.yaml", "groups: [", noon()).await;
    assert!(matches!(broken, Err(Error::Refused(_))));
    assert!(matches!(rules::take(&db, &ray, "orders", "x.yaml", text, noon()).await, Err(Error::NotFound)));
    rules::forget(&db, &eve, "orders", "orders.yaml", noon()).await.unwrap();
    assert!(rules::covered(&db, &ray, "orders", "").await.unwrap().files.is_empty());
}

fn said(verdict: Verdict, note: &str, is_to_do: bool) -> remarks::Said<'_> {
    remarks::Said { verdict, note, is_to_do, key: "" }
}
