//! Everything that is written for the night, for the day when the platform
//! itself is down.

use sqlx::query_as;

use super::{Page, pages_at};
use crate::db::{Db, on};
use crate::error::Result;
use crate::services::Step;
use crate::services::path_of;

/// The runbook of one service, with whom to call.
#[derive(Debug, Clone)]
pub struct Written {
    pub circle: String,
    pub circle_name: String,
    pub service: String,
    pub service_name: String,
    pub version: i64,
    pub pages: Vec<Page>,
    pub steps: Vec<Step>,
}

const ALL: &str = "
    SELECT c.slug, c.name, s.slug, s.name, r.version
    FROM runbooks r
    JOIN services s ON s.circle = r.circle AND s.slug = r.service
    JOIN circles c ON c.slug = r.circle
    ORDER BY c.slug, s.slug";

/// Every runbook of every circle. For the command line, which asks nobody.
pub async fn everything(db: &Db) -> Result<Vec<Written>> {
    let rows: Vec<(String, String, String, String, i64)> =
        on!(db.read(), |pool| query_as(ALL).fetch_all(pool).await?);
    let mut all = Vec::new();
    for (circle, circle_name, service, service_name, version) in rows {
        let pages = pages_at(db, &circle, &service, version).await?;
        let steps = path_of(db, &circle, &service).await?;
        all.push(Written { circle, circle_name, service, service_name, version, pages, steps });
    }
    Ok(all)
}
