//! The OpenAPI document: checked in, complete, and true of the bodies that are read.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::server;

const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

fn document() -> Value {
    serde_json::from_str(&server::document().to_pretty_json().expect("JSON")).expect("JSON")
}

/// Every operation with its path and method.
fn operations(document: &Value) -> Vec<(String, &'static str, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &Value)| {
        METHODS
            .into_iter()
            .filter_map(|method| Some((path.clone(), method, item.get(method)?.clone())))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[tokio::test]
async fn the_document_is_checked_in() {
    let text = server::document().to_pretty_json().expect("JSON");
    testkit::golden::check("openapi.json", &format!("{text}\n"));
}

#[tokio::test]
async fn the_document_is_what_is_served() {
    let server = server().await;
    let served = server.get("/openapi.json").await.expect(200);
    assert_eq!(served.body, document());
    let docs = server.get("/docs/").await.expect(200);
    assert!(docs.text.contains("swagger-ui"), "{}", docs.text);
    assert!(
        !docs.text.contains("https://") && !docs.text.contains("http://"),
        "nothing is loaded from elsewhere"
    );
}

/// The pointers that a body of unknown fields is refused with say which fields are known: they are those of the schema.
#[tokio::test]
async fn the_fields_that_are_read_are_those_of_the_schema() {
    let server = server().await;
    let document = document();
    let mut checked = 0;
    for (path, method, operation) in operations(&document) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(name) = schema.as_str().and_then(|reference| reference.rsplit('/').next()) else { continue };
        let properties =
            document["components"]["schemas"][name]["properties"].as_object().expect("properties");
        let path = path.replace("{id}", "1").replace("{effective_from}", "2026-01-31T12:00:00Z");
        let request =
            server.request(&method.to_uppercase(), &path).header("if-match", "*").json(&json!({"zzz": 1}));
        let answer = request.await.problem(422, "invalid_input");
        let faults = answer.body["errors"].as_array().expect("faults");
        let unknown =
            faults.iter().find(|fault| fault["pointer"] == "/zzz").expect("the fault of the unknown field");
        let message = unknown["message"].as_str().expect("a message");
        let known: BTreeSet<_> =
            message.rsplit("known are: ").next().unwrap_or_default().split(", ").map(str::to_owned).collect();
        assert_eq!(known, properties.keys().cloned().collect(), "{method} {path}");
        checked += 1;
    }
    assert!(checked >= 10, "only {checked} bodies");
    server.finish().await;
}

/// What the document shows as an example of a body is a body: it is refused, if at all, for what it names, not for its form.
#[tokio::test]
async fn the_examples_of_bodies_are_well_formed() {
    let server = server().await;
    let document = document();
    for (path, method, operation) in operations(&document) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(name) = schema.as_str().and_then(|reference| reference.rsplit('/').next()) else { continue };
        let example = &document["components"]["schemas"][name]["example"];
        assert!(example.is_object(), "{name} has no example");
        let path = path.replace("{id}", "1").replace("{effective_from}", "2026-01-31T12:00:00Z");
        let answer =
            server.request(&method.to_uppercase(), &path).header("if-match", "*").json(example).await;
        if answer.status == 422 && answer.code() == Some("invalid_input") {
            let codes = answer.body["errors"]
                .as_array()
                .expect("faults")
                .iter()
                .map(|fault| fault["code"].as_str().unwrap_or_default().to_owned());
            let form = codes
                .filter(|code| !code.starts_with("unknown_") || code == "unknown_field")
                .collect::<Vec<_>>();
            assert!(form.is_empty(), "{name}: {answer}");
        }
    }
    server.finish().await;
}
