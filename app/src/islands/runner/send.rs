//! Asking the server, in a way that outlives the page.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};

use crate::error::Error;

/// A line that swallows what is sent shall not hold up the next try for ever,
/// in milliseconds.
const PATIENCE: u32 = 10_000;

/// Sends JSON to one of our own endpoints and reads the JSON that comes back.
pub async fn send<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Error> {
    let request = request(body).ok_or(Error::Broken)?;
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    let response: Response =
        JsFuture::from(web_sys::window().ok_or(Error::Broken)?.fetch_with_str_and_init(path, &request))
            .await
            .map_err(|_| Error::Unreachable)?
            .dyn_into()
            .map_err(|_| Error::Broken)?;
    if !response.ok() {
        return Err(error_of(response.status()));
    }
    let text =
        JsFuture::from(response.text().map_err(|_| Error::Broken)?).await.map_err(|_| Error::Unreachable)?;
    text.as_string().and_then(|json| serde_json::from_str(&json).ok()).ok_or(Error::Broken)
}

/// How long to wait before the next try, after so many that failed in a row.
pub fn wait_after(n_failures: u32) -> Duration {
    Duration::from_secs(2u64.saturating_pow(n_failures.saturating_sub(1).min(5)).min(30))
}

/// Begins to send; with `keepalive` the browser finishes it after the page is
/// gone.
pub fn begin(path: &str, body: &impl Serialize) -> Option<js_sys::Promise> {
    Some(web_sys::window()?.fetch_with_str_and_init(path, &request(body)?))
}

fn request(body: &impl Serialize) -> Option<RequestInit> {
    let headers = Headers::new().ok()?;
    headers.append("content-type", "application/json").ok()?;
    headers.append("accept", "application/json").ok()?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&serde_json::to_string(body).ok()?.into());
    // web-sys has no setter for it yet.
    js_sys::Reflect::set(&init, &"keepalive".into(), &true.into()).ok()?;
    Some(init)
}

fn error_of(status: u16) -> Error {
    let known = [
        Error::SignInFirst,
        Error::NotFound,
        Error::Over,
        Error::Refused,
        Error::TooManyTries,
        Error::Unavailable,
    ];
    known.into_iter().find(|error| error.status() == status).unwrap_or(Error::Broken)
}
