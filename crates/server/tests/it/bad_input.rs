//! Requests that are wrong before they are about anything.

use serde_json::json;

use crate::support::server;

/// Whoever asks for a dry run of what knows none is not taken at their other word: nothing is done.
#[tokio::test]
async fn what_takes_no_parameters_refuses_them_and_does_nothing() {
    let server = server().await;
    let id = server.product("A", 10).await;
    let unknown = [("?dry_run", "unknown_parameter")];
    let shelf = server.location("MAIN", "A-1", "storage").await;
    let lines = json!([{"product_id": id, "quantity": 4}]);
    let put_away =
        json!({"from": {"location_id": 1}, "to": {"location_id": shelf}, "lines": lines, "immediate": true});
    server.post("/stock-transfers?dry_run=true", put_away).await.invalid(&unknown);
    server.post("/reservations", json!({"lines": lines})).await.expect(201);
    server.post("/reservations/1/fulfil?dry_run=true", json!({})).await.invalid(&unknown);
    let edit = json!({"lines": [{"line": 1, "quantity": 1}]});
    server.patch("/reservations/1?dry_run=true", "*", edit).await.invalid(&unknown);
    server.delete(&format!("/locations/{shelf}?dry_run=true"), "*").await.invalid(&unknown);
    server
        .post("/warehouses?dry_run=true&x", json!({"code": "X", "name": "X"}))
        .await
        .invalid(&[("?dry_run", "unknown_parameter"), ("?x", "unknown_parameter")]);
    let then = format!("/products/{id}?as_of=2026-01-01T00:00:00Z");
    server.get(&then).await.invalid(&[("?as_of", "unknown_parameter")]);
    let product = server.get(&format!("/products/{id}?")).await.expect(200).body;
    assert_eq!((&product["on_hand"], &product["reserved"]), (&json!(10), &json!(4)));
    assert_eq!(server.get("/warehouses").await.expect(200).items().len(), 1);
    assert_eq!(server.get(&format!("/locations/{shelf}")).await.expect(200).body["archived"], false);
    // Monitors add what they like to what they probe.
    server.get("/livez?monitor=1").await.expect(200);
    server.finish().await;
}

#[tokio::test]
async fn bodies_that_are_not_json_are_refused() {
    let server = server().await;
    let post =
        |body: &str| server.request("POST", "/products").header("content-type", "application/json").raw(body);
    for body in ["", "{", "{\"sku\": }", "nonsense", "{\"a\": 1} x", "\u{feff}{}", "{\"sku\": \"\\ud800\"}"] {
        post(body).await.problem(400, "malformed_json");
    }
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    post(&deep).await.problem(400, "malformed_json");
    let nested = |levels: usize| format!("{{\"sku\": {}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    post(&nested(33)).await.problem(400, "malformed_json");
    post(&nested(32)).await.problem(422, "invalid_input");
    let invalid_utf8 = server
        .request("POST", "/products")
        .header("content-type", "application/json")
        .raw(b"{\"sku\": \"\xff\"}".to_vec());
    invalid_utf8.await.problem(400, "malformed_json");
    for body in ["[]", "1", "null", "\"x\""] {
        post(body).await.invalid(&[("", "not_an_object")]);
    }
    server.finish().await;
}

/// The parser has keys of its own making, by which it takes an object for a number, or a string for more JSON. Nested in each
/// other, the latter overflowed the stack: one request ended the server.
#[tokio::test]
async fn no_body_speaks_to_the_parser() {
    let server = server().await;
    for key in ["$serde_json::private::Number", "$serde_json::private::RawValue"] {
        let body = json!({"sku": "A", "name": "A", "price": {key: "12"}});
        server.post("/products", body).await.invalid(&[("/price", "wrong_type")]);
    }
    let mut nested = "1".to_owned();
    for _ in 0..14 {
        let text = serde_json::to_string(&nested).expect("JSON");
        let (open, close) = ("[".repeat(30), "]".repeat(30));
        nested = format!("{open}{{\"$serde_json::private::RawValue\":{text}}}{close}");
    }
    for path in ["/products", "/sessions"] {
        let request = server.request("POST", path).header("content-type", "application/json");
        request.raw(nested.clone()).await.invalid(&[("", "not_an_object")]);
    }
    server.get("/livez").await.expect(200);
}

#[tokio::test]
async fn a_field_that_is_given_twice_is_refused() {
    let server = server().await;
    let body = r#"{"sku": "A", "name": "A", "price": "1", "price": "2", "na\u006de": "B"}"#;
    let request = server.request("POST", "/products").header("content-type", "application/json").raw(body);
    request.await.invalid(&[("/price", "repeated"), ("/name", "repeated")]);
    let lines = r#"{"kind": "receipt", "lines": [{"sku": "A", "quantity": 1, "quantity": 100}]}"#;
    let request =
        server.request("POST", "/stock-movements").header("content-type", "application/json").raw(lines);
    request.await.invalid(&[("/lines/0/quantity", "repeated")]);
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let server = server().await;
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
        let request = server.request("POST", "/products").header("content-type", media_type).raw("{}");
        request.await.problem(415, "unsupported_media_type");
    }
    server.request("POST", "/products").raw("{}").await.problem(415, "unsupported_media_type");
    // Also where the path says all and there is no body to send.
    let product = server.product("A", 0).await;
    for path in [&format!("/products/{product}/unarchive"), "/users/999999/password-reset-tokens"] {
        let post = |body: &'static str| server.request("POST", path).raw(body);
        post("a=b").header("content-type", "text/plain").await.problem(415, "unsupported_media_type");
        post("{}").await.problem(415, "unsupported_media_type");
        let json = |body| post(body).header("content-type", "application/json");
        json("{").await.problem(400, "malformed_json");
        json("{\"active\": true}").await.invalid(&[("/active", "unknown_field")]);
        for answer in [json("{}").await, post("").await] {
            assert!([200, 404].contains(&answer.status), "{answer}");
        }
    }
    let charset = server
        .request("POST", "/products")
        .header("content-type", "application/json; charset=utf-8")
        .raw("{}");
    charset.await.problem(422, "invalid_input");
    server.finish().await;
}

