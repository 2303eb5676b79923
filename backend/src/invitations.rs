//! Links that let somebody join a circle, once.
//!
//! Who holds a link learns what stands in it; whether the e-mail in it has an
//! account, only by making one. In the demo, where anybody may enter as the
//! leader, nobody is invited; and nobody of the demo, whom anybody may be, is
//! invited anywhere.

mod accepting;

use chrono::{DateTime, TimeDelta, Utc};
use domain::people::Role;
use rand::CryptoRng;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::db::{Db, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::{Who, names};
use crate::{audit, circles, demo, token};

pub use accepting::{Invitation, accept, accept_new, look};

const LASTS: TimeDelta = TimeDelta::days(7);

const IS_MEMBER: &str = "
    SELECT count(*)
    FROM members m
    JOIN people p ON p.id = m.person
    WHERE m.circle = $1 AND p.email = $2 AND m.left_at IS NULL";
const INVITE: &str = "
    INSERT INTO invitations (token_hash, circle, email, role, invited_by, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Invites an e-mail into a circle, by its leader; returns the token.
pub async fn invite(
    db: &Db,
    who: &Who,
    circle: &str,
    email: &str,
    role: Role,
    now: DateTime<Utc>,
    rng: &mut impl CryptoRng,
) -> Result<String> {
    let leader = circles::leader(db, who, circle).await?;
    if leader.is_demo && !who.administrator {
        return Err(Error::refused("", "Nobody is invited into the demo."));
    }
    let email = names::email(email).map_err(|problem| Error::Refused(vec![problem]))?;
    if demo::is_mail_of_demo(&email) {
        return Err(Error::refused(
            "email",
            "This is the address of somebody made up. Invite a real person.",
        ));
    }
    let token = token::new_token(rng);

    let mut tx = db.begin().await?;
    let n_members: i64 =
        on!(&mut tx, |tx| query_scalar(IS_MEMBER).bind(circle).bind(&email).fetch_one(&mut **tx).await?);
    if n_members > 0 {
        return Err(Error::refused("email", "This person is a member of the circle already."));
    }
    on!(&mut tx, |tx| query(INVITE)
        .bind(token::hash(&token))
        .bind(circle)
        .bind(&email)
        .bind(role.as_str())
        .bind(&who.person)
        .bind(stored(now))
        .bind(stored(now + LASTS))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let subject = format!("{email}: {}", role.as_str());
    audit::record(&mut tx, Some(circle), Some(&who.person), "invited", &subject, now).await?;
    commit(tx).await?;
    Ok(token)
}

/// An invitation that nobody has taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Names it where it is withdrawn; nobody can join with it.
    pub id: String,
    pub email: String,
    pub role: Role,
    /// The name of the leader who sent it.
    pub invited_by: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

const PENDING: &str = "
    SELECT i.token_hash AS id, i.email, i.role, p.name AS invited_by, i.created_at, i.expires_at
    FROM invitations i
    JOIN people p ON p.id = i.invited_by
    WHERE i.circle = $1 AND i.used_at IS NULL AND i.expires_at > $2
    ORDER BY i.created_at DESC, i.token_hash";

/// The invitations of a circle that can be taken, the newest first, for its
/// leaders.
pub async fn pending(db: &Db, who: &Who, circle: &str, now: DateTime<Utc>) -> Result<Vec<Pending>> {
    circles::leader(db, who, circle).await?;
    let rows: Vec<PendingRow> =
        on!(db.read(), |pool| query_as(PENDING).bind(circle).bind(stored(now)).fetch_all(pool).await?);
    rows.into_iter().map(PendingRow::read).collect()
}

const WITHDRAW: &str = "
    UPDATE invitations SET used_at = $3
    WHERE token_hash = $1 AND circle = $2 AND used_at IS NULL
    RETURNING email";

/// Makes a link dead before it is taken, by a leader of its circle.
pub async fn withdraw(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    circles::leader(db, who, circle).await?;
    let mut tx = db.begin().await?;
    let email: Option<String> = on!(&mut tx, |tx| query_scalar(WITHDRAW)
        .bind(id)
        .bind(circle)
        .bind(stored(now))
        .fetch_optional(&mut **tx)
        .await?);
    let email = email.ok_or(Error::NotFound)?;
    audit::record(&mut tx, Some(circle), Some(&who.person), "withdrew an invitation", &email, now).await?;
    commit(tx).await
}

#[derive(FromRow)]
struct PendingRow {
    id: String,
    email: String,
    role: String,
    invited_by: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl PendingRow {
    fn read(self) -> Result<Pending> {
        Ok(Pending {
            role: circles::role(&self.role)?,
            id: self.id,
            email: self.email,
            invited_by: self.invited_by,
            created_at: self.created_at,
            expires_at: self.expires_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::people::Role::{Engineer, Leader, Reader};
    use tokio::task::JoinSet;

    use super::*;
    use crate::people::{SignedIn, who};
    use crate::testing::{PASSWORD, ada, all_at_once, circle_with, dice, fresh_db, noon, person, run_sql};

    const EVE: &str = "eve@example.org";

    /// A circle "orders" led by Leo, with an engineer, Max.
    async fn orders(db: &Db) -> [Who; 2] {
        circle_with(db, "orders", [("leo", Leader), ("max", Engineer)]).await
    }

    async fn invited(db: &Db, leo: &Who, email: &str, role: Role) -> String {
        invite(db, leo, "orders", email, role, noon(), &mut dice()).await.unwrap()
    }

    #[tokio::test]
    async fn a_newcomer_makes_an_account_and_is_a_member() {
        let db = fresh_db().await;
        let [leo, _] = orders(&db).await;
        let token = invited(&db, &leo, " EVE@example.org", Engineer).await;

        let seen = look(&db, &token, noon()).await.unwrap();
        let signed_in = accept_new(&db, &token, "Eve", PASSWORD, noon()).await.unwrap();

        let expected = Invitation { circle_name: "orders".into(), email: EVE.into(), role: Engineer };
        assert_eq!(seen, expected);
        let eve = who(&db, &signed_in.person, signed_in.epoch).await.unwrap().unwrap();
        assert_eq!((eve.email.as_str(), eve.administrator), (EVE, false));
        assert_eq!(circles::member(&db, &eve, "orders").await.unwrap().role, Engineer);
        assert!(matches!(look(&db, &token, noon()).await, Err(Error::NotFound)));
        assert!(matches!(accept_new(&db, &token, "Eve", PASSWORD, noon()).await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn a_known_person_signs_in_and_joins() {
        let db = fresh_db().await;
        let [leo, max] = orders(&db).await;
        let eve = person(&db, "eve").await;
        let token = invited(&db, &leo, EVE, Reader).await;

        assert!(matches!(accept_new(&db, &token, "Eve", PASSWORD, noon()).await, Err(Error::Refused(_))));
        assert!(matches!(accept(&db, &max, &token, noon()).await, Err(Error::Refused(_))));
        assert_eq!(accept(&db, &eve, &token, noon()).await.unwrap(), "orders");
        assert_eq!(circles::member(&db, &eve, "orders").await.unwrap().role, Reader);
    }

    #[tokio::test]
    async fn t32_nothing_tells_who_has_an_account_until_one_is_made() {
        let db = fresh_db().await;
        let [leo, _] = orders(&db).await;
        person(&db, "eve").await;
        let known = invited(&db, &leo, EVE, Engineer).await;
        let unknown = invited(&db, &leo, "eva@example.org", Engineer).await;

        let [seen, other] =
            [look(&db, &known, noon()).await.unwrap(), look(&db, &unknown, noon()).await.unwrap()];
        assert_eq!(Invitation { email: EVE.into(), ..other }, seen);
        for (name, password) in [("", PASSWORD), ("Eve", "short"), ("Eve", "")] {
            let told =
                async |token: &str| format!("{:?}", accept_new(&db, token, name, password, noon()).await);
            assert_eq!(told(&known).await, told(&unknown).await, "{name:?} {password:?}");
        }
    }

    #[tokio::test]
    async fn who_had_left_comes_back_in_the_role_of_the_invitation() {
        let db = fresh_db().await;
        let [leo, max] = orders(&db).await;
        circles::remove_member(&db, &leo, "orders", &max.person, noon()).await.unwrap();
        let token = invited(&db, &leo, &max.email, Reader).await;

        accept(&db, &max, &token, noon()).await.unwrap();

        assert_eq!(circles::member(&db, &max, "orders").await.unwrap().role, Reader);
    }

    #[tokio::test]
    async fn an_old_invitation_demotes_nobody() {
        let db = fresh_db().await;
        let [leo, _] = orders(&db).await;
        let eve = person(&db, "eve").await;
        let as_leader = invited(&db, &leo, EVE, Leader).await;
        let as_reader = invited(&db, &leo, EVE, Reader).await;

        accept(&db, &eve, &as_leader, noon()).await.unwrap();
        accept(&db, &eve, &as_reader, noon()).await.unwrap();

        assert_eq!(circles::member(&db, &eve, "orders").await.unwrap().role, Leader);
    }

    #[tokio::test]
    async fn only_leaders_invite_and_only_who_is_not_a_member() {
        let db = fresh_db().await;
        let [leo, max] = orders(&db).await;
        let ada = ada(&db).await;

        for stranger in [&max, &ada] {
            let refused = invite(&db, stranger, "orders", EVE, Engineer, noon(), &mut dice()).await;
            assert!(matches!(refused, Err(Error::NotFound)));
            assert!(matches!(pending(&db, stranger, "orders", noon()).await, Err(Error::NotFound)));
        }
        for email in [max.email.as_str(), "eve", "", "Ada.Brown.12ab3f@demo.invalid"] {
            match invite(&db, &leo, "orders", email, Engineer, noon(), &mut dice()).await {
                Err(Error::Refused(problems)) => assert_eq!(problems[0].field, "email"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn an_invitation_is_pending_until_it_is_taken_withdrawn_or_a_week_old() {
        let db = fresh_db().await;
        let [leo, max] = orders(&db).await;
        let [lia] = circle_with(&db, "stock", [("lia", Leader)]).await;
        let first = invited(&db, &leo, EVE, Engineer).await;
        let second = invited(&db, &leo, "eva@example.org", Reader).await;
        let ids = async |now| -> Vec<String> {
            pending(&db, &leo, "orders", now).await.unwrap().into_iter().map(|it| it.id).collect()
        };

        assert_eq!(ids(noon()).await.len(), 2);
        assert!(ids(noon() + LASTS).await.is_empty());
        assert!(matches!(look(&db, &first, noon() + LASTS).await, Err(Error::NotFound)));
        assert!(matches!(
            accept_new(&db, &first, "Eve", PASSWORD, noon() + LASTS).await,
            Err(Error::NotFound)
        ));

        let id = token::hash(&first);
        assert!(matches!(look(&db, &id, noon()).await, Err(Error::NotFound)), "the id opens nothing");
        for (stranger, circle) in [(&max, "orders"), (&lia, "orders"), (&lia, "stock")] {
            assert!(matches!(withdraw(&db, stranger, circle, &id, noon()).await, Err(Error::NotFound)));
        }
        withdraw(&db, &leo, "orders", &id, noon()).await.unwrap();
        assert!(matches!(withdraw(&db, &leo, "orders", &id, noon()).await, Err(Error::NotFound)));
        assert!(matches!(accept_new(&db, &first, "Eve", PASSWORD, noon()).await, Err(Error::NotFound)));
        assert_eq!(ids(noon()).await, [token::hash(&second)]);
    }

    #[tokio::test]
    async fn the_invitations_of_who_leads_no_more_are_dead() {
        let db = fresh_db().await;
        let [leo, max] = orders(&db).await;
        circles::set_role(&db, &leo, "orders", &max.person, Leader, noon()).await.unwrap();
        let token = invited(&db, &max, EVE, Leader).await;

        circles::set_role(&db, &leo, "orders", &max.person, Engineer, noon()).await.unwrap();

        assert!(matches!(look(&db, &token, noon()).await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn what_cannot_be_taken_leaves_the_link_alive() {
        let db = fresh_db().await;
        let [leo, _] = orders(&db).await;
        let token = invited(&db, &leo, EVE, Engineer).await;

        match accept_new(&db, &token, "", "short", noon()).await {
            Err(Error::Refused(problems)) => {
                let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
                assert_eq!(fields, ["name", "password"]);
            }
            other => panic!("{other:?}"),
        }
        assert!(look(&db, &token, noon()).await.is_ok());
    }

    #[tokio::test]
    async fn a_link_used_many_times_at_once_makes_one_account() {
        let db = fresh_db().await;
        let [leo, _] = orders(&db).await;
        let tokens = [invited(&db, &leo, EVE, Engineer).await, invited(&db, &leo, EVE, Engineer).await];
        let mut users = JoinSet::new();
        for n in 0..8 {
            let (db, token) = (db.clone(), tokens[n % 2].clone());
            users.spawn(async move { accept_new(&db, &token, "Eve", PASSWORD, noon()).await });
        }

        let results = users.join_all().await;

        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        let told =
            |result: &Result<SignedIn>| matches!(result, Ok(_) | Err(Error::NotFound | Error::Refused(_)));
        assert!(results.iter().all(told), "{results:?}");
        let left = pending(&db, &leo, "orders", noon()).await.unwrap();
        assert_eq!(left.len(), 1, "the other link is not used up");
    }

    #[tokio::test]
    async fn a_used_link_does_not_bring_back_who_was_removed() {
        let db = fresh_db().await;
        let [leo, _] = orders(&db).await;
        let eve = person(&db, "eve").await;
        let token = invited(&db, &leo, EVE, Engineer).await;
        accept(&db, &eve, &token, noon()).await.unwrap();
        circles::remove_member(&db, &leo, "orders", &eve.person, noon()).await.unwrap();

        assert!(matches!(accept(&db, &eve, &token, noon()).await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn a_link_taken_many_times_at_once_is_taken_once() {
        let db = fresh_db().await;
        let [leo, _] = orders(&db).await;
        let token = invited(&db, &leo, EVE, Engineer).await;

        let n_taken =
            all_at_once(&db, 8, async |tx, _| accepting::take(tx, &token, noon()).await.is_ok()).await;

        assert_eq!(n_taken, 1);
    }

    #[tokio::test]
    async fn nobody_is_invited_into_the_demo_but_by_an_administrator() {
        let db = fresh_db().await;
        let [leo, _] = orders(&db).await;
        run_sql(&db, "UPDATE circles SET is_demo = TRUE WHERE slug = $1", "orders").await;

        let refused = invite(&db, &leo, "orders", EVE, Engineer, noon(), &mut dice()).await;

        assert!(matches!(refused, Err(Error::Refused(_))));
    }
}
