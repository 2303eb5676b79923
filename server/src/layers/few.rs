//! Pages of circles and attempts are made a few at a time; the others wait for
//! their turn.
//!
//! When everybody presses Start at one moment, the last is served as soon as if
//! all were served together, and the memory that it takes is that of a few. When
//! a request came is noted before it waits.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

/// Enough to keep every processor busy while some wait for the database.
static PLACES: Semaphore = Semaphore::const_new(32);

/// Where a request may wait. Passwords have a gate of their own, and answers are
/// small and wait for the disk together.
const WAITING: [&str; 2] = ["/circles/", "/attempts/"];

pub async fn few_at_once(request: Request, next: Next) -> Response {
    if !WAITING.iter().any(|path| request.uri().path().starts_with(path)) {
        return next.run(request).await;
    }
    // Whoever sends slowly waits for their own line, and holds no place. The
    // router limits how much is read.
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let request = Request::from_parts(head, Body::from(body));
    match PLACES.acquire().await {
        Ok(_place) => next.run(request).await,
        // Nobody closes it.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::any;
    use hyper::body::{Bytes, Frame};
    use tower::Service;

    use super::*;

    /// What a client promised to send and never does.
    struct NeverSent;

    impl hyper::body::Body for NeverSent {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn whoever_sends_slowly_keeps_nobody_waiting() {
        let read = |body: Bytes| async move { body };
        let mut router = Router::new().route("/circles/{circle}", any(read)).layer(from_fn(few_at_once));
        for _ in 0..PLACES.available_permits() + 1 {
            let slow = Request::post("/circles/a").body(Body::new(NeverSent)).unwrap();
            tokio::spawn(router.call(slow));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;

        let form = Request::post("/circles/a").body(Body::from("name=a")).unwrap();
        let answer = tokio::time::timeout(Duration::from_secs(5), router.call(form)).await.unwrap().unwrap();

        assert_eq!(to_bytes(answer.into_body(), 64).await.unwrap(), "name=a", "what was sent arrives");
    }
}
