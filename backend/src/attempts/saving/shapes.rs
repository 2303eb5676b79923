//! What answers look like that fit the slots of an attempt.
//!
//! It is drawn with the attempt and never changes, so it is read once.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use domain::question::Kind;
use sqlx::query_as;

use crate::db::{Db, on};
use crate::error::{Error, Result};

/// The shapes of one attempt.
pub(super) struct Paper {
    person: String,
    slots: Vec<(i64, Shape)>,
}

/// What an answer to one slot looks like.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub kind: Kind,
    /// How many choices, steps or rows are shown.
    pub n_places: usize,
}

impl Paper {
    pub fn person(&self) -> &str {
        &self.person
    }

    pub fn shape(&self, slot: u16) -> Option<Shape> {
        self.slots.iter().find(|(n, _)| *n == i64::from(slot)).map(|(_, shape)| *shape)
    }
}

/// Attempts that were read; their ids are never given twice.
static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Paper>>>> = LazyLock::new(Mutex::default);

/// More than sit at one time; past it the memory starts anew.
const KNOWN_LIMIT: usize = 4_000;

const SHAPES: &str = "
    SELECT a.person, s.n, s.kind, s.show_order
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    WHERE s.attempt = $1";

/// The shapes of an attempt, whosever it is.
pub(super) async fn of(db: &Db, attempt: &str) -> Result<Arc<Paper>> {
    let found = known().get(attempt).cloned();
    if let Some(paper) = found {
        return Ok(paper);
    }
    let rows: Vec<(String, i64, String, String)> =
        on!(db.read(), |pool| query_as(SHAPES).bind(attempt).fetch_all(pool).await?);
    let person = rows.first().map(|(person, ..)| person.clone()).ok_or(Error::NotFound)?;
    let slots = rows.into_iter().map(|(_, n, kind, order)| Ok((n, shape(&kind, &order)?)));
    let paper = Arc::new(Paper { person, slots: slots.collect::<Result<_>>()? });
    let mut known = known();
    if known.len() >= KNOWN_LIMIT {
        known.clear();
    }
    known.insert(attempt.to_owned(), paper.clone());
    Ok(paper)
}

fn known() -> MutexGuard<'static, HashMap<String, Arc<Paper>>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shape(kind: &str, order: &str) -> Result<Shape> {
    let order_shown: Vec<u8> = serde_json::from_str(order).map_err(|_| Error::Corrupt(order.to_owned()))?;
    let kind = Kind::parse(kind).ok_or_else(|| Error::Corrupt(kind.to_owned()))?;
    Ok(Shape { kind, n_places: order_shown.len() })
}
