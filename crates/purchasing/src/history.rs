//! Playing a history into an empty database, as [`stock::ledger::apply_one_at`] does for stock: what the API would have done
//! with these bodies, inside the caller's transaction.

use domain::{Currency, PurchaseOrderAction};
use platform::{Actor, ApiError, Connection, body};
use serde_json::Value;

pub use crate::occasion::Occasion;
use crate::purchase_orders::Step;
use crate::{goods_receipts, purchase_orders, supplier_products, suppliers};

/// Like `POST /suppliers`; its key.
pub async fn create_supplier(
    db: &mut Connection,
    supplier: &Value,
    base_currency: Currency,
) -> Result<i64, ApiError> {
    Ok(suppliers::create(db, &body::read(supplier)?, base_currency).await?.id)
}

/// Like `POST /supplier-products`; its key.
pub async fn create_supplier_product(
    db: &mut Connection,
    product: &Value,
    actor: &Actor,
) -> Result<i64, ApiError> {
    Ok(supplier_products::create(db, &body::read(product)?, actor).await?.id)
}

/// Like `POST /purchase-orders`; its key.
pub async fn create_purchase_order(
    db: &mut Connection,
    order: &Value,
    by: &Occasion,
) -> Result<i64, ApiError> {
    Ok(purchase_orders::create(db, &body::read(order)?, by).await?.id)
}

/// Like `POST /purchase-orders/{id}/submit` and the other actions.
pub async fn act(
    db: &mut Connection,
    id: i64,
    action: PurchaseOrderAction,
    note: &str,
    base_currency: Currency,
    by: &Occasion,
) -> Result<(), ApiError> {
    let step = Step { id, seen: None, action, note: note.to_owned(), by: by.clone(), base_currency };
    purchase_orders::act(db, &step).await?;
    Ok(())
}

/// Like `POST /purchase-orders/{id}/receive`; the key of the receipt.
pub async fn receive(
    db: &mut Connection,
    purchase_order_id: i64,
    receipt: &Value,
    base_currency: Currency,
    by: &Occasion,
) -> Result<i64, ApiError> {
    Ok(goods_receipts::receive(db, purchase_order_id, &body::read(receipt)?, base_currency, by).await?.id)
}

/// Like `POST /goods-receipts/{id}/reverse`.
pub async fn reverse_receipt(
    db: &mut Connection,
    id: i64,
    reversal: &Value,
    by: &Occasion,
) -> Result<(), ApiError> {
    goods_receipts::reverse(db, id, &body::read(reversal)?, by).await?;
    Ok(())
}
