//! Disputes over HTTP: from an objection to marks that are made anew, and what
//! the one who objected sees of it.

use serde_json::json;

use crate::support::{Client, Form, Muster, Page};

/// Lea leads, Ada and Bo sit a round that shows everything at hand-in.
struct Team {
    muster: Muster,
    lea: Client,
    ada: Client,
    bo: Client,
    round: String,
}

impl Team {
    async fn at_work(shows: &str) -> Team {
        let mut muster = Muster::start().await;
        let lea = muster.set_up().await;
        let ada = lea.invites(&muster, "ada", "engineer").await;
        let bo = lea.invites(&muster, "bo", "engineer").await;
        lea.takes_bank("orders-db").await;
        let test = lea.makes_test().await;
        let change = |form: Form| form.fill("show_score", "at_hand_in").fill("show_answers", shows);
        let round = lea.plans_round_with(&test, change).await;
        Team { muster, lea, ada, bo, round }
    }
}

impl Client {
    /// Starts a round and answers the question that wants a text; the attempt
    /// and the number of that question.
    async fn types(&self, round: &str, text: &str) -> (String, u16) {
        let attempt = self.starts(round).await;
        let n = self.slot_of(&attempt, "short").await;
        assert_eq!(self.saves(&attempt, n, 1, json!({ "typed": text })).await.status, 200);
        (attempt, n)
    }

    async fn objects(&self, attempt: &str, n: u16, note: &str) -> Page {
        let page = self.open(&format!("/attempts/{attempt}/report/{n}")).await;
        self.send(page.form("main form").fill("about", "question").fill("note", note)).await
    }

    async fn result(&self, attempt: &str) -> Page {
        self.open(&format!("/attempts/{attempt}/result")).await
    }

    /// The page of the one disputed question.
    async fn disputed(&self) -> Page {
        let page = self.open("/circles/orders/disputes?state=open").await;
        let href = page.attributes("tbody th a", "href").remove(0);
        self.open(&href).await
    }
}

fn decision(page: &Page) -> Form {
    page.form("form:has([name=ruling])")
}

#[tokio::test]
async fn an_objection_leads_to_another_right_answer_and_the_taker_sees_why() {
    let team = Team::at_work("at_hand_in").await;
    team.lea.open("/circles/orders/disputes").await.must_say("Nobody has objected to a question");
    let (attempt, n) = team.ada.types(&team.round, "pg_ctl promote").await;
    let page = team.ada.objects(&attempt, n, "pg_ctl <b>promotes</b>, too").await;
    assert_eq!(page.see_other(), format!("/attempts/{attempt}?q={n}"));
    team.ada.hands_in(&attempt).await;
    let page = team.ada.result(&attempt).await;
    page.must_say("Your objections");
    page.must_say("pg_ctl <b>promotes</b>, too");
    page.must_say("Open");

    team.lea.open("/circles/orders").await.must_say("1 question that takers objected to");
    let page = team.lea.disputed().await;
    page.must_say("1 report waits for a decision.");
    page.must_say("pg_ctl <b>promotes</b>, too");
    page.must_say("canary-explanation-command");
    page.must_say("pg_ctl promote");
    assert!(!page.says("Ada"), "a report has no name");
    let refused = team.lea.send(decision(&page).fill("ruling", "accept").press("do", "preview")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.problem("lines").is_some() && refused.problem("because").is_some());

    let form =
        decision(&refused).fill("lines", "pg_ctl promote*").fill("because", "Both are in the runbook.");
    let preview = team.lea.send(form.press("do", "preview")).await;
    assert_eq!(preview.status, 200);
    preview.must_say("Nothing is changed yet");
    preview.must_say("1 mark changes.");
    preview.must_say("0 of 1 → 1 of 1");
    preview.must_say("Ada");
    team.ada.result(&attempt).await.must_say("Open");

    // Somebody hands the same answer in between, and that is said.
    let (bos, _) = team.bo.types(&team.round, "pg_ctl promote -D /data").await;
    team.bo.hands_in(&bos).await;
    let stale = team.lea.send(preview.form("form:has([name=fingerprint])").press("do", "apply")).await;
    assert_eq!(stale.status, 422);
    stale.must_say("Nothing was applied.");
    stale.must_say("2 marks change.");
    let back = team.lea.send(stale.form("form:has([name=fingerprint])").press("do", "change")).await;
    assert_eq!((back.status, back.value("lines").as_str()), (200, "pg_ctl promote*"));
    let done = team.lea.submit(stale.form("form:has([name=fingerprint])").press("do", "apply")).await;
    done.must_say("The decision is applied.");
    done.must_say("Another answer accepted");
    done.must_say("2 marks changed");

    let page = team.ada.result(&attempt).await;
    page.must_say("This result was changed after a dispute");
    page.must_say("Because: Both are in the runbook. Your mark went from “0 of 1” to “1 of 1”.");
    let page = team.bo.result(&bos).await;
    page.must_say("This result was changed after a dispute");
    assert!(!page.says("Your objections"));
    team.lea.open("/circles/orders/audit").await.must_say("decided about a disputed question");
    team.lea.open("/circles/orders/disputes?state=open").await.must_say("Nothing matches Open");
    assert!(!team.lea.open("/circles/orders").await.says("that takers objected to"));

    // Afterwards a taker objects again, from the page of the result.
    let again = team.bo.objects(&bos, n, "And pg_promote()?").await;
    assert_eq!(again.see_other(), format!("/attempts/{bos}/result#objections"));
    team.lea.open("/circles/orders/disputes").await.must_say("1 question waits for a decision.");
    assert!(!team.muster.log().contains("\"ERROR\""), "{}", team.muster.log());
}

