//! What a circle means by each severity, and how often it tells those who wait.

use chrono::{DateTime, Utc};
use domain::incident::{Severities, Severity};
use domain::words::one_line;
use sqlx::{query, query_as};

use crate::db::{Db, commit, on};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::token::stamp;
use crate::{audit, circles};

const GET: &str = "SELECT level, meaning, update_minutes FROM incident_severities WHERE circle = $1";

/// The severities of a circle, for its members.
pub async fn of_circle(db: &Db, who: &Who, circle: &str) -> Result<Severities> {
    circles::member(db, who, circle).await?;
    stored(db, circle).await
}

pub(crate) async fn stored(db: &Db, circle: &str) -> Result<Severities> {
    of_rows(on!(db.read(), |pool| query_as(GET).bind(circle).fetch_all(pool).await?))
}

fn of_rows(rows: Vec<(i64, String, Option<i64>)>) -> Result<Severities> {
    let mut severities = Severities::default();
    for (level, meaning, minutes) in rows {
        let corrupt = || Error::Corrupt(format!("severity {level} with {minutes:?} minutes"));
        let minutes = minutes.map(u32::try_from).transpose().map_err(|_| corrupt())?;
        let severity = Severity::new(level).ok_or_else(corrupt)?;
        severities.set(severity, meaning, minutes).map_err(|_| corrupt())?;
    }
    Ok(severities)
}

const SET: &str = "
    INSERT INTO incident_severities (circle, level, meaning, update_minutes)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (circle, level) DO UPDATE
    SET meaning = excluded.meaning, update_minutes = excluded.update_minutes";

/// The longest meaning, in characters.
const MEANING_LIMIT: usize = 200;

fn words_of(severities: &Severities, severity: Severity) -> String {
    let meaning = severities.of(severity);
    let minutes = meaning.update_minutes.map_or("no minutes".to_owned(), |n| format!("{n} min"));
    format!("{} “{}”, {minutes}", severity.level(), meaning.words)
}

/// What a page says of the severities that it has shown.
pub fn stamp_of(severities: &Severities) -> String {
    let words: Vec<String> = Severity::ALL.iter().map(|one| words_of(severities, *one)).collect();
    stamp(&words.join("\n"))
}

/// Sets all four, by a leader who was shown those of a [`stamp_of`]: what is meant and the minutes, as they were
/// typed. The clocks of incidents that run follow at once.
pub async fn set(
    db: &Db,
    who: &Who,
    circle: &str,
    typed: &[(String, String); 4],
    had: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    circles::leader(db, who, circle).await?;
    let mut tx = db.begin().await?;
    // From here on nobody else sets them.
    circles::lock(&mut tx, circle).await?;
    let stands = of_rows(on!(&mut tx, |tx| query_as(GET).bind(circle).fetch_all(&mut **tx).await?))?;
    if read(typed).is_ok_and(|typed| typed == stands) {
        return Ok(());
    }
    if had.is_some_and(|had| had != stamp_of(&stands)) {
        let words: Vec<String> = Severity::ALL.iter().map(|one| words_of(&stands, *one)).collect();
        let what = format!(
            "Somebody set them meanwhile. They are now: {}. Save again to set yours.",
            words.join("; ")
        );
        return Err(Error::refused("", what));
    }
    let severities = read(typed).map_err(Error::Refused)?;
    let mut said = Vec::new();
    for severity in Severity::ALL {
        let meaning = severities.of(severity);
        on!(&mut tx, |tx| query(SET)
            .bind(circle)
            .bind(i64::from(severity.level()))
            .bind(&meaning.words)
            .bind(meaning.update_minutes.map(i64::from))
            .execute(&mut **tx)
            .await
            .map(drop))?;
        said.push(meaning.update_minutes.map_or_else(|| "no clock".to_owned(), |n| format!("{n} min")));
    }
    let what = "set the severities of incidents";
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &said.join(", "), now).await?;
    commit(tx).await
}

/// Each problem names its field: `meaning-1` to `minutes-4`.
fn read(typed: &[(String, String); 4]) -> Result<Severities, Vec<Problem>> {
    let mut severities = Severities::default();
    let mut problems = Vec::new();
    for (severity, (words, minutes)) in Severity::ALL.into_iter().zip(typed) {
        let (words, level) = (one_line(words), severity.level());
        if !(1..=MEANING_LIMIT).contains(&words.chars().count()) {
            let what = "Say in 1 to 200 characters when an incident is this bad.";
            problems.push(Problem::new(&format!("meaning-{level}"), what));
        }
        let minutes = Some(minutes.trim()).filter(|minutes| !minutes.is_empty());
        // What is no number is refused as one that is out of bounds.
        let minutes = minutes.map(|minutes| minutes.parse().unwrap_or(0));
        if severities.set(severity, words, minutes).is_err() {
            let what = "Enter minutes from 5 to 10080, or leave it empty for no clock.";
            problems.push(Problem::new(&format!("minutes-{level}"), what));
        }
    }
    if problems.is_empty() { Ok(severities) } else { Err(problems) }
}
