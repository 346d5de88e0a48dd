//! Reading rows: quantities, times, and lists that a statement gathers as JSON, so that a document is of one snapshot; and
//! how many such documents make a page.

use domain::{Amount, Currency, Quantity};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::postgres::PgRow;

/// A quantity that may be null.
pub(crate) fn quantity(row: &PgRow, column: &str) -> Result<Option<Quantity>, sqlx::Error> {
    let decimal: Option<Decimal> = row.try_get(column)?;
    decimal.map(Quantity::try_from).transpose().map_err(decode)
}

/// A time.
pub(crate) fn time(row: &PgRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    Ok(row.try_get::<jiff_sqlx::Timestamp, _>(column)?.to_jiff())
}

/// What a column has as JSON, as text.
pub(crate) fn json<T: DeserializeOwned>(row: &PgRow, column: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(row.try_get(column)?).map_err(decode)
}

/// An amount as text, with at least the decimals of its currency. What was put there by hand may have a currency that
/// nobody knows.
pub(crate) fn money(amount: Amount, currency: &str) -> String {
    Currency::parse(currency).map_or_else(|_| amount.to_string(), |currency| amount.display(currency))
}

/// A value that is not what the schema promises.
pub(crate) fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

/// Most lines of a page of documents: it ends early where those on it have more.
const LINES_MAX: usize = 5000;

/// How many documents with so many lines fit on a page; always one.
pub(crate) fn fitting(lines: impl Iterator<Item = usize>) -> usize {
    let sums = lines.scan(0_usize, |sum, lines| {
        *sum = sum.saturating_add(lines);
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= LINES_MAX).count().max(1)
}
