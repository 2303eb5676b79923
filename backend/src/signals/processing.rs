//! Reading what was delivered: alerts become known, incidents are opened, joined,
//! opened again and resolved. Reading a delivery twice changes nothing more.

mod incident;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::incident::{Audience, Entry, Kind, Phase};
use domain::signal::{Alert, Change, Delivery, Known, Word};
use sqlx::{FromRow, query, query_as, query_scalar};

use self::incident::Standing;
use super::deliveries;
use super::rules::{self, Leading};
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::incidents::working::{NewEntry, tell};

const WAITING_CIRCLES: &str = "SELECT DISTINCT circle FROM signals WHERE state = 'waiting'";

/// Reads everything that waits, on whatever node; returns how many deliveries
/// this call read. One that cannot be worked on holds up no other.
pub async fn work(db: &Db, now: DateTime<Utc>) -> Result<u32> {
    let circles: Vec<String> = on!(db.read(), |pool| query_scalar(WAITING_CIRCLES).fetch_all(pool).await?);
    let mut n_read = 0;
    for circle in circles {
        let mut at_once = BATCH;
        // However busy a circle is, the others have their turn.
        for _ in 0..TURNS {
            match work_some(db, &circle, at_once, now).await {
                Ok(0) => break,
                Ok(n) => n_read += n,
                // One of them cannot be worked on: find out which.
                Err(cause) if at_once > 1 => {
                    tracing::warn!(%cause, circle, "deliveries are read one by one");
                    at_once = 1;
                }
                Err(cause) => {
                    tracing::error!(%cause, circle, "a delivery could not be worked on");
                    if matches!(cause, Error::Unavailable(_)) || !set_aside(db, &circle, now).await? {
                        break;
                    }
                }
            }
        }
    }
    Ok(n_read)
}

/// How many deliveries one transaction reads, and about how many bytes of them:
/// whoever delivers next waits for it on SQLite.
const BATCH: u32 = 50;
const BATCH_BYTES: usize = 128 * 1024;

/// How many transactions in a row are about one circle.
const TURNS: u32 = 100;

/// Deliveries of a circle are read one after the other, however many nodes do it.
const LOCK: &str = "UPDATE circles SET name = name WHERE slug = $1";

const NEXT: &str = "
    SELECT id, source, sender_id, body, is_base64, received_at
    FROM signals
    WHERE circle = $1 AND state = 'waiting'
    ORDER BY id
    LIMIT $2";

#[derive(FromRow)]
struct Waiting {
    id: String,
    source: String,
    sender_id: String,
    body: String,
    is_base64: bool,
    received_at: DateTime<Utc>,
}

const DONE: &str = "
    UPDATE signals SET state = $2, outcome = $3, processed_at = $4, n_tries = n_tries + 1
    WHERE id = $1";

