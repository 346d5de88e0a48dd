//! The OpenAPI document as a contract: which answers each operation may give.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::OpenOptions;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

/// The environment variable with the file to which every answer seen is added, one line each.
const RECORD: &str = "RECORD_ANSWERS";

/// What a document promises.
#[derive(Debug)]
pub(crate) struct Contract {
    document: Value,
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    id: String,
    method: String,
    path: Vec<Segment>,
    answers: BTreeMap<u16, Answer>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String), // before a parameter: /products/sample is not /products/{id}
    Parameter,
}

/// An answer by media type: problems by their codes, successes by their schemas.
#[derive(Debug)]
struct Answer {
    problems: BTreeSet<String>,
    media: BTreeMap<String, Option<Value>>,
}

/// What is said of a member that the schema does not name.
const UNDOCUMENTED: &str = "is not documented";

/// An answer that was seen.
pub(crate) struct Seen<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a Value,
}

impl Contract {
    pub(crate) fn read(document: Value) -> Self {
        let mut operations = Vec::new();
        for (path, item) in object(&document["paths"]) {
            for (method, operation) in object(item) {
                operations.push(Operation {
                    id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
                    method: method.to_uppercase(),
                    path: path.split('/').map(segment).collect(),
                    answers: object(&operation["responses"]).map(answer).collect(),
                });
            }
        }
        operations.sort_by(|a, b| a.path.cmp(&b.path));
        Self { document, operations }
    }

    /// What is wrong with an answer, if anything is.
    pub(crate) fn check(&self, seen: &Seen<'_>) -> Result<(), String> {
        let path: Vec<&str> = seen.path.split('?').next().unwrap_or_default().split('/').collect();
        let known = |operation: &&Operation| operation.method == seen.method && operation.matches(&path);
        let Some(operation) = self.operations.iter().find(known) else {
            return no_operation(seen, self.operations.iter().any(|operation| operation.matches(&path)));
        };
        let code = seen.body["code"].as_str().filter(|_| seen.status >= 400);
        record(&operation.id, seen.status, code);
        let Some(answer) = operation.answers.get(&seen.status) else {
            return Err(format!("{} has no answer {}", operation.id, seen.status));
        };
        let media_type = seen.content_type.map(|value| value.split(';').next().unwrap_or(value).trim());
        let schema = match media_type {
            None if answer.media.is_empty() => return Ok(()),
            None => return Err(format!("{} {} has no body", operation.id, seen.status)),
            Some(media_type) => answer.media.get(media_type).ok_or_else(|| {
                format!("{} {} is not documented as {media_type}", operation.id, seen.status)
            })?,
        };
        if let Some(code) = code
            && !answer.problems.contains(code)
        {
            return Err(format!("{} {} has no code {code}", operation.id, seen.status));
        }
        let mut faults = schema.as_ref().map(|schema| self.faults(schema, seen.body, "")).unwrap_or_default();
        if seen.status >= 400 {
            faults.retain(|fault| !fault.ends_with(UNDOCUMENTED)); // problems have members of their own per code
        }
        let is_text =
            |media_type: &str| media_type.starts_with("text/") || media_type == "application/x-ndjson";
        if media_type.is_some_and(is_text) || faults.is_empty() {
            return Ok(());
        }
        Err(format!("{} {}: the body is not as documented: {}", operation.id, seen.status, faults.join("; ")))
    }

    /// Where a value has a member that its schema does not name, lacks one that it requires, or is null though it may not.
    fn faults(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let schema = self.resolve(schema);
        for alternatives in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[alternatives].as_array() {
                let mut faults = choices.iter().map(|choice| self.faults(choice, value, at));
                let best = faults.by_ref().min_by_key(Vec::len);
                return best.unwrap_or_default();
            }
        }
        if let Some(fault) = type_fault(schema, value) {
            return vec![format!("{at}: {fault}")];
        }
        match value {
            Value::Array(items) => {
                let items = items.iter().enumerate();
                items
                    .flat_map(|(i, item)| self.faults(&schema["items"], item, &format!("{at}/{i}")))
                    .collect()
            }
            Value::Object(members) if schema["properties"].is_object() => {
                let mut faults = Vec::new();
                for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if !members.contains_key(name) {
                        faults.push(format!("{at}/{name}: is missing"));
                    }
                }
                for (name, member) in members {
                    match schema["properties"].get(name) {
                        Some(schema) => faults.extend(self.faults(schema, member, &format!("{at}/{name}"))),
                        None => faults.push(format!("{at}/{name}: {UNDOCUMENTED}")),
                    }
                }
                faults
            }
            _ => Vec::new(),
        }
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let reference = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        let target = reference.and_then(|pointer| self.document.pointer(pointer));
        target.map_or(schema, |target| self.resolve(target))
    }
}

impl Operation {
    fn matches(&self, path: &[&str]) -> bool {
        self.path.len() == path.len()
            && self.path.iter().zip(path).all(|(segment, given)| match segment {
                Segment::Literal(literal) => literal == given,
                Segment::Parameter => !given.is_empty(),
            })
    }
}

