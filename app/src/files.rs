//! What a handler answers that makes a file.

use std::future::Future;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::server::{Asked, told};

/// The file, or in plain words why there is none.
pub async fn answer(asked: &Asked, file: impl Future<Output = backend::Result<Response>>) -> Response {
    file.await.unwrap_or_else(|error| {
        let told = told(error, &asked.request_id);
        let status = StatusCode::from_u16(told.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, told.to_string()).into_response()
    })
}

/// A file to be kept under a name; what a header or a disk could read something
/// into becomes a hyphen.
pub fn attached(content: impl IntoResponse, kind: &'static str, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file_name(name))),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, content).into_response()
}

/// The longest name: with the ending of a partial download it fits any disk.
const NAME_LIMIT: usize = 120;

/// Letters, digits, hyphens, underscores and dots, the end kept where it is too
/// long.
fn file_name(name: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let safe: String = name.chars().map(|c| if is_safe(c) { c } else { '-' }).collect();
    let cut = safe.len().saturating_sub(NAME_LIMIT);
    safe[cut..].trim_start_matches(['.', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t42_a_hostile_name_of_a_download_leaves_its_header_whole() {
        let long = format!("{}.csv", "x".repeat(300));
        for (name, expected) in [
            ("results-orders.csv", "results-orders.csv"),
            ("\"; filename=x", "filename-x"),
            ("a\r\nset-cookie: b=c.md", "a--set-cookie--b-c.md"),
            ("../../etc/passwd", "etc-passwd"),
            ("Prüfung 1.md", "Pr-fung-1.md"),
            (&long, &long[long.len() - NAME_LIMIT..]),
        ] {
            assert_eq!(file_name(name), expected, "{name}");
            let answer = attached("", "text/csv", name);
            let header = answer.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
            assert_eq!(header, format!("attachment; filename=\"{expected}\""));
        }
    }
}
