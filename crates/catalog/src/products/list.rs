//! Lists of products: pages by key, whatever the filter.
//!
//! Which rows are on the page is decided first, reading an index in the order asked for; what else is shown of them is
//! looked up afterwards, for these rows only. Nothing is counted and nothing is skipped over.
//!
//! - No category: the index of the order is read until the page is full.
//! - A category: its part of an index is read until the page is full. Of several, each gives its first rows so, and the page
//!   is the first of these.
//! - By price: the index on all prices is read, and prices that are no longer in effect are passed over.
//! - Words, SKUs, barcodes, a warehouse with little in it, low stock, archived products: few rows may fit, so the statement is
//!   planned for its values, and the planner chooses between the order and the filter.

use domain::{Barcode, Sku};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use platform::{ApiError, Connection, FieldError, Page, Paging, Parse, error};
use rust_decimal::Decimal;
use sqlx::{Postgres, QueryBuilder};
use stock::WarehouseRef;

use super::filter::{Criteria, ProductFilter, Sort, SortKey};
use super::model::ProductView;
use super::store::{columns, joins};

/// Up to so many categories each give their first rows; of more, most of the catalogue is expected to fit.
const CATEGORIES_MAX: usize = 32;

/// A warehouse with at most so many levels is read before the products are, and so are the products that run low.
const FEW_MAX: i64 = 1000;

/// What products are selected by, with every name resolved.
struct Selection<'a> {
    criteria: &'a Criteria,
    /// Any of these, if given; what is below them is among them.
    categories: Option<Vec<i64>>,
    /// Any of these has some on hand, if given.
    warehouses: Option<Vec<i64>>,
    /// What these warehouses have or had, if that is little.
    levels: Option<Vec<i64>>,
    /// What runs low, if that is asked for and little.
    low: Option<Vec<i64>>,
}

/// A page of a selection.
struct Listing<'a> {
    selection: Selection<'a>,
    sort: Sort,
    rows: i64,
    after: Option<After>,
}

/// Where the page before ended.
struct After {
    key: Key,
    id: i64,
}

enum Key {
    Text(String),
    Price(Decimal),
    Time(Timestamp),
}

/// A page of the products in these categories, or in any.
pub(super) async fn page(
    db: &mut Connection,
    filter: &ProductFilter,
    categories: Option<Vec<i64>>,
) -> Result<Page<ProductView>, ApiError> {
    let (sort, paging) = (filter.sort, &filter.paging);
    let after = After::read(sort, paging)?;
    let selection =
        Selection::resolve(db, &filter.criteria, categories, WarehouseRef::unknown_in_query).await?;
    let persistent = !selection.is_planned_for_its_values(sort);
    let listing = Listing { selection, sort, rows: paging.rows(), after };
    let rows = listing.statement().build_query_as().persistent(persistent).fetch_all(db).await?;
    Ok(paging.page(&sort.list(), rows, |row| key_of(sort, row)))
}

/// The keys of the products that fit, in no order; at most so many. `unknown` is the fault of a warehouse that nobody knows.
pub(crate) async fn matching(
    db: &mut Connection,
    criteria: &Criteria,
    categories: Option<Vec<i64>>,
    most: i64,
    unknown: fn(&WarehouseRef) -> FieldError,
) -> Result<Vec<i64>, ApiError> {
    let selection = Selection::resolve(db, criteria, categories, unknown).await?;
    let mut sql = QueryBuilder::new("select p.id from products p where true");
    selection.push_conditions(&mut sql);
    selection.push_categories(&mut sql);
    sql.push(" limit ").push_bind(most);
    Ok(sql.build_query_scalar().persistent(false).fetch_all(db).await?)
}

async fn warehouses(
    db: &mut Connection,
    named: &[WarehouseRef],
    unknown: fn(&WarehouseRef) -> FieldError,
) -> Result<Option<Vec<i64>>, ApiError> {
    if named.is_empty() {
        return Ok(None);
    }
    let known = WarehouseRef::resolve(db, named).await?;
    let errors: Vec<_> = named.iter().filter(|named| !known.contains_key(named)).map(unknown).collect();
    if errors.is_empty() {
        Ok(Some(known.into_values().collect()))
    } else {
        Err(ApiError::invalid_input(errors))
    }
}

/// The products of which these warehouses have a level, if they are few.
async fn levels(db: &mut Connection, warehouses: &[i64]) -> Result<Option<Vec<i64>>, sqlx::Error> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "select product_id from stock_levels where warehouse_id = any($1) order by warehouse_id, product_id limit $2",
    )
    .bind(warehouses)
    .bind(FEW_MAX + 1)
    .fetch_all(db)
    .await?;
    Ok(few(ids))
}

