//! What is stored of postmortems.

use chrono::{DateTime, NaiveDate, Utc};
use domain::postmortem::{Number, Section, State};
use sqlx::{FromRow, query_as};

use super::{Event, Found, Listed, PAGE, Postmortem, Promise, Wanted};
use crate::circles::Member;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::questions::like;

/// Every column of [`Row`] from `postmortems m`.
macro_rules! columns {
    () => {
        "m.id, m.number, m.title, m.happened_on, m.service, m.incident, m.state, m.none_because,
         m.imported_from, m.revision, p.name AS made_by, m.made_at, m.changed_at, m.reviewed_at"
    };
}

const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    ", count(*) OVER () AS n_found
     FROM postmortems m
     LEFT JOIN people p ON p.id = m.made_by
     WHERE m.circle = $1 AND ($2 = '' OR m.state = $2) AND ($3 = '' OR m.service = $3)
       AND ($4 = '' OR m.words LIKE $4 ESCAPE '\\' OR 'pm-' || CAST(m.number AS TEXT) LIKE $4 ESCAPE '\\')
     ORDER BY CASE WHEN m.happened_on = '' THEN '0' ELSE m.happened_on END DESC, m.number DESC
     LIMIT $5 OFFSET $6"
);

const COUNT: &str = "SELECT count(*) FROM postmortems WHERE circle = $1";

pub(super) async fn of_circle(db: &Db, member: Member, wanted: &Wanted, page: u32) -> Result<Listed> {
    let circle = &member.circle;
    let first = i64::from(page.clamp(1, 10_000) - 1) * i64::from(PAGE);
    let rows: Vec<Counted> = on!(db.read(), |pool| query_as(LIST)
        .bind(circle)
        .bind(wanted.state.map_or("", State::as_str))
        .bind(&wanted.service)
        .bind(like(&wanted.text))
        .bind(i64::from(PAGE))
        .bind(first)
        .fetch_all(pool)
        .await?);
    let n_all: (i64,) = on!(db.read(), |pool| query_as(COUNT).bind(circle).fetch_one(pool).await?);
    let n_found = rows.first().map_or(0, |row| row.n_found);
    let rows = rows.into_iter().map(|row| row.row.read()).collect::<Result<_>>()?;
    Ok(Listed { member, rows, n_found, n_all: n_all.0 })
}

#[derive(FromRow)]
struct Counted {
    #[sqlx(flatten)]
    row: Row,
    n_found: i64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    number: i64,
    title: String,
    happened_on: String,
    service: String,
    incident: Option<i64>,
    state: String,
    none_because: String,
    imported_from: String,
    revision: i64,
    made_by: Option<String>,
    made_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    reviewed_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> Result<Postmortem> {
        Ok(Postmortem {
            id: self.id,
            number: Number(self.number),
            title: self.title,
            happened_on: day(&self.happened_on)?,
            service: self.service,
            incident: self.incident,
            state: state(&self.state)?,
            none_because: self.none_because,
            imported_from: self.imported_from,
            revision: self.revision,
            made_by: self.made_by,
            made_at: self.made_at,
            changed_at: self.changed_at,
            reviewed_at: self.reviewed_at,
        })
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Error::Corrupt(format!("day {text}"))),
    }
}

pub(super) fn state(text: &str) -> Result<State> {
    State::parse(text).ok_or_else(|| Error::Corrupt(format!("state {text}")))
}

const ONE: &str = concat!(
    "SELECT ",
    columns!(),
    ", m.original
     FROM postmortems m
     LEFT JOIN people p ON p.id = m.made_by
     WHERE m.circle = $1 AND m.number = $2"
);

#[derive(FromRow)]
struct Whole {
    #[sqlx(flatten)]
    row: Row,
    original: String,
}

const SECTIONS: &str = "SELECT section, words FROM postmortem_sections WHERE postmortem = $1";

const PEOPLE: &str = "
    SELECT p.id, p.name FROM postmortem_people a
    JOIN people p ON p.id = a.person
    WHERE a.postmortem = $1";

const PROMISES: &str = "
    SELECT line, n, words, owner, due, action FROM postmortem_promises
    WHERE postmortem = $1
    ORDER BY line, n";

const EVENTS: &str = "
    SELECT e.words, e.state, p.name AS person, e.happened_at
    FROM postmortem_events e
    LEFT JOIN people p ON p.id = e.person
    WHERE e.postmortem = $1
    ORDER BY e.turn";

