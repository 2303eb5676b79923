//! What people touch: compiled to wasm as well.

pub mod countdown;
pub mod marking;
pub mod review;
pub mod runner;
