//! One search over a circle, as each may see it.

use crate::support::{Client, Muster, Page};

const SEARCH: &str = "/circles/orders/search";

async fn team() -> (Muster, Client, Client) {
    let mut muster = Muster::start().await;
    let lea = muster.set_up().await;
    let ada = lea.invites(&muster, "ada", "engineer").await;
    lea.takes_bank("orders-db").await;
    lea.makes_action("Raise the alarm of the <b>pool</b>", &[("labels", "replica")]).await;
    (muster, lea, ada)
}

fn kinds(page: &Page) -> Vec<String> {
    page.all_words_of("ol.rows > li > span.meta")
}

#[tokio::test]
async fn everything_is_found_in_one_box_and_questions_by_leaders_only() {
    let (_muster, lea, ada) = team().await;
    let page = ada.open("/circles/orders").await;
    let form = page.form("header [role=search] form").fill("q", "Orders database");
    let found = ada.open(&format!("{}?q={}", form.action, "orders+database")).await;
    assert_eq!(found.attributes("ol.rows a", "href"), ["/circles/orders/services/orders-db"]);
    assert_eq!(found.value("q"), "orders database", "what was asked can be changed");

    let by_lea = lea.open(&format!("{SEARCH}?q=orders-db")).await;
    assert!(kinds(&by_lea).iter().any(|kind| kind.starts_with("Question")));
    let by_ada = ada.open(&format!("{SEARCH}?q=orders-db")).await;
    assert!(!by_ada.says("Question") && !by_ada.has("main a[href*='/questions/']"));
    assert!(!ada.open(&format!("{SEARCH}?q=orders-db&kind=question")).await.has("ol.rows"));
}

#[tokio::test]
async fn hits_are_escaped_and_what_was_sought_is_marked() {
    let (_muster, _lea, ada) = team().await;

    let page = ada.open(&format!("{SEARCH}?q=alarm+POO")).await;

    assert_eq!(page.all_words_of("ol.rows mark"), ["alarm", "pool"]);
    assert!(page.says("<b>") && !page.has("ol.rows b"));
    assert_eq!(kinds(&page), ["Action"]);
    assert!(ada.open(&format!("{SEARCH}?q=ca-1")).await.has("ol.rows a[href$='/actions/CA-1']"));
    assert!(ada.open(&format!("{SEARCH}?q=replica")).await.has("ol.rows a[href$='/actions/CA-1']"));
}

#[tokio::test]
async fn kinds_are_counted_and_each_is_a_link() {
    let (_muster, lea, ada) = team().await;

    let all = lea.open(&format!("{SEARCH}?q=ada")).await;
    assert_eq!(all.all_words_of("nav[aria-label=Kinds] a"), ["Everything 1", "People 1"]);
    let people = lea.open(&format!("{SEARCH}?q=ada&kind=person")).await;
    assert_eq!(people.all_words_of("nav[aria-label=Kinds] a[aria-current]"), ["People 1"]);
    assert!(people.has("ol.rows a[href*='/members/']"));
    assert_eq!(
        ada.open(&format!("{SEARCH}?q=lea")).await.attributes("ol.rows a", "href"),
        ["/circles/orders/members"]
    );
    ada.open(SEARCH).await.must_say("What are you looking for?");
    ada.open(&format!("{SEARCH}?q=nowhere")).await.must_say("Nothing has all of these words");
    ada.open(&format!("{SEARCH}?q=ada&kind=action")).await.must_say("Nothing of this kind");
}
