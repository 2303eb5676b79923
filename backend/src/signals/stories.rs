//! From what is delivered to an incident that is resolved.

use chrono::{DateTime, TimeDelta, Utc};
use domain::incident::{Number, Phase};
use domain::people::Role::{Engineer, Leader};
use domain::signal::Sender;
use sqlx::query_scalar;

use super::deliveries::{self, State};
use super::processing::work;
use super::receiving::{Credentials, take};
use super::rules;
use super::sources::{self, HandedOut};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::incidents::{self, Detail, Wanted};
use crate::people::Who;
use crate::testing::{circle_with, dice, fresh_db, noon, run_sql};

/// A circle with a source that its leader made.
struct Watched {
    db: Db,
    leo: Who,
    source: HandedOut,
}

impl Watched {
    async fn by(sender: Sender) -> Watched {
        let db = fresh_db().await;
        let [leo, _] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
        let source =
            sources::make(&db, &leo, "orders", "Main", Some(sender), &mut dice(), noon()).await.unwrap();
        Watched { db, leo, source }
    }

    fn token(&self) -> Credentials {
        Credentials { token: Some(self.source.token.clone()), ..Credentials::default() }
    }

    /// A delivery comes in so many minutes after noon, and is read.
    async fn delivers(&self, body: &str, minute: i64) {
        take(&self.db, &self.source.key, &self.token(), body.as_bytes(), after(minute)).await.unwrap();
        work(&self.db, after(minute)).await.unwrap();
    }

    async fn incidents(&self) -> Vec<incidents::Incident> {
        let all = incidents::of_circle(&self.db, &self.leo, "orders", &Wanted::default(), 1).await.unwrap();
        all.incidents
    }

    async fn incident(&self, number: i64) -> Detail {
        incidents::find(&self.db, &self.leo, "orders", Number(number)).await.unwrap()
    }

    /// What became of the deliveries, the newest first.
    async fn states(&self) -> Vec<State> {
        let page = deliveries::of_circle(&self.db, &self.leo, "orders", None, 1).await.unwrap();
        page.deliveries.into_iter().map(|one| one.state).collect()
    }

    async fn n_alerts(&self) -> i64 {
        let sql = "SELECT count(*) FROM signal_alerts";
        on!(self.db.read(), |pool| query_scalar(sql).fetch_one(pool).await).unwrap()
    }
}

fn after(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

/// A body of version 4 with these alerts: name, node, whether it fires, and the
/// minute after noon when it began.
fn body(alerts: &[(&str, &str, bool, i64)]) -> String {
    let alert = |(name, node, is_firing, began): &(&str, &str, bool, i64)| {
        let status = if *is_firing { "firing" } else { "resolved" };
        let ended =
            if *is_firing { "0001-01-01T00:00:00Z".to_owned() } else { after(began + 1).to_rfc3339() };
        format!(
            r#"{{"status":"{status}","labels":{{"alertname":"{name}","node":"{node}","severity":"critical"}},
                "annotations":{{"summary":"{name} on {node}","runbook_url":"https://wiki.example.org/{name}"}},
                "startsAt":"{}","endsAt":"{ended}","fingerprint":"{name}{node}"}}"#,
            after(*began).to_rfc3339()
        )
    };
    let alerts: Vec<String> = alerts.iter().map(alert).collect();
    format!(
        r#"{{"version":"4","groupKey":"{{}}:{{}}","status":"firing","receiver":"muster",
            "externalURL":"http://alertmanager:9093","alerts":[{}]}}"#,
        alerts.join(",")
    )
}

#[tokio::test]
async fn an_alert_opens_an_incident_and_its_end_resolves_it() {
    let here = Watched::by(Sender::Alertmanager).await;

    here.delivers(&body(&[("PoolFull", "a", true, 0)]), 1).await;
    let detail = here.incident(1).await;
    assert_eq!(detail.incident.title, "PoolFull: PoolFull on a");
    assert_eq!((detail.incident.phase, detail.incident.severity.level()), (Phase::Detected, 1));
    assert_eq!(detail.incident.opened_by, None);
    assert_eq!(detail.incident.reached.detected, after(0));
    assert_eq!(detail.runbook_urls, ["https://wiki.example.org/PoolFull"]);

    here.delivers(&body(&[("PoolFull", "a", false, 0)]), 9).await;
    let detail = here.incident(1).await;
    assert_eq!(detail.incident.phase, Phase::Resolved);
    assert_eq!(detail.incident.reached.resolved, Some(after(9)));
    assert!(!detail.alerts[0].is_firing);
}

