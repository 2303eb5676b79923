//! What the holder of a link may do with it.

use chrono::{DateTime, Utc};
use domain::people::Role;
use sqlx::{FromRow, query, query_as};

use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::{SignedIn, Who, both, names};
use crate::{audit, circles, passwords, token};

/// What the holder of a link is shown: what stands in it, and not whether the
/// e-mail has an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub circle_name: String,
    pub email: String,
    pub role: Role,
}

const LOOK: &str = "
    SELECT c.name AS circle_name, i.email, i.role
    FROM invitations i
    JOIN circles c ON c.slug = i.circle
    WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.expires_at > $2";

/// What a link says; a dead one is not found.
pub async fn look(db: &Db, token: &str, now: DateTime<Utc>) -> Result<Invitation> {
    let row: Option<InvitationRow> = on!(db.read(), |pool| query_as(LOOK)
        .bind(token::hash(token))
        .bind(stored(now))
        .fetch_optional(pool)
        .await?);
    row.ok_or(Error::NotFound)?.read()
}

const ADD_PERSON: &str = "
    INSERT INTO people (id, email, name, password_hash, administrator, epoch, created_at)
    VALUES ($1, $2, $3, $4, FALSE, 0, $5)
    ON CONFLICT (email) DO NOTHING";

/// Makes an account for the e-mail of a link, joins the circle and signs in.
/// Who has an account is told to sign in, and only in answer to what would
/// have made one: looking costs the one who looks the link and a name in the
/// circle's log.
pub async fn accept_new(
    db: &Db,
    token: &str,
    name: &str,
    password: &str,
    now: DateTime<Utc>,
) -> Result<SignedIn> {
    let invitation = look(db, token, now).await?;
    let password_fits = match passwords::problem(password, &invitation.email, name) {
        Some(problem) => Err(problem),
        None => Ok(()),
    };
    let (name, ()) = both(names::name("name", name), password_fits)?;
    let hash = passwords::hash(password).await?;

    let mut tx = db.begin().await?;
    let taken = take(&mut tx, token, now).await?;
    let person = new_id();
    let n_added = on!(&mut tx, |tx| query(ADD_PERSON)
        .bind(&person)
        .bind(&taken.email)
        .bind(&name)
        .bind(&hash)
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_added == 0 {
        return Err(sign_in_first());
    }
    join(&mut tx, &taken, &person, now).await?;
    commit(tx).await?;
    Ok(SignedIn { person, epoch: 0 })
}

/// Joins the circle of a link that was made for the one who asks; returns the
/// circle's slug. Who is a member keeps their role.
pub async fn accept(db: &Db, who: &Who, token: &str, now: DateTime<Utc>) -> Result<String> {
    let mut tx = db.begin().await?;
    let taken = take(&mut tx, token, now).await?;
    if taken.email != who.email {
        return Err(Error::refused(
            "",
            "This invitation is for another e-mail address. Sign out, and open the link again.",
        ));
    }
    join(&mut tx, &taken, &who.person, now).await?;
    commit(tx).await?;
    Ok(taken.circle)
}

/// An invitation whose link has just been used up.
#[derive(FromRow)]
pub(super) struct Taken {
    circle: String,
    email: String,
    role: String,
}

const TAKE: &str = "
    UPDATE invitations SET used_at = $2
    WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
    RETURNING circle, email, role";

/// Uses a link up: of several at once, one finds it.
pub(super) async fn take(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<Taken> {
    let taken: Option<Taken> = on!(tx, |tx| query_as(TAKE)
        .bind(token::hash(token))
        .bind(stored(now))
        .fetch_optional(&mut **tx)
        .await?);
    taken.ok_or(Error::NotFound)
}

async fn join(tx: &mut Tx, taken: &Taken, person: &str, now: DateTime<Utc>) -> Result<()> {
    circles::join(tx, &taken.circle, person, circles::role(&taken.role)?, now).await?;
    let subject = format!("{}: {}", taken.email, taken.role);
    audit::record(tx, Some(&taken.circle), Some(person), "joined the circle", &subject, now).await
}

fn sign_in_first() -> Error {
    Error::refused("", "Sign in first; this e-mail address has an account already.")
}

#[derive(FromRow)]
struct InvitationRow {
    circle_name: String,
    email: String,
    role: String,
}

impl InvitationRow {
    fn read(self) -> Result<Invitation> {
        Ok(Invitation { role: circles::role(&self.role)?, circle_name: self.circle_name, email: self.email })
    }
}
