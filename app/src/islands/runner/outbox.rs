//! Answers that are not safe yet. They survive a reload and a lost line.
//!
//! Each page load keeps its own under its own key: two tabs of one attempt do
//! not write over each other.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::page::storage;
use crate::api::attempts::AnswerSent;

/// The newest answer of each page load and slot that the server has not
/// acknowledged: this page's, and what earlier pages left behind.
pub struct Outbox {
    prefix: String,
    waiting: RefCell<BTreeMap<(String, u16), AnswerSent>>,
}

impl Outbox {
    /// With what other pages of the same attempt left behind.
    pub fn open(attempt: &str) -> Outbox {
        let prefix = format!("muster-outbox-{attempt}-");
        let left = keys(&prefix).into_iter().flat_map(|key| read(&key));
        let waiting = left.map(|sent| ((sent.client.clone(), sent.slot), sent)).collect();
        Outbox { prefix, waiting: RefCell::new(waiting) }
    }

    pub fn put(&self, sent: AnswerSent) {
        let key = self.key(&sent.client);
        let mut kept = read(&key);
        kept.retain(|other| other.slot != sent.slot);
        kept.push(sent.clone());
        write(&key, &kept);
        self.waiting.borrow_mut().insert((sent.client.clone(), sent.slot), sent);
    }

    /// Takes out what is safe now, unless something newer has come meanwhile.
    pub fn acknowledged(&self, sent: &AnswerSent) {
        let is_safe = |other: &AnswerSent| other.slot == sent.slot && other.sequence <= sent.sequence;
        let place = (sent.client.clone(), sent.slot);
        let mut waiting = self.waiting.borrow_mut();
        if waiting.get(&place).is_some_and(is_safe) {
            waiting.remove(&place);
        }
        let key = self.key(&sent.client);
        let mut kept = read(&key);
        kept.retain(|other| !is_safe(other));
        write(&key, &kept);
    }

    pub fn next(&self) -> Option<AnswerSent> {
        self.waiting.borrow().values().next().cloned()
    }

    pub fn all(&self) -> Vec<AnswerSent> {
        self.waiting.borrow().values().cloned().collect()
    }

    pub fn holds(&self, slot: u16) -> bool {
        self.waiting.borrow().keys().any(|(_, other)| *other == slot)
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// For when the attempt is over.
    pub fn wipe(&self) {
        self.waiting.borrow_mut().clear();
        for key in keys(&self.prefix) {
            write(&key, &[]);
        }
    }

    fn key(&self, client: &str) -> String {
        format!("{}{client}", self.prefix)
    }
}

fn keys(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let all = (0..storage.length().unwrap_or(0)).filter_map(|i| storage.key(i).ok()?);
    all.filter(|key| key.starts_with(prefix)).collect()
}

fn read(key: &str) -> Vec<AnswerSent> {
    let json = storage().and_then(|storage| storage.get_item(key).ok()?);
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

/// A full or forbidden storage leaves the answers in memory.
fn write(key: &str, kept: &[AnswerSent]) {
    let Some(storage) = storage() else { return };
    if kept.is_empty() {
        drop(storage.remove_item(key));
    } else if let Ok(json) = serde_json::to_string(kept) {
        drop(storage.set_item(key, &json));
    }
}
