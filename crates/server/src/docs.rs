//! The OpenAPI document, and Swagger UI over it: compiled in, so that a browser needs nothing from elsewhere.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use platform::{ApiError, error};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerFile};

/// The routes of the document and its pages.
pub(crate) fn routes(document: &OpenApi) -> Router {
    let document = Bytes::from(document.to_json().expect("plain data is JSON"));
    let config = Config::from("/openapi.json")
        .use_base_layout()
        .doc_expansion("none")
        .display_operation_id(true)
        .display_request_duration(true)
        .try_it_out_enabled(true)
        .validator_url("none"); // the default one would be asked about our document, over the internet
    let config = Arc::new(config);
    let pages = get(async |uri: Uri| page(uri.path().trim_start_matches("/docs/"), config));
    Router::new()
        .route("/docs", get(async || Redirect::permanent("/docs/"))) // its pages have relative links
        .route("/docs/", pages.clone())
        .route("/docs/{*page}", pages)
        .route("/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], document)))
}

/// How long a browser keeps the pages: they change with the release only, and are large.
const KEPT: &str = "max-age=600";

fn page(path: &str, config: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(path, config) {
        Ok(Some(SwaggerFile { bytes, content_type, .. })) => {
            let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, KEPT.to_owned())];
            (headers, bytes).into_response()
        }
        Ok(None) => {
            ApiError::new(&error::ROUTE_NOT_FOUND, "the documentation has no such page").into_response()
        }
        Err(error) => ApiError::internal(error).into_response(),
    }
}
