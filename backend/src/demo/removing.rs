//! Taking the demo circle away, with everything that was made for it.

use chrono::{DateTime, Utc};
use sqlx::error::ErrorKind;
use sqlx::{query, query_as, query_scalar};

use super::cast::MAIL;
use super::{circle, refuse_unless_may};
use crate::attempts::finishing;
use crate::audit;
use crate::db::{Db, Tx, commit, on};
use crate::error::{Error, Result};
use crate::people::Who;

/// How much there is in the demo circle, for whoever is about to remove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// The made-up ones, who go too.
    pub n_people: i64,
    pub n_questions: i64,
    pub n_tests: i64,
    pub n_rounds: i64,
    pub n_attempts: i64,
    /// Real people who are members; they stay.
    pub n_guests: i64,
}

/// Whoever was made for the circle `$1`, by the ending `$2` of their mail: they
/// have no password, administer nothing, and never were in another circle.
macro_rules! made_up {
    () => {
        "SELECT p.id FROM people p
         WHERE p.email LIKE $2 AND p.password_hash IS NULL AND NOT p.administrator
           AND p.id IN (SELECT m.person FROM members m WHERE m.circle = $1)
           AND p.id NOT IN (SELECT m.person FROM members m WHERE m.circle <> $1)"
    };
}

const MADE_UP: &str = made_up!();

