//! What the sample shop sells, and where it keeps it.

use std::collections::BTreeMap;

use domain::{ProductId, Quantity};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use jiff_sqlx::ToSqlx;
use platform::{ApiError, Connection};

const PRODUCTS: &str = include_str!("products.txt");

/// How long ago the shop opened.
pub(super) const DAYS: i32 = 42;

/// The sample shop.
pub(super) struct Shop {
    pub(super) categories: usize,
    pub(super) products: Vec<Product>,
}

/// A product of the sample shop.
pub(super) struct Product {
    pub(super) id: ProductId,
    pub(super) sku: &'static str,
    pub(super) price: &'static str,
    pub(super) by_weight: bool,
    pub(super) reorder_point: Quantity,
    pub(super) opening_stock: Quantity,
}

/// A moment of a day, so many days ago.
pub(super) fn moment(today: Date, days_ago: i32, hour: i8, minute: i8) -> Result<Timestamp, ApiError> {
    let day = today.checked_sub(Span::new().days(days_ago)).map_err(ApiError::internal)?;
    let zoned = day.at(hour, minute, 0, 0).to_zoned(TimeZone::UTC).map_err(ApiError::internal)?;
    Ok(zoned.timestamp())
}

/// Put warehouses, categories, products and prices into the database.
pub(super) async fn plant(db: &mut Connection, today: Date) -> Result<Shop, ApiError> {
    let opened = moment(today, DAYS + 1, 9, 0)?;
    plant_warehouses(db, opened).await?;
    let rows: Vec<Vec<&'static str>> = PRODUCTS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('|').collect())
        .collect();
    let categories = plant_categories(db, &rows, opened).await?;
    let ids = plant_products(db, &rows, &categories, opened).await?;
    sqlx::query(include_str!("reorder_policies.sql")).bind(opened.to_sqlx()).execute(&mut *db).await?;
    // Until the first delivery everything has run low, since the opening and not since now.
    for table in ["update low_stock set since = $1", "update warehouse_low_stock set since = $1"] {
        sqlx::query(table).bind(opened.to_sqlx()).execute(&mut *db).await?;
    }
    let (raised, next) = (moment(today, 14, 7, 30)?, moment(today, -14, 0, 0)?);
    plant_prices(db, &rows, &ids, [opened, raised, next]).await?;
    let product = |(row, id): (&Vec<&'static str>, i64)| {
        Ok(Product {
            id: ProductId(id),
            sku: row[1],
            price: row[3],
            by_weight: row[4] != "each",
            reorder_point: Quantity::parse(row[5])?,
            opening_stock: Quantity::parse(row[6])?,
        })
    };
    let products: Result<Vec<_>, domain::Invalid> = rows.iter().zip(ids).map(product).collect();
    Ok(Shop { categories: categories.len(), products: products.map_err(ApiError::internal)? })
}

async fn plant_warehouses(db: &mut Connection, opened: Timestamp) -> Result<(), ApiError> {
    sqlx::raw_sql(include_str!("warehouses.sql")).execute(&mut *db).await?;
    for table in [
        "update warehouses set created_at = $1, updated_at = $1",
        "update locations set created_at = $1, updated_at = $1",
    ] {
        sqlx::query(table).bind(opened.to_sqlx()).execute(&mut *db).await?;
    }
    Ok(())
}

/// The categories by path.
async fn plant_categories(
    db: &mut Connection,
    rows: &[Vec<&'static str>],
    opened: Timestamp,
) -> Result<BTreeMap<&'static str, i64>, ApiError> {
    let mut ids = BTreeMap::new();
    for path in rows.iter().map(|row| row[0]) {
        let top = path.split('/').next().unwrap_or(path);
        for path in [top, path] {
            if ids.contains_key(path) {
                continue;
            }
            let (parent, name) =
                path.rsplit_once('/').map_or((None, path), |(parent, name)| (ids.get(parent).copied(), name));
            let insert = "insert into categories (parent_id, name, created_at, updated_at) values ($1, $2::text, $3, $3) returning id";
            let id = sqlx::query_scalar(insert)
                .bind(parent)
                .bind(name)
                .bind(opened.to_sqlx())
                .fetch_one(&mut *db)
                .await?;
            ids.insert(path, id);
        }
    }
    Ok(ids)
}

async fn plant_products(
    db: &mut Connection,
    rows: &[Vec<&'static str>],
    categories: &BTreeMap<&'static str, i64>,
    opened: Timestamp,
) -> Result<Vec<i64>, ApiError> {
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        let id = sqlx::query_scalar(
            "insert into products (category_id, sku, name, unit, reorder_point, barcode, description, created_at, updated_at)
             values ($1, $2, $3::text, $4, $5::text::numeric, $6, $7, $8, $8) returning id",
        )
        .bind(categories[row[0]])
        .bind(row[1])
        .bind(row[2])
        .bind(row[4])
        .bind(row[5])
        .bind(row[7])
        .bind(row[8])
        .bind(opened.to_sqlx())
        .fetch_one(&mut *db)
        .await?;
        ids.push(id);
    }
    Ok(ids)
}

/// The prices at the opening; every fourth product has become 5 % dearer since, every tenth soon will.
async fn plant_prices(
    db: &mut Connection,
    rows: &[Vec<&'static str>],
    ids: &[i64],
    [opened, raised, next]: [Timestamp; 3],
) -> Result<(), ApiError> {
    sqlx::query(
        "with opening as (
            select id, price::numeric as price, position
            from unnest($1::bigint[], $2::text[]) with ordinality as t (id, price, position)
         )
         insert into product_prices (product_id, effective_from, price, currency, reason, actor, created_at)
         select id, $3, price, 'EUR', 'opening price', 'sample data', $3 from opening
         union all
         select id, $4, round(price * 1.05, 1), 'EUR', 'supplier raised its prices', 'sample data', $4 from opening where position % 4 = 0
         union all
         select id, $5, round(price * 1.05, 1), 'EUR', 'new season', 'sample data', $4 from opening where position % 10 = 1",
    )
    .bind(ids)
    .bind(rows.iter().map(|row| row[3]).collect::<Vec<_>>())
    .bind(opened.to_sqlx())
    .bind(raised.to_sqlx())
    .bind(next.to_sqlx())
    .execute(db)
    .await?;
    Ok(())
}
