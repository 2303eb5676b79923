//! Runbooks: what a circle knows of its services, for the night.
//!
//! A runbook has one page with the eight sections of its service and pages for
//! alerts that are described apart from it. Members read it, engineers and
//! leaders write it. Each change makes a version of the whole runbook; what
//! earlier ones said stays readable.

pub mod history;
pub mod importing;
pub mod statics;
#[cfg(test)]
mod stories;
pub mod writing;

use chrono::{DateTime, Utc};
use domain::people::Role;
use domain::runbook::{self, Document, Filling, Section};
use sqlx::{FromRow, query_as, query_scalar};

use crate::circles::{self, Member};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::services::{self, Service};

/// The page that has the eight sections.
pub const MAIN: &str = "runbook";

/// One page as it stands at a version.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Page {
    pub page: String,
    /// Of the file it came from; empty if it was written here.
    pub path: String,
    pub title: String,
    /// Markdown.
    pub content: String,
    /// The version that wrote it.
    pub version: i64,
    /// `None`: the command line.
    pub made_by: Option<String>,
    pub made_at: DateTime<Utc>,
}

impl Page {
    /// What its text says.
    pub fn read(&self) -> Document {
        let path = if self.path.is_empty() { &self.page } else { &self.path };
        runbook::read(path, &self.content)
    }

    pub fn is_main(&self) -> bool {
        self.page == MAIN
    }
}

/// The runbook of a service at one version.
#[derive(Debug, Clone)]
pub struct Runbook {
    pub member: Member,
    pub service: Service,
    /// 0 where nothing is written yet.
    pub version: i64,
    /// The newest there is.
    pub newest: i64,
    /// The one with the eight sections first.
    pub pages: Vec<Page>,
}

impl Runbook {
    pub fn main(&self) -> Option<&Page> {
        self.pages.iter().find(|page| page.is_main())
    }

    pub fn page(&self, page: &str) -> Option<&Page> {
        self.pages.iter().find(|one| one.page == page)
    }

    /// Engineers and leaders write.
    pub fn may_write(&self) -> bool {
        self.member.role != Role::Reader
    }
}

const PAGES: &str = "
    SELECT p.page, p.path, p.title, p.content, p.version, x.name AS made_by, v.made_at
    FROM runbook_pages p
    JOIN runbook_versions v ON v.circle = p.circle AND v.service = p.service AND v.version = p.version
    LEFT JOIN people x ON x.id = v.made_by
    WHERE p.circle = $1 AND p.service = $2 AND NOT p.is_removed
      AND p.version = (SELECT max(q.version) FROM runbook_pages q
                       WHERE q.circle = p.circle AND q.service = p.service AND q.page = p.page AND q.version <= $3)
    ORDER BY p.page";

const VERSION: &str = "SELECT version FROM runbooks WHERE circle = $1 AND service = $2";

/// The newest version of a service's runbook, if anything is written. For
/// whoever keeps a record of which one was in force.
pub(crate) async fn version_in_force(db: &Db, circle: &str, service: &str) -> Result<Option<i64>> {
    Ok(on!(db.read(), |pool| query_scalar(VERSION).bind(circle).bind(service).fetch_optional(pool).await?))
}

/// The pages as they stood at a version, the main one first.
pub(crate) async fn pages_at(db: &Db, circle: &str, service: &str, version: i64) -> Result<Vec<Page>> {
    let mut pages: Vec<Page> = on!(db.read(), |pool| query_as(PAGES)
        .bind(circle)
        .bind(service)
        .bind(version)
        .fetch_all(pool)
        .await?);
    pages.sort_by_key(|page| (!page.is_main(), page.title.to_lowercase()));
    Ok(pages)
}

/// The runbook of a service as it reads today, for the members of its circle.
pub async fn find(db: &Db, who: &Who, circle: &str, service: &str) -> Result<Runbook> {
    at(db, who, circle, service, None).await
}

