//! Runbooks: read at night, written by day, taken from files, and kept for the day when the platform is down.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::{Client, Muster, muster};

const RUNBOOK: &str = "/circles/orders/services/orders-db/runbook";

const TEXT: &str = "# Orders database

## Summary
Every order is written here.

## Escalation path
Call the data platform: 112.

## Alerts

### OrdersReplicationLagHigh

#### Meaning
A replica is late.

#### Impact
Shops show old stock.

#### Mitigation
Look at it:

```
psql -c \"SELECT 1 WHERE 1 < 2 AND name = 'a b'\"
```

### OrdersPoolFull
Raise it. <script>alert(1)</script>
";

async fn at_work() -> (Muster, Client, Client) {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.takes_bank("orders-db").await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    (muster, lea, ada)
}

async fn writes(client: &Client, text: &str, based_on: &str) {
    let fields =
        [("do", "save"), ("page", "runbook"), ("content", text), ("based_on", based_on), ("note", "")];
    let done = client.post(&format!("{RUNBOOK}/edit"), &fields).await;
    assert_eq!(done.see_other(), format!("{RUNBOOK}?done=saved"));
}

#[tokio::test]
async fn an_alert_is_found_with_a_typing_error_and_read_on_one_small_page_without_a_script() {
    let (_muster, lea, ada) = at_work().await;
    writes(&lea, TEXT, "0").await;

    let found = ada.open("/alerts?q=ordersreplicatonlagh").await;
    let hit = found.attributes(".hits a", "href").remove(0);
    let page = ada.open(&hit).await;

    page.must_say("Shops show old stock.");
    page.must_say("Call the data platform: 112.");
    assert_eq!(page.all_words_of("pre.cmd"), ["psql -c \"SELECT 1 WHERE 1 < 2 AND name = 'a b'\""]);
    assert!(page.body.len() < 30 * 1024, "{} bytes", page.body.len());
    assert!(!page.body.contains("wasm"));
    assert_eq!(ada.get("/alerts?q=OrdersPoolFull").await.see_other(), "/alerts/OrdersPoolFull");
    let hostile = ada.open("/alerts/OrdersPoolFull").await;
    assert!(!hostile.body.contains("<script>alert"));
    let unknown = ada.get("/alerts/OrdersReplicationLagLow").await;
    assert_eq!(unknown.status, 404);
    unknown.must_say("OrdersReplicationLagHigh");
}

#[tokio::test]
async fn what_was_wrong_at_night_becomes_a_corrective_action() {
    let (_muster, lea, ada) = at_work().await;
    writes(&lea, TEXT, "0").await;
    let page = ada.open("/alerts/OrdersPoolFull").await;

    let form = page.form("form:has([name=note])");
    let refused = ada.send(form.tick("action", "on").press("verdict", "wrong")).await;
    assert_eq!(refused.status, 422);
    refused.must_say("Say in a few words what is to be put right");
    let form = refused.form("form:has([name=note])");
    let form = form.fill("note", "The pool has moved.").tick("action", "on").press("verdict", "wrong");
    let said = ada.submit(form).await;

    said.must_say("a corrective action is made of it");
    said.must_say("CA-1");
    ada.open("/circles/orders/actions/CA-1").await.must_say("Put right the runbook of OrdersPoolFull");
}

#[tokio::test]
async fn a_page_is_written_as_a_draft_seen_and_saved_and_its_history_shows_what_changed() {
    let (_muster, lea, ada) = at_work().await;
    writes(&lea, TEXT, "0").await;
    let edit = format!("{RUNBOOK}/edit");
    let newer = TEXT.replace("A replica is late.", "A replica is more than 30 s late.");

    let seen = ada
        .post(&edit, &[("do", "preview"), ("page", "runbook"), ("content", &newer), ("based_on", "1")])
        .await;
    assert_eq!(seen.status, 200);
    seen.must_say("What it looks like");
    assert!(seen.all_words_of(".diff ins").concat().contains("more than 30 s late"));
    assert!(!lea.open(RUNBOOK).await.says("more than 30 s"));
    let again = ada.open(&edit).await;
    again.must_say("You go on with your draft");
    let form = again.form("form[data-drafting]").fill("note", "Say how late").press("do", "save");
    ada.submit(form).await.must_say("Saved as a new version");

    let history = ada.open(&format!("{RUNBOOK}/history")).await;
    assert!(history.all_words_of(".diff del").concat().contains("A replica is late."));
    history.must_say("Say how late");
    let late = lea
        .post(&edit, &[("do", "save"), ("page", "runbook"), ("content", "# Mine"), ("based_on", "1")])
        .await;
    assert_eq!(late.status, 422);
    late.must_say("Somebody has changed this page since you began");
    lea.open(&format!("{RUNBOOK}?version=1")).await.must_say("A replica is late.");
}

