//! Forms that post to their page's own path.
//!
//! Beside a page stands its `post` function. It says where the person goes
//! next, or why not: then the same page is shown again with what was typed and
//! an error at each field. Nothing typed is lost. A refusal without a problem
//! shows the page again as it is: a row was added, a draft was checked.

use std::future::Future;

use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use backend::Error;
use leptos::prelude::*;
use tower_sessions::Session;

use crate::server::{Asked, Site, retry_after, told};
use crate::shell::{Failure, render};

/// What was typed and what is wrong with it, when a form is shown again; empty
/// otherwise.
#[derive(Clone, Debug, Default)]
pub struct Again {
    /// Field and value, as they were posted.
    pub fields: Vec<(String, String)>,
    /// Field and what is wrong; the field is empty where the whole is meant.
    pub problems: Vec<(String, String)>,
    /// Whether the form is being shown again, with or without problems.
    pub shown_again: bool,
}

impl Again {
    pub fn is_again(&self) -> bool {
        self.shown_again
    }

    pub fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        first(&self.fields, name)
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    pub fn problem(&self, name: &str) -> Option<&str> {
        first(&self.problems, name)
    }

    /// The value a field shows: what was typed, or else what is stored.
    pub fn value(&self, name: &str, stored: &str) -> String {
        if self.is_again() { self.get(name).unwrap_or_default().to_owned() } else { stored.to_owned() }
    }
}

/// The form that is being shown again, if it is.
pub fn again() -> Again {
    use_context::<Again>().unwrap_or_default()
}

/// Where the person goes next, or why not.
pub type Posted = backend::Result<String>;

/// A form that was posted.
pub struct Form {
    pub site: Site,
    pub asked: Asked,
    pub session: Session,
    pub fields: Vec<(String, String)>,
    /// What was uploaded, where the form is `multipart/form-data`.
    pub files: Vec<Upload>,
    params: Vec<(String, String)>,
    /// Of the address that was posted to.
    query: String,
}

