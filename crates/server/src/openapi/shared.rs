//! Parameters and headers that many operations have, defined once and referred to.

use platform::Paging;
use serde_json::json;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Components, Header, Ref, RefOr, Required, Response};

/// A reference to a parameter that [`define`] defines.
pub(super) fn parameter(name: &str) -> RefOr<Parameter> {
    RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")))
}

/// A reference to a header that [`define`] defines.
pub(super) fn header(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

/// Define what the references refer to.
pub(super) fn define(components: &mut Components) {
    components.parameters =
        parameters().map(|(name, parameter)| (name.to_owned(), RefOr::T(parameter))).into_iter().collect();
    components.headers =
        headers().map(|(name, header)| (name.to_owned(), RefOr::T(header))).into_iter().collect();
}

/// The answer to a request whose head is too large. It ends the connection before anything can say more.
pub(super) fn head_too_large() -> Response {
    let description = "The request has more than 100 headers, or its head is larger than 32 KiB: no body, and the connection ends";
    Response::new(description)
}

/// Whether it refers to a parameter in the query.
pub(super) fn is_in_query(reference: &Ref) -> bool {
    let named = |(name, _): &(&str, Parameter)| reference.ref_location.ends_with(&format!("/{name}"));
    parameters().iter().find(|p| named(p)).is_some_and(|(_, p)| p.parameter_in == ParameterIn::Query)
}

/// The cursors that lists give.
const CURSOR: &str = "^[A-Za-z0-9_-]+$";

/// `*`, or a list of ETags.
const ETAGS: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;

fn parameters() -> [(&'static str, Parameter); 6] {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let key = integer().format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    let limit = integer()
        .minimum(Some(1))
        .maximum(Some(Paging::LIMIT_MAX))
        .default(Some(json!(Paging::LIMIT_DEFAULT)));
    [
        ("Id", described(ParameterIn::Path, "id", key, "Key of the document")),
        ("Limit", described(ParameterIn::Query, "limit", limit, "Most items of the page")),
        (
            "Cursor",
            described(
                ParameterIn::Query,
                "cursor",
                text().pattern(Some(CURSOR)),
                "`next_cursor` of the page before; absent: the first page",
            ),
        ),
        (
            "IdempotencyKey",
            described(
                ParameterIn::Header,
                "Idempotency-Key",
                text().min_length(Some(1)).max_length(Some(255)).pattern(Some("^[!-~]+$")),
                "Makes a retry safe: the same key with the same request has one effect, for ever, and gets the first \
                 answer again. Best a new UUID for each thing to be done.",
            ),
        ),
        ("IfMatch", if_match(Required::True)),
        ("IfMatchOptional", if_match(Required::False)),
    ]
}

fn headers() -> [(&'static str, Header); 7] {
    let header = |description: &str, example: serde_json::Value| {
        let schema_type = if example.is_number() { Type::Integer } else { Type::String };
        HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(schema_type).examples([example])))
            .description(Some(description))
            .build()
    };
    [
        ("Location", header("Where the new document is", json!("/products/42"))),
        ("ETag", header("The version of the document, for `If-Match`", json!("\"3\""))),
        ("Link", header("The next page, if there is one", json!("</products?cursor=abc>; rel=\"next\""))),
        (
            "RateLimit",
            header(
                "Requests that are left to the caller, and seconds until it is all of them again; on every answer",
                json!("\"caller\";r=9990;t=1"),
            ),
        ),
        (
            "RateLimitPolicy",
            header(
                "Requests that a caller may send within so many seconds; on every answer",
                json!("\"caller\";q=10000;w=10"),
            ),
        ),
        ("RetryAfter", header("Seconds to wait before the next try", json!(1))),
        (
            "IdempotencyReplayed",
            header("`true` if this was done by an earlier request with the same key", json!("true")),
        ),
    ]
}

fn integer() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer)
}

fn if_match(required: Required) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(ETAGS));
    let description =
        "ETag of the version that you have seen, so that nobody's change is overwritten; `*` for any.";
    let mut parameter = described(ParameterIn::Header, "If-Match", schema, description);
    parameter.required = required;
    parameter
}

/// What stands in a path must be given; the rest may be absent.
fn described(place: ParameterIn, name: &str, schema: ObjectBuilder, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .schema(Some(schema))
        .description(Some(description))
        .build()
}
