//! The services that a circle keeps alive: what each is, how critical, what was
//! promised, and whom one calls.
//!
//! Every member reads them, leaders write them ([`writing`], [`escalation`]). A
//! bank brings a service along with its name, summary, owner and links.

mod actions;
mod alerts;
mod escalating;
#[cfg(test)]
mod stories;
pub mod writing;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::bank::ServiceSheet;
use domain::question::is_slug;
use domain::search::Kind;
use domain::service::Criticality;
use sqlx::{FromRow, query, query_as};

use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles, search};

pub use actions::open_actions;
pub use alerts::alert_names;
pub(crate) use escalating::path_of;
pub use escalating::{STEPS_LIMIT, Step, StepDraft, escalation, set_escalation};

/// A service, with how many ready questions its bank has. A text is empty where
/// nobody has written it yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    pub slug: String,
    pub name: String,
    pub summary: String,
    /// The team that answers for it.
    pub owner: String,
    pub links: Vec<(String, String)>,
    pub n_ready: i64,
    pub criticality: Option<Criticality>,
    /// What was promised, in Markdown.
    pub sla: String,
    pub engagement: Engagement,
    /// The one person of the circle who answers for it.
    pub accountable: Option<Accountable>,
    /// Counts its edits by hand.
    pub revision: i64,
}

/// How those who need a service reach those who keep it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Engagement {
    pub channels: String,
    pub hours: String,
    pub callers: String,
}

impl Engagement {
    pub fn is_empty(&self) -> bool {
        self.channels.is_empty() && self.hours.is_empty() && self.callers.is_empty()
    }
}

/// Who answers for a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accountable {
    pub person: String,
    pub name: String,
    /// Still somebody who works in the circle.
    pub is_there: bool,
}

/// What a leader writes down of a service.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub owner: String,
}

/// The services of the circle `$1`, or the one `$2` of them.
const LIST: &str = "
    SELECT s.slug, s.name, s.summary, s.owner, s.links, s.criticality, s.sla, s.channels, s.hours, s.callers,
           s.revision, s.accountable, p.name AS accountable_name,
           (SELECT count(*) FROM members m
            WHERE m.circle = s.circle AND m.person = s.accountable AND m.left_at IS NULL AND m.role <> 'reader'
              AND p.disabled_at IS NULL) AS n_there,
           (SELECT count(*) FROM questions q
            WHERE q.circle = s.circle AND q.service = s.slug AND q.state = 'ready') AS n_ready
    FROM services s
    LEFT JOIN people p ON p.id = s.accountable
    WHERE s.circle = $1 AND ($2 = '' OR s.slug = $2)";

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
    let mut services = read(db, circle, "").await?;
    services.sort_by_key(|service| service.name.to_lowercase());
    Ok(services)
}

async fn read(db: &Db, circle: &str, slug: &str) -> Result<Vec<Service>> {
    let rows: Vec<Row> =
        on!(db.read(), |pool| query_as(LIST).bind(circle).bind(slug).fetch_all(pool).await?);
    rows.into_iter().map(Service::try_from).collect()
}

/// One service of a circle.
pub async fn find(db: &Db, who: &Who, circle: &str, slug: &str) -> Result<Service> {
    circles::member(db, who, circle).await?;
    if slug.is_empty() {
        return Err(Error::NotFound);
    }
    read(db, circle, slug).await?.pop().ok_or(Error::NotFound)
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
    index(&mut tx, circle, &sheet.slug, now).await?;
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
    SET name = excluded.name, summary = excluded.summary, owner = excluded.owner, links = excluded.links
    WHERE services.written_at IS NULL";

/// Writes what `service.toml` says of a service, inside an import; what a leader
/// has written by hand stays.
pub(crate) async fn take_sheet(
    tx: &mut Tx,
    circle: &str,
    sheet: &ServiceSheet,
    now: DateTime<Utc>,
) -> Result<()> {
    let links = serde_json::to_string(&sheet.links).map_err(|why| Error::Corrupt(why.to_string()))?;
    on!(&mut *tx, |tx| query(TAKE_SHEET)
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
    index(tx, circle, &sheet.slug, now).await
}

const SAYS: &str = "
    SELECT name, summary || ' ' || owner || ' ' || sla || ' ' || channels || ' ' || hours || ' ' || callers
    FROM services
    WHERE circle = $1 AND slug = $2";

/// Puts what a service says now into the search.
async fn index(tx: &mut Tx, circle: &str, slug: &str, now: DateTime<Utc>) -> Result<()> {
    let (title, body): (String, String) =
        on!(&mut *tx, |tx| query_as(SAYS).bind(circle).bind(slug).fetch_one(&mut **tx).await?);
    let entry = search::Entry {
        circle,
        kind: Kind::Service,
        key: slug,
        service: Some(slug),
        path: format!("/services/{slug}"),
        title: &title,
        body: &body,
    };
    search::put(tx, &entry, now).await
}

#[derive(FromRow)]
struct Row {
    slug: String,
    name: String,
    summary: String,
    owner: String,
    links: String,
    criticality: String,
    sla: String,
    channels: String,
    hours: String,
    callers: String,
    revision: i64,
    accountable: Option<String>,
    accountable_name: Option<String>,
    n_there: i64,
    n_ready: i64,
}

impl TryFrom<Row> for Service {
    type Error = Error;

    fn try_from(row: Row) -> Result<Service> {
        let accountable = row.accountable.zip(row.accountable_name);
        Ok(Service {
            links: serde_json::from_str(&row.links).map_err(|_| Error::Corrupt(row.links.clone()))?,
            slug: row.slug,
            name: row.name,
            summary: row.summary,
            owner: row.owner,
            n_ready: row.n_ready,
            criticality: Criticality::parse(&row.criticality),
            sla: row.sla,
            engagement: Engagement { channels: row.channels, hours: row.hours, callers: row.callers },
            accountable: accountable.map(|(person, name)| Accountable {
                person,
                name,
                is_there: row.n_there > 0,
            }),
            revision: row.revision,
        })
    }
}
