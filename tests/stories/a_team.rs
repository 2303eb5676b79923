//! From the first start of the program to who can go on call, without a script.

use crate::support::people::{local, now, test_form};
use crate::support::{Client, Form, Muster, PASSWORD, Page};
use chrono::TimeDelta;

#[tokio::test]
async fn a_team_is_set_up_sits_a_test_and_sees_who_is_ready() {
    let mut muster = Muster::start().await;

    let lea = sets_up_with_the_token_only(&mut muster).await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    takes_a_bank_twice(&lea).await;
    let test = makes_a_test_that_can_be_filled(&lea).await;
    let round = plans_a_round(&lea, &test).await;
    let attempt = starts_from_home(&ada, &round).await;
    answers_every_kind(&ada, &attempt).await;
    reports_a_question(&ada, &attempt).await;
    checks_and_hands_in(&ada, &attempt).await;
    the_leader_sees_who_is_ready(&lea, &round, &attempt).await;
}

async fn sets_up_with_the_token_only(muster: &mut Muster) -> Client {
    let token = muster.wait_for_line("Set-up token: ").await;
    let lea = Client::of(muster);
    lea.open("/").await.must_say("Set up my team");
    let page = lea.open("/set-up").await;
    let form =
        page.form("main form").fill("token", "guessed").fill("name", "Lea").fill("email", "lea@example.org");
    let form = form.fill("password", PASSWORD).fill("team", "Orders").fill("time_zone", "Europe/Rome");

    let refused = lea.send(form).await;

    assert_eq!(refused.status, 422);
    assert!(refused.problem("token").unwrap().contains("That is not the token printed in the console."));
    for (field, typed) in
        [("name", "Lea"), ("email", "lea@example.org"), ("team", "Orders"), ("time_zone", "Europe/Rome")]
    {
        assert_eq!(refused.value(field), typed);
    }
    assert!(!refused.body.contains(PASSWORD), "a password is never shown again");

    let form =
        refused.form("main form").fill("token", &token).fill("password", PASSWORD).fill("time_zone", "UTC");
    let home = lea.submit(form).await;

    assert_eq!(home.path, "/circles/orders");
    assert_eq!(lea.get("/set-up").await.status, 404);
    lea
}

async fn takes_a_bank_twice(lea: &Client) {
    lea.open("/circles/orders/services").await.must_say("Orders database");
    lea.takes_bank("orders-db").await.must_say("6 added, 0 changed, 0 unchanged, 0 outdated");
    lea.takes_bank("orders-db").await.must_say("0 added, 0 changed, 6 unchanged, 0 outdated");
}

async fn makes_a_test_that_can_be_filled(lea: &Client) -> String {
    let rows = [("orders-db", "process", 4), ("orders-db", "troubleshooting", 3)];
    let form = lea.drafts_test("On call", &rows).await;

    let short = lea.send(form.press("do", "check")).await;

    short.must_say("The bank cannot fill this test yet");
    short.must_say("Orders database, Process needs 4, 3 are ready.");

    let form = test_form(&short).fill("n-0", "3").press("do", "check");
    let checked = lea.send(form).await;
    checked.must_say("The bank can fill this test: 6 questions, 6 ready");

    let form = test_form(&checked).fill("cut", "60").fill("topic_cut", "50");
    let saved = lea.submit(form.press("do", "save")).await;
    saved.must_say("The test is saved.");
    saved.path.trim_end_matches("?done=saved").rsplit('/').next().unwrap().to_owned()
}

async fn plans_a_round(lea: &Client, test: &str) -> String {
    let page = lea.open(&format!("/circles/orders/plan-round?test={test}")).await;
    let form = page.form("main form").fill("name", "November").fill("test", test);
    let form = form.fill("opens_at", &local(now())).fill("closes_at", &local(now() - TimeDelta::days(1)));

    let refused = lea.send(form).await;

    assert_eq!(refused.status, 422);
    assert!(refused.problem("closes_at").unwrap().contains("The round must close after it opens."));
    assert_eq!(refused.value("name"), "November");

    let form = refused.form("main form").fill("closes_at", &local(now() + TimeDelta::hours(8)));
    let page = lea.submit(form.fill("show_answers", "at_hand_in")).await;
    page.must_say("The round is planned.");
    page.must_say("Not started");
    page.path.trim_end_matches("?done=planned").rsplit('/').next().unwrap().to_owned()
}

async fn starts_from_home(ada: &Client, round: &str) -> String {
    let home = ada.open("/").await;
    home.must_say("November");
    let start = ada.at(&format!("/rounds/{round}/start"));
    assert!(home.links().contains(&start), "{:?}", home.links());
    let page = ada.open(&start).await;
    page.must_say("30 minutes");
    page.must_say("60 % of the whole, 50 % of each topic, and every critical question right");

    let attempt = ada.starts(round).await;

    assert_eq!(ada.starts_again(round).await, format!("/attempts/{attempt}"));
    attempt
}

impl Client {
    /// The page that offered Start leads to what was started.
    async fn starts_again(&self, round: &str) -> String {
        let page = self.open(&self.at(&format!("/rounds/{round}/start"))).await;
        page.must_say("Go on where you were");
        page.attributes("main a.btn.primary", "href").remove(0)
    }
}

