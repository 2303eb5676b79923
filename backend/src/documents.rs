//! The documents of a service: maps, hosts, commands, backups. Each is a page in
//! Markdown or a link, version by version; what is missing or old is told by
//! `domain::document`.
//!
//! Members read them, engineers and leaders write them and say that they are
//! still true.

#[cfg(test)]
mod stories;
pub mod writing;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::action::day_in;
use domain::document::{Ages, Kind, Lack, lacks};
use sqlx::{FromRow, query_as, query_scalar};

use crate::circles::{self, Member};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::services::{self, Service};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Page,
    Link,
    /// The service needs none, and the text says why.
    Unneeded,
}

impl Form {
    pub const ALL: [Form; 3] = [Form::Page, Form::Link, Form::Unneeded];

    pub fn as_str(self) -> &'static str {
        match self {
            Form::Page => "page",
            Form::Link => "link",
            Form::Unneeded => "unneeded",
        }
    }

    pub fn parse(word: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.as_str() == word)
    }
}

/// A document as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub kind: Kind,
    pub version: i64,
    pub form: Form,
    /// Markdown; an address; why none is needed.
    pub body: String,
    /// The last restore or failover test.
    pub tried_on: Option<NaiveDate>,
    /// When somebody wrote it or looked whether it is still true, and who.
    pub checked_at: DateTime<Utc>,
    pub checked_by: String,
}

/// One kind of a service's set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub kind: Kind,
    /// `None` while there is none.
    pub document: Option<Document>,
    /// What it lacks today; nothing where the service's postmortems are here.
    pub lacks: Vec<Lack>,
}

/// The whole set of a service.
#[derive(Debug, Clone)]
pub struct Set {
    pub service: Service,
    pub kept: Vec<Kept>,
}

impl Set {
    /// How many of its documents lack something.
    pub fn n_lacking(&self) -> usize {
        self.kept.iter().filter(|kept| !kept.lacks.is_empty()).count()
    }
}

/// The newest version of each document of the circle `$1`, or of its service
/// `$2`, with the newest check of it.
const NEWEST: &str = "
    SELECT v.service, v.kind, v.version, v.form, v.body, v.tried_on, v.made_at, w.name AS made_by,
           c.checked_at, b.name AS checked_by, c.tried_on AS tried_since
    FROM document_versions v
    JOIN people w ON w.id = v.made_by
    LEFT JOIN document_checks c
      ON c.id = (SELECT max(x.id) FROM document_checks x
                 WHERE x.circle = v.circle AND x.service = v.service AND x.kind = v.kind AND x.version = v.version)
    LEFT JOIN people b ON b.id = c.checked_by
    WHERE v.circle = $1 AND ($2 = '' OR v.service = $2)
      AND v.version = (SELECT max(n.version) FROM document_versions n
                       WHERE n.circle = v.circle AND n.service = v.service AND n.kind = v.kind)";

async fn newest(db: &Db, circle: &str, service: &str) -> Result<HashMap<(String, Kind), Document>> {
    let rows: Vec<Row> =
        on!(db.read(), |pool| query_as(NEWEST).bind(circle).bind(service).fetch_all(pool).await?);
    rows.into_iter().map(Row::into_document).collect()
}

