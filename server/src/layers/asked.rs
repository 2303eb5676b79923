//! When a request came, from where, and who asks.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use app::api::attempts::SaveAnswer;
use app::server::{Asked, Site, is_from_another_site, note_use};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backend::sessions::{self, Asking};
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use leptos::server_fn::ServerFn;
use tower_sessions::Session;
use tracing::Instrument;

use crate::clock;

/// What the outermost layer knows.
#[derive(Clone)]
struct Stamp {
    received_at: DateTime<Utc>,
    address: Arc<str>,
    request_id: Arc<str>,
}

/// The outermost layer: stamps the instant of receipt, which decides about
/// deadlines, and logs one line for each request under its id.
pub async fn stamp(State(proxies): State<Arc<Vec<IpNet>>>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = peer
        .map_or_else(|| "unknown".to_owned(), |peer| client(peer, request.headers(), &proxies).to_string());
    let stamp =
        Stamp { received_at: clock::now(), address: address.into(), request_id: new_request_id().into() };
    let span = tracing::info_span!("request", id = %stamp.request_id);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(stamp.clone());
    async move {
        let mut response = next.run(request).await;
        tracing::info!(
            request_id = %stamp.request_id,
            %method,
            path = %without_secret(&path),
            status = response.status().as_u16(),
            took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            address = %stamp.address,
            "answered"
        );
        if let Ok(id) = HeaderValue::from_str(&stamp.request_id) {
            response.headers_mut().insert("x-request-id", id);
        }
        response
    }
    .instrument(span)
    .await
}

fn new_request_id() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// A link that was handed out once is a secret; the log does not keep it.
pub fn without_secret(path: &str) -> &str {
    ["/invitations/", "/reset/", "/calendars/", "/hooks/"]
        .into_iter()
        .find(|secret| path.starts_with(secret))
        .unwrap_or(path)
}

/// The peer, or whom a trusted proxy says it speaks for: the first address
/// from the right that is not a trusted proxy itself.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    // On a socket for both families an IPv4 address comes as ::ffff:a.b.c.d.
    let peer = peer.to_canonical();
    let is_proxy = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    if !is_proxy(&peer) {
        return peer;
    }
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
        if !is_proxy(&client) {
            break;
        }
    }
    client
}

/// The innermost layer: finds out who asks, unless the call does so itself.
pub async fn who_asks(
    State(site): State<Site>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(stamp) = request.extensions().get::<Stamp>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let finds_out_itself = request.uri().path() == SaveAnswer::PATH;
    let asking = match session.id() {
        Some(id) if !finds_out_itself => sessions::who_asks(&site.db, &id, stamp.received_at).await,
        _ => Ok(None),
    };
    let who = match asking {
        Ok(None) => None,
        Ok(Some(Asking { who, seen_at })) => {
            if !is_from_another_site(request.headers()) {
                note_use(&session, seen_at, stamp.received_at).await;
            }
            Some(who)
        }
        Err(cause) => {
            tracing::error!(request_id = %stamp.request_id, %cause, "nobody could be recognised");
            return (
                StatusCode::SERVICE_UNAVAILABLE,
                [("retry-after", "2")],
                "Not available right now. Nothing that was saved is lost. Try again in a few seconds.",
            )
                .into_response();
        }
    };
    request.extensions_mut().insert(Asked {
        who,
        received_at: stamp.received_at,
        address: stamp.address,
        request_id: stamp.request_id,
    });
    next.run(request).await
}
