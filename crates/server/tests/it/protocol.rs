//! What all operations have in common they answer alike: each problem of the protocol that the document names for an
//! operation is provoked there. The bodies are the document's own examples, so these are tried out too.

use serde_json::{Value, json};
use testkit::{Request, Response, TestServer};

use crate::purchase_orders::ordered;
use crate::support::server;

/// An operation of the document.
struct Operation {
    method: String,
    path: String,
    /// The query parameters that have to be given, with their examples.
    query: String,
    /// The example of its body; of a POST that documents none, one without fields.
    body: Option<Value>,
    /// Whether its body may not be left out; none: it documents none.
    requires_body: Option<bool>,
    /// The codes of its problems.
    codes: Vec<String>,
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let schema =
                schema.as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let required =
                parameters.filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
            let query = required.map(|parameter| {
                let text =
                    |member: &str| parameter[member].as_str().expect("a name and an example").to_owned();
                format!("&{}={}", text("name"), text("example"))
            });
            let query = query.collect::<String>().replacen('&', "?", 1);
            let answers = operation["responses"].as_object().expect("answers").values();
            let problems = answers
                .filter_map(|answer| answer["content"]["application/problem+json"]["examples"].as_object());
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                query,
                body: schema
                    .map(|schema| schema["example"].clone())
                    .or((method == "post").then(|| json!({}))),
                requires_body: operation["requestBody"]
                    .as_object()
                    .map(|body| body.get("required") == Some(&json!(true))),
                codes: problems.flat_map(|examples| examples.keys().cloned()).collect(),
            });
        }
    }
    operations
}

impl Operation {
    /// A request that would succeed, of the document with this id.
    fn request(&self, server: &TestServer, id: &str) -> Request {
        let path = self.path.replace("{id}", id).replace("{effective_from}", "2026-01-31T12:00:00Z");
        let request = server.request(&self.method, &format!("{path}{}", self.query)).header("if-match", "*");
        match &self.body {
            Some(example) => request.json(example),
            None => request,
        }
    }

    /// Provoke a problem; `None`: it is not of the protocol, or not to be provoked from outside.
    async fn provoke(&self, server: &TestServer, code: &str) -> Option<Response> {
        let request = self.request(server, "1");
        let query = |query: &str| {
            server.request(
                &self.method,
                &format!(
                    "{}?{query}",
                    self.path.replace("{id}", "1").replace("{effective_from}", "2026-01-31T12:00:00Z")
                ),
            )
        };
        let request = match code {
            "malformed_json" => request.raw("{\"a\": "),
            "body_too_large" => request.raw(vec![b' '; 1024 * 1024 + 1]),
            "unsupported_media_type" => request.header("content-type", "text/plain"),
            "invalid_idempotency_key" => request.key("two words"),
            "invalid_if_match" => request.header("if-match", "1"),
            "stale_version" => request.header("if-match", "\"999\""),
            "precondition_required" => request.without("if-match"),
            "invalid_cursor" if self.path == "/events" => query("after=made-up"),
            "invalid_cursor" => query("cursor=made-up"),
            "invalid_input" if self.method == "GET" => query("colour=red"),
            "uri_too_long" => query(&"x".repeat(9000)),
            "route_not_found" => self.request(server, "first"),
            // The product is there, its price of that moment is not.
            "price_not_found" => request,
            _ if code.ends_with("_not_found") => self.request(server, "999999"),
            _ => return None,
        };
        Some(request.await)
    }
}