/// The documents of a service, for the members of its circle.
pub async fn of_service(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Kept>> {
    let member = circles::member(db, who, circle).await?;
    let mut there = newest(db, circle, service).await?;
    let with_postmortems = with_postmortems(db, circle).await?;
    Ok(kept(&member, service, &mut there, &with_postmortems, now))
}

/// The documents of every service of a circle, for its members; the services
/// that lack the most first.
pub async fn of_circle(db: &Db, who: &Who, circle: &str, now: DateTime<Utc>) -> Result<Vec<Set>> {
    let member = circles::member(db, who, circle).await?;
    let services = services::of_circle(db, circle).await?;
    let mut there = newest(db, circle, "").await?;
    let with_postmortems = with_postmortems(db, circle).await?;
    let set = |service: Service| {
        let kept = kept(&member, &service.slug, &mut there, &with_postmortems, now);
        Set { kept, service }
    };
    let mut sets: Vec<Set> = services.into_iter().map(set).collect();
    sets.sort_by_key(|set| std::cmp::Reverse(set.n_lacking()));
    Ok(sets)
}

const WITH_POSTMORTEMS: &str = "SELECT DISTINCT service FROM postmortems WHERE circle = $1";

/// The services that have a postmortem here, so that nobody has to say where
/// theirs are.
async fn with_postmortems(db: &Db, circle: &str) -> Result<HashSet<String>> {
    let services: Vec<String> =
        on!(db.read(), |pool| query_scalar(WITH_POSTMORTEMS).bind(circle).fetch_all(pool).await?);
    Ok(services.into_iter().collect())
}

fn kept(
    member: &Member,
    service: &str,
    there: &mut HashMap<(String, Kind), Document>,
    with_postmortems: &HashSet<String>,
    now: DateTime<Utc>,
) -> Vec<Kept> {
    let today = day_in(now, &member.circle_zone);
    let one = |kind: Kind| {
        let document = there.remove(&(service.to_owned(), kind));
        let is_here = kind == Kind::Postmortems && document.is_none() && with_postmortems.contains(service);
        let lacks = if is_here { Vec::new() } else { lacks_of(kind, document.as_ref(), member, today) };
        Kept { kind, document, lacks }
    };
    Kind::ALL.into_iter().map(one).collect()
}

fn lacks_of(kind: Kind, document: Option<&Document>, member: &Member, today: NaiveDate) -> Vec<Lack> {
    if document.is_some_and(|document| document.form == Form::Unneeded) {
        return Vec::new();
    }
    let age = |day: NaiveDate| (today - day).num_days();
    let ages = document.map(|document| Ages {
        checked: age(day_in(document.checked_at, &member.circle_zone)),
        tried: document.tried_on.map(age),
    });
    lacks(kind, ages)
}

/// One version of a document, for its history.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Version {
    pub version: i64,
    pub form: String,
    pub body: String,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
}

const VERSIONS: &str = "
    SELECT v.version, v.form, v.body, p.name AS made_by, v.made_at
    FROM document_versions v
    JOIN people p ON p.id = v.made_by
    WHERE v.circle = $1 AND v.service = $2 AND v.kind = $3
    ORDER BY v.version DESC";

/// A document with all its versions, the newest first, for the members of its
/// circle; there may be none yet.
pub async fn find(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    kind: Kind,
    now: DateTime<Utc>,
) -> Result<(Service, Kept, Vec<Version>)> {
    let found = services::find(db, who, circle, service).await?;
    let set = of_service(db, who, circle, service, now).await?;
    let kept = set.into_iter().find(|kept| kept.kind == kind).ok_or(Error::NotFound)?;
    let versions: Vec<Version> = on!(db.read(), |pool| query_as(VERSIONS)
        .bind(circle)
        .bind(service)
        .bind(kind.as_str())
        .fetch_all(pool)
        .await?);
    Ok((found, kept, versions))
}

#[derive(FromRow)]
struct Row {
    service: String,
    kind: String,
    version: i64,
    form: String,
    body: String,
    tried_on: String,
    made_at: DateTime<Utc>,
    made_by: String,
    checked_at: Option<DateTime<Utc>>,
    checked_by: Option<String>,
    tried_since: Option<String>,
}

impl Row {
    fn into_document(self) -> Result<((String, Kind), Document)> {
        let kind =
            Kind::parse(&self.kind).ok_or_else(|| Error::Corrupt(format!("document {}", self.kind)))?;
        let form = Form::parse(&self.form).ok_or_else(|| Error::Corrupt(format!("form {}", self.form)))?;
        let tried_on = self.tried_since.filter(|day| !day.is_empty()).unwrap_or(self.tried_on);
        let document = Document {
            kind,
            version: self.version,
            form,
            body: self.body,
            tried_on: read_day(&tried_on)?,
            checked_at: self.checked_at.unwrap_or(self.made_at),
            checked_by: self.checked_by.unwrap_or(self.made_by),
        };
        Ok(((self.service, kind), document))
    }
}

fn read_day(day: &str) -> Result<Option<NaiveDate>> {
    if day.is_empty() {
        return Ok(None);
    }
    day.parse().map(Some).map_err(|_| Error::Corrupt(format!("day {day}")))
}
