//! What a question rests on changes, over HTTP and without a script.

use crate::support::Muster;

#[tokio::test]
async fn a_question_is_written_with_its_faults_told_and_its_file_offered_back() {
    let mut muster = Muster::start().await;
    let lou = muster.set_up().await;
    lou.takes_bank("orders-db").await;
    let edit = lou.at("/questions/orders-db/process/what-first/edit");
    let page = lou.open(&edit).await;
    let text = page.value("text");

    let broken = format!("+++\nlevel = 9\n+++\n{text}");
    let refused = lou.send(page.form("form:has([name=text])").fill("text", &broken)).await;
    assert_eq!(refused.status, 422);
    refused.must_say("Line 2");
    assert_eq!(refused.value("text"), broken, "nothing that was typed is lost");

    let page = lou.submit(page.form("form:has([name=text])").fill("text", &text.replace('?', " now?"))).await;
    page.must_say("It is saved as a new version.");
    page.must_say("Take it back into the bank");
    let file = lou.get(&lou.at("/questions/orders-db/process/what-first/question.md")).await;
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"what-first.md\""));
    assert!(file.body.contains(" now?"));
}

#[tokio::test]
async fn a_changed_runbook_puts_its_questions_on_check_me_until_a_leader_confirms() {
    let mut muster = Muster::start().await;
    let lou = muster.set_up().await;
    lou.takes_bank("orders-db").await;
    let edit = lou.at("/questions/orders-db/process/what-first/edit");
    let text = "+++\nsources = [\"runbook:orders-db#monitoring\"]\n+++\nWhat first?\n\n- [x] Look\n- [ ] Wait\n- [ ] Ask\n";
    let page = lou.open(&edit).await;
    lou.submit(page.form("form:has([name=text])").fill("text", text)).await;
    for (n, says) in ["Look at the pool.", "Look at the disk."].into_iter().enumerate() {
        let path = lou.at("/services/orders-db/runbook/edit");
        let page = lou.open(&path).await;
        let runbook = format!("# Orders database\n\n## Monitoring\n\n{says}\n");
        let form = page.form("form:has([name=content])").fill("content", &runbook);
        let form = if n == 0 { form } else { form.fill("note", "The disk it is.") };
        lou.submit(form.press("do", "save")).await;
    }

    lou.open(&lou.at("/check-me")).await.must_say("What 1 question rests on has changed.");
    let page = lou.open(&lou.at("/questions/orders-db/process/what-first")).await;
    page.must_say("It asks to be checked");
    let page = lou.open(&edit).await;
    page.must_say("Removed: Look at the pool.");
    page.must_say("Added: Look at the disk.");
    let page = lou.submit(page.form("form:has([value=confirm])").press("do", "confirm")).await;
    page.must_say("It is confirmed");
    lou.open(&lou.at("/check-me")).await.must_say("No question asks to be checked");
}
