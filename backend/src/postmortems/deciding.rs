//! Deciding about the triggers of a postmortem: suggested from what is known of
//! an incident, decided by a person. The decision is kept whether or not a
//! postmortem is written.

use chrono::{DateTime, Utc};
use domain::incident::Kind;
use domain::people::Role;
use domain::postmortem::{Facts, Suggestion, Trigger, suggest};
use domain::words::one_line;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::circles;
use crate::db::{Db, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::incidents::{self, Detail};
use crate::people::Who;

/// What stands about one trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub trigger: Trigger,
    pub is_met: bool,
    pub was_suggested: bool,
    /// As it was shown when it was decided.
    pub evidence: Vec<String>,
    pub reason: String,
    pub by: String,
    pub at: DateTime<Utc>,
}

/// An incident with what its facts suggest and what was decided.
#[derive(Debug, Clone)]
pub struct Question {
    pub incident: Detail,
    pub suggestions: [Suggestion; 5],
    /// The newest of each trigger, in their order.
    pub decided: Vec<Decided>,
    /// All of them, in the order in which they were made.
    pub history: Vec<Decided>,
}

impl Question {
    pub fn of(&self, trigger: Trigger) -> Option<&Decided> {
        self.decided.iter().find(|one| one.trigger == trigger)
    }
}

const OF_INCIDENT: &str = "
    SELECT d.trigger_name, d.is_met, d.was_suggested, d.evidence, d.reason, p.name, d.decided_at
    FROM trigger_decisions d
    JOIN people p ON p.id = d.person
    WHERE d.circle = $1 AND d.incident = $2
    ORDER BY d.decided_at, d.id";

#[derive(FromRow)]
struct Row {
    trigger_name: String,
    is_met: bool,
    was_suggested: bool,
    evidence: String,
    reason: String,
    name: String,
    decided_at: DateTime<Utc>,
}

impl Row {
    fn read(self) -> Result<Decided> {
        Ok(Decided {
            trigger: Trigger::parse(&self.trigger_name).ok_or_else(|| Error::Corrupt(self.trigger_name))?,
            is_met: self.is_met,
            was_suggested: self.was_suggested,
            evidence: serde_json::from_str(&self.evidence).map_err(|_| Error::Corrupt(self.evidence))?,
            reason: self.reason,
            by: self.name,
            at: self.decided_at,
        })
    }
}

fn newest(history: &[Decided]) -> Vec<Decided> {
    let last = |trigger: &Trigger| history.iter().rev().find(|one| one.trigger == *trigger).cloned();
    Trigger::ALL.iter().filter_map(last).collect()
}

/// What there is to decide about an incident, for the members of its circle.
pub async fn question(db: &Db, who: &Who, circle: &str, incident: i64) -> Result<Question> {
    let found = incidents::find(db, who, circle, domain::incident::Number(incident)).await?;
    let facts = facts(db, who, circle, &found).await?;
    let rows: Vec<Row> =
        on!(db.read(), |pool| query_as(OF_INCIDENT).bind(circle).bind(incident).fetch_all(pool).await?);
    let history = rows.into_iter().map(Row::read).collect::<Result<Vec<_>>>()?;
    Ok(Question { incident: found, suggestions: suggest(&facts), decided: newest(&history), history })
}

/// What the five triggers ask of an incident.
async fn facts(db: &Db, who: &Who, circle: &str, found: &Detail) -> Result<Facts> {
    let incident = &found.incident;
    let said = |kind: Kind| {
        matches!(
            kind,
            Kind::Note
                | Kind::Finding
                | Kind::Decision
                | Kind::Action
                | Kind::Update
                | Kind::Cause
                | Kind::Resolution
        )
    };
    let words: Vec<String> = [incident.title.clone(), incident.impact.clone(), incident.resolution.clone()]
        .into_iter()
        .chain(found.entries.iter().filter(|one| said(one.entry.kind)).map(|one| one.entry.words.clone()))
        .collect();
    let detected = incident.reached.detected;
    let until_known = incident.reached.acknowledged.map(|known| known - detected);
    Ok(Facts {
        is_drill: incident.is_drill,
        words,
        business_impact: incident.affected_since.map(|_| incident.impact.clone()),
        assignee: incident.assignee.as_ref().map(|one| one.name.clone()),
        n_signals: found.alerts.len(),
        is_by_hand: incident.opened_by.is_some(),
        until_detected: until_known,
        earlier: earlier(db, who, circle, found).await?,
    })
}

/// Earlier incidents with an alert of the same name, and how many days before.
async fn earlier(db: &Db, who: &Who, circle: &str, found: &Detail) -> Result<Vec<(String, i64)>> {
    const SAME: &str = "
        SELECT i.number, i.detected_at FROM incidents i
        WHERE i.circle = $1 AND i.number <> $2 AND i.detected_at <= $3 AND i.alert_name <> '' AND i.alert_name = $4
          AND i.is_drill = FALSE
        ORDER BY i.detected_at DESC LIMIT 20";
    circles::member(db, who, circle).await?;
    let incident = &found.incident;
    let name = match incident.alert_name.as_str() {
        "" => found.alerts.first().map(|alert| alert.name.clone()).unwrap_or_default(),
        name => name.to_owned(),
    };
    let detected = incident.reached.detected;
    let rows: Vec<(i64, DateTime<Utc>)> = on!(db.read(), |pool| query_as(SAME)
        .bind(circle)
        .bind(incident.number.0)
        .bind(stored(detected))
        .bind(&name)
        .fetch_all(pool)
        .await?);
    let days = |at: DateTime<Utc>| (detected - at).num_days();
    Ok(rows.into_iter().map(|(number, at)| (format!("INC-{number}"), days(at))).collect())
}

