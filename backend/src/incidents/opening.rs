//! Opening an incident: by hand, or because a sender says that something fires.

use chrono::{DateTime, TimeDelta, Utc};
use domain::incident::{Audience, Entry, Kind, Number, Phase, Severity};
use domain::words::one_line;
use sqlx::{query, query_scalar};

use super::working::{NewEntry, TEXT_LIMIT, tell};
use super::{escalating, record, worker};
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{circles, token};

/// What somebody writes down who opens an incident.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub title: String,
    /// A short name; empty where it is not known.
    pub service: String,
    pub severity: Option<Severity>,
    /// When it was noticed; `None`: now.
    pub detected_at: Option<DateTime<Utc>>,
    pub is_drill: bool,
    pub business_affected: bool,
    /// What customers notice.
    pub impact: String,
    /// What the page calls it: sent again with the same words, it is opened once.
    /// Empty: nobody sends it twice.
    pub key: String,
}

const NEXT_NUMBER: &str = "
    INSERT INTO numbers (circle, series, last)
    VALUES ($1, 'INC', 1)
    ON CONFLICT (circle, series) DO UPDATE SET last = numbers.last + 1
    RETURNING last";

const OPENED: &str = "SELECT number FROM incidents WHERE id = $1 AND circle = $2";

const ADD: &str = "
    INSERT INTO incidents (id, circle, number, title, service, severity, is_drill, business_affected,
                           affected_since, impact, phase, detected_at, n_reopened, assignee, assigned_at,
                           path_step, resolution, postmortem, postmortem_reason, overridden, runbook_version,
                           alert_name, source, group_key, n_entries, opened_by, opened_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'detected', $11, 0, $12, $13, $14, '', 'undecided', '', '',
            $15, $16, $17, $18, 0, $19, $20, $20)";

/// The newest version of a service's runbook, if anything is written.
const RUNBOOK: &str = "SELECT version FROM runbooks WHERE circle = $1 AND service = $2";

/// What a new incident is made of, whoever opens it.
pub(crate) struct New<'a> {
    /// `None`: a new one.
    pub id: Option<&'a str>,
    pub title: &'a str,
    pub service: Option<&'a str>,
    pub severity: Severity,
    pub detected_at: DateTime<Utc>,
    pub is_drill: bool,
    /// What customers notice; `None` where business is not affected.
    pub impact: Option<&'a str>,
    pub alert_name: &'a str,
    /// The source and the group of its alerts.
    pub signal: Option<(&'a str, &'a str)>,
}

/// Opens an incident by hand, by an engineer or a leader; returns its number.
pub async fn open(db: &Db, who: &Who, circle: &str, draft: &Draft, now: DateTime<Utc>) -> Result<Number> {
    worker(db, who, circle).await?;
    let now = stored(now);
    let title = one_line(&draft.title);
    let severity = check(db, circle, draft, &title, now).await?;
    let mut tx = db.begin().await?;
    let sent = (!draft.key.is_empty()).then(|| token::hash(&format!("{}\n{draft:?}", who.person)));
    if let Some(id) = &sent {
        // Of two that are sent at once one waits here.
        circles::lock(&mut tx, circle).await?;
        let opened: Option<i64> =
            on!(&mut tx, |tx| query_scalar(OPENED).bind(id).bind(circle).fetch_optional(&mut **tx).await?);
        if let Some(number) = opened {
            return Ok(Number(number));
        }
    }
    let impact = draft.impact.trim();
    let new = New {
        id: sent.as_deref(),
        title: &title,
        service: Some(draft.service.as_str()).filter(|service| !service.is_empty()),
        severity,
        detected_at: stored(draft.detected_at.unwrap_or(now)),
        is_drill: draft.is_drill,
        impact: draft.business_affected.then_some(impact),
        alert_name: "",
        signal: None,
    };
    let (_, number) = insert(&mut tx, circle, Some(who), &new, now).await?;
    record(&mut tx, who, circle, (number, &title), "opened an incident", now).await?;
    commit(tx).await?;
    Ok(number)
}

