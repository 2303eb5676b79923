//! The alerts that the runbook of a service describes.

use sqlx::query_scalar;

use crate::circles;
use crate::db::{Db, on};
use crate::error::Result;
use crate::people::Who;

const NAMES: &str = "
    SELECT DISTINCT name FROM runbook_alerts
    WHERE circle = $1 AND service = $2
    ORDER BY name";

/// Their names, for the members of its circle.
pub async fn alert_names(db: &Db, who: &Who, circle: &str, service: &str) -> Result<Vec<String>> {
    circles::member(db, who, circle).await?;
    Ok(on!(db.read(), |pool| query_scalar(NAMES).bind(circle).bind(service).fetch_all(pool).await?))
}
