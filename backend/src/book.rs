//! The open book of a test: the runbooks and alerts of its services, open beside
//! a question while somebody sits, and what was opened.
//!
//! It is there for who sits an open-book test, while they sit. What was opened
//! is evidence on the documents, for the review; no mark reads it.

#[cfg(test)]
mod stories;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::alert::search;
use domain::book::{Evidence, Opening, evidence};
use domain::search::Sought;
use domain::source::Source;
use sqlx::{FromRow, query, query_as};

use crate::alerts;
use crate::attempts::{self, Found, Paper};
use crate::circles;
use crate::db::{Db, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::runbooks;

/// What can be looked up beside a question.
#[derive(Debug, Clone)]
pub struct Book {
    pub attempt: String,
    pub circle: String,
    pub round_name: String,
    /// The number of the question.
    pub slot: u16,
    /// The services that the test asks about, by name.
    pub services: Vec<OfService>,
}

/// What there is about one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfService {
    pub service: String,
    pub name: String,
    pub has_runbook: bool,
    /// Names and what is said of them in a line.
    pub alerts: Vec<(String, String)>,
}

/// The book beside a question, for who sits the attempt. A test that is not
/// open-book has none.
pub async fn read(db: &Db, who: &Who, attempt: &str, slot: u16, now: DateTime<Utc>) -> Result<Book> {
    let paper = sitting(db, who, attempt, slot, now).await?;
    let asked: BTreeSet<&str> =
        paper.slots.iter().filter_map(|slot| slot.question.split('/').next()).collect();
    let circles = circles::of_person(db, who).await?;
    let circle = circles.iter().find(|circle| circle.slug == paper.circle).ok_or(Error::NotFound)?;
    let described = alerts::of_circle(db, circle).await?;
    let standings = runbooks::of_circle(db, who, &paper.circle).await?;
    let services = standings.into_iter().filter(|it| asked.contains(it.service.as_str())).map(|standing| {
        let of_it = described.iter().filter(|alert| alert.service == standing.service);
        let mut alerts: Vec<(String, String)> =
            of_it.map(|alert| (alert.name.clone(), alert.symptoms.clone())).collect();
        alerts.dedup_by(|one, before| one.0 == before.0);
        OfService {
            service: standing.service,
            name: standing.service_name,
            has_runbook: standing.version > 0,
            alerts,
        }
    });
    let services = services.collect();
    Ok(Book { attempt: paper.id, circle: paper.circle, round_name: paper.round_name, slot, services })
}

/// The same, narrowed to what fits some words: an alert by its name or what is
/// said of it, typing errors and all, a runbook by anything that it says.
pub async fn find(
    db: &Db,
    who: &Who,
    attempt: &str,
    slot: u16,
    text: &str,
    now: DateTime<Utc>,
) -> Result<Book> {
    let mut book = read(db, who, attempt, slot, now).await?;
    let sought = Sought::of(text);
    if sought.is_empty() {
        return Ok(book);
    }
    for of in &mut book.services {
        let as_alert = |(name, says): &(String, String)| domain::alert::Sought {
            names: vec![name.clone()],
            symptoms: says.clone(),
            ..domain::alert::Sought::default()
        };
        let among: Vec<_> = of.alerts.iter().map(as_alert).collect();
        let near: BTreeSet<usize> = search(text, &among).into_iter().map(|found| found.n).collect();
        let mut n = 0;
        of.alerts.retain(|(name, says)| {
            n += 1;
            near.contains(&(n - 1)) || sought.is_in(&format!("{name} {says}"))
        });
        if of.has_runbook && !sought.is_in(&format!("{} runbook", of.name)) {
            let pages = runbooks::find(db, who, &book.circle, &of.service).await?.pages;
            of.has_runbook = pages.iter().any(|page| sought.is_in(&page.content));
        }
    }
    book.services.retain(|of| of.has_runbook || !of.alerts.is_empty());
    Ok(book)
}

async fn sitting(db: &Db, who: &Who, attempt: &str, slot: u16, now: DateTime<Utc>) -> Result<Paper> {
    match attempts::find(db, who, attempt, now).await? {
        Found::Sitting(paper) if paper.open_book && paper.slots.iter().any(|one| one.n == slot) => Ok(paper),
        _ => Err(Error::NotFound),
    }
}

const ADD: &str =
    "INSERT INTO book_openings (id, attempt, slot, source, opened_at) VALUES ($1, $2, $3, $4, $5)";

/// Notes that somebody goes to look something up for a question.
pub async fn look(db: &Db, who: &Who, attempt: &str, slot: u16, now: DateTime<Utc>) -> Result<()> {
    let paper = sitting(db, who, attempt, slot, now).await?;
    note(db, &paper.id, slot, "", now).await
}

/// Notes that somebody opens a page beside a question: a runbook or an alert
/// that stands in the book.
pub async fn open(
    db: &Db,
    who: &Who,
    attempt: &str,
    slot: u16,
    source: &Source,
    now: DateTime<Utc>,
) -> Result<Book> {
    let book = read(db, who, attempt, slot, now).await?;
    if !book.holds(source) {
        return Err(Error::NotFound);
    }
    note(db, &book.attempt, slot, &source.to_string(), now).await?;
    Ok(book)
}

impl Book {
    fn holds(&self, source: &Source) -> bool {
        self.services.iter().any(|of| match source {
            Source::Runbook { service, .. } => of.has_runbook && of.service == *service,
            Source::Alert(name) => of.alerts.iter().any(|(one, _)| one == name),
            _ => false,
        })
    }
}

async fn note(db: &Db, attempt: &str, slot: u16, source: &str, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(ADD)
        .bind(new_id())
        .bind(attempt)
        .bind(i64::from(slot))
        .bind(source)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    commit(tx).await
}

const BESIDE: &str = "
    SELECT o.attempt, o.source, o.opened_at
    FROM book_openings o
    JOIN slots s ON s.attempt = o.attempt AND s.n = o.slot
    JOIN attempts a ON a.id = o.attempt
    WHERE a.round = $1 AND s.question = $2
    ORDER BY o.opened_at, o.id";

/// What was looked up beside a question in a round, without names; for whoever
/// was asked already.
pub(crate) async fn beside(db: &Db, round: &str, question: &str) -> Result<Evidence> {
    let rows: Vec<Row> =
        on!(db.read(), |pool| query_as(BESIDE).bind(round).bind(question).fetch_all(pool).await?);
    let openings: Vec<Opening> = rows.into_iter().map(Opening::from).collect();
    Ok(evidence(&openings))
}

#[derive(FromRow)]
struct Row {
    attempt: String,
    source: String,
    opened_at: DateTime<Utc>,
}

impl From<Row> for Opening {
    fn from(row: Row) -> Opening {
        Opening {
            attempt: row.attempt,
            source: (!row.source.is_empty()).then_some(row.source),
            at: row.opened_at,
        }
    }
}
