//! How much of what came for an order may go back.

use std::collections::HashMap;

use domain::{Amount, ProductId, Quantity};
use platform::Connection;
use rust_decimal::Decimal;

use crate::row::decode;

/// What may go back of a product.
#[derive(Clone, Copy)]
pub(super) struct Returnable {
    pub(super) quantity: Quantity,
    /// What one had cost when it came.
    pub(super) unit_cost: Amount,
}

/// What may go back of each product that came for an order, or by a receipt of it. The caller has locked the order.
pub(super) async fn returnable(
    db: &mut Connection,
    purchase_order_id: i64,
    goods_receipt_id: Option<i64>,
) -> Result<HashMap<ProductId, Returnable>, sqlx::Error> {
    let rows = balances(db, purchase_order_id, goods_receipt_id).await?;
    let known = rows.into_iter().filter_map(|balance| {
        let rest = match goods_receipt_id {
            Some(_) => balance.of_receipt.min(balance.of_order),
            None => balance.of_order,
        };
        Some((balance.product_id, rest, balance.unit_cost?))
    });
    let entry = |(product, rest, cost): (i64, Decimal, Decimal)| {
        let quantity = rest.max(Decimal::ZERO).try_into().map_err(decode)?;
        let unit_cost = cost.try_into().map_err(decode)?;
        Ok((ProductId(product), Returnable { quantity, unit_cost }))
    };
    known.map(entry).collect()
}

/// Whether more of some product went back than came, which would be so after the reversal of a receipt of which
/// something went back. The caller has locked the order.
pub(crate) async fn more_went_back_than_came(
    db: &mut Connection,
    purchase_order_id: i64,
    goods_receipt_id: i64,
) -> Result<bool, sqlx::Error> {
    let rows = balances(db, purchase_order_id, Some(goods_receipt_id)).await?;
    Ok(rows.iter().any(|balance| balance.of_order.min(balance.of_receipt) < Decimal::ZERO))
}

/// What came of a product and did not go back.
#[derive(sqlx::FromRow)]
struct Balance {
    product_id: i64,
    of_order: Decimal,
    of_receipt: Decimal,
    unit_cost: Option<Decimal>,
}

async fn balances(
    db: &mut Connection,
    purchase_order_id: i64,
    goods_receipt_id: Option<i64>,
) -> Result<Vec<Balance>, sqlx::Error> {
    sqlx::query_as(
        "with moved as (
             select ol.product_id, rl.id, r.id as goods_receipt_id, rl.quantity::numeric as quantity, rl.unit_cost::numeric as unit_cost
             from goods_receipts r
             join goods_receipt_lines rl on rl.goods_receipt_id = r.id
             join purchase_order_lines ol on ol.id = rl.purchase_order_line_id
             where r.purchase_order_id = $1 and r.reversed_at is null
             union all
             select l.product_id, null, s.goods_receipt_id, -l.quantity::numeric, null
             from supplier_returns s join supplier_return_lines l on l.supplier_return_id = s.id
             where s.purchase_order_id = $1 and s.reversed_at is null
         )
         select product_id, sum(quantity) as of_order,
                coalesce(sum(quantity) filter (where goods_receipt_id = $2), 0) as of_receipt,
                -- that of the first line, of the receipt itself if it is named
                (array_agg(unit_cost order by goods_receipt_id is distinct from $2, id) filter (where id is not null))[1] as unit_cost
         from moved group by product_id",
    )
    .bind(purchase_order_id)
    .bind(goods_receipt_id)
    .fetch_all(db)
    .await
}
