//! Circles and who belongs to them.

mod leaderless;
mod members;
mod slug;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::people::Role;
use sqlx::{FromRow, query, query_as};

use crate::audit;
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::{self, Who, names};

pub use leaderless::{Leaderless, appoint_leader, leaderless};
pub(crate) use members::lock;
pub use members::{MemberOf, members, remove_member, set_role};
pub(crate) use members::{find_member, join};

/// The one who asks, as a member of the circle that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub circle: String,
    pub circle_name: String,
    pub is_demo: bool,
    pub person: String,
    pub role: Role,
    /// The person's own time zone, or else the circle's.
    pub zone: Tz,
    pub circle_zone: Tz,
}

const MEMBER: &str = "
    SELECT c.slug AS circle, c.name AS circle_name, c.is_demo, c.time_zone, m.role
    FROM members m
    JOIN circles c ON c.slug = m.circle
    WHERE m.circle = $1 AND m.person = $2 AND m.left_at IS NULL";

/// The one who asks, in a circle; another's circle is not found.
pub async fn member(db: &Db, who: &Who, circle: &str) -> Result<Member> {
    let place: Option<Place> = match &who.places {
        Some(places) => places.iter().find(|place| place.circle == circle).cloned(),
        None => on!(db.read(), |pool| query_as(MEMBER)
            .bind(circle)
            .bind(&who.person)
            .fetch_optional(pool)
            .await?),
    };
    place.ok_or(Error::NotFound)?.for_person(who)
}

/// The one who asks, where a leader is needed. To everyone else the thing
/// asked for does not exist.
pub async fn leader(db: &Db, who: &Who, circle: &str) -> Result<Member> {
    let member = member(db, who, circle).await?;
    if member.role == Role::Leader { Ok(member) } else { Err(Error::NotFound) }
}

/// A circle in the list of a person's circles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircleOf {
    pub slug: String,
    pub name: String,
    pub role: Role,
    pub is_demo: bool,
}

const OF_PERSON: &str = "
    SELECT c.slug AS circle, c.name AS circle_name, c.is_demo, c.time_zone, m.role
    FROM members m
    JOIN circles c ON c.slug = m.circle
    WHERE m.person = $1 AND m.left_at IS NULL";

/// The circles of the one who asks, by name.
pub async fn of_person(db: &Db, who: &Who) -> Result<Vec<CircleOf>> {
    let places: Vec<Place> = match &who.places {
        Some(places) => places.to_vec(),
        None => on!(db.read(), |pool| query_as(OF_PERSON).bind(&who.person).fetch_all(pool).await?),
    };
    let mut circles = places.into_iter().map(Place::for_list).collect::<Result<Vec<_>>>()?;
    circles.sort_by_cached_key(|circle| (circle.name.to_lowercase(), circle.slug.clone()));
    Ok(circles)
}

/// Makes a circle, led by the administrator who asks; returns its slug.
pub async fn create(db: &Db, who: &Who, name: &str, zone: &str, now: DateTime<Utc>) -> Result<String> {
    people::administrator(who)?;
    let (name, zone) = people::both(names::name("name", name), names::time_zone(zone))?;
    let mut tx = db.begin().await?;
    let slug = insert(&mut tx, &name, zone, false, now).await?;
    join(&mut tx, &slug, &who.person, Role::Leader, now).await?;
    audit::record(&mut tx, Some(&slug), Some(&who.person), "made the circle", &name, now).await?;
    commit(tx).await?;
    Ok(slug)
}

const INSERT: &str = "
    INSERT INTO circles (slug, name, time_zone, is_demo, created_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (slug) DO NOTHING";

/// Adds a circle without members, under the first slug of its name that is
/// free; returns the slug.
pub(crate) async fn insert(
    tx: &mut Tx,
    name: &str,
    zone: Tz,
    is_demo: bool,
    now: DateTime<Utc>,
) -> Result<String> {
    for slug in slug::candidates(name) {
        let n_added = on!(&mut *tx, |tx| query(INSERT)
            .bind(&slug)
            .bind(name)
            .bind(zone.name())
            .bind(is_demo)
            .bind(stored(now))
            .execute(&mut **tx)
            .await?
            .rows_affected());
        if n_added == 1 {
            return Ok(slug);
        }
    }
    Err(Error::refused("name", "Too many circles have this name."))
}

const SET_CIRCLE: &str = "UPDATE circles SET name = $2, time_zone = $3 WHERE slug = $1";

/// Changes a circle's name and time zone, by its leader; the slug stays.
pub async fn set_circle(
    db: &Db,
    who: &Who,
    circle: &str,
    name: &str,
    zone: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    leader(db, who, circle).await?;
    let (name, zone) = people::both(names::name("name", name), names::time_zone(zone))?;
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(SET_CIRCLE)
        .bind(circle)
        .bind(&name)
        .bind(zone.name())
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let subject = format!("{name}, {zone}");
    let what = "set the circle's name and time zone";
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &subject, now).await?;
    commit(tx).await
}

