//! What the document promises about itself.

use std::collections::{BTreeMap, BTreeSet};

use platform::error::METHOD_NOT_ALLOWED;
use serde_json::{Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Array, ArrayItems};
use utoipa::openapi::{Components, Content, OpenApi, RefOr, Response, Schema};

use super::{document, operations, problems, resolve};

/// The document, taken apart.
struct Parts {
    operations: Vec<(String, Operation)>,
    components: Components,
    tags: BTreeSet<String>,
}

fn parts() -> Parts {
    let OpenApi { mut paths, components, tags, .. } = document();
    let operations = operations(&mut paths)
        .map(|(path, method, operation)| (format!("{method} {path}"), operation.clone()))
        .collect();
    let tags = tags.into_iter().flatten().map(|tag| tag.name).collect();
    Parts { operations, components: components.expect("components"), tags }
}

fn values<'a, T: 'a>(items: impl IntoIterator<Item = &'a RefOr<T>>) -> impl Iterator<Item = &'a T> {
    items.into_iter().filter_map(|item| match item {
        RefOr::T(value) => Some(value),
        RefOr::Ref(_) => None,
    })
}

fn responses(operation: &Operation) -> impl Iterator<Item = &Response> {
    values(operation.responses.responses.values())
}

#[tokio::test]
async fn every_problem_that_a_feature_names_is_registered() {
    for (name, operation) in parts().operations {
        let unknown = operation.extensions.as_ref().and_then(|extensions| extensions.get("x-problems"));
        assert_eq!(unknown, None, "{name} names problems that are not registered");
    }
}

#[test]
fn a_code_has_one_status_and_one_meaning() {
    let mut known = BTreeMap::new();
    for problem in problems::registry() {
        let before = known.insert(problem.code, problem);
        assert_eq!(before, None, "{problem:?} stands in two places");
    }
}

#[tokio::test]
async fn every_registered_problem_is_the_answer_of_some_operation() {
    let parts = parts();
    let contents = parts.operations.iter().flat_map(|(_, operation)| responses(operation));
    let contents = contents.flat_map(|response| values(response.content.values()));
    let mut answered: BTreeSet<&str> =
        contents.flat_map(|content| content.examples.keys()).map(String::as_str).collect();
    answered.insert(METHOD_NOT_ALLOWED.code); // what no operation takes is no operation's answer
    let registered: BTreeSet<&str> = problems::registry().map(|problem| problem.code).collect();
    assert_eq!(answered, registered);
}

#[tokio::test]
async fn every_operation_has_id_summary_description_and_one_tag() {
    let parts = parts();
    let mut ids = BTreeSet::new();
    let mut tags = BTreeSet::new();
    for (name, operation) in parts.operations {
        let Operation { operation_id, summary, description, tags: its_tags, .. } = operation;
        for (what, text) in [("id", &operation_id), ("summary", &summary), ("description", &description)] {
            assert!(text.as_ref().is_some_and(|text| !text.trim().is_empty()), "{name} has no {what}");
        }
        assert!(ids.insert(operation_id), "{name} has an id that is taken");
        let its_tags = its_tags.unwrap_or_default();
        assert_eq!(its_tags.len(), 1, "{name} has the tags {its_tags:?}");
        tags.extend(its_tags);
    }
    assert_eq!(tags, parts.tags, "tags that are used and tags that are described");
}

/// So that who generates a client, or data, from the document gets nothing that is refused for its form.
#[tokio::test]
async fn bodies_are_closed_and_answers_may_get_fields() {
    let Parts { operations, components, .. } = parts();
    let schemas: Value = serde_json::to_value(&components.schemas).expect("JSON");
    let mut closed = BTreeSet::new();
    for (name, operation) in &operations {
        for content in values(&operation.request_body).flat_map(|body| values(body.content.values())) {
            let schema = serde_json::to_value(&content.schema).expect("JSON");
            let below = objects_below(&schema, &schemas);
            assert!(!below.is_empty(), "{name} reads a body of no object");
            closed.extend(below);
        }
    }
    for (name, schema) in schemas.as_object().expect("schemas") {
        let is_closed = schema["additionalProperties"] == json!(false);
        assert_eq!(is_closed, closed.contains(name), "{name}");
    }
}

/// The names of the schemas with properties that are in this one.
fn objects_below(schema: &Value, schemas: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![schema];
    while let Some(value) = left.pop() {
        match value {
            Value::Object(members) => {
                left.extend(members.values());
                if let Some(name) =
                    members.get("$ref").and_then(|reference| reference.as_str()?.rsplit('/').next())
                    && !found.contains(name)
                {
                    left.push(&schemas[name]);
                    if schemas[name]["properties"].is_object() {
                        found.insert(name.to_owned());
                    }
                }
            }
            Value::Array(items) => left.extend(items),
            _ => {}
        }
    }
    found
}

/// The document has the number by hand.
#[tokio::test]
async fn a_key_may_have_every_scope_that_there_is() {
    let Parts { components, .. } = parts();
    let new_key = serde_json::to_value(&components.schemas["NewApiKey"]).expect("JSON");
    assert_eq!(new_key["properties"]["scopes"]["maxItems"], json!(domain::Permission::ALL.len()));
}

/// A schema that is all of several others, which no value can be, is one that nobody can send.
#[tokio::test]
async fn no_schema_demands_two_types_at_once() {
    let document = serde_json::to_value(document()).expect("JSON");
    let mut left = vec![&document];
    let mut seen = 0;
    while let Some(value) = left.pop() {
        seen += 1;
        match value {
            Value::Object(members) => {
                let types = members.get("allOf").and_then(Value::as_array).into_iter().flatten();
                let types: BTreeSet<_> = types.filter_map(|part| part["type"].as_str()).collect();
                assert!(types.len() < 2, "{value}");
                left.extend(members.values());
            }
            Value::Array(items) => left.extend(items),
            _ => {}
        }
    }
    assert!(seen > 10_000, "only {seen} values");
}

#[tokio::test]
async fn every_body_and_every_answer_has_an_example() {
    let Parts { operations, components, .. } = parts();
    for (name, operation) in &operations {
        let bodies = values(&operation.request_body).flat_map(|body| values(body.content.values()));
        let answers = responses(operation).flat_map(|response| values(response.content.values()));
        for content in bodies.chain(answers) {
            assert!(has_example(content, &components), "{name} has a body or an answer without an example");
        }
    }
}

fn has_example(content: &Content, components: &Components) -> bool {
    let by_schema = || content.schema.as_ref().is_some_and(|schema| shows_example(schema, components));
    content.example.is_some() || !content.examples.is_empty() || by_schema()
}

fn shows_example(schema: &RefOr<Schema>, components: &Components) -> bool {
    match resolve(schema, components) {
        Some(Schema::Object(object)) if object.example.is_some() || !object.examples.is_empty() => true,
        Some(Schema::Object(object)) if object.properties.contains_key("items") => {
            matches!(object.properties.get("items"), Some(RefOr::T(Schema::Array(Array { items: ArrayItems::RefOrSchema(item), .. })))
                if shows_example(item, components))
        }
        _ => false,
    }
}
