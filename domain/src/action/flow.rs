//! What the actions of a circle add up to: how old the unfinished ones are,
//! and how many are made and done month by month.

use chrono::{Datelike, Months, NaiveDate};

/// What is counted of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    pub made_on: NaiveDate,
    pub done_by: NaiveDate,
    /// `None` while there is something to do.
    pub closed: Option<Closed>,
}

/// When and how an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    pub on: NaiveDate,
    /// Done, as against "won't do".
    pub is_done: bool,
}

/// The unfinished actions of an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    pub words: &'static str,
    pub n: u32,
    /// Those of them that are past the day they should have been done by.
    pub n_late: u32,
}

/// The ages, each up to so many days.
const AGES: [(&str, i64); 5] = [
    ("Up to 1 week", 7),
    ("1 to 2 weeks", 14),
    ("2 to 4 weeks", 28),
    ("4 to 8 weeks", 56),
    ("More than 8 weeks", i64::MAX),
];

/// How old the unfinished actions are, the youngest first.
pub fn ageing(actions: &[Flow], today: NaiveDate) -> Vec<Age> {
    let mut ages = AGES.map(|(words, _)| Age { words, n: 0, n_late: 0 });
    for action in actions.iter().filter(|action| action.closed.is_none()) {
        let days = (today - action.made_on).num_days();
        let place = AGES.iter().position(|(_, most)| days <= *most).unwrap_or(AGES.len() - 1);
        ages[place].n += 1;
        ages[place].n_late += u32::from(action.done_by < today);
    }
    ages.to_vec()
}

/// What happened in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    pub n_made: u32,
    pub n_in_time: u32,
    pub n_late: u32,
    pub n_wont_do: u32,
}

/// The last `n` months, this one at the end.
pub fn throughput(actions: &[Flow], today: NaiveDate, n: u32) -> Vec<Month> {
    let this = first_of(today);
    let mut months: Vec<Month> = (0..n)
        .rev()
        .filter_map(|back| this.checked_sub_months(Months::new(back)))
        .map(|first| Month { first, n_made: 0, n_in_time: 0, n_late: 0, n_wont_do: 0 })
        .collect();
    let mut in_month = |day: NaiveDate, count: fn(&mut Month) -> &mut u32| {
        if let Some(month) = months.iter_mut().find(|month| month.first == first_of(day)) {
            *count(month) += 1;
        }
    };
    for action in actions {
        in_month(action.made_on, |month| &mut month.n_made);
        match action.closed {
            Some(Closed { on, is_done: false }) => in_month(on, |month| &mut month.n_wont_do),
            Some(Closed { on, is_done: true }) if on <= action.done_by => {
                in_month(on, |month| &mut month.n_in_time)
            }
            Some(Closed { on, is_done: true }) => in_month(on, |month| &mut month.n_late),
            None => {}
        }
    }
    months
}

fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn made(on: &str, by: &str) -> Flow {
        Flow { made_on: day(on), done_by: day(by), closed: None }
    }

    fn closed(on: &str, is_done: bool) -> Option<Closed> {
        Some(Closed { on: day(on), is_done })
    }

    #[test]
    fn an_age_counts_what_is_not_finished_and_how_much_of_it_is_late() {
        let today = day("2026-03-31");
        let actions = [
            made("2026-03-31", "2026-04-10"),
            made("2026-03-24", "2026-03-30"),
            made("2026-03-23", "2026-03-31"),
            made("2025-01-01", "2025-02-01"),
            Flow { closed: closed("2026-03-30", true), ..made("2025-01-01", "2025-02-01") },
        ];

        let ages: Vec<_> = ageing(&actions, today).iter().map(|age| (age.n, age.n_late)).collect();

        assert_eq!(ages, [(2, 1), (1, 0), (0, 0), (0, 0), (1, 1)]);
    }

    #[test]
    fn a_month_counts_what_was_made_in_it_and_what_was_closed_in_it() {
        let actions = [
            Flow { closed: closed("2026-02-10", true), ..made("2026-01-05", "2026-02-10") },
            Flow { closed: closed("2026-03-01", true), ..made("2026-01-05", "2026-02-10") },
            Flow { closed: closed("2026-03-02", false), ..made("2026-03-01", "2026-03-10") },
            made("2025-12-31", "2026-01-10"),
        ];

        let months = throughput(&actions, day("2026-03-31"), 3);

        let counts: Vec<_> = months
            .iter()
            .map(|month| (month.first, month.n_made, month.n_in_time, month.n_late, month.n_wont_do))
            .collect();
        assert_eq!(
            counts,
            [
                (day("2026-01-01"), 2, 0, 0, 0),
                (day("2026-02-01"), 0, 1, 0, 0),
                (day("2026-03-01"), 1, 0, 1, 1),
            ]
        );
    }

    proptest! {
        #[test]
        fn every_unfinished_action_has_one_age(days in prop::collection::vec((-5..500_i64, -100..100_i64), 0..40)) {
            let today = day("2026-03-31");
            let actions: Vec<Flow> = days
                .into_iter()
                .map(|(age, left)| Flow {
                    made_on: today - chrono::TimeDelta::days(age),
                    done_by: today + chrono::TimeDelta::days(left),
                    closed: None,
                })
                .collect();

            let ages = ageing(&actions, today);

            prop_assert_eq!(ages.iter().map(|age| age.n as usize).sum::<usize>(), actions.len());
            prop_assert!(ages.iter().all(|age| age.n_late <= age.n));
        }
    }
}
