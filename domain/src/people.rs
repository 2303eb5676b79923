//! Who may do what: roles in a circle.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a member does in a circle. A person has one role in each circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Builds tests and rounds, answers for readiness.
    Leader,
    /// Sits tests and carries the pager.
    Engineer,
    /// Reads reports without names.
    Reader,
}

impl Role {
    pub const ALL: [Role; 3] = [Role::Leader, Role::Engineer, Role::Reader];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Leader => "leader",
            Role::Engineer => "engineer",
            Role::Reader => "reader",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Role::Leader => "Leader",
            Role::Engineer => "Engineer",
            Role::Reader => "Reader",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Role, UnknownRole> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the role is one of leader, engineer, reader")]
pub struct UnknownRole;
