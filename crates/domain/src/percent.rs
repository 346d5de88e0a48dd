//! Shares of a quantity.

use std::fmt;

use rust_decimal::Decimal;

use crate::{Invalid, Quantity, fixed_point};

/// A share from 0 to 100 percent, with at most 2 decimals; kept in hundredths of a percent, so that it is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(i64);

impl Percent {
    /// Most decimals a share can have.
    pub const DECIMALS: usize = 2;
    const ALL: i64 = 10_000;

    /// The share in decimal text: `2.5`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match fixed_point::parse(text, Self::DECIMALS, 9)? {
            share if (0..=Self::ALL).contains(&share) => Ok(Self(share)),
            _ => Err(Invalid::new("out_of_range", "must be 0 to 100")),
        }
    }

    /// This share of a quantity, rounded down to what its unit can count: whole numbers, or 6 decimals.
    pub fn of(self, quantity: Quantity, whole_numbers_only: bool) -> Quantity {
        quantity.share(self.0, Self::ALL, whole_numbers_only)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fixed_point::write(f, self.0, Self::DECIMALS, 0)
    }
}

impl From<Percent> for Decimal {
    fn from(percent: Percent) -> Self {
        Self::new(percent.0, 2).normalize()
    }
}

impl TryFrom<Decimal> for Percent {
    type Error = Invalid;
    fn try_from(decimal: Decimal) -> Result<Self, Invalid> {
        Self::parse(&decimal.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down_to_what_the_unit_can_count() {
        for (percent, quantity, whole, expected) in [
            ("0", "1000", true, "0"),
            ("10", "10", true, "1"),
            ("10", "19", true, "1"),
            ("10", "9", true, "0"),
            ("10", "9", false, "0.9"),
            ("2.5", "0.000001", false, "0"),
            ("0.01", "2.5", false, "0.00025"),
            ("100", "999999999.999999", false, "999999999.999999"),
            ("99.99", "999999999", true, "999899999"),
        ] {
            let (percent, quantity) = (Percent::parse(percent), Quantity::parse(quantity));
            let share = percent.expect("a share").of(quantity.expect("a quantity"), whole);
            assert_eq!(share.to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        let code = |text| Percent::parse(text).map_err(|invalid| invalid.code);
        assert_eq!(code("100.01"), Err("out_of_range"));
        assert_eq!(code("-0.01"), Err("out_of_range"));
        assert_eq!(code("0.001"), Err("too_many_decimals"));
        assert_eq!(code("ten"), Err("not_a_number"));
    }
}
