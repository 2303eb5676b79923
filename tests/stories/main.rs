//! Muster from outside: each story starts the real program and talks to it as
//! a browser without a script would.
//!
//! On SQLite, or with `TEST_POSTGRES=postgres://…` on a database of its own on
//! that server. A name that begins with `t16_` is that case of the faults.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on fails")]

mod support;

mod a_team;
mod actions;
mod analysing;
mod answer_key;
mod banks_by_command;
mod book;
mod coverage;
mod demo;
mod disputes;
mod documents;
mod files_for_the_browser;
mod guessing;
mod hostile_text;
mod incidents;
mod log_lines;
mod marking;
mod matrix;
mod not_yours;
mod operating;
mod other_sites;
mod postmortems;
mod reviews;
mod rota;
mod round_results;
mod runbooks;
mod saving;
mod search;
mod searching;
mod services;
mod sessions;
mod sources;
mod tampering;
mod webhooks;
mod where_next;
mod who_may;
