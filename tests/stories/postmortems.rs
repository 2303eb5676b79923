//! A postmortem over HTTP, without a script: from a draft to a question.

use crate::support::{Client, Muster};

impl Client {
    /// Begins a postmortem; returns the path of its page.
    pub async fn begins_postmortem(&self, title: &str) -> String {
        let page = self.open(&self.at("/write-postmortem")).await;
        let page = self.send(page.form("main form.form").fill("title", title)).await;
        page.see_other().trim_end_matches("/edit").to_owned()
    }
}

#[tokio::test]
async fn a_postmortem_is_written_reviewed_and_becomes_a_question_that_rests_on_it() {
    let mut muster = Muster::start().await;
    let lou = muster.set_up().await;
    let ada = lou.invites(&muster, "ada", "engineer").await;
    lou.takes_bank("orders-db").await;

    let pm = ada.begins_postmortem("The pool of orders-db was empty").await;
    let page = ada.open(&format!("{pm}/edit")).await;
    let form = page.form("form#postmortem").fill("surprises", "A <b>full</b> pool looks like a slow disk.");
    let page = ada.submit(form.fill("symptoms", "Carts were slow.")).await;
    page.must_say("What it says is saved.");
    page.must_say("A <b>full</b> pool looks like a slow disk.");

    let moved = ada.submit(page.form("form:has([value=move])").press("move", "send")).await;
    moved.must_say("In review");
    let page = lou.open(&pm).await;
    let refused = lou.send(page.form("form:has([value=move])").press("move", "review")).await;
    assert_eq!(refused.status, 422);
    refused.must_say("Say who was at the review.");
    let people = page.form("form:has([value=people])");
    let everybody = people.offers("there");
    let people = everybody.iter().fold(people, |form, person| form.tick("there", person));
    lou.submit(people).await;
    let page = lou.open(&pm).await;
    let owner = page.form("form:has([value=action])").offers("owner").pop().unwrap();
    let action = page.form("form:has([value=action])").fill("title", "Show the pool on the dashboard");
    let page = lou.submit(action.fill("owner", &owner)).await;
    page.must_say("CA-1 Show the pool on the dashboard");
    let late = ada.open(&format!("{pm}/edit")).await.form("form#postmortem");
    let page = lou.submit(page.form("form:has([value=move])").press("move", "review")).await;
    page.must_say("Reviewed");
    let refused = ada.send(late.fill("impact", "Nobody could pay.")).await;
    assert_eq!(refused.status, 422, "reviewed while she wrote");
    refused.must_say("What you wrote was not kept");
    assert!(refused.all_words_of("textarea[readonly]").contains(&"Nobody could pay.".to_owned()));
    assert_eq!(ada.get(&format!("{pm}/edit")).await.status, 404);

    let file = ada.get(&format!("{pm}/postmortem.md")).await;
    assert!(file.body.contains("## What surprised us"), "{}", file.body);

    let page = lou.open(&lou.at("/write-question?from=postmortem:PM-1")).await;
    let form = page.form("main form.form").fill("id", "orders-db/troubleshooting/empty-pool");
    let page = lou.submit(form).await;
    page.must_say("empty-pool");
    let file = lou.get(&lou.at("/questions/orders-db/troubleshooting/empty-pool/question.md")).await;
    assert!(file.body.contains("sources = [\"postmortem:PM-1\"]"), "{}", file.body);
    lou.open(&pm).await.must_say("Questions that rest on it");
    assert!(!ada.open(&pm).await.says("Questions that rest on it"), "that would tell what is asked");
}

#[tokio::test]
async fn a_file_is_brought_in_once_and_its_ownerless_actions_are_told() {
    let mut muster = Muster::start().await;
    let lou = muster.set_up().await;
    let text = "# Mail was late\n\n## Timeline\n- 10:45 Down\n- 10:50 Up\n\n## Action items\n- Watch the queue\n- Tell them. Owner: @bo\n";
    let page = lou.open(&lou.at("/postmortems")).await;
    page.must_say("No postmortems yet");
    let form = page.form("form:has([name=words])").fill("words", text).fill("name", "2026-01-05-mail.md");

    let page = lou.submit(form).await;
    page.must_say("What was new is brought in as drafts.");
    page.must_say("PM-1 Mail was late");
    let page = lou.open(&lou.at("/postmortems/PM-1")).await;
    page.must_say("2 of them; 1 name no owner.");
    page.must_say("5 Jan 2026");
    let page = lou.submit(page.form("form:has([name=line])")).await;
    page.must_say("CA-1 Watch the queue");
    lou.open(&lou.at("/postmortems?q=queue")).await.must_say("Mail was late");
    lou.open(&lou.at("/postmortems?state=closed")).await.must_say("Nothing matches Closed");
}
