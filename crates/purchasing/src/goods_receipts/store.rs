//! The SQL of goods receipts.

use std::collections::HashSet;

use domain::purchase_order::LineProgress;
use domain::{Amount, LocationId, MovementId, ProductId, Quantity};
use jiff_sqlx::ToSqlx;
use platform::{Connection, numeric};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, PgPool, QueryBuilder, Row};

use super::model::{GoodsReceiptFilter, GoodsReceiptView};
use crate::occasion::Occasion;
use crate::row::decode;

/// A line of an order, as a receipt needs it.
pub(super) struct OrderLine {
    pub(super) progress: LineProgress,
    pub(super) product: ProductId,
    pub(super) unit_cost: Amount,
}

/// A line of a receipt with its place and its cost.
pub(super) struct ReceiptLine {
    pub(super) line_id: i64,
    pub(super) product: ProductId,
    pub(super) location: LocationId,
    pub(super) quantity: Quantity,
    pub(super) unit_cost: Amount,
}

/// Where goods can be put in a warehouse.
pub(super) struct Places {
    /// Those that were asked for and are in the warehouse.
    pub(super) named: HashSet<LocationId>,
    /// Where they go if no location is given.
    pub(super) usual: Option<LocationId>,
}

/// A macro, because a statement is a literal: what a [`GoodsReceiptView`] is made of, all of one snapshot.
macro_rules! select {
    () => {
        "select r.id, r.number, r.purchase_order_id, o.number as purchase_order, s.id as supplier_id, s.code::text as supplier_code,
                s.name::text as supplier_name, o.warehouse_id, w.code::text as warehouse, r.movement_id, r.note, r.actor::text as actor,
                o.currency::text as currency, coalesce(lines.list, '[]')::text as lines, r.created_at, r.reversed_at,
                r.reversed_by_movement_id
         from goods_receipts r
         join purchase_orders o on o.id = r.purchase_order_id
         join suppliers s on s.id = o.supplier_id
         join warehouses w on w.id = o.warehouse_id
         cross join lateral (
             select json_agg(json_build_object('line_id', l.purchase_order_line_id, 'product_id', ol.product_id, 'sku', p.sku,
                        'name', p.name, 'location_id', l.location_id, 'location', place.code::text, 'quantity', l.quantity::numeric,
                        'unit_cost', l.unit_cost::text) order by l.id) as list
             from goods_receipt_lines l
             join purchase_order_lines ol on ol.id = l.purchase_order_line_id
             join products p on p.id = ol.product_id
             join locations place on place.id = l.location_id
             where l.goods_receipt_id = r.id) lines"
    };
}

pub(super) async fn find(db: impl PgExecutor<'_>, id: i64) -> Result<Option<GoodsReceiptView>, sqlx::Error> {
    sqlx::query_as(concat!(select!(), " where r.id = $1")).bind(id).fetch_optional(db).await
}

/// Newest first, of these warehouses or of all; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    filter: &GoodsReceiptFilter,
    warehouses: &[i64],
    before: i64,
) -> Result<Vec<GoodsReceiptView>, sqlx::Error> {
    let mut sql = QueryBuilder::new(concat!(select!(), " where r.id < "));
    sql.push_bind(before);
    if !filter.orders.is_empty() {
        sql.push(" and r.purchase_order_id = any(").push_bind(&filter.orders).push(")");
    }
    if !filter.suppliers.is_empty() {
        sql.push(" and o.supplier_id = any(").push_bind(&filter.suppliers).push(")");
    }
    if !warehouses.is_empty() {
        sql.push(" and o.warehouse_id = any(").push_bind(warehouses).push(")");
    }
    if let Some(since) = filter.since {
        sql.push(" and r.created_at >= ").push_bind(since.to_sqlx());
    }
    if let Some(until) = filter.until {
        sql.push(" and r.created_at < ").push_bind(until.to_sqlx());
    }
    sql.push(" order by r.id desc limit ").push(filter.paging.rows());
    // The best plan for a filter is another one for other values.
    sql.build_query_as().persistent(false).fetch_all(db).await
}

pub(super) async fn order_of(db: &mut Connection, id: i64) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select purchase_order_id from goods_receipts where id = $1")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// The lines of an order whose row the caller has locked.
pub(super) async fn order_lines(
    db: &mut Connection,
    purchase_order_id: i64,
) -> Result<Vec<OrderLine>, sqlx::Error> {
    sqlx::query_as(
        "select l.id, l.product_id, l.quantity::numeric as quantity, l.received::numeric as received,
                l.cancelled::numeric as cancelled, p.unit = 'each' as whole_numbers_only, l.unit_cost::numeric as unit_cost
         from purchase_order_lines l join products p on p.id = l.product_id
         where l.purchase_order_id = $1 order by l.id",
    )
    .bind(purchase_order_id)
    .fetch_all(db)
    .await
}

