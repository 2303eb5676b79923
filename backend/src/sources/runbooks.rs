//! A page of a runbook changes: what in it is a source of questions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::runbook;
use domain::source::headings;
use sqlx::query_scalar;

use super::{Change, changed};
use crate::db::{Tx, on};
use crate::error::Result;

/// A page of a runbook that is about to say something else.
pub(crate) struct PageChange<'a> {
    pub circle: &'a str,
    pub service: &'a str,
    pub page: &'a str,
    /// The version that is being made.
    pub version: i64,
    /// Empty where the page is taken out.
    pub is: &'a str,
}

const BEFORE: &str = "
    SELECT content FROM runbook_pages
    WHERE circle = $1 AND service = $2 AND page = $3 AND NOT is_removed
      AND version = (SELECT max(q.version) FROM runbook_pages q
                     WHERE q.circle = $1 AND q.service = $2 AND q.page = $3 AND q.version < $4)";

/// Puts the questions on "check me" that rest on a section or an alert of the
/// page which now says something else. A page that is new changes nothing.
pub(crate) async fn page_changed(tx: &mut Tx, change: &PageChange<'_>, now: DateTime<Utc>) -> Result<()> {
    let PageChange { circle, service, page, version, is } = *change;
    let was: Option<String> = on!(&mut *tx, |tx| query_scalar(BEFORE)
        .bind(circle)
        .bind(service)
        .bind(page)
        .bind(version)
        .fetch_optional(&mut **tx)
        .await?);
    let Some(was) = was.filter(|was| was != is) else { return Ok(()) };
    let (from, to) = (format!("version {}", version - 1), format!("version {version}"));
    let (before, after) = (parts(service, page, &was), parts(service, page, is));
    for (source, was) in &before {
        let is = after.get(source).map(String::as_str).unwrap_or_default();
        let change = Change { source, from: &from, to: &to, was, is };
        changed(tx, circle, &change, now).await?;
    }
    Ok(())
}

/// What each source in a page says: the whole, each heading, each alert.
fn parts(service: &str, page: &str, text: &str) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    parts.insert(format!("runbook:{service}"), text.to_owned());
    for (slug, words) in headings(text) {
        parts.entry(format!("runbook:{service}#{slug}")).or_insert(words);
    }
    let document = runbook::read(page, text);
    for &section in runbook::Kind::Service.sections() {
        let words = document.body(text, section);
        if !words.is_empty() {
            parts.insert(format!("runbook:{service}#{}", section.slug()), words);
        }
    }
    for alert in &document.alerts {
        let mut words: Vec<String> =
            runbook::Section::OF_ALERT.iter().map(|section| alert.body(text, *section)).collect();
        words.push(alert.rest(text));
        words.retain(|words| !words.is_empty());
        for name in &alert.names {
            parts.insert(format!("alert:{name}"), words.join("\n\n"));
        }
    }
    parts
}
