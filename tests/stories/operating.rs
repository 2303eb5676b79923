//! What an operator relies on: headers, limits, health, stopping, settings.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use reqwest::Method;

use crate::support::{Client, Muster, PASSWORD, Page, muster};

#[tokio::test]
async fn every_page_comes_with_headers_that_keep_a_browser_careful() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let mut nonces = Vec::new();

    for path in [format!("/attempts/{attempt}"), "/circles/orders".to_owned(), "/nowhere".to_owned()] {
        let page = ada.get(&path).await;
        let policy = page.header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(page.attributes("script", "nonce").iter().all(|of_script| *of_script == nonce), "{path}");
        assert!(!page.has("script:not([nonce])") && !page.has("style, [style]"), "{path}");
        nonces.push(nonce);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}");
        }
        assert!(page.header("x-request-id").is_some());
        assert_eq!(page.header("strict-transport-security"), None, "this is plain http");
    }
    assert!(nonces[0] != nonces[1] && nonces[1] != nonces[2], "{nonces:?}");
    let cookie = ada.cookie();
    assert!(cookie.starts_with("muster="), "{cookie}");
}

#[tokio::test]
async fn a_page_travels_compressed_and_what_answers_a_form_does_not() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let asks = |method: Method, encodings: &str| {
        let request = lea.request(method, "/circles/orders/members");
        let request = request.header("sec-fetch-site", "same-origin").header("accept-encoding", encodings);
        async move {
            request.form(&[("do", "invite"), ("email", "nobody"), ("role", "engineer")]).send().await.unwrap()
        }
    };

    let plain = asks(Method::GET, "identity").await.bytes().await.unwrap();
    let small = asks(Method::GET, "gzip, br").await;
    assert_eq!(small.headers()["content-encoding"], "gzip");
    assert_eq!(small.headers()["vary"], "accept-encoding");
    let small = small.bytes().await.unwrap();
    assert!(small.starts_with(&[0x1f, 0x8b]) && small.len() * 2 < plain.len(), "{} bytes", small.len());

    let refused = asks(Method::POST, "gzip").await;
    assert_eq!((refused.status().as_u16(), refused.headers().get("content-encoding")), (422, None));
    for path in ["/health/live", "/favicon.svg"] {
        let request = lea.request(Method::GET, path).header("accept-encoding", "gzip");
        assert_eq!(request.send().await.unwrap().headers().get("content-encoding"), None, "{path}");
    }
}