const LOCK: &str = "
    UPDATE incidents SET postmortem_reason = postmortem_reason
    WHERE circle = $1 AND number = $2 RETURNING postmortem_reason";

const DECIDE: &str = "
    INSERT INTO trigger_decisions (id, circle, incident, trigger_name, is_met, was_suggested, evidence, reason,
                                   person, decided_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// What somebody says of the five.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// Yes or no to each, and why.
    pub said: &'a [(Trigger, Option<bool>, &'a str)],
    /// Where it is no to all.
    pub why_none: &'a str,
    /// How many decisions the page had shown; `None`: nobody looked.
    pub n_had: Option<usize>,
}

/// Decides about all five, by an engineer or a leader; a no that the facts do
/// not suggest has a reason, and so has the no to all. Returns whether a
/// postmortem is wanted. What was decided before stays in the history.
pub async fn decide(
    db: &Db,
    who: &Who,
    circle: &str,
    incident: i64,
    decision: Decision<'_>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let Decision { said, why_none, n_had } = decision;
    let question = question(db, who, circle, incident).await?;
    if question.incident.member.role == Role::Reader {
        return Err(Error::NotFound);
    }
    let mut problems = Vec::new();
    let mut decided = Vec::new();
    for suggestion in &question.suggestions {
        let name = suggestion.trigger.as_str();
        let of = said.iter().find(|(trigger, ..)| *trigger == suggestion.trigger);
        let (is_met, reason) = of.map_or((None, ""), |(_, is_met, reason)| (*is_met, *reason));
        let reason = one_line(reason);
        if reason.chars().count() > 1000 {
            problems.push(Problem::new(&format!("{name}_reason"), "Keep it under 1000 characters."));
        }
        match is_met {
            None => problems.push(Problem::new(name, "Choose yes or no.")),
            Some(false) if suggestion.is_met && reason.is_empty() => {
                let what = "The facts say yes. Say why it is a no.";
                problems.push(Problem::new(&format!("{name}_reason"), what));
            }
            Some(is_met) => decided.push((suggestion, is_met, reason)),
        }
    }
    let is_wanted = decided.iter().any(|(_, is_met, _)| *is_met);
    let why_none = one_line(why_none);
    if problems.is_empty() && !is_wanted && why_none.is_empty() {
        problems.push(Problem::new("why_none", "Say why there is to be no postmortem."));
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let met: Vec<&str> =
        decided.iter().filter(|(_, is_met, _)| *is_met).map(|(one, ..)| one.trigger.title()).collect();
    let why = if is_wanted { format!("{}.", met.join(", ")) } else { why_none };
    let found = &question.incident.incident;
    let now = stored(now);
    let mut tx = db.begin().await?;
    // From here on nobody else decides about this incident.
    let stood: String =
        on!(&mut tx, |tx| query_scalar(LOCK).bind(circle).bind(incident).fetch_one(&mut **tx).await?);
    let stands: Vec<Row> =
        on!(&mut tx, |tx| query_as(OF_INCIDENT).bind(circle).bind(incident).fetch_all(&mut **tx).await?);
    if n_had.is_some_and(|n_had| n_had != stands.len()) {
        let newest = newest(&stands.into_iter().map(Row::read).collect::<Result<Vec<_>>>()?);
        let is_said = |(one, is_met, reason): &(&Suggestion, bool, String)| {
            newest.iter().any(|was| (was.trigger, was.is_met, &was.reason) == (one.trigger, *is_met, reason))
        };
        if stood == why && decided.iter().all(is_said) {
            // Sent twice, or two of one mind.
            return Ok(is_wanted);
        }
        let what = "Somebody decided meanwhile. Read below what they decided; saving again decides anew.";
        return Err(Error::refused("", what));
    }
    for (suggestion, is_met, reason) in &decided {
        let evidence = serde_json::to_string(&suggestion.evidence).unwrap_or_else(|_| "[]".to_owned());
        on!(&mut tx, |tx| query(DECIDE)
            .bind(new_id())
            .bind(circle)
            .bind(incident)
            .bind(suggestion.trigger.as_str())
            .bind(is_met)
            .bind(suggestion.is_met)
            .bind(&evidence)
            .bind(reason)
            .bind(&who.person)
            .bind(now)
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    incidents::working::note_postmortem(&mut tx, who, found, is_wanted, &why, now).await?;
    let subject = format!("{} {}", found.number, found.title);
    crate::audit::record(
        &mut tx,
        Some(circle),
        Some(&who.person),
        "decided about a postmortem",
        &subject,
        now,
    )
    .await?;
    commit(tx).await?;
    Ok(is_wanted)
}
