//! Writing a document, and saying that it is still true.

use chrono::{DateTime, NaiveDate, Utc};
use domain::action::day_in;
use domain::document::Kind;
use domain::people::Role;
use domain::search;
use sqlx::query;

use super::{Form, find};
use crate::circles::{self, Member};
use crate::db::{Db, Tx, commit, is_taken, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::services::Service;
use crate::{audit, search as found};

/// A document as somebody writes it down. The name of a field is that of its
/// problem.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// A word of [`Form`].
    pub form: String,
    /// Of each form its own text; only that of the chosen one counts.
    pub page: String,
    pub link: String,
    pub reason: String,
    /// YYYY-MM-DD; empty for never.
    pub tried_on: String,
}

/// Whether somebody may write documents.
pub fn may_write(role: Role) -> bool {
    role != Role::Reader
}

async fn writer(db: &Db, who: &Who, circle: &str) -> Result<Member> {
    let member = circles::member(db, who, circle).await?;
    if may_write(member.role) { Ok(member) } else { Err(Error::NotFound) }
}

const ADD: &str = "
    INSERT INTO document_versions (circle, service, kind, version, form, body, tried_on, made_by, made_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Writes the next version of a document, by an engineer or a leader. `version`
/// is the one that was changed, 0 where there was none.
#[allow(clippy::too_many_arguments, reason = "which document, which version, and what it says now")]
pub async fn write(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    kind: Kind,
    version: i64,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<()> {
    let member = writer(db, who, circle).await?;
    let (service, before, _) = find(db, who, circle, service, kind, now).await?;
    if before.document.as_ref().map_or(0, |document| document.version) != version {
        return Err(changed_meanwhile());
    }
    let today = day_in(now, &member.circle_zone);
    let (form, body, tried_on) = check(kind, draft, today)?;
    let mut tx = db.begin().await?;
    let added = on!(&mut tx, |tx| query(ADD)
        .bind(circle)
        .bind(&service.slug)
        .bind(kind.as_str())
        .bind(version + 1)
        .bind(form.as_str())
        .bind(&body)
        .bind(tried_on.map(|day| day.to_string()).unwrap_or_default())
        .bind(&who.person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop));
    match added {
        Err(why) if is_taken(&why) => return Err(changed_meanwhile()),
        added => added?,
    }
    index(&mut tx, circle, &service, kind, &body, now).await?;
    let subject = format!("{}: {}", service.name, kind.title());
    audit::record(&mut tx, Some(circle), Some(&who.person), "wrote a document", &subject, now).await?;
    commit(tx).await
}

async fn index(
    tx: &mut Tx,
    circle: &str,
    service: &Service,
    kind: Kind,
    body: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let entry = found::Entry {
        circle,
        kind: search::Kind::Document,
        key: &format!("{}/{}", service.slug, kind.as_str()),
        service: Some(&service.slug),
        path: format!("/services/{}/documents/{}", service.slug, kind.as_str()),
        title: &format!("{}, {}", kind.title(), service.name),
        body,
    };
    found::put(tx, &entry, now).await
}

fn changed_meanwhile() -> Error {
    Error::refused("", "Somebody changed this document meanwhile. Open it again in another tab to see how.")
}

const CHECK: &str = "
    INSERT INTO document_checks (id, circle, service, kind, version, tried_on, checked_by, checked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Says that a document is still true, by an engineer or a leader, and on which
/// day it was tried out last; an empty day leaves that as it was.
#[allow(clippy::too_many_arguments, reason = "which document, which version, and what was found")]
pub async fn confirm(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    kind: Kind,
    version: i64,
    tried_on: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let member = writer(db, who, circle).await?;
    let (service, before, _) = find(db, who, circle, service, kind, now).await?;
    let document = before.document.ok_or(Error::NotFound)?;
    if document.version != version {
        return Err(changed_meanwhile());
    }
    let day = trial_day(kind, tried_on, day_in(now, &member.circle_zone))
        .map_err(|what| Error::refused("tried_on", what))?;
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(CHECK)
        .bind(new_id())
        .bind(circle)
        .bind(&service.slug)
        .bind(kind.as_str())
        .bind(version)
        .bind(day.or(document.tried_on).map(|day| day.to_string()).unwrap_or_default())
        .bind(&who.person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let subject = format!("{}: {}", service.name, kind.title());
    audit::record(&mut tx, Some(circle), Some(&who.person), "checked a document", &subject, now).await?;
    commit(tx).await
}

/// Characters of a page; more is not shown as Markdown.
const PAGE_LIMIT: usize = 60_000;
const LINE_LIMIT: usize = 1000;

/// The draft in order, or everything that stands against it.
fn check(kind: Kind, draft: &Draft, today: NaiveDate) -> Result<(Form, String, Option<NaiveDate>)> {
    let mut problems = Vec::new();
    let form = Form::parse(&draft.form);
    let body = match form {
        None => {
            problems.push(Problem::new("form", "Choose what it is."));
            String::new()
        }
        Some(Form::Page) => {
            let page = draft.page.trim_end();
            if page.trim().is_empty() || page.len() > PAGE_LIMIT {
                problems.push(Problem::new("page", "Write the page, in up to 60000 characters."));
            }
            page.to_owned()
        }
        Some(Form::Link) => {
            let link = draft.link.trim();
            if !is_web(link) || link.chars().count() > LINE_LIMIT {
                let what = "Enter an address that begins with https:// or http://";
                problems.push(Problem::new("link", what));
            }
            link.to_owned()
        }
        Some(Form::Unneeded) => {
            let reason = draft.reason.trim();
            if reason.is_empty() || reason.chars().count() > LINE_LIMIT {
                problems.push(Problem::new("reason", "Say in a sentence why this service needs none."));
            }
            reason.to_owned()
        }
    };
    let tried_on = trial_day(kind, &draft.tried_on, today).unwrap_or_else(|what| {
        problems.push(Problem::new("tried_on", what));
        None
    });
    match form {
        Some(form) if problems.is_empty() => Ok((form, body, tried_on)),
        _ => Err(Error::Refused(problems)),
    }
}

/// The day of the last trial, where the kind has one.
fn trial_day(kind: Kind, typed: &str, today: NaiveDate) -> Result<Option<NaiveDate>, &'static str> {
    let typed = typed.trim();
    if kind.trial().is_none() || typed.is_empty() {
        return Ok(None);
    }
    match typed.parse::<NaiveDate>() {
        Ok(day) if day > today => Err("This day is still to come. Enter the day on which it was tried."),
        Ok(day) if typed.len() == 10 => Ok(Some(day)),
        _ => Err("Enter a day, for example 2026-03-02."),
    }
}

/// A page shows it as a link, so it must not be a script.
fn is_web(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && !address.contains(char::is_whitespace)
}
