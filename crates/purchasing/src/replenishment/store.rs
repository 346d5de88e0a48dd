//! The SQL of replenishment.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::Connection;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, PgExecutor, Postgres, QueryBuilder, Row};

use super::facts::Facts;

/// The days whose demand counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    days: i32,
    before_id: i64,
    since: Timestamp,
}

/// Which suggestions are wanted, by key; empty lists do not narrow.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// For orders to these warehouses.
    pub(super) warehouses: Vec<i64>,
    /// From these suppliers.
    pub(super) suppliers: Vec<i64>,
    /// The caller is limited to these warehouses: what runs low over all of them is not for them.
    pub(super) is_limited: bool,
}

impl Scope {
    /// The warehouses of whose stock anything is told; none: of all, and of the shop as a whole.
    fn only(&self) -> Option<&[i64]> {
        self.is_limited.then_some(&self.warehouses)
    }
}

/// The window of the last days.
pub(super) async fn window(db: impl PgExecutor<'_>, days: i32) -> Result<Window, sqlx::Error> {
    let row = sqlx::query(include_str!("window.sql")).bind(days).fetch_one(db).await?;
    let since = row.try_get::<jiff_sqlx::Timestamp, _>("since")?.to_jiff();
    Ok(Window { days, before_id: row.try_get("before_id")?, since })
}

/// What is due of the first `examined` products from this one on that run low and that the scope may want; whole products
/// until there are `most` places. Of each product the warehouses first.
pub(super) async fn due(
    db: impl PgExecutor<'_>,
    scope: &Scope,
    (from, examined): (i64, i64),
    most: i64,
    window: &Window,
) -> Result<Vec<Facts>, sqlx::Error> {
    let mut sql = begin(window)?;
    push_low(&mut sql, scope, from, examined);
    push_facts(&mut sql, scope);
    sql.push(" fetch first ").push(most).push(" rows with ties");
    Ok(in_order(sql.build_query_as().fetch_all(db).await?))
}

/// What is due of these products, in the same order.
pub(super) async fn due_of(
    db: impl PgExecutor<'_>,
    scope: &Scope,
    products: &[i64],
    window: &Window,
) -> Result<Vec<Facts>, sqlx::Error> {
    let mut sql = begin(window)?;
    sql.push("select unnest(").push_bind(products).push("::bigint[]) as id order by id");
    push_facts(&mut sql, scope);
    Ok(in_order(sql.build_query_as().fetch_all(db).await?))
}

/// The last of the products that `due` has examined; none if no more run low after them.
pub(super) async fn last_examined(
    db: impl PgExecutor<'_>,
    scope: &Scope,
    (from, examined): (i64, i64),
) -> Result<Option<i64>, sqlx::Error> {
    let mut sql = QueryBuilder::new("");
    push_low(&mut sql, scope, from, examined + 1);
    let products: Vec<i64> = sql.build_query_scalar().fetch_all(db).await?;
    let is_end = i64::try_from(products.len()).is_ok_and(|count| count <= examined);
    Ok(if is_end { None } else { products.iter().rev().nth(1).copied() })
}

/// What follows the candidates: the places where they run low, of each product the warehouses first, and what is known of each.
fn push_facts(sql: &mut QueryBuilder<Postgres>, scope: &Scope) {
    sql.push("), places as (select low.product_id, low.warehouse_id from candidates cross join lateral (");
    match scope.only() {
        None => sql.push(
            "select product_id, null::bigint as warehouse_id from low_stock where product_id = candidates.id
             union all
             select product_id, warehouse_id from warehouse_low_stock where product_id = candidates.id",
        ),
        Some(own) => {
            sql.push("select product_id, warehouse_id from warehouse_low_stock where product_id = candidates.id and warehouse_id = any(");
            sql.push_bind(own.to_vec()).push(")")
        }
    };
    sql.push(") low order by low.product_id, low.warehouse_id nulls last)\n").push(include_str!("facts.sql"));
}

/// A statement up to its candidates.
fn begin(window: &Window) -> Result<QueryBuilder<Postgres>, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for added in
        [arguments.add(window.before_id), arguments.add(window.since.to_sqlx()), arguments.add(window.days)]
    {
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(QueryBuilder::with_arguments("with candidates (id) as (", arguments))
}

/// The first products from this one on that run low anywhere and that the scope may want.
fn push_low(sql: &mut QueryBuilder<Postgres>, scope: &Scope, from: i64, most: i64) {
    sql.push("select product_id from (");
    let tables = [("", "low_stock"), (" union ", "warehouse_low_stock")];
    let tables = if scope.is_limited { &[("", "warehouse_low_stock")][..] } else { &tables };
    for (union, table) in tables.iter().copied() {
        sql.push(union).push("(select distinct l.product_id from ").push(table);
        sql.push(" l where l.product_id >= ").push_bind(from);
        if !scope.warehouses.is_empty() && table == "warehouse_low_stock" {
            sql.push(" and l.warehouse_id = any(").push_bind(&scope.warehouses).push(")");
        }
        if !scope.warehouses.is_empty() && table == "low_stock" {
            sql.push(" and (select id from warehouses where archived_at is null order by priority, id limit 1) = any(");
            sql.push_bind(&scope.warehouses).push(")");
        }
        if !scope.suppliers.is_empty() {
            sql.push(
                " and exists (select from supplier_products sp where sp.product_id = l.product_id and sp.supplier_id = any(",
            );
            sql.push_bind(&scope.suppliers).push("))");
        }
        sql.push(" order by l.product_id limit ").push(most).push(")");
    }
    sql.push(") low order by product_id limit ").push(most);
}

/// By product, and in each by warehouse, over all warehouses last: the statement keeps that order, but only promises the
/// products'.
fn in_order(mut facts: Vec<Facts>) -> Vec<Facts> {
    facts.sort_by_key(Facts::position);
    facts
}

/// Hold these suppliers still; those of them that are not archived.
pub(super) async fn hold_suppliers(db: &mut Connection, ids: &[i64]) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "select id from suppliers where id = any($1) and archived_at is null order by id for share",
    )
    .bind(ids)
    .fetch_all(db)
    .await
}

/// Hold these warehouses still; those of them that are open.
pub(super) async fn hold_warehouses(db: &mut Connection, ids: &[i64]) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "select id from warehouses where id = any($1) and archived_at is null order by id for share",
    )
    .bind(ids)
    .fetch_all(db)
    .await
}

/// Which of these suppliers exist.
pub(super) async fn known_suppliers(db: impl PgExecutor<'_>, ids: &[i64]) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar("select id from suppliers where id = any($1)").bind(ids).fetch_all(db).await
}

/// The products with these keys or SKUs, in this order.
pub(super) async fn find_products(
    db: &mut Connection,
    ids: &[Option<i64>],
    skus: &[Option<String>],
) -> Result<Vec<Option<i64>>, sqlx::Error> {
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
