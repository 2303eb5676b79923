//! What monitoring delivers over HTTP, and what becomes of it.

use std::time::Duration;

use reqwest::{Method, StatusCode};

use crate::support::{Client, Muster, until};

/// A source as its monitoring knows it.
struct Source {
    path: String,
    token: String,
    http: Client,
}

impl Source {
    /// Lea makes one and copies what she is shown.
    async fn made_by(lea: &Client, muster: &Muster, sender: &str) -> Source {
        let page = lea.open("/circles/orders/signal-sources").await;
        let form = page.form("form:has(input[value=make])").fill("name", "Main").fill("sender", sender);
        let page = lea.submit(form).await;
        let settings = page.all_words_of(".notice pre").remove(0);
        let after = |word: &str| {
            let rest = &settings[settings.find(word).unwrap() + word.len()..];
            rest.split_whitespace().next().unwrap().to_owned()
        };
        let address = settings.split_whitespace().find(|word| word.contains("/hooks/")).unwrap();
        let path = address[address.find("/hooks/").unwrap()..].to_owned();
        let token = if sender == "pagerduty" { after("Bearer") } else { after("credentials:") };
        assert!(!lea.open("/circles/orders/signal-sources").await.says(&token), "it is shown once");
        Source { path, token, http: Client::of(muster) }
    }

    /// Delivers a body with the token; `None` where there was no answer.
    async fn delivers(&self, body: impl Into<reqwest::Body>) -> Option<StatusCode> {
        let request = self.http.request(Method::POST, &self.path).bearer_auth(&self.token).body(body);
        request.send().await.ok().map(|answer| answer.status())
    }
}

