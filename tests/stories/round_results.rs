//! The results of a round over HTTP: the page, its files, and the release.

use std::collections::HashMap;
use std::fs;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::page::words;
use crate::support::people::now;
use crate::support::{Client, Muster, Page, muster};

/// Lea leads; Ada handed in with a typed answer that a spreadsheet would
/// compute, Bo with nothing.
struct Team {
    muster: Muster,
    lea: Client,
    ada: Client,
    round: String,
    attempt: String,
}

const HOSTILE: &str = "=cmd|' /C calc'!A0";

impl Team {
    async fn at_work() -> Team {
        let mut muster = Muster::start().await;
        let lea = muster.set_up().await;
        let ada = lea.invites(&muster, "ada", "engineer").await;
        let bo = lea.invites(&muster, "bo", "engineer").await;
        lea.takes_bank("orders-db").await;
        let test = lea.makes_test().await;
        let round = lea
            .plans_round_with(&test, |form| form.fill("show_score", "never").fill("show_answers", "never"))
            .await;
        let attempt = ada.starts(&round).await;
        let slot = ada.slot_of(&attempt, "short").await;
        ada.saves(&attempt, slot, 1, json!({ "typed": HOSTILE })).await;
        let slot = ada.slot_of(&attempt, "single").await;
        ada.saves(&attempt, slot, 1, json!({ "one": 0 })).await;
        ada.hands_in(&attempt).await;
        let bos = bo.starts(&round).await;
        bo.hands_in(&bos).await;
        Team { muster, lea, ada, round, attempt }
    }

    fn at(&self, rest: &str) -> String {
        self.lea.at(&format!("/rounds/{}{rest}", self.round))
    }

    /// As if it had closed a minute ago.
    async fn closes(&self) {
        let close = "UPDATE rounds SET closes_at = $2 WHERE id = $1";
        self.muster.database.set_instant(close, &self.round, now() - TimeDelta::minutes(1)).await;
    }
}

