//! Headers that tell browsers what they may do with an answer; every answer has them.

use testkit::Response;

use crate::purchase_orders::ordered;
use crate::support::server;

/// The sources that the policy of an answer allows for this.
fn allowed(answer: &Response, directive: &str) -> Vec<String> {
    let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("no policy: {answer}"));
    let mut directives = policy.split(';').map(|text| text.split_whitespace());
    let found = directives.find_map(|mut words| (words.next() == Some(directive)).then_some(words));
    found.map(|words| words.map(str::to_owned).collect()).unwrap_or_default()
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let server = server().await;
    ordered(&server).await;
    let answers = [
        server.get("/products").await.expect(200),
        server.get("/products/1").await.expect(200),
        server.get("/purchase-orders/1/print").await.expect(200),
        server.get("/nowhere").await.expect(404),
        server.request("PUT", "/products").await.expect(405),
        server.get("/products?colour=red").await.expect(422),
        server.get("/livez").await.expect(200),
        server.get("/metrics").await.expect(200),
        server.get("/openapi.json").await.expect(200),
        server.get("/").await.expect(307),
        server.get("/docs/").await.expect(200),
        server.get("/docs/swagger-ui.css").await.expect(200),
        server.get("/docs/nothing").await.expect(404),
        server.get(&format!("/{}", "a".repeat(9000))).await.expect(414),
    ];
    for answer in answers {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{answer}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{answer}");
        assert_eq!(answer.header("strict-transport-security"), None, "it did not come by TLS: {answer}");
        assert_eq!(allowed(&answer, "default-src"), ["'none'"], "{answer}");
        for directive in ["frame-ancestors", "base-uri", "form-action"] {
            assert_eq!(allowed(&answer, directive), ["'none'"], "{directive}: {answer}");
        }
        let scripts = allowed(&answer, "script-src");
        assert!(scripts.iter().all(|source| source == "'self'"), "{scripts:?}: {answer}");
        let is_page =
            answer.status == 200 && answer.header("content-type").is_some_and(|kind| kind.contains("css"));
        let kept =
            if is_page || answer.text.contains("swagger-ui-bundle") { "max-age=600" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), Some(kept), "{answer}");
    }
    server.finish().await;
}