#[tokio::test]
async fn a_delivery_that_is_repeated_makes_no_doubles() {
    let here = Watched::by(Sender::Alertmanager).await;
    let firing = body(&[("PoolFull", "a", true, 0), ("PoolFull", "b", true, 0)]);
    for minute in 1..4 {
        here.delivers(&firing, minute).await;
    }
    assert_eq!(here.n_alerts().await, 2, "one for each fingerprint and start");
    let ended = body(&[("PoolFull", "a", false, 0), ("PoolFull", "b", false, 0)]);
    here.delivers(&ended, 5).await;
    here.delivers(&ended, 6).await;
    // Late, and from before.
    here.delivers(&firing, 7).await;

    assert_eq!(here.incidents().await.len(), 1);
    assert_eq!(here.n_alerts().await, 2);
    assert_eq!(here.incident(1).await.incident.phase, Phase::Resolved);
    let entries = here.incident(1).await.entries;
    let told: Vec<&str> = entries.iter().map(|entry| entry.entry.words.as_str()).collect();
    assert_eq!(
        told,
        [
            "Opened.",
            "- Fires: PoolFull: PoolFull on a\n- Fires: PoolFull: PoolFull on b",
            "- Ended: PoolFull: PoolFull on a\n- Ended: PoolFull: PoolFull on b",
            "All of its alerts have ended.",
        ]
    );
    use State::{Done, Repeated};
    assert_eq!(here.states().await, [Repeated, Repeated, Done, Repeated, Repeated, Done]);
}

#[tokio::test]
async fn alerts_of_a_group_join_its_incident_and_it_ends_with_the_last_of_them() {
    let here = Watched::by(Sender::Alertmanager).await;
    here.delivers(&body(&[("PoolFull", "a", true, 0)]), 1).await;
    here.delivers(&body(&[("PoolFull", "a", true, 0), ("Slow", "b", true, 2)]), 3).await;
    here.delivers(&body(&[("PoolFull", "a", false, 0), ("Slow", "b", true, 2)]), 4).await;
    assert_eq!(here.incidents().await.len(), 1);
    assert_eq!(here.incident(1).await.incident.phase, Phase::Detected);

    here.delivers(&body(&[("Slow", "b", false, 2)]), 5).await;

    assert_eq!(here.incident(1).await.incident.phase, Phase::Resolved);
}

#[tokio::test]
async fn an_alert_whose_start_moves_back_ends_with_its_newest_word() {
    let here = Watched::by(Sender::Alertmanager).await;
    here.delivers(&body(&[("PoolFull", "a", true, 5)]), 6).await;
    here.delivers(&body(&[("PoolFull", "a", true, 4)]), 7).await;
    let firing = here.incident(1).await.alerts.iter().filter(|alert| alert.is_firing).count();
    assert_eq!((here.incidents().await.len(), firing), (1, 1), "one alert of two starts");
    // The end of a firing that nobody told of ends no later one.
    here.delivers(&body(&[("PoolFull", "a", false, 1)]), 8).await;
    assert_eq!(here.incident(1).await.incident.phase, Phase::Detected);

    here.delivers(&body(&[("PoolFull", "a", false, 4)]), 9).await;
    assert_eq!(here.incident(1).await.incident.phase, Phase::Resolved);
}

#[tokio::test]
async fn within_the_window_it_is_opened_again_and_later_it_is_another() {
    let here = Watched::by(Sender::Alertmanager).await;
    here.delivers(&body(&[("PoolFull", "a", true, 0)]), 1).await;
    here.delivers(&body(&[("PoolFull", "a", false, 0)]), 10).await;

    here.delivers(&body(&[("PoolFull", "a", true, 50)]), 51).await;
    let again = here.incident(1).await.incident;
    assert_eq!((again.phase, again.n_reopened), (Phase::Detected, 1));

    here.delivers(&body(&[("PoolFull", "a", false, 50)]), 60).await;
    here.delivers(&body(&[("PoolFull", "a", true, 200)]), 201).await;
    assert_eq!(here.incidents().await.len(), 2);
}

