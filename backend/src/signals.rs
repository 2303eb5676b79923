//! Signals: what monitoring delivers to a circle, and what becomes of it.
//!
//! A delivery is stored as it came before it is answered; it is read afterwards,
//! by [`processing`], and can be read again. Sources, rules and deliveries are
//! for the circle's leaders; what they open, [`crate::incidents`] shows to all.

pub mod deliveries;
pub mod processing;
pub mod receiving;
pub mod rules;
pub mod sources;
#[cfg(test)]
mod stories;

pub use domain::signal::Sender;
