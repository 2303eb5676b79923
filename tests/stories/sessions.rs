//! Who is signed in, and for how long.

use serde_json::json;

use crate::support::people::email;
use crate::support::{Client, Muster, PASSWORD};

#[tokio::test]
async fn t30_a_session_that_ended_is_dead_at_once_on_every_node() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let elsewhere = muster.beside().await;
    // Whoever has read the cookie tries it on both, at once.
    let lives = async |stolen: &Client| -> bool {
        let [one, other] = [is_signed_in(&stolen.on(&elsewhere)).await, is_signed_in(stolen).await];
        assert_eq!(one, other, "the nodes agree");
        let state = json!({ "attempt": "x" });
        let state = stolen.on(&elsewhere).call("/api/v1/attempts/state", &state).await.status;
        assert_eq!(state, if one { 404 } else { 401 });
        one
    };

    let stolen = ada.copied(&muster);
    assert!(lives(&stolen).await);
    let page = ada.open("/circles/orders").await;
    ada.submit(page.form("form[action='/sign-out']")).await.must_say("You are signed out");
    assert!(!lives(&stolen).await, "signed out");

    let [here, there] = [muster.signs_in("ada").await, muster.signs_in("ada").await];
    let stolen = here.copied(&muster);
    assert!(lives(&there).await && lives(&stolen).await, "several browsers at once");
    let page = here.open("/account").await;
    let form = page
        .form("form:has([value=password])")
        .fill("current", PASSWORD)
        .fill("password", "another horse battery");
    here.submit(form).await.must_say("Your password is changed");
    assert!(lives(&here).await, "whoever changed it stays");
    assert!(!lives(&there).await, "the password was changed");
    assert!(!lives(&stolen).await, "the session has a new id");

    let id = lea.id_of("ada").await;
    let people = format!("/people?person={id}");
    let stolen = here.copied(&muster);
    let link =
        lea.submit(lea.open(&people).await.form("form:has([value=link])")).await.attributes("#link", "value");
    let fresh = Client::of(&muster);
    let page = fresh.open(link[0].strip_prefix(&muster.url).unwrap()).await;
    fresh
        .submit(page.form("main form").fill("password", PASSWORD))
        .await
        .must_say("Your password is changed");
    assert!(!lives(&stolen).await, "a new password was chosen by a link");
    assert!(lives(&fresh).await);

    lea.submit(lea.open(&people).await.form("form:has([value=disable])")).await;
    assert!(!lives(&fresh).await, "disabled");
    lea.submit(lea.open(&people).await.form("form:has([value=enable])")).await;
    assert!(!lives(&fresh).await, "enabled again, and what was open before stays over");
}

#[tokio::test]
async fn t30_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let eve = lea.invites(&muster, "eve", "engineer").await;
    lea.invites(&muster, "ada", "engineer").await;
    // Eve's own session, one that nobody ever had, one that is over, and none at all.
    let over = eve.cookie();
    eve.post("/sign-out", &[("", "")]).await.see_other();
    let eve = muster.signs_in("eve").await;
    let planted = [eve.cookie(), "muster=AAAAAAAAAAAAAAAAAAAAAA".to_owned(), over, "muster=x".to_owned()];

    for cookie in planted {
        for way in ["page", "in place"] {
            let victim = Client::of(&muster);
            victim.set_cookie(&cookie);
            let thief = victim.copied(&muster);
            if way == "page" {
                let page = Client::of(&muster).open("/sign-in").await;
                victim
                    .send(page.form("main form").fill("email", &email("ada")).fill("password", PASSWORD))
                    .await
                    .see_other();
            } else {
                let right = json!({ "email": email("ada"), "password": PASSWORD });
                assert_eq!(victim.call("/api/v1/sessions/sign-in-again", &right).await.status, 200);
            }

            assert_eq!(victim.open("/account").await.value("name"), "Ada");
            assert_ne!(victim.cookie(), cookie);
            assert!(!is_signed_in(&thief).await, "{cookie} lets its planter in by {way}");
        }
    }
    assert!(!is_signed_in(&eve).await, "the planted id is dead");
}

