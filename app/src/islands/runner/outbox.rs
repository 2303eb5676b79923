//! Answers that are not safe yet. They survive a reload and a lost line.

use std::cell::RefCell;
use std::collections::BTreeMap;

use web_sys::Storage;

use crate::api::attempts::AnswerSent;

/// The newest answer of each slot that the server has not acknowledged.
pub struct Outbox {
    key: String,
    waiting: RefCell<BTreeMap<u16, AnswerSent>>,
}

impl Outbox {
    /// With what an earlier page of the same attempt left behind.
    pub fn open(attempt: &str) -> Outbox {
        let key = format!("muster-outbox-{attempt}");
        let left = storage().and_then(|storage| storage.get_item(&key).ok().flatten());
        let left: Vec<AnswerSent> =
            left.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let waiting = left.into_iter().map(|sent| (sent.slot, sent)).collect();
        Outbox { key, waiting: RefCell::new(waiting) }
    }

    pub fn put(&self, sent: AnswerSent) {
        self.waiting.borrow_mut().insert(sent.slot, sent);
        self.keep();
    }

    /// Takes out what is safe now, unless something newer has come meanwhile.
    pub fn acknowledged(&self, sent: &AnswerSent) {
        let mut waiting = self.waiting.borrow_mut();
        if waiting
            .get(&sent.slot)
            .is_some_and(|now| now.client == sent.client && now.sequence <= sent.sequence)
        {
            waiting.remove(&sent.slot);
        }
        drop(waiting);
        self.keep();
    }

    pub fn next(&self) -> Option<AnswerSent> {
        self.waiting.borrow().values().next().cloned()
    }

    pub fn all(&self) -> Vec<AnswerSent> {
        self.waiting.borrow().values().cloned().collect()
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    pub fn wipe(&self) {
        self.waiting.borrow_mut().clear();
        self.keep();
    }

    fn keep(&self) {
        let Some(storage) = storage() else { return };
        let all = self.all();
        // A full or forbidden storage leaves the answers in memory.
        if all.is_empty() {
            drop(storage.remove_item(&self.key));
        } else if let Ok(json) = serde_json::to_string(&all) {
            drop(storage.set_item(&self.key, &json));
        }
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
