//! What is right never reaches a taker before it may be reviewed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chrono::TimeDelta;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::support::people::now;
use crate::support::{Client, Muster, Page, banks};

#[tokio::test]
async fn t16_no_right_answer_reaches_a_taker_before_it_may_be_reviewed() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let canaries = canaries();
    assert!(canaries.len() > 20, "{canaries:?}");

    let mut seen = crawl(&Client::of(&muster)).await;
    seen.extend(crawl(&ada).await);
    let attempt = ada.starts(&round).await;
    seen.extend(crawl(&ada).await);
    answer_wrongly(&ada, &attempt, &mut seen).await;
    seen.extend(knock_everywhere(&ada, &attempt, &round).await);
    ada.hands_in(&attempt).await;
    seen.extend(crawl(&ada).await);

    assert!(
        seen.len() > 30,
        "the crawl is short: {:?}",
        seen.iter().map(|page| &page.path).collect::<Vec<_>>()
    );
    for page in &seen {
        let leaked = leaks(page, &canaries);
        assert_eq!(leaked, Vec::<&String>::new(), "{} {}", page.status, page.path);
    }

    // The same eyes see all of it once the round has closed.
    let close = "UPDATE rounds SET closes_at = $2 WHERE id = $1";
    muster.database.set_instant(close, &round, now() - TimeDelta::minutes(1)).await;
    let after = crawl(&ada).await;
    for canary in &canaries {
        assert!(
            after.iter().any(|page| !leaks(page, std::slice::from_ref(canary)).is_empty()),
            "{canary} is nowhere"
        );
    }
}

#[tokio::test]
async fn t16_the_markup_of_a_question_does_not_tell_right_from_wrong() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;

    let page = ada.open(&format!("/attempts/{attempt}?all=1")).await;

    for (kind, n_choices) in [("single", 3), ("multiple", 4)] {
        let choices =
            page.all(&format!("[data-kind={kind}] label.choice:has(.prose)"), |choice| choice.html());
        assert_eq!(choices.len(), n_choices);
        let shapes: BTreeSet<String> =
            choices.iter().enumerate().map(|(place, html)| shape(html, place)).collect();
        assert_eq!(shapes.len(), 1, "choices of {kind} look different: {shapes:?}");
    }
    // Steps and right-hand sides are numbered as they are shown, not as they are written.
    assert_eq!(page.attributes(".step", "data-step"), ["0", "1", "2", "3"]);
    for row in 0..3 {
        let options = page.attributes(&format!("[name$='-pair-{row}'] option"), "value");
        assert_eq!(options, ["", "0", "1", "2"]);
    }
}

#[tokio::test]
async fn t18_a_save_says_the_same_for_a_right_and_a_wrong_answer() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let answers = right_and_wrong(&ada, &attempt).await;

    let mut replies = BTreeSet::new();
    for turn in 0..200usize {
        let (slot, right, wrong) = &answers[turn % answers.len()];
        for (sequence, answer) in [(1000 + 2 * turn as i64, right), (1001 + 2 * turn as i64, wrong)] {
            let page = ada.saves(&attempt, *slot, sequence, answer.clone()).await;
            assert_eq!(page.json()["ack_seq"], sequence);
            replies.insert(without_times(&page, &[&format!("\"ack_seq\":{sequence}")]));
        }
    }
    assert_eq!(replies.len(), 1, "{replies:#?}");

    // A form leads on, whatever was in it.
    let mut replies = BTreeSet::new();
    let (slot, right, wrong) = &answers[0];
    for typed in [right, wrong].repeat(5) {
        let page = ada.open(&format!("/attempts/{attempt}?q={slot}")).await;
        let form = page.form("#q").fill(&format!("q{slot}-text"), typed["typed"].as_str().unwrap());
        let page = ada.send(form.press("go", "check")).await;
        assert_eq!(page.status, 303);
        replies.insert(without_times(&page, &[]));
    }
    assert_eq!(replies.len(), 1, "{replies:#?}");
}