fn records(page: &Page) -> Vec<HashMap<String, String>> {
    assert_eq!(page.status, 200, "{}", page.body);
    let mut reader = csv::Reader::from_reader(page.body.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_leader_reads_what_a_round_came_to() {
    let team = Team::at_work().await;

    let round = team.lea.open(&team.at("")).await;
    assert!(round.links().contains(&team.at("/results")), "{:?}", round.links());
    let page = team.lea.open(&team.at("/results")).await;

    page.must_say("2 of 2 people have taken it so far");
    page.must_say("Not enough attempts yet (2 of 20)");
    assert_eq!(page.all_words_of("table.questions tbody tr").len(), 6);
    let names = page.all("section:has(#people) tbody th", words);
    assert_eq!(names, ["Ada", "Bo"]);
    for table in ["Scores", "Confidence", "Topics", "Questions"] {
        assert!(page.has(&format!("[role=region][aria-label={table}] caption")), "{table}");
    }
    assert!(
        page.all_words_of("details.meanings summary").len() >= 4,
        "definitions stand beside their figures"
    );

    let by_topic = team.lea.open(&team.at("/results?topic=orders-db%2Fprocess&order=test")).await;
    assert_eq!(by_topic.all_words_of("table.questions tbody tr").len(), 3);
    let unknown = team.lea.open(&team.at("/results?topic=nothing&attempts=last")).await;
    unknown.must_say("There is no such filter");
    let one = page
        .links()
        .into_iter()
        .find(|link| link.ends_with("/results/orders-db/process/what-first"))
        .unwrap();
    let one = team.lea.open(&one).await;
    one.must_say("Right");
    one.must_say("No earlier round of this circle asked it");
    assert_eq!(team.lea.get(&team.at("/results/orders-db/process/no-such")).await.status, 404);
}

#[tokio::test]
async fn muster_analyse_reads_the_file_and_says_the_figures_of_the_page() {
    let team = Team::at_work().await;
    let file = team.lea.get(&team.at("/responses.csv")).await;
    assert_eq!(file.status, 200);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("responses.csv"), &file.body).unwrap();

    let said = muster(folder.path()).args(["analyse", "responses.csv", "--json"]).output().unwrap();

    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((&said["attempts"], said["items"].as_array().unwrap().len()), (&json!(2), 6));
    let whole = team.lea.get(&team.at("/results.json")).await.json();
    agrees("test", &whole["test"], &said["test"]);
    let questions = whole["questions"].as_array().unwrap();
    for (item, question) in said["items"].as_array().unwrap().iter().zip(questions) {
        agrees(item["id"].as_str().unwrap(), question, item);
    }
    let page = team.lea.open(&team.at("/results?order=test")).await;
    let shown = page.all("table.questions tbody tr", |row| {
        let link = row.select(&scraper::Selector::parse("th a").unwrap()).next().unwrap();
        let facility = scraper::Selector::parse("td[data-label=Facility]").unwrap();
        let facility = words(row.select(&facility).next().unwrap());
        (link.value().attr("href").unwrap().to_owned(), facility)
    });
    assert_eq!(shown.len(), 6);
    for (link, facility) in shown {
        let item = questions.iter().find(|it| link.ends_with(it["question"].as_str().unwrap())).unwrap();
        let expected = format!("{:.0} %", item["facility"].as_f64().unwrap() * 100.0);
        assert_eq!(facility, expected, "{link}");
    }
}

/// The same figures but for the last digits: the file has points, the program
/// ten-thousandths.
fn agrees(what: &str, ours: &Value, theirs: &Value) {
    for (figure, expected) in theirs.as_object().unwrap() {
        match (ours[figure].as_f64(), expected.as_f64()) {
            (Some(figure_here), Some(expected)) => {
                assert!(
                    (figure_here - expected).abs() < 1e-12,
                    "{figure} of {what}: {figure_here}, {expected}"
                );
            }
            _ => assert_eq!(&ours[figure], expected, "{figure} of {what}"),
        }
    }
}

#[tokio::test]
async fn t41_the_files_hold_no_name_and_no_formula() {
    let team = Team::at_work().await;
    let file = team.lea.get(&team.at("/answers.csv")).await;
    let whole = team.lea.get(&team.at("/results.json")).await;
    let adas_id = team.lea.id_of("ada").await;

    for file in [&file, &whole, &team.lea.get(&team.at("/responses.csv")).await] {
        assert_eq!(file.header("cache-control"), Some("no-store"));
        assert!(file.header("content-disposition").unwrap().starts_with("attachment; filename=\""));
        for secret in ["Ada", "Bo", adas_id.as_str(), team.attempt.as_str()] {
            assert!(!file.body.contains(secret), "{secret} in {}", file.path);
        }
    }
    let rows = records(&file);
    assert_eq!(rows.len(), 12, "a line for each question of each attempt");
    let typed = rows.iter().find(|row| row["answered"] == "yes" && row["kind"] == "short").unwrap();
    assert_eq!(domain::spreadsheet::text_of(&typed["answer"]), HOSTILE);
    assert!(typed["answer"].starts_with('\''));
    assert!(typed["seconds"].parse::<i64>().unwrap() >= 0);
    let chosen = rows.iter().find(|row| row["answered"] == "yes" && row["kind"] == "single").unwrap();
    assert!((1..=9).contains(&chosen["answer"].parse::<i64>().unwrap()), "{chosen:?}");
    assert_eq!(rows.iter().filter(|row| row["answered"] == "no").count(), 10);
    assert_eq!(whole.json()["attempts"].as_array().unwrap().len(), 2);
    let unknown = team.lea.get(&team.at("/answers.csv?attempts=last")).await;
    assert_eq!(unknown.status, 422, "a file would not say what it left out");
}

#[tokio::test]
async fn a_release_shows_every_taker_score_and_answers_and_is_not_taken_back() {
    let team = Team::at_work().await;
    let result = format!("/attempts/{}/result", team.attempt);
    let refused = team.lea.post(&team.at("/results"), &[("do", "release")]).await;
    assert_eq!(refused.status, 422);
    refused.must_say("Results can be released when the round is closed");
    team.closes().await;
    let before = team.ada.open(&result).await;
    before.must_say("This round does not show the score before a leader releases the results");
    assert!(!before.has("details.panel"));

    let asks = team.lea.open(&team.at("/results?confirm=release")).await;
    asks.must_say("It cannot be taken back");
    let page = team.lea.submit(asks.form("main form").press("do", "release")).await;

    page.must_say("The results are released");
    assert!(!page.links().contains(&team.at("/results?confirm=release")));
    let after = team.ada.open(&result).await;
    after.must_say("Not yet");
    assert!(after.has("details.panel"), "the questions with what is right");
    let again = team.lea.post(&team.at("/results"), &[("do", "release")]).await;
    assert_eq!(again.status, 303, "a second click changes nothing");
    let audit = team.lea.open(&team.lea.at("/audit")).await;
    assert_eq!(audit.body.matches("released results").count(), 1);
    for path in ["/results", "/responses.csv", "/answers.csv", "/results.json"] {
        assert_eq!(team.ada.get(&team.at(path)).await.status, 404, "{path}: takers see their own");
    }
}

#[tokio::test]
async fn people_are_found_by_a_part_of_their_name_and_the_filters_stay() {
    let team = Team::at_work().await;
    team.closes().await;
    let names = |page: &Page| page.all_words_of("section[aria-labelledby=people] tbody th");

    let all = team.lea.open(&team.at("/results?attempts=all")).await;
    assert_eq!(names(&all).len(), 2);
    assert!(!all.has("section[aria-labelledby=people] [role=search]"), "two are seen at a glance");
    let one = team.lea.open(&team.at("/results?attempts=all&q=AD")).await;
    assert_eq!(names(&one).len(), 1);
    assert_eq!(one.attributes("section[aria-labelledby=people] input[type=hidden]", "name"), ["attempts"]);
    let none = team.lea.open(&team.at("/results?q=nobody")).await;
    none.must_say("holds “nobody”");
    let back = none.attributes("section[aria-labelledby=people] .empty a", "href");
    assert_eq!(back, [team.at("/results#people")]);
}
