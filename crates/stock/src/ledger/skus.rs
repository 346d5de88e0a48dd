//! Which products have which SKUs: remembered, because a product seldom gets another SKU, and checked by whoever uses
//! it, because some do.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::ProductId;
use platform::Connection;
use sqlx::PgPool;

/// How many are remembered.
const REMEMBERED_MAX: usize = 100_000;

/// A product that was found by a SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which product.
    pub id: ProductId,
    /// Its SKU as it was then, in its own case.
    pub sku: String,
}

/// By SKU as it was given.
#[derive(Debug, Default)]
pub(super) struct Skus(Mutex<HashMap<String, Found>>);

impl Skus {
    /// The products with these SKUs, as far as there are any. What is remembered may have changed.
    pub(super) async fn find(
        &self,
        db: &PgPool,
        skus: &[String],
    ) -> Result<HashMap<String, Found>, sqlx::Error> {
        let known = {
            let remembered = self.lock();
            let known = skus.iter().filter_map(|sku| Some((sku.clone(), remembered.get(sku)?.clone())));
            known.collect::<HashMap<_, _>>()
        };
        let missing: Vec<String> = skus.iter().filter(|sku| !known.contains_key(*sku)).cloned().collect();
        if missing.is_empty() {
            return Ok(known);
        }
        let found = find(&mut *db.acquire().await?, &missing).await?;
        let mut remembered = self.lock();
        if remembered.len() + found.len() > REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.extend(found.clone());
        Ok(known.into_iter().chain(found).collect())
    }

    /// What is remembered of these SKUs has turned out to be wrong.
    pub(super) fn forget(&self, skus: &[String]) {
        let mut remembered = self.lock();
        skus.iter().for_each(|sku| drop(remembered.remove(sku)));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Found>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The products with these SKUs, in any case, by SKU as it was given.
pub(super) async fn find(
    db: &mut Connection,
    skus: &[String],
) -> Result<HashMap<String, Found>, sqlx::Error> {
    let rows: Vec<(String, i64, String)> = sqlx::query_as(
        "select given.sku, p.id, p.sku from unnest($1::text[]) as given (sku) join products p on lower(p.sku) = lower(given.sku)",
    )
    .bind(skus)
    .fetch_all(db)
    .await?;
    let found = |(given, id, sku)| (given, Found { id: ProductId(id), sku });
    Ok(rows.into_iter().map(found).collect())
}