#[tokio::test]
async fn an_action_is_made_of_a_decision() {
    let team = Team::at_work("at_hand_in").await;
    let (attempt, n) = team.ada.types(&team.round, "none").await;
    team.ada.objects(&attempt, n, "Nobody wrote that down.").await;
    let page = team.lea.disputed().await;
    let form =
        decision(&page).fill("ruling", "fix_document").fill("because", "The runbook has no word on it.");
    let preview = team.lea.send(form.press("do", "preview")).await;
    preview.must_say("Nobody’s mark changes");
    let done = team.lea.submit(preview.form("form:has([name=fingerprint])").press("do", "apply")).await;

    let make = done.attributes("a[href*=make-action]", "href").remove(0);
    let page = team.lea.open(&make).await;
    assert_eq!(page.value("title"), "Document what command asks");
    assert_eq!(page.value("questions"), "orders-db/troubleshooting/command");
    let form = page.form("main form").fill("how", "preventive").fill("severity", "3");
    let page = team.lea.submit(form).await;

    page.must_say("A dispute");
    let origin = page.attributes("dd a[href*=disputes]", "href").remove(0);
    team.lea.open(&origin).await.must_say("Kept, documentation at fault");
}

#[tokio::test]
async fn nothing_of_a_decision_is_told_before_the_answers_may_be_seen() {
    let team = Team::at_work("never").await;
    let (attempt, n) = team.ada.types(&team.round, "pg_ctl promote").await;
    team.ada.objects(&attempt, n, "It is right.").await;
    team.ada.hands_in(&attempt).await;
    let page = team.lea.disputed().await;
    let form = decision(&page).fill("ruling", "accept").fill("lines", "canary-pg_ctl*\npg_ctl*");
    let form = form.fill("because", "canary-reason: pg_ctl does it.");
    let preview = team.lea.send(form.press("do", "preview")).await;
    team.lea.submit(preview.form("form:has([name=fingerprint])").press("do", "apply")).await;

    let page = team.ada.result(&attempt).await;

    page.must_say("You can read it once the answers are shown.");
    assert!(!page.body.contains("canary"), "{}", page.text());
    for path in ["/circles/orders/disputes", &format!("/attempts/{attempt}/report/{n}")] {
        assert!(!team.ada.get(path).await.body.contains("canary"), "{path}");
    }
}