/// One file that came with a form.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The field.
    pub field: String,
    /// As its sender calls it, without folders.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Form {
    /// One part of the path, as the route names it.
    pub fn param(&self, name: &str) -> backend::Result<&str> {
        first(&self.params, name).ok_or(Error::NotFound)
    }

    /// The first value of a field; empty if it was not posted.
    pub fn get(&self, name: &str) -> &str {
        first(&self.fields, name).unwrap_or_default()
    }

    pub fn has(&self, name: &str) -> bool {
        first(&self.fields, name).is_some()
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The value `page` in the address that was posted to.
    pub fn asked_page(&self) -> Option<String> {
        self.asked_for("page")
    }

    /// One value of the address that was posted to; `None` if it is empty.
    pub fn asked_for(&self, name: &str) -> Option<String> {
        let pairs = parse_pairs(self.query.as_bytes());
        first(&pairs, name).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// The one who posted, signed in.
    pub fn who(&self) -> backend::Result<backend::people::Who> {
        self.asked.signed_in()
    }
}

fn first<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The largest form, in bytes; the router may set a lower limit.
const FORM_LIMIT: usize = 512 * 1024;

/// The most fields of a form.
const FIELD_LIMIT: usize = 4096;

/// Answers the POST of a page by its `post` function.
pub fn post<F, Fut>(handle: F) -> MethodRouter<Site>
where
    F: Fn(Form) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Posted> + Send + 'static,
{
    axum::routing::post(move |State(site): State<Site>, params: RawPathParams, request: Request| {
        let handle = handle.clone();
        async move { answer(site, params, request, handle).await }
    })
}

async fn answer<F, Fut>(site: Site, params: RawPathParams, request: Request, handle: F) -> Response
where
    F: Fn(Form) -> Fut,
    Fut: Future<Output = Posted>,
{
    let (parts, body) = request.into_parts();
    let (Some(asked), Some(session)) =
        (parts.extensions.get::<Asked>().cloned(), parts.extensions.get::<Session>().cloned())
    else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Ok(body) = to_bytes(body, FORM_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let (fields, files) = match multipart_boundary(&parts.headers) {
        None => (parse_pairs(&body), Vec::new()),
        Some(boundary) => match parse_parts(body, &boundary).await {
            Some(read) => read,
            None => return StatusCode::BAD_REQUEST.into_response(),
        },
    };
    if fields.len() > FIELD_LIMIT {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let form = Form {
        site: site.clone(),
        asked: asked.clone(),
        session,
        fields: fields.clone(),
        files,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        params: params.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
    };
    let outcome = match refuse_nul(&fields) {
        Ok(()) => handle(form).await,
        Err(why) => Err(why),
    };
    let mut page = Request::new(Body::empty());
    *page.uri_mut() = parts.uri.clone();
    *page.headers_mut() = parts.headers.clone();
    *page.extensions_mut() = parts.extensions.clone();
    *page.method_mut() = Method::GET;
    match outcome {
        Ok(next) => (StatusCode::SEE_OTHER, [(header::LOCATION, crate::server::own_path(Some(&next)))])
            .into_response(),
        Err(Error::Refused(problems)) => {
            let problems: Vec<_> =
                problems.into_iter().map(|problem| (problem.field, problem.what)).collect();
            let has_problems = !problems.is_empty();
            let again = Again { fields, problems, shown_again: true };
            let mut response = render(&site, page, move || provide_context(again.clone())).await;
            // A page that went missing meanwhile keeps its own status.
            if has_problems && response.status() == StatusCode::OK {
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            }
            response
        }
        Err(error) => {
            let retry_after = retry_after(&error);
            let told = told(error, &asked.request_id);
            let mut response = render(&site, page, move || provide_context(Failure(told))).await;
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
    }
}

/// PostgreSQL cannot keep a NUL; it is refused at its field on both databases.
fn refuse_nul(fields: &[(String, String)]) -> backend::Result<()> {
    match fields.iter().find(|(_, value)| value.contains('\0')) {
        Some((field, _)) => {
            Err(Error::refused(field, "This has a character that cannot be kept (NUL). Remove it."))
        }
        None => Ok(()),
    }
}

fn multipart_boundary(headers: &axum::http::HeaderMap) -> Option<String> {
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(content_type).ok()
}

/// The most files of one form.
const FILES_LIMIT: usize = 500;

/// Fields and files of a body that is held in memory; `None` if it is broken.
async fn parse_parts(
    body: axum::body::Bytes,
    boundary: &str,
) -> Option<(Vec<(String, String)>, Vec<Upload>)> {
    let stream = futures_util::stream::once(async move { Ok::<_, std::convert::Infallible>(body) });
    let mut parts = multer::Multipart::new(stream, boundary);
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next_field().await.ok()? {
        let field = part.name().unwrap_or_default().to_owned();
        let name = part.file_name().map(|name| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
        let bytes = part.bytes().await.ok()?;
        match name {
            // A file field in which nothing was chosen.
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(name) => {
                // So that a page that is shown again still knows what was chosen.
                let text = domain::runbook::text(&bytes).map(|(text, _)| text);
                fields.push((format!("{field}-name"), name.clone()));
                fields.push((
                    format!("{field}-text"),
                    text.unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned()),
                ));
                files.push(Upload { field, name, bytes: bytes.to_vec() });
            }
            None => fields.push((field, String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))),
        }
        if fields.len() > FIELD_LIMIT || files.len() > FILES_LIMIT {
            return None;
        }
    }
    Some((fields, files))
}

/// Parses `application/x-www-form-urlencoded`. Line ends become LF: browsers
/// send CR LF.
pub fn parse_pairs(bytes: &[u8]) -> Vec<(String, String)> {
    bytes
        .split(|&b| b == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let at = pair.iter().position(|&b| b == b'=').unwrap_or(pair.len());
            let value = pair.get(at + 1..).unwrap_or_default();
            (decode(&pair[..at]), decode(value).replace("\r\n", "\n"))
        })
        .collect()
}

fn decode(bytes: &[u8]) -> String {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => match hex_pair(after) {
                Some(byte) => {
                    decoded.push(byte);
                    rest = &after[2..];
                }
                None => decoded.push(b'%'),
            },
            _ => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|&b| char::from(b).to_digit(16));
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}
