//! How many working days a circle gives its actions, severity by severity.

use chrono::{DateTime, Utc};
use domain::action::{Clocks, LONGEST_CLOCK, Severity};
use sqlx::{query, query_as};

use crate::db::{Db, commit, on};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles};

const GET: &str = "SELECT severity, assign_days, done_days FROM action_clocks WHERE circle = $1";

/// The days of a circle, for its members.
pub async fn of_circle(db: &Db, who: &Who, circle: &str) -> Result<Clocks> {
    circles::member(db, who, circle).await?;
    let rows: Vec<(i64, i64, i64)> =
        on!(db.read(), |pool| query_as(GET).bind(circle).fetch_all(pool).await?);
    let mut clocks = Clocks::default();
    for (severity, assign, done) in rows {
        let corrupt = || Error::Corrupt(format!("days of severity {severity}: {assign}, {done}"));
        let severity = Severity::new(severity).ok_or_else(corrupt)?;
        let (assign, done) = (u32::try_from(assign), u32::try_from(done));
        let (assign, done) = assign.ok().zip(done.ok()).ok_or_else(corrupt)?;
        clocks.set(severity, assign, done).map_err(|_| corrupt())?;
    }
    Ok(clocks)
}

const SET: &str = "
    INSERT INTO action_clocks (circle, severity, assign_days, done_days)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (circle, severity) DO UPDATE
    SET assign_days = excluded.assign_days, done_days = excluded.done_days";

/// Sets the days of all four severities, by a leader: to assign, to do, as
/// they were typed. Actions that are there keep their dates.
pub async fn set(
    db: &Db,
    who: &Who,
    circle: &str,
    typed: &[(String, String); 4],
    now: DateTime<Utc>,
) -> Result<()> {
    circles::leader(db, who, circle).await?;
    let clocks = read(typed).map_err(Error::Refused)?;
    let mut tx = db.begin().await?;
    let mut said = Vec::new();
    for severity in Severity::ALL {
        let (assign, done) = clocks.days(severity);
        on!(&mut tx, |tx| query(SET)
            .bind(circle)
            .bind(i64::from(severity.level()))
            .bind(i64::from(assign))
            .bind(i64::from(done))
            .execute(&mut **tx)
            .await
            .map(drop))?;
        said.push(format!("{assign}/{done}"));
    }
    let what = "set the working days of corrective actions";
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &said.join(", "), now).await?;
    commit(tx).await
}

/// Each problem names its field: `assign-1` to `done-4`.
fn read(typed: &[(String, String); 4]) -> Result<Clocks, Vec<Problem>> {
    let mut clocks = Clocks::default();
    let mut problems = Vec::new();
    for (severity, (assign, done)) in Severity::ALL.into_iter().zip(typed) {
        // What is no number is refused as one that is out of bounds.
        let days = |typed: &str| typed.trim().parse().unwrap_or(0);
        if let Err(why) = clocks.set(severity, days(assign), days(done)) {
            let is_assign = !(1..=LONGEST_CLOCK).contains(&days(assign));
            let field = if is_assign { "assign" } else { "done" };
            let what = why.to_string();
            let what = what[..1].to_uppercase() + &what[1..] + ".";
            problems.push(Problem::new(&format!("{field}-{}", severity.level()), what));
        }
    }
    if problems.is_empty() { Ok(clocks) } else { Err(problems) }
}
