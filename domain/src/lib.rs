//! What a question, a test, a mark and a verdict are, and the rules that join
//! them.
//!
//! Nothing here reads a clock, a file, a database or the network: time and
//! chance come in as arguments. The same code runs on the server and in the
//! browser.

pub mod action;
pub mod agenda;
pub mod alert;
pub mod answer;
pub mod attempt;
pub mod bank;
pub mod blueprint;
pub mod book;
pub mod calendar;
pub mod coverage;
pub mod document;
pub mod draw;
pub mod engagement;
pub mod incident;
pub mod item_analysis;
pub mod marking;
pub mod people;
pub mod postmortem;
pub mod proportion;
pub mod question;
pub mod readiness;
pub mod reliability;
pub mod results;
pub mod retake;
pub mod rota;
pub mod round;
pub mod runbook;
pub mod search;
pub mod service;
pub mod signal;
pub mod source;
pub mod spreadsheet;
pub mod test;
pub mod verdict;
pub mod words;
