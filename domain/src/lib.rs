//! What a question, a test, a mark and a verdict are, and the rules that join
//! them.
//!
//! Nothing here reads a clock, a file, a database or the network: time and
//! chance come in as arguments. The same code runs on the server and in the
//! browser.

pub mod answer;
pub mod attempt;
pub mod bank;
pub mod blueprint;
pub mod draw;
pub mod marking;
pub mod people;
pub mod question;
pub mod readiness;
pub mod round;
pub mod test;
pub mod verdict;
