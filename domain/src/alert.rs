//! An alert: a name that monitoring shouts, and what is written about it.
//!
//! Here is how one is found when it is typed badly at night, what a file of
//! Prometheus rules defines, and how both compare with the runbooks.

mod answer;
pub mod coverage;
pub mod rules;
mod search;

pub use answer::{Answer, Looked};
pub use search::{Found, Sought, search};
