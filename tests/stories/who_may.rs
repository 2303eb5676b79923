//! Every address, asked by everyone.

use std::collections::BTreeSet;

use app::pages::Pages;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, Page, TwoCircles};

/// Who asks, in the order of the columns below.
const COLUMNS: [&str; 7] = [
    "nobody",
    "engineer",
    "another circle's engineer",
    "leader",
    "another circle's leader",
    "administrator",
    "disabled",
];

/// What a page answers. 302 leads to the sign-in, or where one belongs.
const PAGES: &[(&str, [u16; 7])] = &[
    //                                                        nobody  eng  other leader other admin disabled
    ("/", [302, 302, 302, 302, 302, 200, 302]),
    ("/set-up", [404, 404, 404, 404, 404, 404, 404]),
    ("/demo", [404, 404, 404, 404, 404, 404, 404]),
    ("/sign-in", [200, 200, 200, 200, 200, 200, 200]),
    ("/account", [302, 200, 200, 200, 200, 200, 302]),
    ("/people", [302, 404, 404, 404, 404, 200, 302]),
    ("/invitations/:token", [404, 404, 404, 404, 404, 404, 404]),
    ("/reset/:token", [404, 404, 404, 404, 404, 404, 404]),
    ("/circles", [302, 200, 200, 200, 200, 200, 302]),
    ("/circles/:circle", [302, 200, 404, 200, 404, 404, 302]),
    ("/circles/:circle/members", [302, 200, 404, 200, 404, 404, 302]),
    ("/circles/:circle/members/:person", [302, 404, 404, 200, 404, 404, 302]),
    ("/circles/:circle/audit", [302, 404, 404, 200, 404, 404, 302]),
    ("/circles/:circle/services", [302, 200, 404, 200, 404, 404, 302]),
    ("/circles/:circle/services/:service", [302, 200, 404, 200, 404, 404, 302]),
    ("/circles/:circle/questions/:service/:topic/:slug", [302, 404, 404, 200, 404, 404, 302]),
    ("/circles/:circle/tests", [302, 404, 404, 200, 404, 404, 302]),
    ("/circles/:circle/tests/:test", [302, 404, 404, 200, 404, 404, 302]),
    ("/circles/:circle/tests/:test/preview", [302, 404, 404, 200, 404, 404, 302]),
    ("/circles/:circle/rounds", [302, 404, 404, 200, 404, 404, 302]),
    ("/circles/:circle/plan-round", [302, 404, 404, 200, 404, 404, 302]),
    ("/circles/:circle/rounds/:round", [302, 404, 404, 200, 404, 404, 302]),
    ("/circles/:circle/rounds/:round/start", [302, 200, 404, 404, 404, 404, 302]),
    ("/circles/:circle/readiness", [302, 200, 404, 200, 404, 404, 302]),
    ("/circles/:circle/readiness/:person/:service/:topic", [302, 200, 404, 200, 404, 404, 302]),
    ("/attempts/:attempt", [302, 200, 404, 404, 404, 404, 302]),
    ("/attempts/:attempt/check", [302, 200, 404, 404, 404, 404, 302]),
    ("/attempts/:attempt/report/:n", [302, 200, 404, 404, 404, 404, 302]),
    ("/attempts/:attempt/result", [302, 200, 404, 200, 404, 404, 302]),
];

