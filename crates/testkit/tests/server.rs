//! A test server is strict: what its document does not say, what fails inside, and what nobody checked fails the test.

use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use testkit::TestServer;

fn document() -> Value {
    let answer = json!({"content": {"application/json": {"schema": {"type": "object", "properties": {"ok": {"type": "boolean"}}}}}});
    json!({"paths": {
        "/good": {"get": {"operationId": "get_good", "responses": {"200": answer}}, "post": {"operationId": "post_good", "responses": {"200": answer}}},
        "/extra": {"get": {"operationId": "get_extra", "responses": {"200": answer}}},
        "/teapot": {"get": {"operationId": "get_teapot", "responses": {"200": answer}}},
        "/broken": {"get": {"operationId": "get_broken", "responses": {"500": {}}}},
    }})
}

async fn server() -> TestServer {
    TestServer::start(|_| {
        Router::new()
            .route("/openapi.json", get(async || Json(document())))
            .route(
                "/good",
                get(async || Json(json!({"ok": true}))).merge(post(async || Json(json!({"ok": true})))),
            )
            .route("/extra", get(async || Json(json!({"ok": true, "more": 1}))))
            .route("/teapot", get(async || StatusCode::IM_A_TEAPOT))
            .route("/broken", get(async || StatusCode::INTERNAL_SERVER_ERROR))
            .route("/secret", get(async || Json(json!({}))))
    })
    .await
}

#[tokio::test]
async fn a_documented_answer_passes_and_finish_checks_the_ledger() {
    let server = server().await;
    assert_eq!(server.get("/good?a=1").await.expect(200).body, json!({"ok": true}));
    server.post("/good", json!({})).await.expect(200);
    server.finish().await;
}

#[tokio::test]
#[should_panic(expected = "/more: is not documented")]
async fn a_member_that_is_not_documented_fails_the_test() {
    server().await.get("/extra").await;
}

#[tokio::test]
#[should_panic(expected = "get_teapot has no answer 418")]
async fn a_status_that_is_not_documented_fails_the_test() {
    server().await.get("/teapot").await;
}

#[tokio::test]
#[should_panic(expected = "answers 500")]
async fn a_500_fails_the_test_even_if_it_is_documented() {
    server().await.get("/broken").await;
}

#[tokio::test]
#[should_panic(expected = "GET /secret is not in the document")]
async fn a_route_that_is_not_documented_fails_the_test() {
    server().await.get("/secret").await;
}

#[tokio::test]
#[should_panic(expected = "a test that writes ends with finish()")]
async fn a_test_that_writes_and_does_not_finish_fails() {
    server().await.post("/good", json!({})).await.expect(200);
}