#[tokio::test]
async fn t18_a_save_reads_no_key() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let answers = right_and_wrong(&ada, &attempt).await;

    // No question can be read any more, and nothing is remembered of any.
    muster.kill();
    for table in ["UPDATE questions SET text = $1", "UPDATE question_versions SET text = $1"] {
        muster.database.run(table, "+++ no question").await;
    }
    muster.start_again().await;

    assert_eq!(ada.get(&format!("/attempts/{attempt}")).await.status, 500, "a page reads questions");
    for (slot, right, wrong) in &answers {
        for (sequence, answer) in [(1, right), (2, wrong)] {
            let saved = ada.saves(&attempt, *slot, sequence, answer.clone()).await.json();
            assert_eq!(saved["ack_seq"], sequence);
        }
    }
}

/// For a question of each kind that is chosen or typed: its slot, the right
/// answer, and a wrong one.
async fn right_and_wrong(ada: &Client, attempt: &str) -> [(u16, Value, Value); 4] {
    let page = ada.open(&format!("/attempts/{attempt}?all=1")).await;
    let places = |kind: &str, right: &[&str]| -> (Vec<usize>, Vec<usize>) {
        let choices = page.all_words_of(&format!("[data-kind={kind}] label.choice:has(.prose)"));
        let is_right = |place: &usize| right.iter().any(|words| choices[*place].contains(words));
        let (right_places, wrong_places): (Vec<usize>, Vec<usize>) = (0..choices.len()).partition(is_right);
        assert_eq!(right_places.len(), right.len(), "{choices:?}");
        (right_places, wrong_places)
    };
    let (one, others) = places("single", &["Declare an incident"]);
    let (several, rest) = places("multiple", &["long query", "Slow disks"]);
    let slot = async |kind| ada.slot_of(attempt, kind).await;
    [
        (slot("numeric").await, json!({ "typed": "8675309" }), json!({ "typed": "8675319" })),
        (slot("short").await, json!({ "typed": "promote now" }), json!({ "typed": "promote not" })),
        (slot("single").await, json!({ "one": one[0] }), json!({ "one": others[0] })),
        (slot("multiple").await, json!({ "several": several }), json!({ "several": rest })),
    ]
}

/// All bytes of an answer but those that count, which are named, and the clock.
fn without_times(page: &Page, counts: &[&str]) -> String {
    let mut body = page.body.clone();
    assert_eq!(page.header("content-length"), Some(body.len().to_string().as_str()));
    if let Ok(reply) = serde_json::from_str::<Value>(&body) {
        body = body.replace(&reply["server_now"].to_string(), "now");
    }
    for count in counts {
        body = body.replace(count, &"n".repeat(count.len()));
    }
    let headers = page
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "content-length"].contains(&name.as_str()));
    let mut headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    format!("{} {headers:?} {body}", page.status)
}

/// Everything in the bank that only a key, a feedback, an explanation or a
/// source holds.
fn canaries() -> Vec<String> {
    let mut found = vec!["8675309".to_owned(), "promote now".to_owned()];
    for topic in ["process", "troubleshooting"] {
        for file in fs::read_dir(banks().join("orders-db").join(topic)).unwrap().map(Result::unwrap) {
            let text = String::from_utf8_lossy(&fs::read(file.path()).unwrap()).into_owned();
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
            found.extend(words.filter(|word| word.to_lowercase().starts_with("canary")).map(str::to_owned));
        }
    }
    found
}

/// What stands in the answer that must not, headers and all.
fn leaks<'c>(page: &Page, canaries: &'c [String]) -> Vec<&'c String> {
    let whole = format!("{:?}\n{}", page.headers, page.body).to_lowercase();
    canaries.iter().filter(|canary| whole.contains(&canary.to_lowercase())).collect()
}

