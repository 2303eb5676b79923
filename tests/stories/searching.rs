//! Whatever stands in an address, what comes back is a page of its usual size.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use reqwest::Url;

use crate::support::{Client, Page, TwoCircles};
use crate::who_may::filled;

/// Every value that a page takes from its address; who may see the page. A
/// story below fails where one is missing.
const PARAMETERS: &[(&str, &str, &[&str])] = &[
    ("nobody", "/sign-in", &["next", "done"]),
    ("ada", "/circles/:circle/readiness", &["service", "topic", "print"]),
    ("ada", "/attempts/:attempt", &["q", "all"]),
    ("lou", "/circles/:circle/members", &["q", "page", "done"]),
    ("lou", "/circles/:circle/members/:person", &["remove", "done"]),
    ("lou", "/circles/:circle/audit", &["page"]),
    ("ada", "/circles/:circle/postmortems", &["q", "state", "service", "page", "done"]),
    ("ada", "/circles/:circle/write-postmortem", &["incident"]),
    ("ada", "/circles/:circle/postmortem-triggers", &["incident"]),
    ("lou", "/circles/:circle/write-question", &["from", "service"]),
    ("lou", "/circles/:circle/questions/:service/:topic/:slug/edit", &["since", "done"]),
    ("lou", "/circles/:circle/check-me", &["page"]),
    ("lou", "/circles/:circle/services", &["done"]),
    (
        "lou",
        "/circles/:circle/services/:service",
        &["view", "q", "topic", "level", "state", "reviewed", "critical", "page", "done", "new", "changed"],
    ),
    ("lou", "/circles/:circle/services/:service?view=met", &["q", "page"]),
    ("lou", "/circles/:circle/services/:service/calls", &["page", "done"]),
    ("lou", "/circles/:circle/services/:service/documents/:kind", &["version", "done"]),
    ("lou", "/circles/:circle/documents", &["q", "page"]),
    ("lou", "/circles/:circle/rota", &["service", "view", "page", "done", "shift"]),
    ("lou", "/circles/:circle/services/:service/runbook", &["page", "version", "done"]),
    ("lou", "/circles/:circle/services/:service/runbook/edit", &["page", "confirm"]),
    ("lou", "/circles/:circle/services/:service/runbook/history", &["version", "with", "page"]),
    ("lou", "/circles/:circle/alert-coverage", &["write", "done"]),
    ("lou", "/alerts", &["q", "page"]),
    ("lou", "/alerts/:alert", &["circle", "service", "nth", "done"]),
    ("lou", "/circles/:circle/search", &["q", "kind", "page"]),
    ("ada", "/circles/:circle/search?q=replica", &["kind", "page"]),
    ("lou", "/circles/:circle/tests", &["done"]),
    ("lou", "/circles/:circle/tests/:test", &["confirm", "done"]),
    ("lou", "/circles/:circle/tests/:test/preview", &["seed"]),
    ("lou", "/circles/:circle/rounds", &["page", "done"]),
    ("lou", "/circles/:circle/rounds/:round", &["confirm", "done", "person", "minutes"]),
    (
        "lou",
        "/circles/:circle/rounds/:round/results",
        &["attempts", "topic", "versions", "order", "q", "page", "confirm", "done"],
    ),
    ("lou", "/circles/:circle/rounds/:round/results/:service/:topic/:slug", &["attempts"]),
    ("lou", "/circles/{circle}/rounds/{round}/responses.csv", &["attempts", "versions"]),
    ("lou", "/circles/{circle}/rounds/{round}/answers.csv", &["attempts"]),
    ("lou", "/circles/{circle}/rounds/{round}/results.json", &["attempts", "versions"]),
    ("lou", "/circles/:circle/rounds/:round/marking/:service/:topic/:slug/:version", &["done"]),
    ("lou", "/circles/:circle/plan-round", &["test", "for"]),
    ("lou", "/circles/:circle/readiness", &["service", "topic", "show", "before", "q", "page", "print"]),
    ("lou", "/circles/{circle}/readiness.csv", &["service", "topic", "show", "before", "q"]),
    (
        "lou",
        "/circles/:circle/actions",
        &["view", "state", "owner", "severity", "label", "overdue", "effect", "q", "page", "done"],
    ),
    ("lou", "/circles/:circle/actions?view=board", &["state", "owner", "q"]),
    (
        "ada",
        "/circles/{circle}/actions.csv",
        &["state", "owner", "severity", "label", "overdue", "effect", "q"],
    ),
    ("lou", "/circles/:circle/actions/:action", &["move", "done"]),
    ("ada", "/circles/:circle/make-action", &["title", "question", "dispute", "fixes"]),
    ("lou", "/circles/:circle/disputes", &["state", "service", "topic", "q", "page"]),
    ("lou", "/circles/:circle/disputes/:service/:topic/:slug/:hash", &["done"]),
    ("ada", "/circles/:circle/reviews/:review", &["item", "done"]),
    (
        "ada",
        "/circles/:circle/incidents",
        &["state", "service", "severity", "drill", "who", "q", "page", "done"],
    ),
    ("ada", "/circles/:circle/open-incident", &["service"]),
    ("ada", "/circles/:circle/incidents/:incident", &["order", "done"]),
    ("lou", "/circles/:circle/signals", &["state", "page"]),
    ("lou", "/circles/:circle/signal-sources", &["done"]),
    ("lou", "/circles/:circle/signal-rules", &["try", "done"]),
    ("lou", "/circles/:circle/action-days", &["done"]),
    ("ada", "/circles/:circle/calendar", &["done"]),
    ("ada", "/attempts/:attempt/book", &["q", "find"]),
    ("ada", "/attempts/:attempt/check", &["from"]),
    ("lea", "/people", &["q", "page", "person", "log", "done"]),
];

