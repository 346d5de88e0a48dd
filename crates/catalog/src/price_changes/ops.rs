//! Changing many prices, inside the caller's transaction.

use std::collections::{HashMap, HashSet};

use domain::Currency;
use jiff::{SignedDuration, Timestamp};
use platform::{Actor, Connection, FieldError};

use super::input::{How, ListedPrice, NewPriceChange, PRODUCTS_MAX};
use super::model::{ChangedPriceView, PriceChangeError, PriceChangeView};
use super::store::{self, NewRow, Present};
use crate::categories::CategoryRef;
use crate::prices::Price;
use crate::products;

/// Most prices that the answer to a change has; it is kept with its key, for ever.
const ITEMS_MAX: usize = 100;

/// New prices that were decided on.
struct Decision {
    moment: Timestamp,
    rows: Vec<NewRow>,
    view: PriceChangeView,
}

/// Change the prices, all or none. `fallback` is the currency where neither the list nor the price before names one.
pub async fn create(
    db: &mut Connection,
    new: &NewPriceChange,
    fallback: Currency,
    actor: &Actor,
) -> Result<PriceChangeView, PriceChangeError> {
    let ids = select(db, &new.how).await?;
    store::lock(db, &ids).await?;
    let Decision { moment, rows, mut view } = decide(db, new, &ids, fallback).await?;
    let inserted = store::insert(db, &rows, moment, &new.reason, actor).await;
    inserted.map_err(|error| match platform::error::constraint(&error) {
        Some("product_prices_pkey") => PriceChangeError::DuplicateMoment { moment, products: Vec::new() },
        _ => error.into(),
    })?;
    view.items.truncate(ITEMS_MAX);
    Ok(view)
}

/// What [`create`] would do now. Nothing is locked or written.
pub async fn preview(
    db: &mut Connection,
    new: &NewPriceChange,
    fallback: Currency,
) -> Result<PriceChangeView, PriceChangeError> {
    let ids = select(db, &new.how).await?;
    Ok(decide(db, new, &ids, fallback).await?.view)
}

/// The keys of the products.
async fn select(db: &mut Connection, how: &How) -> Result<Vec<i64>, PriceChangeError> {
    let filter = match how {
        How::To(list) => return select_listed(db, list).await,
        How::ByPercent { filter, .. } => filter,
    };
    let categories = CategoryRef::subtree(db, &filter.categories).await?;
    let most = i64::try_from(PRODUCTS_MAX).unwrap_or(i64::MAX).saturating_add(1);
    let ids = products::matching(db, filter, categories, most, |named| named.unknown_in_body("/filter"))
        .await
        .map_err(PriceChangeError::Filter)?;
    if ids.len() > PRODUCTS_MAX { Err(PriceChangeError::TooManyProducts) } else { Ok(ids) }
}

async fn select_listed(db: &mut Connection, list: &[ListedPrice]) -> Result<Vec<i64>, PriceChangeError> {
    let ids = store::resolve(db, list.iter().map(|listed| &listed.product)).await?;
    let (mut errors, mut seen) = (Vec::new(), HashSet::with_capacity(ids.len()));
    for (i, (listed, id)) in list.iter().zip(&ids).enumerate() {
        match id {
            None => errors.push(fault(i, listed, "unknown_product", "no product has this id or SKU")),
            Some(id) if !seen.insert(*id) => {
                errors.push(fault(i, listed, "repeated", "the product is in the list before"));
            }
            Some(_) => {}
        }
    }
    if errors.is_empty() {
        Ok(ids.into_iter().flatten().collect())
    } else {
        Err(PriceChangeError::Input(errors))
    }
}

