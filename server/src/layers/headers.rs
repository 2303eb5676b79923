//! What every answer tells the browser.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Adds what keeps a browser careful; a page brings its own policy along.
pub async fn harden(State(public_url): State<Arc<str>>, request: Request, next: Next) -> Response {
    let signs_out = request.uri().path() == "/sign-out";
    let mut response = next.run(request).await;
    let is_redirection = response.status().is_redirection();
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if signs_out && is_redirection {
        // Answers that wait in this browser are not for the next person.
        headers.insert("clear-site-data", HeaderValue::from_static("\"storage\""));
    }
    if public_url.starts_with("https://") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}
