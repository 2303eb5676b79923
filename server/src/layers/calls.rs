//! What an island calls is answered to the island, by a status that says the
//! same as the body.

use app::error::Error;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

/// Longer than any error is when it is written out.
const ERROR_LIMIT: usize = 1024;

/// Answers with the outcome and nothing else. To somebody who accepts a page,
/// Leptos would answer with the way back to whatever `Referer` says, and the
/// error in its address.
pub async fn answer_the_island(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let response = next.run(request).await;
    let is_unread = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if is_unread { with_its_status(response).await } else { response }
}

/// A call that cannot be read never reaches the function that would set a
/// status; Leptos calls every such error 500.
async fn with_its_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, ERROR_LIMIT).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let status = serde_json::from_slice::<Error>(&body).map(Error::status);
    if let Some(status) = status.ok().and_then(|status| StatusCode::from_u16(status).ok()) {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(body))
}
