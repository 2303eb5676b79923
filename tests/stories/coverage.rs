//! What a bank covers, what tests can ask of it, and who has met how much.

use crate::support::people::test_form;
use crate::support::{Client, Muster, Page};

const SERVICE: &str = "/circles/orders/services/orders-db";

/// A question of its own for each place, about which the bank says `front`.
fn shelve(muster: &Muster, place: &str, front: &str) {
    let text = format!(
        "+++\n{front}\n+++\nWhat about {place}?\n\n- [x] canary-right\n- [ ] This\n- [ ] That\n\n> canary-why.\n"
    );
    muster.shelve(&format!("orders-db/{place}.md"), &text);
}

/// Six questions of the stories' bank and four more: a draft, one reviewed
/// lately, one long ago, and one that the bank has lost since.
async fn a_bank_of_ten(muster: &mut Muster) -> Client {
    let lea = muster.set_up().await;
    shelve(muster, "process/draft", "state = \"draft\"");
    shelve(muster, "monitoring/lately", "level = 2\nreviewed = \"2999-01-01\"");
    shelve(muster, "monitoring/long-ago", "level = 2\nreviewed = \"2001-01-01\"");
    shelve(muster, "monitoring/lost", "level = 3");
    lea.takes_bank("orders-db").await;
    std::fs::remove_file(muster.shelf().join("orders-db/monitoring/lost.md")).unwrap();
    lea.takes_bank("orders-db").await.must_say("0 added, 0 changed, 9 unchanged, 1 outdated");
    lea
}

fn titles(page: &Page) -> Vec<String> {
    page.all_words_of(".rows a.cover")
}

#[tokio::test]
async fn every_number_of_the_coverage_leads_to_as_many_questions() {
    let mut muster = Muster::start().await;
    let lea = a_bank_of_ten(&mut muster).await;

    let page = lea.open(SERVICE).await;

    assert_eq!(
        page.all_words_of("main tbody tr"),
        [
            "Process 2 at level 1, Process 1 at level 2, Process 0 3 ready, Process 1 critical, Process \
             1 drafts, Process 3 never reviewed, Process",
            "Architecture 0 0 0 0",
            "Troubleshooting 2 at level 1, Troubleshooting 1 at level 2, Troubleshooting 0 \
             3 ready, Troubleshooting 3 never reviewed, Troubleshooting",
            "Monitoring 0 2 at level 2, Monitoring 0 2 ready, Monitoring 1 outdated, Monitoring \
             1 reviewed long ago, Monitoring",
            "All topics 4 at level 1, All topics 4 at level 2, All topics 0 8 ready, All topics \
             1 critical, All topics 1 drafts, All topics 1 outdated, All topics 6 never reviewed, All topics \
             1 reviewed long ago, All topics",
        ]
    );
    page.must_say("Of 8 ready questions: 6 never reviewed , 1 reviewed more than 180 days ago");
    let numbers = page.all("main td a, main p a[href*='reviewed=']", |link| {
        let words = crate::support::page::words(link);
        (words.split(' ').next().unwrap().to_owned(), link.value().attr("href").unwrap().to_owned())
    });
    assert!(numbers.len() > 20);
    for (n, address) in numbers {
        let list = lea.open(&address).await;
        assert_eq!(titles(&list).len().to_string(), n, "{address}");
        list.must_say(&format!("{n} of 10:"));
    }
}

#[tokio::test]
async fn a_bank_says_where_it_is_thin_and_which_tests_suffer_from_it() {
    let mut muster = Muster::start().await;
    let lea = a_bank_of_ten(&mut muster).await;
    lea.open(SERVICE).await.must_say("No test asks about this service yet.");
    let rows =
        [("orders-db", "process", 2), ("orders-db", "troubleshooting", 3), ("orders-db", "monitoring", 4)];
    let form = lea.drafts_test("Too long", &rows).await;
    lea.submit(form.press("do", "save")).await;

    let page = lea.open(SERVICE).await;

    page.must_say("Architecture no ready question");
    page.must_say("Monitoring 2 ready, a test asks about 5");
    assert_eq!(
        page.all_words_of("h3 + .checklist li"),
        [
            "Ready , Can ask Process: 2 questions, 3 are ready",
            "Ready , Can ask Troubleshooting: 3 questions, 3 are ready, so that every attempt asks the same",
            "Gap , Short by 2 Monitoring: 4 questions, 2 are ready",
        ]
    );
    let services = lea.open("/circles/orders/services").await;
    services.must_say("The bank of 1 is thin in places.");
    services.must_say("Architecture: no ready question; Troubleshooting: 3 ready, a test asks about 5");
}

