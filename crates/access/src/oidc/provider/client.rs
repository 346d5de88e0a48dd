//! A small client for HTTPS, with a limit on time and size.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::http::HeaderValue;
use hyper::http::request::Builder;
use hyper::{Method, Request, StatusCode, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Longest time until an answer is there.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

/// Longest answer.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// A client. It follows no redirect.
pub(super) struct Client(legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Client {
    /// It trusts the authorities of this machine, by which a company's own come in, and those of browsers.
    pub(super) fn new() -> Result<Self, String> {
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let https =
            HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().build();
        Ok(Self(legacy::Client::builder(TokioExecutor::new()).build(https)))
    }

    /// Status and body of an answer.
    pub(super) async fn get(
        &self,
        address: &str,
        authorization: Option<HeaderValue>,
    ) -> Result<(StatusCode, Bytes), String> {
        self.send(Request::builder().method(Method::GET).uri(address), authorization, String::new()).await
    }

    /// The same to a form.
    pub(super) async fn post(
        &self,
        address: &str,
        authorization: Option<HeaderValue>,
        form: String,
    ) -> Result<(StatusCode, Bytes), String> {
        let request = Request::builder().method(Method::POST).uri(address);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, authorization, form).await
    }

    async fn send(
        &self,
        request: Builder,
        authorization: Option<HeaderValue>,
        body: String,
    ) -> Result<(StatusCode, Bytes), String> {
        let mut request =
            request.header(header::ACCEPT, "application/json").header(header::USER_AGENT, "stockbook");
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        let request = request.body(Full::from(body)).map_err(|error| error.to_string())?;
        let answered = async {
            let answer = self.0.request(request).await.map_err(|error| causes(&error))?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            Ok((status, body.map_err(|error| error.to_string())?.to_bytes()))
        };
        let late = || format!("no answer within {ANSWER_WITHIN:?}");
        tokio::time::timeout(ANSWER_WITHIN, answered).await.unwrap_or_else(|_| Err(late()))
    }
}

/// An error with what caused it: the outermost one says little.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
