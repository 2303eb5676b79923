//! A review over HTTP: without a script, live on two nodes, and through the
//! death of the server.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::{Method, Response};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::people::now;
use crate::support::{Client, Muster, Page, until};

/// Lea leads; Ada and Bo were in the round; Eve was not.
struct Team {
    muster: Muster,
    lea: Client,
    ada: Client,
    bo: Client,
    eve: Client,
    /// The path of the review that opened by itself.
    review: String,
}

impl Team {
    async fn over() -> Team {
        let mut muster = Muster::start().await;
        let lea = muster.set_up().await;
        let ada = lea.invites(&muster, "ada", "engineer").await;
        let bo = lea.invites(&muster, "bo", "engineer").await;
        let round = lea.prepares_round().await;
        for taker in [&ada, &bo] {
            let attempt = taker.starts(&round).await;
            taker.saves(&attempt, 1, 1, json!("do_not_know")).await;
            taker.hands_in(&attempt).await;
        }
        let eve = lea.invites(&muster, "eve", "engineer").await;
        let close = "UPDATE rounds SET closes_at = $2 WHERE id = $1";
        muster.database.set_instant(close, &round, now() - TimeDelta::seconds(1)).await;
        let review = until("the review opens by itself", Duration::from_secs(20), async || {
            let links = lea.open("/circles/orders/reviews").await.attributes("main table a", "href");
            links.first().cloned()
        })
        .await;
        Team { muster, lea, ada, bo, eve, review }
    }

    async fn begun() -> Team {
        let team = Team::over().await;
        team.does(&team.lea, &[("do", "start")]).await;
        team
    }

    /// Sends a form of the review's page that is taken; the page it leads to.
    async fn does(&self, who: &Client, fields: &[(&str, &str)]) -> Page {
        let page = who.post(&self.review, fields).await;
        who.open(&page.see_other()).await
    }

    /// The ids of the items, in the order of the agenda.
    async fn items(&self) -> Vec<String> {
        self.lea.open(&self.review).await.attributes("ol.agenda input[name=item]", "value")
    }
}

#[tokio::test]
async fn what_is_sent_again_after_a_lost_answer_is_in_the_review_once() {
    let team = Team::begun().await;
    let page = team.lea.open(&team.review).await;
    let keys = page.attributes("form:has([name=title]) input[name=key]", "value");
    let (item, owner) = (team.items().await.remove(0), team.lea.id_of("bo").await);
    let action = [
        ("do", "action"),
        ("item", item.as_str()),
        ("key", keys[0].as_str()),
        ("title", "Say whom to call"),
        ("owner", owner.as_str()),
        ("fixes", "document"),
        ("how", "preventive"),
        ("severity", "3"),
    ];

    for _ in 0..2 {
        team.does(&team.lea, &action).await.must_say("CA-1 Say whom to call");
    }

    assert_eq!(team.lea.get("/circles/orders/actions/CA-2").await.status, 404);
    // What was taken off the agenda meanwhile is said, and nothing typed is lost.
    let off = team.items().await.remove(1);
    team.does(&team.lea, &[("do", "item"), ("item", &off), ("how", "remove")]).await;
    let page =
        team.ada.post(&team.review, &[("do", "note"), ("item", &off), ("key", "k"), ("note", "Hm.")]).await;
    assert_eq!(page.status, 422);
    page.must_say("This was taken off the agenda meanwhile");
    assert_eq!(page.attributes("form:has([name=note]) input[name=item]", "value"), [item], "it can go here");
    assert_eq!(page.value("note"), "Hm.");
}

#[tokio::test]
async fn a_review_that_has_not_begun_tells_takers_no_more_than_their_results_do() {
    let team = Team::over().await;
    let hide = "UPDATE rounds SET show_score = 'never', show_answers = 'never', closes_at = $2
                WHERE id = (SELECT round FROM reviews WHERE id = $1)";
    let id = team.review.rsplit('/').next().unwrap().to_owned();
    team.muster.database.set_instant(hide, &id, now() - TimeDelta::seconds(1)).await;

    let adas = team.ada.open(&team.review).await;
    adas.must_say("Why each of them stands here is said when the review begins.");
    assert!(!adas.body.contains("Missed in") && !adas.body.contains("below the cut"));
    team.lea.open(&team.review).await.must_say("Missed in");

    team.does(&team.lea, &[("do", "start")]).await;
    team.ada.open(&team.review).await.must_say("Missed in");
}