/// Reads the next few deliveries of a circle, all or none.
async fn work_some(db: &Db, circle: &str, at_once: u32, now: DateTime<Utc>) -> Result<u32> {
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(LOCK).bind(circle).execute(&mut **tx).await.map(drop))?;
    let mut waiting: Vec<Waiting> =
        on!(&mut tx, |tx| query_as(NEXT).bind(circle).bind(i64::from(at_once)).fetch_all(&mut **tx).await?);
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut n_bytes = 0;
    waiting.retain(|one| {
        let fits = n_bytes < BATCH_BYTES;
        n_bytes += one.body.len();
        fits
    });
    let leading = rules::leading(&mut tx, circle).await?;
    for one in &waiting {
        let (state, outcome) = work_one(&mut tx, circle, &leading, one, now).await?;
        on!(&mut tx, |tx| query(DONE)
            .bind(&one.id)
            .bind(state)
            .bind(outcome)
            .bind(stored(now))
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    commit(tx).await?;
    Ok(u32::try_from(waiting.len()).unwrap_or(u32::MAX))
}

/// After so many tries a delivery waits for a leader.
const TRIES: i64 = 3;

const SET_ASIDE: &str = "
    UPDATE signals
    SET n_tries = n_tries + 1, processed_at = $2, outcome = 'It could not be worked on. The log says why.',
        state = CASE WHEN n_tries + 1 >= $3 THEN 'failed' ELSE state END
    WHERE id IN (SELECT id FROM signals WHERE circle = $1 AND state = 'waiting' ORDER BY id LIMIT 1)
    RETURNING state";

/// Notes that the next delivery of a circle could not be worked on; says whether
/// the ones behind it are free to go.
async fn set_aside(db: &Db, circle: &str, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = db.begin().await?;
    let state: Option<String> = on!(&mut tx, |tx| query_scalar(SET_ASIDE)
        .bind(circle)
        .bind(stored(now))
        .bind(TRIES)
        .fetch_optional(&mut **tx)
        .await?);
    commit(tx).await?;
    Ok(state.is_some_and(|state| state == "failed"))
}

const SEEN: &str = "
    SELECT count(*) FROM signals
    WHERE source = $1 AND sender_id = $2 AND id < $3 AND state IN ('done', 'repeated')";

/// What becomes of one delivery: its state, and what came of it in words.
async fn work_one(
    tx: &mut Tx,
    circle: &str,
    leading: &Leading,
    one: &Waiting,
    now: DateTime<Utc>,
) -> Result<(&'static str, String)> {
    if !one.sender_id.is_empty() {
        let n_seen: i64 = on!(&mut *tx, |tx| query_scalar(SEEN)
            .bind(&one.source)
            .bind(&one.sender_id)
            .bind(&one.id)
            .fetch_one(&mut **tx)
            .await?);
        if n_seen > 0 {
            return Ok(("repeated", "The sender delivered it before.".to_owned()));
        }
    }
    let delivery = match deliveries::read(&one.body, one.is_base64) {
        Ok(delivery) => delivery,
        Err(unknown) => return Ok(("unknown", unknown.to_string())),
    };
    let mut reading = Reading {
        circle,
        leading,
        one,
        now: stored(now).max(one.received_at),
        told: BTreeMap::new(),
        came: Came::default(),
    };
    for alert in &delivery.alerts {
        reading.alert(tx, alert).await?;
    }
    for word in &delivery.words {
        reading.word(tx, word).await?;
    }
    reading.finish(tx, &delivery).await
}

/// One delivery while it is read.
struct Reading<'r> {
    circle: &'r str,
    leading: &'r Leading,
    one: &'r Waiting,
    now: DateTime<Utc>,
    /// What the timeline of each incident is told, by its id.
    told: BTreeMap<String, Told>,
    came: Came,
}

struct Told {
    standing: Standing,
    lines: Vec<String>,
    /// One of its alerts has ended.
    has_ended: bool,
    is_acknowledged: bool,
}

/// What came of a delivery, for the leader who looks.
#[derive(Default)]
struct Came {
    n_new: u32,
    n_ended: u32,
    n_again: u32,
    n_known: u32,
    n_ignored: u32,
    opened: Vec<String>,
    reopened: Vec<String>,
    n_words: u32,
    n_words_lost: u32,
}

const KNOWN: &str = "
    SELECT id, is_firing, as_of, incident FROM signal_alerts WHERE source = $1 AND identity = $2";

#[derive(FromRow)]
struct KnownRow {
    id: String,
    is_firing: bool,
    as_of: DateTime<Utc>,
    incident: Option<String>,
}

const ADD: &str = "
    INSERT INTO signal_alerts (id, circle, source, identity, fingerprint, name, summary, labels, runbook_url,
                               is_firing, starts_at, ended_at, as_of, service, incident, first_seen, last_seen,
                               link, description)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17, $18)";

const SEEN_AGAIN: &str = "UPDATE signal_alerts SET last_seen = $2 WHERE id = $1";