impl sqlx::FromRow<'_, PgRow> for OrderLine {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let quantity = |column| row.try_get::<Decimal, _>(column)?.try_into().map_err(decode);
        let progress = LineProgress {
            id: row.try_get("id")?,
            quantity: quantity("quantity")?,
            received: quantity("received")?,
            cancelled: quantity("cancelled")?,
            whole_numbers_only: row.try_get("whole_numbers_only")?,
        };
        let unit_cost = row.try_get::<Decimal, _>("unit_cost")?.try_into().map_err(decode)?;
        Ok(Self { progress, product: ProductId(row.try_get("product_id")?), unit_cost })
    }
}

/// Where goods can be put: the locations asked for, and the open receiving location, else the default one.
pub(super) async fn places(
    db: &mut Connection,
    warehouse_id: i64,
    named: &[LocationId],
) -> Result<Places, sqlx::Error> {
    let (named, usual): (Vec<i64>, Option<i64>) = sqlx::query_as(
        "select coalesce(array_agg(id) filter (where id = any($2)), '{}'),
                coalesce(min(id) filter (where kind = 'receiving' and archived_at is null), min(id) filter (where is_default))
         from locations where warehouse_id = $1",
    )
    .bind(warehouse_id)
    .bind(named.iter().map(|location| location.0).collect::<Vec<_>>())
    .fetch_one(db)
    .await?;
    Ok(Places { named: named.into_iter().map(LocationId).collect(), usual: usual.map(LocationId) })
}

/// What has come of the lines of an order.
pub(super) async fn set_received(db: &mut Connection, lines: &[LineProgress]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update purchase_order_lines l set received = t.received
         from unnest($1::bigint[], $2::numeric[]) as t (id, received)
         where l.id = t.id and l.received <> t.received",
    )
    .bind(lines.iter().map(|line| line.id).collect::<Vec<_>>())
    .bind(numeric::quantities(lines.iter().map(|line| line.received)))
    .execute(db)
    .await?;
    Ok(())
}

/// Add a receipt with its lines; its key.
pub(super) async fn insert(
    db: &mut Connection,
    purchase_order_id: i64,
    movement: MovementId,
    lines: &[ReceiptLine],
    note: &str,
    by: &Occasion,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "with receipt as (
             insert into goods_receipts (purchase_order_id, movement_id, note, actor, created_at)
             values ($1, $2, $3, $4::text, coalesce($9, clock_timestamp())) returning id
         ), lines as (
             insert into goods_receipt_lines (goods_receipt_id, purchase_order_id, purchase_order_line_id, location_id, quantity, unit_cost)
             select receipt.id, $1, line_id, location_id, quantity, unit_cost
             from receipt, unnest($5::bigint[], $6::bigint[], $7::numeric[], $8::numeric[]) with ordinality
                           as t (line_id, location_id, quantity, unit_cost, position)
             order by position
         )
         select id from receipt",
    )
    .bind(purchase_order_id)
    .bind(movement.0)
    .bind(note)
    .bind(by.actor().name())
    .bind(lines.iter().map(|line| line.line_id).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.location.0).collect::<Vec<_>>())
    .bind(numeric::quantities(lines.iter().map(|line| line.quantity)))
    .bind(numeric::amounts(lines.iter().map(|line| Some(line.unit_cost))))
    .bind(by.stamp())
    .fetch_one(db)
    .await
}

/// From here on its movement may be reversed.
pub(super) async fn mark_reversed(db: &mut Connection, id: i64, by: &Occasion) -> Result<(), sqlx::Error> {
    sqlx::query("update goods_receipts set reversed_at = coalesce($2, clock_timestamp()) where id = $1")
        .bind(id)
        .bind(by.stamp())
        .execute(db)
        .await?;
    Ok(())
}

/// Which movement has put it right.
pub(super) async fn set_reversal(
    db: &mut Connection,
    id: i64,
    movement: Option<MovementId>,
) -> Result<(), sqlx::Error> {
    sqlx::query("update goods_receipts set reversed_by_movement_id = $2 where id = $1")
        .bind(id)
        .bind(movement.map(|movement| movement.0))
        .execute(db)
        .await?;
    Ok(())
}

/// What a receipt brought has not come any more.
pub(super) async fn take_back(db: &mut Connection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update purchase_order_lines l set received = l.received - t.quantity
         from (select purchase_order_line_id, sum(quantity) as quantity from goods_receipt_lines
               where goods_receipt_id = $1 group by purchase_order_line_id) t
         where l.id = t.purchase_order_line_id",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}
