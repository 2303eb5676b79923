//! An open-book test: what is looked up beside a question, and what it says in
//! the review.

use crate::support::people::id_in;
use crate::support::{Client, Muster};

const RUNBOOK: &str = "# Orders\n\n## Alerts\n\n### ReplicaLagHigh\n\nThe replica lags behind.\n";

impl Client {
    /// A test like the usual one in which things may be looked up; its id.
    async fn makes_open_book_test(&self) -> String {
        let rows = [("orders-db", "process", 3), ("orders-db", "troubleshooting", 3)];
        let form = self.drafts_test("Open book", &rows).await.tick("open_book", "on");
        id_in(&self.send(form.press("do", "save")).await.see_other(), "/tests/")
    }
}

#[tokio::test]
async fn what_is_looked_up_beside_a_question_is_one_tap_away_and_noted() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    lea.takes_bank("orders-db").await;
    let page = lea.open(&lea.at("/services/orders-db/runbook/edit")).await;
    lea.send(page.form("form:has([name=content])").fill("content", RUNBOOK).press("do", "save"))
        .await
        .see_other();
    let test = lea.makes_open_book_test().await;
    let round = lea.plans_round(&test).await;
    let attempt = ada.starts(&round).await;

    let page = ada.open(&format!("/attempts/{attempt}?q=2")).await;
    assert_eq!(page.attributes("button[form=book]", "value"), ["2"]);
    assert_eq!(page.attributes("form#book", "target"), ["_blank"], "the question stays where it is");
    let book = format!("/attempts/{attempt}/book");
    let looked = ada.post(&book, &[("look".to_owned(), "2".to_owned())]).await;
    assert_eq!(looked.see_other(), format!("{book}?q=2"));
    let page = ada.open(&format!("{book}?q=2&find=replica+lag")).await;
    assert_eq!(page.attributes("button[name=open]", "value"), ["runbook:orders-db", "alert:ReplicaLagHigh"]);
    let opened = ada
        .send(page.form("li form:has([value='alert:ReplicaLagHigh'])").press("open", "alert:ReplicaLagHigh"))
        .await;
    assert_eq!(opened.see_other(), "/alerts/ReplicaLagHigh");
    ada.open(&format!("{book}?q=2&find=nowhere")).await.must_say("Nothing matches");

    let n = "SELECT count(*) FROM book_openings WHERE attempt = $1";
    assert_eq!(muster.database.number(n, &attempt).await, 2);
    for who in [&lea, &ada] {
        let path = if std::ptr::eq(who, &lea) { &book } else { "/attempts/nowhere/book" };
        assert_eq!(who.get(path).await.status, 404);
    }
    ada.hands_in(&attempt).await;
    assert_eq!(ada.get(&book).await.status, 404, "the book is closed");
}
