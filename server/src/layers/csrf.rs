//! A page of another site can make a browser send our cookie; it cannot make
//! the browser lie about where a request comes from.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::asked::without_secret;

/// Refuses what is not safe and was not sent by a page of our own.
pub async fn refuse_other_sites(
    State(public_url): State<Arc<str>>,
    request: Request,
    next: Next,
) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let mut response = if is_safe || is_ours(request.headers(), &public_url) {
        next.run(request).await
    } else {
        tracing::warn!(
            path = without_secret(request.uri().path()),
            "refused a request that another site sent"
        );
        (StatusCode::FORBIDDEN, "This form was sent by another site, so it was refused. Open the page again and send it from there.")
            .into_response()
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Sec-Fetch-Site, Origin"));
    response
}

fn is_ours(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), _) if origin.eq_ignore_ascii_case(public_url) => true,
        (Some(origin), Some(host)) => origin
            .strip_prefix("http://")
            .is_some_and(|ours| ours.eq_ignore_ascii_case(host) && public_url.starts_with("http://")),
        _ => false,
    }
}
