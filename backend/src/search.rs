//! One search over what a circle knows.
//!
//! Whoever writes a record puts it here in the same transaction ([`put`]), and
//! takes it out when it goes ([`take_out`]): what was committed is found at
//! once, and nothing that was not. Questions are found by leaders alone. People
//! are not in the index; a circle is small enough to look through.

mod filling;
mod incidents;
mod index;
#[cfg(test)]
mod stories;

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use domain::people::Role;
use domain::search::{Kind, Sought, indexed, numbered, plain};
use sqlx::{FromRow, query};

use crate::circles::{self, Member, MemberOf};
use crate::db::{Db, Tx, on};
use crate::error::{Error, Result};
use crate::people::Who;

pub(crate) use filling::fill;
pub(crate) use incidents::put_incident;
pub(crate) use index::prepare;

/// A record as it is put into the index.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'e> {
    pub circle: &'e str,
    pub kind: Kind,
    /// Which one, within its kind: its number, slug or name.
    pub key: &'e str,
    /// The short name of the service it is about, if it is about one.
    pub service: Option<&'e str>,
    /// Its page, within the circle: `/actions/CA-7`.
    pub path: String,
    pub title: &'e str,
    /// Everything else that it says, in Markdown or plain.
    pub body: &'e str,
}

const PUT: &str = "
    INSERT INTO search_entries (n, circle, kind, key, service, path, title, body, leaders_only, title_words, body_words)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (circle, kind, key) DO UPDATE
    SET service = excluded.service, path = excluded.path, title = excluded.title, body = excluded.body,
        leaders_only = excluded.leaders_only, title_words = excluded.title_words, body_words = excluded.body_words";

/// Letters of a record that are indexed and shown.
const BODY_LIMIT: usize = 60_000;

