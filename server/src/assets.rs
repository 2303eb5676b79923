//! The files that a browser loads beside pages: inside the program.

use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::config::LeptosOptions;
use rust_embed::RustEmbed;
use serde::Deserialize;

/// What `cargo xtask` builds for the browser. A debug build reads the folder, a
/// release build holds the files.
#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

#[derive(Deserialize, Default)]
struct Manifest {
    output_name: String,
    style: String,
}

fn manifest() -> Manifest {
    Site::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
}

/// The stylesheet's file name, with its hash.
pub fn style() -> String {
    manifest().style
}

/// What Leptos needs to know to find the browser part.
pub fn leptos_options(address: SocketAddr) -> LeptosOptions {
    let mut name = manifest().output_name;
    if name.is_empty() {
        name = "muster".to_owned();
    }
    LeptosOptions::builder().output_name(name).site_pkg_dir("pkg").site_addr(address).build()
}

/// One file below `/pkg`. Names hold a hash of the content, so it may be kept
/// for ever.
pub async fn pkg(axum::extract::Path(name): axum::extract::Path<String>, headers: HeaderMap) -> Response {
    let accepts =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // An encoded slash would lead out of the folder.
    if name.contains(['/', '\\']) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let plain = format!("pkg/{name}");
    let choices = [("br", format!("{plain}.br")), ("gzip", format!("{plain}.gz")), ("", plain.clone())];
    let found = choices
        .iter()
        .filter(|(encoding, _)| {
            encoding.is_empty()
                || accepts.split(',').any(|one| one.trim().split(';').next() == Some(encoding))
        })
        .find_map(|(encoding, path)| Some((*encoding, Site::get(path)?)));
    let Some((encoding, file)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(&name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if !encoding.is_empty() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// A check mark: answered, and safe.
const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#3350b4"/><path d="m8 17 6 6 10-13" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round" stroke-linejoin="round"/></svg>"##;

/// The icon in the browser's tab.
pub async fn icon() -> Response {
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")], ICON)
        .into_response()
}

/// A small script that a page works without.
pub async fn script(axum::extract::Path(name): axum::extract::Path<String>) -> Response {
    let text = match name.as_str() {
        "copying.js" => app::pages::alert::SCRIPT,
        "drafting.js" => app::pages::runbook_edit::SCRIPT,
        "writing.js" => app::pages::postmortem::write::SCRIPT,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let kind = "text/javascript; charset=utf-8";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")], text).into_response()
}
