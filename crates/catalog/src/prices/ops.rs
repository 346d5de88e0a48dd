//! Adding a price and taking one back, inside the caller's transaction.

use domain::Currency;
use platform::{Actor, Connection, IfMatch};

use super::model::{NewPrice, Price, PriceAddress, PriceError, PriceView};
use super::store;
use crate::products;

/// Make it the price from its moment on. `fallback` is its currency where neither it nor the price before names one.
pub async fn create(
    db: &mut Connection,
    product_id: i64,
    new: &NewPrice,
    fallback: Currency,
    actor: &Actor,
) -> Result<PriceView, PriceError> {
    // A price is part of the product as it is read, so the product's version goes up; and this locks its row.
    if !products::touch(db, product_id).await? {
        return Err(PriceError::ProductNotFound(product_id));
    }
    let before = match new.effective_from {
        Some(moment) => store::at(db, product_id, moment).await?,
        None => store::current(db, product_id).await?,
    };
    let currency = new.currency.or(before.map(|price| price.currency)).unwrap_or(fallback);
    let (price, reason) = (Price { amount: new.price, currency }, new.reason.as_ref());
    let Some(moment) = new.effective_from else {
        return Ok(store::insert(db, product_id, price, reason, actor).await?);
    };
    let scheduled = store::schedule(db, product_id, moment, price, reason, actor).await;
    scheduled.map_err(|error| duplicate(error, moment))?.ok_or(PriceError::InThePast)
}

/// Take back a price whose moment has not come, of a product whose present version the caller has seen.
pub async fn delete(db: &mut Connection, address: PriceAddress, seen: &IfMatch) -> Result<(), PriceError> {
    let PriceAddress { product_id, effective_from } = address;
    let version =
        store::lock_product(db, product_id).await?.ok_or(PriceError::ProductNotFound(product_id))?;
    seen.check(version).map_err(PriceError::Precondition)?;
    if store::delete_scheduled(db, address).await? {
        products::touch(db, product_id).await?;
        return Ok(());
    }
    let begun = store::exists(db, address).await?;
    Err(if begun { PriceError::InEffect(effective_from) } else { PriceError::NotFound(effective_from) })
}

fn duplicate(error: sqlx::Error, moment: jiff::Timestamp) -> PriceError {
    match platform::error::constraint(&error) {
        Some("product_prices_pkey") => PriceError::DuplicateMoment(moment),
        _ => error.into(),
    }
}
