//! People: who signs in, and what they say of themselves.
//!
//! Not here: what they are in a circle; see `circles`.

mod accounts;
pub(crate) mod names;
mod resets;
mod sign_in;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::audit;
use crate::circles::Place;
use crate::db::{Db, commit, on};
use crate::error::{Error, Problem, Result};
use crate::{passwords, throttle};

pub use accounts::{Person, disable, enable, list};
pub(crate) use accounts::{administrator, find};
pub use resets::{ResetOwner, make_reset_link, make_reset_link_as_administrator, reset, reset_owner};
pub use sign_in::{enter_demo, sign_in};

/// The person who asks: signed in, and not disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    pub person: String,
    pub name: String,
    pub email: String,
    pub administrator: bool,
    /// `None`: the circle's.
    pub time_zone: Option<Tz>,
    /// What they are in which circle, where that was read together with them;
    /// see [`crate::sessions::who_asks`].
    pub(crate) places: Option<Arc<[Place]>>,
}

impl Who {
    /// Somebody of whom only this is known; the circles are asked for when they
    /// are needed.
    pub fn new(
        person: String,
        name: String,
        email: String,
        administrator: bool,
        time_zone: Option<Tz>,
    ) -> Who {
        Who { person, name, email, administrator, time_zone, places: None }
    }

    pub(crate) fn with_places(self, places: Arc<[Place]>) -> Who {
        Who { places: Some(places), ..self }
    }
}

/// What a session keeps of a person.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SignedIn {
    pub person: String,
    /// A session of an older epoch is over.
    pub epoch: i64,
}

const WHO: &str = "
    SELECT id, name, email, administrator, time_zone
    FROM people
    WHERE id = $1 AND epoch = $2 AND disabled_at IS NULL";

/// The person of a session, if the session still counts.
pub async fn who(db: &Db, person: &str, epoch: i64) -> Result<Option<Who>> {
    let row: Option<WhoRow> =
        on!(db.read(), |pool| query_as(WHO).bind(person).bind(epoch).fetch_optional(pool).await?);
    Ok(row.map(Who::from))
}

/// What a person says of themselves, as it was typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Profile<'a> {
    pub name: &'a str,
    /// Empty: the circle's.
    pub time_zone: &'a str,
    /// Which number they are called on while they are on call; may be empty.
    pub phone: &'a str,
}

const SET_PROFILE: &str = "UPDATE people SET name = $2, time_zone = $3, phone = $4 WHERE id = $1";

/// Changes what one says of oneself.
pub async fn set_profile(db: &Db, who: &Who, profile: Profile<'_>) -> Result<()> {
    let name = names::name("name", profile.name);
    let zone = Some(profile.time_zone).filter(|zone| !zone.trim().is_empty());
    let zone = zone.map(names::time_zone).transpose();
    let phone = Some(profile.phone.trim()).filter(|phone| !phone.is_empty());
    let phone = phone.map(|phone| names::phone("phone", phone)).transpose();
    let ((name, zone), phone) = match (both(name, zone), phone) {
        (Err(Error::Refused(mut problems)), Err(problem)) => {
            problems.push(problem);
            return Err(Error::Refused(problems));
        }
        (both, phone) => (both?, phone.map_err(|problem| Error::Refused(vec![problem]))?),
    };

    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(SET_PROFILE)
        .bind(&who.person)
        .bind(name)
        .bind(zone.map(Tz::name))
        .bind(phone.unwrap_or_default())
        .execute(&mut **tx)
        .await
        .map(drop))?;
    commit(tx).await
}

const PHONE: &str = "SELECT phone FROM people WHERE id = $1";

/// The number that one is called on while one is on call; empty: none.
pub async fn phone(db: &Db, who: &Who) -> Result<String> {
    Ok(on!(db.read(), |pool| query_scalar(PHONE).bind(&who.person).fetch_one(pool).await?))
}

const KEPT_PASSWORD: &str = "SELECT password_hash FROM people WHERE id = $1 AND disabled_at IS NULL";
const CHANGE_PASSWORD: &str = "
    UPDATE people
    SET password_hash = $3, epoch = epoch + 1
    WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL
    RETURNING epoch";

/// Changes one's password and ends all other sessions. The one that asks goes
/// on with the new epoch.
pub async fn change_password(
    db: &Db,
    who: &Who,
    current: &str,
    new: &str,
    now: DateTime<Utc>,
) -> Result<i64> {
    let kept = prove(db, who, current, now).await?;
    if let Some(problem) = passwords::problem(new, &who.email, &who.name) {
        return Err(Error::Refused(vec![problem]));
    }
    let new = passwords::hash(new).await?;

    let mut tx = db.begin().await?;
    let epoch: Option<i64> = on!(&mut tx, |tx| query_scalar(CHANGE_PASSWORD)
        .bind(&who.person)
        .bind(&kept)
        .bind(&new)
        .fetch_optional(&mut **tx)
        .await?);
    let Some(epoch) = epoch else {
        return Err(Error::refused("current", "The password was changed meanwhile, in another window."));
    };
    resets::end_all(&mut tx, &who.person, now).await?;
    audit::record(&mut tx, None, Some(&who.person), "changed their password", &who.email, now).await?;
    commit(tx).await?;
    Ok(epoch)
}

/// The hash of the current password, for who knows the password. Tries count:
/// whoever finds an open session must not guess in it.
async fn prove(db: &Db, who: &Who, current: &str, now: DateTime<Utc>) -> Result<String> {
    let guess = throttle::count(db, &who.email, &who.person, now).await?;
    let kept: Option<Option<String>> =
        on!(db.read(), |pool| query_scalar(KEPT_PASSWORD).bind(&who.person).fetch_optional(pool).await?);
    let kept = kept.flatten();
    let is_right = passwords::verify(current, kept.as_deref()).await;
    if !matches!(is_right, Ok(false)) {
        guess.take_back(db).await?;
    }
    match kept {
        Some(kept) if is_right? => Ok(kept),
        _ => Err(Error::refused("current", "That is not your current password.")),
    }
}

