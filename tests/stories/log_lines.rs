//! One event in the log is one line, whatever people type.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::people::email;
use crate::support::{Client, Muster, PASSWORD};

/// A line of its own, colours, the order of letters, and what ends a line for
/// some readers only.
const HOSTILE: [&str; 6] = [
    "x\r\n{\"level\":\"INFO\",\"message\":\"forged\"}",
    "x\n2026-01-01T00:00:00Z  INFO forged",
    "\u{1b}[2J\u{1b}[31mforged\u{7}\u{8}",
    "\u{9b}31mforged\u{7f}\u{85}",
    "\u{202e}degrof\u{2066}\u{200f}\u{feff}",
    "forged\u{2028}forged\u{2029}\",\"message\":\"forged",
];

#[tokio::test]
async fn t36_one_event_is_one_line_of_json_whatever_is_typed() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let mut ids = knock(&muster, &lea).await;
    ids.extend(breaks(&muster, &lea).await);

    let log = muster.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why} in {line:?}")))
        .collect();
    assert_nothing_misleads(&log);
    for line in &lines {
        for field in ["timestamp", "level", "message", "target"] {
            assert!(line[field].is_string(), "{line}");
        }
        assert_ne!(line["message"], "forged");
    }
    let answered: Vec<&str> = lines
        .iter()
        .filter(|line| line["message"] == "answered")
        .map(|line| line["request_id"].as_str().unwrap())
        .collect();
    let distinct: BTreeSet<&str> = answered.iter().copied().collect();
    assert_eq!(answered.len(), distinct.len(), "one line for each request");
    for id in &ids {
        assert!(distinct.contains(id.as_str()), "{id} is not in the log");
    }
    // What was stored broke something, and its words are in the log, as it was typed.
    let causes: String = lines.iter().filter_map(|line| line["cause"].as_str()).collect();
    for text in HOSTILE {
        assert!(causes.contains(text), "{text:?} is not among {causes:?}");
    }
    assert!(!log.contains(PASSWORD) && !log.contains("muster="), "no secret");
}

#[tokio::test]
async fn t36_one_event_is_one_line_of_text_too() {
    let mut muster = Muster::start_with(&["--log-format", "text"]).await;
    let lea = muster.set_up().await;
    let ids = breaks(&muster, &lea).await;

    let log = muster.log();
    assert_nothing_misleads(&log);
    for line in log.lines() {
        // 2026-11-22T17:06:00.123456Z  INFO …
        assert!(line.get(4..5) == Some("-") && line.get(10..11) == Some("T"), "{line:?}");
    }
    for id in &ids {
        assert_eq!(
            log.lines().filter(|line| line.contains(id) && line.contains("answered")).count(),
            1,
            "{id}"
        );
    }
    assert!(log.contains("forged"));
}

/// Puts it wherever something can be put; the ids of the requests.
async fn knock(muster: &Muster, lea: &Client) -> Vec<String> {
    let mut pages = Vec::new();
    let nobody = Client::of(muster);
    for text in HOSTILE {
        let guess = [("email", text), ("password", text), ("next", text)];
        pages.push(nobody.post("/sign-in", &guess).await);
        let at = format!("{text}@example.org");
        pages.push(nobody.post("/sign-in", &[("email", at.as_str()), ("password", text)]).await);
        let invite = [("do", "invite"), ("email", at.as_str()), ("role", text)];
        pages.push(lea.post("/circles/orders/members", &invite).await);
        pages.push(lea.post("/account", &[("do", "profile"), ("name", text), ("time_zone", text)]).await);
        pages.push(lea.post("/account", &[("do", "profile"), ("name", text), ("time_zone", "")]).await);
        pages.push(lea.post("/circles/orders/services", &[("slug", text), ("name", text)]).await);
        pages.push(lea.saves(text, 1, 1, json!({ "typed": text })).await);
        let again = json!({ "email": text, "password": text });
        pages.push(nobody.call("/api/v1/sessions/sign-in-again", &again).await);
        let query =
            reqwest::Url::parse_with_params("http://x/sign-in", [("next", text), (text, "x")]).unwrap();
        pages.push(nobody.get(&query.as_str()["http://x".len()..]).await);
    }
    let mut ids: Vec<String> =
        pages.iter().map(|page| page.header("x-request-id").unwrap().to_owned()).collect();

    // Headers and paths as no client of ours would write them: bytes that are
    // no ASCII, and all that a header may hold.
    for text in HOSTILE {
        let text: String = text
            .chars()
            .filter(|letter| !['\r', '\n', '\u{7f}'].contains(letter) && *letter >= ' ')
            .collect();
        let path: String = text.chars().filter(|letter| !" \"{}[]".contains(*letter)).collect();
        for (method, path) in [
            ("GET", format!("/{path}")),
            ("POST", format!("/circles/{path}")),
            ("GET", format!("/invitations/{path}")),
            ("GET", "/%0d%0a%1b[2J%e2%80%aeforged".to_owned()),
        ] {
            let request = format!(
                "{method} {path} HTTP/1.1\r\nhost: {text}\r\nuser-agent: {text}\r\nreferer: {text}\r\n\
                 x-forwarded-for: {text}\r\nforwarded: {text}\r\norigin: {text}\r\ncookie: muster={text}\r\n\
                 x-request-id: {text}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
            let answer = muster.asked_raw(request.as_bytes()).await;
            assert!(
                answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 3"),
                "{path:?}: {answer:.200}"
            );
            let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: "));
            // What is no request at all reaches nobody who could log it.
            ids.extend(id.map(str::to_owned));
        }
    }
    assert!(ids.len() > pages.len() + 6, "most of them are requests: {}", ids.len());
    ids
}

/// Breaks what is stored, so that its words become a cause; the ids of the
/// requests that meet it.
async fn breaks(muster: &Muster, lea: &Client) -> Vec<String> {
    let ada = lea.invites(muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let mut ids = Vec::new();
    for text in HOSTILE {
        muster.database.run("UPDATE slots SET kind = $1", text).await;
        let page = ada.saves(&attempt, 1, 1, json!("do_not_know")).await;
        assert_eq!(page.status, 500);
        assert!(!page.body.contains("forged"));
        ids.push(page.header("x-request-id").unwrap().to_owned());
    }
    let request = ada.request(Method::POST, "/sign-in").form(&[("email", email("ada"))]);
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), 403);
    ids
}

/// Nothing but what is printed as it is read, and line ends.
#[track_caller]
fn assert_nothing_misleads(log: &str) {
    let turns = ['\u{202e}', '\u{2066}', '\u{200f}', '\u{feff}', '\u{2028}', '\u{2029}'];
    let strange =
        log.chars().filter(|letter| (letter.is_control() && *letter != '\n') || turns.contains(letter));
    assert_eq!(strange.collect::<String>(), "");
}
