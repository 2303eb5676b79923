//! A page of another site can make a browser send our cookie. It gets nothing done.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::support::{Client, Muster, Page};

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

#[tokio::test]
async fn t26_no_server_function_answers_a_get() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    for (path, _) in leptos::server_fn::axum::server_fn_paths() {
        let before = muster.database.sizes().await;
        let page = lea.get(&format!("{path}?attempt=1")).await;
        assert!([404, 405].contains(&page.status), "{path} {}", page.status);
        assert_eq!(muster.database.sizes().await, before);
    }
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
