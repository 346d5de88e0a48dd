//! Pages of other web sites: of those that are named by a key, of no other, and by no cookie.

use axum::http::HeaderName;
use serde_json::json;
use server::{Origins, Policy};
use testkit::{Response, TestServer};

use super::sessions::{PASSWORD, person, sign_in};
use super::with_role;
use crate::support::router_by_policy;

const SHOP: &str = "https://shop.example";

/// A server that pages of these origins may use.
async fn open_to(origins: &[&str]) -> TestServer {
    let origins: Vec<String> = origins.iter().map(|&origin| origin.to_owned()).collect();
    let policy = Policy { origins: Origins::parse(&origins).expect("origins"), ..Policy::default() };
    TestServer::start(move |options| router_by_policy(options, &policy)).await
}

/// What an answer tells browsers about pages of others.
fn told(answer: &Response) -> Vec<&str> {
    let names = answer.headers.keys().map(HeaderName::as_str);
    names.filter(|name| name.starts_with("access-control-")).collect()
}

fn is_closed(answer: &Response) -> bool {
    told(answer).is_empty() && answer.header("cross-origin-resource-policy") == Some("same-origin")
}

#[tokio::test]
async fn no_page_of_another_site_is_let_in_unless_it_is_named() {
    let server = open_to(&[]).await;
    let admin = with_role(&server, "ada", "admin").await;
    let answer = admin.request("GET", "/products").header("origin", SHOP).await.expect(200);
    assert!(is_closed(&answer) && answer.header("vary").is_none(), "{answer}");
    let preflight = server.request("OPTIONS", "/products").header("origin", SHOP);
    let answer = preflight.header("access-control-request-method", "POST").await.expect(405);
    assert!(is_closed(&answer) && answer.header("allow").is_some(), "{answer}");
    server.finish().await;
}

#[tokio::test]
async fn a_page_of_a_named_site_reads_its_answers() {
    let server = open_to(&[SHOP, "http://localhost:3000"]).await;
    let admin = with_role(&server, "ada", "admin").await;
    for origin in [SHOP, "http://localhost:3000"] {
        let of_page = admin.with_header("origin", origin).with_header("sec-fetch-site", "cross-site");
        let sku = origin.replace([':', '/'], "");
        let body = json!({"sku": sku, "name": "Cup", "price": "1", "currency": "EUR"});
        for answer in [
            of_page.post("/products", body).await.expect(201),
            of_page.get("/products").await.expect(200),
            of_page.get("/products?colour=red").await.expect(422),
            of_page.anonymous().with_header("origin", origin).get("/products").await.expect(401),
            of_page.get("/nowhere").await.expect(404),
        ] {
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin), "{answer}");
            let shown = answer.header("access-control-expose-headers").expect("names");
            for name in ["etag", "location", "link", "retry-after", "x-request-id", "idempotency-replayed"] {
                assert!(shown.split(", ").any(|one| one == name), "{name}: {answer}");
            }
            assert_eq!(told(&answer).len(), 2, "no credentials, above all: {answer}");
            assert_eq!(answer.header("vary"), Some("origin"), "{answer}");
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"), "{answer}");
        }
    }
    for origin in ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"]
    {
        let answer = admin.request("GET", "/products").header("origin", origin).await.expect(200);
        assert!(is_closed(&answer), "{origin}: {answer}");
        assert_eq!(
            answer.header("vary"),
            Some("origin"),
            "no cache gives one the answer for another: {answer}"
        );
    }
    let answer = admin.get("/products").await.expect(200);
    assert!(is_closed(&answer) && answer.header("vary") == Some("origin"), "{answer}");
    for path in ["/app/", "/docs/"] {
        let answer = admin.request("GET", path).header("origin", SHOP).await;
        assert!(is_closed(&answer), "{path}: {answer}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_browser_is_told_what_a_page_may_send_where() {
    let server = open_to(&[SHOP]).await;
    let ask = |origin: &str, path: &str| {
        let request = server.anonymous().request("OPTIONS", path).header("origin", origin);
        let request = request.header("access-control-request-method", "PATCH");
        request.header("access-control-request-headers", "authorization,if-match")
    };
    for (path, methods) in [
        ("/products/7", "GET,PATCH,DELETE,HEAD"),
        ("/stock-movements", "GET,POST,HEAD"),
        ("/livez", "GET,HEAD"),
    ] {
        let answer = ask(SHOP, path).await.expect(204);
        assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP), "{answer}");
        assert_eq!(answer.header("access-control-allow-methods"), Some(methods), "{answer}");
        let sent = answer.header("access-control-allow-headers").expect("names");
        let names = ["authorization", "content-type", "idempotency-key", "if-match", "last-event-id"];
        assert_eq!(sent.split(", ").collect::<Vec<_>>(), names, "{answer}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{answer}");
        assert_eq!(answer.header("vary"), Some("origin"), "{answer}");
        assert!(answer.header("access-control-max-age").is_some() && answer.text.is_empty(), "{answer}");
    }
    for (origin, path, status) in [
        (SHOP, "/nowhere", 404),
        (SHOP, "/app/", 405),
        ("https://evil.example", "/products/7", 405),
        ("null", "/products/7", 405),
    ] {
        let answer = ask(origin, path).await.expect(status);
        assert_eq!(answer.header("access-control-allow-methods"), None, "{origin} {path}: {answer}");
    }
    let no_preflight = server.request("OPTIONS", "/products/7").header("origin", SHOP).await.expect(405);
    assert_eq!(no_preflight.header("access-control-allow-methods"), None, "{no_preflight}");
    server.finish().await;
}

/// The cookie of a session is of no use to a page of another site, also of one that is named.
#[tokio::test]
async fn a_named_site_gets_nowhere_by_a_cookie() {
    let server = open_to(&[SHOP]).await;
    person(&server, "anna", "admin").await;
    let anna = sign_in(&server, "anna", PASSWORD).await;
    let page = anna.with_header("origin", SHOP);
    for site in ["cross-site", "same-site"] {
        let page = page.with_header("sec-fetch-site", site);
        let answer = page.post("/categories", json!({"name": "Cups"})).await;
        answer.problem(403, "cross_site_request");
        let answer = page.get("/categories").await.expect(200);
        assert_eq!(answer.header("access-control-allow-credentials"), None, "a browser hides it: {answer}");
    }
    let login = json!({"email": "anna@stock.example", "password": PASSWORD});
    let stranger = server.anonymous().with_header("origin", SHOP).with_header("sec-fetch-site", "cross-site");
    stranger.post("/sessions", login).await.problem(403, "cross_site_request");
    server.finish().await;
}
