//! The SQL of what a transfer names: places and products.

use std::collections::HashSet;

use domain::LocationId;
use platform::Connection;

use super::input::NewLine;
use crate::ledger::ProductRef;

/// A warehouse, or one location of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Place {
    pub(super) warehouse_id: i64,
    pub(super) location_id: Option<i64>,
    pub(super) warehouse_archived: bool,
    /// Archived, or for goods in transit.
    pub(super) location_closed: bool,
}

/// What is known of the product that a line names.
#[derive(sqlx::FromRow)]
pub(super) struct Known {
    pub(super) product_id: Option<i64>,
    pub(super) whole_numbers_only: Option<bool>,
    pub(super) archived: Option<bool>,
}

pub(super) async fn place_of_location(
    db: &mut Connection,
    id: LocationId,
) -> Result<Option<Place>, sqlx::Error> {
    sqlx::query_as(
        "select l.warehouse_id, l.id as location_id, w.archived_at is not null as warehouse_archived,
                l.archived_at is not null or l.kind = 'transit' as location_closed
         from locations l join warehouses w on w.id = l.warehouse_id where l.id = $1",
    )
    .bind(id.0)
    .fetch_optional(db)
    .await
}

pub(super) async fn place_of_warehouse(db: &mut Connection, id: i64) -> Result<Option<Place>, sqlx::Error> {
    sqlx::query_as(
        "select id as warehouse_id, null::bigint as location_id, archived_at is not null as warehouse_archived,
                false as location_closed
         from warehouses where id = $1",
    )
    .bind(id)
    .fetch_optional(db)
    .await
}

/// Where goods arrive in a warehouse: the open receiving location, else the default one; goods from `inside` it, which are
/// put away, at the default one.
pub(super) async fn usual_location(
    db: &mut Connection,
    warehouse_id: i64,
    inside: bool,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "select coalesce(min(id) filter (where kind = 'receiving' and archived_at is null and not $2), min(id) filter (where is_default))
         from locations where warehouse_id = $1",
    )
    .bind(warehouse_id)
    .bind(inside)
    .fetch_one(db)
    .await
}

/// Those of the locations that are in the warehouse, and not for goods in transit.
pub(super) async fn locations_in(
    db: &mut Connection,
    warehouse_id: i64,
    named: &[i64],
) -> Result<HashSet<i64>, sqlx::Error> {
    let found: Vec<i64> = sqlx::query_scalar(
        "select id from locations where id = any($2) and warehouse_id = $1 and kind <> 'transit'",
    )
    .bind(warehouse_id)
    .bind(named)
    .fetch_all(db)
    .await?;
    Ok(found.into_iter().collect())
}

/// Where goods are on their way to a warehouse: its open location of kind transit, made on first need and called TRANSIT,
/// or TRANSIT-2 and so on where another location is called that.
pub(super) async fn transit_location(db: &mut Connection, warehouse_id: i64) -> Result<i64, sqlx::Error> {
    if let Some(found) = find_transit_location(db, warehouse_id).await? {
        return Ok(found);
    }
    // Of several that need it one makes it; the others wait here, and then find it.
    sqlx::query("select from warehouses where id = $1 for no key update")
        .bind(warehouse_id)
        .execute(&mut *db)
        .await?;
    if let Some(found) = find_transit_location(db, warehouse_id).await? {
        return Ok(found);
    }
    let made = sqlx::query_scalar(
        "insert into locations (warehouse_id, code, kind)
         select $1, 'TRANSIT' || case when n > 1 then '-' || n else '' end, 'transit' from generate_series(1, 99) n
         where not exists (select from locations where warehouse_id = $1
                           and lower(code) = 'transit' || case when n > 1 then '-' || n else '' end)
         order by n limit 1
         on conflict do nothing returning id",
    )
    .bind(warehouse_id)
    .fetch_optional(&mut *db)
    .await?;
    match made {
        Some(made) => Ok(made),
        // Somebody else gave a location that code this moment; it may be the one.
        None => find_transit_location(db, warehouse_id).await?.ok_or(sqlx::Error::RowNotFound),
    }
}

async fn find_transit_location(db: &mut Connection, warehouse_id: i64) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "select min(id) from locations where warehouse_id = $1 and kind = 'transit' and archived_at is null",
    )
    .bind(warehouse_id)
    .fetch_one(db)
    .await
}

/// What is known of the products that the lines name, in the order of the lines.
pub(super) async fn know(db: &mut Connection, lines: &[NewLine]) -> Result<Vec<Known>, sqlx::Error> {
    let named = |line: &NewLine| match &line.product {
        ProductRef::Id(id) => (Some(id.0), None),
        ProductRef::Sku(sku) => (None, Some(sku.clone())),
    };
    let (ids, skus): (Vec<_>, Vec<_>) = lines.iter().map(named).unzip();
    sqlx::query_as(
        "select p.id as product_id, p.unit = 'each' as whole_numbers_only, p.archived
         from unnest($1::bigint[], $2::text[]) with ordinality as named (id, sku, position)
         left join products p on p.id = coalesce(named.id, (select id from products where lower(sku) = lower(named.sku)))
         order by named.position",
    )
    .bind(ids)
    .bind(skus)
    .fetch_all(db)
    .await
}

/// The lines of products that are counted in whole numbers.
pub(super) async fn whole_number_lines(db: &mut Connection, id: i64) -> Result<HashSet<i32>, sqlx::Error> {
    let lines: Vec<i32> = sqlx::query_scalar(
        "select l.line from stock_transfer_lines l join products p on p.id = l.product_id
         where l.stock_transfer_id = $1 and p.unit = 'each'",
    )
    .bind(id)
    .fetch_all(db)
    .await?;
    Ok(lines.into_iter().collect())
}