#[tokio::test]
async fn t31_a_session_that_ends_in_a_test_is_renewed_in_place_and_nothing_is_lost() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let adas_page = format!("/people?person={}", lea.id_of("ada").await);
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let deadline = ada.saves(&attempt, 1, 1, json!("do_not_know")).await.json()["deadline"].clone();
    let mut password = PASSWORD;
    let mut sequence = 1;

    for end in [
        "signed out elsewhere",
        "expired",
        "all sessions were thrown away",
        "password changed",
        "password reset",
        "disabled",
    ] {
        let old = password;
        match end {
            "signed out elsewhere" => drop(ada.copied(&muster).post("/sign-out", &[("", "")]).await),
            "expired" => {
                let past = "UPDATE sessions SET expires_at = '2000-01-01T00:00:00+00:00' WHERE id <> $1";
                muster.database.run(past, "").await;
            }
            // No secret signs a cookie; this is what a new one would do elsewhere.
            "all sessions were thrown away" => {
                muster.database.run("DELETE FROM sessions WHERE id <> $1", "").await
            }
            "password changed" => {
                password = "another horse battery";
                let elsewhere = muster.signs_in("ada").await;
                let fields = [("do", "password"), ("current", old), ("password", password)];
                elsewhere.post("/account", &fields).await.see_other();
            }
            "password reset" => {
                password = "staple of the horse";
                let lea = muster.signs_in("lea").await;
                let page = lea.submit(lea.open(&adas_page).await.form("form:has([value=link])")).await;
                let link = page.attributes("#link", "value").remove(0);
                let path = link.strip_prefix(&muster.url).unwrap();
                Client::of(&muster).post(path, &[("password", password)]).await.see_other();
            }
            _ => {
                let lea = muster.signs_in("lea").await;
                lea.submit(lea.open(&adas_page).await.form("form:has([value=disable])")).await;
            }
        }

        // What is answered meanwhile waits in the browser.
        let waiting = [sequence + 1, sequence + 2, sequence + 3];
        for n in waiting {
            assert_eq!(ada.saves(&attempt, 2, n, json!("do_not_know")).await.status, 401, "{end}");
        }
        let again = async |password: &str| {
            let who = json!({ "email": email("ada"), "password": password });
            ada.call("/api/v1/sessions/sign-in-again", &who).await.status
        };
        assert_eq!(again("guessed").await, 422, "{end}");
        if old != password {
            assert_eq!(again(old).await, 422, "{end}: the old password");
        }
        if end == "disabled" {
            assert_eq!(again(password).await, 422, "disabled");
            assert_eq!(ada.saves(&attempt, 2, waiting[0], json!("do_not_know")).await.status, 401);
            let lea = muster.signs_in("lea").await;
            lea.submit(lea.open(&adas_page).await.form("form:has([value=enable])")).await;
        }
        assert_eq!(again(password).await, 200, "{end}");

        for n in waiting {
            let saved = ada.saves(&attempt, 2, n, json!("do_not_know")).await.json();
            assert_eq!((&saved["ack_seq"], &saved["deadline"]), (&json!(n), &deadline), "{end}");
        }
        sequence += 3;
    }

    let sequences = "SELECT count(*) FROM answer_events WHERE attempt = $1 AND slot = 2";
    assert_eq!(muster.database.number(sequences, &attempt).await, sequence - 1, "each once");
    let state = ada.call("/api/v1/attempts/state", &json!({ "attempt": attempt })).await.json();
    assert_eq!((&state["deadline"], &state["is_handed_in"]), (&deadline, &json!(false)));
    ada.hands_in(&attempt).await;
}

async fn is_signed_in(client: &Client) -> bool {
    match client.get("/account").await.leads_to() {
        Some(next) => {
            assert!(next.starts_with("/sign-in?next="), "{next}");
            false
        }
        None => true,
    }
}
