//! What ends soon, so that a round can be planned before it does.

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};

use super::{EXPIRING_WITHIN, Standing};
use crate::question::Topic;

/// One standing of a matrix. Person and service are the places of a row and of
/// a column group: this is asked of large circles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub person: usize,
    pub service: usize,
    pub topic: Topic,
    pub standing: Standing,
}

/// The passes of one person in one service that end at the same instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    pub person: usize,
    pub service: usize,
    pub topics: Vec<Topic>,
    /// The last instant at which they count.
    pub until: DateTime<Utc>,
}

/// The passes that count now and no more at `before`, the first to end first.
/// What ends at the same instant stands in the order it came in: by date and by
/// name, never by score.
pub fn endings(held: impl IntoIterator<Item = Held>, before: DateTime<Utc>) -> Vec<Ending> {
    let mut endings: Vec<Ending> = Vec::new();
    // The topics of one person in one service come together.
    let mut first_of_service = 0;
    for Held { person, service, topic, standing } in held {
        let is_same = |ending: &Ending| (ending.person, ending.service) == (person, service);
        if !endings.last().is_some_and(is_same) {
            first_of_service = endings.len();
        }
        let Some(until) = standing.until().filter(|until| *until < before) else { continue };
        match endings[first_of_service..].iter_mut().find(|ending| ending.until == until) {
            Some(ending) => ending.topics.push(topic),
            None => endings.push(Ending { person, service, topics: vec![topic], until }),
        }
    }
    endings.sort_by_key(|ending| ending.until);
    endings
}

/// How far one looks ahead when no day is said: to the first day of the month
/// after the one in which a pass ends that is called expiring from today on.
///
/// So every pass that is marked as expiring is among those that end before it;
/// there are always four weeks and more to give a round; and the day stays the
/// same for a month, so that a link and a conversation about it stay true. The
/// end of the quarter would be some days away in one week and three months in
/// the next.
pub fn usual_horizon(today: NaiveDate) -> NaiveDate {
    // A clock that goes forward may carry the end over midnight.
    let last = today.checked_add_signed(EXPIRING_WITHIN + TimeDelta::days(1));
    let next_month = last.and_then(|day| day.with_day(1)?.checked_add_months(Months::new(1)));
    next_month.unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn day(n: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap() + TimeDelta::days(n)
    }

    fn held(person: usize, service: usize, topic: Topic, ends_in: i64) -> Held {
        Held { person, service, topic, standing: Standing::Ready { until: day(ends_in) } }
    }

    #[test]
    fn passes_that_end_before_the_day_come_soonest_first_and_together_where_they_end_together() {
        use Topic::{Architecture, Monitoring, Process, Troubleshooting};
        let matrix = [
            held(0, 0, Process, 20),
            held(0, 0, Architecture, 5),
            held(0, 0, Troubleshooting, 20),
            held(0, 0, Monitoring, 40),
            held(0, 1, Process, 20),
            held(1, 0, Process, 20),
            held(2, 0, Process, 3),
        ];
        let ending = |person, service, topics: &[Topic], ends_in| Ending {
            person,
            service,
            topics: topics.to_vec(),
            until: day(ends_in),
        };

        let expected = [
            ending(2, 0, &[Process], 3),
            ending(0, 0, &[Architecture], 5),
            ending(0, 0, &[Process, Troubleshooting], 20),
            ending(0, 1, &[Process], 20),
            ending(1, 0, &[Process], 20),
        ];
        assert_eq!(endings(matrix, day(40)), expected);
    }

    #[test]
    fn only_a_pass_that_counts_today_ends_and_only_before_the_day() {
        let until = day(3);
        let cases = [
            ("ready", Standing::Ready { until }, day(4), 1),
            ("expiring", Standing::Expiring { until }, day(4), 1),
            ("it still counts at that instant", Standing::Expiring { until }, until, 0),
            ("the day has passed", Standing::Expiring { until }, day(-9), 0),
            ("over already", Standing::Expired { since: day(-1) }, day(4), 0),
            ("not passed", Standing::NotPassed, day(4), 0),
            ("never sat", Standing::Unknown, day(4), 0),
        ];
        for (case, standing, before, n) in cases {
            let held = Held { person: 0, service: 0, topic: Topic::Process, standing };
            assert_eq!(endings([held], before).len(), n, "{case}");
        }
    }

    #[test]
    fn without_a_day_one_looks_to_the_end_of_the_month_that_is_a_month_away() {
        let cases = [
            ("2026-11-22", "2027-01-01"),
            ("2026-11-30", "2027-01-01"),
            ("2026-12-01", "2027-02-01"),
            ("2026-11-01", "2027-01-01"),
            ("2026-10-31", "2027-01-01"),
            ("2026-10-30", "2026-12-01"),
            ("2026-01-29", "2026-04-01"),
            ("2028-01-30", "2028-04-01"),
        ];
        for (today, horizon) in cases {
            let today: NaiveDate = today.parse().unwrap();
            assert_eq!(usual_horizon(today), horizon.parse::<NaiveDate>().unwrap(), "{today}");
        }
        assert_eq!(usual_horizon(NaiveDate::MAX), NaiveDate::MAX);
    }

    #[test]
    fn every_pass_that_is_marked_as_expiring_ends_before_the_usual_day() {
        for n in 0..800 {
            let today = day(n).date_naive();
            let last_instant = today.and_hms_opt(23, 59, 59).unwrap().and_utc() + EXPIRING_WITHIN;
            let horizon = usual_horizon(today).and_hms_opt(0, 0, 0).unwrap().and_utc();
            assert!(last_instant < horizon, "{today}");
            assert!(horizon - last_instant < TimeDelta::days(32), "{today}");
        }
    }
}
