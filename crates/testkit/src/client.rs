//! A small HTTP client that speaks JSON and believes nothing that the OpenAPI document does not say.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, redirect};
use serde_json::Value;

use crate::contract::{Contract, Seen};

/// A client of one server. Its requests are begun by a method and path, and sent by `.await`:
///
/// ```ignore
/// client.post("/products", json!({"sku": "A", "name": "A", "price": "1.00"})).key("k1").await.expect(201);
/// ```
///
/// An answer that is a 500 or is not in the server's OpenAPI document fails the test at once.
#[derive(Clone, Debug)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    /// Sent with every request.
    headers: HeaderMap,
    contract: Arc<Contract>,
    has_written: Arc<AtomicBool>,
}

impl Client {
    /// A client of the server at `base`, for example `http://127.0.0.1:8000`.
    ///
    /// # Panics
    /// If the server does not give its document.
    pub async fn new(base: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build();
        let http = http.unwrap_or_else(|error| panic!("a client: {error}"));
        let asked = http.get(format!("{base}/openapi.json")).send().await;
        let answer = asked.unwrap_or_else(|error| panic!("{base}/openapi.json: {error}"));
        let text = answer.text().await.unwrap_or_else(|error| panic!("{base}/openapi.json: {error}"));
        let document = serde_json::from_str(&text).unwrap_or_else(|error| panic!("openapi.json: {error}"));
        let contract = Arc::new(Contract::read(document));
        let headers = HeaderMap::new();
        Self { base: base.to_owned(), http, headers, contract, has_written: Arc::default() }
    }

    /// The same client with a header that is sent with every request.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        insert(&mut client.headers, name, value);
        client
    }

    /// The same client with an API key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        self.with_header("authorization", &format!("Bearer {key}"))
    }

    /// What is sent with every request.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The same client with nothing that shows who it is.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self { headers: HeaderMap::new(), ..self.clone() }
    }

    /// Where the server is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Read.
    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    /// Create or move something.
    pub fn post(&self, path: &str, body: Value) -> Request {
        self.request("POST", path).json(&body)
    }

    /// Change the version of a document that has this ETag.
    pub fn patch(&self, path: &str, etag: &str, body: Value) -> Request {
        self.request("PATCH", path).header("if-match", etag).json(&body)
    }

    /// Delete the version of a document that has this ETag.
    pub fn delete(&self, path: &str, etag: &str) -> Request {
        self.request("DELETE", path).header("if-match", etag)
    }

    /// Any request.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let method = Method::from_str(method).unwrap_or_else(|error| panic!("{method}: {error}"));
        Request {
            client: self.clone(),
            method,
            path: path.to_owned(),
            headers: self.headers.clone(),
            body: Vec::new(),
        }
    }

    /// Whether any request other than a GET has succeeded.
    pub(crate) fn has_written(&self) -> bool {
        self.has_written.load(Ordering::Relaxed)
    }
}

/// A request that is not sent yet: `.await` sends it.
#[derive(Debug)]
#[must_use = "it is sent by .await"]
pub struct Request {
    client: Client,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Request {
    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        insert(&mut self.headers, name, value);
        self
    }

    /// Without a header that it had.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// With an `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a body in JSON.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").raw(body.to_string())
    }

    /// With a body of these bytes, whatever the headers say.
    pub fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Send it.
    ///
    /// # Errors
    /// There is no answer.
    ///
    /// # Panics
    /// At an answer that the document does not have.
    pub async fn send(self) -> Result<Response, reqwest::Error> {
        let Self { client, method, path, headers, body } = self;
        let request = client.http.request(method.clone(), format!("{}{path}", client.base));
        let answer = request.headers(headers).body(body).send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let response = Response { status, headers, body, text, request: format!("{method} {path}") };
        let seen = Seen {
            method: method.as_str(),
            path: &path,
            status,
            content_type: response.header("content-type"),
            body: &response.body,
        };
        assert_ne!(status, 500, "{response}");
        if let Err(fault) = client.contract.check(&seen) {
            panic!("not in the OpenAPI document: {fault}\n{response}");
        }
        if method != Method::GET && (200..300).contains(&status) {
            client.has_written.store(true, Ordering::Relaxed);
        }
        Ok(response)
    }
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = HeaderName::from_str(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    let value = HeaderValue::from_str(value).unwrap_or_else(|error| panic!("{value}: {error}"));
    headers.insert(name, value);
}

impl IntoFuture for Request {
    type Output = Response;
    type IntoFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let request = format!("{} {}", self.method, self.path);
            self.send().await.unwrap_or_else(|error| panic!("{request}: {error}"))
        })
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body if it is JSON, else null.
    pub body: Value,
    /// The body as it came.
    pub text: String,
    request: String,
}

impl Response {
    /// The same, which has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// The same, which is this problem.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, Some(code)), "{self}");
        self
    }

    /// The same, which is an `invalid_input` with exactly these pointers and codes, whatever their order.
    #[track_caller]
    pub fn invalid(self, expected: &[(&str, &str)]) -> Self {
        let response = self.problem(422, "invalid_input");
        let faults = response.body["errors"].as_array().into_iter().flatten();
        let text = |fault: &Value, member: &str| fault[member].as_str().unwrap_or_default().to_owned();
        let mut faults: Vec<_> = faults.map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect();
        let mut expected: Vec<_> =
            expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect();
        faults.sort();
        expected.sort();
        assert_eq!(faults, expected, "{response}");
        response
    }

    /// The code of a problem.
    pub fn code(&self) -> Option<&str> {
        self.body["code"].as_str()
    }

    /// A header, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The ETag.
    #[track_caller]
    pub fn etag(&self) -> &str {
        self.header("etag").unwrap_or_else(|| panic!("there is no ETag: {self}"))
    }

    /// The `id` of the document.
    #[track_caller]
    pub fn id(&self) -> i64 {
        self.body["id"].as_i64().unwrap_or_else(|| panic!("there is no id: {self}"))
    }

    /// The items of a page.
    #[track_caller]
    pub fn items(&self) -> &[Value] {
        self.body["items"].as_array().unwrap_or_else(|| panic!("there are no items: {self}"))
    }
}

impl std::fmt::Display for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} answers {}: {}", self.request, self.status, self.text)
    }
}
