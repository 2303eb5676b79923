//! What the server decides is not taken from what somebody sends.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::people::{id_in, local, now};
use crate::support::{Client, Muster, PASSWORD, Page, TwoCircles};

/// What would help a taker if it were believed, as JSON and as a form.
const WISHES: [(&str, &str); 20] = [
    ("started_at", "2000-01-01T00:00:00Z"),
    ("start", "2000-01-01T00:00:00Z"),
    ("deadline", "2099-01-01T00:00:00Z"),
    ("closes_at", "2099-01-01T00:00"),
    ("duration", "999999"),
    ("limit", "999999"),
    ("extra_seconds", "999999"),
    ("received_at", "2000-01-01T00:00:00Z"),
    ("finished_at", "2000-01-01T00:00:00Z"),
    ("finished_by", "clock"),
    ("is_late", "false"),
    ("score", "100"),
    ("earned", "10000"),
    ("marks", "10000"),
    ("verdict", "{\"clauses\":[]}"),
    ("user_id", "PERSON"),
    ("person", "PERSON"),
    ("state", "sitting"),
    ("administrator", "true"),
    ("role", "leader"),
];

const DEADLINE: &str = "SELECT deadline FROM attempts WHERE id = $1";

#[tokio::test]
async fn t27_a_saved_answer_holds_nothing_that_the_server_decides() {
    let here = TwoCircles::at_work().await;
    let attempt = &here.orders.attempt;
    let deadline = here.muster.database.instant(DEADLINE, attempt).await;
    let before = here.muster.database.everything().await;
    let mut body = save(attempt, json!({}));
    for (name, value) in WISHES {
        let value = value.replace("PERSON", &here.adas_id);
        body[name] = json!(value);
        body["sent"][name] = json!(value);
    }

    let begun = now() - TimeDelta::seconds(1);
    let saved = here.ada.call("/api/v1/attempts/save-answer", &body).await.json();

    assert_eq!(saved["deadline"], deadline.timestamp_millis());
    let received_at = "SELECT received_at FROM answer_events WHERE attempt = $1";
    let received_at = here.muster.database.instant(received_at, attempt).await;
    assert!(received_at > begun && received_at < now() + TimeDelta::seconds(1), "{received_at}");
    let after = here.muster.database.everything().await;
    assert_eq!(tables(&before.changed_in(&after)), ["+ answer_events", "+ attempts", "- attempts"]);
    assert_eq!(here.muster.database.instant(DEADLINE, attempt).await, deadline);
    for row in after.rows("answer_events").iter().chain(after.rows("attempts")) {
        assert!(!row.contains("2000-01-01") && !row.contains("2099-01-01"), "{row}");
    }

    // Whose session it is, and how far it counts, is not asked of the body either.
    let state = json!({ "attempt": here.orders.attempt, "person": here.adas_id, "user_id": here.adas_id });
    assert_eq!(here.ed.call("/api/v1/attempts/state", &state).await.status, 404);
}

