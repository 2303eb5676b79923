//! Incidents out of the database.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::incident::{Audience, Entry, Kind, Number, Phase, Reached, Severities, Severity};
use sqlx::{FromRow, query_as};

use super::{
    AlertOf, Assignee, Detail, Figures, Incident, Listed, PAGE, Postmortem, TimelineEntry, Wanted, lacks,
    severities,
};
use crate::circles::Member;
use crate::db::{Db, on};
use crate::error::{Error, Result};

macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT i.id, i.number, i.title, i.service, s.name AS service_name, i.severity, i.is_drill,
                    i.affected_since, i.impact, i.phase, i.detected_at, i.acknowledged_at, i.mitigated_at,
                    i.resolved_at, i.closed_at, i.n_reopened, i.assignee, a.name AS assignee_name,
                    i.assigned_at, i.path_step, i.updated_at, i.snoozed_until, i.resolution, i.postmortem,
                    i.postmortem_reason, d.name AS postmortem_by, i.postmortem_at, i.overridden,
                    i.runbook_version, i.alert_name, o.name AS opened_by, i.opened_at, i.changed_at
             FROM incidents i
             LEFT JOIN services s ON s.circle = i.circle AND s.slug = i.service
             LEFT JOIN people a ON a.id = i.assignee
             LEFT JOIN people d ON d.id = i.postmortem_by
             LEFT JOIN people o ON o.id = i.opened_by ",
            $rest
        )
    };
}

/// What is wanted of the incidents of circle `$1`; the texts are empty where all
/// are.
macro_rules! wanted {
    () => {
        "WHERE i.circle = $1
           AND ($2 = '' OR i.phase = $2
                OR $2 = 'open' AND i.phase <> 'closed'
                OR $2 = 'running' AND i.phase IN ('detected', 'acknowledged', 'mitigated'))
           AND ($3 = '' OR i.service = $3)
           AND ($4 = 0 OR i.severity = $4)
           AND ($5 = '' OR $5 = 'yes' AND i.is_drill OR $5 = 'no' AND NOT i.is_drill)
           AND ($6 = '' OR i.assignee = $6)
           AND ($7 = '' OR lower(i.title) LIKE $7 ESCAPE '\\' OR lower(i.alert_name) LIKE $7 ESCAPE '\\'
                OR i.number = $8) "
    };
}

const FOUND: &str = select!(concat!(
    wanted!(),
    "ORDER BY CASE WHEN i.phase IN ('detected', 'acknowledged', 'mitigated') THEN 0 ELSE 1 END,
              i.detected_at DESC, i.number DESC
     LIMIT $9 OFFSET $10"
));

const N_FOUND: &str = concat!("SELECT count(*) FROM incidents i ", wanted!());

const FIGURES: &str = "
    SELECT count(*),
           count(*) FILTER (WHERE phase IN ('detected', 'acknowledged', 'mitigated') AND NOT is_drill),
           count(*) FILTER (WHERE phase = 'resolved' AND NOT is_drill)
    FROM incidents
    WHERE circle = $1";

macro_rules! bind_wanted {
    ($query:expr, $member:expr, $wanted:expr) => {{
        let (member, wanted): (&Member, &Wanted) = ($member, $wanted);
        let (like, number) = text_of(&wanted.text);
        $query
            .bind(member.circle.clone())
            .bind(wanted.state.as_str())
            .bind(wanted.service.clone())
            .bind(wanted.severity.map_or(0, |severity| i64::from(severity.level())))
            .bind(wanted.drills.as_str())
            .bind(if wanted.is_mine { member.person.clone() } else { String::new() })
            .bind(like)
            .bind(number)
    }};
}

/// A page of what is wanted, for a member who is known to be one.
pub(super) async fn of_circle(db: &Db, member: Member, wanted: &Wanted, page: u32) -> Result<Listed> {
    let severities = severities::stored(db, &member.circle).await?;
    let offset = i64::from(page.saturating_sub(1)) * i64::from(PAGE);
    let rows: Vec<Row> = on!(db.read(), |pool| bind_wanted!(query_as(FOUND), &member, wanted)
        .bind(i64::from(PAGE))
        .bind(offset)
        .fetch_all(pool)
        .await?);
    let (n_found,): (i64,) =
        on!(db.read(), |pool| bind_wanted!(query_as(N_FOUND), &member, wanted).fetch_one(pool).await?);
    let (n_all, n_running, n_to_close): (i64, i64, i64) =
        on!(db.read(), |pool| query_as(FIGURES).bind(&member.circle).fetch_one(pool).await?);
    let incidents = rows.into_iter().map(|row| row.read(&severities)).collect::<Result<_>>()?;
    Ok(Listed { member, incidents, n_found, figures: Figures { n_all, n_running, n_to_close } })
}

