//! Problems in the document: each operation's, grouped by status, with an example per code.

use std::collections::BTreeMap;

use platform::Problem;
use serde_json::{Value, json};
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::shared;

/// Where a feature names the problems of an operation.
pub(super) const NAMED: &str = "x-problems";

/// Problems by their codes.
pub(super) type Codes = BTreeMap<&'static str, &'static Problem>;

/// Every problem that any operation can answer with.
pub(super) fn registry() -> impl Iterator<Item = &'static Problem> {
    let features: [&[&'static Problem]; 6] = [
        platform::error::PROBLEMS,
        access::PROBLEMS,
        stock::PROBLEMS,
        catalog::PROBLEMS,
        purchasing::PROBLEMS,
        events::PROBLEMS,
    ];
    features.into_iter().flatten().copied()
}

/// Take the problems that the feature has named. A name that nobody knows stays, and a test finds it.
pub(super) fn take_named(operation: &mut Operation) -> Codes {
    let mut codes = Codes::new();
    let Some(extensions) = &mut operation.extensions else { return codes };
    if let Some(Value::Array(names)) = extensions.get_mut(NAMED) {
        names.retain(|name| {
            let problem = registry().find(|problem| Some(problem.code) == name.as_str());
            codes.extend(problem.map(|problem| (problem.code, problem)));
            problem.is_none()
        });
        if names.is_empty() {
            extensions.remove(NAMED);
        }
    }
    codes
}

/// Add the answers with these problems.
pub(super) fn respond(operation: &mut Operation, codes: &Codes) {
    let mut by_status: BTreeMap<u16, Vec<&Problem>> = BTreeMap::new();
    for problem in codes.values() {
        by_status.entry(problem.status).or_default().push(problem);
    }
    for (status, problems) in by_status {
        let response = RefOr::T(response(status, &problems));
        operation.responses.responses.insert(status.to_string(), response);
    }
}

fn response(status: u16, problems: &[&Problem]) -> Response {
    let description = problems
        .iter()
        .map(|problem| format!("- `{}`: {}", problem.code, problem.meaning))
        .collect::<Vec<_>>();
    let example = |problem: &&Problem| {
        let reference = Ref::new(format!("#/components/examples/{}", problem.code));
        (problem.code, RefOr::<Example>::Ref(reference))
    };
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(problems.iter().map(example))
        .build();
    let mut response = ResponseBuilder::new()
        .description(description.join("\n"))
        .content("application/problem+json", content);
    if status == 503 || status == 429 {
        response = response.header_ref("Retry-After", shared::header("RetryAfter"));
    }
    if status == 429 {
        response = response.header_ref("RateLimit", shared::header("RateLimit"));
        response = response.header_ref("RateLimit-Policy", shared::header("RateLimitPolicy"));
    }
    response.build()
}

/// Define the examples that the answers refer to.
pub(super) fn define(components: &mut Components, used: &Codes) {
    let example = |problem: &&Problem| {
        let example = ExampleBuilder::new().summary(problem.meaning).value(Some(body_of(problem))).build();
        (problem.code.to_owned(), RefOr::T(example))
    };
    components.examples = used.values().map(example).collect();
}

fn body_of(problem: &Problem) -> Value {
    let Problem { status, code, meaning } = problem;
    let mut body = json!({
        "type": format!("urn:stockbook:problem:{code}"),
        "title": meaning,
        "status": status,
        "code": code,
        "detail": meaning,
        "request_id": "0199f3a2c5d07b1e8a4c6f2d9b3e1a57",
    });
    if *problem == platform::error::INVALID_INPUT {
        body["detail"] = "/price: must not be negative".into();
        body["errors"] =
            json!([{"pointer": "/price", "code": "negative_amount", "message": "must not be negative"}]);
    }
    body
}