/// Every page and file that links lead to from the home page.
async fn crawl(client: &Client) -> Vec<Page> {
    let base: Url = "http://here/".parse().unwrap();
    let mut waiting = vec!["/".to_owned()];
    let mut seen: BTreeMap<String, Page> = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        if seen.contains_key(&path) {
            continue;
        }
        let page = client.get(&path).await;
        let here = base.join(&path).unwrap();
        let next = page.links().into_iter().chain(page.leads_to()).filter_map(|link| here.join(&link).ok());
        let ours = next.filter(|url| url.host_str() == base.host_str());
        waiting.extend(ours.map(|url| match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }));
        seen.insert(path, page);
        assert!(seen.len() < 500, "the crawl does not end");
    }
    seen.into_values().collect()
}

/// Answers each question with a form, and once more as the island does.
async fn answer_wrongly(ada: &Client, attempt: &str, seen: &mut Vec<Page>) {
    for n in 1..=6u16 {
        let page = ada.open(&format!("/attempts/{attempt}?q={n}")).await;
        let kind = page.attributes(".question", "data-kind").remove(0);
        let form = page.form("#q");
        let (form, answer) = match kind.as_str() {
            "single" => (form.fill(&format!("q{n}-one"), "1"), json!({ "one": 0 })),
            "multiple" => (form.tick(&format!("q{n}-some"), "1"), json!({ "several": [0, 1, 2, 3] })),
            "ordering" => (form.fill(&format!("q{n}-position-0"), "2"), json!({ "order": [3, 2, 1, 0] })),
            "matching" => (form.fill(&format!("q{n}-pair-0"), "1"), json!({ "pairs": [0, 0, null] })),
            _ => (form.fill(&format!("q{n}-text"), "42"), json!({ "typed": "43" })),
        };
        seen.push(ada.submit(form.press("go", "check")).await);
        seen.push(ada.saves(attempt, n, 7, answer).await);
        seen.push(ada.saves(attempt, n, 8, json!({ "typed": 1 })).await);
        seen.push(ada.saves(attempt, n, 9, json!({ "several": [250] })).await);
    }
}

/// What no link leads to, and what is refused.
async fn knock_everywhere(ada: &Client, attempt: &str, round: &str) -> Vec<Page> {
    let mut paths = vec![
        format!("/attempts/{attempt}/result"),
        format!("/attempts/{attempt}?all=1"),
        format!("/attempts/{attempt}?q=99999"),
        "/circles/orders/services/orders-db".to_owned(),
        "/circles/orders/tests/new".to_owned(),
        format!("/circles/orders/rounds/{round}"),
        "/circles/orders/audit".to_owned(),
        "/nowhere".to_owned(),
        "/api/v1/attempts/state".to_owned(),
    ];
    for slug in [
        "process/what-first",
        "process/steps",
        "process/owners",
        "troubleshooting/replay",
        "troubleshooting/command",
    ] {
        paths.push(format!("/circles/orders/questions/orders-db/{slug}"));
    }
    let mut seen = Vec::new();
    for path in paths {
        seen.push(ada.get(&path).await);
        seen.push(ada.post(&path, &[("do", "take"), ("note", "")]).await);
    }
    for n in 1..=6 {
        seen.push(ada.get(&format!("/attempts/{attempt}?q={n}")).await);
        seen.push(ada.get(&format!("/attempts/{attempt}/report/{n}")).await);
        seen.push(ada.post(&format!("/attempts/{attempt}/report/{n}"), &[("about", "question")]).await);
    }
    let state = json!({ "attempt": attempt });
    seen.push(ada.call("/api/v1/attempts/state", &state).await);
    seen.push(ada.call("/api/v1/attempts/state", &json!({})).await);
    let request = ada.request(Method::PUT, &format!("/attempts/{attempt}"));
    seen.push(Page::read("PUT", request.send().await.unwrap()).await.unwrap());
    seen
}

/// The markup of a choice without its text and its place.
fn shape(html: &str, place: usize) -> String {
    let mut shape = String::new();
    let mut is_tag = false;
    for letter in html.chars() {
        is_tag = is_tag || letter == '<';
        if is_tag {
            shape.push(letter);
        }
        is_tag = is_tag && letter != '>';
    }
    shape.replace(&format!("value=\"{place}\""), "value")
}