/// Goes through the questions with "Save and continue", answers each right,
/// and comes back to see what was kept.
async fn answers_every_kind(ada: &Client, attempt: &str) {
    let mut page = ada.open(&format!("/attempts/{attempt}")).await;
    let mut kinds = Vec::new();
    for n in 1..=6u16 {
        page.must_say(&format!("{n} of 6"));
        let kind = page.attributes(".question", "data-kind").remove(0);
        page = match kind.as_str() {
            "ordering" => orders_by_arrows(ada, page, n).await,
            _ => page,
        };
        let form = right(&page, n, &kind).fill(&format!("q{n}-confidence"), "certain");
        let form = if n == 2 { form.tick("q2-mark", "on") } else { form };
        let go = if n < 6 { "next" } else { "check" };
        page = ada.submit(form.press("go", go)).await;
        kinds.push(kind);
    }
    kinds.sort();
    assert_eq!(kinds, ["matching", "multiple", "numeric", "ordering", "short", "single"]);

    let check = page;
    check.must_say("Every question has an answer");
    check.must_say("⚑ Marked for review: 2");

    let six = ada.open(&format!("/attempts/{attempt}?q=6")).await;
    let five = ada.submit(six.form("#q").press("go", "back")).await;
    five.must_say("5 of 6");
    five.must_say("6 answered, 0 open, 1 marked");
}

/// Moves each step up until the four stand as they are written.
async fn orders_by_arrows(ada: &Client, mut page: Page, n: u16) -> Page {
    const RIGHT: [&str; 4] =
        ["Acknowledge the page", "Declare the incident", "Tell the stakeholders", "Write the review"];
    for (to, step) in RIGHT.into_iter().enumerate() {
        loop {
            let steps = page.all_words_of(".step > .prose");
            let places = page.attributes(".step", "data-step");
            let at = steps.iter().position(|text| text == step).unwrap();
            if at == to {
                break;
            }
            let up = format!("{n}:up:{}", places[at]);
            page = ada.submit(page.form("#q").press("move", &up)).await;
            assert_eq!(page.all_words_of(".step > .prose")[at - 1], step, "it moved by one");
        }
    }
    page
}

/// The form of question `n` with the right answer.
fn right(page: &Page, n: u16, kind: &str) -> Form {
    let form = page.form("#q");
    let value_of = |text: &str| {
        let choices = page.all("label.choice", |label| {
            let input = label.child_elements().next().unwrap();
            (crate::support::page::words(label), input.value().attr("value").unwrap_or_default().to_owned())
        });
        choices.iter().find(|(words, _)| words.starts_with(text)).unwrap().1.clone()
    };
    match kind {
        "single" => form.fill(&format!("q{n}-one"), &value_of("Declare an incident")),
        "multiple" => {
            let some = format!("q{n}-some");
            form.tick(&some, &value_of("A long query")).tick(&some, &value_of("Slow disks"))
        }
        "matching" => pairs(page, form, n),
        "numeric" => form.fill(&format!("q{n}-text"), "8675309"),
        "short" => form.fill(&format!("q{n}-text"), "canary-pattern-promote it"),
        _ => form,
    }
}

fn pairs(page: &Page, mut form: Form, n: u16) -> Form {
    let team = |alert: &str| match alert {
        "lag" => "Storage team",
        "502" => "Edge team",
        _ => "Cluster team",
    };
    for (row, alert) in page.all_words_of(".pairs tbody th").iter().enumerate() {
        let field = format!("q{n}-pair-{row}");
        let options = page.all(&format!("[name={field}] option"), |option| {
            (crate::support::page::words(option), option.value().attr("value").unwrap().to_owned())
        });
        let (_, value) = options.iter().find(|(words, _)| words.ends_with(team(alert))).unwrap();
        form = form.fill(&field, value);
    }
    form
}

async fn reports_a_question(ada: &Client, attempt: &str) {
    let page = ada.open(&format!("/attempts/{attempt}?q=3")).await;
    let form = page.form("#q").fill("q3-confidence", "guess");
    let page = ada.submit(form.press("go", "report-3")).await;
    assert_eq!(page.path, format!("/attempts/{attempt}/report/3"));

    let empty = ada.send(page.form("main form").fill("about", "documentation")).await;
    assert_eq!(empty.status, 422);
    assert!(empty.problem("note").is_some());
    assert_eq!(empty.form("main form").fields[0], ("about".to_owned(), "documentation".to_owned()));

    let back = ada.submit(empty.form("main form").fill("note", "No runbook says so.")).await;
    assert_eq!(back.path, format!("/attempts/{attempt}?q=3"));
    back.must_say("You reported this question.");
    assert_eq!(back.attributes("[name=q3-confidence][checked]", "value"), ["guess"], "saved on the way");
}

async fn checks_and_hands_in(ada: &Client, attempt: &str) {
    let page = ada.open(&format!("/attempts/{attempt}?all=1")).await;
    let five = page.form("#q").press("go", "5");
    let five = ada.submit(five).await;
    let kind = five.attributes("#q5", "data-kind").remove(0);
    assert_eq!(page.attributes("#q5", "data-kind").remove(0), kind);

    let result = ada.hands_in(attempt).await;

    assert_eq!(result.path, format!("/attempts/{attempt}/result"));
    result.must_say("Ready for process and troubleshooting of Orders database");
    result.must_say("canary-explanation-steps");
    ada.open("/").await.must_say("November");
    assert_eq!(
        ada.get(&format!("/attempts/{attempt}")).await.leads_to().unwrap(),
        format!("/attempts/{attempt}/result")
    );
}

async fn the_leader_sees_who_is_ready(lea: &Client, round: &str, attempt: &str) {
    let page = lea.open(&lea.at(&format!("/rounds/{round}"))).await;
    page.must_say("1 of 1 handed in");
    page.must_say("Passed");
    assert!(page.links().contains(&format!("/attempts/{attempt}/result")));

    let matrix = lea.open(&lea.at("/readiness")).await;
    matrix.must_say("Ada");
    let evidence = matrix.links().into_iter().find(|link| link.ends_with("/orders-db/process")).unwrap();
    lea.open(&evidence).await.must_say("reached 3 of 3; 50 % were needed");
}
