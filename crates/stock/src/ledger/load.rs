//! Reading what a batch of commands is about.

use std::collections::hash_map::Entry;
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

/// What is held and known once the products are locked.
pub(super) struct Locked {
    /// All products that there are, unless what others hold is skipped.
    pub(super) products: Vec<ProductId>,
    /// The database's clock, read after that.
    pub(super) clock: Timestamp,
    /// For the movements that may be written, so that those of one product rise in the order of its history. To be taken
    /// from the end.
    pub(super) movement_ids: Vec<i64>,
    /// For the reservations that may be made.
    pub(super) reservation_ids: Vec<i64>,
}

/// Lock the totals of products, in the order of products; make the rows that are missing. With the numbers that so many
/// movements and reservations need, taken under the lock.
pub(super) async fn lock(
    db: &mut Connection,
    products: &[ProductId],
    locking: Locking,
    (movements, reservations): (usize, usize),
) -> Result<Locked, sqlx::Error> {
    let ids: Vec<i64> = products.iter().map(|product| product.0).collect();
    let mut locked = lock_rows(db, &ids, locking, (movements, reservations)).await?;
    if locked.products.len() < ids.len() && locking != Locking::None {
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
        locked = lock_rows(db, &ids, locking, (movements, reservations)).await?;
    }
    Ok(locked)
}

async fn lock_rows(
    db: &mut Connection,
    ids: &[i64],
    locking: Locking,
    (movements, reservations): (usize, usize),
) -> Result<Locked, sqlx::Error> {
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let (products, clock, mut movement_ids, mut reservation_ids): (
        Vec<i64>,
        jiff_sqlx::Timestamp,
        Vec<i64>,
        Vec<i64>,
    ) = sqlx::query_as(match locking {
        Locking::Wait => concat!(include_str!("lock.sql"), "for no key update", include_str!("numbers.sql")),
        Locking::Skip => {
            concat!(include_str!("lock.sql"), "for no key update skip locked", include_str!("numbers.sql"))
        }
        Locking::None => concat!(include_str!("lock.sql"), include_str!("numbers.sql")),
    })
    .bind(ids)
    .bind(count(movements))
    .bind(count(reservations))
    .fetch_one(&mut *db)
    .await?;
    movement_ids.reverse();
    reservation_ids.reverse();
    Ok(Locked {
        products: products.into_iter().map(ProductId).collect(),
        clock: clock.to_jiff(),
        movement_ids,
        reservation_ids,
    })
}

/// Of the products that are locked, keep those of which nobody else holds a level, or a reservation that is to be changed: psql
/// may hold what no lane does. Whoever skips what is locked would wait for it when it is written.
pub(super) async fn leave_out_held(
    db: &mut Connection,
    locked: &mut Vec<ProductId>,
    reservations: &[i64],
) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = locked.iter().map(|product| product.0).collect();
    let held: HashSet<i64> = sqlx::query_scalar(include_str!("held.sql"))
        .bind(ids)
        .bind(reservations)
        .fetch_all(db)
        .await?
        .into_iter()
        .collect();
    locked.retain(|product| !held.contains(&product.0));
    Ok(())
}

/// More numbers for movements, to be taken from the end. The products are locked.
pub(super) async fn more_numbers(db: &mut Connection, count: usize) -> Result<Vec<i64>, sqlx::Error> {
    let mut numbers: Vec<i64> =
        sqlx::query_scalar("select nextval('stock_movements_id_seq') from generate_series(1, $1)")
            .bind(i32::try_from(count).unwrap_or(i32::MAX))
            .fetch_all(db)
            .await?;
    numbers.reverse();
    Ok(numbers)
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

/// Read the products with all their levels, in a statement that sees what the lock waited for; and what the keys have
/// done. That is asked under the lock, too: a retry is about the same products.
pub(super) async fn read(
    db: &mut Connection,
    products: &[ProductId],
    keys: &[[u8; 32]],
    book: &mut Book,
    names: &mut Names,
) -> Result<HashMap<[u8; 32], Recorded>, sqlx::Error> {
    let rows = sqlx::query(include_str!("read.sql"))
        .bind(products.iter().map(|product| product.0).collect::<Vec<_>>())
        .bind(keys)
        .fetch_all(&mut *db)
        .await?;
    let mut is_known = false;
    for row in rows {
        is_known = row.try_get("is_known")?;
        let Some(id) = row.try_get::<Option<i64>, _>("id")?.map(ProductId) else { continue };
        if let Entry::Vacant(entry) = book.products.entry(id) {
            entry.insert(product_facts(&row)?);
            names.skus.insert(id, row.try_get("sku")?);
        }
        if row.try_get::<Option<i64>, _>("location_id")?.is_some() {
            let (key, level) = level(&row)?;
            if !book.locations.contains_key(&key.location) {
                add_location(&row, book, names)?;
            }
            book.levels.insert(key, level);
        }
    }
    let recorded = if is_known { idempotency::find(db, keys).await? } else { Vec::new() };
    Ok(recorded.into_iter().map(|recorded| (recorded.key_hash, recorded)).collect())
}

fn product_facts(row: &PgRow) -> Result<ProductFacts, sqlx::Error> {
    let totals = Totals {
        on_hand: quantity(row, "total_on_hand")?,
        reserved: quantity(row, "total_reserved")?,
        available: quantity(row, "total_available")?,
        in_transit: quantity(row, "total_in_transit")?,
    };
    let reorder_point = row.try_get::<Option<Decimal>, _>("reorder_point")?;
    Ok(ProductFacts {
        whole_numbers_only: row.try_get("whole_numbers_only")?,
        archived: row.try_get("product_archived")?,
        totals,
        reorder_point: reorder_point.map(|point| point.try_into().map_err(decode)).transpose()?,
        known_low: row.try_get("known_low")?,
        watched: low_stock::watched(row)?,
    })
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
