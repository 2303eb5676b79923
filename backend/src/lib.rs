//! What the platform does and remembers: one function for each thing that a
//! person, a clock or the command line can do.
//!
//! Each asks first who wants it, loads, asks `domain`, saves, and commits
//! once. All SQL of the platform stands here and in `migrations`. Nothing here
//! knows HTTP or Leptos.

pub mod actions;
pub mod alerts;
pub mod attempts;
pub mod audit;
pub mod book;
pub mod circles;
pub mod coverage;
pub mod db;
pub mod demo;
pub mod disputes;
pub mod documents;
pub mod engagement;
pub mod error;
pub mod incidents;
pub mod invitations;
pub mod marking;
pub mod news;
pub mod passwords;
pub mod people;
pub mod postmortems;
pub mod questions;
pub mod readiness;
pub mod results;
pub mod reviews;
pub mod rounds;
pub mod runbooks;
pub mod search;
pub mod services;
pub mod sessions;
pub mod setup;
pub mod shelf;
pub mod shifts;
pub mod signals;
pub mod sources;
#[cfg(test)]
mod testing;
pub mod tests;
pub mod throttle;
mod token;

pub use db::Db;
pub use error::{Error, Problem, Result};
pub use token::stamp;
