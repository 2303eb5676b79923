//! What monitoring delivers: taken from whoever shows that they are the source,
//! stored, and only then answered.

use app::server::Site;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use backend::Error;
use backend::signals::receiving::{self, Credentials};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::clock;

/// Answers `POST /hooks/{source}`: 202 once the body is stored, whatever it says.
pub async fn take(
    State(site): State<Site>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match receiving::take(&site.db, &source, &credentials(&headers), &body, clock::now()).await {
        Ok(()) => (StatusCode::ACCEPTED, "Stored.").into_response(),
        Err(Error::NotFound) => (StatusCode::NOT_FOUND, "There is no such source.").into_response(),
        Err(Error::SignInFirst) => (
            StatusCode::UNAUTHORIZED,
            [(header::WWW_AUTHENTICATE, "Bearer")],
            "The token or the signature is not that of this source.",
        )
            .into_response(),
        // The sender tries again, and is told when.
        Err(cause) => {
            tracing::error!(%cause, "a delivery could not be stored");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "2")], "Not stored. Send it again.")
                .into_response()
        }
    }
}

fn credentials(headers: &HeaderMap) -> Credentials {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Credentials {
        token: text("authorization").as_deref().and_then(token),
        signature: text("x-pagerduty-signature").or_else(|| text("x-grafana-alerting-signature")),
        signed_at: text("x-grafana-alerting-timestamp"),
        sender_id: text("x-webhook-id"),
    }
}

/// What follows `Bearer`, or the password of `Basic`.
fn token(authorization: &str) -> Option<String> {
    let (scheme, rest) = authorization.trim().split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned());
    }
    let decoded =
        scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(rest).ok()).flatten()?;
    let (_, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some(password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_after_bearer_or_as_the_password_of_basic() {
        for (header, read) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            // muster:abc:d
            ("Basic bXVzdGVyOmFiYzpk", Some("abc:d")),
            ("Basic !", None),
            ("Basic bXVzdGVy", None),
            ("Digest abc", None),
            ("abc", None),
            ("", None),
        ] {
            assert_eq!(token(header).as_deref(), read, "{header}");
        }
    }
}