/// Addresses outside the document: the document itself and its pages, the web app, what is nowhere, and what browsers ask before
/// they let a page of another site ask.
fn no_operation(seen: &Seen<'_>, other_method: bool) -> Result<(), String> {
    let Seen { method, path, status, .. } = seen;
    let outside =
        seen.path == "/" || ["/docs", "/openapi.json", "/app"].iter().any(|known| path.starts_with(known));
    let code = seen.body["code"].as_str();
    match code {
        Some("method_not_allowed") if *status == 405 && (other_method || outside) => Ok(()),
        Some("too_many_requests") if *status == 429 && other_method => Ok(()),
        Some("route_not_found") if *status == 404 && !other_method => Ok(()),
        Some("uri_too_long") if *status == 414 => Ok(()),
        None if outside => Ok(()),
        None if *status == 204 && other_method && *method == "OPTIONS" => Ok(()),
        _ => Err(format!("{method} {path} is not in the document, yet it answers {status} {code:?}")),
    }
}

fn type_fault(schema: &Value, value: &Value) -> Option<String> {
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let fits = |name: &&str| match value {
        Value::Null => *name == "null",
        Value::Bool(_) => *name == "boolean",
        Value::Number(number) => *name == "number" || (*name == "integer" && number.as_i64().is_some()),
        Value::String(_) => *name == "string",
        Value::Array(_) => *name == "array",
        Value::Object(_) => *name == "object",
    };
    (!types.iter().any(fits)).then(|| format!("is {value}, not {}", types.join(" or ")))
}

fn segment(text: &str) -> Segment {
    if text.starts_with('{') { Segment::Parameter } else { Segment::Literal(text.to_owned()) }
}

fn answer((status, response): (&String, &Value)) -> (u16, Answer) {
    let problems = object(&response["content"]["application/problem+json"]["examples"]);
    let media = object(&response["content"]).map(|(name, content)| {
        // The document writes parameters of media types; only the type counts.
        let name = name.split(';').next().unwrap_or(name).trim().to_owned();
        (name, content.get("schema").cloned())
    });
    let answer =
        Answer { problems: problems.map(|(code, _)| code.clone()).collect(), media: media.collect() };
    (status.parse().unwrap_or(0), answer)
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// Keep what was seen, once per process.
fn record(operation: &str, status: u16, code: Option<&str>) {
    static SEEN: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    let line = format!("{operation} {status} {}\n", code.unwrap_or("-"));
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.get_or_insert_default().insert(line.clone())
        && let Some(path) = std::env::var_os(RECORD)
    {
        let file = OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| file.write_all(line.as_bytes())).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn contract() -> Contract {
        Contract::read(json!({
            "paths": {
                "/things": {"post": {"operationId": "create_thing", "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                    "409": {"content": {"application/problem+json": {"examples": {"duplicate_thing": {}},
                        "schema": {"type": "object", "properties": {"status": {"type": "integer"}}}}}},
                }}},
                "/things/{id}": {"delete": {"operationId": "delete_thing", "responses": {"204": {}}}},
            },
            "components": {"schemas": {"Thing": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "integer"}, "note": {"type": ["string", "null"]},
            }}}},
        }))
    }

    fn check(method: &str, path: &str, status: u16, body: &Value) -> Result<(), String> {
        let content_type = match (body, status) {
            (Value::Null, _) => None,
            (_, 400..) => Some("application/problem+json"),
            _ => Some("application/json; charset=utf-8"),
        };
        contract().check(&Seen { method, path, status, content_type, body })
    }

    #[test]
    fn documented_answers_pass() {
        assert_eq!(check("POST", "/things?dry_run=true", 201, &json!({"id": 1, "note": null})), Ok(()));
        assert_eq!(check("POST", "/things", 409, &json!({"code": "duplicate_thing", "extra": 1})), Ok(()));
        assert_eq!(check("DELETE", "/things/7", 204, &Value::Null), Ok(()));
        assert_eq!(check("GET", "/nothing", 404, &json!({"code": "route_not_found"})), Ok(()));
        assert_eq!(check("PUT", "/things", 405, &json!({"code": "method_not_allowed"})), Ok(()));
    }

    #[test]
    fn undocumented_answers_are_faults() {
        for (method, path, status, body) in [
            ("POST", "/things", 200, json!({"id": 1})),
            ("POST", "/things", 409, json!({"code": "too_many_things"})),
            ("POST", "/things", 409, json!({"code": "duplicate_thing", "status": "draft"})),
            ("POST", "/things", 201, json!({"note": "no id"})),
            ("POST", "/things", 201, json!({"id": 1, "colour": "red"})),
            ("POST", "/things", 201, json!({"id": "1"})),
            ("POST", "/things", 201, json!({"id": 1, "note": 2})),
            ("POST", "/things", 201, Value::Null),
            ("DELETE", "/things/7", 204, json!({"id": 1})),
            ("GET", "/things", 200, json!([])),
            ("POST", "/things", 404, json!({"code": "route_not_found"})),
        ] {
            assert!(check(method, path, status, &body).is_err(), "{method} {path} {status} {body}");
        }
    }
}
