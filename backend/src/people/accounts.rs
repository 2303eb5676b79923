//! Accounts as an administrator sees them: who there is, who left, who is back.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, query, query_as, query_scalar};

use super::{Who, resets};
use crate::audit;
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Result};

/// A person as an administrator sees one.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Person {
    pub person: String,
    pub name: String,
    pub email: String,
    pub administrator: bool,
    pub disabled_at: Option<DateTime<Utc>>,
}

const LIST: &str = "SELECT id AS person, name, email, administrator, disabled_at FROM people";

/// Everybody, by name, for administrators.
pub async fn list(db: &Db, who: &Who) -> Result<Vec<Person>> {
    administrator(who)?;
    let mut people: Vec<Person> = on!(db.read(), |pool| query_as(LIST).fetch_all(pool).await?);
    people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.email.clone()));
    Ok(people)
}

const FIND: &str = "SELECT id AS person, name, email, administrator, disabled_at FROM people WHERE id = $1";
const DISABLE: &str = "UPDATE people SET disabled_at = $2, epoch = epoch + 1 WHERE id = $1";
const WITHDRAW_INVITATIONS: &str =
    "UPDATE invitations SET used_at = $2 WHERE invited_by = $1 AND used_at IS NULL";

/// Signs a leaver out everywhere, for good, by an administrator. What the
/// person did is kept; the invitations they sent are withdrawn.
///
/// A leader ends only the membership in the circle: `circles::remove_member`.
pub async fn disable(db: &Db, who: &Who, person: &str, now: DateTime<Utc>) -> Result<()> {
    administrator(who)?;
    let mut tx = db.begin().await?;
    lock_administrators(&mut tx).await?;
    let leaver = find(&mut tx, person).await?;
    if leaver.disabled_at.is_some() {
        return Ok(());
    }
    if leaver.administrator && n_administrators(&mut tx).await? == 1 {
        return Err(Error::refused("", "This is the only administrator left, so the account stays."));
    }
    for sql in [DISABLE, WITHDRAW_INVITATIONS] {
        on!(&mut tx, |tx| query(sql).bind(person).bind(stored(now)).execute(&mut **tx).await.map(drop))?;
    }
    resets::end_all(&mut tx, person, now).await?;
    audit::record(&mut tx, None, Some(&who.person), "disabled an account", &leaver.email, now).await?;
    commit(tx).await
}

/// Lets a disabled person sign in again, by an administrator.
pub async fn enable(db: &Db, who: &Who, person: &str, now: DateTime<Utc>) -> Result<()> {
    administrator(who)?;
    let mut tx = db.begin().await?;
    let returner = find(&mut tx, person).await?;
    if returner.disabled_at.is_none() {
        return Ok(());
    }
    on!(&mut tx, |tx| query("UPDATE people SET disabled_at = NULL WHERE id = $1")
        .bind(person)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    audit::record(&mut tx, None, Some(&who.person), "enabled an account", &returner.email, now).await?;
    commit(tx).await
}

/// To everyone else there is no such page.
pub(crate) fn administrator(who: &Who) -> Result<()> {
    if who.administrator { Ok(()) } else { Err(Error::NotFound) }
}

pub(crate) async fn find(tx: &mut Tx, person: &str) -> Result<Person> {
    let found: Option<Person> = on!(tx, |tx| query_as(FIND).bind(person).fetch_optional(&mut **tx).await?);
    found.ok_or(Error::NotFound)
}

/// Two administrators who disable each other wait for one another here: one
/// row, always the same, because nobody stops being an administrator.
async fn lock_administrators(tx: &mut Tx) -> Result<()> {
    const LOCK: &str = "
        UPDATE people SET epoch = epoch
        WHERE id = (SELECT min(id) FROM people WHERE administrator)";
    Ok(on!(tx, |tx| query(LOCK).execute(&mut **tx).await.map(drop))?)
}

async fn n_administrators(tx: &mut Tx) -> Result<i64> {
    const COUNT: &str = "SELECT count(*) FROM people WHERE administrator AND disabled_at IS NULL";
    Ok(on!(tx, |tx| query_scalar(COUNT).fetch_one(&mut **tx).await?))
}

#[cfg(test)]
mod tests {
    use domain::people::Role::{Engineer, Leader};

    use super::*;
    use crate::people::{sign_in, who};
    use crate::testing::{PASSWORD, ada, circle_with, fresh_db, noon, person, run_sql};

    const HOME: &str = "192.0.2.1";

    #[tokio::test]
    async fn a_disabled_person_is_out_until_enabled() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let [eve] = circle_with(&db, "orders", [("eve", Leader)]).await;

        disable(&db, &ada, &eve.person, noon()).await.unwrap();
        disable(&db, &ada, &eve.person, noon()).await.unwrap();

        assert_eq!(who(&db, &eve.person, 0).await.unwrap(), None);
        assert!(sign_in(&db, &eve.email, PASSWORD, HOME, noon()).await.is_err());
        enable(&db, &ada, &eve.person, noon()).await.unwrap();
        assert_eq!(who(&db, &eve.person, 0).await.unwrap(), None, "old sessions stay ended");
        assert!(sign_in(&db, &eve.email, PASSWORD, HOME, noon()).await.is_ok());
    }

    #[tokio::test]
    async fn people_are_listed_and_disabled_by_administrators_only() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;

        assert!(matches!(list(&db, &leo).await, Err(Error::NotFound)));
        assert!(matches!(disable(&db, &leo, &eve.person, noon()).await, Err(Error::NotFound)));
        assert!(matches!(enable(&db, &leo, &eve.person, noon()).await, Err(Error::NotFound)));
        assert!(matches!(disable(&db, &ada, "nobody", noon()).await, Err(Error::NotFound)));
        let names: Vec<_> = list(&db, &ada).await.unwrap().into_iter().map(|person| person.name).collect();
        assert_eq!(names, ["Ada", "Eve", "Leo"]);
    }

    #[tokio::test]
    async fn the_last_administrator_stays_even_when_two_disable_each_other() {
        for _ in 0..5 {
            let db = fresh_db().await;
            let ada = ada(&db).await;
            assert!(matches!(disable(&db, &ada, &ada.person, noon()).await, Err(Error::Refused(_))));
            let bob = person(&db, "bob").await;
            run_sql(&db, "UPDATE people SET administrator = TRUE WHERE id = $1", &bob.person).await;
            let bob = Who { administrator: true, ..bob };

            let (one, two) = tokio::join!(
                disable(&db, &ada, &bob.person, noon()),
                disable(&db, &bob, &ada.person, noon())
            );

            assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        }
    }
}
