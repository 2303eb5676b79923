//! TOML as a list of keys and values that know their places.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::place::{Faults, quoted};

/// The longest TOML, in bytes: a key of twice the length takes the parser four
/// times as long.
const LIMIT: usize = 32 * 1024;

/// One `key = value`.
pub(super) struct Entry<'t> {
    pub(super) key: String,
    pub(super) key_at: usize,
    pub(super) value_at: usize,
    /// The value as it is written.
    pub(super) raw: &'t str,
    value: DeValue<'t>,
    source: Source<'t>,
}

/// A text and where in it the TOML begins.
#[derive(Clone, Copy)]
struct Source<'t> {
    text: &'t str,
    offset: usize,
}

/// The entries of the TOML at `range`, in the order of the text. Whatever TOML
/// cannot read becomes a fault and is left out; the rest is still there.
pub(super) fn entries<'t>(text: &'t str, range: Range<usize>, faults: &mut Faults) -> Vec<Entry<'t>> {
    if range.len() > LIMIT {
        faults.error(range.start, format!("more than {} KiB of TOML; shorten it", LIMIT / 1024));
        return Vec::new();
    }
    let source = Source { text, offset: range.start };
    let (table, errors) = DeTable::parse_recoverable(&text[range]);
    let mut errors: Vec<(usize, &str)> = errors
        .iter()
        .map(|error| (source.offset + error.span().map_or(0, |span| span.start), error.message()))
        .collect();
    errors.sort_by_key(|(at, _)| *at);
    report(text, &errors, faults);
    let broken: BTreeSet<usize> = errors.iter().map(|(at, _)| *at).collect();
    let mut entries = source.entries(table.into_inner());
    entries.retain(|entry| broken.range(entry.places()).next().is_none());
    entries
}

/// One fault for each line that TOML cannot read: more are echoes of the first.
fn report(text: &str, errors: &[(usize, &str)], faults: &mut Faults) {
    let mut reported: Option<usize> = None;
    for &(at, message) in errors {
        let is_echo = reported.is_some_and(|before| !text[before..at].contains('\n'));
        if !is_echo {
            faults.error(at, told(message));
            reported = Some(at);
        }
    }
}

fn told(message: &str) -> String {
    if message == "duplicate key" {
        return "this key stands twice; keep one of them".to_owned();
    }
    let message = message.replace("invalid", "malformed");
    format!("this is not TOML: {message}; write one `key = value` a line, texts in quotes")
}

impl<'t> Source<'t> {
    fn entries(self, table: DeTable<'t>) -> Vec<Entry<'t>> {
        let mut entries: Vec<Entry<'t>> =
            table.into_iter().map(|(key, value)| self.entry(key, value)).collect();
        entries.sort_by_key(|entry| entry.key_at);
        entries
    }

    fn entry(self, key: Spanned<DeString<'t>>, value: Spanned<DeValue<'t>>) -> Entry<'t> {
        let value_at = value.span();
        Entry {
            key_at: self.offset + key.span().start,
            key: key.into_inner().into_owned(),
            value_at: self.offset + value_at.start,
            raw: self.text[self.offset..].get(value_at).unwrap_or_default(),
            value: value.into_inner(),
            source: self,
        }
    }
}

impl<'t> Entry<'t> {
    /// From the key to the end of the value. A table that is begun twice keeps
    /// the place of one head and the key of the other.
    fn places(&self) -> RangeInclusive<usize> {
        let end = self.value_at + self.raw.len();
        self.key_at.min(self.value_at)..=self.key_at.max(end)
    }

    /// "level is `5`; write 1, 2 or 3".
    pub(super) fn refuse(&self, write: &str, faults: &mut Faults) {
        faults.error(
            self.value_at,
            format!("{} is {}; write {write}", self.key.escape_debug(), quoted(self.raw)),
        );
    }

    /// A text that says something and that every database can keep.
    pub(super) fn text(&self, faults: &mut Faults) -> Option<String> {
        match &self.value {
            DeValue::String(text) if is_storable(text) => Some(text.trim().to_owned()),
            _ => {
                self.refuse("a text in quotes", faults);
                None
            }
        }
    }

    pub(super) fn texts(&self, faults: &mut Faults) -> Vec<String> {
        let stored = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
            DeValue::String(text) if is_storable(text) => Some(text.trim().to_owned()),
            _ => None,
        };
        let texts = match &self.value {
            DeValue::Array(values) => values.iter().map(stored).collect(),
            _ => None,
        };
        texts.unwrap_or_else(|| {
            self.refuse("a list of texts, such as [\"one\", \"two\"]", faults);
            Vec::new()
        })
    }

    pub(super) fn truth(&self, faults: &mut Faults) -> Option<bool> {
        if let DeValue::Boolean(truth) = self.value {
            return Some(truth);
        }
        self.refuse("true or false", faults);
        None
    }

    pub(super) fn small_number(&self) -> Option<u8> {
        let DeValue::Integer(number) = &self.value else {
            return None;
        };
        u8::from_str_radix(number.as_str(), number.radix()).ok()
    }

    /// A text, or a TOML date without a time.
    pub(super) fn date_text(&self) -> Option<String> {
        match &self.value {
            DeValue::String(text) => Some(text.trim().to_owned()),
            DeValue::Datetime(at) if at.time.is_none() => at.date.map(|date| date.to_string()),
            _ => None,
        }
    }

    /// The entries of a table in this entry. `None` for anything else.
    pub(super) fn into_table(self) -> Option<Vec<Entry<'t>>> {
        match self.value {
            DeValue::Table(table) => Some(self.source.entries(table)),
            _ => None,
        }
    }
}

/// PostgreSQL keeps no NUL in a text.
pub(super) fn is_storable(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains('\0')
}