#[tokio::test]
async fn a_filter_is_in_the_address_and_each_of_its_parts_can_be_taken_away() {
    let mut muster = Muster::start().await;
    let lea = a_bank_of_ten(&mut muster).await;

    let page =
        lea.open(&format!("{SERVICE}?view=questions&topic=monitoring&level=2&state=ready&q=lately")).await;

    assert_eq!(titles(&page), ["What about monitoring/lately?"]);
    let without = page.all(".cluster li a", |link| {
        (crate::support::page::words(link), link.value().attr("href").unwrap().to_owned())
    });
    let parts: Vec<&str> = without.iter().map(|(words, _)| words.as_str()).collect();
    assert_eq!(
        parts,
        ["Monitoring", "Level 2", "Ready", "“lately”"].map(|part| format!("Show also without: {part} ×"))
    );
    for ((_, address), n) in without.iter().zip([1, 1, 1, 2]) {
        assert_eq!(titles(&lea.open(address).await).len(), n, "{address}");
    }
    // What is filled in stays filled in.
    let form = page.form("form[role=search]");
    let sent = |name: &str| form.fields.iter().find(|(field, _)| field == name).unwrap().1.clone();
    assert_eq!(
        ["view", "topic", "level", "state", "q"].map(sent),
        ["questions", "monitoring", "2", "ready", "lately"]
    );

    for (query, words) in [
        ("topic=architecture", "No question matches"),
        ("reviewed=never&critical=yes&state=outdated", "No question matches"),
        ("view=questions&page=2", "The list ends before this page"),
        ("view=met", "Nobody takes tests yet"),
    ] {
        lea.open(&format!("{SERVICE}?{query}")).await.must_say(words);
    }
    let nonsense =
        lea.open(&format!("{SERVICE}?view=questions&level=9&state=lost&reviewed=x&topic=y&critical=z")).await;
    assert_eq!(titles(&nonsense).len(), 10, "what means nothing filters nothing");
}

#[tokio::test]
async fn the_editor_counts_the_draws_and_warns_of_a_row_that_asks_all_there_is() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.takes_bank("orders-db").await;
    let form =
        lea.drafts_test("On call", &[("orders-db", "process", 2), ("orders-db", "troubleshooting", 3)]).await;

    let checked = lea.send(form.press("do", "check")).await;

    assert_eq!(checked.status, 200);
    checked.must_say("3 ready. A retake has to repeat some of them.");
    checked.must_say("3 ready. Every attempt asks all 3: a retake has nothing new.");
    checked.must_say(
        "It can draw 3 different sets of questions. Two people who have not sat it before share about 4 of 5",
    );

    let form = test_form(&checked).fill("level-0", "2").fill("n-0", "2").fill("n-1", "1");
    let short = lea.send(form.press("do", "check")).await;
    short.must_say("1 ready: short by 1.");
    short.must_say("3 ready, enough for 2 retakes with new questions only.");
    assert!(!short.says("different sets"));

    let form = test_form(&short).fill("n-0", "1").fill("level-1", "2");
    let saved = lea.submit(form.press("do", "save")).await;
    saved.must_say("Every attempt asks the same questions.");
}

#[tokio::test]
async fn how_much_of_a_bank_people_have_met_is_for_leaders_and_for_each_of_them() {
    let mut muster = Muster::start().await;
    let lea = a_bank_of_ten(&mut muster).await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let bo = lea.invites(&muster, "bo", "engineer").await;
    let rea = lea.invites(&muster, "rea", "reader").await;
    let test = lea.makes_test().await;
    let round = lea.plans_round(&test).await;
    let what_first = "/circles/orders/questions/orders-db/process/what-first";
    lea.open(what_first).await.must_say("Drawn Never");

    bo.starts(&round).await;

    let page = lea.open(&format!("{SERVICE}?view=met")).await;
    assert_eq!(page.all_words_of("main tbody tr"), ["Ada 0 of 8 8", "Bo 6 of 8 2"]);
    lea.open(what_first).await.must_say("Drawn In 1 attempt");
    lea.open(&format!("{SERVICE}?view=met&q=BO")).await.must_say("6 of 8");
    lea.open(&format!("{SERVICE}?view=met&q=Zoe")).await.must_say("Nothing matches");
    bo.open(SERVICE).await.must_say("You have met 6 of its 8 ready questions in your tests.");
    ada.open(SERVICE).await.must_say("You have met none of its 8 ready questions in a test yet.");
    assert!(!rea.open(SERVICE).await.says("You have met"));

    for (who, query) in [&ada, &bo, &rea].into_iter().flat_map(|who| {
        ["", "?view=met", "?view=questions", "?topic=process", "?state=draft&q=canary"]
            .map(|query| (who, query))
    }) {
        let page = who.open(&format!("{SERVICE}{query}")).await;
        for hidden in ["canary", "What about", "Drafts", "Never reviewed", "6 of 8 2", "a test asks about"] {
            assert!(!page.body.contains(hidden), "{hidden} in {}", page.path);
        }
        assert!(!page.has("main tbody a") && !page.has(".tabs"), "{}", page.path);
    }
}
