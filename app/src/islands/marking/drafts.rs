//! What was given and is not safe yet. It survives a reload and a lost line.

use serde::{Deserialize, Serialize};

use super::super::runner::page::storage;
use crate::api::marking::{MarkSent, MarkedPlace};

/// What stands in the form of one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub sent: MarkSent,
    /// What stood when it was begun.
    pub over: Option<MarkSent>,
    /// Nothing is missing, and it is to be saved.
    pub is_ready: bool,
}

/// The newest draft of each form of a page.
pub struct Drafts {
    key: String,
}

impl Drafts {
    pub fn of(place: &MarkedPlace) -> Drafts {
        let MarkedPlace { person, round, question, version, .. } = place;
        Drafts { key: format!("muster-marks-{person}-{round}-{question}-{version}") }
    }

    pub fn all(&self) -> Vec<Draft> {
        let json = storage().and_then(|storage| storage.get_item(&self.key).ok()?);
        json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    }

    /// The first that is to be saved.
    pub fn next(&self) -> Option<MarkSent> {
        self.all().into_iter().find(|draft| draft.is_ready).map(|draft| draft.sent)
    }

    pub fn put(&self, draft: Draft) {
        let mut all = self.all();
        all.retain(|other| !is_same_form(&other.sent, &draft.sent));
        all.push(draft);
        self.write(&all);
    }

    /// Takes out what a form held, whatever it was.
    pub fn forget(&self, sent: &MarkSent) {
        let mut all = self.all();
        all.retain(|other| !is_same_form(&other.sent, sent));
        self.write(&all);
    }

    /// Takes out what is safe now. What was given to the form meanwhile is over
    /// that.
    pub fn acknowledged(&self, sent: &MarkSent) {
        let mut all = self.all();
        all.retain(|other| other.sent != *sent);
        for later in all.iter_mut().filter(|other| is_same_form(&other.sent, sent)) {
            later.over = Some(sent.clone());
        }
        self.write(&all);
    }

    fn write(&self, all: &[Draft]) {
        let Some(storage) = storage() else { return };
        if all.is_empty() {
            drop(storage.remove_item(&self.key));
        } else if let Ok(json) = serde_json::to_string(all) {
            drop(storage.set_item(&self.key, &json));
        }
    }
}

fn is_same_form(one: &MarkSent, other: &MarkSent) -> bool {
    one.answer == other.answer && one.settles == other.settles
}
