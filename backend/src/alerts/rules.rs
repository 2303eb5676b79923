//! What monitoring knows against what the runbooks describe.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::alert::coverage::{Coverage, Known, coverage};
use domain::alert::rules::{self, Rule};
use domain::people::Role;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::{addresses, of_circle};
use crate::audit;
use crate::circles::{self, CircleOf, Member};
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;

/// A file of rules that a circle has shown.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RuleFile {
    pub path: String,
    pub n_alerts: i64,
    /// `None`: the command line.
    pub taken_by: Option<String>,
    pub taken_at: DateTime<Utc>,
}

/// How alerts and runbooks of a circle fit together.
#[derive(Debug, Clone)]
pub struct Covered {
    pub member: Member,
    pub coverage: Coverage,
    pub files: Vec<RuleFile>,
    pub n_sections: usize,
}

const FILES: &str = "
    SELECT f.path, (SELECT count(*) FROM rule_alerts a WHERE a.circle = f.circle AND a.path = f.path) AS n_alerts,
           p.name AS taken_by, f.taken_at
    FROM rule_files f
    LEFT JOIN people p ON p.id = f.taken_by
    WHERE f.circle = $1
    ORDER BY f.path";

const DEFINED: &str =
    "SELECT name, runbook_url FROM rule_alerts WHERE circle = $1 ORDER BY name, path, place";

/// What is missing both ways, for the members of a circle; `here` is the
/// address of this installation.
pub async fn covered(db: &Db, who: &Who, circle: &str, here: &str) -> Result<Covered> {
    let member = circles::member(db, who, circle).await?;
    let files: Vec<RuleFile> = on!(db.read(), |pool| query_as(FILES).bind(circle).fetch_all(pool).await?);
    let rows: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(DEFINED).bind(circle).fetch_all(pool).await?);
    let defined = rows.into_iter().map(|(name, runbook_url)| Known { name, runbook_url, is_defined: true });
    let mut known: Vec<Known> = defined.collect();
    known.extend(received(db, circle).await?);
    let place = CircleOf {
        slug: member.circle.clone(),
        name: member.circle_name.clone(),
        role: member.role,
        is_demo: member.is_demo,
    };
    let described: Vec<String> = of_circle(db, &place).await?.into_iter().map(|one| one.name).collect();
    let n_sections = described.iter().map(|name| name.to_lowercase()).collect::<BTreeSet<_>>().len();
    let looked = addresses::looked(db, circle).await?;
    Ok(Covered { coverage: coverage(&known, &described, here, &looked), member, files, n_sections })
}

const RECEIVED: &str = "
    SELECT DISTINCT name, runbook_url FROM signal_alerts WHERE circle = $1 AND name <> '' ORDER BY name LIMIT 5000";

/// The alerts that were received.
async fn received(db: &Db, circle: &str) -> Result<Vec<Known>> {
    let rows: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(RECEIVED).bind(circle).fetch_all(pool).await?);
    Ok(rows.into_iter().map(|(name, runbook_url)| Known { name, runbook_url, is_defined: false }).collect())
}

/// Takes a file of rules in the place of what it said before, by an engineer or
/// a leader; returns how many alerts it defines.
pub async fn take(
    db: &Db,
    who: &Who,
    circle: &str,
    path: &str,
    text: &str,
    now: DateTime<Utc>,
) -> Result<usize> {
    let member = circles::member(db, who, circle).await?;
    if member.role == Role::Reader {
        return Err(Error::NotFound);
    }
    let path = path.trim();
    if path.is_empty() || path.chars().count() > 200 {
        return Err(Error::refused(
            "path",
            "Name the file, in up to 200 characters, for example orders.rules.yaml.",
        ));
    }
    let rules = rules::read(path, text).map_err(|finding| Error::refused("rules", finding.to_string()))?;
    take_in(db, Some(who), circle, path, &rules, now).await?;
    Ok(rules.len())
}

const CIRCLE: &str = "SELECT slug FROM circles WHERE slug = $1 OR name = $1 ORDER BY slug";

/// The same by the command line, which asks nobody.
pub async fn take_by_command(
    db: &Db,
    circle: &str,
    path: &str,
    rules: &[Rule],
    now: DateTime<Utc>,
) -> Result<()> {
    let found: Option<String> =
        on!(db.read(), |pool| query_scalar(CIRCLE).bind(circle).fetch_optional(pool).await?);
    take_in(db, None, &found.ok_or(Error::NotFound)?, path, rules, now).await
}

const ADD_FILE: &str = "
    INSERT INTO rule_files (circle, path, taken_by, taken_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (circle, path) DO UPDATE SET taken_by = excluded.taken_by, taken_at = excluded.taken_at";
const EMPTY: &str = "DELETE FROM rule_alerts WHERE circle = $1 AND path = $2";
const FORGET: &str = "DELETE FROM rule_files WHERE circle = $1 AND path = $2";
const ADD_ALERT: &str = "
    INSERT INTO rule_alerts (circle, path, place, name, rule_group, runbook_url, summary, severity)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

pub(crate) async fn take_in(
    db: &Db,
    who: Option<&Who>,
    circle: &str,
    path: &str,
    rules: &[Rule],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = db.begin().await?;
    let person = who.map(|who| who.person.as_str());
    on!(&mut tx, |tx| query(ADD_FILE)
        .bind(circle)
        .bind(path)
        .bind(person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    execute(&mut tx, EMPTY, circle, path).await?;
    for (place, rule) in rules.iter().enumerate() {
        on!(&mut tx, |tx| query(ADD_ALERT)
            .bind(circle)
            .bind(path)
            .bind(i64::try_from(place).unwrap_or(i64::MAX))
            .bind(&rule.alert)
            .bind(&rule.group)
            .bind(&rule.runbook_url)
            .bind(&rule.summary)
            .bind(&rule.severity)
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    audit::record(&mut tx, Some(circle), person, "took a file of alert rules", path, now).await?;
    commit(tx).await
}

/// Forgets a file of rules, by an engineer or a leader.
pub async fn forget(db: &Db, who: &Who, circle: &str, path: &str, now: DateTime<Utc>) -> Result<()> {
    let member = circles::member(db, who, circle).await?;
    if member.role == Role::Reader {
        return Err(Error::NotFound);
    }
    let mut tx = db.begin().await?;
    execute(&mut tx, EMPTY, circle, path).await?;
    if execute(&mut tx, FORGET, circle, path).await? == 0 {
        return Err(Error::NotFound);
    }
    audit::record(&mut tx, Some(circle), Some(&who.person), "forgot a file of alert rules", path, now)
        .await?;
    commit(tx).await
}

async fn execute(tx: &mut Tx, sql: &'static str, circle: &str, path: &str) -> Result<u64> {
    Ok(on!(tx, |tx| query(sql).bind(circle).bind(path).execute(&mut **tx).await?.rows_affected()))
}
