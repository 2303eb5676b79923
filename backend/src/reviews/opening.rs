//! Opening reviews: by themselves when the results of a round are ready, or by
//! a leader.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::action::{OriginKind, State as ActionState};
use domain::agenda::{Topical, Why, agenda, proposed_start};
use domain::round::Phase;
use sqlx::{QueryBuilder, query, query_as, query_scalar};

use super::{TOUCH, figures};
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::news::commit_and_tell;
use crate::people::Who;
use crate::{audit, circles, rounds};

/// How long ago a round may have closed for its review to open by itself: older
/// ones were there before reviews were.
const RECENT: TimeDelta = TimeDelta::days(30);

/// How many minutes are meant for each item, until a leader says otherwise.
const TIME_BOX: i64 = 10;

/// Rounds that were sat, are over and marked, and have no review.
const READY: &str = "
    SELECT r.id, r.circle, r.name, c.time_zone
    FROM rounds r
    JOIN circles c ON c.slug = r.circle
    WHERE r.closes_at <= $1 AND r.closes_at > $2 AND r.cancelled_at IS NULL
      AND r.id NOT IN (SELECT v.round FROM reviews v)
      AND (SELECT count(*) FROM attempts a WHERE a.round = r.id) > 0
      AND (SELECT count(*) FROM attempts a WHERE a.round = r.id AND a.verdict IS NULL) = 0
    ORDER BY r.closes_at, r.id";

/// Opens the reviews of all rounds whose results are ready; says how many. Two
/// nodes that do it at once open each of them once.
pub async fn open_ready(db: &Db, now: DateTime<Utc>) -> Result<u64> {
    let ready: Vec<(String, String, String, String)> = on!(db.read(), |pool| query_as(READY)
        .bind(stored(now))
        .bind(stored(now - RECENT))
        .fetch_all(pool)
        .await?);
    let mut n_opened = 0;
    for (id, circle, name, zone) in ready {
        let round = OfRound { id, circle, name, zone: zone.parse().unwrap_or(Tz::UTC) };
        // What is wrong with one round keeps no other from its review.
        match open_one(db, &round, None, now).await {
            Ok(opened) => n_opened += u64::from(opened.is_some()),
            Err(cause) => tracing::error!(%cause, round = round.id, "a review could not be opened"),
        }
    }
    Ok(n_opened)
}

/// Opens the review of a round whose results are ready, by a leader; one that
/// is there already is found. Returns its id.
pub async fn open(db: &Db, who: &Who, circle: &str, round: &str, now: DateTime<Utc>) -> Result<String> {
    let member = circles::leader(db, who, circle).await?;
    let round = rounds::find(db, who, circle, round).await?;
    if round.cancelled_at.is_some() || round.phase(now) != Phase::ResultsReady {
        return Err(Error::refused("round", "Its results are not ready yet."));
    }
    let of = OfRound { id: round.id, circle: circle.to_owned(), name: round.name, zone: member.circle_zone };
    if let Some(opened) = open_one(db, &of, Some(who), now).await? {
        return Ok(opened);
    }
    let found: Option<String> =
        on!(db.read(), |pool| query_scalar(OF_ROUND).bind(&of.id).fetch_optional(pool).await?);
    found.ok_or(Error::NotFound)
}

const OF_ROUND: &str = "SELECT id FROM reviews WHERE round = $1";

struct OfRound {
    id: String,
    circle: String,
    name: String,
    zone: Tz,
}

const ADD: &str = "
    INSERT INTO reviews (id, circle, round, state, planned_at, n_moved, time_box, revision, opened_by, opened_at,
                         changed_at)
    VALUES ($1, $2, $3, 'planned', $4, 0, $5, 1, $6, $7, $7)
    ON CONFLICT (round) DO NOTHING";

const ADD_TAKERS: &str = "
    INSERT INTO review_people (review, person, because)
    SELECT $1, p.person, 'taker'
    FROM round_people p
    JOIN members m ON m.circle = $3 AND m.person = p.person AND m.left_at IS NULL
    WHERE p.round = $2 AND p.taken_out_at IS NULL";

const ADD_LEADERS: &str = "
    INSERT INTO review_people (review, person, because)
    SELECT $1, m.person, 'leader'
    FROM members m
    WHERE m.circle = $2 AND m.role = 'leader' AND m.left_at IS NULL
    ON CONFLICT (review, person) DO NOTHING";

