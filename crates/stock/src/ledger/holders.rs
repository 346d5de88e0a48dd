//! Who holds what a refused command would have taken.

use domain::{Quantity, ReservationId};
use platform::ApiError;
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

/// The refusal with the reservations that hold stock of its product, newest first, as they are just after it: whoever found
/// less on the shelf than is promised knows which promises to look at, or lets `shorten_reservations` do it.
pub(super) async fn name(db: &PgPool, error: ApiError) -> Result<ApiError, ApiError> {
    let product = error.member("product_id").and_then(serde_json::Value::as_i64);
    let Some(product) = product.filter(|_| error.problem().code == INSUFFICIENT_STOCK.code) else {
        return Ok(error);
    };
    let rows: Vec<(i64, Option<String>, String, i64, Decimal)> = sqlx::query_as(
        "select l.reservation_id, r.reference::text, w.code::text, l.location_id, l.open::numeric
         from (select reservation_id, location_id, sum(open) as open from (
                   select reservation_id, location_id, open from reservation_lines
                   where product_id = $1 and open > 0 order by reservation_id desc limit $2) newest
               group by reservation_id, location_id) l
         join reservations r on r.id = l.reservation_id
         join locations place on place.id = l.location_id
         join warehouses w on w.id = place.warehouse_id
         order by l.reservation_id desc, l.location_id",
    )
    .bind(product)
    .bind(NAMED_MAX)
    .fetch_all(db)
    .await?;
    if rows.is_empty() {
        return Ok(error);
    }
    let mut holders = Vec::with_capacity(rows.len());
    for (id, reference, warehouse, location_id, open) in rows {
        let open = Quantity::try_from(open).map_err(|invalid| sqlx::Error::Decode(invalid.into()))?;
        let number = number(ReservationId(id));
        holders.push(Holder { id, number, reference, warehouse, location_id, open });
    }
    Ok(error.with("reservations", holders))
}
