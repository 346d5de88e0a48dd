//! Reading what a batch of commands is about.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::{
    Book, Level, LevelKey, LocationFacts, LocationId, LocationKind, MovementId, MovementKind, ProductFacts,
    ProductId, Quantity, Totals, WarehouseId,
};
use jiff::Timestamp;
use platform::Connection;
use platform::idempotency::{self, Recorded};
use rust_decimal::Decimal;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::command::{PlaceRef, ReservationAction, Work};
use super::job::Job;
use super::low_stock;
use super::names::{Names, PlaceNames};
use super::reversal::{Original, opposite};
use crate::warehouses::WarehouseRef;

/// How the products are locked before they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Locking {
    /// Wait for them.
    Wait,
    /// Leave out what others have locked. Never for deciding on stock: only for choosing what to do first.
    Skip,
    /// Not at all: for a preview.
    None,
}

/// What the commands ask for, gathered.
#[derive(Default)]
pub(super) struct Wanted {
    products: BTreeSet<i64>,
    locations: BTreeSet<i64>,
    warehouses: BTreeSet<i64>,
    warehouse_codes: BTreeSet<String>,
    default_warehouse: bool,
    movements: BTreeSet<i64>,
}

impl Wanted {
    pub(super) fn by(job: &Job<'_>) -> Self {
        let mut wanted = Self::default();
        for command in &job.commands {
            wanted.products.extend(job.found.products(command).into_iter().map(|product| product.0));
            command.lines().iter().for_each(|line| wanted.add(&line.place));
            match &command.work {
                Work::Reverse { movement, .. } => wanted.movements.extend([movement.0]),
                Work::Reservation { action: ReservationAction::Edit { lines, .. }, .. } => {
                    lines.iter().filter_map(|line| line.place.as_ref()).for_each(|place| wanted.add(place));
                }
                Work::Post { .. } | Work::Reserve { .. } | Work::Reservation { .. } => {}
            }
        }
        wanted.products.extend(job.found.beside.iter().map(|product| product.0));
        wanted
    }

    fn add(&mut self, place: &PlaceRef) {
        match place {
            PlaceRef::Location(id) => self.locations.extend([id.0]),
            PlaceRef::Warehouse(WarehouseRef::Id(id)) => self.warehouses.extend([*id]),
            PlaceRef::Warehouse(WarehouseRef::Code(code)) => {
                self.warehouse_codes.extend([code.as_str().to_lowercase()]);
            }
            PlaceRef::DefaultWarehouse => self.default_warehouse = true,
            PlaceRef::Anywhere => {}
        }
    }

    /// The movements to be reversed; their entries cannot change, so no lock is needed to read them.
    pub(super) async fn originals(
        &mut self,
        db: &mut Connection,
    ) -> Result<HashMap<MovementId, Original>, sqlx::Error> {
        let mut originals = HashMap::new();
        if self.movements.is_empty() {
            return Ok(originals);
        }
        let rows = sqlx::query(
            "select m.id, m.kind, e.product_id, e.location_id, e.lot, e.on_hand_delta::numeric as delta,
                    e.unit_cost::numeric as unit_cost
             from stock_movements m join stock_entries e on e.movement_id = m.id where m.id = any($1)",
        )
        .bind(Vec::from_iter(self.movements.iter().copied()))
        .fetch_all(db)
        .await?;
        for row in rows {
            let key = level_key(&row)?;
            self.products.insert(key.product.0);
            self.locations.insert(key.location.0);
            let unit_cost = row
                .try_get::<Option<Decimal>, _>("unit_cost")?
                .map(|cost| cost.try_into().map_err(decode))
                .transpose()?;
            let kind: String = row.try_get("kind")?;
            let kind = MovementKind::from_name(&kind).ok_or_else(|| decode(kind))?;
            let original =
                originals.entry(MovementId(row.try_get("id")?)).or_insert_with(|| Original::new(kind));
            original.lines.push(opposite(key, quantity(&row, "delta")?, unit_cost));
        }
        Ok(originals)
    }

    pub(super) fn product_ids(&self) -> Vec<ProductId> {
        self.products.iter().copied().map(ProductId).collect()
    }

