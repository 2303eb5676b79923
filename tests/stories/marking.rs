//! Open questions: marked by leaders, without names, and what was acknowledged
//! is there.

use serde_json::json;
use tokio::task::JoinSet;

use crate::support::people::id_in;
use crate::support::{Client, Muster, Page};

const OPEN: &str = "The database is slow at night. What do you do first?

## Rubric

- (2) names the on-call DBA before canary-restarting
- (1) looks at the canary-queries

> canary-why.
";

/// The engineers who answer.
const NAMES: [&str; 4] = ["ada", "bo", "cy", "dan"];

/// A round with one open question, answered by four.
struct Marked {
    muster: Muster,
    lea: Client,
    takers: Vec<Client>,
    attempts: Vec<String>,
    /// Where the answers are marked.
    page: String,
}

impl Marked {
    async fn begin() -> Marked {
        let mut muster = Muster::start().await;
        let lea = muster.set_up().await;
        muster.shelve("orders-db/monitoring/slow.md", OPEN);
        lea.takes_bank("orders-db").await;
        let form = lea.drafts_test("Open", &[("orders-db", "monitoring", 1)]).await;
        let test = lea.send(form.tick("asks_open", "on").press("do", "save")).await;
        let test = id_in(&test.see_other(), "/tests/");
        let mut takers = Vec::new();
        for name in NAMES {
            takers.push(lea.invites(&muster, name, "engineer").await);
        }
        let round = lea.plans_round(&test).await;
        let mut attempts = Vec::new();
        for (n, taker) in takers.iter().enumerate() {
            let attempt = taker.starts(&round).await;
            taker.saves(&attempt, 1, 1, json!({ "typed": format!("I do {n}.") })).await;
            taker.hands_in(&attempt).await;
            attempts.push(attempt);
        }
        let queue = lea.open(&lea.at(&format!("/rounds/{round}/marking"))).await;
        let page = queue.attributes("main a.cover", "href").remove(0);
        Marked { muster, lea, takers, attempts, page }
    }

    /// What the answers are known by on the page.
    async fn aliases(&self, who: &Client) -> Vec<String> {
        who.open(&self.page).await.attributes("input[name=answer]", "value")
    }
}

/// What the form of an answer posts.
fn giving(alias: &str, points: [u8; 2], comment: &str) -> Vec<(String, String)> {
    let field = |part: &str| format!("a{}-{part}", &alias[..12]);
    vec![
        ("answer".to_owned(), alias.to_owned()),
        (field("points-0"), points[0].to_string()),
        (field("points-1"), points[1].to_string()),
        (field("comment"), comment.to_owned()),
        ("do".to_owned(), "mark".to_owned()),
    ]
}

/// Attempts whose newest mark or verdict is not what their newest marking says.
const HALF_SAVED: &str = "
    SELECT count(*)
    FROM markings m
    JOIN attempts a ON a.id = m.attempt
    JOIN marks k ON k.attempt = m.attempt AND k.slot = m.slot
    WHERE m.marked_by <> $1
      AND m.turn = (SELECT max(x.turn) FROM markings x WHERE x.attempt = m.attempt)
      AND k.turn = (SELECT max(x.turn) FROM marks x WHERE x.attempt = m.attempt)
      AND NOT (k.earned = CASE m.points WHEN '[0,0]' THEN 0 WHEN '[0,1]' THEN 3333
                                        WHEN '[2,0]' THEN 6667 WHEN '[2,1]' THEN 10000 ELSE -1 END
               AND a.verdict LIKE '%\"earned\":' || CAST(k.earned AS TEXT) || ',%')";

