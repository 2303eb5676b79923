//! Showing the takers of a round what came of it.

use chrono::{DateTime, Utc};
use domain::round::Phase;
use sqlx::query;

use crate::audit;
use crate::db::{Db, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::rounds::{self, Round};

/// Holds only while nobody sits and nothing waits for a marker.
const RELEASE: &str = "
    UPDATE rounds SET released_at = $2
    WHERE id = $1 AND released_at IS NULL AND cancelled_at IS NULL AND closes_at <= $2
      AND (SELECT count(*) FROM attempts a WHERE a.round = rounds.id AND a.verdict IS NULL) = 0";

/// Releases the results of a round, by a leader: from then on everyone in it
/// sees their score and the answers, whatever the round says. It is not taken
/// back, since people have seen it; a second time changes nothing.
pub async fn release(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    let round = rounds::find(db, who, circle, id).await?;
    if round.released_at.is_some() {
        return Ok(());
    }
    if let Some(why) = why_not(&round, now) {
        return Err(Error::refused("", why));
    }
    let mut tx = db.begin().await?;
    let n_released = on!(&mut tx, |tx| query(RELEASE)
        .bind(id)
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_released == 0 {
        // Somebody else did it just now, or the round was changed.
        let is_done = rounds::find(db, who, circle, id).await?.released_at.is_some();
        let why = "This round was changed just now. Load this page again to see how it stands.";
        return if is_done { Ok(()) } else { Err(Error::refused("", why)) };
    }
    audit::record(&mut tx, Some(circle), Some(&who.person), "released results", &round.name, now).await?;
    commit(tx).await
}

/// Why the results cannot be released now; `None` where they can.
pub fn why_not(round: &Round, now: DateTime<Utc>) -> Option<&'static str> {
    match round.phase(now) {
        _ if round.cancelled_at.is_some() => {
            Some("This round was cancelled, so there is nothing to release.")
        }
        Phase::Planned | Phase::Running => Some(
            "Results can be released when the round is closed: who has not sat it would see the answers.",
        ),
        Phase::StillSitting => Some("Results can be released when nobody is sitting any more."),
        Phase::Marking => Some("Results can be released when every answer is marked."),
        Phase::ResultsReady if round.n_handed_in == 0 => {
            Some("Nobody handed it in, so there is nothing to release.")
        }
        Phase::ResultsReady => None,
    }
}
