//! The routes over a small app of their own (`sample`), whose compressed files are none: so it shows which was sent.

use axum::http::{Method, Request};
use tower::ServiceExt;

use super::*;

#[derive(Embed)]
#[folder = "src/web/sample"]
struct Sample;

#[derive(Embed)]
#[folder = "src/web/nothing-is-here"]
#[allow_missing = true]
struct Nothing;

async fn get_from<Files: Embed + 'static>(path: &str, headers: &[(HeaderName, &str)]) -> Response {
    let mut request = Request::builder().method(Method::GET).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let router = routes_of::<Files>().route("/", axum::routing::get(root));
    let Ok(response) = router.oneshot(request.body(Body::empty()).expect("a request")).await;
    response
}

fn value(response: &Response, name: HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn what_has_a_hash_in_its_name_is_kept_and_sent_as_small_as_it_is_taken() {
    let cases = [("", "", "let plain"), ("gzip", "gzip", "let gz"), ("gzip, br", "br", "let br")];
    for (accepted, encoding, body) in cases {
        let headers = [(header::ACCEPT_ENCODING, accepted)];
        let response = get_from::<Sample>("/app/assets/app-1a2b3c.js", &headers).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(value(&response, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
        assert_eq!(value(&response, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
        assert_eq!(value(&response, header::VARY), "accept-encoding");
        assert_eq!(value(&response, header::CONTENT_ENCODING), encoding);
        assert_eq!(text(response).await, body);
    }
    let missing = get_from::<Sample>("/app/assets/app-old.js", &[]).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_page_of_the_app_is_its_index_and_is_asked_for_each_time() {
    for path in ["/app", "/app/", "/app/products/17", "/app/products?q=pot"] {
        let response = get_from::<Sample>(path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(value(&response, header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(value(&response, header::CACHE_CONTROL), "no-cache");
        let policy = value(&response, header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
        let tag = value(&response, header::ETAG).to_owned();
        assert!(text(response).await.contains("<title>app</title>"));
        let again = get_from::<Sample>(path, &[(header::IF_NONE_MATCH, &tag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let other = get_from::<Sample>(path, &[(header::IF_NONE_MATCH, "\"0\"")]).await;
        assert_eq!(other.status(), StatusCode::OK);
    }
    let icon = get_from::<Sample>("/app/icon.svg", &[]).await;
    assert_eq!(value(&icon, header::CONTENT_TYPE), "image/svg+xml");
}

#[tokio::test]
async fn a_binary_without_the_app_says_how_to_build_it() {
    let response = get_from::<Nothing>("/app", &[]).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(text(response).await.contains("make web"));
}

#[tokio::test]
async fn the_root_brings_browsers_to_the_app_and_programs_to_the_documentation() {
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (accepted, place) in [(browser, "/app"), ("*/*", "/docs"), ("application/json", "/docs")] {
        let response = get_from::<Sample>("/", &[(header::ACCEPT, accepted)]).await;
        assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(value(&response, header::LOCATION), place, "{accepted}");
    }
}
