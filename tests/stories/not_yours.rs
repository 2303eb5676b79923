//! What belongs to others is not found, whichever way it is asked for.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Client, Page, TwoCircles};

#[tokio::test]
async fn t29_another_persons_attempt_is_not_found() {
    let here = TwoCircles::at_work().await;
    let adas = &here.orders;
    let changed = |id: &str| {
        let n = id.parse::<Uuid>().unwrap().as_u128();
        [n + 1, n - 1, n ^ (1 << 70)].map(|n| Uuid::from_u128(n).to_string())
    };
    let mut ids =
        vec![adas.attempt.clone(), adas.done.clone(), here.billing.round.clone(), here.adas_id.clone()];
    ids.extend(changed(&adas.attempt));
    ids.extend(changed(&adas.done));
    ids.extend(["1", "0", "-1", "%00", "'", "null"].map(str::to_owned));

    for id in &ids {
        for (who, name) in [(&here.ed, "ed"), (&here.bea, "bea"), (&here.lea, "lea")] {
            for page in asked_for(who, id).await {
                assert_eq!(page.status, 404, "{} by {name}", page.path);
                assert_logged(&here, &page);
            }
        }
    }
    let n_answers =
        here.muster.database.number("SELECT count(*) FROM answer_events WHERE client <> $1", "").await;
    assert_eq!(n_answers, 0, "nobody saved anything");
    assert_eq!(here.ada.get(&format!("/attempts/{}", adas.attempt)).await.status, 200, "nobody handed it in");
}

#[tokio::test]
async fn t29_the_records_of_one_circle_are_not_found_in_another() {
    let here = TwoCircles::at_work().await;
    let (test, round, ada) = (&here.orders.test, &here.orders.round, &here.adas_id);
    let before = here.muster.database.sizes().await;
    let at = |path: String| here.bea.in_circle("billing").at(&path);
    let mut pages = Vec::new();
    for path in [
        format!("/tests/{test}"),
        format!("/tests/{test}/preview"),
        format!("/rounds/{round}"),
        format!("/rounds/{round}/start"),
        format!("/members/{ada}"),
        format!("/readiness/{ada}/orders-db/process"),
    ] {
        pages.push(here.bea.get(&at(path)).await);
    }
    for (path, what) in [
        (format!("/tests/{test}"), "archive"),
        (format!("/rounds/{round}"), "cancel"),
        (format!("/rounds/{round}/start"), ""),
        (format!("/members/{ada}"), "remove"),
    ] {
        pages.push(here.bea.post(&at(path), &[("do", what)]).await);
    }

    for page in &pages {
        assert_eq!(page.status, 404, "{}", page.path);
        assert_logged(&here, page);
    }
    assert_eq!(here.muster.database.sizes().await, before);
}

#[tokio::test]
async fn t29_an_image_is_shown_to_those_who_may_see_its_question() {
    let here = TwoCircles::at_work().await;
    let page = here.ada.open(&format!("/attempts/{}?all=1", here.orders.attempt)).await;
    let image = page.attributes(".question img", "src").remove(0);

    let shown = here.ada.get(&image).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("image/png")));
    assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(here.lou.get(&image).await.status, 200);
    for (who, status) in
        [(&here.nobody, 401), (&here.ed, 404), (&here.bea, 404), (&here.lea, 404), (&here.dan, 401)]
    {
        assert_eq!(who.get(&image).await.status, status);
    }
    let elsewhere = image.replace("/circles/orders/", "/circles/billing/");
    for path in
        [image.replace("racks.png", "../service.toml"), image.replace("what-first", "steps"), elsewhere]
    {
        assert_eq!(here.ada.get(&path).await.status, 404, "{path}");
    }
}

/// Every way to an attempt: pages, forms, and what the island calls.
async fn asked_for(who: &Client, id: &str) -> Vec<Page> {
    let mut pages = Vec::new();
    for path in ["", "?all=1", "/check", "/report/1", "/result"] {
        pages.push(who.get(&format!("/attempts/{id}{path}")).await);
    }
    for path in ["", "/check", "/report/1"] {
        let fields =
            [("go", "next"), ("q1-was", "null"), ("q1-unknown", "on"), ("about", "question"), ("note", "x")];
        pages.push(who.post(&format!("/attempts/{id}{path}"), &fields).await);
    }
    pages.push(who.saves(id, 1, 1, json!("do_not_know")).await);
    pages.push(who.call("/api/v1/attempts/state", &json!({ "attempt": id })).await);
    let head = who.request(Method::HEAD, &format!("/attempts/{id}")).send().await.unwrap();
    pages.push(Page::read("HEAD", head).await.unwrap());
    pages
}

/// The operator can find the request by the id that the answer carries.
fn assert_logged(here: &TwoCircles, page: &Page) {
    let id = page.header("x-request-id").unwrap();
    let log = here.muster.log();
    let line = log.lines().find(|line| line.contains(id) && line.contains("\"answered\""));
    assert!(line.is_some_and(|line| line.contains("\"status\":404")), "{}: {line:?}", page.path);
}
