//! Sums over many products: larger than a quantity or an amount of one can be, and exact all the same.

use domain::Currency;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Serialize, Serializer};
use serde_json::Number;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// A sum of quantities: a number in JSON.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Units(pub(crate) Decimal);

impl From<Decimal> for Units {
    fn from(sum: Decimal) -> Self {
        Self(sum)
    }
}

impl Serialize for Units {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Number::from_string_unchecked(self.0.normalize().to_string()).serialize(serializer)
    }
}

impl PartialSchema for Units {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Number))
            .description(Some("a sum of quantities, at most 6 decimals"))
            .minimum(Some(0))
            .into()
    }
}

impl ToSchema for Units {}

/// A sum of amounts as text, rounded to what the currency has.
pub(crate) fn rounded(sum: Decimal, currency: Currency) -> String {
    let decimals = u32::try_from(currency.decimals()).unwrap_or_default();
    let mut rounded = sum.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(decimals);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_the_decimals_of_their_currency() {
        for (sum, currency, expected) in
            [("12.3456", "EUR", "12.35"), ("0", "EUR", "0.00"), ("12.5", "JPY", "13"), ("3", "KWD", "3.000")]
        {
            let currency = Currency::parse(currency).expect("a currency");
            assert_eq!(rounded(sum.parse().expect("a number"), currency), expected);
        }
    }
}
