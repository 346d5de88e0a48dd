//! Amounts of money and their currencies.

use std::fmt;

use rust_decimal::Decimal;

use crate::{Invalid, fixed_point};

/// An amount of money without its currency: never negative, at most 4 decimals, below 1e12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

impl Amount {
    /// Most decimals an amount can have.
    pub const DECIMALS: usize = 4;

    /// The amount in decimal text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::unless_negative(fixed_point::parse(text, Self::DECIMALS, 12)?)
    }

    fn unless_negative(scaled: i64) -> Result<Self, Invalid> {
        if scaled < 0 {
            Err(Invalid::new("negative_amount", "must not be negative"))
        } else {
            Ok(Self(scaled))
        }
    }

    /// In ten thousandths.
    pub(crate) fn scaled(self) -> i64 {
        self.0
    }

    /// So many ten thousandths, if that is an amount.
    pub(crate) fn from_scaled(scaled: i64) -> Option<Self> {
        (0..10_i64.pow(16)).contains(&scaled).then_some(Self(scaled))
    }

    /// As text with at least the decimals of `currency`: `19.90` for EUR.
    pub fn display(self, currency: Currency) -> String {
        let mut text = String::with_capacity(16);
        match fixed_point::write(&mut text, self.0, Self::DECIMALS, currency.decimals()) {
            Ok(()) => text,
            Err(fmt::Error) => unreachable!("a string takes everything"),
        }
    }
}

/// Without trailing zeros: the canonical form of the ledger chain.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fixed_point::write(f, self.0, Self::DECIMALS, 0)
    }
}

impl From<Amount> for Decimal {
    fn from(amount: Amount) -> Self {
        fixed_point::to_decimal(amount.0, 4)
    }
}

impl TryFrom<Decimal> for Amount {
    type Error = Invalid;
    fn try_from(decimal: Decimal) -> Result<Self, Invalid> {
        Self::unless_negative(fixed_point::from_decimal(decimal, Self::DECIMALS, 12)?)
    }
}

/// A currency of ISO 4217.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The currency with these three letters.
    pub fn parse(code: &str) -> Result<Self, Invalid> {
        iso_currency::Currency::from_code(code).map(Self).ok_or_else(|| {
            Invalid::new("unknown_currency", "must be the three letters of an ISO 4217 currency, such as EUR")
        })
    }

    /// Its three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Decimals of its minor unit: 2 for EUR, 0 for JPY.
    pub fn decimals(self) -> usize {
        self.0.exponent().map_or(0, usize::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = Invalid;
    fn try_from(code: String) -> Result<Self, Invalid> {
        Self::parse(&code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_show_at_least_the_decimals_of_their_currency() {
        for (text, currency, expected) in [
            ("19.9", "EUR", "19.90"),
            ("19.9999", "EUR", "19.9999"),
            ("5", "JPY", "5"),
            ("5.25", "JPY", "5.25"),
            ("1.5", "KWD", "1.500"),
            ("0", "USD", "0.00"),
        ] {
            let currency = Currency::parse(currency).expect("a currency");
            assert_eq!(Amount::parse(text).expect("an amount").display(currency), expected);
        }
    }

    #[test]
    fn impossible_amounts_and_currencies_are_refused() {
        let code = |text| Amount::parse(text).map_err(|invalid| invalid.code);
        assert_eq!(code("-0.01"), Err("negative_amount"));
        assert_eq!(code("0.00001"), Err("too_many_decimals"));
        assert_eq!(code("1e12"), Err("out_of_range"));
        assert_eq!(Currency::parse("eur").map_err(|invalid| invalid.code), Err("unknown_currency"));
        assert_eq!(Currency::parse("XYZ").map_err(|invalid| invalid.code), Err("unknown_currency"));
    }
}
