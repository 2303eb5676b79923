//! Writing a runbook: drafts that save themselves, and versions.

use chrono::{DateTime, Utc};
use domain::people::Role;
use domain::runbook::{self, FILE_LIMIT, Section, is_page_name};
use domain::search::Kind as Sought;
use domain::words::one_line;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::{MAIN, Page, find};
use crate::audit;
use crate::circles::{self, Member};
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::search;
use crate::services;
use crate::sources::runbooks::{PageChange, page_changed};

/// What a person is writing on a page.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Draft {
    pub content: String,
    /// The version of the page that it began with; 0 for a new page.
    pub based_on: i64,
    pub saved_at: DateTime<Utc>,
}

const DRAFT: &str = "
    SELECT content, based_on, saved_at FROM runbook_drafts
    WHERE circle = $1 AND service = $2 AND page = $3 AND person = $4";

/// What the one who asks was writing on a page.
pub async fn draft(db: &Db, who: &Who, circle: &str, service: &str, page: &str) -> Result<Option<Draft>> {
    writer(db, who, circle).await?;
    Ok(on!(db.read(), |pool| query_as(DRAFT)
        .bind(circle)
        .bind(service)
        .bind(page)
        .bind(&who.person)
        .fetch_optional(pool)
        .await?))
}

const SAVE_DRAFT: &str = "
    INSERT INTO runbook_drafts (circle, service, page, person, content, based_on, saved_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (circle, service, page, person) DO UPDATE
    SET content = excluded.content, based_on = excluded.based_on, saved_at = excluded.saved_at";

/// Keeps what is being written; only its writer sees it.
pub async fn save_draft(
    db: &Db,
    who: &Who,
    place: &Place<'_>,
    content: &str,
    based_on: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    writer(db, who, place.circle).await?;
    services::find(db, who, place.circle, place.service).await?;
    refuse_page(place.page)?;
    refuse_text(content)?;
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(SAVE_DRAFT)
        .bind(place.circle)
        .bind(place.service)
        .bind(place.page)
        .bind(&who.person)
        .bind(content)
        .bind(based_on)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    commit(tx).await
}

const DROP_DRAFT: &str =
    "DELETE FROM runbook_drafts WHERE circle = $1 AND service = $2 AND page = $3 AND person = $4";

/// Lets a draft go; the page stays as it is.
pub async fn drop_draft(db: &Db, who: &Who, place: &Place<'_>) -> Result<()> {
    writer(db, who, place.circle).await?;
    let mut tx = db.begin().await?;
    drop_draft_in(&mut tx, who, place).await?;
    commit(tx).await
}

async fn drop_draft_in(tx: &mut Tx, who: &Who, place: &Place<'_>) -> Result<()> {
    Ok(on!(tx, |tx| query(DROP_DRAFT)
        .bind(place.circle)
        .bind(place.service)
        .bind(place.page)
        .bind(&who.person)
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

/// One page of the runbook of one service.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub circle: &'a str,
    pub service: &'a str,
    pub page: &'a str,
}

/// Makes a version of a page, and lets the draft go; returns the version of the
/// runbook. The same text again makes none. Where somebody else has made one
/// since `based_on`, nothing is overwritten: the draft keeps the text.
pub async fn save(
    db: &Db,
    who: &Who,
    place: &Place<'_>,
    content: &str,
    based_on: i64,
    note: &str,
    now: DateTime<Utc>,
) -> Result<i64> {
    save_draft(db, who, place, content, based_on, now).await?;
    if content.trim().is_empty() {
        return Err(Error::refused(
            "content",
            "Write what the page says. To take a page away, use its own button.",
        ));
    }
    if note.chars().count() > 300 {
        return Err(Error::refused("note", "Keep it under 300 characters."));
    }
    let before = find(db, who, place.circle, place.service).await?;
    let known = before.page(place.page);
    if let Some(known) = known
        && known.content == content
    {
        drop_draft(db, who, place).await?;
        return Ok(before.version);
    }
    let mut tx = db.begin().await?;
    let version = next_version(&mut tx, place.circle, place.service, note.trim(), Some(who), now).await?;
    if version_of_page(&mut tx, place).await? != based_on {
        // The transaction is dropped, and with it the version.
        return Err(Error::refused(
            "content",
            "Somebody has changed this page since you began. Your text is kept as your draft: compare it with the \
             page, take over what is new, and save again.",
        ));
    }
    let path = known.map(|page| page.path.clone()).unwrap_or_default();
    let title = runbook::read(if path.is_empty() { place.page } else { &path }, content).title;
    let new = NewPage { page: place.page, path: &path, title: &title, content, is_removed: false };
    put_page(&mut tx, place.circle, place.service, version, &new, now).await?;
    drop_draft_in(&mut tx, who, place).await?;
    let subject = format!("{} {title}", place.service);
    audit::record(&mut tx, Some(place.circle), Some(&who.person), "changed a runbook", &subject, now).await?;
    commit(tx).await?;
    Ok(version)
}

/// Takes a page out of a runbook; earlier versions keep it.
pub async fn remove(db: &Db, who: &Who, place: &Place<'_>, now: DateTime<Utc>) -> Result<i64> {
    writer(db, who, place.circle).await?;
    let before = find(db, who, place.circle, place.service).await?;
    let known: &Page = before.page(place.page).ok_or(Error::NotFound)?;
    let mut tx = db.begin().await?;
    let note = format!("Took {} out", known.title);
    let version = next_version(&mut tx, place.circle, place.service, &note, Some(who), now).await?;
    let gone = NewPage {
        page: &known.page,
        path: &known.path,
        title: &known.title,
        content: &known.content,
        is_removed: true,
    };
    put_page(&mut tx, place.circle, place.service, version, &gone, now).await?;
    drop_draft_in(&mut tx, who, place).await?;
    let subject = format!("{} {}", place.service, known.title);
    audit::record(
        &mut tx,
        Some(place.circle),
        Some(&who.person),
        "took a page out of a runbook",
        &subject,
        now,
    )
    .await?;
    commit(tx).await?;
    Ok(version)
}

/// The one who asks, where an engineer or a leader is needed.
pub(super) async fn writer(db: &Db, who: &Who, circle: &str) -> Result<Member> {
    let member = circles::member(db, who, circle).await?;
    if member.role == Role::Reader { Err(Error::NotFound) } else { Ok(member) }
}

fn refuse_page(page: &str) -> Result<()> {
    if is_page_name(page) {
        return Ok(());
    }
    Err(Error::refused(
        "page",
        "Use letters, digits, hyphens and underscores, for example OrdersLatencyHigh.",
    ))
}

fn refuse_text(content: &str) -> Result<()> {
    if content.len() > FILE_LIMIT {
        let what =
            format!("Keep a page under {} KiB; describe alerts on pages of their own.", FILE_LIMIT / 1024);
        return Err(Error::Refused(vec![Problem::new("content", what)]));
    }
    Ok(())
}

const NEXT_VERSION: &str = "
    INSERT INTO runbooks (circle, service, version, changed_at)
    VALUES ($1, $2, 1, $3)
    ON CONFLICT (circle, service) DO UPDATE
    SET version = runbooks.version + 1, changed_at = excluded.changed_at
    RETURNING version";

const ADD_VERSION: &str = "
    INSERT INTO runbook_versions (circle, service, version, note, made_by, made_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Begins the next version; the runbook stays locked until the commit.
pub(super) async fn next_version(
    tx: &mut Tx,
    circle: &str,
    service: &str,
    note: &str,
    who: Option<&Who>,
    now: DateTime<Utc>,
) -> Result<i64> {
    let now = stored(now);
    let version: i64 = on!(&mut *tx, |tx| query_scalar(NEXT_VERSION)
        .bind(circle)
        .bind(service)
        .bind(now)
        .fetch_one(&mut **tx)
        .await?);
    on!(&mut *tx, |tx| query(ADD_VERSION)
        .bind(circle)
        .bind(service)
        .bind(version)
        .bind(note)
        .bind(who.map(|who| who.person.as_str()))
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    Ok(version)
}

const VERSION_OF_PAGE: &str = "
    SELECT version FROM runbook_pages
    WHERE circle = $1 AND service = $2 AND page = $3 AND NOT is_removed
      AND version = (SELECT max(q.version) FROM runbook_pages q
                     WHERE q.circle = $1 AND q.service = $2 AND q.page = $3)";

async fn version_of_page(tx: &mut Tx, place: &Place<'_>) -> Result<i64> {
    let version: Option<i64> = on!(&mut *tx, |tx| query_scalar(VERSION_OF_PAGE)
        .bind(place.circle)
        .bind(place.service)
        .bind(place.page)
        .fetch_optional(&mut **tx)
        .await?);
    Ok(version.unwrap_or(0))
}

/// A page as a version writes it.
pub(super) struct NewPage<'a> {
    pub page: &'a str,
    pub path: &'a str,
    pub title: &'a str,
    pub content: &'a str,
    pub is_removed: bool,
}

const ADD_PAGE: &str = "
    INSERT INTO runbook_pages (circle, service, page, version, path, title, content, is_removed)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const FORGET_ALERTS: &str = "DELETE FROM runbook_alerts WHERE circle = $1 AND service = $2 AND page = $3";

const ADD_ALERT: &str = "
    INSERT INTO runbook_alerts (circle, service, page, place, name, name_key, title, symptoms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (circle, service, page, place, name) DO NOTHING";

/// How much of an alert's text the search reads.
const SYMPTOMS: usize = 700;

/// Writes one page of a version, and what can be found of it.
pub(super) async fn put_page(
    tx: &mut Tx,
    circle: &str,
    service: &str,
    version: i64,
    new: &NewPage<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let title: String = new.title.chars().take(200).collect();
    let is = if new.is_removed { "" } else { new.content };
    let change = PageChange { circle, service, page: new.page, version, is };
    page_changed(tx, &change, now).await?;
    on!(&mut *tx, |tx| query(ADD_PAGE)
        .bind(circle)
        .bind(service)
        .bind(new.page)
        .bind(version)
        .bind(new.path)
        .bind(&title)
        .bind(new.content)
        .bind(new.is_removed)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    on!(&mut *tx, |tx| query(FORGET_ALERTS)
        .bind(circle)
        .bind(service)
        .bind(new.page)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let key = format!("{service}/{}", new.page);
    search::take_out_under(tx, circle, Sought::Alert, &format!("{key}/")).await?;
    if new.is_removed {
        return search::take_out(tx, circle, Sought::Runbook, &key).await;
    }
    let path = match new.page {
        MAIN => format!("/services/{service}/runbook"),
        page => format!("/services/{service}/runbook?page={page}"),
    };
    let entry = search::Entry {
        circle,
        kind: Sought::Runbook,
        key: &key,
        service: Some(service),
        path,
        title: &title,
        body: new.content,
    };
    search::put(tx, &entry, now).await?;
    put_alerts(tx, circle, service, new, now).await
}

async fn put_alerts(
    tx: &mut Tx,
    circle: &str,
    service: &str,
    new: &NewPage<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let document = runbook::read(if new.path.is_empty() { new.page } else { new.path }, new.content);
    for (place, alert) in document.alerts.iter().enumerate() {
        let says =
            [Section::Meaning, Section::Impact].map(|section| alert.body(new.content, section)).join(" ");
        let says = if says.trim().is_empty() { alert.rest(new.content) } else { says };
        let symptoms: String = one_line(&says).chars().take(SYMPTOMS).collect();
        for name in &alert.names {
            on!(&mut *tx, |tx| query(ADD_ALERT)
                .bind(circle)
                .bind(service)
                .bind(new.page)
                .bind(i64::try_from(place).unwrap_or(i64::MAX))
                .bind(name.as_str())
                .bind(name.to_lowercase())
                .bind(alert.title.as_str())
                .bind(&symptoms)
                .execute(&mut **tx)
                .await
                .map(drop))?;
            let entry = search::Entry {
                circle,
                kind: Sought::Alert,
                key: &format!("{service}/{}/{name}", new.page),
                service: Some(service),
                path: format!("/services/{service}/runbook"),
                title: name,
                body: &says,
            };
            search::put(tx, &entry, now).await?;
        }
    }
    Ok(())
}
