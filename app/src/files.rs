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

/// A file to be kept under a name of letters, digits, hyphens and one dot.
pub fn attached(content: impl IntoResponse, kind: &'static str, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, content).into_response()
}