/// The same as it read at a version.
pub async fn at(db: &Db, who: &Who, circle: &str, service: &str, version: Option<i64>) -> Result<Runbook> {
    let member = circles::member(db, who, circle).await?;
    let service = services::find(db, who, circle, service).await?;
    let newest = version_in_force(db, circle, &service.slug).await?.unwrap_or(0);
    let version = version.unwrap_or(newest);
    if !(0..=newest).contains(&version) {
        return Err(Error::NotFound);
    }
    let pages = pages_at(db, circle, &service.slug, version).await?;
    Ok(Runbook { member, service, version, newest, pages })
}

/// How a service stands with its runbook, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub service: String,
    pub service_name: String,
    pub version: i64,
    pub changed_at: Option<DateTime<Utc>>,
    /// Of the eight sections; all missing where there is no page.
    pub fillings: Vec<(Section, Filling)>,
    pub n_alerts: usize,
    /// Alerts without a word on what to do.
    pub n_without_mitigation: usize,
}

impl Standing {
    /// The sections that do not help yet.
    pub fn lacking(&self) -> Vec<Section> {
        let lacks =
            |(section, filling): &(Section, Filling)| (*filling != Filling::Filled).then_some(*section);
        self.fillings.iter().filter_map(lacks).collect()
    }
}

const ALL_PAGES: &str = "
    SELECT p.service, p.page, p.path, p.title, p.content, p.version, v.made_at
    FROM runbook_pages p
    JOIN runbook_versions v ON v.circle = p.circle AND v.service = p.service AND v.version = p.version
    WHERE p.circle = $1 AND NOT p.is_removed
      AND p.version = (SELECT max(q.version) FROM runbook_pages q
                       WHERE q.circle = p.circle AND q.service = p.service AND q.page = p.page)";

#[derive(FromRow)]
struct PageRow {
    service: String,
    page: String,
    path: String,
    title: String,
    content: String,
    version: i64,
    made_at: DateTime<Utc>,
}

/// Every service of a circle with what its runbook lacks, by name.
pub async fn of_circle(db: &Db, who: &Who, circle: &str) -> Result<Vec<Standing>> {
    let services = services::list(db, who, circle).await?;
    let rows: Vec<PageRow> = on!(db.read(), |pool| query_as(ALL_PAGES).bind(circle).fetch_all(pool).await?);
    let mut pages: Vec<(String, Page)> = Vec::new();
    for row in rows {
        let PageRow { service, page, path, title, content, version, made_at } = row;
        pages.push((service, Page { page, path, title, content, version, made_by: None, made_at }));
    }
    let standing = |service: Service| {
        let own = pages.iter().filter(|(of, _)| *of == service.slug).map(|(_, page)| page);
        standing(&service, &own.collect::<Vec<_>>())
    };
    Ok(services.into_iter().map(standing).collect())
}

/// What the runbook of one service lacks.
pub async fn standing_of(db: &Db, who: &Who, circle: &str, service: &str) -> Result<Standing> {
    let runbook = find(db, who, circle, service).await?;
    Ok(standing(&runbook.service, &runbook.pages.iter().collect::<Vec<_>>()))
}

fn standing(service: &Service, pages: &[&Page]) -> Standing {
    let mut standing = Standing {
        service: service.slug.clone(),
        service_name: service.name.clone(),
        version: pages.iter().map(|page| page.version).max().unwrap_or(0),
        changed_at: pages.iter().map(|page| page.made_at).max(),
        fillings: Section::OF_SERVICE.map(|section| (section, Filling::Missing)).to_vec(),
        n_alerts: 0,
        n_without_mitigation: 0,
    };
    for page in pages {
        let document = page.read();
        if page.is_main() && document.kind == runbook::Kind::Service {
            standing.fillings.clone_from(&document.fillings);
        }
        for alert in &document.alerts {
            standing.n_alerts += 1;
            let is_bare = alert.rest(&page.content).is_empty()
                || alert.parts.iter().any(|part| part.section == Some(Section::Mitigation));
            let says_what_to_do = alert.filling(&page.content, Section::Mitigation) == Filling::Filled;
            standing.n_without_mitigation += usize::from(is_bare && !says_what_to_do);
        }
    }
    if standing.n_alerts > 0 {
        // Pages of their own are alerts as well.
        for (section, filling) in &mut standing.fillings {
            if *section == Section::Alerts && *filling == Filling::Missing {
                *filling = Filling::Filled;
            }
        }
    }
    standing
}
