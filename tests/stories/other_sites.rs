//! A page of another site can make a browser send our cookie. It gets nothing done.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::support::people::email;
use crate::support::{Client, Muster, PASSWORD, Page, TwoCircles};
use crate::who_may::{OTHERS, PAGES, filled};

/// What a browser says of a request that a page of another site makes it send.
const FOREIGN: [&[(&str, &str)]; 8] = [
    &[],
    &[("origin", "null")],
    &[("origin", "https://evil.example")],
    &[("origin", "http://127.0.0.1:1")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "cross-site"), ("origin", "null")],
    &[("sec-fetch-site", "same-site"), ("origin", "http://sub.127.0.0.1")],
    &[("sec-fetch-site", "same-site")],
];

#[tokio::test]
async fn t25_what_another_site_sends_is_refused_and_changes_nothing() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let save = json!({ "attempt": attempt, "sent": {
        "slot": 1, "client": "story", "sequence": 1, "answer": "do_not_know", "confidence": null, "for_review": false,
    }});
    let forms = [
        (&lea, "/circles/orders/services", urlencoded("slug=cache&name=Cache")),
        (&lea, "/circles/orders/services", ("text/plain", "slug=cache&name=Cache".to_owned())),
        (&lea, "/circles/orders/services", multipart()),
        (&lea, "/circles", urlencoded("name=Mine&time_zone=UTC")),
        (&ada, "/sign-out", urlencoded("")),
        (&ada, "/api/v1/attempts/save-answer", ("text/plain", save.to_string())),
        (&ada, "/api/v1/attempts/save-answer", ("application/json", save.to_string())),
        (&ada, "/api/v1/attempts/save-answer", multipart()),
    ];
    let before = muster.database.sizes().await;

    let mut n_refused = 0;
    for (who, path, body) in &forms {
        for foreign in FOREIGN {
            let page = send(who, path, body, foreign).await;
            assert_eq!(page.status, 403, "{path} {body:?} {foreign:?}");
            assert_eq!(muster.database.sizes().await, before, "{path} {body:?} {foreign:?}");
            n_refused += 1;
        }
    }

    assert_eq!(muster.log().matches("refused a request that another site sent").count(), n_refused);
    assert_eq!(ada.get("/circles/orders").await.status, 200, "nobody was signed out");

    // The same requests, sent by a page of our own, are taken.
    let own = muster.url.clone();
    for ours in [vec![("sec-fetch-site", "same-origin")], vec![("origin", own.as_str())]] {
        let save = send(&ada, "/api/v1/attempts/save-answer", &forms[6].2, &ours).await;
        assert_eq!(save.status, 200, "{ours:?}");
        let page = send(&lea, "/circles", &forms[3].2, &ours).await;
        assert_eq!(page.status, 303, "{ours:?}");
    }
}

/// What a browser says when a page of another site sends it here.
const LED_HERE: [(&str, &str); 5] = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("origin", "https://evil.example"),
    ("referer", "https://evil.example/page"),
];

#[tokio::test]
async fn t26_what_another_site_reads_changes_no_row() {
    let here = TwoCircles::at_work().await;
    // Signed in just now and not seen since: a request of our own would write that down.
    let fresh = async |name: &str| {
        let client = Client::of(&here.muster);
        client.post("/sign-in", &[("email", email(name).as_str()), ("password", PASSWORD)]).await.see_other();
        client
    };
    let [lou, ada, lea] = [fresh("lou").await, fresh("ada").await, fresh("lea").await];
    let invitation = here.lou.invites_by_link("zoe", "engineer").await;
    // A link waits to be shown once.
    let invite = [("do", "invite"), ("email", "zac@example.org"), ("role", "engineer")];
    lou.post("/circles/orders/members", &invite).await.see_other();
    let mut paths: Vec<String> =
        PAGES.iter().chain(OTHERS).map(|(path, _)| filled(path, &here)).chain([invitation]).collect();
    for (path, query) in [
        ("/circles/orders/members", "page=2&do=invite&email=x@example.org&role=leader"),
        (&format!("/circles/orders/members/{}", here.adas_id), "remove=1&do=remove"),
        (&format!("/circles/orders/tests/{}", here.orders.test), "confirm=archive&do=archive"),
        (&format!("/circles/orders/rounds/{}", here.orders.round), "confirm=cancel&do=cancel"),
        (&format!("/circles/orders/rounds/{}/start", here.orders.round), "start=1"),
        (&format!("/attempts/{}", here.orders.attempt), "all=1&q1-unknown=on&q1-was=null"),
        (&format!("/people?person={}", here.adas_id), "&do=disable"),
        ("/people", "log=1&do=demo"),
        ("/sign-out", ""),
        ("/", "do=demo"),
    ] {
        paths.push(format!("{path}{}{query}", if path.contains('?') { "" } else { "?" }));
    }
    let before = here.muster.database.everything().await;

    for path in &paths {
        for (who, name) in
            [(&here.nobody, "nobody"), (&lou, "lou"), (&ada, "ada"), (&lea, "lea"), (&here.dan, "dan")]
        {
            let page = who.ask(Method::GET, path, &LED_HERE).await;
            assert!(page.status < 500, "{path} by {name}: {}", page.status);
        }
        for method in [Method::HEAD, Method::OPTIONS] {
            lou.ask(method, path, &LED_HERE).await;
        }
    }
    let after = here.muster.database.everything().await;
    assert_eq!(before.changed_in(&after), Vec::<String>::new());

    // The same eyes see what a page of our own leaves.
    let link = lou.open("/circles/orders/members").await.attributes("#link", "value");
    assert_eq!(link.len(), 1, "the link was not used up");
    assert_ne!(here.muster.database.everything().await, after);
}

#[tokio::test]
async fn t26_no_server_function_answers_a_get() {
    let here = TwoCircles::at_work().await;
    let attempt = &here.orders.attempt;
    let queries = [
        format!("attempt={attempt}"),
        format!(
            "attempt={attempt}&sent[slot]=1&sent[client]=c&sent[sequence]=1&sent[answer]=do_not_know&sent[for_review]=false"
        ),
        "email=ada@example.org&password=guessed".to_owned(),
    ];
    let before = here.muster.database.everything().await;

    let mut n_calls = 0;
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert_ne!(method, Method::GET, "{path}");
        for query in &queries {
            let page = here.ada.ask(Method::GET, &format!("{path}?{query}"), &LED_HERE).await;
            assert!([404, 405].contains(&page.status), "{path} {}", page.status);
            n_calls += 1;
        }
    }

    assert!(n_calls >= 9, "{n_calls}");
    assert_eq!(before.changed_in(&here.muster.database.everything().await), Vec::<String>::new());
}

type Body = (&'static str, String);

fn urlencoded(body: &str) -> Body {
    ("application/x-www-form-urlencoded", body.to_owned())
}

fn multipart() -> Body {
    let field = |name: &str, value: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    ("multipart/form-data; boundary=x", field("slug", "cache") + &field("name", "Cache") + "--x--\r\n")
}

async fn send(who: &Client, path: &str, (media_type, body): &Body, headers: &[(&str, &str)]) -> Page {
    let headers = headers.iter().copied().chain([("accept", "*/*"), ("content-type", *media_type)]);
    let headers: HeaderMap =
        headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let request = who.request(Method::POST, path).headers(headers).body(body.clone());
    Page::read(path, request.send().await.unwrap()).await.unwrap()
}