/// One alert of version 4, by the name of its node.
fn body(node: &str, status: &str) -> String {
    format!(
        r#"{{"version":"4","groupKey":"{{}}:{{alertname=\"PoolFull\"}}","status":"{status}","receiver":"muster",
            "externalURL":"http://alertmanager:9093","alerts":[{{"status":"{status}","labels":{{"alertname":"PoolFull",
            "service":"orders-db","severity":"critical","node":"{node}"}},"annotations":{{"summary":"The pool is full"}},
            "startsAt":"2026-03-02T03:00:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"f-{node}"}}]}}"#
    )
}

const SECONDS: Duration = Duration::from_secs(20);

async fn team() -> (Muster, Client) {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.takes_bank("orders-db").await;
    (muster, lea)
}

/// Waits until nothing that was delivered waits.
async fn all_read(muster: &Muster) {
    until("everything is read", SECONDS, async || {
        let waiting = "SELECT count(*) FROM signals WHERE state = 'waiting' AND circle = $1";
        (muster.database.number(waiting, "orders").await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_alertmanager_body_becomes_an_incident_that_its_end_resolves() {
    let (muster, lea) = team().await;
    let source = Source::made_by(&lea, &muster, "alertmanager").await;

    assert_eq!(source.delivers(body("a", "firing")).await, Some(StatusCode::ACCEPTED));
    all_read(&muster).await;
    let page = lea.open("/circles/orders/incidents/INC-1").await;
    for words in ["PoolFull: The pool is full", "SEV 1", "Detected", "1 of 1 fire", "Orders database"] {
        page.must_say(words);
    }
    assert!(!page.has("main script:not([nonce])"));

    for _ in 0..3 {
        source.delivers(body("a", "resolved")).await.unwrap();
    }
    all_read(&muster).await;
    lea.open("/circles/orders/incidents/INC-1").await.must_say("All of its alerts have ended.");
    let list = lea.open("/circles/orders/signals").await;
    list.must_say("opened INC-1");
    list.must_say("Nothing new");
}

#[tokio::test]
async fn only_the_source_itself_is_heard_and_the_log_keeps_no_address() {
    let (muster, lea) = team().await;
    let source = Source::made_by(&lea, &muster, "pagerduty").await;
    let ask = |path: &str| source.http.request(Method::POST, path).body("{}");
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();

    assert_eq!(status(ask(&source.path)).await, 401);
    assert_eq!(status(ask(&source.path).bearer_auth("guessed")).await, 401);
    assert_eq!(status(ask("/hooks/nobodys").bearer_auth(&source.token)).await, 404);
    assert_eq!(status(ask(&source.path).basic_auth("muster", Some(&source.token))).await, 202);
    // A page of another site has no token, and needs none to be refused.
    assert_eq!(status(ask(&source.path).header("origin", "https://evil.example")).await, 401);

    let page = lea.open("/circles/orders/signal-sources").await;
    lea.send(page.form("form:has(button[value=sign])").fill("secret", "Jefe").press("do", "sign"))
        .await
        .see_other();
    // RFC 4231, test case 2.
    let signed = |signature: &str| {
        let body = "what do ya want for nothing?";
        let request = source.http.request(Method::POST, &source.path).bearer_auth(&source.token);
        request.header("x-pagerduty-signature", signature.to_owned()).body(body)
    };
    let right = "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(status(signed(right)).await, 202);
    assert_eq!(status(signed("v1=00")).await, 401);
    let stored = "SELECT count(*) FROM signals WHERE circle = $1";
    assert_eq!(muster.database.number(stored, "orders").await, 2);
    assert!(!muster.log().contains(&source.path));
}

#[tokio::test]
async fn t43_what_is_too_large_or_no_text_does_no_harm() {
    let (muster, lea) = team().await;
    let source = Source::made_by(&lea, &muster, "grafana").await;

    assert_eq!(source.delivers(vec![b' '; 10 << 20]).await.map(|it| it.as_u16()).unwrap_or(413), 413);
    for strange in
        [&b""[..], b"\x1f\x8b\x08\0\0", b"{\"alerts\":[{\"labels\":{\"a\":\"\\u0000\"}}]}", b"[[[["]
    {
        assert_eq!(source.delivers(strange.to_vec()).await, Some(StatusCode::ACCEPTED));
    }
    let hostile = r#"{"alerts":[{"labels":{"alertname":"</textarea><script>alert(1)</script>"}}]}"#;
    source.delivers(hostile).await.unwrap();
    all_read(&muster).await;

    let list = lea.open("/circles/orders/signals?state=unknown").await;
    list.must_say("3 deliveries were not understood or failed. They are kept.");
    for link in list.attributes("main table a", "href") {
        lea.open(&link).await;
    }
    let incidents = lea.open("/circles/orders/incidents").await;
    assert!(incidents.says("<script>alert(1)</script>") && !incidents.has("main script"));
}

#[tokio::test]
async fn a_leader_tries_rules_on_what_was_delivered_and_saves_them() {
    let (muster, lea) = team().await;
    let source = Source::made_by(&lea, &muster, "alertmanager").await;
    source.delivers(body("a", "firing")).await.unwrap();
    all_read(&muster).await;
    let delivery = lea.open("/circles/orders/signals").await.attributes("main table a", "href").remove(0);
    let rules = lea.open(&delivery).await.attributes("a[href*=signal-rules]", "href").remove(0);

    let page = lea.open(&rules).await;
    let form = page.form("form:has(textarea[name=rules])").fill("rules", "node=a -> ignore");
    let tried = lea.send(form.press("do", "try")).await;
    assert_eq!(tried.status, 200);
    tried.must_say("Line 1");
    tried.must_say("Opens no incident");
    let form = tried.form("form:has(textarea[name=rules])").fill("rules", "node=a -> nowhere\noops");
    let refused = lea.send(form.press("do", "save")).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.problem("rules").as_deref().map(|it| it.contains("Line 2")), Some(true));
    let form = page.form("form:has(textarea[name=rules])").fill("rules", "node=b -> ignore");
    lea.send(form.press("do", "save")).await.see_other();

    source.delivers(body("b", "firing")).await.unwrap();
    all_read(&muster).await;
    let list = lea.open("/circles/orders/signals").await;
    list.must_say("is left out by a rule");
    assert!(!lea.open("/circles/orders/incidents").await.says("INC-2"));
}

/// Deliveries that were answered 202 are there after `kill -9`, whenever it
/// comes, and are read when the program is there again.
#[tokio::test]
async fn what_was_answered_202_is_never_lost() {
    let (mut muster, lea) = team().await;
    let source = Source::made_by(&lea, &muster, "alertmanager").await;
    let mut accepted: Vec<String> = Vec::new();
    for round in 0..3 {
        let source = &source;
        let senders = (0..8).map(|sender| async move {
            let mut accepted = Vec::new();
            for n in 0.. {
                let node = format!("r{round}-s{sender}-n{n}");
                match source.delivers(body(&node, "firing")).await {
                    Some(StatusCode::ACCEPTED) => accepted.push(node),
                    // It is gone.
                    _ => break,
                }
            }
            accepted
        });
        let killed = async {
            tokio::time::sleep(Duration::from_millis(300 + 150 * round)).await;
            muster.kill();
        };
        let (all, ()) = tokio::join!(futures_util::future::join_all(senders), killed);
        accepted.extend(all.into_iter().flatten());
        muster.start_again().await;
    }
    all_read(&muster).await;

    assert!(accepted.len() > 24, "{}", accepted.len());
    let known = "SELECT count(*) FROM signal_alerts WHERE fingerprint = $1";
    for node in &accepted {
        assert_eq!(muster.database.number(known, &format!("f-{node}")).await, 1, "{node}");
    }
    let incidents = "SELECT count(*) FROM incidents WHERE circle = $1";
    assert_eq!(muster.database.number(incidents, "orders").await, 1, "of one group");
}

#[tokio::test]
async fn an_alert_that_no_runbook_describes_says_what_is_known_and_where_to_write_it_down() {
    let (muster, lea) = team().await;
    assert_eq!(lea.get("/alerts/PoolFull").await.status, 404);
    let source = Source::made_by(&lea, &muster, "alertmanager").await;
    source.delivers(body("a", "firing")).await;
    source.delivers("{}").await;
    all_read(&muster).await;

    let known = lea.open("/alerts/PoolFull").await;
    assert_eq!(known.status, 200);
    for words in ["No runbook describes it.", "The pool is full", "INC-1", "Orders database"] {
        known.must_say(words);
    }
    assert!(known.has("a[href$='/services/orders-db/runbook/edit?page=PoolFull']"));

    let home = lea.open("/circles/orders").await;
    for words in
        ["Incidents that run", "INC-1", "Nobody has it yet", "1 delivery of alerts was not understood"]
    {
        home.must_say(words);
    }
}