#[tokio::test]
async fn every_operation_answers_the_problems_of_the_protocol_as_documented() {
    let server = server().await;
    let document = server.get("/openapi.json").await.expect(200).body;
    // Something with the id 1 of each sort, for the paths; the schema brings a warehouse with a location.
    ordered(&server).await;
    receive_first_line(&server).await;
    let sold = json!({"supplier_id": 1, "product_id": 1, "costs": [{"unit_cost": "1.50"}]});
    server.post("/supplier-products", sold).await.expect(201);
    let watched = json!({"product_id": 1, "warehouse": "MAIN", "reorder_point": 1});
    server.post("/reorder-policies", watched).await.expect(201);
    server.post("/reservations", json!({"lines": [{"product_id": 1, "quantity": 1}]})).await.expect(201);
    let somebody = json!({"email": "anna@stock.example", "name": "Anna", "role": "viewer"});
    server.post("/users", somebody).await.expect(201);
    server.warehouse("OTHER").await;
    let moved = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "OTHER"}, "lines": [{"product_id": 1, "quantity": 1}]});
    server.post("/stock-transfers", moved).await.expect(201);
    let movements = server.get("/stock-movements").await.expect(200).items().len();
    let mut provoked = 0;
    for operation in operations(&document) {
        for code in &operation.codes {
            if let Some(answer) = operation.provoke(&server, code).await {
                assert_eq!(answer.code(), Some(code.as_str()), "{answer}");
                provoked += 1;
            }
        }
    }
    assert!(provoked > 150, "only {provoked} problems were provoked");
    let after = server.get("/stock-movements").await.expect(200).items().len();
    assert_eq!(after, movements, "and nothing was done");
    server.finish().await;
}

#[tokio::test]
async fn a_body_may_be_left_out_where_the_document_says_so() {
    let server = server().await;
    let document = server.get("/openapi.json").await.expect(200).body;
    let mut optional = 0;
    for Operation { method, path, requires_body, .. } in operations(&document) {
        let Some(is_required) = requires_body else { continue };
        let path = path.replace("{id}", "999999");
        let answer = server.request(&method, &path).header("if-match", "*").await;
        assert_eq!(answer.code() == Some("unsupported_media_type"), is_required, "{answer}");
        optional += u32::from(!is_required);
    }
    assert_eq!(optional, 13);
    server.finish().await;
}

#[tokio::test]
async fn the_examples_of_the_document_work_and_their_keys_have_one_effect() {
    let server = server().await;
    let document = server.get("/openapi.json").await.expect(200).body;
    // Which the examples presuppose.
    server.category("Kitchen", None).await;
    server.warehouse("SHOP").await;
    server.post("/suppliers", json!({"code": "FIRST", "name": "First"})).await.expect(201);
    let mut keyed = 0;
    for operation in operations(&document) {
        let (Some(example), "POST") = (&operation.body, operation.method.as_str()) else { continue };
        let is_keyed = operation.codes.iter().any(|code| code == "idempotency_key_reused");
        if !is_keyed || STEP_BY_STEP.iter().any(|begin| operation.path.starts_with(begin)) {
            continue;
        }
        let key = format!("example of {}", operation.path).replace([' ', '/', '{', '}'], "-");
        let first = operation.request(&server, "1").key(&key).await.expect(201);
        let replay = operation.request(&server, "1").key(&key).await.expect(201);
        assert_eq!(replay.header("idempotency-replayed"), Some("true"), "{replay}");
        assert_eq!((&replay.text, replay.header("location")), (&first.text, first.header("location")));
        let other = operation.request(&server, "1").json(&changed(example)).key(&key).await;
        other.problem(422, "idempotency_key_reused");
        keyed += 1;
    }
    assert!(keyed >= 12, "only {keyed} operations were tried");
    server.finish().await;
}

/// What takes an order from state to state, and what presupposes that; its own tests try its keys out.
const STEP_BY_STEP: [&str; 7] = [
    "/purchase-orders/{id}/",
    "/goods-receipts",
    "/supplier-returns",
    "/reorder-policies",
    "/replenishment",
    "/reservations/{id}/",
    "/stock-transfers/{id}/",
];

async fn receive_first_line(server: &TestServer) {
    let body = json!({"lines": [{"line_id": 1, "quantity": 1}]});
    server.post("/purchase-orders/1/receive", body).await.expect(201);
}

/// Another body that is as good as the example.
fn changed(example: &Value) -> Value {
    let mut body = example.clone();
    let replacements = [
        ("name", "Another"),
        ("reason", "another"),
        ("reference", "ANOTHER"),
        ("code", "ANOTHER"),
        ("supplier_sku", "ANOTHER"),
        ("unit_cost", "1.23"),
        ("expected_on", "2026-03-01"),
    ];
    let (member, value) =
        replacements.into_iter().find(|(member, _)| example[*member].is_string()).expect("a text");
    body[member] = json!(value);
    body
}
