//! What is still to be done about a service.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::query_scalar;

use crate::actions::{self, Action};
use crate::db::{Db, on};
use crate::error::Result;
use crate::people::Who;

/// An action is about a service when it came from one of its questions, its
/// incidents or its postmortems, or from what somebody said of its runbook; when
/// somebody gave it the short name of the service as a label; or when its text of
/// origin leads to the service.
const ABOUT: &str = "
    SELECT a.id
    FROM actions a
    WHERE a.circle = $1 AND a.closed_at IS NULL
      AND (a.id IN (SELECT q.action FROM action_questions q
                    WHERE q.circle = $1 AND q.question LIKE $2 || '/%')
           OR a.id IN (SELECT l.action FROM action_labels l WHERE l.label = $2)
           OR a.origin_ref || '/' LIKE '%/services/' || $2 || '/%'
           OR (a.origin = 'runbook_remark' AND a.origin_ref LIKE 'runbook:' || $2 || '#%')
           OR a.origin_ref IN (SELECT '/circles/' || m.circle || '/postmortems/PM-' || CAST(m.number AS TEXT)
                               FROM postmortems m WHERE m.circle = $1 AND m.service = $2)
           OR a.origin_ref IN (SELECT '/circles/' || i.circle || '/incidents/INC-' || CAST(i.number AS TEXT)
                               FROM incidents i WHERE i.circle = $1 AND i.service = $2))";

/// The unfinished actions about a service, those to be done first, for the
/// members of its circle.
pub async fn open_actions(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Action>> {
    let all = actions::of_circle(db, who, circle, now).await?;
    let about: Vec<String> =
        on!(db.read(), |pool| query_scalar(ABOUT).bind(circle).bind(service).fetch_all(pool).await?);
    let about: HashSet<String> = about.into_iter().collect();
    let is_open = |action: &Action| action.state.is_unfinished() && about.contains(&action.id);
    Ok(all.all.into_iter().filter(is_open).collect())
}