const CHANGE: &str = "
    UPDATE signal_alerts
    SET is_firing = $2, ended_at = $3, as_of = $4, incident = $5, last_seen = $6
    WHERE id = $1";

impl Reading<'_> {
    /// By when the delivery says what it says.
    fn as_of(&self, alert: &Alert) -> DateTime<Utc> {
        stored(alert.said_at.unwrap_or(self.one.received_at))
    }

    async fn alert(&mut self, tx: &mut Tx, alert: &Alert) -> Result<()> {
        let known: Option<KnownRow> = on!(&mut *tx, |tx| query_as(KNOWN)
            .bind(&self.one.source)
            .bind(&alert.identity)
            .fetch_optional(&mut **tx)
            .await?);
        match known {
            None => self.new_alert(tx, alert).await,
            Some(known) => self.known_alert(tx, alert, known).await,
        }
    }

    /// An alert that was never heard of opens or joins an incident, if it fires.
    async fn new_alert(&mut self, tx: &mut Tx, alert: &Alert) -> Result<()> {
        let route = self.leading.rules.route(alert, &self.leading.services);
        let incident = if alert.is_firing && !route.is_ignored {
            let service = route.service.as_deref();
            Some(self.incident_of(tx, alert, service, route.severity).await?)
        } else {
            None
        };
        let labels = serde_json::to_string(&alert.labels).map_err(|why| Error::Corrupt(why.to_string()))?;
        let received_at = self.one.received_at;
        on!(&mut *tx, |tx| query(ADD)
            .bind(new_id())
            .bind(self.circle)
            .bind(&self.one.source)
            .bind(&alert.identity)
            .bind(&alert.fingerprint)
            .bind(&alert.name)
            .bind(&alert.summary)
            .bind(labels)
            .bind(&alert.runbook_url)
            .bind(alert.is_firing)
            .bind(stored(alert.starts_at.unwrap_or(received_at)))
            .bind(alert.ended_at.map(stored))
            .bind(self.as_of(alert))
            .bind(&route.service)
            .bind(&incident)
            .bind(received_at)
            .bind(&alert.link)
            .bind(&alert.description)
            .execute(&mut **tx)
            .await
            .map(drop))?;
        self.came.n_new += 1;
        self.came.n_ignored += u32::from(route.is_ignored);
        if let Some(incident) = incident {
            self.note(tx, &incident, "Fires", alert).await?;
        }
        self.end_earlier(tx, alert, route.service.as_deref()).await
    }

    /// Ends what fired before under the same labels: an Alertmanager tells nobody
    /// that an alert ended and fires again within one interval of its group. While
    /// it fires, its start may also move back, where two Prometheus disagree.
    async fn end_earlier(&mut self, tx: &mut Tx, alert: &Alert, service: Option<&str>) -> Result<()> {
        let Some(starts_at) = alert.starts_at.map(stored) else { return Ok(()) };
        let group = group_of(alert, service);
        let ended: Vec<String> = on!(&mut *tx, |tx| query_scalar(END_EARLIER)
            .bind(&self.one.source)
            .bind(&alert.fingerprint)
            .bind(starts_at)
            .bind(&group)
            .bind(self.one.received_at)
            .bind(alert.is_firing)
            .fetch_all(&mut **tx)
            .await?);
        for incident in ended {
            self.told_of(tx, &incident).await?.has_ended = true;
        }
        Ok(())
    }

    async fn known_alert(&mut self, tx: &mut Tx, alert: &Alert, known: KnownRow) -> Result<()> {
        let before = Known { is_firing: known.is_firing, as_of: known.as_of };
        let change = before.after(alert, self.one.received_at);
        let (incident, ended_at) = match change {
            Change::Nothing => {
                self.came.n_known += 1;
                let received_at = self.one.received_at;
                on!(&mut *tx, |tx| query(SEEN_AGAIN)
                    .bind(&known.id)
                    .bind(received_at)
                    .execute(&mut **tx)
                    .await
                    .map(drop))?;
                // A sender that counts may say only that somebody has taken it.
                let is_newer = alert.said_at.is_some_and(|at| at > known.as_of);
                if let Some(incident) = known.incident.filter(|_| alert.is_acknowledged && is_newer) {
                    self.told_of(tx, &incident).await?.is_acknowledged = true;
                }
                return Ok(());
            }
            Change::Ended => {
                self.came.n_ended += 1;
                (known.incident, Some(stored(alert.ended_at.unwrap_or(self.one.received_at))))
            }
            Change::FiresAgain => {
                self.came.n_again += 1;
                let route = self.leading.rules.route(alert, &self.leading.services);
                let incident = match route.is_ignored {
                    true => None,
                    false => {
                        let service = route.service.as_deref();
                        Some(self.incident_of(tx, alert, service, route.severity).await?)
                    }
                };
                (incident, None)
            }
        };
        on!(&mut *tx, |tx| query(CHANGE)
            .bind(&known.id)
            .bind(alert.is_firing)
            .bind(ended_at)
            .bind(self.as_of(alert))
            .bind(&incident)
            .bind(self.one.received_at)
            .execute(&mut **tx)
            .await
            .map(drop))?;
        if let Some(incident) = incident {
            let word = if alert.is_firing { "Fires again" } else { "Ended" };
            self.note(tx, &incident, word, alert).await?;
            self.told_of(tx, &incident).await?.has_ended |= !alert.is_firing;
        }
        Ok(())
    }

    /// The incident that a firing alert belongs to: one of its group that runs, one
    /// that was resolved so lately that it is opened again, or a new one.
    async fn incident_of(
        &mut self,
        tx: &mut Tx,
        alert: &Alert,
        service: Option<&str>,
        severity: domain::incident::Severity,
    ) -> Result<String> {
        let group = group_of(alert, service);
        let source = self.one.source.as_str();
        let newest = incident::newest_of_group(tx, source, &group).await?;
        if let Some(newest) = newest {
            if newest.phase.is_running() {
                return Ok(newest.id);
            }
            let since = newest.reached.resolved.unwrap_or(newest.reached.detected);
            let is_in_time = self.one.received_at - since <= self.leading.reopens;
            if newest.phase == Phase::Resolved && is_in_time {
                incident::reopen(tx, &newest, self.now).await?;
                self.came.reopened.push(newest.number.to_string());
                return Ok(newest.id);
            }
        }
        let opened = incident::open(
            tx,
            self.circle,
            source,
            &group,
            alert,
            service,
            severity,
            self.one.received_at,
            self.now,
        )
        .await?;
        self.came.opened.push(opened.1.to_string());
        Ok(opened.0)
    }

    /// Notes a line for the timeline of an incident.
    async fn note(&mut self, tx: &mut Tx, incident: &str, what: &str, alert: &Alert) -> Result<()> {
        let says = if alert.summary == alert.name { String::new() } else { format!(": {}", alert.summary) };
        let line = format!("{what}: {}{says}", alert.name);
        let told = self.told_of(tx, incident).await?;
        told.lines.push(line);
        told.is_acknowledged |= alert.is_acknowledged;
        Ok(())
    }

    async fn told_of(&mut self, tx: &mut Tx, incident: &str) -> Result<&mut Told> {
        if !self.told.contains_key(incident) {
            let standing = incident::standing(tx, incident).await?;
            let told = Told { standing, lines: Vec::new(), has_ended: false, is_acknowledged: false };
            self.told.insert(incident.to_owned(), told);
        }
        self.told.get_mut(incident).ok_or(Error::NotFound)
    }

    /// What a sender says of an incident of its own goes to the timeline of ours.
    async fn word(&mut self, tx: &mut Tx, word: &Word) -> Result<()> {
        let incident = incident::of_fingerprint(tx, &self.one.source, &word.fingerprint).await?;
        match incident {
            None => self.came.n_words_lost += 1,
            Some(incident) => {
                self.came.n_words += 1;
                self.told_of(tx, &incident).await?.lines.push(word.words.clone());
            }
        }
        Ok(())
    }

    /// Writes what the timelines are told, and resolves what has ended.
    async fn finish(mut self, tx: &mut Tx, delivery: &Delivery) -> Result<(&'static str, String)> {
        for (id, told) in std::mem::take(&mut self.told) {
            if !told.lines.is_empty() {
                let entry = Entry {
                    kind: Kind::Alert,
                    audience: Audience::Internal,
                    words: lines(&told.lines),
                    phase: told.standing.phase,
                    happened_at: self.one.received_at,
                };
                tell(tx, &id, &NewEntry { id: None, entry, person: None }, self.now).await?;
            }
            if told.is_acknowledged && told.standing.phase == Phase::Detected {
                incident::acknowledge(tx, &told.standing, self.now).await?;
            }
            if told.has_ended {
                incident::resolve_if_quiet(tx, &id, self.now).await?;
            }
        }
        let state = if self.came.is_nothing_new() { "repeated" } else { "done" };
        Ok((state, self.came.words(delivery)))
    }
}

