//! What a monitoring system delivers: which alerts it names, whether they fire,
//! which of them belong together, and which service they lead to.
//!
//! Pure reading of a body that is stored already. A shape that is not known is
//! told, and nothing of it is lost.

mod alertmanager;
mod known;
mod pagerduty;
mod rules;
mod signature;

use crate::words::one_line;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::action::words;
pub use known::{Change, Known, LATE};
pub use rules::{Fault, Route, Rules};
pub use signature::{is_signed_by_grafana, is_signed_by_pagerduty};

/// Which system delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    Alertmanager,
    Grafana,
    PagerDuty,
}

words!(Sender:
    Alertmanager "alertmanager" "Prometheus Alertmanager",
    Grafana "grafana" "Grafana",
    PagerDuty "pagerduty" "PagerDuty",
);

/// Text by name, as labels and annotations are.
pub type Labels = BTreeMap<String, String>;

/// One alert, as a delivery tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// One firing of one fingerprint of one sender: what is told again under it is
    /// the same alert.
    pub identity: String,
    pub fingerprint: String,
    pub name: String,
    /// What it says, in a line.
    pub summary: String,
    /// What it says besides; empty if nothing.
    pub description: String,
    pub labels: Labels,
    /// Empty where it names none.
    pub runbook_url: String,
    /// Where the sender shows it: its query, panel or page; empty where it says
    /// nothing.
    pub link: String,
    pub is_firing: bool,
    /// Somebody has taken it, on the sender's side.
    pub is_acknowledged: bool,
    /// `None` where the sender does not say it.
    pub starts_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// When the sender said this, where it counts its words.
    pub said_at: Option<DateTime<Utc>>,
    /// Alerts of one group become one incident.
    pub group: String,
}

/// A word about an alert that was told of before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub fingerprint: String,
    pub words: String,
}

/// What a body says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Each identity once.
    pub alerts: Vec<Alert>,
    pub words: Vec<Word>,
    /// So many more the sender has left out.
    pub n_truncated: u64,
}

/// The body has no shape that is known, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unknown(pub String);

/// Reads a body by its own shape, whatever it was said to be.
pub fn read(body: &str) -> Result<Delivery, Unknown> {
    let json: Value = serde_json::from_str(body)
        .map_err(|why| Unknown(format!("It is no JSON: line {}, column {}.", why.line(), why.column())))?;
    let Value::Object(body) = json else {
        return Err(Unknown("It is JSON, but no object.".to_owned()));
    };
    match (body.get("event"), body.get("alerts")) {
        (Some(Value::Object(event)), _) => pagerduty::read(event),
        (_, Some(Value::Array(alerts))) => alertmanager::read(&body, alerts),
        _ => Err(Unknown("It has neither “alerts” nor an “event”.".to_owned())),
    }
}

/// The longest of each text that is taken out of a body, in characters. The body
/// itself is kept whole.
const TEXT_LIMIT: usize = 1000;
const NAME_LIMIT: usize = 200;

fn text<'v>(of: &'v Map<String, Value>, name: &str) -> &'v str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// An address of the web that one can follow; empty where it is none.
fn web(text: &str) -> String {
    let is_address = ["https://", "http://"].iter().any(|start| text.starts_with(start));
    let is_whole = text.len() <= 2000 && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_address && is_whole { text.to_owned() } else { String::new() }
}

/// Text of one line, not longer than so many characters; what cannot be stored
/// is left out.
fn line(text: &str, limit: usize) -> String {
    let words = one_line(text);
    words.chars().filter(|letter| !letter.is_control()).take(limit).collect()
}

/// An object of texts; what is no text is written as JSON has it.
fn labels(of: &Map<String, Value>, name: &str) -> Labels {
    let Some(Value::Object(pairs)) = of.get(name) else { return Labels::new() };
    let value = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    pairs.iter().map(|(name, of)| (line(name, NAME_LIMIT), line(&value(of), TEXT_LIMIT))).collect()
}

/// An instant as RFC 3339 has it; the year 1 is none.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(text.trim()).ok()?.with_timezone(&Utc);
    (at.timestamp() > 0).then_some(at)
}

/// What stands for several texts; no two lists of texts have the same.
fn digest<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.len().to_be_bytes());
        hasher.update(text);
    }
    hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_known_shape_is_told_and_never_a_panic() {
        for body in [
            "",
            "{",
            "null",
            "[]",
            "\"text\"",
            "{}",
            r#"{"text":"a custom template"}"#,
            r#"{"alerts":{}}"#,
            r#"{"alerts":[1]}"#,
            r#"{"event":[]}"#,
            r#"{"event":{}}"#,
            r#"{"event":{"event_type":"service.updated","data":{"type":"service"}}}"#,
        ] {
            assert!(read(body).is_err(), "{body}");
        }
        let deep = "[".repeat(100_000);
        assert!(read(&deep).is_err());
    }

    #[test]
    fn the_year_one_and_what_is_no_instant_are_none() {
        assert_eq!(instant("0001-01-01T00:00:00Z"), None);
        assert_eq!(instant("yesterday"), None);
        let exact = instant("2018-03-07T06:33:21.873077559-05:00").unwrap();
        assert_eq!(exact.to_rfc3339(), "2018-03-07T11:33:21.873077559+00:00");
    }

    #[test]
    fn no_two_lists_of_texts_have_one_digest() {
        assert_ne!(digest(["ab", "c"]), digest(["a", "bc"]));
        assert_ne!(digest(["a"]), digest(["a", ""]));
        assert_eq!(digest(["a", "b"]), digest(["a", "b"]));
    }
}