/// The new prices of these products, whose rows the caller has locked, unless it only wants to see.
async fn decide(
    db: &mut Connection,
    new: &NewPriceChange,
    ids: &[i64],
    fallback: Currency,
) -> Result<Decision, PriceChangeError> {
    let now = store::now(db).await?;
    let mut present = store::present(db, ids, new.effective_from.unwrap_or(now)).await?;
    match &new.how {
        // What was archived since it was selected is not sold any more.
        How::ByPercent { .. } => present.retain(|product| !product.archived),
        How::To(list) => refuse_archived(list, ids, &present)?,
    }
    let moment = moment(now, new.effective_from, &present)?;
    let listed: HashMap<i64, &ListedPrice> = match &new.how {
        How::To(list) => ids.iter().copied().zip(list).collect(),
        How::ByPercent { .. } => HashMap::new(),
    };
    let (mut rows, mut items) = (Vec::new(), Vec::new());
    for product in &present {
        let Some(price) = new_price(&new.how, now, product, listed.get(&product.id).copied(), fallback)?
        else {
            continue;
        };
        rows.push(NewRow { product_id: product.id, price });
        items.push(item(product, price));
    }
    let unchanged = present.len() - rows.len();
    let view = PriceChangeView { effective_from: moment, changed: rows.len(), unchanged, items };
    Ok(Decision { moment, rows, view })
}

/// An archived product in a list is a mistake, and so is one that was deleted this moment.
fn refuse_archived(list: &[ListedPrice], ids: &[i64], present: &[Present]) -> Result<(), PriceChangeError> {
    let archived: HashMap<i64, bool> = present.iter().map(|product| (product.id, product.archived)).collect();
    let errors = list.iter().zip(ids).enumerate().filter_map(|(i, (listed, id))| match archived.get(id) {
        None => Some(fault(i, listed, "unknown_product", "the product was just deleted")),
        Some(true) => {
            Some(fault(i, listed, "archived_product", "the product is archived: unarchive it first"))
        }
        Some(false) => None,
    });
    let errors: Vec<FieldError> = errors.collect();
    if errors.is_empty() { Ok(()) } else { Err(PriceChangeError::Input(errors)) }
}

/// From when the new prices are the prices: one moment for all, at which none of the products has a price yet.
fn moment(
    now: Timestamp,
    given: Option<Timestamp>,
    present: &[Present],
) -> Result<Timestamp, PriceChangeError> {
    let Some(moment) = given else {
        // Where the clock has not moved since the last of their prices, right after that one.
        let latest = present.iter().filter_map(|product| product.since).max();
        let after = latest.and_then(|latest| latest.checked_add(SignedDuration::from_micros(1)).ok());
        return Ok(after.map_or(now, |after| after.max(now)));
    };
    if moment <= now {
        return Err(PriceChangeError::InThePast);
    }
    let taken = present.iter().filter(|product| product.since == Some(moment));
    let products: Vec<_> = taken.map(|product| (product.id, product.sku.clone())).collect();
    if products.is_empty() { Ok(moment) } else { Err(PriceChangeError::DuplicateMoment { moment, products }) }
}

/// The new price of a product; none if it stays as it is.
fn new_price(
    how: &How,
    now: Timestamp,
    product: &Present,
    listed: Option<&ListedPrice>,
    fallback: Currency,
) -> Result<Option<Price>, PriceChangeError> {
    let before = product.price;
    let price = match (how, before, listed) {
        (How::ByPercent { percent, form, .. }, Some(Price { amount, currency }), _) => {
            let changed = amount.changed_by(*percent, *form, currency);
            let no_price = |invalid| PriceChangeError::NoPrice { sku: product.sku.clone(), invalid };
            Price { amount: changed.map_err(no_price)?, currency }
        }
        (How::To(_), _, Some(listed)) => {
            let currency = listed.currency.or(before.map(|price| price.currency)).unwrap_or(fallback);
            Price { amount: listed.price, currency }
        }
        (How::ByPercent { .. }, None, _) | (How::To(_), _, None) => return Ok(None),
    };
    // A price that is only scheduled may still be taken back: the new one is added, though it is the same.
    let has_begun = product.since.is_some_and(|since| since <= now);
    Ok(if before == Some(price) && has_begun { None } else { Some(price) })
}

fn item(product: &Present, price: Price) -> ChangedPriceView {
    let shown = |price: Price| price.amount.display(price.currency);
    ChangedPriceView {
        product_id: product.id,
        sku: product.sku.clone(),
        price_before: product.price.map(shown),
        currency_before: product.price.map(|price| price.currency.to_string()),
        price: shown(price),
        currency: price.currency.to_string(),
    }
}

fn fault(index: usize, listed: &ListedPrice, code: &'static str, message: &str) -> FieldError {
    FieldError::new(format!("/prices/{index}/{}", listed.field()), code, message)
}
