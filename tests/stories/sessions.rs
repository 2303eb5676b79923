//! Who is signed in, for how long, and what a guesser learns.

use serde_json::json;

use crate::support::people::email;
use crate::support::{Client, Muster, PASSWORD};

#[tokio::test]
async fn t30_a_session_that_ended_is_dead_at_once_on_every_node() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let elsewhere = muster.second_node().await;
    let elsewhere = elsewhere.as_ref().unwrap_or(&muster);
    let kept = |client: &Client| client.copied(&muster);

    let stolen = kept(&ada);
    let page = ada.open("/circles/orders").await;
    ada.submit(page.form("form[action='/sign-out']")).await.must_say("You are signed out");
    assert!(!is_signed_in(&stolen.on(elsewhere)).await, "signed out");

    let [here, there] = [muster.signs_in("ada").await, muster.signs_in("ada").await];
    let stolen = kept(&here);
    assert!(is_signed_in(&there.on(elsewhere)).await);
    let page = here.open("/account").await;
    let form = page
        .form("form:has([value=password])")
        .fill("current", PASSWORD)
        .fill("password", "another horse battery");
    here.submit(form).await.must_say("Your password is changed");
    assert!(is_signed_in(&here.on(elsewhere)).await, "whoever changed it stays");
    assert!(!is_signed_in(&there.on(elsewhere)).await, "the password was changed");
    assert!(!is_signed_in(&stolen.on(elsewhere)).await, "the session has a new id");

    let id = lea.id_of("ada").await;
    let page = lea.open(&format!("/people?person={id}")).await;
    lea.submit(page.form("form:has([value=disable])")).await;
    assert!(!is_signed_in(&here.on(elsewhere)).await, "disabled");
    let state = here.on(elsewhere).call("/api/v1/attempts/state", &json!({ "attempt": "x" })).await;
    assert_eq!(state.status, 401);
}

#[tokio::test]
async fn t30_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let eve = lea.invites(&muster, "eve", "engineer").await;
    lea.invites(&muster, "ada", "engineer").await;
    let victim = Client::of(&muster);
    victim.set_cookie(&eve.cookie());

    let page = victim.open("/sign-in").await;
    victim.submit(page.form("main form").fill("email", &email("ada")).fill("password", PASSWORD)).await;

    assert_eq!(victim.open("/account").await.value("name"), "Ada");
    assert_ne!(victim.cookie(), eve.cookie());
    assert!(!is_signed_in(&eve).await, "the planted id is dead");
}

#[tokio::test]
async fn t31_an_expired_session_is_renewed_in_place_and_the_deadline_stays() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    let round = lea.prepares_round().await;
    let attempt = ada.starts(&round).await;
    let saved = ada.saves(&attempt, 1, 1, json!("do_not_know")).await.json();
    let elsewhere = ada.copied(&muster);
    let page = elsewhere.open("/circles/orders").await;
    elsewhere.submit(page.form("form[action='/sign-out']")).await;

    assert_eq!(ada.saves(&attempt, 2, 2, json!("do_not_know")).await.status, 401);
    let wrong = json!({ "email": email("ada"), "password": "guessed" });
    assert_eq!(ada.call("/api/v1/sessions/sign-in-again", &wrong).await.status, 422);
    let right = json!({ "email": email("ada"), "password": PASSWORD });
    assert_eq!(ada.call("/api/v1/sessions/sign-in-again", &right).await.status, 200);

    let again = ada.saves(&attempt, 2, 2, json!("do_not_know")).await.json();
    assert_eq!((&again["ack_seq"], &again["deadline"]), (&json!(2), &saved["deadline"]));
}

#[tokio::test]
async fn t32_a_wrong_password_and_an_unknown_person_are_told_the_same() {
    let mut muster = Muster::start().await;
    muster.set_up().await;

    let mut told = Vec::new();
    for name in ["lea", "eve"] {
        let nobody = Client::of(&muster);
        let page = nobody.open("/sign-in").await;
        let page =
            nobody.send(page.form("main form").fill("email", &email(name)).fill("password", "guessed")).await;
        assert_eq!(page.value("email"), email(name));
        assert!(!page.body.contains("guessed"));
        told.push((page.status, page.text(), page.body.len()));
    }

    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].0, 422);
}

#[tokio::test]
async fn t33_a_guesser_has_to_wait_and_others_do_not() {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    lea.invites(&muster, "ada", "engineer").await;
    let guesser = Client::of(&muster);
    let guess = async |password: &str| {
        guesser.post("/sign-in", &[("email", email("ada").as_str()), ("password", password)]).await
    };

    for n in 0..10 {
        assert_eq!(guess(&format!("guess number {n}")).await.status, 422, "{n}");
    }
    let told = guess(PASSWORD).await;

    assert_eq!(told.status, 429);
    let seconds: u64 = told.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=15 * 60).contains(&seconds), "{seconds}");
    told.must_say("Too many tries");
    assert!(is_signed_in(&muster.signs_in("lea").await).await);
}

#[tokio::test]
async fn t34_an_address_that_a_client_makes_up_is_not_believed() {
    let mut muster = Muster::start().await;
    muster.set_up().await;
    let guesser = Client::of(&muster);
    let mut last = 0;
    for n in 0..11 {
        let request = guesser
            .request(reqwest::Method::POST, "/sign-in")
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", format!("192.0.2.{n}"))
            .header("forwarded", format!("for=192.0.2.{n}"))
            .form(&[("email", "lea@example.org"), ("password", "guessed")]);
        last = request.send().await.unwrap().status().as_u16();
    }

    assert_eq!(last, 429);
    assert!(!muster.log().contains("192.0.2."));
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