#[tokio::test]
async fn rules_lead_alerts_to_services_and_can_be_tried_before_they_hold() {
    let here = Watched::by(Sender::Alertmanager).await;
    for slug in ["billing", "shop"] {
        run_sql(
            &here.db,
            "INSERT INTO services (circle, slug, name, summary, owner, links, created_at)
             VALUES ('orders', $1, $1, '', '', '[]', '2026-01-01T00:00:00Z')",
            slug,
        )
        .await;
    }
    let both = body(&[("PoolFull", "a", true, 0), ("Mail", "b", true, 0), ("Chatter", "c", true, 0)]);
    let text = "alertname=Pool* -> shop, S2\nalertname=Chatter -> ignore\n* -> billing";
    rules::set(&here.db, &here.leo, "orders", text, "30", 0, noon()).await.unwrap();

    here.delivers(&both, 1).await;

    let services: Vec<_> = here.incidents().await.into_iter().map(|one| one.service.unwrap().0).collect();
    assert_eq!(services, ["billing", "shop"]);
    assert_eq!(here.n_alerts().await, 3, "what is left out is known all the same");
    let page = deliveries::of_circle(&here.db, &here.leo, "orders", None, 1).await.unwrap();
    let id = &page.deliveries[0].id;
    let tried = rules::attempt(&here.db, &here.leo, "orders", "* -> shop", id).await.unwrap();
    let routes = tried.routes.unwrap();
    assert!(routes.iter().all(|(_, route)| route.service.as_deref() == Some("shop")));
    assert_eq!(here.incidents().await.len(), 2, "trying does nothing");
    let refused = rules::set(&here.db, &here.leo, "orders", "* -> gone\n* ->", "soon", 1, noon()).await;
    match refused {
        Err(Error::Refused(problems)) => {
            let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
            assert_eq!(fields, ["rules", "reopens"]);
        }
        other => panic!("{other:?}"),
    }
    let written = rules::of_circle(&here.db, &here.leo, "orders").await.unwrap();
    assert_eq!((written.text.as_str(), written.reopens), (text, 30));
}

#[tokio::test]
async fn what_is_not_understood_is_kept_as_it_came_and_can_be_read_again() {
    let here = Watched::by(Sender::Alertmanager).await;
    let strange: [&[u8]; 4] = [b"", b"{\"text\":\"custom\"}", b"\xff\xfe{}", b"{\"a\":\"\0\"}"];
    for bytes in strange {
        take(&here.db, &here.source.key, &here.token(), bytes, noon()).await.unwrap();
    }
    assert_eq!(work(&here.db, noon()).await.unwrap(), 4);
    assert_eq!(work(&here.db, noon()).await.unwrap(), 0);

    let page = deliveries::of_circle(&here.db, &here.leo, "orders", Some(State::Unknown), 1).await.unwrap();
    assert_eq!((page.deliveries.len(), page.n_to_look_at), (4, 4));
    let custom = &page.deliveries[2];
    let found = deliveries::find(&here.db, &here.leo, "orders", &custom.id).await.unwrap();
    assert_eq!((found.body.as_str(), found.is_base64), ("{\"text\":\"custom\"}", false));
    assert!(deliveries::find(&here.db, &here.leo, "orders", &page.deliveries[0].id).await.unwrap().is_base64);
    deliveries::again(&here.db, &here.leo, "orders", &custom.id, noon()).await.unwrap();
    assert_eq!(work(&here.db, noon()).await.unwrap(), 1);
}

#[tokio::test]
async fn only_whoever_has_the_token_or_signs_is_heard() {
    let here = Watched::by(Sender::PagerDuty).await;
    let take_with = async |key: &str, credentials: Credentials| {
        take(&here.db, key, &credentials, b"what do ya want for nothing?", noon()).await
    };
    let key = here.source.key.clone();
    let wrong = Credentials { token: Some("guessed".to_owned()), ..Credentials::default() };
    assert!(matches!(take_with("nobodys", here.token()).await, Err(Error::NotFound)));
    assert!(matches!(take_with(&key, wrong).await, Err(Error::SignInFirst)));
    assert!(matches!(take_with(&key, Credentials::default()).await, Err(Error::SignInFirst)));
    take_with(&key, here.token()).await.unwrap();

    let all = sources::of_circle(&here.db, &here.leo, "orders").await.unwrap();
    let id = &all[0].id;
    sources::sign(&here.db, &here.leo, "orders", id, "Jefe", noon()).await.unwrap();
    let right = "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let signed = Credentials { signature: Some(right.to_owned()), ..Credentials::default() };
    take_with(&key, signed.clone()).await.unwrap();
    assert!(
        matches!(take_with(&key, here.token()).await, Err(Error::SignInFirst)),
        "the token is not enough"
    );

    sources::revoke(&here.db, &here.leo, "orders", id, noon()).await.unwrap();
    assert!(matches!(take_with(&key, signed).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn another_token_ends_the_one_before_and_only_leaders_give_it() {
    let here = Watched::by(Sender::Alertmanager).await;
    let [eve] = circle_with(&here.db, "stock", [("eve", Leader)]).await;
    let id = sources::of_circle(&here.db, &here.leo, "orders").await.unwrap()[0].id.clone();

    let new = sources::rotate(&here.db, &here.leo, "orders", &id, &mut dice(), noon()).await.unwrap();

    assert_eq!(new.key, here.source.key);
    let tried = take(&here.db, &new.key, &here.token(), b"{}", noon()).await;
    assert!(matches!(tried, Err(Error::SignInFirst)));
    let outcomes: [Result<()>; 3] = [
        sources::rotate(&here.db, &eve, "orders", &id, &mut dice(), noon()).await.map(drop),
        sources::revoke(&here.db, &eve, "stock", &id, noon()).await,
        rules::set(&here.db, &eve, "orders", "", "1", 0, noon()).await,
    ];
    for outcome in outcomes {
        assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
    }
}

/// An event of PagerDuty about one incident, so many minutes after noon.
fn event(status: &str, minute: i64) -> String {
    format!(
        r#"{{"event":{{"id":"E{minute}","event_type":"incident.{status}","resource_type":"incident",
            "occurred_at":"{}","agent":null,"client":null,"data":{{"id":"P1","type":"incident","number":1,
            "status":"{status}","title":"Checkout fails","urgency":"high","service":{{"summary":"API"}},
            "assignees":[],"teams":[],"priority":null,"created_at":"{}"}}}}}}"#,
        after(minute).to_rfc3339(),
        after(0).to_rfc3339()
    )
}

