//! What earlier versions of a runbook said, and what each changed.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, query_as};

use super::{Page, Runbook, at, pages_at};
use crate::db::{Db, on};
use crate::error::Result;
use crate::people::Who;

/// One version in the list.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Version {
    pub version: i64,
    pub note: String,
    /// `None`: the command line.
    pub made_by: Option<String>,
    pub made_at: DateTime<Utc>,
    pub n_pages: i64,
}

/// Versions on a page of the list.
pub const PER_PAGE: u32 = 30;

const VERSIONS: &str = "
    SELECT v.version, v.note, x.name AS made_by, v.made_at,
           (SELECT count(*) FROM runbook_pages p
            WHERE p.circle = v.circle AND p.service = v.service AND p.version = v.version) AS n_pages
    FROM runbook_versions v
    LEFT JOIN people x ON x.id = v.made_by
    WHERE v.circle = $1 AND v.service = $2
    ORDER BY v.version DESC
    LIMIT $3 OFFSET $4";

/// The versions of a runbook, the newest first.
pub async fn versions(db: &Db, runbook: &Runbook, page: u32) -> Result<Vec<Version>> {
    Ok(on!(db.read(), |pool| query_as(VERSIONS)
        .bind(&runbook.member.circle)
        .bind(&runbook.service.slug)
        .bind(i64::from(PER_PAGE))
        .bind(i64::from(page.saturating_sub(1)) * i64::from(PER_PAGE))
        .fetch_all(pool)
        .await?))
}

/// A page before and after; `None` where it was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub before: Option<Page>,
    pub after: Option<Page>,
}

impl Changed {
    pub fn title(&self) -> &str {
        self.after.as_ref().or(self.before.as_ref()).map_or("", |page| page.title.as_str())
    }

    pub fn page(&self) -> &str {
        self.after.as_ref().or(self.before.as_ref()).map_or("", |page| page.page.as_str())
    }
}

/// A runbook at a version, and the pages that read otherwise at an earlier one.
pub async fn compared(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    version: i64,
    with: i64,
) -> Result<(Runbook, Vec<Changed>)> {
    let runbook = at(db, who, circle, service, Some(version)).await?;
    let before = pages_at(db, circle, service, with.max(0)).await?;
    let is_other = |before: Option<&Page>, after: Option<&Page>| {
        before.map(|page| &page.content) != after.map(|page| &page.content)
    };
    let mut changed = Vec::new();
    for after in &runbook.pages {
        let was = before.iter().find(|page| page.page == after.page);
        if is_other(was, Some(after)) {
            changed.push(Changed { before: was.cloned(), after: Some(after.clone()) });
        }
    }
    for was in before.into_iter().filter(|was| runbook.page(&was.page).is_none()) {
        changed.push(Changed { before: Some(was), after: None });
    }
    Ok((runbook, changed))
}