const RUNNING: &str = select!(
    "WHERE i.circle = $1 AND i.phase IN ('detected', 'acknowledged', 'mitigated')
     ORDER BY i.detected_at DESC, i.number DESC
     LIMIT $2"
);

/// Those that run, the newest first and no more than a page; for a member who is
/// known to be one.
pub(super) async fn running(db: &Db, member: &Member) -> Result<Vec<Incident>> {
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(RUNNING)
        .bind(&member.circle)
        .bind(i64::from(PAGE))
        .fetch_all(pool)
        .await?);
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let severities = severities::stored(db, &member.circle).await?;
    rows.into_iter().map(|row| row.read(&severities)).collect()
}

/// The text as a pattern, and the number that it may be.
fn text_of(text: &str) -> (String, i64) {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return (String::new(), 0);
    }
    let number = text.strip_prefix("inc-").unwrap_or(&text).parse().unwrap_or(0);
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    (format!("%{escaped}%"), number)
}

const ONE: &str = select!("WHERE i.circle = $1 AND i.number = $2");

const ENTRIES: &str = "
    SELECT t.turn, t.kind, t.audience, t.words, t.phase, p.name AS person, t.happened_at, t.written_at,
           w.reason AS withdrawn
    FROM timeline_entries t
    LEFT JOIN people p ON p.id = t.person
    LEFT JOIN timeline_withdrawals w ON w.entry = t.id
    WHERE t.incident = $1
      AND (t.kind <> 'alert' OR t.turn > (SELECT i.n_entries FROM incidents i WHERE i.id = $1) - 500)
    ORDER BY t.turn";

/// The most alerts that a page shows of one incident.
const ALERTS: &str = "
    SELECT name, summary, description, labels, runbook_url, link, is_firing, starts_at, ended_at
    FROM signal_alerts
    WHERE incident = $1
    ORDER BY is_firing DESC, starts_at DESC, id
    LIMIT 100";

/// One incident, for a member who is known to be one.
pub(super) async fn detail(db: &Db, member: Member, number: Number) -> Result<Detail> {
    let row: Option<Row> =
        on!(db.read(), |pool| query_as(ONE).bind(&member.circle).bind(number.0).fetch_optional(pool).await?);
    let severities = severities::stored(db, &member.circle).await?;
    let incident = row.ok_or(Error::NotFound)?.read(&severities)?;
    let entries: Vec<EntryRow> =
        on!(db.read(), |pool| query_as(ENTRIES).bind(&incident.id).fetch_all(pool).await?);
    let entries = entries.into_iter().map(EntryRow::read).collect::<Result<Vec<_>>>()?;
    let alerts: Vec<AlertRow> =
        on!(db.read(), |pool| query_as(ALERTS).bind(&incident.id).fetch_all(pool).await?);
    let mut runbook_urls: Vec<String> = alerts.iter().map(|alert| alert.runbook_url.clone()).collect();
    runbook_urls.retain(|url| !url.is_empty());
    runbook_urls.sort();
    runbook_urls.dedup();
    let alerts = alerts.into_iter().map(AlertRow::read).collect::<Result<Vec<_>>>()?;
    let told: Vec<Entry> = entries.iter().map(|entry| entry.entry.clone()).collect();
    let lacks = lacks(&incident, &told);
    Ok(Detail { member, incident, severities, entries, alerts, lacks, runbook_urls })
}