#[tokio::test]
async fn t01_a_marking_that_was_acknowledged_is_there_after_a_kill_and_none_is_half_saved() {
    let mut here = Marked::begin().await;
    let mio = here.lea.invites(&here.muster, "mio", "leader").await;
    let aliases = here.aliases(&here.lea).await;
    assert_eq!(aliases.len(), NAMES.len());

    for turn in 0..5usize {
        let mut marking = JoinSet::new();
        for i in 0..16usize {
            // Each leader has answers of their own, and changes them again and again.
            let who = if i % 2 == 0 { here.lea.clone() } else { mio.clone() };
            let comment = format!("given {turn} {i}");
            let points = [if i % 4 < 2 { 0 } else { 2 }, u8::from(i % 8 < 4)];
            let fields = giving(&aliases[i % NAMES.len()], points, &comment);
            let page = here.page.clone();
            marking.spawn(async move { who.try_post(&page, &fields).await.ok().map(|page| (comment, page)) });
        }
        // In the middle of it: some are acknowledged, others on their way.
        let mut answered: Vec<(String, Page)> = Vec::new();
        while answered.len() < 2 * turn {
            answered.extend(marking.join_next().await.unwrap().unwrap());
        }
        here.muster.kill();
        answered.extend(marking.join_all().await.into_iter().flatten());
        here.muster.start_again().await;

        let database = &here.muster.database;
        for (comment, page) in answered {
            assert_eq!(page.status, 303, "{}", page.text());
            let n = database.number("SELECT count(*) FROM markings WHERE comment = $1", &comment).await;
            assert_eq!(n, 1, "{comment} was said to be saved");
        }
        assert_eq!(database.number(HALF_SAVED, "").await, 0);
    }
    assert_eq!(here.lea.open(&here.page).await.status, 200);
}

#[tokio::test]
async fn a_marker_is_sent_no_name_and_no_attempt_and_a_taker_no_rubric_before_its_time() {
    let here = Marked::begin().await;

    let page = here.lea.open(&here.page).await;
    for attempt in &here.attempts {
        assert!(!page.body.contains(attempt.as_str()), "an attempt tells whose it is");
    }
    for name in ["Ada", "Bo", "Cy", "Dan", "@example.org/"] {
        assert!(!page.text().contains(name), "{name}");
    }
    page.must_say("canary-why");
    let (ada, attempt) = (&here.takers[0], &here.attempts[0]);
    let result = ada.open(&format!("/attempts/{attempt}/result")).await;
    result.must_say("1 answer waits to be marked");
    assert!(!result.body.contains("canary"), "answers show at the close");
    let alias = here.aliases(&here.lea).await.remove(0);
    for (who, status) in [(ada, 404), (&here.lea, 303)] {
        let page = who.post(&here.page, &giving(&alias, [2, 1], "")).await;
        assert_eq!(page.status, status, "{}", page.text());
    }
    let tampered = here.lea.post(&here.page, &giving(&alias, [3, 1], "")).await;
    assert_eq!(tampered.status, 422);
    let strange = here.lea.post(&here.page, &giving("0123456789abcdef", [2, 1], "")).await;
    assert_eq!(strange.status, 404);
}

#[tokio::test]
async fn what_a_page_sends_by_itself_is_kept_once_and_only_from_a_leader() {
    let here = Marked::begin().await;
    let alias = here.aliases(&here.lea).await.remove(0);
    let parts: Vec<&str> = here.page.split('/').collect();
    let (round, question, version) = (parts[4], parts[6..9].join("/"), parts[9]);
    let lea = here.lea.id_of("lea").await;
    let gives = |person: &str, points: [Option<u8>; 2], comment: &str| {
        json!({
            "of": { "person": person, "circle": parts[2], "round": round, "question": question, "version": version },
            "sent": { "answer": alias, "points": points, "comment": comment, "settles": false },
        })
    };
    let call = async |who: &Client, body| who.call("/api/v1/marking/give", &body).await;

    for (taker, name) in here.takers.iter().zip(NAMES) {
        let own = here.lea.id_of(name).await;
        assert_eq!(call(taker, gives(&own, [Some(2), Some(1)], "")).await.status, 404, "{name}");
        assert_eq!(call(taker, gives(&lea, [Some(2), Some(1)], "")).await.status, 401, "{name} as lea");
        assert_eq!(call(&here.lea, gives(&own, [Some(2), Some(1)], "")).await.status, 401, "lea as {name}");
    }
    assert_eq!(call(&here.lea, gives(&lea, [Some(2), None], "")).await.status, 422);
    assert_eq!(call(&here.lea, gives(&lea, [Some(3), Some(1)], "")).await.status, 422);
    let given = "SELECT count(*) FROM markings WHERE comment = $1";
    assert_eq!(here.muster.database.number(given, "").await, 0, "nobody gave anything");
    for _ in 0..2 {
        let saved = call(&here.lea, gives(&lea, [Some(2), Some(1)], "Lou, yes.")).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        assert!(saved.body.contains(r#""at":""#), "{}", saved.body);
    }

    let kept = "SELECT count(*) FROM markings WHERE comment = $1";
    assert_eq!(here.muster.database.number(kept, "Lou, yes.").await, 1, "sent twice, it is one");
    here.lea.open(&here.page).await.must_say("Marked by you");
}
