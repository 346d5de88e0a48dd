//! What the catalogue asks of the ledger before it changes or removes a product.

use domain::ProductId;
use platform::Connection;

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
    super::load::lock_products(db, &[product]).await?;
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
