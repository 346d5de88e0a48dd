//! The SQL of single stock transfers.

use domain::{LocationId, MovementId, OneLine, ProductId, Quantity, StockTransferStatus, Text};
use platform::{Actor, Connection, numeric};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Row};

use super::input::StockTransferChange;
use super::lookup::Place;
use super::model::StockTransferView;

/// A transfer whose row is locked.
pub(super) struct Locked {
    pub(super) number: String,
    pub(super) status: StockTransferStatus,
    pub(super) from: Place,
    pub(super) to: Place,
    pub(super) transit_location_id: Option<i64>,
    pub(super) version: i64,
}

/// A line of a transfer.
pub(super) struct Line {
    pub(super) line: i32,
    pub(super) product_id: i64,
    pub(super) lot: Option<String>,
    pub(super) quantity: Quantity,
}

/// What left for a line from one location, of one lot.
pub(super) struct Part {
    pub(super) line: i32,
    pub(super) product: ProductId,
    pub(super) location: LocationId,
    pub(super) lot: String,
    /// How much left; of a part that is read, how much of it is in transit.
    pub(super) quantity: Quantity,
}

impl Part {
    /// So much of it.
    pub(super) fn with(&self, quantity: Quantity) -> Self {
        let Self { line, product, location, ref lot, .. } = *self;
        Self { line, product, location, lot: lot.clone(), quantity }
    }
}

/// What has become of parts.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    Received,
    Lost,
    Returned,
}

/// What was done to a transfer.
pub(super) struct Event<'a> {
    pub(super) action: &'static str,
    pub(super) from: Option<StockTransferStatus>,
    pub(super) to: StockTransferStatus,
    pub(super) note: &'a str,
    pub(super) movement: Option<MovementId>,
}

impl sqlx::FromRow<'_, PgRow> for Locked {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let status: String = row.try_get("status")?;
        let place = |warehouse, location| -> Result<Place, sqlx::Error> {
            let (warehouse_id, location_id) = (row.try_get(warehouse)?, row.try_get(location)?);
            // Whether it is open is the ledger's to check, when something moves.
            Ok(Place { warehouse_id, location_id, warehouse_archived: false, location_closed: false })
        };
        Ok(Self {
            number: row.try_get("number")?,
            status: StockTransferStatus::from_name(&status)
                .ok_or_else(|| sqlx::Error::Decode(status.into()))?,
            from: place("from_warehouse_id", "from_location_id")?,
            to: place("to_warehouse_id", "to_location_id")?,
            transit_location_id: row.try_get("transit_location_id")?,
            version: row.try_get("version")?,
        })
    }
}

pub(super) async fn find(db: impl PgExecutor<'_>, id: i64) -> Result<Option<StockTransferView>, sqlx::Error> {
    sqlx::query_as(include_str!("find.sql")).bind(id).fetch_optional(db).await
}

/// Lock it against other changes, but not against rows that refer to it.
pub(super) async fn lock(db: &mut Connection, id: i64) -> Result<Option<Locked>, sqlx::Error> {
    sqlx::query_as(
        "select number, status, from_warehouse_id, from_location_id, to_warehouse_id, to_location_id, transit_location_id,
                version
         from stock_transfers where id = $1 for no key update",
    )
    .bind(id)
    .fetch_optional(db)
    .await
}

/// Add a transfer without lines; its key.
pub(super) async fn insert(
    db: &mut Connection,
    status: StockTransferStatus,
    (from, to): (&Place, &Place),
    reference: Option<&OneLine>,
    note: &str,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into stock_transfers (status, from_warehouse_id, from_location_id, to_warehouse_id, to_location_id, reference, note)
         values ($1, $2, $3, $4, $5, $6::text, $7) returning id",
    )
    .bind(status.as_str())
    .bind(from.warehouse_id)
    .bind(from.location_id)
    .bind(to.warehouse_id)
    .bind(to.location_id)
    .bind(reference.map(OneLine::as_str))
    .bind(note)
    .fetch_one(db)
    .await
}

pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    change: &StockTransferChange,
    (from, to): (&Place, &Place),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update stock_transfers set from_warehouse_id = $2, from_location_id = $3, to_warehouse_id = $4, to_location_id = $5,
                reference = case when $6 then $7::text else reference end, note = coalesce($8, note), version = version + 1,
                updated_at = clock_timestamp()
         where id = $1",
    )
    .bind(id)
    .bind(from.warehouse_id)
    .bind(from.location_id)
    .bind(to.warehouse_id)
    .bind(to.location_id)
    .bind(change.reference.is_some())
    .bind(change.reference.as_ref().and_then(Option::as_ref).map(OneLine::as_str))
    .bind(change.note.as_ref().map(Text::as_str))
    .execute(db)
    .await?;
    Ok(())
}

