//! Whether a leader decides about their own result.

use sqlx::query_scalar;

use super::{Tx, on};
use crate::error::{Error, Result};

/// What a leader is told who may not decide.
pub const NEEDS_ANOTHER: &str = "Your own result would change. Another leader has to decide this.";

/// What a decision does to the result of the leader who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// It stays as it is.
    Untouched,
    /// It changes, and nobody else leads the circle.
    Included,
    /// It changes, and another leader has to decide.
    NeedsAnother,
}

const OTHER_LEADERS: &str = "
    SELECT count(*)
    FROM members m
    JOIN people p ON p.id = m.person
    WHERE m.circle = $1 AND m.person <> $2 AND m.role = 'leader' AND m.left_at IS NULL AND p.disabled_at IS NULL";

impl Own {
    pub(super) async fn of(tx: &mut Tx, circle: &str, person: &str, changes: bool) -> Result<Own> {
        if !changes {
            return Ok(Own::Untouched);
        }
        let others: i64 =
            on!(tx, |tx| query_scalar(OTHER_LEADERS).bind(circle).bind(person).fetch_one(&mut **tx).await?);
        Ok(if others > 0 { Own::NeedsAnother } else { Own::Included })
    }

    /// How the log names the decision; refused where it is another leader's.
    pub(super) fn logged(self) -> Result<&'static str> {
        match self {
            Own::Untouched => Ok("decided about a disputed question"),
            Own::Included => Ok("decided about a disputed question, own result included"),
            Own::NeedsAnother => Err(Error::refused("", NEEDS_ANOTHER)),
        }
    }
}
