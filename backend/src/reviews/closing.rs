//! Closing a review: nothing may be left open, the minutes are written, and
//! what was missed is asked again.

use chrono::{DateTime, Utc};
use domain::action::Number;
use sqlx::query;

use super::{Found, Retest, State, find, minutes, retest, touch_in};
use crate::db::{Db, on, stored};
use crate::error::{Error, Problem, Result};
use crate::news::commit_and_tell;
use crate::people::Who;
use crate::{audit, rounds, tests};

pub use super::retest::{DAYS, propose};

/// Something that keeps a review from being closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// Nobody has decided about this question.
    Decision { item: String, title: String },
    /// Nobody owns this action.
    Owner { number: Number, title: String },
}

/// What keeps a review from being closed, in the order of its agenda. Dates an
/// action has from the start.
pub fn missing(found: &Found) -> Vec<Missing> {
    let of_item = |item: &super::Item| {
        let decision = item
            .is_undecided()
            .then(|| Missing::Decision { item: item.id.clone(), title: item.title.clone() });
        let unowned = item.actions.iter().filter(|action| action.state.is_unfinished() && !action.is_owned());
        let owners = unowned
            .map(|action| Missing::Owner { number: action.number, title: action.title.clone() })
            .collect::<Vec<_>>();
        decision.into_iter().chain(owners)
    };
    found.items.iter().flat_map(of_item).collect()
}

const CLOSE: &str = "
    UPDATE reviews SET state = 'closed', closed_by = $2, closed_at = $3, minutes = $4, retest = $5, item = NULL
    WHERE id = $1";

/// Closes a review, by a leader. `retest_in` says in how many days what was
/// missed is asked again; `None` is not at all.
pub async fn close(
    db: &Db,
    who: &Who,
    circle: &str,
    review: &str,
    retest_in: Option<u64>,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = find(db, who, circle, review, now).await?;
    if !found.leads() {
        return Err(Error::NotFound);
    }
    if !missing(&found).is_empty() {
        return Err(Error::refused("close", "Something is still open. The list says what, and where."));
    }
    let planned = match retest_in {
        None => None,
        Some(days) => plan_retest(db, who, &found, days, now).await?,
    };
    let mut tx = db.begin().await?;
    let revision = touch_in(&mut tx, &found.review, &[State::InProgress], now).await?;
    if revision != found.review.revision + 1 {
        // Dropping the transaction undoes it.
        let what = "Something was written meanwhile. It is on the page now; close it again.";
        return Err(Error::refused("close", what));
    }
    let round = match &planned {
        None => None,
        Some((retest, plan)) => {
            let test = tests::insert(&mut tx, who, circle, &plan.name, &retest.test, now).await?;
            let plan = rounds::Plan { test, ..plan.clone() };
            Some(rounds::add(&mut tx, who, circle, &plan, 1, now).await?)
        }
    };
    let plan = planned.as_ref().map(|(retest, plan)| (retest, plan));
    on!(&mut tx, |tx| query(CLOSE)
        .bind(review)
        .bind(&who.person)
        .bind(stored(now))
        .bind(minutes::of(&found, plan, now))
        .bind(round)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let name = &found.review.round_name;
    audit::record(&mut tx, Some(circle), Some(&who.person), "closed a review", name, now).await?;
    commit_and_tell(db, tx, review, revision).await
}

/// The longest wait for a re-test, in days.
const LONGEST_WAIT: u64 = 365;

async fn plan_retest(
    db: &Db,
    who: &Who,
    found: &Found,
    days: u64,
    now: DateTime<Utc>,
) -> Result<Option<(Retest, rounds::Plan)>> {
    if !(1..=LONGEST_WAIT).contains(&days) {
        return Err(Error::refused("days", "Enter days from 1 to 365, for example 14."));
    }
    let Some(retest) = retest::propose(db, who, found).await? else { return Ok(None) };
    let circle = &found.review.circle;
    let plan = retest::plan(found, &retest, days, now);
    let mut problems: Vec<Problem> = Vec::new();
    for problem in rounds::problems_of_plan(db, who, circle, &plan, &plan.people, now).await? {
        problems.push(Problem::new("retest", problem.what));
    }
    for lacking in tests::shortfalls(db, who, circle, &retest.test).await? {
        let what = format!(
            "The bank cannot fill the re-test: {lacking}. Add questions, or close without it and plan a round."
        );
        problems.push(Problem::new("retest", what));
    }
    if problems.is_empty() { Ok(Some((retest, plan))) } else { Err(Error::Refused(problems)) }
}