#[tokio::test]
async fn a_review_is_held_without_a_script_by_reloading() {
    let team = Team::over().await;
    team.ada.open(&team.review).await.must_say("When a leader begins it");
    assert_eq!(team.eve.get(&team.review).await.status, 404);
    let file = team.ada.get(&format!("{}/invitation.ics", team.review)).await;
    assert!(file.body.contains("SUMMARY:Review of November\r\n"), "{}", file.body);
    assert!(!team.ada.open(&team.review).await.has("form:has([value=start])"));

    let page = team.lea.open(&team.review).await;
    let page = team.lea.submit(page.form("form:has([value=start])")).await;
    page.must_say("Now at 1 of");
    let adas = team.ada.open(&team.review).await;
    adas.must_say("What was answered");
    let adas = team.ada.submit(adas.form("form:has([value=here])")).await;
    adas.must_say("Attendees: 2 of 3");
    let adas = team.ada.submit(adas.form("form:has([name=note])").fill("note", "It names **nobody**.")).await;
    adas.must_say("Your note is added.");
    team.lea.submit(page.form("form:has([value=go])").press("item", &team.items().await[1])).await;
    team.ada.open(&team.review).await.must_say("Now at 2 of");

    let first = team.lea.open(&format!("{}?item={}", team.review, team.items().await[0])).await;
    first.must_say("It names nobody .");
    let bare = team.lea.send(first.form("form:has([name=decision])").fill("decision", "no_action")).await;
    assert_eq!((bare.status, bare.problem("reason").is_some()), (422, true));
    bare.must_say("It names nobody .");
    let action = first.form("form:has([name=title])").fill("title", "Say whom to call");
    let refused = team.lea.send(action.fill("owner", "")).await;
    assert_eq!((refused.status, refused.problem("owner").is_some()), (422, true));
    let owner = team.lea.id_of("bo").await;
    let made = team.lea.submit(refused.form("form:has([name=title])").fill("owner", &owner)).await;
    made.must_say("CA-1 Say whom to call");
    team.bo.open("/circles/orders/actions/CA-1").await.must_say("A review");

    let open = team.lea.open(&team.review).await;
    open.must_say("has no decision");
    assert!(!open.has("form:has([value=close])"));
    for item in team.items().await {
        team.does(&team.lea, &[("do", "decide"), ("item", &item), ("decision", "keep")]).await;
    }
    let page = team.lea.open(&team.review).await;
    let closed = team.lea.submit(page.form("form:has([value=close])")).await;
    closed.must_say("The review is closed");
    closed.must_say("Re-test of November");
    let minutes = team.bo.get(&format!("{}/minutes.md", team.review)).await;
    assert!(minutes.body.starts_with("# Review of November\n"), "{}", minutes.body);
    assert!(minutes.body.contains("It names **nobody**."));
    let page = team.ada.open(&team.review).await;
    let said = page.form("form:has([value=feedback])").fill("topics", "yes").fill("heard", "no");
    team.ada.submit(said.fill("change", "partly")).await.must_say("Your answers are counted");
    team.lea.open(&team.review).await.must_say("What attendees say: 1 answered");
    assert_eq!(team.ada.post(&team.review, &[("do", "here")]).await.status, 422);
}

/// One who listens.
struct Listener {
    response: Response,
    heard: String,
}

impl Listener {
    async fn of(client: &Client, review: &str) -> Listener {
        let response = client.request(Method::GET, &format!("{review}/events")).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Listener { response, heard: String::new() }
    }

    /// The next revision; `None` where the server ends the stream.
    async fn next(&mut self) -> Option<i64> {
        loop {
            if let Some((event, rest)) = self.heard.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: ")).map(str::to_owned);
                self.heard = rest.to_owned();
                match data {
                    Some(data) => return Some(data.parse().unwrap()),
                    None => continue,
                }
            }
            let more = tokio::time::timeout(Duration::from_secs(30), self.response.chunk()).await.unwrap();
            match more {
                Ok(Some(bytes)) => self.heard += &String::from_utf8_lossy(&bytes),
                Ok(None) | Err(_) => return None,
            }
        }
    }

    async fn hears(&mut self, revision: i64) {
        while self.next().await.expect("it goes on") < revision {}
    }
}