/// The most alerts that one entry names.
const NAMED: usize = 10;

/// One a line, as Markdown has a list where there are several.
fn lines(lines: &[String]) -> String {
    if let [only] = lines {
        return only.clone();
    }
    let mut text: Vec<String> = lines.iter().take(NAMED).map(|line| format!("- {line}")).collect();
    if lines.len() > NAMED {
        text.push(format!("- and {} more", lines.len() - NAMED));
    }
    text.join("\n")
}

impl Came {
    fn is_nothing_new(&self) -> bool {
        self.n_known > 0 && self.n_new + self.n_ended + self.n_again + self.n_words == 0
    }

    fn words(&self, delivery: &Delivery) -> String {
        let mut said = Vec::new();
        let mut say = |n: u32, one: &str, many: &str| match n {
            0 => {}
            1 => said.push(one.to_owned()),
            n => said.push(format!("{n} {many}")),
        };
        say(self.n_new, "1 alert is new", "alerts are new");
        say(self.n_ended, "1 has ended", "have ended");
        say(self.n_again, "1 fires again", "fire again");
        say(self.n_known, "1 was known", "were known");
        say(self.n_ignored, "1 is left out by a rule", "are left out by a rule");
        say(self.n_words, "1 word about an incident", "words about incidents");
        say(
            self.n_words_lost,
            "1 word about an incident that is not known here",
            "words about incidents that are not known here",
        );
        let truncated = u32::try_from(delivery.n_truncated).unwrap_or(u32::MAX);
        say(truncated, "1 more was cut off by the sender", "more were cut off by the sender");
        if !self.opened.is_empty() {
            said.push(format!("opened {}", self.opened.join(", ")));
        }
        if !self.reopened.is_empty() {
            said.push(format!("opened {} again", self.reopened.join(", ")));
        }
        if said.is_empty() { "It names no alert.".to_owned() } else { said.join(", ") + "." }
    }
}

/// What alerts that make one incident have in common.
fn group_of(alert: &Alert, service: Option<&str>) -> String {
    format!("{} {}", alert.group, service.unwrap_or_default())
}

const END_EARLIER: &str = "
    UPDATE signal_alerts
    SET is_firing = FALSE, ended_at = CASE WHEN starts_at < $3 THEN $3 ELSE starts_at END, as_of = $5, last_seen = $5
    WHERE source = $1 AND fingerprint = $2 AND is_firing = TRUE AND (starts_at < $3 OR ($6 AND starts_at > $3))
      AND incident IN (SELECT id FROM incidents WHERE source = $1 AND group_key = $4)
    RETURNING incident";