const CONTENTS: &str = concat!(
    "SELECT (SELECT count(*) FROM people WHERE id IN (",
    made_up!(),
    ")),
    (SELECT count(*) FROM questions WHERE circle = $1),
    (SELECT count(*) FROM tests WHERE circle = $1),
    (SELECT count(*) FROM rounds WHERE circle = $1),
    (SELECT count(*) FROM attempts WHERE circle = $1),
    (SELECT count(*) FROM members WHERE circle = $1 AND left_at IS NULL AND person NOT IN (",
    made_up!(),
    "))"
);

/// What would go with the demo circle, for whoever may remove it.
pub async fn contents(db: &Db, who: Option<&Who>) -> Result<Contents> {
    refuse_unless_may(db, who).await?;
    let circle = circle(db).await?.ok_or(Error::NotFound)?;
    let (n_people, n_questions, n_tests, n_rounds, n_attempts, n_guests) =
        on!(db.read(), |pool| query_as(CONTENTS).bind(circle).bind(mail()).fetch_one(pool).await?);
    Ok(Contents { n_people, n_questions, n_tests, n_rounds, n_attempts, n_guests })
}

/// Removes the demo circle: the circle `$1`, what belongs to it, the people who
/// were made for it and their sessions; all of it or nothing. Other circles and
/// real people are not touched; who is a guest in the demo only leaves it.
///
/// Who may is who may make one: see [`super::may_change`].
pub async fn remove(db: &Db, who: Option<&Who>, now: DateTime<Utc>) -> Result<()> {
    refuse_unless_may(db, who).await?;
    let _nobody_sweeps = finishing::SWEEPING.lock().await;
    let circle = circle(db).await?.ok_or(Error::NotFound)?;
    let administrator = who.filter(|who| who.administrator);
    take_away(db, &circle, administrator.map(|who| (who, now))).await
}

/// How often the removal is tried while people are at work in the demo.
const TRIES: u32 = 5;

/// Takes a demo circle away, whoever asks; an administrator's name is kept.
pub(super) async fn take_away(db: &Db, circle: &str, by: Option<(&Who, DateTime<Utc>)>) -> Result<()> {
    for _ in 1..TRIES {
        match try_take_away(db, circle, by).await {
            // Somebody added a row after its table had been emptied.
            Err(Error::Database(why)) if is_foreign_key(&why) => {}
            outcome => return outcome,
        }
    }
    try_take_away(db, circle, by).await
}

async fn try_take_away(db: &Db, circle: &str, by: Option<(&Who, DateTime<Utc>)>) -> Result<()> {
    let mut tx = db.begin().await?;
    // Whoever is about to start, to save or to hand in waits, and then finds
    // nothing.
    if execute(&mut tx, LOCK, circle).await? == 0 {
        return Err(Error::NotFound);
    }
    for lock in LOCK_MORE {
        execute(&mut tx, lock, circle).await?;
    }
    let people: Vec<String> =
        on!(&mut tx, |tx| query_scalar(MADE_UP).bind(circle).bind(mail()).fetch_all(&mut **tx).await?);
    for (_, sql) in OF_CIRCLE {
        execute(&mut tx, sql, circle).await?;
    }
    for person in &people {
        for (_, sql) in OF_PERSON {
            execute(&mut tx, sql, person).await?;
        }
    }
    if let Some((who, now)) = by {
        audit::record(&mut tx, None, Some(&who.person), "removed the demo circle", circle, now).await?;
    }
    commit(tx).await
}

const LOCK: &str = "UPDATE circles SET name = name WHERE slug = $1 AND is_demo";

const LOCK_MORE: [&str; 2] = [
    "UPDATE round_people SET extra_seconds = extra_seconds WHERE round IN (SELECT id FROM rounds WHERE circle = $1)",
    "UPDATE attempts SET saved_at = saved_at WHERE circle = $1",
];

/// What of each table belongs to the circle `$1`, children before parents.
const OF_CIRCLE: [(&str, &str); 75] = [
    (
        "postmortem_events",
        "DELETE FROM postmortem_events WHERE postmortem IN (SELECT id FROM postmortems WHERE circle = $1)",
    ),
    (
        "postmortem_promises",
        "DELETE FROM postmortem_promises WHERE postmortem IN (SELECT id FROM postmortems WHERE circle = $1)",
    ),
    (
        "postmortem_people",
        "DELETE FROM postmortem_people WHERE postmortem IN (SELECT id FROM postmortems WHERE circle = $1)",
    ),
    (
        "postmortem_versions",
        "DELETE FROM postmortem_versions WHERE postmortem IN (SELECT id FROM postmortems WHERE circle = $1)",
    ),
    (
        "postmortem_sections",
        "DELETE FROM postmortem_sections WHERE postmortem IN (SELECT id FROM postmortems WHERE circle = $1)",
    ),
    ("postmortems", "DELETE FROM postmortems WHERE circle = $1"),
    ("trigger_decisions", "DELETE FROM trigger_decisions WHERE circle = $1"),
    ("question_checks", "DELETE FROM question_checks WHERE circle = $1"),
    ("check_settings", "DELETE FROM check_settings WHERE circle = $1"),
    ("calendar_feeds", "DELETE FROM calendar_feeds WHERE circle = $1"),
    (
        "review_feedback",
        "DELETE FROM review_feedback WHERE review IN (SELECT id FROM reviews WHERE circle = $1)",
    ),
    (
        "review_decisions",
        "DELETE FROM review_decisions WHERE item IN (SELECT i.id FROM review_items i
                                                     JOIN reviews v ON v.id = i.review WHERE v.circle = $1)",
    ),
    ("review_notes", "DELETE FROM review_notes WHERE review IN (SELECT id FROM reviews WHERE circle = $1)"),
    ("review_items", "DELETE FROM review_items WHERE review IN (SELECT id FROM reviews WHERE circle = $1)"),
    ("review_people", "DELETE FROM review_people WHERE review IN (SELECT id FROM reviews WHERE circle = $1)"),
    ("reviews", "DELETE FROM reviews WHERE circle = $1"),
    ("action_questions", "DELETE FROM action_questions WHERE circle = $1"),
    ("action_labels", "DELETE FROM action_labels WHERE action IN (SELECT id FROM actions WHERE circle = $1)"),
    ("action_tasks", "DELETE FROM action_tasks WHERE action IN (SELECT id FROM actions WHERE circle = $1)"),
    (
        "action_effects",
        "DELETE FROM action_effects WHERE action IN (SELECT id FROM actions WHERE circle = $1)",
    ),
    ("action_sends", "DELETE FROM action_sends WHERE action IN (SELECT id FROM actions WHERE circle = $1)"),
    ("action_events", "DELETE FROM action_events WHERE action IN (SELECT id FROM actions WHERE circle = $1)"),
    ("actions", "DELETE FROM actions WHERE circle = $1"),
    ("action_clocks", "DELETE FROM action_clocks WHERE circle = $1"),
    ("numbers", "DELETE FROM numbers WHERE circle = $1"),
    (
        "decided_marks",
        "DELETE FROM decided_marks WHERE attempt IN (SELECT id FROM attempts WHERE circle = $1)",
    ),
    ("dispute_decisions", "DELETE FROM dispute_decisions WHERE circle = $1"),
    ("disputes", "DELETE FROM disputes WHERE attempt IN (SELECT id FROM attempts WHERE circle = $1)"),
    ("markings", "DELETE FROM markings WHERE attempt IN (SELECT id FROM attempts WHERE circle = $1)"),
    ("marking_plans", "DELETE FROM marking_plans WHERE round IN (SELECT id FROM rounds WHERE circle = $1)"),
    ("open_answers", "DELETE FROM open_answers WHERE round IN (SELECT id FROM rounds WHERE circle = $1)"),
    ("verdicts", "DELETE FROM verdicts WHERE attempt IN (SELECT id FROM attempts WHERE circle = $1)"),
    (
        "book_openings",
        "DELETE FROM book_openings WHERE attempt IN (SELECT id FROM attempts WHERE circle = $1)",
    ),
    ("marks", "DELETE FROM marks WHERE attempt IN (SELECT id FROM attempts WHERE circle = $1)"),
    (
        "answer_events",
        "DELETE FROM answer_events WHERE attempt IN (SELECT id FROM attempts WHERE circle = $1)",
    ),
    ("slots", "DELETE FROM slots WHERE attempt IN (SELECT id FROM attempts WHERE circle = $1)"),
    ("topic_results", "DELETE FROM topic_results WHERE circle = $1"),
    ("kept_topics", "DELETE FROM kept_topics WHERE attempt IN (SELECT id FROM attempts WHERE circle = $1)"),
    ("extensions", "DELETE FROM extensions WHERE round IN (SELECT id FROM rounds WHERE circle = $1)"),
    ("attempts", "DELETE FROM attempts WHERE circle = $1"),
    ("round_people", "DELETE FROM round_people WHERE round IN (SELECT id FROM rounds WHERE circle = $1)"),
    ("rounds", "DELETE FROM rounds WHERE circle = $1"),
    ("test_versions", "DELETE FROM test_versions WHERE test IN (SELECT id FROM tests WHERE circle = $1)"),
    ("tests", "DELETE FROM tests WHERE circle = $1"),
    ("questions", "DELETE FROM questions WHERE circle = $1"),
    ("question_images", "DELETE FROM question_images WHERE circle = $1"),
    ("question_versions", "DELETE FROM question_versions WHERE circle = $1"),
    ("search_entries", "DELETE FROM search_entries WHERE circle = $1"),
    ("document_checks", "DELETE FROM document_checks WHERE circle = $1"),
    ("document_versions", "DELETE FROM document_versions WHERE circle = $1"),
    ("calls", "DELETE FROM calls WHERE circle = $1"),
    ("shifts", "DELETE FROM shifts WHERE circle = $1"),
    ("escalation_steps", "DELETE FROM escalation_steps WHERE circle = $1"),
    ("signal_alerts", "DELETE FROM signal_alerts WHERE circle = $1"),
    ("signals", "DELETE FROM signals WHERE circle = $1"),
    ("signal_rules", "DELETE FROM signal_rules WHERE circle = $1"),
    (
        "timeline_withdrawals",
        "DELETE FROM timeline_withdrawals WHERE entry IN
             (SELECT t.id FROM timeline_entries t JOIN incidents i ON i.id = t.incident WHERE i.circle = $1)",
    ),
    (
        "timeline_entries",
        "DELETE FROM timeline_entries WHERE incident IN (SELECT id FROM incidents WHERE circle = $1)",
    ),
    ("incidents", "DELETE FROM incidents WHERE circle = $1"),
    ("incident_severities", "DELETE FROM incident_severities WHERE circle = $1"),
    ("signal_sources", "DELETE FROM signal_sources WHERE circle = $1"),
    ("runbook_remarks", "DELETE FROM runbook_remarks WHERE circle = $1"),
    ("runbook_drafts", "DELETE FROM runbook_drafts WHERE circle = $1"),
    ("runbook_alerts", "DELETE FROM runbook_alerts WHERE circle = $1"),
    ("runbook_pages", "DELETE FROM runbook_pages WHERE circle = $1"),
    ("runbook_versions", "DELETE FROM runbook_versions WHERE circle = $1"),
    ("runbooks", "DELETE FROM runbooks WHERE circle = $1"),
    ("rule_alerts", "DELETE FROM rule_alerts WHERE circle = $1"),
    ("looked_addresses", "DELETE FROM looked_addresses WHERE circle = $1"),
    ("rule_files", "DELETE FROM rule_files WHERE circle = $1"),
    ("services", "DELETE FROM services WHERE circle = $1"),
    ("invitations", "DELETE FROM invitations WHERE circle = $1"),
    ("audit", "DELETE FROM audit WHERE circle = $1"),
    ("members", "DELETE FROM members WHERE circle = $1"),
    ("circles", "DELETE FROM circles WHERE slug = $1"),
];

/// What of each table belongs to the made-up person `$1`.
const OF_PERSON: [(&str, &str); 5] = [
    ("sessions", "DELETE FROM sessions WHERE record LIKE '%' || $1 || '%'"),
    ("password_resets", "DELETE FROM password_resets WHERE person = $1 OR made_by = $1"),
    (
        "sign_in_failures",
        "DELETE FROM sign_in_failures WHERE email = (SELECT email FROM people WHERE id = $1)",
    ),
    // What a person did outside of circles.
    ("audit", "DELETE FROM audit WHERE person = $1"),
    ("people", "DELETE FROM people WHERE id = $1"),
];

async fn execute(tx: &mut Tx, sql: &'static str, parameter: &str) -> Result<u64> {
    Ok(on!(tx, |tx| query(sql).bind(parameter).execute(&mut **tx).await?.rows_affected()))
}

fn mail() -> String {
    format!("%{MAIL}")
}

fn is_foreign_key(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.kind() == ErrorKind::ForeignKeyViolation)
}