    /// What the commands name that no level has brought: single locations, and all of the warehouses.
    pub(super) async fn load_locations(
        &self,
        db: &mut Connection,
        book: &mut Book,
        names: &mut Names,
    ) -> Result<(), sqlx::Error> {
        let missing = |id: &i64| !book.locations.contains_key(&LocationId(*id));
        let locations: Vec<i64> = self.locations.iter().copied().filter(missing).collect();
        let warehouses = !self.warehouses.is_empty() || !self.warehouse_codes.is_empty();
        if locations.is_empty() && !warehouses && !self.default_warehouse {
            return Ok(());
        }
        let rows = sqlx::query(include_str!("locations.sql"))
            .bind(locations)
            .bind(Vec::from_iter(self.warehouses.iter().copied()))
            .bind(Vec::from_iter(self.warehouse_codes.iter().cloned()))
            .bind(self.default_warehouse)
            .fetch_all(db)
            .await?;
        for row in rows {
            add_location(&row, book, names)?;
            if row.try_get("is_first")? {
                names.default_warehouse = Some(WarehouseId(row.try_get("warehouse_id")?));
            }
        }
        Ok(())
    }
}

/// Lock the totals of products, in the order of products; make the rows that are missing. The answer is what is locked:
/// all products that there are, unless what others hold is skipped.
pub(super) async fn lock_products(
    db: &mut Connection,
    products: &[ProductId],
    locking: Locking,
) -> Result<Vec<ProductId>, sqlx::Error> {
    let ids: Vec<i64> = products.iter().map(|product| product.0).collect();
    let mut locked = lock_rows(db, &ids, locking).await?;
    if locked.len() < ids.len() {
        sqlx::query(
            // Holding the products, too: one that is being deleted is waited for, and is then unknown.
            "insert into product_stock (product_id)
             select id from products p
             where id = any($1) and not exists (select from product_stock s where s.product_id = p.id) order by id for key share
             on conflict (product_id) do nothing",
        )
        .bind(&ids)
        .execute(&mut *db)
        .await?;
        // Rows that another transaction made meanwhile are not locked yet.
        locked = lock_rows(db, &ids, locking).await?;
    }
    Ok(locked.into_iter().map(ProductId).collect())
}

/// Keep the products that exist: the others are not locked by anybody.
pub(super) async fn retain_existing(
    db: &mut Connection,
    products: &mut HashSet<ProductId>,
) -> Result<(), sqlx::Error> {
    if products.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = products.iter().map(|product| product.0).collect();
    let existing: Vec<i64> =
        sqlx::query_scalar("select id from products where id = any($1)").bind(ids).fetch_all(db).await?;
    *products = existing.into_iter().map(ProductId).collect();
    Ok(())
}

async fn lock_rows(db: &mut Connection, ids: &[i64], locking: Locking) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(match locking {
        Locking::Skip => {
            "select product_id from product_stock where product_id = any($1) order by product_id for no key update skip locked"
        }
        _ => "select product_id from product_stock where product_id = any($1) order by product_id for no key update",
    })
    .bind(ids)
    .fetch_all(db)
    .await
}

