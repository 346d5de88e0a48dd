//! The SQL of single purchase orders.

use domain::{Amount, Currency, PurchaseOrderStatus, Quantity, Text};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use platform::{Connection, numeric};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Row};
use stock::ledger::ProductRef;

use super::input::{NewLine, NewPurchaseOrder, PurchaseOrderChange};
use super::model::{self, PurchaseOrderView};
use crate::occasion::Occasion;
use crate::row;

/// An order whose row is locked.
pub struct Locked {
    pub id: i64,
    pub number: String,
    pub status: PurchaseOrderStatus,
    pub supplier_id: i64,
    pub warehouse_id: i64,
    pub currency: Currency,
    pub version: i64,
}

/// A supplier as an order needs it.
#[derive(sqlx::FromRow)]
pub struct Supplier {
    pub currency: String,
    pub archived: bool,
}

/// What is known of the product that a line names.
#[derive(sqlx::FromRow)]
pub struct Known {
    pub product_id: Option<i64>,
    pub whole_numbers_only: Option<bool>,
    pub archived: Option<bool>,
    /// What the supplier takes for one, at the quantity of the line.
    pub unit_cost: Option<Decimal>,
}

/// A line that can be ordered.
pub struct Line {
    pub product_id: i64,
    pub quantity: Quantity,
    pub unit_cost: Decimal,
    pub expected_on: Option<Date>,
}

/// What was done to an order.
pub struct Event<'a> {
    pub action: &'static str,
    pub from: Option<PurchaseOrderStatus>,
    pub to: PurchaseOrderStatus,
    pub note: &'a str,
}

impl sqlx::FromRow<'_, PgRow> for Locked {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let status: String = row.try_get("status")?;
        let unknown = || sqlx::Error::Decode(format!("unknown status {status}").into());
        Ok(Self {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            status: PurchaseOrderStatus::from_name(&status).ok_or_else(unknown)?,
            supplier_id: row.try_get("supplier_id")?,
            warehouse_id: row.try_get("warehouse_id")?,
            currency: model::currency(row.try_get("currency")?)?,
            version: row.try_get("version")?,
        })
    }
}

pub(super) async fn find(db: impl PgExecutor<'_>, id: i64) -> Result<Option<PurchaseOrderView>, sqlx::Error> {
    sqlx::query_as(include_str!("find.sql")).bind(id).fetch_optional(db).await
}

/// Lock it against other changes, but not against rows that refer to it.
pub(super) async fn lock(db: &mut Connection, id: i64) -> Result<Option<Locked>, sqlx::Error> {
    sqlx::query_as(
        "select id, number, status, supplier_id, warehouse_id, currency::text as currency, version
         from purchase_orders where id = $1 for no key update",
    )
    .bind(id)
    .fetch_optional(db)
    .await
}

/// Hold a supplier still: it is not archived while something is ordered there.
pub(super) async fn hold_supplier(db: &mut Connection, id: i64) -> Result<Option<Supplier>, sqlx::Error> {
    sqlx::query_as(
        "select currency::text as currency, archived_at is not null as archived from suppliers where id = $1 for share",
    )
    .bind(id)
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

/// What is known of the products that the lines name, in the order of the lines.
pub(super) async fn know(
    db: &mut Connection,
    lines: &[NewLine],
    supplier_id: i64,
    currency: Currency,
) -> Result<Vec<Known>, sqlx::Error> {
    let named = |line: &NewLine| match &line.product {
        ProductRef::Id(id) => (Some(id.0), None),
        ProductRef::Sku(sku) => (None, Some(sku.clone())),
    };
    let (ids, skus): (Vec<_>, Vec<_>) = lines.iter().map(named).unzip();
    sqlx::query_as(include_str!("know.sql"))
        .bind(ids)
        .bind(skus)
        .bind(numeric::quantities(lines.iter().map(|line| line.quantity)))
        .bind(supplier_id)
        .bind(currency.code())
        .fetch_all(db)
        .await
}

/// Add a draft without lines; its key.
pub(super) async fn insert(
    db: &mut Connection,
    new: &NewPurchaseOrder,
    warehouse_id: i64,
    currency: Currency,
    by: &Occasion,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into purchase_orders (supplier_id, warehouse_id, currency, expected_on, note, created_at, updated_at)
         values ($1, $2, $3::text, $4, coalesce($5, ''), coalesce($6, now()), coalesce($6, now())) returning id",
    )
    .bind(new.supplier_id)
    .bind(warehouse_id)
    .bind(currency.code())
    .bind(new.expected_on.map(ToSqlx::to_sqlx))
    .bind(new.note.as_ref().map(Text::as_str))
    .bind(by.stamp())
    .fetch_one(db)
    .await
}

