//! Who is on call for a service: shifts, one person at a time.
//!
//! Not here: whether somebody is ready for theirs.

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};

use crate::action::day_in;
use crate::agenda::{at_wall, morning};

/// A time somebody is on call: the first instant belongs to it, the last one to
/// whoever comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// The longest shift.
pub const LONGEST: TimeDelta = TimeDelta::days(31);

/// The most shifts that are planned at once.
pub const MOST_AT_ONCE: usize = 52;

impl Span {
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether some instant belongs to both.
    pub fn meets(&self, other: &Span) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// Where it begins, and how long it is, on a clock on the wall.
    fn on_the_wall<Z: TimeZone>(&self, zone: &Z) -> (NaiveDateTime, TimeDelta) {
        let wall = |at: &DateTime<Utc>| at.with_timezone(zone).naive_local();
        (wall(&self.from), wall(&self.to) - wall(&self.from))
    }
}

/// The first and those that follow it, each as long on a clock on the wall:
/// whoever hands over at nine does so at nine in summer and in winter.
pub fn in_a_row<Z: TimeZone>(first: Span, n: usize, zone: &Z) -> Vec<Span> {
    let (wall, length) = first.on_the_wall(zone);
    let begin = |k: usize| match k {
        // Said, where the wall shows the same hour twice.
        1 => first.to,
        _ => at_wall(wall + length * i32::try_from(k).unwrap_or(i32::MAX), zone),
    };
    let later = (1..n).map(|k| Span { from: begin(k), to: begin(k + 1) });
    std::iter::once(first).chain(later).take(n).collect()
}

/// The shift to plan next: where the last one ends, and as long. Without one, a
/// week from the next morning at nine.
pub fn next<Z: TimeZone>(last: Option<Span>, now: DateTime<Utc>, zone: &Z) -> Span {
    let in_days = |n| morning(day_in(now, zone) + TimeDelta::days(n), 9, zone);
    let after = last.and_then(|last| in_a_row(last, 2, zone).pop());
    after.unwrap_or(Span { from: in_days(1), to: in_days(8) })
}

/// When nobody is on call between the first shift and the last; the shifts lie
/// in the order in which they begin.
pub fn gaps(shifts: &[Span]) -> Vec<Span> {
    let mut gaps = Vec::new();
    let mut covered_to = shifts.first().map(|first| first.from);
    for shift in shifts {
        if let Some(from) = covered_to.filter(|to| *to < shift.from) {
            gaps.push(Span { from, to: shift.from });
        }
        covered_to = covered_to.max(Some(shift.to));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Rome;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn span(from: &str, to: &str) -> Span {
        Span { from: at(from), to: at(to) }
    }

    #[test]
    fn at_the_instant_of_handing_over_the_next_one_is_on_call() {
        let ada = span("2026-03-02T08:00:00Z", "2026-03-09T08:00:00Z");
        let bo = span("2026-03-09T08:00:00Z", "2026-03-16T08:00:00Z");
        assert!(ada.contains(at("2026-03-02T08:00:00Z")) && !ada.contains(ada.to) && bo.contains(ada.to));
        assert!(!ada.meets(&bo) && !bo.meets(&ada) && ada.meets(&ada));
        let over_both = span("2026-03-09T07:59:59Z", "2026-03-09T08:00:01Z");
        assert!(over_both.meets(&ada) && bo.meets(&over_both));
    }

    #[test]
    fn shifts_in_a_row_hand_over_at_the_same_hour_when_the_clocks_change() {
        // Rome goes from one hour ahead to two on 29 March 2026.
        let first = span("2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z");
        let rows = in_a_row(first, 3, &Rome);
        assert_eq!(rows[1], span("2026-03-30T07:00:00Z", "2026-04-06T07:00:00Z"));
        assert_eq!(rows[2], span("2026-04-06T07:00:00Z", "2026-04-13T07:00:00Z"));
        assert_eq!(in_a_row(first, 1, &Rome), [first]);
        assert_eq!(in_a_row(first, 0, &Rome), []);
    }

    #[test]
    fn an_hour_that_the_clocks_skip_leaves_no_gap() {
        // There is no 02:30 in Rome on that day.
        let first = span("2026-03-28T01:30:00Z", "2026-03-28T13:30:00Z");
        let rows = in_a_row(first, 4, &Rome);
        assert!(rows.windows(2).all(|two| two[0].to == two[1].from), "{rows:?}");
    }

    #[test]
    fn what_is_planned_next_goes_on_where_the_last_shift_ends() {
        let now = at("2026-03-04T12:00:00Z");
        let last = span("2026-03-02T08:00:00Z", "2026-03-09T08:00:00Z");
        assert_eq!(next(Some(last), now, &Rome), span("2026-03-09T08:00:00Z", "2026-03-16T08:00:00Z"));
        assert_eq!(next(None, now, &Rome), span("2026-03-05T08:00:00Z", "2026-03-12T08:00:00Z"));
    }

    #[test]
    fn a_gap_is_where_nobody_is_on_call_between_two_shifts() {
        let first = span("2026-03-02T08:00:00Z", "2026-03-09T08:00:00Z");
        let within = span("2026-03-03T08:00:00Z", "2026-03-04T08:00:00Z");
        let later = span("2026-03-10T08:00:00Z", "2026-03-11T08:00:00Z");
        assert_eq!(gaps(&[first, within, later]), [span("2026-03-09T08:00:00Z", "2026-03-10T08:00:00Z")]);
        assert_eq!(gaps(&[first]), []);
        assert_eq!(gaps(&[]), []);
    }
}
