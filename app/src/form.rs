//! Forms that post to their page's own path.
//!
//! Beside a page stands its `post` function. It says where the person goes
//! next, or why not: then the same page is shown again with what was typed and
//! an error at each field. Nothing typed is lost. A refusal without a problem
//! shows the page again as it is: a row was added, a draft was checked.

use std::future::Future;

use axum::body::to_bytes;
use axum::extract::{RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use backend::Error;
use leptos::prelude::*;
use tower_sessions::Session;

use crate::server::{Asked, Site};
use crate::shell::{self, Loading, Params, show, show_failure};

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

/// What a page calls that which its form adds: sent again after an answer that
/// was lost, it is the same and is added once.
pub fn key_field() -> impl IntoView {
    let again = again();
    let sent = again.get("key").filter(|key| !key.is_empty()).map(str::to_owned);
    let key = sent.unwrap_or_else(|| format!("{:032x}", rand::random::<u128>()));
    view! { <input type="hidden" name="key" value=key/> }
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
    params: Params,
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
        self.params.get(name).ok_or(Error::NotFound)
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

/// Answers the GET of a path by a page, and its POST by the page's `post`.
pub fn form<F, Fut>(page: fn() -> Loading, post: F) -> MethodRouter<Site>
where
    F: Fn(Form) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Posted> + Send + 'static,
{
    shell::page(page).merge(posted(Some(page), post))
}

/// Answers the POST of a path that has no page of its own.
pub fn act<F, Fut>(post: F) -> MethodRouter<Site>
where
    F: Fn(Form) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Posted> + Send + 'static,
{
    posted(None, post)
}

fn posted<F, Fut>(page: Option<fn() -> Loading>, handle: F) -> MethodRouter<Site>
where
    F: Fn(Form) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Posted> + Send + 'static,
{
    axum::routing::post(move |State(site): State<Site>, params: RawPathParams, request: Request| {
        let handle = handle.clone();
        async move {
            match read(&site, params.into(), request).await {
                Ok((asking, form)) => {
                    let again = (form.params.clone(), form.fields.clone());
                    let outcome = match refuse_nul(&form.fields, &form.files) {
                        Ok(()) => handle(form).await,
                        Err(why) => Err(why),
                    };
                    answer(&site, asking, outcome, page, again).await
                }
                Err(status) => status.into_response(),
            }
        }
    })
}

/// The form that was posted, beside the rest of the request.
async fn read(site: &Site, params: Params, request: Request) -> Result<(Parts, Form), StatusCode> {
    let (asking, body) = request.into_parts();
    let (Some(asked), Some(session)) =
        (asking.extensions.get::<Asked>().cloned(), asking.extensions.get::<Session>().cloned())
    else {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let body = to_bytes(body, FORM_LIMIT).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let (fields, files) = match multipart_boundary(&asking.headers) {
        None => (parse_pairs(&body), Vec::new()),
        Some(boundary) => parse_parts(body, &boundary).await.ok_or(StatusCode::BAD_REQUEST)?,
    };
    if fields.len() > FIELD_LIMIT {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let query = asking.uri.query().unwrap_or_default().to_owned();
    Ok((asking, Form { site: site.clone(), asked, session, fields, files, params, query }))
}

/// Sends the person on, or shows the page again with what was typed.
async fn answer(
    site: &Site,
    asking: Parts,
    outcome: Posted,
    page: Option<fn() -> Loading>,
    (params, fields): (Params, Vec<(String, String)>),
) -> Response {
    match (outcome, page) {
        (Ok(next), _) => {
            let next = crate::server::own_path(Some(&next));
            (StatusCode::SEE_OTHER, [(header::LOCATION, next)]).into_response()
        }
        (Err(Error::Refused(problems)), Some(page)) => {
            let problems: Vec<_> =
                problems.into_iter().map(|problem| (problem.field, problem.what)).collect();
            let has_problems = !problems.is_empty();
            let again = Again { fields, problems, shown_again: true };
            let mut response = show(site, asking, page, params, again).await;
            // A page that went missing meanwhile keeps its own status.
            if has_problems && response.status() == StatusCode::OK {
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            }
            response
        }
        (Err(error), _) => show_failure(site, asking, error).await,
    }
}

/// PostgreSQL cannot keep a NUL; it is refused at its field on both databases.
/// Whoever reads a file says of the file what is wrong with it.
fn refuse_nul(fields: &[(String, String)], files: &[Upload]) -> backend::Result<()> {
    let is_file = |field: &str| files.iter().any(|file| field.strip_suffix("-text") == Some(&file.field));
    match fields.iter().find(|(field, value)| value.contains('\0') && !is_file(field)) {
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
        let name =
            part.file_name().map(|name| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
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
