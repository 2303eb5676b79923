//! The two clocks of an action: until when somebody takes it, and until when
//! it is done. Both end with a day of the circle's calendar.

use chrono::NaiveDate;

use super::days::{working_days_after, working_days_between};
use super::{Severity, State};

/// How many working days a circle gives each severity: to assign, to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    days: [(u32, u32); 4],
}

/// The longest that a clock may run, in working days: about a year.
pub const LONGEST_CLOCK: u32 = 260;

/// Days that no circle can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongDays {
    #[error("enter working days from 1 to {LONGEST_CLOCK}")]
    OutOfBounds,
    #[error("an action cannot be done before it is assigned")]
    DoneBeforeAssigned,
}

impl Default for Clocks {
    fn default() -> Clocks {
        Clocks { days: [(1, 5), (2, 10), (3, 20), (5, 40)] }
    }
}

impl Clocks {
    pub fn set(&mut self, severity: Severity, assign: u32, done: u32) -> Result<(), WrongDays> {
        if !(1..=LONGEST_CLOCK).contains(&assign) || !(1..=LONGEST_CLOCK).contains(&done) {
            return Err(WrongDays::OutOfBounds);
        }
        if done < assign {
            return Err(WrongDays::DoneBeforeAssigned);
        }
        self.days[severity.place()] = (assign, done);
        Ok(())
    }

    /// Working days to assign and to do.
    pub fn days(&self, severity: Severity) -> (u32, u32) {
        self.days[severity.place()]
    }

    /// The last days to assign and to do what was made on a day.
    pub fn ends(&self, severity: Severity, made_on: NaiveDate) -> (NaiveDate, NaiveDate) {
        let (assign, done) = self.days(severity);
        (working_days_after(made_on, assign), working_days_after(made_on, done))
    }
}

/// What the clocks of an action are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    pub state: State,
    /// Whether it has an owner who is there to do it.
    pub is_owned: bool,
    pub assign_by: NaiveDate,
    pub done_by: NaiveDate,
}

/// Which clock has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Assign,
    Done,
}

/// That a date has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    pub which: Which,
    /// The last day it was in time.
    pub by: NaiveDate,
    /// Whether it concerns the leaders as well.
    pub is_escalated: bool,
}

impl Running {
    /// What has passed its date, if something has; what is finished has none.
    ///
    /// What nobody owns concerns the leaders at once. An owner has the next
    /// working day for an answer, and then it concerns the leaders as well.
    pub fn late(self, today: NaiveDate) -> Option<Late> {
        if !self.state.is_unfinished() {
            return None;
        }
        let (which, by) = if self.done_by < today {
            (Which::Done, self.done_by)
        } else if !self.is_owned && self.assign_by < today {
            (Which::Assign, self.assign_by)
        } else {
            return None;
        };
        let is_escalated = !self.is_owned || working_days_after(by, 1) < today;
        Some(Late { which, by, is_escalated })
    }
}

/// Whether a date that has not passed is today or within two working days.
pub fn due_soon(by: NaiveDate, today: NaiveDate) -> bool {
    by >= today && working_days_between(today, by) < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn running() -> Running {
        // A Wednesday and a Friday.
        Running {
            state: State::InProgress,
            is_owned: true,
            assign_by: day("2026-03-04"),
            done_by: day("2026-03-06"),
        }
    }

    #[test]
    fn the_usual_days_grow_with_the_severity() {
        let monday = day("2026-03-02");
        let ends = Severity::ALL.map(|severity| Clocks::default().ends(severity, monday));

        let expected = [
            ("2026-03-03", "2026-03-09"),
            ("2026-03-04", "2026-03-16"),
            ("2026-03-05", "2026-03-30"),
            ("2026-03-09", "2026-04-27"),
        ];
        assert_eq!(ends, expected.map(|(assign, done)| (day(assign), day(done))));
    }

    #[test]
    fn a_circle_sets_days_that_make_sense() {
        let mut clocks = Clocks::default();
        let worst = Severity::ALL[0];

        assert_eq!(clocks.set(worst, 2, 3), Ok(()));
        assert_eq!(clocks.days(worst), (2, 3));
        assert_eq!(clocks.set(worst, 4, 3), Err(WrongDays::DoneBeforeAssigned));
        for (assign, done) in [(0, 5), (1, 0), (261, 261), (1, 261)] {
            assert_eq!(clocks.set(worst, assign, done), Err(WrongDays::OutOfBounds));
        }
        assert_eq!(clocks.days(worst), (2, 3));
    }

    #[test]
    fn a_date_passes_with_its_day_and_concerns_the_leaders_a_working_day_later() {
        let by = day("2026-03-06");
        let late = |is_escalated| Some(Late { which: Which::Done, by, is_escalated });
        let cases = [
            ("2026-03-05", None),
            ("2026-03-06", None),
            ("2026-03-07", late(false)),
            ("2026-03-09", late(false)),
            ("2026-03-10", late(true)),
        ];
        for (today, expected) in cases {
            assert_eq!(running().late(day(today)), expected, "{today}");
        }
    }

    #[test]
    fn what_nobody_owns_is_late_by_its_first_clock_and_concerns_the_leaders_at_once() {
        let unowned = Running { state: State::Open, is_owned: false, ..running() };

        assert_eq!(unowned.late(day("2026-03-04")), None);
        let late = unowned.late(day("2026-03-05")).unwrap();
        assert_eq!((late.which, late.is_escalated), (Which::Assign, true));
        assert_eq!(running().late(day("2026-03-05")), None, "the same with an owner is in time");
    }

    #[test]
    fn what_is_finished_is_never_late() {
        for &state in State::ALL {
            let late = Running { state, ..running() }.late(day("2027-01-01"));
            assert_eq!(late.is_some(), state.is_unfinished(), "{state:?}");
        }
    }

    #[test]
    fn soon_is_today_and_the_two_working_days_after_it() {
        let thursday = day("2026-03-05");
        let cases = [
            ("2026-03-04", false),
            ("2026-03-05", true),
            ("2026-03-06", true),
            ("2026-03-09", true),
            ("2026-03-10", false),
        ];
        for (by, expected) in cases {
            assert_eq!(due_soon(day(by), thursday), expected, "{by}");
        }
    }
}