#[tokio::test]
async fn t27_a_save_that_does_not_fit_is_refused_whole() {
    let here = TwoCircles::at_work().await;
    let attempt = &here.orders.attempt;
    let single = here.ada.slot_of(attempt, "single").await;
    let multiple = here.ada.slot_of(attempt, "multiple").await;
    let ordering = here.ada.slot_of(attempt, "ordering").await;
    let matching = here.ada.slot_of(attempt, "matching").await;
    let short = here.ada.slot_of(attempt, "short").await;
    let answers = [
        // A question that is not in the attempt.
        json!({ "slot": 0 }),
        json!({ "slot": 7 }),
        json!({ "slot": 65535 }),
        json!({ "slot": 65536 }),
        json!({ "slot": -1 }),
        json!({ "slot": "1" }),
        json!({ "slot": null }),
        // A place in line that no page has.
        json!({ "sequence": -1 }),
        json!({ "sequence": 1.5 }),
        json!({ "sequence": "1" }),
        json!({ "sequence": 9_223_372_036_854_775_808_u64 }),
        json!({ "client": "" }),
        json!({ "client": "c".repeat(65) }),
        json!({ "client": 1 }),
        json!({ "client": null }),
        // What is no answer, or none to this question.
        json!({ "answer": "right" }),
        json!({ "answer": { "earned": 10000 } }),
        json!({ "slot": single, "answer": { "one": 3 } }),
        json!({ "slot": single, "answer": { "one": -1 } }),
        json!({ "slot": single, "answer": { "several": [0] } }),
        json!({ "slot": multiple, "answer": { "several": [0, 1, 2, 3, 4] } }),
        json!({ "slot": multiple, "answer": { "typed": "a long query" } }),
        json!({ "slot": ordering, "answer": { "order": [0, 1, 2] } }),
        json!({ "slot": ordering, "answer": { "order": [0, 0, 0, 0] } }),
        json!({ "slot": matching, "answer": { "pairs": [9, 9, 9] } }),
        json!({ "slot": short, "answer": { "typed": 1 } }),
        json!({ "slot": short, "answer": { "typed": "a\0b" } }),
        json!({ "slot": short, "answer": { "typed": "x".repeat(20_000) } }),
        json!({ "confidence": "absolutely" }),
        json!({ "for_review": "yes" }),
    ];
    let mut bodies: Vec<Value> = answers.into_iter().map(|changed| save(attempt, changed)).collect();
    for field in ["slot", "client", "sequence", "for_review"] {
        let mut body = save(attempt, json!({}));
        body["sent"].as_object_mut().unwrap().remove(field);
        bodies.push(body);
    }
    for of in [json!(""), json!(null), json!([attempt]), json!(1), json!({ "id": attempt })] {
        let mut body = save(attempt, json!({}));
        body["attempt"] = of;
        bodies.push(body);
    }
    bodies.extend([json!({}), json!([]), json!(null), json!({ "attempt": attempt }), json!("x")]);
    bodies.push(save(&here.billing.attempt, json!({})));
    bodies.push(save(&here.orders.round, json!({})));
    let before = here.muster.database.everything().await;

    for body in &bodies {
        let page = here.ada.call("/api/v1/attempts/save-answer", body).await;
        assert!([404, 422].contains(&page.status), "{} {} to {body}", page.status, page.body);
    }
    // What was handed in is over.
    let over = here.ada.call("/api/v1/attempts/save-answer", &save(&here.orders.done, json!({}))).await;
    assert_eq!(over.status, 409);
    for body in ["", "{", "attempt=1", "\u{feff}{}", "[[[[[[[[[["] {
        let request = here.ada.request(Method::POST, "/api/v1/attempts/save-answer");
        let request =
            request.header("sec-fetch-site", "same-origin").header("content-type", "application/json");
        let page = Page::read("raw", request.body(body).send().await.unwrap()).await.unwrap();
        assert_eq!(page.status, 422, "{body:?} {}", page.body);
    }

    let after = here.muster.database.everything().await;
    assert_eq!(before.changed_in(&after), Vec::<String>::new());
}