#[tokio::test]
async fn bodies_over_a_mebibyte_are_refused() {
    let server = server().await;
    let body = json!({"sku": "A", "name": "A", "price": "1.00", "description": "x".repeat(1024 * 1024)});
    server.post("/products", body).await.problem(413, "body_too_large");
    let body = json!({"sku": "A", "name": "A", "price": "1.00", "description": "x".repeat(900_000)});
    server.post("/products", body).await.invalid(&[("/description", "too_long")]);
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems_too() {
    let server = server().await;
    server.get("/nowhere").await.problem(404, "route_not_found");
    server.get("/products/abc").await.problem(404, "route_not_found");
    server.get("/products/99999999999999999999").await.problem(404, "route_not_found");
    server.get("/products/-1").await.problem(404, "product_not_found");
    let answer = server.request("PUT", "/products/1").await.problem(405, "method_not_allowed");
    assert!(answer.header("allow").is_some_and(|allow| allow.contains("PATCH")), "{answer}");
    let long = format!("/products?q={}", "x".repeat(9000));
    server.get(&long).await.problem(414, "uri_too_long");
}

#[tokio::test]
async fn lists_refuse_what_they_do_not_know() {
    let server = server().await;
    for path in ["/products", "/categories", "/warehouses", "/locations", "/stock-levels", "/stock-movements"]
    {
        server.get(&format!("{path}?colour=red")).await.invalid(&[("?colour", "unknown_parameter")]);
        server.get(&format!("{path}?limit=0")).await.invalid(&[("?limit", "out_of_range")]);
        server.get(&format!("{path}?limit=201")).await.invalid(&[("?limit", "out_of_range")]);
        server.get(&format!("{path}?limit=ten")).await.invalid(&[("?limit", "not_an_integer")]);
        server.get(&format!("{path}?limit=1&limit=2")).await.invalid(&[("?limit", "repeated")]);
        server.get(&format!("{path}?cursor=abc")).await.problem(400, "invalid_cursor");
        server.get(&format!("{path}?cursor=%00")).await.invalid(&[("?cursor", "control_character")]);
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_or_order_is_refused() {
    let server = server().await;
    for sku in ["A", "B", "C"] {
        server.product(sku, 0).await;
    }
    let page = server.get("/products?limit=1").await.expect(200);
    let cursor = page.body["next_cursor"].as_str().expect("a cursor").to_owned();
    let link = page.header("link").expect("a link").to_owned();
    assert_eq!(link, format!("</products?limit=1&cursor={cursor}>; rel=\"next\""));
    server.get(&format!("/products?limit=1&cursor={cursor}")).await.expect(200);
    server.get(&format!("/products?limit=1&sort=name&cursor={cursor}")).await.problem(400, "invalid_cursor");
    server.get(&format!("/warehouses?cursor={cursor}")).await.problem(400, "invalid_cursor");
    server.finish().await;
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let server = server().await;
    let answer = server.get("/products").header("x-request-id", "my-request-1").await.expect(200);
    assert_eq!(answer.header("x-request-id"), Some("my-request-1"));
    let problem =
        server.get("/nowhere").header("x-request-id", "evil\u{20}id").await.problem(404, "route_not_found");
    let id = problem.header("x-request-id").expect("an id").to_owned();
    assert_eq!(problem.body["request_id"], json!(id));
    assert_ne!(id, "evil id");
    assert_eq!(problem.header("content-type"), Some("application/problem+json"));
}