/// What is answered to a form that the one who may send it would send. Those
/// who may change nothing come first, and change nothing.
const POSTS: &[(&str, &[(&str, &str)], [u16; 7])] = &[
    //                                                                                       nobody  eng  other leader other admin disabled
    ("/set-up", &[("token", "guessed"), ("name", "Eve")], [404, 404, 404, 404, 404, 404, 404]),
    ("/demo", &[("person", "ADA")], [404, 404, 404, 404, 404, 404, 404]),
    (
        "/sign-in",
        &[("email", "eve@example.org"), ("password", "guessed")],
        [422, 422, 422, 422, 422, 422, 422],
    ),
    (
        "/invitations/{token}",
        &[("name", "Eve"), ("password", "correct horse battery")],
        [404, 404, 404, 404, 404, 404, 404],
    ),
    ("/reset/{token}", &[("password", "correct horse battery")], [404, 404, 404, 404, 404, 404, 404]),
    (
        "/account",
        &[("do", "profile"), ("name", "Same"), ("time_zone", "")],
        [401, 303, 303, 303, 303, 303, 401],
    ),
    ("/people", &[("do", "link"), ("person", "ADA")], [401, 404, 404, 404, 404, 303, 401]),
    ("/circles", &[("name", "Mine"), ("time_zone", "UTC")], [401, 404, 404, 404, 404, 303, 401]),
    (
        "/circles/{circle}/members",
        &[("do", "invite"), ("email", "eve@example.org"), ("role", "leader")],
        [401, 404, 404, 303, 404, 404, 401],
    ),
    ("/circles/{circle}/members/{person}", &[("do", "link")], [401, 404, 404, 303, 404, 404, 401]),
    (
        "/circles/{circle}/services",
        &[("slug", "cache"), ("name", "Cache")],
        [401, 404, 404, 303, 404, 404, 401],
    ),
    ("/circles/{circle}/services/{service}", &[("do", "take")], [401, 404, 404, 303, 404, 404, 401]),
    ("/circles/{circle}/tests/{test}", &[("do", "archive")], [401, 404, 404, 303, 404, 404, 401]),
    (
        "/circles/{circle}/tests/{test}/preview",
        &[("do", "mark"), ("seed", "1")],
        [401, 404, 404, 404, 404, 404, 401],
    ),
    ("/circles/{circle}/plan-round", &[("name", "Mine")], [401, 404, 404, 422, 404, 404, 401]),
    (
        "/circles/{circle}/rounds/{round}",
        &[("do", "extend"), ("person", "ADA"), ("minutes-ADA", "5")],
        [401, 404, 404, 303, 404, 404, 401],
    ),
    ("/circles/{circle}/rounds/{round}/start", &[], [401, 303, 404, 404, 404, 404, 401]),
    (
        "/attempts/{attempt}",
        &[("here", "1"), ("q1-was", "null"), ("q1-unknown", "on")],
        [401, 303, 404, 404, 404, 404, 401],
    ),
    (
        "/attempts/{attempt}/report/{n}",
        &[("about", "question"), ("note", "It is wrong.")],
        [401, 303, 404, 404, 404, 404, 401],
    ),
    ("/attempts/{attempt}/check", &[], [401, 303, 404, 404, 404, 404, 401]),
    ("/", &[("do", "demo")], [404, 404, 404, 404, 404, 303, 404]),
    ("/sign-out", &[], [303, 303, 303, 303, 303, 303, 303]),
];

