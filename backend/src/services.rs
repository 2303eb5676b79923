//! The services that a circle keeps alive.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::bank::ServiceSheet;
use domain::question::is_slug;
use sqlx::{FromRow, query, query_as};

use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles};

/// A service, with how many ready questions its bank has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub owner: String,
    pub links: Vec<(String, String)>,
    pub n_ready: i64,
}

/// What a leader writes down of a service.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub owner: String,
}

const LIST: &str = "
    SELECT s.slug, s.name, s.summary, s.owner, s.links,
           (SELECT count(*) FROM questions q
            WHERE q.circle = s.circle AND q.service = s.slug AND q.state = 'ready') AS n_ready
    FROM services s
    WHERE s.circle = $1";

const NAMES: &str = "SELECT slug, name FROM services WHERE circle = $1";

/// What the services of a circle are called, by their short names.
pub async fn names(db: &Db, who: &Who, circle: &str) -> Result<BTreeMap<String, String>> {
    circles::member(db, who, circle).await?;
    let rows: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(NAMES).bind(circle).fetch_all(pool).await?);
    Ok(rows.into_iter().collect())
}

/// The services of a circle, by name.
pub async fn list(db: &Db, who: &Who, circle: &str) -> Result<Vec<Service>> {
    circles::member(db, who, circle).await?;
    of_circle(db, circle).await
}

pub(crate) async fn of_circle(db: &Db, circle: &str) -> Result<Vec<Service>> {
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(LIST).bind(circle).fetch_all(pool).await?);
    let mut services = rows.into_iter().map(Service::try_from).collect::<Result<Vec<_>>>()?;
    services.sort_by_key(|service| service.name.to_lowercase());
    Ok(services)
}

/// One service of a circle.
pub async fn find(db: &Db, who: &Who, circle: &str, slug: &str) -> Result<Service> {
    list(db, who, circle).await?.into_iter().find(|service| service.slug == slug).ok_or(Error::NotFound)
}

const ADD: &str = "
    INSERT INTO services (circle, slug, name, summary, owner, links, created_at)
    VALUES ($1, $2, $3, $4, $5, '[]', $6)
    ON CONFLICT (circle, slug) DO NOTHING";

/// Adds a service by hand; a bank brings its own along.
pub async fn add(db: &Db, who: &Who, circle: &str, sheet: &Sheet, now: DateTime<Utc>) -> Result<()> {
    circles::leader(db, who, circle).await?;
    refuse_problems(sheet)?;
    let mut tx = db.begin().await?;
    let n_added = on!(&mut tx, |tx| query(ADD)
        .bind(circle)
        .bind(&sheet.slug)
        .bind(sheet.name.trim())
        .bind(sheet.summary.trim())
        .bind(sheet.owner.trim())
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_added == 0 {
        return Err(Error::refused(
            "slug",
            format!("There is a service {} already. Choose another short name.", sheet.slug),
        ));
    }
    audit::record(&mut tx, Some(circle), Some(&who.person), "added a service", sheet.name.trim(), now)
        .await?;
    commit(tx).await
}

fn refuse_problems(sheet: &Sheet) -> Result<()> {
    let mut problems = Vec::new();
    if !is_slug(&sheet.slug) {
        problems
            .push(Problem::new("slug", "Use lower-case letters, digits and hyphens, for example orders-db."));
    }
    if sheet.name.trim().is_empty() || sheet.name.chars().count() > 100 {
        problems.push(Problem::new("name", "Enter a name of 1 to 100 characters."));
    }
    if sheet.summary.chars().count() > 1000 {
        problems.push(Problem::new("summary", "Keep the summary under 1000 characters."));
    }
    if sheet.owner.chars().count() > 100 {
        problems.push(Problem::new("owner", "Keep the owner under 100 characters."));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Refused(problems)) }
}

const TAKE_SHEET: &str = "
    INSERT INTO services (circle, slug, name, summary, owner, links, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (circle, slug) DO UPDATE
    SET name = excluded.name, summary = excluded.summary, owner = excluded.owner, links = excluded.links";

/// Writes what `service.toml` says of a service, inside an import.
pub(crate) async fn take_sheet(
    tx: &mut Tx,
    circle: &str,
    sheet: &ServiceSheet,
    now: DateTime<Utc>,
) -> Result<()> {
    let links = serde_json::to_string(&sheet.links).map_err(|why| Error::Corrupt(why.to_string()))?;
    on!(tx, |tx| query(TAKE_SHEET)
        .bind(circle)
        .bind(&sheet.slug)
        .bind(&sheet.name)
        .bind(&sheet.summary)
        .bind(&sheet.owner)
        .bind(links)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    slug: String,
    name: String,
    summary: String,
    owner: String,
    links: String,
    n_ready: i64,
}

impl TryFrom<Row> for Service {
    type Error = Error;

    fn try_from(row: Row) -> Result<Service> {
        Ok(Service {
            links: serde_json::from_str(&row.links).map_err(|_| Error::Corrupt(row.links.clone()))?,
            slug: row.slug,
            name: row.name,
            summary: row.summary,
            owner: row.owner,
            n_ready: row.n_ready,
        })
    }
}
