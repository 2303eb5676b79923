//! What can go wrong in a use case.

use std::time::Duration;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("nobody is signed in")]
    SignInFirst,
    /// It does not exist, or not for the one who asks.
    #[error("there is no such thing for the one who asks")]
    NotFound,
    /// The attempt was handed in, by the person or by the clock.
    #[error("the attempt is over")]
    Over,
    /// What was entered cannot be taken; each problem names its field.
    #[error("what was entered cannot be taken: {0:?}")]
    Refused(Vec<Problem>),
    #[error("too many tries")]
    TooManyTries { retry_after: Duration },
    /// Busy, full or out of reach; the same request may go through later.
    #[error("the database cannot take it now: {0}")]
    Unavailable(sqlx::Error),
    #[error("database: {0}")]
    Database(sqlx::Error),
    /// Something stored does not read as what it was stored as.
    #[error("stored value does not read: {0}")]
    Corrupt(String),
}

impl Error {
    /// One problem with one field.
    pub fn refused(field: &str, what: impl Into<String>) -> Error {
        Error::Refused(vec![Problem::new(field, what)])
    }
}

/// What is wrong with one field of a form, in the reader's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name of the field; empty where the form as a whole is meant.
    pub field: String,
    pub what: String,
}

impl Problem {
    pub fn new(field: &str, what: impl Into<String>) -> Problem {
        Problem { field: field.to_owned(), what: what.into() }
    }
}

/// SQLite's result codes for a store that may take the same write later:
/// BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN.
const SQLITE_PASSING: [u32; 6] = [5, 6, 8, 10, 13, 14];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        if has_nul(&error) {
            // Nothing is stored under such a name, on either database.
            Error::NotFound
        } else if may_pass(&error) {
            Error::Unavailable(error)
        } else {
            Error::Database(error)
        }
    }
}

/// PostgreSQL refuses a parameter that holds a NUL.
fn has_nul(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.code().is_some_and(|code| code == "22021"))
}

fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            // PostgreSQL: connection, resources, operator intervention, serialization.
            let postgres =
                ["08", "53", "57", "40"].iter().any(|class| code.len() == 5 && code.starts_with(class));
            // SQLite: the low byte of the extended code is the code.
            let sqlite =
                code.parse::<u32>().is_ok_and(|n| code.len() < 5 && SQLITE_PASSING.contains(&(n & 0xff)));
            postgres || sqlite
        }),
        _ => false,
    }
}
