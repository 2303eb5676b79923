//! A browser without a screen: one connection, one cookie.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::fault::{Fault, fault};

/// How many bytes of bodies came back, for all browsers.
pub static N_BYTES: AtomicU64 = AtomicU64::new(0);

/// One person's browser.
pub struct Browser {
    address: SocketAddr,
    connection: Option<SendRequest<Full<Bytes>>>,
    cookie: String,
    token: String,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub location: String,
    pub body: Bytes,
}

impl Reply {
    /// A body of text, of a page that is there.
    pub fn page(&self) -> Result<&str, Fault> {
        let text = std::str::from_utf8(&self.body)?;
        if self.status == 200 { Ok(text) } else { Err(fault(format!("status {}: {text}", self.status))) }
    }

    /// Where a form that was taken leads.
    pub fn leads_to(&self) -> Result<&str, Fault> {
        if self.status == 303 {
            Ok(&self.location)
        } else {
            Err(fault(format!("status {}: {}", self.status, String::from_utf8_lossy(&self.body))))
        }
    }
}

impl Browser {
    pub fn new(address: SocketAddr) -> Browser {
        Browser { address, connection: None, cookie: String::new(), token: String::new() }
    }

    /// No browser: monitoring that delivers, and shows its token.
    pub fn with_token(address: SocketAddr, token: &str) -> Browser {
        Browser { token: format!("Bearer {token}"), ..Browser::new(address) }
    }

    pub async fn get(&mut self, path: &str) -> Result<Reply, Fault> {
        self.ask(Method::GET, path, "", Bytes::new()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Reply, Fault> {
        let fields = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let body = fields.collect::<Vec<_>>().join("&");
        self.ask(Method::POST, path, "application/x-www-form-urlencoded", body.into()).await
    }

    pub async fn call(&mut self, path: &str, json: Bytes) -> Result<Reply, Fault> {
        self.ask(Method::POST, path, "application/json", json).await
    }

    async fn ask(&mut self, method: Method, path: &str, kind: &str, body: Bytes) -> Result<Reply, Fault> {
        for _ in 0..3 {
            let request = self.request(&method, path, kind, body.clone())?;
            let connection = self.connected().await?;
            let response = match connection.send_request(request).await {
                Ok(response) => response,
                // The server closed an idle connection, and nothing was sent.
                Err(why) if why.is_canceled() || why.is_incomplete_message() => {
                    self.connection = None;
                    continue;
                }
                Err(why) => return Err(why.into()),
            };
            return self.reply(response).await;
        }
        Err(fault(format!("{path}: the connection closes again and again")))
    }

    fn request(
        &self,
        method: &Method,
        path: &str,
        kind: &str,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, Fault> {
        let accept = if kind == "application/json" { kind } else { "text/html" };
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(HOST, self.address.to_string()).header(ACCEPT, accept);
        if method == Method::POST {
            request = request.header(ORIGIN, format!("http://{}", self.address)).header(CONTENT_TYPE, kind);
            request = request.header("sec-fetch-site", "same-origin");
        }
        if !self.cookie.is_empty() {
            request = request.header(COOKIE, &self.cookie);
        }
        if !self.token.is_empty() {
            request = request.header(AUTHORIZATION, &self.token);
        }
        Ok(request.body(Full::new(body))?)
    }

    async fn connected(&mut self) -> Result<&mut SendRequest<Full<Bytes>>, Fault> {
        let is_open = match &mut self.connection {
            Some(connection) => connection.ready().await.is_ok(),
            None => false,
        };
        if !is_open {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            self.connection = Some(sender);
        }
        self.connection.as_mut().ok_or_else(|| fault("no connection"))
    }

    async fn reply(&mut self, response: hyper::Response<hyper::body::Incoming>) -> Result<Reply, Fault> {
        let status = response.status().as_u16();
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let location = text(LOCATION).unwrap_or_default().to_owned();
        if let Some(cookie) = text(SET_COOKIE) {
            self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        }
        let body = response.into_body().collect().await?.to_bytes();
        N_BYTES.fetch_add(body.len() as u64, Relaxed);
        Ok(Reply { status, location, body })
    }
}

fn encoded(value: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    value.bytes().map(byte).collect()
}

/// Every value of an attribute in a page, in order.
pub fn values(page: &str, attribute: &str) -> Vec<String> {
    let before = format!(" {attribute}=\"");
    let after = page.split(&before).skip(1);
    after.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}
