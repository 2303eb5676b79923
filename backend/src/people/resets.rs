//! One-time links with which a person who forgot it chooses a new password.
//!
//! Whoever makes a link could use it, so it must not open more than they see
//! already. A leader makes one only for a person whose circles they all lead,
//! who is no administrator, and outside the demo, where anybody may enter as
//! the leader. Administrators make one for anybody. The same is asked again
//! when the link is used: who has lost the right meanwhile, or whose person
//! has joined another circle, holds a dead link.

use chrono::{DateTime, TimeDelta, Utc};
use rand::CryptoRng;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::{Person, SignedIn, Who, administrator, find};
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Result};
use crate::{audit, circles, passwords, token};

const LASTS: TimeDelta = TimeDelta::hours(24);

/// Whose password a link sets.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ResetOwner {
    pub name: String,
    pub email: String,
}

/// Makes a link for a member of a circle, by its leader; returns the token.
pub async fn make_reset_link(
    db: &Db,
    who: &Who,
    circle: &str,
    person: &str,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<String> {
    circles::leader(db, who, circle).await?;
    let token = token::new_token(rng);
    let mut tx = db.begin().await?;
    let owner = circles::find_member(&mut tx, circle, person).await?;
    make(&mut tx, who, Some(circle), &owner, &token, now).await?;
    commit(tx).await?;
    Ok(token)
}

/// Makes a link for anybody, by an administrator; returns the token.
pub async fn make_reset_link_as_administrator(
    db: &Db,
    who: &Who,
    person: &str,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<String> {
    administrator(who)?;
    let token = token::new_token(rng);
    let mut tx = db.begin().await?;
    let owner = find(&mut tx, person).await?;
    make(&mut tx, who, None, &owner, &token, now).await?;
    commit(tx).await?;
    Ok(token)
}

const MAKE: &str = "
    INSERT INTO password_resets (token_hash, person, made_by, expires_at)
    VALUES ($1, $2, $3, $4)";
const HAS_PASSWORD: &str = "SELECT password_hash IS NOT NULL FROM people WHERE id = $1";

async fn make(
    tx: &mut Tx,
    who: &Who,
    circle: Option<&str>,
    owner: &Person,
    token: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let refuse = |why: &str| Err(Error::refused("", why));
    if owner.person == who.person {
        return refuse("Change your own password on the page of your account.");
    }
    if owner.disabled_at.is_some() {
        return refuse("This account is disabled.");
    }
    let has_password: bool =
        on!(&mut *tx, |tx| query_scalar(HAS_PASSWORD).bind(&owner.person).fetch_one(&mut **tx).await?);
    if !has_password {
        return refuse("This account has no password.");
    }
    end_all(tx, &owner.person, now).await?;
    on!(&mut *tx, |tx| query(MAKE)
        .bind(token::hash(token))
        .bind(&owner.person)
        .bind(&who.person)
        .bind(stored(now + LASTS))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    if live(tx, token, now).await?.is_none() {
        return refuse("Only an administrator can make this link.");
    }
    audit::record(tx, circle, Some(&who.person), "made a link for a new password", &owner.email, now).await
}

/// A link that counts: neither used nor too old, and made by somebody who may
/// still make it.
const LIVE: &str = "
    SELECT p.id, p.name, p.email
    FROM password_resets r
    JOIN people p ON p.id = r.person
    JOIN people k ON k.id = r.made_by
    WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2
      AND p.disabled_at IS NULL AND k.disabled_at IS NULL
      AND (   k.administrator
           OR NOT p.administrator
              AND NOT EXISTS (
                  SELECT 1
                  FROM members m
                  JOIN circles c ON c.slug = m.circle
                  LEFT JOIN members l
                    ON l.circle = m.circle AND l.person = k.id AND l.role = 'leader' AND l.left_at IS NULL
                  WHERE m.person = p.id AND m.left_at IS NULL AND (l.person IS NULL OR c.is_demo)))";

#[derive(FromRow)]
struct OwnerRow {
    id: String,
    name: String,
    email: String,
}

async fn live(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<Option<OwnerRow>> {
    Ok(on!(tx, |tx| query_as(LIVE)
        .bind(token::hash(token))
        .bind(stored(now))
        .fetch_optional(&mut **tx)
        .await?))
}

/// Whose password the link sets; `None` if it is dead.
pub async fn reset_owner(db: &Db, token: &str, now: DateTime<Utc>) -> Result<Option<ResetOwner>> {
    let row: Option<OwnerRow> = on!(db.read(), |pool| query_as(LIVE)
        .bind(token::hash(token))
        .bind(stored(now))
        .fetch_optional(pool)
        .await?);
    Ok(row.map(|row| ResetOwner { name: row.name, email: row.email }))
}

const USE: &str = "UPDATE password_resets SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
const SET_PASSWORD: &str = "
    UPDATE people
    SET password_hash = $2, epoch = epoch + 1
    WHERE id = $1 AND disabled_at IS NULL
    RETURNING id AS person, epoch";

/// Sets the password with a link, once, and ends all sessions.
pub async fn reset(db: &Db, token: &str, new_password: &str, now: DateTime<Utc>) -> Result<SignedIn> {
    let owner = reset_owner(db, token, now).await?.ok_or(Error::NotFound)?;
    if let Some(problem) = passwords::problem(new_password, &owner.email, &owner.name) {
        return Err(Error::Refused(vec![problem]));
    }
    let hash = passwords::hash(new_password).await?;

    let mut tx = db.begin().await?;
    let owner = take(&mut tx, token, now).await?;
    let signed_in: Option<SignedIn> = on!(&mut tx, |tx| query_as(SET_PASSWORD)
        .bind(&owner.id)
        .bind(&hash)
        .fetch_optional(&mut **tx)
        .await?);
    let signed_in = signed_in.ok_or(Error::NotFound)?;
    end_all(&mut tx, &owner.id, now).await?;
    audit::record(&mut tx, None, Some(&owner.id), "chose a new password by a link", &owner.email, now)
        .await?;
    commit(tx).await?;
    Ok(signed_in)
}

/// Uses a link up: of several at once, one finds it.
async fn take(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<OwnerRow> {
    let owner = live(tx, token, now).await?.ok_or(Error::NotFound)?;
    let n_used = on!(tx, |tx| query(USE)
        .bind(token::hash(token))
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_used == 1 { Ok(owner) } else { Err(Error::NotFound) }
}

const END_ALL: &str = "UPDATE password_resets SET used_at = $2 WHERE person = $1 AND used_at IS NULL";

/// Ends the links that are still open for a person.
pub(super) async fn end_all(tx: &mut Tx, person: &str, now: DateTime<Utc>) -> Result<()> {
    Ok(on!(tx, |tx| query(END_ALL).bind(person).bind(stored(now)).execute(&mut **tx).await.map(drop))?)
}

#[cfg(test)]
mod tests {
    use domain::people::Role::{Engineer, Leader};

    use super::*;
    use crate::people::{disable, sign_in, who};
    use crate::testing::{PASSWORD, ada, all_at_once, circle_with, dice, fresh_db, noon, run_sql};

    const NEW: &str = "staple of the horse";

    async fn link(db: &Db, who: &Who, person: &Who) -> Result<String> {
        make_reset_link(db, who, "orders", &person.person, noon(), &mut dice()).await
    }

    #[tokio::test]
    async fn a_link_sets_a_new_password_once_and_ends_the_sessions() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;

        let token = link(&db, &leo, &eve).await.unwrap();
        assert_eq!(reset_owner(&db, &token, noon()).await.unwrap().unwrap().email, eve.email);
        let signed_in = reset(&db, &token, NEW, noon()).await.unwrap();

        assert_eq!(who(&db, &eve.person, 0).await.unwrap(), None);
        assert!(who(&db, &signed_in.person, signed_in.epoch).await.unwrap().is_some());
        assert!(sign_in(&db, &eve.email, NEW, "192.0.2.1", noon()).await.is_ok());
        assert!(sign_in(&db, &eve.email, PASSWORD, "192.0.2.1", noon()).await.is_err());
        assert_eq!(reset_owner(&db, &token, noon()).await.unwrap(), None);
        assert!(matches!(reset(&db, &token, NEW, noon()).await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn a_link_lasts_a_day_and_gives_way_to_a_newer_one() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
        let first = link(&db, &leo, &eve).await.unwrap();
        let second = link(&db, &leo, &eve).await.unwrap();

        let almost = noon() + LASTS - TimeDelta::milliseconds(1);
        assert!(reset_owner(&db, &first, noon()).await.unwrap().is_none());
        assert!(reset_owner(&db, &second, almost).await.unwrap().is_some());
        assert!(reset_owner(&db, &second, noon() + LASTS).await.unwrap().is_none());
        assert!(matches!(reset(&db, "", NEW, noon()).await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn a_link_used_many_times_at_once_works_once() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
        let token = link(&db, &leo, &eve).await.unwrap();

        let n_taken = all_at_once(&db, 8, async |tx, _| take(tx, &token, noon()).await.is_ok()).await;

        assert_eq!(n_taken, 1);
    }

    #[tokio::test]
    async fn a_weak_password_leaves_the_link_alive() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
        let token = link(&db, &leo, &eve).await.unwrap();

        assert!(matches!(reset(&db, &token, "short", noon()).await, Err(Error::Refused(_))));
        assert!(reset(&db, &token, NEW, noon()).await.is_ok());
    }

    #[tokio::test]
    async fn a_leader_takes_over_nobody_who_sees_more() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let people = [("leo", Leader), ("eve", Engineer), ("max", Engineer), ("ada", Engineer)];
        let [leo, eve, max, _] = circle_with(&db, "orders", people).await;
        let [_, mia] = circle_with(&db, "stock", [("max", Leader), ("mia", Engineer)]).await;

        for (stranger, person) in [(&leo, &mia), (&eve, &max), (&max, &eve)] {
            assert!(matches!(link(&db, stranger, person).await, Err(Error::NotFound)));
        }
        for person in [&max, &ada, &leo] {
            assert!(matches!(link(&db, &leo, person).await, Err(Error::Refused(_))), "{person:?}");
        }
        assert!(link(&db, &leo, &eve).await.is_ok());
        let by_leo = make_reset_link_as_administrator(&db, &leo, &eve.person, noon(), &mut dice()).await;
        assert!(matches!(by_leo, Err(Error::NotFound)));
        for person in [&max, &mia, &leo] {
            let token =
                make_reset_link_as_administrator(&db, &ada, &person.person, noon(), &mut dice()).await;
            assert!(reset(&db, &token.unwrap(), NEW, noon()).await.is_ok());
        }
    }

    #[tokio::test]
    async fn a_link_dies_when_its_person_joins_another_circle_or_its_maker_goes() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let people = [("leo", Leader), ("eve", Engineer), ("max", Engineer)];
        let [leo, eve, max] = circle_with(&db, "orders", people).await;
        let for_eve = link(&db, &leo, &eve).await.unwrap();
        let for_max = link(&db, &leo, &max).await.unwrap();

        circle_with(&db, "stock", [("eve", Engineer)]).await;
        assert!(matches!(reset(&db, &for_eve, NEW, noon()).await, Err(Error::NotFound)));

        disable(&db, &ada, &leo.person, noon()).await.unwrap();
        assert!(matches!(reset(&db, &for_max, NEW, noon()).await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn in_the_demo_nobody_gets_a_link() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
        run_sql(&db, "UPDATE circles SET is_demo = TRUE WHERE slug = $1", "orders").await;

        assert!(matches!(link(&db, &leo, &eve).await, Err(Error::Refused(_))));
    }
}