#[derive(FromRow)]
struct Row {
    id: String,
    number: i64,
    title: String,
    service: Option<String>,
    service_name: Option<String>,
    severity: i64,
    is_drill: bool,
    affected_since: Option<DateTime<Utc>>,
    impact: String,
    phase: String,
    detected_at: DateTime<Utc>,
    acknowledged_at: Option<DateTime<Utc>>,
    mitigated_at: Option<DateTime<Utc>>,
    resolved_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    n_reopened: i64,
    assignee: Option<String>,
    assignee_name: Option<String>,
    assigned_at: Option<DateTime<Utc>>,
    path_step: Option<i64>,
    updated_at: Option<DateTime<Utc>>,
    snoozed_until: Option<DateTime<Utc>>,
    resolution: String,
    postmortem: String,
    postmortem_reason: String,
    postmortem_by: Option<String>,
    postmortem_at: Option<DateTime<Utc>>,
    overridden: String,
    runbook_version: Option<i64>,
    alert_name: String,
    opened_by: Option<String>,
    opened_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
}

impl Row {
    fn read(self, severities: &Severities) -> Result<Incident> {
        let (assigned_at, path_step) = (self.assigned_at, self.path_step);
        let assignee = self.assignee.zip(self.assignee_name);
        let postmortem = match self.postmortem.as_str() {
            "undecided" => Postmortem::Undecided,
            decided => Postmortem::Decided {
                is_wanted: decided == "yes",
                reason: self.postmortem_reason,
                by: self.postmortem_by.unwrap_or_default(),
                at: self.postmortem_at,
            },
        };
        let mut incident = Incident {
            severity: severity(self.severity)?,
            phase: phase(&self.phase)?,
            id: self.id,
            number: Number(self.number),
            title: self.title,
            service: self.service.map(|slug| (slug.clone(), self.service_name.unwrap_or(slug))),
            is_drill: self.is_drill,
            affected_since: self.affected_since,
            impact: self.impact,
            reached: Reached {
                detected: self.detected_at,
                acknowledged: self.acknowledged_at,
                mitigated: self.mitigated_at,
                resolved: self.resolved_at,
                closed: self.closed_at,
            },
            n_reopened: self.n_reopened,
            assignee: assignee.map(|(person, name)| Assignee { person, name, assigned_at, path_step }),
            updated_at: self.updated_at,
            snoozed_until: self.snoozed_until,
            resolution: self.resolution,
            postmortem,
            overridden: self.overridden,
            runbook_version: self.runbook_version,
            alert_name: self.alert_name,
            opened_by: self.opened_by,
            opened_at: self.opened_at,
            changed_at: self.changed_at,
            next_update: None,
        };
        incident.next_update = incident.updates(severities).next();
        Ok(incident)
    }
}

#[derive(FromRow)]
struct EntryRow {
    turn: i64,
    kind: String,
    audience: String,
    words: String,
    phase: String,
    person: Option<String>,
    happened_at: DateTime<Utc>,
    written_at: DateTime<Utc>,
    withdrawn: Option<String>,
}

impl EntryRow {
    fn read(self) -> Result<TimelineEntry> {
        let kind = Kind::parse(&self.kind).ok_or_else(|| Error::Corrupt(format!("kind {}", self.kind)))?;
        // What is not clearly for others stays inside.
        let audience = Audience::parse(&self.audience).unwrap_or(Audience::Internal);
        let phase = phase(&self.phase)?;
        let entry = Entry { kind, audience, words: self.words, phase, happened_at: self.happened_at };
        let (person, written_at, withdrawn) = (self.person, self.written_at, self.withdrawn);
        Ok(TimelineEntry { turn: self.turn, entry, person, written_at, withdrawn })
    }
}

#[derive(FromRow)]
struct AlertRow {
    name: String,
    summary: String,
    description: String,
    labels: String,
    runbook_url: String,
    link: String,
    is_firing: bool,
    starts_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl AlertRow {
    fn read(self) -> Result<AlertOf> {
        let labels: BTreeMap<String, String> =
            serde_json::from_str(&self.labels).map_err(|_| Error::Corrupt(self.labels.clone()))?;
        Ok(AlertOf {
            name: self.name,
            summary: self.summary,
            description: self.description,
            link: self.link,
            labels: labels.into_iter().collect(),
            is_firing: self.is_firing,
            starts_at: self.starts_at,
            ended_at: self.ended_at,
        })
    }
}

pub(super) fn severity(level: i64) -> Result<Severity> {
    Severity::new(level).ok_or_else(|| Error::Corrupt(format!("severity {level}")))
}

pub(super) fn phase(text: &str) -> Result<Phase> {
    Phase::parse(text).ok_or_else(|| Error::Corrupt(format!("phase {text}")))
}
