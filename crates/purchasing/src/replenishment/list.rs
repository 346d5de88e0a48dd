//! The list of suggestions.

use platform::{ApiError, FieldError, Page, auth};
use sqlx::PgPool;
use stock::WarehouseRef;

use super::facts::{self, Suggested};
use super::input::SuggestionFilter;
use super::model::SuggestionView;
use super::store::{self, Scope};

/// The name of this list in cursors.
const LIST: &str = "replenishment";

/// Most products that run low of which a page looks whether anything is due. Of more it is not, because what they need is
/// on its way: then the page ends before it is full, and the next one goes on.
const EXAMINED_MAX: i64 = 400;

/// A page of what is to be ordered, by product; in each product by warehouse, over all warehouses last.
pub(super) async fn page(db: &PgPool, filter: &SuggestionFilter) -> Result<Page<SuggestionView>, ApiError> {
    let paging = &filter.paging;
    let after = paging.after(LIST, 2)?.map_or((0, 0), |cursor| (cursor.number(0), cursor.number(1)));
    let scope = resolve(db, filter).await?;
    let window = store::window(db, filter.window_days).await?;
    let (mut rows, mut from, mut looked_at) = (Vec::new(), after.0, 0);
    loop {
        // As many as the page lacks; not one by one, where the scope wants few.
        let most = (paging.rows() - count(&rows)).max(paging.rows() / 4);
        let due = store::due(db, &scope, (from, EXAMINED_MAX), most, &window).await?;
        let (found, last_due) = (count(&due), due.last().map(|facts| facts.position().0));
        let wanted = facts::suggestions(due)?.into_iter().filter(|suggested| suggested.is_in(&scope));
        rows.extend(wanted.map(|suggested| suggested.view).filter(|view| position(view) > after));
        let has_examined_all = found < most;
        let last = match last_due {
            _ if count(&rows) > paging.limit => None,
            _ if has_examined_all => store::last_examined(db, &scope, (from, EXAMINED_MAX)).await?,
            last_due => last_due,
        };
        let Some(last) = last else { return Ok(paging.page(LIST, rows, |row| key(position(row)))) };
        (from, looked_at) = (last + 1, looked_at + found);
        if has_examined_all || looked_at >= EXAMINED_MAX {
            return Ok(paging.page_until(LIST, rows, &key((from, 0))));
        }
    }
}

fn count<T>(rows: &[T]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

impl Suggested {
    /// Whether it is from one of these suppliers, and to one of these warehouses.
    pub(super) fn is_in(&self, scope: &Scope) -> bool {
        let is_among =
            |ids: &[i64], id: Option<i64>| ids.is_empty() || id.is_some_and(|id| ids.contains(&id));
        let supplier = self.view.supplier.as_ref().map(|supplier| supplier.id);
        is_among(&scope.suppliers, supplier) && is_among(&scope.warehouses, self.destination_id)
    }
}

/// Where a suggestion stands in the list.
fn position(view: &SuggestionView) -> (i64, i64) {
    (view.product_id, view.warehouse_id.unwrap_or(i64::MAX))
}

fn key((product, warehouse): (i64, i64)) -> Vec<String> {
    vec![product.to_string(), warehouse.to_string()]
}

/// The filter by key. Whatever does not exist is a fault of the query.
async fn resolve(db: &PgPool, filter: &SuggestionFilter) -> Result<Scope, ApiError> {
    let known = WarehouseRef::resolve(db, &filter.warehouses).await?;
    let unknown = filter.warehouses.iter().filter(|named| !known.contains_key(named));
    let mut errors: Vec<FieldError> = unknown.map(WarehouseRef::unknown_in_query).collect();
    if !filter.suppliers.is_empty() {
        let known = store::known_suppliers(db, &filter.suppliers).await?;
        let unknown = filter.suppliers.iter().filter(|id| !known.contains(id));
        let fault = |id: &i64| {
            FieldError::new("?supplier_id", "unknown_supplier", format!("no supplier has the id {id}"))
        };
        errors.extend(unknown.map(fault));
    }
    if errors.is_empty() {
        let warehouses = auth::narrow_to_warehouses(known.into_values().collect())?;
        let is_limited = auth::warehouses_of_caller().is_some();
        Ok(Scope { warehouses, suppliers: filter.suppliers.clone(), is_limited })
    } else {
        Err(ApiError::invalid_input(errors))
    }
}
