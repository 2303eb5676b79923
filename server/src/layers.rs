//! What every request passes through, one layer a file.

pub mod asked;
pub mod csrf;
pub mod headers;
pub mod whole;