const NEXT_EPOCH: &str = "
    UPDATE people SET epoch = epoch + 1
    WHERE id = $1 AND disabled_at IS NULL
    RETURNING epoch";

/// Signs a person out everywhere. The session that asks goes on with the new
/// epoch.
pub async fn end_all_sessions(db: &Db, who: &Who, now: DateTime<Utc>) -> Result<i64> {
    let mut tx = db.begin().await?;
    let epoch: Option<i64> =
        on!(&mut tx, |tx| query_scalar(NEXT_EPOCH).bind(&who.person).fetch_optional(&mut **tx).await?);
    let epoch = epoch.ok_or(Error::NotFound)?;
    audit::record(&mut tx, None, Some(&who.person), "ended all their sessions", &who.email, now).await?;
    commit(tx).await?;
    Ok(epoch)
}

/// Two values, or the problems of both.
pub(crate) fn both<A, B>(a: Result<A, Problem>, b: Result<B, Problem>) -> Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (a, b) => Err(Error::Refused(a.err().into_iter().chain(b.err()).collect())),
    }
}

#[derive(FromRow)]
pub(crate) struct WhoRow {
    id: String,
    name: String,
    email: String,
    administrator: bool,
    time_zone: Option<String>,
}

impl From<WhoRow> for Who {
    fn from(row: WhoRow) -> Who {
        let zone = row.time_zone.and_then(|zone| zone.parse().ok());
        Who::new(row.id, row.name, row.email, row.administrator, zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{PASSWORD, fresh_db, noon, person, run_sql};

    const HOME: &str = "192.0.2.1";

    #[tokio::test]
    async fn a_session_counts_only_in_its_epoch() {
        let db = fresh_db().await;
        let eve = person(&db, "eve").await;

        assert_eq!(who(&db, &eve.person, 0).await.unwrap(), Some(eve.clone()));
        let epoch = end_all_sessions(&db, &eve, noon()).await.unwrap();

        assert_eq!(who(&db, &eve.person, 0).await.unwrap(), None);
        assert_eq!(who(&db, &eve.person, epoch).await.unwrap(), Some(eve));
        assert_eq!(who(&db, "nobody", 0).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_profile_is_changed_or_every_field_is_named_that_cannot_be() {
        let db = fresh_db().await;
        let eve = person(&db, "eve").await;

        let whole = Profile { name: " Eve Online ", time_zone: "Asia/Tokyo", phone: " +39 06 1234 " };
        set_profile(&db, &eve, whole).await.unwrap();
        let now = who(&db, &eve.person, 0).await.unwrap().unwrap();
        assert_eq!((now.name.as_str(), now.time_zone), ("Eve Online", Some(Tz::Asia__Tokyo)));
        assert_eq!(phone(&db, &eve).await.unwrap(), "+39 06 1234");

        set_profile(&db, &eve, Profile { name: "Eve", ..Profile::default() }).await.unwrap();
        assert_eq!(who(&db, &eve.person, 0).await.unwrap().unwrap().time_zone, None);
        assert_eq!(phone(&db, &eve).await.unwrap(), "");

        let spoilt = Profile { name: "", time_zone: "Mars/Olympus", phone: "ask Bo" };
        match set_profile(&db, &eve, spoilt).await {
            Err(Error::Refused(problems)) => {
                let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
                assert_eq!(fields, ["name", "time_zone", "phone"]);
            }
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_new_password_ends_the_other_sessions() {
        let db = fresh_db().await;
        let eve = person(&db, "eve").await;

        let epoch = change_password(&db, &eve, PASSWORD, "staple of the horse", noon()).await.unwrap();

        assert_eq!(who(&db, &eve.person, 0).await.unwrap(), None);
        assert_eq!(who(&db, &eve.person, epoch).await.unwrap(), Some(eve.clone()));
        assert!(sign_in(&db, &eve.email, PASSWORD, HOME, noon()).await.is_err());
        assert!(sign_in(&db, &eve.email, "staple of the horse", HOME, noon()).await.is_ok());
    }

    #[tokio::test]
    async fn a_password_is_changed_only_by_who_knows_it_and_guessing_ends() {
        let db = fresh_db().await;
        let eve = person(&db, "eve").await;

        for _ in 0..10 {
            let refused = change_password(&db, &eve, "a wrong password", "staple of the horse", noon()).await;
            assert!(matches!(refused, Err(Error::Refused(problems)) if problems[0].field == "current"));
        }

        let refused = change_password(&db, &eve, PASSWORD, "staple of the horse", noon()).await;
        assert!(matches!(refused, Err(Error::TooManyTries { .. })));
        assert!(sign_in(&db, &eve.email, PASSWORD, HOME, noon()).await.is_ok());
    }

    #[tokio::test]
    async fn of_two_changes_at_once_one_wins() {
        let db = fresh_db().await;
        let eve = person(&db, "eve").await;
        let (one, two) = tokio::join!(
            change_password(&db, &eve, PASSWORD, "staple of the horse", noon()),
            change_password(&db, &eve, PASSWORD, "battery of the staple", noon()),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    }

    #[tokio::test]
    async fn a_person_without_a_password_cannot_be_given_one() {
        let db = fresh_db().await;
        let eve = person(&db, "eve").await;
        run_sql(&db, "UPDATE people SET password_hash = NULL WHERE id = $1", &eve.person).await;

        assert!(change_password(&db, &eve, "", "staple of the horse", noon()).await.is_err());
    }
}
