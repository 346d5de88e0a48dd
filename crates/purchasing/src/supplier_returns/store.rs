//! The SQL of returns to suppliers.

use domain::{Amount, Currency, LocationId, MovementId, OneLine, ProductId, Quantity};
use platform::{Actor, Connection, numeric};
use sqlx::{PgExecutor, PgPool, Postgres, QueryBuilder};
use stock::ledger::ProductRef;

use super::input::NewLine;
use super::model::{SupplierReturnFilter, SupplierReturnView};
use crate::purchase_orders::currency;

/// A return without its lines.
pub(super) struct Head<'a> {
    pub(super) supplier_id: i64,
    pub(super) purchase_order_id: Option<i64>,
    pub(super) goods_receipt_id: Option<i64>,
    pub(super) movement: MovementId,
    pub(super) reason: &'a OneLine,
    pub(super) currency: Currency,
}

/// A line of a return with its cost.
pub(super) struct ReturnLine {
    pub(super) product: ProductId,
    pub(super) location: Option<LocationId>,
    pub(super) quantity: Quantity,
    pub(super) unit_cost: Option<Amount>,
}

/// A macro, because a statement is a literal: what a [`SupplierReturnView`] is made of, all of one snapshot.
macro_rules! select {
    () => {
        "select r.id, r.number, s.id as supplier_id, s.code::text as supplier_code, s.name::text as supplier_name,
                r.purchase_order_id, o.number as purchase_order, r.goods_receipt_id, g.number as goods_receipt, r.movement_id,
                r.reason::text as reason, r.actor::text as actor, r.currency::text as currency,
                coalesce(lines.list, '[]')::text as lines, r.created_at, r.reversed_at, r.reversed_by_movement_id
         from supplier_returns r
         join suppliers s on s.id = r.supplier_id
         left join purchase_orders o on o.id = r.purchase_order_id
         left join goods_receipts g on g.id = r.goods_receipt_id
         cross join lateral (
             select json_agg(json_build_object('product_id', l.product_id, 'sku', p.sku, 'location_id', l.location_id,
                        'location', place.code::text, 'quantity', l.quantity::numeric, 'unit_cost', l.unit_cost::text)
                        order by l.id) as list
             from supplier_return_lines l
             join products p on p.id = l.product_id
             left join locations place on place.id = l.location_id
             where l.supplier_return_id = r.id) lines"
    };
}

pub(super) async fn find(
    db: impl PgExecutor<'_>,
    id: i64,
) -> Result<Option<SupplierReturnView>, sqlx::Error> {
    sqlx::query_as(concat!(select!(), " where r.id = $1")).bind(id).fetch_optional(db).await
}

/// Whether a return is all of these warehouses: all that it took, and the order that it belongs to.
pub(super) async fn is_of(db: impl PgExecutor<'_>, id: i64, warehouses: &[i64]) -> Result<bool, sqlx::Error> {
    let mut sql = QueryBuilder::new(
        "select exists (select from supplier_returns r left join purchase_orders o on o.id = r.purchase_order_id where r.id = ",
    );
    sql.push_bind(id);
    push_is_of(&mut sql, warehouses);
    sql.push(")").build_query_scalar().fetch_one(db).await
}

/// The condition that the return `r`, with its order `o` if it has one, is all of these warehouses.
fn push_is_of(sql: &mut QueryBuilder<Postgres>, warehouses: &[i64]) {
    sql.push(" and (o.id is null or o.warehouse_id = any(").push_bind(warehouses.to_vec());
    sql.push(
        ")) and not exists (select from stock_entries e join locations place on place.id = e.location_id
                            where e.movement_id = r.movement_id and place.warehouse_id <> all(",
    );
    sql.push_bind(warehouses.to_vec()).push("))");
}

/// Newest first, all of these warehouses or any; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    filter: &SupplierReturnFilter,
    warehouses: &[i64],
    before: i64,
) -> Result<Vec<SupplierReturnView>, sqlx::Error> {
    let mut sql = QueryBuilder::new(concat!(select!(), " where r.id < "));
    sql.push_bind(before);
    if !filter.suppliers.is_empty() {
        sql.push(" and r.supplier_id = any(").push_bind(&filter.suppliers).push(")");
    }
    if !filter.orders.is_empty() {
        sql.push(" and r.purchase_order_id = any(").push_bind(&filter.orders).push(")");
    }
    if !warehouses.is_empty() {
        push_is_of(&mut sql, warehouses);
    }
    sql.push(" order by r.id desc limit ").push(filter.paging.rows());
    // The best plan for a filter is another one for other values.
    sql.build_query_as().persistent(false).fetch_all(db).await
}

