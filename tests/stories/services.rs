//! The page of a service: what somebody on call finds on it, and how a leader
//! writes it down.

use crate::support::{Client, Muster, Page};

const SERVICE: &str = "/circles/orders/services/orders-db";

/// Lea leads, Ada is an engineer, Rea reads; the bank of the orders database is
/// taken.
async fn team() -> (Muster, Client, Client, Client) {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let rea = lea.invites(&muster, "rea", "reader").await;
    lea.takes_bank("orders-db").await;
    (muster, lea, ada, rea)
}

impl Client {
    /// The form that changes the service.
    async fn edits(&self, fields: &[(&str, &str)]) -> Page {
        let page = self.open(&format!("{SERVICE}/edit")).await;
        let mut form = page.form("main form.form");
        for (name, value) in fields {
            form = form.fill(name, value);
        }
        self.send(form).await
    }
}

#[tokio::test]
async fn a_leader_writes_down_what_somebody_on_call_needs() {
    let (_muster, lea, ada, rea) = team().await;
    let adas_id = lea.id_of("ada").await;
    let bare = ada.open(SERVICE).await;
    bare.must_say("No escalation path is written down yet.");
    bare.must_say("are not written down yet");
    assert!(!bare.has("a[href$='/orders-db/edit']"), "only leaders change it");

    let refused = lea.edits(&[("name", ""), ("links", "nowhere <b>")]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.problem("name").as_deref(), Some("Error: Enter a name of 1 to 100 characters."));
    assert!(refused.problem("links").unwrap().contains("“nowhere <b>” does not end in an address"));
    assert_eq!(refused.value("links"), "nowhere <b>", "nothing typed is lost");
    let fields = [
        ("criticality", "critical"),
        ("accountable", adas_id.as_str()),
        ("sla", "- Respond within **15 minutes**\n\n<script>alert(1)</script>"),
        ("hours", "Round the clock"),
        ("callers", "The shift lead"),
        ("links", "Dashboards https://grafana.example.org\n"),
    ];
    lea.edits(&fields).await.see_other();

    let page = rea.open(SERVICE).await;
    for words in ["Critical", "Round the clock", "The shift lead", "Respond within 15 minutes", "Ada"] {
        page.must_say(words);
    }
    assert!(page.has("a[href='https://grafana.example.org']") && !page.has("main script"));
    assert_eq!(page.all_words_of("h1"), ["Orders database"]);
}

#[tokio::test]
async fn the_path_is_called_from_the_page() {
    let (_muster, lea, ada, _rea) = team().await;
    let adas_id = lea.id_of("ada").await;
    let page = lea.open(&format!("{SERVICE}/escalation")).await;
    let form = page.form("main form.form");
    let form = form.fill("name-1", "Data centre").fill("phone-1", "+39 06 1234 5678").fill("after-1", "20");
    let form = form.fill("person-2", &adas_id).fill("phone-2", "by mail").fill("after-2", "0");
    let refused = lea.send(form.clone().press("do", "save")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.problem("phone-2").unwrap().contains("a phone can dial"));
    assert_eq!(refused.value("name-1"), "Data centre");
    let longer = lea.send(form.clone().press("do", "more")).await;
    assert!(longer.has("[name=phone-4]") && !page.has("[name=phone-4]"));
    assert!(longer.problem("phone-2").is_none(), "nothing is wrong before it is saved");
    assert_eq!(longer.value("phone-2"), "by mail");

    let form = form.fill("phone-2", "0345 / 67").press("do", "save");
    assert_eq!(lea.send(form.clone()).await.see_other(), format!("{SERVICE}?done=escalation"));

    let page = ada.open(SERVICE).await;
    assert_eq!(page.attributes("a[href^='tel:']", "href"), ["tel:034567", "tel:+390612345678"]);
    let steps = page.all_words_of("section[aria-labelledby=whom] li");
    assert_eq!(steps[0], "Ada First Call Ada , 0345 / 67");
    assert_eq!(steps[1], "Data centre After 20 min without an answer Call Data centre , +39 06 1234 5678");
    let stale = lea.send(form).await;
    assert_eq!(stale.status, 422);
    stale.must_say("Somebody changed this service meanwhile.");
}

#[tokio::test]
async fn a_call_is_logged_with_who_took_it() {
    let (_muster, lea, ada, rea) = team().await;
    let calls = format!("{SERVICE}/calls");
    let page = ada.open(&calls).await;
    page.must_say("No calls yet");
    page.must_say("A call by phone cannot be refused");
    let empty = ada.send(page.form("main form.form")).await;
    assert_eq!(empty.status, 422);
    assert!(empty.problem("caller").is_some() && empty.problem("about").is_some());
    let form = empty.form("main form.form").fill("caller", "Shift lead").fill("about", "Orders stand still.");
    assert_eq!(ada.send(form).await.see_other(), format!("{calls}?done=logged"));

    let seen = rea.open(&calls).await;
    seen.must_say("Orders stand still.");
    assert_eq!(seen.all_words_of("tbody td[data-label='Taken by']"), ["Ada"]);
    assert!(!seen.has("main form"), "who reads logs nothing");
    lea.open(SERVICE).await.must_say("Shift lead, taken by Ada");
}
