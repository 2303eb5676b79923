//! Every address, asked by everyone.

use std::collections::BTreeSet;

use app::form::parse_pairs;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, Page, TwoCircles};

/// Who asks, in the order of the numbers below.
const WHO: [&str; 7] = [
    "nobody",
    "engineer",
    "another circle's engineer",
    "leader",
    "another circle's leader",
    "administrator",
    "disabled",
];

/// What each of them is answered.
pub type Row = [u16; 7];

const EVERYONE: Row = [200; 7];
const NOT_FOUND: Row = [404; 7];
const REFUSED: Row = [422; 7];

// A page: 303 leads to the sign-in.
const SIGNED_IN: Row = [303, 200, 200, 200, 200, 200, 303];
const ADMINISTRATOR: Row = [303, 404, 404, 404, 404, 200, 303];
const MEMBERS: Row = [303, 200, 404, 200, 404, 404, 303];
const LEADER: Row = [303, 404, 404, 200, 404, 404, 303];
const TAKER: Row = [303, 200, 404, 404, 404, 404, 303];

// A form: 303 leads on.
const SIGNED_IN_SENDS: Row = [401, 303, 303, 303, 303, 303, 401];
const ADMINISTRATOR_SENDS: Row = [401, 404, 404, 404, 404, 303, 401];
const LEADER_SENDS: Row = [401, 404, 404, 303, 404, 404, 401];
const MEMBERS_SEND: Row = [401, 303, 404, 303, 404, 404, 401];
const TAKER_SENDS: Row = [401, 303, 404, 404, 404, 404, 401];

/// What a page answers.
pub const PAGES: &[(&str, Row)] = &[
    ("/", [303, 303, 303, 303, 303, 200, 303]),
    ("/set-up", NOT_FOUND),
    ("/demo", NOT_FOUND),
    ("/demo/remove", NOT_FOUND),
    ("/sign-in", EVERYONE),
    ("/account", SIGNED_IN),
    ("/people", ADMINISTRATOR),
    ("/invitations/:token", NOT_FOUND),
    ("/reset/:token", NOT_FOUND),
    ("/circles", SIGNED_IN),
    ("/circles/:circle", MEMBERS),
    ("/circles/:circle/members", MEMBERS),
    ("/circles/:circle/members/:person", LEADER),
    ("/circles/:circle/settings", LEADER),
    ("/circles/:circle/audit", LEADER),
    ("/circles/:circle/services", MEMBERS),
    ("/circles/:circle/services/:service", MEMBERS),
    ("/circles/:circle/services/:service/edit", LEADER),
    ("/circles/:circle/services/:service/escalation", LEADER),
    ("/circles/:circle/services/:service/calls", MEMBERS),
    ("/circles/:circle/services/:service/documents/:kind", MEMBERS),
    ("/circles/:circle/services/:service/documents/:kind/edit", MEMBERS),
    ("/circles/:circle/documents", MEMBERS),
    ("/circles/:circle/rota", MEMBERS),
    ("/circles/:circle/services/:service/runbook", MEMBERS),
    ("/circles/:circle/services/:service/runbook/edit", MEMBERS),
    ("/circles/:circle/services/:service/runbook/history", MEMBERS),
    ("/circles/:circle/runbooks", MEMBERS),
    ("/circles/:circle/alert-coverage", MEMBERS),
    ("/alerts", SIGNED_IN),
    // No runbook describes it; what comes near is shown with this status.
    ("/alerts/:alert", [303, 404, 404, 404, 404, 404, 303]),
    ("/circles/:circle/search", MEMBERS),
    ("/circles/:circle/questions/:service/:topic/:slug", LEADER),
    ("/circles/:circle/tests", LEADER),
    ("/circles/:circle/tests/:test", LEADER),
    ("/circles/:circle/tests/:test/preview", LEADER),
    ("/circles/:circle/rounds", LEADER),
    ("/circles/:circle/plan-round", LEADER),
    ("/circles/:circle/rounds/:round", LEADER),
    ("/circles/:circle/rounds/:round/change", LEADER),
    ("/circles/:circle/rounds/:round/marking", LEADER),
    // Who may mark where there is something to mark is told in `marking.rs`.
    (
        "/circles/:circle/rounds/:round/marking/:service/:topic/:slug/:version",
        [303, 404, 404, 404, 404, 404, 303],
    ),
    ("/circles/:circle/rounds/:round/results", LEADER),
    ("/circles/:circle/rounds/:round/results/:service/:topic/:slug", LEADER),
    ("/circles/:circle/rounds/:round/start", TAKER),
    ("/circles/:circle/readiness", MEMBERS),
    ("/circles/:circle/readiness/:person/:service/:topic", MEMBERS),
    ("/circles/:circle/actions", MEMBERS),
    ("/circles/:circle/make-action", MEMBERS),
    ("/circles/:circle/actions/:action", MEMBERS),
    // Nobody owns it: its leaders change it.
    ("/circles/:circle/actions/:action/edit", LEADER),
    ("/circles/:circle/disputes", LEADER),
    ("/circles/:circle/disputes/:service/:topic/:slug/:hash", LEADER),
    ("/circles/:circle/incidents", MEMBERS),
    ("/circles/:circle/open-incident", MEMBERS),
    ("/circles/:circle/incidents/:incident", MEMBERS),
    ("/circles/:circle/incidents/:incident/report", MEMBERS),
    ("/circles/:circle/incident-severities", LEADER),
    ("/circles/:circle/signals", LEADER),
    // Nothing was delivered.
    ("/circles/:circle/signals/:signal", [303, 404, 404, 404, 404, 404, 303]),
    ("/circles/:circle/signal-sources", LEADER),
    ("/circles/:circle/signal-rules", LEADER),
    ("/circles/:circle/stand-up", MEMBERS),
    ("/circles/:circle/reviews", MEMBERS),
    // The engineer was in its round.
    ("/circles/:circle/reviews/:review", MEMBERS),
    ("/circles/:circle/action-days", LEADER),
    ("/circles/:circle/postmortems", MEMBERS),
    ("/circles/:circle/write-postmortem", MEMBERS),
    ("/circles/:circle/postmortem-triggers", MEMBERS),
    ("/circles/:circle/postmortems/:postmortem", MEMBERS),
    ("/circles/:circle/postmortems/:postmortem/edit", MEMBERS),
    ("/circles/:circle/questions/:service/:topic/:slug/edit", LEADER),
    ("/circles/:circle/write-question", LEADER),
    ("/circles/:circle/check-me", LEADER),
    ("/circles/:circle/calendar", MEMBERS),
    ("/attempts/:attempt", TAKER),
    // The test of the stories is no open-book test.
    ("/attempts/:attempt/book", [303, 404, 404, 404, 404, 404, 303]),
    ("/attempts/:attempt/check", TAKER),
    ("/attempts/:attempt/report/:n", TAKER),
    ("/attempts/:attempt/result", MEMBERS),
];

