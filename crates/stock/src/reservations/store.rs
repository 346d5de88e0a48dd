//! The SQL of reading reservations.

use std::collections::HashMap;

use domain::{LocationId, ProductId, Quantity, ReservationId, ReservationStatus};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Postgres, QueryBuilder, Row};

use super::model::{ReservationFilter, ReservationView};
use crate::ledger::{PartOutcome, ReservationOutcome};

/// The keys of a page, newest first; one more than the page has.
pub(super) async fn list(
    db: &PgPool,
    filter: &ReservationFilter,
    products: &[i64],
    before: i64,
) -> Result<Vec<i64>, sqlx::Error> {
    let rows = filter.paging.rows();
    let mut sql: QueryBuilder<Postgres> = QueryBuilder::new("select distinct r.id from ");
    if products.is_empty() {
        sql.push("reservations r where r.id < ").push_bind(before);
        push_conditions(&mut sql, filter);
    } else {
        // The newest of each product, of which the newest of all are the page.
        sql.push("unnest(").push_bind(products).push("::bigint[]) as wanted (id) cross join lateral (");
        sql.push(
            "select distinct r.id from reservation_lines l join reservations r on r.id = l.reservation_id",
        );
        sql.push(" where l.product_id = wanted.id and l.open > 0 and l.reservation_id < ").push_bind(before);
        push_conditions(&mut sql, filter);
        sql.push(" order by r.id desc limit ").push(rows).push(") r");
    }
    sql.push(" order by r.id desc limit ").push(rows);
    sql.build_query_scalar().persistent(false).fetch_all(db).await
}

fn push_conditions(sql: &mut QueryBuilder<Postgres>, filter: &ReservationFilter) {
    if let Some(status) = filter.status {
        sql.push(" and r.status = ").push_bind(status.as_str());
    }
    if let Some(reference) = &filter.reference {
        sql.push(" and r.reference = ").push_bind(reference.as_str().to_owned());
    }
}

/// Reservations with their lines.
pub(super) async fn find(db: &PgPool, ids: &[i64]) -> Result<HashMap<i64, ReservationView>, sqlx::Error> {
    let rows = sqlx::query(
        "select r.id, r.status, r.reference, r.actor, r.expires_at, r.version, r.created_at, r.updated_at, l.line, l.product_id,
                p.sku, l.location_id, o.location, o.warehouse, l.lot, l.quantity::numeric as quantity,
                l.fulfilled::numeric as fulfilled, l.released::numeric as released
         from reservations r
         join reservation_lines l on l.reservation_id = r.id
         cross join lateral (select sku from products where id = l.product_id limit 1) p
         cross join lateral (select o.code::text as location, w.code::text as warehouse
                             from locations o join warehouses w on w.id = o.warehouse_id where o.id = l.location_id limit 1) o
         where r.id = any($1)
         order by r.id, l.line, l.location_id, l.lot",
    )
    .bind(ids)
    .fetch_all(db)
    .await?;
    let mut found: HashMap<i64, ReservationOutcome> = HashMap::new();
    for row in &rows {
        let id: i64 = row.try_get("id")?;
        let reservation = match found.remove(&id) {
            Some(reservation) => reservation,
            None => header(row)?,
        };
        let mut reservation = reservation;
        reservation.parts.push(part(row)?);
        found.insert(id, reservation);
    }
    Ok(found.into_iter().map(|(id, reservation)| (id, reservation.into())).collect())
}

/// The active reservations whose time has come, a few at once.
pub(super) async fn due(db: &PgPool, most: i64) -> Result<Vec<i64>, sqlx::Error> {
    let mut sql: QueryBuilder<Postgres> = QueryBuilder::new(
        "select id from reservations where status = 'active' and expires_at <= clock_timestamp() order by expires_at limit ",
    );
    sql.push(most).build_query_scalar().fetch_all(db).await
}

fn header(row: &PgRow) -> Result<ReservationOutcome, sqlx::Error> {
    let status: String = row.try_get("status")?;
    let time =
        |column: &str| row.try_get::<jiff_sqlx::Timestamp, _>(column).map(jiff_sqlx::Timestamp::to_jiff);
    let expires_at: Option<jiff_sqlx::Timestamp> = row.try_get("expires_at")?;
    Ok(ReservationOutcome {
        id: ReservationId(row.try_get("id")?),
        status: ReservationStatus::from_name(&status).ok_or_else(|| sqlx::Error::Decode(status.into()))?,
        reference: row.try_get("reference")?,
        actor: row.try_get("actor")?,
        expires_at: expires_at.map(jiff_sqlx::Timestamp::to_jiff),
        version: row.try_get("version")?,
        created_at: time("created_at")?,
        updated_at: time("updated_at")?,
        parts: Vec::new(),
    })
}

fn part(row: &PgRow) -> Result<PartOutcome, sqlx::Error> {
    let quantity = |column: &str| -> Result<Quantity, sqlx::Error> {
        row.try_get::<Decimal, _>(column)?.try_into().map_err(|error| sqlx::Error::Decode(Box::new(error)))
    };
    Ok(PartOutcome {
        line: row.try_get("line")?,
        product_id: ProductId(row.try_get("product_id")?),
        sku: row.try_get("sku")?,
        location_id: LocationId(row.try_get("location_id")?),
        location: row.try_get("location")?,
        warehouse: row.try_get("warehouse")?,
        lot: row.try_get("lot")?,
        quantity: quantity("quantity")?,
        fulfilled: quantity("fulfilled")?,
        released: quantity("released")?,
    })
}
