//! What every request passes through, one layer a file.

pub mod asked;
pub mod calls;
pub mod csrf;
pub mod few;
pub mod headers;
pub mod length;
pub mod smaller;
pub mod whole;
