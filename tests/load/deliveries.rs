//! P14: two hundred deliveries a second for a minute, as monitoring sends them
//! when everything fires: how long the slowest waits for its answer.
//!
//! They are sent by the clock, whether or not earlier ones were answered, and
//! each is timed from when it was due. All that were answered 202 have to be in
//! the database, and read.

use std::time::{Duration, Instant};

use sqlx::{Connection, query_scalar};
use tokio::task::JoinSet;

use crate::Asked;
use crate::client::Browser;
use crate::fault::{Fault, fault};
use crate::figure::{Figure, Side};
use crate::process::load_average;
use crate::stage::{PASSWORD, Stage};

const A_SECOND: u32 = 200;
const SECONDS: u32 = 60;
const N_CONNECTIONS: u32 = 64;

pub async fn measure(asked: &Asked) -> Result<Figure, Fault> {
    let stage = Stage::set(1, 0).await?;
    let muster = stage.serve(&asked.muster)?;
    let mut lea = Browser::new(muster.address);
    lea.post("/sign-in", &[("email", "lea@example.org"), ("password", PASSWORD)]).await?.leads_to()?;
    let fields = [("do", "make"), ("name", "Main"), ("sender", "alertmanager")];
    lea.post("/circles/orders/signal-sources", &fields).await?.leads_to()?;
    let page = lea.get("/circles/orders/signal-sources").await?.page()?.to_owned();
    let path = format!("/hooks/{}", word_after(&page, "/hooks/")?);
    let token = word_after(&page, "credentials: ")?;

    let (cpu, begun) = (muster.used()?.cpu, Instant::now());
    let mut sending = JoinSet::new();
    for first in 0..N_CONNECTIONS {
        let (path, mut sender) = (path.clone(), Browser::with_token(muster.address, &token));
        sending.spawn(async move {
            let mut waited = Vec::new();
            for n in (first..A_SECOND * SECONDS).step_by(N_CONNECTIONS as usize) {
                let due = begun + n * Duration::from_secs(1) / A_SECOND;
                tokio::time::sleep_until(due.into()).await;
                let reply = sender.call(&path, body(n).into()).await?;
                if reply.status != 202 {
                    return Err(fault(format!("status {}", reply.status)));
                }
                waited.push(due.elapsed());
            }
            Ok::<_, Fault>(waited)
        });
    }
    let mut waited: Vec<Duration> = Vec::new();
    for sent in sending.join_all().await {
        waited.extend(sent?);
    }
    waited.sort();
    let used = muster.used()?;
    let read_after = all_read(&stage, waited.len()).await?;
    let at = |per_cent: usize| waited[(waited.len() - 1) * per_cent / 100].as_secs_f64() * 1000.0;
    Ok(Figure {
        id: "P14",
        what: "slowest answer to 200 deliveries a second",
        value: at(100),
        unit: "ms",
        side: Side::AtMost,
        goal: 1000.0,
        against: Vec::new(),
        interval: None,
        baseline: None,
        notes: vec![
            format!(
                "{} deliveries in {SECONDS} s: half within {:.1} ms, 99 % within {:.1} ms",
                waited.len(),
                at(50),
                at(99)
            ),
            format!(
                "all answered 202, all in the database, all read {:.1} s after the last",
                read_after.as_secs_f64()
            ),
            format!(
                "{:.1} s of processor for muster; {:.0} MiB resident; load average {}",
                used.cpu - cpu,
                used.resident,
                load_average()
            ),
        ],
    })
}

/// A body with one alert: a quarter are new, the others repeat or end.
fn body(n: u32) -> String {
    let (node, status) = match n % 4 {
        0 => (n, "firing"),
        1 => (n - 1, "firing"),
        2 => (n % 97, "firing"),
        _ => (n - 3, "resolved"),
    };
    format!(
        r#"{{"version":"4","groupKey":"{{}}:{{node=\"{group}\"}}","status":"{status}","receiver":"muster",
"externalURL":"http://alertmanager:9093","alerts":[{{"status":"{status}","labels":{{"alertname":"PoolFull","severity":"critical",
"node":"{node}"}},"annotations":{{"summary":"The pool of {node} is full"}},"startsAt":"2026-03-02T03:00:00Z",
"endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus/graph","fingerprint":"f{node}"}}]}}"#,
        group = node % 20
    )
}

/// The letters and digits that follow the first place where a page says this.
fn word_after(page: &str, before: &str) -> Result<String, Fault> {
    let (_, rest) = page.split_once(before).ok_or_else(|| fault(format!("no {before} on the page")))?;
    Ok(rest.chars().take_while(char::is_ascii_alphanumeric).collect())
}

/// Waits until nothing waits to be read, and counts what is there.
async fn all_read(stage: &Stage, n_sent: usize) -> Result<Duration, Fault> {
    let (begun, mut connection) = (Instant::now(), stage.connection().await?);
    loop {
        let waiting: i64 = query_scalar("SELECT count(*) FROM signals WHERE state = 'waiting'")
            .fetch_one(&mut connection)
            .await?;
        if waiting == 0 {
            break;
        }
        if begun.elapsed() > Duration::from_secs(120) {
            return Err(fault(format!("{waiting} deliveries are not read after two minutes")));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let read_after = begun.elapsed();
    let n_kept: i64 = query_scalar("SELECT count(*) FROM signals").fetch_one(&mut connection).await?;
    connection.close().await?;
    if usize::try_from(n_kept)? == n_sent {
        Ok(read_after)
    } else {
        Err(fault(format!("{n_sent} deliveries were answered 202, and {n_kept} are there")))
    }
}
