//! Writing questions in the app: through the same reading as a bank that is
//! taken, with the file offered back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::bank::{BankQuestion, Content, Finding, Severity, SourceFile};
use domain::question::QuestionId;
use sqlx::{query, query_as, query_scalar};

use super::{Outcome, seen_as, settle};
use crate::circles;
use crate::db::{Db, commit, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::token::stamp;
use crate::{audit, questions};

const TEXT: &str = "SELECT text FROM questions WHERE circle = $1 AND id = $2";

/// The file of a question as it was taken or written last, for a leader.
pub async fn text_of(db: &Db, who: &Who, circle: &str, question: &QuestionId) -> Result<String> {
    circles::leader(db, who, circle).await?;
    let text: Option<String> = on!(db.read(), |pool| query_scalar(TEXT)
        .bind(circle)
        .bind(question.to_string())
        .fetch_optional(pool)
        .await?);
    text.ok_or(Error::NotFound)
}

const IMAGES: &str = "
    SELECT i.name, i.base64 FROM question_images i
    JOIN questions q ON q.circle = i.circle AND q.id = i.question AND q.version = i.version
    WHERE q.circle = $1 AND q.id = $2
    ORDER BY i.n";

/// What is wrong with a text, and what is only to be thought about. For a
/// leader.
pub async fn check(
    db: &Db,
    who: &Who,
    circle: &str,
    question: &QuestionId,
    text: &str,
) -> Result<(Option<BankQuestion>, Vec<Finding>)> {
    circles::leader(db, who, circle).await?;
    let images: Vec<(String, String)> = on!(db.read(), |pool| query_as(IMAGES)
        .bind(circle)
        .bind(question.to_string())
        .fetch_all(pool)
        .await?);
    let mut files = vec![
        file(
            format!("{}/service.toml", question.service),
            b"name = \"-\"\nsummary = \"-\"\nowner = \"-\"\n".to_vec(),
        ),
        file(format!("{question}.md"), text.as_bytes().to_vec()),
    ];
    for (name, base64) in images {
        let bytes =
            STANDARD.decode(base64).map_err(|_| Error::Corrupt(format!("image {name} of {question}")))?;
        files.push(file(image_path(question, &name), bytes));
    }
    let shelf = domain::bank::read(&files);
    // An image that the text no longer shows is no fault of the text.
    let own = format!("{question}.md");
    let findings: Vec<Finding> = shelf.findings.into_iter().filter(|finding| finding.path == own).collect();
    let read = shelf.banks.into_iter().next().and_then(|bank| bank.questions.into_iter().next());
    Ok((read, findings))
}

fn file(path: String, bytes: Vec<u8>) -> SourceFile {
    SourceFile { path, content: Content::Bytes(bytes) }
}

/// Where an image of a question stands, as its Markdown names it.
fn image_path(question: &QuestionId, name: &str) -> String {
    let mut parts: Vec<&str> = vec![question.service.as_str(), question.topic.as_str()];
    for part in name.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Writes a new version of a question, by a leader who was shown a text, by its
/// [`stamp`], and these checks; it is refused where either is another by now.
pub async fn edit(
    db: &Db,
    who: &Who,
    circle: &str,
    question: &QuestionId,
    text: &str,
    (shown, seen): (&str, &[&str]),
    now: DateTime<Utc>,
) -> Result<()> {
    let before = text_of(db, who, circle, question).await?;
    let checks = super::of_question(db, who, circle, question).await?;
    if stamp(&before) != shown {
        return Err(changed_meanwhile());
    }
    if checks.iter().any(|check| !seen.contains(&seen_as(check).as_str())) {
        let what = "What it rests on has changed meanwhile. Open it in another tab to see how.";
        return Err(Error::refused("", what));
    }
    let written = Written { text, outcome: Outcome::Edited, over: Some(&before) };
    write(db, who, circle, question, written, now).await
}

fn changed_meanwhile() -> Error {
    Error::refused("", "Somebody changed this question meanwhile. Open it in another tab to see how.")
}

/// A question as it is to stand from now on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    pub text: &'a str,
    pub outcome: Outcome,
    /// What it is written over, which must still be there; `None`: whatever is.
    pub over: Option<&'a str>,
}

const STILL: &str =
    "UPDATE questions SET changed_at = changed_at WHERE circle = $1 AND id = $2 AND text = $3";

/// Writes a question by a leader: a new one, or a new version of one that is
/// there. What it asked to be checked for is then done with.
pub(crate) async fn write(
    db: &Db,
    who: &Who,
    circle: &str,
    question: &QuestionId,
    written: Written<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let Written { text, outcome, over } = written;
    let (read, findings) = check(db, who, circle, question, text).await?;
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let problems: Vec<Problem> = findings
        .iter()
        .filter(is_error)
        .take(20)
        .map(|finding| Problem::new("text", format!("Line {}: {}.", finding.line, finding.what)))
        .collect();
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let Some(read) = read else {
        return Err(Error::refused("text", "This does not read as a question."));
    };
    let mut tx = db.begin().await?;
    if let Some(over) = over {
        let n_still = on!(&mut tx, |tx| query(STILL)
            .bind(circle)
            .bind(question.to_string())
            .bind(over)
            .execute(&mut **tx)
            .await?
            .rows_affected());
        if n_still == 0 {
            return Err(changed_meanwhile());
        }
    }
    questions::write_question(&mut tx, circle, &read, None, stored(now)).await?;
    settle(&mut tx, circle, &question.to_string(), Some(who), outcome, now).await?;
    let what = if outcome == Outcome::Retired { "retired a question" } else { "wrote a question" };
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &question.to_string(), now).await?;
    commit(tx).await
}

/// Writes a question that is not there yet, by a leader.
pub async fn add(
    db: &Db,
    who: &Who,
    circle: &str,
    question: &str,
    text: &str,
    now: DateTime<Utc>,
) -> Result<QuestionId> {
    circles::leader(db, who, circle).await?;
    let example = "Enter service, topic and a short name, for example orders-db/troubleshooting/empty-pool.";
    let id: QuestionId = question.trim().parse().map_err(|_| Error::refused("id", example))?;
    crate::services::find(db, who, circle, &id.service).await.map_err(|why| match why {
        Error::NotFound => Error::refused("id", format!("There is no service {}.", id.service)),
        other => other,
    })?;
    match text_of(db, who, circle, &id).await {
        Err(Error::NotFound) => {}
        Err(why) => return Err(why),
        Ok(_) => {
            let what = "There is such a question already. Choose another short name.";
            return Err(Error::refused("id", what));
        }
    }
    let written = Written { text, outcome: Outcome::Edited, over: None };
    write(db, who, circle, &id, written, now).await?;
    Ok(id)
}
