//! The actions as a file for a spreadsheet or a script, with the filters of the
//! page. Cells are made as those of the readiness matrix are.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use backend::Error;
use backend::actions::{self, Action};
use chrono::{DateTime, Utc};
use csv::{QuoteStyle, Terminator, WriterBuilder};
use domain::spreadsheet::cell;

use super::filter::Filter;
use crate::server::{Asked, Site, told};

const HEAD: [&str; 19] = [
    "number",
    "title",
    "state",
    "severity",
    "owner",
    "assign_by",
    "assigned_at",
    "done_by",
    "late_since",
    "closed_at",
    "fixes",
    "how",
    "labels",
    "tasks_done",
    "tasks",
    "proof",
    "origin",
    "made_at",
    "link",
];

/// Answers `/circles/{circle}/actions.csv`, for members.
pub async fn actions_csv(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path(circle): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match file(&site, &asked, &circle, query.as_deref().unwrap_or_default()).await {
        Ok(file) => file,
        Err(error) => {
            let told = told(error, &asked.request_id);
            let status = StatusCode::from_u16(told.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, told.to_string()).into_response()
        }
    }
}

async fn file(site: &Site, asked: &Asked, circle: &str, query: &str) -> backend::Result<Response> {
    let (who, now) = (asked.signed_in()?, asked.received_at);
    let all = actions::of_circle(&site.db, &who, circle, now).await?;
    let filter = Filter::read(query, &all);
    if !filter.unknown.is_empty() {
        // A page says what it left out; a file that holds more than was asked for would not.
        let words = format!("There is no such filter: {}.", filter.unknown.join(", "));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, words).into_response());
    }
    let base = format!("{}/circles/{circle}/actions", site.public_url);
    let rows = filter.of(&all).into_iter().map(|action| row(action, &base));
    let text = written(rows).map_err(|why| Error::Corrupt(why.to_string()))?;
    let name = format!("actions-{circle}-{}.csv", now.format("%Y-%m-%d"));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        // The short name of a circle has letters, digits and hyphens.
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}

fn row(action: &Action, base: &str) -> [String; 19] {
    let iso = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let maybe = |at: Option<DateTime<Utc>>| at.map(iso).unwrap_or_default();
    [
        action.number.to_string(),
        action.title.clone(),
        action.state.as_str().to_owned(),
        action.severity.level().to_string(),
        action.owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default(),
        action.assign_by.to_string(),
        maybe(action.assigned_at),
        action.done_by.to_string(),
        action.late.map(|late| late.by.to_string()).unwrap_or_default(),
        maybe(action.closed_at),
        action.fixes.as_str().to_owned(),
        action.how.as_str().to_owned(),
        action.labels.join(" "),
        action.n_ticked.to_string(),
        action.n_tasks.to_string(),
        action.proof.clone(),
        action.origin.reference.clone(),
        iso(action.made_at),
        format!("{base}/{}", action.number),
    ]
}

fn written(rows: impl Iterator<Item = [String; 19]>) -> csv::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(HEAD)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| cell(text).into_owned()))?;
    }
    writer.into_inner().map_err(|why| csv::Error::from(why.into_error()))
}

#[cfg(test)]
mod tests {
    use super::super::words::for_tests::action;
    use super::*;

    #[test]
    fn t41_a_title_never_becomes_a_formula_and_a_parser_gives_it_back() {
        for title in ["=cmd()", "+1", "-1", "@x", "\t=1", "a;=1", "a\",\"=1", "a\r\n=1", "'=1"] {
            let text = written([row(&action(1, title), "https://x")].into_iter()).unwrap();

            let mut reader = csv::Reader::from_reader(text.as_slice());
            let read = reader.records().next().unwrap().unwrap();
            assert_eq!(domain::spreadsheet::text_of(&read[1]), title);
            assert!(!read[1].starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", &read[1]);
            assert_eq!((read.len(), &read[18]), (HEAD.len(), "https://x/CA-1"));
        }
    }

    #[test]
    fn a_row_holds_what_the_page_says() {
        let row = row(&action(7, "Raise it"), "https://x");

        assert_eq!(
            row.join("|"),
            "CA-7|Raise it|open|2|Eve|2026-03-04|2026-03-02T12:00:00Z|2026-03-16|||alert|preventive||0|0|||\
             2026-03-02T12:00:00Z|https://x/CA-7"
        );
    }
}
