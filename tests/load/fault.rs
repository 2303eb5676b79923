//! Why something could not be measured.

use std::fmt;

/// What went wrong, in words.
#[derive(Debug)]
pub struct Fault(String);

/// A fault of our own words.
pub fn fault(what: impl Into<String>) -> Fault {
    Fault(what.into())
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Fault {
        Fault(format!("{error} ({error:?})"))
    }
}
