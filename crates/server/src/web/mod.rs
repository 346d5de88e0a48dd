//! The web app at `/app`, compiled in: a browser needs nothing from elsewhere, and the app nothing but the public API.
//!
//! Vite has put a hash into the names of all files below `assets/`, so they are kept for ever; everything else is asked for
//! each time, by its ETag. What the app routes by itself (`/app/products/17`) gets `index.html`. Where Vite has left
//! a compressed form beside a file (`.br`, `.gz`), it is sent to whoever takes it. A debug build reads `web/dist` each
//! time; a binary that was built without the app says how to build it.

mod encoding;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use platform::{ApiError, error};
use rust_embed::{Embed, EmbeddedFile};

use encoding::Encoding;

#[derive(Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct App;

/// Where Vite puts what has a hash in its name.
const HASHED: &str = "assets/";
const INDEX: &str = "index.html";

/// What pages of the app may do: run and show what this server has sent, and ask this server. Styles may be inline,
/// because the component library computes some; scripts may not. WASM is for reading barcodes with the camera.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
     media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// The routes of the app, and `/`, which brings a browser to it and everything else to the documentation of the API.
pub(crate) fn routes() -> Router {
    Router::new().route("/", get(root)).merge(routes_of::<App>())
}

fn routes_of<Files: Embed + 'static>() -> Router {
    let page = get(async |uri: Uri, headers: HeaderMap| serve::<Files>(uri.path(), &headers));
    Router::new().route("/app", page.clone()).route("/app/", page.clone()).route("/app/{*path}", page)
}

async fn root(headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let place = if accepted.contains("text/html") { "/app" } else { "/docs" };
    ([(header::VARY, "accept")], Redirect::temporary(place)).into_response()
}

fn serve<Files: Embed>(path: &str, headers: &HeaderMap) -> Response {
    let name = path.trim_start_matches("/app").trim_start_matches('/');
    let (name, file) = match Files::get(name) {
        Some(file) => (name, file),
        None if name.starts_with(HASHED) => {
            return ApiError::new(&error::ROUTE_NOT_FOUND, "the web app has no such file").into_response();
        }
        None => match Files::get(INDEX) {
            Some(index) => (INDEX, index),
            None => return not_built(),
        },
    };
    let plain = (file, None);
    let mut encodings = Encoding::accepted(headers);
    let compressed = encodings.find_map(|encoding| Some((Files::get(&encoding.of(name))?, Some(encoding))));
    let mime = plain.0.metadata.mimetype().to_owned();
    let (file, encoding) = compressed.unwrap_or(plain);
    answer(name, &mime, file, encoding, headers)
}

fn answer(
    name: &str,
    mime: &str,
    file: EmbeddedFile,
    encoding: Option<Encoding>,
    headers: &HeaderMap,
) -> Response {
    let tag: String = file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let kept = if name.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data).into_response()
    };
    let mime = if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() };
    let values = [
        (header::CONTENT_TYPE, mime.as_str()),
        (header::ETAG, &tag),
        (header::CACHE_CONTROL, kept),
        (header::VARY, "accept-encoding"),
    ];
    let values =
        values.into_iter().chain(encoding.map(|encoding| (header::CONTENT_ENCODING, encoding.name())));
    for (name, value) in values {
        response.headers_mut().insert(name, HeaderValue::from_str(value).expect("visible ASCII"));
    }
    protect(response)
}

/// The page of a binary that has no app.
fn not_built() -> Response {
    let page = include_str!("not_built.html");
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    protect((StatusCode::NOT_FOUND, headers, page).into_response())
}

fn protect(mut response: Response) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=()"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests;
