//! What people see (`pages`), touch (`islands`) and may ask for from the
//! browser (`api`).
//!
//! Pages are rendered on the server and are complete without a script; islands
//! are compiled to wasm as well and only add to the page that is there.

// The type of a view nests as deep as its elements do.
#![recursion_limit = "256"]

pub mod api;
pub mod entry;
pub mod error;
pub mod islands;

#[cfg(feature = "ssr")]
pub mod answering;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod csv;
#[cfg(feature = "ssr")]
pub mod files;
#[cfg(feature = "ssr")]
pub mod filtering;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod markdown;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod reviewing;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod shell;
