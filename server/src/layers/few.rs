//! Pages of circles and attempts are made a few at a time; the others wait for
//! their turn.
//!
//! When everybody presses Start at one moment, the last is served as soon as if
//! all were served together, and the memory that it takes is that of a few. When
//! a request came is noted before it waits. A page takes its place until it is
//! on its way, so that pages do not pile up before those who read slowly; but
//! not for long, so that those keep nobody waiting.

use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Where pages are made.
#[derive(Clone)]
pub struct Places {
    free: Arc<Semaphore>,
    /// How long a page that is made and not yet read takes a place.
    sending: Duration,
}

impl Default for Places {
    /// Enough to keep every processor busy while some wait for the database.
    fn default() -> Places {
        let n_processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let n_places = 4 + 4 * n_processors;
        Places { free: Arc::new(Semaphore::new(n_places)), sending: Duration::from_secs(1) }
    }
}

/// Where a request may wait. Passwords have a gate of their own, and answers are
/// small and wait for the disk together.
const WAITING: [&str; 2] = ["/circles/", "/attempts/"];

pub async fn few_at_once(State(places): State<Places>, request: Request, next: Next) -> Response {
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
    match places.free.acquire_owned().await {
        Ok(place) => until_sent(next.run(request).await, place, places.sending).await,
        // Nobody closes it.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The response, with the place that it took while it was made. What never ends
/// takes none.
async fn until_sent(response: Response, place: OwnedSemaphorePermit, sending: Duration) -> Response {
    let (head, body) = response.into_parts();
    let kind = head.headers.get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        return Response::from_parts(head, body);
    }
    let Ok(page) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let place = Arc::new(Mutex::new(Some(place)));
    let held = Arc::downgrade(&place);
    tokio::spawn(async move {
        tokio::time::sleep(sending).await;
        if let Some(place) = held.upgrade() {
            drop(place.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    });
    Response::from_parts(head, Body::from(Bytes::from_owner(Sending { page, _place: place })))
}

/// A page on its way; dropped when the last byte is written.
struct Sending {
    page: Bytes,
    _place: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
}

impl AsRef<[u8]> for Sending {
    fn as_ref(&self) -> &[u8] {
        &self.page
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::any;
    use hyper::body::Frame;
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

    fn router(places: &Places) -> Router {
        let read = |body: Bytes| async move { body };
        let layer = from_fn_with_state(places.clone(), few_at_once);
        Router::new().route("/circles/{circle}", any(read)).layer(layer)
    }

    fn form() -> Request {
        Request::post("/circles/a").body(Body::from("name=a")).unwrap()
    }

    #[tokio::test]
    async fn whoever_sends_slowly_keeps_nobody_waiting() {
        let places = Places::default();
        let mut router = router(&places);
        for _ in 0..places.free.available_permits() + 1 {
            let slow = Request::post("/circles/a").body(Body::new(NeverSent)).unwrap();
            tokio::spawn(router.call(slow));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;

        let answer =
            tokio::time::timeout(Duration::from_secs(5), router.call(form())).await.unwrap().unwrap();

        assert_eq!(to_bytes(answer.into_body(), 64).await.unwrap(), "name=a", "what was sent arrives");
    }

    #[tokio::test]
    async fn a_page_takes_its_place_until_it_is_sent() {
        let places = Places { free: Arc::new(Semaphore::new(1)), sending: Duration::from_secs(600) };
        let mut router = router(&places);

        let page = router.call(form()).await.unwrap();
        assert_eq!(places.free.available_permits(), 0);
        assert_eq!(to_bytes(page.into_body(), 64).await.unwrap(), "name=a");

        assert_eq!(places.free.available_permits(), 1);
    }

    #[tokio::test]
    async fn whoever_reads_slowly_keeps_nobody_waiting() {
        let places = Places { free: Arc::new(Semaphore::new(1)), sending: Duration::from_millis(10) };
        let mut router = router(&places);

        let unread = router.call(form()).await.unwrap();
        let next = tokio::time::timeout(Duration::from_secs(5), router.call(form())).await.unwrap();

        assert_eq!(next.unwrap().status(), StatusCode::OK);
        drop(unread);
    }
}