#[tokio::test]
async fn t27_a_taker_starts_answers_and_hands_in_by_the_servers_clock_and_marks() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let eve = lea.invites(&muster, "eve", "engineer").await;
    let adas_id = lea.id_of("ada").await;
    let eves_id = lea.id_of("eve").await;
    let round = lea.prepares_round().await;
    let wishes: Vec<(String, String)> =
        WISHES.iter().map(|(name, value)| ((*name).to_owned(), value.replace("PERSON", &eves_id))).collect();
    let with = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
        let own = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        own.chain(wishes.clone()).collect()
    };
    let is_as_it_should = async |attempt: &str| {
        let sql = "SELECT count(*) FROM attempts a JOIN rounds r ON r.id = a.round
                   WHERE a.id = $1 AND a.deadline <= r.closes_at AND a.started_at > r.opens_at";
        assert_eq!(muster.database.number(sql, attempt).await, 1);
        let of = muster.database.text("SELECT person FROM attempts WHERE id = $1", attempt).await;
        assert_eq!(of, adas_id);
    };

    let page = ada.post(&ada.at(&format!("/rounds/{round}/start")), &with(&[("attempt", "mine")])).await;
    let attempt = id_in(&page.see_other(), "/attempts/");
    is_as_it_should(&attempt).await;
    let deadline = muster.database.instant(DEADLINE, &attempt).await;

    let before = muster.database.everything().await;
    let strange = [
        ("here", "1"),
        ("go", "next"),
        ("q0-was", "null"),
        ("q0-text", "x"),
        ("q7-was", "null"),
        ("q7-one", "0"),
        ("attempt", "x"),
    ];
    ada.post(&format!("/attempts/{attempt}"), &with(&strange)).await.see_other();
    for odd in [("sequence", "-1"), ("sequence", "1e9"), ("client", "")] {
        let fields =
            [("here", "1"), ("q1-was", "null"), ("q1-mark", "on"), ("client", "c"), ("sequence", "1")];
        let fields: Vec<_> = fields.into_iter().filter(|(name, _)| *name != odd.0).chain([odd]).collect();
        let page = ada.post(&format!("/attempts/{attempt}"), &with(&fields)).await;
        assert!([303, 422].contains(&page.status), "{odd:?}: {}", page.status);
    }
    let changed = before.changed_in(&muster.database.everything().await);
    assert!(
        changed.iter().all(|row| row.starts_with("+ answer_events: ") || row.contains("attempts: ")),
        "{changed:#?}"
    );
    for n in ["0", "7", "-1", "x"] {
        let path = format!("/attempts/{attempt}/report/{n}");
        let report = ada.post(&path, &[("about", "question"), ("note", "x")]).await;
        assert_eq!(report.status, 404, "{n}");
    }
    assert_eq!(muster.database.instant(DEADLINE, &attempt).await, deadline);

    let begun = now() - TimeDelta::seconds(1);
    ada.post(&format!("/attempts/{attempt}/check"), &with(&[])).await.see_other();
    is_as_it_should(&attempt).await;
    let finished_at = "SELECT finished_at FROM attempts WHERE id = $1";
    assert!(muster.database.instant(finished_at, &attempt).await > begun);
    let by = muster.database.text("SELECT finished_by FROM attempts WHERE id = $1", &attempt).await;
    assert_eq!(by, "person");
    let earned = "SELECT CAST(sum(earned) AS BIGINT) FROM marks WHERE attempt = $1";
    assert_eq!(muster.database.number(earned, &attempt).await, 0, "nothing was answered right");
    // No second start, and nothing of eve's.
    ada.post(&ada.at(&format!("/rounds/{round}/start")), &with(&[])).await;
    assert_eq!(muster.database.number("SELECT count(*) FROM attempts WHERE person = $1", &eves_id).await, 0);
    assert!(eve.get(&format!("/attempts/{attempt}")).await.status == 404);
}

#[tokio::test]
async fn t27_no_step_is_taken_before_the_one_it_needs() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    lea.takes_bank("orders-db").await;
    let test = lea.makes_test().await;
    let tomorrow = local(now() + TimeDelta::days(1));
    let later = lea
        .plans_round_with(&test, |form| {
            form.fill("opens_at", &tomorrow).fill("closes_at", &local(now() + TimeDelta::days(2)))
        })
        .await;
    let cancelled = lea.plans_round(&test).await;
    let page = lea.post(&lea.at(&format!("/rounds/{cancelled}")), &[("do", "cancel")]).await;
    page.see_other();
    let before = muster.database.everything().await.without("sessions");

    for round in [&later, &cancelled] {
        let page = ada.post(&ada.at(&format!("/rounds/{round}/start")), &[("opens_at", "2000-01-01")]).await;
        assert!([404, 422].contains(&page.status), "{}", page.status);
        for path in ["", "/check"] {
            assert_eq!(ada.post(&format!("/attempts/{round}{path}"), &[("go", "next")]).await.status, 404);
        }
        assert_eq!(ada.get(&format!("/attempts/{round}/result")).await.status, 404);
    }

    let after = muster.database.everything().await.without("sessions");
    assert_eq!(before.changed_in(&after), Vec::<String>::new());
}

