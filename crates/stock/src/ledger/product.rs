//! What the catalogue asks of the ledger before it changes or removes a product, and what purchasing tells it.

use domain::{ProductId, Quantity};
use platform::{Connection, numeric};

use super::load::Locking;

/// What the ledger knows of a product, under its lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductHistory {
    /// Something is on hand, in transit or on order.
    pub holds_stock: bool,
    /// It has, or had, a level.
    pub has_history: bool,
}

/// Hold the product's stock still until the transaction ends, and say what there is.
pub async fn lock_product(db: &mut Connection, product: ProductId) -> Result<ProductHistory, sqlx::Error> {
    lock_products(db, &[product]).await?;
    let (holds_stock, has_history) = sqlx::query_as(
        "select on_hand > 0 or in_transit > 0 or incoming > 0,
                exists (select from stock_levels l where l.product_id = s.product_id)
         from product_stock s where product_id = $1",
    )
    .bind(product.0)
    .fetch_optional(db)
    .await?
    .unwrap_or_default();
    Ok(ProductHistory { holds_stock, has_history })
}

/// Remove the totals of a product without history, so that the product can be deleted.
pub async fn forget_product(db: &mut Connection, product: ProductId) -> Result<(), sqlx::Error> {
    sqlx::query("delete from product_stock where product_id = $1").bind(product.0).execute(db).await?;
    Ok(())
}

/// Hold the stock of products still until the transaction ends, in the order of products.
pub async fn lock_products(db: &mut Connection, products: &[ProductId]) -> Result<(), sqlx::Error> {
    super::load::lock(db, products, Locking::Wait, (0, 0)).await?;
    Ok(())
}

/// Say how much of each product is ordered and not yet received. The caller has locked the products before it summed
/// that up: what is incoming is right at every commit.
pub async fn set_incoming(
    db: &mut Connection,
    incoming: &[(ProductId, Quantity)],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update product_stock s set incoming = t.incoming
         from unnest($1::bigint[], $2::numeric[]) as t (product_id, incoming)
         where s.product_id = t.product_id and s.incoming <> t.incoming",
    )
    .bind(incoming.iter().map(|(product, _)| product.0).collect::<Vec<_>>())
    .bind(numeric::quantities(incoming.iter().map(|(_, quantity)| *quantity)))
    .execute(db)
    .await?;
    Ok(())
}