/// The currency of a supplier, archived or not; held until the transaction ends.
pub(super) async fn currency_of_supplier(
    db: &mut Connection,
    id: i64,
) -> Result<Option<Currency>, sqlx::Error> {
    let code: Option<String> =
        sqlx::query_scalar("select currency::text from suppliers where id = $1 for key share")
            .bind(id)
            .fetch_optional(db)
            .await?;
    code.as_deref().map(currency).transpose()
}

pub(super) async fn order_of_receipt(db: &mut Connection, id: i64) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select purchase_order_id from goods_receipts where id = $1")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// The order that a return belongs to, if it does; `None`: there is no such return.
pub(super) async fn order_of(db: &mut Connection, id: i64) -> Result<Option<Option<i64>>, sqlx::Error> {
    sqlx::query_scalar("select purchase_order_id from supplier_returns where id = $1")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Hold the row of a return: its movement, and the one that has put it right.
pub(super) async fn lock(
    db: &mut Connection,
    id: i64,
) -> Result<Option<(MovementId, Option<MovementId>)>, sqlx::Error> {
    let row: Option<(i64, Option<i64>)> = sqlx::query_as(
        "select movement_id, reversed_by_movement_id from supplier_returns where id = $1 for no key update",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(|(movement, reversed_by)| (MovementId(movement), reversed_by.map(MovementId))))
}

/// The keys of the products that the lines name, as far as they exist, in the order of the lines.
pub(super) async fn products(
    db: &mut Connection,
    lines: &[NewLine],
) -> Result<Vec<Option<i64>>, sqlx::Error> {
    let named = |line: &NewLine| match &line.product {
        ProductRef::Id(id) => (Some(id.0), None),
        ProductRef::Sku(sku) => (None, Some(sku.clone())),
    };
    let (ids, skus): (Vec<_>, Vec<_>) = lines.iter().map(named).unzip();
    sqlx::query_scalar(
        "select coalesce((select id from products where id = named.id),
                         (select id from products where lower(sku) = lower(named.sku)))
         from unnest($1::bigint[], $2::text[]) with ordinality as named (id, sku, position) order by position",
    )
    .bind(ids)
    .bind(skus)
    .fetch_all(db)
    .await
}

/// Add a return with its lines; its key.
pub(super) async fn insert(
    db: &mut Connection,
    head: &Head<'_>,
    lines: &[ReturnLine],
    actor: &Actor,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "with head as (
             insert into supplier_returns (supplier_id, purchase_order_id, goods_receipt_id, movement_id, reason, currency, actor)
             values ($1, $2, $3, $4, $5::text, $6::text, $7::text) returning id
         ), lines as (
             insert into supplier_return_lines (supplier_return_id, product_id, location_id, quantity, unit_cost)
             select head.id, product_id, location_id, quantity, unit_cost
             from head, unnest($8::bigint[], $9::bigint[], $10::numeric[], $11::numeric[]) with ordinality
                        as t (product_id, location_id, quantity, unit_cost, position)
             order by position
         )
         select id from head",
    )
    .bind(head.supplier_id)
    .bind(head.purchase_order_id)
    .bind(head.goods_receipt_id)
    .bind(head.movement.0)
    .bind(head.reason.as_str())
    .bind(head.currency.code())
    .bind(actor.name())
    .bind(lines.iter().map(|line| line.product.0).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.location.map(|location| location.0)).collect::<Vec<_>>())
    .bind(numeric::quantities(lines.iter().map(|line| line.quantity)))
    .bind(numeric::amounts(lines.iter().map(|line| line.unit_cost)))
    .fetch_one(db)
    .await
}

/// From here on its movement may be reversed.
pub(super) async fn mark_reversed(db: &mut Connection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("update supplier_returns set reversed_at = clock_timestamp() where id = $1")
        .bind(id)
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
    sqlx::query("update supplier_returns set reversed_by_movement_id = $2 where id = $1")
        .bind(id)
        .bind(movement.map(|movement| movement.0))
        .execute(db)
        .await?;
    Ok(())
}
