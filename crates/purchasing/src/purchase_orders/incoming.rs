//! What is incoming of each product, held to the open lines of orders.

use domain::{ProductId, Quantity};
use platform::Connection;
use rust_decimal::Decimal;
use stock::ledger;

use super::model::PurchaseOrderError;
use crate::row;

/// Bring `incoming` of the order's products up to date. The caller holds the order's row and has changed its state or
/// lines. Summed up after the lock and not counted on from the old value: who held the lock before has committed, and
/// his order is in the sum.
pub async fn follow(db: &mut Connection, purchase_order_id: i64) -> Result<(), PurchaseOrderError> {
    let products: Vec<i64> = sqlx::query_scalar(
        "select distinct product_id from purchase_order_lines where purchase_order_id = $1 order by product_id",
    )
    .bind(purchase_order_id)
    .fetch_all(&mut *db)
    .await?;
    let ids: Vec<ProductId> = products.iter().copied().map(ProductId).collect();
    ledger::lock_products(db, &ids).await?;
    let sums: Vec<(i64, Decimal)> = sqlx::query_as(
        "select product.id, coalesce(sum(l.open) filter (where o.status in ('ordered', 'partially_received')), 0)
         from unnest($1::bigint[]) as product (id)
         left join purchase_order_lines l on l.product_id = product.id and l.open > 0
         left join purchase_orders o on o.id = l.purchase_order_id
         group by product.id",
    )
    .bind(&products)
    .fetch_all(&mut *db)
    .await?;
    let mut incoming = Vec::with_capacity(sums.len());
    for (product, sum) in sums {
        let too_large = PurchaseOrderError::IncomingTooLarge(ProductId(product));
        let sum = Quantity::try_from(sum).map_err(|invalid| match invalid.code {
            "out_of_range" => too_large,
            _ => row::decode(invalid).into(),
        })?;
        incoming.push((ProductId(product), sum));
    }
    Ok(ledger::set_incoming(db, &incoming).await?)
}
