//! What the change feed can answer with besides the general problems.

use platform::Problem;

macro_rules! problems {
    ($($name:ident = $status:literal $code:literal $meaning:literal;)*) => {
        $(#[doc = $meaning] pub(crate) const $name: Problem = Problem::new($status, $code, $meaning);)*
        /// The problems of this crate.
        pub const PROBLEMS: &[&Problem] = &[$(&$name),*];
    };
}

problems! {
    EVENTS_EXPIRED = 410 "events_expired" "What follows this position is no longer kept: read the documents anew, and go on from after=latest";
    TOO_MANY_LISTENERS = 503 "too_many_listeners" "As many listen to the change feed of this server as may: retry, or read pages";
}
