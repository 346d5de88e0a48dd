//! What lists of stock can be narrowed to, by what people know of products and places.

use domain::{ProductId, Sku};
use platform::{ApiError, FieldError, Params, auth};
use sqlx::PgPool;

use crate::ledger::ProductRef;
use crate::problems;
use crate::reach;
use crate::warehouses::WarehouseRef;

/// Any of these products, at any of these warehouses and locations. An empty list does not narrow.
#[derive(Clone, Debug, Default)]
pub struct StockFilter {
    /// Which products.
    pub products: Vec<ProductRef>,
    /// Which warehouses.
    pub warehouses: Vec<WarehouseRef>,
    /// Which locations.
    pub locations: Vec<i64>,
}

/// The same by key; each key once.
#[derive(Debug, Default)]
pub struct Scope {
    /// Which products.
    pub products: Vec<i64>,
    /// Which warehouses.
    pub warehouses: Vec<i64>,
    /// Which locations.
    pub locations: Vec<i64>,
}

impl StockFilter {
    /// Read the parameters `product_id` and `sku`: any of the products they name.
    pub fn products(params: &mut Params<'_>) -> Vec<ProductRef> {
        let ids = params.all("product_id").into_iter().map(|id| ProductRef::Id(ProductId(id)));
        let skus = params.all::<Sku>("sku").into_iter().map(|sku| ProductRef::Sku(sku.into()));
        ids.chain(skus).collect()
    }

    /// Find what it names. Whatever does not exist is a fault of the query.
    pub async fn resolve(&self, db: &PgPool) -> Result<Scope, ApiError> {
        let mut errors = Vec::new();
        let scope = Scope {
            products: self.find_products(db, &mut errors).await?,
            warehouses: self.find_warehouses(db, &mut errors).await?,
            locations: self.find_locations(db, &mut errors).await?,
        };
        if !errors.is_empty() {
            return Err(ApiError::invalid_input(errors));
        }
        reach::demand_locations(db, &scope.locations).await?;
        Ok(Scope { warehouses: auth::narrow_to_warehouses(scope.warehouses)?, ..scope })
    }

    async fn find_products(
        &self,
        db: &PgPool,
        errors: &mut Vec<FieldError>,
    ) -> Result<Vec<i64>, sqlx::Error> {
        if self.products.is_empty() {
            return Ok(Vec::new());
        }
        let (mut keys, mut skus) = (Vec::new(), Vec::new());
        for named in &self.products {
            let (id, sku) = match named {
                ProductRef::Id(id) => (Some(id.0), None),
                ProductRef::Sku(sku) => (None, Some(sku.as_str())),
            };
            keys.push(id);
            skus.push(sku);
        }
        let found: Vec<Option<i64>> = sqlx::query_scalar(
            "select coalesce((select id from products where id = named.id),
                             (select id from products where lower(sku) = lower(named.sku)))
             from unnest($1::bigint[], $2::text[]) with ordinality as named (id, sku, position)
             order by position",
        )
        .bind(keys)
        .bind(skus)
        .fetch_all(db)
        .await?;
        Ok(known(&self.products, found, errors, |named| {
            let (pointer, message) = match named {
                ProductRef::Id(id) => ("?product_id", format!("no product has the id {id}")),
                ProductRef::Sku(sku) => ("?sku", format!("no product has the SKU {sku}")),
            };
            FieldError::new(pointer, "unknown_product", message)
        }))
    }

    async fn find_warehouses(
        &self,
        db: &PgPool,
        errors: &mut Vec<FieldError>,
    ) -> Result<Vec<i64>, sqlx::Error> {
        let ids = WarehouseRef::resolve(db, &self.warehouses).await?;
        let found = self.warehouses.iter().map(|named| ids.get(named).copied()).collect();
        Ok(known(&self.warehouses, found, errors, WarehouseRef::unknown_in_query))
    }

    async fn find_locations(
        &self,
        db: &PgPool,
        errors: &mut Vec<FieldError>,
    ) -> Result<Vec<i64>, sqlx::Error> {
        if self.locations.is_empty() {
            return Ok(Vec::new());
        }
        let found: Vec<Option<i64>> = sqlx::query_scalar(
            "select (select id from locations where id = named.id)
             from unnest($1::bigint[]) with ordinality as named (id, position) order by position",
        )
        .bind(&self.locations)
        .fetch_all(db)
        .await?;
        Ok(known(&self.locations, found, errors, |id| {
            FieldError::new("?location_id", "unknown_location", format!("no location has the id {id}"))
        }))
    }
}

/// The keys that were found, each once; what was not found is a fault.
fn known<T>(
    named: &[T],
    found: Vec<Option<i64>>,
    errors: &mut Vec<FieldError>,
    unknown: impl Fn(&T) -> FieldError,
) -> Vec<i64> {
    let missing = named.iter().zip(&found).filter(|(_, id)| id.is_none());
    errors.extend(missing.map(|(named, _)| unknown(named)));
    let mut ids: Vec<i64> = found.into_iter().flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Refuse a path that names a product nobody knows. Asked only where a list is empty, so that others do not pay for it.
pub async fn require_product(db: &PgPool, id: i64) -> Result<(), ApiError> {
    let known: bool = sqlx::query_scalar("select exists (select from products where id = $1)")
        .bind(id)
        .fetch_one(db)
        .await?;
    let unknown = || ApiError::new(&problems::PRODUCT_NOT_FOUND, format!("no product has the id {id}"));
    known.then_some(()).ok_or_else(unknown)
}