#[tokio::test]
async fn what_a_page_loads_may_be_kept_for_ever() {
    let muster = Muster::start().await;
    let nobody = Client::of(&muster);
    let style = nobody.open("/").await.attributes("link[rel=stylesheet]", "href").remove(0);
    if style == "/pkg/" {
        eprintln!("skipped: target/site is not built; `cargo xtask site` builds it");
        return;
    }

    let file = nobody.get(&style).await;

    assert_eq!((file.status, file.header("content-type")), (200, Some("text/css; charset=utf-8")));
    assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    for path in ["/pkg/..%2f..%2fCargo.toml", "/pkg/manifest.json", "/pkg/%2e%2e%2fmanifest.json"] {
        assert_eq!(nobody.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn behind_a_proxy_the_cookie_is_for_https_and_the_proxy_is_believed() {
    let mut muster = Muster::start_with(&[
        "--public-url",
        "https://muster.example.org/",
        "--trusted-proxies",
        "127.0.0.1",
    ])
    .await;
    let token = muster.wait_for_line("Set-up token: ").await;
    assert_eq!(muster.wait_for_line("People open ").await, "https://muster.example.org");
    let set_up = [
        ("token", token.as_str()),
        ("name", "Lea"),
        ("email", "lea@example.org"),
        ("password", PASSWORD),
        ("team", "Orders"),
        ("time_zone", "UTC"),
    ];

    let nobody = Client::of(&muster);
    let request = nobody.request(Method::POST, "/set-up").form(&set_up);
    let request = request
        .header("origin", "https://muster.example.org")
        .header("x-forwarded-for", "192.0.2.1, 198.51.100.7");
    let page = Page::read("/set-up", request.send().await.unwrap()).await.unwrap();

    assert_eq!(page.see_other(), "/");
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-muster="), "{cookie}");
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
    let log = muster.log();
    assert!(log.contains("198.51.100.7") && !log.contains("192.0.2.1"), "{log}");
}

#[tokio::test]
async fn an_administrator_who_forgot_the_password_is_helped_by_one_statement() {
    // As docs/operating.md says it.
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let bea = lea.invites(&muster, "bea", "leader").await;
    let leas_id = lea.id_of("lea").await;
    assert_eq!(bea.get("/people").await.status, 404);

    muster.database.run("UPDATE people SET administrator = TRUE WHERE email = $1", "bea@example.org").await;

    let page = bea.open(&format!("/people?person={leas_id}")).await;
    let page = bea.submit(page.form("form:has([value=link])")).await;
    let link = page.attributes("#link", "value").remove(0);
    let page = lea.open(link.strip_prefix(&muster.url).unwrap()).await;
    lea.submit(page.form("main form").fill("password", "another horse battery"))
        .await
        .must_say("Your password is changed");

    // If there is nobody else.
    muster.database.run("UPDATE people SET administrator = FALSE WHERE email <> $1", "").await;
    muster.restart().await;
    let token = muster.wait_for_line("Set-up token: ").await;
    let page = Client::of(&muster).open("/set-up").await;
    let form =
        page.form("main form").fill("token", &token).fill("name", "Ops").fill("email", "ops@example.org");
    let form = form.fill("password", PASSWORD).fill("team", "Operators").fill("time_zone", "UTC");
    let ops = Client::of(&muster);
    ops.submit(form).await;
    ops.open("/people").await.must_say("lea@example.org");
}

#[tokio::test]
async fn t43_a_body_above_the_limit_is_refused() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    // The length alone is enough to refuse it: nothing of the body is sent, so
    // that the connection is not cut while somebody still writes.
    for (path, length) in
        [("/circles/orders/services", 600 * 1024), ("/api/v1/sessions/sign-in-again", 70 * 1024)]
    {
        let head = format!("content-type: application/json\r\ncontent-length: {length}");
        assert_eq!(answer_to(&muster, path, &head, b""), "HTTP/1.1 413", "{path}");
    }
    let many: Vec<(String, &str)> = (0..5000).map(|n| (format!("f{n}"), "")).collect();
    assert_eq!(lea.post("/circles/orders/services", &many).await.status, 413);

    // Without a length, in chunks: one byte above the limit, which is read.
    let mut chunk = format!("{:x}\r\n", 600 * 1024).into_bytes();
    chunk.resize(chunk.len() + 512 * 1024 + 1, b'x');
    assert_eq!(answer_to(&muster, "/sign-in", "transfer-encoding: chunked", &chunk), "HTTP/1.1 413");
}

/// The first words of the answer to a request that may never be finished.
fn answer_to(muster: &Muster, path: &str, headers: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(muster.address()).unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\n{headers}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn t44_a_client_that_sends_its_headers_slowly_is_sent_away() {
    let muster = Muster::start().await;
    let mut stream = TcpStream::connect(muster.address()).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(13))).unwrap();
    let begun = Instant::now();

    let mut answer = Vec::new();
    let read = tokio::task::spawn_blocking(move || stream.read_to_end(&mut answer)).await.unwrap();

    assert!(read.is_ok(), "it is still open after {:?}", begun.elapsed());
    assert!(begun.elapsed() > Duration::from_secs(5), "it was closed at once");
}

#[tokio::test]
async fn it_says_whether_it_lives_and_whether_it_is_ready() {
    let muster = Muster::start().await;
    let nobody = Client::of(&muster);
    for (path, words) in [("/health/live", "ok"), ("/health/ready", "ready")] {
        let page = nobody.get(path).await;
        assert_eq!((page.status, page.body.as_str()), (200, words));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn t54_it_stops_when_it_is_asked_to_and_is_as_it_was_when_it_starts_again() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    // A connection that is kept open does not keep it from stopping.
    let _idle = TcpStream::connect(muster.address()).unwrap();
    let begun = Instant::now();

    let status = muster.stop().await;

    assert!(status.success(), "{status}");
    assert!(begun.elapsed() < Duration::from_secs(15));
    muster.start_again().await;
    assert_eq!(lea.get("/circles/orders").await.status, 200, "still signed in");
    muster.restart().await;
    assert_eq!(lea.get("/circles/orders").await.status, 200, "after a kill too");
}

#[test]
fn a_wrong_setting_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |arguments: &[&str]| run(folder.path(), &[&["serve"], arguments].concat());
    let cases: [(&[&str], &str); 9] = [
        (&["--listen", "nonsense"], "muster: listen: \"nonsense\" is not an address and a port"),
        (&["--public-url", "muster.example.org"], "muster: public-url: "),
        (&["--trusted-proxies", "10.0.0.0/8,proxy"], "muster: trusted-proxies: \"proxy\""),
        (&["--reach", "10.0.0.0/33"], "muster: reach: \"10.0.0.0/33\""),
        (&["--log-format", "xml"], "muster: log-format: \"xml\""),
        (&["--log", "a=b=c"], "muster: log: "),
        (&["--questions", "nowhere"], "muster: questions: nowhere is not a folder"),
        (&["--database", "mysql://x"], "muster: database: "),
        (&["--listne", "127.0.0.1:0"], "--listne"),
    ];
    for (arguments, says) in cases {
        let output = serve(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(told.contains(says), "{arguments:?} says {told}");
        assert!(!told.contains("panicked"), "{told}");
    }

    let file = folder.path().join("muster.toml");
    for (text, says) in [
        ("listen = \"nonsense\"\n", "listen: \"nonsense\""),
        ("\nlisten_on = \"x\"\n", "unknown field `listen_on`"),
    ] {
        std::fs::write(&file, text).unwrap();
        let told = String::from_utf8_lossy(&serve(&[]).stderr).into_owned();
        assert!(told.contains(says), "{told}");
    }
    let missing = serve(&["--config", "other.toml"]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("other.toml: cannot be read"));
}

#[test]
fn the_flag_wins_over_the_variable_and_the_variable_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("muster.toml"), "listen = \"from the file\"\n").unwrap();
    let told = |variable: Option<&str>, flag: Option<&str>| {
        let mut command = muster(folder.path());
        command.arg("serve");
        command.envs(variable.map(|value| ("MUSTER_LISTEN", value)));
        command.args(flag.map(|value| ["--listen", value]).into_iter().flatten());
        String::from_utf8_lossy(&command.output().unwrap().stderr).into_owned()
    };

    assert!(told(None, None).contains("from the file"));
    assert!(told(Some("from the variable"), None).contains("from the variable"));
    assert!(told(Some("from the variable"), Some("from the flag")).contains("from the flag"));
}

