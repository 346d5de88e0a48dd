//! What follows from the shape of an operation: its method, its path, its body, and what it answers.

use axum::http::Method;
use platform::Problem;
use platform::error as e;
use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{Components, RefOr, Required, Response, Schema};

use super::pages::is_page;
use super::{has, problems, shared};

/// Operations with this tag do not work with the database's data.
const SERVICE: &str = "service";

/// Where a feature names what an operation has not, although others of its shape have it.
const WITHOUT: &str = "x-without";

/// Whether an operation takes no parameters in its query, and refuses what is sent there all the same.
pub(super) fn takes_no_query(operation: &Operation) -> bool {
    let is_probe = operation.tags.iter().flatten().any(|tag| tag == SERVICE);
    !is_probe && !operation.parameters.iter().flatten().any(in_query)
}

fn in_query(parameter: &RefOr<Parameter>) -> bool {
    match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Query,
        RefOr::Ref(reference) => shared::is_in_query(reference),
    }
}

/// The shape of an operation.
pub(super) struct Shape {
    uses_data: bool,
    only_reads: bool,
    has_id: bool,
    has_query: bool,
    /// Refuses any query.
    takes_no_query: bool,
    /// Takes a body; where a POST says all by its path, one without fields.
    reads_body: bool,
    /// Takes an `Idempotency-Key`.
    is_keyed: bool,
    /// Wants to know which version the caller has seen.
    is_conditional: bool,
    /// Heeds which version the caller has seen, if it is told.
    heeds_version: bool,
    answers_page: bool,
    /// Answers a document that has an address of its own.
    answers_id: bool,
    answers_version: bool,
}

impl Shape {
    pub(super) fn of(path: &str, method: &Method, operation: &Operation, components: &Components) -> Self {
        let answers = |test: fn(&Schema) -> bool| answers(operation, components, test);
        let answers_page = *method == Method::GET && answers(is_page);
        let has_body = operation.request_body.is_some();
        let is_conditional =
            [Method::PATCH, Method::DELETE].contains(method) && !lists(operation, WITHOUT, "if_match");
        Self {
            uses_data: operation.tags.iter().flatten().all(|tag| tag != SERVICE),
            only_reads: method.is_safe(),
            has_id: path.contains("{id}"),
            has_query: answers_page
                || (operation.parameters.iter().flatten().any(in_query)
                    && !lists(operation, WITHOUT, "invalid_input")),
            takes_no_query: !answers_page && takes_no_query(operation),
            reads_body: has_body || *method == Method::POST,
            is_keyed: *method == Method::POST && has_body && !lists(operation, WITHOUT, "idempotency_key"),
            is_conditional,
            heeds_version: !is_conditional && lists(operation, problems::NAMED, e::INVALID_IF_MATCH.code),
            answers_page,
            answers_id: answers(|schema| has(schema, "id") || has(schema, "movement_id")),
            answers_version: answers(|schema| has(schema, "version")),
        }
    }

    /// The problems that every operation of this shape can have.
    pub(super) fn problems(&self) -> Vec<&'static Problem> {
        let rules: [(bool, &[&'static Problem]); 10] = [
            (true, &[&e::URI_TOO_LONG, &e::MISDIRECTED_REQUEST, &e::INTERNAL]),
            (self.uses_data, &[&e::TOO_MANY_REQUESTS, &e::DATABASE_UNAVAILABLE, &e::BUSY]),
            (self.uses_data && self.only_reads, &[&e::REQUEST_TIMEOUT]),
            (self.uses_data && !self.only_reads, &[&e::OUTCOME_UNKNOWN]),
            (self.has_id, &[&e::ROUTE_NOT_FOUND]),
            (self.has_query || self.takes_no_query || self.reads_body, &[&e::INVALID_INPUT]),
            (self.reads_body, &[&e::MALFORMED_JSON, &e::BODY_TOO_LARGE, &e::UNSUPPORTED_MEDIA_TYPE]),
            (self.is_keyed, &[&e::INVALID_IDEMPOTENCY_KEY, &e::IDEMPOTENCY_KEY_REUSED]),
            (self.is_conditional, &[&e::INVALID_IF_MATCH, &e::PRECONDITION_REQUIRED, &e::STALE_VERSION]),
            (self.answers_page, &[&e::INVALID_CURSOR]),
        ];
        rules.into_iter().filter(|(holds, _)| *holds).flat_map(|(_, problems)| problems).copied().collect()
    }

    /// Add the parameters and headers that every operation of this shape has.
    pub(super) fn complete(&self, operation: &mut Operation) {
        if lists(operation, WITHOUT, "required_body")
            && let Some(RefOr::T(body)) = &mut operation.request_body
        {
            body.required = Some(Required::False);
        }
        if let Some(extensions) = &mut operation.extensions {
            extensions.remove(WITHOUT);
        }
        let parameters = operation.parameters.get_or_insert_default();
        if self.has_id {
            parameters.insert(0, shared::parameter("Id"));
        }
        for (holds, name) in [
            (self.answers_page, "Limit"),
            (self.answers_page, "Cursor"),
            (self.is_keyed, "IdempotencyKey"),
            (self.is_conditional, "IfMatch"),
            (self.heeds_version, "IfMatchOptional"),
        ] {
            if holds {
                parameters.push(shared::parameter(name));
            }
        }
        if parameters.is_empty() {
            operation.parameters = None;
        }
        let responses = &mut operation.responses.responses;
        // Where both are, 200 is the answer to a dry run.
        let effect = if responses.contains_key("201") { "201" } else { "200" };
        for (status, response) in responses.iter_mut() {
            if let RefOr::T(response) = response {
                self.complete_answer(response, status == "201", status == effect);
            }
        }
        responses.insert("431".to_owned(), RefOr::T(shared::head_too_large()));
    }

    /// Add headers to an answer; there are only successes yet.
    fn complete_answer(&self, response: &mut Response, created: bool, had_effect: bool) {
        for (holds, name, component) in [
            (created && self.answers_id, "Location", "Location"),
            (self.answers_version, "ETag", "ETag"),
            (self.answers_page, "Link", "Link"),
            (self.is_keyed && had_effect, "Idempotency-Replayed", "IdempotencyReplayed"),
        ] {
            if holds {
                response.headers.insert(name.to_owned(), RefOr::Ref(shared::header(component)));
            }
        }
        if response.description.is_empty() {
            let description = if created { "Created" } else { "Success" };
            description.clone_into(&mut response.description);
        }
    }
}

/// Whether the feature names it in this extension of the operation.
fn lists(operation: &Operation, extension: &str, what: &str) -> bool {
    let named = operation.extensions.as_ref().and_then(|extensions| extensions.get(extension));
    named.and_then(Value::as_array).is_some_and(|names| names.iter().any(|name| name == what))
}

/// Whether the schema of an answer passes the test.
fn answers(operation: &Operation, components: &Components, test: fn(&Schema) -> bool) -> bool {
    let contents = operation.responses.responses.values().filter_map(|response| match response {
        RefOr::T(response) => Some(response.content.values()),
        RefOr::Ref(_) => None,
    });
    let schemas = contents.flatten().filter_map(|content| match content {
        RefOr::T(content) => content.schema.as_ref(),
        RefOr::Ref(_) => None,
    });
    schemas.filter_map(|schema| super::resolve(schema, components)).any(test)
}
