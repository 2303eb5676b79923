//! An incident, from the pages that people use.

use crate::support::{Client, Form, Muster, Page};

impl Client {
    /// Opens an incident of severity 2 by hand; its page.
    pub async fn opens_incident(&self, title: &str, change: impl FnOnce(Form) -> Form) -> String {
        let page = self.open(&self.at("/open-incident")).await;
        let form = page.form("main form.form").fill("title", title).fill("severity", "2");
        let page = self.send(change(form)).await;
        page.see_other().split('?').next().unwrap().to_owned()
    }

    /// One of the forms on the page of an incident, by what it does.
    pub async fn does(&self, incident: &str, what: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.open(incident).await;
        let mut form = page.form(&format!("form:has(input[name=do][value={what}])"));
        for (name, value) in fields {
            form = form.fill(name, value);
        }
        self.send(form).await
    }

    /// One tap into another phase.
    pub async fn taps(&self, incident: &str, phase: &str) -> Page {
        let page = self.open(incident).await;
        self.send(page.form("form:has(button[name=to])").press("to", phase)).await
    }
}

/// Lea leads, Ada is an engineer, Rea reads.
async fn team() -> (Muster, Client, Client, Client) {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let rea = lea.invites(&muster, "rea", "reader").await;
    lea.takes_bank("orders-db").await;
    (muster, lea, ada, rea)
}

#[tokio::test]
async fn an_incident_is_worked_through_refuses_to_close_and_closes() {
    let (_muster, lea, ada, rea) = team().await;
    ada.open("/circles/orders/incidents").await.must_say("No incidents yet");
    let incident = ada
        .opens_incident("Checkout is slow", |form| {
            form.fill("service", "orders-db")
                .tick("business_affected", "on")
                .fill("impact", "Carts time out.")
        })
        .await;
    assert_eq!(incident, "/circles/orders/incidents/INC-1");
    let page = ada.open(&incident).await;
    for words in ["SEV 2", "Next update for stakeholders", "It is not resolved.", "Carts time out."] {
        page.must_say(words);
    }

    ada.taps(&incident, "acknowledged").await.see_other();
    ada.open(&incident).await.must_say("Ada");
    ada.does(&incident, "update", &[("update", "Carts are **slow**."), ("about", "detected")])
        .await
        .see_other();
    ada.does(&incident, "update", &[("update", "We raise the pool.")]).await.see_other();
    ada.does(&incident, "note", &[("note", "canary: Bo saw it first")]).await.see_other();
    let told = |kind: &'static str, words: &'static str| vec![("note", words), ("kind", kind)];
    for (kind, words) in [("action", "Raised the pool."), ("cause", "The pool was too small.")] {
        let page = ada.open(&incident).await;
        let mut form = page.form("form:has(input[name=do][value=note])").tick("told", "on");
        for (name, value) in told(kind, words) {
            form = form.fill(name, value);
        }
        ada.send(form).await.see_other();
    }
    ada.taps(&incident, "resolved").await.see_other();

    let refused = ada.does(&incident, "close", &[]).await;
    assert_eq!(refused.status, 422);
    for lack in ["no resolution notes", "Nobody has decided", "no update in the phase “Resolved”"] {
        refused.must_say(lack);
    }
    assert!(!refused.has("textarea[name=override_reason]"), "only a leader may");
    assert!(lea.open(&incident).await.has("textarea[name=override_reason]"));

    ada.does(&incident, "update", &[("update", "Carts are fast again.")]).await.see_other();
    ada.does(&incident, "explain", &[("resolution", "The pool has 40 places now.")]).await.see_other();
    let page = ada.does(&incident, "close", &[]).await;
    assert_eq!(page.status, 422, "the postmortem is not decided");
    let closed = lea.does(&incident, "close", &[("override_reason", "We talk about it on Monday.")]).await;
    closed.see_other();

    let page = rea.open(&incident).await;
    page.must_say("Closed");
    page.must_say("We talk about it on Monday.");
    assert!(!page.has("main form"), "nothing is left to do");
    let report = rea.get(&format!("{incident}/report.md")).await;
    for words in
        ["# INC-1 Checkout is slow", "Carts are **slow**.", "## Root causes", "The pool was too small."]
    {
        assert!(report.body.contains(words), "{}", report.body);
    }
    assert!(!report.body.contains("canary"));
    assert!(!rea.open(&format!("{incident}/report")).await.says("canary"));
}

#[tokio::test]
async fn what_is_typed_wrong_stands_beside_its_field_and_nothing_typed_is_lost() {
    let (_muster, _lea, ada, rea) = team().await;
    let page = ada.open("/circles/orders/open-incident").await;
    let page = ada
        .send(page.form("main form.form").fill("impact", "Carts <b>fail</b>").fill("detected_at", "soon"))
        .await;
    assert_eq!(page.status, 422);
    assert!(page.problem("detected_at").is_some());
    assert_eq!(page.value("impact"), "Carts <b>fail</b>");

    let incident = ada.opens_incident("Checkout is slow", |form| form).await;
    let refused = ada.does(&incident, "snooze", &[("minutes", "0"), ("reason", "")]).await;
    assert!(refused.problem("minutes").is_some() && refused.problem("reason").is_some());
    let refused = ada.does(&incident, "update", &[("update", " ")]).await;
    assert!(refused.problem("update").is_some());
    ada.does(&incident, "snooze", &[("minutes", "45"), ("reason", "They sleep")]).await.see_other();
    ada.open(&incident).await.must_say("They sleep");
    assert_eq!(rea.get("/circles/orders/open-incident").await.status, 404);
    let tried = rea.post(&incident, &[("do", "phase"), ("to", "resolved")]).await;
    assert_eq!(tried.status, 404);
}

