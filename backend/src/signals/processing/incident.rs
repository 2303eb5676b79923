//! What deliveries do to incidents.

use chrono::{DateTime, TimeDelta, Utc};
use domain::incident::{Audience, Entry, Kind, Number, Phase, Reached, Severity};
use domain::signal::Alert;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::db::{Tx, on, stored};
use crate::error::{Error, Result};
use crate::incidents::opening::{self, New};
use crate::incidents::working::{NewEntry, tell, turn};

/// An incident, as far as deliveries ask for it.
#[derive(Debug, Clone)]
pub struct Standing {
    pub id: String,
    pub number: Number,
    pub phase: Phase,
    pub reached: Reached,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.number, i.phase, i.detected_at, i.acknowledged_at, i.mitigated_at, i.resolved_at,
                    i.closed_at
             FROM incidents i ",
            $rest
        )
    };
}

const NEWEST: &str = select!("WHERE i.source = $1 AND i.group_key = $2 ORDER BY i.number DESC LIMIT 1");

const ONE: &str = select!("WHERE i.id = $1");

#[derive(FromRow)]
struct Row {
    id: String,
    number: i64,
    phase: String,
    detected_at: DateTime<Utc>,
    acknowledged_at: Option<DateTime<Utc>>,
    mitigated_at: Option<DateTime<Utc>>,
    resolved_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> Result<Standing> {
        let phase =
            Phase::parse(&self.phase).ok_or_else(|| Error::Corrupt(format!("phase {}", self.phase)))?;
        let reached = Reached {
            detected: self.detected_at,
            acknowledged: self.acknowledged_at,
            mitigated: self.mitigated_at,
            resolved: self.resolved_at,
            closed: self.closed_at,
        };
        Ok(Standing { id: self.id, number: Number(self.number), phase, reached })
    }
}

/// Holds what is not closed until the commit, so that nobody moves it between
/// this look at it and what follows.
const HOLD: &str = "
    UPDATE incidents SET n_entries = n_entries WHERE source = $1 AND group_key = $2 AND phase <> 'closed'";

pub async fn newest_of_group(tx: &mut Tx, source: &str, group: &str) -> Result<Option<Standing>> {
    on!(&mut *tx, |tx| query(HOLD).bind(source).bind(group).execute(&mut **tx).await.map(drop))?;
    let row: Option<Row> =
        on!(tx, |tx| query_as(NEWEST).bind(source).bind(group).fetch_optional(&mut **tx).await?);
    row.map(Row::read).transpose()
}

pub async fn standing(tx: &mut Tx, id: &str) -> Result<Standing> {
    let row: Option<Row> = on!(tx, |tx| query_as(ONE).bind(id).fetch_optional(&mut **tx).await?);
    row.ok_or(Error::NotFound)?.read()
}

const OF_FINGERPRINT: &str = "
    SELECT incident FROM signal_alerts
    WHERE source = $1 AND fingerprint = $2 AND incident IS NOT NULL
    ORDER BY starts_at DESC
    LIMIT 1";

/// The newest incident of an alert that a sender speaks of.
pub async fn of_fingerprint(tx: &mut Tx, source: &str, fingerprint: &str) -> Result<Option<String>> {
    Ok(on!(tx, |tx| query_scalar(OF_FINGERPRINT)
        .bind(source)
        .bind(fingerprint)
        .fetch_optional(&mut **tx)
        .await?))
}

/// The longest title, in characters.
const TITLE_LIMIT: usize = 150;

/// A start that lies further back says when the trouble began, and not when
/// anybody was told.
const LONG_AGO: TimeDelta = TimeDelta::hours(24);

/// Opens an incident for an alert; returns its id and number.
#[expect(clippy::too_many_arguments, reason = "everything that a new incident is made of")]
pub async fn open(
    tx: &mut Tx,
    circle: &str,
    source: &str,
    group: &str,
    alert: &Alert,
    service: Option<&str>,
    severity: Severity,
    received_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(String, Number)> {
    let title = match alert.summary == alert.name {
        true => alert.name.clone(),
        false => format!("{}: {}", alert.name, alert.summary),
    };
    let title: String = title.chars().take(TITLE_LIMIT).collect();
    let is_lately = |at: &DateTime<Utc>| *at <= received_at && received_at - *at <= LONG_AGO;
    let new = New {
        id: None,
        title: &title,
        service,
        severity,
        detected_at: stored(alert.starts_at.filter(is_lately).unwrap_or(received_at)),
        is_drill: false,
        impact: None,
        alert_name: &alert.name,
        signal: Some((source, group)),
    };
    opening::insert(tx, circle, None, &new, now).await
}

/// Opens an incident again whose alerts fire again: whoever had it has it.
pub async fn reopen(tx: &mut Tx, incident: &Standing, now: DateTime<Utc>) -> Result<()> {
    let to = if incident.reached.acknowledged.is_some() { Phase::Acknowledged } else { Phase::Detected };
    go(tx, incident, to, "Opened again: its alerts fire.", now).await
}

pub async fn acknowledge(tx: &mut Tx, incident: &Standing, now: DateTime<Utc>) -> Result<()> {
    go(tx, incident, Phase::Acknowledged, "Acknowledged where it came from.", now).await
}

const N_FIRING: &str = "SELECT count(*) FROM signal_alerts WHERE incident = $1 AND is_firing";

/// Resolves an incident of which no alert fires any more.
pub async fn resolve_if_quiet(tx: &mut Tx, id: &str, now: DateTime<Utc>) -> Result<()> {
    let incident = standing(tx, id).await?;
    let n_firing: i64 = on!(&mut *tx, |tx| query_scalar(N_FIRING).bind(id).fetch_one(&mut **tx).await?);
    if n_firing > 0 || !incident.phase.is_running() {
        return Ok(());
    }
    go(tx, &incident, Phase::Resolved, "All of its alerts have ended.", now).await
}

async fn go(tx: &mut Tx, incident: &Standing, to: Phase, words: &str, now: DateTime<Utc>) -> Result<()> {
    if !turn(tx, &incident.id, incident.phase, to, incident.reached, now).await? {
        // Somebody moved it in this moment, and knows better.
        return Ok(());
    }
    let entry = Entry {
        kind: Kind::Phase,
        audience: Audience::Internal,
        words: words.to_owned(),
        phase: to,
        happened_at: now,
    };
    tell(tx, &incident.id, &NewEntry { id: None, entry, person: None }, now).await.map(drop)
}