/// The products that run low, if they are few.
async fn low_stock(db: &mut Connection) -> Result<Option<Vec<i64>>, sqlx::Error> {
    let ids: Vec<i64> = sqlx::query_scalar("select product_id from low_stock limit $1")
        .bind(FEW_MAX + 1)
        .fetch_all(db)
        .await?;
    Ok(few(ids))
}

fn few(ids: Vec<i64>) -> Option<Vec<i64>> {
    Some(ids).filter(|ids| i64::try_from(ids.len()).is_ok_and(|count| count <= FEW_MAX))
}

fn key_of(sort: Sort, row: &ProductView) -> Vec<String> {
    let key = match sort.key {
        SortKey::Sku => row.sku.clone(),
        SortKey::Name => row.name.clone(),
        SortKey::Price => row.price.clone().unwrap_or_default(),
        SortKey::CreatedAt => row.created_at.to_string(),
        SortKey::UpdatedAt => row.updated_at.to_string(),
    };
    vec![key, row.id.to_string()]
}

impl After {
    fn read(sort: Sort, paging: &Paging) -> Result<Option<Self>, ApiError> {
        let Some(cursor) = paging.after(&sort.list(), 2)? else { return Ok(None) };
        let text = cursor.text(0);
        let key = match sort.key {
            SortKey::Sku | SortKey::Name => Some(Key::Text(text.to_owned())),
            SortKey::Price => text.parse().ok().map(Key::Price),
            SortKey::CreatedAt | SortKey::UpdatedAt => Timestamp::parse(text).ok().map(Key::Time),
        };
        // Only who makes up a cursor of his own gets here without a key.
        let key =
            key.ok_or_else(|| ApiError::new(&error::INVALID_CURSOR, "use the next_cursor of this list"))?;
        Ok(Some(Self { key, id: cursor.number(1) }))
    }
}

impl Listing<'_> {
    fn statement(&self) -> QueryBuilder<Postgres> {
        let selection = &self.selection;
        let mut sql = QueryBuilder::new(concat!("select ", columns!(), " from ("));
        let by_category = selection.categories.as_deref().filter(|_| selection.is_by_category(self.sort));
        if let Some(categories) = by_category.filter(|categories| categories.len() != 1) {
            sql.push("select p.* from unnest(").push_bind(categories);
            sql.push(") as wanted (id) cross join lateral (select p.*, ").push(self.key());
            sql.push(" as key from products p where p.category_id = wanted.id");
            selection.push_conditions(&mut sql);
            self.push_after(&mut sql);
            self.push_order_and_limit(&mut sql);
            sql.push(") p");
        } else {
            sql.push("select p.*, ").push(self.key()).push(" as key from ").push(self.source());
            selection.push_conditions(&mut sql);
            self.push_after(&mut sql);
            selection.push_categories(&mut sql);
        }
        self.push_order_and_limit(&mut sql);
        sql.push(concat!(") p", joins!())).push(self.order());
        sql
    }

    fn key(&self) -> &'static str {
        match self.sort.key {
            SortKey::Sku => "lower(p.sku)",
            SortKey::Name => "lower(p.name)",
            SortKey::Price => "price.price",
            SortKey::CreatedAt => "p.created_at",
            SortKey::UpdatedAt => "p.updated_at",
        }
    }

    /// The products, by price with the price that is in effect. That no later one is comes as a value and not as an
    /// anti-join, for which the planner might read all prices.
    fn source(&self) -> &'static str {
        match self.sort.key {
            SortKey::Price => {
                "product_prices price join products p on p.id = price.product_id
                 where price.effective_from <= statement_timestamp() and coalesce((
                     select false from product_prices later
                     where later.product_id = price.product_id and later.effective_from > price.effective_from
                       and later.effective_from <= statement_timestamp() limit 1), true)"
            }
            SortKey::Sku | SortKey::Name | SortKey::CreatedAt | SortKey::UpdatedAt => "products p where true",
        }
    }

    fn push_after(&self, sql: &mut QueryBuilder<Postgres>) {
        let Some(after) = &self.after else { return };
        let by_price = self.sort.key == SortKey::Price;
        sql.push(" and (").push(self.key()).push(if by_price { ", price.product_id) " } else { ", p.id) " });
        sql.push(if self.sort.descending { "< (" } else { "> (" });
        match &after.key {
            Key::Text(text) => sql.push("lower(").push_bind(text).push(")"),
            Key::Price(price) => sql.push_bind(price),
            Key::Time(time) => sql.push_bind(time.to_sqlx()),
        };
        sql.push(", ").push_bind(after.id).push(")");
    }

    fn push_order_and_limit(&self, sql: &mut QueryBuilder<Postgres>) {
        // As a number in the text: of one that is bound, the planner expects a tenth of all rows, and plans each page anew.
        sql.push(self.order()).push(" limit ").push(self.rows);
    }

    fn order(&self) -> &'static str {
        if self.sort.descending { " order by key desc, p.id desc" } else { " order by key, p.id" }
    }
}