/// One postmortem without its actions.
pub(super) async fn found(db: &Db, member: Member, number: Number) -> Result<Found> {
    let whole: Option<Whole> =
        on!(db.read(), |pool| query_as(ONE).bind(&member.circle).bind(number.0).fetch_optional(pool).await?);
    let Whole { row, original } = whole.ok_or(Error::NotFound)?;
    let postmortem = row.read()?;
    let id = &postmortem.id;
    let written: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(SECTIONS).bind(id).fetch_all(pool).await?);
    let words = |section: Section| {
        let found = written.iter().find(|(name, _)| name == section.as_str());
        (section, found.map(|(_, words)| words.clone()).unwrap_or_default())
    };
    let mut people: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(PEOPLE).bind(id).fetch_all(pool).await?);
    people.sort_by_cached_key(|(_, name)| name.to_lowercase());
    let promises: Vec<PromiseRow> =
        on!(db.read(), |pool| query_as(PROMISES).bind(id).fetch_all(pool).await?);
    let events: Vec<(String, String, Option<String>, DateTime<Utc>)> =
        on!(db.read(), |pool| query_as(EVENTS).bind(id).fetch_all(pool).await?);
    let event = |(words, after, person, happened_at): (String, String, Option<String>, DateTime<Utc>)| {
        Ok(Event { words, state: state(&after)?, person, happened_at })
    };
    Ok(Found {
        sections: Section::ALL.map(words).to_vec(),
        promises: promises.into_iter().map(PromiseRow::read).collect(),
        events: events.into_iter().map(event).collect::<Result<_>>()?,
        actions: Vec::new(),
        people,
        original,
        postmortem,
        member,
    })
}

#[derive(FromRow)]
struct PromiseRow {
    line: i64,
    n: i64,
    words: String,
    owner: String,
    due: String,
    action: Option<i64>,
}

impl PromiseRow {
    fn read(self) -> Promise {
        let PromiseRow { line, n, words, owner, due, action } = self;
        Promise { line, n, words, owner, due, action }
    }
}

const OF_INCIDENT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM postmortems m
     LEFT JOIN people p ON p.id = m.made_by
     WHERE m.circle = $1 AND m.incident = $2
     ORDER BY m.number LIMIT 1"
);

pub(super) async fn of_incident(db: &Db, circle: &str, incident: i64) -> Result<Option<Postmortem>> {
    let row: Option<Row> =
        on!(db.read(), |pool| query_as(OF_INCIDENT).bind(circle).bind(incident).fetch_optional(pool).await?);
    row.map(Row::read).transpose()
}

/// What another postmortem is compared by.
pub(super) struct Other {
    pub number: Number,
    pub title: String,
    pub words: String,
    pub promises: Vec<String>,
}

/// Earlier ones, the newest that are compared; more would take long on a page.
const COMPARED: &str = "
    SELECT id, number, title, substr(words, 1, 12000) AS words FROM postmortems
    WHERE circle = $1 AND number <> $2
      AND (number < $2 OR (happened_on <> '' AND happened_on < $3))
    ORDER BY number DESC LIMIT 300";

const PROMISED: &str = "
    SELECT m.number, a.title AS words
    FROM actions a
    JOIN postmortems m ON m.circle = a.circle
                      AND a.origin_ref = '/circles/' || m.circle || '/postmortems/PM-' || CAST(m.number AS TEXT)
    WHERE a.circle = $1 AND a.origin = 'postmortem'
    UNION ALL
    SELECT m.number, o.words
    FROM postmortem_promises o
    JOIN postmortems m ON m.id = o.postmortem
    WHERE m.circle = $1 AND o.action IS NULL";

pub(super) async fn to_compare(db: &Db, circle: &str, than: &Postmortem) -> Result<Vec<Other>> {
    let happened_on = than.happened_on.map(|day| day.to_string()).unwrap_or_default();
    let rows: Vec<(String, i64, String, String)> = on!(db.read(), |pool| query_as(COMPARED)
        .bind(circle)
        .bind(than.number.0)
        .bind(&happened_on)
        .fetch_all(pool)
        .await?);
    let promised: Vec<(i64, String)> =
        on!(db.read(), |pool| query_as(PROMISED).bind(circle).fetch_all(pool).await?);
    let other = |(_, number, title, words): (String, i64, String, String)| {
        let own = promised.iter().filter(|(of, _)| *of == number).map(|(_, words)| words.clone());
        Other { number: Number(number), title, words, promises: own.collect() }
    };
    Ok(rows.into_iter().map(other).collect())
}
