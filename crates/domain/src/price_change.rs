//! New prices from old ones: changed by a percentage, and brought to a form that shops like.

use crate::{Amount, Currency, Invalid, fixed_point};

/// Ten thousandths, in which amounts and percentages are counted.
const UNITS: i64 = 10_000;

/// By how much prices change: above -100 %, below 10,000 %, not 0, at most 4 decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PercentChange(i64);

/// The form of new prices: a multiple of one amount, plus an ending. With 1 and 0.99 they are 0.99, 1.99, 2.99 and so on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriceForm {
    multiple_of: Option<Amount>,
    ending: Option<Amount>,
}

impl PercentChange {
    /// The percentage in decimal text, such as `5` or `-12.5`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match fixed_point::parse(text, 4, 4)? {
            0 => Err(Invalid::new("zero", "must not be 0")),
            percent if percent <= -100 * UNITS => Err(Invalid::new("out_of_range", "must be above -100")),
            percent => Ok(Self(percent)),
        }
    }
}

impl PriceForm {
    /// Multiples of `multiple_of` (if absent: of 1 where there is an ending, else of the smallest unit of the currency),
    /// plus `ending`, which is less.
    pub fn new(multiple_of: Option<Amount>, ending: Option<Amount>) -> Result<Self, Invalid> {
        if multiple_of.is_some_and(|amount| amount.scaled() == 0) {
            return Err(Invalid::new("zero", "must not be 0"));
        }
        let form = Self { multiple_of, ending };
        match ending {
            Some(ending) if ending.scaled() >= form.multiple(1) => {
                Err(Invalid::new("out_of_range", "must be less than round_to, which is 1 if absent"))
            }
            _ => Ok(form),
        }
    }

    /// Whether no price of this form has more decimals than the currency.
    pub fn suits(self, currency: Currency) -> bool {
        let unit = smallest_unit(currency);
        [self.multiple_of, self.ending].into_iter().flatten().all(|amount| amount.scaled() % unit == 0)
    }

    fn multiple(self, smallest: i64) -> i64 {
        let usual = if self.ending.is_some() { UNITS } else { smallest };
        self.multiple_of.map_or(usual, Amount::scaled)
    }
}

impl Amount {
    /// The amount changed by `percent`, as the nearest price of this form, upwards where two are as near; or why there is
    /// none. What costs something never becomes free by rounding, and what is free stays so.
    pub fn changed_by(
        self,
        percent: PercentChange,
        form: PriceForm,
        currency: Currency,
    ) -> Result<Self, Invalid> {
        if self.scaled() == 0 {
            return Ok(self);
        }
        if !form.suits(currency) {
            let decimals = currency.decimals();
            let message = format!("must have at most the {decimals} decimals of {currency}");
            return Err(Invalid::new("too_many_decimals", message));
        }
        let multiple = i128::from(form.multiple(smallest_unit(currency)));
        let ending = i128::from(form.ending.map_or(0, Self::scaled));
        // The exact price is `exact / whole`; its distance to the ending, in multiples, is rounded to the nearest.
        let whole = i128::from(100 * UNITS);
        let exact = i128::from(self.scaled()) * (whole + i128::from(percent.0));
        let count = (2 * (exact - ending * whole) + multiple * whole).div_euclid(2 * multiple * whole).max(0);
        let price = count * multiple + ending;
        let price = if price == 0 { multiple } else { price };
        let price = i64::try_from(price).ok().and_then(Self::from_scaled);
        price.ok_or_else(|| Invalid::new("out_of_range", "makes a price of 1e12 or more"))
    }
}