/// What means something to a database, to a list, or to nobody.
const STRANGE: [&str; 22] = [
    "'",
    "\"",
    "\\",
    "' OR '1'='1",
    "x'; DROP TABLE people; --",
    "') UNION SELECT password_hash FROM people --",
    "$1",
    "?1",
    "%",
    "_",
    "%_%",
    "\\%",
    "\0",
    "\u{202e}💥\u{0301}",
    "<script>alert(1)</script>",
    "-1",
    "0",
    "4294967295",
    "4294967296",
    "99999999999",
    "1e9",
    "text",
];

#[tokio::test]
async fn t35_whatever_is_asked_for_in_an_address_is_answered_and_small() {
    let here = TwoCircles::at_work().await;
    let before = here.muster.database.everything().await.without("sessions");
    let long = "search ".repeat(2_000);
    let doubled = "%_".repeat(3_000);

    for (name, path, parameters) in PARAMETERS {
        let (path, view) = path.split_once('?').unwrap_or((path, ""));
        let (who, path) = (by_name(&here, name), format!("{}?{view}", filled(path, &here)));
        let usual = who.get(&path).await.body.len();
        for parameter in *parameters {
            for value in STRANGE.into_iter().chain([long.as_str(), doubled.as_str()]) {
                let page = asked_for(who, &path, &[(parameter, value)]).await;
                let shown: String = value.chars().take(30).collect();
                let about = format!("{path} with {parameter}={shown}");
                assert!([200, 404, 422].contains(&page.status), "{about}: {}", page.status);
                // What was typed may be shown again, in the field and in a sentence.
                let limit = usual + 16 * 1024 + 4 * 5 * value.len();
                assert!(page.body.len() < limit, "{about}: {} bytes, usually {usual}", page.body.len());
                assert!(!page.body.contains("argon2"), "{about}");
                let is_page = page.header("content-type") == Some("text/html; charset=utf-8");
                assert!(!is_page || !page.has("script:not([nonce])"), "{about}");
                assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{about}");
            }
        }
    }

    let after = here.muster.database.everything().await.without("sessions");
    assert_eq!(before.changed_in(&after), Vec::<String>::new());
    assert!(!here.muster.log().contains("\"ERROR\""), "{}", here.muster.log());
}

#[tokio::test]
async fn t35_a_part_of_a_path_is_never_sql() {
    let here = TwoCircles::at_work().await;
    let before = here.muster.database.everything().await.without("sessions");
    for path in [
        "/circles/{}",
        "/circles/{}/members",
        "/circles/orders/services/{}",
        "/circles/orders/services/{}/runbook",
        "/alerts/{}",
        "/circles/orders/questions/{}/process/what-first",
        "/circles/orders/questions/orders-db/{}/what-first",
        "/circles/orders/questions/orders-db/process/{}",
        "/circles/orders/tests/{}",
        "/circles/orders/rounds/{}",
        "/circles/orders/rounds/{}/results",
        "/circles/orders/rounds/{}/results/orders-db/process/what-first",
        "/circles/orders/rounds/{}/responses.csv",
        "/circles/orders/members/{}",
        "/circles/orders/readiness/{}/orders-db/process",
        "/circles/orders/actions/{}",
        "/circles/orders/reviews/{}",
        "/circles/orders/actions/{}/edit",
        "/calendars/{}",
        "/attempts/{}",
        "/attempts/{}/result",
        "/invitations/{}",
        "/reset/{}",
    ] {
        for value in STRANGE {
            let mut url = Url::parse("http://here/").unwrap();
            url.path_segments_mut()
                .unwrap()
                .pop()
                .extend(path[1..].split('/').map(|part| if part == "{}" { value } else { part }));
            let page = here.lou.get(url.path()).await;
            assert_eq!(page.status, 404, "{}", page.path);
            assert!(!page.body.contains("argon2"), "{}", page.path);
        }
    }
    let after = here.muster.database.everything().await.without("sessions");
    assert_eq!(before.changed_in(&after), Vec::<String>::new());
}

