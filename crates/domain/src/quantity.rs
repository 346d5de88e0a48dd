//! Amounts of a product.

use std::fmt;
use std::iter::Sum;
use std::ops::Neg;

use rust_decimal::Decimal;

use crate::{Invalid, fixed_point};

/// An amount of a product in its unit: a decimal with at most 6 decimals, strictly within ±1e9.
///
/// Kept as an integer of millionths, so that sums are exact. The SQL domain `quantity` has the same limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// Most decimals a quantity can have.
    pub const DECIMALS: usize = 6;
    const ONE: i64 = 1_000_000;
    const LIMIT: i64 = 1_000_000_000 * Self::ONE;

    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The quantity in decimal text, as JSON writes numbers.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        fixed_point::parse(text, Self::DECIMALS, 9).map(Self)
    }

    /// So many whole units.
    pub fn whole(units: i32) -> Self {
        Self(i64::from(units).saturating_mul(Self::ONE).clamp(1 - Self::LIMIT, Self::LIMIT - 1))
    }

    /// The sum, unless it is out of range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).filter(|sum| sum.abs() < Self::LIMIT).map(Self)
    }

    /// The difference, unless it is out of range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(-other)
    }

    /// The sum, held to the range; for what is only shown, or was checked before.
    pub fn saturating_add(self, other: Self) -> Self {
        self.saturating_sub(-other)
    }

    /// The difference, held to the range; for what is only shown.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).clamp(1 - Self::LIMIT, Self::LIMIT - 1))
    }

    /// So many parts of all its parts, rounded down; to a whole number if only those can be counted.
    pub(crate) fn share(self, parts: i64, all: i64, whole_numbers_only: bool) -> Self {
        let share = i128::from(self.0) * i128::from(parts) / i128::from(all);
        let share = i64::try_from(share).unwrap_or(Self::LIMIT - 1).clamp(1 - Self::LIMIT, Self::LIMIT - 1);
        Self(if whole_numbers_only { share - share % Self::ONE } else { share })
    }

    /// In millionths, for exact arithmetic on more than one quantity.
    pub(crate) fn millionths(self) -> i128 {
        self.0.into()
    }

    /// So many millionths, unless that is out of range.
    pub(crate) fn of_millionths(millionths: i128) -> Option<Self> {
        i64::try_from(millionths).ok().filter(|millionths| millionths.abs() < Self::LIMIT).map(Self)
    }

    /// Whether it counts whole units.
    pub fn is_whole(self) -> bool {
        self.0 % Self::ONE == 0
    }

    /// Its whole units, if it has no others.
    pub(crate) fn as_whole(self) -> Option<i64> {
        self.is_whole().then_some(self.0 / Self::ONE)
    }

    /// Whether it is above zero.
    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl Neg for Quantity {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0) // the range is symmetric
    }
}

/// Held to the range; for what is only shown.
impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(quantities: I) -> Self {
        quantities.fold(Self::ZERO, Self::saturating_add)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fixed_point::write(f, self.0, Self::DECIMALS, 0)
    }
}

impl From<Quantity> for Decimal {
    fn from(quantity: Quantity) -> Self {
        fixed_point::to_decimal(quantity.0, 6)
    }
}

impl TryFrom<Decimal> for Quantity {
    type Error = Invalid;
    fn try_from(decimal: Decimal) -> Result<Self, Invalid> {
        fixed_point::from_decimal(decimal, Self::DECIMALS, 9).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tenth_added_ten_times_is_one() {
        let tenth = Quantity::parse("0.1").expect("a quantity");
        let sum: Quantity = std::iter::repeat_n(tenth, 10).sum();
        assert_eq!(sum.to_string(), "1");
    }

    #[test]
    fn sums_stay_in_range() {
        let most = Quantity::parse("999999999.999999").expect("a quantity");
        assert_eq!(most.checked_add(Quantity(1)), None);
        assert_eq!((-most).checked_sub(Quantity(1)), None);
        assert_eq!(most.checked_add(-most), Some(Quantity::ZERO));
    }

    proptest! {
        #[test]
        fn it_goes_through_the_database_type_unchanged(millionths in -999_999_999_999_999_i64..=999_999_999_999_999) {
            let quantity = Quantity(millionths);
            prop_assert_eq!(Quantity::try_from(Decimal::from(quantity)), Ok(quantity));
        }
    }
}
