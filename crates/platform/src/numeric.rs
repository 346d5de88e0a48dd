//! Arrays of exact numbers for set-based statements.

use domain::{Amount, Currency, Quantity};
use rust_decimal::Decimal;

/// Quantities as the driver binds them to `numeric[]`.
pub fn quantities(values: impl IntoIterator<Item = Quantity>) -> Vec<Decimal> {
    values.into_iter().map(Decimal::from).collect()
}

/// Amounts that may be unknown, as the driver binds them to `numeric[]`.
pub fn amounts(values: impl IntoIterator<Item = Option<Amount>>) -> Vec<Option<Decimal>> {
    values.into_iter().map(|amount| amount.map(Decimal::from)).collect()
}

/// Decimals of a currency, as the driver binds them.
pub fn decimals(currency: Currency) -> i32 {
    i32::try_from(currency.decimals()).unwrap_or_default()
}
