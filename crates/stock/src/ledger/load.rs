//! Reading what a batch of commands is about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    Book, Level, LevelKey, LocationFacts, LocationId, LocationKind, MovementId, ProductFacts, ProductId,
    Quantity, Totals, WarehouseId,
};
use jiff::Timestamp;
use platform::Connection;
use rust_decimal::Decimal;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::command::{Command, PlaceRef, ProductRef, Work};
use crate::warehouses::WarehouseRef;

/// Whether the products are locked before they are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Locking {
    /// For writing.
    Products,
    /// For a preview.
    None,
}

/// A movement that is to be reversed: its entries' levels with their changes.
pub(super) struct Original {
    pub(super) is_reversal: bool,
    pub(super) reversed_by: Option<MovementId>,
    pub(super) lines: Vec<(LevelKey, Quantity, Option<domain::Amount>)>,
}

/// The codes by which people know a location.
#[derive(Clone)]
pub(super) struct PlaceNames {
    pub(super) location: String,
    pub(super) warehouse: String,
}

/// What the commands name, as far as it exists.
#[derive(Default)]
pub(super) struct Names {
    pub(super) products: HashMap<String, ProductId>,
    pub(super) warehouses: HashMap<String, WarehouseId>,
    pub(super) default_warehouse: Option<WarehouseId>,
    pub(super) skus: HashMap<ProductId, String>,
    pub(super) places: HashMap<LocationId, PlaceNames>,
}

/// What the commands ask for, gathered.
#[derive(Default)]
pub(super) struct Wanted {
    products: BTreeSet<i64>,
    skus: BTreeSet<String>,
    locations: BTreeSet<i64>,
    warehouses: BTreeSet<i64>,
    warehouse_codes: BTreeSet<String>,
    default_warehouse: bool,
    movements: BTreeSet<i64>,
}

impl Wanted {
    pub(super) fn by(commands: &[Command]) -> Self {
        let mut wanted = Self::default();
        for command in commands {
            match &command.work {
                Work::Reverse { movement, .. } => wanted.movements.extend([movement.0]),
                Work::Post { lines, .. } => {
                    lines.iter().for_each(|line| wanted.add(&line.product, &line.place));
                }
            }
        }
        wanted
    }

    fn add(&mut self, product: &ProductRef, place: &PlaceRef) {
        match product {
            ProductRef::Id(id) => self.products.extend([id.0]),
            ProductRef::Sku(sku) => self.skus.extend([sku.clone()]),
        }
        match place {
            PlaceRef::Location(id) => self.locations.extend([id.0]),
            PlaceRef::Warehouse(WarehouseRef::Id(id)) => self.warehouses.extend([*id]),
            PlaceRef::Warehouse(WarehouseRef::Code(code)) => {
                self.warehouse_codes.extend([code.as_str().to_lowercase()]);
            }
            PlaceRef::DefaultWarehouse => self.default_warehouse = true,
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
            "select m.id, m.kind = 'reversal' as is_reversal, e.product_id, e.location_id, e.lot,
                    e.on_hand_delta::numeric as delta, e.unit_cost::numeric as unit_cost
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
            let original = originals.entry(MovementId(row.try_get("id")?)).or_insert(Original {
                is_reversal: row.try_get("is_reversal")?,
                reversed_by: None,
                lines: Vec::new(),
            });
            original.lines.push((key, quantity(&row, "delta")?, unit_cost));
        }
        Ok(originals)
    }

    /// Find the products that are named by SKU.
    pub(super) async fn resolve_skus(
        &mut self,
        db: &mut Connection,
        names: &mut Names,
    ) -> Result<(), sqlx::Error> {
        if self.skus.is_empty() {
            return Ok(());
        }
        let found: Vec<(i64, String)> = sqlx::query_as(
            "select p.id, given.sku from unnest($1::text[]) as given (sku) join products p on lower(p.sku) = lower(given.sku)",
        )
        .bind(Vec::from_iter(self.skus.iter().cloned()))
        .fetch_all(db)
        .await?;
        self.products.extend(found.iter().map(|(id, _)| *id));
        names.products = found.into_iter().map(|(id, sku)| (sku, ProductId(id))).collect();
        Ok(())
    }

    pub(super) fn product_ids(&self) -> Vec<ProductId> {
        self.products.iter().copied().map(ProductId).collect()
    }

