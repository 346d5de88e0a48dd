//! Costs in time over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use domain::Quantity;
use platform::{ApiError, App, Created, Cursor, Id, IfMatch, Page, Post, Query, error};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{CostFilter, CostInTime, CostKey, ScheduledSupplierProductCost};
use super::{ops, store};
use crate::supplier_products::{self, SupplierProductError};

/// The routes of costs in time.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(
            list_supplier_product_costs,
            schedule_supplier_product_cost,
            delete_supplier_product_cost
        ))
        .with_state(app)
}

/// List the costs of a product of a supplier
///
/// All it has had and those that are scheduled, the latest first; or, with `at`, those in effect then, by quantity.
#[utoipa::path(get, path = "/supplier-products/{id}/costs", tag = "suppliers", operation_id = "list_supplier_product_costs",
    params(("at" = Option<String>, Query, format = DateTime, description = "a time: only the costs in effect then")),
    responses((status = 200, body = Page<CostInTime>)),
    extensions(("x-problems" = json!(["supplier_product_not_found"]))))]
async fn list_supplier_product_costs(
    State(app): State<App>,
    Id(id): Id,
    Query(CostFilter { at, paging }): Query<CostFilter>,
) -> Result<Page<CostInTime>, ApiError> {
    let quantity = |cursor: &Cursor, part| Quantity::parse(cursor.text(part)).map_err(|_| invalid_cursor());
    let page = if let Some(at) = at {
        let list = "supplier product costs at a time";
        let after = paging.after(list, 1)?.map(|cursor| quantity(&cursor, 0)).transpose()?;
        let rows = store::list_at(app.db(), id, at, after, paging.rows()).await?;
        paging.page(list, rows, |row| vec![row.min_quantity.to_string()])
    } else {
        let list = "supplier product costs";
        let before = paging.after(list, 2)?.map(|cursor| {
            let moment = cursor.text(0).parse().map_err(|_| invalid_cursor())?;
            Ok::<_, ApiError>((moment, quantity(&cursor, 1)?))
        });
        let rows = store::list(app.db(), id, before.transpose()?, paging.rows()).await?;
        paging.page(list, rows, |row| vec![row.effective_from.to_string(), row.min_quantity.to_string()])
    };
    if page.items.is_empty() && !supplier_products::exists(app.db(), id).await? {
        return Err(SupplierProductError::NotFound(id).into());
    }
    Ok(page)
}

/// Schedule a cost of a product of a supplier
///
/// From a moment in the future on, at which it takes effect by itself. For a cost from now on, change the product of the
/// supplier. Its version goes up when the cost is added, not when it takes effect.
#[utoipa::path(post, path = "/supplier-products/{id}/costs", tag = "suppliers", operation_id = "schedule_supplier_product_cost",
    request_body = ScheduledSupplierProductCost, responses((status = 201, body = CostInTime)),
    extensions(("x-problems" = json!(["supplier_product_not_found", "duplicate_cost_moment"]))))]
async fn schedule_supplier_product_cost(
    State(app): State<App>,
    Id(id): Id,
    post: Post<ScheduledSupplierProductCost>,
) -> Result<Created, ApiError> {
    let input = (id, post.body, post.actor);
    let scheduled =
        app.write_once("schedule_supplier_product_cost", post.key, input, |db, (id, new, actor)| {
            Box::pin(async move { Ok(ops::schedule(db, *id, new, actor).await?) })
        });
    Ok(scheduled.await?.created("/supplier-products"))
}

/// Remove a scheduled cost
///
/// One whose moment has not come; what has been in effect stays. The ETag is that of the product of the supplier.
#[utoipa::path(delete, path = "/supplier-products/{id}/costs", tag = "suppliers", operation_id = "delete_supplier_product_cost",
    params(("effective_from" = String, Query, format = DateTime, description = "from when it would be the cost", example = "2126-03-01T00:00:00Z"),
           ("min_quantity" = Option<Quantity>, Query, description = "its price break; 0 if absent")),
    responses((status = 204, description = "Removed")),
    extensions(("x-problems" = json!(["supplier_product_not_found", "unknown_cost", "cost_in_effect"]))))]
async fn delete_supplier_product_cost(
    State(app): State<App>,
    Id(id): Id,
    seen: IfMatch,
    Query(key): Query<CostKey>,
) -> Result<StatusCode, ApiError> {
    let deleted = app.write((id, seen, key), |db, (id, seen, key)| {
        Box::pin(async move { Ok(ops::delete(db, *id, seen, *key).await?) })
    });
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn invalid_cursor() -> ApiError {
    ApiError::new(&error::INVALID_CURSOR, "use the next_cursor of this list, unchanged")
}