/// In ten thousandths; amounts have no finer decimals, whatever the currency.
fn smallest_unit(currency: Currency) -> i64 {
    let missing = Amount::DECIMALS.saturating_sub(currency.decimals());
    10_i64.pow(u32::try_from(missing).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::{Decimal, RoundingStrategy};

    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).expect("an amount")
    }

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a currency")
    }

    fn form(multiple_of: &str, ending: &str) -> Result<PriceForm, &'static str> {
        let given = |text: &str| (!text.is_empty()).then(|| amount(text));
        PriceForm::new(given(multiple_of), given(ending)).map_err(|invalid| invalid.code)
    }

    fn changed(
        price: &str,
        percent: &str,
        (multiple_of, ending): (&str, &str),
        code: &str,
    ) -> Result<String, &'static str> {
        let percent = PercentChange::parse(percent).map_err(|invalid| invalid.code)?;
        let form = form(multiple_of, ending)?;
        let changed = amount(price).changed_by(percent, form, currency(code));
        changed.map(|price| price.to_string()).map_err(|invalid| invalid.code)
    }

    #[test]
    fn prices_change_exactly_and_take_their_form() {
        let plain = ("", "");
        for (price, percent, form, currency, expected) in [
            ("59.90", "5", plain, "EUR", Ok("62.9")),   // 62.895: halves go up
            ("59.90", "-5", plain, "EUR", Ok("56.91")), // 56.905
            ("10", "0.05", plain, "EUR", Ok("10.01")),  // 10.005
            ("10", "0.0499", plain, "EUR", Ok("10")),
            ("0.1", "1e1", plain, "EUR", Ok("0.11")),
            ("1000", "2.55", plain, "JPY", Ok("1026")), // 1025.5
            ("1.5", "10", plain, "KWD", Ok("1.65")),
            ("19.9999", "100", plain, "EUR", Ok("40")),
            ("59.90", "5", ("0.05", ""), "EUR", Ok("62.9")),
            ("7.50", "5", ("0.05", ""), "EUR", Ok("7.9")), // 7.875
            ("59.90", "5", ("", "0.99"), "EUR", Ok("62.99")),
            ("59.90", "4", ("", "0.99"), "EUR", Ok("61.99")), // 62.296
            ("59.90", "5", ("10", "9.90"), "EUR", Ok("59.9")), // 62.895: the next one is 69.90
            ("59.90", "5", ("5", ""), "EUR", Ok("65")),
            ("1000", "5", ("100", ""), "JPY", Ok("1100")), // 1050
            ("0.30", "-99", plain, "EUR", Ok("0.01")),     // never free by rounding
            ("0.30", "5", ("1", ""), "EUR", Ok("1")),
            ("0.30", "-50", ("", "0.99"), "EUR", Ok("0.99")), // nor below the first price of the form
            ("0", "5", ("", "0.99"), "EUR", Ok("0")),         // what is free stays so
            ("1000", "5", ("0.05", ""), "JPY", Err("too_many_decimals")),
            ("1000", "5", ("", "0.99"), "JPY", Err("too_many_decimals")),
            ("1", "5", ("0.001", ""), "EUR", Err("too_many_decimals")),
            ("999999999999", "5", plain, "EUR", Err("out_of_range")),
            ("1", "0", plain, "EUR", Err("zero")),
            ("1", "-100", plain, "EUR", Err("out_of_range")),
            ("1", "10000", plain, "EUR", Err("out_of_range")),
            ("1", "0.00001", plain, "EUR", Err("too_many_decimals")),
            ("1", "5", ("0", ""), "EUR", Err("zero")),
            ("1", "5", ("0.05", "0.05"), "EUR", Err("out_of_range")),
            ("1", "5", ("", "1"), "EUR", Err("out_of_range")),
        ] {
            let found = changed(price, percent, form, currency);
            assert_eq!(found, expected.map(str::to_owned), "{price} {percent} % {form:?} {currency}");
        }
    }

    proptest! {
        /// By decimals, which is another arithmetic: the new price has the form, and no other of that form is nearer.
        #[test]
        fn the_nearest_price_of_the_form_is_found(
            price in 1_i64..10_000_000_000_000,
            percent in -999_999_i64..10_000_000,
            (code, unit) in prop_oneof![Just(("EUR", 100_i64)), Just(("JPY", 10_000)), Just(("KWD", 10)), Just(("CLF", 1))],
            units in prop::option::of(1_i64..2_000),
            ending_percent in prop::option::of(0_i64..100),
        ) {
            prop_assume!(percent != 0);
            let multiple_of = units.map(|units| units * unit);
            let step = multiple_of.unwrap_or(if ending_percent.is_some() { 10_000 } else { unit });
            prop_assume!(step % unit == 0);
            let ending = ending_percent.map(|percent| step * percent / 100 / unit * unit);
            let decimal = |scaled: i64| Decimal::new(scaled, 4);
            let to_amount = |scaled: i64| Amount::parse(&decimal(scaled).to_string()).expect("an amount");
            let form = PriceForm::new(multiple_of.map(to_amount), ending.map(to_amount)).expect("a form");
            let percent_text = decimal(percent).to_string();
            let new = to_amount(price).changed_by(PercentChange::parse(&percent_text).expect("a percentage"), form, currency(code));
            let new = Decimal::from(new.expect("far from the limit"));

            let exact = decimal(price) * (Decimal::ONE_HUNDRED + decimal(percent)) / Decimal::ONE_HUNDRED;
            let (step, ending) = (decimal(step), decimal(ending.unwrap_or(0)));
            prop_assert!(new > Decimal::ZERO, "{new} is not above 0");
            prop_assert!(((new - ending) / step).fract().is_zero(), "{new} has not the form");
            let decimals = u32::try_from(currency(code).decimals()).expect("few");
            prop_assert_eq!(new, new.round_dp_with_strategy(decimals, RoundingStrategy::ToZero));
            let first = if ending.is_zero() { step } else { ending };
            let distance = (new - exact).abs();
            prop_assert!(new == first || distance < (new - step - exact).abs(), "the one below {} is as near to {}", new, exact);
            prop_assert!(distance <= (new + step - exact).abs(), "the one above {} is nearer to {}", new, exact);
        }

        #[test]
        fn any_text_is_a_percentage_or_refused(text in ".*") {
            let _ = PercentChange::parse(&text);
        }
    }
}