    /// The locations that the commands or the levels name, and all of the warehouses that the commands name.
    pub(super) async fn load_locations(
        &self,
        db: &mut Connection,
        book: &mut Book,
        names: &mut Names,
    ) -> Result<(), sqlx::Error> {
        let held = book.levels.keys().map(|key| key.location.0);
        let locations: BTreeSet<i64> = self.locations.iter().copied().chain(held).collect();
        let rows = sqlx::query(include_str!("locations.sql"))
            .bind(Vec::from_iter(locations))
            .bind(Vec::from_iter(self.warehouses.iter().copied()))
            .bind(Vec::from_iter(self.warehouse_codes.iter().cloned()))
            .bind(self.default_warehouse)
            .fetch_all(db)
            .await?;
        for row in rows {
            let (id, warehouse) = (LocationId(row.try_get("id")?), WarehouseId(row.try_get("warehouse_id")?));
            let kind: String = row.try_get("kind")?;
            let facts = LocationFacts {
                warehouse,
                kind: LocationKind::from_name(&kind).ok_or_else(|| decode(kind))?,
                is_default: row.try_get("is_default")?,
                archived: row.try_get("archived")?,
            };
            book.locations.insert(id, facts);
            let code: String = row.try_get("warehouse")?;
            names.warehouses.insert(code.to_lowercase(), warehouse);
            if row.try_get("is_first")? {
                names.default_warehouse = Some(warehouse);
            }
            names.places.insert(id, PlaceNames { location: row.try_get("location")?, warehouse: code });
        }
        Ok(())
    }
}

/// Lock the totals of products, in the order of products; make the rows that are missing.
pub(super) async fn lock_products(db: &mut Connection, products: &[ProductId]) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = products.iter().map(|product| product.0).collect();
    if lock_rows(db, &ids).await? < ids.len() {
        sqlx::query(
            // Holding the products, too: one that is being deleted is waited for, and is then unknown.
            "insert into product_stock (product_id) select id from products where id = any($1) order by id for key share
             on conflict (product_id) do nothing",
        )
        .bind(&ids)
        .execute(&mut *db)
        .await?;
        lock_rows(db, &ids).await?; // rows that another transaction made meanwhile are not locked yet
    }
    Ok(())
}

async fn lock_rows(db: &mut Connection, ids: &[i64]) -> Result<usize, sqlx::Error> {
    let locked = sqlx::query(
        "select from product_stock where product_id = any($1) order by product_id for no key update",
    )
    .bind(ids)
    .fetch_all(db)
    .await?;
    Ok(locked.len())
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
                     else exists (select from low_stock l where l.product_id = p.id) end as known_low
         from products p left join product_stock s on s.product_id = p.id where p.id = any($1)",
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
        };
        book.products.insert(id, facts);
        names.skus.insert(id, row.try_get("sku")?);
    }
    Ok(())
}

/// All levels of the products.
pub(super) async fn load_levels(
    db: &mut Connection,
    products: &[ProductId],
    book: &mut Book,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(
        "select product_id, location_id, lot, on_hand::numeric as on_hand, reserved::numeric as reserved, seq,
                chain::bytea as chain, recorded_at
         from stock_levels where product_id = any($1)",
    )
    .bind(products.iter().map(|product| product.0).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    book.levels = rows.iter().map(level).collect::<Result<BTreeMap<_, _>, _>>()?;
    Ok(())
}

/// Which of the movements have been reversed; ask under the lock of their products.
pub(super) async fn mark_reversed(
    db: &mut Connection,
    originals: &mut HashMap<MovementId, Original>,
) -> Result<(), sqlx::Error> {
    if originals.is_empty() {
        return Ok(());
    }
    let reversals: Vec<(i64, i64)> = sqlx::query_as(
        "select reverses_movement_id, id from stock_movements where reverses_movement_id = any($1)",
    )
    .bind(originals.keys().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    for (original, reversal) in reversals {
        if let Some(original) = originals.get_mut(&MovementId(original)) {
            original.reversed_by = Some(MovementId(reversal));
        }
    }
    Ok(())
}

/// The database's clock, and an id for each movement that may be written. Taken under the lock, the ids of one
/// product's movements rise in the order of its history.
pub(super) async fn clock_and_ids(
    db: &mut Connection,
    count: usize,
) -> Result<(Timestamp, Vec<i64>), sqlx::Error> {
    let (clock, ids): (jiff_sqlx::Timestamp, Vec<i64>) = sqlx::query_as(
        "select clock_timestamp(), array(select nextval(pg_get_serial_sequence('stock_movements', 'id')) from generate_series(1, $1))",
    )
    .bind(i32::try_from(count).unwrap_or(i32::MAX))
    .fetch_one(db)
    .await?;
    Ok((clock.to_jiff(), ids))
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

fn level_key(row: &PgRow) -> Result<LevelKey, sqlx::Error> {
    Ok(LevelKey {
        product: ProductId(row.try_get("product_id")?),
        location: LocationId(row.try_get("location_id")?),
        lot: row.try_get("lot")?,
    })
}

fn quantity(row: &PgRow, column: &str) -> Result<Quantity, sqlx::Error> {
    row.try_get::<Decimal, _>(column)?.try_into().map_err(decode)
}

fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
