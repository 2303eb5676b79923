//! The documents of a service: written, found missing or old, confirmed.

use crate::support::{Client, Muster, Page};

const SERVICE: &str = "/circles/orders/services/orders-db";

async fn team() -> (Muster, Client, Client, Client) {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let rea = lea.invites(&muster, "rea", "reader").await;
    lea.takes_bank("orders-db").await;
    (muster, lea, ada, rea)
}

impl Client {
    /// Opens the form of a document, fills it in and presses a button.
    async fn writes(&self, kind: &str, fields: &[(&str, &str)], press: &str) -> Page {
        let page = self.open(&format!("{SERVICE}/documents/{kind}/edit")).await;
        let mut form = page.form("main form.form");
        for (name, value) in fields {
            form = form.fill(name, value);
        }
        self.send(form.press("do", press)).await
    }
}

#[tokio::test]
async fn a_document_is_written_read_and_written_again() {
    let (_muster, lea, ada, rea) = team().await;
    rea.open(SERVICE).await.must_say("Missing");
    let hosts = format!("{SERVICE}/documents/hosts");
    let none = rea.open(&hosts).await;
    none.must_say("There is none");
    assert!(!none.has("main a[href$='/edit']"), "who reads writes nothing");
    assert_eq!(rea.get(&format!("{hosts}/edit")).await.status, 404);
    assert_eq!(ada.get(&format!("{SERVICE}/documents/recipes")).await.status, 404);

    let text = "| host |\n|---|\n| `db1` |\n\n<script>alert(1)</script>";
    let shown = ada.writes("hosts", &[("page", text)], "preview").await;
    assert_eq!(shown.status, 200);
    assert!(shown.has("section[aria-labelledby=preview] td code") && !shown.has("main script"));
    assert_eq!(shown.value("page"), text, "nothing typed is lost");
    ada.writes("hosts", &[("page", text)], "save").await.see_other();
    lea.writes("hosts", &[("page", "db1 and db2")], "save").await.see_other();

    let page = rea.open(&hosts).await;
    page.must_say("db1 and db2");
    page.must_say("In order");
    assert_eq!(page.all_words_of("section[aria-labelledby=versions] a"), ["Version 2", "Version 1"]);
    let first = rea.open(&format!("{hosts}?version=1")).await;
    first.must_say("as Ada wrote it");
    assert!(first.has("main td code") && !first.says("db1 and db2"));
    let found = rea.open("/circles/orders/search?q=db2").await;
    assert_eq!(found.attributes("ol.rows a", "href"), [hosts]);
}

#[tokio::test]
async fn what_is_missing_or_old_is_shown_for_the_service_and_the_circle() {
    let (muster, lea, ada, rea) = team().await;
    rea.open("/circles/orders/documents").await.must_say("Missing or old: 8 documents of 1 service.");
    let refused = ada.writes("backups", &[("form", "link"), ("link", "javascript:alert(1)")], "save").await;
    assert_eq!(refused.status, 422);
    assert!(refused.problem("link").unwrap().contains("https://"));
    let link = [("form", "link"), ("link", "https://wiki.example.org/backups")];
    ada.writes("backups", &link, "save").await.see_other();
    ada.writes("ha-tests", &[("form", "unneeded"), ("reason", "It is one node.")], "save").await.see_other();

    let page = rea.open(SERVICE).await;
    page.must_say("Last restore test: never");
    let lead = "Missing or old: 7 documents of 1 service.";
    rea.open("/circles/orders/documents").await.must_say(lead);
    let backups = format!("{SERVICE}/documents/backups");
    let page = lea.open(&backups).await;
    assert!(page.has("a[href='https://wiki.example.org/backups'][rel='noopener noreferrer nofollow']"));
    let form = page.form("main form").fill("tried_on", "2126-01-01");
    let refused = lea.send(form).await;
    assert!(refused.problem("tried_on").unwrap().contains("still to come"));
    let today = crate::support::people::now().format("%Y-%m-%d").to_string();
    let form = refused.form("main form").fill("tried_on", &today);
    lea.submit(form).await.must_say("It is noted that this is still true.");
    rea.open(&backups).await.must_say("In order");

    let sql = "UPDATE document_checks SET checked_at = $2 WHERE kind = $1";
    muster
        .database
        .set_instant(sql, "backups", crate::support::people::now() - chrono::TimeDelta::days(200))
        .await;
    rea.open(&backups).await.must_say("Not checked for 200 days, at most 180");
}