/// What islands may call.
const CALLS: &[(&str, &str, [u16; 7])] = &[
    //                                                                                    nobody  eng  other leader other admin disabled
    (
        "/api/v1/attempts/save-answer",
        r#"{"attempt":"ATTEMPT","sent":{"slot":1,"client":"c","sequence":1,"answer":"do_not_know","confidence":null,"for_review":false}}"#,
        [401, 200, 404, 404, 404, 404, 401],
    ),
    ("/api/v1/attempts/state", r#"{"attempt":"ATTEMPT"}"#, [401, 200, 404, 404, 404, 404, 401]),
    (
        "/api/v1/sessions/sign-in-again",
        r#"{"email":"eva@example.org","password":"guessed"}"#,
        [422, 422, 422, 422, 422, 422, 422],
    ),
];

/// What the router adds by hand; images are asked for in `not_yours`.
const OTHERS: &[(&str, [u16; 7])] = &[
    ("/health/live", [200; 7]),
    ("/health/ready", [200; 7]),
    ("/favicon.svg", [200; 7]),
    ("/pkg/{name}", [404; 7]),
    ("/circles/{circle}/images/{service}/{topic}/{slug}/{version}", [401, 404, 404, 404, 404, 404, 401]),
];

#[tokio::test]
async fn t28_every_address_answers_everyone_as_the_table_says() {
    let here = TwoCircles::at_work().await;
    let mut wrong = Vec::new();

    for (path, expected) in OTHERS.iter().chain(PAGES) {
        let path = filled(path, &here);
        for (column, expected) in in_turn(expected) {
            let page = who(&here, column).get(&path).await;
            note(&mut wrong, column, expected, &page, "GET");
        }
    }
    for (path, body, expected) in CALLS {
        let body: Value = serde_json::from_str(&body.replace("ATTEMPT", &here.orders.attempt)).unwrap();
        let before = here.muster.database.sizes().await;
        for (column, expected) in in_turn(expected) {
            let page = who(&here, column).call(path, &body).await;
            note(&mut wrong, column, expected, &page, "POST");
            if expected >= 400 {
                assert_eq!(here.muster.database.sizes().await, before, "{path} by {}", COLUMNS[column]);
            }
        }
    }
    for (path, fields, expected) in POSTS {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| (named(name, &here), named(value, &here))).collect();
        let path = filled(path, &here);
        let before = here.muster.database.sizes().await;
        for (column, expected) in in_turn(expected) {
            let page = who(&here, column).post(&path, &fields).await;
            note(&mut wrong, column, expected, &page, "POST");
            if expected >= 400 {
                assert_eq!(here.muster.database.sizes().await, before, "{path} by {}", COLUMNS[column]);
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn t28_every_address_has_a_row_in_the_table() {
    let pages = leptos_axum::generate_route_list(Pages).into_iter().map(|route| as_axum(route.path()));
    let pages: BTreeSet<String> = pages.collect();
    let rows: BTreeSet<String> = PAGES.iter().map(|(path, _)| as_axum(path)).collect();
    assert_eq!(pages, rows, "pages (left) and rows (right)");

    let posts = routes_in(include_str!("../../app/src/pages.rs"));
    let rows: BTreeSet<String> = POSTS.iter().map(|(path, ..)| (*path).to_owned()).collect();
    assert_eq!(posts, rows, "forms (left) and rows (right)");

    let calls: BTreeSet<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    let rows: BTreeSet<String> = CALLS.iter().map(|(path, ..)| format!("POST {path}")).collect();
    assert_eq!(calls, rows, "server functions (left) and rows (right)");

    let others = routes_in(include_str!("../../server/src/router.rs"));
    let mut rows: BTreeSet<String> = OTHERS.iter().map(|(path, _)| (*path).to_owned()).collect();
    rows.insert("/api/{*call}".to_owned());
    assert_eq!(others, rows, "routes of the router (left) and rows (right)");
}

/// The columns with those first who may do nothing: what they try comes
/// before anything has happened.
fn in_turn(expected: &[u16; 7]) -> Vec<(usize, u16)> {
    let mut columns: Vec<(usize, u16)> = expected.iter().copied().enumerate().collect();
    columns.sort_by_key(|(_, expected)| *expected < 400);
    columns
}

fn who(here: &TwoCircles, column: usize) -> &Client {
    [&here.nobody, &here.ada, &here.ed, &here.lou, &here.bea, &here.lea, &here.dan][column]
}

fn note(wrong: &mut Vec<String>, column: usize, expected: u16, page: &Page, method: &str) {
    let to_sign_in = page.leads_to().is_some_and(|next| next.starts_with("/sign-in"));
    if page.status != expected {
        wrong.push(format!("{method} {} by {}: {}, not {expected}", page.path, COLUMNS[column], page.status));
    } else if expected == 302 && [0, 6].contains(&column) && !to_sign_in {
        wrong.push(format!("{} does not lead {} to the sign-in", page.path, COLUMNS[column]));
    }
}

/// A path of the circle `orders`, by the names of its parts.
fn filled(path: &str, here: &TwoCircles) -> String {
    let attempt = if path.ends_with("/result") { &here.orders.done } else { &here.orders.attempt };
    let parts = [
        ("circle", "orders"),
        ("service", "orders-db"),
        ("topic", "process"),
        ("slug", "what-first"),
        ("person", here.adas_id.as_str()),
        ("test", here.orders.test.as_str()),
        ("round", here.orders.round.as_str()),
        ("attempt", attempt),
        ("n", "1"),
        ("token", "0123456789abcdef0123456789abcdef01234567"),
        ("name", "nothing.js"),
        ("version", "0123456789abcdef?name=racks.png"),
    ];
    let part = |part: &str| {
        let Some(name) = part.strip_prefix(':').or_else(|| part.strip_prefix('{')) else {
            return part.to_owned();
        };
        let name = name.trim_end_matches('}');
        parts
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("what is {name}?"))
            .1
            .to_owned()
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn named(text: &str, here: &TwoCircles) -> String {
    text.replace("ADA", &here.adas_id)
}

/// `/rounds/:round` as axum writes it.
fn as_axum(path: &str) -> String {
    let part =
        |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Every path that a source file gives to `.route("…", …)`.
fn routes_in(source: &str) -> BTreeSet<String> {
    let path = |rest: &str| Some(rest.trim_start().strip_prefix('"')?.split('"').next()?.to_owned());
    source.split(".route(").skip(1).filter_map(path).collect()
}

#[tokio::test]
async fn an_unknown_address_is_not_found_in_the_frame_of_every_page() {
    let here = TwoCircles::at_work().await;
    for path in
        ["/nowhere", "/circles/orders/nowhere", "/api/v1/nothing", "/pkg/../Cargo.toml", "/circles/%00"]
    {
        let page = here.ada.get(path).await;
        assert!([404, 405].contains(&page.status), "{path} {}", page.status);
    }
    let page = here.ada.get("/nowhere").await;
    page.must_say("There is no such page");
    assert!(page.has("header.shell-top") && page.has("footer"));
    let unknown = here
        .ada
        .request(Method::POST, "/api/v1/nothing")
        .header("sec-fetch-site", "same-origin")
        .json(&json!({}));
    assert!(unknown.send().await.unwrap().status().is_client_error());
}
