//! What an incident says, for the index.

use chrono::{DateTime, Utc};
use domain::search::Kind;
use sqlx::{FromRow, query_as, query_scalar};

use super::{Entry, put};
use crate::db::{Tx, on};
use crate::error::Result;

const SAYS: &str = "
    SELECT circle, number, title, service, alert_name || ' ' || impact || ' ' || resolution AS body
    FROM incidents
    WHERE id = $1";

/// What people wrote; what senders and clocks add is about instants.
const NOTES: &str = "
    SELECT words FROM timeline_entries
    WHERE incident = $1 AND person IS NOT NULL
    ORDER BY turn DESC
    LIMIT 50";

/// Puts what an incident says now into the search.
pub(crate) async fn put_incident(tx: &mut Tx, incident: &str, now: DateTime<Utc>) -> Result<()> {
    let says: Says = on!(&mut *tx, |tx| query_as(SAYS).bind(incident).fetch_one(&mut **tx).await?);
    let notes: Vec<String> =
        on!(&mut *tx, |tx| query_scalar(NOTES).bind(incident).fetch_all(&mut **tx).await?);
    let key = format!("INC-{}", says.number);
    let entry = Entry {
        circle: &says.circle,
        kind: Kind::Incident,
        key: &key,
        service: says.service.as_deref(),
        path: format!("/incidents/{key}"),
        title: &says.title,
        body: &format!("{}\n{}", says.body, notes.join("\n")),
    };
    put(tx, &entry, now).await
}

#[derive(FromRow)]
struct Says {
    circle: String,
    number: i64,
    title: String,
    service: Option<String>,
    body: String,
}
