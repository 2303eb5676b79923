//! A form that is sent again since its answer was lost: what it added is there
//! already, and is not added twice.

use domain::action::Number;
use sqlx::{query, query_scalar};

use crate::db::{Db, Tx, on};
use crate::error::Result;
use crate::people::Who;
use crate::token;

/// What a page sent: the key that it made, and everything it said. Changed
/// before it was sent again, it is something else.
pub(super) struct Sent(Option<String>);

impl Sent {
    /// Without a key it is never the same as anything.
    pub fn new(key: &str, said: &str) -> Sent {
        Sent((!key.is_empty()).then(|| token::hash(&format!("{key}\n{said}"))))
    }
}

const REMEMBER: &str = "
    INSERT INTO action_sends (person, fingerprint, action)
    VALUES ($1, $2, $3)
    ON CONFLICT (person, fingerprint) DO NOTHING";

/// Remembers that this was sent; false where it has been before. Two that come
/// at once come one after the other.
pub(super) async fn is_first(tx: &mut Tx, who: &Who, sent: &Sent, action: &str) -> Result<bool> {
    let Some(fingerprint) = &sent.0 else { return Ok(true) };
    let n_added = on!(tx, |tx| query(REMEMBER)
        .bind(&who.person)
        .bind(fingerprint)
        .bind(action)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    Ok(n_added == 1)
}

const BEFORE: &str = "
    SELECT a.number
    FROM action_sends s
    JOIN actions a ON a.id = s.action
    WHERE s.person = $1 AND s.fingerprint = $2";

/// The action to which the same was sent before.
pub(super) async fn before(tx: &mut Tx, who: &Who, sent: &Sent) -> Result<Option<Number>> {
    let Some(fingerprint) = &sent.0 else { return Ok(None) };
    let number: Option<i64> = on!(tx, |tx| query_scalar(BEFORE)
        .bind(&who.person)
        .bind(fingerprint)
        .fetch_optional(&mut **tx)
        .await?);
    Ok(number.map(Number))
}

/// The same, for who has not begun to change anything.
pub(super) async fn was_sent(db: &Db, who: &Who, sent: &Sent) -> Result<Option<Number>> {
    let Some(fingerprint) = &sent.0 else { return Ok(None) };
    let number: Option<i64> = on!(db.read(), |pool| query_scalar(BEFORE)
        .bind(&who.person)
        .bind(fingerprint)
        .fetch_optional(pool)
        .await?);
    Ok(number.map(Number))
}
