//! Addresses of runbooks on somebody else's host, and what they answer.
//!
//! They come from files of rules and from whoever sends alerts, so nothing is
//! asked until a member of the circle wants it, and then only by a [`Lookout`].

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use domain::alert::coverage::{Coverage, Dead};
use domain::alert::{Answer, Looked};
use domain::people::Role;
use futures_util::{StreamExt, stream};
use sqlx::{query, query_as};

use super::rules;
use crate::audit;
use crate::db::{Db, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;

/// Looks at addresses that others have written. It must not reach a network
/// that strangers may not reach, and must come back within seconds.
#[async_trait]
pub trait Lookout: Send + Sync {
    async fn look(&self, url: &str) -> Answer;
}

/// Addresses looked at in one go, and at any time; the longest that is.
const N_IN_ONE_GO: usize = 200;
const N_AT_ONCE: usize = 16;
const MAX_BYTES: usize = 2000;
/// What one go takes at most. Whatever has not answered by then is left for the next.
const LIMIT: Duration = Duration::from_secs(20);
/// An address is left alone for this long, however often one asks.
const REST: TimeDelta = TimeDelta::minutes(1);

const LOOKED: &str = "SELECT url, answer, looked_at FROM looked_addresses WHERE circle = $1";
const KEEP: &str = "
    INSERT INTO looked_addresses (circle, url, answer, looked_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (circle, url) DO UPDATE SET answer = excluded.answer, looked_at = excluded.looked_at";
const FORGET: &str = "DELETE FROM looked_addresses WHERE circle = $1 AND url = $2";

/// What the addresses of a circle answered; for whoever was asked already.
pub(crate) async fn looked(db: &Db, circle: &str) -> Result<BTreeMap<String, Looked>> {
    let rows: Vec<(String, String, DateTime<Utc>)> =
        on!(db.read(), |pool| query_as(LOOKED).bind(circle).fetch_all(pool).await?);
    let read = |(url, code, at): (String, String, DateTime<Utc>)| {
        let answer = Answer::from_code(&code).ok_or_else(|| Error::Corrupt(format!("answer {code:?}")))?;
        Ok((url, Looked { answer, at }))
    };
    rows.into_iter().map(read).collect()
}

/// Looks at the addresses that lead elsewhere, by an engineer or a leader: those
/// first that nobody has looked at, then the ones of longest ago.
pub async fn look(
    db: &Db,
    who: &Who,
    circle: &str,
    here: &str,
    lookout: &dyn Lookout,
    now: DateTime<Utc>,
) -> Result<()> {
    let covered = rules::covered(db, who, circle, here).await?;
    if covered.member.role == Role::Reader {
        return Err(Error::NotFound);
    }
    let current = elsewhere(&covered.coverage);
    let looked = looked(db, circle).await?;
    let due = due(&current, &looked, now);

    let looks = due.into_iter().map(|url| async move {
        let answer = lookout.look(&url).await;
        (url, answer)
    });
    let answers = stream::iter(looks).buffer_unordered(N_AT_ONCE).take_until(tokio::time::sleep(LIMIT));
    let answers: Vec<(String, Answer)> = answers.collect().await;

    let mut tx = db.begin().await?;
    for (url, answer) in &answers {
        on!(&mut tx, |tx| query(KEEP)
            .bind(circle)
            .bind(url)
            .bind(answer.code())
            .bind(stored(now))
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    for url in looked.keys().filter(|url| !current.contains(url.as_str())) {
        on!(&mut tx, |tx| query(FORGET).bind(circle).bind(url).execute(&mut **tx).await.map(drop))?;
    }
    let what = format!("{} addresses", answers.len());
    audit::record(&mut tx, Some(circle), Some(&who.person), "looked at runbook addresses", &what, now)
        .await?;
    commit(tx).await
}

/// Every address on somebody else's host.
fn elsewhere(coverage: &Coverage) -> BTreeSet<&str> {
    let dead = coverage.dead_links.iter().filter(|(_, _, why)| matches!(why, Dead::Looked(_)));
    let dead = dead.map(|(_, url, _)| url.as_str());
    dead.chain(coverage.elsewhere.iter().map(|(_, url, _)| url.as_str())).collect()
}

fn due(current: &BTreeSet<&str>, looked: &BTreeMap<String, Looked>, now: DateTime<Utc>) -> Vec<String> {
    let last = |url: &str| looked.get(url).map(|looked| looked.at);
    let mut due: Vec<&str> = current
        .iter()
        .copied()
        .filter(|url| url.len() <= MAX_BYTES && last(url).is_none_or(|at| at + REST <= now))
        .collect();
    due.sort_by_key(|url| last(url));
    due.truncate(N_IN_ONE_GO);
    due.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_never_looked_at_comes_first_and_who_just_was_not_at_all() {
        let now: DateTime<Utc> = "2025-11-25T09:00:00Z".parse().unwrap();
        let at = |minutes| Looked { answer: Answer::Status(200), at: now - TimeDelta::minutes(minutes) };
        let looked = [("just", at(0)), ("today", at(60)), ("long ago", at(6000))];
        let looked = looked.map(|(url, looked)| (url.to_owned(), looked)).into();
        let long = "x".repeat(MAX_BYTES + 1);
        let current = ["just", "today", "long ago", "never", long.as_str()].into();

        assert_eq!(due(&current, &looked, now), ["never", "long ago", "today"]);
    }
}
