//! A table as a file for a spreadsheet or a script: what its handler answers.
//!
//! UTF-8, commas, lines that end as RFC 4180 has it. Every field stands in
//! quotes, so that a semicolon in a name divides no cell where spreadsheets
//! expect one. A cell that would be computed begins with an apostrophe, which
//! `domain::spreadsheet::text_of` tells how to take off.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use backend::Error;
use chrono::{DateTime, Utc};
use csv::{QuoteStyle, Terminator, WriterBuilder};
use domain::spreadsheet::cell;

use crate::files::attached;

/// What a table is, to whoever receives it.
pub const KIND: &str = "text/csv; charset=utf-8; header=present";

/// Refuses filters that there are not: a page says what it left out; a file
/// that holds more than was asked for would not.
pub fn unknown_filters(unknown: &[String]) -> Response {
    let words = format!("There is no such filter: {}.", unknown.join(", "));
    (StatusCode::UNPROCESSABLE_ENTITY, words).into_response()
}

/// A table to be kept under a name. The name has letters, digits and hyphens.
pub fn file<const N: usize>(
    name: &str,
    head: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> backend::Result<Response> {
    let text = written(head, rows).map_err(|why| Error::Corrupt(why.to_string()))?;
    Ok(attached(text, KIND, &format!("{name}.csv")))
}

/// The table as it stands in the file.
pub fn written<const N: usize>(
    head: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> csv::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| cell(text).into_owned()))?;
    }
    writer.into_inner().map_err(|why| csv::Error::from(why.into_error()))
}

/// An instant as a cell, in UTC.
pub fn iso(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
