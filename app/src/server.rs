//! What a page, a handler and a server function need of the server: who asks,
//! when, and the open database.

use std::ops::Deref;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use backend::Db;
use backend::alerts::addresses::Lookout;
pub use backend::people::Who;
use backend::sessions::SEEN_AT;
use backend::shelf::Shelf;
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

use crate::error::{Error, Result};

/// What is the same for every request. Clones share it.
#[derive(Clone)]
pub struct Site(Arc<SiteParts>);

impl Site {
    pub fn new(parts: SiteParts) -> Site {
        Site(Arc::new(parts))
    }
}

impl Deref for Site {
    type Target = SiteParts;

    fn deref(&self) -> &SiteParts {
        &self.0
    }
}

/// What a site is made of.
pub struct SiteParts {
    pub db: Db,
    pub shelf: Shelf,
    pub leptos: LeptosOptions,
    /// The address of the stylesheet.
    pub style: Arc<str>,
    /// The address people use, without a slash at the end; for links that are
    /// sent to others.
    pub public_url: Arc<str>,
    /// Started with `--demo`: the first address leads into the demo circle.
    pub leads_to_demo: bool,
    /// Looks at addresses on other hosts.
    pub lookout: Box<dyn Lookout>,
}

/// What an answer needs that goes on for as long as somebody listens.
#[derive(Clone)]
pub struct Running {
    /// Says when the program stops.
    pub stopping: tokio::sync::watch::Receiver<bool>,
    pub clock: fn() -> DateTime<Utc>,
}

/// What is known of a request before anything is asked; put into its
/// extensions by the outermost layers.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Nobody for a call that finds out itself who asks.
    pub who: Option<Who>,
    pub received_at: DateTime<Utc>,
    /// The address of whoever asks, as far as it can be trusted.
    pub address: Arc<str>,
    pub request_id: Arc<str>,
}

impl Asked {
    /// The one who asks, signed in.
    pub fn signed_in(&self) -> backend::Result<Who> {
        self.who.clone().ok_or(backend::Error::SignInFirst)
    }
}

/// Something of the request that is answered; the whole of it is not copied.
fn of_request<T>(read: impl FnOnce(&Parts) -> T) -> T {
    with_context(read).expect("a page belongs to a request")
}

/// The site, in a page or a server function.
pub fn site() -> Site {
    expect_context::<Site>()
}

/// The request's own facts, in a page or a server function.
pub fn asked() -> Asked {
    of_request(|request| request.extensions.get::<Asked>().cloned()).expect("a layer stamps every request")
}

/// The session of the browser that asks.
pub fn session() -> Session {
    of_request(|request| request.extensions.get().cloned()).expect("a layer opens every session")
}

/// How often activity is written into the session, which moves its end.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(5);

/// Notes that a session is used, unless it was noted a short while ago.
pub async fn note_use(session: &Session, seen_at: Option<DateTime<Utc>>, now: DateTime<Utc>) {
    if seen_at.is_none_or(|seen_at| now - seen_at > SEEN_EVERY)
        && let Err(cause) = session.insert(SEEN_AT, now).await
    {
        tracing::warn!(%cause, "the use of a session could not be noted");
    }
}

/// Whether a page of another site made the browser ask. It gets an answer, and
/// leaves no trace: it neither keeps a session alive nor uses up what is shown
/// once.
pub fn is_from_another_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    site.is_some_and(|site| !matches!(site, b"same-origin" | b"none"))
}

/// The path and query that were asked for.
pub fn asked_uri() -> axum::http::Uri {
    of_request(|request| request.uri.clone())
}

/// One value of the query, decoded; the first of that name.
pub fn query_value(name: &str) -> Option<String> {
    query_values(name).into_iter().next()
}

/// Every value of that name in the query, decoded.
pub fn query_values(name: &str) -> Vec<String> {
    let uri = asked_uri();
    let pairs = crate::form::parse_pairs(uri.query().unwrap_or_default().as_bytes());
    pairs.into_iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect()
}

/// Sets the status of the page that is being rendered.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Sends whoever asks for a page to another one, whatever they accept.
pub fn send_to(path: &str) {
    let path = own_path(Some(path));
    if let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&path)) {
        response.insert_header(header::LOCATION, location);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

/// What a person is told of an error; the operator is told the cause, under the
/// same request id.
pub fn told(error: backend::Error, request_id: &str) -> Error {
    match error {
        backend::Error::SignInFirst => Error::SignInFirst,
        backend::Error::NotFound => Error::NotFound,
        backend::Error::Over => Error::Over,
        backend::Error::Refused(_) => Error::Refused,
        backend::Error::TooManyTries { .. } => Error::TooManyTries,
        backend::Error::Unavailable(cause) => {
            tracing::warn!(request_id, %cause, "the database cannot take it now");
            Error::Unavailable
        }
        cause @ (backend::Error::Database(_) | backend::Error::Corrupt(_)) => {
            tracing::error!(request_id, %cause, "a request failed");
            Error::Broken
        }
    }
}

/// After how many seconds the same request may go through, where that helps.
pub fn retry_after(error: &backend::Error) -> Option<u64> {
    match error {
        backend::Error::TooManyTries { retry_after } => Some(retry_after.as_secs().max(1)),
        backend::Error::Unavailable(_) => Some(2),
        _ => None,
    }
}

/// Says so in the response, where waiting helps.
pub fn say_when_to_try_again(error: &backend::Error) {
    if let (Some(response), Some(seconds)) = (use_context::<ResponseOptions>(), retry_after(error)) {
        response.insert_header(header::RETRY_AFTER, seconds.into());
    }
}

/// For a server function: what it answers, with the status that says the same.
pub fn answer<T>(result: backend::Result<T>) -> Result<T> {
    result.map_err(|error| {
        say_when_to_try_again(&error);
        let error = told(error, &asked().request_id);
        set_status(error.status());
        error
    })
}

/// A path of our own that is safe to send somebody to: one leading slash, no
/// second slash or backslash, printable ASCII. Anything else is the home page.
pub fn own_path(next: Option<&str>) -> String {
    match next {
        Some(path)
            if path.starts_with('/')
                && !path[1..].starts_with(['/', '\\'])
                && path.len() <= 2000
                && path.bytes().all(|b| (0x21..0x7f).contains(&b)) =>
        {
            path.to_owned()
        }
        _ => "/".to_owned(),
    }
}