/// `None`: there is one.
async fn open_one(db: &Db, round: &OfRound, by: Option<&Who>, now: DateTime<Utc>) -> Result<Option<String>> {
    let proposed = propose(db, &round.circle, &round.id, now).await?;
    let (id, by) = (new_id(), by.map(|who| who.person.as_str()));
    let mut tx = db.begin().await?;
    let n_added = on!(&mut tx, |tx| query(ADD)
        .bind(&id)
        .bind(&round.circle)
        .bind(&round.id)
        .bind(stored(proposed_start(now, &round.zone)))
        .bind(TIME_BOX)
        .bind(by)
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_added == 0 {
        return Ok(None);
    }
    on!(&mut tx, |tx| query(ADD_TAKERS)
        .bind(&id)
        .bind(&round.id)
        .bind(&round.circle)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    on!(&mut tx, |tx| query(ADD_LEADERS).bind(&id).bind(&round.circle).execute(&mut **tx).await.map(drop))?;
    add_missing(&mut tx, &id, &proposed, now).await?;
    audit::record(&mut tx, Some(&round.circle), by, "opened a review", &round.name, now).await?;
    commit(tx).await?;
    Ok(Some(id))
}

/// One thing that the rule puts on the agenda, as it is stored.
pub(super) struct Proposed {
    /// Id and version.
    question: Option<(String, String)>,
    action: Option<i64>,
    title: String,
    why: Why,
}

/// Actions of reviews; those that were made before the review of the round was
/// opened, or, where it is not there yet, until now.
const ACTIONS: &str = "
    SELECT a.number, a.title, a.state
    FROM actions a
    WHERE a.circle = $1 AND a.origin = $2
      AND a.made_at <= coalesce((SELECT v.opened_at FROM reviews v WHERE v.round = $3), $4)
    ORDER BY a.number";

/// The agenda that the rule makes of a round as it stands now.
pub(super) async fn propose(db: &Db, circle: &str, round: &str, now: DateTime<Utc>) -> Result<Vec<Proposed>> {
    let figures = figures::of_round(db, circle, round).await?;
    let actions: Vec<(i64, String, String)> = on!(db.read(), |pool| query_as(ACTIONS)
        .bind(circle)
        .bind(OriginKind::ReviewItem.as_str())
        .bind(round)
        .bind(stored(now))
        .fetch_all(pool)
        .await?);
    let is_open = |state: &str| ActionState::parse(state).is_some_and(ActionState::is_unfinished);
    let open = actions.into_iter().filter(|(_, _, state)| is_open(state));
    let asked: Vec<_> = figures.iter().map(|one| one.asked.clone()).collect();
    let of = |topical| match topical {
        Topical::Action((number, title, _)) => {
            Some(Proposed { question: None, action: Some(number), title, why: Why::default() })
        }
        Topical::Question(id, why) => {
            let found = figures.iter().find(|one| one.asked.question == id)?;
            let question = Some((id.to_string(), found.version.clone()));
            Some(Proposed { question, action: None, title: found.title.clone(), why })
        }
    };
    Ok(agenda(open, &asked).into_iter().filter_map(of).collect())
}

const ADD_ITEM: &str = "
    INSERT INTO review_items (id, review, place, question, version, action, title, why, added_by, added_at)
    VALUES ($1, $2, (SELECT coalesce(max(x.place), 0) + 1 FROM review_items x WHERE x.review = $2),
            $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT DO NOTHING";

const ADD_ITEMS: &str = "
    INSERT INTO review_items (id, review, place, question, version, action, title, why, added_at) ";

const LAST_PLACE: &str = "SELECT coalesce(max(place), 0) FROM review_items WHERE review = $1";

/// Rows in one statement; both databases take more.
const AT_ONCE: usize = 500;

/// Adds what is not on the agenda yet, at its end, and says anew why the
/// others are there. What a leader took off it stays off.
pub(super) async fn add_missing(
    tx: &mut Tx,
    review: &str,
    proposed: &[Proposed],
    now: DateTime<Utc>,
) -> Result<()> {
    say_why(tx, review, proposed).await?;
    let last: i64 = on!(&mut *tx, |tx| query_scalar(LAST_PLACE).bind(review).fetch_one(&mut **tx).await?);
    let mut rows = Vec::with_capacity(proposed.len());
    for (place, one) in (last + 1..).zip(proposed) {
        rows.push((place, one, write_why(&one.why)?));
    }
    for some in rows.chunks(AT_ONCE) {
        on!(&mut *tx, |tx| QueryBuilder::new(ADD_ITEMS)
            .push_values(some, |mut row, (place, one, why)| {
                let (question, version) = one.question.as_ref().map(|(id, version)| (id, version)).unzip();
                row.push_bind(new_id())
                    .push_bind(review)
                    .push_bind(*place)
                    .push_bind(question)
                    .push_bind(version)
                    .push_bind(one.action)
                    .push_bind(&one.title)
                    .push_bind(why)
                    .push_bind(stored(now));
            })
            .push(" ON CONFLICT DO NOTHING")
            .build()
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    Ok(())
}

const NO_WHY: &str = "
    UPDATE review_items SET why = $2
    WHERE review = $1 AND question IS NOT NULL AND added_by IS NULL AND why <> $2";

/// Says anew why the rule put questions on an agenda. What it would not put
/// there any more, since a dispute was decided, has no reason.
async fn say_why(tx: &mut Tx, review: &str, proposed: &[Proposed]) -> Result<()> {
    on!(&mut *tx, |tx| query(NO_WHY)
        .bind(review)
        .bind(write_why(&Why::default())?)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let mut rows = Vec::with_capacity(proposed.len());
    for one in proposed {
        if let Some((question, _)) = &one.question {
            rows.push((question, write_why(&one.why)?));
        }
    }
    for some in rows.chunks(AT_ONCE) {
        on!(&mut *tx, |tx| QueryBuilder::new("WITH now (question, why) AS (")
            .push_values(some, |mut row, (question, why)| {
                row.push_bind(*question).push_bind(why);
            })
            .push(
                ") UPDATE review_items SET why = now.why FROM now
                 WHERE review_items.question = now.question AND review_items.added_by IS NULL
                   AND review_items.review = "
            )
            .push_bind(review)
            .build()
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// Reviews that are not closed, of rounds that asked a question.
const TALK_ABOUT: &str = "
    SELECT v.id, v.round
    FROM reviews v
    WHERE v.circle = $1 AND v.state <> 'closed'
      AND v.id IN (SELECT i.review FROM review_items i WHERE i.question = $2)";

/// Says anew why things are on the agendas that a question is on: what was
/// decided about it may have changed that.
pub(crate) async fn refresh(db: &Db, circle: &str, question: &str, now: DateTime<Utc>) -> Result<()> {
    let reviews: Vec<(String, String)> =
        on!(db.read(), |pool| query_as(TALK_ABOUT).bind(circle).bind(question).fetch_all(pool).await?);
    for (review, round) in reviews {
        let proposed = propose(db, circle, &round, now).await?;
        let mut tx = db.begin().await?;
        let revision: Option<i64> = on!(&mut tx, |tx| query_scalar(TOUCH)
            .bind(circle)
            .bind(&review)
            .bind(stored(now))
            .fetch_optional(&mut **tx)
            .await?);
        say_why(&mut tx, &review, &proposed).await?;
        commit_and_tell(db, tx, &review, revision.unwrap_or(0)).await?;
    }
    Ok(())
}

/// One item to add at the end of an agenda.
pub(super) struct NewItem<'a> {
    pub question: Option<String>,
    pub version: Option<String>,
    pub action: Option<i64>,
    pub title: &'a str,
    /// JSON.
    pub why: String,
    pub by: Option<&'a str>,
}

/// Returns the id, or `None` where it is on the agenda, or was taken off it.
pub(super) async fn add_item(
    tx: &mut Tx,
    review: &str,
    item: NewItem<'_>,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let id = new_id();
    let n_added = on!(&mut *tx, |tx| query(ADD_ITEM)
        .bind(&id)
        .bind(review)
        .bind(item.question)
        .bind(item.version)
        .bind(item.action)
        .bind(item.title)
        .bind(item.why)
        .bind(item.by)
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    Ok((n_added == 1).then_some(id))
}

pub(super) fn write_why(why: &Why) -> Result<String> {
    serde_json::to_string(why).map_err(|cause| Error::Corrupt(cause.to_string()))
}
