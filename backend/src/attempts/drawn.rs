//! What an attempt asks: drawn when it started, never changed, and so read once.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use domain::question::Question;
use sqlx::{FromRow, query_as};

use super::slot_number;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::questions;

/// All that one attempt asks, key and all.
pub(crate) struct Sheet {
    /// Whose attempt it is.
    pub person: String,
    pub slots: Vec<StoredSlot>,
}

/// A slot as it was drawn.
pub(crate) struct StoredSlot {
    pub n: u16,
    pub question: Arc<Question>,
    pub version: String,
    /// Place `p` shows what is written at `order[p]`.
    pub order: Vec<u8>,
}

/// Attempts that were read; their ids are never given twice.
static SHEETS: LazyLock<Mutex<HashMap<String, Arc<Sheet>>>> = LazyLock::new(Mutex::default);

/// More than sit at one time, 3 kB each; past it the memory starts anew.
const SHEETS_LIMIT: usize = 4_000;

const SLOTS: &str = "
    SELECT a.person, a.circle, s.n, s.question, s.version, s.show_order
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    WHERE s.attempt = $1
    ORDER BY s.n";

/// What an attempt asks, whosever it is.
///
/// # Errors
///
/// Not found, where there is no such attempt.
pub(crate) async fn of(db: &Db, attempt: &str) -> Result<Arc<Sheet>> {
    if let Some(sheet) = known(attempt) {
        return Ok(sheet);
    }
    let sheet = Arc::new(read(db, attempt).await?);
    let mut sheets = sheets();
    if sheets.len() >= SHEETS_LIMIT {
        sheets.clear();
    }
    sheets.insert(attempt.to_owned(), sheet.clone());
    Ok(sheet)
}

/// The same, out of the database.
pub(super) async fn read(db: &Db, attempt: &str) -> Result<Sheet> {
    let rows: Vec<SlotRow> = on!(db.read(), |pool| query_as(SLOTS).bind(attempt).fetch_all(pool).await?);
    let person = rows.first().map(|row| row.person.clone()).ok_or(Error::NotFound)?;
    let mut slots = Vec::with_capacity(rows.len());
    for row in rows {
        slots.push(StoredSlot {
            n: slot_number(row.n)?,
            question: questions::version(db, &row.circle, &row.question, &row.version).await?,
            version: row.version,
            order: serde_json::from_str(&row.show_order).map_err(|_| Error::Corrupt(row.show_order))?,
        });
    }
    Ok(Sheet { person, slots })
}

/// The same where it was read before.
pub(super) fn known(attempt: &str) -> Option<Arc<Sheet>> {
    sheets().get(attempt).cloned()
}

fn sheets() -> MutexGuard<'static, HashMap<String, Arc<Sheet>>> {
    SHEETS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(FromRow)]
struct SlotRow {
    person: String,
    circle: String,
    n: i64,
    question: String,
    version: String,
    show_order: String,
}
