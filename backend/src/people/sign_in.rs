//! Signing in, with a password or into the demo.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, query_as};

use super::{SignedIn, names};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::{passwords, throttle};

const BY_EMAIL: &str = "
    SELECT id, epoch, password_hash
    FROM people
    WHERE email = $1 AND disabled_at IS NULL";

/// Signs in with e-mail and password. `address` is the network address that
/// asks. Whether the person is unknown or disabled or the password is wrong,
/// the answer and the time it takes are the same.
pub async fn sign_in(
    db: &Db,
    email: &str,
    password: &str,
    address: &str,
    now: DateTime<Utc>,
) -> Result<SignedIn> {
    let email = names::email(email);
    // What is no e-mail is nobody's: these tries count together.
    let guess = throttle::count(db, email.as_deref().unwrap_or("?"), address, now).await?;
    let signed_in = by_password(db, email.as_deref().unwrap_or_default(), password).await;
    if !matches!(signed_in, Ok(None)) {
        guess.take_back(db).await?;
    }
    signed_in?.ok_or_else(|| Error::refused("email", "The e-mail or the password is not right."))
}

async fn by_password(db: &Db, email: &str, password: &str) -> Result<Option<SignedIn>> {
    let row: Option<Row> = on!(db.read(), |pool| query_as(BY_EMAIL).bind(email).fetch_optional(pool).await?);
    let kept = row.as_ref().and_then(|row| row.password_hash.as_deref());
    let is_right = passwords::verify(password, kept).await?;
    Ok(row.filter(|_| is_right).map(|row| SignedIn { person: row.id, epoch: row.epoch }))
}

#[derive(FromRow)]
struct Row {
    id: String,
    epoch: i64,
    password_hash: Option<String>,
}

const OF_DEMO: &str = "
    SELECT p.id AS person, p.epoch
    FROM people p
    WHERE p.id = $1 AND p.password_hash IS NULL AND p.disabled_at IS NULL AND NOT p.administrator
      AND (SELECT count(*) FILTER (WHERE c.is_demo) > 0 AND count(*) FILTER (WHERE NOT c.is_demo) = 0
           FROM members m
           JOIN circles c ON c.slug = m.circle
           WHERE m.person = p.id AND m.left_at IS NULL)";

/// Becomes a person of the demo without a password: one who has none, belongs
/// to a demo circle and to no other, and administers nothing.
pub async fn enter_demo(db: &Db, person: &str) -> Result<SignedIn> {
    let found: Option<SignedIn> =
        on!(db.read(), |pool| query_as(OF_DEMO).bind(person).fetch_optional(pool).await?);
    found.ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use domain::people::Role::{Engineer, Leader};

    use super::*;
    use crate::passwords::N_WORKED;
    use crate::people::disable;
    use crate::testing::{PASSWORD, ada, circle_with, fresh_db, noon, person, run_sql};

    const HOME: &str = "192.0.2.1";

    #[tokio::test]
    async fn who_knows_the_password_is_signed_in() {
        let db = fresh_db().await;
        let eve = person(&db, "eve").await;

        let signed_in = sign_in(&db, " EVE@example.org ", PASSWORD, HOME, noon()).await.unwrap();

        assert_eq!(signed_in, SignedIn { person: eve.person, epoch: 0 });
    }

    #[tokio::test]
    async fn t32_unknown_wrong_and_disabled_are_told_the_same_after_the_same_work() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let [eve, bob] = [person(&db, "eve").await, person(&db, "bob").await];
        let demo = person(&db, "demo").await;
        disable(&db, &ada, &bob.person, noon()).await.unwrap();
        run_sql(&db, "UPDATE people SET password_hash = NULL WHERE id = $1", &demo.person).await;

        let tries = [
            (eve.email.as_str(), "a wrong password"),
            (eve.email.as_str(), ""),
            (eve.email.as_str(), "nul \0 password"),
            (bob.email.as_str(), PASSWORD),
            (demo.email.as_str(), PASSWORD),
            ("nobody@example.org", PASSWORD),
            ("no e-mail", PASSWORD),
            ("", ""),
            ("eve\0@example.org", PASSWORD),
        ];

        for (email, password) in tries {
            let (told, n_worked) = N_WORKED
                .scope(Cell::new(0), async {
                    let told = sign_in(&db, email, password, HOME, noon()).await;
                    (told, N_WORKED.with(Cell::get))
                })
                .await;
            match told {
                Err(Error::Refused(problems)) => {
                    assert_eq!(problems[0].what, "The e-mail or the password is not right.");
                }
                other => panic!("{email}: {other:?}"),
            }
            assert_eq!(n_worked, 1, "{email}: one password is compared, whoever it is");
        }
    }

    #[tokio::test]
    async fn after_ten_wrong_passwords_the_right_one_waits_but_not_from_elsewhere() {
        let db = fresh_db().await;
        let eve = person(&db, "eve").await;
        for _ in 0..10 {
            sign_in(&db, &eve.email, "a wrong password", HOME, noon()).await.unwrap_err();
        }

        let here = sign_in(&db, &eve.email, PASSWORD, HOME, noon()).await;
        let there = sign_in(&db, &eve.email, PASSWORD, "192.0.2.2", noon()).await;

        assert!(matches!(here, Err(Error::TooManyTries { .. })));
        assert!(there.is_ok());
    }

    #[tokio::test]
    async fn only_the_people_of_the_demo_are_entered_without_a_password() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "demo", [("leo", Leader), ("eve", Engineer)]).await;
        let [max] = circle_with(&db, "orders", [("max", Engineer)]).await;
        let forget_password = "UPDATE people SET password_hash = NULL WHERE id = $1";
        run_sql(&db, forget_password, &eve.person).await;
        run_sql(&db, forget_password, &max.person).await;

        let not_yet = enter_demo(&db, &eve.person).await;
        run_sql(&db, "UPDATE circles SET is_demo = TRUE WHERE slug = $1", "demo").await;

        assert!(matches!(not_yet, Err(Error::NotFound)));
        assert_eq!(enter_demo(&db, &eve.person).await.unwrap().person, eve.person);
        for (person, why) in [(&leo, "has a password"), (&max, "is in no demo")] {
            assert!(matches!(enter_demo(&db, &person.person).await, Err(Error::NotFound)), "{why}");
        }
        run_sql(&db, "UPDATE people SET administrator = TRUE WHERE id = $1", &eve.person).await;
        assert!(matches!(enter_demo(&db, &eve.person).await, Err(Error::NotFound)), "administers");
        run_sql(&db, "UPDATE people SET administrator = FALSE WHERE id = $1", &eve.person).await;
        circle_with(&db, "stock", [("eve", Engineer)]).await;
        assert!(
            matches!(enter_demo(&db, &eve.person).await, Err(Error::NotFound)),
            "is in a real circle too"
        );
    }
}
