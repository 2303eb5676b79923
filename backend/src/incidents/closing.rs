//! Closing an incident: refused with what it still lacks, unless a leader says
//! why it is closed all the same.

use chrono::{DateTime, Utc};
use domain::incident::{Kind, Number, Phase};
use domain::people::Role;
use sqlx::query;

use super::working::{changed_meanwhile, one_reason, say};
use super::{at_work, record};
use crate::db::{Db, commit, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;

const CLOSE: &str = "
    UPDATE incidents
    SET phase = 'closed', closed_at = $3, overridden = $4, resolved_at = COALESCE(resolved_at, $3)
    WHERE id = $1 AND phase = $2 AND changed_at = $5";

/// Closes an incident that lacks nothing, by an engineer or a leader. A leader
/// closes one that does with a reason; each lack is a problem otherwise.
pub async fn close(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    override_reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = at_work(db, who, circle, number).await?;
    let (incident, now) = (&found.incident, stored(now));
    let mut overridden = String::new();
    if !found.lacks.is_empty() {
        let leads = found.member.role == Role::Leader;
        if !leads || override_reason.trim().is_empty() {
            let problems = found.lacks.iter().map(|lack| Problem::new("close", lack.words()));
            return Err(Error::Refused(problems.collect()));
        }
        overridden = one_reason("override_reason", override_reason)
            .map_err(|problem| Error::Refused(vec![problem]))?;
    }
    let mut tx = db.begin().await?;
    let n_closed = on!(&mut tx, |tx| query(CLOSE)
        .bind(&incident.id)
        .bind(incident.phase.as_str())
        .bind(now)
        .bind(&overridden)
        .bind(incident.changed_at)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_closed == 0 {
        return Err(changed_meanwhile(incident));
    }
    if !overridden.is_empty() {
        let lacked: Vec<String> = found.lacks.iter().map(|lack| format!("- {}", lack.words())).collect();
        let words = format!("{overridden}\n\nWhat lacked:\n\n{}", lacked.join("\n"));
        say(&mut tx, incident, Kind::Overridden, Phase::Closed, &words, Some(who), now).await?;
    }
    say(&mut tx, incident, Kind::Phase, Phase::Closed, "", Some(who), now).await?;
    let what = match overridden.is_empty() {
        true => "closed an incident".to_owned(),
        false => format!("closed an incident that lacked {} things", found.lacks.len()),
    };
    record(&mut tx, who, circle, (number, &incident.title), &what, now).await?;
    commit(tx).await
}
