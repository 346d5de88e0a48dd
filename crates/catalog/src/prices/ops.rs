//! Adding a price, inside the caller's transaction.

use domain::Currency;
use platform::{Actor, Connection};

use super::model::{NewPrice, Price, PriceError, PriceView};
use super::store;
use crate::products;

/// Make it the price from now on. `fallback` is its currency where neither it nor the price before names one.
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
    let currency = match new.currency {
        Some(currency) => currency,
        None => store::current(db, product_id).await?.map_or(fallback, |price| price.currency),
    };
    let price = Price { amount: new.price, currency };
    Ok(store::insert(db, product_id, price, new.reason.as_ref(), actor).await?)
}
