//! Wrong passwords are counted, so that nobody guesses for long.
//!
//! The counts stand in the database, so that many nodes count together. Three
//! rules hold, each over the last 15 minutes:
//!
//! - ten for one e-mail from one address: somebody guesses one password;
//! - fifty from one address: somebody tries many people;
//! - a hundred for one e-mail from anywhere, and one of them from this
//!   address: many addresses guess at one person. The person, who comes from
//!   an address that has not failed, still gets in.
//!
//! A try is counted before the password is looked at and taken back if it was
//! right, so that a volley of parallel tries gains nothing. Tries that are
//! turned away do not count: a person who waits is let in.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{query, query_scalar};

use crate::db::{Db, commit, new_id, on, stored};
use crate::error::{Error, Result};

const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// Failures after which the next try waits.
const PER_PAIR: i64 = 10;
const PER_ADDRESS: i64 = 50;
const PER_EMAIL: i64 = 100;

/// A try that counts as failed until it is taken back.
#[must_use = "a try that went well is taken back"]
#[derive(Debug)]
pub(crate) struct Try {
    id: String,
}

/// PostgreSQL counts what is committed, so parallel tries may pass a limit by
/// as many as write in the same millisecond; SQLite has one writer, and none.
const COUNT: &str = "
    INSERT INTO sign_in_failures (id, address, email, failed_at)
    SELECT $1, $2, $3, $4
    WHERE (SELECT count(*) FROM sign_in_failures WHERE email = $3 AND address = $2 AND failed_at > $5) < $6
      AND (SELECT count(*) FROM sign_in_failures WHERE address = $2 AND failed_at > $5) < $7
      AND (   (SELECT count(*) FROM sign_in_failures WHERE email = $3 AND failed_at > $5) < $8
           OR (SELECT count(*) FROM sign_in_failures WHERE address = $2 AND failed_at > $5) = 0)";