/// Give a draft these lines in place of those it has.
pub(super) async fn replace_lines(db: &mut Connection, id: i64, lines: &[Line]) -> Result<(), sqlx::Error> {
    sqlx::query("delete from stock_transfer_lines where stock_transfer_id = $1")
        .bind(id)
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "insert into stock_transfer_lines (stock_transfer_id, line, product_id, lot, quantity)
         select $1, * from unnest($2::integer[], $3::bigint[], $4::text[], $5::numeric[])",
    )
    .bind(id)
    .bind(lines.iter().map(|line| line.line).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.product_id).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.lot.as_deref()).collect::<Vec<_>>())
    .bind(numeric::quantities(lines.iter().map(|line| line.quantity)))
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn lines(db: &mut Connection, id: i64) -> Result<Vec<Line>, sqlx::Error> {
    let rows: Vec<(i32, i64, Option<String>, Decimal)> = sqlx::query_as(
        "select line, product_id, lot, quantity::numeric from stock_transfer_lines
         where stock_transfer_id = $1 order by line",
    )
    .bind(id)
    .fetch_all(db)
    .await?;
    let line = |(line, product_id, lot, quantity): (i32, i64, Option<String>, Decimal)| {
        Ok(Line { line, product_id, lot, quantity: quantity.try_into().map_err(decode)? })
    };
    rows.into_iter().map(line).collect()
}

/// Add what left, all of which is in transit.
pub(super) async fn insert_parts(db: &mut Connection, id: i64, parts: &[Part]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into stock_transfer_parts (stock_transfer_id, line, product_id, location_id, lot, quantity)
         select $1, * from unnest($2::integer[], $3::bigint[], $4::bigint[], $5::text[], $6::numeric[])",
    )
    .bind(id)
    .bind(parts.iter().map(|part| part.line).collect::<Vec<_>>())
    .bind(parts.iter().map(|part| part.product.0).collect::<Vec<_>>())
    .bind(parts.iter().map(|part| part.location.0).collect::<Vec<_>>())
    .bind(parts.iter().map(|part| part.lot.as_str()).collect::<Vec<_>>())
    .bind(numeric::quantities(parts.iter().map(|part| part.quantity)))
    .execute(db)
    .await?;
    Ok(())
}

/// All parts of a transfer, each with what is in transit of it.
pub(super) async fn open_parts(db: &mut Connection, id: i64) -> Result<Vec<Part>, sqlx::Error> {
    let rows: Vec<(i32, i64, i64, String, Decimal)> = sqlx::query_as(
        "select line, product_id, location_id, lot, open from stock_transfer_parts
         where stock_transfer_id = $1 order by line, location_id, lot",
    )
    .bind(id)
    .fetch_all(db)
    .await?;
    let part = |(line, product, location, lot, open): (i32, i64, i64, String, Decimal)| {
        let (product, location) = (ProductId(product), LocationId(location));
        Ok(Part { line, product, location, lot, quantity: open.try_into().map_err(decode)? })
    };
    rows.into_iter().map(part).collect()
}

/// A macro, because a statement is a literal: what [`settle`] adds, each part once.
macro_rules! settled {
    () => {
        " + t.quantity
         from (select line, location_id, lot, sum(quantity) as quantity
               from unnest($2::integer[], $3::bigint[], $4::text[], $5::numeric[]) as t (line, location_id, lot, quantity)
               group by line, location_id, lot) t
         where s.stock_transfer_id = $1 and s.line = t.line and s.location_id = t.location_id and s.lot = t.lot"
    };
}
/// So much of each part has arrived, was lost, or has come back.
pub(super) async fn settle(
    db: &mut Connection,
    id: i64,
    fate: Fate,
    parts: &[Part],
) -> Result<(), sqlx::Error> {
    let sql = match fate {
        Fate::Received => concat!("update stock_transfer_parts s set received = s.received", settled!()),
        Fate::Lost => concat!("update stock_transfer_parts s set lost = s.lost", settled!()),
        Fate::Returned => concat!("update stock_transfer_parts s set returned = s.returned", settled!()),
    };
    sqlx::query(sql)
        .bind(id)
        .bind(parts.iter().map(|part| part.line).collect::<Vec<_>>())
        .bind(parts.iter().map(|part| part.location.0).collect::<Vec<_>>())
        .bind(parts.iter().map(|part| part.lot.as_str()).collect::<Vec<_>>())
        .bind(numeric::quantities(parts.iter().map(|part| part.quantity)))
        .execute(db)
        .await?;
    Ok(())
}

/// Stamped by the clock, not by the start of the transaction, which may have waited for the row.
pub(super) async fn set_status(
    db: &mut Connection,
    id: i64,
    status: StockTransferStatus,
    transit_location_id: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update stock_transfers set status = $2, transit_location_id = $3, version = version + 1, updated_at = clock_timestamp()
         where id = $1",
    )
    .bind(id)
    .bind(status.as_str())
    .bind(transit_location_id)
    .execute(db)
    .await?;
    Ok(())
}

/// Keep what was done to a transfer.
pub(super) async fn add_event(
    db: &mut Connection,
    id: i64,
    event: &Event<'_>,
    actor: &Actor,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into stock_transfer_events (stock_transfer_id, action, from_status, status, note, movement_id, actor)
         values ($1, $2, $3, $4, $5, $6, $7::text)",
    )
    .bind(id)
    .bind(event.action)
    .bind(event.from.map(StockTransferStatus::as_str))
    .bind(event.to.as_str())
    .bind(event.note)
    .bind(event.movement.map(|movement| movement.0))
    .bind(actor.name())
    .execute(db)
    .await?;
    Ok(())
}

fn decode(error: domain::Invalid) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