/// Adds an incident with the first entry of its timeline; returns its id and
/// number. Whoever is on call for its service has it, or stands first on its
/// escalation path.
pub(crate) async fn insert(
    tx: &mut Tx,
    circle: &str,
    who: Option<&Who>,
    new: &New<'_>,
    now: DateTime<Utc>,
) -> Result<(String, Number)> {
    let id = new.id.map_or_else(new_id, str::to_owned);
    let number: i64 = on!(&mut *tx, |tx| query_scalar(NEXT_NUMBER).bind(circle).fetch_one(&mut **tx).await?);
    let first = match new.service {
        Some(service) => escalating::first(tx, circle, service, now).await?,
        None => None,
    };
    let runbook: Option<i64> = match new.service {
        Some(service) => on!(&mut *tx, |tx| query_scalar(RUNBOOK)
            .bind(circle)
            .bind(service)
            .fetch_optional(&mut **tx)
            .await?),
        None => None,
    };
    on!(&mut *tx, |tx| query(ADD)
        .bind(&id)
        .bind(circle)
        .bind(number)
        .bind(new.title)
        .bind(new.service)
        .bind(i64::from(new.severity.level()))
        .bind(new.is_drill)
        .bind(new.impact.is_some())
        .bind(new.impact.map(|_| new.detected_at))
        .bind(new.impact.unwrap_or_default())
        .bind(new.detected_at)
        .bind(first.as_ref().map(|step| &step.person))
        .bind(first.as_ref().map(|_| now))
        .bind(first.as_ref().map(|step| step.n))
        .bind(runbook)
        .bind(new.alert_name)
        .bind(new.signal.map(|(source, _)| source))
        .bind(new.signal.map(|(_, group)| group))
        .bind(who.map(|who| &who.person))
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let words = if new.is_drill { "Opened, as a drill." } else { "Opened." };
    let opened = entry(Kind::Phase, words, new.detected_at);
    tell(tx, &id, &NewEntry { id: None, entry: opened, person: who }, now).await?;
    if let Some(step) = first {
        let words = match step.n {
            escalating::ON_CALL => format!("{}, who is on call.", step.name),
            _ => format!("{}, first on the escalation path.", step.name),
        };
        tell(tx, &id, &NewEntry { id: None, entry: entry(Kind::Assigned, &words, now), person: None }, now)
            .await?;
    }
    Ok((id, Number(number)))
}

fn entry(kind: Kind, words: &str, happened_at: DateTime<Utc>) -> Entry {
    Entry { kind, audience: Audience::Internal, words: words.to_owned(), phase: Phase::Detected, happened_at }
}

/// The longest title, in characters.
pub(super) const TITLE_LIMIT: usize = 150;

/// The draft in order, or everything that stands against it.
async fn check(db: &Db, circle: &str, draft: &Draft, title: &str, now: DateTime<Utc>) -> Result<Severity> {
    let mut problems = Vec::new();
    if !(1..=TITLE_LIMIT).contains(&title.chars().count()) {
        let what = "Say in 1 to 150 characters what goes wrong, for example Checkout is slow.";
        problems.push(Problem::new("title", what));
    }
    if draft.severity.is_none() {
        problems.push(Problem::new("severity", "Choose a severity from 1 to 4."));
    }
    problems.extend(problem_of_service(db, circle, &draft.service).await?);
    if draft.detected_at.is_some_and(|at| at > now + TimeDelta::minutes(1)) {
        problems.push(Problem::new("detected_at", "This has not come yet. Enter when it was noticed."));
    }
    if draft.impact.chars().count() > TEXT_LIMIT {
        problems.push(Problem::new("impact", format!("Keep it under {TEXT_LIMIT} characters.")));
    }
    match draft.severity {
        Some(severity) if problems.is_empty() => Ok(severity),
        _ => Err(Error::Refused(problems)),
    }
}

const IS_SERVICE: &str = "SELECT count(*) FROM services WHERE circle = $1 AND slug = $2";

/// What is wrong with a service that was chosen; none is nothing wrong.
pub(super) async fn problem_of_service(db: &Db, circle: &str, service: &str) -> Result<Option<Problem>> {
    if service.is_empty() {
        return Ok(None);
    }
    let n: i64 =
        on!(db.read(), |pool| query_scalar(IS_SERVICE).bind(circle).bind(service).fetch_one(pool).await?);
    Ok((n == 0).then(|| Problem::new("service", "Choose a service of this circle.")))
}