/// The products with their totals, in a statement that sees what the lock waited for.
pub(super) async fn load_products(
    db: &mut Connection,
    products: &[ProductId],
    book: &mut Book,
    names: &mut Names,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(
        "select p.id, p.sku, p.unit = 'each' as whole_numbers_only, p.archived,
                coalesce(s.on_hand, 0)::numeric as on_hand, coalesce(s.reserved, 0)::numeric as reserved,
                coalesce(s.available, 0)::numeric as available, coalesce(s.in_transit, 0)::numeric as in_transit,
                p.reorder_point::numeric as reorder_point,
                -- CASE: who has no reorder point does not pay for the look-up.
                case when p.reorder_point is null then false
                     else exists (select from low_stock l where l.product_id = p.id) end as known_low,
                watched.watched_in, watched.watched_points, watched.watched_known_low
         from products p left join product_stock s on s.product_id = p.id
         cross join lateral (
             select array_agg(r.warehouse_id) as watched_in, array_agg(r.reorder_point::numeric) as watched_points,
                    array_agg(exists (select from warehouse_low_stock l where l.product_id = p.id
                                      and l.warehouse_id = r.warehouse_id)) as watched_known_low
             from reorder_policies r where r.product_id = p.id and r.warehouse_id is not null) watched
         where p.id = any($1)",
    )
    .bind(products.iter().map(|product| product.0).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    for row in rows {
        let id = ProductId(row.try_get("id")?);
        let totals = Totals {
            on_hand: quantity(&row, "on_hand")?,
            reserved: quantity(&row, "reserved")?,
            available: quantity(&row, "available")?,
            in_transit: quantity(&row, "in_transit")?,
        };
        let reorder_point = row.try_get::<Option<Decimal>, _>("reorder_point")?;
        let facts = ProductFacts {
            whole_numbers_only: row.try_get("whole_numbers_only")?,
            archived: row.try_get("archived")?,
            totals,
            reorder_point: reorder_point.map(|point| point.try_into().map_err(decode)).transpose()?,
            known_low: row.try_get("known_low")?,
            watched: low_stock::watched(&row)?,
        };
        book.products.insert(id, facts);
        names.skus.insert(id, row.try_get("sku")?);
    }
    Ok(())
}

/// All levels of the products, and their locations.
pub(super) async fn load_levels(
    db: &mut Connection,
    products: &[ProductId],
    book: &mut Book,
    names: &mut Names,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(include_str!("levels.sql"))
        .bind(products.iter().map(|product| product.0).collect::<Vec<_>>())
        .fetch_all(db)
        .await?;
    for row in rows {
        let (key, level) = level(&row)?;
        if !book.locations.contains_key(&key.location) {
            add_location(&row, book, names)?;
        }
        book.levels.insert(key, level);
    }
    Ok(())
}

fn add_location(row: &PgRow, book: &mut Book, names: &mut Names) -> Result<(), sqlx::Error> {
    let id = LocationId(row.try_get("location_id")?);
    let warehouse = WarehouseId(row.try_get("warehouse_id")?);
    let kind: String = row.try_get("kind")?;
    let facts = LocationFacts {
        warehouse,
        kind: LocationKind::from_name(&kind).ok_or_else(|| decode(kind))?,
        is_default: row.try_get("is_default")?,
        archived: row.try_get("archived")?,
        priority: row.try_get("priority")?,
    };
    book.locations.insert(id, facts);
    let code: String = row.try_get("warehouse")?;
    names.warehouses.insert(code.to_lowercase(), warehouse);
    names.places.insert(id, PlaceNames { location: row.try_get("location")?, warehouse: code });
    Ok(())
}

/// What is asked last, under the locks.
pub(super) struct Last {
    /// The database's clock.
    pub(super) clock: Timestamp,
    /// For the movements that may be written, so that those of one product rise in the order of its history. To be
    /// taken from the end.
    pub(super) movement_ids: Vec<i64>,
    /// For the reservations that may be made.
    pub(super) reservation_ids: Vec<i64>,
    /// What the keys have done.
    pub(super) recorded: HashMap<[u8; 32], Recorded>,
}

impl Last {
    pub(super) async fn ask(
        db: &mut Connection,
        job: &Job<'_>,
        dated_back: usize,
        writing: bool,
    ) -> Result<Self, sqlx::Error> {
        let reserves = job.commands.iter().filter(|command| matches!(command.work, Work::Reserve { .. }));
        // A movement that is dated back may need another for each count.
        let (movements, reservations) = (job.commands.len() + dated_back, reserves.count());
        let count = |count: usize| if writing { i32::try_from(count).unwrap_or(i32::MAX) } else { 0 };
        let keys = job.commands.iter().filter_map(|command| command.key.as_ref());
        let hashes: Vec<[u8; 32]> = keys.filter(|_| writing).map(|key| key.hash).collect();
        let (clock, mut movement_ids, mut reservation_ids, known): (
            jiff_sqlx::Timestamp,
            Vec<i64>,
            Vec<i64>,
            bool,
        ) = sqlx::query_as(include_str!("last.sql"))
            .bind(count(movements))
            .bind(count(reservations))
            .bind(&hashes)
            .fetch_one(&mut *db)
            .await?;
        let recorded = if known { idempotency::find(db, &hashes).await? } else { Vec::new() };
        movement_ids.reverse();
        reservation_ids.reverse();
        Ok(Self {
            clock: clock.to_jiff(),
            movement_ids,
            reservation_ids,
            recorded: recorded.into_iter().map(|recorded| (recorded.key_hash, recorded)).collect(),
        })
    }
}

fn level(row: &PgRow) -> Result<(LevelKey, Level), sqlx::Error> {
    let level = Level {
        on_hand: quantity(row, "on_hand")?,
        reserved: quantity(row, "reserved")?,
        seq: row.try_get("seq")?,
        chain: row.try_get("chain")?,
        recorded_at: row.try_get::<jiff_sqlx::Timestamp, _>("recorded_at")?.to_jiff(),
    };
    Ok((level_key(row)?, level))
}

pub(super) fn level_key(row: &PgRow) -> Result<LevelKey, sqlx::Error> {
    Ok(LevelKey {
        product: ProductId(row.try_get("product_id")?),
        location: LocationId(row.try_get("location_id")?),
        lot: row.try_get("lot")?,
    })
}

pub(super) fn quantity(row: &PgRow, column: &str) -> Result<Quantity, sqlx::Error> {
    row.try_get::<Decimal, _>(column)?.try_into().map_err(decode)
}

pub(super) fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
