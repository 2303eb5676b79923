//! The matrix as a file for a spreadsheet or a script, with the filters of the
//! page.
//!
//! One row for each person, service and topic; instants in UTC as ISO 8601 has
//! them.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use backend::readiness::{self, Cell};
use chrono::{DateTime, Utc};
use domain::readiness::Standing;

use super::filter::{Filter, Shown, day_of};
use crate::csv::{iso, unknown_filters};
use crate::files::answer;
use crate::server::{Asked, Site};

const HEAD: [&str; 9] =
    ["person", "service", "topic", "state", "until", "since", "reached_percent", "needed_percent", "attempt"];

/// Answers `/circles/{circle}/readiness.csv`, for leaders.
pub async fn readiness_csv(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path(circle): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    answer(&asked, file(&site, &asked, &circle, query.as_deref().unwrap_or_default())).await
}

async fn file(site: &Site, asked: &Asked, circle: &str, query: &str) -> backend::Result<Response> {
    let (who, now) = (asked.signed_in()?, asked.received_at);
    let matrix = readiness::matrix(&site.db, &who, circle, now).await?;
    let filter = Filter::read(query, &matrix.services, day_of(now, matrix.member.zone));
    if !filter.unknown.is_empty() {
        return Ok(unknown_filters(&filter.unknown));
    }
    let rows = rows(&filter.of(&matrix, now), &site.public_url);
    crate::csv::file(&format!("readiness-{circle}-{}", now.format("%Y-%m-%d")), &HEAD, rows)
}

/// A row for each person, service and topic that is shown, on all pages.
fn rows(shown: &Shown<'_>, public_url: &str) -> Vec<[String; 9]> {
    let mut rows = Vec::new();
    for &person in &shown.rows {
        let person = &shown.matrix.people[person];
        for &service in &shown.services {
            for &topic in &shown.topics {
                let [state, until, since, reached, needed, attempt] =
                    facts(person.cell(service, topic), public_url);
                let service = shown.matrix.services[service].0.clone();
                rows.push([
                    person.name.clone(),
                    service,
                    topic.to_string(),
                    state,
                    until,
                    since,
                    reached,
                    needed,
                    attempt,
                ]);
            }
        }
    }
    rows
}

/// State, until, since, reached, needed, and where the attempt is shown; empty
/// what there is not. A gap is there since the attempt, a pass is over since
/// it ended.
fn facts(of: &Cell, public_url: &str) -> [String; 6] {
    let sat_at = of.evidence.as_ref().map(|evidence| evidence.finished_at);
    let (state, until, since) = match of.standing {
        Standing::Ready { until } => ("ready", Some(until), None),
        Standing::Expiring { until } => ("expiring", Some(until), None),
        Standing::NotPassed => ("gap", None, sat_at),
        Standing::Expired { since } => ("expired", None, Some(since)),
        Standing::Unknown => ("unknown", None, None),
    };
    let evidence = of.evidence.as_ref();
    let reached = evidence.and_then(|evidence| evidence.reached.percent()).map(|n| n.to_string());
    let needed = evidence.map(|evidence| evidence.needed.get().to_string());
    let attempt = evidence.map(|evidence| format!("{public_url}/attempts/{}/result", evidence.attempt));
    let instant = |at: Option<DateTime<Utc>>| at.map(iso).unwrap_or_default();
    [
        state.to_owned(),
        instant(until),
        instant(since),
        reached.unwrap_or_default(),
        needed.unwrap_or_default(),
        attempt.unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::question::Topic;
    use domain::spreadsheet::text_of;

    use super::super::for_tests::{all_ready, cell, gap, matrix_of, november, row_of};
    use super::*;
    use crate::csv::written;

    const URL: &str = "https://muster.example.org";

    fn services() -> Vec<(String, String)> {
        vec![("edge".to_owned(), "HTTP edge".to_owned())]
    }

    #[test]
    fn a_row_says_how_one_person_stands_with_one_topic() {
        let ended = november() - TimeDelta::days(3);
        let ending = Standing::Expiring { until: november() + TimeDelta::days(9) };
        let cells =
            [cell(ending), gap(40_000), cell(Standing::Expired { since: ended }), cell(Standing::Unknown)];
        let matrix = matrix_of(services(), vec![row_of("ada", "Ada Brown", vec![cells])]);
        let filter = Filter::default();

        let text = written(&HEAD, rows(&filter.of(&matrix, november()), URL)).unwrap();

        let lines = [
            r#""person","service","topic","state","until","since","reached_percent","needed_percent","attempt""#,
            r#""Ada Brown","edge","process","expiring","2025-12-01T12:00:00Z","","","","""#,
            r#""Ada Brown","edge","architecture","gap","","2025-11-22T12:00:00Z","66","75","https://muster.example.org/attempts/a1/result""#,
            r#""Ada Brown","edge","troubleshooting","expired","","2025-11-19T12:00:00Z","","","""#,
            r#""Ada Brown","edge","monitoring","unknown","","","","","""#,
        ];
        assert_eq!(String::from_utf8(text).unwrap(), lines.map(|line| format!("{line}\r\n")).concat());
    }

    #[test]
    fn t41_a_name_never_becomes_a_formula_and_a_parser_gives_it_back() {
        let names =
            ["=cmd()", "+1", "-1", "@x", "\t=1", "\r=1", "a;=1", "a\",\"=1", "a\r\n=1", "'t Hooft", "'=1"];
        let people = names.iter().map(|name| row_of("p", name, vec![all_ready()])).collect();
        let matrix = matrix_of(services(), people);
        let filter = Filter { topic: Some(Topic::Process), ..Filter::default() };

        let text = written(&HEAD, rows(&filter.of(&matrix, november()), URL)).unwrap();

        let mut reader = csv::Reader::from_reader(text.as_slice());
        let read: Vec<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
        assert_eq!(read.iter().map(|cell| text_of(cell)).collect::<Vec<_>>(), names);
        for cell in &read {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
        let text = String::from_utf8(text).unwrap();
        assert!(
            text.contains("\"a;=1\"") && text.contains("\"a\"\",\"\"=1\""),
            "each field stays in its quotes"
        );
    }

    #[test]
    fn a_file_has_all_pages_of_what_the_filter_shows() {
        let people = (0..120).map(|n| row_of("p", &format!("Person {n}"), vec![all_ready()])).collect();
        let matrix = matrix_of(services(), people);
        let n_rows = |query: &str| {
            let filter = Filter::read(query, &matrix.services, day_of(november(), chrono_tz::UTC));
            rows(&filter.of(&matrix, november()), URL).len()
        };

        assert_eq!(n_rows(""), 480);
        assert_eq!(n_rows("topic=process&page=2"), 120);
        assert_eq!(n_rows("q=person+7"), 44);
        assert_eq!(n_rows("show=gaps"), 0);
    }
}
