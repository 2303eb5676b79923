//! What an address of a runbook answered when somebody looked.

use chrono::{DateTime, Utc};

/// What came back from an address, as seen from where Muster runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A status of HTTP, from 100 to 599.
    Status(u16),
    /// No server has this name.
    NoHost,
    /// Nothing came back in time, or nothing that could be read.
    Silent,
    /// Its server stands in a network that may not be looked at: nothing was asked.
    Internal,
}

impl Answer {
    /// As it is stored.
    pub fn code(self) -> String {
        match self {
            Answer::Status(status) => status.to_string(),
            Answer::NoHost => "no-host".to_owned(),
            Answer::Silent => "silent".to_owned(),
            Answer::Internal => "internal".to_owned(),
        }
    }

    /// The reverse of `code`.
    pub fn from_code(code: &str) -> Option<Answer> {
        match code {
            "no-host" => Some(Answer::NoHost),
            "silent" => Some(Answer::Silent),
            "internal" => Some(Answer::Internal),
            status => status.parse().ok().filter(|status| (100..600).contains(status)).map(Answer::Status),
        }
    }

    /// Whoever follows the address at night finds nothing there. A page behind a
    /// sign-in, one that only moved, and one that asks for patience may be there.
    pub fn leads_nowhere(self) -> bool {
        match self {
            Answer::Status(401 | 403 | 405 | 407 | 429) | Answer::Internal => false,
            Answer::Status(status) => status >= 400,
            Answer::NoHost | Answer::Silent => true,
        }
    }

    /// What it means for the one who follows the address.
    pub fn words(self) -> String {
        match self {
            Answer::Status(status @ (404 | 410)) => format!("there is no such page ({status})"),
            Answer::Status(401 | 403 | 407) => "it asks to sign in".to_owned(),
            Answer::Status(status @ (405 | 429)) => format!("it did not want to be looked at ({status})"),
            Answer::Status(status @ 400..) => format!("it answers with an error ({status})"),
            Answer::Status(300..) => "it leads on to another address, which was not followed".to_owned(),
            Answer::Status(_) => "the page is there".to_owned(),
            Answer::NoHost => "there is no server of that name".to_owned(),
            Answer::Silent => "it gave no answer".to_owned(),
            Answer::Internal => "its server is in an internal network, where nothing is looked at".to_owned(),
        }
    }
}

/// What an address answered, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    pub answer: Answer,
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_it_was_stored() {
        for answer in
            [Answer::Status(200), Answer::Status(404), Answer::NoHost, Answer::Silent, Answer::Internal]
        {
            assert_eq!(Answer::from_code(&answer.code()), Some(answer));
        }
        for code in ["", "99", "600", "ok", "-404"] {
            assert_eq!(Answer::from_code(code), None, "{code}");
        }
    }

    #[test]
    fn only_what_is_surely_missing_leads_nowhere() {
        for (answer, leads_nowhere) in [
            (Answer::Status(200), false),
            (Answer::Status(302), false),
            (Answer::Status(401), false),
            (Answer::Status(403), false),
            (Answer::Status(429), false),
            (Answer::Internal, false),
            (Answer::Status(400), true),
            (Answer::Status(404), true),
            (Answer::Status(410), true),
            (Answer::Status(503), true),
            (Answer::NoHost, true),
            (Answer::Silent, true),
        ] {
            assert_eq!(answer.leads_nowhere(), leads_nowhere, "{answer:?}");
        }
    }
}