/// What is answered to the form that one who may send it would send.
const POSTS: &[(&str, &str, Row)] = &[
    ("/set-up", "token=guessed&name=Eve", NOT_FOUND),
    ("/demo", "person=ADA", NOT_FOUND),
    ("/demo/remove", "", NOT_FOUND),
    ("/sign-in", "email=eve@example.org&password=guessed", REFUSED),
    ("/invitations/{token}", "name=Eve&password=correct+horse+battery", NOT_FOUND),
    ("/reset/{token}", "password=correct+horse+battery", NOT_FOUND),
    ("/account", "do=profile&name=Same&time_zone=", SIGNED_IN_SENDS),
    ("/people", "do=link&person=ADA", ADMINISTRATOR_SENDS),
    ("/circles", "name=Mine&time_zone=UTC", ADMINISTRATOR_SENDS),
    ("/circles/{circle}/members", "do=invite&email=eve@example.org&role=leader", LEADER_SENDS),
    ("/circles/{circle}/members/{person}", "do=link", LEADER_SENDS),
    ("/circles/{circle}/settings", "name=Orders&time_zone=UTC", LEADER_SENDS),
    ("/circles/{circle}/services", "slug=cache&name=Cache", LEADER_SENDS),
    ("/circles/{circle}/services/{service}", "do=take", LEADER_SENDS),
    (
        "/circles/{circle}/services/{service}/edit",
        "revision=1&name=Same&criticality=vital",
        [401, 404, 404, 422, 404, 404, 401],
    ),
    (
        "/circles/{circle}/services/{service}/escalation",
        "revision=0&person-1=ADA&phone-1=112&after-1=0",
        [401, 404, 404, 422, 404, 404, 401],
    ),
    (
        "/circles/{circle}/services/{service}/calls",
        "caller=Bo&about=It+is+down.&taken_by=ADA&taken_at=2026-01-05T03:00",
        MEMBERS_SEND,
    ),
    ("/circles/{circle}/rota", "service=", [401, 404, 404, 422, 404, 404, 401]),
    // There is none yet.
    (
        "/circles/{circle}/services/{service}/documents/{kind}",
        "version=1",
        [401, 404, 404, 404, 404, 404, 401],
    ),
    (
        "/circles/{circle}/services/{service}/documents/{kind}/edit",
        "version=0&form=page",
        [401, 422, 404, 422, 404, 404, 401],
    ),
    ("/circles/{circle}/services/{service}/runbook/edit", "do=save&content=Words&based_on=0", MEMBERS_SEND),
    ("/circles/{circle}/runbooks", "do=look&text=Words", [401, 200, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/alert-coverage", "path=a.yaml&rules=groups:+[]", MEMBERS_SEND),
    // No runbook describes it.
    (
        "/alerts/{alert}",
        "circle=orders&service=orders-db&page=runbook&verdict=right",
        [401, 404, 404, 404, 404, 404, 401],
    ),
    ("/circles/{circle}/tests/{test}/preview", "do=mark&seed=1", [401, 404, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/tests/{test}", "do=archive", LEADER_SENDS),
    ("/circles/{circle}/plan-round", "name=Mine", [401, 404, 404, 422, 404, 404, 401]),
    ("/circles/{circle}/rounds/{round}", "do=extend&person=ADA&minutes-ADA=5", LEADER_SENDS),
    ("/circles/{circle}/rounds/{round}/change", "name=Same", [401, 404, 404, 422, 404, 404, 401]),
    // It still runs.
    ("/circles/{circle}/rounds/{round}/results", "do=release", [401, 404, 404, 422, 404, 404, 401]),
    (
        "/circles/{circle}/rounds/{round}/marking/{service}/{topic}/{slug}/{version}",
        "do=two",
        [401, 404, 404, 404, 404, 404, 401],
    ),
    ("/circles/{circle}/rounds/{round}/start", "", TAKER_SENDS),
    ("/circles/{circle}/make-action", ACTION, MEMBERS_SEND),
    ("/circles/{circle}/actions", "action=CA-1&move=pause", [401, 404, 404, 422, 404, 404, 401]),
    ("/circles/{circle}/actions/{action}", "do=comment&comment=I+see.", MEMBERS_SEND),
    ("/circles/{circle}/actions/{action}/edit", "revision=1&title=", [401, 404, 404, 422, 404, 404, 401]),
    (
        "/circles/{circle}/disputes/{service}/{topic}/{slug}/{hash}",
        "do=preview&ruling=",
        [401, 404, 404, 422, 404, 404, 401],
    ),
    ("/circles/{circle}/open-incident", "title=It+is+slow&severity=2", MEMBERS_SEND),
    ("/circles/{circle}/incidents/{incident}", "do=note&id=by-hand&kind=note&note=I+see.", MEMBERS_SEND),
    ("/circles/{circle}/incident-severities", SEVERITIES, LEADER_SENDS),
    ("/circles/{circle}/signals/{signal}", "do=again", [401, 404, 404, 404, 404, 404, 401]),
    ("/circles/{circle}/signal-sources", "do=make&name=Main&sender=grafana", LEADER_SENDS),
    ("/circles/{circle}/signal-rules", "do=save&reopens=30&rules=*+->+ignore", LEADER_SENDS),
    ("/circles/{circle}/reviews", "do=open&round=nowhere", [401, 404, 404, 404, 404, 404, 401]),
    ("/circles/{circle}/reviews/{review}", "do=here", MEMBERS_SEND),
    ("/circles/{circle}/action-days", DAYS, LEADER_SENDS),
    ("/circles/{circle}/postmortems", "words=", [401, 422, 404, 422, 404, 404, 401]),
    ("/circles/{circle}/write-postmortem", "title=It+stood+still", MEMBERS_SEND),
    ("/circles/{circle}/postmortem-triggers", "incident=INC-1", [401, 422, 404, 422, 404, 404, 401]),
    ("/circles/{circle}/postmortems/{postmortem}", "do=none&none_because=Tried.", MEMBERS_SEND),
    (
        "/circles/{circle}/postmortems/{postmortem}/edit",
        "revision=1&title=",
        [401, 422, 404, 422, 404, 404, 401],
    ),
    (
        "/circles/{circle}/questions/{service}/{topic}/{slug}/edit",
        "do=write&text=",
        [401, 404, 404, 422, 404, 404, 401],
    ),
    ("/circles/{circle}/write-question", "id=x&text=", [401, 404, 404, 422, 404, 404, 401]),
    ("/circles/{circle}/check-me", "leaves_out=on", LEADER_SENDS),
    ("/circles/{circle}/calendar", "do=make&shows=mine", MEMBERS_SEND),
    ("/attempts/{attempt}", "here=1&q1-was=null&q1-unknown=on", TAKER_SENDS),
    ("/attempts/{attempt}/report/{n}", "about=question&note=It+is+wrong.", TAKER_SENDS),
    ("/attempts/{attempt}/book", "look=1", [401, 404, 404, 404, 404, 404, 401]),
    ("/attempts/{attempt}/check", "", TAKER_SENDS),
    ("/", "do=demo", [404, 404, 404, 404, 404, 303, 404]),
    ("/sign-out", "", [303; 7]),
];

/// What islands may call.
const CALLS: &[(&str, &str, Row)] = &[
    ("/api/v1/attempts/save-answer", SAVE, [401, 200, 404, 404, 404, 404, 401]),
    ("/api/v1/attempts/state", r#"{"attempt":"ATTEMPT"}"#, [401, 200, 404, 404, 404, 404, 401]),
    // Who may give what is there is told in `marking.rs`; nobody gives as another.
    ("/api/v1/marking/give", GIVE, [401, 401, 401, 401, 401, 401, 401]),
    ("/api/v1/sessions/sign-in-again", r#"{"email":"eva@example.org","password":"guessed"}"#, REFUSED),
];

const GIVE: &str = r#"{"of":{"person":"zoe","circle":"orders","round":"nowhere","question":"orders-db/process/what-first","version":"0"},
    "sent":{"answer":"0","points":[1],"comment":"","settles":false}}"#;

const ACTION: &str = "title=Raise+it&fixes=alert&how=preventive&severity=2";

const DAYS: &str = "assign-1=1&done-1=5&assign-2=2&done-2=10&assign-3=3&done-3=20&assign-4=5&done-4=40";

const SEVERITIES: &str = "meaning-1=Down&minutes-1=20&meaning-2=Bad&minutes-2=40&meaning-3=Small&minutes-3=&meaning-4=None&minutes-4=";

const SAVE: &str = r#"{"attempt":"ATTEMPT","sent":{"slot":1,"client":"c","sequence":1,"answer":"do_not_know",
    "confidence":null,"for_review":false}}"#;

/// What the router adds by hand.
pub const OTHERS: &[(&str, Row)] = &[
    ("/health/live", EVERYONE),
    ("/health/ready", EVERYONE),
    ("/favicon.svg", EVERYONE),
    ("/pkg/{name}", NOT_FOUND),
    ("/scripts/{name}", NOT_FOUND),
    ("/circles/{circle}/images/{service}/{topic}/{slug}/{version}", [401, 404, 404, 404, 404, 404, 401]),
    ("/circles/{circle}/readiness.csv", [401, 404, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/rounds/{round}/responses.csv", [401, 404, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/rounds/{round}/answers.csv", [401, 404, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/rounds/{round}/results.json", [401, 404, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/actions.csv", [401, 200, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/postmortems/{postmortem}/postmortem.md", [401, 200, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/questions/{service}/{topic}/{slug}/question.md", [401, 404, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/incidents/{incident}/report.md", [401, 200, 404, 200, 404, 404, 401]),
    // Only deliveries are sent there; `webhooks.rs` tells who may.
    ("/hooks/{source}", [405; 7]),
    ("/calendars/{token}", NOT_FOUND),
    ("/circles/{circle}/reviews/{review}/events", [401, 200, 404, 200, 404, 404, 401]),
    ("/circles/{circle}/reviews/{review}/invitation.ics", [401, 200, 404, 200, 404, 404, 401]),
    // It is not closed.
    ("/circles/{circle}/reviews/{review}/minutes.md", [401, 404, 404, 404, 404, 404, 401]),
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
                assert_eq!(here.muster.database.sizes().await, before, "{path} by {}", WHO[column]);
            }
        }
    }
    for (path, form, expected) in POSTS {
        let fields = parse_pairs(form.replace("ADA", &here.adas_id).as_bytes());
        let path = filled(path, &here);
        let before = here.muster.database.sizes().await;
        for (column, expected) in in_turn(expected) {
            let page = who(&here, column).post(&path, &fields).await;
            note(&mut wrong, column, expected, &page, "POST");
            if expected >= 400 {
                assert_eq!(here.muster.database.sizes().await, before, "{path} by {}", WHO[column]);
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn t43_every_form_refuses_thousands_of_fields_and_keeps_nothing() {
    let here = TwoCircles::at_work().await;
    let many: Vec<(String, &str)> = (0..10_000).map(|n| (format!("f{n}"), "")).collect();
    let before = here.muster.database.sizes().await;
    for (path, ..) in POSTS {
        let path = filled(path, &here);
        for (column, name) in WHO.iter().enumerate() {
            let status = who(&here, column).post(&path, &many).await.status;
            assert!([401, 413].contains(&status), "{path} by {name}: {status}");
        }
    }
    assert_eq!(here.muster.database.sizes().await, before);
}

#[tokio::test]
async fn t28_every_address_has_a_row_in_the_table() {
    let source = include_str!("../../app/src/pages.rs");
    let pages = routes_in(source, &[" page(", " form("]);
    let rows: BTreeSet<String> = PAGES.iter().map(|(path, _)| as_axum(path)).collect();
    assert_eq!(pages, rows, "pages (left) and rows (right)");

    let posts = routes_in(source, &[" form(", " act("]);
    let rows: BTreeSet<String> = POSTS.iter().map(|(path, ..)| (*path).to_owned()).collect();
    assert_eq!(posts, rows, "forms (left) and rows (right)");

    let calls: BTreeSet<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    let rows: BTreeSet<String> = CALLS.iter().map(|(path, ..)| format!("POST {path}")).collect();
    assert_eq!(calls, rows, "server functions (left) and rows (right)");

    let others = routes_in(include_str!("../../server/src/router.rs"), &[""]);
    let mut rows: BTreeSet<String> = OTHERS.iter().map(|(path, _)| (*path).to_owned()).collect();
    rows.insert("/api/{*call}".to_owned());
    assert_eq!(others, rows, "routes of the router (left) and rows (right)");
}

/// The columns with those first who may do nothing: what they try comes
/// before anything has happened.
fn in_turn(expected: &Row) -> Vec<(usize, u16)> {
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
        wrong.push(format!("{method} {} by {}: {}, not {expected}", page.path, WHO[column], page.status));
    } else if expected == 303 && [0, 6].contains(&column) && !to_sign_in {
        wrong.push(format!("{} does not lead {} to the sign-in", page.path, WHO[column]));
    }
}

/// A path of the circle `orders`, by the names of its parts.
pub fn filled(path: &str, here: &TwoCircles) -> String {
    let attempt = if path.ends_with("/result") { &here.orders.done } else { &here.orders.attempt };
    // Where somebody has handed in.
    let round = if path.contains("/results") { &here.orders.earlier } else { &here.orders.round };
    let parts = [
        ("circle", "orders"),
        ("service", "orders-db"),
        ("topic", "process"),
        ("slug", "what-first"),
        ("person", here.adas_id.as_str()),
        ("test", here.orders.test.as_str()),
        ("round", round),
        ("attempt", attempt),
        ("n", "1"),
        ("action", "CA-1"),
        ("postmortem", "PM-1"),
        ("incident", "INC-1"),
        ("signal", "nothing"),
        ("source", "0123456789abcdef"),
        ("review", "review-of-orders"),
        ("kind", "hosts"),
        ("alert", "NothingKnowsThis"),
        ("token", "0123456789abcdef0123456789abcdef01234567"),
        ("name", "nothing.js"),
        ("version", "0123456789abcdef?name=racks.png"),
        ("hash", here.hash.as_str()),
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

/// `/rounds/:round` as axum writes it.
fn as_axum(path: &str) -> String {
    let part =
        |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Every path that a source file gives to `.route("…", …)` with one of these
/// behind it.
fn routes_in(source: &str, handlers: &[&str]) -> BTreeSet<String> {
    let path = |rest: &str| Some(rest.trim_start().strip_prefix('"')?.split('"').next()?.to_owned());
    let routes = source.split(".route(").skip(1);
    routes.filter(|rest| handlers.iter().any(|handler| rest.contains(handler))).filter_map(path).collect()
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
