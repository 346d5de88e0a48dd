//! Decimal text to a scaled integer and back, exactly; no float is ever involved.

use std::fmt;

use rust_decimal::Decimal;

use crate::Invalid;

/// The number in `text` (JSON's grammar, exponent included) times 10^`decimals`, if it has no more decimals than
/// that and its absolute value is below 10^`integer_digits`.
pub(crate) fn parse(text: &str, decimals: usize, integer_digits: i64) -> Result<i64, Invalid> {
    let not_a_number = || Invalid::new("not_a_number", "must be a decimal number");
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent).ok_or_else(not_a_number)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    if !all_digits(whole) || !all_digits(fraction) {
        return Err(not_a_number());
    }
    let digits = format!("{whole}{fraction}");
    let leading_zeros = digits.len() - digits.trim_start_matches('0').len();
    let significant = digits.trim_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    // The decimal point stands this many digits after the start of `significant`.
    let point = (length(whole) - i64::try_from(leading_zeros).unwrap_or(i64::MAX)).saturating_add(exponent);
    if point > integer_digits {
        return Err(Invalid::new("out_of_range", format!("must be within ±1e{integer_digits}")));
    }
    let missing = i64::try_from(decimals).unwrap_or(0) - length(significant).saturating_sub(point);
    let Ok(missing) = u32::try_from(missing) else {
        return Err(Invalid::new("too_many_decimals", format!("must have at most {decimals} decimals")));
    };
    let magnitude = significant.parse::<i64>().ok().and_then(|n| n.checked_mul(10_i64.checked_pow(missing)?));
    magnitude.map(|n| if negative { -n } else { n }).ok_or_else(not_a_number)
}

/// A whole number, however JSON writes it: `5`, `5.0`, `5e3`.
pub fn whole_number(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| parse(text, 0, 18).ok())
}

/// An exponent as JSON writes it. One too long for an `i64` still says on which side of every limit it lies.
fn parse_exponent(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    all_digits(digits).then(|| sign * digits.parse::<i64>().unwrap_or(i64::MAX / 2).min(i64::MAX / 2))
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number times 10^`decimals`, under the same limits as [`parse`]; without a detour by text where it is in them.
pub(crate) fn from_decimal(number: Decimal, decimals: usize, integer_digits: u32) -> Result<i64, Invalid> {
    let scaled = u32::try_from(decimals).ok().and_then(|decimals| {
        let missing = decimals.checked_sub(number.scale())?;
        let scaled = number.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
        let limit = 10_i128.checked_pow(integer_digits + decimals)?;
        i64::try_from(scaled).ok().filter(|_| scaled.abs() < limit)
    });
    scaled.map_or_else(|| parse(&number.to_string(), decimals, integer_digits.into()), Ok)
}

/// `scaled` / 10^`decimals`, without trailing zeros.
pub(crate) fn to_decimal(scaled: i64, decimals: u32) -> Decimal {
    let unit = 10_i64.pow(decimals);
    if scaled % unit == 0 { (scaled / unit).into() } else { Decimal::new(scaled, decimals).normalize() }
}

/// Writes `scaled` / 10^`decimals`, with at least `least` decimals and no trailing zero beyond them.
pub(crate) fn write(to: &mut impl fmt::Write, scaled: i64, decimals: usize, least: usize) -> fmt::Result {
    let unit = 10_u64.pow(u32::try_from(decimals).unwrap_or(0));
    let (whole, mut fraction) = (scaled.unsigned_abs() / unit, scaled.unsigned_abs() % unit);
    let (least, mut shown) = (least.min(decimals), decimals);
    while shown > least && fraction.is_multiple_of(10) {
        (fraction, shown) = (fraction / 10, shown - 1);
    }
    let sign = if scaled < 0 { "-" } else { "" };
    if shown == 0 { write!(to, "{sign}{whole}") } else { write!(to, "{sign}{whole}.{fraction:0>shown$}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn format(scaled: i64, decimals: usize, least: usize) -> String {
        let mut text = String::new();
        write(&mut text, scaled, decimals, least).expect("a string takes it");
        text
    }

    #[test]
    fn numbers_are_read_exactly_or_refused_with_a_code() {
        let code = |result: Result<i64, Invalid>| result.map_err(|invalid| invalid.code);
        for (text, expected) in [
            ("0", Ok(0)),
            ("-0.0", Ok(0)),
            ("1.1", Ok(1_100_000)),
            ("-12.000001", Ok(-12_000_001)),
            ("1e3", Ok(1_000_000_000)),
            ("1.50E+1", Ok(15_000_000)),
            ("1000e-3", Ok(1_000_000)),
            ("0.0000010", Ok(1)),
            ("999999999.999999", Ok(999_999_999_999_999)),
            ("1000000000", Err("out_of_range")),
            ("-1e9", Err("out_of_range")),
            ("1e99999999999999999999", Err("out_of_range")),
            ("1e-99999999999999999999", Err("too_many_decimals")),
            ("0.0000001", Err("too_many_decimals")),
            ("NaN", Err("not_a_number")),
            ("", Err("not_a_number")),
            (".5", Err("not_a_number")),
            ("5.", Err("not_a_number")),
            ("1e", Err("not_a_number")),
            ("1_000", Err("not_a_number")),
            ("+5", Err("not_a_number")),
        ] {
            assert_eq!(code(parse(text, 6, 9)), expected, "{text}");
        }
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        for (text, expected) in [
            ("5", Some(5)),
            ("-5.0", Some(-5)),
            ("5e3", Some(5000)),
            ("50e-1", Some(5)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1e18", None),
            ("999999999999999999.0", Some(999_999_999_999_999_999)),
            ("1e99999999999999999999", None),
            ("5.5", None),
            ("5.", None),
            ("NaN", None),
            ("", None),
        ] {
            assert_eq!(whole_number(text), expected, "{text}");
        }
    }

    #[test]
    fn text_has_no_more_zeros_than_asked_for() {
        for (scaled, least, expected) in
            [(0, 0, "0"), (1_100_000, 0, "1.1"), (-1, 0, "-0.000001"), (5_000_000, 2, "5.00")]
        {
            assert_eq!(format(scaled, 6, least), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(scaled in -999_999_999_999_999_i64..=999_999_999_999_999, least in 0_usize..6) {
            prop_assert_eq!(parse(&format(scaled, 6, least), 6, 9), Ok(scaled));
        }

        #[test]
        fn a_decimal_is_read_as_its_text_is(mantissa in any::<i64>(), scale in 0_u32..=28, zeros in 0_u32..8) {
            let decimal = Decimal::from_i128_with_scale(i128::from(mantissa) * 10_i128.pow(zeros), scale);
            prop_assert_eq!(from_decimal(decimal, 6, 9), parse(&decimal.to_string(), 6, 9));
        }

        #[test]
        fn a_decimal_has_no_trailing_zeros(scaled in -999_999_999_999_999_i64..=999_999_999_999_999, zeros in 0_u32..9) {
            let scaled = scaled / 10_i64.pow(zeros) * 10_i64.pow(zeros);
            let decimal = to_decimal(scaled, 6);
            prop_assert_eq!(decimal.to_string(), format(scaled, 6, 0));
            prop_assert_eq!(from_decimal(decimal, 6, 9), Ok(scaled));
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = parse(&text, 6, 9);
        }
    }
}
