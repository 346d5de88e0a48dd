//! Who holds what a refused request would have taken.

use domain::{Permission, ProductId, Quantity, ReservationId};
use platform::{ApiError, auth};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::PgPool;

use super::reservations::number;
use crate::problems::INSUFFICIENT_STOCK;

/// Most reservations that are named.
const NAMED_MAX: i64 = 20;

/// A reservation that holds stock of the product, where it does.
#[derive(Serialize)]
struct Holder {
    id: i64,
    number: String,
    reference: Option<String>,
    warehouse: String,
    location_id: i64,
    open: Quantity,
}

/// What has come of a request. A refusal for want of stock gets the reservations that hold stock of its product, newest first,
/// as they are just after it: whoever found less on the shelf than is promised knows which promises to look at, or lets
/// `shorten_reservations` do it. Only those that whoever asks may read; and a refusal stays one if they cannot be asked for.
pub async fn with_holders<T>(db: &PgPool, result: Result<T, ApiError>) -> Result<T, ApiError> {
    match result {
        Err(refusal) if refusal.problem() == &INSUFFICIENT_STOCK => Err(name(db, refusal).await),
        result => result,
    }
}

async fn name(db: &PgPool, refusal: ApiError) -> ApiError {
    let product = refusal.member("product_id").and_then(serde_json::Value::as_i64);
    let may_read = auth::current().is_some_and(|actor| actor.may(Permission::ReadStock));
    let Some(product) = product.filter(|_| may_read) else { return refusal };
    match find(db, ProductId(product)).await {
        Ok(holders) if holders.is_empty() => refusal,
        Ok(holders) => refusal.with("reservations", holders),
        Err(error) => {
            tracing::warn!(%error, product, "cannot name the reservations that hold what is missing");
            refusal
        }
    }
}

async fn find(db: &PgPool, product: ProductId) -> Result<Vec<Holder>, sqlx::Error> {
    let rows: Vec<(i64, Option<String>, String, i64, Decimal)> = sqlx::query_as(include_str!("holders.sql"))
        .bind(product.0)
        .bind(NAMED_MAX)
        .bind(auth::warehouses_of_caller())
        .fetch_all(db)
        .await?;
    let holder = |(id, reference, warehouse, location_id, open): (i64, _, _, i64, Decimal)| {
        let open = Quantity::try_from(open).map_err(|invalid| sqlx::Error::Decode(invalid.into()))?;
        Ok(Holder { id, number: number(ReservationId(id)), reference, warehouse, location_id, open })
    };
    rows.into_iter().map(holder).collect()
}