#[tokio::test]
async fn all_follow_live_on_each_node_and_whoever_was_away_catches_up() {
    let team = Team::begun().await;
    let second = team.muster.second_node().await;
    let bo = second.as_ref().map_or_else(|| team.bo.clone(), |node| team.bo.on(node));
    let items = team.items().await;
    let mut adas = Listener::of(&team.ada, &team.review).await;
    let mut bos = Listener::of(&bo, &team.review).await;
    let begun = adas.next().await.unwrap();
    assert_eq!(bos.next().await, Some(begun), "at once, how far it is");

    team.does(&team.lea, &[("do", "go"), ("item", &items[1])]).await;
    adas.hears(begun + 1).await;
    bos.hears(begun + 1).await;

    drop(bos);
    team.does(&team.ada, &[("do", "note"), ("item", &items[1]), ("key", "k"), ("note", "Hm.")]).await;
    adas.hears(begun + 2).await;
    let mut back = Listener::of(&bo, &team.review).await;
    assert_eq!(back.next().await, Some(begun + 2), "what was missed is not lost");
    bo.open(&team.review).await.must_say("Hm.");
    assert_eq!(team.eve.get(&format!("{}/events", team.review)).await.status, 404);
}

#[tokio::test]
async fn a_line_ends_with_the_session_and_nobody_has_too_many() {
    let team = Team::begun().await;
    let events = format!("{}/events", team.review);
    let mut lines = Vec::new();
    for _ in 0..4 {
        lines.push(Listener::of(&team.ada, &team.review).await);
    }
    assert_eq!(team.ada.get(&events).await.status, 429);
    assert_eq!(team.bo.get(&events).await.status, 200, "others have their own");
    let mut last = lines.pop().unwrap();
    last.next().await.unwrap();
    let page = team.ada.open(&team.review).await;

    team.ada.submit(page.form("form[action='/sign-out']")).await;

    // It is asked with each beat whether she is still signed in.
    assert_eq!(last.next().await, None);
}

#[tokio::test]
async fn a_server_that_stops_ends_the_lines_and_does_not_wait_for_them() {
    let mut team = Team::begun().await;
    let mut line = Listener::of(&team.ada, &team.review).await;
    line.next().await.unwrap();
    let begun = std::time::Instant::now();

    let status = team.muster.stop().await;

    assert!(status.success());
    assert!(begun.elapsed() < Duration::from_secs(8), "it waited for whoever follows");
    assert_eq!(line.next().await, None);
}

#[tokio::test]
async fn t01_no_note_that_was_acknowledged_is_lost_when_the_server_is_killed() {
    let mut team = Team::begun().await;
    let item = team.items().await[0].clone();
    let mut writers = JoinSet::new();
    for (writer, who) in [&team.ada, &team.bo, &team.lea].into_iter().cycle().take(6).enumerate() {
        let (who, review, item) = (who.clone(), team.review.clone(), item.clone());
        writers.spawn(async move {
            let mut acknowledged = Vec::new();
            for n in 0.. {
                let note = format!("note {writer}-{n}");
                let fields = [
                    ("do".to_owned(), "note".to_owned()),
                    ("item".to_owned(), item.clone()),
                    ("key".to_owned(), format!("{writer}-{n}")),
                    ("note".to_owned(), note.clone()),
                ];
                let sent = who
                    .request(Method::POST, &review)
                    .header("sec-fetch-site", "same-origin")
                    .form(&fields)
                    .send()
                    .await;
                match sent {
                    Ok(response) if response.status() == 303 => acknowledged.push(note),
                    _ => break,
                }
            }
            acknowledged
        });
    }
    tokio::time::sleep(Duration::from_millis(600)).await;

    team.muster.kill();

    let acknowledged: Vec<String> = writers.join_all().await.concat();
    assert!(acknowledged.len() > 10, "only {} were written", acknowledged.len());
    team.muster.start_again().await;
    for note in acknowledged {
        let n = team.muster.database.number("SELECT count(*) FROM review_notes WHERE note = $1", &note).await;
        assert_eq!(n, 1, "{note}");
    }
}