#[tokio::test]
async fn t35_every_value_that_a_page_takes_from_its_address_has_a_row_in_the_table() {
    let taken = values_taken(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src"));
    let rows: BTreeSet<String> =
        PARAMETERS.iter().flat_map(|(.., names)| names.iter().map(|name| (*name).to_owned())).collect();
    assert!(taken.len() > 10, "{taken:?}");
    let missing: Vec<&String> = taken.difference(&rows).collect();
    assert!(missing.is_empty(), "add to PARAMETERS the pages that read {missing:?}");
}

#[tokio::test]
async fn t35_a_book_in_an_address_is_refused() {
    let here = TwoCircles::at_work().await;
    let cookie = here.lou.cookie();
    for (length, expected) in [(15 << 10, "200"), (20 << 10, "414"), (60 << 10, "414"), (1 << 20, "4")] {
        let words = "x".repeat(length);
        let request = format!(
            "GET /circles/orders/services/orders-db?q={words} HTTP/1.1\r\nhost: here\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"
        );
        let answer =
            tokio::time::timeout(Duration::from_secs(10), here.muster.asked_raw(request.as_bytes())).await;
        let answer = answer.expect("it answers in time");
        // Before it has read all of the longest it may cut the connection.
        let is_cut = answer.is_empty() && length == 1 << 20;
        assert!(is_cut || answer.starts_with(&format!("HTTP/1.1 {expected}")), "{length}: {:.80}", answer);
        assert!(answer.len() < 64 << 10, "{length}: {} bytes", answer.len());
    }
    // The largest of what is posted instead.
    let page =
        here.lou.post("/circles/orders/services", &[("slug", "x"), ("name", &"x".repeat(1 << 20))]).await;
    assert_eq!(page.status, 413);
    assert_eq!(here.lou.get("/circles/orders").await.status, 200);
}

#[tokio::test]
async fn t35_wildcards_are_letters_like_others() {
    let here = TwoCircles::at_work().await;
    let question = "+++\nlevel = 1\n+++\nIs a disk 100%_full\\now?\n\n- [x] Yes\n- [ ] No\n\n> It is.\n";
    here.muster.shelve("orders-db/process/disk.md", question);
    here.lou.takes_bank("orders-db").await;
    let found = async |words: &str| -> usize {
        let page = asked_for(&here.lou, "/circles/orders/services/orders-db", &[("q", words)]).await;
        let n = page.all("main a[href*='/questions/']", |_| ()).len();
        assert_eq!(n == 0, page.says("No question matches"), "{words}");
        n
    };

    assert_eq!(found("").await, 7);
    for words in ["100%", "%_", "0%_f", "full\\now", "DISK 100%"] {
        assert_eq!(found(words).await, 1, "{words}");
    }
    for words in ["1_0", "disk%full", "d_sk", "%%", "__", "\\", "' OR 1=1 --", "%' OR '%'='"] {
        let expected = usize::from(words == "\\");
        assert_eq!(found(words).await, expected, "{words}");
    }
    for path in ["/circles/orders/members", "/people"] {
        let who = if path == "/people" { &here.lea } else { &here.lou };
        for words in ["%", "_", "A_a", "Ad%"] {
            asked_for(who, path, &[("q", words)]).await.must_say("Nothing matches");
        }
        asked_for(who, path, &[("q", "aDA")]).await.must_say("Ada");
    }
}

fn by_name<'h>(here: &'h TwoCircles, name: &str) -> &'h Client {
    match name {
        "nobody" => &here.nobody,
        "ada" => &here.ada,
        "lou" => &here.lou,
        "lea" => &here.lea,
        other => panic!("who is {other}?"),
    }
}

async fn asked_for(who: &Client, path: &str, query: &[(&str, &str)]) -> Page {
    let mut url = Url::parse("http://here/").unwrap().join(path).unwrap();
    url.query_pairs_mut().extend_pairs(query);
    let address = url.as_str().strip_prefix("http://here").unwrap().to_owned();
    let answer = tokio::time::timeout(Duration::from_secs(5), who.get(&address)).await;
    answer.unwrap_or_else(|_| panic!("{path} {query:?} takes too long"))
}

/// The names that the source files below a folder give to what reads a query.
fn values_taken(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            names.extend(values_taken(&entry.path()));
        } else {
            let source = fs::read_to_string(entry.path()).unwrap();
            let name = |rest: &str| rest.split('"').next().unwrap().to_owned();
            for call in ["query_value(\"", "query_values(\"", "asked(\""] {
                names.extend(source.split(call).skip(1).map(name));
            }
        }
    }
    names
}
