//! Reservations as the ledger reads and writes them. Whoever changes one holds the locks of its products.

use std::collections::{BTreeSet, HashMap};

use domain::{Book, ProductId, Reservation, ReservationId, ReservationStatus, ReservedPart};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::{Connection, numeric};
use sqlx::Row;

use super::command::Work;
use super::job::Job;
use super::load::{decode, level_key, quantity};

/// What is known of a reservation besides what it holds.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) reference: Option<String>,
    pub(super) actor: String,
    /// 0 while it is being made.
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Card {
    /// Of one that is being made.
    pub(super) fn new(reference: Option<&str>, actor: &str, at: Timestamp) -> Self {
        Self {
            reference: reference.map(str::to_owned),
            actor: actor.to_owned(),
            version: 0,
            created_at: at,
            updated_at: at,
        }
    }

    pub(super) fn change(&mut self, at: Timestamp) {
        self.version += 1;
        self.updated_at = at;
    }
}

/// What people call a reservation.
pub(crate) fn number(id: ReservationId) -> String {
    format!("RS-{:06}", id.0)
}

/// Read the reservations that the commands change, and those that they may shorten: of these only what holds no other
/// product than the locked ones.
pub(super) async fn load(
    db: &mut Connection,
    job: &Job<'_>,
    locked: &[ProductId],
    book: &mut Book,
) -> Result<HashMap<ReservationId, Card>, sqlx::Error> {
    let ids: BTreeSet<i64> =
        job.commands.iter().filter_map(|command| command.reservation()).map(|id| id.0).collect();
    let mut shortened = BTreeSet::new();
    for command in &job.commands {
        if let Work::Post { shorten_reservations: true, .. } = &command.work {
            shortened.extend(job.found.products(command).into_iter().map(|product| product.0));
        }
    }
    let mut cards = HashMap::new();
    if ids.is_empty() && shortened.is_empty() {
        return Ok(cards);
    }
    let rows = sqlx::query(include_str!("reservations.sql"))
        .bind(Vec::from_iter(ids))
        .bind(Vec::from_iter(shortened))
        .fetch_all(db)
        .await?;
    for row in rows {
        let id = ReservationId(row.try_get("id")?);
        let status: String = row.try_get("status")?;
        let expires_at: Option<jiff_sqlx::Timestamp> = row.try_get("expires_at")?;
        let part = ReservedPart {
            line: row.try_get("line")?,
            key: level_key(&row)?,
            quantity: quantity(&row, "quantity")?,
            fulfilled: quantity(&row, "fulfilled")?,
            released: quantity(&row, "released")?,
        };
        let reservation = book.reservations.entry(id).or_insert(Reservation {
            status: ReservationStatus::from_name(&status).ok_or_else(|| decode(status))?,
            expires_at: expires_at.map(jiff_sqlx::Timestamp::to_jiff),
            parts: Vec::new(),
        });
        reservation.parts.push(part);
        cards.insert(
            id,
            Card {
                reference: row.try_get("reference")?,
                actor: row.try_get("actor")?,
                version: row.try_get("version")?,
                created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
                updated_at: row.try_get::<jiff_sqlx::Timestamp, _>("updated_at")?.to_jiff(),
            },
        );
    }
    let is_locked = |part: &ReservedPart| locked.contains(&part.key.product);
    book.reservations.retain(|_, reservation| reservation.parts.iter().all(is_locked));
    cards.retain(|id, _| book.reservations.contains_key(id));
    Ok(cards)
}

/// The products that a reservation holds, or held; they never change.
pub(super) async fn products_of(
    db: &mut Connection,
    id: ReservationId,
) -> Result<Vec<ProductId>, sqlx::Error> {
    let products: Vec<i64> =
        sqlx::query_scalar("select distinct product_id from reservation_lines where reservation_id = $1")
            .bind(id.0)
            .fetch_all(db)
            .await?;
    Ok(products.into_iter().map(ProductId).collect())
}

/// The products of all reservations that hold any of these: what has to be locked before these are shortened.
pub(super) async fn products_beside(
    db: &mut Connection,
    products: &[ProductId],
) -> Result<Vec<ProductId>, sqlx::Error> {
    let products: Vec<i64> = sqlx::query_scalar(
        "select distinct beside.product_id from reservation_lines l
         join reservation_lines beside on beside.reservation_id = l.reservation_id
         where l.product_id = any($1) and l.open > 0",
    )
    .bind(products.iter().map(|product| product.0).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    Ok(products.into_iter().map(ProductId).collect())
}

/// Write the reservations that were made or changed.
pub(super) async fn write(
    db: &mut Connection,
    book: &Book,
    cards: &HashMap<ReservationId, Card>,
) -> Result<(), sqlx::Error> {
    let changed: Vec<(ReservationId, &Reservation, &Card)> = book
        .changed_reservations()
        .filter_map(|(id, reservation)| Some((id, reservation, cards.get(&id)?)))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let parts: Vec<(ReservationId, &ReservedPart)> = changed
        .iter()
        .flat_map(|(id, reservation, _)| reservation.parts.iter().map(|part| (*id, part)))
        .collect();
    sqlx::query(include_str!("write_reservations.sql"))
        .bind(changed.iter().map(|(id, ..)| id.0).collect::<Vec<_>>())
        .bind(changed.iter().map(|(_, reservation, _)| reservation.status.as_str()).collect::<Vec<_>>())
        .bind(changed.iter().map(|(.., card)| card.reference.as_deref()).collect::<Vec<_>>())
        .bind(changed.iter().map(|(.., card)| card.actor.as_str()).collect::<Vec<_>>())
        .bind(
            changed
                .iter()
                .map(|(_, reservation, _)| reservation.expires_at.map(ToSqlx::to_sqlx))
                .collect::<Vec<_>>(),
        )
        .bind(changed.iter().map(|(.., card)| card.version.max(1)).collect::<Vec<_>>())
        .bind(changed.iter().map(|(.., card)| card.created_at.to_sqlx()).collect::<Vec<_>>())
        .bind(changed.iter().map(|(.., card)| card.updated_at.to_sqlx()).collect::<Vec<_>>())
        .bind(parts.iter().map(|(id, _)| id.0).collect::<Vec<_>>())
        .bind(parts.iter().map(|(_, part)| part.line).collect::<Vec<_>>())
        .bind(parts.iter().map(|(_, part)| part.key.product.0).collect::<Vec<_>>())
        .bind(parts.iter().map(|(_, part)| part.key.location.0).collect::<Vec<_>>())
        .bind(parts.iter().map(|(_, part)| part.key.lot.as_str()).collect::<Vec<_>>())
        .bind(numeric::quantities(parts.iter().map(|(_, part)| part.quantity)))
        .bind(numeric::quantities(parts.iter().map(|(_, part)| part.fulfilled)))
        .bind(numeric::quantities(parts.iter().map(|(_, part)| part.released)))
        .execute(db)
        .await?;
    Ok(())
}
