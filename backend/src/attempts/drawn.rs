//! What an attempt asks: drawn when it started, never changed, and so read once.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use domain::question::{Kind, Question};
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

impl Sheet {
    /// What an answer to a slot looks like.
    pub(super) fn shape(&self, slot: u16) -> Option<Shape> {
        self.slots.iter().find(|stored| stored.n == slot).map(|stored| stored.shape)
    }
}

/// A slot as it was drawn.
pub(crate) struct StoredSlot {
    pub n: u16,
    pub question: Arc<Question>,
    pub version: String,
    /// Place `p` shows what is written at `order[p]`.
    pub order: Vec<u8>,
    shape: Shape,
}

/// All that saving an answer looks at.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub kind: Kind,
    /// How many choices, steps or rows are shown.
    pub n_places: usize,
}

/// Attempts that were read; their ids are never given twice.
static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Sheet>>>> = LazyLock::new(Mutex::default);

/// More than sit at one time, 3 kB each; past it the memory starts anew.
const KNOWN_LIMIT: usize = 4_000;

const SLOTS: &str = "
    SELECT a.person, a.circle, s.n, s.question, s.version, s.kind, s.show_order
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
    let found = known().get(attempt).cloned();
    if let Some(sheet) = found {
        return Ok(sheet);
    }
    let sheet = Arc::new(read(db, attempt).await?);
    let mut known = known();
    if known.len() >= KNOWN_LIMIT {
        known.clear();
    }
    known.insert(attempt.to_owned(), sheet.clone());
    Ok(sheet)
}

/// The same, out of the database.
pub(super) async fn read(db: &Db, attempt: &str) -> Result<Sheet> {
    let rows: Vec<SlotRow> = on!(db.read(), |pool| query_as(SLOTS).bind(attempt).fetch_all(pool).await?);
    let person = rows.first().map(|row| row.person.clone()).ok_or(Error::NotFound)?;
    let mut slots = Vec::with_capacity(rows.len());
    for row in rows {
        let order: Vec<u8> =
            serde_json::from_str(&row.show_order).map_err(|_| Error::Corrupt(row.show_order))?;
        let kind = Kind::parse(&row.kind).ok_or(Error::Corrupt(row.kind))?;
        slots.push(StoredSlot {
            n: slot_number(row.n)?,
            question: questions::version(db, &row.circle, &row.question, &row.version).await?,
            version: row.version,
            shape: Shape { kind, n_places: order.len() },
            order,
        });
    }
    Ok(Sheet { person, slots })
}

fn known() -> MutexGuard<'static, HashMap<String, Arc<Sheet>>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(FromRow)]
struct SlotRow {
    person: String,
    circle: String,
    n: i64,
    question: String,
    version: String,
    kind: String,
    show_order: String,
}