/// Give an order these lines in place of those it has.
pub(super) async fn replace_lines(db: &mut Connection, id: i64, lines: &[Line]) -> Result<(), sqlx::Error> {
    sqlx::query("delete from purchase_order_lines where purchase_order_id = $1")
        .bind(id)
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "insert into purchase_order_lines (purchase_order_id, product_id, quantity, unit_cost, expected_on)
         select $1, product_id, quantity, unit_cost, expected_on
         from unnest($2::bigint[], $3::numeric[], $4::numeric[], $5::date[]) with ordinality
              as t (product_id, quantity, unit_cost, expected_on, position)
         order by position",
    )
    .bind(id)
    .bind(lines.iter().map(|line| line.product_id).collect::<Vec<_>>())
    .bind(numeric::quantities(lines.iter().map(|line| line.quantity)))
    .bind(lines.iter().map(|line| line.unit_cost).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.expected_on.map(ToSqlx::to_sqlx)).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    change: &PurchaseOrderChange,
    warehouse_id: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update purchase_orders set warehouse_id = coalesce($2, warehouse_id), currency = coalesce($3::text, currency),
                expected_on = case when $4 then $5 else expected_on end, note = coalesce($6, note),
                version = version + 1, updated_at = clock_timestamp()
         where id = $1",
    )
    .bind(id)
    .bind(warehouse_id)
    .bind(change.currency.map(Currency::code))
    .bind(change.expected_on.is_some())
    .bind(change.expected_on.flatten().map(ToSqlx::to_sqlx))
    .bind(change.note.as_ref().map(Text::as_str))
    .execute(db)
    .await?;
    Ok(())
}

/// A new draft with the supplier, the warehouse, the costs and the quantities of an order; its key.
pub(super) async fn duplicate(db: &mut Connection, id: i64) -> Result<i64, sqlx::Error> {
    let copy = sqlx::query_scalar(
        "insert into purchase_orders (supplier_id, warehouse_id, currency, note)
         select supplier_id, warehouse_id, currency, note from purchase_orders where id = $1 returning id",
    )
    .bind(id)
    .fetch_one(&mut *db)
    .await?;
    sqlx::query(
        "insert into purchase_order_lines (purchase_order_id, product_id, quantity, unit_cost)
         select $2, product_id, quantity, unit_cost from purchase_order_lines where purchase_order_id = $1 order by id",
    )
    .bind(id)
    .bind(copy)
    .execute(db)
    .await?;
    Ok(copy)
}

/// What an order costs.
pub(super) async fn total(db: &mut Connection, id: i64) -> Result<Amount, sqlx::Error> {
    let total: Decimal = sqlx::query_scalar(
        "select coalesce(round(sum((quantity - cancelled) * unit_cost), 4), 0) from purchase_order_lines
         where purchase_order_id = $1",
    )
    .bind(id)
    .fetch_one(db)
    .await?;
    total.try_into().map_err(row::decode)
}

/// What is open will not come any more.
pub(super) async fn cancel_rest(db: &mut Connection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update purchase_order_lines set cancelled = cancelled + open where purchase_order_id = $1 and open > 0",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

/// Stamped by the clock, not by the start of the transaction, which may have waited for the row.
pub async fn set_status(
    db: &mut Connection,
    id: i64,
    status: PurchaseOrderStatus,
    by: &Occasion,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update purchase_orders set status = $2, version = version + 1, updated_at = coalesce($3, clock_timestamp())
         where id = $1",
    )
    .bind(id)
    .bind(status.as_str())
    .bind(by.stamp())
    .execute(db)
    .await?;
    Ok(())
}

/// Keep what was done to an order.
pub async fn add_event(
    db: &mut Connection,
    id: i64,
    event: &Event<'_>,
    by: &Occasion,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into purchase_order_events (purchase_order_id, action, from_status, status, note, actor, recorded_at)
         values ($1, $2, $3, $4, $5, $6::text, coalesce($7, clock_timestamp()))",
    )
    .bind(id)
    .bind(event.action)
    .bind(event.from.map(PurchaseOrderStatus::as_str))
    .bind(event.to.as_str())
    .bind(event.note)
    .bind(by.actor().name())
    .bind(by.stamp())
    .execute(db)
    .await?;
    Ok(())
}
