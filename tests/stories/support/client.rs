//! A browser without a script: it keeps cookies and says where it comes from.

use std::net::IpAddr;
use std::sync::Arc;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, ORIGIN};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{Form, Muster, Page};

/// One browser. A clone shares its cookies.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    cookies: Arc<Jar>,
    url: String,
    /// The circle that this person works in.
    pub circle: String,
}

impl Client {
    /// A browser that nobody has signed in with.
    pub fn of(muster: &Muster) -> Client {
        Client::coming_from(muster, None)
    }

    /// The same in another house: every address that begins with 127 is this
    /// machine's, and `Client::of` comes from 127.0.0.1.
    pub fn at_address(muster: &Muster, address: [u8; 4]) -> Client {
        Client::coming_from(muster, Some(address.into()))
    }

    fn coming_from(muster: &Muster, address: Option<IpAddr>) -> Client {
        let cookies = Arc::new(Jar::default());
        let http = reqwest::Client::builder()
            .cookie_provider(cookies.clone())
            .redirect(Policy::none())
            .local_address(address)
            .no_proxy()
            .build()
            .unwrap();
        Client { http, cookies, url: muster.url.clone(), circle: "orders".to_owned() }
    }

    /// The same browser, on another node.
    pub fn on(&self, node: &Muster) -> Client {
        Client { url: node.url.clone(), ..self.clone() }
    }

    /// The same person, at work in another circle.
    pub fn in_circle(&self, circle: &str) -> Client {
        Client { circle: circle.to_owned(), ..self.clone() }
    }

    /// Another browser with the cookies of this one as they are now.
    pub fn copied(&self, muster: &Muster) -> Client {
        let copy = Client { circle: self.circle.clone(), ..Client::of(muster) };
        copy.set_cookie(&self.cookie());
        copy
    }

    /// What the browser would send as its cookies.
    pub fn cookie(&self) -> String {
        let cookies = self.cookies.cookies(&self.url.parse().unwrap());
        cookies.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// Puts a cookie into the browser, as one who stole or planted it would.
    pub fn set_cookie(&self, cookie: &str) {
        self.cookies.add_cookie_str(&format!("{cookie}; Path=/"), &self.url.parse().unwrap());
    }

    /// A request that says nothing of where it comes from.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.url))
            .header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
    }

    pub async fn try_get(&self, path: &str) -> reqwest::Result<Page> {
        Page::read(path, self.request(Method::GET, path).send().await?).await
    }

    /// A page, or where it sends one: nothing is followed.
    pub async fn get(&self, path: &str) -> Page {
        self.try_get(path).await.unwrap()
    }

    /// A page that is there, at once or after what it leads to.
    pub async fn open(&self, path: &str) -> Page {
        let mut page = self.get(path).await;
        for _ in 0..5 {
            match page.leads_to() {
                Some(next) => page = self.get(&next).await,
                None => break,
            }
        }
        assert_eq!(page.status, 200, "{path}\n{}", page.text());
        page
    }

    /// A request with headers of its own choice.
    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Page {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let request = self.request(method, path).headers(headers.collect());
        Page::read(path, request.send().await.unwrap()).await.unwrap()
    }

    /// Posts fields as a page of our own would.
    pub async fn post(&self, path: &str, fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> Page {
        self.try_post(path, fields).await.unwrap()
    }

    /// The same, where the server may be gone.
    pub async fn try_post(
        &self,
        path: &str,
        fields: &[(impl AsRef<str>, impl AsRef<str>)],
    ) -> reqwest::Result<Page> {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
        let request = self.request(Method::POST, path).headers(self.own_headers()).form(&fields);
        Page::read(path, request.send().await?).await
    }

    /// Sends a form that stands on a page; nothing is followed.
    pub async fn send(&self, form: Form) -> Page {
        self.post(&form.action, &form.fields).await
    }

    /// Sends a form that is taken, and opens the page that it leads to.
    pub async fn submit(&self, form: Form) -> Page {
        let page = self.send(form).await;
        self.open(&page.see_other()).await
    }

    /// Calls what an island calls.
    pub async fn call(&self, path: &str, body: &Value) -> Page {
        self.try_call(path, body).await.unwrap()
    }

    /// The same, while the server may go away.
    pub async fn try_call(&self, path: &str, body: &Value) -> reqwest::Result<Page> {
        let mut headers = self.own_headers();
        // With `text/html` an endpoint of an island would lead back to the page.
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let request = self.request(Method::POST, path).headers(headers).json(body);
        Page::read(path, request.send().await?).await
    }

    fn own_headers(&self) -> HeaderMap {
        HeaderMap::from_iter([
            (ORIGIN, HeaderValue::from_str(&self.url).unwrap()),
            ("sec-fetch-site".parse().unwrap(), HeaderValue::from_static("same-origin")),
        ])
    }
}
