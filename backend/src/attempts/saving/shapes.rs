//! What an answer to a slot of an attempt looks like. No key is read for it.

use domain::question::Kind;
use sqlx::query_as;

use crate::attempts::drawn;
use crate::db::{Db, on};
use crate::error::{Error, Result};

#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub kind: Kind,
    /// How many choices, steps or rows are shown.
    pub n_places: usize,
}

const SHAPE: &str = "
    SELECT a.person, s.kind, s.show_order
    FROM attempts a
    LEFT JOIN slots s ON s.attempt = a.id AND s.n = $2
    WHERE a.id = $1";

/// Whose the attempt is, and the shape of the slot, if it has that one. Whoever
/// saves has opened a page of the attempt, mostly since this program started,
/// so its shapes are in memory.
pub(super) async fn of(db: &Db, attempt: &str, slot: u16) -> Result<(String, Option<Shape>)> {
    if let Some(sheet) = drawn::known(attempt) {
        let drawn = sheet.slots.iter().find(|drawn| drawn.n == slot);
        let shape =
            |drawn: &drawn::StoredSlot| Shape { kind: drawn.question.kind(), n_places: drawn.order.len() };
        return Ok((sheet.person.clone(), drawn.map(shape)));
    }
    let row: Option<(String, Option<String>, Option<String>)> = on!(db.read(), |pool| query_as(SHAPE)
        .bind(attempt)
        .bind(i64::from(slot))
        .fetch_optional(pool)
        .await?);
    let (person, kind, order) = row.ok_or(Error::NotFound)?;
    Ok((person, kind.zip(order).map(|(kind, order)| shape(&kind, &order)).transpose()?))
}

fn shape(kind: &str, order: &str) -> Result<Shape> {
    let order_shown: Vec<u8> = serde_json::from_str(order).map_err(|_| Error::Corrupt(order.to_owned()))?;
    let kind = Kind::parse(kind).ok_or_else(|| Error::Corrupt(kind.to_owned()))?;
    Ok(Shape { kind, n_places: order_shown.len() })
}
