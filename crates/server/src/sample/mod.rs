//! Sample data: a small shop with three warehouses and six weeks behind it, put into an empty database only.
//!
//! Everything follows from the day it is planted and a fixed seed. Movements go through the ledger and orders through the
//! operations of purchasing, with the clock set to when they happened: the history looks as if the shop had worked with
//! Stockbook all the time.

mod catalogue;
mod history;
mod purchasing;

use std::fmt;

use jiff::civil::Date;
use platform::{ApiError, App, Connection};

/// What became of the wish for sample data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeded {
    /// It was put in.
    Planted {
        /// Number of categories.
        categories: usize,
        /// Number of products.
        products: usize,
        /// Number of warehouses.
        warehouses: usize,
        /// Number of suppliers.
        suppliers: usize,
        /// Number of stock movements.
        movements: usize,
    },
    /// There was something already.
    NotEmpty,
}

impl fmt::Display for Seeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planted { categories, products, warehouses, suppliers, movements } => write!(
                f,
                "sample data: {products} products in {categories} categories, {warehouses} warehouses, \
                 {suppliers} suppliers, {movements} stock movements"
            ),
            Self::NotEmpty => f.write_str("the database is not empty: left as it is"),
        }
    }
}

/// Put the sample data into an empty database, dated back from `today`.
pub async fn seed(app: &App, today: Date) -> Result<Seeded, ApiError> {
    app.write(today, |db, today| Box::pin(plant(db, *today))).await
}

async fn plant(db: &mut Connection, today: Date) -> Result<Seeded, ApiError> {
    // Two servers that start at once on an empty database: the second waits here and finds it planted.
    sqlx::query("lock table categories in exclusive mode").execute(&mut *db).await?;
    let empty: bool = sqlx::query_scalar(
        "select not exists (select from products) and not exists (select from categories)
            and not exists (select from stock_movements) and not exists (select from suppliers)",
    )
    .fetch_one(&mut *db)
    .await?;
    if !empty {
        return Ok(Seeded::NotEmpty);
    }
    let shop = catalogue::plant(db, today).await?;
    let suppliers = purchasing::plant(db, today, &shop).await?;
    let movements = history::plant(db, today, &shop).await?;
    Ok(Seeded::Planted {
        categories: shop.categories,
        products: shop.products.len(),
        warehouses: 3,
        suppliers,
        movements,
    })
}
