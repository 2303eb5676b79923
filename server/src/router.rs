//! Which address leads where, and through which layers.

use std::sync::Arc;

use app::pages::actions::csv::actions_csv;
use app::pages::calendar::calendar_file;
use app::pages::incident::report::incident_report;
use app::pages::pages;
use app::pages::postmortem::files::{postmortem_file, question_file};
use app::pages::readiness::csv::readiness_csv;
use app::pages::review::events::review_events;
use app::pages::review::files::{review_invitation, review_minutes};
use app::pages::round_results::files::{answers_csv, responses_csv, results_json};
use app::server::{Asked, Running, Site};
use app::shell::show_failure;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, any_service, get, on, post};
use axum::{Extension, Router};
use backend::sessions::SessionTable;
use backend::{Error, questions};
use ipnet::IpNet;
use leptos::prelude::provide_context;
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::handle_server_fns_with_context;
use serde::Deserialize;
use tokio::sync::watch;
use tower_http::limit::RequestBodyLimitLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::assets;
use crate::clock;
use crate::hooks;
use crate::layers::{asked, calls, csrf, few, headers, length, smaller, whole};

/// The largest body of any request, in bytes.
const BODY_LIMIT: usize = 512 * 1024;

/// The largest delivery: an Alertmanager drops for good what is refused as too
/// large, and the largest come when most is wrong.
const DELIVERY_LIMIT: usize = 2 * 1024 * 1024;

/// The largest body of what an island sends.
const API_LIMIT: usize = 64 * 1024;

/// A session ends so long after its last use.
const SESSION_ENDS_AFTER: time::Duration = time::Duration::hours(12);

/// Everything that is served, and the sign that tells it to stop.
pub fn router(
    site: Site,
    proxies: Arc<Vec<IpNet>>,
    stopping: watch::Receiver<bool>,
) -> (Router, watch::Receiver<bool>) {
    let public_url = site.public_url.clone();

    let signed_in = pages()
        .route("/circles/{circle}/images/{service}/{topic}/{slug}/{version}", get(image))
        .route("/circles/{circle}/readiness.csv", get(readiness_csv))
        .route("/circles/{circle}/actions.csv", get(actions_csv))
        .route("/circles/{circle}/rounds/{round}/responses.csv", get(responses_csv))
        .route("/circles/{circle}/rounds/{round}/answers.csv", get(answers_csv))
        .route("/circles/{circle}/rounds/{round}/results.json", get(results_json))
        .route("/calendars/{token}", get(calendar_file))
        .route("/circles/{circle}/incidents/{incident}/report.md", get(incident_report))
        .route("/circles/{circle}/reviews/{review}/events", get(review_events))
        .route("/circles/{circle}/reviews/{review}/invitation.ics", get(review_invitation))
        .route("/circles/{circle}/reviews/{review}/minutes.md", get(review_minutes))
        .route("/circles/{circle}/postmortems/{postmortem}/postmortem.md", get(postmortem_file))
        .route("/circles/{circle}/questions/{service}/{topic}/{slug}/question.md", get(question_file))
        .merge(calls_of_islands())
        .fallback(not_found)
        .layer(Extension(Running { stopping: stopping.clone(), clock: clock::now }))
        .layer(from_fn_with_state(site.clone(), asked::who_asks))
        .layer(sessions(&site))
        .with_state(site.clone());

    let calls = signed_in
        .clone()
        .layer(from_fn(calls::answer_the_island))
        .layer(RequestBodyLimitLayer::new(API_LIMIT));

    let router = Router::new()
        .route("/pkg/{name}", get(assets::pkg))
        .route("/favicon.svg", get(assets::icon))
        .route("/scripts/{name}", get(assets::script))
        .route("/health/live", get(|| async { "ok" }))
        .route("/health/ready", get(ready).with_state((site.clone(), stopping.clone())))
        .route("/api/{*call}", any_service(calls))
        .fallback_service(smaller::pages(signed_in))
        .layer(from_fn_with_state(few::Places::default(), few::few_at_once))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(from_fn(length::refuse_long_addresses))
        .layer(from_fn_with_state(public_url.clone(), csrf::refuse_other_sites))
        // Whoever delivers is no browser, and shows a token of its own.
        .route(
            "/hooks/{source}",
            post(hooks::take).layer(RequestBodyLimitLayer::new(DELIVERY_LIMIT)).with_state(site),
        )
        .layer(from_fn_with_state(public_url, headers::harden))
        .layer(from_fn(whole::finish_what_began))
        .layer(from_fn_with_state(proxies, asked::stamp));
    (router, stopping)
}

fn sessions(site: &Site) -> SessionManagerLayer<SessionTable> {
    let is_https = site.public_url.starts_with("https://");
    // Some browsers refuse a `__Host-` cookie on plain http.
    let name = if is_https { "__Host-muster" } else { "muster" };
    SessionManagerLayer::new(SessionTable::new(site.db.clone(), clock::now))
        .with_name(name)
        .with_secure(is_https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(SESSION_ENDS_AFTER))
}

async fn ready(State((site, stopping)): State<(Site, watch::Receiver<bool>)>) -> Response {
    if *stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping").into_response();
    }
    match site.db.is_ready().await {
        Ok(()) => "ready".into_response(),
        Err(cause) => {
            tracing::error!(%cause, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not take writes").into_response()
        }
    }
}

/// Every server function at its own path.
fn calls_of_islands() -> Router<Site> {
    server_fn_paths().fold(Router::new(), |router, (path, method)| match MethodFilter::try_from(method) {
        Ok(method) => router.route(path, on(method, call)),
        Err(_) => router,
    })
}

async fn call(State(site): State<Site>, request: Request) -> impl IntoResponse {
    handle_server_fns_with_context(move || provide_context(site.clone()), request).await
}

async fn not_found(State(site): State<Site>, request: Request) -> Response {
    show_failure(&site, request.into_parts().0, Error::NotFound).await
}

#[derive(Deserialize)]
struct ImageName {
    name: String,
}

/// An image that a question shows.
async fn image(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path((circle, service, topic, slug, version)): Path<(String, String, String, String, String)>,
    Query(ImageName { name }): Query<ImageName>,
) -> Response {
    let found = async {
        let who = asked.signed_in()?;
        questions::image(
            &site.db,
            &who,
            &circle,
            &format!("{service}/{topic}/{slug}"),
            &version,
            &name,
            asked.received_at,
        )
        .await
    };
    match found.await {
        Ok(image) => {
            let mut response = image.bytes.into_response();
            if let Ok(media_type) = HeaderValue::from_str(&image.media_type) {
                response.headers_mut().insert(header::CONTENT_TYPE, media_type);
            }
            response
        }
        Err(error) => {
            let status = app::server::told(error, &asked.request_id).status();
            StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND).into_response()
        }
    }
}
