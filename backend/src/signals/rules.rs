//! The rules by which a circle's alerts are led to its services: written by a
//! leader, kept in every version, and tried on what was delivered.

use chrono::{DateTime, Utc};
use domain::signal::{Alert, Fault, Route, Rules};
use sqlx::{query, query_as, query_scalar};

use super::deliveries;
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles};

/// The rules as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// As the leader wrote them.
    pub text: String,
    /// So many minutes after it was resolved, an incident is opened again when its
    /// alerts fire.
    pub reopens: i64,
    /// Counts up with each change; 0 before there was one.
    pub turn: i64,
    /// Who wrote them, and when; `None` before anybody did.
    pub by: Option<(String, DateTime<Utc>)>,
}

/// What holds until somebody writes something else.
const REOPENS: i64 = 60;

const NEWEST: &str = "
    SELECT r.rules, r.reopens, p.name, r.changed_at, r.turn
    FROM signal_rules r
    JOIN people p ON p.id = r.changed_by
    WHERE r.circle = $1
    ORDER BY r.turn DESC
    LIMIT 1";

/// The rules of a circle, for its leaders.
pub async fn of_circle(db: &Db, who: &Who, circle: &str) -> Result<Written> {
    circles::leader(db, who, circle).await?;
    let row: Option<(String, i64, String, DateTime<Utc>, i64)> =
        on!(db.read(), |pool| query_as(NEWEST).bind(circle).fetch_optional(pool).await?);
    Ok(match row {
        Some((text, reopens, name, at, turn)) => Written { text, reopens, turn, by: Some((name, at)) },
        None => Written { text: String::new(), reopens: REOPENS, turn: 0, by: None },
    })
}

const SERVICES: &str = "SELECT slug FROM services WHERE circle = $1";

/// What the reading of deliveries goes by.
pub(super) struct Leading {
    pub rules: Rules,
    pub services: Vec<String>,
    pub reopens: chrono::TimeDelta,
}

pub(super) async fn leading(tx: &mut Tx, circle: &str) -> Result<Leading> {
    let row: Option<(String, i64, String, DateTime<Utc>, i64)> =
        on!(&mut *tx, |tx| query_as(NEWEST).bind(circle).fetch_optional(&mut **tx).await?);
    let services: Vec<String> =
        on!(tx, |tx| query_scalar(SERVICES).bind(circle).fetch_all(&mut **tx).await?);
    let (text, reopens) = row.map_or((String::new(), REOPENS), |(text, reopens, ..)| (text, reopens));
    // What was saved could be read; if a newer program reads it differently,
    // alerts still come in.
    let rules = Rules::read(&text).unwrap_or_default();
    Ok(Leading { rules, services, reopens: chrono::TimeDelta::minutes(reopens) })
}

const ADD: &str = "
    INSERT INTO signal_rules (circle, turn, rules, reopens, changed_by, changed_at)
    SELECT $1, $6 + 1, $2, $3, $4, $5
    WHERE (SELECT COALESCE(max(turn), 0) FROM signal_rules WHERE circle = $1) = $6
    ON CONFLICT (circle, turn) DO NOTHING";

/// Writes the rules, by a leader who was shown those of a turn. Alerts that were
/// led somewhere stay there.
pub async fn set(
    db: &Db,
    who: &Who,
    circle: &str,
    text: &str,
    reopens: &str,
    turn: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let had = of_circle(db, who, circle).await?;
    let mut problems = check(db, circle, text).await?.err().unwrap_or_default();
    let reopens = reopens.trim().parse::<i64>().ok().filter(|n| (0..=1440).contains(n));
    if reopens.is_none() {
        problems.push(Problem::new("reopens", "Enter minutes from 0 to 1440, for example 60."));
    }
    let (Some(reopens), true) = (reopens, problems.is_empty()) else {
        return Err(Error::Refused(problems));
    };
    if had.text == text && had.reopens == reopens {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let n_added = on!(&mut tx, |tx| query(ADD)
        .bind(circle)
        .bind(text)
        .bind(reopens)
        .bind(&who.person)
        .bind(stored(now))
        .bind(turn)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_added == 0 {
        let what =
            "Somebody wrote other rules meanwhile. They stand below yours; bring the two together and save.";
        return Err(Error::refused("rules", what));
    }
    let n_lines = format!("{} lines", text.lines().count());
    audit::record(&mut tx, Some(circle), Some(&who.person), "wrote the rules for alerts", &n_lines, now)
        .await?;
    commit(tx).await
}

/// The rules of a text, or what is wrong with it, line by line.
async fn check(db: &Db, circle: &str, text: &str) -> Result<Result<Rules, Vec<Problem>>> {
    if text.len() > 50_000 {
        return Ok(Err(vec![Problem::new("rules", "Keep the rules under 50,000 characters.")]));
    }
    let faulty = |faults: Vec<Fault>| {
        let problem = |fault: Fault| Problem::new("rules", format!("Line {}: {}", fault.line, fault.what));
        faults.into_iter().map(problem).collect::<Vec<_>>()
    };
    let rules = match Rules::read(text) {
        Ok(rules) => rules,
        Err(faults) => return Ok(Err(faulty(faults))),
    };
    let services: Vec<String> =
        on!(db.read(), |pool| query_scalar(SERVICES).bind(circle).fetch_all(pool).await?);
    let gone = rules.services().filter(|(_, slug)| !services.iter().any(|known| known == slug));
    let gone = gone.map(|(line, slug)| Fault { line, what: format!("There is no service {slug}.") });
    let gone: Vec<Fault> = gone.collect();
    Ok(if gone.is_empty() { Ok(rules) } else { Err(faulty(gone)) })
}

/// What rules would do with what was delivered, without doing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    pub delivery: String,
    pub received_at: DateTime<Utc>,
    /// Why the body cannot be read; the alerts otherwise.
    pub routes: Result<Vec<(Alert, Route)>, String>,
}

/// Tries a text of rules on a stored delivery, for a leader.
pub async fn attempt(db: &Db, who: &Who, circle: &str, text: &str, delivery: &str) -> Result<Tried> {
    let found = deliveries::find(db, who, circle, delivery).await?;
    let rules = check(db, circle, text).await?.map_err(Error::Refused)?;
    let services: Vec<String> =
        on!(db.read(), |pool| query_scalar(SERVICES).bind(circle).fetch_all(pool).await?);
    let routes = match found.read() {
        Ok(read) => {
            let of = |alert: Alert| {
                let route = rules.route(&alert, &services);
                (alert, route)
            };
            Ok(read.alerts.into_iter().map(of).collect())
        }
        Err(unknown) => Err(unknown.to_string()),
    };
    Ok(Tried { delivery: found.id, received_at: found.received_at, routes })
}