/// Puts a record into the index, or what it says now in the place of what it
/// said before.
pub(crate) async fn put(tx: &mut Tx, entry: &Entry<'_>, now: DateTime<Utc>) -> Result<()> {
    let mut body = plain(entry.body);
    if let Some((end, _)) = body.char_indices().nth(BODY_LIMIT) {
        body.truncate(end);
    }
    // A key is what people say aloud, so it is found too.
    let title_words = indexed(&format!("{} {}", entry.title, entry.key));
    let body_words = indexed(&body);
    Ok(on!(tx, |tx| query(PUT)
        .bind(next_n(now))
        .bind(entry.circle)
        .bind(entry.kind.as_str())
        .bind(entry.key)
        .bind(entry.service)
        .bind(&entry.path)
        .bind(entry.title)
        .bind(&body)
        .bind(entry.kind.is_for_leaders())
        .bind(&title_words)
        .bind(&body_words)
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

const TAKE_OUT: &str = "DELETE FROM search_entries WHERE circle = $1 AND kind = $2 AND key = $3";

/// Takes a record out of the index.
pub(crate) async fn take_out(tx: &mut Tx, circle: &str, kind: Kind, key: &str) -> Result<()> {
    Ok(on!(tx, |tx| query(TAKE_OUT)
        .bind(circle)
        .bind(kind.as_str())
        .bind(key)
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

const TAKE_OUT_UNDER: &str = "
    DELETE FROM search_entries WHERE circle = $1 AND kind = $2 AND substr(key, 1, length($3)) = $3";

/// Takes everything of a kind out whose key begins so.
pub(crate) async fn take_out_under(tx: &mut Tx, circle: &str, kind: Kind, beginning: &str) -> Result<()> {
    Ok(on!(tx, |tx| query(TAKE_OUT_UNDER)
        .bind(circle)
        .bind(kind.as_str())
        .bind(beginning)
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

/// When 2026 began, in milliseconds of Unix time.
const YEAR_2026: i64 = 1_767_225_600_000;

/// A number that no other entry has, larger than those before: the milliseconds
/// since 2026 (they last until 2095), with 22 bits of chance behind
/// them so that two nodes do not meet, counted up within this process.
fn next_n(now: DateTime<Utc>) -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let chance = (uuid::Uuid::now_v7().as_u64_pair().1 & 0x3f_ffff).cast_signed();
    let from_clock = ((now.timestamp_millis() - YEAR_2026).max(0) << 22) | chance;
    let next = |last: i64| Some(from_clock.max(last + 1));
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or_default();
    from_clock.max(last + 1)
}

/// What somebody asks for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub text: String,
    pub kind: Option<Kind>,
    /// From 1.
    pub page: u32,
}

/// A record that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub kind: Kind,
    pub service: Option<String>,
    /// Within the circle.
    pub path: String,
    pub title: String,
    pub body: String,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub sought: Sought,
    /// The best first; the newest first where `is_many`.
    pub hits: Vec<Hit>,
    /// How many of each kind, without regard to the kind that was asked for;
    /// empty where `is_many`.
    pub kinds: Vec<(Kind, i64)>,
    /// How many there are of the kind that was asked for, at most [`MANY`].
    pub n: i64,
    /// Whether more than [`MANY`] records fit: then they are not weighed.
    pub is_many: bool,
}

/// Hits on a page.
pub const PAGE: usize = 20;

/// Where weighing and counting end.
pub const MANY: i64 = 2000;

/// The longest question, in letters.
pub const TEXT_LIMIT: usize = 200;

/// Everything in a circle that has all the words, for its members.
pub async fn find(db: &Db, who: &Who, circle: &str, asked: &Asked) -> Result<Found> {
    let member = circles::member(db, who, circle).await?;
    let text: String = asked.text.chars().take(TEXT_LIMIT).collect();
    let sought = Sought::of(&text);
    if sought.is_empty() {
        return Ok(Found::default());
    }
    let people = people(db, who, &member, &sought).await?;
    let scope = Scope { circle, leads: member.role == Role::Leader, kind: None };
    let counted = index::count(db, scope, &sought).await?;
    let n_all: i64 = counted.iter().map(|(_, n)| n).sum();
    if n_all > MANY {
        return many(db, Scope { kind: asked.kind, ..scope }, sought, people, asked.page).await;
    }
    let n_people = i64::try_from(people.len()).unwrap_or(i64::MAX);
    let mut kinds =
        counted.into_iter().map(|(kind, n)| Ok((read_kind(&kind)?, n))).collect::<Result<Vec<_>>>()?;
    kinds.push((Kind::Person, n_people));
    kinds.retain(|(_, n)| *n > 0);
    kinds.sort();
    let n =
        kinds.iter().filter(|(kind, _)| asked.kind.is_none_or(|asked| asked == *kind)).map(|(_, n)| n).sum();
    let mut hits =
        page(db, Scope { kind: asked.kind, ..scope }, &sought, people, asked.page, index::Order::Best)
            .await?;
    // What was asked for by its number stands before everything that has its
    // words: they all stand on the first page then, or nearly.
    if let Some((kind, key)) = numbered(&text).filter(|_| asked.page <= 1)
        && let Some(named) = index::named(db, Scope { kind: Some(kind), ..scope }, &key).await?
        && asked.kind.is_none_or(|asked| asked == kind)
    {
        hits.retain(|hit| hit.path != named.path);
        hits.insert(0, named);
        hits.truncate(PAGE);
    }
    Ok(Found { sought, hits, kinds, n, is_many: false })
}

/// More than anybody looks through: the newest, with nothing weighed.
async fn many(db: &Db, scope: Scope<'_>, sought: Sought, people: Vec<Hit>, at: u32) -> Result<Found> {
    let hits = page(db, scope, &sought, people, at, index::Order::Newest).await?;
    Ok(Found { sought, hits, kinds: Vec::new(), n: MANY, is_many: true })
}

/// Where one looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'s> {
    pub circle: &'s str,
    pub leads: bool,
    pub kind: Option<Kind>,
}

/// One page; the people stand before everything else.
async fn page(
    db: &Db,
    scope: Scope<'_>,
    sought: &Sought,
    people: Vec<Hit>,
    at: u32,
    order: index::Order,
) -> Result<Vec<Hit>> {
    let shows_people = scope.kind.is_none_or(|kind| kind == Kind::Person);
    let people = if shows_people { people } else { Vec::new() };
    // Nobody turns so many pages.
    let from = usize::try_from(at.clamp(1, 1000) - 1).unwrap_or_default() * PAGE;
    let mut hits: Vec<Hit> = people.iter().skip(from).take(PAGE).cloned().collect();
    if hits.len() < PAGE && scope.kind != Some(Kind::Person) {
        let (skip, take) = (from.saturating_sub(people.len()), PAGE - hits.len());
        hits.extend(index::hits(db, scope, sought, order, take, skip).await?);
    }
    Ok(hits)
}

async fn people(db: &Db, who: &Who, member: &Member, sought: &Sought) -> Result<Vec<Hit>> {
    let leads = member.role == Role::Leader;
    let all = circles::members(db, who, &member.circle).await?;
    let found = all.into_iter().filter(|one| sought.is_in(&one.name));
    Ok(found.map(|one| person(&one, leads)).collect())
}

fn person(one: &MemberOf, leads: bool) -> Hit {
    // Only leaders have a page about a member.
    let path = if leads { format!("/members/{}", one.person) } else { "/members".to_owned() };
    Hit {
        kind: Kind::Person,
        service: None,
        path,
        title: one.name.clone(),
        body: one.role.title().to_owned(),
    }
}

#[derive(FromRow)]
struct Row {
    kind: String,
    service: Option<String>,
    path: String,
    title: String,
    body: String,
}

impl TryFrom<Row> for Hit {
    type Error = Error;

    fn try_from(row: Row) -> Result<Hit> {
        Ok(Hit {
            kind: read_kind(&row.kind)?,
            service: row.service,
            path: row.path,
            title: row.title,
            body: row.body,
        })
    }
}

fn read_kind(word: &str) -> Result<Kind> {
    Kind::parse(word).ok_or_else(|| Error::Corrupt(format!("kind {word}")))
}
