//! The states of a postmortem, and what it still lacks for the next.

/// Where a postmortem stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Draft,
    InReview,
    Reviewed,
    Closed,
}

impl State {
    pub const ALL: [State; 4] = [State::Draft, State::InReview, State::Reviewed, State::Closed];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::InReview => "in_review",
            State::Reviewed => "reviewed",
            State::Closed => "closed",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            State::Draft => "Draft",
            State::InReview => "In review",
            State::Reviewed => "Reviewed",
            State::Closed => "Closed",
        }
    }

    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether its text can be changed.
    pub fn is_open(self) -> bool {
        matches!(self, State::Draft | State::InReview)
    }

    /// Where a move leads; `None` where it cannot be made.
    pub fn after(self, one: Move) -> Option<State> {
        match (self, one) {
            (State::Draft, Move::SendToReview) => Some(State::InReview),
            (State::InReview, Move::TakeBack) => Some(State::Draft),
            (State::InReview, Move::Review) => Some(State::Reviewed),
            (State::Reviewed, Move::Close) => Some(State::Closed),
            (State::Reviewed | State::Closed, Move::Reopen) => Some(State::InReview),
            _ => None,
        }
    }
}

/// What is done with a postmortem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    SendToReview,
    TakeBack,
    /// The team has talked about it.
    Review,
    Close,
    Reopen,
}

impl Move {
    pub const ALL: [Move; 5] = [Move::SendToReview, Move::TakeBack, Move::Review, Move::Close, Move::Reopen];

    pub fn as_str(self) -> &'static str {
        match self {
            Move::SendToReview => "send",
            Move::TakeBack => "take_back",
            Move::Review => "review",
            Move::Close => "close",
            Move::Reopen => "reopen",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Move::SendToReview => "Send it to the review",
            Move::TakeBack => "Take it back to the draft",
            Move::Review => "The team has reviewed it",
            Move::Close => "Close it",
            Move::Reopen => "Open it again",
        }
    }

    pub fn parse(text: &str) -> Option<Move> {
        Move::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// Only a leader says that the team has reviewed it, and what follows.
    pub fn is_for_leaders(self) -> bool {
        matches!(self, Move::Review | Move::Close | Move::Reopen)
    }
}

/// What has to be there before a postmortem is called reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// How many people came to the meeting.
    pub n_came: usize,
    /// Each action: its number as it is said, whether somebody owns it, and
    /// whether it has its dates.
    pub actions: &'a [(String, bool, bool)],
    /// Why there is none; empty where nobody said.
    pub none_because: &'a str,
    /// How many of its parts say something.
    pub n_written: usize,
}

/// One thing that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lacking {
    Text,
    Attendance,
    Actions,
    Owner(String),
    Dates(String),
}

impl Lacking {
    /// As a sentence that says what to do.
    pub fn words(&self) -> String {
        match self {
            Lacking::Text => "Write what was seen and what contributed to it.".to_owned(),
            Lacking::Attendance => "Say who was at the review.".to_owned(),
            Lacking::Actions => "Make an action, or say why there is none.".to_owned(),
            Lacking::Owner(number) => format!("Give {number} an owner."),
            Lacking::Dates(number) => format!("Give {number} its dates."),
        }
    }
}

/// What a postmortem lacks before it is reviewed; empty where it can be.
pub fn lacking(standing: Standing<'_>) -> Vec<Lacking> {
    let mut lacking = Vec::new();
    if standing.n_written == 0 {
        lacking.push(Lacking::Text);
    }
    if standing.n_came == 0 {
        lacking.push(Lacking::Attendance);
    }
    if standing.actions.is_empty() && standing.none_because.trim().is_empty() {
        lacking.push(Lacking::Actions);
    }
    for (number, is_owned, has_dates) in standing.actions {
        if !is_owned {
            lacking.push(Lacking::Owner(number.clone()));
        }
        if !has_dates {
            lacking.push(Lacking::Dates(number.clone()));
        }
    }
    lacking
}
