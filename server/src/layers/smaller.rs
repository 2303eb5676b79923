//! Pages travel compressed: a phone at night is on a slow line.

use axum::Router;
use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Version, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

/// What is smaller fits into a packet or two as it is.
const FROM_BYTES: u16 = 1024;

/// Compresses the pages that somebody asks for. What answers a form is sent as it
/// is: it can hold what is shown once, a link or a token, beside what was typed,
/// and the length of both together would tell of either.
pub fn pages<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let is_page: And<SizeAbove, _> = SizeAbove::new(FROM_BYTES).and(is_page);
    router
        .layer(CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest).compress_when(is_page))
        .layer(from_fn(only_what_is_asked_for))
}

fn is_page(status: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    status == StatusCode::OK && kind.is_some_and(|kind| kind.starts_with("text/html"))
}

async fn only_what_is_asked_for(mut request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.run(request).await
}
