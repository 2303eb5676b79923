//! What has happened to a review, for as long as somebody follows it.
//!
//! An event says how far the review is and nothing more: whoever follows asks
//! for the page. A follower that was away is told at once where things stand,
//! so nothing has to be kept for it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use backend::news::{self, Change};
use backend::reviews;
use backend::sessions::{self, Asking};
use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::watch;
use tower_sessions::Session;
use tower_sessions::session::Id;

use crate::server::{Asked, Running, Site, told};

/// How often a line goes out although nothing has happened, so that proxies
/// keep it open; and how often it is asked whether the follower still may.
const BEAT: Duration = Duration::from_secs(15);

/// How soon a browser that lost the line tries again.
const RETRY: Duration = Duration::from_secs(2);

/// The most lines of one person to one node. A browser opens six connections
/// to one address, and pages need some of them.
const MOST: usize = 4;

/// Answers `/circles/{circle}/reviews/{review}/events`, for attendees.
pub async fn review_events(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Extension(running): Extension<Running>,
    session: Session,
    Path((circle, review)): Path<(String, String)>,
) -> Response {
    // Before the first look, so that nothing falls between.
    let changes = news::follow(&site.db);
    let first = async {
        let who = asked.signed_in()?;
        let revision = reviews::revision(&site.db, &who, &circle, &review).await?;
        Ok((who.person, revision))
    };
    let (person, revision) = match first.await {
        Ok(first) => first,
        Err(error) => {
            let told = told(error, &asked.request_id);
            let status = StatusCode::from_u16(told.status()).unwrap_or(StatusCode::NOT_FOUND);
            return (status, told.to_string()).into_response();
        }
    };
    let (Some(session), Some(place)) = (session.id(), Place::take(&person)) else {
        let retry = [(header::RETRY_AFTER, "30")];
        return (StatusCode::TOO_MANY_REQUESTS, retry, "Too many pages follow reviews.").into_response();
    };
    let follower = Follower {
        site,
        running,
        session,
        circle,
        review,
        changes,
        told: None,
        known: revision,
        _place: place,
    };
    let mut response = Sse::new(follower.events()).into_response();
    // A proxy that gathers what it passes on would keep it back.
    response.headers_mut().insert("x-accel-buffering", header::HeaderValue::from_static("no"));
    response
}

/// One who follows.
struct Follower {
    site: Site,
    running: Running,
    session: Id,
    circle: String,
    review: String,
    changes: Receiver<Change>,
    /// The newest revision that was sent.
    told: Option<i64>,
    /// The newest revision that is known.
    known: i64,
    _place: Place,
}

impl Follower {
    /// Ends when the program stops, and when the follower may not follow any
    /// more: then the browser asks again, and is answered as anybody.
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
        stream::unfold(self, |mut follower| async move {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        let mut beat = pin!(tokio::time::sleep(BEAT));
        let mut stopping = self.running.stopping.clone();
        loop {
            if self.told.is_none_or(|told| told < self.known) {
                self.told = Some(self.known);
                let known = self.known.to_string();
                return Some(Event::default().id(known.clone()).event("revision").data(known).retry(RETRY));
            }
            tokio::select! {
                () = &mut beat => {
                    self.known = self.known.max(self.still().await?);
                    return Some(Event::default().comment("still here"));
                }
                () = stop_of(&mut stopping) => return None,
                change = self.changes.recv() => match change {
                    Ok(change) if !change.is_about(&self.review) => {}
                    Ok(change) if !change.what.is_empty() => self.known = self.known.max(change.revision),
                    Ok(_) | Err(RecvError::Lagged(_)) => self.known = self.known.max(self.still().await?),
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    /// How far the review is, if the follower is still signed in and may see it.
    async fn still(&self) -> Option<i64> {
        let (db, now) = (&self.site.db, (self.running.clock)());
        let Asking { who, .. } = sessions::who_asks(db, &self.session, now).await.ok()??;
        reviews::revision(db, &who, &self.circle, &self.review).await.ok()
    }
}

/// Waits until the program stops.
async fn stop_of(stopping: &mut watch::Receiver<bool>) {
    // What it waits with may not be held by another thread.
    drop(stopping.wait_for(|stop| *stop).await);
}

/// How many lines each person has open.
static OPEN: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

/// One line of a person; given back when it is dropped.
struct Place(String);

impl Place {
    fn take(person: &str) -> Option<Place> {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let n = open.entry(person.to_owned()).or_default();
        if *n >= MOST {
            return None;
        }
        *n += 1;
        Some(Place(person.to_owned()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = open.get_mut(&self.0) {
            *n -= 1;
            if *n == 0 {
                open.remove(&self.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_four_lines_and_gets_one_back_for_each_that_ends() {
        let mut places: Vec<Place> = (0..MOST).filter_map(|_| Place::take("events-ada")).collect();
        assert_eq!(places.len(), MOST);
        assert!(Place::take("events-ada").is_none());
        assert!(Place::take("events-bo").is_some(), "another person has their own");

        places.pop();

        assert!(Place::take("events-ada").is_some());
        drop(places);
        assert!(!OPEN.lock().unwrap_or_else(PoisonError::into_inner).contains_key("events-ada"));
    }
}