/// Counts a try, or says how long to wait. `address` is the network address
/// of the one who tries, `email` whom they say they are.
pub(crate) async fn count(db: &Db, email: &str, address: &str, now: DateTime<Utc>) -> Result<Try> {
    let address = neighbourhood(address);
    turn_away(db, email, &address, now).await?;

    let id = new_id();
    let mut tx = db.begin().await?;
    let n_counted = on!(&mut tx, |tx| query(COUNT)
        .bind(&id)
        .bind(&address)
        .bind(email)
        .bind(stored(now))
        .bind(stored(now - WINDOW))
        .bind(PER_PAIR)
        .bind(PER_ADDRESS)
        .bind(PER_EMAIL)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    commit(tx).await?;
    if n_counted == 1 {
        return Ok(Try { id });
    }
    // Others were quicker to the last free try.
    turn_away(db, email, &address, now).await?;
    Err(Error::TooManyTries { retry_after: Duration::from_secs(1) })
}

impl Try {
    /// The password was right, or nobody looked at it.
    pub(crate) async fn take_back(self, db: &Db) -> Result<()> {
        let mut tx = db.begin().await?;
        on!(&mut tx, |tx| query("DELETE FROM sign_in_failures WHERE id = $1")
            .bind(&self.id)
            .execute(&mut **tx)
            .await
            .map(drop))?;
        commit(tx).await
    }
}

/// Forgets what no rule counts any more; says how many.
pub async fn sweep(db: &Db, now: DateTime<Utc>) -> Result<u64> {
    let mut tx = db.begin().await?;
    let n_swept = on!(&mut tx, |tx| query("DELETE FROM sign_in_failures WHERE failed_at <= $1")
        .bind(stored(now - WINDOW))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    commit(tx).await?;
    Ok(n_swept)
}

/// When the failures were that fill the limits, the latest of them: the next
/// try waits until that one is 15 minutes old.
///
/// A count, not EXISTS: SQLite 3.51.3 miscounts an OFFSET beside EXISTS.
const FILLED_AT: &str = "
    SELECT max(failed_at)
    FROM (
        SELECT * FROM (
            SELECT failed_at FROM sign_in_failures
            WHERE email = $1 AND address = $2 AND failed_at > $3
            ORDER BY failed_at DESC LIMIT 1 OFFSET $4
        ) AS of_pair
        UNION ALL
        SELECT * FROM (
            SELECT failed_at FROM sign_in_failures
            WHERE address = $2 AND failed_at > $3
            ORDER BY failed_at DESC LIMIT 1 OFFSET $5
        ) AS of_address
        UNION ALL
        SELECT * FROM (
            SELECT failed_at FROM sign_in_failures
            WHERE email = $1 AND failed_at > $3
              AND (SELECT count(*) FROM sign_in_failures WHERE address = $2 AND failed_at > $3) > 0
            ORDER BY failed_at DESC LIMIT 1 OFFSET $6
        ) AS of_email
    ) AS filled";

async fn turn_away(db: &Db, email: &str, address: &str, now: DateTime<Utc>) -> Result<()> {
    let filled_at: Option<DateTime<Utc>> = on!(db.read(), |pool| query_scalar(FILLED_AT)
        .bind(email)
        .bind(address)
        .bind(stored(now - WINDOW))
        .bind(PER_PAIR - 1)
        .bind(PER_ADDRESS - 1)
        .bind(PER_EMAIL - 1)
        .fetch_one(pool)
        .await?);
    let Some(filled_at) = filled_at else {
        return Ok(());
    };
    let wait = (filled_at + WINDOW - now).to_std().unwrap_or_default();
    Err(Error::TooManyTries { retry_after: wait.max(Duration::from_secs(1)) })
}

/// A household has as many IPv6 addresses as it likes within one /64.
fn neighbourhood(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::JoinSet;

    use super::*;
    use crate::db::Either;
    use crate::testing::{fresh_db, noon};

    const EVE: &str = "eve@example.org";

    async fn fail(db: &Db, n: usize, email: &str, address: &str) {
        for _ in 0..n {
            let _ = count(db, email, address, noon()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn ten_wrong_passwords_for_one_person_from_one_address_make_the_eleventh_wait() {
        let db = fresh_db().await;
        fail(&db, 10, EVE, "192.0.2.1").await;

        let minutes = TimeDelta::minutes;
        let refused = count(&db, EVE, "192.0.2.1", noon() + minutes(5)).await;

        match refused {
            Err(Error::TooManyTries { retry_after }) => {
                assert_eq!(retry_after, Duration::from_secs(600))
            }
            other => panic!("{other:?}"),
        }
        assert!(count(&db, EVE, "192.0.2.2", noon()).await.is_ok());
        assert!(count(&db, "bob@example.org", "192.0.2.1", noon()).await.is_ok());
        assert!(count(&db, EVE, "192.0.2.1", noon() + minutes(15)).await.is_ok());
    }

    #[tokio::test]
    async fn fifty_wrong_passwords_from_one_address_make_it_wait_whoever_it_tries() {
        let db = fresh_db().await;
        for n in 0..50 {
            fail(&db, 1, &format!("p{n}@example.org"), "192.0.2.1").await;
        }

        assert!(matches!(count(&db, EVE, "192.0.2.1", noon()).await, Err(Error::TooManyTries { .. })));
        assert!(count(&db, EVE, "192.0.2.2", noon()).await.is_ok());
    }

    #[tokio::test]
    async fn many_addresses_against_one_person_get_one_guess_each_and_the_person_gets_in() {
        let db = fresh_db().await;
        for n in 0..20 {
            fail(&db, 5, EVE, &format!("192.0.2.{n}")).await;
        }

        for n in 0..20 {
            let again = count(&db, EVE, &format!("192.0.2.{n}"), noon()).await;
            assert!(matches!(again, Err(Error::TooManyTries { .. })));
        }
        fail(&db, 1, EVE, "198.51.100.1").await;
        assert!(matches!(count(&db, EVE, "198.51.100.1", noon()).await, Err(Error::TooManyTries { .. })));
        count(&db, EVE, "203.0.113.7", noon()).await.unwrap().take_back(&db).await.unwrap();
        assert!(count(&db, EVE, "203.0.113.7", noon()).await.is_ok());
    }

    #[tokio::test]
    async fn right_passwords_are_not_counted() {
        let db = fresh_db().await;
        for _ in 0..30 {
            count(&db, EVE, "192.0.2.1", noon()).await.unwrap().take_back(&db).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_volley_gets_no_more_tries_than_one_after_the_other() {
        let db = Arc::new(fresh_db().await);
        let mut volley = JoinSet::new();
        for _ in 0..60 {
            let db = db.clone();
            volley.spawn(async move { count(&db, EVE, "192.0.2.1", noon()).await.is_ok() });
        }

        let n_let_through = volley.join_all().await.into_iter().filter(|ok| *ok).count();

        let in_flight = match db.read() {
            Either::Sqlite(_) => 1,
            Either::Postgres(pool) => pool.options().get_max_connections(),
        };
        assert!((10..10 + in_flight as usize).contains(&n_let_through), "{n_let_through}");
    }

    #[tokio::test]
    async fn the_addresses_of_one_household_count_as_one() {
        let db = fresh_db().await;
        for n in 0..10 {
            fail(&db, 1, EVE, &format!("2001:db8:0:1::{n:x}")).await;
        }

        assert!(count(&db, EVE, "2001:db8:0:1:ffff::1", noon()).await.is_err());
        assert!(count(&db, EVE, "2001:db8:0:2::1", noon()).await.is_ok());
        assert_eq!(neighbourhood("::ffff:192.0.2.1"), "192.0.2.1");
    }

    #[tokio::test]
    async fn what_no_rule_counts_is_swept() {
        let db = fresh_db().await;
        fail(&db, 3, EVE, "192.0.2.1").await;

        assert_eq!(sweep(&db, noon() + TimeDelta::minutes(14)).await.unwrap(), 0);
        assert_eq!(sweep(&db, noon() + TimeDelta::minutes(15)).await.unwrap(), 3);
    }
}
