//! Where a form or a page sends somebody is always a place of ours.

use reqwest::{Method, Url};

use crate::support::{Client, Muster, PASSWORD, Page};

/// What somebody may put into a link to us, and where it leads instead.
fn hostile() -> Vec<(String, &'static str)> {
    let home = [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:",
        "https://evil.example",
        "https:evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "%0d%0aX: y",
        "/\r\nX: y",
        "/%0d%0aX: y",
        "/日本語",
        "/\t/evil.example",
        "\t//evil.example",
        " /x",
        "/x y",
        "/x\u{7f}",
        "?",
        "",
    ];
    let mut all: Vec<(String, &str)> = home.map(|next| (next.to_owned(), "/")).into();
    all.push((format!("/{}", "x".repeat(10_000)), "/"));
    // Nothing of this is decoded on the way.
    all.push(("/%0d%0aX:y".to_owned(), "/%0d%0aX:y"));
    all.push(("/%2F%2Fevil.example".to_owned(), "/%2F%2Fevil.example"));
    all.push(("/circles/orders?x=//evil.example".to_owned(), "/circles/orders?x=//evil.example"));
    all
}

#[tokio::test]
async fn t24_signing_in_and_out_leads_to_no_other_site() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let nobody = Client::of(&muster);

    for (next, leads_to) in hostile() {
        let address = Url::parse_with_params("http://x/sign-in", [("next", &next)]).unwrap();
        let asked = nobody.get(&address.as_str()["http://x".len()..]).await;
        assert_eq!((asked.status, asked.value("next").as_str()), (200, leads_to), "{next:?}");

        let fields = [("email", "lea@example.org"), ("password", PASSWORD), ("next", next.as_str())];
        let signed_in = nobody.post("/sign-in", &fields).await;
        assert_eq!(signed_in.see_other(), leads_to, "{next:?}");
        let out = nobody.post("/sign-out", &[("next", &next)]).await;
        assert_eq!(out.see_other(), leads_to, "{next:?}");
        for page in [signed_in, out] {
            assert_stays_here(&muster, &page);
            assert_eq!(page.header("x"), None, "{next:?}");
        }
    }

    assert_eq!(lea.get("/circles/orders").await.status, 200, "it still answers");
    assert_nothing_panicked(&muster);
}

#[tokio::test]
async fn t24_a_page_that_asks_to_sign_in_first_leads_to_no_other_site() {
    let mut muster = Muster::start().await;
    muster.set_up().await;
    let long = format!("/circles/{}", "x".repeat(10_000));
    let targets: Vec<Vec<u8>> = [
        "//evil.example/circles",
        "//evil.example",
        "/\\evil.example",
        "http://evil.example/circles/orders",
        "/circles/orders?next=//evil.example",
        "/circles/orders?%0d%0aX:%20y",
        "/circles/%0d%0aX:%20y",
        "/circles/日本語",
        "/circles/orders?日本語",
        &long,
        "*",
    ]
    .map(|target| target.as_bytes().to_vec())
    .into_iter()
    .chain([b"/circles/\xff\xfe".to_vec(), b"/circles/\x7f".to_vec()])
    .collect();

    for target in targets {
        let shown = String::from_utf8_lossy(&target).into_owned();
        let request =
            [b"GET ", target.as_slice(), b" HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n"];
        let answer = muster.asked_raw(&request.concat()).await;
        let head = answer.split("\r\n\r\n").next().unwrap();
        assert!(head.starts_with("HTTP/1.1 ") && !head.starts_with("HTTP/1.1 5"), "{shown}: {head}");
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        assert_eq!(header("x:"), None, "{shown}: {head}");
        if let Some(location) = header("location:") {
            assert!(location.starts_with("/") && !location.starts_with("//"), "{shown}: {location}");
            let url = Url::parse("http://here/").unwrap().join(location).unwrap();
            assert_eq!(url.host_str(), Some("here"), "{shown}: {location}");
            // And the page that it leads to leads back to a place of ours.
            let next = Client::of(&muster).open(location).await.value("next");
            assert!(next.starts_with('/') && !next[1..].starts_with(['/', '\\']), "{shown}: {next}");
        }
    }

    assert_nothing_panicked(&muster);
}

#[tokio::test]
async fn t24_an_error_in_the_address_is_not_shown() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let nobody = Client::of(&muster);
    // "Broken", and a text, as Leptos would write an error into an address.
    let spoofs =
        ["IkJyb2tlbiI", "IkJyb2tlbiI=", "InNwb29mZWQgYnkgZXZpbCI", "spoofed+by+evil", "%22Broken%22", ""];

    for (who, path) in [(&nobody, "/sign-in"), (&lea, "/circles/orders"), (&lea, "/circles/orders/members")] {
        let honest = who.get(path).await.text();
        for spoof in spoofs {
            for of in ["/api/v1/attempts/save-answer", "/api/v1/sessions/sign-in-again", "/sign-in"] {
                let page = who.get(&format!("{path}?__path={of}&__err={spoof}&done={spoof}")).await;
                assert_eq!((page.status, page.text()), (200, honest.clone()), "{path} {spoof}");
            }
        }
    }

    // What an island calls is never answered with a way to somewhere else.
    for body in ["{}", "not JSON", r#"{"attempt":"x"}"#] {
        let request = nobody
            .request(Method::POST, "/api/v1/attempts/state")
            .header("sec-fetch-site", "same-origin")
            .header("referer", "https://evil.example/page?__err=x")
            .header("content-type", "application/json")
            .body(body);
        let page = Page::read("state", request.send().await.unwrap()).await.unwrap();
        assert!([401, 422].contains(&page.status), "{body}: {}", page.status);
        assert_eq!(page.header("location"), None, "{body}");
        assert!(!format!("{:?}{}", page.headers, page.body).contains("evil"), "{body}");
    }
    assert_nothing_panicked(&muster);
}

/// As a browser resolves the address.
fn assert_stays_here(muster: &Muster, page: &Page) {
    let here: Url = muster.url.parse().unwrap();
    let next = here.join(&page.leads_to().unwrap()).unwrap();
    assert_eq!(next.origin(), here.origin(), "{} leads to {next}", page.path);
}

fn assert_nothing_panicked(muster: &Muster) {
    assert!(!muster.log().contains("panic"), "{}", muster.log());
}
