//! The first run: whoever reads the console becomes the administrator.

use chrono::{DateTime, TimeDelta, Utc};
use domain::people::Role;
use rand::CryptoRng;
use sqlx::{query, query_scalar};

use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::{SignedIn, names};
use crate::{audit, circles, passwords, token};

/// What is asked of the first person.
#[derive(Clone, PartialEq, Eq)]
pub struct SetUp {
    pub name: String,
    pub email: String,
    pub password: String,
    /// The name of the first circle.
    pub team: String,
    pub time_zone: String,
}

const N_ADMINISTRATORS: &str = "SELECT count(*) FROM people WHERE administrator";

/// Whether an administrator exists.
pub async fn is_set_up(db: &Db) -> Result<bool> {
    let n: i64 = on!(db.read(), |pool| query_scalar(N_ADMINISTRATORS).fetch_one(pool).await?);
    Ok(n > 0)
}

const FORGET_OLD: &str = "DELETE FROM setup_tokens WHERE created_at < $1";
const ADD: &str = "INSERT INTO setup_tokens (token_hash, created_at) VALUES ($1, $2)";

/// A new token to print on the console; `None` once set up. Each node prints
/// its own, and any of them will do for a week.
pub async fn ensure_token(db: &Db, now: DateTime<Utc>, rng: &mut impl CryptoRng) -> Result<Option<String>> {
    if is_set_up(db).await? {
        return Ok(None);
    }
    let token = token::new_token(rng);
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(FORGET_OLD)
        .bind(stored(now - TimeDelta::days(7)))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    on!(&mut tx, |tx| query(ADD)
        .bind(token::hash(&token))
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    commit(tx).await?;
    Ok(Some(token))
}

/// Makes the administrator and the first circle, once. After that, and to
/// those who come second, there is no such page.
pub async fn set_up(db: &Db, token: &str, form: &SetUp, now: DateTime<Utc>) -> Result<SignedIn> {
    if is_set_up(db).await? {
        return Err(Error::NotFound);
    }
    if !is_printed(db, token).await? {
        return Err(Error::refused("token", "That is not the token printed in the console."));
    }
    let checked = check(form)?;
    let hash = passwords::hash(&form.password).await?;

    let mut tx = db.begin().await?;
    take_tokens(&mut tx, token).await?;
    let person = new_id();
    let n_added = add_administrator(&mut tx, &person, &checked, &hash, now).await?;
    if n_added == 0 {
        return Err(Error::refused("email", "Somebody here has this e-mail already. Enter another."));
    }
    let circle = circles::insert(&mut tx, &checked.team, checked.zone, false, now).await?;
    circles::join(&mut tx, &circle, &person, Role::Leader, now).await?;
    audit::record(&mut tx, None, Some(&person), "set up the installation", &checked.email, now).await?;
    audit::record(&mut tx, Some(&circle), Some(&person), "made the circle", &checked.team, now).await?;
    commit(tx).await?;
    Ok(SignedIn { person, epoch: 0 })
}

struct Checked {
    name: String,
    email: String,
    team: String,
    zone: chrono_tz::Tz,
}

fn check(form: &SetUp) -> Result<Checked> {
    let name = names::name("name", &form.name);
    let email = names::email(&form.email);
    let password = match passwords::problem(&form.password, &form.email, &form.name) {
        Some(problem) => Err(problem),
        None => Ok(()),
    };
    let team = names::name("team", &form.team);
    let zone = names::time_zone(&form.time_zone);
    match (name, email, password, team, zone) {
        (Ok(name), Ok(email), Ok(()), Ok(team), Ok(zone)) => Ok(Checked { name, email, team, zone }),
        (name, email, password, team, zone) => Err(Error::Refused(
            [name.err(), email.err(), password.err(), team.err(), zone.err()].into_iter().flatten().collect(),
        )),
    }
}

async fn is_printed(db: &Db, token: &str) -> Result<bool> {
    const FIND: &str = "SELECT count(*) FROM setup_tokens WHERE token_hash = $1";
    let n: i64 = on!(db.read(), |pool| query_scalar(FIND).bind(token::hash(token)).fetch_one(pool).await?);
    Ok(n == 1)
}

const TAKE: &str = "
    DELETE FROM setup_tokens
    WHERE EXISTS (SELECT 1 FROM setup_tokens WHERE token_hash = $1)";

/// Deletes all tokens, if this is one of them. Who comes second waits here for
/// the first, whichever token they hold, and then finds an administrator.
async fn take_tokens(tx: &mut Tx, token: &str) -> Result<()> {
    let n_taken =
        on!(&mut *tx, |tx| query(TAKE).bind(token::hash(token)).execute(&mut **tx).await?.rows_affected());
    let n_administrators: i64 = on!(tx, |tx| query_scalar(N_ADMINISTRATORS).fetch_one(&mut **tx).await?);
    if n_taken == 0 || n_administrators > 0 { Err(Error::NotFound) } else { Ok(()) }
}

const ADD_ADMINISTRATOR: &str = "
    INSERT INTO people (id, email, name, password_hash, administrator, epoch, created_at)
    VALUES ($1, $2, $3, $4, TRUE, 0, $5)
    ON CONFLICT (email) DO NOTHING";

async fn add_administrator(
    tx: &mut Tx,
    person: &str,
    checked: &Checked,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<u64> {
    Ok(on!(tx, |tx| query(ADD_ADMINISTRATOR)
        .bind(person)
        .bind(&checked.email)
        .bind(&checked.name)
        .bind(password_hash)
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected()))
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;
    use crate::people::{sign_in, who};
    use crate::testing::{PASSWORD, all_at_once, dice, fresh_db, noon, person, run_sql};

    fn adas() -> SetUp {
        SetUp {
            name: "Ada".into(),
            email: "Ada@example.org".into(),
            password: PASSWORD.into(),
            team: "Orders".into(),
            time_zone: "Europe/Rome".into(),
        }
    }

    async fn printed(db: &Db) -> String {
        ensure_token(db, noon(), &mut dice()).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn the_token_makes_the_first_administrator_and_circle_once() {
        let db = fresh_db().await;
        let token = printed(&db).await;
        assert!(!is_set_up(&db).await.unwrap());

        let signed_in = set_up(&db, &format!(" {token} "), &adas(), noon()).await.unwrap();

        let ada = who(&db, &signed_in.person, signed_in.epoch).await.unwrap().unwrap();
        assert!(ada.administrator);
        assert!(circles::leader(&db, &ada, "orders").await.is_ok());
        assert!(is_set_up(&db).await.unwrap());
        assert_eq!(ensure_token(&db, noon(), &mut dice()).await.unwrap(), None);
        assert!(matches!(set_up(&db, &token, &adas(), noon()).await, Err(Error::NotFound)));
        assert!(sign_in(&db, "ada@example.org", PASSWORD, "192.0.2.1", noon()).await.is_ok());
    }

    #[tokio::test]
    async fn without_the_token_nothing_is_set_up() {
        let db = fresh_db().await;
        for token in ["", "0123456789abcdef0123456789abcdef01234567"] {
            match set_up(&db, token, &adas(), noon()).await {
                Err(Error::Refused(problems)) => {
                    assert_eq!(problems[0].what, "That is not the token printed in the console.");
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(!is_set_up(&db).await.unwrap());
    }

    #[tokio::test]
    async fn every_nodes_token_will_do_for_a_week() {
        let db = fresh_db().await;
        let [one, two] = [printed(&db).await, printed(&db).await];
        assert_ne!(one, two);
        let next_week = noon() + TimeDelta::days(8);
        let three = ensure_token(&db, next_week, &mut dice()).await.unwrap().unwrap();

        assert!(matches!(set_up(&db, &one, &adas(), next_week).await, Err(Error::Refused(_))));
        assert!(set_up(&db, &three, &adas(), next_week).await.is_ok());
    }

    #[tokio::test]
    async fn what_cannot_be_taken_is_named_and_the_token_stays() {
        let db = fresh_db().await;
        let token = printed(&db).await;
        let wrong = SetUp {
            name: "".into(),
            email: "ada".into(),
            password: "short".into(),
            team: "".into(),
            time_zone: "".into(),
        };

        match set_up(&db, &token, &wrong, noon()).await {
            Err(Error::Refused(problems)) => {
                let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
                assert_eq!(fields, ["name", "email", "password", "team", "time_zone"]);
            }
            other => panic!("{other:?}"),
        }
        person(&db, "ada").await;
        assert!(matches!(set_up(&db, &token, &adas(), noon()).await, Err(Error::Refused(_))));
        let bob = SetUp { email: "bob@example.org".into(), ..adas() };
        assert!(set_up(&db, &token, &bob, noon()).await.is_ok());
    }

    #[tokio::test]
    async fn a_token_that_was_printed_while_another_set_up_ran_is_too_late() {
        let db = fresh_db().await;
        let token = printed(&db).await;
        set_up(&db, &token, &adas(), noon()).await.unwrap();
        run_sql(
            &db,
            "INSERT INTO setup_tokens (token_hash, created_at) VALUES ($1, '2026-03-02 12:00:00+00:00')",
            &token::hash("late"),
        )
        .await;

        let mut tx = db.begin().await.unwrap();

        assert!(matches!(take_tokens(&mut tx, "late").await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn of_many_who_hold_tokens_one_takes_them() {
        let db = fresh_db().await;
        let tokens = [printed(&db).await, printed(&db).await];

        let n_taken = all_at_once(&db, 8, async |tx, n| take_tokens(tx, &tokens[n % 2]).await.is_ok()).await;

        assert_eq!(n_taken, 1);
    }

    #[tokio::test]
    async fn of_many_set_ups_at_once_one_wins_whichever_tokens_they_hold() {
        let db = fresh_db().await;
        let tokens = [printed(&db).await, printed(&db).await];
        let mut racers = JoinSet::new();
        for n in 0..8 {
            let (db, token) = (db.clone(), tokens[n % 2].clone());
            let form = SetUp { email: format!("p{n}@example.org"), ..adas() };
            racers.spawn(async move { set_up(&db, &token, &form, noon()).await });
        }

        let results = racers.join_all().await;

        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        let n: i64 =
            on!(db.read(), |pool| query_scalar("SELECT count(*) FROM people").fetch_one(pool).await.unwrap());
        assert_eq!(n, 1);
    }
}
