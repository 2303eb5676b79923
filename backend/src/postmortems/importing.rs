//! Bringing in postmortems that were written elsewhere.
//!
//! The file is kept as it is; what could be read of it fills the parts. Its
//! actions stay promises until somebody makes corrective actions of them.

use chrono::{DateTime, Utc};
use domain::postmortem::{Reading, Section, decode, read};
use sqlx::{query, query_as};

use super::writing::{New, Written, insert};
use crate::audit;
use crate::db::{Db, Tx, commit, on};
use crate::error::{Error, Result};
use crate::people::Who;

/// A file of Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkdownFile {
    /// Relative to the folder, with `/`.
    pub path: String,
    pub bytes: Vec<u8>,
}

impl MarkdownFile {
    /// What it says, as far as that is understood.
    pub fn read(&self) -> Reading {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        read(name, &decode(&self.bytes))
    }

    /// Whether it can be text at all: only that of two bytes a letter, which
    /// says so at its beginning, has bytes of nothing.
    pub fn is_text(&self) -> bool {
        let is_wide = self.bytes.starts_with(&[0xFF, 0xFE]) || self.bytes.starts_with(&[0xFE, 0xFF]);
        is_wide || !self.bytes.contains(&0)
    }

    /// The text that is kept.
    fn original(&self) -> String {
        decode(&self.bytes).chars().take(ORIGINAL_LIMIT).collect()
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    pub n_added: usize,
    /// Files that were brought in before.
    pub n_known: usize,
    pub n_promises: usize,
}

/// The longest text that is kept, in characters.
const ORIGINAL_LIMIT: usize = 400_000;

/// By its path, or by what it says, word for word.
const KNOWN: &str = "
    SELECT number FROM postmortems
    WHERE circle = $1 AND (imported_from = $2 OR (imported_from <> '' AND original = $3))";

/// Brings files in, by an engineer or a leader: all of them, or nothing. One
/// that was brought in before, by its path or with the same words, is left alone.
pub async fn take(
    db: &Db,
    who: &Who,
    circle: &str,
    files: &[MarkdownFile],
    now: DateTime<Utc>,
) -> Result<Imported> {
    crate::actions::worker(db, who, circle).await?;
    take_into(db, Some(who), circle, files, now).await
}

/// The same for the operator at the command line, into the circle of that name.
pub async fn take_all(
    db: &Db,
    circle_name: &str,
    files: &[MarkdownFile],
    now: DateTime<Utc>,
) -> Result<Imported> {
    let circle = crate::questions::circle_called(db, circle_name).await?;
    take_into(db, None, &circle, files, now).await
}

async fn take_into(
    db: &Db,
    who: Option<&Who>,
    circle: &str,
    files: &[MarkdownFile],
    now: DateTime<Utc>,
) -> Result<Imported> {
    let mut imported = Imported::default();
    let mut tx = db.begin().await?;
    for file in files {
        let known: Option<(i64,)> = on!(&mut tx, |tx| query_as(KNOWN)
            .bind(circle)
            .bind(&file.path)
            .bind(file.original())
            .fetch_optional(&mut **tx)
            .await?);
        if known.is_some() {
            imported.n_known += 1;
            continue;
        }
        imported.n_promises += take_one(&mut tx, who, circle, file, now).await?;
        imported.n_added += 1;
    }
    let subject = match imported.n_added {
        1 => "1 file".to_owned(),
        n => format!("{n} files"),
    };
    let person = who.map(|who| who.person.as_str());
    audit::record(&mut tx, Some(circle), person, "brought in postmortems", &subject, now).await?;
    commit(tx).await?;
    Ok(imported)
}

const PROMISE: &str = "
    INSERT INTO postmortem_promises (postmortem, line, n, words, owner, due) VALUES ($1, $2, $3, $4, $5, $6)";

async fn take_one(
    tx: &mut Tx,
    who: Option<&Who>,
    circle: &str,
    file: &MarkdownFile,
    now: DateTime<Utc>,
) -> Result<usize> {
    if file.path.chars().count() > 400 {
        return Err(Error::refused("file", "The name of this file is too long."));
    }
    let reading = file.read();
    let original = file.original();
    if !file.is_text() {
        return Err(Error::refused("file", format!("{} is not text. Leave it out.", file.path)));
    }
    let timeline: Vec<String> = reading
        .timeline
        .iter()
        .take(500)
        .map(|entry| format!("- {} {}", entry.when, entry.text).replace("-  ", "- "))
        .collect();
    let written = Written {
        title: reading.title.clone(),
        happened_on: reading.date.map(|day| day.to_string()).unwrap_or_default(),
        service: String::new(),
        sections: vec![(Section::Timeline, timeline.join("\n"))],
    };
    let new = New { written: &written, incident: None, imported_from: &file.path, original: &original };
    let (id, _) = insert(tx, circle, who, new, now).await?;
    for (n, action) in (1_i64..).zip(&reading.actions) {
        on!(&mut *tx, |tx| query(PROMISE)
            .bind(&id)
            .bind(i64::from(action.line))
            .bind(n)
            .bind(&action.text)
            .bind(action.owner.as_deref().unwrap_or_default())
            .bind(action.due.as_deref().unwrap_or_default())
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    Ok(reading.actions.len())
}