#[tokio::test]
async fn an_incident_of_pagerduty_is_followed_whatever_order_its_events_come_in() {
    let here = Watched::by(Sender::PagerDuty).await;
    here.delivers(&event("triggered", 0), 0).await;
    here.delivers(&event("acknowledged", 2), 2).await;
    assert_eq!(here.incident(1).await.incident.phase, Phase::Acknowledged);
    here.delivers(&event("resolved", 9), 9).await;
    here.delivers(&event("acknowledged", 3), 10).await;

    let detail = here.incident(1).await;
    assert_eq!(detail.incident.phase, Phase::Resolved);
    assert_eq!(here.incidents().await.len(), 1);
    let said = r#"{"event":{"id":"N","event_type":"incident.annotated","resource_type":"incident",
        "occurred_at":"2026-03-02T12:11:00Z","data":{"id":"X","type":"incident_note","content":"Pool raised.",
        "incident":{"id":"P1","type":"incident_reference"}}}}"#;
    here.delivers(said, 11).await;
    let last = here.incident(1).await.entries.pop().unwrap();
    assert_eq!(last.entry.words, "incident.annotated: Pool raised.");
}

#[tokio::test]
async fn a_delivery_under_an_id_that_was_read_is_not_read_again() {
    let here = Watched::by(Sender::PagerDuty).await;
    let twice = Credentials { sender_id: Some("W-1".to_owned()), ..here.token() };
    for _ in 0..2 {
        take(&here.db, &here.source.key, &twice, event("triggered", 0).as_bytes(), noon()).await.unwrap();
    }
    work(&here.db, noon()).await.unwrap();
    assert_eq!(here.states().await, [State::Repeated, State::Done]);
}

#[tokio::test]
async fn what_was_understood_goes_after_ninety_days_and_what_was_not_stays() {
    let here = Watched::by(Sender::Alertmanager).await;
    here.delivers(&body(&[("PoolFull", "a", true, 0)]), 1).await;
    here.delivers("{}", 2).await;

    assert_eq!(deliveries::sweep(&here.db, after(0) + deliveries::KEPT).await.unwrap(), 0);
    assert_eq!(deliveries::sweep(&here.db, after(9) + deliveries::KEPT).await.unwrap(), 1);

    assert_eq!(here.states().await, [State::Unknown]);
    assert_eq!(here.incident(1).await.alerts.len(), 1, "what came of it stays");
}

#[tokio::test]
async fn deliveries_that_come_at_once_are_all_kept_and_make_one_incident() {
    let here = Watched::by(Sender::Alertmanager).await;
    let firing = body(&[("PoolFull", "a", true, 0)]);
    let (credentials, start) = (here.token(), tokio::sync::Barrier::new(60));
    let one = async || {
        start.wait().await;
        take(&here.db, &here.source.key, &credentials, firing.as_bytes(), noon()).await.unwrap();
    };
    futures_util::future::join_all((0..60).map(|_| one())).await;

    let (first, second) = tokio::join!(work(&here.db, noon()), work(&here.db, noon()));

    assert_eq!(first.unwrap() + second.unwrap(), 60);
    assert_eq!(here.incidents().await.len(), 1);
}