impl<'a> Selection<'a> {
    async fn resolve(
        db: &mut Connection,
        criteria: &'a Criteria,
        categories: Option<Vec<i64>>,
        unknown: fn(&WarehouseRef) -> FieldError,
    ) -> Result<Self, ApiError> {
        let warehouses = warehouses(db, &criteria.warehouses, unknown).await?;
        let levels = match &warehouses {
            Some(ids) => levels(db, ids).await?,
            None => None,
        };
        let low = if criteria.low_stock == Some(true) { low_stock(db).await? } else { None };
        Ok(Self { criteria, categories, warehouses, levels, low })
    }

    fn push_conditions(&self, sql: &mut QueryBuilder<Postgres>) {
        let filter = self.criteria;
        sql.push(" and p.archived = ").push_bind(filter.archived);
        if let Some(since) = filter.updated_since {
            sql.push(" and p.updated_at >= ").push_bind(since.to_sqlx());
        }
        for pattern in filter.search.patterns() {
            sql.push(" and p.search_text like lower(").push_bind(pattern).push(")");
        }
        if !filter.skus.is_empty() {
            let skus: Vec<&str> = filter.skus.iter().map(Sku::as_str).collect();
            sql.push(" and lower(p.sku) = any(array(select lower(given) from unnest(").push_bind(skus);
            sql.push("::text[]) as given))");
        }
        if !filter.barcodes.is_empty() {
            let barcodes: Vec<&str> = filter.barcodes.iter().map(Barcode::as_str).collect();
            sql.push(" and p.barcode = any(").push_bind(barcodes).push(")");
        }
        for products in [&self.levels, &self.low].into_iter().flatten() {
            sql.push(" and p.id = any(").push_bind(products.as_slice()).push(")");
        }
        if let Some(low) = filter.low_stock {
            sql.push(
                " and coalesce((select true from low_stock l where l.product_id = p.id limit 1), false) = ",
            );
            sql.push_bind(low);
        }
        if let Some(warehouses) = self.warehouses.as_deref() {
            // A value and not a semi-join, for which the planner might read all levels.
            sql.push(" and coalesce((select true from stock_levels l where l.product_id = p.id and l.warehouse_id = any(");
            sql.push_bind(warehouses).push(") and l.on_hand > 0 limit 1), false)");
        }
    }

    fn push_categories(&self, sql: &mut QueryBuilder<Postgres>) {
        match self.categories.as_deref() {
            None => {}
            // Not as a list of one, whose length a plan that is kept cannot know: each page would be planned anew.
            Some([category]) => {
                sql.push(" and p.category_id = ").push_bind(*category);
            }
            Some(categories) => {
                sql.push(" and p.category_id = any(").push_bind(categories).push(")");
            }
        }
    }

    /// Whether each category gives its first rows. Not where another filter may leave few rows, which is read first then.
    fn is_by_category(&self, sort: Sort) -> bool {
        let few = self.categories.as_ref().is_some_and(|ids| ids.len() <= CATEGORIES_MAX);
        few && sort.key != SortKey::Price && !self.names_few()
    }

    fn names_few(&self) -> bool {
        let filter = self.criteria;
        let words = !filter.search.patterns().is_empty();
        let by_name = words || !filter.skus.is_empty() || !filter.barcodes.is_empty();
        by_name || self.levels.is_some() || self.low.is_some()
    }

    /// Whether the best plan is another one for other values. Then the statement is not kept: PostgreSQL would soon use
    /// one plan for all values.
    fn is_planned_for_its_values(&self, sort: Sort) -> bool {
        let filter = self.criteria;
        self.names_few()
            || filter.archived
            || filter.updated_since.is_some()
            || self.warehouses.is_some()
            || filter.low_stock.is_some()
            || (self.categories.is_some() && !self.is_by_category(sort))
    }
}