#[tokio::test]
async fn who_writes_while_somebody_closes_has_the_words_back_and_what_is_sent_twice_opens_once() {
    let (_muster, lea, ada, _rea) = team().await;
    let form = ada.open("/circles/orders/open-incident").await.form("main form.form");
    let form = form.fill("title", "Checkout is slow").fill("severity", "2");
    let (one, other) = tokio::join!(ada.send(form.clone()), ada.send(form.clone()));
    let incident = one.see_other().split('?').next().unwrap().to_owned();
    assert_eq!(other.see_other(), one.see_other());
    let another = ada.send(form.fill("title", "Search is slow")).await;
    assert_ne!(another.see_other(), one.see_other(), "changed before it is sent again, it is another");

    let late = ada.open(&incident).await.form("form:has(input[name=do][value=update])");
    ada.taps(&incident, "resolved").await.see_other();
    lea.does(&incident, "close", &[("override_reason", "A test.")]).await.see_other();
    let refused = ada.send(late.fill("update", "Carts <b>work</b>.")).await;

    assert_eq!(refused.status, 422);
    refused.must_say("INC-1 is closed.");
    refused.must_say("What you wrote was not kept");
    assert_eq!(refused.all_words_of("textarea[readonly]"), ["Carts <b>work</b>."]);
    assert!(!ada.open(&incident).await.has("textarea[readonly]"));
}

#[tokio::test]
async fn a_list_is_filtered_by_its_address_and_drills_stay_out_of_its_figures() {
    let (_muster, lea, ada, _rea) = team().await;
    ada.opens_incident("Checkout is slow", |form| form.fill("service", "orders-db")).await;
    ada.opens_incident("Game day", |form| form.tick("is_drill", "on")).await;

    let page = lea.open("/circles/orders/incidents").await;
    page.must_say("1 runs now.");
    page.must_say("Game day");
    let drills = lea.open("/circles/orders/incidents?drill=yes&state=running").await;
    assert!(drills.says("Game day") && !drills.says("Checkout is slow"));
    let none = lea.open("/circles/orders/incidents?q=nowhere&state=lost").await;
    none.must_say("Nothing matches");
    none.must_say("There is no such filter: state “lost”.");
    let found = lea.open("/circles/orders/incidents?q=inc-2").await;
    assert!(found.says("Game day") && !found.says("Checkout is slow"));
}

#[tokio::test]
async fn a_leader_says_what_each_severity_means_and_how_often_it_is_told() {
    let (_muster, lea, ada, _rea) = team().await;
    let incident = ada.opens_incident("Checkout is slow", |form| form).await;
    let page = lea.open("/circles/orders/incident-severities").await;
    let refused = lea.send(page.form("main form.form").fill("minutes-2", "1")).await;
    assert!(refused.problem("minutes-2").is_some());
    let form = page.form("main form.form").fill("minutes-2", "").fill("meaning-2", "Carts fail");
    lea.send(form).await.see_other();

    assert!(!ada.open(&incident).await.says("Next update for stakeholders"), "no clock runs");
    ada.open("/circles/orders/open-incident").await.must_say("Carts fail");
}

#[tokio::test]
async fn what_was_told_by_mistake_is_taken_out_of_the_report_and_an_owed_postmortem_is_shown() {
    let (_muster, lea, ada, rea) = team().await;
    let incident = ada.opens_incident("Checkout is slow", |form| form.fill("service", "orders-db")).await;
    ada.does(&incident, "update", &[("update", "The password is hunter2.")]).await.see_other();
    let report = format!("{incident}/report");
    rea.open(&report).await.must_say("hunter2");
    assert!(!rea.open(&incident).await.has("input[value=withdraw]"), "who reads changes nothing");

    let refused = ada.does(&incident, "withdraw", &[("because", " ")]).await;
    assert_eq!(refused.status, 422);
    refused.must_say("Say it in a sentence.");
    ada.does(&incident, "withdraw", &[("because", "It names a secret.")]).await.see_other();
    assert!(!rea.open(&report).await.says("hunter2"));
    rea.open(&incident).await.must_say("Taken out of the report, because: It names a secret.");

    let triggers = ada.open("/circles/orders/postmortem-triggers?incident=INC-1").await;
    let mut form = triggers.form("main form.form");
    for trigger in domain::postmortem::Trigger::ALL {
        form = form.fill(trigger.as_str(), "yes");
    }
    let stale = triggers.form("main form.form");
    ada.send(form).await.see_other();
    assert_eq!(lea.send(stale).await.status, 422, "somebody has decided since");
    ada.open(&incident).await.must_say("Write it");
    lea.open("/circles/orders").await.must_say("1 postmortem was decided and is not begun");
    let owed = lea.open("/circles/orders/postmortems").await;
    owed.must_say("Decided, and not begun");
    assert!(owed.has("a[href$='/write-postmortem?incident=INC-1']"));

    for asked in ["INC-1", "inc 1"] {
        let found = rea.open(&format!("/circles/orders/search?q={asked}")).await;
        assert!(found.all_words_of("ol.rows li")[0].starts_with("INC-1 Checkout is slow"), "{asked}");
    }
}
