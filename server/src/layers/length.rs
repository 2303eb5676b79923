//! An address is for a page and its filters, not for a book.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The longest path with its query, in bytes. What a page shows again of its
/// own address is no longer than this either.
const LIMIT: usize = 16 * 1024;

/// Refuses an address that is longer.
pub async fn refuse_long_addresses(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if length > LIMIT {
        return (StatusCode::URI_TOO_LONG, "This address is too long. Search for fewer words.")
            .into_response();
    }
    next.run(request).await
}
