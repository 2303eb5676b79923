//! Who belongs to a circle, and as what.
//!
//! A circle always keeps a leader who can sign in, but for one case: an
//! administrator disables the only one; see `leaderless`.

use chrono::{DateTime, Utc};
use domain::people::Role;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::{leader, member, role};
use crate::audit;
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::{Person, Who};

/// A member as another member sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberOf {
    pub person: String,
    pub name: String,
    /// For leaders only.
    pub email: Option<String>,
    pub role: Role,
    pub joined_at: DateTime<Utc>,
    /// Whether an administrator has disabled the account. Only leaders are
    /// shown those who are.
    pub disabled: bool,
}

const MEMBERS: &str = "
    SELECT p.id AS person, p.name, p.email, m.role, m.joined_at, p.disabled_at
    FROM members m
    JOIN people p ON p.id = m.person
    WHERE m.circle = $1 AND m.left_at IS NULL";

/// The members of a circle by name, for its members.
pub async fn members(db: &Db, who: &Who, circle: &str) -> Result<Vec<MemberOf>> {
    let asks = member(db, who, circle).await?;
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(MEMBERS).bind(circle).fetch_all(pool).await?);
    let for_leader = asks.role == Role::Leader;
    let seen = rows.into_iter().filter(|row| for_leader || row.disabled_at.is_none());
    let mut members = seen.map(|row| row.for_member(for_leader)).collect::<Result<Vec<_>>>()?;
    members.sort_by_cached_key(|member| (member.name.to_lowercase(), member.person.clone()));
    Ok(members)
}

pub(super) const SET_ROLE: &str = "UPDATE members SET role = $3 WHERE circle = $1 AND person = $2";

