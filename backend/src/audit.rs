//! What was done, by whom and when: written in the transaction that did it.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, query, query_as};

use crate::circles;
use crate::db::{Db, Tx, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Entry {
    pub id: String,
    pub happened_at: DateTime<Utc>,
    /// The name of the one who did it; `None`: the program itself.
    pub person: Option<String>,
    /// In words, ready to be read: "made a reset link".
    pub what: String,
    pub subject: String,
}

/// Some entries, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// Whether older ones follow on the next page.
    pub more: bool,
}

/// Entries on a page.
pub const PAGE: usize = 50;

const RECORD: &str = "
    INSERT INTO audit (id, circle, person, what, subject, happened_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Adds an entry; it is kept if and only if the deed is.
pub(crate) async fn record(
    tx: &mut Tx,
    circle: Option<&str>,
    person: Option<&str>,
    what: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    Ok(on!(tx, |tx| query(RECORD)
        .bind(new_id())
        .bind(circle)
        .bind(person)
        .bind(what)
        .bind(subject)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

const OF_CIRCLE: &str = "
    SELECT a.id, a.happened_at, p.name AS person, a.what, a.subject
    FROM audit a
    LEFT JOIN people p ON p.id = a.person
    WHERE a.circle = $1
    ORDER BY a.happened_at DESC, a.id DESC
    LIMIT $2 OFFSET $3";

/// What was done in a circle, for its leaders. Pages count from 1.
pub async fn of_circle(db: &Db, who: &Who, circle: &str, page: u32) -> Result<Page> {
    circles::leader(db, who, circle).await?;
    let entries: Vec<Entry> = on!(db.read(), |pool| query_as(OF_CIRCLE)
        .bind(circle)
        .bind(LIMIT)
        .bind(offset(page))
        .fetch_all(pool)
        .await?);
    Ok(cut(entries))
}

const OF_INSTALLATION: &str = "
    SELECT a.id, a.happened_at, p.name AS person, a.what, a.subject
    FROM audit a
    LEFT JOIN people p ON p.id = a.person
    WHERE a.circle IS NULL
    ORDER BY a.happened_at DESC, a.id DESC
    LIMIT $1 OFFSET $2";

/// What was done outside all circles, for administrators. Pages count from 1.
pub async fn of_installation(db: &Db, who: &Who, page: u32) -> Result<Page> {
    if !who.administrator {
        return Err(Error::NotFound);
    }
    let entries: Vec<Entry> = on!(db.read(), |pool| query_as(OF_INSTALLATION)
        .bind(LIMIT)
        .bind(offset(page))
        .fetch_all(pool)
        .await?);
    Ok(cut(entries))
}

/// One more than is shown tells whether there are more.
const LIMIT: i64 = PAGE as i64 + 1;

fn offset(page: u32) -> i64 {
    i64::from(page.saturating_sub(1)) * PAGE as i64
}

fn cut(mut entries: Vec<Entry>) -> Page {
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    Page { entries, more }
}

#[cfg(test)]
mod tests {
    use domain::people::Role::{Engineer, Leader};

    use super::*;
    use crate::db::commit;
    use crate::testing::{ada, circle_with, fresh_db, noon};

    async fn note(db: &Db, circle: Option<&str>, person: Option<&str>, subject: &str) {
        let mut tx = db.begin().await.unwrap();
        record(&mut tx, circle, person, "noted", subject, noon()).await.unwrap();
        commit(tx).await.unwrap();
    }

    #[tokio::test]
    async fn the_newest_entries_come_first_fifty_to_a_page() {
        let db = fresh_db().await;
        let [leo] = circle_with(&db, "orders", [("leo", Leader)]).await;
        for n in 1..=51 {
            note(&db, Some("orders"), Some(&leo.person), &n.to_string()).await;
        }

        let first = of_circle(&db, &leo, "orders", 1).await.unwrap();
        let second = of_circle(&db, &leo, "orders", 2).await.unwrap();

        assert_eq!((first.entries.len(), first.more), (50, true));
        assert_eq!((second.entries.len(), second.more), (1, false));
        assert_eq!(second.entries[0].subject, "1");
        assert_eq!(second.entries[0].person.as_deref(), Some("Leo"));
        assert_eq!(of_circle(&db, &leo, "orders", u32::MAX).await.unwrap().entries, []);
    }

    #[tokio::test]
    async fn a_circles_entries_are_for_its_leaders_only() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
        let [lia] = circle_with(&db, "stock", [("lia", Leader)]).await;
        let ada = ada(&db).await;
        note(&db, Some("orders"), None, "swept").await;
        note(&db, None, None, "set up").await;

        for stranger in [&eve, &lia, &ada] {
            assert!(matches!(of_circle(&db, stranger, "orders", 1).await, Err(Error::NotFound)));
        }
        assert_eq!(of_circle(&db, &leo, "orders", 1).await.unwrap().entries.len(), 1);
        assert!(matches!(of_installation(&db, &leo, 1).await, Err(Error::NotFound)));
        assert_eq!(of_installation(&db, &ada, 1).await.unwrap().entries.len(), 1);
    }
}
