//! Who is ready for what. A leader reads everybody, by name; an engineer reads
//! their own row and how many are ready; a reader reads how many.

pub mod ahead;
pub mod counts;
pub mod csv;
pub mod filter;
pub mod filter_bar;
pub mod matrix;
pub mod own;

use backend::readiness::{self, Cell};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::people::Role;
use domain::question::Topic;
use domain::readiness::Standing;
use leptos::prelude::*;

use crate::components::{StatusKind, duration_words};
use crate::pages::members::listing::page_asked;
use crate::reviewing::points;
use crate::server::{asked_uri, query_value};
use crate::shell::{InCircle, Loading, Page, Section, circle_page, encode};

/// The readiness of a circle, as much of it as the reader may see.
pub fn get() -> Loading {
    let asked = matrix::Asked {
        query: asked_uri().query().unwrap_or_default().to_owned(),
        page: page_asked(),
        for_paper: query_value("print").is_some(),
    };
    circle_page(Section::Readiness, move |here| async move {
        let view = match here.member.role {
            Role::Leader => matrix::of_everybody(&here, asked).await?,
            Role::Engineer => own::of_oneself(&here).await?,
            Role::Reader => nameless(&here).await?,
        };
        Ok(Page::new(format!("Readiness – {}", here.member.circle_name), view))
    })
}

async fn nameless(here: &InCircle) -> backend::Result<AnyView> {
    let counts =
        readiness::counts(&here.site.db, &here.who, &here.member.circle, here.asked.received_at).await?;
    Ok(view! {
        <h1>"Readiness"</h1>
        <p class="lead">{counts::counts_sentence(&counts)}</p>
        {counts::counted(&counts)}
    }
    .into_any())
}

/// How a standing shows: its state, and the fact in words.
pub fn standing_words(cell: &Cell, now: DateTime<Utc>, zone: Tz) -> (StatusKind, String) {
    match cell.standing {
        // What the pass rests on has changed, and nobody has looked.
        Standing::Ready { until } | Standing::Expiring { until } if cell.n_to_check > 0 => {
            (StatusKind::Stale, format!("Weaker, to {}", short_day(until, now, zone)))
        }
        Standing::Ready { until } => (StatusKind::Ready, format!("to {}", short_day(until, now, zone))),
        Standing::Expiring { until } => (StatusKind::Expiring, duration_words(until - now)),
        Standing::Expired { since } => (StatusKind::Gap, format!("Expired {}", short_day(since, now, zone))),
        Standing::NotPassed => (StatusKind::Gap, gap_words(cell)),
        Standing::Unknown => (StatusKind::Unknown, "Not taken".to_owned()),
    }
}

/// A cut that was reached and does not hold lacks a critical question.
fn gap_words(cell: &Cell) -> String {
    match &cell.evidence {
        Some(evidence) if evidence.reached.reaches(evidence.needed) => "Gap: critical missed".to_owned(),
        Some(evidence) => format!("Gap: {}", points(evidence.reached)),
        None => "Gap".to_owned(),
    }
}

/// "14 Mar", with the year where the day is so far off that it could be
/// another year's.
pub fn short_day(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let shape = if (at - now).abs() < TimeDelta::days(330) { "%-d %b" } else { "%-d %b %Y" };
    at.with_timezone(&zone).format(shape).to_string()
}

/// Where the evidence of a cell stands.
pub fn evidence_path(circle: &str, person: &str, service: &str, topic: Topic) -> String {
    format!("/circles/{circle}/readiness/{}/{}/{topic}", encode(person), encode(service))
}

#[cfg(test)]
pub mod for_tests {
    use backend::circles::Member;
    use backend::readiness::{Matrix, PersonRow};
    use chrono::TimeZone;
    use domain::marking::Score;
    use domain::readiness::Evidence;
    use domain::test::Percent;

    use super::*;

    pub fn november() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2025, 11, 22, 12, 0, 0).unwrap()
    }

    pub fn cell(standing: Standing) -> Cell {
        Cell { standing, evidence: None, n_to_check: 0 }
    }

    /// So many points of six, in ten-thousandths, and the topic does not hold.
    pub fn gap(earned: i64) -> Cell {
        let evidence = Evidence {
            service: "orders-db".to_owned(),
            topic: Topic::Process,
            attempt: "a1".to_owned(),
            finished_at: november(),
            holds: false,
            reached: Score::new(earned, 60_000).unwrap(),
            needed: Percent::try_from(75).unwrap(),
            counts_for: TimeDelta::days(90),
        };
        Cell { standing: Standing::NotPassed, evidence: Some(evidence), n_to_check: 0 }
    }

    fn ready() -> Cell {
        cell(Standing::Ready { until: november() + TimeDelta::days(60) })
    }

    pub fn row(services: Vec<[Cell; 4]>) -> PersonRow {
        row_of("ada", "Ada Brown", services)
    }

    pub fn row_of(person: &str, name: &str, services: Vec<[Cell; 4]>) -> PersonRow {
        PersonRow { person: person.to_owned(), name: name.to_owned(), services }
    }

    /// What a leader of the demo circle sees, in UTC.
    pub fn matrix_of(services: Vec<(String, String)>, people: Vec<PersonRow>) -> Matrix {
        let member = Member {
            circle: "demo".to_owned(),
            circle_name: "Demo".to_owned(),
            is_demo: true,
            person: "lena".to_owned(),
            role: Role::Leader,
            zone: Tz::UTC,
            circle_zone: Tz::UTC,
        };
        Matrix { member, services, people }
    }

    pub fn all_ready() -> [Cell; 4] {
        std::array::from_fn(|_| ready())
    }

    pub fn one_gap() -> [Cell; 4] {
        [ready(), gap(40_000), ready(), ready()]
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Europe::Rome;

    use super::for_tests::{cell, gap, november};
    use super::*;

    #[test]
    fn a_standing_says_its_fact() {
        let march = Utc.with_ymd_and_hms(2026, 3, 14, 12, 0, 0).unwrap();
        let in_nine_days = november() + TimeDelta::days(9);
        let expired = Standing::Expired { since: november() - TimeDelta::days(10) };
        let cases = [
            (cell(Standing::Ready { until: march }), StatusKind::Ready, "to 14 Mar"),
            (cell(Standing::Expiring { until: in_nine_days }), StatusKind::Expiring, "9 days"),
            (cell(expired), StatusKind::Gap, "Expired 12 Nov"),
            (gap(40_000), StatusKind::Gap, "Gap: 4 of 6"),
            (gap(50_000), StatusKind::Gap, "Gap: critical missed"),
            (cell(Standing::Unknown), StatusKind::Unknown, "Not taken"),
        ];
        for (cell, kind, words) in cases {
            assert_eq!(standing_words(&cell, november(), Rome), (kind, words.to_owned()));
        }
    }

    #[test]
    fn a_day_is_the_readers_and_has_its_year_when_it_is_far() {
        let late = Utc.with_ymd_and_hms(2025, 12, 31, 23, 30, 0).unwrap();
        assert_eq!(short_day(late, november(), Rome), "1 Jan");
        assert_eq!(short_day(late + TimeDelta::days(365), november(), Rome), "1 Jan 2027");
    }
}