#[tokio::test]
async fn t27_nobody_names_their_own_rights() {
    let here = TwoCircles::at_work().await;
    let rights = [
        ("administrator", "true"),
        ("administrator", "on"),
        ("role", "leader"),
        ("circle", "billing"),
        ("email", "root@example.org"),
        ("person", here.adas_id.as_str()),
        ("epoch", "0"),
        ("disabled_at", ""),
        ("password_hash", "x"),
    ];
    let with = |fields: &[(&'static str, &'static str)]| -> Vec<(String, String)> {
        let all = fields.iter().chain(&rights);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let person = async |email: &str| {
        let sql = "SELECT CAST(administrator AS TEXT) FROM people WHERE email = $1";
        here.muster.database.text(sql, email).await
    };

    let account =
        here.ed.post("/account", &with(&[("do", "profile"), ("name", "Ed"), ("time_zone", "")])).await;
    account.see_other();
    assert!(["0", "false"].contains(&person("ed@example.org").await.as_str()));
    let n_root =
        here.muster.database.number("SELECT count(*) FROM people WHERE email = $1", "root@example.org").await;
    assert_eq!(n_root, 0);

    // Who is invited as an engineer into one circle is that.
    let link = here.lou.invites_by_link("zoe", "engineer").await;
    let zoe = Client::of(&here.muster);
    let fields = with(&[("name", "Zoe"), ("password", PASSWORD), ("token", "x")]);
    zoe.post(&link, &fields).await.see_other();
    assert!(["0", "false"].contains(&person("zoe@example.org").await.as_str()));
    assert_eq!(zoe.get("/circles/orders/tests").await.status, 404, "no leader");
    assert_eq!(zoe.get("/circles/orders/members").await.status, 200);
    assert_eq!(zoe.get("/circles/billing").await.status, 404);

    // A form of one circle does nothing in another, whatever it says.
    let before = here.muster.database.everything().await.without("sessions");
    let strangers = here.bea.in_circle("billing").id_of("ed").await;
    let round = format!("/circles/orders/rounds/{}", here.orders.round);
    let tomorrow = local(now() + TimeDelta::days(1));
    let refused: Vec<(String, Vec<(&str, &str)>)> = vec![
        (round.clone(), vec![("do", "extend"), ("person", &strangers), ("circle", "billing")]),
        (round.clone(), vec![("do", "extend"), ("person", &here.adas_id)]),
        (
            format!("/circles/orders/members/{strangers}"),
            vec![("do", "role"), ("role", "leader"), ("circle", "billing")],
        ),
        (
            format!("/circles/orders/members/{}", here.adas_id),
            vec![("do", "role"), ("role", "administrator")],
        ),
        (
            "/circles/orders/members".to_owned(),
            vec![("do", "invite"), ("email", "x@example.org"), ("role", "owner")],
        ),
        (
            "/circles/orders/plan-round".to_owned(),
            vec![
                ("name", "Mine"),
                ("test", &here.billing.test),
                ("opens_at", &tomorrow),
                ("closes_at", &tomorrow),
            ],
        ),
    ];
    for (path, fields) in &refused {
        let page = here.lou.post(path, fields).await;
        assert!([404, 422].contains(&page.status), "{path} {fields:?}: {}", page.status);
    }
    for minutes in ["-5", "0", "1e9", "99999999999", "x", ""] {
        let field = format!("minutes-{}", here.adas_id);
        let fields = [("do", "extend"), ("person", here.adas_id.as_str()), (field.as_str(), minutes)];
        assert_eq!(here.lou.post(&round, &fields).await.status, 422, "{minutes}");
    }
    let after = here.muster.database.everything().await.without("sessions");
    assert_eq!(before.changed_in(&after), Vec::<String>::new());
}

/// A save that is taken, but for what is changed of `sent`.
fn save(attempt: &str, changed: Value) -> Value {
    let mut sent = json!({
        "slot": 1, "client": "story", "sequence": 1, "answer": "do_not_know",
        "confidence": null, "for_review": false,
    });
    for (name, value) in changed.as_object().unwrap() {
        sent[name] = value.clone();
    }
    json!({ "attempt": attempt, "sent": sent })
}

/// Which tables changed, and how.
fn tables(changed: &[String]) -> Vec<&str> {
    let mut tables: Vec<&str> = changed.iter().map(|row| row.split(':').next().unwrap()).collect();
    tables.sort_unstable();
    tables.dedup();
    tables
}
