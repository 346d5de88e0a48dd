//! The SQL of costs in time.

use domain::Quantity;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::{Actor, Connection};
use rust_decimal::Decimal;
use sqlx::PgPool;

use super::model::{CostInTime, CostKey, ScheduledSupplierProductCost};

/// A macro, because a statement is a literal: the columns of a [`CostInTime`] but for `current`.
macro_rules! columns {
    () => {
        "c.supplier_product_id, c.min_quantity::numeric as min_quantity, c.unit_cost::numeric as unit_cost,
         c.currency::text as currency, c.effective_from, c.actor::text as actor, c.created_at"
    };
}

/// Whether `c` is in effect now.
macro_rules! is_current {
    () => {
        "c.effective_from = (select max(effective_from) from supplier_product_costs
                             where supplier_product_id = c.supplier_product_id and min_quantity = c.min_quantity
                               and effective_from <= statement_timestamp())"
    };
}

/// Latest first, and so the scheduled ones before all; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    supplier_product_id: i64,
    before: Option<(Timestamp, Quantity)>,
    rows: i64,
) -> Result<Vec<CostInTime>, sqlx::Error> {
    let (moment, quantity) = before.unwrap_or((Timestamp::MAX, Quantity::ZERO));
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        ", coalesce(",
        is_current!(),
        ", false) as current from supplier_product_costs c
         where c.supplier_product_id = $1 and (c.effective_from, c.min_quantity::numeric) < ($2, $3::numeric)
         order by c.effective_from desc, c.min_quantity desc limit $4"
    ))
    .bind(supplier_product_id)
    .bind(moment.to_sqlx())
    .bind(Decimal::from(quantity))
    .bind(rows)
    .fetch_all(db)
    .await
}

/// Those in effect at a moment, by price break; one row more than the page has.
pub(super) async fn list_at(
    db: &PgPool,
    supplier_product_id: i64,
    moment: Timestamp,
    after: Option<Quantity>,
    rows: i64,
) -> Result<Vec<CostInTime>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        ", coalesce(",
        is_current!(),
        ", false) as current from (
             select distinct on (min_quantity) * from supplier_product_costs
             where supplier_product_id = $1 and effective_from <= $2 and min_quantity::numeric > $3::numeric
             order by min_quantity, effective_from desc) c
         where c.unit_cost is not null
         order by c.min_quantity limit $4"
    ))
    .bind(supplier_product_id)
    .bind(moment.to_sqlx())
    .bind(Decimal::from(after.unwrap_or(Quantity::whole(-1))))
    .bind(rows)
    .fetch_all(db)
    .await
}

/// Add a cost from a moment in the future on, in the currency of the supplier; `None`: the moment has passed.
pub(super) async fn schedule(
    db: &mut Connection,
    supplier_product_id: i64,
    new: &ScheduledSupplierProductCost,
    actor: &Actor,
) -> Result<Option<CostInTime>, sqlx::Error> {
    sqlx::query_as(concat!(
        "insert into supplier_product_costs as c (supplier_product_id, min_quantity, effective_from, unit_cost, currency, actor)
         select sp.id, $2::numeric, $3, $4::numeric, s.currency, $5::text
         from supplier_products sp join suppliers s on s.id = sp.supplier_id
         where sp.id = $1 and $3 > clock_timestamp()
         returning ",
        columns!(),
        ", false as current"
    ))
    .bind(supplier_product_id)
    .bind(Decimal::from(new.min_quantity))
    .bind(new.effective_from.to_sqlx())
    .bind(Decimal::from(new.unit_cost))
    .bind(actor.name())
    .fetch_optional(db)
    .await
}

/// Remove a cost, unless its moment has come: then false.
pub(super) async fn delete(
    db: &mut Connection,
    supplier_product_id: i64,
    key: CostKey,
) -> Result<bool, sqlx::Error> {
    let deleted = sqlx::query(
        "delete from supplier_product_costs
         where supplier_product_id = $1 and min_quantity = $2::numeric and effective_from = $3
           and effective_from > clock_timestamp()",
    )
    .bind(supplier_product_id)
    .bind(Decimal::from(key.min_quantity))
    .bind(key.effective_from.to_sqlx())
    .execute(db)
    .await?;
    Ok(deleted.rows_affected() > 0)
}

pub(super) async fn exists(
    db: &mut Connection,
    supplier_product_id: i64,
    key: CostKey,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from supplier_product_costs
                        where supplier_product_id = $1 and min_quantity = $2::numeric and effective_from = $3)",
    )
    .bind(supplier_product_id)
    .bind(Decimal::from(key.min_quantity))
    .bind(key.effective_from.to_sqlx())
    .fetch_one(db)
    .await
}
