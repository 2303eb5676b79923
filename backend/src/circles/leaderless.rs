//! Circles whose leaders have all been disabled, and who leads them next.

use chrono::{DateTime, Utc};
use domain::people::Role;
use sqlx::{FromRow, query, query_as};

use super::members::{SET_ROLE, join, lock, n_leaders};
use crate::audit;
use crate::db::{Db, commit, on};
use crate::error::{Error, Result};
use crate::people::{self, Who};

/// A circle that nobody leads who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Leaderless {
    pub slug: String,
    pub name: String,
}

const LEADERLESS: &str = "
    SELECT c.slug, c.name
    FROM circles c
    WHERE NOT EXISTS (
        SELECT 1
        FROM members m
        JOIN people p ON p.id = m.person
        WHERE m.circle = c.slug AND m.role = 'leader' AND m.left_at IS NULL AND p.disabled_at IS NULL)
    ORDER BY c.slug";

/// The circles that wait for an administrator to appoint a leader.
pub async fn leaderless(db: &Db, who: &Who) -> Result<Vec<Leaderless>> {
    people::administrator(who)?;
    Ok(on!(db.read(), |pool| query_as(LEADERLESS).fetch_all(pool).await?))
}

/// Makes somebody the leader of a circle that has none, by an administrator.
pub async fn appoint_leader(
    db: &Db,
    who: &Who,
    circle: &str,
    person: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    people::administrator(who)?;
    let mut tx = db.begin().await?;
    lock(&mut tx, circle).await?;
    if n_leaders(&mut tx, circle, "").await? > 0 {
        return Err(Error::NotFound);
    }
    let appointed = people::find(&mut tx, person).await?;
    if appointed.disabled_at.is_some() {
        return Err(Error::refused("person", "This account is disabled."));
    }
    join(&mut tx, circle, person, Role::Leader, now).await?;
    on!(&mut tx, |tx| query(SET_ROLE)
        .bind(circle)
        .bind(person)
        .bind(Role::Leader.as_str())
        .execute(&mut **tx)
        .await
        .map(drop))?;
    audit::record(&mut tx, Some(circle), Some(&who.person), "appointed a leader", &appointed.email, now)
        .await?;
    commit(tx).await
}

#[cfg(test)]
mod tests {
    use domain::people::Role::{Engineer, Leader};

    use super::*;
    use crate::circles::leader;
    use crate::people::disable;
    use crate::testing::{ada, circle_with, fresh_db, noon, person};

    #[tokio::test]
    async fn an_administrator_appoints_a_leader_only_where_there_is_none() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
        let max = person(&db, "max").await;

        assert_eq!(leaderless(&db, &ada).await.unwrap(), []);
        assert!(matches!(
            appoint_leader(&db, &ada, "orders", &max.person, noon()).await,
            Err(Error::NotFound)
        ));
        disable(&db, &ada, &leo.person, noon()).await.unwrap();

        assert_eq!(leaderless(&db, &ada).await.unwrap()[0].slug, "orders");
        assert!(matches!(leaderless(&db, &max).await, Err(Error::NotFound)));
        assert!(matches!(
            appoint_leader(&db, &max, "orders", &max.person, noon()).await,
            Err(Error::NotFound)
        ));
        appoint_leader(&db, &ada, "orders", &eve.person, noon()).await.unwrap();
        assert!(leader(&db, &eve, "orders").await.is_ok());
    }
}