#[tokio::test]
async fn files_are_looked_at_first_and_then_taken_in() {
    let (_muster, lea, _) = at_work().await;
    let path = "/circles/orders/runbooks";
    let text = "# OrdersDown\n## Impact\nBad.\n## Mitigation\nTODO\n";
    let fields = [("do", "look"), ("service", "orders-db"), ("text", text), ("path", "OrdersDown.md")];

    let seen = lea.post(path, &fields).await;
    seen.must_say("OrdersDown.md · OrdersDown · lacks Meaning, Diagnosis, Mitigation");
    let form = seen.form("form:has([value=take])");
    let taken = lea.submit(form.press("do", "take")).await;

    taken.must_say("OrdersDown");
    lea.open("/alerts/OrdersDown").await.must_say("Nobody has written it yet");
    lea.open(path).await.must_say("1, 1 without a word on what to do");
}

#[tokio::test]
async fn an_upload_is_read_whatever_wrote_it() {
    let (_muster, lea, _) = at_work().await;
    let body = b"--B\r\ncontent-disposition: form-data; name=\"do\"\r\n\r\nlook\r\n\
        --B\r\ncontent-disposition: form-data; name=\"service\"\r\n\r\norders-db\r\n\
        --B\r\ncontent-disposition: form-data; name=\"files\"; filename=\"../CafeDown.md\"\r\n\r\n\
        # CafeDown\n## Impact\nCaf\xE9\n\r\n--B--\r\n";
    let send = async |body: &[u8]| {
        let request = lea.request(reqwest::Method::POST, "/circles/orders/runbooks");
        let request = request.header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "multipart/form-data; boundary=B").body(body.to_vec());
        crate::support::Page::read("/circles/orders/runbooks", request.send().await.unwrap()).await.unwrap()
    };

    let seen = send(body).await;
    assert_eq!(seen.status, 200);
    seen.must_say("CafeDown.md · CafeDown");
    assert_eq!(send(b"--B\r\nbroken").await.status, 400);
}

#[tokio::test]
async fn rules_are_compared_with_the_runbooks() {
    let (_muster, lea, ada) = at_work().await;
    writes(&lea, TEXT, "0").await;
    let path = "/circles/orders/alert-coverage";
    let rules = "groups:\n- name: a\n  rules:\n  - {alert: OrdersPoolFull, annotations: {runbook_url: /alerts/Gone}}\n  - alert: OrdersLost\n  - alert: High CPU Temperature\n";

    let refused = ada.post(path, &[("path", "a.yaml"), ("rules", "groups: [")]).await;
    assert_eq!(refused.status, 422);
    refused.must_say("this is not YAML");
    assert_eq!(ada.post(path, &[("path", "a.yaml"), ("rules", rules)]).await.status, 303);

    let page = lea.open(path).await;
    page.must_say("1 of 3 alerts that monitoring knows have a section");
    assert_eq!(
        page.all_words_of("section[aria-labelledby=without-section] li code"),
        ["High CPU Temperature", "OrdersLost"]
    );
    let spaced = page.attributes("section[aria-labelledby=without-section] li a", "href").remove(0);
    let spaced = lea.open(&spaced).await.attributes(".notice a", "href").remove(0);
    let spaced = lea.open(&spaced).await;
    spaced.must_say("New page High CPU Temperature");
    let written = spaced.value("content").replace("## Meaning", "## Meaning\nThe fan stands still.");
    let saved =
        lea.send(spaced.form("form:has([name=content])").fill("content", &written).press("do", "save"));
    assert!(saved.await.see_other().contains("High-CPU-Temperature"));
    lea.open("/alerts/High%20CPU%20Temperature").await.must_say("The fan stands still.");
    let write = page.attributes("section[aria-labelledby=without-section] li a", "href").remove(1);
    let edit = lea.open(&write).await.attributes(".notice a", "href").remove(0);
    assert_eq!(edit, "/circles/orders/services/orders-db/runbook/edit?page=OrdersLost");
    lea.open(&edit).await.must_say("New page OrdersLost");
    assert_eq!(page.all_words_of("section[aria-labelledby=without-alert] li"), ["OrdersReplicationLagHigh"]);
    page.must_say("it leads here, and no runbook describes that alert");
}

