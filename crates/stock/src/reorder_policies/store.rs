//! The SQL of reorder policies.

use domain::Quantity;
use platform::Connection;
use rust_decimal::Decimal;
use sqlx::{PgExecutor, PgPool, QueryBuilder};

use super::model::{NewReorderPolicy, ReorderPolicyChange, ReorderPolicyView};
use crate::filter::Scope;
use crate::ledger::ProductRef;

/// What a [`ReorderPolicyView`] is made of, from policies `r`. Names are looked up row by row, for which `limit 1` stands.
macro_rules! columns {
    () => {
        "r.id, r.product_id, p.sku, w.code as warehouse, r.warehouse_id,
         coalesce(r.reorder_point::numeric, p.reorder_point) as reorder_point, r.safety_stock::numeric as safety_stock,
         r.max_quantity::numeric as max_quantity, r.reorder_quantity::numeric as reorder_quantity,
         r.version, r.created_at, r.updated_at"
    };
}
macro_rules! joins {
    () => {
        " cross join lateral (select sku, case when r.warehouse_id is null then reorder_point::numeric end as reorder_point
                              from products where id = r.product_id limit 1) p
          left join lateral (select code::text as code from warehouses where id = r.warehouse_id limit 1) w on true"
    };
}

/// A product as its policies need it; its row is locked.
#[derive(sqlx::FromRow)]
pub(super) struct Product {
    pub(super) id: i64,
    pub(super) whole_numbers_only: bool,
    reorder_point: Option<Decimal>,
}

impl Product {
    /// Its reorder point over all warehouses.
    pub(super) fn reorder_point(&self) -> Result<Option<Quantity>, sqlx::Error> {
        let point = self.reorder_point.map(Quantity::try_from).transpose();
        point.map_err(|error| sqlx::Error::Decode(error.into()))
    }
}

pub(super) async fn find(db: impl PgExecutor<'_>, id: i64) -> Result<Option<ReorderPolicyView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from reorder_policies r", joins!(), " where r.id = $1"))
        .bind(id)
        .fetch_optional(db)
        .await
}

/// By key; one row more than the page has. Of several warehouses the first policies of each are read, along an index
/// that begins with the warehouse, and the first of these are the page.
pub(super) async fn list(
    db: &PgPool,
    scope: &Scope,
    after: i64,
    rows: i64,
) -> Result<Vec<ReorderPolicyView>, sqlx::Error> {
    let mut sql = QueryBuilder::new(concat!("select ", columns!(), " from ("));
    if scope.products.is_empty() && !scope.warehouses.is_empty() {
        sql.push("select of_one.* from unnest(").push_bind(&scope.warehouses);
        sql.push(") as place (id) cross join lateral (select * from reorder_policies where warehouse_id = place.id and id > ");
        sql.push_bind(after).push(" order by id limit ").push(rows).push(") of_one");
    } else {
        sql.push("select * from reorder_policies where id > ").push_bind(after);
        if !scope.products.is_empty() {
            sql.push(" and product_id = any(").push_bind(&scope.products).push(")");
        }
        if !scope.warehouses.is_empty() {
            sql.push(" and warehouse_id = any(").push_bind(&scope.warehouses).push(")");
        }
    }
    sql.push(" order by id limit ").push(rows).push(concat!(") r", joins!(), " order by r.id"));
    // The best plan for a filter is another one for other values.
    sql.build_query_as().persistent(false).fetch_all(db).await
}

/// Lock a product against other changes of what belongs to it.
pub(super) async fn lock_product(
    db: &mut Connection,
    product: &ProductRef,
) -> Result<Option<Product>, sqlx::Error> {
    let (id, sku) = match product {
        ProductRef::Id(id) => (Some(id.0), None),
        ProductRef::Sku(sku) => (None, Some(sku.as_str())),
    };
    sqlx::query_as(
        "select id, unit = 'each' as whole_numbers_only, reorder_point::numeric as reorder_point
         from products where id = $1 or lower(sku) = lower($2) for no key update",
    )
    .bind(id)
    .bind(sku)
    .fetch_optional(db)
    .await
}

/// Whether the warehouse is open; held still until the transaction ends.
pub(super) async fn hold_warehouse(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    let open = sqlx::query_scalar("select archived_at is null from warehouses where id = $1 for share")
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(open.unwrap_or(false))
}

pub(super) async fn product_of(db: &mut Connection, id: i64) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select product_id from reorder_policies where id = $1")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Lock a policy, if it is still there.
pub(super) async fn lock(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    let locked = sqlx::query("select from reorder_policies where id = $1 for no key update")
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(locked.is_some())
}

pub(super) async fn insert(
    db: &mut Connection,
    new: &NewReorderPolicy,
    product_id: i64,
    warehouse_id: Option<i64>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into reorder_policies (product_id, warehouse_id, reorder_point, safety_stock, max_quantity, reorder_quantity)
         values ($1, $2, $3::numeric, coalesce($4::numeric, 0), $5::numeric, $6::numeric) returning id",
    )
    .bind(product_id)
    .bind(warehouse_id)
    .bind(new.reorder_point.map(Decimal::from))
    .bind(new.safety_stock.map(Decimal::from))
    .bind(new.max_quantity.map(Decimal::from))
    .bind(new.reorder_quantity.map(Decimal::from))
    .fetch_one(db)
    .await
}

pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    change: &ReorderPolicyChange,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update reorder_policies set reorder_point = coalesce($2::numeric, reorder_point),
                safety_stock = coalesce($3::numeric, safety_stock),
                max_quantity = case when $4 then $5::numeric else max_quantity end,
                reorder_quantity = case when $6 then $7::numeric else reorder_quantity end,
                version = version + 1, updated_at = clock_timestamp()
         where id = $1",
    )
    .bind(id)
    .bind(change.reorder_point.map(Decimal::from))
    .bind(change.safety_stock.map(Decimal::from))
    .bind(change.max_quantity.is_some())
    .bind(change.max_quantity.flatten().map(Decimal::from))
    .bind(change.reorder_quantity.is_some())
    .bind(change.reorder_quantity.flatten().map(Decimal::from))
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn delete(db: &mut Connection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("delete from reorder_policies where id = $1").bind(id).execute(db).await?;
    Ok(())
}
