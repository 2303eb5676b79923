//! Work that has begun is finished: a client that hangs up cancels nothing.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

/// Runs each request in a task of its own. A request that panics is answered,
/// and the server goes on.
pub async fn finish_what_began(request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request).in_current_span()).await {
        Ok(response) => response,
        Err(why) => {
            tracing::error!(%why, "a request panicked");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something broke on our side. Nothing that was saved is lost.",
            )
                .into_response()
        }
    }
}