#[test]
fn the_help_names_every_setting() {
    let folder = tempfile::tempdir().unwrap();
    let help = String::from_utf8(run(folder.path(), &["serve", "--help"]).stdout).unwrap();
    let guide = include_str!("../../docs/operating.md");
    for name in [
        "listen",
        "data",
        "database",
        "questions",
        "public-url",
        "trusted-proxies",
        "reach",
        "log",
        "log-format",
        "config",
    ] {
        let (flag, variable) =
            (format!("--{name} "), format!("MUSTER_{}", name.to_uppercase().replace('-', "_")));
        assert!(help.contains(&flag) && help.contains(&variable), "{name} is not in\n{help}");
        assert!(
            guide.contains(&format!("`--{name}`")) && guide.contains(&format!("`{variable}`")),
            "{name} is not in docs/operating.md"
        );
    }
    let n_flags = help.matches("[env: MUSTER_").count();
    assert_eq!(n_flags, 10, "a setting that this test does not know");
    let commands = String::from_utf8(run(folder.path(), &["--help"]).stdout).unwrap();
    for command in ["serve", "check", "import"] {
        assert!(commands.contains(command));
    }
}

#[tokio::test]
async fn t46_what_breaks_is_told_without_its_cause_and_logged_with_it() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.takes_bank("orders-db").await;
    lea.makes_test().await;
    muster.database.run("UPDATE test_versions SET definition = $1", "not what was stored").await;

    let page = lea.get("/circles/orders/tests").await;

    assert_eq!(page.status, 500);
    page.must_say("Something broke on our side");
    let id = page.header("x-request-id").unwrap();
    page.must_say(id);
    for secret in ["not what was stored", "definition", "SELECT", "sqlx", "Corrupt"] {
        assert!(!page.body.contains(secret), "{secret}");
    }
    let log = muster.log();
    assert!(log.lines().any(|line| line.contains(id) && line.contains("\"cause\"")), "{log}");
    assert_eq!(lea.get("/circles/orders/members").await.status, 200, "the rest goes on");
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    muster(folder).args(arguments).output().unwrap()
}
