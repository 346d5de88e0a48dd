//! Low stock by warehouse: reading what is watched, writing what crossed.

use domain::{Quantity, WarehouseCrossing, WarehouseId, Watched};
use jiff_sqlx::ToSqlx;
use platform::Connection;
use rust_decimal::Decimal;
use sqlx::Row;
use sqlx::postgres::PgRow;

/// Where the product of a row is watched: three arrays side by side, null where it is watched nowhere.
pub(super) fn watched(row: &PgRow) -> Result<Vec<Watched>, sqlx::Error> {
    let warehouses: Option<Vec<i64>> = row.try_get("watched_in")?;
    let Some(warehouses) = warehouses else { return Ok(Vec::new()) };
    let points: Vec<Decimal> = row.try_get("watched_points")?;
    let known_low: Vec<bool> = row.try_get("watched_known_low")?;
    let watched = warehouses.into_iter().zip(points).zip(known_low).map(|((warehouse, point), known_low)| {
        let point = Quantity::try_from(point).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Watched { warehouse: WarehouseId(warehouse), reorder_point: point, known_low })
    });
    watched.collect()
}

/// What became low in a warehouse, and what is low there no longer. Most batches cross nothing, and ask nothing.
pub(super) async fn write_warehouse_crossings(
    db: &mut Connection,
    crossings: &[WarehouseCrossing],
) -> Result<(), sqlx::Error> {
    if crossings.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "with crossings as (
             select * from unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::timestamptz[])
                           as t (product_id, warehouse_id, is_low, at)
         ), enough as (
             delete from warehouse_low_stock l using crossings c
             where l.product_id = c.product_id and l.warehouse_id = c.warehouse_id and not c.is_low
         )
         insert into warehouse_low_stock (product_id, warehouse_id, since)
         select product_id, warehouse_id, at from crossings where is_low
         on conflict (product_id, warehouse_id) do nothing",
    )
    .bind(crossings.iter().map(|crossing| crossing.product.0).collect::<Vec<_>>())
    .bind(crossings.iter().map(|crossing| crossing.warehouse.0).collect::<Vec<_>>())
    .bind(crossings.iter().map(|crossing| crossing.is_low).collect::<Vec<_>>())
    .bind(crossings.iter().map(|crossing| crossing.at.to_sqlx()).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}
