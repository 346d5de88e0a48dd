//! Of how many days a report is.

use platform::Params;

/// Days of a report unless asked otherwise.
pub(crate) const DAYS_DEFAULT: i32 = 30;

/// Read the parameter `days`: 1 to `most`.
pub(crate) fn days(params: &mut Params<'_>, most: i32) -> i32 {
    let days = params.optional("days").unwrap_or(DAYS_DEFAULT);
    if !(1..=most).contains(&days) {
        params.fault::<()>("days", "out_of_range", format!("must be 1 to {most}"));
    }
    days
}