/// Gives a member another role, by a leader. Who leads no more has the own
/// invitations withdrawn.
pub async fn set_role(
    db: &Db,
    who: &Who,
    circle: &str,
    person: &str,
    role: Role,
    now: DateTime<Utc>,
) -> Result<()> {
    leader(db, who, circle).await?;
    let mut tx = db.begin().await?;
    lock(&mut tx, circle).await?;
    let changed = find_member(&mut tx, circle, person).await?;
    if role != Role::Leader {
        keep_a_leader(&mut tx, circle, person).await?;
        withdraw_invitations_by(&mut tx, circle, person, now).await?;
    }
    on!(&mut tx, |tx| query(SET_ROLE)
        .bind(circle)
        .bind(person)
        .bind(role.as_str())
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let subject = format!("{}: {}", changed.email, role.as_str());
    audit::record(&mut tx, Some(circle), Some(&who.person), "changed a role", &subject, now).await?;
    commit(tx).await
}

const REMOVE: &str = "UPDATE members SET left_at = $3 WHERE circle = $1 AND person = $2";

/// Ends a membership, by a leader. What the member did is kept, and so is the
/// account; the invitations they sent are withdrawn.
pub async fn remove_member(db: &Db, who: &Who, circle: &str, person: &str, now: DateTime<Utc>) -> Result<()> {
    leader(db, who, circle).await?;
    let mut tx = db.begin().await?;
    lock(&mut tx, circle).await?;
    let leaver = find_member(&mut tx, circle, person).await?;
    keep_a_leader(&mut tx, circle, person).await?;
    withdraw_invitations_by(&mut tx, circle, person, now).await?;
    on!(&mut tx, |tx| query(REMOVE)
        .bind(circle)
        .bind(person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    audit::record(&mut tx, Some(circle), Some(&who.person), "removed a member", &leaver.email, now).await?;
    commit(tx).await
}

const JOIN: &str = "
    INSERT INTO members (circle, person, role, joined_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (circle, person) DO UPDATE
    SET role = excluded.role, left_at = NULL
    WHERE members.left_at IS NOT NULL";

/// Adds a member, or takes one back who had left. Who is a member keeps their
/// role.
pub(crate) async fn join(
    tx: &mut Tx,
    circle: &str,
    person: &str,
    role: Role,
    now: DateTime<Utc>,
) -> Result<()> {
    Ok(on!(tx, |tx| query(JOIN)
        .bind(circle)
        .bind(person)
        .bind(role.as_str())
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

const FIND_MEMBER: &str = "
    SELECT p.id AS person, p.name, p.email, p.administrator, p.disabled_at
    FROM members m
    JOIN people p ON p.id = m.person
    WHERE m.circle = $1 AND m.person = $2 AND m.left_at IS NULL";

/// A person who belongs to a circle; others are not found.
pub(crate) async fn find_member(tx: &mut Tx, circle: &str, person: &str) -> Result<Person> {
    let found: Option<Person> =
        on!(tx, |tx| query_as(FIND_MEMBER).bind(circle).bind(person).fetch_optional(&mut **tx).await?);
    found.ok_or(Error::NotFound)
}

/// Changes of what a circle is happen one after the other.
pub(crate) async fn lock(tx: &mut Tx, circle: &str) -> Result<()> {
    let n_locked = on!(tx, |tx| query("UPDATE circles SET name = name WHERE slug = $1")
        .bind(circle)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_locked == 1 { Ok(()) } else { Err(Error::NotFound) }
}

async fn keep_a_leader(tx: &mut Tx, circle: &str, person: &str) -> Result<()> {
    if n_leaders(tx, circle, person).await? > 0 {
        return Ok(());
    }
    Err(Error::refused("", "A circle needs a leader. Make somebody else a leader first."))
}

const N_LEADERS: &str = "
    SELECT count(*)
    FROM members m
    JOIN people p ON p.id = m.person
    WHERE m.circle = $1 AND m.person <> $2 AND m.role = 'leader' AND m.left_at IS NULL AND p.disabled_at IS NULL";

/// Leaders who can sign in, but for one person.
pub(super) async fn n_leaders(tx: &mut Tx, circle: &str, but: &str) -> Result<i64> {
    Ok(on!(tx, |tx| query_scalar(N_LEADERS).bind(circle).bind(but).fetch_one(&mut **tx).await?))
}

const WITHDRAW: &str = "
    UPDATE invitations SET used_at = $3
    WHERE circle = $1 AND invited_by = $2 AND used_at IS NULL";

async fn withdraw_invitations_by(tx: &mut Tx, circle: &str, person: &str, now: DateTime<Utc>) -> Result<()> {
    Ok(on!(tx, |tx| query(WITHDRAW)
        .bind(circle)
        .bind(person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

#[derive(FromRow)]
struct Row {
    person: String,
    name: String,
    email: String,
    role: String,
    joined_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
}

impl Row {
    fn for_member(self, leader: bool) -> Result<MemberOf> {
        Ok(MemberOf {
            role: role(&self.role)?,
            person: self.person,
            name: self.name,
            email: leader.then_some(self.email),
            joined_at: self.joined_at,
            disabled: self.disabled_at.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::people::Role::{Engineer, Leader, Reader};

    use super::*;
    use crate::people::disable;
    use crate::testing::{ada, circle_with, fresh_db, noon};

    #[tokio::test]
    async fn members_see_names_and_roles_and_leaders_see_e_mails_too() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let people = [("leo", Leader), ("eve", Engineer), ("rob", Reader), ("zoe", Engineer)];
        let [leo, eve, rob, zoe] = circle_with(&db, "orders", people).await;
        disable(&db, &ada, &zoe.person, noon()).await.unwrap();

        let for_leo = members(&db, &leo, "orders").await.unwrap();
        let for_eve = members(&db, &eve, "orders").await.unwrap();

        let names = |list: &[MemberOf]| list.iter().map(|member| member.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&for_leo), ["Eve", "Leo", "Rob", "Zoe"]);
        assert_eq!(for_leo[0].email.as_deref(), Some("eve@example.org"));
        assert!(for_leo[3].disabled);
        assert_eq!(names(&for_eve), ["Eve", "Leo", "Rob"]);
        assert!(for_eve.iter().all(|member| member.email.is_none()));
        assert_eq!(members(&db, &rob, "orders").await.unwrap(), for_eve);
        assert!(matches!(members(&db, &ada, "orders").await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn only_a_leader_changes_roles_and_only_of_members() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
        let [lia, max] = circle_with(&db, "stock", [("lia", Leader), ("max", Engineer)]).await;

        for (who, circle, of) in [(&eve, "orders", &eve), (&lia, "orders", &eve), (&leo, "orders", &max)] {
            assert!(matches!(
                set_role(&db, who, circle, &of.person, Leader, noon()).await,
                Err(Error::NotFound)
            ));
            assert!(matches!(
                remove_member(&db, who, circle, &of.person, noon()).await,
                Err(Error::NotFound)
            ));
        }
        set_role(&db, &leo, "orders", &eve.person, Leader, noon()).await.unwrap();
        assert!(leader(&db, &eve, "orders").await.is_ok());
    }

    #[tokio::test]
    async fn who_is_removed_finds_the_circle_no_more_and_may_come_back() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;

        remove_member(&db, &leo, "orders", &eve.person, noon()).await.unwrap();

        assert!(matches!(member(&db, &eve, "orders").await, Err(Error::NotFound)));
        assert!(matches!(
            remove_member(&db, &leo, "orders", &eve.person, noon()).await,
            Err(Error::NotFound)
        ));
        let mut tx = db.begin().await.unwrap();
        join(&mut tx, "orders", &eve.person, Reader, noon()).await.unwrap();
        join(&mut tx, "orders", &leo.person, Reader, noon()).await.unwrap();
        commit(tx).await.unwrap();
        assert_eq!(member(&db, &eve, "orders").await.unwrap().role, Reader);
        assert_eq!(member(&db, &leo, "orders").await.unwrap().role, Leader, "a member keeps the role");
    }

    #[tokio::test]
    async fn the_last_leader_stays_and_a_disabled_one_does_not_count() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let people = [("leo", Leader), ("lia", Leader), ("eve", Engineer)];
        let [leo, lia, _] = circle_with(&db, "orders", people).await;
        disable(&db, &ada, &lia.person, noon()).await.unwrap();

        assert!(matches!(
            set_role(&db, &leo, "orders", &leo.person, Engineer, noon()).await,
            Err(Error::Refused(_))
        ));
        assert!(matches!(
            remove_member(&db, &leo, "orders", &leo.person, noon()).await,
            Err(Error::Refused(_))
        ));
        assert!(set_role(&db, &leo, "orders", &lia.person, Engineer, noon()).await.is_ok());
    }

    #[tokio::test]
    async fn two_leaders_who_demote_or_remove_each_other_at_once_leave_one() {
        for _ in 0..5 {
            let db = fresh_db().await;
            let [leo, lia] = circle_with(&db, "orders", [("leo", Leader), ("lia", Leader)]).await;

            let (one, two) = tokio::join!(
                set_role(&db, &leo, "orders", &lia.person, Engineer, noon()),
                remove_member(&db, &lia, "orders", &leo.person, noon()),
            );

            assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        }
    }
}
