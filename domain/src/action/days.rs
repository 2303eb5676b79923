//! Working days: Monday to Friday, as the calendar of a zone has them.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc, Weekday};

/// The day that an instant falls on in a zone.
pub fn day_in<Z: TimeZone>(at: DateTime<Utc>, zone: &Z) -> NaiveDate {
    at.with_timezone(zone).date_naive()
}

pub fn is_working(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The day that is `n` working days after another; the first one that works
/// where `n` is 0. At the end of all calendars it is the last day there is.
pub fn working_days_after(day: NaiveDate, n: u32) -> NaiveDate {
    let mut day = day;
    let mut left = n;
    while left > 0 || !is_working(day) {
        let Some(next) = day.checked_add_days(Days::new(1)) else { return NaiveDate::MAX };
        day = next;
        if is_working(day) {
            left = left.saturating_sub(1);
        }
    }
    day
}

/// How many working days lie after `from` and before `to`; neither counts.
pub fn working_days_between(from: NaiveDate, to: NaiveDate) -> u32 {
    let n_days = (to - from).num_days() - 1;
    if n_days <= 0 {
        return 0;
    }
    let (weeks, rest) = (n_days / 7, n_days % 7);
    let last = from + Days::new(rest.unsigned_abs());
    let n_rest =
        from.iter_days().skip(1).take_while(|day| *day <= last).filter(|day| is_working(*day)).count();
    u32::try_from(weeks * 5).unwrap_or(u32::MAX).saturating_add(u32::try_from(n_rest).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Rome;
    use chrono_tz::{America::Sao_Paulo, Pacific::Apia};
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weekends_do_not_count() {
        // 2 March 2026 is a Monday.
        let cases = [
            ("2026-03-02", 0, "2026-03-02"),
            ("2026-03-02", 1, "2026-03-03"),
            ("2026-03-02", 4, "2026-03-06"),
            ("2026-03-02", 5, "2026-03-09"),
            ("2026-03-06", 1, "2026-03-09"),
            ("2026-03-07", 0, "2026-03-09"),
            ("2026-03-07", 1, "2026-03-09"),
            ("2026-03-08", 1, "2026-03-09"),
            ("2026-03-08", 5, "2026-03-13"),
            ("2026-03-02", 40, "2026-04-27"),
        ];
        for (from, n, to) in cases {
            assert_eq!(working_days_after(day(from), n), day(to), "{n} after {from}");
        }
    }

    #[test]
    fn days_between_leave_out_both_ends() {
        let cases = [
            ("2026-03-02", "2026-03-02", 0),
            ("2026-03-02", "2026-03-03", 0),
            ("2026-03-02", "2026-03-04", 1),
            ("2026-03-06", "2026-03-09", 0),
            ("2026-03-06", "2026-03-10", 1),
            ("2026-03-07", "2026-03-09", 0),
            ("2026-03-02", "2026-03-16", 9),
            ("2026-03-09", "2026-03-02", 0),
        ];
        for (from, to, n) in cases {
            assert_eq!(working_days_between(day(from), day(to)), n, "{from} to {to}");
        }
    }

    #[test]
    fn the_day_is_that_of_the_zone_also_when_the_clocks_change() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        // In Rome the clocks go forward on 29 March and back on 25 October.
        let cases = [
            ("2026-03-28T22:59:59Z", "2026-03-28"),
            ("2026-03-28T23:00:00Z", "2026-03-29"),
            ("2026-03-29T21:59:59Z", "2026-03-29"),
            ("2026-03-29T22:00:00Z", "2026-03-30"),
            ("2026-10-24T21:59:59Z", "2026-10-24"),
            ("2026-10-24T22:00:00Z", "2026-10-25"),
            ("2026-10-25T22:59:59Z", "2026-10-25"),
            ("2026-10-25T23:00:00Z", "2026-10-26"),
        ];
        for (instant, expected) in cases {
            assert_eq!(day_in(at(instant), &Rome), day(expected), "{instant}");
        }
        // A Friday in Rome, late: five working days later is the next Friday,
        // although a day between them had 23 hours.
        let made = day_in(at("2026-03-27T22:30:00Z"), &Rome);
        assert_eq!(working_days_after(made, 5), day("2026-04-03"));
        // Midnight did not exist in São Paulo on 4 November 2018, and Apia had
        // no 30 December 2011.
        assert_eq!(day_in(at("2018-11-04T03:00:00Z"), &Sao_Paulo), day("2018-11-04"));
        assert_eq!(day_in(at("2011-12-30T10:00:00Z"), &Apia), day("2011-12-31"));
    }

    proptest! {
        #[test]
        fn as_many_working_days_lie_between_as_were_added(start in 0..20_000_i32, n in 0..400_u32) {
            let from = NaiveDate::from_num_days_from_ce_opt(730_000 + start).unwrap();

            let to = working_days_after(from, n);

            prop_assert!(is_working(to));
            if n > 0 {
                prop_assert_eq!(working_days_between(from, to), n - 1);
            }
            // From a weekend the first working day is also one working day later.
            if n > 0 || is_working(from) {
                prop_assert!(working_days_after(from, n + 1) > to);
            }
        }

        #[test]
        fn counting_week_by_week_is_counting_day_by_day(start in 0..20_000_i32, n_days in 0..900_i32) {
            let from = NaiveDate::from_num_days_from_ce_opt(730_000 + start).unwrap();
            let to = from + Days::new(n_days.unsigned_abs().into());
            let one_by_one = from.iter_days().skip(1).take_while(|day| *day < to).filter(|day| is_working(*day)).count();

            prop_assert_eq!(working_days_between(from, to) as usize, one_by_one);
        }
    }
}
