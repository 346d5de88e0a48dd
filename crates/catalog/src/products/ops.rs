//! Changing products, inside the caller's transaction.

use domain::{Barcode, Currency, ProductId, Quantity, Sku, Unit};
use platform::{Actor, ApiError, Connection, IfMatch};
use stock::{WarehouseRef, ledger};

use super::input::{NewProduct, ProductChange, whole_numbers_only};
use super::model::{ProductError, ProductView};
use super::store::{self, Present};
use crate::categories::{self, CategoryRef};
use crate::prices::{self, Price};

/// Add a product with its price and its opening stock.
pub async fn create(
    db: &mut Connection,
    new: &NewProduct,
    base_currency: Currency,
    actor: &Actor,
) -> Result<ProductView, ProductError> {
    let category_id = match &new.category {
        Some(named) => resolve(db, named).await?,
        None => categories::uncategorised(db).await?,
    };
    let price = Price { amount: new.price, currency: new.currency.unwrap_or(base_currency) };
    let inserted = store::insert(db, new, category_id, price, actor).await;
    let id = inserted.map_err(|error| conflict(error, Some(&new.sku), new.barcode.as_ref()))?;
    post_opening_stock(db, id, new, actor).await.map_err(ProductError::Stock)?;
    find(db, id).await
}

/// Change a product whose present version the caller has seen.
pub async fn update(
    db: &mut Connection,
    id: i64,
    seen: &IfMatch,
    change: &ProductChange,
    base_currency: Currency,
    actor: &Actor,
) -> Result<ProductView, ProductError> {
    let present = lock(db, id, Some(seen)).await?;
    let category_id = match &change.category {
        Some(named) => Some(resolve(db, named).await?),
        None => None,
    };
    check_unit(db, id, &present, change).await?;
    let barcode = change.barcode.as_ref().and_then(Option::as_ref);
    let updated = store::update(db, id, change, category_id).await;
    updated.map_err(|error| conflict(error, change.sku.as_ref(), barcode))?;
    change_price(db, id, change, base_currency, actor).await?;
    find(db, id).await
}

/// Delete a product without history; archive one that has a history and of which there is nothing.
pub async fn delete(db: &mut Connection, id: i64, seen: &IfMatch) -> Result<(), ProductError> {
    lock(db, id, Some(seen)).await?;
    let history = ledger::lock_product(db, ProductId(id)).await?;
    if history.holds_stock {
        return Err(ProductError::HoldsStock);
    }
    if !history.has_history {
        ledger::forget_product(db, ProductId(id)).await?;
        if store::delete(db, id).await? {
            return Ok(());
        }
    }
    Ok(store::set_archived(db, id, true).await?)
}

/// Sell a product again; one that is not archived stays as it is.
pub async fn unarchive(
    db: &mut Connection,
    id: i64,
    seen: Option<&IfMatch>,
) -> Result<ProductView, ProductError> {
    lock(db, id, seen).await?;
    store::set_archived(db, id, false).await?;
    find(db, id).await
}

async fn find(db: &mut Connection, id: i64) -> Result<ProductView, ProductError> {
    store::find(db, id).await?.ok_or(ProductError::NotFound(id))
}

async fn lock(db: &mut Connection, id: i64, seen: Option<&IfMatch>) -> Result<Present, ProductError> {
    let present = store::lock(db, id).await?.ok_or(ProductError::NotFound(id))?;
    seen.map_or(Ok(()), |seen| seen.check(present.version)).map_err(ProductError::Precondition)?;
    Ok(present)
}

async fn resolve(db: &mut Connection, named: &CategoryRef) -> Result<i64, ProductError> {
    let ids = CategoryRef::resolve(db, std::slice::from_ref(named)).await?;
    ids.first().copied().ok_or(ProductError::CategoryGone)
}

async fn post_opening_stock(
    db: &mut Connection,
    id: i64,
    new: &NewProduct,
    actor: &Actor,
) -> Result<(), ApiError> {
    match (new.on_hand.filter(|quantity| quantity.is_positive()), &new.warehouse) {
        (Some(quantity), warehouse) => {
            ledger::post_opening_stock(db, ProductId(id), warehouse.as_ref(), quantity, actor).await
        }
        // Nothing to post; still a mistyped warehouse is not let through.
        (None, Some(warehouse))
            if WarehouseRef::resolve(db, std::slice::from_ref(warehouse)).await?.is_empty() =>
        {
            Err(ApiError::invalid_input(vec![warehouse.unknown_in_body("")]))
        }
        (None, _) => Ok(()),
    }
}

/// Refuse a change of unit or reorder point after which quantities would mean something else, or not be whole.
async fn check_unit(
    db: &mut Connection,
    id: i64,
    present: &Present,
    change: &ProductChange,
) -> Result<(), ProductError> {
    if change.unit.is_none() && change.reorder_point.is_none() {
        return Ok(());
    }
    let unit = change.unit.as_ref().map_or(present.unit.as_str(), Unit::as_str);
    let whole = match change.reorder_point {
        Some(given) => given.is_none_or(Quantity::is_whole),
        None => present.reorder_point.is_none_or(|point| point.is_integer()),
    };
    if whole_numbers_only(Some(unit)) && !whole {
        return Err(ProductError::ReorderPointNotWhole);
    }
    if unit != present.unit && ledger::lock_product(db, ProductId(id)).await?.has_history {
        return Err(ProductError::UnitFixed(present.unit.clone()));
    }
    Ok(())
}

/// A new price, unless it is the one the product has.
async fn change_price(
    db: &mut Connection,
    id: i64,
    change: &ProductChange,
    base_currency: Currency,
    actor: &Actor,
) -> Result<(), sqlx::Error> {
    let Some(amount) = change.price else { return Ok(()) };
    let current = prices::current(db, id).await?;
    let currency = change.currency.or(current.map(|price| price.currency)).unwrap_or(base_currency);
    let price = Price { amount, currency };
    if current != Some(price) {
        prices::insert(db, id, price, None, actor).await?;
    }
    Ok(())
}

fn conflict(error: sqlx::Error, sku: Option<&Sku>, barcode: Option<&Barcode>) -> ProductError {
    match (platform::error::constraint(&error), sku, barcode) {
        (Some("products_sku_key"), Some(sku), _) => ProductError::DuplicateSku(sku.clone()),
        (Some("products_barcode_key"), _, Some(barcode)) => ProductError::DuplicateBarcode(barcode.clone()),
        (Some("reorder_policies_max_not_below_reorder_point"), ..) => ProductError::ReorderPointAboveMax,
        (Some("products_category_id_fkey"), ..) => ProductError::CategoryGone,
        _ => error.into(),
    }
}
