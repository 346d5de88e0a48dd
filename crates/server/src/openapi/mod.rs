//! The OpenAPI document. Features describe what is theirs; what all have in common is added here, so that nobody
//! repeats it and nobody forgets it.
//!
//! A feature names the problems of an operation by their codes, in the extension `x-problems`. These become responses,
//! together with the problems, parameters and headers that follow from the shape of the operation ([`shape`]).

mod admission;
mod bodies;
mod pages;
mod problems;
mod shape;
mod shared;
#[cfg(test)]
mod tests;

use access::Access;
use axum::http::Method;
use domain::Currency;
use platform::App;
use platform::error::{FieldError, ProblemSchema};
use sqlx::postgres::PgConnectOptions;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, OpenApi, PathItem, Paths, RefOr, Schema};
use utoipa_axum::router::OpenApiRouter;

use crate::queries::Parameterless;
use problems::Codes;
use shape::Shape;

/// What the document begins with. The order of the tags is that of the documentation.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Stockbook",
        description = include_str!("description.md"),
        contact(name = "The Stockbook developers"),
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/", description = "The server that gave this document")),
    tags(
        (name = "products", description = "What is kept: by SKU, with price, category and stock."),
        (name = "categories", description = "A tree that products are sorted into."),
        (name = "stock", description = "How much is where, why it changed, and how to change it: by movements in a ledger."),
        (name = "warehouses", description = "Buildings and shops that keep stock."),
        (name = "locations", description = "Places in a warehouse; their kind says what their stock is for."),
        (name = "suppliers", description = "Who sells to us: what, in which packs, and for how much."),
        (name = "purchasing", description = "Orders to suppliers from draft to closed, and the goods that come for them."),
        (name = "reports", description = "What the stock is worth, what moves, what has run out."),
        (name = "events", description = "What has happened, in an order in which a reader misses nothing."),
        (name = "access", description = "People, what they may do, and what lets them in: sessions and API keys."),
        (name = "audit log", description = "Who did what besides moving stock, from where and when."),
        (name = "settings", description = "What the people of the shop decide."),
        (name = "service", description = "Is it alive, is it ready, how is it doing.")
    ),
    components(schemas(ProblemSchema, FieldError))
)]
struct Beginning;

/// The document as it is served. No database is asked, but a pool for one is made: call it in a Tokio runtime.
pub fn document() -> OpenApi {
    let pool = platform::database::pool(PgConnectOptions::new_without_pgpass(), 1);
    let euro = Currency::parse("EUR").expect("EUR is a currency");
    let app = App::new(pool, euro);
    let features = crate::router::features(stock::Ledger::new(app.clone()), Access::for_everybody(app));
    finish(features.into_openapi())
}

/// A router that has the beginning of the document and no routes.
pub(crate) fn beginning() -> OpenApiRouter {
    OpenApiRouter::with_openapi(<Beginning as utoipa::OpenApi>::openapi())
}

/// Add what operations have in common.
pub(crate) fn finish(mut document: OpenApi) -> OpenApi {
    let mut components = document.components.take().unwrap_or_default();
    pages::rename(&mut components, &mut document.paths);
    let mut used = Codes::new();
    for (path, method, operation) in operations(&mut document.paths) {
        let shape = Shape::of(path, &method, operation, &components);
        let mut codes = problems::take_named(operation);
        let admission = admission::describe(path, &method, operation);
        codes.extend(shape.problems().into_iter().chain(admission).map(|problem| (problem.code, problem)));
        shape.complete(operation);
        problems::respond(operation, &codes);
        used.extend(codes);
    }
    shared::define(&mut components);
    admission::define(&mut components);
    problems::define(&mut components, &used);
    bodies::close(&mut components, &mut document.paths);
    document.components = Some(components);
    document
}

/// Every operation, with its path and method.
pub(crate) fn operations(paths: &mut Paths) -> impl Iterator<Item = (&str, Method, &mut Operation)> {
    paths.paths.iter_mut().flat_map(|(path, item)| {
        let PathItem { get, post, put, patch, delete, .. } = item;
        let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let operations = methods.into_iter().zip([get, post, put, patch, delete]);
        operations.filter_map(|(method, operation)| Some((path.as_str(), method, operation.as_mut()?)))
    })
}

/// The operations of a finished document that take no parameters in their query. Probes answer whatever is asked of them.
pub(crate) fn parameterless(document: &OpenApi) -> Parameterless {
    let mut paths = document.paths.clone();
    let takes_none = |(path, method, operation): (&str, Method, &mut Operation)| {
        let is_one = shape::takes_no_query(operation);
        is_one.then(|| (method, path.to_owned()))
    };
    Parameterless(operations(&mut paths).filter_map(takes_none).collect())
}

/// The schema itself, where there may be a reference to it.
fn resolve<'a>(schema: &'a RefOr<Schema>, components: &'a Components) -> Option<&'a Schema> {
    match schema {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(reference) => {
            let (_, name) = reference.ref_location.rsplit_once('/')?;
            resolve(components.schemas.get(name)?, components)
        }
    }
}

/// Whether it is an object with this property.
fn has(schema: &Schema, property: &str) -> bool {
    matches!(schema, Schema::Object(object) if object.properties.contains_key(property))
}