/// A wiki with one page, and the paths that were asked for.
fn wiki() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
    let log = asked.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            // To the empty line: what is not read makes the answer a reset connection.
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let status = if request.contains(" /pool ") { "200 OK" } else { "404 Not Found" };
            let _ = stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes());
            log.lock().unwrap().push(format!("{request} {}", head.join(" ")));
        }
    });
    (port, asked)
}

#[tokio::test]
async fn t40_addresses_elsewhere_are_looked_at_on_request_and_nothing_internal_is_asked() {
    let path = "/circles/orders/alert-coverage";
    let (port, asked) = wiki();
    let rules = format!(
        "groups:\n- name: a\n  rules:\n\
         \x20 - {{alert: PoolFull, annotations: {{runbook_url: 'http://ada:secret@127.0.0.1:{port}/pool'}}}}\n\
         \x20 - {{alert: PoolGone, annotations: {{runbook_url: 'http://127.0.0.1:{port}/gone'}}}}\n\
         \x20 - {{alert: CloudKeys, annotations: {{runbook_url: 'http://169.254.169.254/latest/meta-data'}}}}\n"
    );
    let dead = "section[aria-labelledby=dead] li code";
    for reach in [&[][..], &["--reach", "127.0.0.1/32"]] {
        let mut muster = Muster::start_with(reach).await;
        let lea = muster.set_up().await;
        let rae = lea.invites(&muster, "rae", "reader").await;
        assert_eq!(lea.post(path, &[("path", "a.yaml"), ("rules", &rules)]).await.status, 303);
        let before = lea.open(path).await;
        before.must_say("nobody has looked yet");
        assert!(asked.lock().unwrap().is_empty(), "nothing is asked before somebody wants it");
        assert_eq!(rae.post(path, &[("do", "look")]).await.status, 404);
        assert!(!rae.open(path).await.has("button[value=look]"));

        let looked = lea.submit(before.form("form:has([value=look])").press("do", "look")).await;

        looked.must_say("What the addresses answered stands below.");
        looked.must_say("its server is in an internal network, where nothing is looked at (");
        if reach.is_empty() {
            assert!(asked.lock().unwrap().is_empty(), "its own machine is internal too");
            assert!(!looked.has(dead));
            continue;
        }
        assert_eq!(looked.all_words_of(dead), ["PoolGone"]);
        looked.must_say("there is no such page (404) (");
        looked.must_say("the page is there (");
        rae.open(path).await.must_say("there is no such page (404) (");
        assert_eq!(lea.post(path, &[("do", "look")]).await.see_other(), format!("{path}?done=looked"));
        let asked = asked.lock().unwrap();
        assert_eq!(asked.len(), 2, "who asks again at once gets what is known: {asked:?}");
        assert!(!asked.iter().any(|head| head.to_lowercase().contains("authorization")), "{asked:?}");
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    muster(folder).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_folder_is_described_without_a_database_and_findings_leave_the_status_alone() {
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("books");
    std::fs::create_dir_all(books.join("db")).unwrap();
    let write = |path: &str, bytes: &[u8]| std::fs::write(books.join(path), bytes).unwrap();
    write(
        "db/PoolFull.md",
        b"# PoolFull\n## Meaning\nFull.\n## Diagnosis\n```sh\nlook\n\n## Mitigation\nTODO\n",
    );
    write("db/PoolGone", b"# PoolGone\n\nSee [full]({{< ref \"./PoolFull.md\" >}})\n");
    write("README.md", b"# Orders\n## Overview\nx\n## Alerts\n### OrdersDown\nCall.\n");
    write("old.md", b"# Old\n## Summary\n\xE9\n");
    write("empty.md", b"");
    write("image.png", b"\x89PNG\0\0");
    write("broken.md", b"a\0b");
    write("big.md", &vec![b'x'; 3 << 20]);

    let json = run(folder.path(), &["import-runbooks", "books", "--dry-run", "--json"]);

    assert_eq!(json.status.code(), Some(0), "{}", text(&json.stderr));
    let said: Value = serde_json::from_slice(&json.stdout).unwrap();
    let files = said["files"].as_array().unwrap();
    let paths: Vec<&str> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["README.md", "db/PoolFull.md", "db/PoolGone", "empty.md", "old.md"]);
    let pool = serde_json::json!({
        "path": "db/PoolFull.md", "title": "PoolFull", "alerts": ["PoolFull"], "redirect": null,
        "sections": {"meaning": "filled", "impact": "missing", "diagnosis": "filled", "mitigation": "todo"}
    });
    assert_eq!(files[1], pool);
    assert_eq!(files[2]["redirect"], "./PoolFull.md");
    assert_eq!(files[0]["alerts"], serde_json::json!(["OrdersDown"]));
    assert_eq!(files[0]["sections"]["summary"], "filled");
    assert_eq!(files[0]["sections"].as_object().unwrap().len(), 8);
    let told = text(&json.stderr);
    for line in [
        "books/db/PoolFull.md:5:1: warning: this code fence is never closed",
        "books/old.md:1:1: warning: the file is not UTF-8 (line 3)",
        "books/broken.md:1:1: error: the file is not text",
        "books/big.md:1:1: error: the file has 3072 KiB",
    ] {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
    let words = run(folder.path(), &["import-runbooks", "books", "--dry-run"]);
    assert!(
        text(&words.stdout)
            .contains("db/PoolGone: PoolGone\n  alerts: PoolGone\n  only a redirect to ./PoolFull.md")
    );
    assert_eq!(run(folder.path(), &["import-runbooks", "nowhere", "--dry-run"]).status.code(), Some(2));
}

#[tokio::test]
async fn a_folder_becomes_a_runbook_and_everything_is_exported_as_plain_pages() {
    let (muster, lea, _) = at_work().await;
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("books");
    std::fs::create_dir_all(&books).unwrap();
    std::fs::write(
        books.join("OrdersDown.md"),
        "# OrdersDown\n## Impact\nBad.\n## Mitigation\nSee [lag](OrdersLag.md).\n",
    )
    .unwrap();
    std::fs::write(books.join("OrdersLag.md"), "# OrdersLag\n## Impact\n<script>alert(1)</script>\n")
        .unwrap();
    let database = ["--database", muster.database.address()];
    let import = |service: &str| {
        run(
            folder.path(),
            &[&["import-runbooks", "books", "--service", service], database.as_slice()].concat(),
        )
    };

    let taken = import("orders-db");
    assert_eq!(taken.status.code(), Some(0), "{}", text(&taken.stderr));
    assert!(text(&taken.stderr).contains("orders-db: 2 added, 0 changed, 0 unchanged; version 1"));
    assert!(text(&import("orders-db").stderr).contains("0 added, 0 changed, 2 unchanged; version 1"));
    assert_eq!(import("nothing").status.code(), Some(1));
    lea.open("/alerts/OrdersDown").await.must_say("Bad.");

    let exported = run(folder.path(), &[&["export", "--static", "out"], database.as_slice()].concat());
    assert_eq!(exported.status.code(), Some(0), "{}", text(&exported.stderr));
    let read = |path: &str| std::fs::read_to_string(folder.path().join("out").join(path)).unwrap();
    let index = read("index.html");
    assert!(index.contains("<a href=\"orders/orders-db/OrdersDown.html\">OrdersDown</a>"), "{index}");
    let page = read("orders/orders-db/OrdersDown.html");
    assert!(page.contains("href=\"OrdersLag.html\""), "{page}");
    for path in ["index.html", "orders/orders-db/OrdersDown.html", "orders/orders-db/OrdersLag.html"] {
        assert!(!read(path).contains("<script"), "{path}");
    }
}
