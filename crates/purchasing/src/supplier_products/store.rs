//! The SQL of supplier products.

use domain::OneLine;
use platform::{Actor, Connection, numeric};
use rust_decimal::Decimal;
use sqlx::{PgExecutor, PgPool};
use stock::ledger::ProductRef;

use super::model::{NewCost, NewSupplierProduct, SupplierProductChange, SupplierProductView};

/// A macro, because a statement is a literal: what a [`SupplierProductView`] is made of. Of each price break the latest
/// cost is current; one that is null has ended.
macro_rules! select {
    () => {
        "select sp.id, s.id as supplier_id, s.code::text as supplier_code, s.name::text as supplier_name, sp.product_id, p.sku,
                sp.supplier_sku::text as supplier_sku, sp.moq::numeric as moq, sp.order_multiple::numeric as order_multiple,
                sp.lead_time_days, sp.preferred, coalesce(costs.list, '[]')::text as costs, sp.version, sp.created_at, sp.updated_at
         from supplier_products sp
         join suppliers s on s.id = sp.supplier_id
         join products p on p.id = sp.product_id
         cross join lateral (
             select json_agg(json_build_object('min_quantity', c.min_quantity::numeric, 'unit_cost', c.unit_cost::text,
                        'currency', c.currency::text, 'effective_from', c.effective_from) order by c.min_quantity) as list
             from (select distinct on (min_quantity) * from supplier_product_costs
                   where supplier_product_id = sp.id and effective_from <= statement_timestamp()
                   order by min_quantity, effective_from desc) c
             where c.unit_cost is not null) costs"
    };
}

pub(super) async fn find(
    db: impl PgExecutor<'_>,
    id: i64,
) -> Result<Option<SupplierProductView>, sqlx::Error> {
    sqlx::query_as(concat!(select!(), " where sp.id = $1")).bind(id).fetch_optional(db).await
}

/// By key; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    suppliers: &[i64],
    products: &[i64],
    after: i64,
    rows: i64,
) -> Result<Vec<SupplierProductView>, sqlx::Error> {
    sqlx::query_as(concat!(
        select!(),
        " where (cardinality($1) = 0 or sp.supplier_id = any($1)) and (cardinality($2) = 0 or sp.product_id = any($2))
            and sp.id > $3
         order by sp.id limit $4"
    ))
    .bind(suppliers)
    .bind(products)
    .bind(after)
    .bind(rows)
    .persistent(false) // the best plan for some suppliers is another one than for all
    .fetch_all(db)
    .await
}

/// Lock a product against other changes of what belongs to it; its key.
pub(super) async fn lock_product(
    db: &mut Connection,
    product: &ProductRef,
) -> Result<Option<i64>, sqlx::Error> {
    let (id, sku) = match product {
        ProductRef::Id(id) => (Some(id.0), None),
        ProductRef::Sku(sku) => (None, Some(sku.as_str())),
    };
    sqlx::query_scalar("select id from products where id = $1 or lower(sku) = lower($2) for no key update")
        .bind(id)
        .bind(sku)
        .fetch_optional(db)
        .await
}

pub(super) async fn product_of(db: &mut Connection, id: i64) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select product_id from supplier_products where id = $1")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Lock the product, then the supplier product; its version.
pub(super) async fn lock(db: &mut Connection, id: i64, product_id: i64) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query("select from products where id = $1 for no key update")
        .bind(product_id)
        .execute(&mut *db)
        .await?;
    sqlx::query_scalar("select version from supplier_products where id = $1 for no key update")
        .bind(id)
        .fetch_optional(db)
        .await
}

pub(super) async fn insert(
    db: &mut Connection,
    new: &NewSupplierProduct,
    product_id: i64,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into supplier_products (supplier_id, product_id, supplier_sku, moq, order_multiple, lead_time_days)
         values ($1, $2, $3::text, $4::numeric, $5::numeric, $6) returning id",
    )
    .bind(new.supplier_id)
    .bind(product_id)
    .bind(new.supplier_sku.as_ref().map(OneLine::as_str))
    .bind(new.moq.map(Decimal::from))
    .bind(new.order_multiple.map(Decimal::from))
    .bind(new.lead_time_days)
    .fetch_one(db)
    .await
}

pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    change: &SupplierProductChange,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update supplier_products set supplier_sku = case when $2 then $3::text else supplier_sku end,
                moq = case when $4 then $5::numeric else moq end,
                order_multiple = case when $6 then $7::numeric else order_multiple end,
                lead_time_days = case when $8 then $9 else lead_time_days end,
                preferred = preferred and $10, version = version + 1, updated_at = now()
         where id = $1",
    )
    .bind(id)
    .bind(change.supplier_sku.is_some())
    .bind(change.supplier_sku.clone().flatten().map(String::from))
    .bind(change.moq.is_some())
    .bind(change.moq.flatten().map(Decimal::from))
    .bind(change.order_multiple.is_some())
    .bind(change.order_multiple.flatten().map(Decimal::from))
    .bind(change.lead_time_days.is_some())
    .bind(change.lead_time_days.flatten())
    .bind(change.preferred != Some(false))
    .execute(db)
    .await?;
    Ok(())
}

/// A cost is part of it as it is read, so its version goes up.
pub async fn touch(db: &mut Connection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("update supplier_products set version = version + 1, updated_at = now() where id = $1")
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn exists(db: &PgPool, id: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from supplier_products where id = $1)")
        .bind(id)
        .fetch_one(db)
        .await
}

/// Make it the preferred one of its product, which the caller has locked. In two statements: the index that allows one
/// checks row by row.
pub(super) async fn prefer(db: &mut Connection, id: i64, product_id: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update supplier_products set preferred = false, version = version + 1, updated_at = now()
         where product_id = $1 and id <> $2 and preferred",
    )
    .bind(product_id)
    .bind(id)
    .execute(&mut *db)
    .await?;
    sqlx::query("update supplier_products set preferred = true where id = $1").bind(id).execute(db).await?;
    Ok(())
}

/// Make these the costs from now on, in the currency of the supplier: a break that is not among them ends, one that is
/// as it was gets no new row. Where the clock has not moved since the cost before, right after that one. What is scheduled
/// stays, unless it is for this very microsecond.
pub(super) async fn set_costs(
    db: &mut Connection,
    id: i64,
    costs: &[NewCost],
    actor: &Actor,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with given as (
             select t.min_quantity, t.unit_cost, s.currency::text as currency
             from unnest($2::numeric[], $3::numeric[]) as t (min_quantity, unit_cost)
             cross join supplier_products sp join suppliers s on s.id = sp.supplier_id where sp.id = $1
         ), present as (
             select distinct on (min_quantity) min_quantity::numeric as min_quantity, effective_from,
                    unit_cost::numeric as unit_cost, currency::text as currency
             from supplier_product_costs where supplier_product_id = $1 and effective_from <= clock_timestamp()
             order by min_quantity, effective_from desc
         )
         insert into supplier_product_costs (supplier_product_id, min_quantity, effective_from, unit_cost, currency, actor)
         select $1, min_quantity, greatest(clock_timestamp(), p.effective_from + interval '1 microsecond'),
                g.unit_cost, coalesce(g.currency, p.currency), $4::text
         from given g full join present p using (min_quantity)
         where (g.unit_cost, coalesce(g.currency, p.currency)) is distinct from (p.unit_cost, p.currency)
         on conflict (supplier_product_id, min_quantity, effective_from) do update
         set unit_cost = excluded.unit_cost, currency = excluded.currency, actor = excluded.actor",
    )
    .bind(id)
    .bind(numeric::quantities(costs.iter().map(|cost| cost.min_quantity)))
    .bind(numeric::amounts(costs.iter().map(|cost| Some(cost.unit_cost))))
    .bind(actor.name())
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn delete(db: &mut Connection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with costless as (delete from supplier_product_costs where supplier_product_id = $1)
         delete from supplier_products where id = $1",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}
