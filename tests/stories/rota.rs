//! The rota: a leader plans who is on call, and an incident goes to them.

use chrono::TimeDelta;

use crate::support::people::{local, now};
use crate::support::{Client, Muster};

const ROTA: &str = "/circles/orders/rota";

/// Lea leads, Ada is an engineer; the bank of the orders database is taken.
async fn team() -> (Muster, Client, Client) {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    lea.takes_bank("orders-db").await;
    (muster, lea, ada)
}

/// So many hours from now, as a field has it.
fn in_hours(n: i64) -> String {
    local(now() + TimeDelta::hours(n))
}

#[tokio::test]
async fn whoever_is_on_call_by_the_rota_has_the_next_incident() {
    let (_muster, lea, ada) = team().await;
    let adas_id = lea.id_of("ada").await;
    let empty = ada.open(ROTA).await;
    empty.must_say("No shifts are planned");
    assert!(!empty.has("form.form"), "only leaders plan");

    let page = lea.open(ROTA).await;
    let refused = lea.send(page.form("form.form").fill("to", &in_hours(-2)).fill("times", "0")).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.problem("times").as_deref(), Some("Error: Enter how many shifts, from 1 to 52."));
    assert_eq!(refused.value("times"), "0", "nothing typed is lost");

    let form = page.form("form.form").tick("people", &adas_id);
    let form = form.fill("from", &in_hours(-1)).fill("to", &in_hours(11)).fill("times", "2");
    assert_eq!(lea.send(form).await.see_other(), format!("{ROTA}?done=planned&service=orders-db"));
    for path in [ROTA, "/circles/orders/services/orders-db"] {
        ada.open(path).await.must_say("Ada");
    }
    ada.open("/circles/orders").await.must_say("You are on call");

    let incident = lea.opens_incident("Slow", |form| form.fill("service", "orders-db")).await;
    lea.open(&incident).await.must_say("Ada, who is on call");

    let page = lea.open(ROTA).await;
    let off = page.form("li:last-child form:has([value=take-off])").press("do", "take-off");
    let taken_off = lea.submit(off).await;
    taken_off.must_say("The shift is taken off the rota.");
    let back = taken_off.form("form:has([value=put-back])").press("do", "put-back");
    lea.submit(back).await.must_say("The shift is back on the rota.");
    let end = lea.open(ROTA).await.form("li:first-child form:has([value=take-off])").press("do", "take-off");
    lea.submit(end).await.must_say("The shift has ended.");
    lea.open("/circles/orders/services/orders-db").await.must_say("Nobody is on call by the rota.");
    lea.open(&format!("{ROTA}?view=over")).await.must_say("Ada");
}
