//! A round: one test given to named members between two instants.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// When takers may see something of their result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownWhen {
    /// As soon as the attempt is handed in.
    AtHandIn,
    /// When the round has closed, nobody in it is still sitting, and every answer
    /// is marked.
    AtClose,
    /// Not before a leader releases the results.
    Never,
}

impl ShownWhen {
    pub const ALL: [ShownWhen; 3] = [ShownWhen::AtHandIn, ShownWhen::AtClose, ShownWhen::Never];

    pub fn as_str(self) -> &'static str {
        match self {
            ShownWhen::AtHandIn => "at_hand_in",
            ShownWhen::AtClose => "at_close",
            ShownWhen::Never => "never",
        }
    }

    pub fn parse(text: &str) -> Option<ShownWhen> {
        ShownWhen::ALL.into_iter().find(|when| when.as_str() == text)
    }
}

/// Where a round stands, by the clock and by marking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Planned,
    Running,
    /// Closed, but someone with extra time is still sitting.
    StillSitting,
    /// Closed, and nobody is sitting, but an answer waits for a marker.
    Marking,
    ResultsReady,
}

/// Where a round stands at `now`. `n_sitting` is how many attempts are open,
/// `n_unmarked` how many are handed in and wait for a marker.
///
/// A round runs from the very instant it opens until just before it closes.
pub fn phase(
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    n_sitting: u32,
    n_unmarked: u32,
    now: DateTime<Utc>,
) -> Phase {
    if now < opens_at {
        Phase::Planned
    } else if now < closes_at {
        Phase::Running
    } else if n_sitting > 0 {
        Phase::StillSitting
    } else if n_unmarked > 0 {
        Phase::Marking
    } else {
        Phase::ResultsReady
    }
}

/// What a round shows its takers, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing {
    pub score: ShownWhen,
    pub answers: ShownWhen,
}

/// What the taker of an attempt that is handed in may see of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sees {
    pub score: bool,
    pub answers: bool,
}

impl Sees {
    /// What a leader sees of somebody else's attempt.
    pub const ALL: Sees = Sees { score: true, answers: true };
}

impl Showing {
    /// What the takers see while the round is in this phase: what the round
    /// says, and everything once a leader has released its results. Who may see
    /// the answers may see the score.
    pub fn seen_in(self, phase: Phase, released: bool) -> Sees {
        if released {
            return Sees::ALL;
        }
        let answers = may_see(self.answers, phase);
        Sees { score: answers || may_see(self.score, phase), answers }
    }
}

fn may_see(when: ShownWhen, phase: Phase) -> bool {
    match when {
        ShownWhen::AtHandIn => true,
        ShownWhen::AtClose => phase == Phase::ResultsReady,
        ShownWhen::Never => false,
    }
}

/// The instant at which an attempt that starts at `start` ends: the earlier of
/// the round's close and `start` plus the limit, both moved by the person's
/// extra time.
pub fn deadline(
    start: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    limit: Option<TimeDelta>,
    extra: TimeDelta,
) -> DateTime<Utc> {
    let end = limit.map_or(closes_at, |limit| closes_at.min(start + limit));
    end + extra
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap()
    }

    fn minutes(n: i64) -> TimeDelta {
        TimeDelta::minutes(n)
    }

    #[test]
    fn a_round_runs_from_the_instant_it_opens_until_just_before_it_closes() {
        let (opens_at, closes_at, instant) = (noon(), noon() + minutes(60), TimeDelta::milliseconds(1));
        let cases = [
            (opens_at - instant, 0, 0, Phase::Planned),
            (opens_at, 0, 0, Phase::Running),
            (closes_at - instant, 3, 2, Phase::Running),
            (closes_at, 1, 0, Phase::StillSitting),
            (closes_at, 1, 2, Phase::StillSitting),
            (closes_at, 0, 1, Phase::Marking),
            (closes_at, 0, 0, Phase::ResultsReady),
            (closes_at + minutes(60), 1, 0, Phase::StillSitting),
            (closes_at + minutes(60), 0, 1, Phase::Marking),
            (closes_at + minutes(60), 0, 0, Phase::ResultsReady),
        ];
        for (now, n_sitting, n_unmarked, expected) in cases {
            let phase = phase(opens_at, closes_at, n_sitting, n_unmarked, now);
            assert_eq!(phase, expected, "{now}, {n_sitting} sitting, {n_unmarked} unmarked");
        }
    }

    #[test]
    fn what_is_shown_at_the_close_waits_for_the_last_who_sits_and_the_last_mark() {
        let phases =
            [Phase::Planned, Phase::Running, Phase::StillSitting, Phase::Marking, Phase::ResultsReady];
        let cases = [
            (ShownWhen::AtHandIn, [true, true, true, true, true]),
            (ShownWhen::AtClose, [false, false, false, false, true]),
            (ShownWhen::Never, [false, false, false, false, false]),
        ];
        for (when, expected) in cases {
            let showing = Showing { score: ShownWhen::Never, answers: when };
            assert_eq!(phases.map(|phase| showing.seen_in(phase, false).answers), expected, "{when:?}");
        }
    }

    #[test]
    fn who_may_see_the_answers_may_see_the_score() {
        let showing = Showing { score: ShownWhen::Never, answers: ShownWhen::AtClose };

        assert_eq!(showing.seen_in(Phase::Running, false), Sees { score: false, answers: false });
        assert_eq!(showing.seen_in(Phase::ResultsReady, false), Sees::ALL);
    }

    #[test]
    fn results_that_are_released_show_everything_whatever_the_round_says() {
        for when in ShownWhen::ALL {
            let showing = Showing { score: when, answers: ShownWhen::Never };
            assert_eq!(showing.seen_in(Phase::ResultsReady, true), Sees::ALL, "{when:?}");
        }
    }

    #[test]
    fn an_attempt_ends_at_its_limit_or_at_the_close_and_extra_time_moves_either() {
        let closes_at = noon() + minutes(60);
        let cases = [
            ("the limit comes first", 0, Some(45), 0, 45),
            ("the close comes first", 30, Some(45), 0, 60),
            ("both at once", 15, Some(45), 0, 60),
            ("no limit", 0, None, 0, 60),
            ("extra time after the limit", 0, Some(45), 10, 55),
            ("extra time after the close", 30, Some(45), 10, 70),
            ("extra time without a limit", 30, None, 10, 70),
        ];
        for (case, start, limit, extra, end) in cases {
            let deadline = deadline(noon() + minutes(start), closes_at, limit.map(minutes), minutes(extra));
            assert_eq!(deadline, noon() + minutes(end), "{case}");
        }
    }

    #[test]
    fn when_something_is_shown_is_read_back_as_it_was_written() {
        for when in ShownWhen::ALL {
            assert_eq!(ShownWhen::parse(when.as_str()), Some(when));
        }
        assert_eq!(ShownWhen::parse("sometimes"), None);
    }
}
