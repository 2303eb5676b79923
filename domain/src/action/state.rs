//! The states of an action and the moves between them.
//!
//! An action goes forward; the only way back is [`State::Reopened`], which
//! says that it was further once.

use super::words;

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Open,
    /// It was further once; it is to be done as an open one is.
    Reopened,
    InProgress,
    /// Begun, and put aside for another one.
    Paused,
    /// With the leader.
    InReview,
    Done,
    EffectSeen,
    NoEffect,
    WontDo,
}

words!(State:
    Open "open" "Open",
    Reopened "reopened" "Reopened",
    InProgress "in_progress" "In progress",
    Paused "paused" "Paused",
    InReview "in_review" "In review",
    Done "done" "Done",
    EffectSeen "effect_seen" "Effect seen",
    NoEffect "no_effect" "No effect",
    WontDo "wont_do" "Won't do",
);

/// How far an action is; the columns of a board. Later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    Open,
    InProgress,
    InReview,
    Done,
    Closed,
}

words!(Stage:
    Open "open" "Open",
    InProgress "in_progress" "In progress",
    InReview "in_review" "In review",
    Done "done" "Done, effect not known",
    Closed "closed" "Closed",
);

/// What somebody does with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    Start,
    SendToReview,
    Pause,
    Accept,
    SendBack,
    SeeEffect,
    SeeNoEffect,
    Abandon,
    Reopen,
}

words!(Move:
    Start "start" "Start",
    SendToReview "review" "Send to review",
    Pause "pause" "Pause",
    Accept "accept" "Accept as done",
    SendBack "back" "Send back",
    SeeEffect "effect" "Effect seen",
    SeeNoEffect "no-effect" "No effect",
    Abandon "wont-do" "Won't do",
    Reopen "reopen" "Reopen",
);

/// What somebody is to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub leads: bool,
    pub owns: bool,
}

impl Standing {
    /// Its owner and the leaders work on an action; others read and comment.
    pub fn may_edit(self) -> bool {
        self.leads || self.owns
    }
}

impl State {
    /// Where a move leads from here; `None` where it cannot be made.
    pub fn after(self, one: Move) -> Option<State> {
        use State::{Done, EffectSeen, InProgress, InReview, NoEffect, Open, Paused, Reopened, WontDo};
        match (one, self) {
            (Move::Start, Open | Reopened | Paused) => Some(InProgress),
            (Move::Pause, InProgress) => Some(Paused),
            (Move::SendToReview, InProgress) => Some(InReview),
            (Move::Accept, InReview) => Some(Done),
            (Move::SeeEffect, Done | NoEffect) => Some(EffectSeen),
            (Move::SeeNoEffect, Done | EffectSeen) => Some(NoEffect),
            (Move::Abandon, Open | Reopened | InProgress | Paused | InReview) => Some(WontDo),
            (Move::SendBack, InReview) | (Move::Reopen, Done | EffectSeen | NoEffect | WontDo) => {
                Some(Reopened)
            }
            _ => None,
        }
    }

    pub fn stage(self) -> Stage {
        match self {
            State::Open | State::Reopened => Stage::Open,
            State::InProgress | State::Paused => Stage::InProgress,
            State::InReview => Stage::InReview,
            State::Done => Stage::Done,
            State::EffectSeen | State::NoEffect | State::WontDo => Stage::Closed,
        }
    }

    /// Whether there is still something to do, so that the clocks count.
    pub fn is_unfinished(self) -> bool {
        self.stage() < Stage::Done
    }

    /// What this person may do from here, in the order of a page.
    pub fn moves(self, of: Standing) -> Vec<Move> {
        Move::ALL.iter().copied().filter(|one| self.after(*one).is_some() && one.is_for(of)).collect()
    }
}

impl Move {
    /// Review, effect, and what ends or reopens an action are a leader's.
    pub fn is_for(self, of: Standing) -> bool {
        match self {
            Move::Start | Move::Pause | Move::SendToReview => of.may_edit(),
            _ => of.leads,
        }
    }

    /// Whether it has to say why.
    pub fn needs_reason(self) -> bool {
        matches!(self, Move::SendBack | Move::SeeEffect | Move::SeeNoEffect | Move::Abandon | Move::Reopen)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OWNER: Standing = Standing { leads: false, owns: true };
    const LEADER: Standing = Standing { leads: true, owns: false };
    const OTHER: Standing = Standing { leads: false, owns: false };

    #[test]
    fn every_move_leads_from_where_it_can_be_made_to_one_place() {
        use State::{Done, EffectSeen, InProgress, InReview, NoEffect, Open, Paused, Reopened, WontDo};
        let table: [(Move, &[State], State); 9] = [
            (Move::Start, &[Open, Reopened, Paused], InProgress),
            (Move::Pause, &[InProgress], Paused),
            (Move::SendToReview, &[InProgress], InReview),
            (Move::Accept, &[InReview], Done),
            (Move::SendBack, &[InReview], Reopened),
            (Move::SeeEffect, &[Done, NoEffect], EffectSeen),
            (Move::SeeNoEffect, &[Done, EffectSeen], NoEffect),
            (Move::Abandon, &[Open, Reopened, InProgress, Paused, InReview], WontDo),
            (Move::Reopen, &[Done, EffectSeen, NoEffect, WontDo], Reopened),
        ];
        for (one, from, to) in table {
            for &state in State::ALL {
                let expected = from.contains(&state).then_some(to);
                assert_eq!(state.after(one), expected, "{one:?} from {state:?}");
            }
        }
    }

    #[test]
    fn what_is_on_offer_depends_on_who_asks() {
        let cases = [
            (State::Open, OWNER, vec![Move::Start]),
            (State::Open, LEADER, vec![Move::Start, Move::Abandon]),
            (State::InProgress, OWNER, vec![Move::SendToReview, Move::Pause]),
            (State::InReview, OWNER, vec![]),
            (State::InReview, LEADER, vec![Move::Accept, Move::SendBack, Move::Abandon]),
            (State::Done, OWNER, vec![]),
            (State::Done, LEADER, vec![Move::SeeEffect, Move::SeeNoEffect, Move::Reopen]),
            (State::WontDo, LEADER, vec![Move::Reopen]),
        ];
        for (state, who, expected) in cases {
            assert_eq!(state.moves(who), expected, "{state:?} {who:?}");
        }
        for &state in State::ALL {
            assert_eq!(state.moves(OTHER), [], "{state:?}");
        }
    }

    #[test]
    fn only_what_is_open_in_progress_or_in_review_is_unfinished() {
        let unfinished: Vec<_> = State::ALL.iter().filter(|state| state.is_unfinished()).collect();

        assert_eq!(
            unfinished,
            [&State::Open, &State::Reopened, &State::InProgress, &State::Paused, &State::InReview]
        );
    }

    proptest! {
        #[test]
        fn an_action_goes_back_only_by_being_reopened(moves in prop::collection::vec(0..Move::ALL.len(), 0..60)) {
            let mut state = State::Open;
            for one in moves {
                if let Some(next) = state.after(Move::ALL[one]) {
                    prop_assert!(next.stage() >= state.stage() || next == State::Reopened, "{state:?} to {next:?}");
                    prop_assert!(next != State::Open, "open is where it began");
                    state = next;
                }
            }
        }

        #[test]
        fn nobody_is_offered_what_cannot_be_done(state in 0..State::ALL.len(), leads: bool, owns: bool) {
            let (state, who) = (State::ALL[state], Standing { leads, owns });
            for one in state.moves(who) {
                prop_assert!(state.after(one).is_some() && one.is_for(who));
            }
        }
    }
}