/// What a person is in one circle, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(crate) struct Place {
    pub circle: String,
    pub circle_name: String,
    pub is_demo: bool,
    pub time_zone: String,
    pub role: String,
}

impl Place {
    fn for_person(self, who: &Who) -> Result<Member> {
        let circle_zone = self.time_zone.parse().unwrap_or(Tz::UTC);
        Ok(Member {
            zone: who.time_zone.unwrap_or(circle_zone),
            circle_zone,
            role: role(&self.role)?,
            circle: self.circle,
            circle_name: self.circle_name,
            is_demo: self.is_demo,
            person: who.person.clone(),
        })
    }

    fn for_list(self) -> Result<CircleOf> {
        let role = role(&self.role)?;
        Ok(CircleOf { slug: self.circle, name: self.circle_name, role, is_demo: self.is_demo })
    }
}

/// A role as it was stored.
pub(crate) fn role(text: &str) -> Result<Role> {
    text.parse().map_err(|_| Error::Corrupt(format!("role {text}")))
}

#[cfg(test)]
mod tests {
    use domain::people::Role::{Engineer, Leader, Reader};
    use tokio::task::JoinSet;

    use super::*;
    use crate::testing::{ada, circle_with, fresh_db, noon};

    #[tokio::test]
    async fn who_makes_a_circle_leads_it() {
        let db = fresh_db().await;
        let ada = ada(&db).await;

        let slug = create(&db, &ada, " Zażółć & Søn GmbH ", "Europe/Warsaw", noon()).await.unwrap();

        let member = leader(&db, &ada, &slug).await.unwrap();
        assert_eq!(slug, "zazolc-son-gmbh");
        assert_eq!(member.circle_name, "Zażółć & Søn GmbH");
        assert_eq!(member.zone, Tz::Europe__Warsaw);
        assert!(!member.is_demo);
    }

    #[tokio::test]
    async fn only_administrators_make_circles() {
        let db = fresh_db().await;
        let [leo] = circle_with(&db, "orders", [("leo", Leader)]).await;

        assert!(matches!(create(&db, &leo, "Stock", "UTC", noon()).await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn what_cannot_be_taken_is_named_field_by_field() {
        let db = fresh_db().await;
        let ada = ada(&db).await;

        match create(&db, &ada, "", "Nowhere", noon()).await {
            Err(Error::Refused(problems)) => {
                let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
                assert_eq!(fields, ["name", "time_zone"]);
            }
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn circles_of_one_name_made_at_once_get_slugs_of_their_own() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let mut makers = JoinSet::new();
        for _ in 0..4 {
            let (db, ada) = (db.clone(), ada.clone());
            makers.spawn(async move { create(&db, &ada, "Orders", "UTC", noon()).await.unwrap() });
        }

        let mut slugs = makers.join_all().await;

        slugs.sort();
        assert_eq!(slugs, ["orders", "orders-2", "orders-3", "orders-4"]);
    }

    #[tokio::test]
    async fn a_person_sees_the_own_circles_and_to_others_they_do_not_exist() {
        let db = fresh_db().await;
        let ada = ada(&db).await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
        circle_with(&db, "billing", [("eve", Reader)]).await;

        let circles = of_person(&db, &eve).await.unwrap();

        let seen: Vec<_> = circles.iter().map(|it| (it.slug.as_str(), it.role)).collect();
        assert_eq!(seen, [("billing", Reader), ("orders", Engineer)]);
        for circle in ["billing", "no-such"] {
            assert!(matches!(member(&db, &leo, circle).await, Err(Error::NotFound)));
        }
        assert!(matches!(member(&db, &ada, "orders").await, Err(Error::NotFound)));
        assert!(matches!(leader(&db, &eve, "orders").await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn a_leader_renames_the_circle_and_its_slug_stays() {
        let db = fresh_db().await;
        let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;

        set_circle(&db, &leo, "orders", "Orders and Returns", "America/Lima", noon()).await.unwrap();

        let seen = member(&db, &eve, "orders").await.unwrap();
        assert_eq!(seen.circle_name, "Orders and Returns");
        assert_eq!(seen.zone, Tz::America__Lima);
        let by_eve = set_circle(&db, &eve, "orders", "Mine", "UTC", noon()).await;
        assert!(matches!(by_eve, Err(Error::NotFound)));
    }
}
